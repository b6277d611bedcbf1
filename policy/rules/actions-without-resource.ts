/**
 * By service: actions that take no resource, so that a policy can only allow them on `*`; of the services that a
 * pipeline's roles, and the tools beside it, call. Left out are those that change something for the whole account, and
 * those that a condition can hold to something, as it holds RunJobFlow to the new cluster's tags. EC2 has 17 actions
 * of the name Describe that do take one; they tell of attributes, and a policy seldom spells out the other 150.
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

/** Whether `*` is all that an action can be allowed on; `others` are more such actions, wildcards allowed. */
export function takesNoResource(action: string, others: readonly string[]): boolean {
    return [...PATTERNS, ...others].some((pattern) => matches(pattern, action));
}

/** IAM tells no upper case from lower; a `*` in the action itself is matched only by one in the pattern. */
function matches(pattern: string, action: string): boolean {
    const [start = "", ...rest] = pattern
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${[start, ...rest].join(".*")}$`, "i").test(action);
}
