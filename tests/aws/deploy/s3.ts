import {
    CreateBucketCommand,
    PutBucketEncryptionCommand,
    PutBucketLifecycleConfigurationCommand,
    PutBucketOwnershipControlsCommand,
    PutBucketPolicyCommand,
    PutBucketTaggingCommand,
    PutBucketVersioningCommand,
    PutObjectCommand,
    PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { generated, type Resources, resource, tagList, tags, text, untold } from "./resource";

const bucket = { bucket: text };
const sse = z.enum(["AES256", "aws:kms"]);

const lifecycleRule = z.strictObject({
    id: text,
    status: z.enum(["Enabled", "Disabled"]),
    filter: z.strictObject({ prefix: text.optional() }),
    abortIncompleteMultipartUpload: z.strictObject({ daysAfterInitiation: z.int() }).optional(),
    noncurrentVersionExpiration: z.strictObject({ noncurrentDays: z.int() }).optional(),
    expiration: z
        .strictObject({ days: z.int().optional(), expiredObjectDeleteMarker: z.boolean().optional() })
        .optional(),
});

export const s3: Resources = {
    "aws:s3/bucket:Bucket": resource(
        { bucketPrefix: text, forceDestroy: untold, tags },
        async (inputs, { s3, region }) => {
            const Bucket = generated(inputs.bucketPrefix);
            await s3.send(
                new CreateBucketCommand({
                    Bucket,
                    // S3 accepts no location constraint for us-east-1.
                    ...(region !== "us-east-1" && {
                        CreateBucketConfiguration: { LocationConstraint: region },
                    }),
                }),
            );
            await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(inputs.tags) } }));
            return { id: Bucket, state: { bucket: Bucket, arn: `arn:aws:s3:::${Bucket}` } };
        },
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": resource(
        {
            ...bucket,
            rules: z.array(
                z.strictObject({
                    applyServerSideEncryptionByDefault: z.strictObject({ sseAlgorithm: sse }),
                    blockedEncryptionTypes: z.array(z.enum(["SSE-C", "NONE"])).optional(),
                }),
            ),
        },
        async (inputs, { s3 }) => {
            const Rules = inputs.rules.map((rule) => ({
                ApplyServerSideEncryptionByDefault: {
                    SSEAlgorithm: rule.applyServerSideEncryptionByDefault.sseAlgorithm,
                },
                BlockedEncryptionTypes: rule.blockedEncryptionTypes && {
                    EncryptionType: rule.blockedEncryptionTypes,
                },
            }));
            await s3.send(
                new PutBucketEncryptionCommand({
                    Bucket: inputs.bucket,
                    ServerSideEncryptionConfiguration: { Rules },
                }),
            );
            return { id: inputs.bucket };
        },
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": resource(
        {
            ...bucket,
            blockPublicAcls: z.boolean(),
            blockPublicPolicy: z.boolean(),
            ignorePublicAcls: z.boolean(),
            restrictPublicBuckets: z.boolean(),
        },
        async (inputs, { s3 }) => {
            await s3.send(
                new PutPublicAccessBlockCommand({
                    Bucket: inputs.bucket,
                    PublicAccessBlockConfiguration: {
                        BlockPublicAcls: inputs.blockPublicAcls,
                        BlockPublicPolicy: inputs.blockPublicPolicy,
                        IgnorePublicAcls: inputs.ignorePublicAcls,
                        RestrictPublicBuckets: inputs.restrictPublicBuckets,
                    },
                }),
            );
            return { id: inputs.bucket };
        },
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": resource(
        {
            ...bucket,
            rule: z.strictObject({
                objectOwnership: z.enum(["BucketOwnerEnforced", "BucketOwnerPreferred"]),
            }),
        },
        async (inputs, { s3 }) => {
            await s3.send(
                new PutBucketOwnershipControlsCommand({
                    Bucket: inputs.bucket,
                    OwnershipControls: { Rules: [{ ObjectOwnership: inputs.rule.objectOwnership }] },
                }),
            );
            return { id: inputs.bucket };
        },
    ),
    "aws:s3/bucketPolicy:BucketPolicy": resource({ ...bucket, policy: text }, async (inputs, { s3 }) => {
        await s3.send(new PutBucketPolicyCommand({ Bucket: inputs.bucket, Policy: inputs.policy }));
        return { id: inputs.bucket };
    }),
    "aws:s3/bucketVersioning:BucketVersioning": resource(
        { ...bucket, versioningConfiguration: z.strictObject({ status: z.enum(["Enabled", "Suspended"]) }) },
        async (inputs, { s3 }) => {
            await s3.send(
                new PutBucketVersioningCommand({
                    Bucket: inputs.bucket,
                    VersioningConfiguration: { Status: inputs.versioningConfiguration.status },
                }),
            );
            return { id: inputs.bucket };
        },
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": resource(
        { ...bucket, rules: z.array(lifecycleRule) },
        async (inputs, { s3 }) => {
            const Rules = inputs.rules.map((rule) => ({
                ID: rule.id,
                Status: rule.status,
                Filter: { Prefix: rule.filter.prefix ?? "" },
                AbortIncompleteMultipartUpload: rule.abortIncompleteMultipartUpload && {
                    DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterInitiation,
                },
                NoncurrentVersionExpiration: rule.noncurrentVersionExpiration && {
                    NoncurrentDays: rule.noncurrentVersionExpiration.noncurrentDays,
                },
                Expiration: rule.expiration && {
                    Days: rule.expiration.days,
                    ExpiredObjectDeleteMarker: rule.expiration.expiredObjectDeleteMarker,
                },
            }));
            await s3.send(
                new PutBucketLifecycleConfigurationCommand({
                    Bucket: inputs.bucket,
                    LifecycleConfiguration: { Rules },
                }),
            );
            return { id: inputs.bucket };
        },
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": resource(
        {
            ...bucket,
            key: text,
            contentBase64: text,
            contentType: text,
            serverSideEncryption: sse,
            kmsKeyId: text,
        },
        async (inputs, { s3 }) => {
            await s3.send(
                new PutObjectCommand({
                    Bucket: inputs.bucket,
                    Key: inputs.key,
                    Body: Buffer.from(inputs.contentBase64, "base64"),
                    ContentType: inputs.contentType,
                    ServerSideEncryption: inputs.serverSideEncryption,
                    SSEKMSKeyId: inputs.kmsKeyId,
                }),
            );
            return { id: `${inputs.bucket}/${inputs.key}` };
        },
    ),
};
