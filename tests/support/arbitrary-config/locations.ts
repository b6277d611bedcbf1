import fc from "fast-check";
import { bucketName, segment, url } from "./values";

/** The locations of each mode (facts 4.2), and whether each may be a bucket's root, and be around others. */
const LOCATIONS = [
    { path: "raw.in", batchOnly: true, root: true },
    { path: "raw.processing", batchOnly: true },
    { path: "raw.archive", batchOnly: true, root: true, around: true },
    { path: "enriched.stream", root: true },
    { path: "enriched.good" },
    { path: "enriched.bad", batchOnly: true, root: true, around: true },
    { path: "enriched.errors", batchOnly: true, root: true, around: true },
    { path: "enriched.archive", root: true, around: true },
    { path: "shredded.good" },
    { path: "shredded.bad", root: true, around: true },
    { path: "shredded.errors", root: true, around: true },
    { path: "shredded.archive", root: true, around: true },
    { path: "log", root: true, around: true },
] as const;

export type LocationPath = (typeof LOCATIONS)[number]["path"];

/** An existing folder: in one of a few buckets that locations share, around the others there, or a whole bucket. */
interface Place {
    readonly bucket: number;
    readonly whole: boolean;
    readonly around: boolean;
    readonly slash: boolean;
}

type Choice = "managed" | Place | null | undefined;

const SHARED_BUCKETS = 2;
const WHOLE_BUCKETS = 2;
const MOST_IN = 2;

const place: fc.Arbitrary<Place> = fc.record({
    bucket: fc.nat(SHARED_BUCKETS - 1),
    whole: fc.boolean(),
    around: fc.boolean(),
    slash: fc.boolean(),
});

const choice: fc.Arbitrary<Choice> = fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant("managed" as const) },
    { weight: 4, arbitrary: place },
);

export const PLACES = LOCATIONS.length + MOST_IN;

/**
 * No two folders begin with the same name in one bucket, and whole buckets are not shared: nothing nests, except in one
 * folder around all others of a bucket. Few buckets, short names, folders two deep: the policies stay below IAM's limits.
 */
export const locations = fc.record({
    buckets: fc.uniqueArray(bucketName, {
        minLength: SHARED_BUCKETS + WHOLE_BUCKETS,
        maxLength: SHARED_BUCKETS + WHOLE_BUCKETS,
    }),
    above: fc.array(fc.array(segment, { maxLength: 1 }), {
        minLength: SHARED_BUCKETS,
        maxLength: SHARED_BUCKETS,
    }),
    names: fc.uniqueArray(segment, { minLength: PLACES, maxLength: PLACES }),
    rawIn: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: fc.array(place, { minLength: 1, maxLength: MOST_IN }) },
    ),
    choices: fc.record(
        Object.fromEntries(LOCATIONS.map(({ path }) => [path, choice])) as Record<
            LocationPath,
            fc.Arbitrary<Choice>
        >,
    ),
});

type Locations = typeof locations extends fc.Arbitrary<infer T> ? T : never;

/** The value of each location, as the mode and the collector's format allow it. */
export function locationValues(
    drawn: Locations,
    {
        batch,
        clojure,
        errors,
    }: { readonly batch: boolean; readonly clojure: boolean; readonly errors: boolean },
): ReadonlyMap<LocationPath, string | readonly string[] | null | undefined> {
    let placed = 0;
    let wholes = 0;
    const enclosed = new Set<number>();
    const written = ({ bucket, whole, around, slash }: Place, row: object) => {
        const index = placed++;
        const own = whole && "root" in row ? drawn.buckets[SHARED_BUCKETS + wholes++] : undefined;
        if (own !== undefined) {
            return url(own, [], slash);
        }
        const isAround = around && "around" in row && !enclosed.has(bucket);
        if (isAround) {
            enclosed.add(bucket);
        }
        const path = [...(drawn.above[bucket] ?? []), ...(isAround ? [] : [drawn.names[index] ?? ""])];
        return url(drawn.buckets[bucket] ?? "", path, slash);
    };
    const value = (row: (typeof LOCATIONS)[number]) => {
        const { path } = row;
        if (batch ? path === "enriched.stream" : "batchOnly" in row) {
            return drawn.choices[path] === null ? null : undefined;
        }
        if (path === "raw.in") {
            const places = drawn.rawIn ?? (clojure ? [ANYWHERE] : drawn.rawIn);
            return places === null ? null : places?.map((one) => written(one, row));
        }
        const chosen = drawn.choices[path];
        if (typeof chosen === "object" && chosen !== null) {
            return written(chosen, row);
        }
        const needed = path === "enriched.stream" || (errors && path.endsWith(".errors"));
        return needed ? "managed" : chosen;
    };
    return new Map(LOCATIONS.map((row) => [row.path, value(row)]));
}

export const LOCATION_PATHS = LOCATIONS.map(({ path }) => path);

/** Whether the stack creates the location's bucket. */
export function isManaged(
    path: LocationPath,
    value: string | readonly string[] | null | undefined,
    batch: boolean,
): boolean {
    const row = LOCATIONS.find((other) => other.path === path) ?? {};
    const isInMode = batch ? path !== "enriched.stream" : !("batchOnly" in row);
    return isInMode && (value === "managed" || (value == null && !path.endsWith(".errors")));
}

const ANYWHERE: Place = { bucket: 0, whole: false, around: false, slash: false };

export function bucketsOf(
    values: Iterable<string | readonly string[] | null | undefined>,
): readonly string[] {
    const urls = [...values].flat().filter((value) => value?.startsWith("s3://"));
    return [...new Set(urls.map((value) => value?.split("/")[2] ?? ""))];
}
