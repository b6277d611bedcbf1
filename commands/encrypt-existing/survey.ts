import {
    GetBucketLifecycleConfigurationCommand,
    GetBucketVersioningCommand,
    HeadObjectCommand,
    paginateListObjectsV2,
    type S3Client,
} from "@aws-sdk/client-s3";
import { S3StorageClass } from "@aws-sdk/client-s3-control";
import { pMapIterable, pMapSkip } from "p-map";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError, call, callIfThere } from "../aws";

/** What CopyObject takes at most, and with it a batch copy: 5 GB, in S3's sense. */
export const MAX_COPY_BYTES = 5 * 2 ** 30;

/** How many requests wait for S3 at once. */
export const CONCURRENCY = 16;

/** Objects that are to be restored before anybody can read them. */
const ARCHIVED: readonly string[] = ["GLACIER", "DEEP_ARCHIVE"];

/** How many of the oldest objects of a storage class are remembered: what is not encrypted is old. */
const OLDEST = 200;

export interface ListedObject {
    readonly bucket: string;
    readonly key: string;
    readonly size: number;
    readonly storageClass: string;
    readonly modified: number;
}

/** What of a folder and storage class a batch copy can go through; what of it is encrypted, the listing does not say. */
export interface Tally {
    objects: number;
    oldest: ListedObject[];
}

/** Why a batch copy cannot take an object. */
export type Unusual =
    | "over 5 GB"
    | "restored from an archive"
    | "being restored"
    | "archived"
    | "another storage class"
    | "not to be looked at";

/** An object that a batch copy cannot take: without encryption, or, where nobody may look, perhaps. */
export interface LeftOut extends ListedObject {
    readonly why: Unusual;
}

export interface Survey {
    readonly place: S3Folder;
    readonly tallies: ReadonlyMap<S3StorageClass, Tally>;
}

/** Lists a folder; `onLeftOut` is told of each object that is not encrypted and that a batch copy cannot take. */
export async function survey(
    s3: S3Client,
    place: S3Folder,
    onLeftOut: (object: LeftOut) => Promise<void> | void,
    onListed: (object: ListedObject) => void,
): Promise<Survey> {
    const tallies = new Map<S3StorageClass, Tally>();
    const listed = listObjects(s3, place, (object) => {
        onListed(object);
        tally(tallies, object);
    });
    for await (const object of leftOut(s3, listed)) {
        await onLeftOut(object);
    }
    return { place, tallies };
}

/** What a batch copy cannot take; of the listing, a page is all that is ever held. */
export function leftOut(s3: S3Client, objects: AsyncIterable<ListedObject>): AsyncIterable<LeftOut> {
    // The listing does not say what is encrypted: each is asked for, a few at once.
    return pMapIterable(
        unusual(objects),
        async (object) => {
            const why = await reason(s3, object);
            return why ? { ...object, why } : pMapSkip;
        },
        { concurrency: CONCURRENCY, backpressure: CONCURRENCY },
    );
}

async function* unusual(objects: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject> {
    for await (const object of objects) {
        if (!isUsual(object)) {
            yield object;
        }
    }
}

/** A batch copy can take it. */
export function isUsual({ size, storageClass }: ListedObject): boolean {
    return (
        size <= MAX_COPY_BYTES &&
        !ARCHIVED.includes(storageClass) &&
        Object.hasOwn(S3StorageClass, storageClass)
    );
}

function tally(tallies: Map<S3StorageClass, Tally>, object: ListedObject): void {
    if (!isUsual(object)) {
        return;
    }
    const storageClass = object.storageClass as S3StorageClass;
    const sum = tallies.get(storageClass) ?? { objects: 0, oldest: [] };
    tallies.set(storageClass, sum);
    sum.objects += 1;
    const youngest = sum.oldest.at(-1);
    if (sum.oldest.length < OLDEST || (youngest && object.modified < youngest.modified)) {
        sum.oldest = [...sum.oldest, object].sort((a, b) => a.modified - b.modified).slice(0, OLDEST);
    }
}

/** Everything in a folder; `onObject` is told of each. */
export async function* listObjects(
    s3: S3Client,
    { bucket, prefix }: S3Folder,
    onObject: (object: ListedObject) => void = () => undefined,
): AsyncGenerator<ListedObject> {
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
    for (;;) {
        const page = await call("s3:ListBucket", `bucket ${bucket}`, () => pages.next());
        if (page.done) {
            return;
        }
        for (const { Key, Size, StorageClass, LastModified } of page.value.Contents ?? []) {
            if (Key !== undefined) {
                const object = {
                    bucket,
                    key: Key,
                    size: Size ?? 0,
                    storageClass: StorageClass ?? "STANDARD",
                    modified: LastModified?.getTime() ?? 0,
                };
                onObject(object);
                yield object;
            }
        }
    }
}

/** Why a batch copy cannot take what is no usual object; undefined where nothing is to be done about it. */
async function reason(s3: S3Client, object: ListedObject): Promise<Unusual | undefined> {
    const head = await headObject(s3, object);
    if (head === "denied") {
        return "not to be looked at";
    }
    if (head === undefined || head.ServerSideEncryption !== undefined) {
        return undefined;
    }
    if (ARCHIVED.includes(object.storageClass)) {
        const restored = /ongoing-request="(true|false)"/.exec(head.Restore ?? "")?.[1];
        return restored === undefined
            ? "archived"
            : restored === "true"
              ? "being restored"
              : "restored from an archive";
    }
    return object.size > MAX_COPY_BYTES ? "over 5 GB" : "another storage class";
}

/**
 * What S3 says of an object. Undefined where there is nothing to encrypt: it is gone, or it is under a key of its
 * writer's (SSE-C), without which S3 does not even describe it. `denied`: these credentials may not look, or another
 * account owns it.
 */
export async function headObject(s3: S3Client, { bucket, key }: Pick<ListedObject, "bucket" | "key">) {
    try {
        return await callIfThere(
            ["NotFound", "NoSuchKey", "HTTP 400"],
            "s3:GetObject",
            `s3://${bucket}/${key}`,
            () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
        );
    } catch (error) {
        if (error instanceof AwsError && error.denied) {
            return "denied";
        }
        throw error;
    }
}

/** Whether a copy leaves the old, unencrypted version behind, and how long that stays. */
export interface Versions {
    readonly versioned: boolean;
    /** After how many days a lifecycle rule removes old versions; null: none does. */
    readonly noncurrentDays: number | null;
}

export async function versionsOf(s3: S3Client, bucket: string): Promise<Versions> {
    const { Status } = await call("s3:GetBucketVersioning", `bucket ${bucket}`, () =>
        s3.send(new GetBucketVersioningCommand({ Bucket: bucket })),
    );
    if (Status === undefined) {
        return { versioned: false, noncurrentDays: null };
    }
    const lifecycle = await callIfThere(
        ["NoSuchLifecycleConfiguration"],
        "s3:GetLifecycleConfiguration",
        `bucket ${bucket}`,
        () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })),
    );
    const days = (lifecycle?.Rules ?? [])
        .filter((rule) => rule.Status === "Enabled")
        .flatMap(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration?.NoncurrentDays ?? []);
    return { versioned: true, noncurrentDays: days.length > 0 ? Math.min(...days) : null };
}
