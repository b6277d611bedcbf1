import type { S3 } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError } from "../aws-error";
import { escaped } from "../escape";
import { listObjects, objectUrl } from "./objects";
import { readText, uploaded } from "./transfer";

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
    /** Jobs that a run has confirmed, or was about to confirm, and whose outcomes are not recorded. */
    readonly pending: readonly CopyJob[];
    /** Runs whose copies have lost something, and that no person has acknowledged. */
    readonly blocking: readonly string[];
    /** Records that cannot be read, each a sentence. */
    readonly unreadableRecords: readonly string[];
}

/** The records of a stack, each an object of its own that is written once: `RUN/JOB.KIND.json`. */
export class Records {
    private readonly folder: S3Folder;
    private readonly confirmed = new Map<string, CopyJob>();
    private readonly ended = new Set<string>();
    private readonly lossy = new Set<string>();
    private readonly acknowledged = new Set<string>();
    private readonly unreadable: string[] = [];

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

    /** What the records say that were read or written. */
    get history(): History {
        return {
            pending: [...this.confirmed.values()].filter(({ job }) => !this.ended.has(job)),
            blocking: [...this.lossy].filter((run) => !this.acknowledged.has(run)),
            unreadableRecords: this.unreadable,
        };
    }

    /** Reads all records. */
    async read(): Promise<void> {
        const { bucket, prefix } = this.folder;
        for await (const { key } of listObjects(this.s3, { bucket, requesterPays: false }, this.folder)) {
            const [, run = "", kind] = /^([^/]+)\/[^/]+\.(\w+)\.json$/.exec(key.slice(prefix.length)) ?? [];
            try {
                const text = await readText(this.s3, { Bucket: bucket, Key: key });
                const record = z.looseObject({ stack: z.string() }).parse(JSON.parse(text));
                if (record.stack !== this.stack) {
                    throw new Error(`it is of stack ${JSON.stringify(record.stack)}`);
                }
                this.learn(run, kind, record);
            } catch (error) {
                if (error instanceof AwsError) {
                    throw error;
                }
                this.unreadable.push(
                    `${objectUrl(bucket, key)}: not a record of this stack: ${reasonOf(error)}`,
                );
            }
        }
    }

    async write(
        kind: "confirmed" | "outcome" | "acknowledged",
        record: Pick<CopyJob, "run" | "job"> & Readonly<Record<string, unknown>>,
    ): Promise<void> {
        const { run, job } = record;
        const content = { ...record, stack: this.stack };
        await this.s3.putObject({
            Bucket: this.folder.bucket,
            Key: `${this.folder.prefix}${run}/${job}.${kind}.json`,
            Body: JSON.stringify(content, null, 2),
            ContentType: "application/json",
            ServerSideEncryption: "AES256",
        });
        this.learn(run, kind, content);
    }

    /** @throws Error if no copy of the run has lost anything. */
    async acknowledge(run: string): Promise<void> {
        const { blocking } = this.history;
        if (!blocking.includes(run)) {
            const found = blocking.join(", ") || "none";
            throw new Error(`--acknowledge ${run}: no such run has lost anything. There are: ${found}.`);
        }
        await this.write("acknowledged", { run, job: "losses", at: new Date().toISOString() });
    }

    private learn(run: string, kind: string | undefined, record: object): void {
        if (kind === "confirmed") {
            const job = confirmed.parse(record);
            this.confirmed.set(job.job, { ...job, run });
        } else if (kind === "outcome") {
            const { job, lost } = outcome.parse(record);
            this.ended.add(job);
            if (lost.objects > 0) {
                this.lossy.add(run);
            }
        } else if (kind === "acknowledged") {
            this.acknowledged.add(run);
        } else {
            throw new Error("its name is not of the form RUN/JOB.KIND.json");
        }
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
