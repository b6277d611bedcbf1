import { takesNoResource } from "./actions-without-resource";
import { isLimited, type Statement, statementName, statementsOf } from "./document";
import { at, awsType, list, type Resource, type ResourceRule, texts } from "./resource";

/** AWS's managed policies that allow whole services on everything, such as EMR's defaults until 2021. */
const BROAD_MANAGED_POLICY =
    /^arn:[^:]+:iam::aws:policy\/.*(AdministratorAccess|PowerUserAccess|FullAccess|AmazonElasticMapReduceRole|AmazonElasticMapReduceforEC2Role)/;

/** Condition keys that limit the resource: by its tags, by the tags of a new resource, or by its name. */
const WHICH =
    /^[a-z0-9-]+:(ResourceTag|RequestTag)\/|^kms:(RequestAlias|ResourceAliases)$|^ec2:(Subnet|Vpc)$/i;

/**
 * Applies to identity policies: in a resource policy, `*` is that resource, and trust policies have no resource. `*` is
 * accepted if an action takes no resource, or if a condition limits the resource, as for a cluster that does not exist
 * yet. `*` after an account's number is as wide as `*`. `*` after a resource type, such as `cluster/*`, is accepted.
 */
export const noWildcardResources: ResourceRule = {
    name: "iam-no-wildcard-resources",
    description: "No role, user or group may act on every resource.",
    configSchema: {
        properties: {
            actionsWithoutResource: {
                type: "array",
                items: { type: "string" },
                default: [],
                description:
                    "Additional actions that take no resource, such as `glue:GetDevEndpoints`. The pack knows those of the services that a pipeline calls",
            },
        },
    },
    check: (resource, { actionsWithoutResource = [] }) => [
        ...documents(resource).flatMap((policy) =>
            statementsOf(policy).flatMap((statement, index) => {
                const everything = wildcard(statement);
                return everything && !isAcceptable(statement, actionsWithoutResource)
                    ? [
                          `found ${statementName(statement, index)}, which allows ${actions(statement)} on ${everything}: name the resources, or limit them by a condition on their tags`,
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

/** The resource of an Allow statement that means every resource; undefined if none does. */
function wildcard({ Effect, Resource, NotResource }: Statement): string | undefined {
    if (Effect !== "Allow") {
        return undefined;
    }
    return NotResource === undefined ? texts(Resource).find(isEverything) : "everything but its NotResource";
}

/** Whether the resource part of an ARN begins with a wildcard: `*`, `arn:aws:s3:::*`. */
function isEverything(arn: string): boolean {
    const parts = arn.split(":");
    return (parts[Math.min(parts.length - 1, 5)] ?? "").startsWith("*");
}

/** Whether a statement on every resource is acceptable: a condition limits it, or its actions take no resource. */
function isAcceptable(statement: Statement, withoutResource: readonly string[]): boolean {
    const { Action, NotAction } = statement;
    return (
        isLimited(statement, WHICH) ||
        (NotAction === undefined &&
            list(Action).every(
                (action) => typeof action !== "string" || takesNoResource(action, withoutResource),
            ))
    );
}

function actions({ Action, NotAction }: Statement): string {
    return NotAction === undefined ? texts(Action).join(", ") : "everything but its NotAction";
}
