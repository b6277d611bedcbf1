import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { decides, decidesFor, fromEmr, linkedTo, passedTo } from "./decides";
import { LOCATIONS, rightsIn } from "./locations";
import { ADMIN_ROLE, BOTH, OTHER_ACCOUNT, role, SPOT_ROLE, type Who } from "./stacks";

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

    service("batch", "creates the Spot role and no other role, with a bid", [
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("spot"), "allowed"],
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("elasticmapreduce"), "implicitDeny"],
        ["iam:CreateServiceLinkedRole", ADMIN_ROLE, linkedTo("spot"), "implicitDeny"],
    ]);
    service("stream", "does not create the Spot role without a bid", [
        ["iam:CreateServiceLinkedRole", SPOT_ROLE, linkedTo("spot"), "implicitDeny"],
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
