import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { decides, decidesFor, FOR_AWS, fromEmr, linkedTo, listing, passedTo, type Row, via } from "./decides";
import { folderRows, LOCATIONS, rightsIn } from "./locations";
import {
    BOTH,
    LOADER_TOPIC,
    OLD_KEY,
    OTHER_ACCOUNT,
    QUEUE,
    role,
    SPOT_ROLE,
    TOPIC,
    type Who,
} from "./stacks";

const nodes = decidesFor("the jobflow role");
const OTHER_PRINCIPALS: readonly Who[] = ["the operator", "the service role"];

const SCRIPT_RUNNER = "libs/script-runner/script-runner.jar";
const BOOTSTRAP = "common/emr/snowplow-ami5-bootstrap-0.1.0.sh";
const SUFFIXED = "s3://snowplow-hosted-assets-us-east-1";

describe("the jobflow role's policy on S3", () => {
    for (const stack of BOTH) {
        nodes(
            stack,
            "has the rights that the steps need in each location, and no others",
            LOCATIONS[stack].flatMap(([, folder, , granted]) => rightsIn(folder, granted)),
        );
        nodes(
            stack,
            "finds, makes and removes each location as a folder, as EMRFS does",
            LOCATIONS[stack].flatMap(([, folder]) => folderRows(folder)),
        );
    }

    const LOG = "s3://logs/emr/rdb-loader/2026-01-02-03-04-05/1b9d6bcd";
    nodes(BOTH, "writes RDB Loader's logs and does not delete them", [
        [["s3:GetObject", "s3:PutObject"], LOG, {}, "allowed"],
        ["s3:DeleteObject", LOG, {}, "implicitDeny"],
    ]);

    // biome-ignore format: a table
    nodes("batch", "reads assets, scripts and granted folders, and no more of their buckets", [
        ["s3:GetObject",  "s3://snowplow-hosted-assets/3-enrich/spark-enrich/spark-enrich-1.18.0.jar", {}, "allowed"],
        ["s3:ListBucket", "s3://snowplow-hosted-assets",                      {}, "allowed"],
        ["s3:GetObject",  `s3://eu-west-1.elasticmapreduce/${SCRIPT_RUNNER}`, {}, "allowed"],
        ["s3:GetObject",  "s3://acme-scripts/emr/setup.sh",                   {}, "allowed"],
        ["s3:GetObject",  "s3://acme-jsonpaths/v1/com.acme/event_1.json",     {}, "allowed"],
        ["s3:ListBucket", "s3://acme-jsonpaths", listing("v1/com.acme/"),         "allowed"],
        ["s3:GetObject",  "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb", {}, "allowed"],
        ["s3:ListBucket", "s3://acme-enrichments", listing("maxmind/"),           "allowed"],
        ["s3:GetObject",  "s3://acme-enrichments/maxmind",                    {}, "allowed", "EMRFS looks for the folder as an object"],
        ["s3:GetBucketLocation", "s3://acme-enrichments",                     {}, "allowed"],
        ["s3:GetObject",  "s3://acme-enrichments/maxmind-licence.txt",        {}, "implicitDeny"],
        ["s3:GetObject",  "s3://acme-enrichments/salaries.csv",               {}, "implicitDeny"],
        ["s3:ListBucket", "s3://acme-enrichments",                            {}, "implicitDeny"],
        ["s3:ListBucket", "s3://acme-enrichments", listing("other/"),             "implicitDeny"],
        ["s3:GetObject",  "s3://acme-scripts/emr/setup.sh.bak",               {}, "implicitDeny"],
        ["s3:ListBucket", "s3://acme-scripts",                                {}, "implicitDeny"],
    ]);
    decides("batch", "granted folders are closed to the operator and the service role", [
        [
            OTHER_PRINCIPALS,
            "s3:GetObject",
            "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb",
            {},
            "implicitDeny",
        ],
    ]);

    // EmrEtlRunner's get_hosted_assets_bucket adds the region, whatever `assets` says (emr_job.rb, utils.rb).
    // biome-ignore format: a table
    nodes("stream", "reads existing assets, the region's hosted assets and those without a suffix, not another region's", [
        ["s3:GetObject",  `${SUFFIXED}/${BOOTSTRAP}`,                                    {}, "allowed"],
        ["s3:ListBucket", SUFFIXED,                                                      {}, "allowed"],
        ["s3:GetObject",  `${SUFFIXED}/4-storage/transformer-batch/snowplow-transformer-batch-6.1.2.jar`, {}, "allowed", "Dataflow Runner's playbook names it"],
        ["s3:GetObject",  `s3://us-east-1.elasticmapreduce/${SCRIPT_RUNNER}`,            {}, "allowed"],
        ["s3:ListBucket", "s3://us-east-1.elasticmapreduce",                             {}, "allowed"],
        ["s3:GetObject",  "s3://acme-assets/4-storage/rdb-loader/rdb-loader-0.17.0.jar", {}, "allowed"],
        ["s3:ListBucket", "s3://acme-assets", listing("4-storage/"),                         "allowed"],
        ["s3:ListBucket", "s3://acme-assets",                                            {}, "implicitDeny"],
        ["s3:GetObject",  "s3://acme-assets/a.jar",                                      {}, "implicitDeny", "EmrEtlRunner takes jars from two folders"],
        ["s3:GetObject",  "s3://snowplow-hosted-assets/third-party/ua-parser/regexes.yaml", {}, "allowed", "Snowplow's enrichments name it in every region"],
        ["s3:ListBucket", "s3://snowplow-hosted-assets",                                 {}, "allowed"],
        [["s3:PutObject", "s3:DeleteObject"], ["s3://snowplow-hosted-assets/a", `${SUFFIXED}/a`], {}, "implicitDeny"],
        [["s3:GetObject", "s3:ListBucket"], "s3://snowplow-hosted-assets-us-west-2",     {}, "implicitDeny"],
        ["s3:GetObject",  `s3://eu-west-1.elasticmapreduce/${SCRIPT_RUNNER}`,            {}, "implicitDeny"],
    ]);
    decides("stream", "assets are closed to the operator and the service role", [
        [
            OTHER_PRINCIPALS,
            "s3:GetObject",
            [`${SUFFIXED}/${BOOTSTRAP}`, "s3://acme-assets/a.jar"],
            {},
            "implicitDeny",
        ],
    ]);

    const work = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
    // biome-ignore format: a table
    nodes("existing", "does its work under an existing role that has the output's policies", [
        [["s3:GetObject", "s3:DeleteObject"], "s3://acme-collector/eu/part-00000",      {}, "allowed"],
        ["s3:PutObject",                      "s3://acme-collector/eu/part-00000",      {}, "implicitDeny"],
        [work,                                "s3://acme-bad/enriched/part-00000",      {}, "allowed"],
        [work,                                "s3://pipeline/shredded/good/part-00000", {}, "allowed"],
        [["s3:GetObject", "s3:PutObject"],    "s3://pipeline/part-00000",               {}, "implicitDeny"],
        ["s3:GetObject",                      `s3://snowplow-hosted-assets/${BOOTSTRAP}`, {}, "allowed"],
    ]);
});

describe("the jobflow role's policy on the reports of `encrypt-existing`", () => {
    const change = [
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:PutObjectAcl",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:DeleteObjectTagging",
        "s3:AbortMultipartUpload",
    ];
    const reports = (logs: string) => [
        `${logs}/emr/encrypt-existing/job-1/manifest.csv`,
        `${logs}/emr/encrypt-existing/confirmed/job-1.json`,
        `${logs}/emr/encrypt-existing/a_$folder$`,
    ];
    for (const [stack, logs] of [
        ["batch", "s3://logs"],
        ["stream", "s3://logs"],
        ["existing", "s3://acme-logs"],
    ] as const) {
        // biome-ignore format: a table
        decides(stack, "reports and records are closed to the jobflow role, whatever else it is granted, and to the operator", [
            [["the jobflow role", "the jobflow role with all of S3"], change, reports(logs), {}, "explicitDeny"],
            ["the jobflow role", "s3:GetObject", reports(logs), {}, "allowed", "they name objects, which the role may list"],
            ["the jobflow role", "s3:PutObject", `${logs}/emr/j-1/steps/s-1/stderr.gz`, {}, "allowed"],
            [["the operator", "the service role"], [...change, "s3:GetObject"], reports(logs), {}, "implicitDeny"],
            ["the operator", "s3:ListBucket", logs, listing("emr/encrypt-existing/"), "implicitDeny"],
        ]);
    }
});

describe("the jobflow role's policy on tables, parameters, queues and keys of existing data", () => {
    const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/snowplow-duplicates`;
    const PASSWORD = `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter/snowplow/redshift-password`;
    const THROUGH_S3 = via("s3", REGION);
    const ofParameter = (arn: string) => ({ "kms:EncryptionContext:PARAMETER_ARN": arn });

    // biome-ignore format: a table
    nodes("batch", "uses the granted tables, parameters, queues and keys, and no others", [
        [["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"], TABLE, {}, "allowed"],
        [["dynamodb:DeleteItem", "dynamodb:DeleteTable"],        TABLE,                     {}, "implicitDeny"],
        ["dynamodb:PutItem",     [`${TABLE}-of-another`, TABLE.replace(REGION, "us-east-1")], {}, "implicitDeny"],
        ["ssm:GetParameter",     PASSWORD,                                                  {}, "allowed"],
        ["ssm:GetParameter",     `${PASSWORD}-of-another`,                                  {}, "implicitDeny"],
        ["ssm:PutParameter",     PASSWORD,                                                  {}, "implicitDeny"],
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, THROUGH_S3,                           "allowed", "existing buckets may encrypt under it by default"],
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, via("dynamodb", REGION),              "allowed", "a table may be encrypted under it"],
        ["sqs:SendMessage",      QUEUE,                                                     {}, "allowed", "the transformer tells RDB Loader that it has finished"],
        ["sqs:SendMessage",      QUEUE.replace(OTHER_ACCOUNT, ACCOUNT_ID),                  {}, "implicitDeny"],
        [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"], QUEUE,              {}, "implicitDeny"],
        ["sns:Publish",          LOADER_TOPIC,                                              {}, "allowed"],
        ["sns:Publish",          TOPIC,                                                     {}, "implicitDeny"],
        ["sns:Subscribe",        LOADER_TOPIC,                                              {}, "implicitDeny"],
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, via("sqs", REGION),                   "allowed", "a queue may be encrypted under it"],
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, via("sns", REGION),                   "allowed"],
        ["kms:Decrypt",          OLD_KEY, { ...via("ssm", REGION), ...ofParameter(PASSWORD) },  "allowed"],
        ["kms:Decrypt",          OLD_KEY, { ...via("ssm", REGION), ...ofParameter(`${PASSWORD}-of-another`) }, "implicitDeny"],
        ["kms:Decrypt",          OLD_KEY, via("ssm", REGION),                                   "implicitDeny"],
        ["kms:GenerateDataKey",  OLD_KEY, { ...via("ssm", REGION), ...ofParameter(PASSWORD) },  "implicitDeny"],
        ["kms:Decrypt",          OLD_KEY, {},                                                   "implicitDeny", "through services only"],
        ["kms:Decrypt",          OLD_KEY, via("ec2", REGION),                                   "implicitDeny", "through the services in use only"],
        ["kms:Decrypt",          OLD_KEY, via("s3", "us-east-1"),                               "implicitDeny", "through S3 of the region only"],
        ["kms:Encrypt",          OLD_KEY, THROUGH_S3,                                           "implicitDeny"],
        ["kms:CreateGrant",      OLD_KEY, FOR_AWS,                                              "implicitDeny"],
    ]);

    // biome-ignore format: a table
    nodes("existing", "uses a key of existing buckets through S3 only, without tables and parameters", [
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, THROUGH_S3,                                          "allowed"],
        ["kms:Decrypt",                          OLD_KEY, via("dynamodb", REGION),                             "implicitDeny"],
        ["kms:Decrypt",                          OLD_KEY, via("sqs", REGION),                                  "implicitDeny"],
        ["kms:Decrypt",                          OLD_KEY, { ...via("ssm", REGION), ...ofParameter(PASSWORD) }, "implicitDeny"],
    ]);

    const unnamed: readonly Row[] = [
        ["dynamodb:PutItem", TABLE, {}, "implicitDeny"],
        ["ssm:GetParameter", PASSWORD, {}, "implicitDeny"],
        ["sqs:SendMessage", QUEUE, {}, "implicitDeny"],
        ["sns:Publish", LOADER_TOPIC, {}, "implicitDeny"],
        ["kms:Decrypt", OLD_KEY, THROUGH_S3, "implicitDeny"],
    ];
    nodes("stream", "cannot use tables, parameters, queues and keys that are not granted", unnamed);
    decides(
        "batch",
        "granted tables, parameters, queues and keys are closed to the operator and the service role",
        unnamed.map((row) => [OTHER_PRINCIPALS, ...row] as const),
    );
});

describe("the jobflow role and other roles", () => {
    nodes(BOTH, "passes no role and creates no service-linked role", ({ jobflowRole }) => [
        ["iam:PassRole", jobflowRole, passedTo("ec2"), "implicitDeny"],
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("spot"), "implicitDeny"],
    ]);
    nodes("existing", "does not pass itself", [
        ["iam:PassRole", role("acme-nodes"), passedTo("ec2"), "implicitDeny"],
    ]);

    const otherPrincipals: Who[] = ["the operator", "an administrator", "another account's administrator"];
    decides(BOTH, "the jobflow role is assumed by EC2 only", ({ jobflowRole, region }) => [
        ["EC2", "sts:AssumeRole", jobflowRole, {}, "allowed"],
        ["EMR", "sts:AssumeRole", jobflowRole, fromEmr(ACCOUNT_ID, region), "implicitDeny"],
        [otherPrincipals, "sts:AssumeRole", jobflowRole, {}, "implicitDeny"],
    ]);
});
