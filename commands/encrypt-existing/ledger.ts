import {
    DeleteObjectCommand,
    GetObjectCommand,
    PutObjectCommand,
    paginateListObjectsV2,
    type S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { call, callIfThere } from "../aws";
import { rememberedObject } from "./metadata";

/** A job that was confirmed, with a sample of its objects as they were before. */
const confirmedJob = z.object({
    id: z.string(),
    bucket: z.string(),
    prefix: z.string(),
    storageClass: z.string(),
    sample: z.array(rememberedObject),
});

export type ConfirmedJob = z.infer<typeof confirmedJob>;

/**
 * The confirmed jobs that nobody has seen through yet: S3 goes on without whoever confirmed them, and does not compare
 * anything. A file for each, beside the jobs' reports.
 */
export class Ledger {
    private readonly prefix: string;

    /** @param reports Where the jobs' reports go. */
    constructor(
        private readonly s3: S3Client,
        private readonly reports: S3Folder,
    ) {
        this.prefix = `${reports.prefix}confirmed/`;
    }

    async read(): Promise<readonly ConfirmedJob[]> {
        const { bucket } = this.reports;
        const keys = await call("s3:ListBucket", `bucket ${bucket}`, async () => {
            const found: string[] = [];
            const pages = paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket, Prefix: this.prefix });
            for await (const { Contents = [] } of pages) {
                found.push(...Contents.flatMap(({ Key }) => Key ?? []));
            }
            return found;
        });
        const jobs: ConfirmedJob[] = [];
        for (const key of keys) {
            // Another run may have seen it through meanwhile.
            const found = await callIfThere(["NoSuchKey"], "s3:GetObject", `s3://${bucket}/${key}`, () =>
                this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
            );
            if (found?.Body) {
                jobs.push(confirmedJob.parse(JSON.parse(await found.Body.transformToString())));
            }
        }
        return jobs;
    }

    async add(job: ConfirmedJob): Promise<void> {
        await this.change("s3:PutObject", job, (where) =>
            this.s3.send(
                new PutObjectCommand({
                    ...where,
                    Body: JSON.stringify(job),
                    ContentType: "application/json",
                    ServerSideEncryption: "AES256",
                }),
            ),
        );
    }

    async remove(job: ConfirmedJob): Promise<void> {
        await this.change("s3:DeleteObject", job, (where) => this.s3.send(new DeleteObjectCommand(where)));
    }

    private async change(
        permission: string,
        { id }: ConfirmedJob,
        request: (where: { readonly Bucket: string; readonly Key: string }) => Promise<unknown>,
    ): Promise<void> {
        const { bucket } = this.reports;
        const key = `${this.prefix}${id}.json`;
        await call(permission, `s3://${bucket}/${key}`, () => request({ Bucket: bucket, Key: key }));
    }
}
