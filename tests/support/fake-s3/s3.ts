import { type Answer, notFound, type Request, type State, type StoredObject } from "./state";

const PAGE = 1000;

export function bucketAnswer(state: State, bucket: string, query: URLSearchParams): Answer {
    if (query.has("versioning")) {
        const status = state.versioning.get(bucket);
        return {
            body: `<VersioningConfiguration>${status ? `<Status>${status}</Status>` : ""}</VersioningConfiguration>`,
        };
    }
    if (query.has("lifecycle")) {
        const days = state.noncurrentDays.get(bucket);
        if (days === undefined) {
            return notFound("NoSuchLifecycleConfiguration");
        }
        const rule = (status: string, after: number) =>
            `<Rule><ID>${after}</ID><Status>${status}</Status><Filter/><NoncurrentVersionExpiration><NoncurrentDays>${after}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;
        const rules = rule("Disabled", days - 1) + rule("Enabled", days + 1) + rule("Enabled", days);
        return { body: `<LifecycleConfiguration>${rules}</LifecycleConfiguration>` };
    }
    const names = state.namesIn(bucket, query.get("prefix") ?? "");
    const start = Number(query.get("continuation-token") ?? 0);
    const page = names.slice(start, start + PAGE);
    const next = start + PAGE;
    const contents = page.map((key) => {
        const object = state.objects.get(`${bucket}/${key}`) as StoredObject;
        const { size, storageClass = "STANDARD", modified = "2020-01-01T00:00:00Z" } = object;
        return `<Contents><Key>${key}</Key><Size>${size}</Size><StorageClass>${storageClass}</StorageClass><LastModified>${modified}</LastModified></Contents>`;
    });
    const more =
        next < names.length
            ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
            : "<IsTruncated>false</IsTruncated>";
    return { body: `<ListBucketResult>${more}${contents.join("")}</ListBucketResult>` };
}

export function objectAnswer(
    state: State,
    request: Request,
    bucket: string,
    key: string,
    query: URLSearchParams,
): Answer {
    const name = `${bucket}/${key}`;
    const object = state.objects.get(name);
    const status = request.method === "HEAD" ? state.heads.get(name) : undefined;
    if (status !== undefined) {
        return { status };
    }
    if (query.has("uploads")) {
        state.uploads += 1;
        return {
            body: "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>",
        };
    }
    if (query.has("partNumber")) {
        return { body: `<CopyPartResult><ETag>"part-${query.get("partNumber")}"</ETag></CopyPartResult>` };
    }
    if (query.has("uploadId")) {
        state.uploads -= 1;
        if (request.method === "POST" && object) {
            state.objects.set(name, { ...object, encrypted: true });
        }
        return request.method === "POST" ? { body: "<CompleteMultipartUploadResult/>" } : { status: 204 };
    }
    if (request.method === "PUT" && request.headers["x-amz-copy-source"] === undefined) {
        state.objects.set(name, { size: request.body.length, encrypted: true, body: request.body });
        return {};
    }
    if (request.method === "DELETE") {
        state.objects.delete(name);
        return { status: 204 };
    }
    if (!object) {
        return notFound("NoSuchKey");
    }
    if (request.method === "PUT") {
        state.objects.set(name, { ...object, encrypted: true });
        return { body: "<CopyObjectResult/>" };
    }
    if (query.has("tagging")) {
        const tags = Object.entries(object.tags ?? {}).map(
            ([Key, Value]) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`,
        );
        return { body: `<Tagging><TagSet>${tags.join("")}</TagSet></Tagging>` };
    }
    const headers = {
        etag: '"etag"',
        ...object.headers,
        ...(object.storageClass && { "x-amz-storage-class": object.storageClass }),
        ...(object.encrypted && { "x-amz-server-side-encryption": "AES256" }),
    };
    return request.method === "HEAD"
        ? { headers: { ...headers, "content-length": String(object.size) } }
        : { headers, body: object.body ?? "" };
}
