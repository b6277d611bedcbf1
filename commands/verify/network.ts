import {
    DescribeDhcpOptionsCommand,
    DescribeVpcAttributeCommand,
    DescribeVpcsCommand,
    type EC2Client,
} from "@aws-sdk/client-ec2";
import { checkDomainNames } from "../../components/checks/domain-names";
import { checkVpcDns } from "../../components/checks/network";
import { domainNames } from "../../components/domain/region";
import { call, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { acceptsAnyName, isInTransitOn } from "./certificates";
import { attempt, type Check, type Context, compare, compareFinding } from "./check";
import { emrTagChecks } from "./emr-tag";
import { subnetChecks } from "./subnets";

/** Whether nodes find one another by the names that their certificate carries, and their way to S3 and out. */
export async function networkChecks({ clients: { ec2 }, outputs }: Context): Promise<readonly Check[]> {
    const { vpcId, forCommands } = outputs;
    const on = `VPC ${vpcId}`;
    return attempt(on, "there", async () => {
        const answer = await callIfThere(["InvalidVpcID.NotFound"], "ec2:DescribeVpcs", vpcId, () =>
            ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })),
        );
        const vpc = answer?.Vpcs?.[0];
        if (!vpc) {
            return compare({
                on,
                expected: "there",
                found: "no such VPC",
                remedy: forCommands.ownsNetwork
                    ? `npx pulumi up --refresh --stack ${forCommands.stack}, then the new config.yml`
                    : `a VPC that is there in network.existing, npx pulumi up --stack ${forCommands.stack}, then the new config.yml`,
            });
        }
        const checks = await Promise.all([
            dnsChecks(ec2, outputs),
            nameChecks(ec2, outputs, vpc.DhcpOptionsId),
            subnetChecks(ec2, outputs),
        ]);
        return [
            ...checks.flat(),
            // The user's own service role may allow EMR to use it without.
            ...(forCommands.rolePolicies.serviceRole
                ? emrTagChecks(on, { id: vpcId, region: forCommands.region, tags: vpc.Tags })
                : []),
        ];
    });
}

const DNS = [
    { attribute: "enableDnsSupport", key: "EnableDnsSupport", option: "dns-support" },
    { attribute: "enableDnsHostnames", key: "EnableDnsHostnames", option: "dns-hostnames" },
] as const;

async function dnsChecks(ec2: EC2Client, { vpcId, forCommands }: StackOutputs): Promise<readonly Check[]> {
    const checks = await Promise.all(
        DNS.map(({ attribute, key, option }) => {
            const line = { on: `VPC ${vpcId}: ${option}`, expected: "on" };
            return attempt(line.on, line.expected, async () => {
                const answer = await call("ec2:DescribeVpcAttribute", vpcId, () =>
                    ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: attribute })),
                );
                const isOn = answer[key]?.Value;
                const vpc = { id: vpcId, region: forCommands.region };
                return compareFinding(checkVpcDns(vpc, option, isOn), {
                    ...line,
                    found: isOn ? "on" : "off",
                });
            });
        }),
    );
    return checks.flat();
}

/** EC2's name for a VPC without DHCP options. */
const NO_DHCP_OPTIONS = "default";

/** Nodes accept one another by the names that their certificate carries, unless they accept any. */
async function nameChecks(
    ec2: EC2Client,
    outputs: StackOutputs,
    dhcpOptionsId = NO_DHCP_OPTIONS,
): Promise<readonly Check[]> {
    const { vpcId, securityConfiguration, emrEtlRunnerConfig, certificateExpiresAt, forCommands } = outputs;
    if (!isInTransitOn(securityConfiguration)) {
        return [];
    }
    const domain = forCommands.nodeDomain;
    const anyName = acceptsAnyName(emrEtlRunnerConfig);
    const line = {
        on: `VPC ${vpcId}: domain name in its DHCP options`,
        expected: anyName ? "any" : domain,
    };
    return attempt(line.on, line.expected, async () => {
        const options =
            dhcpOptionsId === NO_DHCP_OPTIONS
                ? undefined
                : await call("ec2:DescribeDhcpOptions", dhcpOptionsId, () =>
                      ec2.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [dhcpOptionsId] })),
                  );
        const domains = (options?.DhcpOptions?.[0]?.DhcpConfigurations ?? [])
            .filter(({ Key }) => Key === "domain-name")
            .flatMap(({ Values = [] }) => Values.flatMap(({ Value = "" }) => domainNames(Value)));
        const finding = checkDomainNames(options && domains, anyName ? undefined : (name) => name === domain);
        return compareFinding(finding, {
            ...line,
            found: options ? domains.join(" ") || "none" : (finding?.found ?? ""),
            // An archive of the user's may carry other names: what is in it tells.
            severity: options && certificateExpiresAt === null ? "warning" : "failed",
            remedy: forCommands.ownsNetwork
                ? `npx pulumi up --refresh --stack ${forCommands.stack}`
                : `DHCP options with the domain name ${domain}, or a certificate for the names that the nodes have`,
        });
    });
}
