import { HeadObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { parseS3Url, type S3Folder } from "../../components/domain/locations";
import { AwsError, call, callIfThere } from "../aws";
import { attempt, type Check, type Context, compare } from "./check";

/** A hundred requests. What is not encrypted is old, and what is old comes first: run folders have dates for names. */
const LISTED_AT_MOST = 100_000;

const LOCATIONS_AT_ONCE = 2;
const OBJECTS_AT_ONCE = 8;

/** How many keys a line names. */
const NAMED = 3;

/** How far the sampling has come. */
export interface Tally {
    /** How many are done. */
    readonly locations: number;
    readonly listed: number;
    readonly looked: number;
}

/**
 * The real encryption of a sample of objects in each location: a bucket's default says nothing of what was there before.
 * @param size How many objects of each location; 0: none.
 * @param report Told what the sampling has come to, each time that it has.
 */
export async function objectChecks(
    { clients: { s3 }, outputs: { buckets, forCommands } }: Context,
    size: number,
    report: (tally: Tally) => void = () => {},
    random: () => number = Math.random,
): Promise<readonly Check[]> {
    if (size === 0) {
        return [];
    }
    let tally: Tally = { locations: 0, listed: 0, looked: 0 };
    const count = (more: Partial<Tally>) => {
        const { locations = 0, listed = 0, looked = 0 } = more;
        tally = {
            locations: tally.locations + locations,
            listed: tally.listed + listed,
            looked: tally.looked + looked,
        };
        report(tally);
    };
    const folders = Object.entries(buckets).flatMap(([location, urls]) =>
        [urls].flat().map((url) => ({ location, url })),
    );
    const inEach = await pMap(
        folders,
        async ({ location, url }) => {
            const on = `location ${location}, ${url}: objects`;
            const checks = await attempt(on, EXPECTED, async () => {
                const sample = await sampleOf({ s3, folder: folderOf(url), size, random, count });
                return verdict(on, sample, forCommands);
            });
            count({ locations: 1 });
            return checks;
        },
        { concurrency: LOCATIONS_AT_ONCE },
    );
    return inEach.flat();
}

/** How many folders the sampling goes through. */
export function folderCount({ buckets }: Context["outputs"]): number {
    return Object.values(buckets).flat().length;
}

function folderOf(url: string): S3Folder {
    const folder = parseS3Url(url);
    if (!folder) {
        throw new Error(`the stack's outputs: buckets: found ${url}; allowed: an S3 URL`);
    }
    return folder;
}

interface Sampling {
    readonly s3: S3Client;
    readonly folder: S3Folder;
    readonly size: number;
    readonly random: () => number;
    readonly count: (more: Partial<Tally>) => void;
}

/** What an object is encrypted with: `AES256`, a KMS key's ARN, `SSE-C`, or nothing. */
type Encryption = string | undefined;

interface Sample {
    readonly listed: number;
    /** Whether there are more. */
    readonly more: boolean;
    readonly objects: readonly { readonly key: string; readonly encryption: Encryption }[];
}

async function sampleOf(sampling: Sampling): Promise<Sample> {
    const { keys, ...listing } = await sampleKeys(sampling);
    const looked = await pMap(
        keys,
        async (key) => {
            const found = await encryptionOf(sampling, key);
            sampling.count({ looked: 1 });
            return found;
        },
        { concurrency: OBJECTS_AT_ONCE },
    );
    return { ...listing, objects: looked.flat() };
}

/** Each key with the same chance, by reservoir: only the sample is ever held. */
async function sampleKeys({ s3, folder: { bucket, prefix }, size, random, count }: Sampling) {
    const keys: string[] = [];
    let listed = 0;
    let more = false;
    await call("s3:ListBucket", bucket, async () => {
        const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
        for await (const { Contents = [], IsTruncated } of pages) {
            for (const { Key = "" } of Contents) {
                const place = listed < size ? listed : Math.floor(random() * (listed + 1));
                if (place < size) {
                    keys[place] = Key;
                }
                listed += 1;
            }
            count({ listed: Contents.length });
            if (listed >= LISTED_AT_MOST) {
                more = IsTruncated ?? false;
                break;
            }
        }
    });
    return { keys, listed, more };
}

/** Nothing for what has gone since it was listed: EmrEtlRunner moves it on. */
async function encryptionOf({ s3, folder: { bucket } }: Sampling, key: string): Promise<Sample["objects"]> {
    try {
        const head = await callIfThere(
            ["NotFound", "NoSuchKey"],
            "s3:GetObject",
            `s3://${bucket}/${key}`,
            () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
        );
        return head ? [{ key, encryption: head.SSEKMSKeyId ?? head.ServerSideEncryption }] : [];
    } catch (error) {
        // What was written with a customer-provided key, S3 does not even describe without it.
        if (error instanceof AwsError && error.code === "HTTP 400") {
            return [{ key, encryption: "SSE-C" }];
        }
        throw error;
    }
}

const EXPECTED = "all encrypted: SSE-S3, or a KMS key in storage.existingKmsKeyArns";

interface Kind {
    readonly what: string;
    readonly severity: "warning" | "failed";
    readonly remedy: string;
    readonly includes: (encryption: Encryption) => boolean;
}

function verdict(
    on: string,
    { objects, listed, more }: Sample,
    { existingKmsKeyArns, stack }: Context["outputs"]["forCommands"],
): Check {
    const kinds: readonly Kind[] = [
        {
            what: "not encrypted",
            severity: "failed",
            remedy: `npx pulumi stack output --json --stack ${stack} | npm run -s encrypt-existing`,
            includes: (encryption) => encryption === undefined,
        },
        {
            what: "under a customer-provided key (SSE-C), which no cluster has",
            severity: "failed",
            remedy: "have their writer write them anew, without such a key",
            includes: (encryption) => encryption === "SSE-C",
        },
        {
            what: "under a KMS key that is not in storage.existingKmsKeyArns",
            severity: "warning",
            remedy: `name the key there in Pulumi.${stack}.yaml, and: npx pulumi up --stack ${stack}`,
            includes: (encryption = "AES256") =>
                !["AES256", "SSE-C", ...existingKmsKeyArns].includes(encryption),
        },
    ];
    const bad = kinds
        .map((kind) => ({ kind, keys: objects.filter(({ encryption }) => kind.includes(encryption)) }))
        .filter(({ keys }) => keys.length > 0);
    const findings = bad.map(
        ({ kind, keys }) => `${keys.length} ${kind.what}: ${named(keys.map(({ key }) => key))}`,
    );
    const looked = `${objects.length} of ${more ? `the first ${listed}, after which there are more,` : listed} looked at`;
    return compare({
        on,
        expected: EXPECTED,
        found: listed === 0 ? "no objects" : `${looked}: ${findings.join("; ") || "all encrypted"}`,
        isOk: bad.length === 0,
        severity: bad.some(({ kind }) => kind.severity === "failed") ? "failed" : "warning",
        remedy: bad.map(({ kind }) => kind.remedy).join("; "),
    });
}

function named(keys: readonly string[]): string {
    const rest = keys.length - NAMED;
    return `${keys.slice(0, NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
