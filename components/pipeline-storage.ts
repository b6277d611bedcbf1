import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Location, type ResolvedLocation, resolveLocations } from "./domain/locations";
import { bucketPrefix, type ManagedBucket, type Tags } from "./domain/naming";
import { type BucketTerms, EncryptedBucket } from "./encrypted-bucket";
import { bucketPolicy } from "./policies/bucket";
import { bucketArn } from "./policies/s3-access";

/** How long what was deleted or overwritten in the archive can be had back. */
const ARCHIVE_NONCURRENT_DAYS = 30;

export interface PipelineStorageArgs {
    readonly prefix: string;
    readonly locations: readonly Location[];
    /** CloudFront writes its logs with an ACL: the managed collector bucket must take it. */
    readonly collectorTakesAcls: boolean;
    /** Pulumi refuses to delete the buckets. */
    readonly protect: boolean;
    readonly logRetentionDays: number;
    /** Existing buckets whose default encryption is set to SSE-S3. */
    readonly encryptExistingBuckets: readonly string[];
    /** Existing buckets, without a policy of their own, that get the one that managed buckets have. */
    readonly policiesOnExistingBuckets: readonly string[];
    readonly tags: Tags;
}

/** EmrEtlRunner's locations: in buckets of the stack, or the user's own, which it never owns or deletes. */
export class PipelineStorage extends pulumi.ComponentResource {
    public readonly locations: pulumi.Output<readonly ResolvedLocation[]>;
    /** The managed buckets' names, with what is asked of each. */
    public readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketTerms>>>;

    constructor(name: string, args: PipelineStorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:s3:PipelineStorage", name, {}, opts);

        const managed = new Set(
            args.locations.filter((location) => location.managed).map(({ bucket }) => bucket),
        );
        const buckets = new Map(
            [...managed].map((bucket) => [bucket, this.managedBucket(`${name}-${bucket}`, bucket, args)]),
        );
        for (const bucket of args.encryptExistingBuckets) {
            new aws.s3.BucketServerSideEncryptionConfiguration(
                `${name}-existing-${bucket}`,
                {
                    bucket,
                    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
                },
                // The bucket is the user's: it stays encrypted when the stack goes.
                { parent: this, retainOnDelete: true },
            );
        }

        for (const bucket of args.policiesOnExistingBuckets) {
            new aws.s3.BucketPolicy(
                `${name}-existing-${bucket}`,
                { bucket, policy: JSON.stringify(bucketPolicy(bucketArn(bucket), "AES256")) },
                { parent: this },
            );
        }

        this.locations = pulumi
            .all(Object.fromEntries([...buckets].map(([key, { bucket }]) => [key, bucket])))
            .apply((names) => resolveLocations(args.locations, (bucket) => String(names[bucket])));
        this.managedBuckets = pulumi
            .all([...buckets.values()].map(({ bucket, terms }) => pulumi.output({ bucket, terms })))
            .apply((all) => Object.fromEntries(all.map(({ bucket, terms }) => [bucket, terms])));
        this.registerOutputs({ locations: this.locations, managedBuckets: this.managedBuckets });
    }

    private managedBucket(name: string, bucket: ManagedBucket, args: PipelineStorageArgs): EncryptedBucket {
        const { protect, tags } = args;
        const shared = { bucketPrefix: bucketPrefix(args.prefix, bucket), protect, tags };
        const own = { parent: this };
        switch (bucket) {
            case "collector":
                return new EncryptedBucket(
                    name,
                    {
                        ...shared,
                        objectOwnership: args.collectorTakesAcls
                            ? "BucketOwnerPreferred"
                            : "BucketOwnerEnforced",
                    },
                    own,
                );
            case "pipeline":
                // No versions: EmrEtlRunner moves by copying and deleting, and the bucket would grow without bound.
                return new EncryptedBucket(name, shared, own);
            case "archive":
                return new EncryptedBucket(name, { ...shared, noncurrentDays: ARCHIVE_NONCURRENT_DAYS }, own);
            case "logs":
                return new EncryptedBucket(name, { ...shared, expireDays: args.logRetentionDays }, own);
        }
    }
}
