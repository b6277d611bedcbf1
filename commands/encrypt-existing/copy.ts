import { statSync } from "node:fs";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError, type Clients, call } from "../aws";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import { type Completion, type FailedTasks, readCompletion } from "./completion";
import { createJob, describeJob, type Job, type JobHome, requestStatus } from "./jobs";
import { objectUrl } from "./objects";
import { type Portion, upload } from "./portions";
import type { Pending, Records } from "./records";
import { readSnapshots, some, type Verification, verify } from "./verification";

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
    readonly clients: Clients;
    readonly streams: Streams;
    readonly records: Records;
    readonly accountId: string;
    readonly roleArn: string;
    /** This command's folder below the location `log`. */
    readonly reports: S3Folder;
    readonly signal: AbortSignal;
    /** Waits until the next look at a job. @throws Error if the command is interrupted. */
    readonly pause: () => Promise<void>;
    /** @throws Error if the next job must not be confirmed. */
    readonly checkBeforeConfirm: () => Promise<void>;
    readonly onOutcome: (outcome: Outcome) => void;
}

/** A portion whose files are in S3. */
export type Uploaded = Omit<Pending, "job" | "stack">;

type CopyJob = Omit<Pending, "stack">;

/** Uploads the files of a portion, and checks that the folder of the reports can be read. */
export async function uploadPortion(
    context: CopyContext,
    run: string,
    { files, ...portion }: Portion,
    requesterPays: boolean,
    index: number,
): Promise<Uploaded> {
    const { s3 } = context.clients;
    const { bucket, prefix } = homeOf(context, run).folder;
    const put = (file: string, name: string) =>
        upload(s3, file, statSync(file).size, bucket, `${prefix}${index}-${name}`);
    const manifest = await put(files.manifest, "manifest.csv");
    const objects = await put(files.objects, "objects.ndjson");
    await call("s3:GetObject", objectUrl(bucket, objects.key), async () => {
        const first = { Bucket: bucket, Key: objects.key, Range: "bytes=0-0" };
        await (await s3.send(new GetObjectCommand(first))).Body?.transformToString();
    });
    return { ...portion, run, requesterPays, roleArn: context.roleArn, manifest, objects };
}

/** Creates a job, checks it, confirms it, and follows it. A job that is not confirmed is cancelled. */
export async function copy(context: CopyContext, uploaded: Uploaded): Promise<void> {
    const { s3Control } = context.clients;
    const home = homeOf(context, uploaded.run);
    const job = { ...uploaded, job: await createJob(s3Control, home, uploaded) };
    let isConfirmed = false;
    try {
        const state = await follow(context, job, ({ status }) => !/^(New|Preparing)$/.test(status));
        if (state?.status !== "Suspended" || state.tasks !== job.tasks || !state.own) {
            const problem = `not confirmed: the manifest has ${job.tasks} objects, and S3 reports: ${describe(state)}`;
            context.onOutcome({ ...nothingDone(job), problems: [problem] });
            return;
        }
        await context.records.write(job.run, job.job, "confirmed", job);
        await context.checkBeforeConfirm();
        await requestStatus(s3Control, home, job.job, "Ready");
        isConfirmed = true;
    } finally {
        if (!isConfirmed) {
            // Without a confirmation S3 starts nothing, so that a refused cancellation is not an error of its own.
            await requestStatus(s3Control, home, job.job, "Cancelled").catch(() => undefined);
        }
    }
    await seeThrough(context, job);
}

/** Takes up a job that an earlier run has confirmed, or was about to confirm. */
export async function resume(context: CopyContext, job: CopyJob): Promise<void> {
    const home = homeOf(context, job.run);
    let state = await follow(context, job, () => true);
    if (state?.status === "Suspended") {
        // Another run may be about to confirm it.
        await context.pause();
        state = await follow(context, job, () => true);
    }
    if (state?.own === false) {
        const problem = "the job has another role, manifest or operation than this record";
        await conclude(context, { ...nothingDone(job), problems: [problem] });
    } else if (
        state?.status === "Suspended" ||
        (state?.status === "Cancelled" && state.succeeded + state.failed === 0)
    ) {
        // A job that was cancelled cannot be confirmed any more.
        if (state.status === "Suspended") {
            await requestStatus(context.clients.s3Control, home, job.job, "Cancelled");
        }
        await conclude(context, nothingDone(job));
    } else {
        await seeThrough(context, job);
    }
}

/** Follows a confirmed job to its end, accounts for its tasks, and records the outcome. */
async function seeThrough(context: CopyContext, job: CopyJob): Promise<void> {
    const { streams } = context;
    const { s3 } = context.clients;
    const { folder } = homeOf(context, job.run);
    streams.stderr.write(`job ${job.job}: confirmed; if this command ends early, --yes follows the job\n`);
    const ended = await follow(context, job, ({ status }) => /^(Complete|Failed|Cancelled)$/.test(status));
    streams.stderr.write(`job ${job.job}: ${describe(ended)}\n`);
    const report = await readReport(context, folder, job.job);
    const bar = progressBar(streams, "checking the copies [{bar}] {value}/{total}", job.tasks);
    const onObject = () => {
        context.signal.throwIfAborted();
        bar?.increment();
    };
    const snapshots = readSnapshots(s3, folder.bucket, job.objects);
    const verification = await verify(s3, { ...job, versioning: undefined }, snapshots, onObject).finally(
        () => bar?.stop(),
    );
    const { copied, failures } = typeof report === "object" ? report : { copied: 0, failures: [] };
    const problems = problemsOf(job, ended, report, verification);
    await conclude(context, { ...nothingDone(job), ...verification, copied, failures, problems });
}

/** Prints an outcome before it is recorded: it is known even if the record cannot be written. */
async function conclude({ onOutcome, records }: CopyContext, outcome: Outcome): Promise<void> {
    onOutcome(outcome);
    await records.write(outcome.run, outcome.job, "outcome", outcome);
}

function homeOf({ accountId, reports }: CopyContext, run: string): JobHome {
    return { accountId, folder: { ...reports, prefix: `${reports.prefix}jobs/${run}/` } };
}

function nothingDone({ run, job, bucket, storageClass, tasks }: CopyJob): Outcome {
    const nothing = { copied: 0, failures: [], problems: [], kept: 0, changed: 0 };
    return {
        run,
        job,
        bucket,
        storageClass,
        tasks,
        ...nothing,
        unencrypted: some(),
        unreadable: some(),
        lost: some(),
    };
}

function describe(job: Job | undefined): string {
    return job
        ? `${job.status}, ${job.succeeded} of ${job.tasks} tasks succeeded, ${job.failed} failed${job.reason && `: ${job.reason}`}`
        : "S3 no longer lists it";
}

/** The report; a sentence if it is missing or cannot be understood. */
async function readReport(
    { clients }: CopyContext,
    folder: S3Folder,
    job: string,
): Promise<Completion | string> {
    try {
        return (await readCompletion(clients.s3, folder, job)) ?? "the job's report is missing";
    } catch (error) {
        if (error instanceof AwsError && error.code !== "NoSuchKey") {
            throw error;
        }
        return `the job's report cannot be read: ${error instanceof Error ? error.message : error}`;
    }
}

/** Every task is accounted for by the report, by S3's counts, and by what the objects are now. */
function problemsOf(
    { tasks, fingerprint }: CopyJob,
    job: Job | undefined,
    report: Completion | string,
    { kept, changed, unencrypted, unreadable, lost }: Verification,
): readonly string[] {
    const checked = kept + changed + unencrypted.objects + unreadable.objects + lost.objects;
    const judged: readonly (readonly [boolean, string])[] = [
        [job === undefined || job.status === "Complete", `the job ended as ${describe(job)}`],
        [checked === tasks, `${checked} of ${tasks} objects were checked afterwards`],
        [unreadable.objects === 0, `${unreadable.objects} objects could not be compared`],
        ...(typeof report === "string"
            ? [[false, report] as const]
            : [
                  [report.tasks === tasks, `the job's report has ${report.tasks} of ${tasks} tasks`] as const,
                  [
                      report.tasks !== tasks || report.fingerprint === fingerprint,
                      "the job's report names other objects than its manifest",
                  ] as const,
                  [
                      job?.status !== "Complete" || report.copied === job.succeeded,
                      `the job's report has ${report.copied} copies, and S3 counts ${job?.succeeded}`,
                  ] as const,
              ]),
    ];
    return judged.flatMap(([isTrue, problem]) => (isTrue ? [] : [problem]));
}

/** Describes a job until a condition holds. Undefined if S3 no longer lists the job. */
async function follow(
    context: CopyContext,
    job: CopyJob,
    until: (state: Job) => boolean,
): Promise<Job | undefined> {
    const { clients, streams } = context;
    const title = `${job.bucket}, ${job.storageClass}: {status} [{bar}] {value}/{total}, {eta_formatted} left`;
    const bar = progressBar(streams, title, job.tasks, { status: "job" });
    try {
        for (;;) {
            const state = await describeJob(clients.s3Control, homeOf(context, job.run), job.job, job);
            if (!state || until(state)) {
                return state;
            }
            bar?.update(state.succeeded + state.failed, { status: state.status });
            await context.pause();
        }
    } finally {
        bar?.stop();
    }
}
