import { isAnyPrincipal, isLimited, type Statement, statementName, statementsOf } from "./document";
import { awsType, type Resource, type ResourceRule } from "./resource";

/** A public canned ACL, or the URI of a public group of grantees: all users, or all users with an AWS account. */
const PUBLIC =
    /^(public-read|public-read-write|authenticated-read)$|\/global\/(AllUsers|AuthenticatedUsers)$/;

/** The types of resources with ACLs. */
const WITH_ACLS: readonly string[] = [
    "s3/bucket",
    "s3/bucketAcl",
    "s3/bucketObject",
    "s3/bucketObjectv2",
    "s3/objectCopy",
];

/** The property with the resource policy, by type: of data, keys, roles, and notifications. */
const POLICIES: Readonly<Record<string, string>> = {
    "iam/role": "assumeRolePolicy",
    "kms/externalKey": "policy",
    "kms/key": "policy",
    "kms/keyPolicy": "policy",
    "kms/replicaExternalKey": "policy",
    "kms/replicaKey": "policy",
    "s3/bucket": "policy",
    "s3/bucketPolicy": "policy",
    "secretsmanager/secret": "policy",
    "secretsmanager/secretPolicy": "policy",
    "sns/topic": "policy",
    "sns/topicPolicy": "policy",
    "sqs/queue": "policy",
    "sqs/queuePolicy": "policy",
};

/**
 * Condition keys that limit who may call, or from where. Keys that limit how (such as TLS) are not enough, nor are tags
 * of principals, which every account can set on its own principals.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
const WHO =
    /^(aws:(Principal(Account|Arn|OrgID|OrgPaths|ServiceName)|Source(Account|Arn|Ip|OrgID|OrgPaths|Vpc|Vpce)|userid)|kms:CallerAccount|s3:DataAccessPoint(Account|Arn))$/i;

/** If public access is blocked, such a grant fails or has no effect, but it shows an intention to open a bucket. */
export const noPublicGrants: ResourceRule = {
    name: "no-public-grants",
    description: "No ACL and no resource policy grants public access.",
    check: (resource) => [...publicAcls(resource), ...publicStatements(resource)],
};

function publicAcls(resource: Resource): readonly string[] {
    const { acl, grants, accessControlPolicy } = resource.props;
    return !WITH_ACLS.includes(awsType(resource))
        ? []
        : textsIn([acl, grants, accessControlPolicy])
              .filter((text) => PUBLIC.test(text))
              .map(
                  (text) =>
                      `found a grant to "${text}": remove it, and name the principals in a bucket policy`,
              );
}

function publicStatements(resource: Resource): readonly string[] {
    const policy = resource.props[POLICIES[awsType(resource)] ?? ""];
    return statementsOf(policy).flatMap((statement, index) =>
        statement.Effect === "Allow" && allowsAnyPrincipal(statement) && !isLimited(statement, WHO)
            ? [`found ${statementName(statement, index)}, which allows all principals: name the principals`]
            : [],
    );
}

function allowsAnyPrincipal({ Principal, NotPrincipal }: Statement): boolean {
    return isAnyPrincipal(Principal) || NotPrincipal !== undefined;
}

/** The strings in a value, at any depth. */
function textsIn(value: unknown): readonly string[] {
    if (typeof value === "object" && value !== null) {
        return Object.values(value).flatMap(textsIn);
    }
    return typeof value === "string" ? [value] : [];
}
