import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { pMapIterable } from "p-map";
import { callIfThere } from "../aws";
import { escaped } from "../escape";
import {
    type Access,
    CONCURRENCY,
    headObject,
    objectUrl,
    propertiesOf,
    type Snapshot,
    snapshot,
} from "./objects";
import type { Uploaded } from "./portions";

/** A number of objects, with some of them. */
export interface Some {
    objects: number;
    readonly examples: string[];
}

const EXAMPLES = 10;

export function some(): Some {
    return { objects: 0, examples: [] };
}

export function addTo(found: Some, example: string): void {
    found.objects += 1;
    if (found.examples.length < EXAMPLES) {
        found.examples.push(example);
    }
}

/** What a job's objects are now. The sum of the numbers is the number of tasks. */
export interface Verification {
    /** Encrypted, with all that they had before. */
    kept: number;
    /** Deleted, or written by others, since the survey. */
    changed: number;
    readonly unencrypted: Some;
    readonly unreadable: Some;
    /** Copies that lack something: an example is a line of differences. */
    readonly lost: Some;
}

/** Compares every object of a job with its snapshot: AWS documents in two ways whether a batch copy keeps metadata. */
export async function verify(
    s3: S3Client,
    access: Access,
    snapshots: AsyncIterable<Snapshot>,
    onObject: () => void,
): Promise<Verification> {
    const found: Verification = {
        kept: 0,
        changed: 0,
        unencrypted: some(),
        unreadable: some(),
        lost: some(),
    };
    const judged = pMapIterable(
        snapshots,
        async (before) => ({ before, now: await lookAt(s3, access, before) }),
        { concurrency: CONCURRENCY },
    );
    for await (const { before, now } of judged) {
        onObject();
        const url = objectUrl(access.bucket, before.key);
        if (now === "unencrypted" || now === "unreadable") {
            addTo(found[now], url);
        } else if (now === "changed") {
            found.changed += 1;
        } else if (now === "") {
            found.kept += 1;
        } else {
            addTo(found.lost, `${url}: ${now}`);
        }
    }
    return found;
}

/** Differences, an empty string without any. */
async function lookAt(s3: S3Client, access: Access, before: Snapshot): Promise<string> {
    const head = await headObject(s3, access, before.key);
    if (head === "denied") {
        return "unreadable";
    }
    if (head === "gone" || head === "customer key") {
        return "changed";
    }
    if (head.ServerSideEncryption === undefined) {
        return "unencrypted";
    }
    // A copy keeps the ETag, except for that of a multipart upload, which has a hyphen.
    const isSame =
        head.ContentLength === before.size && (head.ETag === before.etag || before.etag.includes("-"));
    const properties = isSame ? await propertiesOf(s3, access, before.key, head) : undefined;
    if (!properties) {
        return "changed";
    }
    const names = [...new Set([...Object.keys(before.properties), ...Object.keys(properties)])];
    return names
        .filter((name) => before.properties[name] !== properties[name])
        .map((name) => `${escaped(name)} was ${show(before.properties[name])}, is ${show(properties[name])}`)
        .join("; ");
}

function show(value: string | undefined): string {
    return value === undefined ? "missing" : escaped(JSON.stringify(value));
}

/** Reads uploaded snapshots; none if the file was changed or deleted, so that the numbers do not add up. */
export async function* readSnapshots(
    s3: S3Client,
    bucket: string,
    { key, etag }: Uploaded,
): AsyncGenerator<Snapshot> {
    const file = await callIfThere(
        ["NoSuchKey", "PreconditionFailed"],
        "s3:GetObject",
        objectUrl(bucket, key),
        () => s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag })),
    );
    if (!file) {
        return;
    }
    for await (const line of createInterface({
        input: file.Body as Readable,
        crlfDelay: Number.POSITIVE_INFINITY,
    })) {
        yield snapshot.parse(JSON.parse(line));
    }
}
