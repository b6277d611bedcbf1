import { expect } from "chai";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { textProblems } from "../../../components/args/unreadable-text";
import type { StackInput } from "../../../components/config";
import {
    type EmrEtlRunnerConfigArgs,
    renderEmrEtlRunnerConfig,
} from "../../../components/domain/emr-etl-runner-config";
import { resolveLocations } from "../../../components/domain/locations";
import { expectGolden } from "../../support/golden";
import { batch, type Config, parse, stream } from "../args/parse";

const ENVIRONMENT = {
    AWS_SNOWPLOW_ACCESS_KEY: "an-access-key",
    AWS_SNOWPLOW_SECRET_KEY: "a/secret+key=",
};

const DEPLOYED = {
    jobflowRole: "snowplow-dev-jobflow-1",
    serviceRole: "snowplow-dev-service-1",
    subnetId: "subnet-1",
    keyName: "snowplow-dev-key-1",
    securityConfiguration: "snowplow-dev-security-1",
} as const;

/** The least of config in batch mode, as EmrEtlRunner gets it. */
const BATCH = {
    aws: {
        access_key_id: ENVIRONMENT.AWS_SNOWPLOW_ACCESS_KEY,
        secret_access_key: ENVIRONMENT.AWS_SNOWPLOW_SECRET_KEY,
        s3: {
            region: "eu-west-1",
            buckets: {
                assets: "s3://snowplow-hosted-assets",
                jsonpath_assets: null,
                log: "s3://dev-logs/emr/",
                encrypted: true,
                raw: {
                    in: ["s3://dev-collector/raw/"],
                    processing: "s3://dev-pipeline/raw/processing/",
                    archive: "s3://dev-archive/raw/",
                },
                enriched: {
                    good: "s3://dev-pipeline/enriched/good/",
                    bad: "s3://dev-pipeline/enriched/bad/",
                    errors: null,
                    archive: "s3://dev-archive/enriched/",
                    stream: null,
                },
                shredded: {
                    good: "s3://dev-pipeline/shredded/good/",
                    bad: "s3://dev-pipeline/shredded/bad/",
                    errors: null,
                    archive: "s3://dev-archive/shredded/",
                },
            },
            consolidate_shredded_output: true,
        },
        emr: {
            ami_version: "5.29.0",
            region: "eu-west-1",
            jobflow_role: "snowplow-dev-jobflow-1",
            service_role: "snowplow-dev-service-1",
            placement: null,
            ec2_subnet_id: "subnet-1",
            ec2_key_name: "snowplow-dev-key-1",
            security_configuration: "snowplow-dev-security-1",
            bootstrap: [],
            software: { hbase: null, lingual: null },
            jobflow: {
                job_name: "Snowplow ETL dev",
                master_instance_type: "m4.large",
                core_instance_count: 2,
                core_instance_type: "m4.large",
                core_instance_bid: null,
                core_instance_ebs: {
                    volume_size: 100,
                    volume_type: "gp2",
                    volume_iops: 400,
                    ebs_optimized: false,
                },
                task_instance_count: 0,
                task_instance_type: "m4.large",
                task_instance_bid: null,
            },
            bootstrap_failure_tries: 3,
            configuration: {
                "yarn-site": { "yarn.resourcemanager.am.max-attempts": "1" },
                spark: { maximizeResourceAllocation: "true" },
            },
            additional_info: null,
        },
    },
    collectors: { format: "thrift" },
    enrich: {
        versions: { spark_enrich: "1.18.0" },
        continue_on_unexpected_error: false,
        output_compression: "GZIP",
    },
    storage: {
        versions: { rdb_loader: "0.17.0", rdb_shredder: "0.16.0", hadoop_elasticsearch: "0.1.0" },
    },
    monitoring: {
        tags: { "for-use-with-amazon-emr-managed-policies": "true", "snowplow-emr-stack": "dev" },
        logging: { level: "DEBUG" },
        snowplow: null,
    },
};

/** The least of config in stream-enrich mode: what EmrEtlRunner would throw away is not there. */
const STREAM = {
    ...BATCH,
    aws: {
        ...BATCH.aws,
        s3: {
            ...BATCH.aws.s3,
            buckets: {
                ...BATCH.aws.s3.buckets,
                raw: null,
                enriched: {
                    ...BATCH.aws.s3.buckets.enriched,
                    bad: null,
                    stream: "s3://dev-collector/enriched/stream/",
                },
            },
            consolidate_shredded_output: false,
        },
    },
    collectors: null,
};

/** Whatever a user can write, none of it a default. */
const EVERYTHING = {
    aws: {
        s3: {
            buckets: {
                assets: "s3://acme-assets",
                jsonpath_assets: "s3://acme-jsonpaths/v1",
                log: "s3://acme-logs",
                raw: {
                    in: ["s3://acme-collector-eu", "s3://acme-collector-us/thrift"],
                    processing: "s3://acme-raw/processing/",
                    archive: "s3://acme-raw/archive",
                },
                enriched: {
                    good: "s3://acme-enriched/good",
                    bad: "s3://acme-enriched/bad",
                    errors: "managed",
                    archive: "s3://acme-enriched/archive",
                },
                shredded: {
                    good: "s3://acme-shredded/good",
                    bad: "s3://acme-shredded/bad",
                    errors: "s3://acme-shredded/errors",
                    archive: "s3://acme-shredded/archive",
                },
            },
            consolidate_shredded_output: false,
        },
        emr: {
            ami_version: "5.32.0",
            bootstrap: ["s3://acme-scripts/a.sh", "s3://acme-scripts/b.sh"],
            jobflow: {
                job_name: "<%= `id` %> \"nightly\" \\ '5' #1\nof\t2",
                master_instance_type: "m5.xlarge",
                core_instance_count: 10,
                core_instance_type: "r5.xlarge",
                core_instance_bid: 0.015,
                core_instance_ebs: {
                    volume_size: 200,
                    volume_type: "io1",
                    volume_iops: 1000,
                    ebs_optimized: true,
                },
                task_instance_count: 3,
                task_instance_type: "c5.large",
                task_instance_bid: 1,
            },
            bootstrap_failure_tries: 1,
            configuration: { ":x": { yes: "no", "5.9": "0123" }, "12:30": {} },
            additional_info: '{"a":"b"}',
        },
    },
    collectors: { format: "tsv/com.amazon.aws.cloudfront/wd_access_log" },
    enrich: {
        versions: { spark_enrich: "1.19.0-rc1" },
        continue_on_unexpected_error: true,
        output_compression: "NONE",
    },
    storage: { versions: { rdb_loader: "0.17.1", rdb_shredder: "0.16.1" } },
    monitoring: {
        tags: { team: "~", on: "", "<%% owner": "<<", é: "\u2028\ufeff\u00a0😀" },
        logging: { level: "INFO" },
        snowplow: {
            method: "post",
            collector: "collector.acme.com",
            app_id: "2018-01-01",
            protocol: "https",
            port: 443,
        },
    },
};

/** Folders end with a slash; all else arrives as it was written, beside what the stack owns. */
const EVERYTHING_LOADED = {
    aws: {
        ...BATCH.aws,
        s3: {
            region: "eu-west-1",
            buckets: {
                ...EVERYTHING.aws.s3.buckets,
                log: "s3://acme-logs/",
                encrypted: true,
                raw: {
                    in: ["s3://acme-collector-eu/", "s3://acme-collector-us/thrift/"],
                    processing: "s3://acme-raw/processing/",
                    archive: "s3://acme-raw/archive/",
                },
                enriched: {
                    good: "s3://acme-enriched/good/",
                    bad: "s3://acme-enriched/bad/",
                    errors: "s3://dev-pipeline/enriched/errors/",
                    archive: "s3://acme-enriched/archive/",
                    stream: null,
                },
                shredded: {
                    good: "s3://acme-shredded/good/",
                    bad: "s3://acme-shredded/bad/",
                    errors: "s3://acme-shredded/errors/",
                    archive: "s3://acme-shredded/archive/",
                },
            },
            consolidate_shredded_output: false,
        },
        emr: { ...BATCH.aws.emr, ...EVERYTHING.aws.emr },
    },
    collectors: EVERYTHING.collectors,
    enrich: EVERYTHING.enrich,
    storage: { versions: { ...EVERYTHING.storage.versions, hadoop_elasticsearch: "0.1.0" } },
    monitoring: {
        ...EVERYTHING.monitoring,
        tags: { ...EVERYTHING.monitoring.tags, ...BATCH.monitoring.tags },
    },
};

describe("config.yml", () => {
    for (const [name, config, loaded] of [
        ["batch", batch(), BATCH],
        ["stream-enrich", stream(), STREAM],
        ["everything", { emrEtlRunner: EVERYTHING }, EVERYTHING_LOADED],
    ] as const) {
        it(`is to EmrEtlRunner what it should be, whole: ${name}`, () => {
            expect(load(render(config))).to.deep.equal(loaded);
        });

        it(`is as it was: ${name}`, () => {
            expectGolden(`config.${name}.yml`, render(config));
        });

        it(`has texts in double quotes, on one line each, and none of a kind that Ruby guesses: ${name}`, () => {
            expect(unexpectedLines(render(config))).to.deep.equal([]);
        });
    }

    it("says null, never an empty text, for what is unset", () => {
        for (const config of [batch(), stream()]) {
            expect(render(config)).to.not.match(/""|''/);
        }
    });

    it("says null for what the user sets to null, and for a security configuration that there is none of", () => {
        const nothing = batch({
            aws: {
                emr: {
                    bootstrap: null,
                    configuration: null,
                    additional_info: null,
                    jobflow: { core_instance_ebs: null },
                },
            },
            enrich: { continue_on_unexpected_error: null },
            monitoring: { tags: null },
        });
        const { emr } = BATCH.aws;
        expect(load(render(nothing, {}, { securityConfiguration: null }))).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                emr: {
                    ...emr,
                    bootstrap: null,
                    configuration: null,
                    security_configuration: null,
                    jobflow: { ...emr.jobflow, core_instance_ebs: null },
                },
            },
            enrich: { ...BATCH.enrich, continue_on_unexpected_error: null },
        });
    });

    it("takes neither raw nor collectors into stream-enrich mode, even when they are handed over", () => {
        const settings = parse(batch()).emrEtlRunner;
        expect(load(render(stream(), {}, { settings }))).to.deep.equal(STREAM);
    });

    it("keeps the stack's own tags, whatever the user's say", () => {
        const { emrEtlRunner: settings } = parse(batch());
        const tags = {
            "snowplow-emr-stack": "other",
            "for-use-with-amazon-emr-managed-policies": "false",
            team: "data",
        };
        const text = render(
            batch(),
            {},
            { settings: { ...settings, monitoring: { ...settings.monitoring, tags } } },
        );
        expect(load(text)).to.deep.equal({
            ...BATCH,
            monitoring: { ...BATCH.monitoring, tags: { team: "data", ...BATCH.monitoring.tags } },
        });
    });

    it("names the stack in its first line, in the job's name and in the tag, as a text", () => {
        const text = render(batch(), { stack: "0123" });
        expect(text.split("\n", 1)).to.deep.equal([
            "# EmrEtlRunner's config.yml for the stack 0123, by snowplow-emr-encryption. Render it again after each `pulumi up`.",
        ]);
        const { emr } = BATCH.aws;
        expect(load(text)).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                emr: { ...emr, jobflow: { ...emr.jobflow, job_name: "Snowplow ETL 0123" } },
            },
            monitoring: {
                ...BATCH.monitoring,
                tags: { ...BATCH.monitoring.tags, "snowplow-emr-stack": "0123" },
            },
        });
    });

    it("has the stack's region in both places", () => {
        const text = render(batch(), { region: "us-east-1" });
        const { s3, emr } = BATCH.aws;
        expect(load(text)).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                s3: { ...s3, region: "us-east-1" },
                emr: { ...emr, region: "us-east-1" },
            },
        });
    });

    it("has << in quotes, which the YAML package would write bare", () => {
        const text = render(batch({ monitoring: { tags: { merge: "<<" } } }));
        expect(text.split("\n").filter((line) => line.includes("<<"))).to.deep.equal(['    "merge": "<<"']);
    });

    it("reads the two credentials from the environment, and runs nothing else", () => {
        expect(liveTags(render(batch()))).to.deep.equal([
            "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
            "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
        ]);
        expect(() => erb("<%= `id` %>")).to.throw("<%= `id` %>");
        expect(() => erb("<% x")).to.throw("<% x");
    });
});

describe("a user's text in config.yml", () => {
    /** Whatever YAML, ERB or Ruby could take for something else. */
    const fragment = fc.constantFrom(
        ...["<%", "<%%", "<%=", "%>", "%%>", "<", "%", "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>"],
        ...[
            "<<",
            "\n",
            "\n\n",
            "\t",
            " ",
            "  ",
            "\\",
            "\\n",
            '"',
            "'",
            "#",
            " #",
            ": ",
            ":",
            "- ",
            "? ",
            ", ",
        ],
        ...["&a", "*a", "!", "!ruby/object:Object ", "---", "...", "\n---\n", "|", ">", "@", "`", "{", "["],
        ...["\u00a0", "\u2028", "\u2029", "\ufeff", "\ud7ff", "\ue000", "\ufffd", "😀", "é", "e\u0301"],
    );
    const word = fc.constantFrom(
        ...["<<", "=", "yes", "No", "on", "OFF", "y", "true", "null", "~", "5.9", "5.30", "0123", "0x1f"],
        ...["0b11", "1_000", "1e3", "12:30", ":x", "2018-01-01", ".inf", "-.NaN", "!!str", "constructor"],
    );
    const character = fc
        .oneof(
            fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
            fc.string({ minLength: 1, maxLength: 1 }),
        )
        .filter((text) => textProblems(text, []).length === 0);
    const text = (maxLength: number) =>
        fc
            .oneof(
                {
                    arbitrary: fc.string({ unit: fc.oneof(fragment, character), minLength: 1, maxLength: 8 }),
                    weight: 3,
                },
                word,
            )
            .filter(({ length }) => length <= maxLength);
    const orEmpty = (maxLength: number) =>
        fc.oneof({ arbitrary: text(maxLength), weight: 9 }, fc.constant(""));
    const key = (maxLength: number) =>
        text(maxLength).filter((name) => textProblems({ [name]: "" }, []).length === 0);
    const dictionary = <T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>) =>
        fc.dictionary(keys, values, { maxKeys: 4, noNullPrototype: true });

    const texts = fc.record({
        jobName: text(1000),
        keyName: text(255),
        tags: dictionary(
            key(128).filter((name) => !/^aws:/i.test(name)),
            orEmpty(256),
        ),
        configuration: dictionary(key(1000), dictionary(key(1000), orEmpty(1000))),
        additionalInfo: fc
            .tuple(fc.constantFrom("", "\n", "\t"), text(1000))
            .map(([space, value]) => space + JSON.stringify({ [value]: value })),
        collector: text(1000),
        appId: text(1000),
        format: text(1000).map((value) => `json/com.acme/${value.replaceAll("\n", " ")}`),
    });

    it("arrives as it was in each field that takes one, quoted, on one line, and never as live ERB", () => {
        fc.assert(
            fc.property(texts, (given) => {
                const snowplow = {
                    method: "get",
                    collector: given.collector,
                    app_id: given.appId,
                    protocol: null,
                    port: null,
                };
                const { emr } = BATCH.aws;
                const config = batch({
                    aws: {
                        emr: {
                            ec2_key_name: given.keyName,
                            jobflow: { job_name: given.jobName },
                            configuration: given.configuration,
                            additional_info: given.additionalInfo,
                        },
                    },
                    collectors: { format: given.format },
                    monitoring: { tags: given.tags, snowplow },
                });
                const rendered = render(config);
                expect(load(rendered)).to.deep.equal({
                    ...BATCH,
                    aws: {
                        ...BATCH.aws,
                        emr: {
                            ...emr,
                            ec2_key_name: given.keyName,
                            jobflow: { ...emr.jobflow, job_name: given.jobName },
                            configuration: given.configuration,
                            additional_info: given.additionalInfo,
                        },
                    },
                    collectors: { format: given.format },
                    monitoring: {
                        ...BATCH.monitoring,
                        tags: { ...given.tags, ...BATCH.monitoring.tags },
                        snowplow,
                    },
                });
                expect(unexpectedLines(rendered)).to.deep.equal([]);
                expect(liveTags(rendered)).to.have.length(2);
            }),
            { numRuns: 150 },
        );
    });

    it("is a number only where EmrEtlRunner wants one", () => {
        const bid = fc.double({ min: 0.0001, max: 10_000, noNaN: true });
        fc.assert(
            fc.property(bid, fc.integer({ min: 1 }), (bid, count) => {
                const jobflow = { core_instance_bid: bid, core_instance_count: count };
                const { emr } = BATCH.aws;
                expect(load(render(batch({ aws: { emr: { jobflow } } })))).to.deep.equal({
                    ...BATCH,
                    aws: { ...BATCH.aws, emr: { ...emr, jobflow: { ...emr.jobflow, ...jobflow } } },
                });
            }),
            {
                numRuns: 50,
                examples: [
                    [0.0001, 1],
                    [10_000, Number.MAX_SAFE_INTEGER],
                ],
            },
        );
    });
});

/** Renders a stack config as index.ts does once all else is deployed. */
function render(
    config: Config,
    input: Partial<StackInput> = {},
    args: Partial<EmrEtlRunnerConfigArgs> = {},
): string {
    const { stack, region, mode, emrEtlRunner, locations } = parse(config, input);
    return renderEmrEtlRunnerConfig({
        ...DEPLOYED,
        stack,
        region,
        mode,
        settings: emrEtlRunner,
        locations: resolveLocations(locations, (bucket) => `dev-${bucket}`),
        keyName: emrEtlRunner.aws.emr.ec2_key_name ?? DEPLOYED.keyName,
        ...args,
    });
}

/** As EmrEtlRunner reads the file: ERB first, then YAML 1.1. */
function load(text: string): unknown {
    return parseYaml(erb(text), { version: "1.1" });
}

const ERB = /<%%|<%[\s\S]*?%>|<%/g;

/** What Ruby's ERB does with a text, as long as it asks for nothing but an environment variable. */
function erb(text: string): string {
    const variables = new Map(Object.entries(ENVIRONMENT));
    return text.replace(ERB, (token) => {
        const value = variables.get(/^<%= ENV\.fetch\('(\w+)'\) %>$/.exec(token)?.[1] ?? "");
        if (token !== "<%%" && value === undefined) {
            throw new Error(`live ERB: ${text.slice(text.indexOf(token))}`);
        }
        return value ?? "<%";
    });
}

function liveTags(text: string): readonly string[] {
    return (text.match(ERB) ?? []).filter((token) => token !== "<%%");
}

/**
 * Lines of other forms than these: a key that is ours, or any text in double quotes; a text in double quotes, a
 * number, a boolean or null. To Ruby, U+0085, U+2028 and U+2029 end lines, too.
 */
function unexpectedLines(text: string): readonly string[] {
    const quoted = String.raw`"(?:[^"\\\u0085\u2028\u2029\ufeff]|\\.)*"`;
    const key = `(?:${quoted}|[a-z][a-z0-9_]*):`;
    const value = String.raw`(?:${quoted}|-?\d+(?:\.\d+)?|true|false|null|\[\]|\{\})`;
    const line = new RegExp(`^ *(?:${key}|${key} ${value}|- ${value})$`);
    const [comment, ...lines] = text.split("\n");
    return [
        ...(comment?.startsWith("# ") ? [] : [`${comment}`]),
        ...lines.slice(0, -1).filter((candidate) => !line.test(candidate)),
        ...lines.slice(-1).filter((last) => last !== ""),
    ];
}
