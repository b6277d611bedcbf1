import { noPublicGrants } from "../../rules/public-grants";
import { UNKNOWN } from "../../rules/resource";
import { judges, policy, resource } from "../support/judge";

const BUCKET = "aws:s3/bucket:Bucket";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";

const grant = (text: string) =>
    `found a grant to "${text}": take it out, and name who gets in by a bucket policy`;
const allows = (statement: string) => `found ${statement}, which allows everybody: name the principals`;

const everybody = (Condition: object) => ({
    Sid: "Open",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: "*",
    Condition,
});

describe("no-public-grants", () => {
    judges(noPublicGrants, [
        ["takes a private ACL", resource("aws:s3/bucketAcl:BucketAcl", { acl: "private" }), []],
        ["takes a bucket that says nothing", resource(BUCKET, { tags: { acl: "public-read" } }), []],
        [
            "takes S3's own log group",
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
            "refuses grants to everybody, in each of their places",
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
            "takes policies that deny everybody, or allow some",
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
            "refuses statements that allow everybody, by their names or places",
            resource(POLICY, {
                policy: policy(
                    { Sid: "Open", Effect: "Allow", Principal: "*", Action: "s3:GetObject" },
                    { Effect: "Allow", Principal: { AWS: ["*"] }, Condition: {} },
                ),
            }),
            [allows('statement "Open"'), allows("statement 2")],
        ],
        [
            "refuses them in a policy that is an object, and a bucket's own property",
            resource(BUCKET, { policy: { Statement: { Effect: "Allow", Principal: { AWS: "*" } } } }),
            [allows("statement 1")],
        ],
        [
            "refuses to let in everybody but some",
            resource(POLICY, { policy: policy({ Effect: "Allow", NotPrincipal: { AWS: "1" } }) }),
            [allows("statement 1")],
        ],
        ...["aws:PrincipalOrgID", "aws:SourceVpce", "aws:sourcearn", "kms:CallerAccount"].map(
            (key) =>
                [
                    `takes a condition on ${key}`,
                    resource(POLICY, { policy: policy(everybody({ StringLike: { [key]: "it" } })) }),
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
                    `refuses a condition that many can meet: ${operator} ${key} ${value}`,
                    resource(POLICY, { policy: policy(everybody({ [operator]: { [key]: value } })) }),
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
                    `looks into the ${property} of ${type}`,
                    resource(type, { [property]: policy(everybody({})) }),
                    [allows('statement "Open"')],
                ] as const,
        ),
        [
            "judges what is known beside what is not",
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
        ["says nothing of what is not known yet", resource(POLICY, { policy: UNKNOWN }), []],
        ["leaves a policy that is no JSON to AWS", resource(POLICY, { policy: "{" }), []],
        ["says nothing of other resources", resource("aws:ec2/vpc:Vpc", { acl: "public-read" }), []],
    ]);
});
