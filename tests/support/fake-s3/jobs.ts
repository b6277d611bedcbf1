import { type Answer, type FakeJob, notFound, type Request, type State } from "./state";

export const CONTROL = "/v20180820/jobs";

/** Answers a request to S3 Control. */
export function control(state: State, request: Request, pathname: string, query: URLSearchParams): Answer {
    const [id, action] = pathname.slice(CONTROL.length + 1).split("/");
    if (!id) {
        return { body: `<CreateJobResult><JobId>${create(state, request.body)}</JobId></CreateJobResult>` };
    }
    const job = state.jobs.get(id);
    if (!job) {
        return notFound("NoSuchJobException");
    }
    if (action === "status") {
        const wanted = query.get("requestedJobStatus") ?? "";
        if (job.status === "Cancelled") {
            return {
                status: 400,
                body: "<Error><Code>JobStatusException</Code><Message>cancelled</Message></Error>",
            };
        }
        job.status = wanted;
        return {
            body: `<UpdateJobStatusResult><JobId>${id}</JobId><Status>${wanted}</Status></UpdateJobStatusResult>`,
        };
    }
    const body = describe(state, id, job);
    advance(state, job);
    return { body };
}

function create(state: State, body: string): string {
    const location = only(only(body, "Manifest"), "ObjectArn").replace("arn:aws:s3:::", "");
    const rows = String(state.objects.get(location)?.body).trim().split("\n");
    const id = `job-${state.jobs.size + 1}`;
    const report = only(body, "Report");
    state.jobs.set(id, {
        status: "New",
        echo: ["Manifest", "Operation", "RoleArn"]
            .map((name) => `<${name}>${only(body, name)}</${name}>`)
            .join(""),
        tasks: rows.map((row) => {
            const [bucket, key = ""] = row.split(",");
            return `${bucket}/${decodeURIComponent(key)}`;
        }),
        reportPrefix: `${only(report, "Bucket").replace("arn:aws:s3:::", "")}/${only(report, "Prefix")}/job-${id}`,
        succeeded: 0,
        failed: 0,
    });
    return id;
}

/** A job advances each time that it is described. */
function advance(state: State, job: FakeJob): void {
    const next: Readonly<Record<string, string>> = {
        New: "Preparing",
        Preparing: "Suspended",
        Ready: "Active",
    };
    if (job.status === "Preparing" && state.jobEnds[0] === "Unprepared") {
        job.status = "Failed";
    } else if (job.status === "Active") {
        copy(state, job);
    } else {
        job.status = next[job.status] ?? job.status;
    }
}

const GONE = { status: 404, code: "NoSuchKey", message: "gone" };

function copy(state: State, job: FakeJob): void {
    const rows = { succeeded: [] as string[], failed: [] as string[] };
    for (const name of job.tasks) {
        const object = state.objects.get(name);
        const failure = state.taskFailures.get(name) ?? (object ? undefined : GONE);
        const [bucket, ...key] = name.split("/");
        const encoded = key.map(encodeURIComponent).join("/");
        const reported = state.report === "spaces as plus signs" ? encoded.replaceAll("%20", "+") : encoded;
        const result = (status: string, ...others: readonly (string | number)[]) =>
            [bucket, reported, "", status, ...others].join();
        if (failure || !object) {
            const { status, code, message } = failure ?? GONE;
            const outcome = state.report === "columns by the schema" ? [code, status] : [status, code];
            rows.failed.push(result("failed", ...outcome, `"${message}"`));
        } else {
            rows.succeeded.push(result("succeeded", 200, "", "Successful"));
            const { headers: { etag = "", ...others } = {}, ...kept } = object;
            // The ETag of a multipart upload has a hyphen; a copy is no multipart upload.
            const headers = { ...others, ...(etag && { etag: etag.replace(/-\d+/, "") }) };
            state.objects.set(name, { ...kept, encrypted: true, ...(!state.losesMetadata && { headers }) });
        }
    }
    job.failed = rows.failed.length;
    job.succeeded = rows.succeeded.length;
    job.status = state.jobEnds[0];
    if (state.report === "missing") {
        return;
    }
    const [bucket = "", ...prefix] = job.reportPrefix.split("/");
    const results = Object.entries(rows)
        .filter(([, { length }]) => length > 0)
        .slice(0, state.report === "half" ? 1 : 2)
        .map(([TaskExecutionStatus, lines]) => {
            const Key = `${prefix.join("/")}/results/${TaskExecutionStatus}.csv`;
            const body = lines.flatMap((line) =>
                state.report === "another job's"
                    ? line.replace(",", ",x")
                    : state.report === "twice the rows"
                      ? [line, line]
                      : line,
            );
            state.objects.set(`${bucket}/${Key}`, { size: 1, encrypted: true, body: `${body.join("\n")}\n` });
            return { TaskExecutionStatus, Bucket: bucket, MD5Checksum: "", Key };
        });
    const manifest = JSON.stringify({
        Format: "Report_CSV_20180820",
        ReportCreationDate: "2026-01-01T00:00:00Z",
        Results: results,
        ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
    });
    state.objects.set(`${job.reportPrefix}/manifest.json`, {
        size: 1,
        encrypted: true,
        body: state.report === "not JSON" ? "<html>" : state.report === "of another form" ? "{}" : manifest,
    });
}

/** The text of the only element with this name. */
function only(xml: string, element: string): string {
    return new RegExp(`<${element}>(.*?)</${element}>`, "s").exec(xml)?.[1] ?? "";
}

function describe(state: State, id: string, { status, tasks, succeeded, failed, echo }: FakeJob): string {
    const total = status === "New" || status === "Preparing" ? 0 : tasks.length + state.additionalTasks;
    const [, reason] = state.jobEnds;
    const why =
        status === "Failed" || status === "Cancelled"
            ? `<FailureReasons><member><FailureCode>Fault</FailureCode><FailureReason>${reason}</FailureReason></member></FailureReasons>`
            : "";
    return `<DescribeJobResult><Job><JobId>${id}</JobId><Status>${status}</Status>${echo}${why}<ProgressSummary><TotalNumberOfTasks>${total}</TotalNumberOfTasks><NumberOfTasksSucceeded>${succeeded}</NumberOfTasksSucceeded><NumberOfTasksFailed>${failed}</NumberOfTasksFailed></ProgressSummary></Job></DescribeJobResult>`;
}
