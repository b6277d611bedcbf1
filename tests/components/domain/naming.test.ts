import { expect } from "chai";
import fc from "fast-check";
import {
    bucketPrefix,
    EMR_TAG,
    GENERATED_SUFFIX_LENGTH,
    physicalPrefix,
    STACK_TAG,
} from "../../../components/domain/naming";

describe("physicalPrefix", () => {
    for (const [title, stack, prefix] of [
        ["takes the stack's name", "dev", "snowplow-dev"],
        ["takes digits", "2024", "snowplow-2024"],
        ["lowers capitals", "EU-Prod", "snowplow-eu-prod"],
        ["makes one hyphen of each run of other characters", "eu_west.-_1--a", "snowplow-eu-west-1-a"],
        ["has no hyphen at either end of the slug", "_dev.", "snowplow-dev"],
        ["keeps 16 characters", "abcdefghijklmnop", "snowplow-abcdefghijklmnop"],
        ["cuts the 17th", "abcdefghijklmnopq", "snowplow-abcdefghijklmnop"],
        ["leaves no hyphen where it cuts", "abcdefghijklmno-pq", "snowplow-abcdefghijklmno"],
        ["does not count a hyphen at the start", "-abcdefghijklmnop", "snowplow-abcdefghijklmnop"],
        ["is snowplow alone when nothing is left", "___", "snowplow"],
    ] as const) {
        it(title, () => {
            expect(physicalPrefix(stack)).to.equal(prefix);
        });
    }

    it("leads to names that S3 and the AWS provider take, whatever the stack is called", () => {
        const suffix = "0".repeat(GENERATED_SUFFIX_LENGTH);
        const buckets = ["collector", "pipeline", "archive", "logs", "certs"] as const;
        fc.assert(
            fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (stack) => {
                for (const bucket of buckets) {
                    const start = bucketPrefix(physicalPrefix(stack), bucket);
                    expect(start).to.have.length.at.most(37);
                    expect(start).to.match(/^snowplow-([a-z0-9]+-)*$/);
                    expect(start + suffix).to.have.length.at.most(63);
                }
            }),
            { numRuns: 200 },
        );
    });
});

describe("naming", () => {
    it("puts the bucket behind the prefix, and a hyphen before what is generated", () => {
        expect(bucketPrefix("snowplow-dev", "certs")).to.equal("snowplow-dev-certs-");
    });

    it("has EMR's tag as AmazonEMRServicePolicy_v2 asks for it: a text, not a boolean", () => {
        expect(EMR_TAG).to.deep.equal({ "for-use-with-amazon-emr-managed-policies": "true" });
    });

    it("has one tag for what belongs to a stack", () => {
        expect(STACK_TAG).to.equal("snowplow-emr-stack");
    });
});
