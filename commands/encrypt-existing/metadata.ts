import { isDeepStrictEqual } from "node:util";
import { GetObjectTaggingCommand, type S3Client } from "@aws-sdk/client-s3";
import pMap, { pMapIterable, pMapSkip } from "p-map";
import { z } from "zod";
import { callIfThere } from "../aws";
import { CONCURRENCY, headObject, type ListedObject } from "./survey";

/** How many objects are looked at before and after a job. */
const SAMPLE = 20;

const texts = z.record(z.string(), z.string());

/** What a copy in place must keep. */
const objectProperties = z.object({
    ContentType: z.string().optional(),
    ContentEncoding: z.string().optional(),
    ContentDisposition: z.string().optional(),
    ContentLanguage: z.string().optional(),
    CacheControl: z.string().optional(),
    Expires: z.string().optional(),
    Metadata: texts,
    StorageClass: z.string(),
    Tags: texts,
});

/** An object as it was before. */
export const rememberedObject = z.object({
    bucket: z.string(),
    key: z.string(),
    properties: objectProperties,
});

type ObjectProperties = z.infer<typeof objectProperties>;
export type Remembered = z.infer<typeof rememberedObject>;

interface Seen {
    readonly encrypted: boolean;
    readonly size: number;
    readonly etag: string | undefined;
    readonly properties: ObjectProperties;
}

export interface Comparison {
    /** How many of the sample have been copied, and could be compared. */
    readonly compared: number;
    /** What the copies have lost: a line each. */
    readonly lost: readonly string[];
}

/**
 * A sample of what is not encrypted: whether S3's batch copy keeps metadata when it is given an encryption is documented
 * in two ways, "COPY" keeps it, and new metadata replaces it.
 * @param oldest Where such objects are likely to be.
 * @param others Where to look for at least one, if none of the oldest is.
 */
export async function rememberUnencrypted(
    s3: S3Client,
    oldest: readonly ListedObject[],
    others: AsyncIterable<ListedObject>,
): Promise<readonly Remembered[]> {
    const sample = await first(SAMPLE, unencrypted(s3, oldest));
    return sample.length > 0 ? sample : first(1, unencrypted(s3, others));
}

function unencrypted(
    s3: S3Client,
    objects: Iterable<ListedObject> | AsyncIterable<ListedObject>,
): AsyncIterable<Remembered> {
    return pMapIterable(
        objects,
        async ({ bucket, key }) => {
            const now = await look(s3, { bucket, key });
            return now && !now.encrypted ? { bucket, key, properties: now.properties } : pMapSkip;
        },
        { concurrency: CONCURRENCY, backpressure: CONCURRENCY },
    );
}

async function first<T>(count: number, values: AsyncIterable<T>): Promise<readonly T[]> {
    const found: T[] = [];
    for await (const value of values) {
        found.push(value);
        if (found.length === count) {
            break;
        }
    }
    return found;
}

/** What was not copied, or is gone, has lost nothing, and says nothing. */
export async function compare(s3: S3Client, remembered: readonly Remembered[]): Promise<Comparison> {
    const found = await pMap(
        remembered,
        async (object) => {
            const now = await look(s3, object);
            return now?.encrypted ? differences(object, now.properties) : pMapSkip;
        },
        { concurrency: CONCURRENCY },
    );
    return { compared: found.length, lost: found.flat() };
}

function differences(
    { bucket, key, properties: before }: Remembered,
    after: ObjectProperties,
): readonly string[] {
    return (Object.keys(objectProperties.shape) as (keyof ObjectProperties)[])
        .filter((name) => !isDeepStrictEqual(before[name], after[name]))
        .map((name) => `s3://${bucket}/${key}: ${name} was ${show(before[name])}, is ${show(after[name])}`);
}

function show(value: unknown): string {
    return value === undefined ? "not there" : JSON.stringify(value);
}

/** Undefined where it is gone, or not to be looked at. */
export async function look(
    s3: S3Client,
    { bucket, key }: Pick<ListedObject, "bucket" | "key">,
): Promise<Seen | undefined> {
    const head = await headObject(s3, { bucket, key });
    if (head === undefined || head === "denied") {
        return undefined;
    }
    const tagging = await callIfThere(
        ["NotFound", "NoSuchKey"],
        "s3:GetObjectTagging",
        `s3://${bucket}/${key}`,
        () => s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key })),
    );
    if (!tagging) {
        return undefined;
    }
    return {
        encrypted: head.ServerSideEncryption !== undefined,
        size: head.ContentLength ?? 0,
        etag: head.ETag,
        properties: {
            ContentType: head.ContentType,
            ContentEncoding: head.ContentEncoding,
            ContentDisposition: head.ContentDisposition,
            ContentLanguage: head.ContentLanguage,
            CacheControl: head.CacheControl,
            Expires: head.ExpiresString,
            Metadata: head.Metadata ?? {},
            StorageClass: head.StorageClass ?? "STANDARD",
            Tags: Object.fromEntries(
                (tagging.TagSet ?? []).map(({ Key, Value }) => [String(Key), String(Value)]),
            ),
        },
    };
}
