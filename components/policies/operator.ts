import { RDB_LOADER_LOGS, type ResolvedLocation } from "../domain/locations";
import { EMR_TAG, STACK_TAG } from "../domain/naming";
import { arn, type Region } from "../domain/region";
import { type PolicyDocument, policyDocument } from "./document";
import { createServiceLinkedRole, passRole } from "./emr-roles";
import { listInside, objectArn } from "./s3-access";

export interface OperatorPolicyArgs {
    readonly accountId: string;
    readonly region: Region;
    /** The stack's name, as the value of its tag. */
    readonly stack: string;
    readonly locations: readonly ResolvedLocation[];
    readonly serviceRoleArn: string;
    readonly jobflowRoleArn: string;
}

/**
 * What EmrEtlRunner itself calls, with the keys of the user that runs it, held to clusters of this stack: who may
 * add a step to a cluster acts with the cluster's role.
 */
export function operatorPolicy(args: OperatorPolicyArgs): PolicyDocument {
    const clusters = arn("elasticmapreduce", args.region, args.accountId, "cluster/*");
    const launchTags = requestTags({ ...EMR_TAG, [STACK_TAG]: args.stack });
    const rdbLoaderLogs = args.locations
        .filter(({ path }) => path === "log")
        .flatMap(({ folders }) => folders)
        .map(({ bucket, prefix }) => ({ bucket, prefix: `${prefix}${RDB_LOADER_LOGS}` }));
    const listed = args.locations
        .filter(({ path, operatorLists }) => operatorLists && path !== "log")
        .flatMap(({ folders }) => folders);
    return policyDocument(
        {
            Sid: "LaunchClusters",
            Effect: "Allow",
            Action: "elasticmapreduce:RunJobFlow",
            Resource: "*", // There is no cluster yet: the tags that it will have are what can be asked for.
            Condition: { StringEquals: launchTags },
        },
        {
            // RunJobFlow with tags asks for AddTags on `cluster/*`, to the letter: the cluster has no id yet. One
            // character is enough for that, and for no cluster that there is: whoever could tag any cluster as the
            // stack's could add steps to it.
            Sid: "TagClustersAtLaunch",
            Effect: "Allow",
            Action: "elasticmapreduce:AddTags",
            Resource: arn("elasticmapreduce", args.region, args.accountId, "cluster/?"),
            Condition: { StringEquals: launchTags },
        },
        {
            Sid: "WorkOnClustersOfThisStack",
            Effect: "Allow",
            Action: [
                "elasticmapreduce:AddJobFlowSteps",
                "elasticmapreduce:DescribeCluster",
                "elasticmapreduce:ListSteps",
                "elasticmapreduce:TerminateJobFlows",
            ],
            Resource: clusters,
            Condition: { StringEquals: { [`aws:ResourceTag/${STACK_TAG}`]: args.stack } },
        },
        {
            Sid: "FindPersistentCluster",
            Effect: "Allow",
            Action: "elasticmapreduce:ListClusters",
            Resource: "*", // It takes no resource.
        },
        passRole("PassServiceRole", args.serviceRoleArn, "elasticmapreduce.amazonaws.com"),
        passRole("PassJobflowRole", args.jobflowRoleArn, "ec2.amazonaws.com"),
        createServiceLinkedRole(
            "CreateEmrCleanupRole",
            arn(
                "iam",
                "",
                args.accountId,
                "role/aws-service-role/elasticmapreduce.amazonaws.com*/AWSServiceRoleForEMRCleanup*",
            ),
            "elasticmapreduce.amazonaws.com",
        ),
        listInside([...listed, ...rdbLoaderLogs]),
        {
            Sid: "MoveRdbLoaderLogs",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            Resource: rdbLoaderLogs.map((folder) => objectArn(folder, "*")),
        },
    );
}

function requestTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
}
