import { expect } from "chai";
import { CONCURRENCY } from "../../commands/encrypt-existing/objects";
import { measure, scriptArgs } from "../bench/peak-memory";
import { LargeS3 } from "../support/fake-s3/large";
import { MINIMAL, runStack } from "../support/run";

const BUCKET = "snowplow-dev-archive-placeholder";

describe("encrypt-existing of many objects", () => {
    it("makes few requests at once, and needs less than 250 MB", async function () {
        this.timeout(300_000);
        const { outputs } = await runStack({ ...MINIMAL, storage: { reencryption: true } });
        const objects = 20_000;
        const s3 = new LargeS3({
            bucket: BUCKET,
            prefixes: ["raw/"],
            objects,
            oldOnes: 10,
            unencryptedOnes: 500,
        });
        const args = [...scriptArgs("encrypt-existing"), "--json", "--location", "raw.archive"];
        const { status, stdout, stderr, megabytes } = await measure(
            args,
            JSON.stringify(outputs),
            await s3.start(),
        );
        await s3.stop();
        expect({ status, stderr }).to.deep.include({ status: 1 });
        expect(JSON.parse(stdout).found).to.deep.equal([
            { bucket: BUCKET, storageClass: "STANDARD", objects: 20 },
            { bucket: BUCKET, storageClass: "STANDARD", objects: 20 },
        ]);
        expect(s3.asked).to.deep.include({ list: objects / 1000 + 1, head: objects / 10 });
        expect(s3.peak).to.be.within(2, 2 * CONCURRENCY);
        expect(megabytes).to.be.lessThan(250);
    });
});
