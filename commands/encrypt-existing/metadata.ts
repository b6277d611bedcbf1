import { isDeepStrictEqual } from "node:util";
import { GetObjectTaggingCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { callIfThere } from "../aws";
import { CONCURRENCY, type ListedObject } from "./survey";

/** What a copy in place must keep. */
export interface ObjectProperties {
    readonly ContentType: string | undefined;
    readonly ContentEncoding: string | undefined;
    readonly ContentDisposition: string | undefined;
    readonly ContentLanguage: string | undefined;
    readonly CacheControl: string | undefined;
    readonly Expires: string | undefined;
    readonly Metadata: Readonly<Record<string, string>>;
    readonly StorageClass: string;
    readonly Tags: Readonly<Record<string, string>>;
}

/** An object as it was before. */
export interface Remembered {
    readonly object: ListedObject;
    readonly properties: ObjectProperties;
}

interface Seen {
    readonly encrypted: boolean;
    readonly size: number;
    readonly etag: string | undefined;
    readonly properties: ObjectProperties;
}

/**
 * Whether S3's batch copy keeps metadata when it is given an encryption is documented in two ways: "COPY" keeps it, and
 * new metadata replaces it. So a sample is looked at before and after.
 */
export async function rememberUnencrypted(
    s3: S3Client,
    objects: readonly ListedObject[],
): Promise<readonly Remembered[]> {
    const seen = await pMap(objects, async (object) => ({ object, now: await look(s3, object) }), {
        concurrency: CONCURRENCY,
    });
    return seen.flatMap(({ object, now }) =>
        now && !now.encrypted ? [{ object, properties: now.properties }] : [],
    );
}

/** What copies have lost: a line each. What was not copied, or is gone, has lost nothing. */
export async function lostProperties(
    s3: S3Client,
    remembered: readonly Remembered[],
): Promise<readonly string[]> {
    const found = await pMap(
        remembered,
        async ({ object, properties }) => {
            const now = await look(s3, object);
            return now?.encrypted ? differences(object, properties, now.properties) : [];
        },
        { concurrency: CONCURRENCY },
    );
    return found.flat();
}

function differences(
    { bucket, key }: ListedObject,
    before: ObjectProperties,
    after: ObjectProperties,
): readonly string[] {
    return (Object.keys(before) as (keyof ObjectProperties)[])
        .filter((name) => !isDeepStrictEqual(before[name], after[name]))
        .map((name) => `s3://${bucket}/${key}: ${name} was ${show(before[name])}, is ${show(after[name])}`);
}

function show(value: unknown): string {
    return value === undefined ? "not there" : JSON.stringify(value);
}

/** Undefined where it is gone. */
export async function look(s3: S3Client, { bucket, key }: ListedObject): Promise<Seen | undefined> {
    const on = `s3://${bucket}/${key}`;
    const where = { Bucket: bucket, Key: key };
    const absent = ["NotFound", "NoSuchKey"];
    const head = await callIfThere(absent, "s3:GetObject", on, () => s3.send(new HeadObjectCommand(where)));
    const tagging = await callIfThere(absent, "s3:GetObjectTagging", on, () =>
        s3.send(new GetObjectTaggingCommand(where)),
    );
    if (!head || !tagging) {
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
