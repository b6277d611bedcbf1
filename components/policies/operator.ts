import { arn } from "../domain/arn";
import { RDB_LOADER_LOGS, type ResolvedLocation } from "../domain/locations";
import { EMR_TAG, STACK_TAG } from "../domain/naming";
import type { Region } from "../domain/region";
import { type PolicyDocument, policyDocument } from "./document";
import { createServiceLinkedRole, passRole } from "./emr-roles";
import { listInside, objectArn } from "./s3-access";

export interface OperatorDocumentArgs {
    readonly accountId: string;
    readonly region: Region;
    /** The value of the stack's tag, which its clusters carry. */
    readonly stackTag: string;
    readonly locations: readonly ResolvedLocation[];
    readonly serviceRoleArn: string;
    readonly jobflowRoleArn: string;
}

/**
 * What EmrEtlRunner calls with the operator's credentials, limited to clusters of this stack: whoever adds a step to a
 * cluster acts with the jobflow role.
 */
export function operatorPolicy(args: OperatorDocumentArgs): PolicyDocument {
    const clusters = arn("elasticmapreduce", args.region, args.accountId, "cluster/*");
    const launchTags = requestTags({ ...EMR_TAG, [STACK_TAG]: args.stackTag });
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
            Resource: "*", // The cluster does not exist yet. The condition limits the call by the tags that it will have.
            Condition: { StringEquals: launchTags },
        },
        {
            // RunJobFlow with tags requests AddTags on the literal resource `cluster/*`, since the cluster has no id yet.
            // The pattern `cluster/?` matches that, but no existing cluster: whoever could tag any cluster as the
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
            Condition: { StringEquals: { [`aws:ResourceTag/${STACK_TAG}`]: args.stackTag } },
        },
        {
            Sid: "FindPersistentCluster",
            Effect: "Allow",
            Action: "elasticmapreduce:ListClusters",
            Resource: "*", // ListClusters supports no resource.
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
