import {
    GetBucketLifecycleConfigurationCommand,
    GetBucketVersioningCommand,
    HeadObjectCommand,
    paginateListObjectsV2,
    type S3Client,
} from "@aws-sdk/client-s3";
import { S3StorageClass } from "@aws-sdk/client-s3-control";
import { pMapIterable, pMapSkip } from "p-map";
import { call, callIfThere } from "../aws";
import type { Place } from "./places";

/** What CopyObject takes at most, and with it a batch copy: 5 GB, in S3's sense. */
export const MAX_COPY_BYTES = 5 * 2 ** 30;

/** How many requests wait for S3 at once. */
export const CONCURRENCY = 16;

/** Objects that are to be restored before anybody can read them. */
const ARCHIVED: readonly string[] = ["GLACIER", "DEEP_ARCHIVE"];

/** How many of the oldest objects of a storage class are remembered: what is not encrypted is old. */
const OLDEST = 20;

export interface ListedObject {
    readonly bucket: string;
    readonly key: string;
    readonly size: number;
    readonly storageClass: string;
    readonly modified: number;
}

/** What of a bucket and storage class a batch copy can go through; what of it is encrypted, the listing does not say. */
export interface Tally {
    objects: number;
    oldest: ListedObject[];
}

/** Why a batch copy cannot take an object. */
export type Unusual = "over 5 GB" | "archived" | "another storage class";

/** An object without encryption that a batch copy cannot take. */
export interface LeftOut extends ListedObject {
    readonly why: Unusual;
}

export interface Survey {
    readonly place: Place;
    readonly tallies: ReadonlyMap<S3StorageClass, Tally>;
    /** Whether a copy leaves the old, unencrypted version behind. */
    readonly versioned: boolean;
    /** After how many days a lifecycle rule removes old versions; undefined: none does. */
    readonly noncurrentDays: number | undefined;
}

/** Lists a bucket; `onLeftOut` is told of each object that is not encrypted and that a batch copy cannot take. */
export async function survey(
    s3: S3Client,
    place: Place,
    onLeftOut: (object: LeftOut) => Promise<void> | void,
    signal?: AbortSignal,
): Promise<Survey> {
    const tallies = new Map<S3StorageClass, Tally>();
    for await (const object of unencrypted(s3, unusual(s3, place, tallies, signal))) {
        await onLeftOut(object);
    }
    return { place, tallies, ...(await versions(s3, place.bucket)) };
}

/** Those objects over 5 GB that are not encrypted. */
export async function* largeObjects(s3: S3Client, place: Place): AsyncGenerator<LeftOut> {
    for await (const object of unencrypted(s3, unusual(s3, place, new Map()))) {
        if (object.why === "over 5 GB") {
            yield object;
        }
    }
}

/** Counts the usual ones on the way: a page of the listing is all that is ever held. */
async function* unusual(
    s3: S3Client,
    place: Place,
    tallies: Map<S3StorageClass, Tally>,
    signal?: AbortSignal,
): AsyncGenerator<LeftOut> {
    for await (const object of list(s3, place)) {
        signal?.throwIfAborted();
        const why = whyNot(object);
        if (why) {
            yield { ...object, why };
            continue;
        }
        const storageClass = object.storageClass as S3StorageClass;
        const tally = tallies.get(storageClass) ?? { objects: 0, oldest: [] };
        tallies.set(storageClass, tally);
        tally.objects += 1;
        remember(tally, object);
    }
}

function whyNot({ size, storageClass }: ListedObject): Unusual | undefined {
    if (ARCHIVED.includes(storageClass)) {
        return "archived";
    }
    if (size > MAX_COPY_BYTES) {
        return "over 5 GB";
    }
    return Object.hasOwn(S3StorageClass, storageClass) ? undefined : "another storage class";
}

function remember(tally: Tally, object: ListedObject): void {
    const youngest = tally.oldest.at(-1);
    if (tally.oldest.length < OLDEST || (youngest && object.modified < youngest.modified)) {
        tally.oldest = [...tally.oldest, object].sort((a, b) => a.modified - b.modified).slice(0, OLDEST);
    }
}

async function* list(s3: S3Client, { bucket, prefixes }: Place): AsyncGenerator<ListedObject> {
    for (const prefix of prefixes) {
        const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
        for (;;) {
            const page = await call("s3:ListBucket", `bucket ${bucket}`, () => pages.next());
            if (page.done) {
                break;
            }
            for (const { Key, Size, StorageClass, LastModified } of page.value.Contents ?? []) {
                if (Key !== undefined) {
                    yield {
                        bucket,
                        key: Key,
                        size: Size ?? 0,
                        storageClass: StorageClass ?? "STANDARD",
                        modified: LastModified?.getTime() ?? 0,
                    };
                }
            }
        }
    }
}

/** The listing does not say what is encrypted: each is asked for, a few at once. */
function unencrypted(s3: S3Client, objects: AsyncIterable<LeftOut>): AsyncIterable<LeftOut> {
    return pMapIterable(objects, async (object) => ((await isUnencrypted(s3, object)) ? object : pMapSkip), {
        concurrency: CONCURRENCY,
        backpressure: CONCURRENCY,
    });
}

async function isUnencrypted(s3: S3Client, { bucket, key }: ListedObject): Promise<boolean> {
    const head = await callIfThere(["NotFound", "NoSuchKey"], "s3:GetObject", `s3://${bucket}/${key}`, () =>
        s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
    );
    return head !== undefined && head.ServerSideEncryption === undefined;
}

async function versions(s3: S3Client, bucket: string): Promise<Pick<Survey, "versioned" | "noncurrentDays">> {
    const { Status } = await call("s3:GetBucketVersioning", `bucket ${bucket}`, () =>
        s3.send(new GetBucketVersioningCommand({ Bucket: bucket })),
    );
    if (Status === undefined) {
        return { versioned: false, noncurrentDays: undefined };
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
    return { versioned: true, noncurrentDays: days.length > 0 ? Math.min(...days) : undefined };
}
