import { PRIVATE_KEY } from "../../components/config";

/** A text that is made for each run, and so is called by a name here. */
export class Made {
    constructor(readonly called: string) {}
}

export const CHAIN = new Made("a certificate");
export const OTHER_CHAIN = new Made("another certificate");
export const KEY = new Made("its private key");
export const SAME_KEY = new Made("the same in another form (SEC1)");
export const OTHER_KEY = new Made("the other one's private key");
export const TRUSTED = new Made("its authority");
export const MORE_TRUSTED = new Made("that and another authority");

/** One setting, changed once. */
export interface Case {
    /** As the stack file writes it, below the project's namespace; AWS's own settings with theirs. */
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
    /** The program stops, in these words, and so nothing changes. */
    readonly refused?: string;
}

const NOT_SEEN = "nothing";
const NEXT = "nothing; the next one takes the new configuration";
const GROUPS_GO = "none may run: its security groups go";
const NONE_MAY_RUN = "none may run: its network goes";
const S3 = "emrEtlRunner.aws.s3.buckets";
const EMR = "emrEtlRunner.aws.emr";
const MODERN = { [`${EMR}.ami_version`]: "5.36.1" };
const STREAM = { [`${S3}.enriched.stream`]: "managed", "emrEtlRunner.collectors.format": undefined };
const LEGACY = "s3://my-legacy/errors";
const COLLECTOR_LOGS = { [`${S3}.raw.in`]: ["s3://my-collector-logs/eu"] };
const ARCHIVE = "s3://my-certificates/emr/nodes.zip";
const TOPIC = "arn:aws:sns:eu-west-1:000000000000:pipeline-alarms";
const SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
const OTHER_VPC = "vpc-0123456789abcdef1";
const OTHER_SUBNETS = ["subnet-0123456789abcdef2"];
const VPC = { vpcId: "vpc-0123456789abcdef0", subnetIds: SUBNETS };
const IN_VPC = { "network.existing.vpcId": VPC.vpcId, "network.existing.subnetIds": SUBNETS };
const OWN_CERTIFICATE = {
    "certificates.chainPem": CHAIN,
    "certificates.trustedPem": TRUSTED,
    [PRIVATE_KEY]: KEY,
};

const MODE_CHANGED = "none may run: the roles lose the locations that only the old mode has";
const OLD_LOCATION = "none may run: the roles lose the old location";
const SWITCHES_OFF = { "encryption.atRestS3": false, "encryption.inTransit": false };
const OWN_KMS_KEY = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KMS_KEY = OWN_KMS_KEY.replace("1234abcd", "5678abcd");
const OLD_KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const atOnce = (lost: string) => `its nodes' role loses ${lost} at once`;
const SPOT_LOST =
    "none may run on Spot instances: Spot loses the key at once, and so gives no node that takes a lost one's place";

const NEXT_ROLES = "nothing: its role is the user's, and stays; the next one takes the new one";
const NODES_CANNOT_BE_ADDED =
    "it gets no more nodes: EMR may pass them the new role alone; the next one takes it";

const LOCATION_MOVED =
    "none may run: the roles lose the old location, and the managed one goes if it is empty";

/** Back again. */
function reversed(item: Case, clusters?: string): Case {
    return { ...item, from: item.to, to: item.from, clusters };
}

/** There and back again. */
function both(item: Case, clusters?: string): readonly Case[] {
    return [item, reversed(item, clusters)];
}

const LISTED: readonly Case[] = [
    {
        setting: "aws:region",
        from: "eu-west-1",
        to: "us-east-1",
        clusters:
            "none may run: all but the roles is made anew there (with `storage.protect`, the `up` is refused); a stack of its own is what another region needs",
    },
    ...both({
        setting: "aws:defaultTags",
        from: null,
        to: { tags: { team: "data" } },
    }),
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
    ...both({ setting: "network.internetAccess", from: "nat", to: "public", clusters: GROUPS_GO }, GROUPS_GO),
    ...both(
        { setting: "network.existing", from: null, to: VPC, clusters: NONE_MAY_RUN },
        "nothing: its network is the user's, and stays",
    ),
    {
        setting: "network.existing.vpcId",
        from: VPC.vpcId,
        to: OTHER_VPC,
        given: { "network.existing.subnetIds": SUBNETS },
        along: { "network.existing.subnetIds": OTHER_SUBNETS },
        clusters: "nothing: its network is the user's, and stays; the next one runs in the other",
    },
    {
        setting: "network.existing.vpcId",
        from: VPC.vpcId,
        to: OTHER_VPC,
        given: { "network.existing.subnetIds": SUBNETS, "network.existing.emrSecurityGroups": "create" },
        along: { "network.existing.subnetIds": OTHER_SUBNETS },
        clusters: GROUPS_GO,
    },
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
        clusters: GROUPS_GO,
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
    ...both({ setting: "encryption.atRestS3", from: true, to: false, clusters: NEXT }, NEXT),
    ...both({ setting: "encryption.atRestLocalDisks", from: true, to: false, clusters: NEXT }, NEXT),
    ...both({ setting: "encryption.inTransit", from: true, to: false, clusters: NEXT }, NEXT),
    ...both(
        {
            setting: "encryption.atRestLocalDisks",
            from: true,
            to: false,
            given: SWITCHES_OFF,
            clusters: "nothing; the next one takes none, and is not encrypted",
        },
        NEXT,
    ),
    ...both(
        { setting: "encryption.requireImdsV2", from: false, to: true, given: MODERN, clusters: NEXT },
        NEXT,
    ),
    {
        setting: "encryption.kmsKeyArn",
        from: null,
        to: OWN_KMS_KEY,
        clusters:
            "none may run: its disks are under the stack's key, which is scheduled for deletion (with `storage.protect`, not before that is false)",
    },
    ...[OTHER_KMS_KEY, null].map((to) => ({
        setting: "encryption.kmsKeyArn",
        from: OWN_KMS_KEY,
        to,
        clusters: "none may run: its disks are under the old key, and its roles lose the use of it at once",
    })),
    { setting: "certificates.validityDays", from: 365, to: 180, clusters: NEXT },
    { setting: "certificates.renewBeforeDays", from: 60, to: 30 },
    { setting: "certificates.generation", from: 1, to: 2, clusters: NEXT },
    { setting: "certificates (a renewal)", from: undefined, to: undefined, renewed: true, clusters: NEXT },
    {
        setting: "certificates.archive",
        from: null,
        to: ARCHIVE,
        clusters:
            "none may run: the bucket of archives goes with all that is in it, and nodes added to a cluster fetch theirs from there",
    },
    {
        setting: "certificates.archive",
        from: ARCHIVE,
        to: "s3://my-certificates/emr/nodes-2.zip",
        clusters:
            "none may run: the roles may read just the new one, and nodes added to a cluster fetch the old",
    },
    {
        setting: "certificates.archive",
        from: ARCHIVE,
        to: null,
        clusters:
            "none may run: the roles may read just the stack's own, and nodes added to a cluster fetch the user's",
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
        setting: "certificates.chainPem",
        from: CHAIN,
        to: null,
        given: { "certificates.trustedPem": TRUSTED, [PRIVATE_KEY]: KEY },
        along: { "certificates.trustedPem": undefined, [PRIVATE_KEY]: undefined },
        clusters: NEXT,
    },
    // A new key is a new certificate: the two change together, as above.
    { setting: PRIVATE_KEY, from: KEY, to: SAME_KEY, given: OWN_CERTIFICATE },
    {
        setting: PRIVATE_KEY,
        from: KEY,
        to: OTHER_KEY,
        given: OWN_CERTIFICATE,
        refused: "a key of another certificate",
        clusters: "nothing: refused, as the key of another certificate",
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
    ...both({ setting: "certificates.remindTopicArn", from: null, to: TOPIC }),
    {
        setting: "certificates (a renewal)",
        from: undefined,
        to: undefined,
        given: { "certificates.remindTopicArn": TOPIC },
        renewed: true,
        clusters: NEXT,
    },
    ...both({ setting: "storage.protect", from: true, to: false }),
    ...both({ setting: "storage.reencryption", from: false, to: true }),
    ...both(
        {
            setting: "storage.encryptExistingBuckets",
            from: [],
            to: ["my-collector-logs"],
            given: COLLECTOR_LOGS,
        },
        "nothing: the bucket keeps its default encryption",
    ),
    ...both(
        {
            setting: "storage.policiesOnExistingBuckets",
            from: [],
            to: ["my-collector-logs"],
            given: COLLECTOR_LOGS,
            clusters: "nothing: it sends no other header, and uses TLS",
        },
        "nothing; the bucket refuses neither plain HTTP nor other headers any more",
    ),
    ...both(
        { setting: "storage.existingKmsKeyArns", from: [], to: [OLD_KMS_KEY] },
        atOnce("what is encrypted under the key"),
    ),
    { setting: "storage.logRetentionDays", from: 90, to: 30 },
    ...both(
        { setting: "access.readLocations", from: [], to: ["s3://my-enrichments/maxmind"] },
        atOnce("the location"),
    ),
    ...both({ setting: "access.dynamodbTables", from: [], to: ["snowplow-duplicates"] }, atOnce("the table")),
    ...both(
        { setting: "access.ssmParameters", from: [], to: ["/snowplow/redshift-password"] },
        atOnce("the parameter"),
    ),
    ...both(
        { setting: "access.policyArns", from: [], to: ["arn:aws:iam::111122223333:policy/extra"] },
        atOnce("whatever the policy allows"),
    ),
    ...both(
        {
            setting: "access.permissionsBoundary",
            from: null,
            to: "arn:aws:iam::111122223333:policy/boundary",
            clusters: "its roles lose at once whatever the boundary leaves out",
        },
        "nothing: its roles may do what their policies allow",
    ),
    {
        // IAM refuses to delete a policy that is attached to anybody, and the provider detaches none.
        setting: "access.path",
        from: "/",
        to: "/data/",
        clusters: "none may run: its roles go; detach the operator policy first, and attach the new one",
    },
    ...both(
        {
            setting: "access.serviceRole",
            from: null,
            to: { existing: "my-service-role" },
            clusters: "none may run: its service role goes",
        },
        NEXT_ROLES,
    ),
    {
        setting: "access.serviceRole.existing",
        from: "my-service-role",
        to: "my-other-service-role",
        clusters: NEXT_ROLES,
    },
    ...both(
        {
            setting: "access.jobflowRole",
            from: null,
            to: { existing: "my-jobflow-role" },
            clusters: "none may run: its nodes' role goes",
        },
        NODES_CANNOT_BE_ADDED,
    ),
    {
        setting: "access.jobflowRole.existing",
        from: "my-jobflow-role",
        to: "my-other-jobflow-role",
        clusters: NODES_CANNOT_BE_ADDED,
    },
    ...both(
        { setting: `${S3}.assets`, from: "s3://snowplow-hosted-assets", to: "s3://my-assets" },
        atOnce("the user's own assets"),
    ),
    ...both(
        { setting: `${S3}.jsonpath_assets`, from: null, to: "s3://my-jsonpaths" },
        atOnce("the JSON paths"),
    ),
    ...["log", "raw.processing", "raw.archive", "enriched.good", "enriched.bad", "enriched.archive"].map(
        moved,
    ),
    ...["shredded.good", "shredded.bad", "shredded.archive"].map(moved),
    reversed(moved("log"), OLD_LOCATION),
    ...both(
        { setting: `${S3}.raw.in`, from: null, to: ["s3://my-collector-logs/eu"], clusters: LOCATION_MOVED },
        OLD_LOCATION,
    ),
    ...["enriched.errors", "shredded.errors"].flatMap((location) =>
        both({ setting: `${S3}.${location}`, from: null, to: LEGACY }, OLD_LOCATION),
    ),
    {
        setting: `${S3}.enriched.stream`,
        from: "managed",
        to: "s3://my-stream/enriched",
        given: STREAM,
        clusters: LOCATION_MOVED,
    },
    {
        setting: `${S3}.enriched.stream`,
        from: null,
        to: "managed",
        along: { "emrEtlRunner.collectors.format": undefined },
        clusters: MODE_CHANGED,
    },
    {
        setting: `${S3}.enriched.stream`,
        from: "managed",
        to: null,
        given: { "emrEtlRunner.collectors.format": undefined },
        along: { "emrEtlRunner.collectors.format": "thrift" },
        clusters: MODE_CHANGED,
    },
    { setting: "emrEtlRunner.aws.s3.consolidate_shredded_output", from: true, to: false },
    { setting: `${EMR}.ami_version`, from: "5.29.0", to: "5.36.1" },
    { setting: `${EMR}.ami_version`, from: "5.23.0", to: "5.29.0", clusters: NEXT },
    ...both({ setting: `${EMR}.ec2_key_name`, from: null, to: "snowplow" }),
    ...both(
        { setting: `${EMR}.bootstrap`, from: [], to: ["s3://my-scripts/bootstrap.sh"] },
        `${atOnce("the script")}: nodes added to a cluster fetch it`,
    ),
    { setting: `${EMR}.jobflow.job_name`, from: null, to: "ETL" },
    { setting: `${EMR}.jobflow.master_instance_type`, from: "m4.large", to: "m5.large" },
    { setting: `${EMR}.jobflow.core_instance_count`, from: 2, to: 3 },
    { setting: `${EMR}.jobflow.core_instance_type`, from: "m4.large", to: "m5.large" },
    ...both({ setting: `${EMR}.jobflow.core_instance_bid`, from: null, to: 0.05 }, SPOT_LOST),
    { setting: `${EMR}.jobflow.core_instance_ebs`, from: { volume_size: 100, volume_type: "gp2" }, to: null },
    { setting: `${EMR}.jobflow.task_instance_count`, from: 0, to: 1 },
    { setting: `${EMR}.jobflow.task_instance_type`, from: "m4.large", to: "m5.large" },
    ...both({ setting: `${EMR}.jobflow.task_instance_bid`, from: null, to: 0.05 }, SPOT_LOST),
    { setting: `${EMR}.bootstrap_failure_tries`, from: 3, to: 1 },
    { setting: `${EMR}.configuration`, from: {}, to: { spark: { maximizeResourceAllocation: "true" } } },
    { setting: `${EMR}.additional_info`, from: null, to: "{}" },
    ...both(
        { setting: "emrEtlRunner.collectors.format", from: "thrift", to: "cloudfront" },
        "nothing; CloudFront can no longer write to the collector's bucket",
    ),
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

export const CASES: readonly Case[] = LISTED.map((item) => ({
    ...item,
    clusters: item.clusters ?? NOT_SEEN,
}));

/** From the managed location to one of the user's. */
function moved(location: string): Case {
    return {
        setting: `${S3}.${location}`,
        from: null,
        to: `s3://my-data/${location}`,
        clusters: LOCATION_MOVED,
    };
}
