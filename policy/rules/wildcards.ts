import { nameOf, type Statement, statementsOf } from "./document";
import { at, awsType, isKnown, list, type Resource, type ResourceRule, texts, UNKNOWN } from "./resource";

/** AWS's own policies that allow whole services on everything, among them EMR's defaults of before 2021. */
const BROAD_MANAGED_POLICY =
    /^arn:[^:]+:iam::aws:policy\/.*(AdministratorAccess|PowerUserAccess|FullAccess|AmazonElasticMapReduceRole|AmazonElasticMapReduceforEC2Role)/;

/**
 * Actions that tell which things there are, nothing of what is in them. Most of them know no resource in IAM. S3's are
 * left out but for one: they list what is in a bucket, and can be held to buckets.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const METADATA = /^(s3:ListAllMyBuckets$|(?!s3:)[a-z0-9-]+:(List|Describe))/i;

/** Condition keys that say which resource, or what of it: a service's own, and of the global ones those on resources. */
const NARROWING = /^(?!aws:)|^aws:(Resource|RequestTag)/i;

/**
 * Of identity policies: in a key's or a bucket's own policy, `*` means that key, and trust policies have no resource.
 * `*` is right where an action takes no resource (`METADATA`) or where there is no resource yet, as when a cluster is
 * launched: then a condition must say which (`NARROWING`). `*` with an account's number before it is as wide as `*`;
 * one behind a resource's type, such as `cluster/*`, is left to reviews.
 */
export const noWildcardResources: ResourceRule = {
    name: "iam-no-wildcard-resources",
    description: "No role, user or group may do something to everything.",
    check: (resource) => [
        ...documents(resource).flatMap((policy) =>
            statementsOf(policy).flatMap((statement, index) => {
                const everything = wildcard(statement);
                return everything && !isHarmless(statement)
                    ? [
                          `found ${nameOf(statement, index)}, which allows ${actions(statement)} on ${everything}: name the resources, or say which by a condition`,
                      ]
                    : [];
            }),
        ),
        ...managedPolicies(resource)
            .filter((arn) => BROAD_MANAGED_POLICY.test(arn))
            .map((arn) => `found ${arn}, which allows whole services on everything: write a narrower policy`),
    ],
};

function documents(resource: Resource): readonly unknown[] {
    switch (awsType(resource)) {
        case "iam/policy":
        case "iam/rolePolicy":
        case "iam/userPolicy":
        case "iam/groupPolicy":
            return [resource.props.policy];
        case "iam/role":
            return list(resource.props.inlinePolicies).map((inline) => at(inline, "policy"));
        default:
            return [];
    }
}

function managedPolicies(resource: Resource): readonly string[] {
    switch (awsType(resource)) {
        case "iam/rolePolicyAttachment":
        case "iam/userPolicyAttachment":
        case "iam/groupPolicyAttachment":
        case "iam/policyAttachment":
            return texts(resource.props.policyArn);
        case "iam/role":
            return texts(resource.props.managedPolicyArns);
        default:
            return [];
    }
}

/** What of an allowing statement means everything, if anything does. */
function wildcard({ Effect, Resource, NotResource }: Statement): string | undefined {
    if (Effect !== "Allow") {
        return undefined;
    }
    return NotResource === undefined ? texts(Resource).find(isEverything) : "everything but its NotResource";
}

/** Whether the part of an ARN that names the resource begins with a wildcard: `*`, `arn:aws:s3:::*`. */
function isEverything(arn: string): boolean {
    const parts = arn.split(":");
    return (parts[Math.min(parts.length - 1, 5)] ?? "").startsWith("*");
}

function isHarmless({ Action, NotAction, Condition }: Statement): boolean {
    const keys = Object.values(Object(Condition)).flatMap((operator) => Object.keys(Object(operator)));
    return (
        !isKnown(Condition) ||
        keys.some((key) => NARROWING.test(key)) ||
        (NotAction === undefined &&
            list(Action).every((action) => action === UNKNOWN || METADATA.test(String(action))))
    );
}

function actions({ Action, NotAction }: Statement): string {
    return NotAction === undefined ? texts(Action).join(", ") : "everything but its NotAction";
}
