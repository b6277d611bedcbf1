import { expect } from "chai";
import { regionErrors } from "../../../components/args";
import { OTHER_REGIONS, REGIONS } from "../../../components/domain/region";

/** What the fix of each suggests. */
const SUGGESTED: Readonly<Record<string, readonly string[]>> = {
    "did you mean eu-west-1?": [
        ...[
            "EU-WEST-1",
            "eu-west-1a",
            "eu-west1",
            "euwest1",
            "eu_west_1",
            "eu-wset-1",
            "eu-wesst-1",
            " eu-west-1 ",
        ],
        "eu-west-11",
    ],
    "did you mean us-east-1?": ["us-east1", "US-EAST-1B"],
    "did you mean us-east-1 or us-east-2?": ["us-east"],
    "did you mean us-east-1 or us-west-1?": ["us-est-1"],
    "did you mean ap-southeast-1?": ["ap-southest-1"],
    "write the value itself: ERB tags and variables are not evaluated": ["$" + "{AWS_REGION}"],
    "": [
        ...["eu-west-3", "eu-wset-3", "eu-west-3a", "us-gov-west-1"], // another region of AWS's
        ...["eu-west-4", "eu-west", "us-north-1", "ap-north-1"], // no region, or one of many
        ...["mars-north-1", "us", "Frankfurt", "hunter2", ""],
    ],
};

describe("regionErrors", () => {
    it("accepts the regions with hosted assets, and no other", () => {
        expect(REGIONS.flatMap((region) => regionErrors(region))).to.deep.equal([]);
        for (const region of [...OTHER_REGIONS, undefined]) {
            expect(regionErrors(region).map(({ code, path }) => [code, path])).to.deep.equal([
                ["unsupported-region", ["region"]],
            ]);
        }
    });

    for (const [fix, regions] of Object.entries(SUGGESTED)) {
        it(fix === "" ? "suggests nothing far" : `suggests: ${fix}`, () => {
            for (const region of regions) {
                expect(regionErrors(region)[0]?.fix ?? "", region).to.equal(fix);
            }
        });
    }
});
