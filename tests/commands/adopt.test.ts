// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what template tools replace.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { parse as parseYaml, stringify } from "yaml";
import { adoptMain } from "../../commands/adopt";
import { type Adopted, adopt } from "../../commands/adopt/adopt";
import type { Entry } from "../../commands/adopt/verdicts";
import { fieldsOf, readConfig } from "../../commands/config-yml";
import { renderedFiles, renderStack } from "../../commands/render";
import type { ResolvedArgs } from "../../components/args";
import { parseConfig } from "../../components/config";
import { renderEmrEtlRunnerConfig } from "../../components/domain/emr-etl-runner-config";
import { formatPath, InvalidArguments, type Path } from "../../components/domain/errors";
import { resolveLocations } from "../../components/domain/locations";
import { valueAt } from "../../components/domain/value-at";
import { anyStack, makeOwnCertificate } from "../support/arbitrary-config";
import { load } from "../support/emr-etl-runner-contract";
import { configYml } from "../support/emr-etl-runner-contract/schema";
import { stackFileKeys } from "../support/stack-file-keys";
import { streams } from "../support/streams";

const root = path.join(__dirname, "../..");
const FOLDER = path.join(__dirname, "adopt");
const OWN = "snowplow-emr-encryption:emrEtlRunner";
const OPEN = "FILL IN";

const read = (file: string) => readFileSync(file, "utf8");
const fixture = (name: string) => read(path.join(FOLDER, `${name}.yml`));

/** Finished files: the oldest with encryption, and the last ones, which have every key of the samples since 0.33.0. */
const FINISHED = ["0.33.1-batch", "1.0.4-batch", "1.0.4-stream"];

/** A small config.yml that the stack accepts. */
const SMALL = `
aws:
  s3: { region: eu-west-1, buckets: { log: s3://acme-logs, encrypted: false } }
  emr: { region: eu-west-1 }
collectors: { format: thrift }
`;

/** A config.yml with a source, in YAML, as the value at a path, which may not be there yet. */
function withSource(text: string, place: string, source: string): string {
    const config = parseYaml(text.replace(/<%=.*%>/g, "none")) as Record<string, unknown>;
    const [last = "", ...parents] = place.split(".").toReversed();
    const parent = parents.toReversed().reduce((value, key) => {
        value[key] ??= {};
        return value[key] as Record<string, unknown>;
    }, config);
    parent[last] = "THE_SOURCE";
    return stringify(config).replace("THE_SOURCE", () => source);
}

function adopted(text: string): Adopted & { readonly own: unknown; readonly region: unknown } {
    const result = adopt(text, "config.yml", "dev");
    const { config } = parseYaml(result.stackFile) as { config: Record<string, unknown> };
    return { ...result, own: config[OWN], region: config["aws:region"] };
}

/** The paths that a list names. */
const listed = ({ entries }: Adopted, list: Entry["list"]) =>
    entries.filter((entry) => entry.list === list).map((entry) => formatPath(entry.path));
const codesOf = ({ errors }: Adopted) =>
    errors.map(
        ({ code, path: place }) => `${code} at ${place.filter((key) => key !== "emrEtlRunner").join(".")}`,
    );

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

/** What template tools and people leave: the source of a value, as YAML. */
const UNFINISHED = [
    ...["<%= ENV['X'] %>", '"<%= ENV["X"] %>"', "<% if x %>1<% else %>2<% end %>", "<%=\n  x\n%>"], // ERB, Chef, EPP
    ...["{{ x }}", '"{{ x }}"', "a-{{ x }}-b", "{{ x | default('y: z') }}", "{% if x %}1{% endif %}"], // Jinja
    ...["{{{ x }}}", "{{ .Values.x | quote }}", "[[ x ]]"], // Mustache, Go
    ...["${x}", '"a-${var.x}"', "${x ? 1 : 2}", "$(x)", "$X", '"a-$X"', "${X:-y}", "%NAME%"], // Terraform, shells
    ...["%(x)s", "{x}", "@x@", "__X__", "!Ref X", "!Sub 'a-${X}'", "ENC[AES256_GCM,data:eA==,type:str]"],
    ...["ADD HERE", "<your key>", "*****", "xxxx", "CHANGEME", "TODO", "FILL IN"],
    "!ruby/object:Object {}",
] as const;

/** Kinds of places, each with a path that every finished file may have. */
const PLACES = {
    "a region": "aws.s3.region",
    "an S3 URL": "aws.s3.buckets.log",
    "an optional S3 URL": "aws.s3.buckets.jsonpath_assets",
    "a boolean": "aws.s3.consolidate_shredded_output",
    "a release": "aws.emr.ami_version",
    "a list": "aws.emr.bootstrap",
    "a number": "aws.emr.jobflow.core_instance_count",
    "a bid": "aws.emr.jobflow.core_instance_bid",
    "a name": "aws.emr.jobflow.job_name",
    "a property": "aws.emr.configuration.spark.note",
    "an enum": "enrich.output_compression",
    "a version": "storage.versions.rdb_loader",
    "a tag": "monitoring.tags.note",
    "a host": "monitoring.snowplow.collector",
} as const;

const TRACKING = "{ method: get, app_id: acme, collector: c.acme.com }";

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

    /** The fields in which two files differ and that no list names. */
    const unnamed = (before: string, after: string, result: Adopted) => {
        const named = (["omitted", "changed", "defaults"] as const).flatMap((list) => listed(result, list));
        const [first, second] = [before, after].map((text) => fieldsOf(readConfig(text, "config.yml")));
        return [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])].filter(
            (field) => first?.get(field) !== second?.get(field) && !named.includes(field),
        );
    };

    describe("leaves an open value, and no other message, in place of", () => {
        for (const [index, source] of UNFINISHED.entries()) {
            it(JSON.stringify(source), () => {
                for (const [order, [kind, place]] of Object.entries(PLACES).entries()) {
                    if ((index + order) % 2 === 0) {
                        continue; // Each source in half of the places, each place with half of the sources.
                    }
                    const name = FINISHED[(index + order) % FINISHED.length] ?? "";
                    const text = withSource(fixture(name), "monitoring.snowplow", TRACKING);
                    const result = adopted(withSource(text, place, source));
                    const title = `${kind} in ${name}`;
                    const [at, value] =
                        place === "aws.s3.region"
                            ? ["aws:region", result.region]
                            : [place, valueAt(result.own, place.split("."))];
                    expect(value, title).to.equal(OPEN);
                    expect(codesOf(result), title).to.deep.equal([`open-value at ${at}`]);
                    expect(listed(result, "open"), title).to.deep.equal([place]);
                }
            });
        }

        for (const [title, raw, places] of [
            ["an item of a list", "        in: [ s3://acme-collector, {{ second }} ]", [["in", 1]]],
            [
                "items of a loop",
                "        in:\n<% each do |b| %>\n          - <%= b %>\n<% end %>",
                [["in", 0]],
            ],
            ["a branch", "{% if x %}\n        archive: s3://a-b/c\n{% endif %}", [["archive"]]],
            [
                "two branches",
                "{{#x}}\n        in: [s3://a-b]\n{{/x}}\n{{^x}}\n        in: [s3://c-d]\n{{/x}}",
                [["in", 0]],
            ],
            [
                "the second of two branches",
                "<% if $x { -%>\n        archive: s3://a-b/c\n<% } else { -%>\n        archive: s3://d-e/f\n<% } -%>",
                [["archive"]],
            ],
            ["a key", "        <%= x %>: s3://acme-collector", [["<%= x %> (line 8)"]]],
            [
                "lines to be included",
                '        {{- include "raw" . | nindent 8 }}',
                [['{{- include "…" . | nindent 8 }} (line 8)']],
            ],
            [
                "a value over several lines",
                "        archive: {{ x |\n          default('y') }}",
                [["archive"]],
            ],
            ["nothing in a comment", "        archive: s3://a-b/c # {{ x }}", []],
            ["nothing between two instructions", "{% set x = 1 %}\n        archive: s3://a-b/c", []],
        ] as const) {
            it(`${title} of raw`, () => {
                const result = adopted(
                    `aws:\n  s3:\n    region: eu-west-1\n    buckets:\n      log: s3://acme-logs\n      encrypted: false\n      raw:\n${raw}\n  emr: { region: eu-west-1 }\ncollectors: { format: thrift }\n`,
                );
                expect(listed(result, "open")).to.deep.equal(
                    places.map((each) => formatPath(["aws", "s3", "buckets", "raw", ...each])),
                );
                expect(result.errors).to.have.length(places.length);
            });
        }

        it("a whole part, with the region in it", () => {
            const { own, region, errors } = adopted("aws: {{ aws }}\ncollectors: { format: thrift }\n");
            expect([own, region, errors.length]).to.deep.equal([
                { aws: OPEN, collectors: { format: "thrift" } },
                OPEN,
                2,
            ]);
        });

        it("two regions, both named, and a region that the other key has", () => {
            const two = adopted(SMALL.replace("emr: { region: eu-west-1", "emr: { region: us-east-1"));
            expect([two.region, codesOf(two)]).to.deep.equal([OPEN, ["open-value at aws:region"]]);
            expect(two.stackFile).to.include("# aws.s3.region: eu-west-1; aws.emr.region: us-east-1\n");
            const one = adopted(SMALL.replace("emr: { region: eu-west-1", "emr: { region: {{ x }}"));
            expect([one.region, codesOf(one)]).to.deep.equal([OPEN, ["open-value at aws:region"]]);
        });

        it("a job that no longer exists", () => {
            expect(codesOf(adopted(fixture("before-0.33")))).to.deep.equal([
                "open-value at enrich.versions.spark_enrich",
                "open-value at storage.versions.rdb_shredder",
            ]);
        });
    });

    describe("shows in a comment", () => {
        for (const [title, source, comment] of [
            ["a finished value", "['a b', 5.30]", "['a b', 5.30]"],
            ["names in a template, but no strings", '"${a-b} ${c:-d} ${E-f}"', "${a-b} ${c:-…} ${E-…}"],
            ["attributes in a template", "<%= node['a']['b'] || 'c' %>", "<%= node['a']['b'] || '…' %>"],
        ] as const) {
            it(title, () => {
                const { stackFile } = adopted(withSource(SMALL, "aws.emr.ami_version", source));
                expect(stackFile).to.include(`ami_version: "FILL IN" # ${comment}\n`);
            });
        }

        it("both regions, without their line breaks", () => {
            const { region, stackFile } = adopted(SMALL.replace("region: eu-west-1", 'region: "a\\nb"'));
            expect([region, stackFile.includes("# aws.s3.region: a\\u{a}b; aws.emr")]).to.deep.equal([
                OPEN,
                true,
            ]);
        });
    });

    it("judges the mode as it will be: an open enriched.stream means stream-enrich mode", () => {
        const text = fixture("1.0.4-stream").replace(/output_compression: .*/, "output_compression: NONE");
        expect(codesOf(adopted(withSource(text, "aws.s3.buckets.enriched.stream", "{{ x }}")))).to.deep.equal(
            ["open-value at aws.s3.buckets.enriched.stream", "mode at enrich.output_compression"],
        );
    });

    it("keeps variables that Hadoop evaluates", () => {
        const value = "${hadoop.tmp.dir}/${env.USER}";
        const { own, errors } = adopted(
            withSource(fixture("1.0.4-batch"), "aws.emr.configuration", `{ core: { a: "${value}" } }`),
        );
        expect(own).to.have.nested.property("aws.emr.configuration.core.a", value);
        expect(errors).to.deep.equal([]);
    });

    describe("prints the golden stack file, and the golden errors, of", () => {
        for (const [name, code] of [
            ["before-0.33", 1],
            ["erb", 1],
            ["credentials", 1],
            ["carried-over", 0],
        ] as const) {
            it(name, async () => {
                const io = streams();
                expect(await adoptMain([path.join(FOLDER, `${name}.yml`)], io.streams)).to.equal(code);
                const { stdout, stderr } = await io.written();
                for (const [ending, text] of [
                    [".yaml", stdout],
                    ...(name === "erb" ? ([[".txt", stderr]] as const) : []),
                ] as const) {
                    const golden = path.join(FOLDER, `${name}${ending}`);
                    if (process.env.UPDATE_GOLDEN === "1") {
                        writeFileSync(golden, text);
                    }
                    expect(text).to.equal(read(golden));
                }
            });
        }
    });

    describe("loses nothing of", () => {
        for (const name of FINISHED) {
            it(`${name}: EmrEtlRunner accepts the rendered file, and the lists name each difference`, async () => {
                const result = adopted(fixture(name));
                expect(result.errors).to.deep.equal([]);
                const after = await rendered(result.stackFile);
                expect(configYml.safeParse(load(after)).error?.issues ?? []).to.deep.equal([]);
                expect(unnamed(fixture(name), after, result)).to.deep.equal([]);
            });
        }

        it("files that together set every key of EmrEtlRunner", () => {
            const configs = FINISHED.map((name) => readConfig(fixture(name), name));
            const missing = stackFileKeys()
                .filter(({ way: [object], owned }) => object === OWN && !owned)
                .map(({ way: [, ...keys] }) => keys)
                .filter((keys) => configs.every((config) => (valueAt(config, keys) ?? null) === null));
            expect(missing).to.deep.equal([]);
        });

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
                    const { stackFile, entries } = adopt(first, "config.yml", stack);
                    // A random string may look like a template or a credential.
                    fc.pre(
                        !entries.some(
                            ({ list, reason }) => list === "open" || reason?.includes("looks like"),
                        ),
                    );
                    const again = (parseYaml(stackFile) as { config: Record<string, unknown> }).config;
                    const moved = argsOf(stack, String(again["aws:region"]), again[OWN]);
                    expect(moved && parseYaml(render(moved))).to.deep.equal(parseYaml(first));
                }),
                { numRuns: Number(process.env.RUNS ?? 40) },
            );
        });
    });

    describe("reads YAML as EmrEtlRunner does", () => {
        it("with keys as symbols, the last of repeated keys, merges, y and n and dates as strings", () => {
            const result = adopted(
                [
                    ":aws:",
                    "  :s3: &s3 { :region: eu-west-1, consolidate_shredded_output: off }",
                    "  s3: { <<: *s3, :buckets: { :log: s3://acme-logs } }",
                    "  emr: { region: eu-west-1, jobflow: { core_instance_count: 0x10 } }",
                    'collectors: { ":format": tsv/a/b, format: thrift }',
                    "monitoring: { tags: { a: y, b: N, c: 2018-01-01, ':d': e, n: f, toString: g } }",
                ].join("\r\n"),
            );
            expect(result.own).to.deep.equal({
                aws: {
                    s3: { consolidate_shredded_output: false, buckets: { log: "s3://acme-logs" } },
                    emr: {
                        configuration: null,
                        jobflow: { core_instance_count: 16, core_instance_ebs: null },
                    },
                },
                collectors: { format: "thrift" },
                monitoring: { tags: { a: "y", b: "N", c: "2018-01-01", ":d": "e", n: "f", toString: "g" } },
            });
            expect(listed(result, "omitted")).to.deep.equal([
                ...["aws.s3.region", "aws.s3.consolidate_shredded_output"],
                'collectors[":format"]',
            ]);
        });

        it("with a CR as a line break", () => {
            expect(adopted(SMALL.replaceAll("\n", "\r")).own).to.deep.equal(adopted(SMALL).own);
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
            [
                "a tag of ERB that does not end before another one",
                "aws: <% x\nemr: <%= y %>\n",
                "erb-line",
                "line 1, column 6",
            ],
            ["an error after a tag", "aws: <%=\n\n%>\ns3: a: b\n", "invalid-yaml", "line 4, column 5"],
            [
                "aliases of aliases",
                `x: &a [${"1,".repeat(200)}]\ny: &b [${"*a,".repeat(200)}]\nz: [*b]\n`,
                "not-a-config-yml",
                "the whole file",
            ],
            ["a merge conflict", "aws:\n<<<<<<< ours\n  s3: {}\n", "merge-conflict", "line 2, column 1"],
            ...(
                [
                    ...["", "hello\n", "- aws\n", "config: { aws:region: eu-west-1 }\n"],
                    ...["aws: { s3: { region: x }, emr: }\n", "aws: { s3: { a: 1 }, s3: , emr: { a: 1 } }\n"],
                    ...[":aws: {}\n:s3: {}\n:emr: {}\n"],
                ] as const
            ).map((text) => [JSON.stringify(text), text, "not-a-config-yml", "the whole file"] as const),
        ] as const) {
            it(`and refuses ${title}, with its place`, () => {
                expect(refusal(text)).to.deep.equal([code, place]);
            });
        }
    });

    describe("never prints a credential", () => {
        /** Parts of the fixtures' secrets, and of those below. */
        const SECRETS =
            /AKIA|wJalrXUtnFEMI|K7MDENG|bPxRfiCYEXAMPLEKEY|je7MtGbClwBF|hunter2|424242|swordfish|t0k3n|horse/;

        it("of a fixture, or of a template", () => {
            const texts = [
                ...["credentials", "carried-over", "erb"].map(fixture),
                ...[
                    ...["<%= ENV.fetch('X', 'hunter2') %>", '{{ x | default("hunter2") }}', "${X:-hunter2}"],
                    ...["{{ default `hunter2` .x }}", "<%= x || %q(hunter2) %>", "!vault hunter2"],
                    ...["https://me:hunter2@{{ host }}/", "{% if 'hunter2' %}1{% endif %}"],
                ].flatMap((source) =>
                    Object.values(PLACES)
                        .slice(0, 9)
                        .map((place) => withSource(fixture("1.0.4-batch"), place, source)),
                ),
            ];
            for (const text of texts.slice(0, 3)) {
                expect(text).to.match(/AKIA|ENV/);
            }
            for (const text of texts) {
                expect(
                    SECRETS.exec(JSON.stringify(adopted(text)))?.input.match(/.{60}(?:hunter2).{60}/),
                ).to.equal(undefined);
            }
        });

        it("of an alias", () => {
            const target = "storage: { targets: [{ password: &a Tr0ub4dor-and-3-horses }] }";
            const { own, stackFile } = adopted(`${SMALL}${target}\nmonitoring: { logging: { level: *a } }\n`);
            expect(own).to.have.nested.property("monitoring.logging.level", OPEN);
            expect(stackFile).not.to.match(SECRETS);
        });

        it("at any place: a value, a part of a value, a key", () => {
            const config = parseYaml(fixture("1.0.4-batch").replace(/<%=.*%>/g, "none")) as Record<
                string,
                unknown
            >;
            const all = [...fieldsOf(config).keys()].map((field) => parsePath(field));
            const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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
            const place = fc.tuple(fc.constantFrom(...all), fc.constantFrom("value", "text", "key"));
            fc.assert(
                fc.property(
                    id,
                    secret,
                    fc.array(place, { minLength: 1, maxLength: 5 }),
                    (key, word, places) => {
                        const copy = structuredClone(config);
                        Object.assign(copy.aws as object, { access_key_id: key, secret_access_key: word });
                        for (const [keys, how] of places) {
                            const parent = valueAt(copy, keys.slice(0, -1)) as Record<string, unknown>;
                            const credential = keys.length % 2 === 0 ? key : word;
                            if (how === "key" && !Array.isArray(parent)) {
                                parent[credential] = "x";
                            } else {
                                parent[keys.at(-1) ?? ""] =
                                    how === "text" ? `s3://a-b/${credential}/c` : credential;
                            }
                        }
                        const printed = JSON.stringify(adopt(stringify(copy), "config.yml", "dev"));
                        expect([key, word].filter((each) => printed.includes(each))).to.deep.equal([]);
                    },
                ),
                { numRuns: 60 },
            );
        });
    });

    /** What becomes of lines below `monitoring` and `enrich`: the lists that name their paths. */
    describe("lists", () => {
        for (const [title, text, list, paths] of [
            ["an unknown key", `${SMALL}enrich: { lines: x }`, "omitted", ["enrich.lines"]],
            [
                "a misspelt key",
                `${SMALL}enrich: { output_compresion: x }`,
                "omitted",
                ["enrich.output_compresion"],
            ],
            ["a former key", `${SMALL}storage: { download: { folder: x } }`, "omitted", ["storage.download"]],
            [
                "the stack's tag",
                `${SMALL}monitoring: { tags: { snowplow-emr-stack: x } }`,
                "omitted",
                ["monitoring.tags.snowplow-emr-stack"],
            ],
            [
                "a tag with a secret",
                `${SMALL}monitoring: { tags: { db-password: hunter2 } }`,
                "omitted",
                ["monitoring.tags.db-password"],
            ],
            [
                "a property with a secret",
                withSource(SMALL, "aws.emr.configuration", "{ core-site: { fs.s3a.secret.key: hunter2 } }"),
                "omitted",
                ['aws.emr.configuration.core-site["fs.s3a.secret.key"]'],
            ],
            [
                "null that EmrEtlRunner refuses",
                `${SMALL}enrich: { output_compression: }`,
                "omitted",
                ["enrich.output_compression"],
            ],
            ["S3's older schemes", SMALL.replace("s3://", "s3n://"), "changed", ["aws.s3.buckets.log"]],
            [
                "a job's name at its former key, and an empty list in place of the new key's object",
                `${withSource(SMALL, "aws.emr.jobflow", "[]")}enrich: { job_name: x }`,
                "changed",
                ["enrich.job_name"],
            ],
            [
                "a job's name at its former key",
                `${SMALL}enrich: { job_name: x }`,
                "changed",
                ["enrich.job_name"],
            ],
        ] as const) {
            it(title, () => {
                const standard = listed(adopted(SMALL), list);
                expect(listed(adopted(text), list).filter((each) => !standard.includes(each))).to.deep.equal(
                    paths,
                );
            });
        }

        it("what a stream-enrich mode's file has of batch mode", () => {
            const text = SMALL.replace(
                "log:",
                "enriched: { stream: s3://acme-stream/x }, raw: { archive: s3://a-b/c }, log:",
            );
            expect(listed(adopted(text), "omitted")).to.include.members([
                "aws.s3.buckets.raw.archive",
                "collectors.format",
            ]);
        });
    });

    describe("as a command", () => {
        const run = async (args: readonly string[], input: string | undefined = undefined) => {
            const io = streams(input);
            const code = await adoptMain(args, io.streams);
            return { code, ...(await io.written()) };
        };
        const finished = path.join(FOLDER, "1.0.4-batch.yml");

        it("reads a file, or standard input, with npm's lines and a byte order mark before it", async () => {
            const { code, stdout } = await run([finished]);
            expect(code).to.equal(0);
            for (const input of [
                read(finished),
                `\ufeff${read(finished)}`,
                `\n> tools@1.0.0 config\n> erb config.yml.erb\n\n${read(finished)}`,
            ]) {
                expect(await run(["-"], input)).to.deep.include({ code: 0, stdout });
            }
        });

        it("prints its usage, and requires one file and a valid name of a stack", async () => {
            expect(await run(["--help"])).to.deep.include({ code: 0, stderr: "" });
            for (const args of [[], ["a", "b"], ["a", "--stack", "../x"], ["a", "--stak", "x"]]) {
                expect(await run(args), args.join(" ")).to.deep.include({ code: 2, stdout: "" });
            }
        });

        it("reports a file that it cannot read", async () => {
            const [latin, large] = [path.join(folder, "latin.yml"), path.join(folder, "large.yml")];
            writeFileSync(latin, Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
            writeFileSync(large, " ".repeat(1024 * 1024 + 1));
            for (const [file, found] of [
                [path.join(folder, "none.yml"), "no such file"],
                [folder, "a folder"],
                [path.join(latin, "x"), "an error (ENOTDIR)"],
                [latin, "bytes in line 1 that are not UTF-8"],
                [large, "more than 1 MB"],
            ] as const) {
                const ended = await run([file]);
                expect(ended).to.deep.include({ code: 2, stdout: "" });
                expect(ended.stderr).to.include(`found:    ${found}`);
            }
            expect((await run(["-"], read(large))).stderr).to.include("found:    more than 1 MB");
        });

        it("writes a new file with --to, and never overwrites one", async () => {
            const file = path.join(folder, "Pulumi.new.yaml");
            const { stdout } = await run([finished]);
            expect(await run([finished, "--to", file])).to.deep.include({ code: 0, stdout: "" });
            expect(read(file)).to.equal(stdout);
            for (const [to, found] of [
                [file, "an existing file"],
                [path.join(finished, "x"), "an error (ENOTDIR)"],
            ] as const) {
                const ended = await run([finished, "--to", to]);
                expect(ended).to.deep.include({ code: 2, stdout: "" });
                expect(ended.stderr).to.include(`found:    ${found}`);
            }
            expect(read(file)).to.equal(stdout);
        });

        it("names the stack in its errors", async () => {
            const { stderr } = await run([path.join(FOLDER, "refused.yml"), "--stack", "prod"]);
            expect(stderr).to.match(/^Pulumi\.prod\.yaml: \d+ errors\n/);
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

/** The keys of a path without brackets other than indexes. */
function parsePath(field: string): Path {
    return field.split(/\.(?![^[]*"\])/).flatMap((part) => {
        const [name = "", ...rest] = part.split(/\[|\]/).filter(Boolean);
        return [name, ...rest.map((each) => (/^\d+$/.test(each) ? Number(each) : JSON.parse(each)))];
    });
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
    // For this key, null means the same as the default.
    return text.replace(/^( +continue_on_unexpected_error: )null$/gm, "$1false");
}
