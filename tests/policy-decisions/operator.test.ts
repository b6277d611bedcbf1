import { expect } from "chai";
import { parse } from "yaml";
import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { decides, decidesFor, HTTP, linkedTo, listing, passedTo, SSE_KMS, via } from "./decides";
import { LOCATIONS, rightsIn } from "./locations";
import {
    ADMIN_ROLE,
    BOTH,
    CLEANUP_ROLE,
    deployed,
    namesOf,
    OLD_KEY,
    OTHER_ACCOUNT,
    role,
    SPOT_ROLE,
    type Who,
} from "./stacks";

const operator = decidesFor("the operator");

describe("the operator's policy on S3", () => {
    for (const stack of BOTH) {
        operator(
            stack,
            "lists the locations that EmrEtlRunner looks into, and reads and changes none",
            LOCATIONS[stack].flatMap(([, folder, granted]) => rightsIn(folder, granted)),
        );
    }

    const FILE = "s3://logs/emr/rdb-loader/2026-01-02-03-04-05/1b9d6bcd";
    const STEP_LOG = "s3://logs/emr/j-1/steps/s-1/stderr.gz";
    // biome-ignore format: a table
    operator(BOTH, "moves RDB Loader's logs, reads the clusters' step logs, and reaches nothing else below `log`", [
        ["s3:ListBucket",                     "s3://logs",  listing("emr/rdb-loader/2026-01-02-03-04-05/"), "allowed"],
        [["s3:GetObject", "s3:DeleteObject"], FILE,         {},      "allowed"],
        ["s3:PutObject",                      `${FILE}.1`,  {},      "allowed"],
        ["s3:PutObject",                      `${FILE}.1`,  SSE_KMS, "explicitDeny", "by the bucket's policy"],
        ["s3:GetObject",                      FILE,         HTTP,    "explicitDeny", "by the bucket's policy"],
        ["s3:ListBucket",                     "s3://logs",  listing("emr/"),           "implicitDeny"],
        ["s3:ListBucket",                     "s3://logs",  listing("emr/rdb-loader"), "implicitDeny"],
        ["s3:ListBucket",                     "s3://logs",  {},                        "implicitDeny"],
        ["s3:ListBucket",                     "s3://logs",  listing("emr/j-1/steps/s-1"), "allowed", "Dataflow Runner's --log-failed-steps"],
        ["s3:GetObject",                      STEP_LOG,     {},      "allowed"],
        [["s3:PutObject", "s3:DeleteObject"], STEP_LOG,     {},      "implicitDeny"],
        ["s3:GetObject",                      "s3://logs/emr/j-1/node/i-1/daemons/instance-controller.log.gz", {}, "implicitDeny"],
        ["s3:GetObject",                      "s3://logs/emr/rdb-loader-old/2026/1b9d6", {}, "implicitDeny"],
    ]);

    // biome-ignore format: a table
    operator("existing", "moves RDB Loader's logs in an existing bucket, under its key", [
        [["s3:GetObject", "s3:PutObject"],       "s3://acme-logs/emr/rdb-loader/2026/1b9d6", {}, "allowed"],
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, via("s3", REGION),                     "allowed"],
        ["kms:Decrypt",                          OLD_KEY, {},                                    "implicitDeny"],
        ["kms:Decrypt",                          OLD_KEY, via("dynamodb", REGION),               "implicitDeny"],
    ]);
    operator("batch", "uses no existing key where `log` is managed", [
        [["kms:Decrypt", "kms:GenerateDataKey"], OLD_KEY, via("s3", REGION), "implicitDeny"],
    ]);

    operator(BOTH, "does not list an archive", [
        [["s3:ListBucket", "s3:ListBucketVersions"], "s3://archive", listing("enriched/"), "implicitDeny"],
    ]);
});

const EMR_TAG = { "for-use-with-amazon-emr-managed-policies": "true" };
const STACK_TAG = "snowplow-emr-stack";

const stackTags = (tag: string) => ({ ...EMR_TAG, [STACK_TAG]: tag });
const prefixed = (prefix: string) => (tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${prefix}${name}`, value]));
const requested = prefixed("aws:RequestTag/");
const tagged = prefixed("aws:ResourceTag/");

function cluster(id: string, region: string, account = ACCOUNT_ID): string {
    return `arn:aws:elasticmapreduce:${region}:${account}:cluster/${id}`;
}

const LAUNCH = "elasticmapreduce:RunJobFlow";
const TAG = "elasticmapreduce:AddTags";
const WORK = ["AddJobFlowSteps", "DescribeCluster", "DescribeStep", "ListSteps", "TerminateJobFlows"].map(
    (name) => `elasticmapreduce:${name}`,
);
const OTHER_WORK = ["ModifyInstanceGroups", "SetTerminationProtection", "DeleteSecurityConfiguration"].map(
    (name) => `elasticmapreduce:${name}`,
);
const ID = "j-2AXXXXXXGAPLF";

describe("the operator's policy on clusters", () => {
    for (const stack of BOTH) {
        // Since April 2023 a launch with tags takes both permissions: aws/aws-cdk#24842, gchq/sleeper#2584.
        it(`${stack} stack: the operator launches a cluster with the tags in config.yml`, async () => {
            const { run, decision } = await deployed(stack);
            const { tag, region } = namesOf(stack);
            const { tags } = parse(String(run.outputs.emrEtlRunnerConfig)).monitoring;
            expect(tags).to.deep.equal(stackTags(tag));
            expect([
                decision("the operator", LAUNCH, "*", requested(tags)),
                decision("the operator", TAG, cluster("*", region), requested(tags)),
            ]).to.deep.equal(["allowed", "allowed"]);
        });
    }

    /** EMR asks for AddTags on this name: a cluster that is being launched has no id. */
    const created = (region: string) => cluster("*", region);
    // biome-ignore format: a table
    operator(BOTH, "launches clusters with the stack's tags only", ({ tag, otherTag, region }) => [
        [LAUNCH, "*",             requested({ ...stackTags(tag), team: "data" }), "allowed"],
        [LAUNCH, "*",             {},                                             "implicitDeny"],
        [LAUNCH, "*",             requested(EMR_TAG),                             "implicitDeny"],
        [LAUNCH, "*",             requested({ [STACK_TAG]: tag }),                "implicitDeny"],
        [LAUNCH, "*",             requested(stackTags(otherTag)),                 "implicitDeny"],
        [LAUNCH, "*",             tagged(stackTags(tag)),                         "implicitDeny", "these are the tags of an existing cluster"],
        [TAG,    created(region), {},                                             "implicitDeny"],
        [TAG,    created(region), requested(stackTags(otherTag)),                 "implicitDeny"],
        ["elasticmapreduce:ListClusters", "*", {},                                "allowed", "EmrEtlRunner looks for a persistent cluster"],
    ]);
    // biome-ignore format: a table
    operator(BOTH, "cannot tag an existing cluster as the stack's", ({ tag, otherTag, region }) => [
        [TAG, cluster(ID, region), { ...tagged(stackTags(otherTag)), ...requested(stackTags(tag)) }, "implicitDeny"],
        [TAG, cluster(ID, region), { ...tagged(EMR_TAG), ...requested(stackTags(tag)) },             "implicitDeny"],
        [TAG, cluster(ID, region), requested(stackTags(tag)),                                        "implicitDeny"],
        ["elasticmapreduce:RemoveTags", cluster(ID, region), tagged(stackTags(tag)),                 "implicitDeny"],
    ]);
    // biome-ignore format: a table
    operator(BOTH, "works on the stack's clusters and on no others", ({ stack, tag, otherTag, region, otherRegion }) => [
        [WORK,       cluster(ID, region),                tagged(stackTags(tag)),      "allowed"],
        [WORK,       cluster(ID, region),                tagged(stackTags(otherTag)), "implicitDeny"],
        [WORK,       cluster(ID, region),                tagged(stackTags(`other/${stack}`)), "implicitDeny", "a stack of the same name in another project"],
        [WORK,       cluster(ID, region),                tagged(EMR_TAG),             "implicitDeny"],
        [WORK,       cluster(ID, region),                {},                          "implicitDeny"],
        [WORK,       cluster(ID, region),                requested(stackTags(tag)),   "implicitDeny"],
        [WORK,       cluster(ID, otherRegion),           tagged(stackTags(tag)),      "implicitDeny"],
        [WORK,       cluster(ID, region, OTHER_ACCOUNT), tagged(stackTags(tag)),      "implicitDeny"],
        [OTHER_WORK, cluster(ID, region),                tagged(stackTags(tag)),      "implicitDeny"],
    ]);
    const otherPrincipals: Who[] = [
        "the jobflow role",
        "the service role",
        "the reminder",
        "the re-encryption role",
    ];
    decides(BOTH, "the other roles cannot launch, tag or work on clusters", ({ tag, region }) => [
        [otherPrincipals, [...WORK, TAG], cluster(ID, region), tagged(stackTags(tag)), "implicitDeny"],
        [otherPrincipals, LAUNCH, "*", requested(stackTags(tag)), "implicitDeny"],
    ]);
});

describe("the operator's policy on roles", () => {
    // biome-ignore format: a table
    operator(BOTH, "passes each of the stack's roles to its service only", ({ serviceRole, jobflowRole, otherJobflowRole }) => [
        ["iam:PassRole", serviceRole,      passedTo("elasticmapreduce"), "allowed"],
        ["iam:PassRole", serviceRole,      passedTo("ec2"),              "implicitDeny"],
        ["iam:PassRole", serviceRole,      passedTo("lambda"),           "implicitDeny"],
        ["iam:PassRole", serviceRole,      {},                           "implicitDeny"],
        ["iam:PassRole", jobflowRole,      passedTo("ec2"),              "allowed"],
        ["iam:PassRole", jobflowRole,      passedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:PassRole", jobflowRole,      passedTo("lambda"),           "implicitDeny"],
        ["iam:PassRole", jobflowRole,      {},                           "implicitDeny"],
        ["iam:PassRole", ADMIN_ROLE,       passedTo("ec2"),              "implicitDeny"],
        ["iam:PassRole", ADMIN_ROLE,       passedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:PassRole", otherJobflowRole, passedTo("ec2"),              "implicitDeny"],
    ]);

    const [emr, nodes] = [role("acme-emr"), role("acme-nodes")];
    // biome-ignore format: a table
    operator("existing", "passes each existing role to its service only", [
        ["iam:PassRole", emr,         passedTo("elasticmapreduce"), "allowed"],
        ["iam:PassRole", emr,         passedTo("ec2"),              "implicitDeny"],
        ["iam:PassRole", nodes,       passedTo("ec2"),              "allowed"],
        ["iam:PassRole", nodes,       passedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:PassRole", `${emr}-2`,  passedTo("elasticmapreduce"), "implicitDeny"],
    ]);

    // biome-ignore format: a table
    operator(BOTH, "creates EMR's cleanup role and no other service-linked role", [
        ["iam:CreateServiceLinkedRole", CLEANUP_ROLE, linkedTo("elasticmapreduce"), "allowed"],
        ["iam:CreateServiceLinkedRole", CLEANUP_ROLE, linkedTo("spot"),             "implicitDeny"],
        ["iam:CreateServiceLinkedRole", SPOT_ROLE,    linkedTo("spot"),             "implicitDeny"],
    ]);
});
