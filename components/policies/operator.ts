import { arn } from "../domain/arn";
import { foldersOf, RDB_LOADER_LOGS, type ResolvedLocation } from "../domain/locations";
import { EMR_TAG, STACK_TAG } from "../domain/naming";
import type { Region } from "../domain/region";
import { allow, type PolicyDocument, policyDocument } from "./document";
import { createServiceLinkedRole, passRole } from "./emr-roles";
import { existingKeys } from "./key";
import { listInside, objectArn } from "./s3-access";

export interface OperatorDocumentArgs {
    /** The account's 12-digit number. */
    readonly accountId: string;
    readonly region: Region;
    /** The value of the stack's tag, which its clusters carry. */
    readonly stackTag: string;
    readonly locations: readonly ResolvedLocation[];
    readonly serviceRoleArn: string;
    readonly jobflowRoleArn: string;
    /** The ARNs of the KMS keys that encrypt existing data: an existing `log` may be under one of them. */
    readonly existingKmsKeyArns: readonly string[];
}

/**
 * Allows what EmrEtlRunner and Dataflow Runner call with the operator's credentials, on clusters of this stack only: a user
 * who can add a step to a cluster can do all that the cluster's jobflow role allows.
 * @see https://github.com/snowplow/dataflow-runner: src/emr_cluster.go, src/job_flow_steps.go, src/logs_downloader.go
 */
export function operatorPolicy(args: OperatorDocumentArgs): PolicyDocument {
    const clusters = arn("elasticmapreduce", args.region, args.accountId, "cluster/*");
    const launchTags = requestTags({ ...EMR_TAG, [STACK_TAG]: args.stackTag });
    const rdbLoaderLogs = foldersOf(args.locations, "log").map(({ bucket, prefix }) => ({
        bucket,
        prefix: `${prefix}${RDB_LOADER_LOGS}`,
    }));
    // Dataflow Runner prints the logs of failed steps (--log-failed-steps).
    const clusterLogs = foldersOf(args.locations, "log").map(({ bucket, prefix }) => ({
        bucket,
        prefix: `${prefix}j-`,
    }));
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
            // The pattern `cluster/?` matches that literal and no existing cluster. An operator who could tag an
            // existing cluster as this stack's could add steps to it.
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
                "elasticmapreduce:DescribeStep",
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
        listInside([...listed, ...rdbLoaderLogs, ...clusterLogs]),
        allow(
            "ReadStepLogs",
            "s3:GetObject",
            clusterLogs.map((folder) => objectArn(folder, "*/steps/*")),
        ),
        allow(
            "MoveRdbLoaderLogs",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            rdbLoaderLogs.map((folder) => objectArn(folder, "*")),
        ),
        args.locations.some(({ path, managed }) => path === "log" && !managed)
            ? existingKeys({
                  sid: "UseExistingKeys",
                  keyArns: args.existingKmsKeyArns,
                  region: args.region,
                  services: ["s3"],
                  write: true,
              })
            : [],
    );
}

/** The condition keys of a request with these tags. */
function requestTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
}
