import { arn } from "../domain/arn";
import type { Access, S3Folder } from "../domain/locations";
import type { Statement } from "./document";

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

/**
 * The statements that EMRFS and s3-dist-cp need for these folders, grouped by kind of access and by bucket, because IAM
 * limits the length of a policy.
 *
 * EMRFS requests each parent folder as an object (`raw`), as a prefix (`raw/`) and as a marker (`raw_$folder$`). It
 * leaves markers in folders that it creates or empties, also where it only deletes objects. EmrEtlRunner ignores the
 * markers when it checks whether a location is empty (emr_job.rb).
 */
export function emrfsStatements(accesses: readonly FolderAccess[]): readonly Statement[] {
    const changed = accesses.filter(({ access }) => access !== "read").map(({ folder }) => folder);
    const readOnly = accesses.filter(({ access }) => access === "read").map(({ folder }) => folder);
    const byBucket = groupBy(
        accesses.map(({ folder }) => folder),
        ({ bucket }) => bucket,
    );
    return [
        {
            Sid: "LookAtBuckets",
            Effect: "Allow",
            Action: ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads"],
            Resource: [...byBucket.keys()].map(bucketArn),
        },
        ...[...byBucket].map(([bucket, folders], index) =>
            listStatement(`ListFolders${index}`, bucket, folders),
        ),
        ...[...groupBy(accesses, ({ access }) => access)].map(
            ([access, granted]): Statement => ({
                Sid: ACTIONS[access].sid,
                Effect: "Allow",
                Action: ACTIONS[access].actions,
                Resource: unique(granted.map(({ folder }) => objectArn(folder, "*"))),
            }),
        ),
        ...nonEmpty("LookForFolders", "s3:GetObject", [
            ...folderArns(byBucket.values(), ""),
            ...folderArns([readOnly], "_$folder$"),
        ]),
        ...nonEmpty(
            "MarkFolders",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [
                ...folderArns([changed], "_$folder$"),
                ...changed.map((folder) => objectArn(folder, "*_$folder$")),
            ],
        ),
    ];
}

/** Allows to list objects and versions inside these folders, and the names of their parent folders. */
function listStatement(sid: string, bucket: string, folders: readonly S3Folder[]): Statement {
    const statement: Statement = {
        Sid: sid,
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:ListBucketVersions"],
        Resource: bucketArn(bucket),
    };
    if (folders.some(({ prefix }) => prefix === "")) {
        return statement; // The location is the whole bucket.
    }
    const names = folders.flatMap(({ prefix }) => parentFolders(prefix));
    const prefixes = unique([
        ...names.flatMap((name) => [name, `${name}/`, `${name}_$folder$`]),
        ...folders.map(({ prefix }) => `${prefix}*`),
    ]);
    return { ...statement, Condition: { StringLike: { "s3:prefix": prefixes } } };
}

/** Allows to list objects inside these folders only, as EmrEtlRunner itself does. */
export function listInside(folders: readonly S3Folder[]): readonly Statement[] {
    return [...groupBy(folders, ({ bucket }) => bucket)].map(([bucket, inBucket], index): Statement => {
        const statement: Statement = {
            Sid: `ListLocations${index}`,
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: bucketArn(bucket),
        };
        return inBucket.some(({ prefix }) => prefix === "")
            ? statement
            : {
                  ...statement,
                  Condition: { StringLike: { "s3:prefix": inBucket.map(({ prefix }) => `${prefix}*`) } },
              };
    });
}

/** Of `raw/processing/`: `raw` and `raw/processing`. */
function parentFolders(prefix: string): readonly string[] {
    const parts = prefix.split("/").filter((part) => part !== "");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function folderArns(groups: Iterable<readonly S3Folder[]>, suffix: string): readonly string[] {
    return unique(
        [...groups]
            .flat()
            .flatMap(({ bucket, prefix }) =>
                parentFolders(prefix).map((name) => `${bucketArn(bucket)}/${name}${suffix}`),
            ),
    );
}

export function objectArn({ bucket, prefix }: S3Folder, pattern: string): string {
    return `${bucketArn(bucket)}/${prefix}${pattern}`;
}

function nonEmpty(
    sid: string,
    action: string | readonly string[],
    resources: readonly string[],
): readonly Statement[] {
    return resources.length === 0
        ? []
        : [{ Sid: sid, Effect: "Allow", Action: action, Resource: unique(resources) }];
}

function unique(values: readonly string[]): readonly string[] {
    return [...new Set(values)];
}

/** Groups in the order of their first member, so that a document is the same each time. */
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
