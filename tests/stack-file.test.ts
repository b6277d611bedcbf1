import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readStackFile } from "../commands/stack-file";
import type { Problem } from "../components/settings/problems";

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
            ["as YAML with tabs", "config:\n\taws:region: x\n", "found a tab; allowed: spaces"],
            ["with a key twice", "config:\n  a:b: 1\n  a:b: 2\n", "found a key that is there already"],
            ["as two documents", "config: {}\n---\nconfig: {}\n", "found ---, a second document"],
            ["with an alias of nothing", "config: { a:b: *none }\n", "Unresolved alias"],
        ] as const) {
            it(`${title}, and the file is named`, () => {
                expect(failure(text)).to.match(new RegExp(`^Pulumi\\.test\\.yaml: ${message}`));
            });
        }

        const KEYS = '; allowed: "config:", with keys below it';
        for (const [title, text, found] of [
            ["empty", "", "nothing after the colon (null)"],
            ["a comment alone", "# nothing\n", "nothing after the colon (null)"],
            ["a list", "- a\n", 'a list, ["a"]'],
            ["a text", "hello\n", '"hello"'],
        ] as const) {
            it(`${title}: it must be a mapping`, () => {
                expect(failure(text)).to.equal(`Pulumi.test.yaml: found ${found}${KEYS}`);
            });
        }

        for (const [text, found] of [
            ["config: hello\n", '"hello"'],
            ["config: [a]\n", 'a list, ["a"]'],
            ["config: 3\n", "3"],
        ] as const) {
            it(`with ${JSON.stringify(text)}: that must be one too`, () => {
                expect(failure(text)).to.include("Pulumi.test.yaml").and.to.include(found);
            });
        }
    });
});
