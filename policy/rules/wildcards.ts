import { takesNoResource } from "./actions-without-resource";
import { isHeld, nameOf, type Statement, statementsOf } from "./document";
import { at, awsType, list, type Resource, type ResourceRule, texts } from "./resource";

/** AWS's own policies that allow whole services on everything, among them EMR's defaults of before 2021. */
const BROAD_MANAGED_POLICY =
    /^arn:[^:]+:iam::aws:policy\/.*(AdministratorAccess|PowerUserAccess|FullAccess|AmazonElasticMapReduceRole|AmazonElasticMapReduceforEC2Role)/;

/** Condition keys that say which resource: its tags, those of a new one, and names of it. */
const WHICH =
    /^[a-z0-9-]+:(ResourceTag|RequestTag)\/|^kms:(RequestAlias|ResourceAliases)$|^ec2:(Subnet|Vpc)$/i;

/**
 * Of identity policies: in a key's or a bucket's own policy, `*` means that key, and trust policies have no resource.
 * `*` is right where an action takes no resource, or where there is none yet, as when a cluster is launched: then a
 * condition must say which. `*` with an account's number before it is as wide as `*`; one behind a resource's type,
 * such as `cluster/*`, is left to reviews.
 */
export const noWildcardResources: ResourceRule = {
    name: "iam-no-wildcard-resources",
    description: "No role, user or group may do something to everything.",
    configSchema: {
        properties: {
            actionsWithoutResource: {
                type: "array",
                items: { type: "string" },
                default: [],
                description:
                    "Further actions that take no resource, as `glue:GetDevEndpoints`; the pack knows those of the services that a pipeline calls",
            },
        },
    },
    check: (resource, { actionsWithoutResource = [] }) => [
        ...documents(resource).flatMap((policy) =>
            statementsOf(policy).flatMap((statement, index) => {
                const everything = wildcard(statement);
                return everything && !isRight(statement, actionsWithoutResource)
                    ? [
                          `found ${nameOf(statement, index)}, which allows ${actions(statement)} on ${everything}: name the resources, or say which by a condition on their tags`,
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

/** Whether everything is all that can be said, or a condition says more. */
function isRight(statement: Statement, withoutResource: readonly string[]): boolean {
    const { Action, NotAction } = statement;
    return (
        isHeld(statement, WHICH) ||
        (NotAction === undefined &&
            list(Action).every(
                (action) => typeof action !== "string" || takesNoResource(action, withoutResource),
            ))
    );
}

function actions({ Action, NotAction }: Statement): string {
    return NotAction === undefined ? texts(Action).join(", ") : "everything but its NotAction";
}
