import { expect } from "chai";
import { documentDifferences } from "../../../components/checks/document-differences";
import { bucketPolicy } from "../../../components/policies/bucket";
import type { Statement } from "../../../components/policies/document";

const EXPECTED = bucketPolicy("arn:aws:s3:::data", "AES256");
const STATEMENTS: readonly Readonly<Record<string, unknown>>[] = EXPECTED.Statement.map((statement) => ({
    ...statement,
}));
const [PLAIN_HTTP = {}, ENCRYPTION = {}, KEYS = {}] = STATEMENTS;
const SIDS = ["DenyPlainHttp", "DenyOtherEncryption", "DenyCustomerProvidedKeys"];
const ALL_CHANGED = SIDS.map((sid) => `changed ${sid}`);
const ANOTHER = { Sid: "Another", Effect: "Allow" };

/** All statements, with one key rewritten. */
const each = (key: string, rewrite: (value: unknown) => unknown) =>
    STATEMENTS.map((statement) => ({ ...statement, [key]: rewrite(statement[key]) }));
const listed = (value: unknown) => [value].flat();
const reversed = (value: unknown) => listed(value).toReversed();

/** Reverses all keys, and replaces each string by a list. */
function reversedAndListed(value: unknown): unknown {
    return typeof value === "string"
        ? [value]
        : Object.fromEntries(
              Object.entries(value as object)
                  .toReversed()
                  .map(([key, below]) => [key, reversedAndListed(below)]),
          );
}

describe("documentDifferences", () => {
    for (const [title, Statement, ...differences] of [
        ["the expected statements", STATEMENTS],
        ["statements in another order", STATEMENTS.toReversed()],
        ["resources in another order", each("Resource", reversed)],
        ["an action in a list", each("Action", listed)],
        ["the principal AWS: *", each("Principal", () => ({ AWS: "*" }))],
        ["the principal AWS: [*]", each("Principal", () => ({ AWS: ["*"] }))],
        ["conditions with lists and another order", each("Condition", reversedAndListed)],
        ["a repeated statement", [...STATEMENTS, PLAIN_HTTP]],
        ["no statement", undefined, ...SIDS.map((sid) => `missing ${sid}`)],
        ["a missing statement", [PLAIN_HTTP, KEYS], "missing DenyOtherEncryption"],
        ["an additional statement", [...STATEMENTS, ANOTHER], "additional Another"],
        ["a statement without a Sid", [...STATEMENTS, {}], "additional statement without a Sid"],
        ["an Allow", [{ ...PLAIN_HTTP, Effect: "Allow" }, ENCRYPTION, KEYS], "changed DenyPlainHttp"],
        ["a Sid twice", [...STATEMENTS, { ...KEYS, Effect: "Allow" }], "changed DenyCustomerProvidedKeys"],
        ["another principal", each("Principal", () => ({ AWS: "arn:aws:iam::1:root" })), ...ALL_CHANGED],
        ["all canonical users", each("Principal", () => ({ CanonicalUser: "*" })), ...ALL_CHANGED],
        ["another action", each("Action", (action) => [action, "s3:DeleteObject"]), ...ALL_CHANGED],
        ["fewer resources", each("Resource", () => "arn:aws:s3:::data/raw/*"), ...ALL_CHANGED],
        ["no conditions", each("Condition", () => undefined), ...ALL_CHANGED],
    ] as readonly (readonly [string, unknown, ...string[]])[]) {
        it(`finds ${differences.length === 0 ? "no" : "the"} difference in a document with ${title}`, () => {
            const json = JSON.stringify({ Version: "2012-10-17", Statement });
            expect(documentDifferences(EXPECTED, json)).to.deep.equal(differences);
        });
    }

    it("finds no difference between an account's id and its ARN, which S3 writes instead", () => {
        const [statement] = EXPECTED.Statement;
        const principal = (...AWS: readonly string[]) => ({
            ...EXPECTED,
            Statement: [{ ...(statement as Statement), Principal: { AWS } }],
        });
        const written = JSON.stringify(
            principal("arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:root"),
        );
        expect(
            documentDifferences(principal("444455556666", "arn:aws:iam::111122223333:role/a"), written),
        ).to.deep.equal([]);
        expect(
            documentDifferences(principal("444455556667", "arn:aws:iam::111122223333:role/a"), written),
        ).to.deep.equal(["changed DenyPlainHttp"]);
    });

    it("finds no difference if the only statement is not in a list", () => {
        const expected = { ...EXPECTED, Statement: EXPECTED.Statement.slice(0, 1) };
        expect(documentDifferences(expected, JSON.stringify({ Statement: PLAIN_HTTP }))).to.deep.equal([]);
    });
});
