import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readStackFile } from "../../commands/stack-file";
import type { Problem } from "../../components/args/errors";

describe("a stack file", () => {
    let folder: string;

    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "stack-file-"));
    });

    after(() => rmSync(folder, { recursive: true }));

    const read = (text: string) => {
        writeFileSync(path.join(folder, "Pulumi.test.yaml"), text);
        return readStackFile(folder, "test");
    };
    /** The problems of lines below `config:`. */
    const told = (...lines: readonly string[]): readonly Problem[] =>
        read(["config:", ...lines.map((line) => `    ${line}`)].join("\n")).problems;
    /** What is handed over, of a file without problems. */
    const handedOver = (text: string) => {
        const { config, problems } = read(text);
        expect(problems).to.deep.equal([]);
        return config;
    };
    const failure = (text: string): string => {
        try {
            read(text);
            return "it was read";
        } catch (error) {
            return error instanceof Error ? error.message : String(error);
        }
    };

    it("is handed over as the CLI does it: texts as they are, anything else as JSON", () => {
        expect(
            handedOver(`
                config:
                    aws:region: eu-west-1
                    aws:defaultTags: { tags: { team: data } }
                    snowplow-emr-encryption:network:
                        availabilityZones: [eu-west-1a]
                    snowplow-emr-encryption:storage:
                    my:number: 3
                    my:switch: false
                    my:quoted: "3"
                    my:alias: &here { a: [1, null, "x"] }
                    my:other: *here
            `),
        ).to.deep.equal({
            "aws:region": "eu-west-1",
            "aws:defaultTags": '{"tags":{"team":"data"}}',
            "snowplow-emr-encryption:network": '{"availabilityZones":["eu-west-1a"]}',
            "snowplow-emr-encryption:storage": "null",
            "my:number": "3",
            "my:switch": "false",
            "my:quoted": "3",
            "my:alias": '{"a":[1,null,"x"]}',
            "my:other": '{"a":[1,null,"x"]}',
        });
    });

    it("may leave out the project's name before a key, as the CLI has it", () => {
        const { config, problems } = read("config:\n    network: { cidrBlock: 0123 }\n");
        expect(config).to.deep.equal({ "snowplow-emr-encryption:network": '{"cidrBlock":123}' });
        expect(problems.map((problem) => problem.path)).to.deep.equal([
            "snowplow-emr-encryption:network.cidrBlock",
        ]);
    });

    for (const text of ["config:\n", "config: {}\n", "encryptionsalt: v1:x\n"]) {
        it(`may be without config: ${JSON.stringify(text)}`, () => {
            expect(handedOver(text)).to.deep.equal({});
        });
    }

    it("may hold what the CLI itself writes there", () => {
        expect(
            handedOver(`
                secretsprovider: awskms://alias/pulumi?region=eu-west-1
                encryptedkey: AQICAHg=
                encryptionsalt: v1:abc=:v1:def:ghi=
                environment: [shared]
                config: { aws:region: eu-west-1 }
            `),
        ).to.deep.equal({ "aws:region": "eu-west-1" });
    });

    it("holds nothing else at its top", () => {
        expect(
            read("confg: {}\nregion: eu-west-1\nconfig: {}\n__proto__: {}\n").problems,
        ).to.have.deep.members([
            { path: "confg", found: "an unknown key", allowed: "did you mean config?" },
            ...["region", "__proto__"].map((key) => ({
                path: key,
                found: "an unknown key",
                allowed: "one of config, encryptionsalt, secretsprovider, encryptedkey, environment",
            })),
        ]);
    });

    describe("is refused where the CLI reads an unquoted text as something else:", () => {
        const DIFFERENT = [
            ...[
                "0123",
                "-0123",
                "00",
                "08",
                "0_1",
                "1_000",
                "1_0.5",
                "1_000e3",
                "0b11",
                "-0B1",
                "0x1_F",
                "0o1_7",
            ],
            ...["0X1F", "0O17", "-0x1F", "+0o7", "2018-01-01", "2018-1-1", "2018-01-01 10:00:00"],
            ...[
                "2018-01-01T10:00:00Z",
                "2001-12-14t21:59:43.10-05:00",
                ".inf",
                "-.INF",
                "+.Inf",
                ".nan",
                ".NaN",
            ],
            ...["12345678901234567890", "-9007199254740993", "1e400"],
        ];
        for (const text of DIFFERENT) {
            it(text, () => {
                expect(
                    told("snowplow-emr-encryption:emrEtlRunner:", `    monitoring: { tags: { a: ${text} } }`),
                ).to.deep.equal([
                    {
                        path: "snowplow-emr-encryption:emrEtlRunner.monitoring.tags.a",
                        found: text,
                        allowed: `quote it, "${text}", or write a number in plain digits: Pulumi's CLI reads it as something else`,
                    },
                ]);
            });
        }

        it("but none of them in quotes, or as a block", () => {
            const lines = DIFFERENT.flatMap((text, index) => [
                `my:a${index}: "${text}"`,
                `my:b${index}: '${text}'`,
            ]);
            expect(
                told(...lines, "my:block: |", "    0123", "my:folded: >-", "    2018-01-01"),
            ).to.deep.equal([]);
        });

        it("in a list, as a key, as a value of another namespace, behind an anchor", () => {
            const found = told(
                "snowplow-emr-encryption:access: { dynamodbTables: [events, 0123] }",
                "snowplow-emr-encryption:emrEtlRunner:",
                "    monitoring: { tags: { 2018-01-01: x, team: 0b11 } }",
                "aws:allowedAccountIds: [012345678901]",
                "my:anchor: &here 1_000",
                "my:alias: *here",
            );
            expect(found.map((problem) => [problem.path, problem.found])).to.deep.equal([
                ["snowplow-emr-encryption:access.dynamodbTables[1]", "0123"],
                ['snowplow-emr-encryption:emrEtlRunner.monitoring.tags["2018-01-01"]', "2018-01-01"],
                ["snowplow-emr-encryption:emrEtlRunner.monitoring.tags.team", "0b11"],
                ["aws:allowedAccountIds[0]", "012345678901"],
                ["my:anchor", "1_000"],
            ]);
        });
    });

    it("is taken where the CLI reads an unquoted text alike", () => {
        const alike = [
            ...[
                "yes",
                "on",
                "Off",
                "12:30",
                "190:20:30",
                "5.30",
                "0x1F",
                "0o17",
                "1e3",
                "0",
                "-1",
                "+1",
                "0.5",
                ".5",
            ],
            ...[
                "true",
                "null",
                "~",
                "9007199254740991",
                "-9007199254740991",
                "_1",
                "a_1",
                "1_a",
                "10.64.0.0/20",
            ],
            ...[
                "5.29.0",
                "2018-01",
                "eu-west-1a",
                "0.0.0.0/0",
                "1-2-3",
                "<<",
                "=",
                "s3://my-bucket/2018-01-01",
            ],
        ];
        expect(told(...alike.map((text, index) => `my:key${index}: { value: ${text} }`))).to.deep.equal([]);
    });

    it("is refused where a key is there with its namespace and without: one of them would be lost", () => {
        expect(
            told("network: {}", "snowplow-emr-encryption:network: {}", "storage: {}", "aws:network: {}"),
        ).to.deep.equal([
            {
                path: "snowplow-emr-encryption:network",
                found: "the key network as well",
                allowed: "one of the two",
            },
        ]);
    });

    describe("with encrypted values", () => {
        const ENCRYPTED = {
            found: "an encrypted value",
            allowed:
                "a value in plain, or for credentials no such line: it is encrypted, but would be written in plain to config.yml",
        };

        it("is refused where they are in the six objects, with the way to each", () => {
            expect(
                told(
                    "snowplow-emr-encryption:access: { readLocations: [s3://my-data, { secure: v1:abc }] }",
                    "snowplow-emr-encryption:emrEtlRunner:",
                    "    aws: { emr: { ec2_key_name: { secure: v1:def } } }",
                    "    monitoring: { tags: { a key: { secure: 0123 } } }",
                ),
            ).to.deep.equal([
                { path: "snowplow-emr-encryption:access.readLocations[1]", ...ENCRYPTED },
                { path: "snowplow-emr-encryption:emrEtlRunner.aws.emr.ec2_key_name", ...ENCRYPTED },
                { path: 'snowplow-emr-encryption:emrEtlRunner.monitoring.tags["a key"]', ...ENCRYPTED },
            ]);
        });

        it("hands on none of other namespaces, and has nothing against them, nested or not", () => {
            const config = handedOver(`
                config:
                    aws:secretKey:
                        secure: v1:abc
                    aws:assumeRoles:
                        - roleArn: arn:aws:iam::111122223333:role/deploy
                          externalId: { secure: v1:def }
            `);
            expect(Object.values(config).join()).not.to.include("v1:abc");
        });

        it("takes an object that has more than `secure` for what it is", () => {
            expect(told("snowplow-emr-encryption:emrEtlRunner:", "    a: { secure: x, b: y }")).to.deep.equal(
                [],
            );
        });
    });

    describe("is not read at all", () => {
        it("where there is none, and the others are named", () => {
            const empty = path.join(folder, "empty");
            mkdirSync(empty);
            expect(() => readStackFile(empty, "dev")).to.throw(
                /^no Pulumi\.dev\.yaml here; there is one for no stack$/,
            );
            for (const name of ["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.eu.test.yaml", "Pulumi.x.yml"]) {
                writeFileSync(path.join(empty, name), "");
            }
            expect(() => readStackFile(empty, "dev")).to.throw(
                /^no Pulumi\.dev\.yaml here; there is one for eu\.test, prod$/,
            );
        });

        for (const [title, text, message] of [
            [
                "as YAML with tabs",
                "config:\n\taws:region: x\n",
                "a tab; allowed: spaces, which is all that YAML indents with (line 2, column 1)",
            ],
            [
                "with a key twice",
                "config:\n  a:b: 1\n  c:\n    a: 1\n  a:b: 2\n",
                "the key a:b twice, here and in line 2; allowed: once, with all that belongs below it (line 5, column 3)",
            ],
            [
                "as two documents",
                "config: {}\n---\nconfig: {}\n",
                "---, a second document; allowed: one (line 2, column 1)",
            ],
            [
                "with an alias of nothing",
                "config: { a:b: *none }\n",
                "*none, and no &none that ends before it; allowed: the value itself, in quotes if it is a text that begins with * (line 1, column 16)",
            ],
            [
                "with an alias of what it is in",
                "config:\n    a:b: &all [*all]\n",
                "*all, and no &all that ends before it; allowed: the value itself, in quotes if it is a text that begins with * (line 2, column 16)",
            ],
            [
                "with a sign of YAML's own",
                "config:\n    a:b: @x\n",
                "a text that begins with a sign that YAML keeps for itself; allowed: such a text in quotes (line 2, column 10)",
            ],
            [
                "with half a conflict solved",
                "config:\n    a:b: x\n>>>>>>> theirs\n",
                "a mark of a merge conflict; allowed: one of its sides, without the marks (line 3, column 1)",
            ],
            [
                "with an ERB tag of its own",
                "config:\n    a:b: x\n    <% end %>\n",
                "an ERB tag, <% … %>; allowed: plain YAML, since nothing is evaluated in a stack file (line 3, column 5)",
            ],
            [
                "with a text right behind another",
                'config:\n    a:b: "x"y\n',
                "what YAML cannot read: Unexpected scalar at node end; allowed: one key and its value a line (line 2, column 13)",
            ],
            [
                "with two texts on a line",
                'config:\n    a:b: "x" y\n',
                "what YAML cannot read: Unexpected scalar at node end; allowed: one key and its value a line (line 2, column 14)",
            ],
        ] as const) {
            it(`${title}, and file, line and column are told`, () => {
                expect(failure(text)).to.equal(`Pulumi.test.yaml: found ${message}`);
            });
        }

        for (const [text, place] of [
            ['config:\n    a:b: "x\n', "line 2, column 10"],
            ["config:\n    a:b: 'x\n", "line 2, column 10"],
            ['config:\n    a:b: "x\n    c:d: "y"\n', "line 2, column 10"],
            ['config:\n    a:b: "x\n        c: "y"\n', "line 2, column 10"],
            ['config:\n    a:b: "many\n        lines"\n    "c:d: x\n', "line 4, column 5"],
        ] as const) {
            it(`with a quote that does not close: ${JSON.stringify(text)}`, () => {
                const told =
                    "a quote that opens here and does not close in this line; allowed: a pair of them";
                expect(failure(text)).to.equal(`Pulumi.test.yaml: found ${told} (${place})`);
            });
        }

        it("with a text over several lines before another mistake, which is the one that is told", () => {
            const text = 'config:\n    a:b: "many\n        lines"\n    c:d: @x\n';
            expect(failure(text)).to.match(/^Pulumi\.test\.yaml: found a text .* \(line 4, column 10\)$/);
        });

        for (const [text, place] of [
            ["config:\n    a:b: [x, y\n    c:d: z\n", "line 3, column 5"],
            ["config:\n    a:b: { x: y\n    c:d: z\n", "line 3, column 5"],
            ['config:\n    a:b: ["x" "y"]\n', "line 2, column 15"],
        ] as const) {
            it(`with a bracket or a comma missing: ${JSON.stringify(text)}`, () => {
                const told = "[ or { without its ] or } before here; allowed: both, and commas between";
                expect(failure(text)).to.equal(`Pulumi.test.yaml: found ${told} (${place})`);
            });
        }

        for (const [title, text, found, line] of [
            ["empty", "", "nothing", 1],
            ["a comment alone", "# nothing\n", "nothing", 1],
            ["a list", "# tags\n- a\n", 'a list, ["a"]', 2],
            ["a text", "hello\n", '"hello"', 1],
        ] as const) {
            it(`${title}: it must be a mapping`, () => {
                expect(failure(text)).to.equal(
                    `Pulumi.test.yaml: found ${found}; allowed: "config:" with keys indented below it (line ${line})`,
                );
            });
        }

        for (const [text, found, allowed] of [
            ["config: hello\n", '"hello"', ""],
            ["config: [a]\n", 'a list, ["a"]', ", without hyphens"],
            ["config: 3\n", "3", ""],
        ] as const) {
            it(`with ${JSON.stringify(text)}: that must be one too`, () => {
                expect(failure(text)).to.equal(
                    `Pulumi.test.yaml: 1 problem\n  config\n    found:   ${found}\n    allowed: keys indented below it, each with a colon${allowed}`,
                );
            });
        }

        it("where what is to be the config has another name, and nothing else is told", () => {
            expect(failure("confg: {}\naws:region: eu-west-1\nnetwork: {}\n")).to.equal(
                [
                    "Pulumi.test.yaml: 3 problems",
                    "  confg\n    found:   an unknown key\n    allowed: did you mean config?",
                    ...["aws:region", "network"].map(
                        (key) =>
                            `  ${key}\n    found:   an unknown key\n    allowed: this key below config: indent it, and all that belongs to it`,
                    ),
                ].join("\n"),
            );
        });
    });
});
