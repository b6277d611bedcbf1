import { BlockList } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import {
    type Cidr,
    contains,
    formatCidr,
    NAT_SLOT,
    parseCidr,
    SLOTS,
    slotCidr,
    ZONE_LETTERS,
    ZONELESS_SLOT,
    zoneSlot,
} from "../../../components/domain/cidr";

const cidrs = (min: number, max: number): fc.Arbitrary<Cidr> =>
    fc
        .integer({ min, max })
        .chain((prefixLength) =>
            fc
                .nat({ max: 2 ** prefixLength - 1 })
                .map((index) => ({ address: index * 2 ** (32 - prefixLength), prefixLength })),
        );

const vpcs = cidrs(16, 24).map(formatCidr);

/** The first address of a range and the address after its last, computed independently of the code. */
function bounds(text: string): readonly [start: number, end: number] {
    const [address = "", length] = text.split("/");
    const bytes = Uint8Array.from(address.split(".").map(Number));
    const start = new DataView(bytes.buffer).getUint32(0);
    return [start, start + 2 ** (32 - Number(length))];
}

describe("the 16 slots of a VPC", () => {
    it("are subnets of a size that AWS accepts, and cover the VPC without gaps or overlaps", () => {
        fc.assert(
            fc.property(vpcs, (vpc) => {
                const slots = Array.from({ length: SLOTS }, (_, slot) => slotCidr(vpc, slot));
                expect(slots).to.have.length(16);
                let next = bounds(vpc)[0];
                for (const slot of slots) {
                    const [start, end] = bounds(slot);
                    expect(start).to.equal(next);
                    next = end;
                    expect(Number(slot.split("/")[1])).to.be.within(20, 28);
                }
                expect(next).to.equal(bounds(vpc)[1]);
            }),
            { numRuns: 200 },
        );
    });

    it("are formatted as AWS formats them", () => {
        expect([0, 1, 14, 15].map((slot) => slotCidr("10.64.0.0/20", slot))).to.deep.equal([
            "10.64.0.0/24",
            "10.64.1.0/24",
            "10.64.14.0/24",
            "10.64.15.0/24",
        ]);
        expect(slotCidr("192.168.255.0/24", 15)).to.equal("192.168.255.240/28");
        expect(slotCidr("255.255.0.0/16", 15)).to.equal("255.255.240.0/20");
    });

    it("belong to the zones by letter, then to the NAT gateway, then to the subnet without a zone", () => {
        const slots = [..."abcdefghijklmn"].map(zoneSlot);
        expect(slots).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        expect(ZONE_LETTERS).to.equal("abcdefghijklmn");
        expect([NAT_SLOT, ZONELESS_SLOT]).to.deep.equal([14, 15]);
    });

    for (const letter of ["o", "A", "1", "", "ab", "é"]) {
        it(`refuse the zone letter "${letter}"`, () => {
            expect(() => zoneSlot(letter)).to.throw(RangeError, `"${letter}" is not a zone letter: a to n`);
        });
    }

    for (const slot of [-1, 16, 0.5, Number.NaN]) {
        it(`have no number ${slot}`, () => {
            expect(() => slotCidr("10.0.0.0/16", slot)).to.throw(
                RangeError,
                `no slot ${slot} in 10.0.0.0/16`,
            );
        });
    }

    it("do not exist in a string that is not a range", () => {
        expect(() => slotCidr("10.0.0.1/16", 0)).to.throw(RangeError, "no slot 0 in 10.0.0.1/16");
    });
});

describe("parseCidr", () => {
    it("reads what formatCidr writes", () => {
        fc.assert(
            fc.property(cidrs(0, 32), (cidr) => {
                expect(parseCidr(formatCidr(cidr))).to.deep.equal(cidr);
            }),
            { numRuns: 200 },
        );
    });

    it("accepts a string only if formatCidr writes the same, because AWS receives the string", () => {
        // Octets and lengths that are valid or off by a digit.
        const octet = fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom("00", "010", "064", ""));
        const text = fc
            .tuple(octet, octet, octet, octet, fc.oneof(fc.nat({ max: 33 }).map(String), fc.constant("016")))
            .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
        fc.assert(
            fc.property(text, (candidate) => {
                const cidr = parseCidr(candidate);
                if (cidr) {
                    expect(formatCidr(cidr)).to.equal(candidate);
                }
            }),
            { numRuns: 300, examples: [["010.064.000.000/16"], ["10.0.0.0/08"], ["10.0.0.0/8"]] },
        );
    });

    for (const text of ["0.0.0.0/0", "10.0.0.0/8", "255.255.255.255/32"]) {
        it(`accepts ${text}`, () => {
            expect(parseCidr(text)).to.deep.equal({
                address: bounds(text)[0],
                prefixLength: Number(text.split("/")[1]),
            });
        });
    }

    it("refuses an address with any host bit set", () => {
        const withHostBit = cidrs(0, 31).chain(({ address, prefixLength }) =>
            fc
                .integer({ min: 1, max: 2 ** (32 - prefixLength) - 1 })
                .map((host) => formatCidr({ address: address + host, prefixLength })),
        );
        fc.assert(
            fc.property(withHostBit, (text) => {
                expect(parseCidr(text)).to.equal(undefined);
            }),
            { numRuns: 200 },
        );
    });

    for (const text of [
        "",
        "10.0.0.0",
        "10.0.0/16",
        "10.0.0.0.0/16",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "256.0.0.0/8",
        "10.0.0.999/32",
        " 10.0.0.0/16",
        "10.0.0.0/16\n",
        "10.0.0.0 /16",
        "10.0.0.0/16/16",
        "0x0a.0.0.0/16",
        "fd00::/8",
        "ten",
    ]) {
        it(`refuses ${JSON.stringify(text)}`, () => {
            expect(parseCidr(text)).to.equal(undefined);
        });
    }
});

describe("contains", () => {
    it("is true if the first and the last address of the inner range are in the outer range", () => {
        // Short prefixes and few addresses, so that half of the pairs are nested.
        const range = fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })).map(([length, index]): Cidr => {
            const aligned = index - (index % 2 ** Math.max(0, 3 - length));
            return { address: aligned * 2 ** 25, prefixLength: length + 4 };
        });
        fc.assert(
            fc.property(range, range, (outer, inner) => {
                const addresses = new BlockList();
                addresses.addSubnet(...splitCidr(outer), "ipv4");
                const last = inner.address + 2 ** (32 - inner.prefixLength) - 1;
                const expected = [inner.address, last].every((address) =>
                    addresses.check(splitCidr({ address, prefixLength: 32 })[0]),
                );
                expect(contains(outer, inner)).to.equal(expected);
            }),
            { numRuns: 300 },
        );
    });

    it("is true for a range and itself, and false for the addresses before and after it", () => {
        const outer: Cidr = { address: 0x0a400000, prefixLength: 20 };
        const host = (address: number): Cidr => ({ address, prefixLength: 32 });
        expect(contains(outer, outer)).to.equal(true);
        expect(contains(outer, host(0x0a400000))).to.equal(true);
        expect(contains(outer, host(0x0a400fff))).to.equal(true);
        expect(contains(outer, host(0x0a3fffff))).to.equal(false);
        expect(contains(outer, host(0x0a401000))).to.equal(false);
    });
});

function splitCidr(cidr: Cidr): readonly [address: string, prefixLength: number] {
    const [address = "", length] = formatCidr(cidr).split("/");
    return [address, Number(length)];
}
