import { PRIVATE_KEY } from "../../components/settings";

/** A text that is made for each run, and so is called by a name here. */
export class Made {
    constructor(readonly called: string) {}
}

export const CHAIN = new Made("a certificate");
export const OTHER_CHAIN = new Made("another certificate");
export const KEY = new Made("its private key");
export const OTHER_KEY = new Made("the other one's private key");
export const TRUSTED = new Made("its authority");
export const MORE_TRUSTED = new Made("that and another authority");

/** One setting, changed once. */
export interface Case {
    /** As the stack file writes it, below the project's namespace. */
    readonly setting: string;
    readonly from: unknown;
    readonly to: unknown;
    /** What a running cluster sees of it. Default: nothing. */
    readonly clusters?: string;
    /** Other settings that it takes to make the change possible, in both runs. */
    readonly given?: Readonly<Record<string, unknown>>;
    /** Other settings that can only change together with it. */
    readonly along?: Readonly<Record<string, unknown>>;
    /** No setting is changed: the certificate is made again. */
    readonly renewed?: true;
}

const NOT_SEEN = "nothing";
const NEXT = "nothing; the next one takes the new configuration";
const NONE_MAY_RUN = "none may run: its network goes";
const S3 = "emrEtlRunner.aws.s3.buckets";
const EMR = "emrEtlRunner.aws.emr";
const MODERN = { [`${EMR}.ami_version`]: "5.36.1" };
const STREAM = { [`${S3}.enriched.stream`]: "managed", "emrEtlRunner.collectors.format": undefined };
const LEGACY = "s3://my-legacy/errors";
const COLLECTOR_LOGS = { [`${S3}.raw.in`]: ["s3://my-collector-logs/eu"] };
const TOPIC = "arn:aws:sns:eu-west-1:000000000000:pipeline-alarms";
const SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
const VPC = { vpcId: "vpc-0123456789abcdef0", subnetIds: SUBNETS };
const IN_VPC = { "network.existing.vpcId": VPC.vpcId, "network.existing.subnetIds": SUBNETS };
const OWN_CERTIFICATE = {
    "certificates.chainPem": CHAIN,
    "certificates.trustedPem": TRUSTED,
    [PRIVATE_KEY]: KEY,
};

const LOCATION_MOVED =
    "none may run: the roles lose the old location, and the managed one goes if it is empty";

const LISTED: readonly Case[] = [
    { setting: "network.cidrBlock", from: "10.64.0.0/20", to: "10.65.0.0/20", clusters: NONE_MAY_RUN },
    {
        setting: "network.availabilityZones",
        from: [],
        to: ["eu-west-1a"],
        clusters: "none may run: its subnet goes",
    },
    { setting: "network.availabilityZones", from: ["eu-west-1a"], to: ["eu-west-1a", "eu-west-1b"] },
    {
        setting: "network.availabilityZones",
        from: ["eu-west-1a", "eu-west-1b"],
        to: ["eu-west-1b", "eu-west-1a"],
        clusters: "it is without internet while the NAT gateway moves",
    },
    {
        setting: "network.availabilityZones",
        from: ["eu-west-1a", "eu-west-1b"],
        to: ["eu-west-1a"],
        clusters: "none may run in the zone that goes",
    },
    {
        setting: "network.internetAccess",
        from: "nat",
        to: "public",
        clusters: "none may run: its security groups go",
    },
    { setting: "network.existing", from: null, to: VPC, clusters: NONE_MAY_RUN },
    {
        setting: "network.existing.subnetIds",
        from: SUBNETS,
        to: SUBNETS.toReversed(),
        given: { "network.existing.vpcId": VPC.vpcId },
    },
    {
        setting: "network.existing.emrSecurityGroups",
        from: "use",
        to: "create",
        given: IN_VPC,
        clusters: "none can be there: as long as the VPC has groups of EMR's names, this is refused",
    },
    {
        setting: "network.existing.emrSecurityGroups",
        from: "create",
        to: "use",
        given: IN_VPC,
        clusters: "none may run: its security groups go",
    },
    {
        // With an archive, whose names nobody sees: otherwise false is refused where true does anything.
        setting: "network.existing.allowHostnameMismatch",
        from: false,
        to: true,
        given: {
            ...IN_VPC,
            "certificates.archive": "s3://my-certificates/emr/nodes.zip",
            "emrEtlRunner.collectors.format": "cloudfront",
        },
        clusters: NEXT,
    },
    { setting: "network.existing.allowUnseenRoute", from: false, to: true, given: IN_VPC },
    { setting: "encryption.atRestS3", from: true, to: false, clusters: NEXT },
    { setting: "encryption.atRestLocalDisks", from: true, to: false, clusters: NEXT },
    { setting: "encryption.inTransit", from: true, to: false, clusters: NEXT },
    { setting: "encryption.requireImdsV2", from: false, to: true, given: MODERN, clusters: NEXT },
    {
        setting: "encryption.kmsKeyArn",
        from: null,
        to: "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        clusters:
            "none may run: its disks are under the stack's key, which is scheduled for deletion (with `storage.protect`, not before that is false)",
    },
    { setting: "certificates.validityDays", from: 365, to: 180, clusters: NEXT },
    { setting: "certificates.renewBeforeDays", from: 60, to: 30 },
    { setting: "certificates.generation", from: 1, to: 2, clusters: NEXT },
    { setting: "certificates (a renewal)", from: undefined, to: undefined, renewed: true, clusters: NEXT },
    {
        setting: "certificates.archive",
        from: null,
        to: "s3://my-certificates/emr/nodes.zip",
        clusters:
            "none may run: the bucket of archives goes with all that is in it, and nodes added to a cluster fetch theirs from there",
    },
    {
        setting: "certificates.archive",
        from: "s3://my-certificates/emr/nodes.zip",
        to: "s3://my-certificates/emr/nodes-2.zip",
        clusters:
            "none may run: the roles may read just the new one, and nodes added to a cluster fetch the old",
    },
    {
        setting: "certificates.chainPem",
        from: null,
        to: CHAIN,
        along: { "certificates.trustedPem": TRUSTED, [PRIVATE_KEY]: KEY },
        clusters: NEXT,
    },
    {
        setting: "certificates.chainPem",
        from: CHAIN,
        to: OTHER_CHAIN,
        given: OWN_CERTIFICATE,
        along: { [PRIVATE_KEY]: OTHER_KEY },
        clusters: NEXT,
    },
    {
        setting: "certificates.trustedPem",
        from: TRUSTED,
        to: MORE_TRUSTED,
        given: OWN_CERTIFICATE,
        clusters: NEXT,
    },
    {
        setting: "certificates.renewBeforeDays",
        from: 60,
        to: 30,
        given: { ...OWN_CERTIFICATE, "certificates.remindTopicArn": TOPIC },
    },
    { setting: "certificates.remindTopicArn", from: null, to: TOPIC },
    {
        setting: "certificates (a renewal)",
        from: undefined,
        to: undefined,
        given: { "certificates.remindTopicArn": TOPIC },
        renewed: true,
        clusters: NEXT,
    },
    { setting: "storage.protect", from: true, to: false },
    { setting: "storage.reencryption", from: false, to: true },
    {
        setting: "storage.encryptExistingBuckets",
        from: [],
        to: ["my-collector-logs"],
        given: COLLECTOR_LOGS,
    },
    {
        setting: "storage.policiesOnExistingBuckets",
        from: [],
        to: ["my-collector-logs"],
        given: COLLECTOR_LOGS,
        clusters: "nothing: it sends no other header, and uses TLS",
    },
    {
        setting: "storage.existingKmsKeyArns",
        from: [],
        to: ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    },
    { setting: "storage.logRetentionDays", from: 90, to: 30 },
    { setting: "access.readLocations", from: [], to: ["s3://my-enrichments/maxmind"] },
    { setting: "access.dynamodbTables", from: [], to: ["snowplow-duplicates"] },
    { setting: "access.ssmParameters", from: [], to: ["/snowplow/redshift-password"] },
    { setting: "access.policyArns", from: [], to: ["arn:aws:iam::111122223333:policy/extra"] },
    {
        setting: "access.permissionsBoundary",
        from: null,
        to: "arn:aws:iam::111122223333:policy/boundary",
        clusters: "its roles lose at once whatever the boundary leaves out",
    },
    {
        // IAM refuses to delete a policy that is attached to anybody, and the provider detaches none.
        setting: "access.path",
        from: "/",
        to: "/data/",
        clusters: "none may run: its roles go; detach the operator policy first, and attach the new one",
    },
    {
        setting: "access.serviceRole",
        from: null,
        to: { existing: "my-service-role" },
        clusters: "none may run: its service role goes",
    },
    {
        setting: "access.jobflowRole",
        from: null,
        to: { existing: "my-jobflow-role" },
        clusters: "none may run: its nodes' role goes",
    },
    { setting: `${S3}.assets`, from: "s3://snowplow-hosted-assets", to: "s3://my-assets" },
    { setting: `${S3}.jsonpath_assets`, from: null, to: "s3://my-jsonpaths" },
    ...["log", "raw.processing", "raw.archive", "enriched.good", "enriched.bad", "enriched.archive"].map(
        moved,
    ),
    ...["shredded.good", "shredded.bad", "shredded.archive"].map(moved),
    { setting: `${S3}.raw.in`, from: null, to: ["s3://my-collector-logs/eu"], clusters: LOCATION_MOVED },
    { setting: `${S3}.enriched.errors`, from: null, to: LEGACY },
    { setting: `${S3}.shredded.errors`, from: null, to: LEGACY },
    {
        setting: `${S3}.enriched.stream`,
        from: "managed",
        to: "s3://my-stream/enriched",
        given: STREAM,
        clusters: LOCATION_MOVED,
    },
    { setting: "emrEtlRunner.aws.s3.consolidate_shredded_output", from: true, to: false },
    { setting: `${EMR}.ami_version`, from: "5.29.0", to: "5.36.1" },
    { setting: `${EMR}.ami_version`, from: "5.23.0", to: "5.29.0", clusters: NEXT },
    { setting: `${EMR}.ec2_key_name`, from: null, to: "snowplow" },
    { setting: `${EMR}.bootstrap`, from: [], to: ["s3://my-scripts/bootstrap.sh"] },
    { setting: `${EMR}.jobflow.job_name`, from: null, to: "ETL" },
    { setting: `${EMR}.jobflow.master_instance_type`, from: "m4.large", to: "m5.large" },
    { setting: `${EMR}.jobflow.core_instance_count`, from: 2, to: 3 },
    { setting: `${EMR}.jobflow.core_instance_type`, from: "m4.large", to: "m5.large" },
    { setting: `${EMR}.jobflow.core_instance_bid`, from: null, to: 0.05 },
    { setting: `${EMR}.jobflow.core_instance_ebs`, from: { volume_size: 100, volume_type: "gp2" }, to: null },
    { setting: `${EMR}.jobflow.task_instance_count`, from: 0, to: 1 },
    { setting: `${EMR}.jobflow.task_instance_type`, from: "m4.large", to: "m5.large" },
    { setting: `${EMR}.jobflow.task_instance_bid`, from: null, to: 0.05 },
    { setting: `${EMR}.bootstrap_failure_tries`, from: 3, to: 1 },
    { setting: `${EMR}.configuration`, from: {}, to: { spark: { maximizeResourceAllocation: "true" } } },
    { setting: `${EMR}.additional_info`, from: null, to: "{}" },
    { setting: "emrEtlRunner.collectors.format", from: "thrift", to: "cloudfront" },
    { setting: "emrEtlRunner.enrich.versions.spark_enrich", from: "1.18.0", to: "1.19.0" },
    {
        setting: "emrEtlRunner.enrich.continue_on_unexpected_error",
        from: false,
        to: true,
        given: { [`${S3}.enriched.errors`]: LEGACY, [`${S3}.shredded.errors`]: "s3://my-legacy/shredded" },
    },
    { setting: "emrEtlRunner.enrich.output_compression", from: "GZIP", to: "NONE" },
    { setting: "emrEtlRunner.storage.versions.rdb_loader", from: "0.17.0", to: "0.18.0" },
    { setting: "emrEtlRunner.storage.versions.rdb_shredder", from: "0.16.0", to: "0.17.0" },
    { setting: "emrEtlRunner.monitoring.tags", from: {}, to: { team: "data" } },
    { setting: "emrEtlRunner.monitoring.logging.level", from: "DEBUG", to: "INFO" },
    {
        setting: "emrEtlRunner.monitoring.snowplow",
        from: null,
        to: { method: "get", collector: "collector.example.com", app_id: "emr-etl-runner" },
    },
];

export const CASES: readonly Case[] = LISTED.map((item) => ({ clusters: NOT_SEEN, ...item }));

/** From the managed location to one of the user's. */
function moved(location: string): Case {
    return {
        setting: `${S3}.${location}`,
        from: null,
        to: `s3://my-data/${location}`,
        clusters: LOCATION_MOVED,
    };
}
