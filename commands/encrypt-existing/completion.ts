import type { S3 } from "@aws-sdk/client-s3";
import { parse } from "csv-parse";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { escaped } from "../escape";
import { FailedTasks, type Outcome } from "./outcome";
import { Fingerprint } from "./portions";
import { download, readText } from "./transfer";

const manifest = z.object({ Results: z.array(z.object({ Bucket: z.string(), Key: z.string() })) });

/**
 * Reads a job's report into its outcome.
 * @returns The keys of the tasks.
 * @throws Error if the report is missing, or not in S3's form.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export async function readCompletion(
    s3: S3,
    { bucket, prefix }: S3Folder,
    outcome: Outcome,
): Promise<Fingerprint> {
    const top = await readText(s3, { Bucket: bucket, Key: `${prefix}job-${outcome.job}/manifest.json` });
    const keys = new Fingerprint();
    const failures = new Map<string, FailedTasks>();
    for (const { Bucket, Key } of manifest.parse(JSON.parse(top)).Results) {
        // Rows of Bucket, Key, VersionId, TaskStatus and the columns of `readError`.
        const rows = download(s3, { Bucket, Key }, (file) => file.pipe(parse({ relaxColumnCount: true })));
        for await (const [, key = "", , status = "", ...error] of rows as AsyncIterable<string[]>) {
            const readable = decodedIfPossible(key);
            keys.add(readable);
            if (status.toLowerCase() === "succeeded") {
                outcome.copied += 1;
                continue;
            }
            const { http, code, message } = readError(error);
            if (http === "412" || http === "404") {
                continue; // The object was written or deleted: it is checked itself.
            }
            // S3's messages may name requests, which differ.
            const kind = `${http} ${code}`.trim();
            let same = failures.get(kind);
            if (!same) {
                same = new FailedTasks(escaped(`${kind} ${message}`.trim()));
                failures.set(kind, same);
                outcome.failures.push(same);
            }
            same.add(escaped(readable));
        }
    }
    return keys;
}

/** A report's keys are URL-encoded, but no documentation says how. */
function decodedIfPossible(key: string): string {
    try {
        return decodeURIComponent(key);
    } catch {
        return key;
    }
}

/**
 * AWS's page has the columns ErrorCode and HTTPStatusCode in this order in the schema, and the other way round in its
 * example `failed,200,PermanentFailure`. A status is three digits, and no code is.
 */
function readError([one = "", other = "", message = ""]: readonly string[]) {
    const [http, code] = /^\d{3}$/.test(one) ? [one, other] : [other, one];
    return { http, code, message };
}
