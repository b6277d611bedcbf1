import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CopyObjectCommand,
    CreateMultipartUploadCommand,
    type S3Client,
    type StorageClass,
    UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { S3Folder } from "../../components/domain/locations";
import { call } from "../aws";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import { look } from "./metadata";
import { CONCURRENCY, type ListedObject, leftOut, listObjects, MAX_COPY_BYTES, type Unusual } from "./survey";

/** S3 takes 10,000 parts of at most 5 GB: with these, 10 TB, twice what an object may have. */
const PART_BYTES = 2 ** 30;

type Seen = NonNullable<Awaited<ReturnType<typeof look>>>;

/** What was copied from here, and not by S3 Batch Operations. */
export interface OneByOneOutcome {
    readonly copied: number;
    readonly failed: number;
    /** Why, for some of them. */
    readonly failures: readonly string[];
}

/** What is copied so: all others it cannot read, or not yet. */
export const ONE_BY_ONE: readonly Unusual[] = [
    "over 5 GB",
    "restored from an archive",
    "another storage class",
];

/** How many failures are shown. */
const EXAMPLES = 10;

/** Copies what S3 Batch Operations cannot, as it is listed; what fails keeps nothing else back. */
export async function copyOneByOne(
    s3: S3Client,
    streams: Streams,
    places: readonly S3Folder[],
    signal: AbortSignal | undefined,
): Promise<OneByOneOutcome> {
    const bar = progressBar(streams, "{url}: part {value} of {total}; {copied} objects copied", 1, {
        url: "listing",
        copied: 0,
    });
    let copied = 0;
    let failed = 0;
    const failures: string[] = [];
    try {
        for (const place of places) {
            const listed = listObjects(s3, place, () => signal?.throwIfAborted());
            for await (const object of leftOut(s3, listed)) {
                signal?.throwIfAborted();
                if (!ONE_BY_ONE.includes(object.why)) {
                    continue;
                }
                try {
                    const url = `s3://${object.bucket}/${object.key}`;
                    const done = await copyOne(s3, object, signal, (part, parts) => {
                        bar?.setTotal(parts);
                        bar?.update(part, { url, copied });
                    });
                    copied += done ? 1 : 0;
                } catch (error) {
                    signal?.throwIfAborted();
                    failed += 1;
                    if (failures.length < EXAMPLES) {
                        failures.push(message(error));
                    }
                }
            }
        }
        return { copied, failed, failures };
    } finally {
        bar?.stop();
    }
}

/** How far the copying in parts of one object is. */
export type OnPart = (done: number, parts: number) => void;

/**
 * Copies an object onto itself, with SSE-S3 and all that it had; over 5 GB in parts. It is the old one until the last
 * call, and stays that when anything fails, or when somebody writes it meanwhile.
 * @returns False where there was nothing left to do: it is gone, or encrypted.
 */
export async function copyOne(
    s3: S3Client,
    object: ListedObject,
    signal: AbortSignal | undefined,
    onPart: OnPart = () => undefined,
): Promise<boolean> {
    const before = await look(s3, object);
    if (!before || before.encrypted) {
        return false;
    }
    await (before.size > MAX_COPY_BYTES
        ? copyInParts(s3, object, before, signal, onPart)
        : copyWhole(s3, object, before));
    return true;
}

async function copyWhole(s3: S3Client, { bucket, key }: ListedObject, before: Seen): Promise<void> {
    await call(`s3:GetObject, ${write(before)}`, `s3://${bucket}/${key}`, () =>
        s3.send(
            new CopyObjectCommand({
                Bucket: bucket,
                Key: key,
                CopySource: copySource(bucket, key),
                CopySourceIfMatch: before.etag,
                IfMatch: before.etag,
                MetadataDirective: "COPY",
                TaggingDirective: "COPY",
                StorageClass: before.properties.StorageClass as StorageClass,
                ServerSideEncryption: "AES256",
            }),
        ),
    );
}

async function copyInParts(
    s3: S3Client,
    { bucket, key }: ListedObject,
    before: Seen,
    signal: AbortSignal | undefined,
    onPart: OnPart,
): Promise<void> {
    const on = `s3://${bucket}/${key}`;
    const where = { Bucket: bucket, Key: key };
    const { Tags, Expires, StorageClass, ...kept } = before.properties;
    const { UploadId } = await call(write(before), on, () =>
        s3.send(
            new CreateMultipartUploadCommand({
                ...where,
                ...kept,
                StorageClass: StorageClass as StorageClass,
                ...(Expires !== undefined && { Expires: new Date(Expires) }),
                Tagging: new URLSearchParams(Tags).toString(),
                ServerSideEncryption: "AES256",
            }),
        ),
    );
    try {
        const parts = await settled(partRanges(before.size), signal, onPart, async (range, index) => {
            const PartNumber = index + 1;
            const { CopyPartResult } = await call("s3:GetObject, s3:PutObject", `${on}, ${range}`, () =>
                s3.send(
                    new UploadPartCopyCommand({
                        ...where,
                        UploadId,
                        PartNumber,
                        CopySource: copySource(bucket, key),
                        CopySourceRange: range,
                        CopySourceIfMatch: before.etag,
                    }),
                ),
            );
            return { PartNumber, ETag: CopyPartResult?.ETag };
        });
        await call("s3:PutObject", on, () =>
            s3.send(
                new CompleteMultipartUploadCommand({
                    ...where,
                    UploadId,
                    MultipartUpload: { Parts: [...parts] },
                    IfMatch: before.etag,
                }),
            ),
        );
    } catch (error) {
        // Parts cost what objects cost, and nobody would see them.
        await call("s3:AbortMultipartUpload", on, () =>
            s3.send(new AbortMultipartUploadCommand({ ...where, UploadId })),
        ).catch((abort) => {
            throw new Error(
                `${message(error)}; and its parts, upload ${UploadId}, are still there: ${message(abort)}`,
            );
        });
        throw error;
    }
}

/**
 * A few at once; begins no more once one has failed, or the signal says so, and throws when all that were under way
 * have ended: a part that arrives after the upload's end would stay.
 */
async function settled<T, R>(
    values: readonly T[],
    signal: AbortSignal | undefined,
    onDone: OnPart,
    map: (value: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
    const results: R[] = [];
    let done = 0;
    let failure: { readonly error: unknown } | undefined;
    await pMap(
        values,
        async (value, index) => {
            try {
                signal?.throwIfAborted();
                if (!failure) {
                    results[index] = await map(value, index);
                    done += 1;
                    onDone(done, values.length);
                }
            } catch (error) {
                failure ??= { error };
            }
        },
        { concurrency: CONCURRENCY },
    );
    if (failure) {
        throw failure.error;
    }
    return results;
}

/** Tags take a permission of their own. */
function write({ properties }: Seen): string {
    return Object.keys(properties.Tags).length > 0 ? "s3:PutObject, s3:PutObjectTagging" : "s3:PutObject";
}

function copySource(bucket: string, key: string): string {
    return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function partRanges(size: number): readonly string[] {
    return Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, index) => {
        const start = index * PART_BYTES;
        return `bytes=${start}-${Math.min(start + PART_BYTES, size) - 1}`;
    });
}

function message(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
