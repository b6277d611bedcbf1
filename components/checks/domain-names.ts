import type { Finding } from "./finding";

/**
 * Checks whether nodes have host names that their certificate carries.
 * @param domains The domain names in the VPC's DHCP options (Linux accepts several); undefined without DHCP options.
 * @param isInCertificate Undefined if nodes accept a certificate under any name, or if its names are not known.
 */
export function checkDomainNames(
    domains: readonly string[] | undefined,
    isInCertificate: ((domain: string) => boolean) | undefined,
): Finding | undefined {
    if (domains === undefined) {
        return { code: "dhcp-options-missing", found: "no DHCP options, so that nodes have no names" };
    }
    if (isInCertificate === undefined || domains.some(isInCertificate)) {
        return undefined;
    }
    const found =
        domains.length === 0 ? "no domain name" : `the domain name ${JSON.stringify(domains.join(" "))}`;
    return { code: "domain-name-not-in-certificate", found: `DHCP options with ${found}` };
}
