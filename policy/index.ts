import {
    PolicyPack,
    type PolicyResource,
    type ResourceValidationArgs,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { RESOURCE_RULES, STACK_RULES } from "./rules";
import type { Resource, ResourceRule, RuleConfig, StackRule } from "./rules/resource";
import { plain } from "./unknown";

const enforcementLevel = "mandatory";

new PolicyPack("snowplow-emr-encryption", {
    description: "Rules that an encrypted Snowplow pipeline must keep, also in a changed program",
    enforcementLevel,
    policies: [...RESOURCE_RULES.map(resourcePolicy), ...STACK_RULES.map(stackPolicy)],
});

function resourcePolicy({ check, ...rule }: ResourceRule): ResourceValidationPolicy {
    return {
        ...rule,
        enforcementLevel,
        validateResource: (args, report) => {
            for (const message of check(toResource(args), args.getConfig<RuleConfig>())) {
                report(message);
            }
        },
    };
}

function stackPolicy({ check, ...rule }: StackRule): StackValidationPolicy {
    return {
        ...rule,
        enforcementLevel,
        validateStack: (args, report) => {
            for (const { urn, message } of check(args.resources.map(toResource))) {
                report(message, urn);
            }
        },
    };
}

function toResource(resource: ResourceValidationArgs | PolicyResource): Resource {
    const dependencies = "propertyDependencies" in resource ? resource.propertyDependencies : {};
    return {
        urn: resource.urn,
        type: resource.type,
        props: plain(resource.props) as Resource["props"],
        protect: resource.opts.protect,
        propertyDependencies: Object.fromEntries(
            Object.entries(dependencies).map(([property, from]) => [property, from.map(({ urn }) => urn)]),
        ),
    };
}
