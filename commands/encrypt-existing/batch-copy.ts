import type { S3StorageClass } from "@aws-sdk/client-s3-control";
import type { SingleBar } from "cli-progress";
import pMap from "p-map";
import { formatS3Url, type S3Folder } from "../../components/domain/locations";
import type { Clients } from "../aws";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import { readCompletion } from "./completion";
import {
    cancelJob,
    confirmJob,
    createJob,
    describeJob,
    describeJobIfThere,
    description,
    foundNothing,
    hasEnded,
    isBeingPrepared,
    isUnconfirmed,
    type Job,
    type JobTerms,
    unfinishedJobs,
} from "./jobs";
import { type ConfirmedJob, Ledger } from "./ledger";
import { compare, rememberUnencrypted } from "./metadata";
import { isSafe, type JobOutcome } from "./report";
import { CONCURRENCY, isUsual, type ListedObject, listObjects, type Tally } from "./survey";

/** What one job is to go through. */
export interface Portion {
    readonly place: S3Folder;
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
    private readonly ledger: Ledger;
    private readonly accountId: string;

    constructor(
        private readonly clients: Clients,
        private readonly streams: Streams,
        private readonly circumstances: Circumstances,
    ) {
        this.ledger = new Ledger(clients.s3, circumstances.terms.reports);
        this.accountId = circumstances.terms.accountId;
    }

    /** Sees through what an earlier run confirmed and did not: follows it, compares, and reads its report. */
    async resume(): Promise<readonly JobOutcome[]> {
        const outcomes: JobOutcome[] = [];
        for (const { confirmed, job } of await this.confirmed()) {
            if (job && !isUnconfirmed(job)) {
                outcomes.push(await this.seeThrough(confirmed));
            } else {
                // That run ended just before, and its job is taken up as any that waits for its confirmation; or S3
                // has forgotten it, as it does after 90 days.
                await this.ledger.remove(confirmed);
            }
        }
        return outcomes;
    }

    /** Says what an earlier run confirmed, and leaves it to it. */
    async pending(): Promise<readonly JobOutcome[]> {
        return (await this.confirmed()).flatMap(({ confirmed, job }) =>
            job && !isUnconfirmed(job) ? [outcome(confirmed, job, hasEnded(job) ? "ended" : "running")] : [],
        );
    }

    private async confirmed() {
        return pMap(
            await this.ledger.read(),
            async (confirmed) => ({
                confirmed,
                job: await describeJobIfThere(this.clients.s3Control, this.accountId, confirmed.id),
            }),
            { concurrency: CONCURRENCY },
        );
    }

    /** Makes the jobs, or takes up those of a run that was interrupted, and waits for their manifests. */
    async prepare(portions: readonly Portion[]): Promise<readonly Prepared[]> {
        if (portions.length === 0) {
            return [];
        }
        const { stack, terms } = this.circumstances;
        const { s3Control } = this.clients;
        const unfinished = await unfinishedJobs(s3Control, this.accountId);
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
        for (const { job } of prepared.filter((one) => isUnconfirmed(one.job))) {
            await this.withdraw(job);
        }
        return prepared.map((one) =>
            toOutcome(one, isUnconfirmed(one.job) ? "estimated" : hasEnded(one.job) ? "failed" : "running"),
        );
    }

    /** Runs one job after the other, the smallest first: what goes wrong goes wrong with few objects. */
    async run(prepared: readonly Prepared[]): Promise<readonly JobOutcome[]> {
        const inOrder = [...prepared].sort((a, b) => a.job.tasks - b.job.tasks);
        const outcomes: JobOutcome[] = [];
        for (const one of inOrder) {
            outcomes.push(outcomes.every(isSafe) ? await this.copy(one) : await this.stop(one));
        }
        return outcomes;
    }

    private async stop(one: Prepared): Promise<JobOutcome> {
        if (!hasEnded(one.job)) {
            await this.withdraw(one.job);
        }
        return toOutcome(one, "stopped");
    }

    private async copy(one: Prepared): Promise<JobOutcome> {
        const { place, storageClass, tally, job } = one;
        if (foundNothing(job) || hasEnded(job)) {
            return toOutcome(one, "failed");
        }
        if (job.tasks > tally.objects) {
            return this.refuse(
                one,
                `S3's manifest names ${job.tasks} objects, where there are ${tally.objects}: old versions, which a copy would bring back`,
            );
        }
        const { s3 } = this.clients;
        const sample = await rememberUnencrypted(s3, tally.oldest, usual(s3, place, storageClass));
        if (sample.length === 0) {
            return this.refuse(
                one,
                "none of what is to be copied can be looked at, to compare it afterwards: s3:GetObject and s3:GetObjectTagging allow it",
            );
        }
        const confirmed = { id: job.id, ...place, storageClass, sample: [...sample] };
        await this.ledger.add(confirmed);
        if (isUnconfirmed(job)) {
            await confirmJob(this.clients.s3Control, this.accountId, job.id);
        }
        return this.seeThrough(confirmed);
    }

    /** Nothing was copied. */
    private async refuse(one: Prepared, reason: string): Promise<JobOutcome> {
        await this.withdraw(one.job);
        return { ...toOutcome(one, "failed"), reason };
    }

    private async seeThrough(confirmed: ConfirmedJob): Promise<JobOutcome> {
        const { s3 } = this.clients;
        // Confirmed, it is still suspended for a moment.
        const job = await this.follow(confirmed.id, hasEnded, confirmed);
        const completion = await readCompletion(s3, this.circumstances.terms.reports, job.id);
        const comparison = await compare(s3, confirmed.sample);
        await this.ledger.remove(confirmed);
        const { changed = 0, failures = [] } = completion ?? {};
        const result = {
            ...outcome(confirmed, job, "copied"),
            copied: job.succeeded,
            changed,
            failures,
            ...comparison,
        };
        const isWell = job.status === "Complete" && failures.length === 0 && isSafe(result);
        return isWell ? result : { ...result, state: "failed" };
    }

    private withdraw({ id }: Job): Promise<void> {
        return cancelJob(this.clients.s3Control, this.accountId, id);
    }

    /** Looks again and again, with a bar where there is something to count. */
    private async follow(
        id: string,
        until: (job: Job) => boolean,
        shown?: Omit<ConfirmedJob, "sample">,
    ): Promise<Job> {
        let bar: SingleBar | undefined;
        try {
            for (;;) {
                const job = await describeJob(this.clients.s3Control, this.accountId, id);
                if (shown) {
                    bar ??= progressBar(
                        this.streams,
                        `${formatS3Url(shown)}, ${shown.storageClass} [{bar}] {value}/{total}, {eta_formatted} left`,
                        job.tasks,
                    );
                    bar?.update(job.succeeded + job.failed);
                }
                if (until(job)) {
                    return job;
                }
                await this.circumstances.pause();
            }
        } finally {
            bar?.stop();
        }
    }
}

async function* usual(
    s3: Clients["s3"],
    place: S3Folder,
    storageClass: S3StorageClass,
): AsyncGenerator<ListedObject> {
    for await (const object of listObjects(s3, place)) {
        if (isUsual(object) && object.storageClass === storageClass) {
            yield object;
        }
    }
}

function toOutcome({ place, storageClass, job }: Prepared, state: JobOutcome["state"]): JobOutcome {
    return outcome({ ...place, storageClass }, job, state);
}

function outcome(
    { bucket, prefix, storageClass }: Pick<ConfirmedJob, "bucket" | "prefix" | "storageClass">,
    job: Job,
    state: JobOutcome["state"],
): JobOutcome {
    return {
        bucket,
        prefix,
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
