import { expect } from "chai";
import { parseS3Url } from "../../components/domain/locations";
import { sample } from "../bench/commands";
import { LargeS3 } from "../support/fake-s3/large";
import { runStack } from "../support/run";

describe("verify --sample, under load", function () {
    this.slow(20_000);

    it("checks 1000 of 100000 old objects in each of two locations with little memory", async () => {
        const { buckets, ...others } = (await runStack()).outputs;
        const all = buckets as Readonly<Record<string, string>>;
        const two = ["raw.archive", "enriched.archive"].map((location) => [location, all[location]]);
        const folders = two.map(([, url]) => parseS3Url(String(url)));
        const objects = 100_000;
        const size = 1000;
        const s3 = new LargeS3({
            bucket: String(folders[0]?.bucket),
            prefixes: folders.map((folder) => String(folder?.prefix)),
            objects,
            oldOnes: 1,
            unencryptedOnes: Number.POSITIVE_INFINITY,
        });
        try {
            const outputs = { ...others, buckets: Object.fromEntries(two) };
            const { evidence, memory } = await sample(s3, outputs, size);
            for (const { result, found } of evidence) {
                expect(result).to.equal("ok");
                // The two samples of a location may have objects in common.
                expect(found).to.match(
                    /^(1\d{3}|2000) checked of 100000 listed, of which 100000 are from before February 2023$/,
                );
            }
            expect(evidence.length).to.equal(2);
            expect(s3.asked.list).to.equal((2 * objects) / 1000);
            expect(s3.asked.head).to.be.within(2 * size, 4 * size);
            expect(s3.peak).to.be.within(2, 16);
            expect(memory.after).to.be.below(250);
            // All keys together need more.
            expect(memory.after - memory.before).to.be.below(60);
        } finally {
            await s3.stop();
        }
    });
});
