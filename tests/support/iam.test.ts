import { expect } from "chai";
import { type Context, decide, identityPolicy, resourcePolicy, trustPolicy } from "./iam";

const CALLER = { AWS: "arn:aws:iam::123456789012:user/operator" };
const ALLOW = { Effect: "Allow", Action: "s3:*", Resource: "*" };

function document(statement: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** What one statement of the caller's own policy answers. */
function answer(
    statement: Readonly<Record<string, unknown>>,
    action: string,
    resource: string,
    context: Context = {},
): string {
    const identity = [identityPolicy(document({ ...ALLOW, ...statement }))];
    return decide({ caller: CALLER, action, resource, context }, { identity });
}

/** The mistakes that no decision in policy-decisions/ would find. */
describe("the IAM evaluator", () => {
    const ARN = "arn:aws:sns:*:123456789012:alarms/*";
    const LIKE_ARN = "arn:aws:sns:eu-west-1:123456789012:alarms/a:b";
    const LONG_ARN = "arn:aws:sns:eu-west-1:999999999999:a:123456789012:alarms/b";
    // biome-ignore format: a table
    const rows: readonly (readonly [what: string, decision: string, ...question: Parameters<typeof answer>])[] = [
        ["actions in any case",                    "allowed",      {}, "S3:getobject", "a"],
        ["a resource from its first character on", "implicitDeny", { Resource: "a/*" }, "s3:GetObject", "b/a/c"],
        ["no wildcards in StringEquals",           "implicitDeny", { Condition: { StringEquals: { k: "a*" } } }, "s3:GetObject", "a", { k: "ab" }],
        ["a missing key as not equal",             "allowed",      { Condition: { StringNotEquals: { k: "a" } } }, "s3:GetObject", "a"],
        ["a missing key as no such ARN",           "allowed",      { Condition: { ArnNotLike: { k: ARN } } }, "s3:GetObject", "a"],
        ["an ARN like the pattern",                "implicitDeny", { Condition: { ArnNotLike: { k: ARN } } }, "s3:GetObject", "a", { k: LIKE_ARN }],
        ["an ARN unlike the pattern",              "allowed",      { Condition: { ArnNotLike: { k: ARN } } }, "s3:GetObject", "a", { k: LONG_ARN }],
        ["every operator as a condition",          "implicitDeny", { Condition: { ArnNotLike: { k: ARN }, Null: { k: "false" } } }, "s3:GetObject", "a"],
        ["the parts of an ARN one by one",         "implicitDeny", { Condition: { ArnLike: { k: ARN } } }, "s3:GetObject", "a", { k: LONG_ARN }],
    ];
    for (const [what, decision, ...question] of rows) {
        it(`takes ${what}`, () => {
            expect(answer(...question)).to.equal(decision);
        });
    }

    it("allows what a resource's policy allows in its own account, without the caller's policy", () => {
        const policy = resourcePolicy(document({ ...ALLOW, Principal: CALLER }));
        expect(
            decide({ caller: CALLER, action: "s3:GetObject", resource: "a" }, { resource: { policy } }),
        ).to.equal("allowed");
    });

    const { Resource: _, ...withoutResource } = ALLOW;
    const withPrincipal = { ...ALLOW, Principal: "*" };
    // biome-ignore format: a table
    const refusals: readonly (readonly [what: string, read: () => unknown, why: string])[] = [
        ["an unknown element",  () => identityPolicy(document({ ...ALLOW, NotAction: "s3:*" })), "NotAction"],
        ["an unknown operator", () => identityPolicy(document({ ...ALLOW, Condition: { BoolIfExists: { k: "true" } } })), "unknown operator BoolIfExists"],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable.
        ["a policy variable",   () => answer({ Resource: "${aws:username}" }, "s3:GetObject", "a"), "unknown variable"],
        ["an identity policy with a principal",     () => identityPolicy(document(withPrincipal)),   "not a statement of this kind"],
        ["an identity policy without a resource",   () => identityPolicy(document(withoutResource)), "not a statement of this kind"],
        ["a resource policy without a principal",   () => resourcePolicy(document(ALLOW)),           "not a statement of this kind"],
        ["a trust policy with a resource",          () => trustPolicy(document(withPrincipal)),      "not a statement of this kind"],
    ];
    for (const [what, read, why] of refusals) {
        it(`refuses ${what}`, () => {
            expect(read).to.throw(why);
        });
    }
});
