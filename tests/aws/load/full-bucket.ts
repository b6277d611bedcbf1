import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The size of a page of S3. */
const PAGE = 1000;

/** Milliseconds before an answer, so that requests overlap. */
const LATENCY = 2;

/** A bucket full of encrypted objects, as `ListObjectsV2` and `HeadObject` describe it. */
export class FullBucket {
    /** The largest number of simultaneous requests. */
    peak = 0;
    readonly asked = { list: 0, head: 0 };
    private underWay = 0;
    private readonly server: Server;

    /** @param objects The number of objects below each prefix. */
    constructor(private readonly objects: number) {
        this.server = createServer((request, response) => {
            this.underWay += 1;
            this.peak = Math.max(this.peak, this.underWay);
            this.answer(request, response).finally(() => {
                this.underWay -= 1;
            });
        });
    }

    /** @returns The address of the server. */
    async start(): Promise<string> {
        await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    private async answer({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
        await sleep(LATENCY);
        if (method === "HEAD") {
            this.asked.head += 1;
            response.writeHead(200, { "x-amz-server-side-encryption": "AES256" }).end();
            return;
        }
        this.asked.list += 1;
        const { searchParams } = new URL(url, "http://s3");
        const from = Number(searchParams.get("continuation-token"));
        const to = Math.min(from + PAGE, this.objects);
        const contents = Array.from({ length: to - from }, (_, index) =>
            object(`${searchParams.get("prefix")}run=2020-01-01-00-00-00/part-${from + index}`),
        );
        const more = to < this.objects;
        response
            .writeHead(200, { "content-type": "application/xml" })
            .end(
                `<ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join("")}${more ? `<NextContinuationToken>${to}</NextContinuationToken>` : ""}</ListBucketResult>`,
            );
    }
}

/** As long as a continuation token of S3. */
function object(key: string): string {
    return `<Contents><Key>${key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>67108864</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}
