import { checkVpcDns } from "../../components/checks/network";
import { domainNames } from "../../components/domain/region";
import { valueAt } from "../../components/domain/value-at";
import { readConfig } from "../config-yml";
import { type Context, type Observation, okIf, restore } from "./control";
import { isInTransitOn } from "./security-configuration";

const DNS = [
    { attribute: "enableDnsSupport", key: "EnableDnsSupport", option: "dns-support" },
    { attribute: "enableDnsHostnames", key: "EnableDnsHostnames", option: "dns-hostnames" },
] as const;

/** AWS's own DNS: the name, and the addresses that every VPC has for it. A VPC's base address plus two comes from the VPC. */
const AMAZON_DNS = ["AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"];

/** Nodes have, and find, the names that their certificate carries. */
export function nodeNames(context: Context): readonly Observation[] {
    const { clients, outputs } = context;
    const { vpcId, forCommands } = outputs;
    const dns = DNS.map(({ attribute, key, option }) => {
        const { fix = "" } = checkVpcDns({ id: vpcId, region: forCommands.region }, option, false) ?? {};
        const found = async () => {
            const answer = await clients.ec2.describeVpcAttribute({ VpcId: vpcId, Attribute: attribute });
            return answer[key]?.Value ? "on" : "off";
        };
        return { subject: `VPC ${vpcId}: ${option}`, expected: "on", fix: `\`${fix}\``, found };
    });
    const isNamed =
        isInTransitOn(outputs.securityConfiguration) && !acceptsAnyName(outputs.emrEtlRunnerConfig);
    return isNamed ? [...dns, dhcpNames(context)] : dns;
}

function dhcpNames(context: Context): Observation {
    const { vpcId, certificateExpiresAt, forCommands } = context.outputs;
    const { nodeDomain, ownsNetwork } = forCommands;
    // `archiveContent` compares the names of an existing archive with those of an existing VPC.
    const isAny = certificateExpiresAt === null && !ownsNetwork;
    return {
        subject: `VPC ${vpcId}: domain name in its DHCP options`,
        expected: isAny ? "any" : nodeDomain,
        fix: ownsNetwork
            ? restore(context.outputs)
            : `DHCP options with the domain name ${nodeDomain} and the name server AmazonProvidedDNS`,
        found: async () => {
            const options = await dhcpOptions(context);
            if (!options) {
                return "no DHCP options, so that nodes have no names";
            }
            const { domains, servers, resolver } = options;
            const hasName = isAny ? domains.length > 0 : domains.includes(nodeDomain);
            const isAws =
                servers.length > 0 && servers.every((each) => [...AMAZON_DNS, resolver].includes(each));
            // Another name server may forward the nodes' names to AWS's.
            const otherwise = ownsNetwork || servers.length === 0 ? "failed" : "unknown";
            const shown = servers.join(", ") || "none";
            return [
                { found: okIf(hasName, domains.join(" ") || "none") },
                {
                    subject: `VPC ${vpcId}: name servers in its DHCP options`,
                    expected: "AmazonProvidedDNS",
                    found: { found: shown, result: isAws ? "ok" : otherwise } as const,
                },
            ];
        },
    };
}

/** Undefined for a VPC without DHCP options. */
export async function dhcpOptions({ clients: { ec2 }, outputs: { vpcId } }: Context) {
    const vpcs = await ec2.describeVpcs({ VpcIds: [vpcId] });
    const { DhcpOptionsId: id = "default", CidrBlock = "" } = vpcs.Vpcs?.[0] ?? {};
    if (id === "default") {
        return undefined;
    }
    const answer = await ec2.describeDhcpOptions({ DhcpOptionsIds: [id] });
    const valuesOf = (key: string) =>
        (answer.DhcpOptions?.[0]?.DhcpConfigurations ?? [])
            .filter(({ Key }) => Key === key)
            .flatMap(({ Values = [] }) => Values.flatMap(({ Value = "" }) => Value));
    return {
        domains: valuesOf("domain-name").flatMap(domainNames),
        servers: valuesOf("domain-name-servers"),
        /** https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
        resolver: CidrBlock.replace(/(\d+)\/\d+$/, (_, last) => String(Number(last) + 2)),
    };
}

/** See `network.existing.allowHostnameMismatch`. */
export function acceptsAnyName(emrEtlRunnerConfig: string): boolean {
    const path = ["aws", "emr", "configuration", "core-site", "hadoop.ssl.hostname.verifier"];
    return valueAt(readConfig(emrEtlRunnerConfig, "emrEtlRunnerConfig"), path) === "ALLOW_ALL";
}
