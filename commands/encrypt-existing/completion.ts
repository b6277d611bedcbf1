import type { S3 } from "@aws-sdk/client-s3";
import { parse } from "csv-parse";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { escaped } from "../escape";
import { Tally } from "./objects";
import { Fingerprint } from "./portions";
import { download, readText } from "./transfer";

/** Tasks of a job that failed with the same HTTP status and error code of S3. */
export class FailedTasks extends Tally {
    /** @param reason The status, the code, and S3's message of the first of these tasks. */
    constructor(readonly reason: string) {
        super();
    }
}

/** What a job's report says of its tasks. */
export interface Completion {
    readonly keys: Fingerprint;
    readonly copied: number;
    /** Without the tasks whose objects were written or deleted since the survey: the objects are checked themselves. */
    readonly failures: readonly FailedTasks[];
}

const manifest = z.object({ Results: z.array(z.object({ Bucket: z.string(), Key: z.string() })) });

/**
 * Reads a job's report.
 * @throws Error if the report is missing, or not in S3's form.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export async function readCompletion(s3: S3, { bucket, prefix }: S3Folder, job: string): Promise<Completion> {
    const top = await readText(s3, { Bucket: bucket, Key: `${prefix}job-${job}/manifest.json` });
    const keys = new Fingerprint();
    const failures = new Map<string, FailedTasks>();
    let copied = 0;
    for (const { Bucket, Key } of manifest.parse(JSON.parse(top)).Results) {
        // Rows of Bucket, Key, VersionId, TaskStatus and the columns of `readOutcome`.
        const rows = download(s3, { Bucket, Key }, (file) => file.pipe(parse({ relaxColumnCount: true })));
        for await (const [, key = "", , status = "", ...outcome] of rows as AsyncIterable<string[]>) {
            const readable = decodedIfPossible(key);
            keys.add(readable);
            if (status.toLowerCase() === "succeeded") {
                copied += 1;
                continue;
            }
            const { http, code, message } = readOutcome(outcome);
            if (http === "412" || http === "404") {
                continue;
            }
            // S3's messages may name requests, which differ.
            const kind = `${http} ${code}`.trim();
            const same = failures.get(kind) ?? new FailedTasks(escaped(`${kind} ${message}`.trim()));
            failures.set(kind, same);
            same.add(escaped(readable));
        }
    }
    return { keys, copied, failures: [...failures.values()] };
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
function readOutcome([one = "", other = "", message = ""]: readonly string[]) {
    const [http, code] = /^\d{3}$/.test(one) ? [one, other] : [other, one];
    return { http, code, message };
}
