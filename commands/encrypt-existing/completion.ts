import { pipeline, type Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parse } from "csv-parse";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { call, callIfThere } from "../aws";

/** Why tasks of a job failed, with some of the keys. */
export interface FailedTasks {
    /** HTTP status and S3's error code, and what S3 said of the first of them. */
    readonly reason: string;
    tasks: number;
    /** URL-encoded, as S3 reports them. */
    readonly keys: string[];
}

export interface Completion {
    /** Written by somebody since the job's start: left as they are. */
    readonly changed: number;
    readonly failures: readonly FailedTasks[];
}

const EXAMPLES = 10;

const manifest = z.object({
    Results: z.array(z.object({ TaskExecutionStatus: z.string(), Bucket: z.string(), Key: z.string() })),
});

/**
 * Reads what a job says of its tasks; a job that never began one has no report.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export async function readCompletion(
    s3: S3Client,
    { bucket, prefix }: S3Folder,
    jobId: string,
): Promise<Completion | undefined> {
    const key = `${prefix}job-${jobId}/manifest.json`;
    const top = await callIfThere(["NoSuchKey"], "s3:GetObject", `s3://${bucket}/${key}`, () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (!top?.Body) {
        return undefined;
    }
    const { Results } = manifest.parse(JSON.parse(await top.Body.transformToString()));
    // Messages may name requests, each another.
    const byKind = new Map<string, FailedTasks>();
    let changed = 0;
    for (const { Bucket, Key } of Results.filter(
        ({ TaskExecutionStatus }) => TaskExecutionStatus === "failed",
    )) {
        for await (const [, key = "", , , ...outcome] of rows(s3, Bucket, Key)) {
            const { status, code, message } = readOutcome(outcome);
            if (status === "412") {
                changed += 1;
                continue;
            }
            const kind = [status, code].filter(Boolean).join(" ");
            const same = byKind.get(kind) ?? {
                reason: [kind, message].filter(Boolean).join(" "),
                tasks: 0,
                keys: [],
            };
            byKind.set(kind, same);
            same.tasks += 1;
            if (same.keys.length < EXAMPLES) {
                same.keys.push(key);
            }
        }
    }
    return { changed, failures: [...byKind.values()] };
}

/**
 * The report's schema says ErrorCode, HTTPStatusCode; the rows that the same page shows have them the other way round:
 * `failed,200,PermanentFailure`. A status is three digits, and no code is.
 */
function readOutcome([one = "", other = "", message = ""]: readonly string[]) {
    const [status, code] = /^\d{3}$/.test(one) ? [one, other] : [other, one];
    return { status, code, message };
}

/** Bucket, Key, VersionId, TaskStatus, and what became of the task; as many rows as there are tasks. */
async function* rows(s3: S3Client, bucket: string, key: string): AsyncGenerator<readonly string[]> {
    const { Body } = await call("s3:GetObject", `s3://${bucket}/${key}`, () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    // An error of the one ends the other, and with it this loop: nobody else need hear of it.
    yield* pipeline(Body as Readable, parse({ relaxColumnCount: true }), () => undefined);
}
