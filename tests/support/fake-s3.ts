import dns from "node:dns";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** An object, as far as anybody here asks. */
export interface StoredObject {
    readonly size: number;
    readonly encrypted?: boolean;
    /** Default `STANDARD`. */
    readonly storageClass?: string;
    /** ISO 8601. */
    readonly modified?: string;
    /** Header → value, `x-amz-meta-` and all. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly body?: string;
}

export interface Request {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
}

interface FakeJob {
    status: string;
    readonly description: string;
    /** `bucket/key`. */
    readonly tasks: readonly string[];
    readonly reportPrefix: string;
    succeeded: number;
    failed: number;
    reason: string;
}

/** How S3 fails a task, by `bucket/key`. */
export interface TaskFailure {
    readonly status: number;
    readonly code: string;
    readonly message: string;
}

const CONTROL = "/v20180820/jobs";
const CONTROL_HOST = "s3-control.test";
const PAGE = 1000;

/**
 * S3 and S3 Control, as far as `encrypt-existing` asks them, with answers as their documentation has them; STS and EMR
 * besides. A job goes a step further each time that somebody looks at it.
 */
export class FakeS3 {
    readonly objects = new Map<string, StoredObject>();
    readonly jobs = new Map<string, FakeJob>();
    readonly requests: Request[] = [];
    /** Bucket → the `Status` of its versioning. */
    readonly versioning = new Map<string, string>();
    readonly noncurrentDays = new Map<string, number>();
    readonly taskFailures = new Map<string, TaskFailure>();
    /** `bucket/key` → the status that a HEAD is answered with. */
    readonly heads = new Map<string, number>();
    /** `bucket/key` of old versions without encryption, which manifests name too. */
    readonly oldVersions: string[] = [];
    /** Rows of reports as AWS's page shows them, or as their schema says. */
    rows: "as shown" | "as the schema says" = "as shown";
    /** Copies by batch jobs come out without user metadata. */
    losesMetadata = false;
    /** Jobs fail as a whole, at the state's end. */
    jobFailure: { readonly at: "Preparing" | "Active"; readonly reason: string } | undefined;
    /** Answered before anything else: a status and an error's code each. */
    readonly refusals: { readonly on: RegExp; readonly status: number; readonly code: string }[] = [];
    /** Called when a job is confirmed. */
    onConfirmed: (() => void) | undefined;
    clusters: readonly { readonly Id: string; readonly Name: string; readonly stack: string }[] = [];
    uploads = 0;
    private readonly server: Server;
    private readonly lookup = dns.lookup;
    private readonly environment = { ...process.env };

    constructor() {
        this.server = createServer((request, response) => {
            void this.answer(request, response);
        });
    }

    /** Everything that the SDK sends comes here, from now on. */
    async start(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        const { port } = this.server.address() as AddressInfo;
        Object.assign(process.env, {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
            AWS_ENDPOINT_URL_S3_CONTROL: `http://${CONTROL_HOST}:${port}`,
            AWS_ACCESS_KEY_ID: "testing",
            AWS_SECRET_ACCESS_KEY: "testing",
        });
        // S3 Control's host begins with the account's number.
        dns.lookup = ((host: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
            host.endsWith(`.${CONTROL_HOST}`)
                ? options.all
                    ? done(null, [{ address: "127.0.0.1", family: 4 }])
                    : done(null, "127.0.0.1", 4)
                : this.lookup(host, options as never, done as never)) as never;
    }

    async stop(): Promise<void> {
        dns.lookup = this.lookup;
        process.env = this.environment;
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    reset(): void {
        for (const kept of [
            this.objects,
            this.jobs,
            this.versioning,
            this.noncurrentDays,
            this.taskFailures,
            this.heads,
        ]) {
            kept.clear();
        }
        this.requests.length = 0;
        this.refusals.length = 0;
        this.oldVersions.length = 0;
        this.rows = "as shown";
        this.losesMetadata = false;
        this.jobFailure = undefined;
        this.onConfirmed = undefined;
        this.clusters = [];
        this.uploads = 0;
    }

    /** What S3 does while nobody looks: confirmed jobs come to their end. */
    finishJobs(): void {
        for (const [id, job] of this.jobs) {
            while (job.status === "Ready" || job.status === "Active") {
                this.advance(id, job);
            }
        }
    }

    /** Those that match, in order. */
    sent(method: string, url: RegExp): readonly Request[] {
        return this.requests.filter((request) => request.method === method && url.test(request.url));
    }

    private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const request = {
            method: incoming.method ?? "",
            url: incoming.url ?? "",
            headers: incoming.headers,
            body: await text(incoming),
        };
        this.requests.push(request);
        const refused = this.refusals.findIndex(({ on }) => on.test(`${request.method} ${request.url}`));
        if (refused >= 0) {
            const [{ status, code } = { status: 500, code: "" }] = this.refusals.splice(refused, 1);
            response
                .writeHead(status, { "content-type": "application/xml" })
                .end(`<Error><Code>${code}</Code><Message>told to</Message></Error>`);
            return;
        }
        const { pathname, searchParams } = new URL(request.url, "http://s3");
        const { status = 200, headers = {}, body = "" } = this.route(request, pathname, searchParams);
        response.writeHead(status, { "content-type": "application/xml", ...headers }).end(body);
    }

    private route(request: Request, pathname: string, query: URLSearchParams): Answer {
        if (request.headers["x-amz-target"]) {
            return this.emr(String(request.headers["x-amz-target"]), request.body);
        }
        if (request.body.includes("GetCallerIdentity")) {
            return {
                body: "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
            };
        }
        if (pathname.startsWith(CONTROL)) {
            return this.control(request, pathname, query);
        }
        const [, bucket = "", ...rest] = pathname.split("/");
        const key = decodeURIComponent(rest.join("/"));
        return key === "" ? this.bucket(bucket, query) : this.object(request, bucket, key, query);
    }

    private emr(target: string, body: string): Answer {
        const { ClusterId } = JSON.parse(body) as { readonly ClusterId?: string };
        const cluster = this.clusters.find(({ Id }) => Id === ClusterId);
        const answer = target.endsWith("ListClusters")
            ? { Clusters: this.clusters.map(({ Id }) => ({ Id })) }
            : {
                  Cluster: {
                      ...cluster,
                      Status: { State: "RUNNING" },
                      Tags: [{ Key: "snowplow-emr-stack", Value: cluster?.stack }],
                  },
              };
        return { headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(answer) };
    }

    private bucket(bucket: string, query: URLSearchParams): Answer {
        if (query.has("versioning")) {
            const status = this.versioning.get(bucket);
            return {
                body: `<VersioningConfiguration>${status ? `<Status>${status}</Status>` : ""}</VersioningConfiguration>`,
            };
        }
        if (query.has("lifecycle")) {
            const days = this.noncurrentDays.get(bucket);
            return days === undefined
                ? notFound("NoSuchLifecycleConfiguration")
                : {
                      body: `<LifecycleConfiguration>${[
                          ["Disabled", days - 1],
                          ["Enabled", days + 1],
                          ["Enabled", days],
                      ]
                          .map(
                              ([status, after]) =>
                                  `<Rule><ID>${after}</ID><Status>${status}</Status><Filter/><NoncurrentVersionExpiration><NoncurrentDays>${after}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`,
                          )
                          .join("")}</LifecycleConfiguration>`,
                  };
        }
        const names = this.namesIn(bucket, query.get("prefix") ?? "");
        const start = Number(query.get("continuation-token") ?? 0);
        const page = names.slice(start, start + PAGE);
        const next = start + PAGE;
        const contents = page.map((key) => {
            const {
                size,
                storageClass = "STANDARD",
                modified = "2020-01-01T00:00:00Z",
            } = this.objects.get(`${bucket}/${key}`) as StoredObject;
            return `<Contents><Key>${key}</Key><Size>${size}</Size><StorageClass>${storageClass}</StorageClass><LastModified>${modified}</LastModified></Contents>`;
        });
        const more =
            next < names.length
                ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
                : "<IsTruncated>false</IsTruncated>";
        return { body: `<ListBucketResult>${more}${contents.join("")}</ListBucketResult>` };
    }

    private namesIn(bucket: string, prefix: string): readonly string[] {
        const start = `${bucket}/${prefix}`;
        return [...this.objects.keys()]
            .filter((name) => name.startsWith(start))
            .map((name) => name.slice(bucket.length + 1));
    }

    private object(request: Request, bucket: string, key: string, query: URLSearchParams): Answer {
        const name = `${bucket}/${key}`;
        const object = this.objects.get(name);
        const status = request.method === "HEAD" ? this.heads.get(name) : undefined;
        if (status !== undefined) {
            return { status };
        }
        if (query.has("uploads")) {
            this.uploads += 1;
            return {
                body: "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>",
            };
        }
        if (query.has("partNumber")) {
            return {
                body: `<CopyPartResult><ETag>"part-${query.get("partNumber")}"</ETag></CopyPartResult>`,
            };
        }
        if (query.has("uploadId")) {
            this.uploads -= 1;
            if (request.method === "POST" && object) {
                this.objects.set(name, { ...object, encrypted: true });
            }
            return request.method === "POST" ? { body: "<CompleteMultipartUploadResult/>" } : { status: 204 };
        }
        if (request.method === "PUT" && request.headers["x-amz-copy-source"] === undefined) {
            this.objects.set(name, { size: request.body.length, encrypted: true, body: request.body });
            return {};
        }
        if (request.method === "DELETE") {
            this.objects.delete(name);
            return { status: 204 };
        }
        if (!object) {
            return notFound("NoSuchKey");
        }
        if (request.method === "PUT") {
            this.objects.set(name, { ...object, encrypted: true });
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

    private control(request: Request, pathname: string, query: URLSearchParams): Answer {
        const [id, action] = pathname.slice(CONTROL.length + 1).split("/");
        if (request.method === "POST" && !id) {
            if (/<MatchAnyPrefix>(<member>.*?<\/member>){2}/s.test(request.body)) {
                return {
                    status: 400,
                    body: "<Error><Code>InvalidRequest</Code><Message>KeyNameConstraint takes one string</Message></Error>",
                };
            }
            return { body: `<CreateJobResult><JobId>${this.create(request.body)}</JobId></CreateJobResult>` };
        }
        if (!id) {
            const wanted = query.getAll("jobStatuses");
            const found = [...this.jobs].filter(([, { status }]) => wanted.includes(status));
            const members = found.map(
                ([jobId, { description, status }]) =>
                    `<member><JobId>${jobId}</JobId><Description>${description}</Description><Status>${status}</Status></member>`,
            );
            return { body: `<ListJobsResult><Jobs>${members.join("")}</Jobs></ListJobsResult>` };
        }
        const job = this.jobs.get(id);
        if (!job) {
            return notFound("NoSuchJobException");
        }
        if (action === "status") {
            job.status = query.get("requestedJobStatus") ?? "";
            if (job.status === "Ready") {
                this.onConfirmed?.();
            }
            return {
                body: `<UpdateJobStatusResult><JobId>${id}</JobId><Status>${job.status}</Status></UpdateJobStatusResult>`,
            };
        }
        const body = describe(id, job);
        this.advance(id, job);
        return { body };
    }

    private create(body: string): string {
        const bucket = only(body, "SourceBucket").replace("arn:aws:s3:::", "");
        const prefixes = [...body.matchAll(/<MatchAnyPrefix>(.*?)<\/MatchAnyPrefix>/g)].flatMap(([, list]) =>
            [...String(list).matchAll(/<member>(.*?)<\/member>/g)].map(([, prefix]) => String(prefix)),
        );
        const storageClass = only(only(body, "MatchAnyStorageClass"), "member");
        const limit = Number(only(body, "ObjectSizeLessThanBytes"));
        const current = (prefixes.length > 0 ? prefixes : [""])
            .flatMap((prefix) => this.namesIn(bucket, prefix).map((key) => `${bucket}/${key}`))
            .filter((name) => {
                const object = this.objects.get(name) as StoredObject;
                return (
                    !object.encrypted &&
                    (object.storageClass ?? "STANDARD") === storageClass &&
                    object.size < limit
                );
            });
        const tasks = [...current, ...this.oldVersions];
        const report = only(body, "Report");
        const id = `job-${this.jobs.size + 1}`;
        this.jobs.set(id, {
            status: "New",
            description: only(body, "Description"),
            tasks,
            reportPrefix: `${only(report, "Bucket").replace("arn:aws:s3:::", "")}/${only(report, "Prefix")}/job-${id}`,
            succeeded: 0,
            failed: 0,
            reason: "Manifest generation found no keys matching the filter criteria.",
        });
        return id;
    }

    private advance(id: string, job: FakeJob): void {
        if (this.jobFailure?.at === job.status) {
            job.status = "Failed";
            job.reason = this.jobFailure.reason;
            return;
        }
        switch (job.status) {
            case "New":
                job.status = "Preparing";
                break;
            case "Preparing":
                job.status = job.tasks.length === 0 ? "Failed" : "Suspended";
                break;
            case "Ready":
                job.status = "Active";
                break;
            case "Active":
                this.copy(id, job);
                break;
        }
    }

    private copy(id: string, job: FakeJob): void {
        const rows: string[] = [];
        for (const name of job.tasks) {
            const failure = this.taskFailures.get(name);
            const object = this.objects.get(name);
            if (failure || !object) {
                const { status, code, message } = failure ?? {
                    status: 404,
                    code: "NoSuchKey",
                    message: "gone",
                };
                const [bucket, ...key] = name.split("/");
                const outcome = this.rows === "as shown" ? [status, code] : [code, status];
                rows.push([bucket, key.join("/"), "", "failed", ...outcome, `"${message}"`].join());
                continue;
            }
            const { headers, ...kept } = object;
            this.objects.set(name, { ...kept, encrypted: true, ...(!this.losesMetadata && { headers }) });
        }
        job.failed = rows.length;
        job.succeeded = job.tasks.length - rows.length;
        job.status = "Complete";
        const [bucket = "", ...prefix] = job.reportPrefix.split("/");
        const results = `${prefix.join("/")}/results/failed.csv`;
        this.report(`${job.reportPrefix}/manifest.json`, {
            Format: "Report_CSV_20180820",
            ReportCreationDate: "2026-01-01T00:00:00Z",
            Results: [
                {
                    TaskExecutionStatus: "succeeded",
                    Bucket: bucket,
                    MD5Checksum: "",
                    Key: `${id}-succeeded.csv`,
                },
                ...(rows.length > 0
                    ? [{ TaskExecutionStatus: "failed", Bucket: bucket, MD5Checksum: "", Key: results }]
                    : []),
            ],
            ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
        });
        this.objects.set(`${bucket}/${results}`, {
            size: 1,
            encrypted: true,
            body: rows.map((row) => `${row}\n`).join(""),
        });
    }

    private report(name: string, content: object): void {
        this.objects.set(name, { size: 1, encrypted: true, body: JSON.stringify(content) });
    }
}

interface Answer {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

function notFound(code: string): Answer {
    return { status: 404, body: `<Error><Code>${code}</Code><Message>none</Message></Error>` };
}

/** The text of an element that is there once. */
function only(xml: string, element: string): string {
    return new RegExp(`<${element}>(.*?)</${element}>`, "s").exec(xml)?.[1] ?? "";
}

function describe(id: string, { status, tasks, succeeded, failed, reason }: FakeJob): string {
    const total = status === "New" || status === "Preparing" ? 0 : tasks.length;
    const why =
        status === "Failed"
            ? `<FailureReasons><member><FailureCode>ManifestGenerationFailed</FailureCode><FailureReason>${reason}</FailureReason></member></FailureReasons>`
            : "";
    return `<DescribeJobResult><Job><JobId>${id}</JobId><Status>${status}</Status>${why}<ProgressSummary><TotalNumberOfTasks>${total}</TotalNumberOfTasks><NumberOfTasksSucceeded>${succeeded}</NumberOfTasksSucceeded><NumberOfTasksFailed>${failed}</NumberOfTasksFailed></ProgressSummary></Job></DescribeJobResult>`;
}
