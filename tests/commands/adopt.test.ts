import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { parse as parseYaml, stringify } from "yaml";
import { type Adopted, adopt, adoptCommand } from "../../commands/adopt";
import { readConfig, repeatedKeys, TAG, withoutTags } from "../../commands/config-yml";
import { renderedFiles, renderStack } from "../../commands/render";
import type { ResolvedArgs } from "../../components/args";
import { parseConfig } from "../../components/config";
import { renderEmrEtlRunnerConfig } from "../../components/domain/emr-etl-runner-config";
import { InvalidArguments } from "../../components/domain/errors";
import { resolveLocations } from "../../components/domain/locations";
import { valueAt } from "../../components/domain/value-at";
import { anyStack, makeOwnCertificate } from "../support/arbitrary-config";
import { stackFileKeys } from "../support/stack-file-keys";

const root = path.join(__dirname, "../..");
const FOLDER = path.join(__dirname, "adopt");
const OWN = "snowplow-emr-encryption:emrEtlRunner";

/**
 * The structures of EmrEtlRunner's samples that differ for adopt: the oldest supported one lacks keys with a default in
 * the stack; the last ones have every key of the samples since 0.33.0.
 */
const SAMPLES = ["0.33.1-batch", "1.0.4-batch", "1.0.4-stream"];

/** The exit code of adopt for each fixture. */
const FIXTURES: Readonly<Record<string, number>> = {
    ...Object.fromEntries(SAMPLES.map((name) => [name, 0])),
    "carried-over": 0,
    erb: 1,
    refused: 1,
    credentials: 1,
};

/** Parts of the fixtures' credentials, which no output may hold. */
const SECRETS = [
    ...["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"],
    ...["AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF", "hunter2", "424242", "swordfish", "t0k3n", "horse", "ENV["],
];

/** A small config.yml that the stack accepts. */
const SMALL = `
aws:
  access_key_id: <%= ENV['AWS_SNOWPLOW_ACCESS_KEY'] %>
  secret_access_key: <%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>
  s3: { region: eu-west-1, consolidate_shredded_output: true, buckets: { log: s3://acme-logs } }
  emr: { region: eu-west-1 }
collectors: { format: thrift }
`;

const fixture = (name: string) => path.join(FOLDER, `${name}.yml`);
const read = (file: string) => readFileSync(file, "utf8");

function adopted(
    text: string,
): Adopted & { readonly config: Record<string, unknown>; readonly own: unknown } {
    const result = adopt(text, "config.yml", "dev");
    const { config } = parseYaml(result.stackFile) as { config: Record<string, unknown> };
    return { ...result, config, own: config[OWN] };
}

/** How adopt treats lines below a key of config.yml. */
function below(key: string, ...lines: readonly string[]) {
    const { own, errors, stackFile } = adopted(
        `${SMALL}${key}:\n${lines.map((line) => `  ${line}\n`).join("")}`,
    );
    return { value: valueAt(own, [key]), errors, stackFile };
}

/** The code of the error for a config.yml, and the place that the message names. */
function refusal(text: string) {
    try {
        adopt(text, "config.yml", "dev");
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return [error.errors.map(({ code }) => code).join(), error.message.split("\n")[1]?.trim()];
        }
        throw error;
    }
    return "no error";
}

/** Errors as [code, path below emrEtlRunner]. */
const codesOf = (errors: Adopted["errors"]) =>
    errors.map(({ code, path: place }) => [code, place.filter((key) => key !== "emrEtlRunner").join(".")]);

function comments(text: string): readonly string[] {
    return text.split("\n").filter((line) => /^\s*#/.test(line));
}

/** The leaves of a config.yml, normalised: no null, and a slash at the end of each location. */
function leaves(value: unknown, keyPath = ""): readonly (readonly [string, unknown])[] {
    if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([key, item]) =>
            leaves(item, keyPath === "" ? key : `${keyPath}.${key}`),
        );
    }
    const text = /^aws\.s3\.buckets\.(raw|enriched|shredded|log)/.test(keyPath)
        ? `${value}`.replace(/\/?$/, "/")
        : value;
    return value === null ? [] : [[keyPath, text]];
}

it("withoutTags shows each ERB tag of config.yml without its content", () => {
    expect(withoutTags(`s3://${TAG}-logs/${TAG}${TAG}/x`)).to.equal("s3://<%= … %>-logs/<%= … %>/x");
});

describe("adopt", () => {
    const { warn } = console;
    let folder = "";

    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "adopt-test-"));
        console.warn = () => undefined; // Old releases have warnings.
    });

    after(() => {
        console.warn = warn;
        rmSync(folder, { recursive: true });
    });

    /** The config.yml that the whole program renders for a stack file. */
    const rendered = async (stackFile: string, stack = "dev"): Promise<string> => {
        writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stackFile);
        return renderedFiles(await renderStack(folder, stack))["config.yml"];
    };

    describe("prints the golden stack file and errors of", () => {
        for (const [name, code] of Object.entries(FIXTURES)) {
            it(name, () => {
                const ended = adoptCommand([fixture(name)]);
                expect(ended.code).to.equal(code);
                for (const [ending, text] of [
                    [".yaml", ended.stdout],
                    [".txt", ended.stderr],
                ] as const) {
                    const golden = path.join(FOLDER, `${name}${ending}`);
                    if (process.env.UPDATE_GOLDEN === "1" && text !== "") {
                        writeFileSync(golden, text);
                    }
                    expect(text).to.equal(existsSync(golden) ? read(golden) : "");
                }
            });
        }

        it("samples that together set every key of EmrEtlRunner", () => {
            const configs = SAMPLES.map((name) => readConfig(read(fixture(name)), name));
            const missing = stackFileKeys()
                .filter(({ way: [object], owned }) => object === OWN && !owned)
                .map(({ way: [, ...keys] }) => keys)
                .filter((keys) => configs.every((config) => (valueAt(config, keys) ?? null) === null));
            expect(missing).to.deep.equal([]);
        });

        it("all fixtures in the folder", () => {
            const files = Object.entries(FIXTURES).flatMap(([name, code]) => [
                ...[`${name}.yml`, `${name}.yaml`],
                ...(code === 0 ? [] : [`${name}.txt`]),
            ]);
            expect(readdirSync(FOLDER)).to.have.members(files);
        });
    });

    describe("keeps each value that the stack does not own in", () => {
        const OWNED =
            /^aws\.(access_key_id|secret_access_key|s3\.buckets\.encrypted|emr\.(jobflow_role|service_role|placement|ec2_subnet_id|security_configuration|software\.\w+))$/;
        const ADDED =
            /^(aws\.s3\.consolidate_shredded_output|enrich\.continue_on_unexpected_error|monitoring\.tags\.(for-use-with-amazon-emr-managed-policies|snowplow-emr-stack))$/;

        for (const name of SAMPLES) {
            it(name, async () => {
                const before = Object.fromEntries(
                    leaves(parseYaml(read(fixture(name)), { version: "1.1" })).filter(
                        ([key]) => !OWNED.test(key),
                    ),
                );
                const { stackFile } = adopt(read(fixture(name)), name, "dev");
                const after = leaves(parseYaml(await rendered(stackFile), { version: "1.1" }));
                // S3's older schemes.
                const expected = Object.fromEntries(
                    Object.entries(before).map(([key, value]) => [
                        key,
                        typeof value === "string" ? value.replace(/^s3[an]:/, "s3:") : value,
                    ]),
                );
                const given = after.filter(
                    ([key]) => !OWNED.test(key) && !(ADDED.test(key) && !(key in before)),
                );
                expect(Object.fromEntries(given)).to.deep.equal(expected);
            });
        }

        for (const stack of ["dev", "prod"]) {
            it(`the config.yml of the stack ${stack}, character by character`, async () => {
                const first = renderedFiles(await renderStack(root, stack))["config.yml"];
                const { stackFile, errors } = adopt(first, "config.yml", stack);
                expect(errors).to.deep.equal([]);
                expect(withoutNames(await rendered(stackFile, stack))).to.equal(withoutNames(first));
            });
        }

        it("any config.yml that the program renders", async () => {
            await makeOwnCertificate();
            fc.assert(
                fc.property(anyStack, ({ stack, region, config }) => {
                    const args = argsOf(stack, region, config.emrEtlRunner);
                    fc.pre(args !== undefined && /^[\w.-]+$/.test(stack));
                    const first = render(args);
                    const { stackFile, errors } = adopt(first, "config.yml", stack);
                    fc.pre(!errors.some(({ code }) => code === "credential")); // A random string may look like one.
                    expect(errors).to.deep.equal([]);
                    const again = (parseYaml(stackFile) as { config: Record<string, unknown> }).config;
                    const moved = argsOf(stack, String(again["aws:region"]), again[OWN]);
                    expect(moved && parseYaml(render(moved))).to.deep.equal(parseYaml(first));
                }),
                { numRuns: Number(process.env.RUNS ?? 40) },
            );
        });
    });

    describe("reads ERB without running it", () => {
        it("in tags with quotes, over several lines, in comments", () => {
            const { errors, own } = adopted(read(fixture("erb")));
            expect(codesOf(errors)).to.deep.equal([
                ["region-of-config-yml", "aws:region"],
                ...[
                    "aws.s3.buckets.log",
                    "aws.s3.buckets.raw.in.1",
                    "aws.emr.ec2_key_name",
                    "aws.emr.bootstrap",
                    "aws.emr.jobflow.core_instance_count",
                    "aws.emr.jobflow.core_instance_ebs.volume_size",
                    "aws.emr.configuration.yarn-site.<%= … %>",
                    "collectors.format",
                    "monitoring.tags.stage",
                ].map((place) => ["erb-value", place]),
            ]);
            expect(own).to.have.nested.property("aws.emr.configuration.spark.note", "a <% b");
        });

        it("and writes into the stack file what value is expected in its place", () => {
            const { stackFile, errors, value } = below("enrich", "output_compression: <%= ENV['X'] %>");
            expect([value, codesOf(errors)]).to.deep.equal([
                undefined,
                [["erb-value", "enrich.output_compression"]],
            ]);
            expect(comments(stackFile)).to.include(
                `#   ${OWN}.enrich.output_compression: found: an ERB tag, which was not run: "<%= … %>"; expected: the value it gives: NONE or GZIP`,
            );
        });

        it("and takes the one region that is not a tag", () => {
            const { config, errors } = adopted(SMALL.replace("region: eu-west-1", "region: <%= x %>"));
            expect([config["aws:region"], errors]).to.deep.equal(["eu-west-1", []]);
        });

        it("and omits a list that holds only tags", () => {
            const { own, errors } = adopted(
                SMALL.replace(
                    "log: s3://acme-logs",
                    "log: s3://acme-logs, raw: { in: [<%= x %>, <%= y %>] }",
                ),
            );
            expect(own).not.to.have.nested.property("aws.s3.buckets.raw");
            expect(errors).to.have.length(2);
        });

        for (const [title, line, column] of [
            ["a conditional line", "<% if ENV['PROD'] %>", 1],
            ["a tag without an end", "a: <%= ENV['PROD']", 4],
            ["a tag with an escaped end", "a: <%= '%%>'", 4],
        ] as const) {
            it(`and refuses ${title}, with its line and column`, () => {
                expect(refusal(`aws:\n  s3: {}\n${line}\n`)).to.deep.equal([
                    "erb-line",
                    `line 3, column ${column}`,
                ]);
            });
        }
    });

    describe("reads YAML as EmrEtlRunner does", () => {
        it("with keys as symbols, the last of repeated keys, merges, y and n and dates as strings", () => {
            const { own } = adopted(
                [
                    ":aws:",
                    "  :s3: &s3 { :region: eu-west-1, consolidate_shredded_output: off }",
                    "  s3: { <<: *s3, :buckets: { :log: s3://acme-logs } }",
                    "  emr: { region: eu-west-1, jobflow: { core_instance_count: 0x10 } }",
                    'collectors: { ":format": tsv/a/b, format: thrift }',
                    "monitoring: { tags: { a: y, b: N, c: 2018-01-01, ':d': e, n: f } }",
                ].join("\r\n"),
            );
            expect(own).to.deep.equal({
                aws: {
                    s3: { consolidate_shredded_output: false, buckets: { log: "s3://acme-logs" } },
                    emr: {
                        configuration: null,
                        jobflow: { core_instance_count: 16, core_instance_ebs: null },
                    },
                },
                collectors: { format: "thrift" },
                monitoring: { tags: { a: "y", b: "N", c: "2018-01-01", ":d": "e", n: "f" } },
            });
        });

        it("and writes every string so that Pulumi's CLI reads the same string", () => {
            const texts = [
                ..."0123 1_000 0b11 2018-01-01 .inf yes No null ~ 5.30 1e3 12:30".split(" "),
                ...["", "a: b", "a #b", "- a", " a ", "a\nb", "a\u2028b", "a\ufeffb", "\u0085", "\u{1f600}"],
                ..."<< = true s3://a-b/c a: &a *a !a %a @a `a {a [a '\"".split(" "),
            ];
            const tags = Object.fromEntries(texts.map((text, index) => [`t${index}`, text]));
            const { own, stackFile, errors } = adopted(`${SMALL}monitoring: ${JSON.stringify({ tags })}\n`);
            expect(own).to.have.nested.property("monitoring.tags").that.deep.equals(tags);
            // Ruby reads it as a space.
            expect(errors.map(({ code, found }) => [code, found])).to.deep.equal([
                ["unreadable-text", "U+0085 as character 1"],
            ]);
            expect(stackFile).not.to.match(/[\u007f-\u009f\u2028\u2029\ufeff]/);
        });

        for (const [title, text, code, place] of [
            ["a tab", "aws:\n\ts3: {}\n", "invalid-yaml", "line 2, column 1"],
            ["an alias without an anchor", "aws: *none\n", "unresolved-alias", "line 1, column 6"],
            ["two documents", "aws: {}\n---\naws: {}\n", "invalid-yaml", "line 2, column 1"],
            [
                "a quote that does not end",
                'secret_access_key: "wJalrXU\n',
                "invalid-yaml",
                "line 2, column 1",
            ],
            ["an error after a tag", "aws: <%=\n\n%>\ns3: a: b\n", "invalid-yaml", "line 4, column 5"],
        ] as const) {
            it(`and refuses ${title}, with its line and column`, () => {
                expect(refusal(text)).to.deep.equal([code, place]);
            });
        }
    });

    it("refuses a file that is not a config.yml", () => {
        for (const text of [
            "",
            "hello\n",
            "- aws\n",
            "config: { aws:region: eu-west-1 }\n",
            "aws: { s3: { region: x }, emr: }\n",
            ":aws: {}\n:s3: {}\n:emr: {}\n",
        ]) {
            expect(refusal(text), text).to.deep.equal(["not-a-config-yml", "the whole file"]);
        }
    });

    describe("never prints a credential", () => {
        it("of a fixture", () => {
            const texts = Object.keys(FIXTURES).map((name) => read(fixture(name)));
            expect(SECRETS.filter((secret) => !texts.some((text) => text.includes(secret)))).to.deep.equal(
                [],
            );
            for (const name of Object.keys(FIXTURES)) {
                const { stdout, stderr } = adoptCommand([fixture(name)]);
                expect(SECRETS.filter((secret) => `${stdout}${stderr}`.includes(secret))).to.deep.equal([]);
            }
        });

        it("at any place: a value, a part of a value, a key", () => {
            const text = read(fixture("1.0.4-batch"));
            const config = parseYaml(text.replace(/<%=.*%>/g, "none")) as Record<string, unknown>;
            const allPaths = leafPaths(config);
            const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"];
            const secret = fc
                .string({ unit: fc.constantFrom(...alphabet), minLength: 40, maxLength: 40 })
                .filter((key) => /[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key));
            const id = fc
                .string({
                    unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
                    minLength: 16,
                    maxLength: 16,
                })
                .map((key) => `AKIA${key}`);
            const place = fc.tuple(fc.constantFrom(...allPaths), fc.constantFrom("value", "text", "key"));
            fc.assert(
                fc.property(
                    id,
                    secret,
                    fc.array(place, { minLength: 1, maxLength: 5 }),
                    (key, word, places) => {
                        const copy = structuredClone(config);
                        Object.assign(copy.aws as object, { access_key_id: key, secret_access_key: word });
                        for (const [keyPath, how] of places) {
                            const parent = valueAt(copy, keyPath.slice(0, -1)) as Record<string, unknown>;
                            const last = keyPath.at(-1) ?? "";
                            const credential = keyPath.length % 2 === 0 ? key : word;
                            if (how === "key" && !Array.isArray(parent)) {
                                parent[credential] = "x";
                            } else {
                                parent[last] =
                                    how === "text" ? `s3://a-b/${credential}/c-${credential}` : credential;
                            }
                        }
                        const { stackFile, errors } = adopt(stringify(copy), "config.yml", "dev");
                        const printed = stackFile + JSON.stringify(errors);
                        expect([key, word].filter((each) => printed.includes(each))).to.deep.equal([]);
                    },
                ),
                { numRuns: 60 },
            );
        });
    });

    describe("omits", () => {
        it("what a stack file would be refused for", () => {
            const { value, errors } = below(
                "monitoring",
                "snowplow: { app_id: etl, collector: 'https://me:hunter2@collector.example.com' }",
                "tags: { db-password: hunter2, password-policy: strict }",
            );
            expect([value, codesOf(errors).slice(0, 2)]).to.deep.equal([
                { snowplow: { app_id: "etl" }, tags: { "password-policy": "strict" } },
                [
                    ["credential", "monitoring.snowplow.collector"],
                    ["credential", "monitoring.tags.db-password"],
                ],
            ]);
        });

        it("keys that EmrEtlRunner does not read, and keeps invalid values", () => {
            const { value, stackFile } = below(
                "enrich",
                "job_name: x",
                "output_compresion: y",
                "lines: z",
                "output_compression: ZIP",
                '"a\\nb": c',
            );
            expect(value).to.deep.equal({ output_compression: "ZIP" });
            expect(comments(stackFile)).to.include.members([
                "#   enrich.job_name: since 0.25 it is aws.emr.jobflow.job_name",
                "#   enrich.output_compresion: EmrEtlRunner reads no such key; did you mean output_compression?",
                "#   enrich.lines: EmrEtlRunner reads no such key",
                '#   enrich["a\\nb"]: EmrEtlRunner reads no such key',
            ]);
        });

        it("all but the last of a repeated key, and names its path", () => {
            const lines = [
                "versions: { spark_enrich: 1.16.0 }",
                ":versions: { spark_enrich: 1.17.0, spark_enrich: 1.18.0 }",
                "AKIAIOSFODNN7EXAMPLE: 1",
                "AKIAIOSFODNN7EXAMPLE: 2",
                "<<: { output_compression: GZIP }",
                "<<: { continue_on_unexpected_error: false }",
            ];
            const { value, stackFile } = below("enrich", ...lines);
            expect(value).to.deep.include({ versions: { spark_enrich: "1.18.0" } });
            const comment =
                ": it is there more than once, and EmrEtlRunner takes the last, as this file does";
            expect(comments(stackFile).filter((line) => line.endsWith(comment))).to.deep.equal(
                ["enrich.versions", 'enrich["…"]', "enrich.versions.spark_enrich"].map(
                    (place) => `#   ${place}${comment}`,
                ),
            );
            expect(repeatedKeys("a: [{ b: 1 }, { c: 1, c: 2, c: 3 }]\n", "config.yml")).to.deep.equal([
                ["a", 1, "c"],
                ["a", 1, "c"],
            ]);
        });

        it("the tags that the stack sets, and the keys that stream-enrich mode does not have", () => {
            const { own, errors, stackFile } = adopted(`
aws:
  s3:
    region: eu-west-1
    buckets:
      raw: { in: [s3://acme-collector], processing: s3://acme-etl/processing, archive: }
      enriched: { stream: s3://acme-enriched/stream, bad: s3://acme-etl/enriched/bad, errors: }
  emr: { region: eu-west-1 }
collectors: { format: thrift }
monitoring: { tags: { snowplow-emr-stack: other } }
`);
            expect(errors).to.deep.equal([]);
            expect(own)
                .to.have.nested.property("aws.s3.buckets")
                .that.deep.equals({ enriched: { stream: "s3://acme-enriched/stream" } });
            expect(own).not.to.have.any.keys("collectors", "monitoring");
            expect(
                comments(stackFile).filter((line) => /stream-enrich mode|the stack sets/.test(line)),
            ).to.have.length(5);
        });

        it("no location silently: a comment says that the stack creates a bucket for it", () => {
            expect(comments(adopted(read(fixture("carried-over"))).stackFile)).to.include(
                "#   aws.s3.buckets.shredded.archive: config.yml has none, so the stack makes a bucket for it",
            );
        });
    });

    it("takes the region of the buckets, reports a second one, and never quotes a string that is not a region", () => {
        for (const [text, region, errors] of [
            [
                SMALL.replace("emr: { region: eu-west-1", "emr: { region: us-east-1"),
                "eu-west-1",
                [["region-of-config-yml", "aws:region"]],
            ],
            [
                SMALL.replaceAll("region: eu-west-1", "region: ADD HERE"),
                undefined,
                [["region-of-config-yml", "aws:region"]],
            ],
            [
                SMALL.replaceAll("region: eu-west-1", "region: "),
                undefined,
                [["unsupported-region", "aws:region"]],
            ],
        ] as const) {
            const result = adopted(text);
            expect([result.config["aws:region"], codesOf(result.errors)]).to.deep.equal([region, errors]);
            expect(JSON.stringify(result.errors)).not.to.include("ADD HERE");
        }
    });

    it("reports a value that Pulumi's CLI would read as encrypted once", () => {
        expect(codesOf(below("monitoring", "tags: { secure: a }").errors)).to.deep.equal([
            ["encrypted-value", "monitoring.tags"],
        ]);
    });

    it("removes its temporary files", () => {
        const { TMPDIR } = process.env;
        process.env.TMPDIR = mkdtempSync(path.join(folder, "tmp-"));
        try {
            adopted(SMALL);
            expect(readdirSync(tmpdir())).to.deep.equal([]);
        } finally {
            process.env.TMPDIR = TMPDIR ?? "/tmp";
        }
    });

    describe("as a command", () => {
        const HELP = adoptCommand(["--help"]).stdout;

        it("prints its usage", () => {
            expect(adoptCommand(["-h"])).to.deep.equal({ code: 0, stdout: HELP, stderr: "" });
            expect(HELP).to.match(/^npm run adopt -- config\.yml \[--stack dev\] \[--to Pulumi\.dev\.yaml\]/);
        });

        it("requires one file, and a valid name of a stack", () => {
            const usage = HELP.trimEnd();
            for (const [args, stderr] of [
                [[], `found: 0 files; expected: one config.yml\n\n${usage}\n`],
                [["a", "b"], `found: 2 files; expected: one config.yml\n\n${usage}\n`],
                [
                    ["a", "--stack", "../x"],
                    '--stack: found: "../x"; expected: the name of a stack, such as prod\n',
                ],
            ] as const) {
                expect(adoptCommand(args)).to.deep.equal({ code: 2, stdout: "", stderr });
            }
            const unknown = adoptCommand(["a", "--stak", "x"]);
            expect([unknown.code, unknown.stdout]).to.deep.equal([2, ""]);
            expect(unknown.stderr).to.include("--stak").and.to.include(usage);
        });

        it("reports a file that it cannot read", () => {
            const latin = path.join(folder, "latin.yml");
            writeFileSync(latin, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
            for (const [file, found] of [
                [path.join(folder, "none.yml"), "found: nothing; expected: EmrEtlRunner's config.yml"],
                [folder, "found: a folder; expected: EmrEtlRunner's config.yml"],
                [path.join(latin, "x"), "found: an error (ENOTDIR); expected: EmrEtlRunner's config.yml"],
            ] as const) {
                expect(adoptCommand([file])).to.deep.equal({
                    code: 2,
                    stdout: "",
                    stderr: `${file}: ${found}\n`,
                });
            }
            const { code, stdout, stderr } = adoptCommand([latin]);
            expect([code, stdout]).to.deep.equal([2, ""]);
            expect(stderr).to.include("found:    bytes in line 1 that are not UTF-8");
        });

        it("writes a new file with --to, and never overwrites one", () => {
            const file = path.join(folder, "Pulumi.new.yaml");
            const printed = adoptCommand([fixture("erb")]);
            const args = [fixture("erb"), "--to", file];
            expect(adoptCommand(args)).to.deep.equal({ ...printed, stdout: "" });
            expect(read(file)).to.equal(printed.stdout);
            const other = path.join(fixture("erb"), "x");
            for (const [to, found] of [
                [file, "a file that is there"],
                [other, "an error (ENOTDIR)"],
            ] as const) {
                expect(adoptCommand([fixture("1.0.4-batch"), "--to", to])).to.deep.equal({
                    code: 2,
                    stdout: "",
                    stderr: `--to ${to}: found: ${found}; expected: a new file\n`,
                });
            }
            expect(read(file)).to.equal(printed.stdout);
        });

        it("names the stack in its errors", () => {
            const { stderr } = adoptCommand([fixture("refused"), "--stack", "prod"]);
            expect(stderr).to.match(/^Pulumi\.prod\.yaml: \d+ errors\n/);
        });

        it("prints and exits as adoptCommand returns", async () => {
            const ended = await new Promise((resolve) => {
                const args = [
                    ...["--import", pathToFileURL(require.resolve("tsx")).href],
                    ...[path.join(root, "commands", "adopt", "index.ts"), fixture("erb")],
                ];
                execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
                    resolve({ code: error?.code, stdout, stderr }),
                );
            });
            expect(ended).to.deep.equal(adoptCommand([fixture("erb")]));
        });
    });
});

/** Without the names of resources: those that the stack created are existing ones after the move. */
function withoutNames(config: string): string {
    return config.replace(
        /^( +(?:jobflow_role|service_role|ec2_subnet_id|security_configuration): ).*$/gm,
        "$1",
    );
}

function leafPaths(
    value: unknown,
    keyPath: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
    if (typeof value !== "object" || value === null) {
        return [keyPath];
    }
    return Object.entries(value).flatMap(([key, item]) =>
        leafPaths(item, [...keyPath, Array.isArray(value) ? Number(key) : key]),
    );
}

/** Undefined if emrEtlRunner alone is not a valid stack config. */
function argsOf(stack: string, region: string, emrEtlRunner: unknown): ResolvedArgs | undefined {
    const config = { emrEtlRunner };
    try {
        return parseConfig({ stack, region, defaultTags: undefined, config, encryptedKeys: [] });
    } catch {
        return undefined;
    }
}

function render({ stack, stackTag, region, mode, prefix, emrEtlRunner, locations }: ResolvedArgs): string {
    const text = renderEmrEtlRunnerConfig({
        stack,
        stackTag,
        region,
        mode,
        emrEtlRunner,
        locations: resolveLocations(locations, (bucket) => `${prefix}-${bucket}`),
        jobflowRole: "jobflow",
        serviceRole: "service",
        subnetId: "subnet-1",
        keyName: emrEtlRunner.aws.emr.ec2_key_name ?? "key",
        securityConfiguration: "security",
    });
    // For these keys, null means the same as the default.
    return text
        .replace(/^( +bootstrap: )null$/gm, "$1[]")
        .replace(/^( +continue_on_unexpected_error: )null$/gm, "$1false");
}
