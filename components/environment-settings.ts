// Written by `npm run schema`, from components/args/schema.ts. Do not edit.
import type * as pulumi from "@pulumi/pulumi";

/** The arguments of EmrEncryption that are also the keys of the stack config. */
export interface EnvironmentSettings {
    /**
     * The VPC that clusters run in.
     * @default `{}`
     */
    readonly network?: NetworkSettings;
    /**
     * The parts of the EMR security configuration, each on its own.
     * @default `{}`
     */
    readonly encryption?: EncryptionSettings;
    /**
     * The certificates that nodes present to each other.
     * @default `{}`
     */
    readonly certificates?: CertificatesSettings;
    /**
     * The buckets.
     * @default `{}`
     */
    readonly storage?: StorageSettings;
    /**
     * What roles may do beyond EmrEtlRunner's own locations, and the roles themselves.
     * @default `{}`
     */
    readonly access?: AccessSettings;
    /**
     * The keys of EmrEtlRunner's config.yml; a whole file may be pasted.
     * @default `{}`
     */
    readonly emrEtlRunner?: EmrEtlRunnerSettings;
    /**
     * What cluster.json, the cluster of Snowplow's Dataflow Runner, has in addition to the values of `emrEtlRunner`.
     * @default `{}`
     */
    readonly dataflowRunner?: DataflowRunnerSettings;
}

/** The VPC that clusters run in. */
export interface NetworkSettings {
    /**
     * The VPC's range; it is always cut into 16 slots for subnets.
     * @default `"10.64.0.0/20"`
     */
    readonly cidrBlock?: string;
    /**
     * One subnet for nodes in each zone; clusters run in the first. Omitted: one subnet, in a zone that AWS chooses.
     * @default `[]`
     */
    readonly availabilityZones?: readonly string[];
    /**
     * How nodes reach Maven Central and Iglu: nat (private subnets behind one NAT gateway) or public (cheaper: public addresses, no NAT).
     * @default `"nat"`
     */
    readonly internetAccess?: "nat" | "public";
    /**
     * Your existing VPC: `vpcId`, `subnetIds` (clusters run in the first), `emrSecurityGroups` (`use`, the default: existing groups, or those that EMR creates; `create`: the stack's own), `allowHostnameMismatch` and `allowUnseenRoute` (false). `internetAccess` says which kind of subnets they are.
     * @default a managed VPC
     */
    readonly existing?: NetworkExistingSettings | null;
}

/** Your existing VPC: `vpcId`, `subnetIds` (clusters run in the first), `emrSecurityGroups` (`use`, the default: existing groups, or those that EMR creates; `create`: the stack's own), `allowHostnameMismatch` and `allowUnseenRoute` (false). `internetAccess` says which kind of subnets they are. */
export interface NetworkExistingSettings {
    /** The VPC's id. */
    readonly vpcId: pulumi.Input<string>;
    /** Its subnets for nodes; clusters run in the first. */
    readonly subnetIds: pulumi.Input<readonly string[]> | readonly pulumi.Input<string>[];
    /**
     * EMR's default security groups: use the existing ones, or those that EMR creates; or create the stack's own.
     * @default `"use"`
     */
    readonly emrSecurityGroups?: "use" | "create";
    /**
     * Nodes may have host names that their certificate does not contain.
     * @default `false`
     */
    readonly allowHostnameMismatch?: boolean;
    /**
     * Subnets may have no visible route to the internet: a VPN or Direct Connect gateway propagates it.
     * @default `false`
     */
    readonly allowUnseenRoute?: boolean;
}

/** The parts of the EMR security configuration, each on its own. */
export interface EncryptionSettings {
    /**
     * SSE-S3 for what the cluster writes to S3 through EMRFS.
     * @default `true`
     */
    readonly atRestS3?: boolean;
    /**
     * Encrypt local disks under the KMS key; since EMR 5.24.0 the root volume too.
     * @default `true`
     */
    readonly atRestLocalDisks?: boolean;
    /**
     * TLS between the nodes, with the stack's own certificate.
     * @default `true`
     */
    readonly inTransit?: boolean;
    /**
     * The nodes' metadata service answers IMDSv2 only. The release must support it; RDB Loader's AWS SDK is older.
     * @default `false`
     */
    readonly requireImdsV2?: boolean;
    /**
     * Your existing KMS key: symmetric, enabled, in the stack's region.
     * @default a managed one
     */
    readonly kmsKeyArn?: pulumi.Input<string> | null;
}

/** The certificates that nodes present to each other. */
export interface CertificatesSettings {
    /**
     * Validity of the nodes' certificate, in days.
     * @default `365`
     */
    readonly validityDays?: number;
    /**
     * Renew the certificate when fewer than this many days remain; with `chainPem`, warn instead.
     * @default `60`
     */
    readonly renewBeforeDays?: number;
    /**
     * Increase it to replace private key, certificate and archive.
     * @default `1`
     */
    readonly generation?: number;
    /**
     * Your existing archive, as EMR reads it; the roles may read only this object.
     * @default a managed one
     */
    readonly archive?: string | null;
    /**
     * Your existing certificate, leaf first; its private key is the secret `certificatePrivateKey`.
     * @default a managed one
     */
    readonly chainPem?: string | null;
    /**
     * With `chainPem`: the certificate authorities that nodes trust.
     * @default none
     */
    readonly trustedPem?: string | null;
    /**
     * SNS topic to notify when the renewal window opens.
     * @default no reminder
     */
    readonly remindTopicArn?: pulumi.Input<string> | null;
}

/** The buckets. */
export interface StorageSettings {
    /**
     * Pulumi refuses to delete data buckets and the KMS key.
     * @default `true`
     */
    readonly protect?: boolean;
    /**
     * Buckets of existing locations whose default encryption is to be changed to SSE-S3.
     * @default `[]`
     */
    readonly encryptExistingBuckets?: readonly string[];
    /**
     * Buckets of existing locations, without a bucket policy, that are to refuse plain HTTP and other encryption headers.
     * @default `[]`
     */
    readonly policiesOnExistingBuckets?: readonly string[];
    /**
     * Additional statements of managed buckets' policies, by location such as `raw.in`: as in IAM, without `Resource`, which is the bucket and the location's folder.
     * @default `{}`
     */
    readonly bucketPolicyStatements?: Readonly<Partial<Record<"raw.in" | "raw.processing" | "raw.archive" | "enriched.stream" | "enriched.good" | "enriched.bad" | "enriched.errors" | "enriched.archive" | "shredded.good" | "shredded.bad" | "shredded.errors" | "shredded.archive" | "log", readonly BucketPolicyStatement[]>>>;
    /**
     * KMS keys that encrypt existing buckets, objects, DynamoDB tables, SSM parameters or the archive. A parameter's key is not looked up.
     * @default `[]`
     */
    readonly existingKmsKeyArns?: readonly string[];
    /**
     * The logs in the managed log bucket expire after this many days.
     * @default `90`
     */
    readonly logRetentionDays?: number;
    /**
     * Create a role for `encrypt-existing`: S3 Batch Operations may copy the objects in the locations in place.
     * @default `false`
     */
    readonly reencryption?: boolean;
}

/** An item of the list. */
export interface BucketPolicyStatement {
    /** The statement's name. */
    readonly Sid: string;
    /** Whether the statement allows or denies. */
    readonly Effect: "Allow" | "Deny";
    /** Who the statement is for. */
    readonly Principal: { readonly AWS: string | readonly string[]; readonly Service?: string | readonly string[] } | { readonly Service: string | readonly string[] } | "*";
    /** What the statement allows or denies. */
    readonly Action: string | readonly string[];
    /**
     * When the statement applies.
     * @default none
     */
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What roles may do beyond EmrEtlRunner's own locations, and the roles themselves. */
export interface AccessSettings {
    /**
     * Additional locations that jobs read: enrichment data such as MaxMind's.
     * @default `[]`
     */
    readonly readLocations?: readonly string[];
    /**
     * Tables of duplicate storage and of the processing manifest.
     * @default `[]`
     */
    readonly dynamodbTables?: readonly string[];
    /**
     * Parameters that RDB Loader reads: the password of a target with `ec2ParameterStore`.
     * @default `[]`
     */
    readonly ssmParameters?: readonly string[];
    /**
     * SQS queues and SNS topics that jobs send messages to, such as the queue between Snowplow's batch transformer and RDB Loader. A key of `storage.existingKmsKeyArns` may encrypt them.
     * @default `[]`
     */
    readonly queueArns?: readonly string[];
    /**
     * Additional managed policies to attach.
     * @default `[]`
     */
    readonly policyArns?: readonly string[];
    /**
     * The permissions boundary of every managed role.
     * @default none
     */
    readonly permissionsBoundary?: pulumi.Input<string> | null;
    /**
     * The IAM path of every managed role, instance profile and policy.
     * @default `"/"`
     */
    readonly path?: string;
    /**
     * `{ existing: NAME }`: your existing service role (EMR assumes it); the output `requiredPolicies` lists what it needs.
     * @default a managed role
     */
    readonly serviceRole?: AccessServiceRoleSettings | null;
    /**
     * `{ existing: NAME }`: your existing jobflow role (nodes assume it; its instance profile has the same name); the output `requiredPolicies` lists what it needs.
     * @default a managed role
     */
    readonly jobflowRole?: AccessJobflowRoleSettings | null;
}

/** `{ existing: NAME }`: your existing service role (EMR assumes it); the output `requiredPolicies` lists what it needs. */
export interface AccessServiceRoleSettings {
    /** The role's name. */
    readonly existing: string;
}

/** `{ existing: NAME }`: your existing jobflow role (nodes assume it; its instance profile has the same name); the output `requiredPolicies` lists what it needs. */
export interface AccessJobflowRoleSettings {
    /** The role's name. */
    readonly existing: string;
}

/** The keys of EmrEtlRunner's config.yml; a whole file may be pasted. */
export interface EmrEtlRunnerSettings {
    /**
     * AWS.
     * @default `{}`
     */
    readonly aws?: EmrEtlRunnerAwsSettings;
    /**
     * Batch mode only: the collector.
     * @default `{}`
     */
    readonly collectors?: EmrEtlRunnerCollectorsSettings;
    /**
     * Enrichment.
     * @default `{}`
     */
    readonly enrich?: EmrEtlRunnerEnrichSettings;
    /**
     * Storage.
     * @default `{}`
     */
    readonly storage?: EmrEtlRunnerStorageSettings;
    /**
     * Monitoring.
     * @default `{}`
     */
    readonly monitoring?: EmrEtlRunnerMonitoringSettings;
}

/** AWS. */
export interface EmrEtlRunnerAwsSettings {
    /**
     * S3.
     * @default `{}`
     */
    readonly s3?: EmrEtlRunnerAwsS3Settings;
    /**
     * EMR.
     * @default `{}`
     */
    readonly emr?: EmrEtlRunnerAwsEmrSettings;
}

/** S3. */
export interface EmrEtlRunnerAwsS3Settings {
    /**
     * EmrEtlRunner's locations.
     * @default `{}`
     */
    readonly buckets?: EmrEtlRunnerAwsS3BucketsSettings;
    /**
     * Combine shredded files when they are copied to S3. Omitted: true in batch mode, false in stream-enrich mode.
     * @default none
     */
    readonly consolidate_shredded_output?: boolean | null;
}

/** EmrEtlRunner's locations. */
export interface EmrEtlRunnerAwsS3BucketsSettings {
    /**
     * Where the jars come from. The bootstrap scripts always come from Snowplow's own bucket.
     * @default `"s3://snowplow-hosted-assets"`
     */
    readonly assets?: string;
    /**
     * Your own JSON paths.
     * @default none
     */
    readonly jsonpath_assets?: string | null;
    /**
     * EMR's and RDB Loader's logs. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly log?: string | null;
    /**
     * Batch mode only: raw events.
     * @default `{}`
     */
    readonly raw?: EmrEtlRunnerAwsS3BucketsRawSettings;
    /**
     * Enriched events.
     * @default `{}`
     */
    readonly enriched?: EmrEtlRunnerAwsS3BucketsEnrichedSettings;
    /**
     * Shredded events.
     * @default `{}`
     */
    readonly shredded?: EmrEtlRunnerAwsS3BucketsShreddedSettings;
}

/** Batch mode only: raw events. */
export interface EmrEtlRunnerAwsS3BucketsRawSettings {
    /**
     * Where the collector writes: one or more existing locations. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly in?: readonly string[] | null;
    /**
     * Raw events being processed. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly processing?: string | null;
    /**
     * Raw events after processing. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly archive?: string | null;
}

/** Enriched events. */
export interface EmrEtlRunnerAwsS3BucketsEnrichedSettings {
    /**
     * Enriched events being processed. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly good?: string | null;
    /**
     * Batch mode only: events that failed enrichment. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly bad?: string | null;
    /**
     * Batch mode only: enrichment's own failures. Only jobs older than Spark Enrich write it.
     * @default no location
     */
    readonly errors?: string | null;
    /**
     * Enriched events after loading. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly archive?: string | null;
    /**
     * The output of Snowplow's S3 Loader; it means stream-enrich mode.
     * @default batch mode
     */
    readonly stream?: string | null;
}

/** Shredded events. */
export interface EmrEtlRunnerAwsS3BucketsShreddedSettings {
    /**
     * Shredded events being loaded. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly good?: string | null;
    /**
     * Events that failed shredding. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly bad?: string | null;
    /**
     * Shredding's own failures. Only jobs older than Spark Enrich write it.
     * @default no location
     */
    readonly errors?: string | null;
    /**
     * Shredded events after loading. Omitted: a managed bucket.
     * @default a managed bucket
     */
    readonly archive?: string | null;
}

/** EMR. */
export interface EmrEtlRunnerAwsEmrSettings {
    /**
     * The EMR release. It must run the versions of `enrich` and `storage`, and support the instance types.
     * @default `"5.36.2"`
     */
    readonly ami_version?: string;
    /**
     * An EC2 key pair for logging in. Omitted: a managed one, since EmrEtlRunner requires a key pair.
     * @default a managed one
     */
    readonly ec2_key_name?: pulumi.Input<string> | null;
    /**
     * Your own bootstrap scripts.
     * @default `[]`
     */
    readonly bootstrap?: readonly string[] | null;
    /**
     * The cluster.
     * @default `{}`
     */
    readonly jobflow?: EmrEtlRunnerAwsEmrJobflowSettings;
    /**
     * Launches of a cluster that fails to bootstrap, the first included.
     * @default `3`
     */
    readonly bootstrap_failure_tries?: number;
    /**
     * EMR's configuration classifications.
     * @default `{"yarn-site":{"yarn.resourcemanager.am.max-attempts":"1"},"spark":{"maximizeResourceAllocation":"true"}}`
     */
    readonly configuration?: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
    /**
     * EMR's `AdditionalInfo`, as JSON.
     * @default none
     */
    readonly additional_info?: string | null;
}

/** The cluster. */
export interface EmrEtlRunnerAwsEmrJobflowSettings {
    /**
     * The clusters' name; it must be unique with a persistent jobflow. Omitted: Snowplow ETL and the stack's name.
     * @default none
     */
    readonly job_name?: string | null;
    /**
     * The master node's instance type.
     * @default `"m4.large"`
     */
    readonly master_instance_type?: string;
    /**
     * Number of core nodes.
     * @default `2`
     */
    readonly core_instance_count?: number;
    /**
     * The core nodes' instance type.
     * @default `"m4.large"`
     */
    readonly core_instance_type?: string;
    /**
     * The core nodes' Spot bid in USD an hour. Omitted: on-demand.
     * @default on-demand
     */
    readonly core_instance_bid?: number | null;
    /**
     * An EBS volume for each core node; null for none.
     * @default `{"volume_size":100,"volume_type":"gp2","volume_iops":400,"ebs_optimized":false}`
     */
    readonly core_instance_ebs?: EmrEtlRunnerAwsEmrJobflowCoreInstanceEbsSettings | null;
    /**
     * Number of task nodes.
     * @default `0`
     */
    readonly task_instance_count?: number;
    /**
     * The task nodes' instance type.
     * @default `"m4.large"`
     */
    readonly task_instance_type?: string;
    /**
     * The task nodes' Spot bid in USD an hour. Omitted: on-demand.
     * @default on-demand
     */
    readonly task_instance_bid?: number | null;
}

/** An EBS volume for each core node; null for none. */
export interface EmrEtlRunnerAwsEmrJobflowCoreInstanceEbsSettings {
    /** In GB. */
    readonly volume_size: number;
    /** EBS volume type. */
    readonly volume_type: "standard" | "gp2" | "io1";
    /**
     * Used with io1 only.
     * @default none
     */
    readonly volume_iops?: number | null;
    /**
     * Omitted: true, EmrEtlRunner's default.
     * @default none
     */
    readonly ebs_optimized?: boolean | null;
}

/** Batch mode only: the collector. */
export interface EmrEtlRunnerCollectorsSettings {
    /**
     * Batch mode only, and required there: what the collector writes.
     * @default none
     */
    readonly format?: string | null;
}

/** Enrichment. */
export interface EmrEtlRunnerEnrichSettings {
    /**
     * The enrich job's version.
     * @default `{}`
     */
    readonly versions?: EmrEtlRunnerEnrichVersionsSettings;
    /**
     * Only for jobs older than Spark Enrich, with an errors location.
     * @default `false`
     */
    readonly continue_on_unexpected_error?: boolean | null;
    /**
     * Compression of enriched and shredded events; NONE for Postgres targets.
     * @default `"GZIP"`
     */
    readonly output_compression?: "NONE" | "GZIP";
}

/** The enrich job's version. */
export interface EmrEtlRunnerEnrichVersionsSettings {
    /**
     * Spark Enrich.
     * @default `"1.18.0"`
     */
    readonly spark_enrich?: string;
}

/** Storage. */
export interface EmrEtlRunnerStorageSettings {
    /**
     * The storage jobs' versions.
     * @default `{}`
     */
    readonly versions?: EmrEtlRunnerStorageVersionsSettings;
}

/** The storage jobs' versions. */
export interface EmrEtlRunnerStorageVersionsSettings {
    /**
     * RDB Loader. Omitted: 0.17.0; on EMR 6.1.0 and later in stream-enrich mode, 0.18.2.
     * @default none
     */
    readonly rdb_loader?: string | null;
    /**
     * RDB Shredder. Omitted: 0.16.0; on EMR 6.1.0 and later in stream-enrich mode, 0.18.2.
     * @default none
     */
    readonly rdb_shredder?: string | null;
}

/** Monitoring. */
export interface EmrEtlRunnerMonitoringSettings {
    /**
     * Tags for the clusters, in addition to the stack's own.
     * @default `{}`
     */
    readonly tags?: Readonly<Record<string, string>> | null;
    /**
     * Logging.
     * @default `{}`
     */
    readonly logging?: EmrEtlRunnerMonitoringLoggingSettings;
    /**
     * EmrEtlRunner's own Snowplow tracking.
     * @default no tracking
     */
    readonly snowplow?: EmrEtlRunnerMonitoringSnowplowSettings | null;
}

/** Logging. */
export interface EmrEtlRunnerMonitoringLoggingSettings {
    /**
     * The log level.
     * @default `"DEBUG"`
     */
    readonly level?: "DEBUG" | "INFO";
}

/** EmrEtlRunner's own Snowplow tracking. */
export interface EmrEtlRunnerMonitoringSnowplowSettings {
    /** How events are sent. */
    readonly method: "get" | "post";
    /** The collector's host name. */
    readonly collector: string;
    /** The app_id of the events. */
    readonly app_id: string;
    /**
     * Omitted: http.
     * @default none
     */
    readonly protocol?: "http" | "https" | null;
    /**
     * Omitted: the protocol's default.
     * @default none
     */
    readonly port?: number | null;
}

/** What cluster.json, the cluster of Snowplow's Dataflow Runner, has in addition to the values of `emrEtlRunner`. */
export interface DataflowRunnerSettings {
    /**
     * EMR's applications on the cluster.
     * @default `["Hadoop","Spark"]`
     */
    readonly applications?: readonly string[];
    /**
     * Where Dataflow Runner takes its AWS credentials from: `default` (AWS's default chain: environment, profile, container, instance), `env` (environment variables only) or `iam` (the instance's role only).
     * @default `"default"`
     */
    readonly credentialsFrom?: "default" | "env" | "iam";
}
