import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An answer in place of moto's. */
interface Answer {
    readonly status: number;
    readonly body: string;
}

const NEVER: Answer = { status: 0, body: "" };

/** Between a command and moto: answers some requests itself, by the name of the API's operation. */
export class MotoProxy {
    private readonly answers = new Map<string, Answer>();
    /** The operations of requests that change something, in order. */
    readonly changes: string[] = [];

    private constructor(
        private readonly server: Server,
        readonly url: string,
    ) {}

    static async start(upstream: string): Promise<MotoProxy> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const proxy = new MotoProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on("request", async (incoming, outgoing) => {
            const body = await buffer(incoming);
            const operation = operationOf(incoming.method ?? "", incoming.url ?? "", incoming.headers, body);
            if (!/^(Get|List|Describe)/.test(operation)) {
                proxy.changes.push(operation);
            }
            const answer = proxy.answers.get(operation);
            if (answer === NEVER) {
                return;
            }
            if (answer) {
                outgoing.writeHead(answer.status).end(answer.body);
                return;
            }
            const { method, url, headers } = incoming;
            request(`${upstream}${url}`, { method, headers }, (response) => {
                outgoing.writeHead(response.statusCode ?? 500, response.headers);
                response.pipe(outgoing);
            }).end(body);
        });
        return proxy;
    }

    /** Answers an operation with a document. */
    answer(operation: string, body: string): void {
        this.answers.set(operation, { status: 200, body });
    }

    /** Never answers an operation. */
    hang(operation: string): void {
        this.answers.set(operation, NEVER);
    }

    /** Refuses operations with an error's code: of JSON, of EC2, and of the other XML protocols. */
    refuse(code: string, ...operations: readonly string[]): void {
        for (const operation of operations) {
            const body = EMR.test(operation)
                ? JSON.stringify({ __type: code, message: "No." })
                : `<Response><Errors><Error><Code>${code}</Code><Message>No.</Message></Error></Errors><Error><Code>${code}</Code><Message>No.</Message></Error></Response>`;
            // S3 has the error at the top.
            const isS3 = /Bucket|Object|Multipart|AccessPoint|Job/.test(operation) && !EMR.test(operation);
            this.answers.set(operation, {
                status: 403,
                body: isS3 ? `<Error><Code>${code}</Code><Message>No.</Message></Error>` : body,
            });
        }
    }

    reset(): void {
        this.answers.clear();
        this.changes.length = 0;
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }
}

const EMR = /Cluster|JobFlow|SecurityConfiguration/;

/** The operations of S3 and S3 Control that `teardown` calls. */
const REST: readonly (readonly [RegExp, string])[] = [
    [/^GET \/v20180820\/accesspoint\?/, "ListAccessPoints"],
    [/^GET \/v20180820\/jobs\?/, "ListJobs"],
    [/^GET \/v20180820\/jobs\/job-own/, "DescribeJob own"],
    [/^GET \/v20180820\/jobs\/job-other/, "DescribeJob other"],
    [/^GET .*[?&]versions\b/, "ListObjectVersions"],
    [/^GET .*[?&]uploads\b/, "ListMultipartUploads"],
    [/^GET .*[?&]tagging\b/, "GetBucketTagging"],
    [/^GET \/\?x-id=ListBuckets$/, "ListBuckets"],
];

function operationOf(
    method: string,
    url: string,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    body: Buffer,
): string {
    const target = headers["x-amz-target"];
    const [, action] = /^Action=(\w+)|&Action=(\w+)/.exec(body.subarray(0, 2000).toString()) ?? [];
    return (
        (typeof target === "string" ? target.split(".")[1] : action) ??
        REST.find(([pattern]) => pattern.test(`${method} ${url}`))?.[1] ??
        `${method} ${url}`
    );
}
