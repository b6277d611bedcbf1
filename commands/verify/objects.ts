import type { S3 } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { parseS3Url, type S3Folder } from "../../components/domain/locations";
import { AwsError, ifThere } from "../aws";
import { ask, type Context, type Found, type Outcome, okIf } from "./control";

/** A hundred requests. Run folders have dates for names, so that old objects come first. */
const LISTED_AT_MOST = 100_000;

const LOCATIONS_AT_ONCE = 2;
const OBJECTS_AT_ONCE = 8;

/** The number of keys that a line names. */
const NAMED = 3;

/**
 * S3 encrypts every new object since January 2023: only older ones can be unencrypted.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
 */
const ALL_ENCRYPTED_SINCE = new Date("2023-02-01T00:00:00Z");

/** The real encryption of a sample of each location's objects, and of a sample of those from before February 2023. */
export async function sampledObjects(
    { clients: { s3 }, outputs: { buckets, forCommands }, settings: { sample: size } }: Context,
    random: () => number = Math.random,
): Promise<Outcome> {
    if (size === 0) {
        return "--sample 0";
    }
    const folders = Object.entries(buckets).flatMap(([location, urls]) =>
        [urls].flat().map((url) => ({ location, url })),
    );
    const inEach = await pMap(
        folders,
        async ({ location, url }) => {
            const line = {
                subject: `location ${location}, ${url}: objects`,
                expected: "encrypted: SSE-S3, or under a KMS key in storage.existingKmsKeyArns",
                fix: `\`npx pulumi stack output --json --stack ${forCommands.stack} | npm run -s encrypt-existing\` for those without encryption; for the others, storage.existingKmsKeyArns, or a new upload without SSE-C`,
            };
            return ask(line, async () => {
                const { bucket = "", prefix = "" } = parseS3Url(url) ?? {};
                const found = await sampleOf(s3, { bucket, prefix }, size, random);
                return verdict(found, forCommands.existingKmsKeyArns);
            });
        },
        { concurrency: LOCATIONS_AT_ONCE },
    );
    return inEach.flat();
}

/** `AES256`, a KMS key's ARN, `SSE-C`, or undefined for none. */
type Encryption = string | undefined;

interface Sample {
    readonly listed: number;
    readonly old: number;
    /** Whether the listing ended before the location did. */
    readonly more: boolean;
    readonly objects: readonly { readonly key: string; readonly encryption: Encryption }[];
}

async function sampleOf(s3: S3, folder: S3Folder, size: number, random: () => number): Promise<Sample> {
    const all = reservoir(size, random);
    const old = reservoir(size, random);
    let more = false;
    const pages = s3.paginateListObjectsV2({ Bucket: folder.bucket, Prefix: folder.prefix });
    for await (const { Contents = [], IsTruncated } of pages) {
        for (const { Key = "", LastModified } of Contents) {
            all.add(Key);
            if (LastModified && LastModified < ALL_ENCRYPTED_SINCE) {
                old.add(Key);
            }
        }
        if (all.seen() >= LISTED_AT_MOST) {
            more = IsTruncated ?? false;
            break;
        }
    }
    const looked = await pMap(
        new Set([...old.keys, ...all.keys]),
        (key) => encryptionOf(s3, folder.bucket, key),
        { concurrency: OBJECTS_AT_ONCE },
    );
    return { listed: all.seen(), old: old.seen(), more, objects: looked.flat() };
}

/** Keeps each of many keys with the same chance, and never more than the sample. */
function reservoir(size: number, random: () => number) {
    const keys: string[] = [];
    let seen = 0;
    return {
        keys,
        seen: () => seen,
        add: (key: string) => {
            const place = seen < size ? seen : Math.floor(random() * (seen + 1));
            if (place < size) {
                keys[place] = key;
            }
            seen += 1;
        },
    };
}

/** Nothing for an object that has gone since it was listed: EmrEtlRunner moves it on. */
async function encryptionOf(s3: S3, bucket: string, key: string): Promise<Sample["objects"]> {
    try {
        const head = await ifThere(s3.headObject({ Bucket: bucket, Key: key }), "NotFound", "NoSuchKey");
        return head ? [{ key, encryption: head.SSEKMSKeyId ?? head.ServerSideEncryption }] : [];
    } catch (error) {
        // S3 does not describe an object under a customer-provided key without the key.
        if (error instanceof AwsError && error.code === "HTTP 400") {
            return [{ key, encryption: "SSE-C" }];
        }
        throw error;
    }
}

function verdict({ objects, listed, old, more }: Sample, existingKmsKeyArns: readonly string[]): Found {
    const faults = Object.entries({
        "not encrypted": (encryption: Encryption) => encryption === undefined,
        "under a customer-provided key (SSE-C)": (encryption: Encryption) => encryption === "SSE-C",
        "under a KMS key that is not in storage.existingKmsKeyArns": (encryption: Encryption = "AES256") =>
            !["AES256", "SSE-C", ...existingKmsKeyArns].includes(encryption),
    }).flatMap(([what, includes]) => {
        const keys = objects.filter(({ encryption }) => includes(encryption)).map(({ key }) => key);
        return keys.length === 0 ? [] : [`${keys.length} ${what}: ${named(keys)}`];
    });
    const looked = `${objects.length} checked of ${listed} listed${more ? ", after which there are more" : ""}, of which ${old} are from before February 2023`;
    return okIf(faults.length === 0, [looked, ...faults].join(": "));
}

function named(keys: readonly string[]): string {
    const rest = keys.length - NAMED;
    return `${keys.slice(0, NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
