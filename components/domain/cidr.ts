/** An IPv4 range. */
export interface Cidr {
    /** The first address, as an unsigned 32-bit number. */
    readonly address: number;
    readonly prefixLength: number;
}

/** Every address: the destination of default routes. */
export const ANYWHERE = "0.0.0.0/0";

/** The number of equal slots of every VPC. It does not depend on the number of zones, so adding a zone moves no subnet. */
export const SLOTS = 16;

const SLOT_BITS = Math.log2(SLOTS);

/** The slot of the NAT gateway's subnet. */
export const NAT_SLOT = SLOTS - 2;

/** The slot of the nodes' subnet in a zone that AWS chooses. */
export const ZONELESS_SLOT = SLOTS - 1;

/** The letters of zones, one for each of the first 14 slots. */
export const ZONE_LETTERS = "abcdefghijklmn";

/** The slot of a zone by its letter: `a`, as of `eu-west-1a`, has slot 0. */
export function zoneSlot(letter: string): number {
    const slot = letter.length === 1 ? ZONE_LETTERS.indexOf(letter) : -1;
    if (slot < 0) {
        throw new RangeError(
            `"${letter}" is not a zone letter: ${ZONE_LETTERS[0]} to ${ZONE_LETTERS.at(-1)}`,
        );
    }
    return slot;
}

/**
 * Parses a range such as `10.64.0.0/20`. Undefined if the string is not a range, if its address is not the range's first,
 * or if a number has leading zeros: AWS receives the string, not the parsed range.
 */
export function parseCidr(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) {
        return undefined;
    }
    const [a = 0, b = 0, c = 0, d = 0, prefixLength = 0] = match.slice(1).map(Number);
    if (prefixLength > 32) {
        return undefined;
    }
    const cidr = { address: a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d, prefixLength };
    // `formatCidr` changes numbers above 255 and removes leading zeros.
    return cidr.address % addresses(prefixLength) === 0 && formatCidr(cidr) === text ? cidr : undefined;
}

export function formatCidr({ address, prefixLength }: Cidr): string {
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
    return `${octets.join(".")}/${prefixLength}`;
}

/** AWS's largest VPC, and the smallest of which each slot is a subnet that AWS accepts. */
export const VPC_PREFIX_LENGTHS = { shortest: 16, longest: 24 } as const;

/**
 * The range for a VPC that a string with leading zeros, host bits, another prefix length or none was
 * probably meant to be; undefined if its numbers are no address.
 */
export function vpcCidrAround(text: string): string | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
    const octets = match?.slice(1, 5).map(Number) ?? [];
    if (octets.length === 0 || octets.some((octet) => octet > 255)) {
        return undefined;
    }
    const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
    const { shortest, longest } = VPC_PREFIX_LENGTHS;
    const prefixLength = Math.min(Math.max(Number(match?.[5] ?? 20), shortest), longest);
    return formatCidr({ address: address - (address % addresses(prefixLength)), prefixLength });
}

/** The private ranges of RFC 1918. */
export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

export function isPrivateRange(cidr: Cidr): boolean {
    return PRIVATE_RANGES.some((text) => {
        const range = parseCidr(text);
        return range !== undefined && contains(range, cidr);
    });
}

/** Whether `inner` is `outer` or a part of it. */
export function contains(outer: Cidr, inner: Cidr): boolean {
    return (
        inner.prefixLength >= outer.prefixLength &&
        inner.address >= outer.address &&
        inner.address < outer.address + addresses(outer.prefixLength)
    );
}

/** The range of one slot of a VPC. A VPC from /16 to /24 has slots from /20 to /28, which is AWS's smallest subnet. */
export function slotCidr(vpc: string, slot: number): string {
    const range = parseCidr(vpc);
    if (!range || !Number.isInteger(slot) || slot < 0 || slot >= SLOTS) {
        throw new RangeError(`no slot ${slot} in ${vpc}`);
    }
    const prefixLength = range.prefixLength + SLOT_BITS;
    return formatCidr({ address: range.address + slot * addresses(prefixLength), prefixLength });
}

function addresses(prefixLength: number): number {
    return 2 ** (32 - prefixLength);
}
