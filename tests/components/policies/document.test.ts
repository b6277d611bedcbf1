import { expect } from "chai";
import { bucketPolicy } from "../../../components/policies/bucket";
import { documentDifferences, documentDigest } from "../../../components/policies/document";

describe("documentDigest", () => {
    it("is SHA-256 over the document without white space", () => {
        const digest = "52279714d77bcfad953e90e091f01cf2b8df980cb4c43eea600ce15103933a2c";
        expect(documentDigest('{"Version":"2012-10-17"}')).to.equal(digest);
        expect(documentDigest('{ "Version" :\n "2012-10-17" }')).to.equal(digest);
    });

    it("tells two documents apart", () => {
        expect(documentDigest('{"Version":"2012-10-17"}')).not.to.equal(
            documentDigest('{"Version":"2008-10-17"}'),
        );
    });
});

/** The statements of a bucket's policy, to be spelled otherwise. */
const OURS = bucketPolicy("arn:aws:s3:::data", "AES256");
const STATEMENTS: readonly Readonly<Record<string, unknown>>[] = OURS.Statement.map((one) => ({ ...one }));
const [PLAIN_HTTP = {}, ENCRYPTION = {}, KEYS = {}] = STATEMENTS;

/** Each statement with another spelling of a key. */
const each = (key: string, spell: (value: unknown) => unknown) =>
    STATEMENTS.map((statement) => ({ ...statement, [key]: spell(statement[key]) }));
const listed = (value: unknown) => [value].flat();

/** Keys in another order, and a list for each text, as deep as it goes. */
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
    const THEIRS = { Sid: "LetOthersIn", Effect: "Allow" };

    for (const [title, statements] of [
        ["it is as it was written", STATEMENTS],
        ["it is in another order", STATEMENTS.toReversed()],
        ["its resources are", each("Resource", (value) => listed(value).toReversed())],
        ["an action stands in a list", each("Action", listed)],
        ["everybody is an account", each("Principal", () => ({ AWS: "*" }))],
        ["everybody stands in a list", each("Principal", () => ({ AWS: ["*"] }))],
        ["its conditions are spelled otherwise", each("Condition", respelled)],
        ["a statement is there twice", [...STATEMENTS, PLAIN_HTTP]],
    ] as const) {
        it(`has none where ${title}`, () => {
            expect(differences(statements)).to.deep.equal([]);
        });
    }

    it("has none where the one statement stands in no list", () => {
        const alone = { ...OURS, Statement: OURS.Statement.slice(0, 1) };
        expect(documentDifferences(alone, JSON.stringify({ Statement: PLAIN_HTTP }))).to.deep.equal([]);
    });

    for (const [title, statements, ...told] of [
        ["nothing is there", undefined, ...SIDS.map((sid) => `without ${sid}`)],
        ["some are not", [PLAIN_HTTP, KEYS], "without DenyOtherEncryption"],
        ["one is besides", [...STATEMENTS, THEIRS], "LetOthersIn besides"],
        ["one without a name is", [...STATEMENTS, { Effect: "Allow" }], "a statement without a Sid besides"],
        ["one lets in", [{ ...PLAIN_HTTP, Effect: "Allow" }, ENCRYPTION, KEYS], "another DenyPlainHttp"],
        [
            "one of a name is another",
            [...STATEMENTS, { ...KEYS, Effect: "Allow" }],
            "another DenyCustomerProvidedKeys",
        ],
        ["they are for others", each("Principal", () => ({ AWS: "arn:aws:iam::1:root" })), ...others],
        ["they are for others' users", each("Principal", () => ({ CanonicalUser: "*" })), ...others],
        ["they deny more", each("Action", (action) => [action, "s3:DeleteObject"]), ...others],
        ["they are for less", each("Resource", () => "arn:aws:s3:::data/raw/*"), ...others],
        ["they are always so", each("Condition", () => undefined), ...others],
    ] as readonly (readonly [string, unknown, ...string[]])[]) {
        it(`has those where ${title}`, () => {
            expect(differences(statements)).to.deep.equal(told);
        });
    }
});
