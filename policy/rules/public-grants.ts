import { isConditional, isEverybody, nameOf, statementsOf } from "./document";
import { awsType, type Resource, type ResourceRule } from "./resource";

/** A canned ACL, or the URI of a group of grantees: everybody, or everybody with an AWS account. */
const PUBLIC =
    /^(public-read|public-read-write|authenticated-read)$|\/global\/(AllUsers|AuthenticatedUsers)$/;

/** ACLs of buckets, old and new, and of objects; and the policies, those that are the bucket's own property too. */
const TYPES: readonly string[] = [
    "s3/bucket",
    "s3/bucketAcl",
    "s3/bucketObject",
    "s3/bucketObjectv2",
    "s3/bucketPolicy",
    "s3/objectCopy",
];

/** Where public access is blocked, such a grant fails or does nothing: it shows that somebody means to open a bucket. */
export const noPublicGrants: ResourceRule = {
    name: "s3-no-public-grants",
    description: "No ACL and no bucket policy lets everybody in.",
    check: (resource) =>
        TYPES.includes(awsType(resource)) ? [...publicAcls(resource), ...publicStatements(resource)] : [],
};

function publicAcls({ props }: Resource): readonly string[] {
    const { acl, grants, accessControlPolicy } = props;
    return textsIn([acl, grants, accessControlPolicy])
        .filter((text) => PUBLIC.test(text))
        .map((text) => `found a grant to "${text}": take it out, and name who gets in by a bucket policy`);
}

function publicStatements({ props }: Resource): readonly string[] {
    return statementsOf(props.policy).flatMap((statement, index) =>
        statement.Effect === "Allow" && isEverybody(statement.Principal) && !isConditional(statement)
            ? [`found ${nameOf(statement, index)}, which allows everybody: name the principals`]
            : [],
    );
}

/** Every text, at any depth. */
function textsIn(value: unknown): readonly string[] {
    if (typeof value === "object" && value !== null) {
        return Object.values(value).flatMap(textsIn);
    }
    return typeof value === "string" ? [value] : [];
}
