import {
    GetObjectCommand,
    GetObjectTaggingCommand,
    HeadObjectCommand,
    type HeadObjectCommandOutput,
    ListObjectsV2Command,
    ListObjectVersionsCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { S3Folder } from "../../components/domain/locations";
import { AwsError, call, callIfThere } from "../aws";
import { escaped } from "../escape";

/** The number of simultaneous requests about objects. */
export const CONCURRENCY = 16;

/** How requests to a bucket are made. */
export interface Access {
    readonly bucket: string;
    /** Whether the requester pays. */
    readonly requesterPays: boolean;
    /** Undefined if versioning was never enabled. */
    readonly versioning: string | undefined;
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

/** What an object has in addition to its content: headers, `x-amz-meta-NAME`, `tag NAME`. */
export type Properties = Readonly<Record<string, string>>;

/** An unencrypted object, as it was before the copy. */
export const snapshot = z.object({
    key: z.string(),
    size: z.number(),
    etag: z.string(),
    properties: z.record(z.string(), z.string()),
});

export type Snapshot = z.output<typeof snapshot>;

function payer({ requesterPays }: Access) {
    return requesterPays ? ({ RequestPayer: "requester" } as const) : {};
}

/** The current objects of a folder; in buckets with versioning, the noncurrent versions too. Delete markers are omitted. */
export async function* listObjects(
    s3: S3Client,
    access: Access,
    folder: S3Folder,
): AsyncGenerator<ListedObject> {
    // Keys may have characters that XML cannot contain, so S3 encodes them.
    const common = {
        Bucket: folder.bucket,
        Prefix: folder.prefix,
        EncodingType: "url",
        ...payer(access),
    } as const;
    const on = `bucket ${folder.bucket}`;
    let next: {
        readonly ContinuationToken?: string;
        readonly KeyMarker?: string;
        readonly VersionIdMarker?: string;
    } = {};
    for (;;) {
        const from = next;
        const page = access.versioning
            ? await call("s3:ListBucketVersions", on, () =>
                  s3.send(new ListObjectVersionsCommand({ ...common, ...from })),
              )
            : await call("s3:ListBucket", on, () =>
                  s3.send(new ListObjectsV2Command({ ...common, ...from })),
              );
        for (const entry of ("Versions" in page ? page.Versions : "Contents" in page ? page.Contents : []) ??
            []) {
            const version = entry as { readonly VersionId?: string; readonly IsLatest?: boolean };
            yield {
                key: decoded(entry.Key ?? ""),
                size: entry.Size ?? 0,
                storageClass: entry.StorageClass ?? "STANDARD",
                modified: entry.LastModified ?? new Date(0),
                versionId: version.VersionId,
                current: version.IsLatest ?? true,
            };
        }
        if (!page.IsTruncated) {
            return;
        }
        next =
            "NextKeyMarker" in page
                ? {
                      KeyMarker: decoded(page.NextKeyMarker ?? ""),
                      VersionIdMarker: page.NextVersionIdMarker ?? "",
                  }
                : {
                      ContinuationToken:
                          (page as { readonly NextContinuationToken?: string }).NextContinuationToken ?? "",
                  };
    }
}

/** Decodes S3's URL encoding, whose spaces are plus signs. */
export function decoded(text: string): string {
    return decodeURIComponent(text.replaceAll("+", "%20"));
}

export function encoded(key: string): string {
    return key.split("/").map(encodeURIComponent).join("/");
}

export type Head = HeadObjectCommandOutput | "gone" | "customer key" | "denied";

/**
 * S3's description of an object or version.
 * @returns `customer key`: the object is encrypted under a key that only its writer has (SSE-C).
 */
export async function headObject(
    s3: S3Client,
    access: Access,
    key: string,
    versionId?: string,
): Promise<Head> {
    const where = {
        Bucket: access.bucket,
        Key: key,
        ...(versionId && { VersionId: versionId }),
        ...payer(access),
    };
    const on = objectUrl(access.bucket, key);
    try {
        return (
            (await callIfThere(["NotFound", "NoSuchKey", "HTTP 405"], "s3:GetObject", on, () =>
                s3.send(new HeadObjectCommand(where)),
            )) ?? "gone"
        );
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        if (error.denied) {
            return "denied";
        }
        if (error.code !== "HTTP 400") {
            throw error;
        }
        // An answer to HEAD has no body. 400 means a customer-provided key, or an expired token: GET has the reason.
        await callIfThere(["InvalidRequest"], "s3:GetObject", on, async () => {
            const { Body } = await s3.send(new GetObjectCommand({ ...where, Range: "bytes=0-0" }));
            await Body?.transformToString();
        });
        return "customer key";
    }
}

/** What a copy must keep; undefined if the object is gone. */
export async function propertiesOf(
    s3: S3Client,
    access: Access,
    key: string,
    head: HeadObjectCommandOutput,
): Promise<Properties | undefined> {
    const tagging = await callIfThere(
        ["NotFound", "NoSuchKey"],
        "s3:GetObjectTagging",
        objectUrl(access.bucket, key),
        () => s3.send(new GetObjectTaggingCommand({ Bucket: access.bucket, Key: key, ...payer(access) })),
    );
    if (!tagging) {
        return undefined;
    }
    const all: Record<string, string | undefined> = {
        "Cache-Control": head.CacheControl,
        "Content-Disposition": head.ContentDisposition,
        "Content-Encoding": head.ContentEncoding,
        "Content-Language": head.ContentLanguage,
        "Content-Type": head.ContentType,
        Expires: head.ExpiresString,
        "storage class": head.StorageClass ?? "STANDARD",
        ...Object.fromEntries(
            Object.entries(head.Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
        ),
        ...Object.fromEntries((tagging.TagSet ?? []).map(({ Key, Value }) => [`tag ${Key}`, Value])),
    };
    return Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}

/** The URL of an object, for people. */
export function objectUrl(bucket: string, key: string): string {
    return escaped(`s3://${bucket}/${key}`);
}
