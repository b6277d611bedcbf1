import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { type CallerRow, decides, FOR_AWS, fromEmr, inVpc, passedTo, SSE_C, SSE_KMS, via } from "./decides";
import {
    ADMIN_ROLE,
    CERTIFICATE_ARCHIVE,
    type Names,
    namesOf,
    OLD_KEY,
    OTHER_ACCOUNT,
    REENCRYPTION_ROLE,
    TOPIC,
    UNRELATED_KEY,
} from "./stacks";

const EVENTS = "s3://pipeline/enriched/good/run=2026-01-02-03-04-05/part-00000";
const RAW = "s3://acme-collector/eu/part-00000";
const ARCHIVED = "s3://archive/enriched/run=2026-01-02-03-04-05/part-00000";
const REPORT = "s3://logs/emr/encrypt-existing/job-1/manifest.csv";
const OTHER_STACK = "s3://acme-collector/us/part-00000";
const PASSWORD = `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter/snowplow/redshift-password`;
const CLUSTER = `arn:aws:elasticmapreduce:${REGION}:${ACCOUNT_ID}:cluster/j-2AXXXXXXGAPLF`;
const SUBNET = `arn:aws:ec2:${REGION}:${ACCOUNT_ID}:subnet/subnet-1`;
/** Bootstrap scripts, JSON paths, jars and certificates. */
const EXECUTED = [
    "s3://acme-scripts/emr/setup.sh",
    "s3://acme-jsonpaths/v1/com.acme/event_1.json",
    "s3://snowplow-hosted-assets/common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
    CERTIFICATE_ARCHIVE,
];
const READ = ["s3:GetObject", "s3:GetObjectVersion"];
const CHANGE = ["s3:PutObject", "s3:DeleteObject"];

const tags = (prefix: string, tag: string) => ({
    [`aws:${prefix}/for-use-with-amazon-emr-managed-policies`]: "true",
    [`aws:${prefix}/snowplow-emr-stack`]: tag,
});
const OPERATOR = "the operator";
const JOB = "the jobflow role";
const EMR = "the service role";
const COPIER = "the re-encryption role";
const WRITER = "a writer of the pipeline bucket";
const STRANGER = "another account's administrator";

/** The operator adds a step to a cluster of the stack: it runs with the jobflow role. */
const step = ({ tag }: Names): CallerRow => [
    OPERATOR,
    "elasticmapreduce:AddJobFlowSteps",
    CLUSTER,
    tags("ResourceTag", tag),
    "allowed",
];

/** The questions of docs/rights.md, in its words. */
const QUESTIONS: Readonly<Record<string, (names: Names) => readonly CallerRow[]>> = {
    // biome-ignore format: a table
    "Could the operator read and change events, or read the password of a target?": (names) => [
        [OPERATOR, [...READ, ...CHANGE], [EVENTS, ARCHIVED],   {}, "implicitDeny"],
        [OPERATOR, "ssm:GetParameter",   PASSWORD, {}, "implicitDeny"],
        step(names),
        [JOB,      [...READ, ...CHANGE], [EVENTS, ARCHIVED],   {}, "allowed"],
        [JOB,      "ssm:GetParameter",   PASSWORD, {}, "allowed"],
    ],
    // biome-ignore format: a table
    "Could the operator read the private key of the nodes' certificate?": (names) => [
        [OPERATOR, "s3:GetObject", CERTIFICATE_ARCHIVE, {},                "implicitDeny"],
        [OPERATOR, "kms:Decrypt",  names.key,           via("s3", REGION), "implicitDeny"],
        step(names),
        [JOB,      "s3:GetObject", CERTIFICATE_ARCHIVE, {},                "allowed"],
        [JOB,      "kms:Decrypt",  names.key,           via("s3", REGION), "allowed"],
    ],
    "Could the operator launch a cluster without the security configuration?": ({ tag }) => [
        [
            OPERATOR,
            "elasticmapreduce:RunJobFlow",
            "*",
            tags("RequestTag", tag),
            "allowed",
            "whatever else it says",
        ],
        [OPERATOR, "elasticmapreduce:DeleteSecurityConfiguration", "*", {}, "implicitDeny"],
    ],
    "Could the operator launch a cluster with another role, such as another stack's?": (names) => [
        [OPERATOR, "iam:PassRole", [names.otherJobflowRole, ADMIN_ROLE], passedTo("ec2"), "implicitDeny"],
        [OPERATOR, "iam:PassRole", names.serviceRole, passedTo("ec2"), "implicitDeny"],
        [OPERATOR, "iam:PassRole", names.otherServiceRole, passedTo("elasticmapreduce"), "implicitDeny"],
    ],
    "Could the operator launch a cluster in another stack's network?": () => [
        [EMR, "ec2:RunInstances", SUBNET, inVpc("vpc-of-another", REGION, ACCOUNT_ID), "explicitDeny"],
        [OPERATOR, "ec2:RunInstances", SUBNET, {}, "implicitDeny"],
    ],
    "Could the operator add steps to another stack's clusters, or tag them as this stack's?": (names) => [
        [
            OPERATOR,
            "elasticmapreduce:AddJobFlowSteps",
            CLUSTER,
            tags("ResourceTag", names.otherTag),
            "implicitDeny",
        ],
        [
            OPERATOR,
            ["elasticmapreduce:AddTags", "elasticmapreduce:RemoveTags"],
            CLUSTER,
            { ...tags("ResourceTag", names.otherTag), ...tags("RequestTag", names.tag) },
            "implicitDeny",
        ],
    ],
    "Could the operator replace what later clusters execute?": () => [
        [[OPERATOR, JOB], CHANGE, EXECUTED, {}, "implicitDeny"],
        [
            OPERATOR,
            ["elasticmapreduce:CreateSecurityConfiguration", "s3:PutBucketPolicy"],
            "*",
            {},
            "implicitDeny",
        ],
    ],
    "Could the operator forge the reports of `encrypt-existing`, or start its jobs?": () => [
        [OPERATOR, CHANGE, REPORT, {}, "implicitDeny"],
        [JOB, CHANGE, REPORT, {}, "explicitDeny"],
        [[OPERATOR, JOB], ["s3:CreateJob", "s3:UpdateJobStatus"], "*", {}, "implicitDeny"],
        [[OPERATOR, JOB], "iam:PassRole", REENCRYPTION_ROLE, passedTo("batchoperations.s3"), "implicitDeny"],
    ],

    "Could a job replace what later clusters execute?": () => [[JOB, CHANGE, EXECUTED, {}, "implicitDeny"]],
    "Could a job read the private key of the nodes' certificate?": () => [
        [JOB, "s3:GetObject", CERTIFICATE_ARCHIVE, {}, "allowed"],
    ],
    // biome-ignore format: a table
    "Could a job put objects into `raw.in`?": () => [
        [JOB, "s3:PutObject",    RAW,                                 {}, "implicitDeny"],
        [JOB, "s3:PutObject",    "s3://acme-collector/eu_$folder$",   {}, "allowed"],
        [JOB, "s3:PutObject",    "s3://acme-collector/eu/a_$folder$", {}, "allowed"],
        [JOB, "s3:DeleteObject", RAW,                                 {}, "allowed"],
    ],
    "Could a job lose archived events?": () => [
        [JOB, CHANGE, ARCHIVED, {}, "allowed"],
        [JOB, "s3:DeleteObjectVersion", ARCHIVED, {}, "implicitDeny"],
        [JOB, ["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"], "s3://archive", {}, "implicitDeny"],
    ],
    "Could a job forge the reports of `encrypt-existing`?": () => [
        [[JOB, "the jobflow role with all of S3"], CHANGE, REPORT, {}, "explicitDeny"],
    ],
    "Could a job use the stack's key?": ({ key }) => [
        [JOB, ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], key, {}, "allowed"],
        [JOB, "kms:CreateGrant", key, FOR_AWS, "implicitDeny"],
        [JOB, ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], key, {}, "implicitDeny"],
    ],
    "Could a job use existing keys?": () => [
        [JOB, "kms:Decrypt", OLD_KEY, via("s3", REGION), "allowed"],
        [JOB, "kms:Decrypt", OLD_KEY, {}, "implicitDeny"],
        [JOB, "kms:Decrypt", UNRELATED_KEY, via("s3", REGION), "implicitDeny"],
    ],
    "Could a job read another stack's events?": () => [[JOB, READ, OTHER_STACK, {}, "implicitDeny"]],
    "Could a job launch clusters, or pass or assume a role?": (names) => [
        [JOB, "elasticmapreduce:RunJobFlow", "*", tags("RequestTag", names.tag), "implicitDeny"],
        [JOB, "ec2:RunInstances", SUBNET, inVpc(names.vpc, REGION, ACCOUNT_ID), "implicitDeny"],
        [JOB, "iam:PassRole", [names.jobflowRole, names.serviceRole], passedTo("ec2"), "implicitDeny"],
        [JOB, "sts:AssumeRole", [names.serviceRole, REENCRYPTION_ROLE], {}, "implicitDeny"],
    ],

    "Could EMR run nodes in another stack's network?": ({ vpc }) => [
        [EMR, "ec2:RunInstances", SUBNET, inVpc("vpc-of-another", REGION, ACCOUNT_ID), "explicitDeny"],
        [EMR, "ec2:RunInstances", SUBNET, inVpc(vpc, REGION, ACCOUNT_ID), "allowed"],
    ],
    "Could EMR pass another role to nodes?": (names) => [
        [EMR, "iam:PassRole", names.jobflowRole, passedTo("ec2"), "allowed"],
        [EMR, "iam:PassRole", [names.otherJobflowRole, ADMIN_ROLE], passedTo("ec2"), "implicitDeny"],
    ],
    "Could EMR read events?": () => [
        [EMR, READ, [EVENTS, RAW, ARCHIVED], {}, "implicitDeny"],
        [EMR, "s3:GetObject", CERTIFICATE_ARCHIVE, {}, "allowed"],
    ],
    "Could EMR grant the key's use?": ({ key }) => [
        [EMR, "kms:CreateGrant", key, FOR_AWS, "allowed"],
        [EMR, "kms:CreateGrant", key, {}, "implicitDeny"],
    ],
    "Could EMR act for another account or region?": ({ serviceRole, otherRegion }) => [
        ["EMR", "sts:AssumeRole", serviceRole, fromEmr(OTHER_ACCOUNT, REGION), "implicitDeny"],
        ["EMR", "sts:AssumeRole", serviceRole, fromEmr(ACCOUNT_ID, otherRegion), "implicitDeny"],
    ],

    "Could a job of S3 Batch Operations copy an object from one location into another, or over another object?":
        () => [
            [COPIER, "s3:GetObject", EVENTS, {}, "allowed"],
            [COPIER, "s3:PutObject", ARCHIVED, {}, "allowed"],
        ],
    "Could a job of S3 Batch Operations copy events out of the stack's locations?": () => [
        [
            COPIER,
            "s3:PutObject",
            ["s3://pipeline/anything", OTHER_STACK, "s3://acme-payroll/a"],
            {},
            "implicitDeny",
        ],
    ],
    "Could a job of S3 Batch Operations replace what clusters execute?": () => [
        [COPIER, "s3:PutObject", EXECUTED, {}, "implicitDeny"],
    ],
    "Could a job of S3 Batch Operations delete objects?": () => [
        [
            COPIER,
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            [EVENTS, ARCHIVED, REPORT],
            {},
            "implicitDeny",
        ],
    ],
    "Could a job of S3 Batch Operations list whole buckets of locations?": () => [
        [COPIER, "s3:ListBucket", "s3://pipeline", {}, "allowed"],
        [COPIER, "s3:ListBucket", "s3://acme-payroll", {}, "implicitDeny"],
    ],
    "Could a job of S3 Batch Operations read old versions, or set up inventories?": () => [
        [COPIER, "s3:GetObjectVersion", ARCHIVED, {}, "implicitDeny"],
        [COPIER, "s3:PutInventoryConfiguration", "s3://pipeline", {}, "implicitDeny"],
    ],
    "Could a job of S3 Batch Operations read certificates, or use the stack's key?": ({ key }) => [
        [COPIER, READ, CERTIFICATE_ARCHIVE, {}, "implicitDeny"],
        [COPIER, "kms:Decrypt", key, via("s3", REGION), "implicitDeny"],
    ],
    "Could a job of S3 Batch Operations be started by the operator, or from another account?": () => [
        [OPERATOR, "iam:PassRole", REENCRYPTION_ROLE, passedTo("batchoperations.s3"), "implicitDeny"],
        [[OPERATOR, STRANGER], "sts:AssumeRole", REENCRYPTION_ROLE, {}, "implicitDeny"],
    ],

    "Could a writer plant events that are loaded?": () => [
        [
            WRITER,
            "s3:PutObject",
            "s3://pipeline/shredded/good/run=2026-01-02-03-04-05/part-00000",
            {},
            "allowed",
        ],
        [
            JOB,
            "s3:GetObject",
            "s3://pipeline/shredded/good/run=2026-01-02-03-04-05/part-00000",
            {},
            "allowed",
        ],
    ],
    "Could a writer run code on clusters?": ({ tag }) => [
        [WRITER, "s3:PutObject", EXECUTED, {}, "implicitDeny"],
        [WRITER, "elasticmapreduce:AddJobFlowSteps", CLUSTER, tags("ResourceTag", tag), "implicitDeny"],
        [
            JOB,
            "s3:GetObject",
            "s3://pipeline/scripts/boot.sh",
            {},
            "implicitDeny",
            "no cluster reads other objects",
        ],
    ],
    "Could a writer choose another encryption, such as a key of its own?": () => [
        [WRITER, "s3:PutObject", EVENTS, SSE_KMS, "explicitDeny"],
        [WRITER, "s3:PutObject", EVENTS, SSE_C, "explicitDeny"],
    ],

    "Could the reminder read other data under the keys of the topic's account?": () => [
        ["the reminder", "kms:Decrypt", OLD_KEY, via("s3", REGION), "implicitDeny"],
        [
            "the reminder",
            "kms:Decrypt",
            OLD_KEY,
            { ...via("sns", REGION), "kms:EncryptionContext:aws:sns:topicArn": `${TOPIC}-2` },
            "implicitDeny",
        ],
    ],
};

describe("docs/rights.md", () => {
    for (const [question, rows] of Object.entries(QUESTIONS)) {
        decides("batch", question, rows(namesOf("batch")));
    }
});
