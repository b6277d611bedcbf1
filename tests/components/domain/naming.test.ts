import { expect } from "chai";
import fc from "fast-check";
import { EMR_TAG, NAMES, namePrefix, physicalPrefix, STACK_TAG } from "../../../components/domain/naming";

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

    it("leads to prefixes that the AWS provider accepts, for every kind of name and any stack name", () => {
        const accepted: Readonly<Record<string, RegExp>> = {
            keyAlias: /^alias\/snowplow-([a-z0-9]+-)*$/,
        };
        const kinds = Object.entries(NAMES).flatMap(([kind, { words, limit }]) =>
            (words.length === 0 ? [[]] : words.map((word) => [word])).map((word) => ({ kind, word, limit })),
        );
        const prefixOf = namePrefix as (kind: string, prefix: string, ...word: readonly string[]) => string;
        fc.assert(
            fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (stack) => {
                for (const { kind, word, limit } of kinds) {
                    const start = prefixOf(kind, physicalPrefix(stack), ...word);
                    expect(start).to.have.length.at.most(limit);
                    expect(start).to.match(accepted[kind] ?? /^snowplow-([a-z0-9]+-)*$/);
                }
            }),
            { numRuns: 200, examples: [["abcdefghijklmnop"]] },
        );
    });
});

describe("naming", () => {
    it("puts the word after the prefix, and a hyphen before the generated suffix", () => {
        expect(namePrefix("bucket", "snowplow-dev", "certs")).to.equal("snowplow-dev-certs-");
        expect(namePrefix("keyPair", "snowplow-dev")).to.equal("snowplow-dev-");
    });

    it("has EMR's tag as AmazonEMRServicePolicy_v2 needs it: a string, not a boolean", () => {
        expect(EMR_TAG).to.deep.equal({ "for-use-with-amazon-emr-managed-policies": "true" });
    });

    it("has one tag for the resources of a stack", () => {
        expect(STACK_TAG).to.equal("snowplow-emr-stack");
    });
});
