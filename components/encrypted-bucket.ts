import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AdditionalStatement, BucketSpec } from "./domain/for-commands";
import type { Tags } from "./domain/naming";
import { bucketPolicy } from "./policies/bucket";

/** Incomplete multipart uploads cost storage, and no listing of objects shows them. */
const ABANDONED_UPLOAD_DAYS = 7;

export interface EncryptedBucketArgs {
    /** The start of the bucket's name; the rest is generated. */
    readonly bucketPrefix: string;
    /** The only value of the header `x-amz-server-side-encryption` that uploads may have. @default `AES256` */
    readonly acceptedSse?: "AES256" | "aws:kms";
    /** The owner of uploaded objects. @default `BucketOwnerEnforced`, which turns ACLs off */
    readonly objectOwnership?: "BucketOwnerEnforced" | "BucketOwnerPreferred";
    /** The statements of the bucket's policy in addition to its own. @default none */
    readonly additionalStatements?: readonly AdditionalStatement[];
    /** The number of days to keep deleted and overwritten objects. @default no versioning */
    readonly noncurrentDays?: number;
    /** The number of days after which objects expire. @default never */
    readonly expireDays?: number;
    /** The prefixes of the keys that expire. @default all keys */
    readonly expirePrefixes?: readonly string[];
    /** Whether Pulumi refuses to delete the bucket. @default false */
    readonly protect?: boolean;
    /** Whether a deletion of the bucket deletes its objects as well. @default false */
    readonly forceDestroy?: boolean;
    /** The tags of the bucket. @default none */
    readonly tags?: Tags;
}

/** A bucket that encrypts every object with SSE-S3 or SSE-KMS, and is closed to the public and to plain HTTP. */
export class EncryptedBucket extends pulumi.ComponentResource {
    /** The bucket's name. */
    public readonly bucket: pulumi.Output<string>;
    /** The bucket's ARN. */
    public readonly arn: pulumi.Output<string>;
    /**
     * What the bucket's policy accepts and allows, for `verify`.
     * @internal
     */
    public readonly spec: BucketSpec;

    constructor(name: string, args: EncryptedBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:EncryptedBucket", name, {}, opts);
        const { acceptedSse = "AES256", objectOwnership = "BucketOwnerEnforced", noncurrentDays } = args;
        const { additionalStatements = [] } = args;
        const versioned = noncurrentDays !== undefined;

        const bucket = new aws.s3.Bucket(
            name,
            { bucketPrefix: args.bucketPrefix, forceDestroy: args.forceDestroy ?? false, tags: args.tags },
            // `pulumi import` of a bucket with another name must not replace it.
            { parent: this, protect: args.protect ?? false, ignoreChanges: ["bucketPrefix"] },
        );
        // `deletedWith`: if a destroy fails because the bucket has objects, the bucket must keep its encryption and policy.
        const part = { parent: this, deletedWith: bucket };

        new aws.s3.BucketServerSideEncryptionConfiguration(
            `${name}-encryption`,
            {
                bucket: bucket.bucket,
                rules: [
                    {
                        applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                        blockedEncryptionTypes: ["SSE-C"],
                    },
                ],
            },
            part,
        );
        const publicAccess = new aws.s3.BucketPublicAccessBlock(
            `${name}-public-access`,
            {
                bucket: bucket.bucket,
                blockPublicAcls: true,
                blockPublicPolicy: true,
                ignorePublicAcls: true,
                restrictPublicBuckets: true,
            },
            part,
        );
        new aws.s3.BucketOwnershipControls(
            `${name}-ownership`,
            { bucket: bucket.bucket, rule: { objectOwnership } },
            part,
        );
        new aws.s3.BucketPolicy(
            `${name}-policy`,
            {
                bucket: bucket.bucket,
                policy: pulumi.jsonStringify(
                    bucket.arn.apply((arn) => bucketPolicy(arn, acceptedSse, additionalStatements)),
                ),
            },
            // S3 refuses concurrent changes of a bucket's access.
            { ...part, dependsOn: [publicAccess] },
        );
        const versioning = versioned
            ? [
                  new aws.s3.BucketVersioning(
                      `${name}-versioning`,
                      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
                      part,
                  ),
              ]
            : [];
        new aws.s3.BucketLifecycleConfiguration(
            `${name}-lifecycle`,
            { bucket: bucket.bucket, rules: lifecycleRules(args) },
            { ...part, dependsOn: versioning },
        );

        this.bucket = bucket.bucket;
        this.arn = bucket.arn;
        this.spec = {
            acceptedSse,
            ...(additionalStatements.length > 0 && { additionalStatements }),
        };
        this.registerOutputs({ bucket: this.bucket, arn: this.arn });
    }
}

/** An empty filter applies a rule to the whole bucket. */
function lifecycleRules({ noncurrentDays, expireDays, expirePrefixes }: EncryptedBucketArgs) {
    const rule = { status: "Enabled", filter: {} };
    return [
        {
            ...rule,
            id: "abort-abandoned-uploads",
            abortIncompleteMultipartUpload: { daysAfterInitiation: ABANDONED_UPLOAD_DAYS },
        },
        ...(noncurrentDays === undefined
            ? []
            : [
                  {
                      ...rule,
                      id: "expire-noncurrent-versions",
                      noncurrentVersionExpiration: { noncurrentDays },
                      expiration: { expiredObjectDeleteMarker: true },
                  },
              ]),
        ...(expireDays === undefined
            ? []
            : (expirePrefixes ?? [undefined]).map((prefix) => ({
                  ...rule,
                  id: prefix === undefined ? "expire" : `expire ${prefix}`,
                  ...(prefix !== undefined && { filter: { prefix } }),
                  expiration: { days: expireDays },
              }))),
    ];
}
