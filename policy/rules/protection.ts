import { awsType, type Resource, type ResourceRule, type RuleConfig } from "./resource";

const PRODUCTION: readonly string[] = ["prod"];

/**
 * Applies to buckets, and to keys, because data is lost with its key. `forceDestroy` on a bucket means that its objects
 * can be created again. The stack's name is in the URN, in every version of the engine.
 */
export const productionProtected: ResourceRule = {
    name: "production-data-protected",
    description: "Data and keys of production stacks cannot be deleted by mistake.",
    configSchema: {
        properties: {
            stacks: {
                type: "array",
                items: { type: "string" },
                default: [...PRODUCTION],
                description:
                    "Names of production stacks. A name also matches stacks with a suffix after a hyphen, underscore or dot",
            },
        },
    },
    check: (resource, { stacks = PRODUCTION }: RuleConfig) => {
        const stack = resource.urn.split("::")[0]?.slice("urn:pulumi:".length) ?? "";
        return isProduction(stack, stacks) && holdsData(resource) && !resource.protect
            ? [`found no protection in stack ${stack}: set the resource option protect to true`]
            : [];
    },
};

/** For the name `prod`: true for `prod` and `prod-eu`, false for `product` and `preprod`. */
function isProduction(stack: string, names: readonly string[]): boolean {
    return names.some((name) => stack.startsWith(name) && /^([-_.]|$)/.test(stack.slice(name.length)));
}

function holdsData(resource: Resource): boolean {
    switch (awsType(resource)) {
        case "s3/bucket":
            return resource.props.forceDestroy !== true;
        case "kms/key":
        case "kms/externalKey":
            return true;
        default:
            return false;
    }
}
