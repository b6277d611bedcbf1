import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BucketSpec } from "./domain/for-commands";
import {
    LOCATIONS,
    type Location,
    locationUrls,
    RDB_LOADER_LOGS,
    type ResolvedLocation,
    resolveLocations,
} from "./domain/locations";
import { bucketPrefix, type ManagedBucket } from "./domain/naming";
import type { Region } from "./domain/region";
import { EncryptedBucket } from "./encrypted-bucket";
import { bucketPolicy, type StatementsByLocation, statementsOf } from "./policies/bucket";
import { REENCRYPTION_JOBS } from "./policies/reencryption";
import { bucketArn } from "./policies/s3-access";
import { ReencryptionRole } from "./reencryption-role";
import type { SharedRoleArgs } from "./role";

/** The number of days for which deleted and overwritten objects of the archive can be restored. */
const ARCHIVE_NONCURRENT_DAYS = 30;

/**
 * What expires in the log bucket: the logs of EMR, which are in folders with a cluster's id, and of RDB Loader, and the
 * manifests and reports of `encrypt-existing`. Its records stay: one of a loss blocks until a person acknowledges it.
 */
const EXPIRING = ["j-", RDB_LOADER_LOGS, REENCRYPTION_JOBS].map(
    (name) => `${LOCATIONS.find(({ path }) => path === "log")?.prefix}${name}`,
);

export interface PipelineStorageArgs extends SharedRoleArgs {
    /** The region of the buckets. */
    readonly region: Region;
    /** EmrEtlRunner's locations, managed and existing. */
    readonly locations: readonly Location[];
    /** Whether CloudFront delivers its logs to the collector bucket, which then must accept ACLs. */
    readonly cloudfrontCollector: boolean;
    /** Whether Pulumi refuses to delete the buckets. */
    readonly protect: boolean;
    /** The number of days after which the logs in the managed log bucket expire. */
    readonly logRetentionDays: number;
    /** The names of existing buckets whose default encryption to set to SSE-S3. */
    readonly encryptExistingBuckets: readonly string[];
    /** The names of existing buckets without a policy, to which to give the policy of managed buckets. */
    readonly policiesOnExistingBuckets: readonly string[];
    /** The ARNs of the KMS keys that encrypt existing data. */
    readonly existingKmsKeyArns: readonly string[];
    /** Additional statements of managed buckets' policies, by the path of a managed location. */
    readonly bucketPolicyStatements: StatementsByLocation;
    /** Whether to create the role of `encrypt-existing` for S3 Batch Operations. */
    readonly reencryption: boolean;
}

/** The buckets of EmrEtlRunner's locations: managed buckets and existing ones, which are never deleted. */
export class PipelineStorage extends pulumi.ComponentResource {
    /** The locations with the names of their buckets. */
    public readonly locations: pulumi.Output<readonly ResolvedLocation[]>;
    /** The S3 URL of each location, by path; a list for `raw.in`. */
    public readonly urls: pulumi.Output<Readonly<Record<string, string | readonly string[]>>>;
    /** The managed buckets, by name. */
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
                // The bucket outlives the stack, and must stay encrypted.
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
            .output(Object.fromEntries([...buckets].map(([key, { bucket }]) => [key, bucket])))
            .apply((names) => resolveLocations(args.locations, (bucket) => String(names[bucket])));
        this.urls = this.locations.apply(locationUrls);
        this.managedBuckets = pulumi
            .output([...buckets.values()].map(({ bucket, spec }) => ({ bucket, spec })))
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
        const shared = {
            bucketPrefix: bucketPrefix(args.prefix, bucket),
            additionalStatements: statementsOf(bucket, args.locations, args.bucketPolicyStatements),
            protect,
            tags,
        };
        const child = { parent: this };
        switch (bucket) {
            case "collector":
                return new EncryptedBucket(
                    name,
                    {
                        ...shared,
                        objectOwnership: args.cloudfrontCollector
                            ? "BucketOwnerPreferred"
                            : "BucketOwnerEnforced",
                    },
                    child,
                );
            case "pipeline":
                // Not versioned: EmrEtlRunner moves objects by copy and delete, so a versioned bucket would grow without bound.
                return new EncryptedBucket(name, shared, child);
            case "archive":
                return new EncryptedBucket(
                    name,
                    { ...shared, noncurrentDays: ARCHIVE_NONCURRENT_DAYS },
                    child,
                );
            case "logs":
                return new EncryptedBucket(
                    name,
                    { ...shared, expireDays: args.logRetentionDays, expirePrefixes: EXPIRING },
                    child,
                );
        }
    }
}
