import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CONTROL_HOST, resolveControlHost } from "../control-host";
import { advance, CONTROL, control } from "./jobs";
import { bucketAnswer, objectAnswer } from "./s3";
import { type Answer, type Request, State } from "./state";

export type { StoredObject } from "./state";

/**
 * S3 and S3 Control as far as `encrypt-existing` calls them, with answers in their documented form, and the calls of
 * STS and EMR. A job advances each time that it is described.
 */
export class FakeS3 extends State {
    private readonly server = createServer((request, response) => void this.answer(request, response));
    private restoreLookup: () => void = () => undefined;
    private readonly environment = { ...process.env };

    /** Starts the server, and sends all requests of the SDK to it. */
    async start(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        const { port } = this.server.address() as AddressInfo;
        Object.assign(process.env, {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
            AWS_ENDPOINT_URL_S3_CONTROL: `http://${CONTROL_HOST}:${port}`,
            AWS_ACCESS_KEY_ID: "testing",
            AWS_SECRET_ACCESS_KEY: "testing",
        });
        this.restoreLookup = resolveControlHost();
    }

    async stop(): Promise<void> {
        this.restoreLookup();
        process.env = this.environment;
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    /** Runs confirmed jobs to their end. */
    finishJobs(): void {
        for (const [id, job] of this.jobs) {
            while (job.status === "Ready" || job.status === "Active") {
                advance(this, id, job);
            }
        }
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
                .end(`<Error><Code>${code}</Code><Message>refused by the test</Message></Error>`);
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
            return control(this, request, pathname, query);
        }
        const [, bucket = "", ...rest] = pathname.split("/");
        const key = decodeURIComponent(rest.join("/"));
        return key === ""
            ? bucketAnswer(this, bucket, query)
            : objectAnswer(this, request, bucket, key, query);
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
                      Tags: [{ Key: "snowplow-emr-stack", Value: cluster?.stackTag }],
                  },
              };
        return { headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(answer) };
    }
}
