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
import type { Outcome } from "./outcome";
import type { CopyJob } from "./records";
import { download } from "./transfer";

/**
 * Compares every object of a job with its snapshot: AWS documents in two ways whether a batch copy keeps metadata.
 * @param folder Where the file of snapshots is.
 * @throws AwsError `NoSuchKey` or `PreconditionFailed` if that file was deleted or changed.
 */
export async function verify(
    s3: S3,
    job: Pick<CopyJob, "bucket" | "requesterPays" | "objects">,
    { bucket }: S3Folder,
    outcome: Outcome,
    onObject: () => void,
): Promise<void> {
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
            outcome[now].add(url);
        } else if (now === "changed" || now === "kept") {
            outcome[now] += 1;
        } else {
            outcome.lost.add(`${url}: ${now.differences}`);
        }
    }
}

type Judgement = "kept" | "changed" | "unencrypted" | "unreadable" | { readonly differences: string };

async function lookAt(s3: S3, access: Access, before: Snapshot): Promise<Judgement> {
    const head = await headObject(s3, access, before.key);
    if (head === "denied") {
        return "unreadable";
    }
    if (!head) {
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
