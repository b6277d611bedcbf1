import type { IpPermission } from "@aws-sdk/client-ec2";

/** What a security group's rules of one direction say, the same however EC2 groups or orders them. */
export function rulesText(direction: "in" | "out", permissions: readonly IpPermission[] = []): string {
    const peers = new Map<string, string[]>();
    for (const permission of permissions) {
        const traffic = trafficOf(permission);
        peers.set(traffic, [...(peers.get(traffic) ?? []), ...peersOf(permission)]);
    }
    const word = direction === "in" ? "from" : "to";
    const texts = [...peers].map(([traffic, names]) => `${traffic} ${word} ${names.toSorted().join(", ")}`);
    return `${direction}: ${texts.toSorted().join("; ") || "nothing"}`;
}

/** Such as `tcp 22`. */
export function trafficOf({ IpProtocol, FromPort, ToPort }: IpPermission): string {
    if (IpProtocol === "-1") {
        return "everything";
    }
    return `${IpProtocol} ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`;
}

function peersOf({ IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }: IpPermission): readonly string[] {
    return [
        ...(IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
        ...(UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ].map(String);
}

/** The widest private ranges are 10.0.0.0/8 and fc00::/7: what is wider is the internet, or half of it. */
const WIDEST = { ipv4: 8, ipv6: 7 };

/** As much of a rule as lets the internet in; undefined: none. */
export function worldOpen({
    IpRanges = [],
    Ipv6Ranges = [],
    ...permission
}: IpPermission): IpPermission | undefined {
    const open = {
        IpRanges: IpRanges.filter(({ CidrIp }) => prefixLength(CidrIp) < WIDEST.ipv4),
        Ipv6Ranges: Ipv6Ranges.filter(({ CidrIpv6 }) => prefixLength(CidrIpv6) < WIDEST.ipv6),
    };
    const { IpProtocol, FromPort, ToPort } = permission;
    return open.IpRanges.length + open.Ipv6Ranges.length === 0
        ? undefined
        : {
              IpProtocol,
              ...(FromPort !== undefined && { FromPort, ToPort }),
              ...(open.IpRanges.length > 0 && { IpRanges: open.IpRanges }),
              ...(open.Ipv6Ranges.length > 0 && { Ipv6Ranges: open.Ipv6Ranges }),
          };
}

function prefixLength(range = ""): number {
    return Number(range.split("/")[1] ?? Number.NaN);
}
