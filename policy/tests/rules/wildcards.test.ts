import { expect } from "chai";
import { UNKNOWN } from "../../rules/resource";
import { noWildcardResources } from "../../rules/wildcards";
import { expectMessages, policy, resource } from "../support/rules";

const POLICY = "aws:iam/policy:Policy";
const ROLE = "aws:iam/role:Role";

const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
    Sid: "It",
    Effect: "Allow",
    Action,
    Resource,
    ...more,
});
const of = (...statements: readonly object[]) => resource(POLICY, { policy: policy(...statements) });
const found = (actions: string, resources: string, statement = 'statement "It"') =>
    `found ${statement}, which allows ${actions} on ${resources}: name the resources, or limit them by a condition on their tags`;
const broad = (arn: string) =>
    `found ${arn}, which allows whole services on everything: write a narrower policy`;

describe("iam-no-wildcard-resources", () => {
    expectMessages(noWildcardResources, [
        [
            "accepts resources with names, also with wildcards after the name and in the region",
            of(
                allow("s3:GetObject", ["arn:aws:s3:::data/*", "arn:aws:s3:::data-*"]),
                allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/1234"),
                allow("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/a:b/*"),
            ),
            [],
        ],
        [
            "accepts a Deny statement on every resource",
            of({ Effect: "Deny", Action: "*", Resource: "*" }),
            [],
        ],
        ...(
            [
                ["every resource", "*"],
                ["every bucket", "arn:aws:s3:::*"],
                ["every object", "arn:aws:s3:::*/*"],
                ["every resource of an account", "arn:aws:sqs:eu-west-1:111122223333:*"],
                ["an incomplete ARN", "arn:aws:*"],
            ] as const
        ).map(
            ([title, arn]) =>
                [
                    `refuses ${title}`,
                    of(allow("a:Do", ["arn:aws:a:::b", arn])),
                    [found("a:Do", arn)],
                ] as const,
        ),
        [
            "refuses each statement, and names it by Sid or position, with its actions",
            of(
                { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "*" },
                allow("ec2:DescribeVpcs", "*"),
                allow(["ec2:DescribeVpcs", "ec2:RunInstances"], "*"),
            ),
            [
                found("s3:GetObject, s3:PutObject", "*", "statement 1"),
                found("ec2:DescribeVpcs, ec2:RunInstances", "*"),
            ],
        ],
        [
            "refuses NotResource and NotAction",
            of(
                { Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:aws:s3:::secret/*" },
                { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
            ),
            [
                found("s3:GetObject", "everything but its NotResource", "statement 1"),
                found("everything but its NotAction", "*", "statement 2"),
            ],
        ],
        [
            "accepts actions that take no resource",
            of(
                allow(["elasticmapreduce:ListClusters", "ec2:DescribeVpcs", "s3:ListAllMyBuckets"], "*"),
                allow(["ec2:Describe*", "sts:getcalleridentity"], "*"),
            ),
            [],
        ],
        [
            "refuses to list the objects of every bucket",
            of(allow("s3:ListBucket", "*")),
            [found("s3:ListBucket", "*")],
        ],
        ["refuses all that begins with List in S3", of(allow("s3:List*", "*")), [found("s3:List*", "*")]],
        ["refuses all actions of a service", of(allow("ec2:*", "*")), [found("ec2:*", "*")]],
        [
            "refuses to look into any, by an action that could be held to one",
            of(allow(["dynamodb:ListTables", "dynamodb:DescribeTable"], "*")),
            [found("dynamodb:ListTables, dynamodb:DescribeTable", "*")],
        ],
        [
            "refuses a launch of anything, which a condition could hold",
            of(allow("elasticmapreduce:RunJobFlow", "*")),
            [found("elasticmapreduce:RunJobFlow", "*")],
        ],
        [
            "refuses an action of an unknown service",
            of(allow("glue:GetDevEndpoints", "*")),
            [found("glue:GetDevEndpoints", "*")],
        ],
        [
            "accepts the actions of the config, compared literally",
            of(allow(["glue:getdevendpoints", "a:Do"], "*"), allow("glueXGetDevEndpoints", "*")),
            [found("glueXGetDevEndpoints", "*")],
            { actionsWithoutResource: ["glue:GetDevEndpoints", "a:*"] },
        ],
        ...[
            "aws:ResourceTag/team",
            "aws:RequestTag/team",
            "ec2:ResourceTag/team",
            "elasticmapreduce:RequestTag/team",
            "kms:ResourceAliases",
            "ec2:Vpc",
        ].map(
            (key) =>
                [
                    `accepts a condition on ${key}`,
                    of(allow("a:Do", "*", { Condition: { Bool: { x: "1" }, StringEquals: { [key]: "1" } } })),
                    [],
                ] as const,
        ),
        ...[
            "aws:SecureTransport",
            "aws:SourceIp",
            "aws:PrincipalTag/team",
            "aws:MultiFactorAuthPresent",
            "aws:ResourceAccount",
            "iam:PassedToService",
            "kms:ViaService",
        ].map(
            (key) =>
                [
                    `refuses a condition on ${key}, which does not say which resource`,
                    of(allow("a:Do", "*", { Condition: { StringEquals: { [key]: "1" } } })),
                    [found("a:Do", "*")],
                ] as const,
        ),
        ...(
            [
                ["StringLike", "*"],
                ["StringLike", ["data", "*"]],
                ["StringNotEquals", "data"],
                ["StringEqualsIfExists", "data"],
                ["ForAllValues:StringEquals", "data"],
                ["Null", "false"],
            ] as const
        ).map(
            ([operator, value]) =>
                [
                    `refuses a condition that requires no certain tag: ${operator} ${value}`,
                    of(allow("a:Do", "*", { Condition: { [operator]: { "aws:ResourceTag/team": value } } })),
                    [found("a:Do", "*")],
                ] as const,
        ),
        ...[
            POLICY,
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/userPolicy:UserPolicy",
            "aws:iam/groupPolicy:GroupPolicy",
        ].map(
            (type) =>
                [
                    `checks ${type}, as an object too`,
                    resource(type, { policy: { Statement: allow("a:Do", "*") } }),
                    [found("a:Do", "*")],
                ] as const,
        ),
        [
            "checks a role's inline policies",
            resource(ROLE, { inlinePolicies: [{ name: "a", policy: policy(allow("a:Do", "*")) }] }),
            [found("a:Do", "*")],
        ],
        [
            "ignores a key's policy, in which * is the key",
            resource("aws:kms/key:Key", { policy: policy(allow("kms:*", "*")) }),
            [],
        ],
        ...[
            "rolePolicyAttachment:RolePolicyAttachment",
            "userPolicyAttachment:UserPolicyAttachment",
            "groupPolicyAttachment:GroupPolicyAttachment",
            "policyAttachment:PolicyAttachment",
        ].map(
            (type) =>
                [
                    `refuses an administrator by ${type}`,
                    resource(`aws:iam/${type}`, { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
                    [broad("arn:aws:iam::aws:policy/AdministratorAccess")],
                ] as const,
        ),
        [
            "refuses AWS's broad policies among a role's, EMR's former defaults too",
            resource(ROLE, {
                managedPolicyArns: [
                    "arn:aws:iam::aws:policy/AmazonS3FullAccess",
                    "arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role",
                    "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2",
                    "arn:aws:iam::aws:policy/ReadOnlyAccess",
                    "arn:aws:iam::111122223333:policy/OurFullAccess",
                ],
            }),
            [
                broad("arn:aws:iam::aws:policy/AmazonS3FullAccess"),
                broad("arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceforEC2Role"),
            ],
        ],
        [
            "checks known values among unknown values",
            resource(POLICY, {
                policy: {
                    Statement: [
                        UNKNOWN,
                        allow(UNKNOWN, "*"),
                        allow("a:Do", UNKNOWN),
                        allow("a:Do", "*", { Condition: UNKNOWN }),
                        allow(["a:Do", UNKNOWN], [UNKNOWN, "*"]),
                    ],
                },
            }),
            [found("a:Do", "*")],
        ],
        ["ignores unknown values", resource(POLICY, { policy: UNKNOWN }), []],
        ["ignores unknown inline policies", resource(ROLE, { inlinePolicies: UNKNOWN }), []],
    ]);

    it("declares its config and the default", () => {
        expect(noWildcardResources.configSchema?.properties).to.deep.equal({
            actionsWithoutResource: {
                type: "array",
                items: { type: "string" },
                default: [],
                description:
                    "Additional actions that take no resource, such as `glue:GetDevEndpoints`. The pack knows those of the services that a pipeline calls",
            },
        });
    });
});
