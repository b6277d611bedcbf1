import { noPublicGrants } from "../../rules/public-grants";
import { UNKNOWN } from "../../rules/resource";
import { expectMessages, policy, resource } from "../support/rules";

const BUCKET = "aws:s3/bucket:Bucket";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";

const grant = (text: string) =>
    `found a grant to "${text}": remove it, and name the principals in a bucket policy`;
const allows = (statement: string) => `found ${statement}, which allows all principals: name the principals`;

const open = (Condition: object) => ({
    Sid: "Open",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: "*",
    Condition,
});

describe("no-public-grants", () => {
    expectMessages(noPublicGrants, [
        ["accepts a private ACL", resource("aws:s3/bucketAcl:BucketAcl", { acl: "private" }), []],
        ["accepts a bucket without an ACL", resource(BUCKET, { tags: { acl: "public-read" } }), []],
        [
            "accepts S3's own log group",
            resource(BUCKET, { grants: [{ uri: "http://acs.amazonaws.com/groups/s3/LogDelivery" }] }),
            [],
        ],
        ...(
            [
                ["aws:s3/bucketAcl:BucketAcl", "public-read"],
                ["aws:s3/bucketAclV2:BucketAclV2", "public-read-write"],
                [BUCKET, "authenticated-read"],
                ["aws:s3/bucketV2:BucketV2", "public-read"],
                ["aws:s3/bucketObject:BucketObject", "public-read"],
                ["aws:s3/bucketObjectv2:BucketObjectv2", "public-read"],
                ["aws:s3/objectCopy:ObjectCopy", "public-read"],
            ] as const
        ).map(([type, acl]) => [`refuses ${acl} on ${type}`, resource(type, { acl }), [grant(acl)]] as const),
        [
            "refuses grants to public groups, in every property",
            resource("aws:s3/bucketAcl:BucketAcl", {
                grants: [{ permissions: ["READ"], uri: ALL_USERS }],
                accessControlPolicy: {
                    grants: [
                        { grantee: { uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" } },
                    ],
                },
            }),
            [grant(ALL_USERS), grant("http://acs.amazonaws.com/groups/global/AuthenticatedUsers")],
        ],
        [
            "accepts statements that deny all principals, or allow certain principals",
            resource(POLICY, {
                policy: policy(
                    { Sid: "Deny", Effect: "Deny", Principal: "*" },
                    { Sid: "One", Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" } },
                    { Sid: "Cdn", Effect: "Allow", Principal: { Service: "cloudfront.amazonaws.com" } },
                    {
                        Sid: "Endpoint",
                        Effect: "Allow",
                        Principal: "*",
                        Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } },
                    },
                ),
            }),
            [],
        ],
        [
            "refuses statements that allow all principals, and names them by Sid or position",
            resource(POLICY, {
                policy: policy(
                    { Sid: "Open", Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
                    { Effect: "Allow", Principal: { AWS: ["*"] }, Condition: {} },
                ),
            }),
            [allows('statement "Open"'), allows("statement 2")],
        ],
        [
            "refuses such a statement in a policy object, and in a bucket's property",
            resource(BUCKET, { policy: { Statement: { Effect: "Allow", Principal: { AWS: "*" } } } }),
            [allows("statement 1")],
        ],
        [
            "refuses NotPrincipal",
            resource(POLICY, { policy: policy({ Effect: "Allow", NotPrincipal: { AWS: "1" } }) }),
            [allows("statement 1")],
        ],
        ...["aws:PrincipalOrgID", "aws:SourceVpce", "aws:sourcearn", "kms:CallerAccount"].map(
            (key) =>
                [
                    `accepts a condition on ${key}`,
                    resource(POLICY, { policy: policy(open({ StringLike: { [key]: "it" } })) }),
                    [],
                ] as const,
        ),
        ...(
            [
                ["Bool", "aws:SecureTransport", "true"],
                ["StringEquals", "aws:PrincipalTag/team", "data"],
                ["StringNotEquals", "aws:PrincipalAccount", "111122223333"],
                ["IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"]],
                ["StringLike", "aws:PrincipalArn", "*"],
            ] as const
        ).map(
            ([operator, key, value]) =>
                [
                    `refuses a condition that other accounts can meet: ${operator} ${key} ${value}`,
                    resource(POLICY, { policy: policy(open({ [operator]: { [key]: value } })) }),
                    [allows('statement "Open"')],
                ] as const,
        ),
        ...(
            [
                ["aws:iam/role:Role", "assumeRolePolicy"],
                ["aws:kms/key:Key", "policy"],
                ["aws:kms/keyPolicy:KeyPolicy", "policy"],
                ["aws:secretsmanager/secretPolicy:SecretPolicy", "policy"],
                ["aws:sns/topicPolicy:TopicPolicy", "policy"],
                ["aws:sqs/queuePolicy:QueuePolicy", "policy"],
            ] as const
        ).map(
            ([type, property]) =>
                [
                    `checks the ${property} of ${type}`,
                    resource(type, { [property]: policy(open({})) }),
                    [allows('statement "Open"')],
                ] as const,
        ),
        [
            "checks known values among unknown values",
            resource(POLICY, {
                policy: {
                    Statement: [
                        UNKNOWN,
                        { Effect: "Allow", Principal: "*", Condition: UNKNOWN },
                        { Sid: UNKNOWN, Effect: "Allow", Principal: "*", Resource: UNKNOWN },
                    ],
                },
            }),
            [allows("statement 2")],
        ],
        ["ignores unknown values", resource(POLICY, { policy: UNKNOWN }), []],
        ["ignores a policy that is not JSON, which AWS refuses", resource(POLICY, { policy: "{" }), []],
        ["ignores other resources", resource("aws:ec2/vpc:Vpc", { acl: "public-read" }), []],
    ]);
});
