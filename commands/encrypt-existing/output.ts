import { EXIT, type ExitCode } from "../cli";
import type { Tally } from "./objects";
import { isSafe, type Outcome } from "./outcome";
import type { History } from "./records";
import { SKIPPED, type SkippedSummary } from "./skipped";
import type { Effect } from "./surroundings";
import type { Survey } from "./survey";

/** What the command knows at its end. With `--json`, this and the history are its output. */
export class Result {
    /** The version of this format. */
    readonly version = 1;
    effects: readonly Effect[] = [];
    /** Unencrypted objects that S3 Batch Operations can copy, before the run, by job. */
    found: readonly { readonly bucket: string; readonly storageClass: string; readonly objects: number }[] =
        [];
    readonly outcomes: Outcome[] = [];
    /** Jobs that were not started after an error, or an outcome that is not safe. */
    notStarted = 0;
    skipped: readonly SkippedSummary[] = [];
    /** Unencrypted noncurrent versions; `removedBy`: the day by which lifecycle rules remove them, null: they do not. */
    oldVersions: readonly {
        readonly bucket: string;
        readonly versions: number;
        readonly removedBy: string | null;
    }[] = [];
    /** Why the command ended early; null if it did not. */
    error: string | null = null;

    constructor(
        readonly stack: string,
        /** The name of this run's records; null for an estimate. */
        readonly run: string | null,
    ) {}
}

function count(value: number): string {
    return value.toLocaleString("en-US");
}

function amount(value: number, noun: string): string {
    return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** The requests of a survey and of a run. No prices: they differ by region, and change. */
export function requests({ listed, heads, taggings }: Survey, jobs: number): string {
    return `This survey made at least ${count(Math.ceil(listed / 1000))} LIST, ${count(heads)} HEAD and ${count(taggings)} GET (tagging) requests; --yes makes the same, then ${amount(jobs, "job")} with ${amount(taggings, "object")}, as many COPY, HEAD and GET (tagging) requests. A storage class with a minimum storage time charges it for the old object. Prices: https://aws.amazon.com/s3/pricing/\n`;
}

export function outcomeText(outcome: Outcome): string {
    const { bucket, storageClass, tasks, copied, changed, failures, problems, unencrypted, lost, kept } =
        outcome;
    const failed = failures.reduce((sum, failure) => sum + failure.objects, 0);
    return [
        `${bucket}, ${storageClass}: ${count(copied)} of ${amount(tasks, "object")} copied, ${count(changed)} changed since the survey, ${count(failed)} failed; ${count(kept)} encrypted with all their metadata and tags (job ${outcome.job}, run ${outcome.run})\n`,
        ...problems.map((problem) => `  failed: ${problem}\n`),
        ...failures.map(
            ({ reason, objects: times, examples }) =>
                `  failed ${count(times)} times: ${reason}: ${examples.join(", ")}\n`,
        ),
        ...listOf("still unencrypted", unencrypted),
        ...listOf("lost metadata or tags", lost),
    ].join("");
}

function listOf(title: string, { objects: number, examples }: Tally): readonly string[] {
    return number === 0
        ? []
        : [`  ${title}: ${amount(number, "object")}\n`, ...examples.map((line) => `    ${line}\n`)];
}

export function effectsText({ effects }: Result): string {
    const needs = ({ consent }: Effect) => (consent ? `; needs --allow ${consent}` : "");
    return effects.map((one) => `${one.bucket}: ${one.effect}${needs(one)}\n`).join("");
}

export function foundText({ found }: Result): string {
    const lines = found.map(
        (job) =>
            `${job.bucket}, ${job.storageClass}: a job for ${amount(job.objects, "object")} without encryption\n`,
    );
    return lines.join("") || "No unencrypted object that S3 Batch Operations can copy.\n";
}

export function remainingText(
    { skipped, oldVersions, notStarted }: Result,
    { pending, blocking, unreadableRecords }: History,
): string {
    return [
        ...skipped.flatMap(({ why, objects: number, examples }) => [
            `Not copied: ${amount(number, "object")} ${SKIPPED[why]}:\n`,
            ...examples.map((line) => `  ${line}\n`),
            ...(number > examples.length ? ["  … all of them: --list FILE\n"] : []),
        ]),
        ...oldVersions.map(({ bucket, versions, removedBy }) => {
            const some = "no lifecycle rule removes all of them";
            const end = removedBy === null ? some : `a lifecycle rule removes them by ${removedBy}`;
            return `${bucket}: ${amount(versions, "unencrypted noncurrent version")}; ${end}\n`;
        }),
        ...(notStarted > 0 ? [`Not started after this failure: ${amount(notStarted, "more job")}\n`] : []),
        ...pending.map(
            ({ run, job }) =>
                `The outcome of job ${job} of run ${run} is not recorded: add --yes to follow the job.\n`,
        ),
        ...blocking.map(
            (run) =>
                `Run ${run} has lost metadata or tags. Until a person adds --acknowledge ${run}, no job is confirmed.\n`,
        ),
        ...unreadableRecords.map((line) => `${line}. Delete it if you know what it is.\n`),
    ].join("");
}

/** Failed: a job has. Attention: unencrypted current objects remain, or something needs a person. */
export function exitCodeOf(
    { run, found, skipped, outcomes, notStarted }: Result,
    { pending, blocking, unreadableRecords }: History,
): ExitCode {
    if (notStarted > 0 || outcomes.some((one) => !isSafe(one) || one.failures.length > 0)) {
        return EXIT.failed;
    }
    const needsAttention =
        (run === null && found.length > 0) ||
        [skipped, pending, unreadableRecords, blocking].some((list) => list.length > 0) ||
        outcomes.some(({ unencrypted }) => unencrypted.objects > 0);
    return needsAttention ? EXIT.attention : EXIT.ok;
}
