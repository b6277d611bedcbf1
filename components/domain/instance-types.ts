import { atLeast, type Release } from "./emr-release";

/** The default of every node: EMR lists it for every release. */
export const DEFAULT_TYPE = "m4.large";

/**
 * Every family that EMR lists for a release of 4.x to 7.x, by recorded answers of ListSupportedInstanceTypes for
 * us-east-1 and us-east-2 (2026-08-01).
 * @see https://github.com/getmoto/moto/tree/master/moto/emr/resources
 */
export const FAMILIES: readonly string[] = `
    c1 c3 c4 c5 c5a c5ad c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8g c8gd c8gn c8i
    c8i-flex d2 d3 d3en f2 g3 g3s g4dn g5 g6 g6e gr6 h1 i2 i3 i3en i4g i4i i7i i7ie i8g im4gn is4gen m1 m2 m3 m4 m5 m5a
    m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8a m8g m8gd m8i m8i-flex p2 p3
    p4d p5 r3 r4 r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz r8a r8g r8gb r8gd
    r8gn r8i r8i-flex x1 x1e x2gd x2idn x2iedn x8g z1d
`
    .trim()
    .split(/\s+/);

/**
 * Families that are older than EBS encryption, and that AWS's documentation listed without it for years. It now lists
 * every type, but no source shows that EMR launches these with encrypted volumes, and later types replace them.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
 */
const WITHOUT_EBS_ENCRYPTION = ["c1", "cc1", "cc2", "cg1", "hi1", "hs1", "m1", "m2", "t1"];

/**
 * The first releases of 5.x and 6.x that support a Graviton family; 7.x supports them all. For any other family, these
 * are `FIRST_GRAVITON` at the earliest: releases before them have no image for Graviton.
 * @see https://github.com/getmoto/moto/tree/master/moto/emr/resources: answers of ListSupportedInstanceTypes
 */
const GRAVITON: readonly { readonly families: readonly string[]; readonly since: readonly Release[] }[] = [
    {
        families: ["c6g", "r6g"],
        since: [
            [5, 31, 0],
            [6, 1, 0],
        ],
    },
    {
        families: ["c6gd", "c6gn", "m6gd", "r6gd"],
        since: [
            [5, 33, 0],
            [6, 3, 0],
        ],
    },
    {
        families: ["im4gn", "is4gen"],
        since: [
            [5, 35, 0],
            [6, 6, 0],
        ],
    },
];

const FIRST_GRAVITON: readonly Release[] = [
    [5, 30, 0],
    [6, 1, 0],
];

export function familyOf(type: string): string {
    return type.split(".")[0] ?? "";
}

export function encryptsNoVolumes(family: string): boolean {
    return WITHOUT_EBS_ENCRYPTION.includes(family);
}

/** Whether a family has AWS's Arm processors: a letter g after its generation, as in r6gd, but not in g4dn. */
function isGraviton(family: string): boolean {
    return /^[a-z]+\d+[a-z]*g/.test(family);
}

/** The first release that supports a Graviton family, of the line of a release that does not; undefined if it may. */
export function earliestRelease(family: string, release: Release): Release | undefined {
    if (!isGraviton(family)) {
        return undefined;
    }
    const { since } = GRAVITON.find(({ families }) => families.includes(family)) ?? { since: FIRST_GRAVITON };
    const first = since.find(([major]) => release[0] <= major);
    return first && !atLeast(release, first) ? first : undefined;
}

/** The parts of a type's name, such as r6gd.xlarge: series r, generation 6, attributes gd. */
interface TypeName {
    readonly family: string;
    readonly series: string;
    readonly generation: number;
    readonly attributes: string;
    /** In doublings; `metal`, which has no number, comes after every other size. */
    readonly size: number;
}

/** The sizes without a multiple, in order. */
export const SMALL_SIZES: readonly string[] = ["nano", "micro", "small", "medium", "large", "xlarge"];

function parseType(type: string): TypeName | undefined {
    const match = /^(([a-z]+)(\d+)([a-z0-9-]*))\.([a-z0-9-]+)$/.exec(type);
    if (!match) {
        return undefined;
    }
    const [, family = "", series = "", generation = "", attributes = "", size = ""] = match;
    return { family, series, generation: Number(generation), attributes, size: sizeOf(size) };
}

function sizeOf(size: string): number {
    const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
    const xlarge = SMALL_SIZES.indexOf("xlarge");
    if (multiple) {
        return xlarge + Math.log2(Number(multiple));
    }
    const index = SMALL_SIZES.indexOf(size);
    return index === -1 ? xlarge + 8 : index;
}

/** Whether a size is spelled as EC2's are. */
export function isSize(size: string): boolean {
    return SMALL_SIZES.includes(size) || /^(\d+xlarge|metal(-\d+xl)?)$/.test(size);
}

/**
 * The type that is most like another one: of its family in the nearest size; else of its series (m, c, r), with the
 * same processors, in the nearest size and generation. Undefined if none is of its series.
 */
export function nearestType(type: string, supported: readonly string[]): string | undefined {
    const wanted = parseType(type);
    if (!wanted) {
        return undefined;
    }
    return supported
        .flatMap((name) => {
            const other = parseType(name);
            return other?.series === wanted.series ? [{ name, keys: differences(wanted, other) }] : [];
        })
        .sort((a, b) => compare(a.keys, b.keys))
        .at(0)?.name;
}

/** How another type differs from the wanted one, what matters most first; at last, the plainest type is nearest. */
function differences(wanted: TypeName, other: TypeName): readonly number[] {
    return [
        Number(other.family !== wanted.family),
        Number(isGraviton(other.family) !== isGraviton(wanted.family)),
        Math.abs(other.size - wanted.size),
        Math.abs(other.generation - wanted.generation),
        Number(other.attributes !== wanted.attributes),
        other.attributes.length,
    ];
}

function compare(a: readonly number[], b: readonly number[]): number {
    const index = a.findIndex((part, position) => part !== b[position]);
    return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
