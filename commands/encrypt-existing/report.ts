import type { FailedTasks } from "./completion";
import { copyFees, count } from "./fees";
import type { LeftOutSummary } from "./left-out";

/** What became of the objects of one bucket and storage class. */
export interface JobOutcome {
    readonly bucket: string;
    readonly storageClass: string;
    readonly job: string;
    /**
     * `estimated`: cancelled, since nobody said --yes; `running`: confirmed by another run, and followed by none;
     * `stopped`: cancelled after another job's copies had lost something.
     */
    readonly state: "nothing to do" | "estimated" | "running" | "copied" | "failed" | "stopped";
    /** Without encryption, by S3's manifest. */
    readonly objects: number;
    readonly copied: number;
    /** Written by somebody since: left as they are. */
    readonly changed: number;
    readonly failures: readonly FailedTasks[];
    /** What copies have lost, of a sample. */
    readonly lost: readonly string[];
    /** How many of the sample could be compared. */
    readonly compared: number;
    /** Why the job failed as a whole. */
    readonly reason: string;
}

export interface LargeOutcome {
    readonly copied: number;
    readonly failures: readonly string[];
}

export interface Result {
    readonly stack: string;
    readonly jobs: readonly JobOutcome[];
    readonly leftOut: readonly LeftOutSummary[];
    /** Undefined where nobody asked for it. */
    readonly large: LargeOutcome | undefined;
    /** Buckets that keep the old versions; null: no lifecycle rule removes them. */
    readonly oldVersions: readonly { readonly bucket: string; readonly noncurrentDays: number | null }[];
}

/** What a batch copy cannot do, and who can. */
const REMEDIES: Readonly<Record<LeftOutSummary["why"], string>> = {
    "over 5 GB": "run this again with --yes --large: they are copied in parts, from here",
    archived: "restore them (aws s3api restore-object), then run this again; or leave them until they expire",
    "another storage class":
        "S3 Batch Operations does not write it: aws s3 cp … --sse AES256 --storage-class …",
};

export function reportJson(result: Result): string {
    return `${JSON.stringify({ ...result, large: result.large ?? null }, null, 2)}\n`;
}

export function reportText({ jobs, leftOut, large, oldVersions }: Result): string {
    const estimated = jobs.filter(({ state }) => state === "estimated");
    const tasks = estimated.reduce((sum, { objects }) => sum + objects, 0);
    return [
        ...(jobs.length === 0 ? ["Nothing is there to be copied.\n"] : jobs.map(jobLines)),
        ...(estimated.length > 0 ? [`To copy them, run this again with --yes: ${copyFees(tasks)}.\n`] : []),
        ...leftOut.map(({ why, objects, examples }) =>
            [
                `${count(objects)} without encryption, ${why}: ${REMEDIES[why]}.\n`,
                ...examples.map((url) => `  ${url}\n`),
                ...(objects > examples.length ? [`  … all of them: --list FILE\n`] : []),
            ].join(""),
        ),
        ...(large
            ? [
                  `${count(large.copied)} over 5 GB copied in parts.\n`,
                  ...large.failures.map((failure) => `  failed: ${failure}\n`),
              ]
            : []),
        ...oldVersions.map(
            ({ bucket, noncurrentDays }) =>
                `Bucket ${bucket} keeps old versions, and those stay unencrypted: ${
                    noncurrentDays === null
                        ? "no lifecycle rule removes them; add one for noncurrent versions"
                        : `its lifecycle rule removes them ${noncurrentDays} days after the copy`
                }.\n`,
        ),
    ].join("");
}

function jobLines(outcome: JobOutcome): string {
    const { bucket, storageClass, job, objects, copied, changed, failures, lost, compared } = outcome;
    return [
        `s3://${bucket}, ${storageClass}: ${sentence(outcome)} (job ${job})\n`,
        ...(outcome.state === "copied" || outcome.state === "failed"
            ? [
                  `  ${count(copied)} of ${count(objects)} copied, ${count(changed)} left as somebody wrote them meanwhile, ${count(failures.reduce((sum, { tasks }) => sum + tasks, 0))} failed; metadata and tags of ${count(compared)} compared\n`,
              ]
            : []),
        ...failures.map(
            ({ reason, tasks, keys }) => `  failed ${count(tasks)} times: ${reason}: ${keys.join(", ")}\n`,
        ),
        ...lost.map((line) => `  lost: ${line}\n`),
    ].join("");
}

function sentence({ state, objects, reason, lost }: JobOutcome): string {
    switch (state) {
        case "nothing to do":
            return "nothing is without encryption";
        case "estimated":
            return `${count(objects)} objects without encryption`;
        case "running":
            return "another run's job goes on; run this again with --yes to follow it";
        case "copied":
            return "done";
        case "failed":
            return lost.length > 0
                ? "its copies have lost something, and nothing else was started"
                : `failed${reason ? `: ${reason}` : ""}`;
        case "stopped":
            return "not started: another job's copies have lost something";
    }
}
