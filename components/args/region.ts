import { distance } from "fastest-levenshtein";
import type { ArgumentError, Path } from "../domain/errors";
import { isRegion, OTHER_REGIONS, REGIONS } from "../domain/region";
import { describe } from "./describe";
import { NOT_EVALUATED } from "./fix";
import { openValueErrors, templateIn } from "./open-value";

const EXPECTED = `one of ${REGIONS.join(", ")}: Snowplow hosts EmrEtlRunner's assets in no other region`;

export function regionErrors(region: string | undefined, path: Path = ["region"]): readonly ArgumentError[] {
    if (region !== undefined && isRegion(region)) {
        return [];
    }
    const open = openValueErrors(region, path);
    if (open.length > 0) {
        return open.map((error) => ({ ...error, expected: EXPECTED }));
    }
    const isTemplate = templateIn(region ?? "", path) !== undefined;
    return [
        {
            code: isTemplate ? "open-value" : "unsupported-region",
            path,
            found: describe(region),
            expected: EXPECTED,
            fix: isTemplate ? NOT_EVALUATED : regionFix(region ?? ""),
        },
    ];
}

/** AWS's other regions are among the candidates, so that they, and their misspellings, are not taken for typos. */
const ALL_REGIONS = [...REGIONS, ...OTHER_REGIONS];
const WORDS = new Set(ALL_REGIONS.flatMap((region) => region.split("-")));

/** The most letters that a typo changes, adds or removes: two change places in `eu-wset-1`. */
const TYPO = 2;

function regionFix(text: string): string | undefined {
    const supported = meantRegions(text).filter(isRegion);
    return supported.length === 0 ? undefined : `did you mean ${supported.join(" or ")}?`;
}

/** The regions, at most two, of which a string is a zone or another spelling. */
function meantRegions(text: string): readonly string[] {
    const spelling = text.trim().toLowerCase();
    const words = spelling.replace(/(?<=\d)[a-z]$/, "").split(/[-_ ]+/);
    const region = words.join("-");
    if (ALL_REGIONS.includes(region)) {
        return [region];
    }
    if (words.length === 3 && words.every((word) => WORDS.has(word))) {
        return []; // No typo, but a region that does not exist.
    }
    const compact = (name: string) => name.replaceAll("-", "");
    const differences = ALL_REGIONS.filter((name) => name.slice(0, 2) === region.slice(0, 2)).map((name) => ({
        name,
        difference: distance(compact(name), compact(region)),
    }));
    const least = Math.min(TYPO, ...differences.map(({ difference }) => difference));
    const nearest = differences.filter(({ difference }) => difference === least).map(({ name }) => name);
    return nearest.length > 2 ? [] : nearest;
}
