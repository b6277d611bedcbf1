import fc from "fast-check";
import { drawnFrom } from "./strings";
import type { Config } from "./types";

const PRIVATE_RANGES = [
    { address: 10 * 2 ** 24, bits: 8 },
    { address: 172 * 2 ** 24 + 16 * 2 ** 16, bits: 12 },
    { address: 192 * 2 ** 24 + 168 * 2 ** 16, bits: 16 },
] as const;

export const cidrBlock = fc
    .tuple(fc.constantFrom(...PRIVATE_RANGES), fc.integer({ min: 16, max: 24 }), fc.nat(2 ** 24 - 1))
    .map(([range, length, number]) => {
        const size = 2 ** (32 - length);
        const inRange = number % 2 ** (32 - range.bits);
        const address = range.address + inRange - (inRange % size);
        return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${length}`;
    });

/** Fewer days of renewal than of validity, with the defaults (365 and 60) where a key is omitted. */
export const certificateDays: fc.Arbitrary<Config> = fc.oneof(
    { withCrossShrink: true },
    fc.constant({}),
    fc.integer({ min: 61, max: 1825 }).map((validityDays) => ({ validityDays })),
    fc.integer({ min: 1, max: 364 }).map((renewBeforeDays) => ({ renewBeforeDays })),
    fc.tuple(fc.integer({ min: 2, max: 1825 }), fc.nat()).map(([validityDays, number]) => ({
        validityDays,
        renewBeforeDays: 1 + (number % (validityDays - 1)),
    })),
);

function ec2Id(prefix: string) {
    const digits = fc.constantFrom(8, 17).chain((length) => drawnFrom("0123456789abcdef", length, length));
    return digits.map((id) => `${prefix}-${id}`);
}

/** An existing VPC replaces ranges and zones. */
export const existingNetwork = fc.record(
    {
        vpcId: ec2Id("vpc"),
        subnetIds: fc.uniqueArray(ec2Id("subnet"), { minLength: 1, maxLength: 3 }),
        emrSecurityGroups: fc.constantFrom("use", "create"),
        allowHostnameMismatch: fc.constantFrom(true, true, false), // It matters only together with other keys.
        allowUnseenRoute: fc.boolean(),
    },
    { requiredKeys: ["vpcId", "subnetIds"], noNullPrototype: true },
);

const release = (major: number, minMinor = 0) =>
    fc
        .tuple(
            fc.oneof(fc.integer({ min: minMinor, max: 40 }), fc.integer({ min: minMinor, max: 999 })),
            fc.nat(3),
        )
        .map(([minor, patch]) => `${major}.${minor}.${patch}`);
const later = fc.integer({ min: 7, max: 999 }).chain((major) => release(major));

/** Releases by the features that a stack needs of them: up to 5.x, and those for Spark 3. */
interface Releases {
    readonly anything: string;
    readonly privateSubnets: string;
    readonly securityConfiguration: string;
    readonly imdsV2Only: string;
    readonly spark3: string;
}

export const releases: fc.Arbitrary<Releases> = fc.record({
    anything: fc.oneof(release(0), release(3), release(4), release(5)),
    privateSubnets: fc.oneof(release(4, 2), release(5)),
    securityConfiguration: fc.oneof(release(5), release(4, 8)),
    imdsV2Only: fc.oneof(fc.constantFrom("5.23.1", "5.27.1"), release(5, 32)),
    spark3: fc.oneof(release(6, 2), later),
});

interface Switches {
    readonly atRestS3: boolean;
    readonly atRestLocalDisks: boolean;
    readonly inTransit: boolean;
    readonly requireImdsV2: boolean;
}

/** A release that supports the config; undefined where the default does and no key is written. */
export function releaseFor(
    { anything, privateSubnets, securityConfiguration, imdsV2Only, spark3 }: Releases,
    { atRestS3 = true, atRestLocalDisks = true, inTransit = true, requireImdsV2 = false }: Partial<Switches>,
    internetAccess: string | undefined,
    written: boolean,
    withSpark3: boolean,
): string | undefined {
    if (withSpark3) {
        return spark3;
    }
    if (requireImdsV2) {
        return imdsV2Only;
    }
    if (!written) {
        return undefined;
    }
    if (atRestS3 || atRestLocalDisks || inTransit) {
        return securityConfiguration;
    }
    return internetAccess === "public" ? anything : privateSubnets;
}

/** Versions of jobs that run on a release: for Hadoop alone before 5.0.0, for Spark 3 from 6.0.0 on. */
export function versionsFor(
    release = "5",
    drawn: { spark_enrich?: string; rdb_shredder?: string | null; rdb_loader?: string | null },
) {
    const major = Number(release.split(".")[0]);
    const limited = (version: string, below: number) =>
        version.replace(/^\d+\.(\d+)/, (_, minor) => `0.${Number(minor) % below}`);
    const { spark_enrich, rdb_shredder, rdb_loader } = drawn;
    const loader = rdb_loader ? { rdb_loader: limited(rdb_loader, 19) } : { rdb_loader };
    if (major < 5) {
        return {
            enrich: { spark_enrich: limited(spark_enrich ?? "1.8.0", 9) },
            storage: { rdb_shredder: limited(rdb_shredder ?? "0.11.0", 12), ...loader },
        };
    }
    return {
        enrich: spark_enrich ? { spark_enrich } : {},
        storage:
            major > 5
                ? { rdb_shredder: rdb_shredder && "0.18.2", ...loader }
                : { rdb_shredder: rdb_shredder && limited(rdb_shredder, 18), ...loader },
    };
}
