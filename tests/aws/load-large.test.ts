import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { CONCURRENCY } from "../../commands/encrypt-existing/objects";
import { MINIMAL, runStack } from "../support/run";

const ROOT = path.join(__dirname, "../..");
const PAGE = 1000;
const MEGABYTES = 250;
const SIZE = 1000;
/** One in so many objects is from before 2023. */
const OLD = 10;
/** One in so many objects is not encrypted. */
const UNENCRYPTED = 500;
const BUCKET = "snowplow-dev-archive-placeholder";
const REPORT = "process.on('exit',()=>process.stderr.write('\\nmaxRSS='+process.resourceUsage().maxRSS))";

/** An archive of so many objects. */
class LargeArchive {
    requests = 0;
    most = 0;
    private open = 0;
    private readonly server: Server;

    constructor(private readonly keys: number) {
        this.server = createServer(async (request, response) => {
            this.requests += 1;
            this.open += 1;
            this.most = Math.max(this.most, this.open);
            const body = await text(request);
            const [headers, answer] = this.answer(request.method ?? "", String(request.url), body);
            // As slow as S3, so that unlimited requests would pile up.
            setTimeout(() => {
                this.open -= 1;
                response.writeHead(200, { "content-type": "application/xml", ...headers }).end(answer);
            }, 2);
        });
    }

    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private answer(method: string, url: string, body: string): readonly [Record<string, string>, string] {
        const { pathname, searchParams: query } = new URL(url, "http://s3");
        const rest = pathname.split("/");
        if (body.includes("GetCallerIdentity")) {
            return [
                {},
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
            ];
        }
        if (query.has("list-type")) {
            return [{}, this.page(query)];
        }
        if (method === "HEAD") {
            const encrypted = Number(rest.at(-1)) % UNENCRYPTED !== 0;
            return [
                {
                    etag: '"etag"',
                    "content-length": String(SIZE),
                    ...(encrypted && { "x-amz-server-side-encryption": "AES256" }),
                },
                "",
            ];
        }
        return [
            {},
            query.has("tagging")
                ? "<Tagging><TagSet/></Tagging>"
                : query.has("ownershipControls")
                  ? "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"
                  : "<None/>",
        ];
    }

    private page(query: URLSearchParams): string {
        if (query.get("prefix") !== "raw/") {
            return "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        }
        const start = Number(query.get("continuation-token") ?? 0);
        const end = Math.min(start + PAGE, this.keys);
        const contents: string[] = [];
        for (let number = start; number < end; number += 1) {
            const year = number % OLD === 0 ? 2020 : 2024;
            contents.push(
                `<Contents><Key>raw/${number}</Key><Size>${SIZE}</Size><LastModified>${year}-01-01T00:00:00Z</LastModified></Contents>`,
            );
        }
        const token = end < this.keys ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
        return `<ListBucketResult><IsTruncated>${end < this.keys}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`;
    }
}

describe("encrypt-existing of many objects", () => {
    let outputs: string;

    before(async () => {
        outputs = JSON.stringify((await runStack({ ...MINIMAL, storage: { reencryption: true } })).outputs);
    });

    for (const keys of [20_000, 100_000]) {
        it(`processes ${keys} keys in less than ${MEGABYTES} MB, a few at once`, async function () {
            this.timeout(300_000);
            const archive = new LargeArchive(keys);
            const { status, stdout, stderr, megabytes } = await encrypt(await archive.start(), outputs);
            archive.stop();
            expect({ status, stderr }).to.deep.include({ status: 1 });
            expect(JSON.parse(stdout).found).to.deep.equal([
                { bucket: BUCKET, storageClass: "STANDARD", objects: 20 },
                { bucket: BUCKET, storageClass: "STANDARD", objects: keys / UNENCRYPTED - 20 },
            ]);
            expect(archive.most).to.be.within(2, 2 * CONCURRENCY);
            expect(megabytes).to.be.lessThan(MEGABYTES);
        });
    }
});

/** Runs the command in a process that prints its peak memory. */
async function encrypt(endpoint: string, outputs: string) {
    const child = spawn(
        process.execPath,
        [
            "--max-old-space-size=128", // As the npm script does.
            ...["--import", `data:text/javascript,${encodeURIComponent(REPORT)}`, "--import", "tsx"],
            ...["commands/encrypt-existing/index.ts", "--json", "--location", "raw.archive"],
        ],
        { cwd: ROOT, env: { ...process.env, AWS_ENDPOINT_URL: endpoint } },
    );
    child.stdin.end(outputs);
    const [stdout, stderr, status] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise<number | null>((resolve) => child.on("close", resolve)),
    ]);
    return { status, stdout, stderr, megabytes: Number(/maxRSS=(\d+)$/.exec(stderr)?.[1]) / 1024 };
}
