import { isEverybody, isHeld, nameOf, type Statement, statementsOf } from "./document";
import { awsType, type Resource, type ResourceRule } from "./resource";

/** A canned ACL, or the URI of a group of grantees: everybody, or everybody with an AWS account. */
const PUBLIC =
    /^(public-read|public-read-write|authenticated-read)$|\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Resources with ACLs: buckets, old and new, and objects. */
const WITH_ACLS: readonly string[] = [
    "s3/bucket",
    "s3/bucketAcl",
    "s3/bucketObject",
    "s3/bucketObjectv2",
    "s3/objectCopy",
];

/** The properties that say who gets in: at data, at its keys, at roles that reach it, at what tells of it. */
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
 * Condition keys that say who, or from where. Those that say how (over TLS) let in everybody who does it so; tags of
 * principals are anybody's to set, in an account of their own.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
const WHO =
    /^(aws:(Principal(Account|Arn|OrgID|OrgPaths|ServiceName)|Source(Account|Arn|Ip|OrgID|OrgPaths|Vpc|Vpce)|userid)|kms:CallerAccount|s3:DataAccessPoint(Account|Arn))$/i;

/** Where public access is blocked, such a grant fails or does nothing: it shows that somebody means to open a bucket. */
export const noPublicGrants: ResourceRule = {
    name: "no-public-grants",
    description: "No ACL and no resource's own policy lets everybody in.",
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
                      `found a grant to "${text}": take it out, and name who gets in by a bucket policy`,
              );
}

function publicStatements(resource: Resource): readonly string[] {
    const policy = resource.props[POLICIES[awsType(resource)] ?? ""];
    return statementsOf(policy).flatMap((statement, index) =>
        statement.Effect === "Allow" && letsEverybodyIn(statement) && !isHeld(statement, WHO)
            ? [`found ${nameOf(statement, index)}, which allows everybody: name the principals`]
            : [],
    );
}

function letsEverybodyIn({ Principal, NotPrincipal }: Statement): boolean {
    return isEverybody(Principal) || NotPrincipal !== undefined;
}

/** Every text, at any depth. */
function textsIn(value: unknown): readonly string[] {
    if (typeof value === "object" && value !== null) {
        return Object.values(value).flatMap(textsIn);
    }
    return typeof value === "string" ? [value] : [];
}
