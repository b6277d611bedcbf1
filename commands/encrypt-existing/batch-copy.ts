import type { S3StorageClass } from "@aws-sdk/client-s3-control";
import { SingleBar } from "cli-progress";
import type { Clients } from "../aws";
import type { Streams } from "../cli";
import { readCompletion } from "./completion";
import {
    cancelJob,
    confirmJob,
    createJob,
    describeJob,
    description,
    foundNothing,
    hasEnded,
    isBeingPrepared,
    isUnconfirmed,
    type Job,
    type JobTerms,
    unfinishedJobs,
} from "./jobs";
import { lostProperties, rememberUnencrypted } from "./metadata";
import type { Place } from "./places";
import type { JobOutcome } from "./report";
import type { Tally } from "./survey";

/** What one job is to go through. */
export interface Portion {
    readonly place: Place;
    readonly storageClass: S3StorageClass;
    readonly tally: Tally;
}

/** A job whose manifest is there. */
export interface Prepared extends Portion {
    readonly job: Job;
}

interface Circumstances {
    readonly stack: string;
    readonly terms: JobTerms;
    /** Between two looks at a job. */
    readonly pause: () => Promise<void>;
}

/** A copy in place by S3 Batch Operations, in as many jobs as there are portions. */
export class BatchCopy {
    constructor(
        private readonly clients: Clients,
        private readonly streams: Streams,
        private readonly circumstances: Circumstances,
    ) {}

    /** Makes the jobs, or takes up those of a run that was interrupted, and waits for their manifests. */
    async prepare(portions: readonly Portion[]): Promise<readonly Prepared[]> {
        if (portions.length === 0) {
            return [];
        }
        const { stack, terms } = this.circumstances;
        const { s3Control } = this.clients;
        const unfinished = await unfinishedJobs(s3Control, terms.accountId);
        const ids: string[] = [];
        for (const portion of portions) {
            const subject = { stack, ...portion };
            ids.push(unfinished.get(description(subject)) ?? (await createJob(s3Control, subject, terms)));
        }
        this.streams.stderr.write(`S3 lists what is not encrypted: ${ids.join(", ")}\n`);
        const jobs = await Promise.all(ids.map((id) => this.follow(id, (job) => !isBeingPrepared(job))));
        return portions.map((portion, index) => ({ ...portion, job: jobs[index] as Job }));
    }

    /** Leaves it at the estimate. What another run has confirmed goes on. */
    async cancel(prepared: readonly Prepared[]): Promise<readonly JobOutcome[]> {
        const { s3Control } = this.clients;
        const { accountId } = this.circumstances.terms;
        for (const { job } of prepared.filter((one) => isUnconfirmed(one.job))) {
            await cancelJob(s3Control, accountId, job.id);
        }
        return prepared.map((one) =>
            outcome(one, isUnconfirmed(one.job) ? "estimated" : hasEnded(one.job) ? "failed" : "running"),
        );
    }

    /** Runs one job after the other, the smallest first: what goes wrong goes wrong with few objects. */
    async run(prepared: readonly Prepared[]): Promise<readonly JobOutcome[]> {
        const inOrder = [...prepared].sort((a, b) => a.job.tasks - b.job.tasks);
        const outcomes: JobOutcome[] = [];
        let lossless = true;
        for (const one of inOrder) {
            outcomes.push(lossless ? await this.copy(one) : await this.stop(one));
            lossless &&= outcomes.at(-1)?.lost.length === 0;
        }
        return outcomes;
    }

    private async stop(one: Prepared): Promise<JobOutcome> {
        if (!hasEnded(one.job)) {
            await cancelJob(this.clients.s3Control, this.circumstances.terms.accountId, one.job.id);
        }
        return outcome(one, "stopped");
    }

    private async copy(one: Prepared): Promise<JobOutcome> {
        const { s3, s3Control } = this.clients;
        const { accountId, reports } = this.circumstances.terms;
        if (foundNothing(one.job) || hasEnded(one.job)) {
            return outcome(one, "failed");
        }
        const remembered = await rememberUnencrypted(s3, one.tally.oldest);
        if (isUnconfirmed(one.job)) {
            await confirmJob(s3Control, accountId, one.job.id);
        }
        // Confirmed, it is still suspended for a moment.
        const job = await this.follow(one.job.id, hasEnded, one);
        const completion = await readCompletion(s3, reports, job.id);
        const lost = await lostProperties(s3, remembered);
        const { changed = 0, failures = [] } = completion ?? {};
        const isWell = job.status === "Complete" && failures.length === 0 && lost.length === 0;
        return {
            ...outcome({ ...one, job }, isWell ? "copied" : "failed"),
            copied: job.succeeded,
            changed,
            failures,
            lost,
            compared: remembered.length,
        };
    }

    /** Looks again and again, with a bar where there is something to count. */
    private async follow(id: string, until: (job: Job) => boolean, shown?: Prepared): Promise<Job> {
        const bar = shown && this.bar(shown);
        try {
            for (;;) {
                const job = await describeJob(this.clients.s3Control, this.circumstances.terms.accountId, id);
                bar?.update(job.succeeded + job.failed);
                if (until(job)) {
                    return job;
                }
                await this.circumstances.pause();
            }
        } finally {
            bar?.stop();
        }
    }

    /** None where nobody watches. */
    private bar({ place, storageClass, job }: Prepared): SingleBar | undefined {
        const { stderr } = this.streams;
        if (!stderr.isTTY) {
            return undefined;
        }
        const bar = new SingleBar({
            format: `s3://${place.bucket}, ${storageClass} [{bar}] {value}/{total}, {eta_formatted} left`,
            stream: stderr,
            hideCursor: true,
        });
        bar.start(job.tasks, 0);
        return bar;
    }
}

function outcome({ place, storageClass, job }: Prepared, state: JobOutcome["state"]): JobOutcome {
    return {
        bucket: place.bucket,
        storageClass,
        job: job.id,
        state: foundNothing(job) ? "nothing to do" : state,
        objects: job.tasks,
        copied: 0,
        changed: 0,
        failures: [],
        lost: [],
        compared: 0,
        reason: job.reason,
    };
}
