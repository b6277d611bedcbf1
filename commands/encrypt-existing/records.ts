import type { S3 } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError, readObject } from "../aws";
import { escaped } from "../escape";
import { listObjects, objectUrl } from "./objects";

const uploaded = z.object({ key: z.string(), etag: z.string() });

/** Written before a job is confirmed. */
const confirmed = z.object({
    job: z.string(),
    bucket: z.string(),
    storageClass: z.string(),
    requesterPays: z.boolean(),
    roleArn: z.string(),
    tasks: z.number(),
    fingerprint: z.string(),
    manifest: uploaded,
    objects: uploaded,
});

/** Written when the outcome of a job is known. The file has more, for people. */
const outcome = z.object({ job: z.string(), lost: z.object({ objects: z.number() }) });

/** A job of this command. */
export interface CopyJob extends z.output<typeof confirmed> {
    readonly run: string;
}

/** A portion whose files are in S3, before its job exists. */
export type UploadedPortion = Omit<CopyJob, "job">;

export interface History {
    /** Jobs that a run has confirmed, or was about to confirm, and whose outcomes are not known. */
    pending: readonly CopyJob[];
    /** Runs whose copies have lost something, and that no person has acknowledged. */
    blocking: readonly string[];
    /** Records that cannot be read, each a sentence. */
    unreadableRecords: readonly string[];
}

/** The records of a stack, each an object of its own that is written once: `RUN/JOB.KIND.json`. */
export class Records {
    private readonly folder: S3Folder;

    /**
     * @param reports The folder of this command below the location `log`, which stacks may share.
     * @param stack `<project>/<stack>`.
     */
    constructor(
        private readonly s3: S3,
        reports: S3Folder,
        private readonly stack: string,
    ) {
        this.folder = { ...reports, prefix: `${reports.prefix}runs/${stack}/` };
    }

    async write(
        { run, job }: Pick<CopyJob, "run" | "job">,
        kind: "confirmed" | "outcome" | "acknowledged",
        record: object,
    ): Promise<void> {
        const where = { Bucket: this.folder.bucket, Key: `${this.folder.prefix}${run}/${job}.${kind}.json` };
        await this.s3.putObject({
            ...where,
            Body: JSON.stringify({ ...record, stack: this.stack }, null, 2),
            ContentType: "application/json",
            ServerSideEncryption: "AES256",
        });
    }

    /** @throws Error if no copy of the run has lost anything. */
    async acknowledge(run: string): Promise<void> {
        const { blocking } = await this.read();
        if (!blocking.includes(run)) {
            const found = blocking.join(", ") || "none";
            throw new Error(`--acknowledge ${run}: no such run has lost anything. There are: ${found}.`);
        }
        await this.write({ run, job: "losses" }, "acknowledged", { at: new Date().toISOString() });
    }

    async read(): Promise<History> {
        const jobs = new Map<string, CopyJob>();
        const ended = new Set<string>();
        const lossy = new Set<string>();
        const acknowledged = new Set<string>();
        const unreadableRecords: string[] = [];
        const { bucket, prefix } = this.folder;
        for await (const { key } of listObjects(this.s3, { bucket, requesterPays: false }, this.folder)) {
            const [, run = "", kind] = /^([^/]+)\/[^/]+\.(\w+)\.json$/.exec(key.slice(prefix.length)) ?? [];
            try {
                const record = await this.parse(key);
                if (kind === "confirmed") {
                    const job = confirmed.parse(record);
                    jobs.set(job.job, { ...job, run });
                } else if (kind === "outcome") {
                    const { job, lost } = outcome.parse(record);
                    ended.add(job);
                    if (lost.objects > 0) {
                        lossy.add(run);
                    }
                } else if (kind === "acknowledged") {
                    acknowledged.add(run);
                } else {
                    throw new Error("its name is not of the form RUN/JOB.KIND.json");
                }
            } catch (error) {
                if (error instanceof AwsError) {
                    throw error;
                }
                unreadableRecords.push(
                    `${objectUrl(bucket, key)}: not a record of this stack: ${reasonOf(error)}`,
                );
            }
        }
        return {
            pending: [...jobs.values()].filter(({ job }) => !ended.has(job)),
            blocking: [...lossy].filter((run) => !acknowledged.has(run)),
            unreadableRecords,
        };
    }

    private async parse(key: string): Promise<object> {
        const where = { Bucket: this.folder.bucket, Key: key };
        const { content } = await readObject(this.s3, where, (body) => body.transformToString());
        const record = z.looseObject({ stack: z.string() }).parse(JSON.parse(content));
        if (record.stack !== this.stack) {
            throw new Error(`it is of stack ${JSON.stringify(record.stack)}`);
        }
        return record;
    }
}

/** Why a file cannot be read. */
export function reasonOf(error: unknown): string {
    return error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
        : error instanceof SyntaxError
          ? "it is not JSON"
          : escaped(String(error instanceof Error ? error.message : error));
}
