import type { Finding } from "./finding";

/** The DHCP options of a VPC. */
export interface DhcpOptions {
    /** The domain names that EC2 gives to nodes. Linux takes several. */
    readonly domains: readonly string[];
}

/**
 * Checks whether nodes have names that their certificate carries.
 * @param isInCertificate Undefined if nodes accept a certificate under any name, or if its names are not known.
 */
export function checkDomainNames(
    options: DhcpOptions | undefined,
    isInCertificate: ((domain: string) => boolean) | undefined,
): readonly Finding[] {
    if (options === undefined) {
        return [{ code: "dhcp-options-missing", found: "no DHCP options, so that nodes have no names" }];
    }
    if (isInCertificate === undefined || options.domains.some(isInCertificate)) {
        return [];
    }
    const { domains } = options;
    const found =
        domains.length === 0 ? "no domain name" : `the domain name ${JSON.stringify(domains.join(" "))}`;
    return [{ code: "domain-name-not-in-certificate", found: `DHCP options with ${found}` }];
}
