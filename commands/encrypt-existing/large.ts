import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    type S3Client,
    UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import pMap from "p-map";
import { call } from "../aws";
import { look } from "./metadata";
import { CONCURRENCY, type ListedObject } from "./survey";

/** S3 takes 10,000 parts of at most 5 GB: with these, 10 TB, twice what an object may have. */
const PART_BYTES = 2 ** 30;

/**
 * Copies an object onto itself in parts, with SSE-S3. It is the old one until the last call, and stays that when
 * anything fails, or when somebody writes it meanwhile.
 */
export async function copyInParts(
    s3: S3Client,
    object: ListedObject,
    signal: AbortSignal | undefined,
): Promise<void> {
    const { bucket, key } = object;
    const on = `s3://${bucket}/${key}`;
    const where = { Bucket: bucket, Key: key };
    const before = await look(s3, object);
    if (!before || before.encrypted) {
        return; // Gone, or done meanwhile.
    }
    const { Tags, Expires, ...kept } = before.properties;
    const { UploadId } = await call("s3:PutObject", on, () =>
        s3.send(
            new CreateMultipartUploadCommand({
                ...where,
                ...kept,
                StorageClass: kept.StorageClass as never,
                ...(Expires !== undefined && { Expires: new Date(Expires) }),
                Tagging: new URLSearchParams(Tags).toString(),
                ServerSideEncryption: "AES256",
            }),
        ),
    );
    try {
        const parts = await pMap(
            partRanges(before.size),
            async (range, index) => {
                const PartNumber = index + 1;
                const { CopyPartResult } = await call("s3:PutObject", `${on}, ${range}`, () =>
                    s3.send(
                        new UploadPartCopyCommand({
                            ...where,
                            UploadId,
                            PartNumber,
                            CopySource: `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`,
                            CopySourceRange: range,
                            CopySourceIfMatch: before.etag,
                        }),
                    ),
                );
                return { PartNumber, ETag: CopyPartResult?.ETag };
            },
            { concurrency: CONCURRENCY, ...(signal && { signal }) },
        );
        await call("s3:PutObject", on, () =>
            s3.send(
                new CompleteMultipartUploadCommand({
                    ...where,
                    UploadId,
                    MultipartUpload: { Parts: parts },
                    IfMatch: before.etag,
                }),
            ),
        );
    } catch (error) {
        // Parts cost what objects cost, and nobody would see them.
        await call("s3:AbortMultipartUpload", on, () =>
            s3.send(new AbortMultipartUploadCommand({ ...where, UploadId })),
        );
        throw error;
    }
}

function partRanges(size: number): readonly string[] {
    return Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, index) => {
        const start = index * PART_BYTES;
        return `bytes=${start}-${Math.min(start + PART_BYTES, size) - 1}`;
    });
}
