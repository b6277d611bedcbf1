import type { HeadObjectCommandOutput, S3 } from "@aws-sdk/client-s3";
import { S3StorageClass } from "@aws-sdk/client-s3-control";
import { pMapIterable, pMapSkip } from "p-map";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import {
    type Access,
    CONCURRENCY,
    headObject,
    type ListedObject,
    listObjects,
    propertiesOf,
} from "./objects";
import type { Portions } from "./portions";
import type { Skipped, SkippedObjects } from "./skipped";
import type { Surroundings } from "./surroundings";

/**
 * S3 encrypts every object written since 2023-01-05, in every bucket. The margin covers the weeks of the roll-out; each
 * object that was last modified before this day costs a HEAD request.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
 */
export const ENCRYPTED_SINCE = new Date("2023-04-01T00:00:00Z");

/**
 * The largest object that S3 Batch Operations copies: 5 GB.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 */
const MAX_COPY_BYTES = 5 * 2 ** 30;

/** A search for unencrypted objects. Its memory does not grow with the number of objects. */
export class Survey {
    listed = 0;
    /** HEAD requests. */
    heads = 0;
    /** GetObjectTagging requests. */
    taggings = 0;
    /** The numbers of unencrypted noncurrent versions, by bucket. */
    readonly oldVersions = new Map<string, number>();

    constructor(
        private readonly s3: S3,
        private readonly portions: Portions,
        private readonly skipped: SkippedObjects,
    ) {}

    /** Searches the chosen folders of buckets. */
    async search(buckets: readonly Surroundings[], streams: Streams, signal: AbortSignal): Promise<void> {
        const bar = progressBar(streams, "{listed} objects listed, {heads} checked", 1, this);
        const onListed = () => {
            signal.throwIfAborted();
            bar?.update(0, this);
        };
        try {
            for (const access of buckets) {
                const findings = pMapIterable(
                    this.candidates(access, onListed),
                    async (object) => (await this.inspect(access, object)) ?? pMapSkip,
                    { concurrency: CONCURRENCY },
                );
                for await (const record of findings) {
                    record();
                }
            }
        } finally {
            bar?.stop();
        }
    }

    private async *candidates(access: Surroundings, onListed: () => void): AsyncGenerator<ListedObject> {
        for (const folder of access.folders) {
            for await (const object of listObjects(this.s3, access, folder)) {
                this.listed += 1;
                onListed();
                if (object.modified < ENCRYPTED_SINCE) {
                    yield object;
                }
            }
        }
    }

    /** @returns What records an unencrypted object, to be called in the order of the listing. */
    private async inspect(access: Access, object: ListedObject): Promise<(() => void) | undefined> {
        const { s3, portions, skipped, oldVersions } = this;
        const { bucket } = access;
        const { key, current } = object;
        this.heads += 1;
        const head = await headObject(s3, access, key, current ? undefined : object.versionId);
        if (head === "denied") {
            return () => skipped.add(access, "denied", object);
        }
        if (!head || head.ServerSideEncryption !== undefined) {
            return undefined;
        }
        if (!current) {
            return () => oldVersions.set(bucket, (oldVersions.get(bucket) ?? 0) + 1);
        }
        const why = reasonToSkip(access, object, head);
        if (why) {
            return () => skipped.add(access, why, object);
        }
        this.taggings += 1;
        const properties = await propertiesOf(s3, access, key, head);
        if (!properties) {
            return undefined;
        }
        const { ContentLength: size = 0, ETag: etag = "", StorageClass = "STANDARD" } = head;
        return () => portions.add(access, StorageClass, { key, size, etag, properties });
    }
}

function reasonToSkip(
    access: Access,
    { versionId }: ListedObject,
    head: HeadObjectCommandOutput,
): Skipped | undefined {
    const { StorageClass = "STANDARD", ArchiveStatus, Restore = "", ContentLength = 0 } = head;
    const isArchived = ["GLACIER", "DEEP_ARCHIVE"].includes(StorageClass);
    const isRestored = Restore.includes('ongoing-request="false"');
    const reasons: readonly (readonly [Skipped, boolean])[] = [
        ["archived", ArchiveStatus !== undefined || (isArchived && !isRestored)],
        ["suspended", access.versioning === "Suspended" && versionId !== "null"],
        ["redirect", head.WebsiteRedirectLocation !== undefined],
        ["large", ContentLength > MAX_COPY_BYTES],
        ["class", !Object.hasOwn(S3StorageClass, StorageClass)],
    ];
    return reasons.find(([, applies]) => applies)?.[0];
}
