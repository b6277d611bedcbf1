import { expect } from "chai";
import { documentDifferences } from "../../../components/checks/document-differences";
import { bucketPolicy } from "../../../components/policies/bucket";

/** The statements of a bucket's policy, to be spelled in other ways. */
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
    const all = SIDS.map((sid) => `changed ${sid}`);
    const THEIRS = { Sid: "LetOthersIn", Effect: "Allow" };

    for (const [title, statements] of [
        ["it is the expected one", STATEMENTS],
        ["its statements are in another order", STATEMENTS.toReversed()],
        ["its resources are in another order", each("Resource", (value) => listed(value).toReversed())],
        ["an action stands in a list", each("Action", listed)],
        ["the principal is spelled AWS: *", each("Principal", () => ({ AWS: "*" }))],
        ["the principal is spelled as a list", each("Principal", () => ({ AWS: ["*"] }))],
        ["its conditions have lists and another order", each("Condition", respelled)],
        ["a statement stands twice", [...STATEMENTS, PLAIN_HTTP]],
    ] as const) {
        it(`are none if ${title}`, () => {
            expect(differences(statements)).to.deep.equal([]);
        });
    }

    it("are none if the only statement is not in a list", () => {
        const alone = { ...OURS, Statement: OURS.Statement.slice(0, 1) };
        expect(documentDifferences(alone, JSON.stringify({ Statement: PLAIN_HTTP }))).to.deep.equal([]);
    });

    for (const [title, statements, ...told] of [
        ["there is no statement", undefined, ...SIDS.map((sid) => `missing ${sid}`)],
        ["a statement is missing", [PLAIN_HTTP, KEYS], "missing DenyOtherEncryption"],
        ["there is an additional statement", [...STATEMENTS, THEIRS], "additional LetOthersIn"],
        [
            "there is an additional statement without a Sid",
            [...STATEMENTS, { Effect: "Allow" }],
            "additional statement without a Sid",
        ],
        [
            "a Deny is an Allow",
            [{ ...PLAIN_HTTP, Effect: "Allow" }, ENCRYPTION, KEYS],
            "changed DenyPlainHttp",
        ],
        [
            "a second statement has the same Sid",
            [...STATEMENTS, { ...KEYS, Effect: "Allow" }],
            "changed DenyCustomerProvidedKeys",
        ],
        ["the principals are others", each("Principal", () => ({ AWS: "arn:aws:iam::1:root" })), ...all],
        ["the principals are canonical users", each("Principal", () => ({ CanonicalUser: "*" })), ...all],
        ["they have one action more", each("Action", (action) => [action, "s3:DeleteObject"]), ...all],
        ["they have fewer resources", each("Resource", () => "arn:aws:s3:::data/raw/*"), ...all],
        ["they have no conditions", each("Condition", () => undefined), ...all],
    ] as readonly (readonly [string, unknown, ...string[]])[]) {
        it(`are reported if ${title}`, () => {
            expect(differences(statements)).to.deep.equal(told);
        });
    }
});
