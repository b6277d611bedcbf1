import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, type WriteStream } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3StorageClass } from "@aws-sdk/client-s3-control";
import { call } from "../aws";
import { encoded, objectUrl, type Snapshot } from "./objects";

/** The number of objects of a run's first job: if S3's copy loses something, few objects have lost it. */
const TRIAL = 20;

/** Objects of one bucket and storage class, which one job copies. */
export interface Portion {
    readonly bucket: string;
    readonly storageClass: S3StorageClass;
    readonly tasks: number;
    /** Identifies the set of keys: see `fingerprint`. */
    readonly fingerprint: string;
    /** Local files: the job's manifest, and a `Snapshot` per line. */
    readonly files: { readonly manifest: string; readonly objects: string };
}

interface OpenPortion {
    readonly bucket: string;
    readonly storageClass: S3StorageClass;
    readonly files: Portion["files"];
    readonly streams: { readonly manifest: WriteStream; readonly objects: WriteStream };
    readonly keys: Fingerprint;
}

/** Writes manifests to temporary files while objects are found: there may be millions. */
export class Portions {
    private readonly folder = mkdtempSync(path.join(tmpdir(), "encrypt-existing-"));
    private readonly open = new Map<string, OpenPortion>();
    private trial: string | undefined;

    async add(bucket: string, storageClass: S3StorageClass, before: Snapshot): Promise<void> {
        const name = `${bucket}-${storageClass}`;
        this.trial ??= name;
        const isTrial = this.trial === name && (this.open.get("trial")?.keys.count ?? 0) < TRIAL;
        const { streams, keys } = this.portion(isTrial ? "trial" : name, bucket, storageClass);
        keys.add(before.key);
        await write(streams.manifest, `${bucket},${encoded(before.key)}\n`);
        await write(streams.objects, `${JSON.stringify(before)}\n`);
    }

    private portion(id: string, bucket: string, storageClass: S3StorageClass): OpenPortion {
        const found = this.open.get(id);
        if (found) {
            return found;
        }
        const file = (suffix: string) => path.join(this.folder, `${id}-${suffix}`);
        const files = { manifest: file("manifest.csv"), objects: file("objects.ndjson") };
        const streams = {
            manifest: openFile(files.manifest),
            objects: openFile(files.objects),
        };
        const made = { bucket, storageClass, files, streams, keys: new Fingerprint() };
        this.open.set(id, made);
        return made;
    }

    /** The portions, the smallest first. */
    async close(): Promise<readonly Portion[]> {
        const portions = [...this.open.values()];
        for (const { streams } of portions) {
            await end(streams.manifest);
            await end(streams.objects);
        }
        return portions
            .map(({ keys, streams: _, ...portion }) => ({
                ...portion,
                tasks: keys.count,
                fingerprint: keys.value,
            }))
            .sort((a, b) => a.tasks - b.tasks);
    }

    /** Deletes the temporary files. */
    dispose(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Identifies a set of keys in any order: the sum of their digests. Plus signs count as spaces, their encoding in forms. */
export class Fingerprint {
    count = 0;
    private sum = 0n;

    add(key: string): void {
        const digest = createHash("sha256").update(key.replaceAll("+", " ")).digest().readBigUInt64BE();
        this.sum = BigInt.asUintN(64, this.sum + digest);
        this.count += 1;
    }

    get value(): string {
        return this.sum.toString(16);
    }
}

export interface Uploaded {
    readonly key: string;
    readonly etag: string;
}

/** Uploads a file under SSE-S3. */
export async function upload(
    s3: S3Client,
    file: string,
    size: number,
    bucket: string,
    key: string,
): Promise<Uploaded> {
    const { ETag } = await call("s3:PutObject", objectUrl(bucket, key), () =>
        s3.send(
            new PutObjectCommand({
                Bucket: bucket,
                Key: key,
                Body: createReadStream(file),
                ContentLength: size,
                ServerSideEncryption: "AES256",
            }),
        ),
    );
    return { key, etag: ETag ?? "" };
}

/** Opens a file for `write` and `end`, which throw the errors of the disk. */
export function openFile(file: string, flags = "w"): WriteStream {
    return createWriteStream(file, { flags }).on("error", () => undefined);
}

/** Writes to a stream, and waits while its buffer is full. */
export async function write(stream: WriteStream, text: string): Promise<void> {
    if (stream.errored) {
        throw stream.errored;
    }
    if (!stream.write(text)) {
        await once(stream, "drain");
    }
}

export async function end(stream: WriteStream): Promise<void> {
    stream.end();
    await finished(stream);
}
