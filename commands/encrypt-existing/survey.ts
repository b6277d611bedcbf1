import type { HeadObjectCommandOutput, S3 } from "@aws-sdk/client-s3";
import { S3StorageClass } from "@aws-sdk/client-s3-control";
import { pMapIterable, pMapSkip } from "p-map";
import {
    type Access,
    CONCURRENCY,
    headObject,
    type ListedObject,
    listObjects,
    propertiesOf,
    type Snapshot,
} from "./objects";
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

/** Why an unencrypted object is not copied, and what to do. */
export const SKIPPED = {
    large: "over 5 GB, which S3 Batch Operations does not copy: run this with AWS CLI version 2",
    archived:
        "in an archive: restore them (`aws s3api restore-object`), then run this command again; or wait until they expire",
    class: "in a storage class that S3 Batch Operations does not write: run this with AWS CLI version 2",
    redirect:
        "with a website redirect, which a copy would lose: copy them with `aws s3api copy-object --website-redirect-location`",
    suspended:
        "current versions from before versioning was suspended: a copy would replace an older version. Enable versioning, then run this command again",
    denied: "not readable: these credentials need s3:GetObject and s3:GetObjectTagging; an object of another account must be copied by its owner",
} as const;

export type Skipped = keyof typeof SKIPPED;

export type Finding =
    | { readonly kind: "copy"; readonly storageClass: string; readonly before: Snapshot }
    | { readonly kind: "skip"; readonly why: Skipped; readonly object: ListedObject }
    | { readonly kind: "old version" };

/** The requests of a survey, and the numbers of objects. */
export interface Counts {
    listed: number;
    /** HEAD requests. */
    heads: number;
    /** GetObjectTagging requests. */
    taggings: number;
}

/** Finds the unencrypted objects of a bucket's folders. Memory does not grow with the number of objects. */
export function survey(
    s3: S3,
    access: Surroundings,
    counts: Counts,
    onListed: () => void,
): AsyncIterable<Finding> {
    return pMapIterable(
        candidates(s3, access, counts, onListed),
        async (object) => (await inspect(s3, access, object, counts)) ?? pMapSkip,
        { concurrency: CONCURRENCY },
    );
}

async function* candidates(
    s3: S3,
    access: Surroundings,
    counts: Counts,
    onListed: () => void,
): AsyncGenerator<ListedObject> {
    for (const folder of access.folders) {
        for await (const object of listObjects(s3, access, folder)) {
            counts.listed += 1;
            onListed();
            if (object.modified < ENCRYPTED_SINCE) {
                yield object;
            }
        }
    }
}

async function inspect(
    s3: S3,
    access: Access,
    object: ListedObject,
    counts: Counts,
): Promise<Finding | undefined> {
    const { key, current } = object;
    counts.heads += 1;
    const head = await headObject(s3, access, key, current ? undefined : object.versionId);
    if (head === "denied") {
        return { kind: "skip", why: "denied", object };
    }
    if (head === "gone" || head === "customer key" || head.ServerSideEncryption !== undefined) {
        return undefined;
    }
    if (!current) {
        return { kind: "old version" };
    }
    const why = reasonToSkip(access, object, head);
    if (why) {
        return { kind: "skip", why, object };
    }
    counts.taggings += 1;
    const properties = await propertiesOf(s3, access, key, head);
    return (
        properties && {
            kind: "copy",
            storageClass: head.StorageClass ?? "STANDARD",
            before: { key, size: head.ContentLength ?? 0, etag: head.ETag ?? "", properties },
        }
    );
}

function reasonToSkip(
    access: Access,
    { versionId }: ListedObject,
    head: HeadObjectCommandOutput,
): Skipped | undefined {
    const { StorageClass = "STANDARD", ArchiveStatus, Restore = "", ContentLength = 0 } = head;
    const isRestored = Restore.includes('ongoing-request="false"');
    if (ArchiveStatus !== undefined || (["GLACIER", "DEEP_ARCHIVE"].includes(StorageClass) && !isRestored)) {
        return "archived";
    }
    if (access.versioning === "Suspended" && versionId !== "null") {
        return "suspended";
    }
    if (head.WebsiteRedirectLocation !== undefined) {
        return "redirect";
    }
    if (ContentLength > MAX_COPY_BYTES) {
        return "large";
    }
    return Object.hasOwn(S3StorageClass, StorageClass) ? undefined : "class";
}
