import {
    LOCATIONS,
    type Location,
    type LocationPath,
    type Mode,
    parseS3Url,
    type S3Folder,
} from "../domain/locations";
import { valueAt } from "../domain/value-at";
import { MANAGED } from "./emr-etl-runner";
import type { Environment } from "./schema";

/** `enriched.stream` decides, as it does in EmrEtlRunner. */
export function modeOf(config: Environment): Mode {
    return config.emrEtlRunner.aws.s3.buckets.enriched.stream === null ? "batch" : "stream-enrich";
}

/** A location's key in the stack config. */
export function bucketsPath(path: LocationPath): readonly string[] {
    return ["emrEtlRunner", "aws", "s3", "buckets", ...path.split(".")];
}

/** What the user wrote for a location: S3 URLs, `managed`, or nothing (null). */
export function locationValue(config: Environment, path: LocationPath): string | readonly string[] | null {
    return valueAt(config, bucketsPath(path)) as string | readonly string[] | null;
}

/** The mode's locations, managed or the user's own; optional ones only where the user asked for them. */
export function locationsOf(config: Environment): readonly Location[] {
    const mode = modeOf(config);
    return LOCATIONS.filter(({ modes }) => modes.includes(mode)).flatMap((row): readonly Location[] => {
        const value = locationValue(config, row.path);
        if (value === null) {
            return row.optional ? [] : [{ ...row, managed: true }];
        }
        return value === MANAGED
            ? [{ ...row, managed: true }]
            : [{ ...row, managed: false, folders: [value].flat().map(readUrl) }];
    });
}

/** The schema has let only S3 URLs pass. */
export function readUrl(url: string): S3Folder {
    const folder = parseS3Url(url);
    if (!folder) {
        throw new Error(`${url} is no S3 URL`);
    }
    return folder;
}
