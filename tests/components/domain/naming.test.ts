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
        ["uses the stack's name", "dev", "snowplow-dev"],
        ["keeps digits", "2024", "snowplow-2024"],
        ["converts capitals to lower case", "EU-Prod", "snowplow-eu-prod"],
        ["replaces each run of other characters by one hyphen", "eu_west.-_1--a", "snowplow-eu-west-1-a"],
        ["removes hyphens at both ends", "_dev.", "snowplow-dev"],
        ["keeps 16 characters", "abcdefghijklmnop", "snowplow-abcdefghijklmnop"],
        ["cuts the 17th", "abcdefghijklmnopq", "snowplow-abcdefghijklmnop"],
        ["removes a hyphen before the cut", "abcdefghijklmno-pq", "snowplow-abcdefghijklmno"],
        ["does not count a hyphen at the start", "-abcdefghijklmnop", "snowplow-abcdefghijklmnop"],
        ["is `snowplow` if no character is left", "___", "snowplow"],
    ] as const) {
        it(title, () => {
            expect(physicalPrefix(stack)).to.equal(prefix);
        });
    }

    it("leads to names that S3 and the AWS provider accept, for any stack name", () => {
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
    it("puts the bucket after the prefix, and a hyphen before the generated suffix", () => {
        expect(bucketPrefix("snowplow-dev", "certs")).to.equal("snowplow-dev-certs-");
    });

    it("has EMR's tag as AmazonEMRServicePolicy_v2 needs it: a string, not a boolean", () => {
        expect(EMR_TAG).to.deep.equal({ "for-use-with-amazon-emr-managed-policies": "true" });
    });

    it("has one tag for the resources of a stack", () => {
        expect(STACK_TAG).to.equal("snowplow-emr-stack");
    });
});
