import type { ManagedBucket } from "./naming";

/** EmrEtlRunner's modes. `batch`: it enriches raw events. `stream-enrich`: Stream Enrich has enriched them already. */
export type Mode = "batch" | "stream-enrich";

/** What a principal may do with the objects of a location. Every kind of access includes listing. */
export type Access = "read" | "read-delete" | "read-write" | "read-write-delete";

/** A location's key below `aws.s3.buckets` in config.yml. */
export type LocationPath =
    | "raw.in"
    | "raw.processing"
    | "raw.archive"
    | "enriched.stream"
    | "enriched.good"
    | "enriched.bad"
    | "enriched.errors"
    | "enriched.archive"
    | "shredded.good"
    | "shredded.bad"
    | "shredded.errors"
    | "shredded.archive"
    | "log";

/** A row of the table `LOCATIONS`. */
export interface LocationRow {
    readonly path: LocationPath;
    /** The modes in which EmrEtlRunner has the location. */
    readonly modes: readonly Mode[];
    /** The bucket of the location if it is managed. */
    readonly bucket: ManagedBucket;
    /** The prefix of the location in that bucket. */
    readonly prefix: string;
    /** What EmrEtlRunner's steps do there with the jobflow role. */
    readonly jobflow: Access;
    /** Whether EmrEtlRunner lists the location with the operator's credentials. */
    readonly operatorLists?: true;
    /** Whether the location must not be a whole bucket: EmrEtlRunner cannot resume from run folders at a bucket's root. */
    readonly needsPrefix?: true;
    /** Whether the location is `null` in config.yml by default: only jobs older than Spark Enrich write there. */
    readonly optional?: true;
}

/** RDB Loader's logs below `log`: the operator copies, reads and deletes them (emr_job.rb, `output_rdb_loader_logs`). */
export const RDB_LOADER_LOGS = "rdb-loader/";

const both = ["batch", "stream-enrich"] as const;
const batch = ["batch"] as const;
const stream = ["stream-enrich"] as const;

/**
 * EmrEtlRunner's locations. Sources: its contracts.rb (which locations exist), emr_job.rb (what its steps do with each,
 * and what it lists with the operator's credentials) and cli.rb. Steps may delete objects in every location that they
 * write to: no documentation says which temporary objects EMRFS and s3-dist-cp delete, and without the permission a step
 * might fail after the load. Therefore the archive bucket is versioned.
 */
export const LOCATIONS: readonly LocationRow[] = [
    {
        path: "raw.in",
        modes: batch,
        bucket: "collector",
        prefix: "raw/",
        jobflow: "read-delete",
        operatorLists: true,
    },
    {
        path: "raw.processing",
        modes: batch,
        bucket: "pipeline",
        prefix: "raw/processing/",
        jobflow: "read-write-delete",
        operatorLists: true,
        needsPrefix: true,
    },
    { path: "raw.archive", modes: batch, bucket: "archive", prefix: "raw/", jobflow: "read-write-delete" },
    {
        path: "enriched.stream",
        modes: stream,
        bucket: "collector",
        prefix: "enriched/stream/",
        jobflow: "read-delete",
        operatorLists: true,
    },
    {
        path: "enriched.good",
        modes: both,
        bucket: "pipeline",
        prefix: "enriched/good/",
        jobflow: "read-write-delete",
        operatorLists: true,
        needsPrefix: true,
    },
    {
        path: "enriched.bad",
        modes: batch,
        bucket: "pipeline",
        prefix: "enriched/bad/",
        jobflow: "read-write-delete",
    },
    {
        path: "enriched.errors",
        modes: batch,
        bucket: "pipeline",
        prefix: "enriched/errors/",
        jobflow: "read-write-delete",
        optional: true,
    },
    {
        path: "enriched.archive",
        modes: both,
        bucket: "archive",
        prefix: "enriched/",
        jobflow: "read-write-delete",
    },
    {
        path: "shredded.good",
        modes: both,
        bucket: "pipeline",
        prefix: "shredded/good/",
        jobflow: "read-write-delete",
        operatorLists: true,
        needsPrefix: true,
    },
    {
        path: "shredded.bad",
        modes: both,
        bucket: "pipeline",
        prefix: "shredded/bad/",
        jobflow: "read-write-delete",
    },
    {
        path: "shredded.errors",
        modes: both,
        bucket: "pipeline",
        prefix: "shredded/errors/",
        jobflow: "read-write-delete",
        optional: true,
    },
    {
        path: "shredded.archive",
        modes: both,
        bucket: "archive",
        prefix: "shredded/",
        jobflow: "read-write-delete",
    },
    { path: "log", modes: both, bucket: "logs", prefix: "emr/", jobflow: "read-write", operatorLists: true },
];

/** A folder in S3. The prefix is empty (the whole bucket) or ends with a slash. */
export interface S3Folder {
    readonly bucket: string;
    readonly prefix: string;
}

/** A location of a stack, managed or existing. It has one folder, except for an existing `raw.in`. */
export type Location = LocationRow &
    ({ readonly managed: true } | { readonly managed: false; readonly folders: readonly S3Folder[] });

/** A location whose buckets' names are known. It has one folder, except for an existing `raw.in`. */
export interface ResolvedLocation extends LocationRow {
    readonly managed: boolean;
    readonly folders: readonly S3Folder[];
}

/** The folders of a location; none if the stack's mode does not have the location. */
export function foldersOf(locations: readonly ResolvedLocation[], path: LocationPath): readonly S3Folder[] {
    return locations.find((location) => location.path === path)?.folders ?? [];
}

/** Fills in the names of managed buckets. */
export function resolveLocations(
    locations: readonly Location[],
    bucketName: (bucket: ManagedBucket) => string,
): readonly ResolvedLocation[] {
    return locations.map((location) =>
        location.managed
            ? { ...location, folders: [{ bucket: bucketName(location.bucket), prefix: location.prefix }] }
            : location,
    );
}

/** The S3 URL of each location, by path; a list for `raw.in`. */
export function locationUrls(
    locations: readonly ResolvedLocation[],
): Readonly<Record<string, string | readonly string[]>> {
    return Object.fromEntries(
        locations.map(({ path, folders }) => {
            const urls = folders.map(formatS3Url);
            return [path, path === "raw.in" ? urls : (urls[0] ?? "")];
        }),
    );
}

export function formatS3Url({ bucket, prefix }: S3Folder): string {
    return `s3://${bucket}/${prefix}`;
}

/** The accepted form of an S3 URL, for error messages. */
export const S3_URL =
    "an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( ))";

/**
 * The pattern of accepted S3 URLs. It excludes wildcards, which would widen the IAM policies, characters that Hadoop's
 * paths cannot contain, and the folders `.` and `..`, which Hadoop would resolve.
 */
export const S3_URL_PATTERN =
    /^s3:\/\/([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:\/(?!(?:.*\/)?\.\.?(?:\/|$))((?:[\w.=!'()-]+\/)*)([\w.=!'()-]+)?)?$/;

/** Parses `s3://bucket/prefix`, with or without a slash at the end; undefined for any other string. */
export function parseS3Url(text: string): S3Folder | undefined {
    const match = S3_URL_PATTERN.exec(text);
    if (!match?.[1]) {
        return undefined;
    }
    const folder = match[2] ?? "";
    return { bucket: match[1], prefix: match[3] ? `${folder}${match[3]}/` : folder };
}

/** Whether the folders are the same folder, or `outer` contains `inner`. */
export function isInside(inner: S3Folder, outer: S3Folder): boolean {
    return inner.bucket === outer.bucket && inner.prefix.startsWith(outer.prefix);
}

/** Whether the folders are the same folder, or one contains the other. */
export function overlap(a: S3Folder, b: S3Folder): boolean {
    return isInside(a, b) || isInside(b, a);
}
