import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { describe as describeValue } from "../../../components/args/errors";
import { batch, type Config, emr, jobflow, parse, problem, problems } from "./parse";

const READABLE =
    "printable characters, tab and newline: Ruby's YAML reader changes others, or refuses the whole file";
const MERGES =
    "the merged keys themselves, or another key: EmrEtlRunner's YAML reader merges this one, quoted or not";
const TAGS = "emrEtlRunner.monitoring.tags";

const tags = (below: Config) => batch({ monitoring: { tags: below } });
const json = (text: string) => JSON.parse(text) as Config;

describe("settings refuse texts that Ruby's YAML reader would change, with the character and its place:", () => {
    for (const [title, text, found] of [
        ["a null character", "\u0000", "U+0000 as character 1 of the text"],
        ["a carriage return", "a\r\nb", "U+000D as character 2 of the text"],
        ["an escape", "ab\u001b[0m", "U+001B as character 3 of the text"],
        ["delete", "a\u007f", "U+007F as character 2 of the text"],
        ["the next-line character, which becomes a space", "a\u0085b", "U+0085 as character 2 of the text"],
        ["the last of the control characters", "\u009f", "U+009F as character 1 of the text"],
        ["a noncharacter", "\ufdd0", "U+FDD0 as character 1 of the text"],
        ["the last of a plane", "\uffff", "U+FFFF as character 1 of the text"],
        ["the last of the last plane", "x\u{10ffff}", "U+10FFFF as character 2 of the text"],
        ["a lone high surrogate", "\ud800", "U+D800 as character 1 of the text"],
        ["a lone low surrogate", "a\udc00", "U+DC00 as character 2 of the text"],
        ["one behind an emoji, which counts as one", "😀\u007f", "U+007F as character 2 of the text"],
        ["the first of two", "\u0001\u0002", "U+0001 as character 1 of the text"],
    ] as const) {
        it(title, () => {
            expect(problems(tags({ key: text }))).to.deep.equal([problem(`${TAGS}.key`, found, READABLE)]);
        });
    }

    it("in a list", () => {
        expect(problems(emr({ bootstrap: ["s3://my-scripts/a", "\u0007"] }))).to.deep.equal([
            problem("emrEtlRunner.aws.emr.bootstrap[1]", "U+0007 as character 1 of the text", READABLE),
        ]);
    });

    it("in a key", () => {
        expect(problems(tags({ "k\u0000": "v" }))).to.deep.equal([
            problem(`${TAGS}["k\\u0000"]`, "U+0000 as character 2 of the text", READABLE),
        ]);
    });

    it("though the field would refuse it for another reason as well", () => {
        expect(problems(jobflow({ master_instance_type: "m4\u0000" }))).to.deep.equal([
            problem(
                "emrEtlRunner.aws.emr.jobflow.master_instance_type",
                "U+0000 as character 3 of the text",
                READABLE,
            ),
        ]);
    });

    it("and none else", () => {
        const unreadable = (text: string) =>
            [...text].some((character) => {
                const code = character.codePointAt(0) ?? 0;
                return (
                    (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
                    (code >= 0x7f && code <= 0x9f) ||
                    (code >= 0xd800 && code <= 0xdfff) ||
                    (code >= 0xfdd0 && code <= 0xfdef) ||
                    (code & 0xfffe) === 0xfffe
                );
            });
        const unit = fc.oneof(
            fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
            fc.nat({ max: 0xff }).map((code) => String.fromCharCode(code)),
            fc.integer({ min: 0xd700, max: 0xe000 }).map((code) => String.fromCharCode(code)),
        );
        fc.assert(
            fc.property(fc.string({ unit, minLength: 1, maxLength: 5 }), (text) => {
                const told = problems(jobflow({ job_name: text }));
                expect(told).to.have.length(unreadable(text) ? 1 : 0);
            }),
            { numRuns: 150 },
        );
    });

    it("and take the others as they are", () => {
        const text = "tab\t newline\n no-break\u00a0 line\u2028 mark\ufeff 日本 😀 <%= x %> \"'\\";
        expect(parse(tags({ text })).emrEtlRunner.monitoring.tags).to.deep.equal({ text });
    });
});

describe("settings refuse keys that do not arrive", () => {
    it("for Ruby merges << even in quotes, at every depth", () => {
        const config = {
            ...batch({ "<<": { enrich: {} }, monitoring: { tags: { "<<": "x" } } }),
            network: { "<<": { cidrBlock: "10.0.0.0/16" } },
            "<<": {},
        };
        expect(problems(config)).to.have.deep.members([
            problem('emrEtlRunner["<<"]', "the key <<", MERGES),
            problem(`${TAGS}["<<"]`, "the key <<", MERGES),
            problem('network["<<"]', "the key <<", MERGES),
            problem("<<", "the key <<", MERGES),
        ]);
    });

    it("for JavaScript takes __proto__ for something else", () => {
        const config = json(`{
            "__proto__": {},
            "emrEtlRunner": {
                "__proto__": { "enrich": {} },
                "collectors": { "format": "thrift" },
                "monitoring": { "tags": { "__proto__": "x" } }
            }
        }`);
        expect(problems(config)).to.have.deep.members([
            problem("emrEtlRunner.__proto__", "the key __proto__", "another key"),
            problem(`${TAGS}.__proto__`, "the key __proto__", "another key"),
            problem("__proto__", "the key __proto__", "another key"),
        ]);
    });

    it("for YAML's readers give up on a key that has no colon within 1,024 characters, escapes and all", () => {
        const long = "k".repeat(151);
        expect(problems(emr({ configuration: { [long]: { a: "v" } } }))).to.deep.equal([
            problem(
                `emrEtlRunner.aws.emr.configuration.${long}`,
                "a key of 151 characters",
                "at most 150 in a key",
            ),
        ]);
        expect(problems(emr({ configuration: { ["\u2028".repeat(150)]: { a: "v" } } }))).to.deep.equal([]);
    });

    it("but take << as a value, and other keys that objects have", () => {
        const below = { merge: "<<", constructor: "a", toString: "b", hasOwnProperty: "c" };
        expect(parse(tags(below)).emrEtlRunner.monitoring.tags).to.deep.equal(below);
    });
});

describe("settings refuse what EmrEtlRunner's sample leaves to be filled in", () => {
    it("wherever it is", () => {
        const config = batch({
            aws: {
                s3: { buckets: { log: "ADD HERE", raw: { in: ["ADD HERE", "ADD HERE"] } } },
                emr: { ec2_key_name: "ADD HERE" },
            },
            monitoring: { snowplow: { method: "get", app_id: "ADD HERE", collector: "ADD HERE" } },
        });
        const paths = [
            "aws.s3.buckets.log",
            "aws.s3.buckets.raw.in[0]",
            "aws.s3.buckets.raw.in[1]",
            "aws.emr.ec2_key_name",
            "monitoring.snowplow.app_id",
            "monitoring.snowplow.collector",
        ];
        const allowed = "a value of yours, or no such line: the sample's is left";
        expect(problems(config)).to.have.deep.members(
            paths.map((path) => problem(`emrEtlRunner.${path}`, "ADD HERE", allowed)),
        );
    });

    it("and ask for no value of what the stack owns", () => {
        expect(problems(emr({ placement: "ADD HERE" }))).to.deep.equal([
            problem(
                "emrEtlRunner.aws.emr.placement",
                '"ADD HERE"',
                "delete this line: clusters run in the stack's subnet; network.availabilityZones chooses its zone",
            ),
        ]);
    });
});

describe("settings show no credentials, wherever they were pasted to:", () => {
    const found = (config: Config) => problems(config).map((one) => one.found);

    it("as keys of an object", () => {
        const aws = { access_key_id: "AKIAIOSFODNN7", secret_access_key: "wJalr/XUtn=FEMI" };
        expect(found({ ...batch(), network: [aws] })).to.deep.equal([
            'a list, [{"access_key_id":"…","secret_access_key":"…"}]',
        ]);
    });

    it("in a text", () => {
        const text = "access_key_id: AKIAIOSFODNN7\nsecret_access_key: 'wJalr/XU'\npassword=hunter2";
        expect(found({ ...batch(), storage: text })).to.deep.equal([
            "\"access_key_id: …\\nsecret_access_key: '…'\\npassword=…\"",
        ]);
    });
});

describe("settings show no private key, with its first line or without,", () => {
    const found = (config: Config) => problems(config).map((one) => `${one.found} ${one.allowed}`);
    const keyOf = (type: "pkcs8" | "sec1" | "pkcs1") =>
        type === "pkcs1"
            ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
            : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const linesOf = (type: "pkcs8" | "sec1" | "pkcs1") =>
        String(keyOf(type).export({ type, format: "pem" }))
            .trim()
            .split("\n");

    for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
        it(`in lines, in one, or in a list: ${type}`, () => {
            const lines = linesOf(type);
            const body = lines.slice(1, -1);
            for (const text of [lines.join("\n"), body.join("\n"), body.join(" "), body.join("")]) {
                for (const network of [text, [text], { availabilityZones: text }, { internetAccess: text }]) {
                    const told = found({ ...batch(), network }).join();
                    expect(told).not.to.equal("");
                    expect(body.filter((line) => told.includes(line.slice(0, 20)))).to.deep.equal([]);
                }
            }
        });
    }

    it("and close the quotes around what is left out", () => {
        const key = linesOf("pkcs8").join("\n");
        expect(describeValue(`key: ${key}`)).to.equal('"key: …"');
        expect(describeValue({ a: key, b: [key, "c"] })).to.equal('an object, {"a":"…","b":["…","c"]}');
    });

    for (const text of [
        "arn:aws:iam::111122223333:policy/Snowplow/EmrEncryptionBoundaryForDataTeam2/MoreThan40",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "s3://acmeDataLake/Snowplow/Enriched/Archive/EuWest1/Production/Year2024/Month01",
        "s3://acme-data-lake/enriched/archive/run=2024-01-01-00-00-00/part-00000.gz",
        "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
        "subnet-0123456789abcdef0, subnet-0123456789abcdef1, subnet-0123456789abcdef2",
        "10.64.0.0/20",
    ]) {
        it(`but ${text}`, () => {
            expect(describeValue(text)).to.equal(`"${text}"`);
        });
    }
});
