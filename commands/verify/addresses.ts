import { contains, PRIVATE_RANGES, parseCidr } from "../../components/domain/cidr";

/**
 * Public ingress of at least so much, in sum, counts as open to the internet. In a public subnet, EMR itself adds rules
 * for port 8443 from Amazon's ranges, which are far narrower.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 */
export const WIDE = { ipv4: 16, ipv6: 32 } as const;

export interface Addresses {
    readonly ipv4: number;
    /** In words: the number has up to 39 digits. */
    readonly ipv6: string;
    readonly isWide: boolean;
}

/** Private, carriers' (of VPCs' secondary ranges as well) and link-local addresses: the internet does not route them. */
const NOT_PUBLIC = [...PRIVATE_RANGES, "100.64.0.0/10", "169.254.0.0/16"].flatMap(
    (range) => parseCidr(range) ?? [],
);

/** How many public addresses ranges hold in sum, each counted once. */
export function publicAddresses(ranges: readonly string[]): Addresses {
    const v4 = ranges.flatMap((range) => {
        const cidr = parseCidr(range);
        return cidr && !NOT_PUBLIC.some((range) => contains(range, cidr))
            ? [{ from: cidr.address, to: cidr.address + 2 ** (32 - cidr.prefixLength) }]
            : [];
    });
    const { sum } = v4
        .toSorted((a, b) => a.from - b.from)
        .reduce(
            ({ sum: before, end }, { from, to }) => ({
                sum: before + Math.max(0, to - Math.max(from, end)),
                end: Math.max(end, to),
            }),
            { sum: 0, end: 0 },
        );
    // In units of the limit. Overlapping ranges of IPv6 count twice; unique local and link-local addresses are not public.
    const v6 = [...new Set(ranges)].filter((range) => range.includes(":") && !/^f[cde]/i.test(range));
    const units = v6.reduce((before, range) => before + 2 ** (WIDE.ipv6 - Number(range.split("/")[1])), 0);
    return {
        ipv4: sum,
        ipv6: units === 0 ? "none" : `${units} times a /${WIDE.ipv6}`,
        isWide: sum >= 2 ** (32 - WIDE.ipv4) || units >= 1,
    };
}
