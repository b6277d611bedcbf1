import { AES256, listing, type Row } from "./decides";
import type { BOTH } from "./stacks";

type Right = "list" | "get" | "put" | "delete";

type LocationRow = readonly [path: string, folder: string, operator: string, jobflow: string];

/** EmrEtlRunner's locations in the two stacks, with what the operator and the jobflow role may do in each. */
// biome-ignore format: a table
export const LOCATIONS: Readonly<Record<(typeof BOTH)[number], readonly LocationRow[]>> = {
    // Archives are deleted from as well: what s3-dist-cp deletes in between is not documented.
    batch: [
        // location            folder                            operator  jobflow role
        ["raw.in",             "s3://acme-collector/eu/",        "list",   "list get     delete"],
        ["raw.in",             "s3://acme-old-collector/",       "list",   "list get     delete"],
        ["raw.processing",     "s3://pipeline/raw/processing/",  "list",   "list get put delete"],
        ["raw.archive",        "s3://archive/raw/",              "",       "list get put delete"],
        ["enriched.good",      "s3://pipeline/enriched/good/",   "list",   "list get put delete"],
        ["enriched.bad",       "s3://acme-bad/enriched/",        "",       "list get put delete"],
        ["enriched.errors",    "s3://pipeline/enriched/errors/", "",       "list get put delete"],
        ["enriched.archive",   "s3://archive/enriched/",         "",       "list get put delete"],
        ["shredded.good",      "s3://pipeline/shredded/good/",   "list",   "list get put delete"],
        ["shredded.bad",       "s3://pipeline/shredded/bad/",    "",       "list get put delete"],
        ["shredded.archive",   "s3://archive/shredded/",         "",       "list get put delete"],
        ["log",                "s3://logs/emr/",                 "",       "list get put"],
    ],
    stream: [
        ["enriched.stream",    "s3://collector/enriched/stream/", "list",  "list get     delete"],
        ["enriched.good",      "s3://pipeline/enriched/good/",   "list",   "list get put delete"],
        ["enriched.archive",   "s3://archive/enriched/",         "",       "list get put delete"],
        ["shredded.good",      "s3://pipeline/shredded/good/",   "list",   "list get put delete"],
        ["shredded.bad",       "s3://pipeline/shredded/bad/",    "",       "list get put delete"],
        ["shredded.archive",   "s3://archive/shredded/",         "",       "list get put delete"],
        ["log",                "s3://logs/emr/",                 "",       "list get put"],
    ],
};

/** The rows of one location, for a caller with these rights in it and no others. */
export function rightsIn(folder: string, granted: string): readonly Row[] {
    const { bucket, prefix } = split(folder);
    const file = `${folder}run=2026-01-02-03-04-05/part-00000`;
    const decided = (right: Right) => (granted.split(" ").includes(right) ? "allowed" : "implicitDeny");
    return [
        ["s3:ListBucket", bucket, listing(prefix), decided("list")],
        ["s3:ListBucket", bucket, listing(`${prefix}run=2026-01-02-03-04-05/`), decided("list")],
        [["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"], file, {}, decided("get")],
        [["s3:PutObject", "s3:PutObjectTagging"], file, {}, decided("put")],
        [["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], file, {}, decided("put")],
        ["s3:PutObject", file, AES256, decided("put")],
        ["s3:DeleteObject", file, {}, decided("delete")],
    ];
}

/** How EMRFS finds, makes and removes a location's folders. */
export function folderRows(folder: string): readonly Row[] {
    const { bucket, prefix } = split(folder);
    const parts = prefix.split("/").slice(0, -1);
    const parents = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    const markers = [...parents, `${prefix}run=2026-01-02-03-04-05`].map(
        (name) => `${bucket}/${name}_$folder$`,
    );
    return [
        ["s3:GetBucketLocation", bucket, {}, "allowed"],
        ["s3:GetBucketVersioning", bucket, {}, "allowed"],
        ["s3:ListBucketMultipartUploads", bucket, {}, "allowed"],
        ["s3:ListBucketVersions", bucket, listing(prefix), "allowed"],
        ...parents.flatMap((name): readonly Row[] => [
            ["s3:GetObject", `${bucket}/${name}`, {}, "allowed"],
            ["s3:ListBucket", bucket, listing(name), "allowed"],
            ["s3:ListBucket", bucket, listing(`${name}/`), "allowed"],
            ["s3:ListBucket", bucket, listing(`${name}_$folder$`), "allowed"],
        ]),
        [["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], markers, {}, "allowed"],
        ["s3:PutObject", markers, AES256, "allowed"],
    ];
}

/** `s3://pipeline/raw/` → `s3://pipeline` and `raw/`. */
export function split(folder: string): { readonly bucket: string; readonly prefix: string } {
    const slash = folder.indexOf("/", "s3://".length);
    return { bucket: folder.slice(0, slash), prefix: folder.slice(slash + 1) };
}
