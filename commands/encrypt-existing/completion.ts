import { pipeline, type Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse } from "csv-parse";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { call, callIfThere } from "../aws";
import { escaped } from "../escape";
import { objectUrl } from "./objects";
import { Fingerprint } from "./portions";

/** Why tasks of a job failed, with some of the keys. */
export interface FailedTasks {
    /** HTTP status and S3's error code, and S3's message of the first of them. */
    readonly reason: string;
    tasks: number;
    readonly keys: string[];
}

/** What a job's report says of its tasks. */
export interface Completion {
    readonly tasks: number;
    readonly fingerprint: string;
    readonly copied: number;
    /** Written or deleted since the survey. */
    readonly changed: number;
    readonly failures: readonly FailedTasks[];
}

const EXAMPLES = 10;

const manifest = z.object({
    Results: z.array(z.object({ TaskExecutionStatus: z.string(), Bucket: z.string(), Key: z.string() })),
});

/**
 * Reads a job's report; undefined without one.
 * @throws Error if the report is not in S3's form.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export async function readCompletion(
    s3: S3Client,
    { bucket, prefix }: S3Folder,
    job: string,
): Promise<Completion | undefined> {
    const key = `${prefix}job-${job}/manifest.json`;
    const top = await callIfThere(["NoSuchKey"], "s3:GetObject", objectUrl(bucket, key), () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (!top?.Body) {
        return undefined;
    }
    const { Results } = manifest.parse(JSON.parse(await top.Body.transformToString()));
    const keys = new Fingerprint();
    // S3's messages may name requests, which differ.
    const failures = new Map<string, FailedTasks>();
    let [copied, changed] = [0, 0];
    for (const result of Results) {
        for await (const [, key = "", , status = "", ...outcome] of rows(s3, result.Bucket, result.Key)) {
            const readable = decodedIfPossible(key);
            keys.add(readable);
            if (status.toLowerCase() === "succeeded") {
                copied += 1;
                continue;
            }
            const { http, code, message } = readOutcome(outcome);
            if (http === "412" || http === "404") {
                changed += 1;
                continue;
            }
            const kind = [http, code].filter(Boolean).join(" ");
            const same = failures.get(kind) ?? {
                reason: escaped([kind, message].filter(Boolean).join(" ")),
                tasks: 0,
                keys: [],
            };
            failures.set(kind, same);
            same.tasks += 1;
            if (same.keys.length < EXAMPLES) {
                same.keys.push(escaped(readable));
            }
        }
    }
    return { tasks: keys.count, fingerprint: keys.value, copied, changed, failures: [...failures.values()] };
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

/** Rows of Bucket, Key, VersionId, TaskStatus and the two columns of `readOutcome`. */
async function* rows(s3: S3Client, bucket: string, key: string): AsyncGenerator<readonly string[]> {
    const { Body } = await call("s3:GetObject", objectUrl(bucket, key), () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    // The loop that reads the rows receives the error of either stream.
    yield* pipeline(Body as Readable, parse({ relaxColumnCount: true }), () => undefined);
}
