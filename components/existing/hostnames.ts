import type * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { checkDomainNames, type DhcpOptions } from "../checks/domain-names";
import { alternativeNames, isForNodesOf } from "../domain/certificate-chain";
import type { ArgumentError } from "../domain/errors";
import { domainNames, internalDomain } from "../domain/region";
import { at, type FailedLookup, lookupFailed, succeeded } from "./lookup";

/** The DHCP options of a VPC; undefined if it has none. */
export type DhcpFacts = aws.ec2.GetVpcDhcpOptionsResult | FailedLookup | undefined;

/** What follows from the names of nodes and of their certificate. */
export interface Hostnames {
    /** Whether nodes must accept a certificate under any name. */
    readonly any: boolean;
    /** What the nodes' names end with, as their certificate has it; AWS's own domain if that is not known. */
    readonly domain: string;
    readonly warnings: readonly string[];
}

const PATH = ["network", "existing", "vpcId"];

/** Nodes accept one another by the names in their certificate, unless the arguments allow other names. */
export function checkHostnames(args: ResolvedArgs, dhcpOptions: DhcpFacts): readonly ArgumentError[] {
    const { archive } = args.certificates;
    if (!args.encryption.inTransit) {
        return [];
    }
    if (dhcpOptions !== undefined && !succeeded(dhcpOptions)) {
        return [lookupFailed(PATH, "the VPC's DHCP options", dhcpOptions, "ec2:DescribeDhcpOptions")];
    }
    const options = dhcpOptions && optionsOf(dhcpOptions);
    const acceptsAny = archive !== null || args.network.existing?.allowHostnameMismatch;
    const findings = checkDomainNames(
        options,
        acceptsAny ? undefined : (domain) => isInCertificate(args, domain),
    );
    return at(PATH, findings).map((error) =>
        options === undefined
            ? { ...error, fix: `associate DHCP options with ${neededDomain(args)} and AmazonProvidedDNS` }
            : {
                  ...error,
                  found: `${error.found}, but the nodes' certificate is for ${certificateNames(args)}`,
                  fix: waysToMatch(args, options.domains).join("; or "),
              },
    );
}

function waysToMatch(args: ResolvedArgs, domains: readonly string[]): readonly string[] {
    return [
        `associate DHCP options with ${neededDomain(args)}`,
        ...domains.slice(0, 1).map((domain) => `bring a certificate for *.${domain}`),
        // The arguments refuse it with thrift.
        ...(args.emrEtlRunner.collectors.format === "thrift"
            ? []
            : [
                  "set network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name",
              ]),
        "set encryption.inTransit: false",
    ];
}

/** Of a network without errors; `dhcpOptions` is undefined for the stack's own network, with AWS's names. */
export function hostnamesOf(args: ResolvedArgs, dhcpOptions: DhcpFacts): Hostnames {
    const usual = internalDomain(args.region);
    if (!args.encryption.inTransit || dhcpOptions === undefined || !succeeded(dhcpOptions)) {
        return { any: false, domain: usual, warnings: [] };
    }
    const { domains } = optionsOf(dhcpOptions);
    const isUnknown = args.certificates.archive !== null;
    const carried = isUnknown ? undefined : domains.find((domain) => isInCertificate(args, domain));
    const any = carried === undefined && args.network.existing?.allowHostnameMismatch === true;
    const isUnusual = isUnknown && !any && !domains.includes(usual);
    return {
        any,
        domain: carried ?? usual,
        warnings: [
            ...(any ? [`${isUnknown ? UNKNOWN_NAMES : OTHER_NAMES} ${ANY_NAME}`] : []),
            ...(isUnusual ? [UNUSUAL_DOMAIN] : []),
        ],
    };
}

const OTHER_NAMES = "The nodes' names are not in their certificate:";
const UNKNOWN_NAMES = "It is not known whether the nodes' names are in certificates.archive:";
const ANY_NAME =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const UNUSUAL_DOMAIN =
    "The VPC's DHCP options have another domain name than AWS's own. It is not known whether the certificate in certificates.archive carries it.";

function isInCertificate({ certificates: { chainPem }, region }: ResolvedArgs, domain: string): boolean {
    return chainPem === null ? domain === internalDomain(region) : isForNodesOf(domain, chainPem);
}

function certificateNames({ certificates: { chainPem }, region }: ResolvedArgs): string {
    return chainPem === null ? `*.${internalDomain(region)}` : alternativeNames(chainPem);
}

function neededDomain({ certificates, region }: ResolvedArgs): string {
    return certificates.chainPem === null
        ? `the domain name ${internalDomain(region)}`
        : "a domain name that certificates.chainPem is for";
}

/** The AWS provider's answer has no domain name if the options have none. */
function optionsOf({ domainName }: Partial<aws.ec2.GetVpcDhcpOptionsResult>): DhcpOptions {
    return { domains: domainNames(domainName ?? "") };
}
