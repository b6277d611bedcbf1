import { Tally } from "./objects";
import type { CopyJob } from "./records";

/** Tasks of a job that failed with the same HTTP status and error code of S3. */
export class FailedTasks extends Tally {
    /** @param reason The status, the code, and S3's message of the first of these tasks. */
    constructor(readonly reason: string) {
        super();
    }
}

/** What a job has done: nothing, before its report and its objects are read. */
export function newOutcome({ run, job, bucket, storageClass, tasks }: CopyJob, ...problems: string[]) {
    return {
        ...{ run, job, bucket, storageClass, tasks },
        /** By the report. */
        copied: 0,
        /** By the report, without the tasks whose objects were written or deleted since the survey. */
        failures: [] as FailedTasks[],
        /** Objects that are encrypted now, with all that they had before. */
        kept: 0,
        /** Objects that were deleted, or written by others, since the survey. */
        changed: 0,
        unencrypted: new Tally(),
        unreadable: new Tally(),
        /** Copies that lack something: an example is a line of differences. */
        lost: new Tally(),
        /** Why this outcome is not what was asked for, in addition to failures of tasks. */
        problems,
    };
}

export type Outcome = ReturnType<typeof newOutcome>;

/** Whether the next job may start: all tasks are accounted for, and no copy has lost anything. */
export function isSafe({ problems, lost }: Outcome): boolean {
    return problems.length === 0 && lost.objects === 0;
}
