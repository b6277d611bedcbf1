import { expect } from "chai";
import { tagErrors } from "../../../components/domain/tags";

const OWN = { "snowplow-emr-stack": "acme/dev" };

type Case = readonly [title: string, tags: Readonly<Record<string, unknown>>, ...errors: readonly string[]];

function judge(cases: readonly Case[], iam: boolean): void {
    for (const [title, tags, ...expected] of cases) {
        it(`${expected.length === 0 ? "accepts" : "refuses"} ${title}`, () => {
            const errors = [...tagErrors(tags, { pathOf: (key) => [key], own: OWN, iam })];
            expect(errors.map(({ code, path }) => `${code} at ${path}`)).to.deep.equal(expected);
        });
    }
}

describe("tagErrors", () => {
    judge(
        [
            [
                "letters and digits of any script, spaces and the nine signs",
                { "Größe ٣ 部門_.:/=+-@": "a b\u00a0c" },
            ],
            ["an empty value", { team: "" }],
            ["an empty key", { "": "x" }, "invalid-tag at "],
            ["128 characters in a key, and 256 in a value", { ["k".repeat(128)]: "v".repeat(256) }],
            ["129 characters in a key", { ["k".repeat(129)]: "x" }, `invalid-tag at ${"k".repeat(129)}`],
            ["257 characters in a value", { team: "v".repeat(257) }, "invalid-tag at team"],
            ["129 letters that S3 counts twice", { team: "𝐱".repeat(129) }, "invalid-tag at team"],
            ...[..."&(),#\"'!*;<>?[]{}|~\\^%$`\t\n"].map(
                (sign): Case => [
                    `${JSON.stringify(sign)} in a value`,
                    { team: `a${sign}` },
                    "invalid-tag at team",
                ],
            ),
            ["a sign in a key", { "R&D": "x" }, "invalid-tag at R&D"],
            ["a combining accent", { team: "e\u0301" }, "invalid-tag at team"],
            ...[1, true, null, ["x"], { a: "x" }].map(
                (value): Case => [
                    `the value ${JSON.stringify(value)}`,
                    { team: value },
                    "invalid-tag at team",
                ],
            ),
            ["a key that AWS reserves", { "Aws:x": "x" }, "aws-tag at Aws:x"],
            ["a value that AWS reserves", { team: "aws:x" }, "aws-tag at team"],
            ["aws inside", { awsome: "x", "my:aws:x": "my aws:x" }],
            ["the stack's own tag with its own value", OWN],
            [
                "the stack's own tag with another value",
                { "snowplow-emr-stack": "hunter2" },
                "owned-tag at snowplow-emr-stack",
            ],
            [
                "the stack's own tag in another case",
                { "Snowplow-EMR-Stack": "acme/dev" },
                "owned-tag at Snowplow-EMR-Stack",
            ],
            ["each wrong part of a tag", { "R&D": "a#" }, "invalid-tag at R&D", "invalid-tag at R&D"],
        ],
        true,
    );

    describe("with IAM", () => {
        judge(
            [["keys that differ in case only", { team: "a", Team: "b" }, "tag-differs-in-case at Team"]],
            true,
        );
    });

    describe("without IAM", () => {
        judge([["keys that differ in case only", { team: "a", Team: "b" }]], false);
    });
});
