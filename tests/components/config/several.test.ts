import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import type { Problem } from "../../../components/args/errors";
import { SettingsError } from "../../../components/config";
import { BUCKETS, batch, type Config, parse, problem, problems } from "../args/parse";

function failure(config: Config, stack = "dev"): SettingsError {
    try {
        parse(config, { stack });
    } catch (error) {
        if (error instanceof SettingsError) {
            return error;
        }
        throw error;
    }
    throw new Error("it was accepted");
}

const JOBFLOW = "emrEtlRunner.aws.emr.jobflow";
const COUNT = "a whole number from 1 on";
const TABLES = "a list of table names, 3 to 255 of A-Z, a-z, 0-9, _ . and -, each once";

/** Mistakes that have nothing to do with one another: the way to each, what is written there, how it is told. */
const MISTAKES: readonly (readonly [way: string, value: unknown, ...told: (readonly [string, string])[]])[] =
    [
        ["network.cidrBlock", "10.0.0.0/8", ["", `"10.0.0.0/8"`]],
        [
            "network.availabilityZones",
            ["us-east-1a", "eu-west-1a", ""],
            ["[0]", '"us-east-1a"'],
            ["[2]", '"" (an empty text)'],
        ],
        ["network.internetAccess", null, ["", "nothing after the colon (null)"]],
        ["encryption.inTransit", 1, ["", "1"]],
        ["encryption.atRest", true, ["", "an unknown key"]],
        ["certificates.validityDays", "365", ["", '"365"']],
        ["certificates.renewDays", 3, ["", "an unknown key"]],
        ["storage.logRetentionDays", 0, ["", "0"]],
        ["storage.protect", "yes", ["", '"yes"']],
        [
            "access.dynamodbTables",
            ["a", "b", "c", "d", "e"],
            ["[0]", '"a"'],
            ["[1]", '"b"'],
            ["[2]", '"c"'],
            ["[3]", '"d"'],
            ["[4]", '"e"'],
        ],
        ["access.ssmParameters", [null, 3], ["[0]", "nothing after the colon (null)"], ["[1]", "3"]],
        ["emrEtlRunner.aws.s3.buckets.raw.in", ["", "x"], ["[0]", '"" (an empty text)'], ["[1]", '"x"']],
        ["emrEtlRunner.aws.s3.buckets.raw.procesing", "s3://my-raw/x", ["", "an unknown key"]],
        ["emrEtlRunner.aws.s3.buckets.log", "", ["", '"" (an empty text)']],
        ["emrEtlRunner.aws.emr.ami_version", 5.3, ["", "5.3"]],
        ["emrEtlRunner.aws.emr.jobflow_role", "mine", ["", '"mine"']],
        ["emrEtlRunner.aws.emr.jobflow.core_instance_count", "2", ["", '"2"']],
        ["emrEtlRunner.aws.emr.jobflow.core_instance_bid", 0, ["", "0"]],
        [
            "emrEtlRunner.aws.emr.jobflow.core_instance_ebs",
            { volume_iops: "400", ebs_optimized: "no", size: 3 },
            [".volume_size", "nothing"],
            [".volume_type", "nothing"],
            [".volume_iops", '"400"'],
            [".ebs_optimized", '"no"'],
            [".size", "an unknown key"],
        ],
        [
            "emrEtlRunner.aws.emr.configuration",
            { spark: { a: 1, b: true } },
            [".spark.a", "1"],
            [".spark.b", "true"],
        ],
        ["emrEtlRunner.enrich.output_compression", "gzip", ["", '"gzip"']],
        ["emrEtlRunner.storage.versions", "0.17.0", ["", '"0.17.0"']],
        ["emrEtlRunner.monitoring.tags", { "aws:a": "x", b: 1 }, ['["aws:a"]', '"x"'], [".b", "1"]],
        [
            "emrEtlRunner.monitoring.snowplow",
            { method: "GET", port: 0 },
            [".method", '"GET"'],
            [".collector", "nothing"],
            [".app_id", "nothing"],
            [".port", "0"],
        ],
    ];

/** Puts each value at the end of its way. */
function written(entries: readonly (readonly [way: string, value: unknown, ...unknown[]])[]): Config {
    const config = { emrEtlRunner: { collectors: { format: "thrift" } } };
    for (const [way, value] of entries) {
        const keys = way.split(".");
        const last = keys.pop() ?? "";
        let object = config as Record<string, unknown>;
        for (const key of keys) {
            object[key] ??= {};
            object = object[key] as Record<string, unknown>;
        }
        object[last] = value;
    }
    return config;
}

describe("several mistakes in one stack file", () => {
    it("are told in one go, in the file's own words", () => {
        const config = {
            network: { cidrBlock: "10.0.0.0/8", availabilityZones: ["us-east-1a"] },
            encryption: { inTransit: "true" },
            certificates: { validityDays: 30, renewBeforeDays: 30 },
            storage: { encryptExistingBuckets: ["my-logs"] },
            access: { readLocations: ["my-enrichments"], dynamodbTabels: [] },
            emrEtlRunner: {
                aws: {
                    access_key_id: "AKIAIOSFODNN7EXAMPLE",
                    s3: { buckets: { raw: { in: ["s3://my-data/a", "s3://my-data/a/b"] } } },
                    emr: { ami_version: "5.29.0", jobflow: { core_instance_count: "2" } },
                },
            },
        };
        expect(problems(config, { region: "eu-west-2" })).to.deep.equal([
            problem(
                "emrEtlRunner.aws.access_key_id",
                "a text",
                "delete this line: EmrEtlRunner takes it from the environment variable AWS_SNOWPLOW_ACCESS_KEY, and no file holds it",
            ),
            problem(
                "network.cidrBlock",
                '"10.0.0.0/8"',
                "a range from /16 to /24 inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, written with its first address, such as 10.64.0.0/20",
            ),
            problem("encryption.inTransit", '"true"', "true or false; take off the quotes"),
            problem(
                "access.readLocations[0]",
                '"my-enrichments"',
                "a list of S3 URLs, each once; an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( ))",
            ),
            problem("access.dynamodbTabels", "an unknown key", "did you mean dynamodbTables?"),
            problem(`${JOBFLOW}.core_instance_count`, '"2"', `${COUNT}; take off the quotes`),
            problem(
                "network.availabilityZones[0]",
                '"us-east-1a"',
                "a zone of eu-west-2, such as eu-west-2a",
            ),
            problem(
                "certificates.renewBeforeDays",
                "30",
                "fewer than the 30 days of certificates.validityDays: otherwise every `up` renews",
            ),
            problem(
                "emrEtlRunner.collectors.format",
                "nothing",
                "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…: batch mode (no enriched.stream) needs it",
            ),
            problem(
                `${BUCKETS}.raw.in[1]`,
                '"s3://my-data/a/b"',
                "a folder that neither lies in raw.in (s3://my-data/a/) nor holds it: EmrEtlRunner would take one's objects for the other's",
            ),
        ]);
    });

    it("end the program with an error that Pulumi's CLI prints alone, without a stack of calls", () => {
        const one = failure({}, "prod");
        expect(one).to.be.instanceOf(pulumi.RunError);
        expect(one.message.split("\n")).to.deep.equal([
            "Pulumi.prod.yaml: 1 problem",
            "  snowplow-emr-encryption:emrEtlRunner.collectors.format",
            "    found:   nothing",
            "    allowed: cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…: batch mode (no enriched.stream) needs it",
        ]);
        const two = failure({
            ...batch({ storage: { versions: { rdb_loader: "1" } } }),
            access: { dynamodbTables: ["a"] },
        });
        expect(two.message.split("\n")).to.deep.equal([
            "Pulumi.dev.yaml: 2 problems",
            "  snowplow-emr-encryption:access.dynamodbTables[0]",
            '    found:   "a"',
            `    allowed: ${TABLES}`,
            "  snowplow-emr-encryption:emrEtlRunner.storage.versions.rdb_loader",
            '    found:   "1"',
            "    allowed: three numbers, such as 0.17.0",
        ]);
    });

    it("in one list make nothing else wrong", () => {
        const tables = ["a", "b", "c"];
        expect(problems({ ...batch(), access: { dynamodbTables: tables } })).to.deep.equal(
            tables.map((name, index) => problem(`access.dynamodbTables[${index}]`, `"${name}"`, TABLES)),
        );
    });

    it("in one object make nothing else wrong, and hide nothing", () => {
        const config = batch({
            aws: {
                emr: { jobflow: { core_instance_ebs: { volume_iops: 0, size: 3 } } },
                s3: { buckets: { raw: { in: ["s3://my-data/a", "s3://my-data/a"] } } },
            },
        });
        expect(problems(config).map(({ path, found }) => [path.replace(/^[^:]+:/, ""), found])).to.deep.equal(
            [
                [`${JOBFLOW}.core_instance_ebs.volume_size`, "nothing"],
                [`${JOBFLOW}.core_instance_ebs.volume_type`, "nothing"],
                [`${JOBFLOW}.core_instance_ebs.volume_iops`, "0"],
                [`${JOBFLOW}.core_instance_ebs.size`, "an unknown key"],
                [`${BUCKETS}.raw.in[1]`, '"s3://my-data/a"'],
            ],
        );
    });

    it("are told wherever they are, each as if it were alone, and nothing besides", () => {
        fc.assert(
            fc.property(fc.subarray([...MISTAKES], { minLength: 1 }), (mistakes) => {
                const told = problems(written(mistakes)).map(({ path, found }) => [path, found]);
                const expected = mistakes.flatMap(([way, , ...each]) =>
                    each.map(([below, found]) => [`snowplow-emr-encryption:${way}${below}`, found]),
                );
                expect(told).to.have.deep.members(expected);
            }),
            { numRuns: 60 },
        );
    });
});

describe("any stack config at all", () => {
    /** Keys that there are, so that values get somewhere, and some that do harm elsewhere. */
    const key = fc.oneof(
        {
            weight: 9,
            arbitrary: fc.constantFrom(
                ...[
                    "network",
                    "encryption",
                    "certificates",
                    "storage",
                    "access",
                    "emrEtlRunner",
                    "cidrBlock",
                ],
                ...[
                    "availabilityZones",
                    "validityDays",
                    "renewBeforeDays",
                    "readLocations",
                    "aws",
                    "s3",
                    "emr",
                ],
                ...[
                    "buckets",
                    "raw",
                    "in",
                    "enriched",
                    "stream",
                    "good",
                    "jobflow",
                    "core_instance_ebs",
                    "tags",
                ],
                ...[
                    "volume_type",
                    "monitoring",
                    "snowplow",
                    "collectors",
                    "format",
                    "configuration",
                    "bootstrap",
                ],
                ...["<<", "__proto__", "constructor", "toString", "0", ""],
            ),
        },
        { weight: 1, arbitrary: fc.string() },
    );
    const leaf = fc.oneof(
        fc.constantFrom(
            null,
            true,
            "",
            0,
            -1,
            5.3,
            "5.29.0",
            "thrift",
            "managed",
            "eu-west-1a",
            "10.0.0.0/16",
        ),
        fc.constantFrom(
            "s3://my-bucket/a",
            "s3://my-bucket",
            "s3://my-bucket/a/b",
            "gp2",
            "007",
            "2",
            "aws:x",
            "\u0085",
        ),
        fc.jsonValue({ maxDepth: 1 }),
    );
    const { config } = fc.letrec<{ config: Config; value: unknown }>((tie) => ({
        config: fc
            .array(fc.tuple(key, tie("value")), { maxLength: 5 })
            .map((entries): Config => Object.fromEntries(entries)),
        value: fc.oneof(
            { maxDepth: 6 },
            { weight: 2, arbitrary: leaf },
            { weight: 4, arbitrary: tie("config") },
            { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
        ),
    }));

    it("gives settings or every problem of it, never another error", () => {
        fc.assert(
            fc.property(config, (anything) => {
                const told: readonly Problem[] = problems(anything);
                for (const { path, found, allowed } of told) {
                    expect([path, found, allowed].every((text) => text.length > 0)).to.equal(true);
                    expect(path).to.match(/^snowplow-emr-encryption:/);
                }
            }),
            { numRuns: 200 },
        );
    });

    it("is not changed by being looked at, and tells the same again", () => {
        fc.assert(
            fc.property(config, (anything) => {
                const before = structuredClone(anything);
                expect(problems(anything)).to.deep.equal(problems(before));
                expect(anything).to.deep.equal(before);
            }),
            { numRuns: 50 },
        );
    });
});
