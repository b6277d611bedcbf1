import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError, call } from "../aws";
import { listObjects, objectUrl } from "./objects";

const uploaded = z.object({ key: z.string(), etag: z.string() });

/** Written before a job is confirmed. */
const confirmed = z.object({
    stack: z.string(),
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
const outcome = z.object({ stack: z.string(), job: z.string(), lost: z.object({ objects: z.number() }) });

/** Written when a person has acknowledged the losses of a run. */
const acknowledged = z.object({ stack: z.string(), at: z.string() });

export type Confirmed = z.output<typeof confirmed>;

/** A confirmed job without an outcome. */
export interface Pending extends Confirmed {
    readonly run: string;
}

export interface History {
    readonly pending: readonly Pending[];
    /** Runs whose copies have lost something, and that no person has acknowledged. */
    readonly blocking: readonly string[];
    /** Records that cannot be read, each a sentence. */
    readonly unreadableRecords: readonly string[];
}

const KINDS = { confirmed, outcome, acknowledged } as const;

/** The records of this command, each an object of its own that is written once: `RUN/JOB.KIND.json`. */
export class Records {
    private readonly folder: S3Folder;

    /** @param reports The folder of this command below the location `log`. */
    constructor(
        private readonly s3: S3Client,
        reports: S3Folder,
        private readonly stack: string,
    ) {
        this.folder = { ...reports, prefix: `${reports.prefix}runs/` };
    }

    async write(run: string, job: string, kind: keyof typeof KINDS, record: object): Promise<void> {
        const where = { Bucket: this.folder.bucket, Key: `${this.folder.prefix}${run}/${job}.${kind}.json` };
        await call("s3:PutObject", objectUrl(where.Bucket, where.Key), () =>
            this.s3.send(
                new PutObjectCommand({
                    ...where,
                    Body: JSON.stringify({ ...record, stack: this.stack }, null, 2),
                    ContentType: "application/json",
                    ServerSideEncryption: "AES256",
                }),
            ),
        );
    }

    /** @throws Error if no copy of the run has lost anything. */
    async acknowledge(run: string): Promise<void> {
        const { blocking } = await this.read();
        if (!blocking.includes(run)) {
            const found = blocking.join(", ") || "none";
            throw new Error(`--acknowledge ${run}: no such run has lost anything. There are: ${found}.`);
        }
        await this.write(run, "losses", "acknowledged", { at: new Date().toISOString() });
    }

    async read(): Promise<History> {
        const jobs = new Map<string, Pending>();
        const ended = new Set<string>();
        const lossy = new Set<string>();
        const settled = new Set<string>();
        const unreadableRecords: string[] = [];
        const access = { bucket: this.folder.bucket, requesterPays: false, versioning: undefined };
        for await (const { key } of listObjects(this.s3, access, this.folder)) {
            const [, run = "", , kind = ""] =
                /^([^/]+)\/([^/]+)\.(\w+)\.json$/.exec(key.slice(this.folder.prefix.length)) ?? [];
            try {
                const record = await this.parse(key, kind);
                if (kind === "confirmed") {
                    jobs.set((record as Confirmed).job, { ...(record as Confirmed), run });
                } else if (kind === "outcome") {
                    const { job, lost } = record as z.output<typeof outcome>;
                    ended.add(job);
                    if (lost.objects > 0) {
                        lossy.add(run);
                    }
                } else {
                    settled.add(run);
                }
            } catch (error) {
                if (error instanceof AwsError) {
                    throw error;
                }
                unreadableRecords.push(
                    `${objectUrl(this.folder.bucket, key)}: not a record of this stack: ${reasonOf(error)}`,
                );
            }
        }
        return {
            pending: [...jobs.values()].filter(({ job }) => !ended.has(job)),
            blocking: [...lossy].filter((run) => !settled.has(run)),
            unreadableRecords,
        };
    }

    private async parse(key: string, kind: string) {
        const { bucket } = this.folder;
        const { Body } = await call("s3:GetObject", objectUrl(bucket, key), () =>
            this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
        );
        const json: unknown = JSON.parse((await Body?.transformToString()) ?? "");
        if (!Object.hasOwn(KINDS, kind)) {
            throw new Error("its name is not of the form RUN/JOB.KIND.json");
        }
        const record = KINDS[kind as keyof typeof KINDS].parse(json);
        if (record.stack !== this.stack) {
            throw new Error(`it is of stack ${JSON.stringify(record.stack)}`);
        }
        return record;
    }
}

function reasonOf(error: unknown): string {
    return error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
        : error instanceof SyntaxError
          ? "it is not JSON"
          : String(error instanceof Error ? error.message : error);
}
