import { expect } from "chai";
import { awsClients } from "../../../commands/aws";
import { survey } from "../../../commands/encrypt-existing/survey";
import { FakeS3 } from "../../support/fake-s3";

describe("a survey of a folder", () => {
    const s3 = new FakeS3();

    before(() => s3.start());
    after(() => s3.stop());
    beforeEach(() => s3.reset());

    const tallies = async () =>
        [
            ...(
                await survey(
                    awsClients("eu-west-1").s3,
                    { bucket: "b", prefix: "raw/" },
                    () => undefined,
                    () => undefined,
                )
            ).tallies,
        ].map(([storageClass, { objects, oldest }]) => ({
            storageClass,
            objects,
            oldest: oldest.map(({ key }) => key),
        }));
    const day = (number: number) => new Date(Date.UTC(2020, 0, number)).toISOString();

    it("counts by storage class, and keeps the oldest objects in order", async () => {
        for (const [key, number] of [
            ["c", 3],
            ["a", 1],
            ["d", 4],
            ["b", 2],
        ] as const) {
            s3.objects.set(`b/raw/${key}`, { size: 1, modified: day(number) });
        }
        s3.objects.set("b/raw/e", { size: 1, storageClass: "STANDARD_IA" });
        s3.objects.set("b/raw/f", { size: 1, storageClass: "GLACIER", encrypted: true });
        s3.objects.set("b/elsewhere/g", { size: 1 });
        expect(await tallies()).to.deep.equal([
            { storageClass: "STANDARD", objects: 4, oldest: ["raw/a", "raw/b", "raw/c", "raw/d"] },
            { storageClass: "STANDARD_IA", objects: 1, oldest: ["raw/e"] },
        ]);
    });

    it("keeps the 200 oldest of many objects", async () => {
        const keys = Array.from({ length: 250 }, (_, index) => index);
        for (const key of keys) {
            // The oldest come last, and in the middle.
            s3.objects.set(`b/raw/${key}`, { size: 1, modified: day(1 + ((key * 7) % 250)) });
        }
        const inOrder = keys.toSorted((a, b) => ((a * 7) % 250) - ((b * 7) % 250)).slice(0, 200);
        expect(await tallies()).to.deep.equal([
            { storageClass: "STANDARD", objects: 250, oldest: inOrder.map((key) => `raw/${key}`) },
        ]);
    });
});
