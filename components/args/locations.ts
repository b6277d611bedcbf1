import { type LocationPath, parseS3Url, type S3Folder } from "../domain/locations";
import { valueAt } from "../domain/value-at";
import type { Environment } from "./schema";

/** The path of a location in the arguments. */
export function bucketsPath(path: LocationPath): readonly string[] {
    return ["emrEtlRunner", "aws", "s3", "buckets", ...path.split(".")];
}

/** The argument of a location: S3 URLs, `managed`, or null. */
export function locationValue(args: Environment, path: LocationPath): string | readonly string[] | null {
    return valueAt(args, bucketsPath(path)) as string | readonly string[] | null;
}

/** The folder of an S3 URL; the schema accepts nothing else. */
export function readUrl(url: string): S3Folder {
    return parseS3Url(url) as S3Folder;
}
