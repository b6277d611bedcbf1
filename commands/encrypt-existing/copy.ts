import type { S3 } from "@aws-sdk/client-s3";
import { AwsError, readObject } from "../aws";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import { type Completion, type FailedTasks, readCompletion } from "./completion";
import type { JobState, Jobs } from "./jobs";
import type { Portion } from "./portions";
import { type CopyJob, type Records, reasonOf, type UploadedPortion } from "./records";
import { upload } from "./transfer";
import { nothingVerified, type Verification, verify } from "./verification";

/** What a job has done. */
export interface Outcome extends Verification {
    readonly run: string;
    readonly job: string;
    readonly bucket: string;
    readonly storageClass: string;
    readonly tasks: number;
    /** By the report. */
    readonly copied: number;
    readonly failures: readonly FailedTasks[];
    /** Why this outcome is not what was asked for, in addition to failures of tasks. */
    readonly problems: readonly string[];
}

/** Whether the next job may start: all tasks are accounted for, and no copy has lost anything. */
export function isSafe({ problems, lost }: Outcome): boolean {
    return problems.length === 0 && lost.objects === 0;
}

export interface CopyContext {
    readonly s3: S3;
    readonly jobs: Jobs;
    readonly records: Records;
    readonly streams: Streams;
    readonly signal: AbortSignal;
    /** Waits until the next look at a job. @throws Error if the command is interrupted. */
    readonly pause: () => Promise<void>;
    /** @throws Error if the next job must not be confirmed. */
    readonly checkBeforeConfirm: () => Promise<void>;
    readonly onConfirm: (job: CopyJob) => void;
    readonly onOutcome: (outcome: Outcome) => void;
}

/** Uploads the files of a portion, and checks that the folder of the reports can be read. */
export async function uploadPortion(
    { s3, jobs, signal }: CopyContext,
    terms: Pick<UploadedPortion, "run" | "roleArn" | "requesterPays">,
    { bucket, storageClass, keys, files }: Portion,
    index: number,
): Promise<UploadedPortion> {
    const folder = jobs.folderOf(terms.run);
    const put = (file: string, name: string) =>
        upload(s3, file, folder.bucket, `${folder.prefix}${index}-${name}`, signal);
    const manifest = await put(files.manifest, "manifest.csv");
    const objects = await put(files.objects, "objects.ndjson");
    const first = { Bucket: folder.bucket, Key: objects.key, Range: "bytes=0-0" };
    await readObject(s3, first, (body) => body.transformToString());
    const { count: tasks, value: fingerprint } = keys;
    return { ...terms, bucket, storageClass, tasks, fingerprint, manifest, objects };
}

/** Creates a job, checks it, confirms it, and follows it. A job that is not confirmed is cancelled. */
export async function copy(context: CopyContext, portion: UploadedPortion): Promise<void> {
    const { jobs, records, onConfirm, onOutcome } = context;
    const job = { ...portion, job: await jobs.create(portion) };
    let isConfirmed = false;
    try {
        const state = await follow(context, job, ({ status }) => !/^(New|Preparing)$/.test(status));
        if (state?.status !== "Suspended" || state.tasks !== job.tasks || !state.own) {
            const problem = `not confirmed: the manifest has ${job.tasks} objects, and S3 reports: ${describe(state)}`;
            onOutcome({ ...nothingDone(job), problems: [problem] });
            return;
        }
        await records.write(job, "confirmed", job);
        await context.checkBeforeConfirm();
        onConfirm(job);
        await jobs.request(job, "Ready");
        isConfirmed = true;
    } finally {
        if (!isConfirmed) {
            // Without a confirmation S3 starts nothing, so that a refused cancellation is not an error of its own.
            await jobs.request(job, "Cancelled").catch(() => undefined);
        }
    }
    await seeThrough(context, job);
}

/** Takes up a job that an earlier run has confirmed, or was about to confirm. */
export async function resume(context: CopyContext, job: CopyJob): Promise<void> {
    const { jobs, pause } = context;
    let state = await jobs.describe(job);
    if (state?.status === "Suspended") {
        // Another run may be about to confirm it.
        await pause();
        state = await jobs.describe(job);
    }
    if (state?.own === false) {
        const problem = "the job has another role, manifest or operation than this record";
        await conclude(context, { ...nothingDone(job), problems: [problem] });
    } else if (
        state &&
        /^(Suspended|Cancelled)$/.test(state.status) &&
        state.succeeded + state.failed === 0
    ) {
        // A job that was cancelled cannot be confirmed any more.
        if (state.status === "Suspended") {
            await jobs.request(job, "Cancelled");
        }
        await conclude(context, nothingDone(job));
    } else {
        await seeThrough(context, job);
    }
}

/** Follows a confirmed job to its end, accounts for its tasks, and records the outcome. */
async function seeThrough(context: CopyContext, job: CopyJob): Promise<void> {
    const { s3, jobs, signal, streams } = context;
    const folder = jobs.folderOf(job.run);
    streams.stderr.write(`job ${job.job}: confirmed; if this command ends early, --yes follows the job\n`);
    const ended = await follow(context, job, ({ status }) => /^(Complete|Failed|Cancelled)$/.test(status));
    streams.stderr.write(`job ${job.job}: ${describe(ended)}\n`);
    const report = await orProblem(context, "the job's report", readCompletion(s3, folder, job.job));
    const bar = progressBar(streams, "checking the copies [{bar}] {value}/{total}", job.tasks);
    const checks = verify(s3, job, folder, () => {
        signal.throwIfAborted();
        bar?.increment();
    });
    const verification = await orProblem(context, "the file of the job's objects", checks).finally(() =>
        bar?.stop(),
    );
    await conclude(context, {
        ...nothingDone(job),
        ...(typeof verification === "object" && verification),
        ...(typeof report === "object" && { copied: report.copied, failures: report.failures }),
        problems: problemsOf(job, ended, report, verification),
    });
}

/** Prints an outcome before it is recorded: it is known even if the record cannot be written. */
async function conclude({ onOutcome, records }: CopyContext, outcome: Outcome): Promise<void> {
    onOutcome(outcome);
    await records.write(outcome, "outcome", outcome);
}

function nothingDone({ run, job, bucket, storageClass, tasks }: CopyJob): Outcome {
    const nothing = { copied: 0, failures: [], problems: [], ...nothingVerified() };
    return { run, job, bucket, storageClass, tasks, ...nothing };
}

function describe(job: JobState | undefined): string {
    return job
        ? `${job.status}, ${job.succeeded} of ${job.tasks} tasks succeeded, ${job.failed} failed${job.reason && `: ${job.reason}`}`
        : "S3 no longer lists it";
}

/** What was read; a sentence if a file is missing or cannot be understood, so that the next run does not stop at it too. */
async function orProblem<T>(
    { signal }: CopyContext,
    file: string,
    reading: Promise<T | undefined>,
): Promise<T | string> {
    try {
        return (await reading) ?? `${file} is missing`;
    } catch (error) {
        const isAbsent = error instanceof AwsError && /^(NoSuchKey|PreconditionFailed)$/.test(error.code);
        if (signal.aborted || (error instanceof AwsError && !isAbsent)) {
            throw error;
        }
        return `${file} cannot be read: ${reasonOf(error)}`;
    }
}

/** Every task is accounted for by the report, by S3's counts, and by what the objects are now. */
function problemsOf(
    { tasks, fingerprint }: CopyJob,
    job: JobState | undefined,
    report: Completion | string,
    verification: Verification | string,
): readonly string[] {
    const { kept, changed, unencrypted, unreadable, lost } =
        typeof verification === "string" ? nothingVerified() : verification;
    const checked = kept + changed + unencrypted.objects + unreadable.objects + lost.objects;
    const problems = [
        job && job.status !== "Complete" && `the job ended as ${describe(job)}`,
        typeof verification === "string" && verification,
        checked !== tasks && `${checked} of ${tasks} objects were checked afterwards`,
        unreadable.objects > 0 && `${unreadable.objects} objects could not be compared`,
    ];
    if (typeof report === "string") {
        problems.push(report);
    } else if (report.keys.count !== tasks) {
        problems.push(`the job's report has ${report.keys.count} of ${tasks} tasks`);
    } else if (report.keys.value !== fingerprint) {
        problems.push("the job's report names other objects than its manifest");
    } else if (job?.status === "Complete" && report.copied !== job.succeeded) {
        problems.push(`the job's report has ${report.copied} copies, and S3 counts ${job.succeeded}`);
    }
    return problems.flatMap((problem) => problem || []);
}

/** Describes a job until a condition holds. Undefined if S3 no longer lists the job. */
async function follow(
    { jobs, pause, streams }: CopyContext,
    job: CopyJob,
    until: (state: JobState) => boolean,
): Promise<JobState | undefined> {
    const title = `${job.bucket}, ${job.storageClass}: {status} [{bar}] {value}/{total}, {eta_formatted} left`;
    const bar = progressBar(streams, title, job.tasks, { status: "job" });
    try {
        for (;;) {
            const state = await jobs.describe(job);
            if (!state || until(state)) {
                return state;
            }
            bar?.update(state.succeeded + state.failed, { status: state.status });
            await pause();
        }
    } finally {
        bar?.stop();
    }
}
