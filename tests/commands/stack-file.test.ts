import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readStackFile, type StackFile } from "../../commands/stack-file";
import { InvalidArguments } from "../../components/domain/errors";

describe("readStackFile", () => {
    let directory: string;

    before(() => {
        directory = mkdtempSync(path.join(tmpdir(), "stack-file-"));
    });

    after(() => rmSync(directory, { recursive: true }));

    const read = (content: string | Uint8Array): StackFile => {
        writeFileSync(path.join(directory, "Pulumi.test.yaml"), content);
        return readStackFile(directory, "test");
    };
    /** The errors of lines below `config:`, as [code, path]. */
    const errorsOf = (...lines: readonly string[]) =>
        read(["config:", ...lines.map((line) => `    ${line}`)].join("\n")).errors.map(
            ({ code, path: where }) => [code, where] as const,
        );
    const configOf = (text: string) => {
        const { config, errors } = read(text);
        expect(errors).to.deep.equal([]);
        return config;
    };
    /** The codes that a file is refused with, and the line that the first of them prints. */
    const refusal = (content: string | Uint8Array) => {
        try {
            read(content);
        } catch (error) {
            if (error instanceof InvalidArguments) {
                return [error.errors.map(({ code }) => code).join(), error.message.split("\n")[1]?.trim()];
            }
            throw error;
        }
        return "it was read";
    };

    it("passes strings as they are and other values as JSON, like Pulumi's CLI", () => {
        expect(
            configOf(`
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

    it("reads a key without a namespace as the project's", () => {
        expect(configOf("config:\n    network: { cidrBlock: x }\n")).to.deep.equal({
            "snowplow-emr-encryption:network": '{"cidrBlock":"x"}',
        });
    });

    it("reads a file without config, with a byte order mark, and with the CLI's own keys", () => {
        for (const text of ["config:\n", "config: {}\n", "encryptionsalt: v1:x\n", "\ufeffconfig: {}\n"]) {
            expect(configOf(text), text).to.deep.equal({});
        }
        expect(
            configOf(`
                secretsprovider: awskms://alias/pulumi?region=eu-west-1
                encryptedkey: AQICAHg=
                encryptionsalt: v1:abc=:v1:def:ghi=
                environment: [shared]
                config: { aws:region: eu-west-1 }
            `),
        ).to.deep.equal({ "aws:region": "eu-west-1" });
    });

    describe("refuses an unquoted scalar that Pulumi's CLI reads differently:", () => {
        const DIFFERENT = [
            ...["0123", "-0123", "00", "08", "0_1", "1_000", "1_0.5", "1_000e3", "0b11", "-0B1", "0x1_F"],
            ...["0o1_7", "0X1F", "0O17", "-0x1F", "+0o7", "2018-01-01", "2018-1-1", "2018-01-01 10:00:00"],
            ...["2018-01-01T10:00:00Z", "2001-12-14t21:59:43.10-05:00", ".inf", "-.INF", "+.Inf", ".nan"],
            ...[".NaN", "12345678901234567890", "-9007199254740993", "1e400"],
        ];

        for (const text of DIFFERENT) {
            it(text, () => {
                expect(read(`config:\n    my:value: { a: [${text}] }\n`).errors).to.deep.equal([
                    {
                        code: "read-differently",
                        path: ["my:value", "a", 0],
                        found: `${text}, which Pulumi's CLI reads as something else`,
                        fix: `quote it, "${text}", or write a number in plain digits`,
                    },
                ]);
            });
        }

        it("but none of them in quotes or as a block", () => {
            const lines = DIFFERENT.flatMap((text, index) => [
                `my:a${index}: "${text}"`,
                `my:b${index}: '${text}'`,
            ]);
            expect(
                errorsOf(...lines, "my:block: |", "    0123", "my:folded: >-", "    2018-01-01"),
            ).to.deep.equal([]);
        });

        it("as a key, below a key without a namespace, behind an anchor once", () => {
            expect(
                errorsOf(
                    "access: { dynamodbTables: [events, 0123] }",
                    "snowplow-emr-encryption:emrEtlRunner:",
                    "    monitoring: { tags: { 2018-01-01: x, team: 0b11 } }",
                    "my:anchor: &here 1_000",
                    "my:alias: *here",
                ),
            ).to.deep.equal([
                ["read-differently", ["access", "dynamodbTables", 1]],
                ["read-differently", ["emrEtlRunner", "monitoring", "tags", "2018-01-01"]],
                ["read-differently", ["emrEtlRunner", "monitoring", "tags", "team"]],
                ["read-differently", ["my:anchor"]],
            ]);
        });
    });

    it("accepts an unquoted scalar that Pulumi's CLI reads alike", () => {
        const alike = [
            ...["yes", "on", "Off", "12:30", "190:20:30", "5.30", "0x1F", "0o17", "1e3", "0", "-1", "+1"],
            ...[
                "0.5",
                ".5",
                "true",
                "null",
                "~",
                "9007199254740991",
                "-9007199254740991",
                "_1",
                "a_1",
                "1_a",
            ],
            ...["10.64.0.0/20", "5.29.0", "2018-01", "eu-west-1a", "0.0.0.0/0", "1-2-3", "<<", "="],
            "s3://my-bucket/2018-01-01",
        ];
        expect(errorsOf(...alike.map((text, index) => `my:key${index}: { value: ${text} }`))).to.deep.equal(
            [],
        );
    });

    it("refuses a key with its namespace and without, since one of them would be lost", () => {
        expect(
            errorsOf("network: {}", "snowplow-emr-encryption:network: {}", "storage: {}", "aws:network: {}"),
        ).to.deep.equal([["key-with-and-without-namespace", ["network"]]]);
    });

    describe("of encrypted values", () => {
        it("refuses those below a key of the namespace", () => {
            expect(
                errorsOf(
                    "access: { readLocations: [s3://my-data, { secure: v1:abc }] }",
                    "snowplow-emr-encryption:emrEtlRunner:",
                    "    aws: { emr: { ec2_key_name: { secure: v1:def } } }",
                    "    monitoring: { tags: { a key: { secure: 0123 } } }",
                ),
            ).to.deep.equal([
                ["encrypted-value", ["access", "readLocations", 1]],
                ["encrypted-value", ["emrEtlRunner", "aws", "emr", "ec2_key_name"]],
                ["encrypted-value", ["emrEtlRunner", "monitoring", "tags", "a key"]],
            ]);
        });

        it("names the keys of the namespace whose whole value is encrypted, and passes no ciphertext", () => {
            const { config, secretKeys, errors } = read(
                "config: { certificatePrivateKey: { secure: v1:a }, aws:secretKey: { secure: v1:b } }\n",
            );
            expect({ config, secretKeys, errors }).to.deep.equal({
                config: { "snowplow-emr-encryption:certificatePrivateKey": "" },
                secretKeys: ["snowplow-emr-encryption:certificatePrivateKey"],
                errors: [],
            });
        });

        it("accepts them below keys of other namespaces", () => {
            expect(errorsOf("aws:assumeRoles: [{ externalId: { secure: v1:def } }]")).to.deep.equal([]);
        });

        it("accepts an object that has more keys than secure", () => {
            expect(
                errorsOf("snowplow-emr-encryption:emrEtlRunner: { a: { secure: x, b: y } }"),
            ).to.deep.equal([]);
        });
    });

    it("refuses a secret in a comment, or outside of config, with its line, and reads it as prose", () => {
        const secret = "AKIAIOSFODNN7EXAMPLE";
        const { errors } = read(
            [
                `# ${secret}`,
                "config: # token: x, password=x, me:x@example.com",
                `    a:text: "# ${secret}" # https://me:x@example.com`,
                `    a:block: |`,
                `        # ${secret}`,
                `    a:b: { c: d } # -----BEGIN PRIVATE KEY-----`,
                `secretsprovider: awskms://x?key=${secret}`,
            ].join("\n"),
        );
        expect(errors.map(({ code, path: where, found }) => [code, where, found])).to.deep.equal([
            ["credential", [], "the ID of an access key, in line 1"],
            ["credential", [], "a URL with a password, in line 3"],
            ["credential", [], "a private key, in line 6"],
            ["credential", [], "the ID of an access key, in line 7"],
        ]);
    });

    describe("refuses a file that is not a stack file:", () => {
        for (const [title, text, code, place] of [
            ["a tab", "config:\n\taws:region: x\n", "invalid-yaml", "line 2, column 1"],
            ["CRLF", "config:\r\n\taws:region: x\r\n", "invalid-yaml", "line 2, column 1"],
            ["a key twice", "config:\n  a:b: 1\n  c: 1\n  a:b: 2\n", "invalid-yaml", "line 4, column 3"],
            ["two documents", "config: {}\n---\nconfig: {}\n", "invalid-yaml", "line 2, column 1"],
            ["an alias of nothing", "config: { a:b: *none }\n", "unresolved-alias", "line 1, column 16"],
            [
                "an alias of its own parent",
                "config: { a: &all [*all] }\n",
                "unresolved-alias",
                "line 1, column 20",
            ],
            [
                "half a merge conflict",
                "config:\n    a:b: x\n>>>>>>> theirs\n",
                "merge-conflict",
                "line 3, column 1",
            ],
            ["npm's lines", "> a@1.0.0 adopt\n> tsx x\n\nconfig: {}\n", "invalid-yaml", "line 1, column 1"],
            ["an ERB line", "config:\n    a:b: x\n    <% end %>\n", "erb-line", "line 3, column 5"],
            ["nothing", "", "not-a-stack-file", "line 1, column 1"],
            ["a comment", "# nothing\n", "not-a-stack-file", "line 1, column 1"],
            ["a list", "# tags\n- a\n", "not-a-stack-file", "line 2, column 1"],
            ["a string", "hello\n", "not-a-stack-file", "line 1, column 1"],
            ["a string as config", "config: hello\n", "config-not-an-object", "line 1, column 9"],
            ["a list as config", "config: [a]\n", "config-not-an-object", "line 1, column 9"],
        ] as const) {
            it(title, () => {
                expect(refusal(text)).to.deep.equal([code, place]);
            });
        }

        for (const [title, bytes, found, command] of [
            [
                "UTF-16",
                Buffer.from("\ufeffa: x", "utf16le"),
                "UTF-16,",
                "-f UTF-16 -t UTF-8 Pulumi.test.yaml",
            ],
            ["UTF-16", Buffer.from("\ufeffa: x", "utf16le"), "UTF-16,", "-Encoding Unicode Pulumi.test.yaml"],
            ["UTF-16 without a mark", Buffer.from("a: x", "utf16le"), "UTF-16,", "-f UTF-16LE -t UTF-8"],
            ["UTF-16 in big endian", bigEndian("\ufeffa: x"), "UTF-16,", "-Encoding BigEndianUnicode"],
            ["UTF-16 in big endian without a mark", bigEndian("a: x"), "UTF-16,", "-f UTF-16BE -t UTF-8"],
            ["Windows-1252", Buffer.from("a: x\nb: \xe9\n", "latin1"), "bytes in line 2", "-f WINDOWS-1252"],
            [
                "Windows-1252",
                Buffer.from("a: \x93\nb: \xe9\n", "latin1"),
                "bytes in line 1",
                "-Encoding 1252",
            ],
        ] as const) {
            it(`${title}: ${command}`, () => {
                expect(refusal(bytes)).to.deep.equal(["not-utf-8", "the whole file"]);
                expect(() => read(bytes)).to.throw(InvalidArguments, `found:    ${found}`);
                expect(() => read(bytes)).to.throw(InvalidArguments, command);
            });
        }

        it("EmrEtlRunner's config.yml, of any version", () => {
            for (const text of ["aws: {}\nstorage: {}\n", ":aws: {}\n:storage: {}\n"]) {
                expect(refusal(text)).to.deep.equal(["config-yml-as-stack-file", "the whole file"]);
            }
            for (const text of ["config: {}\naws: {}\n", "configs: {}\nenrich: {}\n"]) {
                expect(refusal(text).toString()).to.match(/^unknown-top-level-key.*,the top level$/);
            }
            expect(refusal("config: {}\naws: {}\n")).to.deep.equal([
                "unknown-top-level-key",
                "the top level",
            ]);
        });

        it("keys at the top that belong below config, or nowhere", () => {
            expect(refusal("confg: {}\naws:region: x\nnetwork: {}\n__proto__: {}\n")).to.deep.equal([
                Array(4).fill("unknown-top-level-key").join(),
                "the top level",
            ]);
        });

        it("showing the keys of stack files, but not the keywords of their JSON Schema", () => {
            expect(() => read("config:\n    aws:region: if type network: not\n")).to.throw(
                InvalidArguments,
                "          aws:region: ·· ···· network: ···\n",
            );
        });

        it("without showing a word of it that is not a known key", () => {
            for (const text of [
                "config:\n    aws:region: @hunter2\n",
                "config:\n    aws:region: !hunter2! x\n",
                "config:\n    aws:region: |hunter2\n",
                'config:\n    aws:region: "\\hunter2"\n',
                "config:\n    aws:region: *hunter2\n",
                "config:\n    aws:region: x: hunter2\n",
                "config: {}\nhunter2: x\n",
                "hunter2: x\n",
                "hunter2\n",
                "config: hunter2\n",
                "config: { hunter2: 1, hunter2: 2 }\n",
                "%hunter2\n---\nconfig: [",
                "config: }hunter2",
            ]) {
                expect(() => read(text), text)
                    .to.throw(InvalidArguments)
                    .with.property("message")
                    .that.does.not.match(/hunt|ter2/);
            }
        });
    });

    it("says whether values come from Pulumi ESC", () => {
        for (const [text, expected] of [
            ["config: {}\n", false],
            ["environment:\nconfig: {}\n", false],
            ["environment: [shared]\n", true],
            ["environment: { values: {} }\n", true],
        ] as const) {
            expect(read(text).hasEnvironment, text).to.equal(expected);
        }
    });
});

/** UTF-16 with the first byte of each character first. */
function bigEndian(text: string): Buffer {
    return Buffer.from(text, "utf16le").swap16();
}
