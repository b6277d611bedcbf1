import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { decides, decidesFor, fromEmr, inVpc, linkedTo, passedTo, via } from "./decides";
import { LOCATIONS, rightsIn } from "./locations";
import { ADMIN_ROLE, BOTH, OLD_KEY, OTHER_ACCOUNT, role, SHARED_VPC, SPOT_ROLE, type Who } from "./stacks";

const service = decidesFor("the service role");

describe("the service role's inline policy", () => {
    for (const stack of BOTH) {
        service(
            stack,
            "reaches no location",
            LOCATIONS[stack].flatMap(([, folder]) => rightsIn(folder, "")),
        );
    }
    service("existing", "reaches no location under an existing role", [
        [["s3:GetObject", "s3:PutObject"], "s3://pipeline/shredded/good/part-00000", {}, "implicitDeny"],
    ]);

    // biome-ignore format: a table
    service(BOTH, "passes the jobflow role to EC2 only", ({ serviceRole, jobflowRole, otherJobflowRole }) => [
        ["iam:PassRole", jobflowRole,      passedTo("ec2"),              "allowed"],
        ["iam:PassRole", jobflowRole,      passedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:PassRole", jobflowRole,      passedTo("lambda"),           "implicitDeny"],
        ["iam:PassRole", serviceRole,      passedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:PassRole", ADMIN_ROLE,       passedTo("ec2"),              "implicitDeny"],
        ["iam:PassRole", otherJobflowRole, passedTo("ec2"),              "implicitDeny"],
    ]);
    const nodes = role("acme-nodes");
    service("existing", "passes the existing jobflow role to EC2 only", [
        ["iam:PassRole", nodes, passedTo("ec2"), "allowed"],
        ["iam:PassRole", nodes, passedTo("lambda"), "implicitDeny"],
        ["iam:PassRole", ADMIN_ROLE, passedTo("ec2"), "implicitDeny"],
    ]);

    // biome-ignore format: a table
    service("existing", "decrypts an existing archive under a key in existingKmsKeyArns, through S3 only", [
        ["kms:Decrypt",         OLD_KEY, via("s3", REGION), "allowed"],
        ["kms:GenerateDataKey", OLD_KEY, via("s3", REGION), "implicitDeny"],
        ["kms:Decrypt",         OLD_KEY, {},                "implicitDeny"],
    ]);
    service("batch", "uses no existing key if the archive is managed", [
        ["kms:Decrypt", OLD_KEY, via("s3", REGION), "implicitDeny"],
    ]);

    service("batch", "creates the Spot role and no other role, with a bid", [
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("spot"), "allowed"],
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:CreateServiceLinkedRole", ADMIN_ROLE, linkedTo("spot"), "implicitDeny"],
    ]);
    service("stream", "does not create the Spot role without a bid", [
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("spot"), "implicitDeny"],
    ]);
});

describe("the service role and networks", () => {
    const launch = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateNetworkInterface"];
    const rules = [
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    ];
    const resources = (region: string, account = ACCOUNT_ID) => [
        `arn:aws:ec2:${region}:${account}:subnet/subnet-1`,
        `arn:aws:ec2:${region}:${account}:security-group/sg-1`,
    ];
    const { "ec2:Vpc": _, ...tagged } = inVpc("", "", "");

    // The stacks `existing` and `own-key` share one VPC.
    // biome-ignore format: a table
    service(["batch", "stream", "existing", "own-key"], "launches nodes in the stack's VPC and in no other, with EMR's tag only", ({ vpc, region }) => [
        [launch, resources(region), inVpc(vpc, region, ACCOUNT_ID),                       "allowed"],
        [launch, resources(region, OTHER_ACCOUNT), inVpc(vpc, region, OTHER_ACCOUNT),     "allowed", "another account shares its subnets"],
        [launch, resources(region), { "ec2:Vpc": inVpc(vpc, region, ACCOUNT_ID)["ec2:Vpc"] ?? "" }, "implicitDeny", "without EMR's tag"],
        [launch, resources(region), inVpc("vpc-of-another", region, ACCOUNT_ID),          "explicitDeny", "another stack's VPC has EMR's tag too"],
        [launch, resources(region), inVpc(`${vpc}0`, region, ACCOUNT_ID),                 "explicitDeny"],
        [launch, resources(region, OTHER_ACCOUNT), inVpc("vpc-of-another", region, OTHER_ACCOUNT), "explicitDeny"],
        [launch, resources(region), tagged,                                               "allowed", "a request without ec2:Vpc is not denied"],
        [rules,  resources(region), inVpc("vpc-of-another", region, ACCOUNT_ID),          "explicitDeny"],
        ["ec2:RunInstances", `arn:aws:ec2:${region}::image/ami-1`, {},                    "implicitDeny", "the Deny leaves resources without a VPC to AWS's policy"],
    ]);
    service(BOTH, "launches no nodes in the VPC of other stacks", ({ region }) => [
        [launch, resources(region), inVpc(SHARED_VPC, region, ACCOUNT_ID), "explicitDeny"],
    ]);
});

describe("the service role's trust policy", () => {
    const otherPrincipals: Who[] = ["EC2", "the operator", "the jobflow role", "an administrator"];
    decides(BOTH, "the service role is assumed by EMR for this account and region only", (names) => {
        const { serviceRole, region, otherRegion } = names;
        const { "aws:SourceAccount": account, "aws:SourceArn": arn } = fromEmr(ACCOUNT_ID, region);
        // biome-ignore format: a table
        return [
            ["EMR",  "sts:AssumeRole", serviceRole, fromEmr(ACCOUNT_ID, region),       "allowed"],
            ["EMR",  "sts:AssumeRole", serviceRole, fromEmr(OTHER_ACCOUNT, region),    "implicitDeny"],
            ["EMR",  "sts:AssumeRole", serviceRole, fromEmr(ACCOUNT_ID, otherRegion),  "implicitDeny"],
            ["EMR",  "sts:AssumeRole", serviceRole, { "aws:SourceArn": arn },          "implicitDeny"],
            ["EMR",  "sts:AssumeRole", serviceRole, { "aws:SourceAccount": account },  "implicitDeny"],
            ["EMR",  "sts:AssumeRole", serviceRole, {},                                "implicitDeny"],
            [otherPrincipals, "sts:AssumeRole", serviceRole, fromEmr(ACCOUNT_ID, region),       "implicitDeny"],
        ];
    });
});
