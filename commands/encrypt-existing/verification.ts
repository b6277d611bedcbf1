import { createInterface } from "node:readline";
import type { S3 } from "@aws-sdk/client-s3";
import { pMapIterable } from "p-map";
import type { S3Folder } from "../../components/domain/locations";
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
import type { CopyJob } from "./records";
import { download } from "./transfer";

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

/** The verification of no object. */
export function nothingVerified(): Verification {
    return { kept: 0, changed: 0, unencrypted: some(), unreadable: some(), lost: some() };
}

/**
 * Compares every object of a job with its snapshot: AWS documents in two ways whether a batch copy keeps metadata.
 * @param folder Where the file of snapshots is.
 * @throws AwsError `NoSuchKey` or `PreconditionFailed` if that file was deleted or changed.
 */
export async function verify(
    s3: S3,
    job: Pick<CopyJob, "bucket" | "requesterPays" | "objects">,
    { bucket }: S3Folder,
    onObject: () => void,
): Promise<Verification> {
    const found = nothingVerified();
    const file = { Bucket: bucket, Key: job.objects.key, IfMatch: job.objects.etag };
    const lines = download(s3, file, (input) =>
        createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }),
    );
    const judged = pMapIterable(
        lines,
        async (line) => {
            const before = snapshot.parse(JSON.parse(line));
            return { before, now: await lookAt(s3, job, before) };
        },
        { concurrency: CONCURRENCY },
    );
    for await (const { before, now } of judged) {
        onObject();
        const url = objectUrl(job.bucket, before.key);
        if (now === "unencrypted" || now === "unreadable") {
            addTo(found[now], url);
        } else if (now === "changed" || now === "kept") {
            found[now] += 1;
        } else {
            addTo(found.lost, `${url}: ${now.differences}`);
        }
    }
    return found;
}

type Judgement = Exclude<keyof Verification, "lost"> | { readonly differences: string };

async function lookAt(s3: S3, access: Access, before: Snapshot): Promise<Judgement> {
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
    const differences = [...new Set([...Object.keys(before.properties), ...Object.keys(properties)])]
        .filter((name) => before.properties[name] !== properties[name])
        .map((name) => `${escaped(name)} was ${show(before.properties[name])}, is ${show(properties[name])}`);
    return differences.length === 0 ? "kept" : { differences: differences.join("; ") };
}

function show(value: string | undefined): string {
    return value === undefined ? "missing" : escaped(JSON.stringify(value));
}
