import { createHash } from "node:crypto";
import { type Answer, notFound, type Request, type State, type StoredObject } from "./state";

const PAGE = 1000;

/** S3's answers for a bucket on which nothing acts. */
const SETTINGS: Readonly<Record<string, Answer>> = {
    versioning: { body: "<VersioningConfiguration/>" },
    requestPayment: {
        body: "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
    },
    notification: { body: "<NotificationConfiguration/>" },
    replication: notFound("ReplicationConfigurationNotFoundError"),
    "object-lock": notFound("ObjectLockConfigurationNotFoundError"),
    ownershipControls: {
        body: "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
    },
    "intelligent-tiering": { body: "<ListBucketIntelligentTieringConfigurationsOutput/>" },
    lifecycle: notFound("NoSuchLifecycleConfiguration"),
};

export function bucketAnswer(state: State, bucket: string, query: URLSearchParams): Answer {
    const setting = Object.keys(SETTINGS).find((name) => query.has(name));
    if (setting) {
        const body = state.settings.get(`${bucket}?${setting}`);
        return body === undefined ? (SETTINGS[setting] ?? {}) : { body };
    }
    const prefix = query.get("prefix") ?? "";
    const encode = query.get("encoding-type") === "url" ? urlEncoded : String;
    const isVersions = query.has("versions");
    const current = state.namesIn(bucket, prefix);
    const old = state.oldVersions.filter(([name]) => isVersions && name.startsWith(`${bucket}/${prefix}`));
    const start = Number(query.get("continuation-token") ?? query.get("version-id-marker") ?? 0);
    const next = start + PAGE;
    const element = isVersions ? "Version" : "Contents";
    const page: readonly (readonly [key: string, latest: boolean, object: StoredObject | undefined])[] = [
        ...current
            .slice(start, next)
            .map((key) => [key, true, state.objects.get(`${bucket}/${key}`)] as const),
        ...old
            .slice(Math.max(start - current.length, 0), Math.max(next - current.length, 0))
            .map(([name, object]) => [name.slice(bucket.length + 1), false, object] as const),
    ];
    const entries = page.map(([key, latest, object]) => {
        const {
            size = 0,
            storageClass = "STANDARD",
            modified = "2020-01-01T00:00:00Z",
            versionId = "v1",
        } = object ?? {};
        const version = isVersions ? `<VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest>` : "";
        return `<${element}><Key>${encode(key)}</Key><Size>${size}</Size><StorageClass>${storageClass}</StorageClass><LastModified>${modified}</LastModified>${version}</${element}>`;
    });
    const isTruncated = next < current.length + old.length;
    const more = isVersions
        ? `<NextKeyMarker>any%2Bkey</NextKeyMarker><NextVersionIdMarker>${next}</NextVersionIdMarker>`
        : `<NextContinuationToken>${next}</NextContinuationToken>`;
    const markers = isVersions
        ? "<DeleteMarker><Key>deleted</Key><VersionId>d</VersionId><IsLatest>true</IsLatest></DeleteMarker>"
        : "";
    return {
        body: `<ListResult><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? more : ""}${entries.join("")}${markers}</ListResult>`,
    };
}

/** As S3 does with `encoding-type=url`. */
function urlEncoded(key: string): string {
    return encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
}

export function objectAnswer(
    state: State,
    request: Request,
    bucket: string,
    key: string,
    query: URLSearchParams,
): Answer {
    const name = `${bucket}/${key}`;
    if (query.has("uploads")) {
        state.uploads.set(name, []);
        return { body: `<Result><UploadId>upload</UploadId></Result>` };
    }
    if (query.has("uploadId")) {
        return uploadAnswer(state, request, name);
    }
    if (request.method === "PUT") {
        return store(state, name, request.body);
    }
    const [status, code] = state.heads.get(name) ?? [];
    if (status !== undefined) {
        return { status, body: request.method === "HEAD" ? "" : `<Error><Code>${code}</Code></Error>` };
    }
    const version = query.get("versionId");
    const object = version
        ? state.oldVersions.find(([old, { versionId }]) => old === name && versionId === version)?.[1]
        : state.objects.get(name);
    if (!object) {
        return notFound("NoSuchKey");
    }
    if (query.has("tagging")) {
        const tags = Object.entries(object.tags ?? {}).map(
            ([Key, Value]) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`,
        );
        return { body: `<Tagging><TagSet>${tags.join("")}</TagSet></Tagging>` };
    }
    const headers = {
        etag: etagOf(object.body ?? key),
        ...object.headers,
        ...(object.storageClass && { "x-amz-storage-class": object.storageClass }),
        ...(object.encrypted && { "x-amz-server-side-encryption": "AES256" }),
    };
    const match = request.headers["if-match"];
    if (match !== undefined && match !== headers.etag) {
        return { status: 412, body: "<Error><Code>PreconditionFailed</Code></Error>" };
    }
    return request.method === "HEAD"
        ? { headers: { ...headers, "content-length": String(object.size) } }
        : { headers, body: object.body ?? "" };
}

export function etagOf(body: string): string {
    return `"${createHash("md5").update(body).digest("hex")}"`;
}

function store(state: State, name: string, body: string): Answer {
    state.objects.set(name, { size: body.length, encrypted: true, body, modified: new Date().toISOString() });
    return { headers: { etag: etagOf(body) } };
}

/** A part of a multipart upload, or its end. */
function uploadAnswer(state: State, { method, body }: Request, name: string): Answer {
    const parts = state.uploads.get(name) ?? [];
    if (method === "PUT") {
        parts.push(body);
        return { headers: { etag: etagOf(body) } };
    }
    state.uploads.delete(name);
    if (method === "DELETE") {
        return { status: 204 };
    }
    const { headers } = store(state, name, parts.join(""));
    return { body: `<Result><ETag>${headers?.etag?.replaceAll('"', "&quot;")}</ETag></Result>` };
}
