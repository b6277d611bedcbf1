import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CompletedPart, GetObjectCommandInput, S3 } from "@aws-sdk/client-s3";
import type { S3Control } from "@aws-sdk/client-s3-control";
import { z } from "zod";
import { readObject } from "../aws";

/** The least that S3 takes; at most 10,000 parts are 50 GB, the snapshots of more than 100 million objects. */
const PART_BYTES = 5 * 2 ** 20;

/** A file in S3. */
export const uploaded = z.object({ key: z.string(), etag: z.string() });

/**
 * Uploads a file under SSE-S3, in parts: S3 takes at most 5 GB at once, and the SDK does not repeat a request that sends
 * a stream.
 */
export async function upload(
    s3: S3,
    file: string,
    where: { readonly Bucket: string; readonly Key: string },
    signal: AbortSignal,
): Promise<z.output<typeof uploaded>> {
    const { UploadId } = await s3.createMultipartUpload({ ...where, ServerSideEncryption: "AES256" });
    const target = { ...where, UploadId };
    try {
        const Parts: CompletedPart[] = [];
        for await (const Body of createReadStream(file, { highWaterMark: PART_BYTES })) {
            signal.throwIfAborted();
            const PartNumber = Parts.length + 1;
            const { ETag } = await s3.uploadPart({ ...target, PartNumber, Body });
            Parts.push({ PartNumber, ETag });
        }
        const { ETag = "" } = await s3.completeMultipartUpload({ ...target, MultipartUpload: { Parts } });
        return { key: where.Key, etag: ETag };
    } catch (error) {
        // The parts cost storage, and no listing of objects shows them.
        await s3.abortMultipartUpload(target).catch(() => undefined);
        throw error;
    }
}

/**
 * Parses an object by way of a temporary file: a reader that asks S3 about each line is too slow for S3's connection,
 * and must not take half an object for the whole.
 */
export async function* download<T>(
    s3: S3,
    where: GetObjectCommandInput,
    parse: (file: Readable) => AsyncIterable<T>,
): AsyncGenerator<T> {
    const folder = temporaryFolder();
    const file = path.join(folder, "object");
    try {
        await readObject(s3, where, (body) => pipeline(body as Readable, createWriteStream(file)));
        yield* parse(createReadStream(file));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Reads a small object. */
export async function readText(s3: S3, where: GetObjectCommandInput): Promise<string> {
    return (await readObject(s3, where, (body) => body.transformToString())).content;
}

export function temporaryFolder(): string {
    return mkdtempSync(path.join(tmpdir(), "encrypt-existing-"));
}

/** Makes the client refuse an empty answer, which the SDK reads as one without objects and settings, and ask again. */
export function refuseEmptyAnswers({ middlewareStack }: S3 | S3Control): void {
    const stack = middlewareStack as S3["middlewareStack"];
    stack.add(
        (next, { commandName }) =>
            async (args) => {
                const answer = await next(args);
                const { method } = args.request as { readonly method: string };
                const { headers } = answer.response as { readonly headers: Record<string, string> };
                const isDocument = method === "GET" && commandName !== "GetObjectCommand";
                if (isDocument && headers["content-length"] === "0") {
                    throw Object.assign(new Error(), { name: "EmptyAnswer", $retryable: {} });
                }
                return answer;
            },
        { step: "deserialize", priority: "low", name: "refuseEmptyAnswers" },
    );
}
