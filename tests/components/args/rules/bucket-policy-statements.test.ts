import { expect } from "chai";
import { batch, buckets, type Case, type Config, codesOf, judges, stream } from "../parse";

const AT = "storage.bucketPolicyStatements";
const PRODUCERS = {
    Sid: "Producers",
    Effect: "Allow",
    Principal: { AWS: ["444455556666", "arn:aws:iam::444455556666:role/producer"] },
    Action: ["s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload"],
};
const DELIVERY = { Service: "delivery.logs.amazonaws.com" };
const CLOUDFRONT = {
    Sid: "CloudFrontLogs",
    Effect: "Allow",
    Principal: DELIVERY,
    Action: "s3:PutObject",
    Condition: {
        StringEquals: { "aws:SourceAccount": "111122223333", "s3:x-amz-acl": "bucket-owner-full-control" },
        ArnLike: { "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:delivery-source:*" },
    },
};
const REDSHIFT = {
    Sid: "Redshift",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::444455556666:role/redshift" },
    Action: ["s3:GetObject", "s3:ListBucket"],
};

const statements = (byLocation: Config, base: Config = batch()) => ({
    ...base,
    storage: { bucketPolicyStatements: byLocation },
});
const inRaw = (...list: readonly Config[]) => statements({ "raw.in": list });
const producers = (change: Config) => inRaw({ ...PRODUCERS, ...change });
const everyone = (Condition?: Config, Effect = "Allow") =>
    inRaw({ Sid: "All", Effect, Principal: "*", Action: "s3:GetObject", ...(Condition && { Condition }) });
const service = (Condition?: Config) =>
    inRaw({
        Sid: "Logs",
        Effect: "Allow",
        Principal: DELIVERY,
        Action: "s3:PutObject",
        ...(Condition && { Condition }),
    });
const error = (code: string, path: string) => `${code} at ${AT}["raw.in"][0]${path}`;

const PUBLIC = error("statement-for-all-principals", ".Principal");
const ANY_ACCOUNT = error("service-for-all-accounts", ".Principal.Service");

describe("bucketPolicyStatements", () => {
    judges([
        [
            "statements for several locations, and for several in one bucket",
            statements({
                "raw.in": [PRODUCERS, CLOUDFRONT],
                "shredded.good": [REDSHIFT],
                "shredded.bad": [{ ...REDSHIFT, Sid: "RedshiftBad" }],
                log: [REDSHIFT],
                "raw.archive": [],
            }),
        ],
        [
            "a location of the other mode",
            statements({ "enriched.stream": [PRODUCERS] }),
            `location-not-managed at ${AT}["enriched.stream"]`,
        ],
        [
            "a location that the stack does not have",
            statements({ "enriched.errors": [PRODUCERS] }),
            `location-not-managed at ${AT}["enriched.errors"]`,
        ],
        [
            "an existing location, once, whatever its statements say",
            statements(
                { "raw.in": [{ ...PRODUCERS, Action: "s3:PutBucketPolicy" }] },
                buckets({ raw: { in: ["s3://acme-raw"] } }),
            ),
            `location-not-managed at ${AT}["raw.in"]`,
        ],
        [
            "a Sid twice in the bucket of two locations",
            statements({ "shredded.good": [REDSHIFT], "enriched.good": [REDSHIFT] }),
            `duplicate-sid at ${AT}["shredded.good"][0].Sid`,
        ],
        [
            "a Sid twice in one location",
            inRaw(CLOUDFRONT, PRODUCERS, { ...PRODUCERS }),
            `duplicate-sid at ${AT}["raw.in"][2].Sid`,
        ],
        ["a Sid of the stack", producers({ Sid: "DenyPlainHttp" }), error("duplicate-sid", ".Sid")],
        ...[
            "s3:PutBucketPolicy",
            "s3:PutEncryptionConfiguration",
            "s3:*",
            "s3:Put*",
            "s3:DeleteObjectVersion",
            "s3:getobject",
        ].map(
            (Action): Case => [
                `an Allow of ${Action}`,
                producers({ Action }),
                error("action-not-allowed", ".Action"),
            ],
        ),
        [
            "one action of a list",
            producers({ Action: ["s3:PutObject", "s3:PutBucketAcl"] }),
            error("action-not-allowed", ".Action[1]"),
        ],
        [
            "ACLs of objects where the bucket accepts ACLs",
            statements(
                { "raw.in": [PRODUCERS], "raw.archive": [PRODUCERS] },
                batch({ collectors: { format: "cloudfront" } }),
            ),
            error("action-not-allowed", ".Action[1]"),
        ],
        [
            "an Allow of writing where encrypt-existing has its records",
            statements({ log: [{ ...PRODUCERS, Action: "s3:PutObject" }] }),
            `action-not-allowed at ${AT}.log[0].Action`,
        ],
        ["a Deny of any action", producers({ Effect: "Deny", Action: "s3:*" })],
        ["all principals", everyone(), PUBLIC],
        ["all principals in a list", producers({ Principal: { AWS: ["444455556666", "*"] } }), PUBLIC],
        ["a Deny for all principals", everyone(undefined, "Deny"), PUBLIC],
        [
            "a Deny for all principals with a condition",
            everyone({ StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, "Deny"),
        ],
        ...(
            [
                ["an organization", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3" } }],
                ["a VPC endpoint", { StringEquals: { "AWS:SourceVpce": ["vpce-1", "vpce-2"] } }],
                ["a range of addresses", { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"] } }],
                ["a range of IPv6 addresses", { IpAddress: { "aws:SourceIp": "2001:db8::/32" } }],
                ["TLS", { Bool: { "aws:SecureTransport": "true" } }, PUBLIC],
                ["any VPC endpoint", { StringLike: { "aws:SourceVpce": "vpce-*" } }, PUBLIC],
                [
                    "one of two that is not fixed",
                    { StringLike: { "aws:SourceVpc": ["vpc-1", "vpc-?"] } },
                    PUBLIC,
                ],
                ["no VPC endpoint", { StringNotEquals: { "aws:SourceVpce": "vpce-1" } }, PUBLIC],
                [
                    "an organization if any",
                    { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3" } },
                    PUBLIC,
                ],
                ["half of all addresses", { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }, PUBLIC],
                ["many IPv6 addresses", { IpAddress: { "aws:SourceIp": "2001::/16" } }, PUBLIC],
            ] as const
        ).map(
            ([title, condition, ...errors]): Case => [
                `all principals with ${title}`,
                everyone(condition),
                errors,
            ],
        ),
        ["a service", service(), ANY_ACCOUNT],
        ["a service for any account", service({ StringLike: { "aws:SourceAccount": "*" } }), ANY_ACCOUNT],
        [
            "a service for any ARN",
            service({ ArnLike: { "aws:SourceArn": "arn:aws:logs:*:*:delivery-source:*" } }),
            ANY_ACCOUNT,
        ],
        ["a service for an ARN's account", service({ ArnLike: CLOUDFRONT.Condition.ArnLike })],
        ["a service for an organization", service({ StringEquals: { "aws:SourceOrgID": "o-a1b2c3" } })],
        ["a Deny for a service", inRaw({ ...CLOUDFRONT, Effect: "Deny", Condition: undefined })],
        [
            "a location of stream-enrich mode",
            { ...stream(), storage: { bucketPolicyStatements: { "enriched.stream": [PRODUCERS] } } },
        ],
    ]);

    it("may not make a policy longer than S3 accepts", () => {
        const many = (count: number) =>
            inRaw({
                ...PRODUCERS,
                Principal: {
                    AWS: Array.from({ length: count }, (_, index) => String(100_000_000_000 + index)),
                },
            });
        expect(codesOf(many(1_200))).to.deep.equal([]);
        expect(codesOf(many(1_400))).to.deep.equal([`document-too-long at ${AT}`]);
    });
});
