import { expect } from "chai";
import { bucketPolicy } from "../../../components/policies/bucket";
import { documentDifferences, documentDigest } from "../../../components/policies/document";

describe("documentDigest", () => {
    it("is the SHA-256 of the document without white space", () => {
        const digest = "52279714d77bcfad953e90e091f01cf2b8df980cb4c43eea600ce15103933a2c";
        expect(documentDigest('{"Version":"2012-10-17"}')).to.equal(digest);
        expect(documentDigest('{ "Version" :\n "2012-10-17" }')).to.equal(digest);
    });

    it("differs for different documents", () => {
        expect(documentDigest('{"Version":"2012-10-17"}')).not.to.equal(
            documentDigest('{"Version":"2008-10-17"}'),
        );
    });
});

const OURS = bucketPolicy("arn:aws:s3:::data", "AES256");
const STATEMENTS: readonly Readonly<Record<string, unknown>>[] = OURS.Statement.map((one) => ({ ...one }));
const [PLAIN_HTTP = {}, ENCRYPTION = {}, KEYS = {}] = STATEMENTS;

/** All statements with one property written in another form. */
const each = (key: string, spell: (value: unknown) => unknown) =>
    STATEMENTS.map((statement) => ({ ...statement, [key]: spell(statement[key]) }));
const listed = (value: unknown) => [value].flat();

/** The same value with its keys in reverse order and every string in a list. */
function respelled(value: unknown): unknown {
    return typeof value === "string"
        ? [value]
        : Object.fromEntries(
              Object.entries(value as object)
                  .toReversed()
                  .map(([key, below]) => [key, respelled(below)]),
          );
}

describe("documentDifferences", () => {
    const differences = (Statement: unknown) =>
        documentDifferences(OURS, JSON.stringify({ Version: "2012-10-17", Statement }));
    const SIDS = ["DenyPlainHttp", "DenyOtherEncryption", "DenyCustomerProvidedKeys"];
    const others = SIDS.map((sid) => `another ${sid}`);
    const FOREIGN = { Sid: "LetOthersIn", Effect: "Allow" };

    for (const [title, statements] of [
        ["the document is as written", STATEMENTS],
        ["its statements are in another order", STATEMENTS.toReversed()],
        ["its resources are in another order", each("Resource", (value) => listed(value).toReversed())],
        ["a single action stands in a list", each("Action", listed)],
        ["the principal * is written as an account", each("Principal", () => ({ AWS: "*" }))],
        ["the principal * stands in a list", each("Principal", () => ({ AWS: ["*"] }))],
        ["its conditions have another order and lists", each("Condition", respelled)],
        ["a statement occurs twice", [...STATEMENTS, PLAIN_HTTP]],
    ] as const) {
        it(`are none where ${title}`, () => {
            expect(differences(statements)).to.deep.equal([]);
        });
    }

    it("are none where the only statement stands outside of a list", () => {
        const alone = { ...OURS, Statement: OURS.Statement.slice(0, 1) };
        expect(documentDifferences(alone, JSON.stringify({ Statement: PLAIN_HTTP }))).to.deep.equal([]);
    });

    for (const [title, statements, ...told] of [
        ["all statements are missing", undefined, ...SIDS.map((sid) => `without ${sid}`)],
        ["one statement is missing", [PLAIN_HTTP, KEYS], "without DenyOtherEncryption"],
        ["there is an additional statement", [...STATEMENTS, FOREIGN], "LetOthersIn besides"],
        [
            "there is an additional statement without a Sid",
            [...STATEMENTS, { Effect: "Allow" }],
            "a statement without a Sid besides",
        ],
        [
            "a statement allows instead of denying",
            [{ ...PLAIN_HTTP, Effect: "Allow" }, ENCRYPTION, KEYS],
            "another DenyPlainHttp",
        ],
        [
            "another statement has the same Sid",
            [...STATEMENTS, { ...KEYS, Effect: "Allow" }],
            "another DenyCustomerProvidedKeys",
        ],
        [
            "the principal is another account",
            each("Principal", () => ({ AWS: "arn:aws:iam::1:root" })),
            ...others,
        ],
        ["the principal is a canonical user", each("Principal", () => ({ CanonicalUser: "*" })), ...others],
        ["they deny another action", each("Action", (action) => [action, "s3:DeleteObject"]), ...others],
        ["they cover fewer objects", each("Resource", () => "arn:aws:s3:::data/raw/*"), ...others],
        ["they have no condition", each("Condition", () => undefined), ...others],
    ] as readonly (readonly [string, unknown, ...string[]])[]) {
        it(`are reported where ${title}`, () => {
            expect(differences(statements)).to.deep.equal(told);
        });
    }
});
