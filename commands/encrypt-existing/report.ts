import { formatS3Url } from "../../components/domain/locations";
import type { FailedTasks } from "./completion";
import { copyFees, count } from "./fees";
import type { LeftOutSummary } from "./left-out";
import type { OneByOneOutcome } from "./one-by-one";
import type { Unusual } from "./survey";

/** What became of the objects of one folder and storage class. */
export interface JobOutcome {
    readonly bucket: string;
    readonly prefix: string;
    readonly storageClass: string;
    readonly job: string;
    /**
     * `estimated`: cancelled, since nobody said --yes; `running` and `ended`: confirmed by another run, and seen through
     * by none yet; `stopped`: cancelled after another job's copies had lost something, or could not be compared.
     */
    readonly state: "nothing to do" | "estimated" | "running" | "ended" | "copied" | "failed" | "stopped";
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

export interface Result {
    readonly stack: string;
    readonly jobs: readonly JobOutcome[];
    readonly leftOut: readonly LeftOutSummary[];
    /** Undefined where nobody asked for it. */
    readonly oneByOne: OneByOneOutcome | undefined;
    /** Buckets that keep the old versions; null: no lifecycle rule removes them. */
    readonly oldVersions: readonly { readonly bucket: string; readonly noncurrentDays: number | null }[];
}

/** Nothing was copied, or what was is known to have kept what it had. */
export function isSafe({ copied, compared, lost }: JobOutcome): boolean {
    return lost.length === 0 && (copied === 0 || compared > 0);
}

const FROM_HERE = "run this again with --yes --large: they are copied one by one, from here";

/** What a batch copy cannot do, and who can. */
const REMEDIES: Readonly<Record<Unusual, string>> = {
    "over 5 GB": FROM_HERE,
    "restored from an archive": `${FROM_HERE}, while they are restored`,
    "being restored": "wait until they are, then run this again with --yes --large",
    archived:
        "restore them (aws s3api restore-object), then run this again with --yes --large; or leave them until they expire",
    "another storage class": FROM_HERE,
    "not to be looked at":
        "these credentials need s3:GetObject on them; what another account owns, its owner must copy",
};

export function reportJson(result: Result): string {
    return `${JSON.stringify({ ...result, oneByOne: result.oneByOne ?? null }, null, 2)}\n`;
}

export function reportText({ jobs, leftOut, oneByOne, oldVersions }: Result): string {
    const estimated = jobs.filter(({ state }) => state === "estimated");
    const tasks = estimated.reduce((sum, { objects }) => sum + objects, 0);
    return [
        ...(jobs.length === 0
            ? ["Nothing is there to be copied by S3 Batch Operations.\n"]
            : jobs.map(jobLines)),
        ...(estimated.length > 0 ? [`To copy them, run this again with --yes: ${copyFees(tasks)}.\n`] : []),
        ...leftOut.map(({ why, objects, examples }) =>
            [
                `${count(objects)} ${why === "not to be looked at" ? "" : "without encryption, "}${why}: ${REMEDIES[why]}.\n`,
                ...examples.map((url) => `  ${url}\n`),
                ...(objects > examples.length ? [`  … all of them: --list FILE\n`] : []),
            ].join(""),
        ),
        ...(oneByOne
            ? [
                  `${count(oneByOne.copied)} copied one by one, ${count(oneByOne.failed)} failed.\n`,
                  ...oneByOne.failures.map((failure) => `  failed: ${failure}\n`),
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
    const { storageClass, job, objects, copied, changed, failures, lost, compared } = outcome;
    return [
        `${formatS3Url(outcome)}, ${storageClass}: ${sentence(outcome)} (job ${job})\n`,
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

function sentence(outcome: JobOutcome): string {
    const { state, objects, reason, lost } = outcome;
    switch (state) {
        case "nothing to do":
            return "nothing is without encryption";
        case "estimated":
            return `${count(objects)} objects without encryption`;
        case "running":
            return "another run's job goes on; run this again with --yes to follow it";
        case "ended":
            return "another run's job has ended; run this again with --yes to compare its copies and read its report";
        case "copied":
            return "done";
        case "failed":
            if (isSafe(outcome)) {
                return `failed${reason ? `: ${reason}` : ""}`;
            }
            return lost.length > 0
                ? "its copies have lost something, and nothing else was started"
                : "none of its copies could be compared with what was there before, and nothing else was started";
        case "stopped":
            return "not started: another job's copies have lost something, or could not be compared";
    }
}
