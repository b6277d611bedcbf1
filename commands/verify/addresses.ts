import { contains, PRIVATE_RANGES, parseCidr } from "../../components/domain/cidr";

/**
 * Public ingress of at least so much, in sum, counts as open to the internet. In a public subnet, EMR itself adds rules
 * for port 8443 from Amazon's ranges, which are far narrower.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 */
export const WIDE = { ipv4: 16, ipv6: 32 } as const;

/** Private, carriers' (of VPCs' secondary ranges as well) and link-local addresses: the internet does not route them. */
const NOT_PUBLIC = [...PRIVATE_RANGES, "100.64.0.0/10", "169.254.0.0/16"].flatMap(
    (range) => parseCidr(range) ?? [],
);

/** How many public addresses ranges hold in sum, each counted once; of IPv6 in words, since the number has up to 39 digits. */
export function publicAddresses(ranges: readonly string[]) {
    const distinct = [...new Set(ranges)];
    const cidrs = distinct.flatMap((range) => parseCidr(range) ?? []);
    // Two ranges have nothing in common, or one contains the other.
    const counted = cidrs.filter(
        (cidr) => ![...NOT_PUBLIC, ...cidrs].some((outer) => outer !== cidr && contains(outer, cidr)),
    );
    const ipv4 = counted.reduce((sum, { prefixLength }) => sum + 2 ** (32 - prefixLength), 0);
    // In units of the limit. Overlapping ranges of IPv6 count twice; unique local and link-local addresses are not public.
    const v6 = distinct.filter((range) => range.includes(":") && !/^f[cde]/i.test(range));
    const units = v6.reduce((sum, range) => sum + 2 ** (WIDE.ipv6 - Number(range.split("/")[1])), 0);
    return {
        ipv4,
        ipv6: units === 0 ? "none" : `${units} times a /${WIDE.ipv6}`,
        isWide: ipv4 >= 2 ** (32 - WIDE.ipv4) || units >= 1,
    };
}
