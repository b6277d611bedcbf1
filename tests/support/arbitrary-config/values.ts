import fc from "fast-check";
import { drawnFrom } from "./strings";

export const nullable = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof(fc.constant(null), { arbitrary, weight: 3 });

/** Each key may be missing. */
export const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(shape, { requiredKeys: [], noNullPrototype: true });

export const count = (from: number) =>
    fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: from, max: 20 }) },
        fc.integer({ min: from, max: Number.MAX_SAFE_INTEGER }),
    );

export const bid = nullable(
    fc.oneof(fc.double({ min: 0.0001, max: 10_000, noNaN: true }), fc.constantFrom(0.0001, 0.015, 1, 10_000)),
);

const LOWER = "abz019";

export const instanceType = fc
    .tuple(drawnFrom("mrcz", 1, 1), drawnFrom(`${LOWER}-`, 0, 4), drawnFrom(`${LOWER}-`, 1, 8))
    .map(([first, family, size]) => `${first}${family}.${size}`)
    .filter((type) => !/^[cm]1\./.test(type)); // without EBS encryption

export const version = fc
    .tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.oneof(fc.constant(""), drawnFrom("rcM01-", 1, 5)))
    .map(([major, minor, patch, label]) => `${major}.${minor}.${patch}${label && `-${label}`}`);

export const account = drawnFrom("0123456789", 12, 12);

export const keyId = drawnFrom("aZ09-", 1, 8);

export const policyArn = fc
    .tuple(fc.oneof(fc.constant("aws"), account), drawnFrom("aZ09_+=,.@/-", 1, 20))
    .map(([owner, name]) => `arn:aws:iam::${owner}:policy/${name}`);

/** An existing role. */
export const roleName = drawnFrom("aZ09_+=,.@-", 1, 12);

export const bucketName = fc
    .tuple(drawnFrom(LOWER, 1, 1), drawnFrom(`${LOWER}-`, 1, 4), drawnFrom(LOWER, 1, 1))
    .map((parts) => parts.join(""));

/** A folder's name: any character that an S3 URL may have here. */
export const segment = drawnFrom("aZ09_.=!'()-", 1, 3).filter((name) => name !== "." && name !== "..");

export const s3Url = fc
    .tuple(bucketName, fc.array(segment, { maxLength: 1 }), fc.boolean())
    .map(([bucket, path, slash]) => url(bucket, path, slash));

/** Outside of every location: no location's bucket begins with this letter. */
export const outsideUrl = s3Url.map((text) => text.replace("s3://", "s3://x"));

export function url(bucket: string, path: readonly string[], slash: boolean): string {
    return `s3://${[bucket, ...path].join("/")}${slash ? "/" : ""}`;
}

export const distinct = (item: fc.Arbitrary<string>, maxLength = 2) => fc.uniqueArray(item, { maxLength });
