import { awsType, type Resource, type ResourceRule, type RuleConfig } from "./resource";

const PRODUCTION: readonly string[] = ["prod"];

/**
 * Buckets and keys: what a lost key encrypted is lost too. A bucket with `forceDestroy` says of itself that all that is
 * in it can be made again. The URN says which stack this is, in every version of the engine.
 */
export const productionProtected: ResourceRule = {
    name: "production-data-protected",
    description: "Data of production stacks, and the keys to it, cannot be deleted by mistake.",
    configSchema: {
        properties: {
            stacks: {
                type: "array",
                items: { type: "string" },
                default: [...PRODUCTION],
                description:
                    "Names of production stacks, each with or without more behind a hyphen, underscore or dot",
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

/** Of `prod`: `prod` and `prod-eu`; not `product`, not `preprod`. */
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
