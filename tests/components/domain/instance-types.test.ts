import { expect } from "chai";
import { earliestRelease, isSize, nearestType } from "../../../components/domain/instance-types";

describe("earliestRelease", () => {
    for (const [family, release, earliest] of [
        ["m6g", [4, 9, 0], [5, 30, 0]],
        ["m6g", [5, 29, 0], [5, 30, 0]],
        ["m6g", [5, 30, 0], undefined],
        ["m6g", [6, 0, 1], [6, 1, 0]],
        ["m6g", [6, 1, 0], undefined],
        ["c6gn", [6, 2, 1], [6, 3, 0]],
        ["m9g", [5, 29, 0], [5, 30, 0]],
        ["m9g", [7, 0, 0], undefined],
        ["g4dn", [5, 29, 0], undefined],
        ["g6e", [5, 29, 0], undefined],
        ["i3en", [5, 24, 0], undefined],
        ["c7i-flex", [5, 24, 0], undefined],
        ["p6-b200", [5, 24, 0], undefined],
    ] as const) {
        it(`of ${family} for ${release.join(".")} is ${earliest?.join(".") ?? "none"}`, () => {
            expect(earliestRelease(family, release)).to.deep.equal(earliest);
        });
    }
});

describe("nearestType", () => {
    const SUPPORTED = [
        "c5.xlarge",
        "m4.large",
        "m4.10xlarge",
        "m4.xlarge",
        "m5.4xlarge",
        "m5.xlarge",
        "m5d.xlarge",
        "m6g.xlarge",
        "m6gd.xlarge",
        "r5.24xlarge",
    ];
    for (const [type, near] of [
        ["m5.large", "m5.xlarge"], // the family before the size
        ["m5.8xlarge", "m5.4xlarge"],
        ["m4.8xlarge", "m4.10xlarge"], // not by letters: 10 is nearer to 8 than 1
        ["m4.metal", "m4.10xlarge"],
        ["m3.large", "m4.large"], // the size before the generation
        ["m7i.xlarge", "m5.xlarge"], // not Graviton, though m6g is nearer
        ["m7gd.2xlarge", "m6gd.xlarge"],
        ["r6i.metal", "r5.24xlarge"],
        ["g4dn.xlarge", undefined],
        ["u-6tb1.metal", undefined],
    ] as const) {
        it(`to ${type} is ${near ?? "none"}`, () => {
            expect(nearestType(type, SUPPORTED)).to.equal(near);
        });
    }
});

describe("isSize", () => {
    it("knows the forms of EC2's sizes", () => {
        const sizes = [
            "nano",
            "large",
            "xlarge",
            "10xlarge",
            "metal",
            "metal-24xl",
            "lage",
            "1large",
            "xxlarge",
            "",
        ];
        expect(sizes.filter((size) => !isSize(size))).to.deep.equal(["lage", "1large", "xxlarge", ""]);
    });
});
