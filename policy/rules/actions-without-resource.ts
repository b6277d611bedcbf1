/**
 * Actions that take no resource, so that a policy can allow them on `*` only, by service. The list covers the services
 * that a pipeline's roles and related tools call. It omits actions that change something for the whole account, and
 * actions that a condition can limit, such as RunJobFlow by the new cluster's tags. 17 of EC2's Describe actions do take
 * a resource. They only read attributes, and listing the other 150 actions would help no policy.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
    cloudwatch: ["GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"],
    dynamodb: ["DescribeEndpoints", "DescribeLimits", "ListBackups", "ListExports", "ListTables"],
    ec2: [
        "Describe*",
        "GetEbsDefaultKmsKeyId",
        "GetEbsEncryptionByDefault",
        "GetInstanceTypesFromInstanceRequirements",
        "GetSpotPlacementScores",
    ],
    ecr: ["DescribeRegistry", "GetAuthorizationToken"],
    elasticmapreduce: [
        "DescribeReleaseLabel",
        "DescribeSecurityConfiguration",
        "GetBlockPublicAccessConfiguration",
        "ListClusters",
        "ListEditors",
        "ListNotebookExecutions",
        "ListReleaseLabels",
        "ListSecurityConfigurations",
        "ListStudios",
        "ListSupportedInstanceTypes",
        "ViewEventsFromAllClustersInConsole",
    ],
    iam: [
        "GetAccountSummary",
        "ListAccountAliases",
        "ListGroups",
        "ListInstanceProfiles",
        "ListPolicies",
        "ListRoles",
        "ListUsers",
    ],
    kms: ["GenerateRandom", "ListAliases", "ListKeys", "ListRetirableGrants"],
    logs: ["DescribeExportTasks", "DescribeLogGroups", "DescribeQueries", "ListLogGroups", "StopQuery"],
    s3: ["GetAccountPublicAccessBlock", "ListAccessPoints", "ListAllMyBuckets", "ListJobs"],
    scheduler: ["ListScheduleGroups", "ListSchedules"],
    secretsmanager: ["GetRandomPassword", "ListSecrets"],
    sns: ["ListPlatformApplications", "ListSubscriptions", "ListTopics"],
    sqs: ["ListQueues"],
    ssm: [
        "DescribeInstanceInformation",
        "DescribeParameters",
        "DescribeSessions",
        "ListCommands",
        "ListDocuments",
    ],
    sts: ["DecodeAuthorizationMessage", "GetCallerIdentity", "GetSessionToken"],
    tag: ["GetResources", "GetTagKeys", "GetTagValues"],
    xray: ["GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"],
};

const PATTERNS = Object.entries(ACTIONS).flatMap(([service, actions]) =>
    actions.map((action) => `${service}:${action}`),
);

/** Whether an action can be allowed on `*` only. `additional` names more such actions and may contain wildcards. */
export function takesNoResource(action: string, additional: readonly string[]): boolean {
    return [...PATTERNS, ...additional].some((pattern) => matches(pattern, action));
}

/** Compares without case, as IAM does. Only a `*` in the pattern matches a `*` in the action. */
function matches(pattern: string, action: string): boolean {
    const [start = "", ...rest] = pattern
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${[start, ...rest].join(".*")}$`, "i").test(action);
}
