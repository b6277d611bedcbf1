import { expect } from "chai";
import { EncryptedBucket, type EncryptedBucketArgs } from "../../components/encrypted-bucket";
import { bucketPolicy } from "../../components/policies/bucket";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:EncryptedBucket";
const BUCKET = "snowplow-dev-data-placeholder";
const ARN = `arn:aws:s3:::${BUCKET}`;
const PARTS = {
    encryption:
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration data-encryption",
    lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration data-lifecycle",
    ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls data-ownership",
    policy: "aws:s3/bucketPolicy:BucketPolicy data-policy",
    publicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock data-public-access",
};
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning data-versioning";

function bucket(args: Partial<EncryptedBucketArgs> = {}): Promise<Run> {
    return run(() => {
        const { bucket, arn } = new EncryptedBucket("data", {
            bucketPrefix: "snowplow-dev-data-",
            tags: { stack: "tag" },
            ...args,
        });
        return { bucket, arn };
    });
}

const lines = ({ protect = false, versioned = false } = {}) => [
    `aws:s3/bucket:Bucket data < data${protect ? ", protect" : ""}, ignoreChanges bucketPrefix`,
    ...Object.values(PARTS).map((part) => `${part} < data, deletedWith data`),
    ...(versioned ? [`${VERSIONING} < data, deletedWith data`] : []),
    `${COMPONENT} data < snowplow-emr-encryption-dev`,
];

const ABORT = {
    id: "abort-abandoned-uploads",
    status: "Enabled",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

const INPUTS = {
    "aws:s3/bucket:Bucket data": {
        bucketPrefix: "snowplow-dev-data-",
        forceDestroy: false,
        tags: { stack: "tag" },
    },
    [PARTS.encryption]: {
        bucket: BUCKET,
        rules: [
            {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                blockedEncryptionTypes: ["SSE-C"],
            },
        ],
    },
    [PARTS.publicAccess]: {
        bucket: BUCKET,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    },
    [PARTS.ownership]: { bucket: BUCKET, rule: { objectOwnership: "BucketOwnerEnforced" } },
    [PARTS.policy]: { bucket: BUCKET, policy: JSON.stringify(bucketPolicy(ARN, "AES256")) },
    [PARTS.lifecycle]: { bucket: BUCKET, rules: [ABORT] },
};

describe("EncryptedBucket", () => {
    it("is encrypted, closed to the public, and without forceDestroy by default", async () => {
        const result = await bucket();
        expect(resourceLines(result)).to.have.members(lines());
        expect(resourceInputs(result)).to.deep.equal(INPUTS);
        expect(result.outputs).to.deep.equal({ bucket: BUCKET, arn: ARN });
        expect(registration(result, COMPONENT, "data").outputs).to.deep.equal({ bucket: BUCKET, arn: ARN });
    });

    it("protects the bucket and not its parts", async () => {
        const result = await bucket({ protect: true });
        expect(resourceLines(result)).to.have.members(lines({ protect: true }));
        expect(resourceInputs(result)).to.deep.equal(INPUTS);
    });

    it("keeps noncurrent versions for some days, by a rule that it sets after versioning is on", async () => {
        const result = await bucket({ noncurrentDays: 30 });
        expect(resourceLines(result)).to.have.members(lines({ versioned: true }));
        expect(resourceInputs(result)).to.deep.equal({
            ...INPUTS,
            [VERSIONING]: { bucket: BUCKET, versioningConfiguration: { status: "Enabled" } },
            [PARTS.lifecycle]: {
                bucket: BUCKET,
                rules: [
                    ABORT,
                    {
                        id: "expire-noncurrent-versions",
                        status: "Enabled",
                        filter: {},
                        noncurrentVersionExpiration: { noncurrentDays: 30 },
                        expiration: { expiredObjectDeleteMarker: true },
                    },
                ],
            },
        });
        const [type = "", name = ""] = PARTS.lifecycle.split(" ");
        expect(registration(result, type, name).dependencies).to.have.members(["data", "data-versioning"]);
    });

    it("expires objects after some days", async () => {
        const result = await bucket({ expireDays: 90 });
        expect(resourceLines(result)).to.have.members(lines());
        expect(resourceInputs(result)).to.deep.equal({
            ...INPUTS,
            [PARTS.lifecycle]: {
                bucket: BUCKET,
                rules: [ABORT, { id: "expire", status: "Enabled", filter: {}, expiration: { days: 90 } }],
            },
        });
    });

    it("expires only objects with the given prefixes", async () => {
        const result = await bucket({ expireDays: 90, expirePrefixes: ["a/", "b/c-"] });
        expect(resourceInputs(result)).to.deep.equal({
            ...INPUTS,
            [PARTS.lifecycle]: {
                bucket: BUCKET,
                rules: [
                    ABORT,
                    {
                        id: "expire a/",
                        status: "Enabled",
                        filter: { prefix: "a/" },
                        expiration: { days: 90 },
                    },
                    {
                        id: "expire b/c-",
                        status: "Enabled",
                        filter: { prefix: "b/c-" },
                        expiration: { days: 90 },
                    },
                ],
            },
        });
    });

    it("accepts another SSE header, ACLs, and deletion with its objects, by arguments", async () => {
        const result = await bucket({
            acceptedSse: "aws:kms",
            objectOwnership: "BucketOwnerPreferred",
            forceDestroy: true,
        });
        expect(resourceLines(result)).to.have.members(lines());
        expect(resourceInputs(result)).to.deep.equal({
            ...INPUTS,
            "aws:s3/bucket:Bucket data": { ...INPUTS["aws:s3/bucket:Bucket data"], forceDestroy: true },
            [PARTS.ownership]: { bucket: BUCKET, rule: { objectOwnership: "BucketOwnerPreferred" } },
            [PARTS.policy]: { bucket: BUCKET, policy: JSON.stringify(bucketPolicy(ARN, "aws:kms")) },
        });
    });

    it("adds statements to its policy", async () => {
        const additionalStatements = [
            {
                prefix: "raw/",
                statement: {
                    Sid: "Producers",
                    Effect: "Allow" as const,
                    Principal: { AWS: "444455556666" },
                    Action: "s3:PutObject",
                },
            },
        ];
        const result = await bucket({ additionalStatements });
        expect(resourceInputs(result)).to.deep.equal({
            ...INPUTS,
            [PARTS.policy]: {
                bucket: BUCKET,
                policy: JSON.stringify(bucketPolicy(ARN, "AES256", additionalStatements)),
            },
        });
    });

    it("sets the policy after the public access block: S3 refuses both at once", async () => {
        const [type = "", name = ""] = PARTS.policy.split(" ");
        expect(registration(await bucket(), type, name).dependencies).to.have.members([
            "data",
            "data-public-access",
        ]);
    });
});
