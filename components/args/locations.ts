import { LOCATIONS, type LocationPath, parseS3Url, type S3Folder } from "../domain/locations";
import { bucketPrefix, GENERATED_SUFFIX_LENGTH } from "../domain/naming";
import { valueAt } from "../domain/value-at";
import type { Environment } from "./schema";

/** The path of a location in the arguments. */
export function bucketsPath(path: LocationPath): readonly string[] {
    return ["emrEtlRunner", "aws", "s3", "buckets", ...path.split(".")];
}

/** Why a key of batch mode has no place beside `enriched.stream`. */
export const NOT_IN_STREAM_MODE = "enriched.stream means stream-enrich mode, which does not use it";

/** The argument of a location: S3 URLs, `managed`, or null. */
export function locationValue(args: Environment, path: LocationPath): string | readonly string[] | null {
    return valueAt(args, bucketsPath(path)) as string | readonly string[] | null;
}

/** The folders below `assets` that EmrEtlRunner takes jars from (its utils.rb, `get_assets`). */
export function jarFolders(assets: string): readonly S3Folder[] {
    const { bucket, prefix } = readUrl(assets);
    return ["3-enrich/", "4-storage/"].map((folder) => ({ bucket, prefix: `${prefix}${folder}` }));
}

/** The folder of an S3 URL; the schema accepts nothing else. */
export function readUrl(url: string): S3Folder {
    return parseS3Url(url) as S3Folder;
}

/** The names of managed buckets are known up to the suffix that the AWS provider generates. */
export function withoutGeneratedSuffix(bucket: string, prefix: string): string {
    const start = bucket.slice(0, -GENERATED_SUFFIX_LENGTH);
    return LOCATIONS.some((row) => bucketPrefix(prefix, row.bucket) === start) ? start : bucket;
}
