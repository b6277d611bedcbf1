import { arn } from "../domain/arn";
import type { Access, S3Folder } from "../domain/locations";
import { allow, type Statement } from "./document";

/** A folder and the access that a principal has to it. */
export interface FolderAccess {
    readonly folder: S3Folder;
    readonly access: Access;
}

const READ = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"];
const WRITE = [
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
];
const DELETE = ["s3:DeleteObject"];

const ACTIONS: Readonly<Record<Access, { readonly sid: string; readonly actions: readonly string[] }>> = {
    read: { sid: "ReadObjects", actions: READ },
    "read-delete": { sid: "ReadAndDeleteObjects", actions: [...READ, ...DELETE] },
    "read-write": { sid: "ReadAndWriteObjects", actions: [...READ, ...WRITE] },
    "read-write-delete": { sid: "ReadWriteAndDeleteObjects", actions: [...READ, ...WRITE, ...DELETE] },
};

export function bucketArn(bucket: string): string {
    return arn("s3", "", "", bucket);
}

/** The ARN of the object at an S3 URL. */
export function urlArn(url: string): string {
    return bucketArn(url.slice("s3://".length));
}

/**
 * The statements that EMRFS and s3-dist-cp need for these folders, grouped by kind of access and by bucket, because IAM
 * limits the length of a policy.
 *
 * EMRFS requests each parent folder as an object (`raw`), as a prefix (`raw/`) and as a marker (`raw_$folder$`). It
 * leaves markers in folders that it creates or empties, also where it only deletes objects. EmrEtlRunner ignores the
 * markers when it checks whether a location is empty (emr_job.rb).
 */
export function emrfsStatements(accesses: readonly FolderAccess[]): readonly Statement[] {
    const foldersOf = (granted: readonly FolderAccess[]) => granted.map(({ folder }) => folder);
    const changed = foldersOf(accesses.filter(({ access }) => access !== "read"));
    const markersOnly = foldersOf(
        accesses.filter(({ access }) => access === "read-delete" || access === "read-write"),
    );
    const readOnly = foldersOf(accesses.filter(({ access }) => access === "read"));
    const byBucket = groupByBucket(foldersOf(accesses));
    return [
        ...allow(
            "LookAtBuckets",
            ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads"],
            [...byBucket.keys()].map(bucketArn),
        ),
        ...listStatements("ListFolders", ["s3:ListBucket", "s3:ListBucketVersions"], byBucket, ({ prefix }) =>
            parentFolders(prefix).flatMap((name) => [name, `${name}/`, `${name}_$folder$`]),
        ),
        ...[...groupBy(accesses, ({ access }) => access)].flatMap(([access, granted]) =>
            allow(
                ACTIONS[access].sid,
                ACTIONS[access].actions,
                unique(foldersOf(granted).map((folder) => objectArn(folder, "*"))),
            ),
        ),
        ...allow(
            "LookForFolders",
            "s3:GetObject",
            unique([...parentArns([...byBucket.values()].flat(), ""), ...parentArns(readOnly, "_$folder$")]),
        ),
        ...allow(
            "MarkFolders",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            unique([
                ...parentArns(changed, "_$folder$"),
                // Every other access includes what markers need.
                ...markersOnly.map((folder) => objectArn(folder, "*_$folder$")),
            ]),
        ),
    ];
}

/** Allows to list objects inside these folders only, as EmrEtlRunner does with the operator's credentials. */
export function listInside(folders: readonly S3Folder[]): readonly Statement[] {
    return listStatements("ListLocations", "s3:ListBucket", groupByBucket(folders), () => []);
}

/**
 * One statement for each bucket that allows to list the prefixes inside the folders, and more prefixes of each folder.
 * If a folder is the whole bucket, the statement has no condition.
 */
function listStatements(
    sid: string,
    actions: Statement["Action"],
    byBucket: ReadonlyMap<string, readonly S3Folder[]>,
    morePrefixes: (folder: S3Folder) => readonly string[],
): readonly Statement[] {
    return [...byBucket].map(([bucket, folders], index) => {
        const more = folders.flatMap(morePrefixes);
        const isInside = (name: string) => folders.some(({ prefix }) => name.startsWith(prefix));
        const prefixes = [
            ...more.filter((name) => !isInside(name)),
            ...folders.map(({ prefix }) => `${prefix}*`),
        ];
        return {
            Sid: `${sid}${index}`,
            Effect: "Allow",
            Action: actions,
            Resource: bucketArn(bucket),
            ...(folders.every(({ prefix }) => prefix !== "") && {
                Condition: { StringLike: { "s3:prefix": unique(prefixes) } },
            }),
        };
    });
}

/** Of `raw/processing/`: `raw` and `raw/processing`. */
function parentFolders(prefix: string): readonly string[] {
    const parts = prefix.split("/").filter((part) => part !== "");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function parentArns(folders: readonly S3Folder[], suffix: string): readonly string[] {
    return folders.flatMap(({ bucket, prefix }) =>
        parentFolders(prefix).map((name) => `${bucketArn(bucket)}/${name}${suffix}`),
    );
}

/** The ARN of the objects in a folder whose names match a pattern. */
export function objectArn({ bucket, prefix }: S3Folder, pattern: string): string {
    return `${bucketArn(bucket)}/${prefix}${pattern}`;
}

function unique(values: readonly string[]): readonly string[] {
    return [...new Set(values)];
}

function groupByBucket(folders: readonly S3Folder[]): ReadonlyMap<string, readonly S3Folder[]> {
    return groupBy(folders, ({ bucket }) => bucket);
}

/** Groups in the order of their first members, so that a document is the same each time. */
function groupBy<T, K>(values: readonly T[], key: (value: T) => K): ReadonlyMap<K, readonly T[]> {
    const groups = new Map<K, T[]>();
    for (const value of values) {
        const group = groups.get(key(value));
        if (group) {
            group.push(value);
        } else {
            groups.set(key(value), [value]);
        }
    }
    return groups;
}
