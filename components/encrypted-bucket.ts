import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./domain/naming";
import { bucketPolicy, type SseHeader } from "./policies/bucket";

/** A multipart upload that nobody completes is invisible, and costs. */
const ABANDONED_UPLOAD_DAYS = 7;

export interface EncryptedBucketArgs {
    /** The start of the bucket's name; the rest is generated. */
    readonly bucketPrefix: string;
    /** The one value of the SSE header that uploads may carry. Default `AES256`. */
    readonly acceptedSse?: SseHeader;
    /** Who owns uploaded objects. Default `BucketOwnerEnforced`: no ACLs. */
    readonly objectOwnership?: "BucketOwnerEnforced" | "BucketOwnerPreferred";
    /** Keep deleted and overwritten objects this many days. Default: no versioning. */
    readonly noncurrentDays?: number;
    /** Objects expire after this many days. Default: never. */
    readonly expireDays?: number;
    /** Pulumi refuses to delete the bucket. Default false. */
    readonly protect?: boolean;
    /** The bucket is emptied when it is deleted. Default false. */
    readonly forceDestroy?: boolean;
    readonly tags: Tags;
}

/** What is asked of a bucket: `verify` looks whether it is still so. */
export interface BucketTerms {
    readonly acceptedSse: SseHeader;
    readonly objectOwnership: "BucketOwnerEnforced" | "BucketOwnerPreferred";
    readonly versioned: boolean;
}

/** A bucket that holds encrypted objects only, closed to the public and to plain HTTP. */
export class EncryptedBucket extends pulumi.ComponentResource {
    /** The bucket's name. */
    public readonly bucket: pulumi.Output<string>;
    public readonly arn: pulumi.Output<string>;
    public readonly terms: BucketTerms;

    constructor(name: string, args: EncryptedBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:s3:EncryptedBucket", name, {}, opts);
        const { acceptedSse = "AES256", objectOwnership = "BucketOwnerEnforced", noncurrentDays } = args;
        const versioned = noncurrentDays !== undefined;

        const bucket = new aws.s3.Bucket(
            name,
            { bucketPrefix: args.bucketPrefix, forceDestroy: args.forceDestroy ?? false, tags: args.tags },
            // An imported bucket has no prefix, and keeps its name.
            { parent: this, protect: args.protect ?? false, ignoreChanges: ["bucketPrefix"] },
        );
        // The parts go with the bucket: a destroy that fails on a bucket with data must not have stripped it.
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
            {
                bucket: bucket.bucket,
                rule: { objectOwnership },
            },
            part,
        );
        new aws.s3.BucketPolicy(
            `${name}-policy`,
            {
                bucket: bucket.bucket,
                policy: pulumi.jsonStringify(bucket.arn.apply((arn) => bucketPolicy(arn, acceptedSse))),
            },
            // S3 refuses two changes of a bucket's access at the same time.
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
        this.terms = { acceptedSse, objectOwnership, versioned };
        this.registerOutputs({ bucket: this.bucket, arn: this.arn });
    }
}

/** Each for the whole bucket: an empty filter. */
function lifecycleRules({ noncurrentDays, expireDays }: EncryptedBucketArgs) {
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
        ...(expireDays === undefined ? [] : [{ ...rule, id: "expire", expiration: { days: expireDays } }]),
    ];
}
