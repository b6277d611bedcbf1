import { writeFileSync } from "node:fs";
import path from "node:path";
import {
    DeleteBucketEncryptionCommand,
    DeleteObjectCommand,
    GetObjectCommand,
    PutBucketEncryptionCommand,
    PutObjectCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import { unzipSync, zipSync } from "fflate";
import { parseObjectUrl } from "../../commands/verify/buckets";
import type { Deployment } from "./deploy";

type Files = Record<string, Uint8Array>;

/** A key of another account. */
export const OTHER_KEY = "arn:aws:kms:eu-west-1:999988887777:key/another";

/** A stack with methods that break it. */
export class Planted {
    readonly s3: S3Client;
    readonly keyArn: string;
    /** The S3 URL of the archive. */
    readonly archiveUrl: string;
    private readonly archive: { readonly Bucket: string; readonly Key: string };

    /** @param folder For files. */
    constructor(
        readonly stack: Deployment,
        private readonly folder: string,
    ) {
        this.s3 = stack.aws.s3;
        this.keyArn = String(stack.outputs.kmsKeyArn);
        const { certificateArchive } = stack.outputs.forCommands as { readonly certificateArchive: string };
        const { bucket, key } = parseObjectUrl(certificateArchive);
        this.archiveUrl = certificateArchive;
        this.archive = { Bucket: bucket, Key: key };
    }

    /** The name of a managed bucket, by its component's name. */
    bucket(name: string): string {
        return this.stack.id("aws:s3/bucket:Bucket", name);
    }

    async encryptBucket(
        Bucket: string,
        rule: { readonly key?: string; readonly blocked?: "SSE-C" | "NONE" },
    ) {
        const { key, blocked = "SSE-C" } = rule;
        const byDefault =
            key === undefined
                ? { SSEAlgorithm: "AES256" as const }
                : { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: key };
        await this.s3.send(
            new PutBucketEncryptionCommand({
                Bucket,
                ServerSideEncryptionConfiguration: {
                    Rules: [
                        {
                            ApplyServerSideEncryptionByDefault: byDefault,
                            BlockedEncryptionTypes: { EncryptionType: [blocked] },
                        },
                    ],
                },
            }),
        );
    }

    /** Removes the default encryption, as S3 was before 2023. */
    async putUnencrypted(Bucket: string, ...keys: readonly string[]): Promise<void> {
        await this.s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
        for (const Key of keys) {
            await this.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
        }
        await this.encryptBucket(Bucket, {});
    }

    async putUnder(Bucket: string, Key: string, SSEKMSKeyId: string): Promise<void> {
        await this.s3.send(
            new PutObjectCommand({ Bucket, Key, Body: "x", ServerSideEncryption: "aws:kms", SSEKMSKeyId }),
        );
    }

    async archiveBytes(): Promise<Uint8Array> {
        const { Body } = await this.s3.send(new GetObjectCommand(this.archive));
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
    }

    async archiveFiles(): Promise<Files> {
        return unzipSync(await this.archiveBytes());
    }

    async deleteArchive(): Promise<void> {
        await this.s3.send(new DeleteObjectCommand(this.archive));
    }

    /** Changes the files in the archive; undefined removes one. */
    async changeArchive(
        change: (files: Readonly<Files>) => Readonly<Record<string, string | Uint8Array | undefined>>,
    ): Promise<void> {
        const files = await this.archiveFiles();
        const changed = Object.entries({ ...files, ...change(files) }).flatMap(([name, content]) =>
            content === undefined ? [] : [[name, new Uint8Array(Buffer.from(content))] as const],
        );
        await this.putArchive(zipSync(Object.fromEntries(changed)));
    }

    /** `key`: null for SSE-S3. Default: the stack's key. */
    async putArchive(Body: Uint8Array, key: string | null = this.keyArn): Promise<void> {
        await this.s3.send(
            new PutObjectCommand({
                ...this.archive,
                Body,
                ...(key === null
                    ? { ServerSideEncryption: "AES256" }
                    : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key }),
            }),
        );
    }

    /** Writes a changed config.yml of the operator. */
    config(change: (text: string) => string = (text) => text): string {
        const file = path.join(this.folder, "config.yml");
        writeFileSync(file, change(String(this.stack.outputs.emrEtlRunnerConfig)));
        return file;
    }
}
