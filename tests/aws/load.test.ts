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

    for (const [objects, size] of [
        [10_000, 20],
        [100_000, 1000],
    ] as const) {
        it(`checks ${size} of ${objects} objects in each of two locations with little memory and few simultaneous requests`, async () => {
            const bucket = new FullBucket(objects);
            try {
                const { checks, memory } = await sample(await bucket.start(), size);
                expect(checks.map(({ status, found }) => [status, found])).to.deep.equal(
                    Array(2).fill(["ok", `${size} of ${objects} looked at: all encrypted`]),
                );
                expect(bucket.asked).to.deep.equal({ list: (2 * objects) / 1000, head: 2 * size });
                expect(bucket.peak).to.be.within(2, 16);
                expect(memory.after).to.be.below(250);
                // All keys together need more.
                expect(memory.after - memory.before).to.be.below(60);
            } finally {
                bucket.stop();
            }
        });
    }

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
