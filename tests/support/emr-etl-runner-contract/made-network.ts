import { isDeepStrictEqual } from "node:util";
import { PLACEHOLDER } from "../../../testing/placeholder-provider";
import { KEY_PAIR, listOf, type Made, SECURITY_GROUP } from "./made";
import type { Rule } from "./rules";

export const NETWORK_RULES: Readonly<Record<string, Rule<Made>>> = {
    "where clusters run": ({ yml, run, given, existing }) => {
        const subnets = run.outputs.subnetIds as readonly string[];
        const [zone] = listOf(given, ["network", "availabilityZones"]);
        const made = run.registrations.filter(({ type }) => type.startsWith("aws:ec2/"));
        const groups = made.filter(({ type }) => type === SECURITY_GROUP);
        const subnet = made.find(({ name }) => yml.aws.emr.ec2_subnet_id === `subnet-${PLACEHOLDER}-${name}`);
        const vpc = existing.network?.vpcId ?? `vpc-${PLACEHOLDER}`;
        return {
            "not the first subnet": subnets[0] !== yml.aws.emr.ec2_subnet_id,
            "another zone": subnet?.inputs.availabilityZone !== zone,
            "not the existing subnets": existing.network
                ? !isDeepStrictEqual(subnets, existing.network.subnetIds)
                : subnet === undefined,
            "another VPC": run.outputs.vpcId !== vpc || groups.some(({ inputs }) => inputs.vpcId !== vpc),
            "a network in addition to the existing one":
                Boolean(existing.network) &&
                made.some(({ type }) => type !== SECURITY_GROUP && type !== KEY_PAIR),
            "egress addresses of an existing network":
                Boolean(existing.network) && !isDeepStrictEqual(run.outputs.egressIps, []),
            "EMR's groups missing, or created where they exist":
                groups.length > 0 !== (!existing.network || existing.securityGroups === "create"),
        };
    },
};
