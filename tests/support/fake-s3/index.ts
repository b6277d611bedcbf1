import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CONTROL_HOST } from "../control-host";
import { CONTROL, control } from "./jobs";
import { bucketAnswer, objectAnswer } from "./s3";
import { type Answer, type Request, State } from "./state";

export { etagOf } from "./s3";
export type { StoredObject } from "./state";

/**
 * S3 and S3 Control as far as `encrypt-existing` calls them, with answers in their documented form, and the calls of
 * STS and EMR.
 */
export class FakeS3 extends State {
    /** The largest number of simultaneous requests. */
    peak = 0;
    private underWay = 0;
    private readonly server = createServer(async (request, response) => {
        this.underWay += 1;
        this.peak = Math.max(this.peak, this.underWay);
        await this.answer(request, response);
        this.underWay -= 1;
    });

    /** Starts the server, and returns the environment that sends all requests of the SDK to it. */
    async start(): Promise<Readonly<Record<string, string>>> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        const { port } = this.server.address() as AddressInfo;
        return {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
            AWS_ENDPOINT_URL_S3_CONTROL: `http://${CONTROL_HOST}:${port}`,
            AWS_ACCESS_KEY_ID: "testing",
            AWS_SECRET_ACCESS_KEY: "testing",
        };
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const request = {
            method: incoming.method ?? "",
            url: incoming.url ?? "",
            headers: incoming.headers,
            body: await text(incoming),
        };
        await this.onRequest(request);
        const line = `${request.method} ${request.url}`;
        for (const { run } of this.hooks.filter(({ on }) => on.test(line))) {
            await run();
        }
        const refusal = this.refusals.find(({ on, times = 1 }) => times > 0 && on.test(line));
        if (refusal) {
            refusal.times = (refusal.times ?? Number.POSITIVE_INFINITY) - 1;
            if (refusal.code === "cut off") {
                response.writeHead(200, { "content-length": 1000 }).write("half", () => response.destroy());
                return;
            }
            if (refusal.code === "empty") {
                response.writeHead(200, { "content-length": 0 }).end();
                return;
            }
            response
                .writeHead(refusal.status, { "content-type": "application/xml" })
                .end(`<Error><Code>${refusal.code}</Code><Message>refused by the test</Message></Error>`);
            return;
        }
        // Not `new URL`: a key may have a segment `..`.
        const [pathname = "", query] = request.url.split("?");
        const searchParams = new URLSearchParams(query);
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
