import type { IncomingMessage } from "node:http";

/** An object in a fake bucket, or a noncurrent version of one. */
export interface StoredObject {
    readonly size: number;
    readonly encrypted?: boolean;
    /** Default `STANDARD`. */
    readonly storageClass?: string;
    /** ISO 8601. Default: 2020. */
    readonly modified?: string;
    /** Header → value, including `x-amz-meta-`. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly versionId?: string;
}

export interface Request {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
}

export interface FakeJob {
    status: string;
    /** The elements of CreateJob that DescribeJob returns. */
    readonly echo: string;
    /** `bucket/key`. */
    readonly tasks: readonly string[];
    readonly reportPrefix: string;
    succeeded: number;
    failed: number;
}

export interface Answer {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

/** The content of the fake, and the faults that a test asks for. */
export class State {
    readonly objects: Map<string, StoredObject> = new Map();
    /** `bucket/key`, and a noncurrent version. */
    readonly oldVersions: (readonly [string, StoredObject])[] = [];
    /** The parts of uploads that are not complete, by `bucket/key`. */
    readonly uploads = new Map<string, string[]>();
    readonly jobs = new Map<string, FakeJob>();
    readonly requests: Request[] = [];
    /** `bucket?setting`, such as `acme?lifecycle` → the XML of S3's answer. */
    readonly settings = new Map<string, string>();
    /** `bucket/key` → how its task fails. */
    readonly taskFailures = new Map<string, { status: number; code: string; message: string }>();
    /** `bucket/key` → the status of the answer to HEAD, and the error's code in the answer to GET. */
    readonly heads = new Map<string, readonly [number, string]>();
    /** How reports of jobs deviate from AWS's example. */
    report:
        | "complete"
        | "columns by the schema"
        | "spaces as plus signs"
        | "missing"
        | "half"
        | "twice the rows"
        | "another job's"
        | "not JSON"
        | "of another form" = "complete";
    /** Whether batch jobs lose user metadata. */
    losesMetadata = false;
    /** The status in which jobs end, and why. */
    jobEnds: readonly [status: string, reason: string] = ["Complete", ""];
    /** The tasks that S3 counts in addition to the manifest's. */
    additionalTasks = 0;
    /** Requests to refuse, each with a status and an error's code, `empty` or `cut off`. */
    readonly refusals: {
        readonly on: RegExp;
        readonly status: number;
        readonly code: string;
        times?: number;
    }[] = [];
    /** Called before a matching request is answered. */
    readonly hooks: { readonly on: RegExp; readonly run: () => void | Promise<void> }[] = [];
    clusters: readonly { readonly Id: string; readonly Name: string; readonly stackTag: string }[] = [];

    protected onRequest(request: Request): void | Promise<void> {
        this.requests.push(request);
    }

    /** The matching requests, in order. */
    sent(method: string, url: RegExp): readonly Request[] {
        return this.requests.filter((request) => request.method === method && url.test(request.url));
    }

    namesIn(bucket: string, prefix: string): readonly string[] {
        const start = `${bucket}/${prefix}`;
        return [...this.objects.keys()]
            .filter((name) => name.startsWith(start))
            .sort()
            .map((name) => name.slice(bucket.length + 1));
    }
}

export function notFound(code: string): Answer {
    return { status: 404, body: `<Error><Code>${code}</Code><Message>none</Message></Error>` };
}
