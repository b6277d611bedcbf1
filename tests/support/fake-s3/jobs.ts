import { type Answer, type FakeJob, notFound, type Request, type State, type StoredObject } from "./state";

export const CONTROL = "/v20180820/jobs";

/** Answers a request to S3 Control. */
export function control(state: State, request: Request, pathname: string, query: URLSearchParams): Answer {
    const [id, action] = pathname.slice(CONTROL.length + 1).split("/");
    if (request.method === "POST" && !id) {
        if (/<MatchAnyPrefix>(<member>.*?<\/member>){2}/s.test(request.body)) {
            return {
                status: 400,
                body: "<Error><Code>InvalidRequest</Code><Message>KeyNameConstraint takes one string</Message></Error>",
            };
        }
        return { body: `<CreateJobResult><JobId>${create(state, request.body)}</JobId></CreateJobResult>` };
    }
    if (!id) {
        const wanted = query.getAll("jobStatuses");
        const found = [...state.jobs].filter(([, { status }]) => wanted.includes(status));
        const members = found.map(
            ([jobId, { description, status }]) =>
                `<member><JobId>${jobId}</JobId><Description>${description}</Description><Status>${status}</Status></member>`,
        );
        return { body: `<ListJobsResult><Jobs>${members.join("")}</Jobs></ListJobsResult>` };
    }
    const job = state.jobs.get(id);
    if (!job) {
        return notFound("NoSuchJobException");
    }
    if (action === "status") {
        job.status = query.get("requestedJobStatus") ?? "";
        if (job.status === "Ready") {
            state.onConfirmed?.();
        }
        return {
            body: `<UpdateJobStatusResult><JobId>${id}</JobId><Status>${job.status}</Status></UpdateJobStatusResult>`,
        };
    }
    const body = describe(id, job);
    advance(state, id, job);
    return { body };
}

function create(state: State, body: string): string {
    const bucket = only(body, "SourceBucket").replace("arn:aws:s3:::", "");
    const prefixes = [...body.matchAll(/<MatchAnyPrefix>(.*?)<\/MatchAnyPrefix>/g)].flatMap(([, list]) =>
        [...String(list).matchAll(/<member>(.*?)<\/member>/g)].map(([, prefix]) => String(prefix)),
    );
    const storageClass = only(only(body, "MatchAnyStorageClass"), "member");
    const limit = Number(only(body, "ObjectSizeLessThanBytes"));
    const current = (prefixes.length > 0 ? prefixes : [""])
        .flatMap((prefix) => state.namesIn(bucket, prefix).map((key) => `${bucket}/${key}`))
        .filter((name) => {
            const object = state.objects.get(name) as StoredObject;
            return (
                !object.encrypted &&
                (object.storageClass ?? "STANDARD") === storageClass &&
                object.size < limit
            );
        });
    const tasks = [...current, ...state.oldVersions];
    const report = only(body, "Report");
    const id = `job-${state.jobs.size + 1}`;
    state.jobs.set(id, {
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

export function advance(state: State, id: string, job: FakeJob): void {
    if (state.jobFailure?.at === job.status) {
        job.status = "Failed";
        job.reason = state.jobFailure.reason;
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
            copy(state, id, job);
            break;
    }
}

const GONE = { status: 404, code: "NoSuchKey", message: "gone" };

function copy(state: State, id: string, job: FakeJob): void {
    const rows: string[] = [];
    for (const name of job.tasks) {
        const failure = state.taskFailures.get(name);
        const object = state.objects.get(name);
        if (failure || !object) {
            const { status, code, message } = failure ?? GONE;
            const [bucket, ...key] = name.split("/");
            const outcome = state.rows === "as shown" ? [status, code] : [code, status];
            rows.push([bucket, key.join("/"), "", "failed", ...outcome, `"${message}"`].join());
            continue;
        }
        const { headers, ...kept } = object;
        state.objects.set(name, { ...kept, encrypted: true, ...(!state.losesMetadata && { headers }) });
    }
    job.failed = rows.length;
    job.succeeded = job.tasks.length - rows.length;
    job.status = "Complete";
    const [bucket = "", ...prefix] = job.reportPrefix.split("/");
    const results = `${prefix.join("/")}/results/failed.csv`;
    const result = (TaskExecutionStatus: string, Key: string) => [
        { TaskExecutionStatus, Bucket: bucket, MD5Checksum: "", Key },
    ];
    const manifest = JSON.stringify({
        Format: "Report_CSV_20180820",
        ReportCreationDate: "2026-01-01T00:00:00Z",
        Results: [
            ...result("succeeded", `${id}-succeeded.csv`),
            ...(rows.length > 0 ? result("failed", results) : []),
        ],
        ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
    });
    const failed = rows.map((row) => `${row}\n`).join("");
    state.objects
        .set(`${job.reportPrefix}/manifest.json`, { size: 1, encrypted: true, body: manifest })
        .set(`${bucket}/${results}`, { size: 1, encrypted: true, body: failed });
}

/** The text of the only element with this name. */
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
