import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BucketSpec } from "./domain/for-commands";
import { type Location, type ResolvedLocation, resolveLocations } from "./domain/locations";
import { bucketPrefix, type ManagedBucket } from "./domain/naming";
import { EncryptedBucket } from "./encrypted-bucket";
import { bucketPolicy } from "./policies/bucket";
import { bucketArn } from "./policies/s3-access";
import { ReencryptionRole } from "./reencryption-role";
import type { RoleSettings } from "./role";

/** The time within which deleted and overwritten objects of the archive can be restored. */
const ARCHIVE_NONCURRENT_DAYS = 30;

export interface PipelineStorageArgs extends RoleSettings {
    /** The start of every bucket's name. */
    readonly prefix: string;
    readonly locations: readonly Location[];
    /** Whether the managed collector bucket accepts ACLs: CloudFront delivers its logs with one. */
    readonly collectorTakesAcls: boolean;
    /** Whether Pulumi refuses to delete the buckets. */
    readonly protect: boolean;
    /** Objects in the managed log bucket expire after this many days. */
    readonly logRetentionDays: number;
    /** Existing buckets whose default encryption is set to SSE-S3. */
    readonly encryptExistingBuckets: readonly string[];
    /** Existing buckets without a policy that get the policy of managed buckets. */
    readonly policiesOnExistingBuckets: readonly string[];
    /** Whether S3 Batch Operations gets a role for `encrypt-existing`. */
    readonly reencryption: boolean;
}

/** EmrEtlRunner's locations, in managed buckets or in existing ones, which are never deleted. */
export class PipelineStorage extends pulumi.ComponentResource {
    public readonly locations: pulumi.Output<readonly ResolvedLocation[]>;
    /** The settings of the managed buckets, by name. */
    public readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketSpec>>>;
    /** Undefined without `reencryption`. */
    public readonly reencryptionRole?: ReencryptionRole;

    constructor(name: string, args: PipelineStorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:PipelineStorage", name, {}, opts);

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
                // The bucket stays when the stack is destroyed, and must stay encrypted.
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
            .all([...buckets.values()].map(({ bucket, spec }) => pulumi.output({ bucket, spec })))
            .apply((all) => Object.fromEntries(all.map(({ bucket, spec }) => [bucket, spec])));
        if (args.reencryption) {
            this.reencryptionRole = new ReencryptionRole(
                `${name}-reencryption`,
                { ...args, locations: this.locations },
                { parent: this },
            );
        }
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
                // Not versioned: EmrEtlRunner moves objects by copy and delete, so a versioned bucket would grow without bound.
                return new EncryptedBucket(name, shared, own);
            case "archive":
                return new EncryptedBucket(name, { ...shared, noncurrentDays: ARCHIVE_NONCURRENT_DAYS }, own);
            case "logs":
                return new EncryptedBucket(name, { ...shared, expireDays: args.logRetentionDays }, own);
        }
    }
}
