import type * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { checkDomainNames } from "../checks/domain-names";
import { alternativeNames, isForNodesOf } from "../domain/certificate-chain";
import { domainNames, internalDomain } from "../domain/region";
import { at, FailedLookup, lookupFailed, type Outcome } from "./lookup";

/** How the nodes' names relate to the names in their certificate. */
export interface Hostnames extends Outcome {
    /** Whether nodes must accept a certificate under any name. */
    readonly anyHostname: boolean;
    /** The domain of the nodes' names: one that their certificate carries, or else AWS's own. */
    readonly nodeDomain: string;
}

const PATH = ["network", "existing", "vpcId"];
const OTHER_NAMES = "The nodes' names are not in their certificate:";
const UNKNOWN_NAMES = "It is not known whether the nodes' names are in certificates.archive:";
const ANY_NAME =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const UNUSUAL_DOMAIN =
    "The VPC's DHCP options have another domain name than AWS's own. It is not known whether the certificate in certificates.archive carries it.";
const ALLOW_MISMATCH =
    "set network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name";

/** AWS's names: those in a network that the stack creates. */
export function awsHostnames({ region }: ResolvedArgs): Hostnames {
    return { errors: [], anyHostname: false, nodeDomain: internalDomain(region) };
}

/**
 * Checks whether nodes in an existing VPC have names that their certificate carries, unless the arguments allow other
 * names. The names in an existing archive are not known.
 * @param dhcpOptions Undefined if the VPC has none.
 */
export function checkHostnames(
    args: ResolvedArgs,
    dhcpOptions: aws.ec2.GetVpcDhcpOptionsResult | FailedLookup | undefined,
): Hostnames {
    const usual = awsHostnames(args);
    if (!args.encryption.inTransit) {
        return usual;
    }
    if (dhcpOptions instanceof FailedLookup) {
        const finding = lookupFailed("the VPC's DHCP options", dhcpOptions, "ec2:DescribeDhcpOptions");
        return { ...usual, errors: at(PATH, finding) };
    }
    // The AWS provider's answer has no domain name if the options have none.
    const domains = domainNames(dhcpOptions?.domainName ?? "");
    const hasArchive = args.certificates.archive !== null;
    const allowsMismatch = args.network.existing?.allowHostnameMismatch === true;
    const certificate = certificateOf(args);
    const isInCertificate = (domain: string) => !hasArchive && certificate.carries(domain);
    const finding = checkDomainNames(
        dhcpOptions && domains,
        hasArchive || allowsMismatch ? undefined : isInCertificate,
    );
    if (finding?.code === "dhcp-options-missing") {
        const fix = `associate DHCP options with ${certificate.domain} and AmazonProvidedDNS`;
        return { ...usual, errors: at(PATH, { ...finding, fix }) };
    }
    if (finding) {
        const found = `${finding.found}, but the nodes' certificate is for ${certificate.names}`;
        const fixes = [
            `associate DHCP options with ${certificate.domain}`,
            ...domains.slice(0, 1).map((domain) => `bring a certificate for *.${domain}`),
            // The arguments refuse it with thrift.
            ...(args.emrEtlRunner.collectors.format === "thrift" ? [] : [ALLOW_MISMATCH]),
            "set encryption.inTransit: false",
        ];
        return { ...usual, errors: at(PATH, { ...finding, found, fix: fixes.join("; or ") }) };
    }
    const nodeDomain = domains.find(isInCertificate);
    if (nodeDomain !== undefined) {
        return { ...usual, nodeDomain };
    }
    if (allowsMismatch) {
        const warning = `${hasArchive ? UNKNOWN_NAMES : OTHER_NAMES} ${ANY_NAME}`;
        return { ...usual, anyHostname: true, warnings: [warning] };
    }
    return domains.includes(usual.nodeDomain) ? usual : { ...usual, warnings: [UNUSUAL_DOMAIN] };
}

/** The stack's own certificate, which is for AWS's names, or `certificates.chainPem`. */
function certificateOf({ certificates: { chainPem }, region }: ResolvedArgs) {
    const awsDomain = internalDomain(region);
    return chainPem === null
        ? {
              names: `*.${awsDomain}`,
              domain: `the domain name ${awsDomain}`,
              carries: (domain: string) => domain === awsDomain,
          }
        : {
              names: alternativeNames(chainPem),
              domain: "a domain name that certificates.chainPem is for",
              carries: (domain: string) => isForNodesOf(domain, chainPem),
          };
}
