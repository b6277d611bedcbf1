import type { IncomingMessage } from "node:http";

/** An object in a fake bucket. */
export interface StoredObject {
    readonly size: number;
    readonly encrypted?: boolean;
    /** Default `STANDARD`. */
    readonly storageClass?: string;
    /** ISO 8601. */
    readonly modified?: string;
    /** Header → value, including `x-amz-meta-`. */
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

export interface FakeJob {
    status: string;
    readonly description: string;
    /** `bucket/key`. */
    readonly tasks: readonly string[];
    readonly reportPrefix: string;
    succeeded: number;
    failed: number;
    reason: string;
}

export interface Answer {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

/** The content of the fake, and the faults that a test asks for. */
export class State {
    readonly objects = new Map<string, StoredObject>();
    readonly jobs = new Map<string, FakeJob>();
    readonly requests: Request[] = [];
    /** Bucket → the `Status` of its versioning. */
    readonly versioning = new Map<string, string>();
    /** Bucket → the days after which its lifecycle deletes old versions. */
    readonly noncurrentDays = new Map<string, number>();
    /** `bucket/key` → how its task fails. */
    readonly taskFailures = new Map<string, { status: number; code: string; message: string }>();
    /** `bucket/key` → the status of the answer to HEAD. */
    readonly heads = new Map<string, number>();
    /** `bucket/key` of unencrypted old versions, which manifests include. */
    readonly oldVersions: string[] = [];
    /** Whether rows of reports follow AWS's example or their schema. */
    rows: "as shown" | "as the schema says" = "as shown";
    /** Whether batch jobs lose user metadata. */
    losesMetadata = false;
    /** Jobs fail as a whole at the end of this state. */
    jobFailure: { readonly at: "Preparing" | "Active"; readonly reason: string } | undefined;
    /** Requests to refuse once, each with a status and an error's code. */
    readonly refusals: { readonly on: RegExp; readonly status: number; readonly code: string }[] = [];
    /** Called when a job is confirmed. */
    onConfirmed: (() => void) | undefined;
    clusters: readonly { readonly Id: string; readonly Name: string; readonly stackTag: string }[] = [];
    /** Multipart uploads in progress. */
    uploads = 0;

    reset(): void {
        Object.assign(this, new State());
    }

    /** The matching requests, in order. */
    sent(method: string, url: RegExp): readonly Request[] {
        return this.requests.filter((request) => request.method === method && url.test(request.url));
    }

    namesIn(bucket: string, prefix: string): readonly string[] {
        const start = `${bucket}/${prefix}`;
        return [...this.objects.keys()]
            .filter((name) => name.startsWith(start))
            .map((name) => name.slice(bucket.length + 1));
    }
}

export function notFound(code: string): Answer {
    return { status: 404, body: `<Error><Code>${code}</Code><Message>none</Message></Error>` };
}
