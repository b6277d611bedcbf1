import { expect } from "chai";
import {
    type Caller,
    type Context,
    type Decision,
    decide,
    identityPolicy,
    type Policies,
    resourcePolicy,
    trustPolicy,
} from "./support/iam";

const ACCOUNT = "123456789012";
const OTHER_ACCOUNT = "999999999999";
const CARLOS = { AWS: `arn:aws:iam::${ACCOUNT}:user/carlossalazar` };
const ZHANG = { AWS: `arn:aws:iam::${ACCOUNT}:user/zhang` };
const STRANGER = { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:user/stranger` };
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

type Row = readonly [caller: Caller, action: string, resource: string, context: Context, decision: Decision];

/** One test a row. */
function decides(policies: Policies, rows: readonly Row[]): void {
    for (const [caller, action, resource, context, decision] of rows) {
        const given = Object.entries(context).map(([key, value]) => `${key} ${value}`);
        const who = Object.values(caller).join();
        it(`answers ${decision} to ${[`${who} for ${action} on ${resource}`, ...given].join(", ")}`, () => {
            expect(decide({ caller, action, resource, context }, policies)).to.equal(decision);
        });
    }
}

type Plain = Readonly<Record<string, unknown>>;

function text(...statements: readonly Plain[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function identity(...statements: readonly Plain[]): Policies {
    return { identity: [identityPolicy(text(...statements))] };
}

/** One statement that allows everything under a condition. */
function allowedIf(condition: Plain): Policies {
    return identity({ Effect: "Allow", Action: "*", Resource: "*", Condition: condition });
}

const OWN_BUCKET = ["arn:aws:s3:::carlossalazar", "arn:aws:s3:::carlossalazar/*"];

/** The examples of AWS's documentation, by page: docs.aws.amazon.com/IAM/latest/UserGuide/<page>.html. */
describe("the IAM policy evaluator", () => {
    describe("decides over identity and resource policies (reference_policies_evaluation-logic)", () => {
        const carlos = identity(
            {
                Sid: "AllowS3ListRead",
                Effect: "Allow",
                Action: ["s3:GetBucketLocation", "s3:ListAllMyBuckets"],
                Resource: "arn:aws:s3:::*",
            },
            { Sid: "AllowS3Self", Effect: "Allow", Action: "s3:*", Resource: OWN_BUCKET },
            { Sid: "DenyS3Logs", Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::*log*" },
        );
        const bucket = resourcePolicy(
            text({ Effect: "Allow", Principal: CARLOS, Action: "s3:*", Resource: OWN_BUCKET }),
        );

        describe("with both", () => {
            decides({ ...carlos, resource: { policy: bucket } }, [
                [CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar-logs/file", {}, "explicitDeny"],
                [CARLOS, "s3:GetBucketLocation", "arn:aws:s3:::carlossalazar-logs", {}, "explicitDeny"],
                [CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/file", {}, "allowed"],
                [CARLOS, "s3:GetBucketLocation", "arn:aws:s3:::zhang", {}, "allowed"],
                [CARLOS, "s3:GetObject", "arn:aws:s3:::zhang/file", {}, "implicitDeny"],
                [CARLOS, "sqs:SendMessage", "arn:aws:s3:::carlossalazar/file", {}, "implicitDeny"],
            ]);
        });

        describe("with the identity's alone", () => {
            decides(carlos, [[CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/file", {}, "allowed"]]);
        });

        describe("with the resource's alone", () => {
            decides({ resource: { policy: bucket } }, [
                [CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/file", {}, "allowed"],
                [ZHANG, "s3:PutObject", "arn:aws:s3:::carlossalazar/file", {}, "implicitDeny"],
            ]);
        });

        describe("with neither", () => {
            decides({}, [[CARLOS, "s3:GetObject", "arn:aws:s3:::carlossalazar/file", {}, "implicitDeny"]]);
        });
    });

    describe("tells explicit from implicit denials (AccessPolicyLanguage_Interplay)", () => {
        decides(
            {
                identity: [
                    identityPolicy(
                        text(
                            {
                                Sid: "AllowGetList",
                                Effect: "Allow",
                                Action: ["iam:Get*", "iam:List*"],
                                Resource: "*",
                            },
                            { Sid: "DenyReports", Effect: "Deny", Action: "iam:*Report", Resource: "*" },
                        ),
                    ),
                    identityPolicy(
                        text({ Effect: "Allow", Action: "iam:GenerateCredentialReport", Resource: "*" }),
                    ),
                ],
            },
            [
                [CARLOS, "iam:GetUser", CARLOS.AWS, {}, "allowed"],
                [CARLOS, "IAM:getuser", CARLOS.AWS, {}, "allowed"],
                [CARLOS, "iam:CreatePolicy", "*", {}, "implicitDeny"],
                [CARLOS, "iam:GetOrganizationsAccessReport", "*", {}, "explicitDeny"],
                [CARLOS, "iam:GenerateCredentialReport", "*", {}, "explicitDeny"],
            ],
        );
    });

    describe("takes NotAction as all other actions (reference_policies_elements_notaction)", () => {
        describe("in an Allow", () => {
            decides(identity({ Effect: "Allow", NotAction: "s3:DeleteBucket", Resource: "arn:aws:s3:::*" }), [
                [CARLOS, "s3:DeleteObject", "arn:aws:s3:::bucket/file", {}, "allowed"],
                [CARLOS, "s3:DeleteBucket", "arn:aws:s3:::bucket", {}, "implicitDeny"],
                [CARLOS, "s3:ListAllMyBuckets", "*", {}, "implicitDeny"],
            ]);
        });

        describe("in a Deny", () => {
            decides(
                identity(
                    { Effect: "Allow", Action: "*", Resource: "*" },
                    { Effect: "Deny", NotAction: ["iam:*", "sts:*"], Resource: "*" },
                ),
                [
                    [CARLOS, "iam:ListUsers", "*", {}, "allowed"],
                    [CARLOS, "s3:ListAllMyBuckets", "*", {}, "explicitDeny"],
                ],
            );
        });
    });

    describe("takes NotResource as all other resources (reference_policies_elements_notresource)", () => {
        decides(
            identity(
                { Effect: "Allow", Action: "s3:*", Resource: "*" },
                {
                    Effect: "Deny",
                    Action: "s3:*",
                    NotResource: ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
                },
            ),
            [
                [CARLOS, "s3:GetObject", "arn:aws:s3:::HRBucket/Payroll/2026.csv", {}, "allowed"],
                [CARLOS, "s3:GetObject", "arn:aws:s3:::HRBucket/Reviews/2026.csv", {}, "explicitDeny"],
            ],
        );
    });

    describe("matches resources with wildcards, case by case (reference_policies_elements_resource)", () => {
        const allowedOn = (...Resource: readonly string[]) =>
            identity({ Effect: "Allow", Action: "iam:GetUser", Resource });

        decides(allowedOn("arn:aws:iam::123456789012:user/accounting/*", "arn:aws:s3:::team-?/a.b"), [
            [CARLOS, "iam:GetUser", "arn:aws:iam::123456789012:user/accounting/a/b", {}, "allowed"],
            [CARLOS, "iam:GetUser", "arn:aws:iam::123456789012:user/accounting", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "arn:aws:iam::123456789012:user/Accounting/a", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "arn:aws:s3:::team-1/a.b", {}, "allowed"],
            [CARLOS, "iam:GetUser", "arn:aws:s3:::team-/a.b", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "arn:aws:s3:::team-12/a.b", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "arn:aws:s3:::team-1/axb", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "x:arn:aws:s3:::team-1/a.b", {}, "implicitDeny"],
        ]);
        // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's way of writing a character that is no wildcard.
        decides(allowedOn("cluster/${*}", "why${?}", "${$}{x}_$folder$"), [
            [CARLOS, "iam:GetUser", "cluster/*", {}, "allowed"],
            [CARLOS, "iam:GetUser", "cluster/j-1", {}, "implicitDeny"],
            [CARLOS, "iam:GetUser", "why?", {}, "allowed"],
            [CARLOS, "iam:GetUser", "whys", {}, "implicitDeny"],
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as above.
            [CARLOS, "iam:GetUser", "${x}_$folder$", {}, "allowed"],
        ]);
    });

    describe("tests conditions (reference_policies_elements_condition_operators)", () => {
        describe("StringEquals: exactly one of the values, none if the key is missing", () => {
            decides(allowedIf({ StringEquals: { "aws:PrincipalTag/job-category": ["admin", "iamuser*"] } }), [
                [CARLOS, "iam:GetUser", "*", { "aws:PrincipalTag/job-category": "admin" }, "allowed"],
                [CARLOS, "iam:GetUser", "*", { "AWS:principaltag/JOB-CATEGORY": "admin" }, "allowed"],
                [CARLOS, "iam:GetUser", "*", { "aws:PrincipalTag/job-category": "iamuser*" }, "allowed"],
                [CARLOS, "iam:GetUser", "*", { "aws:PrincipalTag/job-category": "iamuser1" }, "implicitDeny"],
                [CARLOS, "iam:GetUser", "*", { "aws:PrincipalTag/job-category": "Admin" }, "implicitDeny"],
                [CARLOS, "iam:GetUser", "*", {}, "implicitDeny"],
            ]);
        });

        describe("StringNotEquals: none of the values, also if the key is missing", () => {
            decides(allowedIf({ StringNotEquals: { "s3:x-amz-acl": ["public-read", "private"] } }), [
                [CARLOS, "s3:PutObject", "*", { "s3:x-amz-acl": "public-read" }, "implicitDeny"],
                [CARLOS, "s3:PutObject", "*", { "s3:x-amz-acl": "private" }, "implicitDeny"],
                [CARLOS, "s3:PutObject", "*", { "s3:x-amz-acl": "authenticated-read" }, "allowed"],
                [CARLOS, "s3:PutObject", "*", {}, "allowed"],
            ]);
        });

        describe("StringLike: wildcards, and the empty text as a value", () => {
            decides(allowedIf({ StringLike: { "s3:prefix": ["", "home/", "home/Dav?d/*"] } }), [
                [CARLOS, "s3:ListBucket", "*", { "s3:prefix": "" }, "allowed"],
                [CARLOS, "s3:ListBucket", "*", { "s3:prefix": "home/" }, "allowed"],
                [CARLOS, "s3:ListBucket", "*", { "s3:prefix": "home/David/2026/" }, "allowed"],
                [CARLOS, "s3:ListBucket", "*", { "s3:prefix": "home/david/" }, "implicitDeny"],
                [CARLOS, "s3:ListBucket", "*", { "s3:prefix": "home/other/" }, "implicitDeny"],
                [CARLOS, "s3:ListBucket", "*", {}, "implicitDeny"],
            ]);
        });

        describe("Bool: the value, never a missing key", () => {
            const own = { Action: "s3:*", Resource: OWN_BUCKET };
            decides(
                identity(
                    { Effect: "Allow", ...own },
                    { Effect: "Deny", ...own, Condition: { Bool: { "aws:SecureTransport": "false" } } },
                ),
                [
                    [CARLOS, "s3:GetObject", "arn:aws:s3:::carlossalazar/a", {}, "allowed"],
                    [
                        CARLOS,
                        "s3:GetObject",
                        "arn:aws:s3:::carlossalazar/a",
                        { "aws:SecureTransport": "true" },
                        "allowed",
                    ],
                    [
                        CARLOS,
                        "s3:GetObject",
                        "arn:aws:s3:::carlossalazar/a",
                        { "aws:SecureTransport": "False" },
                        "explicitDeny",
                    ],
                ],
            );
        });

        describe("Null: true is for a missing key, false for one that is there", () => {
            decides(allowedIf({ Null: { "aws:TokenIssueTime": "true" } }), [
                [CARLOS, "ec2:RunInstances", "*", {}, "allowed"],
                [CARLOS, "ec2:RunInstances", "*", { "aws:TokenIssueTime": "2026-01-01" }, "implicitDeny"],
            ]);
            decides(allowedIf({ Null: { "aws:RequestTag/department": "false" } }), [
                [CARLOS, "ec2:RunInstances", "*", {}, "implicitDeny"],
                [CARLOS, "ec2:RunInstances", "*", { "aws:RequestTag/department": "dev" }, "allowed"],
            ]);
        });

        describe("ArnLike: part by part", () => {
            const pattern = "arn:aws:someservice:*:111122223333:finance/*";
            const key = "aws:SourceArn";
            const long =
                "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
            decides(allowedIf({ ArnLike: { [key]: pattern } }), [
                [
                    CARLOS,
                    "a:B",
                    "*",
                    { [key]: "arn:aws:someservice:us-east-2:111122223333:finance/a:b" },
                    "allowed",
                ],
                [CARLOS, "a:B", "*", { [key]: long }, "implicitDeny"],
                [CARLOS, "a:B", "*", { [key]: "arn:aws:someservice:us-east-2" }, "implicitDeny"],
                [CARLOS, "a:B", "*", {}, "implicitDeny"],
            ]);
            decides(allowedIf({ StringLike: { [key]: pattern } }), [
                [CARLOS, "a:B", "*", { [key]: long }, "allowed"],
            ]);
        });

        describe("several operators and keys: all of them (reference_policies_multi-value-conditions)", () => {
            decides(
                allowedIf({
                    StringEquals: { "aws:RequestTag/a": ["1", "2"], "aws:RequestTag/b": "3" },
                    Bool: { "kms:GrantIsForAWSResource": "true" },
                }),
                [
                    [CARLOS, "a:B", "*", grant({ a: "1", b: "3" }, "true"), "allowed"],
                    [CARLOS, "a:B", "*", grant({ a: "2", b: "3" }, "true"), "allowed"],
                    [CARLOS, "a:B", "*", grant({ a: "3", b: "3" }, "true"), "implicitDeny"],
                    [CARLOS, "a:B", "*", grant({ a: "1" }, "true"), "implicitDeny"],
                    [CARLOS, "a:B", "*", grant({ a: "1", b: "3" }, "false"), "implicitDeny"],
                ],
            );
        });

        describe("the caller's own keys: there in each request", () => {
            decides(
                allowedIf({
                    StringEquals: { "aws:PrincipalArn": CARLOS.AWS, "aws:PrincipalAccount": ACCOUNT },
                }),
                [
                    [CARLOS, "a:B", "*", {}, "allowed"],
                    [ZHANG, "a:B", "*", {}, "implicitDeny"],
                ],
            );
        });
    });

    describe("knows whom a principal names (reference_policies_elements_principal)", () => {
        const file = "arn:aws:s3:::shared/file";
        const shared = (Principal: unknown, Effect = "Allow") => ({
            policy: resourcePolicy(text({ Effect, Principal, Action: "s3:*", Resource: "*" })),
            account: ACCOUNT,
        });
        const everything = identity({ Effect: "Allow", Action: "*", Resource: "*" });

        for (const everybody of ["*", { AWS: "*" }]) {
            describe(`everybody, as ${JSON.stringify(everybody)}`, () => {
                decides({ resource: shared(everybody) }, [[CARLOS, "s3:GetObject", file, {}, "allowed"]]);
            });
        }

        describe("one of several", () => {
            decides({ resource: shared({ AWS: [CARLOS.AWS, STRANGER.AWS] }) }, [
                [CARLOS, "s3:GetObject", file, {}, "allowed"],
                [ZHANG, "s3:GetObject", file, {}, "implicitDeny"],
            ]);
        });

        for (const account of [ROOT, ACCOUNT]) {
            describe(`an account, as ${account}, which then decides for itself`, () => {
                decides({ resource: shared({ AWS: account }) }, [
                    [CARLOS, "s3:GetObject", file, {}, "implicitDeny"],
                ]);
                decides({ ...everything, resource: shared({ AWS: account }) }, [
                    [CARLOS, "s3:GetObject", file, {}, "allowed"],
                ]);
            });

            describe(`an account, as ${account}, which a Deny takes whole`, () => {
                decides({ ...everything, resource: shared({ AWS: account }, "Deny") }, [
                    [CARLOS, "s3:GetObject", file, {}, "explicitDeny"],
                    [STRANGER, "s3:GetObject", file, {}, "implicitDeny"],
                ]);
            });
        }

        describe("a service", () => {
            const sns = { Service: "sns.amazonaws.com" };
            decides({ resource: shared(sns) }, [
                [sns, "s3:GetObject", file, {}, "allowed"],
                [{ Service: "ec2.amazonaws.com" }, "s3:GetObject", file, {}, "implicitDeny"],
                [CARLOS, "s3:GetObject", file, {}, "implicitDeny"],
            ]);
        });
    });

    describe("asks both accounts (reference_policies_evaluation-logic-cross-account)", () => {
        const file = "arn:aws:s3:::shared/file";
        const everything = identity({ Effect: "Allow", Action: "*", Resource: "*" });
        const shared = (Principal: unknown) => ({
            policy: resourcePolicy(text({ Effect: "Allow", Principal, Action: "s3:*", Resource: "*" })),
            account: ACCOUNT,
        });

        describe("both say yes", () => {
            decides({ ...everything, resource: shared(STRANGER) }, [
                [STRANGER, "s3:GetObject", file, {}, "allowed"],
            ]);
            decides({ ...everything, resource: shared({ AWS: OTHER_ACCOUNT }) }, [
                [STRANGER, "s3:GetObject", file, {}, "allowed"],
            ]);
        });

        describe("the caller's does not", () => {
            decides({ resource: shared(STRANGER) }, [[STRANGER, "s3:GetObject", file, {}, "implicitDeny"]]);
        });

        describe("the resource's does not", () => {
            decides({ ...everything, resource: { account: ACCOUNT } }, [
                [STRANGER, "s3:GetObject", file, {}, "implicitDeny"],
            ]);
        });
    });

    describe("lets a key's own policy decide (kms/latest/developerguide/key-policies)", () => {
        const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`;
        const keyPolicy = (Principal: unknown) => ({
            policy: resourcePolicy(text({ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" })),
            account: ACCOUNT,
        });
        const decrypt = identity({ Effect: "Allow", Action: "kms:Decrypt", Resource: key });

        describe("delegated to the account: identity policies allow", () => {
            decides({ ...decrypt, resource: keyPolicy({ AWS: ROOT }) }, [
                [CARLOS, "kms:Decrypt", key, {}, "allowed"],
                [CARLOS, "kms:Encrypt", key, {}, "implicitDeny"],
            ]);
        });

        describe("not delegated: identity policies are worth nothing", () => {
            decides({ ...decrypt, resource: keyPolicy(ZHANG) }, [
                [CARLOS, "kms:Decrypt", key, {}, "implicitDeny"],
                [ZHANG, "kms:Encrypt", key, {}, "allowed"],
            ]);
        });

        it("throws where a key has no policy", () => {
            expect(() => decide({ caller: CARLOS, action: "kms:Decrypt", resource: key }, decrypt)).to.throw(
                "must have a policy of its own",
            );
        });
    });

    describe("lets a role's trust policy decide (id_roles_compare-resource-policies)", () => {
        const role = `arn:aws:iam::${ACCOUNT}:role/nodes`;
        const ec2 = { Service: "ec2.amazonaws.com" };
        decides(
            {
                ...identity({ Effect: "Allow", Action: "*", Resource: "*" }),
                resource: {
                    policy: trustPolicy(text({ Effect: "Allow", Principal: ec2, Action: "sts:AssumeRole" })),
                },
            },
            [
                [ec2, "sts:AssumeRole", role, {}, "allowed"],
                [CARLOS, "sts:AssumeRole", role, {}, "implicitDeny"],
            ],
        );
    });

    describe("refuses", () => {
        const allow = { Effect: "Allow", Action: "s3:*", Resource: "*" };
        const { Action: _action, ...noAction } = allow;
        const { Resource: _resource, ...noResource } = allow;
        const anybody = { Principal: "*" };
        const call = { caller: CARLOS, action: "s3:GetObject", resource: "a", context: { a: "b" } };
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable.
        const variable = "${aws:username}";
        const kind = "not a statement of this kind of policy";

        // biome-ignore format: a table
        const rows: readonly (readonly [what: string, read: () => unknown, why: string])[] = [
            ["NotPrincipal",          () => resourcePolicy(text({ ...allow, NotPrincipal: "*" })), "NotPrincipal"],
            ["another element",       () => identityPolicy(text({ ...allow, Effects: "Deny" })),   "Effects"],
            ["another effect",        () => identityPolicy(text({ ...allow, Effect: "allow" })),   "Effect"],
            ["another operator",      () => identityPolicy(text({ ...allow, Condition: { StringNotLike: { a: "b" } } })), "unknown operator StringNotLike"],
            ["a set operator",        () => identityPolicy(text({ ...allow, Condition: { "ForAllValues:StringLike": { a: "b" } } })), "unknown operator ForAllValues:StringLike"],
            ["an operator's IfExists", () => identityPolicy(text({ ...allow, Condition: { BoolIfExists: { a: "b" } } })), "unknown operator BoolIfExists"],
            ["no actions",            () => identityPolicy(text(noAction)),                           "either Action or NotAction"],
            ["an empty list",         () => identityPolicy(text({ ...allow, Action: [] })),           "Action"],
            ["both kinds of actions", () => identityPolicy(text({ ...allow, NotAction: "s3:*" })),    "either Action or NotAction"],
            ["both kinds of resources", () => identityPolicy(text({ ...allow, NotResource: "*" })),   "either Resource or NotResource"],
            ["the older language",    () => identityPolicy(JSON.stringify({ Version: "2008-10-17", Statement: [allow] })), "2012-10-17"],
            ["an identity policy without resources",   () => identityPolicy(text(allow, noResource)),                  kind],
            ["an identity policy with a principal",    () => identityPolicy(text(allow, { ...allow, ...anybody })),    kind],
            ["a resource policy without a principal",  () => resourcePolicy(text(allow)),                              kind],
            ["a resource policy without resources",    () => resourcePolicy(text({ ...noResource, ...anybody })),      kind],
            ["a trust policy without a principal",     () => trustPolicy(text(noResource)),                            kind],
            ["a trust policy with resources",          () => trustPolicy(text({ ...allow, ...anybody })),              kind],
            ["a variable in a resource",  () => decide(call, identity({ ...allow, Resource: variable })),              "unknown variable"],
            ["a variable in a condition", () => decide(call, allowedIf({ StringEquals: { a: variable } })),            "unknown variable"],
        ];
        for (const [what, read, why] of rows) {
            it(what, () => {
                expect(read).to.throw(why);
            });
        }
    });

    it("takes a document of one statement", () => {
        const policy = identityPolicy(
            JSON.stringify({
                Version: "2012-10-17",
                Statement: { Effect: "Allow", Action: "*", Resource: "*" },
            }),
        );
        expect(decide({ caller: CARLOS, action: "a:B", resource: "*" }, { identity: [policy] })).to.equal(
            "allowed",
        );
    });
});

function grant(tags: Readonly<Record<string, string>>, forAwsResource: string): Context {
    return {
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
        "kms:GrantIsForAWSResource": forAwsResource,
    };
}
