import type { S3 } from "@aws-sdk/client-s3";
import { AwsError } from "../aws-error";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import { readCompletion } from "./completion";
import type { JobState, Jobs } from "./jobs";
import { newOutcome, type Outcome } from "./outcome";
import type { Fingerprint, Portion } from "./portions";
import { type CopyJob, type Records, reasonOf, type UploadedPortion } from "./records";
import { readText, upload } from "./transfer";
import { verify } from "./verification";

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
}

/** Uploads the files of all portions, and checks that the folder of the reports can be read. */
export async function uploadAll(
    { s3, jobs, signal }: CopyContext,
    run: string,
    roleArn: string,
    portions: readonly Portion[],
): Promise<readonly UploadedPortion[]> {
    const { bucket: Bucket, prefix } = jobs.folderOf(run);
    const uploaded: UploadedPortion[] = [];
    for (const [index, { access, storageClass, keys, files }] of portions.entries()) {
        const { bucket, requesterPays } = access;
        const put = (file: string, name: string) =>
            upload(s3, file, { Bucket, Key: `${prefix}${index}-${name}` }, signal);
        const manifest = await put(files.manifest, "manifest.csv");
        const objects = await put(files.objects, "objects.ndjson");
        await readText(s3, { Bucket, Key: objects.key, Range: "bytes=0-0" });
        const job = { bucket, storageClass, requesterPays, tasks: keys.count, fingerprint: keys.value };
        uploaded.push({ run, roleArn, ...job, manifest, objects });
    }
    return uploaded;
}

/** Creates a job, checks it, confirms it, and follows it. A job that is not confirmed is cancelled. */
export async function copy(context: CopyContext, portion: UploadedPortion): Promise<Outcome> {
    const { jobs, records } = context;
    const job = { ...portion, job: await jobs.create(portion) };
    let isConfirmed = false;
    try {
        const state = await follow(context, job, ({ status }) => !/^(New|Preparing)$/.test(status));
        if (state?.status !== "Suspended" || state.tasks !== job.tasks || !state.own) {
            const reports = `the manifest has ${job.tasks} objects, and S3 reports: ${describe(state)}`;
            return newOutcome(job, `not confirmed: ${reports}`);
        }
        await records.write("confirmed", job);
        await context.checkBeforeConfirm();
        await jobs.request(job, "Ready");
        isConfirmed = true;
    } finally {
        if (!isConfirmed) {
            // Without a confirmation S3 starts nothing, so that a refused cancellation is not an error of its own.
            await jobs.request(job, "Cancelled").catch(() => undefined);
        }
    }
    return seeThrough(context, job);
}

/** Takes up a job that an earlier run has confirmed, or was about to confirm. */
export async function resume(context: CopyContext, job: CopyJob): Promise<Outcome> {
    const { jobs, pause } = context;
    let state = await jobs.describe(job);
    if (state?.status === "Suspended") {
        // Another run may be about to confirm it.
        await pause();
        state = await jobs.describe(job);
    }
    if (state?.own === false) {
        return newOutcome(job, "the job has another role, manifest or operation than this record");
    }
    if (state && /^(Suspended|Cancelled)$/.test(state.status) && state.succeeded + state.failed === 0) {
        // A job that was cancelled cannot be confirmed any more.
        if (state.status === "Suspended") {
            await jobs.request(job, "Cancelled");
        }
        return newOutcome(job);
    }
    return seeThrough(context, job);
}

/** Follows a confirmed job to its end, and reads its report and what the objects are now. */
async function seeThrough(context: CopyContext, job: CopyJob): Promise<Outcome> {
    const { s3, jobs, signal, streams } = context;
    const folder = jobs.folderOf(job.run);
    streams.stderr.write(`job ${job.job}: confirmed; if this command ends early, --yes follows the job\n`);
    const ended = await follow(context, job, ({ status }) => /^(Complete|Failed|Cancelled)$/.test(status));
    streams.stderr.write(`job ${job.job}: ${describe(ended)}\n`);
    const outcome = newOutcome(job);
    // A problem, not an error, is what the next run would meet as well: a file that is missing or not understood.
    const ifUnreadable = (file: string) => (error: unknown) => {
        const code = error instanceof AwsError ? error.code : "";
        if (signal.aborted || !/^(|NoSuchKey|PreconditionFailed)$/.test(code)) {
            throw error;
        }
        const why = code === "NoSuchKey" ? "is missing" : "cannot be read";
        outcome.problems.push(`${file} ${why}: ${reasonOf(error)}`);
        return undefined;
    };
    const keys = await readCompletion(s3, folder, outcome).catch(ifUnreadable("the job's report"));
    const bar = progressBar(streams, "checking the copies [{bar}] {value}/{total}", job.tasks);
    const onObject = () => {
        signal.throwIfAborted();
        bar?.increment();
    };
    await verify(s3, job, folder, outcome, onObject)
        .catch(ifUnreadable("the file of the job's objects"))
        .finally(() => bar?.stop());
    outcome.problems.push(...discrepancies(outcome, job.fingerprint, keys, ended));
    return outcome;
}

/** Every task is accounted for by the report, by S3's counts, and by what the objects are now. */
function discrepancies(
    { tasks, copied, kept, changed, unencrypted, unreadable, lost }: Outcome,
    fingerprint: string,
    reported: Fingerprint | undefined,
    job: JobState | undefined,
): readonly string[] {
    const checked = kept + changed + unencrypted.objects + unreadable.objects + lost.objects;
    const isComplete = job?.status === "Complete";
    const report =
        reported &&
        [
            reported.count !== tasks && `has ${reported.count} of ${tasks} tasks`,
            reported.value !== fingerprint && "names other objects than its manifest",
            isComplete && copied !== job.succeeded && `has ${copied} copies, and S3 counts ${job.succeeded}`,
        ].find((problem) => problem);
    return [
        job && !isComplete && `the job ended as ${describe(job)}`,
        report && `the job's report ${report}`,
        checked !== tasks && `${checked} of ${tasks} objects were checked afterwards`,
        unreadable.objects > 0 && `${unreadable.objects} objects could not be compared`,
    ].flatMap((problem) => problem || []);
}

function describe(job: JobState | undefined): string {
    return job
        ? `${job.status}, ${job.succeeded} of ${job.tasks} tasks succeeded, ${job.failed} failed${job.reason && `: ${job.reason}`}`
        : "S3 no longer lists it";
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
