import { expect } from "chai";
import fc from "fast-check";
import { batch, type Config, codesOf, emr, errorsOf, judges, parse } from "./parse";

const TAGS = "emrEtlRunner.monitoring.tags";

const tags = (below: Config) => batch({ monitoring: { tags: below } });

describe("a string that Ruby's YAML reader would change", () => {
    for (const [text, found] of [
        ["\u0000", "U+0000 as character 1"],
        ["a\r\nb", "U+000D as character 2"],
        ["ab\u001b[0m", "U+001B as character 3"],
        ["a\u0085b", "U+0085 as character 2"],
        ["\ufdd0", "U+FDD0 as character 1"],
        ["x\u{10ffff}", "U+10FFFF as character 2"],
        ["a\udc00", "U+DC00 as character 2"],
        ["😀\u007f", "U+007F as character 2"],
        ["\u0001\u0002", "U+0001 as character 1"],
    ] as const) {
        it(`is refused for ${found}`, () => {
            expect(errorsOf(tags({ key: text })).map((error) => error.found)).to.deep.equal([found]);
        });
    }

    it("is any with a control character but tab and newline, a noncharacter or a surrogate, and no other", () => {
        const isUnreadable = (character: string) => {
            const code = character.codePointAt(0) ?? 0;
            return (
                (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
                (code >= 0x7f && code <= 0x9f) ||
                (code >= 0xd800 && code <= 0xdfff) ||
                (code >= 0xfdd0 && code <= 0xfdef) ||
                (code & 0xfffe) === 0xfffe
            );
        };
        const unit = fc.oneof(
            fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
            fc.nat({ max: 0xff }).map((code) => String.fromCharCode(code)),
            fc.integer({ min: 0xd700, max: 0xe000 }).map((code) => String.fromCharCode(code)),
        );
        fc.assert(
            fc.property(fc.string({ unit, minLength: 1, maxLength: 5 }), (text) => {
                const path = "emrEtlRunner.aws.emr.configuration.spark.a";
                const expected = [...text].some(isUnreadable) ? [`unreadable-text at ${path}`] : [];
                expect(codesOf(emr({ configuration: { spark: { a: text } } }))).to.deep.equal(expected);
            }),
            { numRuns: 150 },
        );
    });

    judges([
        [
            "one in a list, and for nothing else",
            emr({ bootstrap: ["s3://my-scripts/a", "\u0007"] }),
            "unreadable-text at emrEtlRunner.aws.emr.bootstrap[1]",
        ],
        ["one in a key, which is not shown", tags({ "k\u0000": "v" }), `unreadable-text at ${TAGS}`],
        [
            "the keys << and __proto__ at every depth",
            JSON.parse(`{
                "<<": {},
                "network": { "<<": { "cidrBlock": "10.0.0.0/16" } },
                "emrEtlRunner": {
                    "__proto__": { "enrich": {} },
                    "collectors": { "format": "thrift" },
                    "monitoring": { "tags": { "<<": "x", "__proto__": "x" } }
                }
            }`),
            [
                "unreadable-key at ",
                "unreadable-key at network",
                "unreadable-key at emrEtlRunner",
                `unreadable-key at ${TAGS}`,
                `unreadable-key at ${TAGS}.__proto__`,
            ],
        ],
        [
            "a key of 151 characters",
            emr({ configuration: { ["k".repeat(151)]: { a: "v" } } }),
            "unreadable-key at emrEtlRunner.aws.emr.configuration",
        ],
        ["a key of 150 characters", emr({ configuration: { ["\u2028".repeat(150)]: { a: "v" } } })],
        [
            "the values that EmrEtlRunner's sample leaves to be filled in",
            batch({
                aws: { s3: { buckets: { log: "ADD HERE", raw: { in: ["ADD HERE"] } } } },
                monitoring: { snowplow: { method: "get", app_id: "ADD HERE", collector: "ADD HERE" } },
            }),
            [
                "aws.s3.buckets.log",
                "aws.s3.buckets.raw.in[0]",
                "monitoring.snowplow.app_id",
                "monitoring.snowplow.collector",
            ].map((path) => `open-value at emrEtlRunner.${path}`),
        ],
    ]);

    it("is not one that only looks unusual", () => {
        const text = "tab\t newline\n no-break\u00a0 line\u2028 mark\ufeff 日本 😀 <%= x %> \"'\\";
        const readable = { text, merge: "<<", constructor: "a", hasOwnProperty: "c" };
        const { configuration } = parse(emr({ configuration: { spark: readable } })).emrEtlRunner.aws.emr;
        expect(configuration).to.deep.equal({ spark: readable });
    });
});
