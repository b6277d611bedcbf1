import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { runStack } from "../support/run";
import { FullBucket } from "./load/full-bucket";
import type { Sampled } from "./load/sample";

/** V8's memory limit in MB: a low limit leaves less garbage in the measurement. */
const HEAP = 128;

describe("verify --sample, under load", function () {
    this.slow(20_000);
    let outputs: Readonly<Record<string, unknown>>;

    before(async () => {
        const { buckets, ...others } = (await runStack()).outputs;
        const all = buckets as Readonly<Record<string, string>>;
        const two = ["raw.archive", "enriched.archive"].map((location) => [location, all[location]]);
        outputs = { ...others, buckets: Object.fromEntries(two) };
    });

    it("checks 1000 of 100000 old objects in each of two locations with little memory", async () => {
        const objects = 100_000;
        const size = 1000;
        const bucket = new FullBucket(objects);
        try {
            const { evidence, memory } = await sample(await bucket.start(), size);
            for (const { result, found } of evidence) {
                expect(result).to.equal("ok");
                // The two samples of a location may have objects in common.
                expect(found).to.match(
                    /^(1\d{3}|2000) checked of 100000 listed, of which 100000 are from before February 2023$/,
                );
            }
            expect(evidence.length).to.equal(2);
            expect(bucket.asked.list).to.equal((2 * objects) / 1000);
            expect(bucket.asked.head).to.be.within(2 * size, 4 * size);
            expect(bucket.peak).to.be.within(2, 16);
            expect(memory.after).to.be.below(250);
            // All keys together need more.
            expect(memory.after - memory.before).to.be.below(60);
        } finally {
            bucket.stop();
        }
    });

    async function sample(url: string, size: number): Promise<Sampled> {
        const script = path.join(__dirname, "load/sample.ts");
        const args = [`--max-old-space-size=${HEAP}`, "--import", "tsx", script, String(size)];
        const child = spawn(process.execPath, args, {
            env: { ...process.env, AWS_ENDPOINT_URL: url },
            stdio: ["pipe", "pipe", "inherit"],
        });
        child.stdin.end(JSON.stringify(outputs));
        return JSON.parse(await text(child.stdout)) as Sampled;
    }
});
