import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { decides, decidesFor, listing } from "./decides";
import { BOTH, USUAL } from "./stacks";

const everyPrincipal = decidesFor("every principal");

/** Objects in no location of either stack. */
const OUTSIDE = [
    "s3://pipeline/anything",
    "s3://pipeline/raw/anything",
    "s3://archive/part-00000",
    "s3://logs/part-00000",
    "s3://acme-collector/us/part-00000",
    "s3://acme-payroll/2026.csv",
];
/** Objects with keys close to a location's. */
const NEAR = [
    "s3://pipeline/raw/processing",
    "s3://pipeline/raw/processing-of-another/part-00000",
    "s3://pipeline/enriched/part-00000",
    "s3://archive/raw-of-another/part-00000",
    "s3://archive/enriched",
    "s3://logs/emr",
    "s3://acme-collector/eu",
    "s3://acme-bad/shredded/part-00000",
];
/** Objects in the locations of batch mode, and close to those of stream-enrich mode. */
const OUTSIDE_STREAM = [
    "s3://pipeline/raw/processing/part-00000",
    "s3://pipeline/enriched/bad/part-00000",
    "s3://archive/raw/part-00000",
    "s3://collector/raw/part-00000",
    "s3://collector/enriched/part-00000",
    "s3://acme-collector/eu/part-00000",
];
const READ_ONLY = {
    batch: [
        "s3://snowplow-hosted-assets/3-enrich/spark-enrich/spark-enrich-1.18.0.jar",
        "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar",
        "s3://acme-scripts/emr/setup.sh",
        "s3://acme-jsonpaths/v1/com.acme/event_1.json",
        "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb",
        "s3://acme-enrichments/maxmind_$folder$",
    ],
    stream: [
        "s3://snowplow-hosted-assets-us-east-1/common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
        "s3://acme-assets/a.jar",
    ],
};

describe("every principal on objects", () => {
    const write = ["s3:PutObject", "s3:DeleteObject"];
    const change = [...write, "s3:DeleteObjectVersion", "s3:PutObjectAcl"];
    const read = ["s3:GetObject", "s3:GetObjectVersion"];

    everyPrincipal(BOTH, "cannot read or change objects outside the locations", [
        [[...read, ...change], OUTSIDE, {}, "implicitDeny"],
        [change, NEAR, {}, "implicitDeny"],
    ]);
    everyPrincipal("stream", "cannot read or change objects in the locations of batch mode", [
        [[...read, ...change], OUTSIDE_STREAM, {}, "implicitDeny"],
        [change, "s3://collector/enriched/stream", {}, "implicitDeny"],
    ]);
    for (const stack of BOTH) {
        everyPrincipal(stack, "cannot change assets, scripts and granted folders", [
            [write, READ_ONLY[stack], {}, "implicitDeny"],
        ]);
    }

    // Elasticity names this bucket for Hive, Pig, Ganglia, scripts and Hadoop's old settings only. EmrEtlRunner uses
    // none of these; its own script step, its HBase and `--debug` use the region's bucket (emr_job.rb,
    // setup_hadoop_debugging_step.rb).
    everyPrincipal(BOTH, "cannot read EMR's samples", [
        ["s3:GetObject", "s3://elasticmapreduce/libs/script-runner/script-runner.jar", {}, "implicitDeny"],
        ["s3:ListBucket", "s3://elasticmapreduce", {}, "implicitDeny"],
    ]);
    everyPrincipal(BOTH, "cannot remove versions from the archive, which keeps them", [
        ["s3:DeleteObjectVersion", "s3://archive/enriched/part-00000", {}, "implicitDeny"],
        ["s3:PutBucketVersioning", "s3://archive", {}, "implicitDeny"],
    ]);
});

describe("every principal on buckets", () => {
    const list = ["s3:ListBucket", "s3:ListBucketVersions"];
    const change = [
        "s3:DeleteBucket",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
    ];
    const buckets = ["s3://pipeline", "s3://archive", "s3://certs", "s3://acme-collector"];

    everyPrincipal(BOTH, "cannot list buckets without a location", [
        ["s3:ListAllMyBuckets", "*", {}, "implicitDeny"],
        [list, ["s3://acme-payroll", "s3://certs"], {}, "implicitDeny"],
        [list, "s3://acme-payroll", listing("enriched/good/"), "implicitDeny"],
    ]);
    // The re-encryption role lists whole buckets: S3 makes its manifests from an inventory.
    decides(BOTH, "the operator and EMR's roles cannot list a bucket outside its locations", [
        [USUAL, list, ["s3://pipeline", "s3://acme-collector"], {}, "implicitDeny"],
        [USUAL, list, "s3://pipeline", listing(""), "implicitDeny"],
        [USUAL, list, "s3://pipeline", listing("anything/"), "implicitDeny"],
        [USUAL, list, "s3://acme-collector", listing("us/"), "implicitDeny"],
    ]);
    everyPrincipal(BOTH, "cannot create or change buckets", [
        [change, buckets, {}, "implicitDeny"],
        ["s3:CreateBucket", "s3://acme-payroll", {}, "implicitDeny"],
    ]);
});

describe("every principal on other services", () => {
    everyPrincipal(BOTH, "cannot do what no step needs", ({ serviceRole, jobflowRole }) => [
        ["iam:CreateUser", "*", {}, "implicitDeny"],
        ["iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT_ID}:user/emr-etl-runner`, {}, "implicitDeny"],
        [["iam:PutRolePolicy", "iam:AttachRolePolicy"], jobflowRole, {}, "implicitDeny"],
        ["iam:UpdateAssumeRolePolicy", serviceRole, {}, "implicitDeny"],
        [["ec2:RunInstances", "ec2:TerminateInstances"], "*", {}, "implicitDeny"],
        ["redshift:GetClusterCredentials", "*", {}, "implicitDeny"],
    ]);
});
