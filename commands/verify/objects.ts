import type { S3 } from "@aws-sdk/client-s3";
import pMap, { pMapSkip } from "p-map";
import type { S3Folder } from "../../components/domain/locations";
import { ifThere } from "../aws";
import { AwsError } from "../aws-error";
import { foldersOf } from "./buckets";
import { type Context, type Outcome, okIf } from "./control";

/** A hundred requests. Run folders have dates for names, so that old objects come first. */
const LISTED_AT_MOST = 100_000;

const OBJECTS_AT_ONCE = 4;

/** The number of keys that a line names. */
const NAMED = 3;

/**
 * S3 encrypts every new object since January 2023: only older ones can be unencrypted.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
 */
const ALL_ENCRYPTED_SINCE = new Date("2023-02-01T00:00:00Z");

/** The real encryption of a sample of each location's objects, and of a sample of those from before February 2023. */
export function sampledObjects(
    { clients: { s3 }, outputs, settings: { sample: size } }: Context,
    random: () => number = Math.random,
): Outcome {
    if (size === 0) {
        return "--sample 0";
    }
    const { stack, existingKmsKeyArns } = outputs.forCommands;
    return foldersOf(outputs).map(({ location, url, ...folder }) => ({
        subject: `location ${location}, ${url}: objects`,
        expected: "encrypted: SSE-S3, or under a KMS key in storage.existingKmsKeyArns",
        fix: `\`npx pulumi stack output --json --stack ${stack} | npm run -s encrypt-existing\` for those without encryption; for the others, storage.existingKmsKeyArns, or a new upload without SSE-C`,
        found: async () => {
            const { all, old, more } = await sampleOf(s3, folder, size, random);
            const keys = new Set([...old.keys, ...all.keys]);
            const read = (key: string) => readEncryption(s3, folder.bucket, key);
            const checked = await pMap(keys, read, { concurrency: OBJECTS_AT_ONCE });
            const faults = Object.entries({
                "not encrypted": (encryption?: string) => encryption === undefined,
                "under a customer-provided key (SSE-C)": (encryption?: string) => encryption === SSE_C,
                "under a KMS key that is not in storage.existingKmsKeyArns": (encryption = SSE_C) =>
                    ![SSE_C, "AES256", ...existingKmsKeyArns].includes(encryption),
            }).flatMap(([fault, isFaulty]) => {
                const faulty = checked.filter(({ encryption }) => isFaulty(encryption));
                return faulty.length === 0 ? [] : [`${faulty.length} ${fault}: ${named(faulty)}`];
            });
            const what = `${checked.length} checked of ${all.seen()} listed${more ? ", after which there are more" : ""}, of which ${old.seen()} are from before February 2023`;
            return okIf(faults.length === 0, [what, ...faults].join(": "));
        },
    }));
}

/** Samples a folder's objects and, apart, its old ones; `more`: whether the listing ended before the folder did. */
async function sampleOf(s3: S3, { bucket, prefix }: S3Folder, size: number, random: () => number) {
    const all = reservoir(size, random);
    const old = reservoir(size, random);
    for await (const page of s3.paginateListObjectsV2({ Bucket: bucket, Prefix: prefix })) {
        for (const { Key = "", LastModified } of page.Contents ?? []) {
            all.add(Key);
            if (LastModified && LastModified < ALL_ENCRYPTED_SINCE) {
                old.add(Key);
            }
        }
        if (all.seen() >= LISTED_AT_MOST) {
            return { all, old, more: page.IsTruncated === true };
        }
    }
    return { all, old, more: false };
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

const SSE_C = "SSE-C";

/**
 * `encryption`: `AES256`, a KMS key's ARN, `SSE_C`, or undefined for none. Skips an object that has gone since it was
 * listed: EmrEtlRunner moves it on.
 */
async function readEncryption(s3: S3, Bucket: string, key: string) {
    try {
        const head = await ifThere(s3.headObject({ Bucket, Key: key }), "NotFound", "NoSuchKey");
        return head ? { key, encryption: head.SSEKMSKeyId ?? head.ServerSideEncryption } : pMapSkip;
    } catch (error) {
        // S3 does not describe an object under a customer-provided key without the key.
        if (error instanceof AwsError && error.code === "HTTP 400") {
            return { key, encryption: SSE_C };
        }
        throw error;
    }
}

function named(objects: readonly { readonly key: string }[]): string {
    const rest = objects.length - NAMED;
    const keys = objects.slice(0, NAMED).map(({ key }) => key);
    return `${keys.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
