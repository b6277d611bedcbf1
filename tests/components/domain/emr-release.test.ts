import { expect } from "chai";
import {
    anySwitchOn,
    atLeast,
    type EncryptionSwitches,
    formatRelease,
    parseRelease,
    type Release,
    releaseRefusals,
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

const NO_SECURITY_CONFIGURATIONS =
    "4.8.0 or later: earlier releases have no security configurations, so nothing on the cluster would be encrypted";
const NO_PRIVATE_SUBNETS =
    "4.2.0 or later: earlier releases do not start in a private subnet (network.internetAccess: nat)";
const NO_IMDS_V2 =
    "5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later, while encryption.requireImdsV2 is true: on other releases a cluster without IMDSv1 fails at startup";

describe("releaseRefusals", () => {
    for (const name of SWITCHES.slice(0, 3)) {
        it(`refuse ${name} before 4.8.0, which has no security configurations`, () => {
            expect(releaseRefusals([4, 7, 99], switchesOn(name), false)).to.deep.equal([
                NO_SECURITY_CONFIGURATIONS,
            ]);
            expect(releaseRefusals([4, 8, 0], switchesOn(name), false)).to.deep.equal([]);
        });
    }

    it("refuse private subnets before 4.2.0, also with all switches off", () => {
        expect(releaseRefusals([4, 1, 99], OFF, true)).to.deep.equal([NO_PRIVATE_SUBNETS]);
        expect(releaseRefusals([4, 1, 99], OFF, false)).to.deep.equal([]);
        expect(releaseRefusals([4, 2, 0], OFF, true)).to.deep.equal([]);
    });

    it("refuse requireImdsV2 where a cluster without IMDSv1 does not start", () => {
        const imdsV2 = switchesOn("requireImdsV2");
        for (const text of ["5.29.0", "5.31.1", "6.1.0"]) {
            expect(releaseRefusals(release(text), imdsV2, true)).to.deep.equal([NO_IMDS_V2]);
        }
        for (const text of ["5.23.1", "5.27.1", "5.32.0", "6.2.0"]) {
            expect(releaseRefusals(release(text), imdsV2, true)).to.deep.equal([]);
        }
    });

    it("are reported all at once", () => {
        expect(releaseRefusals([3, 11, 0], switchesOn(...SWITCHES), true)).to.deep.equal([
            NO_SECURITY_CONFIGURATIONS,
            NO_PRIVATE_SUBNETS,
            NO_IMDS_V2,
        ]);
    });

    it("refuse nothing on the default release with every switch that it supports", () => {
        const all = switchesOn("atRestS3", "atRestLocalDisks", "inTransit");
        expect(releaseRefusals([5, 29, 0], all, true)).to.deep.equal([]);
    });
});

function release(text: string): Release {
    const parsed = parseRelease(text);
    if (!parsed) {
        throw new Error(`${text} is not a release`);
    }
    return parsed;
}
