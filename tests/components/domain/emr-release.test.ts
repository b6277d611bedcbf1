import { expect } from "chai";
import {
    anySwitchOn,
    atLeast,
    type EncryptionSwitches,
    formatRelease,
    isWithin,
    parseRelease,
    parseVersion,
    type Release,
    supportOf,
    supportsImdsV2Only,
} from "../../../components/domain/emr-release";

const OFF: EncryptionSwitches = {
    atRestS3: false,
    atRestLocalDisks: false,
    inTransit: false,
    requireImdsV2: false,
};
const SWITCHES = ["atRestS3", "atRestLocalDisks", "inTransit", "requireImdsV2"] as const;

const switchesOn = (...names: readonly (keyof EncryptionSwitches)[]): EncryptionSwitches => ({
    ...OFF,
    ...Object.fromEntries(names.map((name) => [name, true])),
});

describe("releases", () => {
    for (const [text, parsed] of [
        ["5.29.0", [5, 29, 0]],
        ["0.0.0", [0, 0, 0]],
        ["999.10.100", [999, 10, 100]],
    ] as const) {
        it(`are parsed and formatted: ${text}`, () => {
            expect(parseRelease(text)).to.deep.equal(parsed);
            expect(formatRelease(parsed)).to.equal(text);
        });
    }

    for (const text of [
        "",
        "5",
        "5.9",
        "5.29.0.1",
        "emr-5.29.0",
        "5.29.x",
        "05.29.0",
        "5.029.0",
        "5.29.00",
        "5.29.0 ",
        "5.29.0\n",
        "-5.29.0",
        "5.1000.0",
    ]) {
        it(`are not parsed from ${JSON.stringify(text)}`, () => {
            expect(parseRelease(text)).to.equal(undefined);
        });
    }

    it("are compared as numbers, not as strings", () => {
        const gate: Release = [5, 24, 1];
        const later: readonly Release[] = [
            [5, 24, 1],
            [5, 24, 2],
            [5, 25, 0],
            [5, 100, 0],
            [6, 0, 0],
            [10, 0, 0],
        ];
        const earlier: readonly Release[] = [
            [5, 24, 0],
            [5, 23, 9],
            [5, 9, 9],
            [4, 99, 99],
        ];
        expect(later.filter((release) => !atLeast(release, gate))).to.deep.equal([]);
        expect(earlier.filter((release) => atLeast(release, gate))).to.deep.equal([]);
    });
});

describe("supportsImdsV2Only", () => {
    for (const [text, supported] of [
        ["4.99.0", false],
        ["5.23.0", false],
        ["5.23.1", true],
        ["5.23.2", false],
        ["5.24.0", false],
        ["5.27.0", false],
        ["5.27.1", true],
        ["5.28.0", false],
        ["5.29.0", false],
        ["5.31.1", false],
        ["5.32.0", true],
        ["5.36.0", true],
        ["6.0.0", false],
        ["6.1.1", false],
        ["6.2.0", true],
        ["7.0.0", true],
    ] as const) {
        it(`is ${supported} for ${text}`, () => {
            expect(supportsImdsV2Only(release(text))).to.equal(supported);
        });
    }
});

describe("anySwitchOn", () => {
    it("is false when all switches are off, and true when one is on", () => {
        expect(anySwitchOn(OFF)).to.equal(false);
        expect(SWITCHES.map((name) => anySwitchOn(switchesOn(name)))).to.deep.equal([true, true, true, true]);
    });
});

describe("supportOf", () => {
    for (const [text, endOfSupport] of [
        ["3.11.0", "2026-09-01"],
        ["5.35.0", "2026-09-01"],
        ["5.36.0", "2027-06-30"],
        ["5.36.2", "2027-06-30"],
        ["6.0.0", "2026-09-01"],
        ["6.5.0", "2026-09-01"],
        ["6.6.0", "2027-06-30"],
        ["6.15.0", "2027-06-30"],
        ["7.0.0", "2027-08-31"],
        ["7.10.0", "2027-08-31"],
        ["7.11.0", undefined],
    ] as const) {
        it(`of ${text} ends ${endOfSupport ? `on ${endOfSupport}` : "on a day that AWS's page has"}`, () => {
            expect(supportOf(release(text))?.endOfSupport).to.equal(endOfSupport);
        });
    }
});

describe("isWithin", () => {
    it("includes the first version of a range, and not the one that it ends before", () => {
        const versions = ["0.17.9", "0.18.0", "0.18.2-rc1", "0.19.0-rc1", "0.19.0", "1.18.0"];
        const within = versions.filter((text) =>
            isWithin(parseVersion(text), [
                [0, 18, 0],
                [0, 19, 0],
            ]),
        );
        expect(within).to.deep.equal(["0.18.0", "0.18.2-rc1"]);
    });

    it("has no end without a second version", () => {
        expect(isWithin([999, 0, 0], [[1, 9, 0]])).to.equal(true);
    });
});

function release(text: string): Release {
    const parsed = parseRelease(text);
    if (!parsed) {
        throw new Error(`${text} is not a release`);
    }
    return parsed;
}
