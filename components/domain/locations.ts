import type { ManagedBucket } from "./naming";

/** EmrEtlRunner's two ways of getting enriched events: it enriches raw ones itself, or Stream Enrich has done so. */
export type Mode = "batch" | "stream-enrich";

/** What a principal may do with the objects of a location. Listing comes with each. */
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

export interface LocationRow {
    readonly path: LocationPath;
    readonly modes: readonly Mode[];
    /** Where it lives when it is managed. */
    readonly bucket: ManagedBucket;
    readonly prefix: string;
    /** What EmrEtlRunner's steps do there, with the jobflow role. */
    readonly jobflow: Access;
    /** EmrEtlRunner itself looks, with the operator's credentials, whether there is anything in it. */
    readonly operatorLists?: true;
    /** EmrEtlRunner cannot resume from a run folder right at a bucket's root. */
    readonly needsPrefix?: true;
    /** `null` in config.yml unless the user asks for it: only jobs older than Spark Enrich write there. */
    readonly optional?: true;
}

/** The operator copies, reads and deletes RDB Loader's logs below `log` (emr_job.rb, `output_rdb_loader_logs`). */
export const RDB_LOADER_LOGS = "rdb-loader/";

const both = ["batch", "stream-enrich"] as const;
const batch = ["batch"] as const;
const stream = ["stream-enrich"] as const;

/**
 * EmrEtlRunner's locations, from its contracts.rb (which there are), emr_job.rb (what its steps do with each, and
 * what it lists itself) and cli.rb. Deleting is allowed wherever steps write: what EMRFS and s3-dist-cp delete on
 * the way is not documented, and a step that fails after the load is worse. The archive bucket is versioned for it.
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

/** A location of this stack: the managed one of its row, or the user's own (several for `raw.in`). */
export type Location = LocationRow &
    ({ readonly managed: true } | { readonly managed: false; readonly folders: readonly S3Folder[] });

/** A location once its bucket's name is known: one folder each, but for an existing `raw.in`. */
export interface ResolvedLocation extends LocationRow {
    readonly folders: readonly S3Folder[];
}

/** The locations, once the names of managed buckets are known. */
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

export function formatS3Url({ bucket, prefix }: S3Folder): string {
    return `s3://${bucket}/${prefix}`;
}

/** What an S3 URL must look like here, in the words of an error message. */
export const S3_URL =
    "an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( ))";

/**
 * Refused too: wildcards, which would widen the IAM policies, and what Hadoop's paths cannot hold or would resolve
 * (`.` and `..` as folders).
 */
export const S3_URL_PATTERN =
    /^s3:\/\/([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:\/(?!(?:.*\/)?\.\.?(?:\/|$))((?:[\w.=!'()-]+\/)*)([\w.=!'()-]+)?)?$/;

/** Reads `s3://bucket/prefix`, with or without a slash at the end; nothing where the text is no such URL. */
export function parseS3Url(text: string): S3Folder | undefined {
    const match = S3_URL_PATTERN.exec(text);
    if (!match?.[1]) {
        return undefined;
    }
    const folder = match[2] ?? "";
    return { bucket: match[1], prefix: match[3] ? `${folder}${match[3]}/` : folder };
}

/** Whether one folder is the other, or lies in it: EmrEtlRunner would take the inner one's objects for the outer's. */
export function overlap(a: S3Folder, b: S3Folder): boolean {
    return a.bucket === b.bucket && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}
