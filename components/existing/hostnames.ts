import type * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { alternativeNames, isForNodesOf } from "../domain/certificate-chain";
import { domainNames, internalDomain } from "../domain/region";
import { type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";

/** What AWS says of a VPC's DHCP options; undefined: it has none. */
export type DhcpFacts = aws.ec2.GetVpcDhcpOptionsResult | Unanswered | undefined;

/** What follows from the names of nodes and of their certificate. */
export interface Hostnames {
    /** Whether nodes must accept a certificate under any name. */
    readonly any: boolean;
    /** What the nodes' names end with, as their certificate has it; AWS's own where that is not known. */
    readonly domain: string;
    readonly warnings: readonly string[];
}

const PATH = ["network", "existing", "vpcId"];

/** Nodes accept one another by the names that their certificate carries, unless the stack config allows others. */
export function checkHostnames(settings: ResolvedArgs, dhcpOptions: DhcpFacts): readonly Finding[] {
    const { certificates, encryption, network } = settings;
    if (!encryption.inTransit) {
        return [];
    }
    if (dhcpOptions === undefined) {
        return [
            {
                path: PATH,
                found: "no DHCP options, so that nodes have no names",
                remedy: `associate DHCP options with ${neededDomain(settings)} and AmazonProvidedDNS`,
            },
        ];
    }
    if (!isAnswer(dhcpOptions)) {
        return [noAnswer(PATH, "its DHCP options", dhcpOptions, "ec2:DescribeDhcpOptions")];
    }
    const domains = domainsIn(dhcpOptions);
    if (network.existing?.allowHostnameMismatch || carriesNames(settings, domains) !== false) {
        return [];
    }
    const found =
        domains.length === 0 ? "no domain name" : `the domain name ${JSON.stringify(domains.join(" "))}`;
    const theirs =
        certificates.chainPem === null
            ? `*.${internalDomain(settings.region)}`
            : alternativeNames(certificates.chainPem);
    return [
        {
            path: PATH,
            found: `DHCP options with ${found}, while the nodes' certificate is for ${theirs}`,
            remedy: [
                `DHCP options with ${neededDomain(settings)}`,
                ...domains.slice(0, 1).map((domain) => `or a certificate of yours for *.${domain}`),
                // Refused with thrift.
                ...(settings.emrEtlRunner.collectors.format === "thrift"
                    ? []
                    : [
                          "or network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name",
                      ]),
                "or encryption.inTransit: false",
            ].join("; "),
        },
    ];
}

/** Of a network that was found fit; undefined: it is the stack's own, with the names of AWS's. */
export function hostnamesOf(settings: ResolvedArgs, dhcpOptions: DhcpFacts): Hostnames {
    const { encryption, network, region } = settings;
    const usual = internalDomain(region);
    if (!encryption.inTransit || dhcpOptions === undefined || !isAnswer(dhcpOptions)) {
        return { any: false, domain: usual, warnings: [] };
    }
    const domains = domainsIn(dhcpOptions);
    const carries = carriesNames(settings, domains);
    const any = carries !== true && network.existing?.allowHostnameMismatch === true;
    const isOdd = carries === undefined && !any && !domains.includes(usual);
    return {
        any,
        domain: domains.find((domain) => carriesNames(settings, [domain])) ?? usual,
        warnings: [
            ...(any ? [`${carries === undefined ? UNKNOWN : OTHER} ${ANY}`] : []),
            ...(isOdd ? [UNSEEN] : []),
        ],
    };
}

const OTHER = "The nodes' names are not in their certificate:";
const UNKNOWN = "Whether the nodes' names are in certificates.archive cannot be seen from here:";
const ANY =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const UNSEEN =
    "The VPC's DHCP options name another domain than AWS's own. Whether the certificate in certificates.archive carries it cannot be seen from here.";

/** Whether nodes' certificate carries their names, of which Linux takes several; undefined: nobody here knows. */
function carriesNames(
    { certificates: { archive, chainPem }, region }: ResolvedArgs,
    domains: readonly string[],
): boolean | undefined {
    if (archive !== null) {
        return undefined;
    }
    return domains.some((domain) =>
        chainPem === null ? domain === internalDomain(region) : isForNodesOf(domain, chainPem),
    );
}

function neededDomain({ certificates, region }: ResolvedArgs): string {
    return certificates.chainPem === null
        ? `the domain name ${internalDomain(region)}`
        : "a domain name that certificates.chainPem is for";
}

/** DHCP options without any leave the AWS provider's answer without it. */
function domainsIn({ domainName }: Partial<aws.ec2.GetVpcDhcpOptionsResult>): readonly string[] {
    return domainNames(domainName ?? "");
}
