import { expect } from "chai";
import { chooseLocations, placesOf } from "../../../commands/encrypt-existing/places";
import { formatS3Url } from "../../../components/domain/locations";

type Outputs = Parameters<typeof placesOf>[0];

/** An archive around a live location and another archive. */
const OUTPUTS = {
    buckets: {
        "raw.in": ["s3://acme/raw/"],
        "raw.archive": "s3://acme/",
        "enriched.archive": "s3://acme/archive/",
        "shredded.archive": "s3://other/archive/",
    },
} as unknown as Outputs;

describe("nested locations in encrypt-existing", () => {
    it("are skipped like live ones if they contain a live one", () => {
        expect(chooseLocations(OUTPUTS, {})).to.deep.equal(["enriched.archive", "shredded.archive"]);
        expect(() => chooseLocations(OUTPUTS, { location: ["raw.archive"] })).to.throw(
            "--location raw.archive: jobs move these objects",
        );
        expect(chooseLocations(OUTPUTS, { location: ["raw.archive"], paused: true })).to.deep.equal([
            "raw.archive",
        ]);
    });

    it("are gone through once", () => {
        expect(placesOf(OUTPUTS, Object.keys(OUTPUTS.buckets)).map(formatS3Url)).to.deep.equal([
            "s3://acme/",
            "s3://other/archive/",
        ]);
        const equal = { buckets: { a: "s3://acme/x/", b: "s3://acme/x/" } } as unknown as Outputs;
        expect(placesOf(equal, ["a", "b"]).map(formatS3Url)).to.deep.equal(["s3://acme/x/"]);
        expect(placesOf(OUTPUTS, ["enriched.archive"]).map(formatS3Url)).to.deep.equal([
            "s3://acme/archive/",
        ]);
    });
});
