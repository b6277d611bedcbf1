import type { HeadObjectCommandOutput, ObjectVersion, S3 } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { ifThere } from "../aws";
import { AwsError } from "../aws-error";
import { escaped } from "../escape";
import { readText } from "./transfer";

/** The number of simultaneous requests about objects. */
export const CONCURRENCY = 16;

/** How requests to a bucket are made. */
export interface Access {
    readonly bucket: string;
    /** Whether the requester pays. */
    readonly requesterPays: boolean;
    /** Undefined if versioning was never enabled. */
    readonly versioning?: string | undefined;
}

export interface ListedObject {
    readonly key: string;
    readonly size: number;
    readonly storageClass: string;
    readonly modified: Date;
    /** Undefined without versioning. */
    readonly versionId: string | undefined;
    /** False: a noncurrent version. */
    readonly current: boolean;
}

/** An unencrypted object, as it was before the copy. */
export const snapshot = z.object({
    key: z.string(),
    size: z.number(),
    etag: z.string(),
    /** What the object has in addition to its content: headers, `x-amz-meta-NAME`, `tag NAME`. */
    properties: z.record(z.string(), z.string()),
});

export type Snapshot = z.output<typeof snapshot>;

function payer({ requesterPays }: Access) {
    return requesterPays ? ({ RequestPayer: "requester" } as const) : {};
}

/** The current objects of a folder; in buckets with versioning, the noncurrent versions too. Delete markers are omitted. */
export async function* listObjects(
    s3: S3,
    access: Access,
    { bucket, prefix }: S3Folder,
): AsyncGenerator<ListedObject> {
    // Keys may have characters that XML cannot contain, so S3 encodes them.
    const common = { Bucket: bucket, Prefix: prefix, EncodingType: "url", ...payer(access) } as const;
    const objects = async (from: object) => {
        const page = await s3.listObjectsV2({ ...common, ...from });
        return { ...page, next: { ContinuationToken: page.NextContinuationToken } };
    };
    const versions = async (from: object) => {
        const page = await s3.listObjectVersions({ ...common, ...from });
        const next = { KeyMarker: decoded(page.NextKeyMarker), VersionIdMarker: page.NextVersionIdMarker };
        return { ...page, Contents: page.Versions, next };
    };
    const readPage = access.versioning ? versions : objects;
    for (let page = await readPage({}); ; page = await readPage(page.next)) {
        for (const entry of page.Contents ?? []) {
            const { VersionId, IsLatest } = entry as ObjectVersion;
            yield {
                key: decoded(entry.Key),
                size: entry.Size ?? 0,
                storageClass: entry.StorageClass ?? "STANDARD",
                modified: entry.LastModified ?? new Date(0),
                versionId: VersionId,
                current: IsLatest ?? true,
            };
        }
        if (!page.IsTruncated) {
            return;
        }
    }
}

/** Decodes S3's URL encoding, whose spaces are plus signs. */
function decoded(text = ""): string {
    return decodeURIComponent(text.replaceAll("+", "%20"));
}

/**
 * S3's description of an object or version.
 * @returns Undefined if it is gone, or encrypted under a key that only its writer has (SSE-C).
 */
export async function headObject(
    s3: S3,
    access: Access,
    key: string,
    versionId?: string,
): Promise<HeadObjectCommandOutput | "denied" | undefined> {
    const where = {
        Bucket: access.bucket,
        Key: key,
        ...(versionId && { VersionId: versionId }),
        ...payer(access),
    };
    try {
        return await ifThere(s3.headObject(where), "NotFound", "NoSuchKey", "HTTP 405");
    } catch (error) {
        if (error instanceof AwsError && error.denied) {
            return "denied";
        }
        // An answer to HEAD has no body. 400 means a customer-provided key, or an expired token: GET has the reason.
        const first = { ...where, Range: "bytes=0-0" };
        const isUnclear = error instanceof AwsError && error.code === "HTTP 400";
        if (isUnclear && (await ifThere(readText(s3, first), "InvalidRequest")) === undefined) {
            return undefined;
        }
        throw error;
    }
}

/** What a copy must keep; undefined if the object is gone. */
export async function propertiesOf(
    s3: S3,
    access: Access,
    key: string,
    head: HeadObjectCommandOutput,
): Promise<Snapshot["properties"] | undefined> {
    const where = { Bucket: access.bucket, Key: key, ...payer(access) };
    const tagging = await ifThere(s3.getObjectTagging(where), "NotFound", "NoSuchKey");
    if (!tagging) {
        return undefined;
    }
    const all: readonly (readonly [string, string | undefined])[] = [
        ["Cache-Control", head.CacheControl],
        ["Content-Disposition", head.ContentDisposition],
        ["Content-Encoding", head.ContentEncoding],
        ["Content-Language", head.ContentLanguage],
        ["Content-Type", head.ContentType],
        ["Expires", head.ExpiresString],
        ["storage class", head.StorageClass ?? "STANDARD"],
        // S3 returns no metadata that a header cannot have, only their number.
        ["x-amz-missing-meta", head.MissingMeta?.toString()],
        ...Object.entries(head.Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value] as const),
        ...(tagging.TagSet ?? []).map(({ Key, Value }) => [`tag ${Key}`, Value] as const),
    ];
    return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** A number of objects, with the first ten of them. */
export class Tally {
    objects = 0;
    readonly examples: string[] = [];

    add(example: string): void {
        this.objects += 1;
        if (this.examples.length < 10) {
            this.examples.push(example);
        }
    }
}

/** The URL of an object, for people. */
export function objectUrl(bucket: string, key: string): string {
    return escaped(`s3://${bucket}/${key}`);
}
