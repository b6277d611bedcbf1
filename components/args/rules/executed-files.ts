import type { Path } from "../../domain/errors";
import { formatS3Url, overlap, type S3Folder } from "../../domain/locations";
import { bucketPrefix } from "../../domain/naming";
import { describe } from "../describe";
import { jarFolders, readUrl, withoutGeneratedSuffix } from "../locations";
import type { Finding, RuleArgs } from "./rule";

/** What clusters execute or trust. */
interface Executed {
    readonly path: Path;
    /** The folders that hold it. The prefix of an object is its key with a slash at its end. */
    readonly folders: readonly S3Folder[];
    readonly isObject: boolean;
}

/**
 * Jobs may write, move or delete the objects in every location, with the jobflow role. Whoever replaces there what
 * clusters execute controls every later cluster. Beside its locations the role writes EMRFS's markers (`*_$folder$`)
 * only, which no cluster executes.
 */
export function* executedFiles(args: RuleArgs): Iterable<Finding> {
    const comparable = ({ bucket, prefix }: S3Folder) => ({
        bucket: withoutGeneratedSuffix(bucket, args.prefix),
        prefix,
    });
    const locations = args.locations.flatMap(({ path: name, prefix, bucket, ...location }) =>
        (location.managed
            ? [{ bucket: bucketPrefix(args.prefix, bucket), prefix }]
            : location.folders.map(comparable)
        ).map((folder) => ({ name, folder })),
    );
    for (const { path, folders, isObject } of executed(args)) {
        const relation = isObject ? "is in" : "overlaps";
        const isWritable = isObject ? contains : overlap;
        const [found] = folders.flatMap((folder) =>
            locations
                .filter((location) => isWritable(location.folder, comparable(folder)))
                .map(
                    ({ name }) =>
                        `${describe(formatS3Url(folder).replace(/\/$/, ""))}, which ${relation} ${name}`,
                ),
        );
        if (found !== undefined) {
            const expected = `${isObject ? "an object" : "a folder"} outside of EmrEtlRunner's locations: every job may write, move or delete what is in them, and later clusters would execute or trust it`;
            yield { code: "executed-file-writable", path, found, expected };
        }
    }
}

function executed({ emrEtlRunner: { aws }, certificates: { archive } }: RuleArgs): readonly Executed[] {
    const buckets = ["emrEtlRunner", "aws", "s3", "buckets"];
    const { assets, jsonpath_assets: jsonPaths } = aws.s3.buckets;
    return [
        { path: [...buckets, "assets"], folders: jarFolders(assets), isObject: false },
        {
            path: [...buckets, "jsonpath_assets"],
            folders: jsonPaths === null ? [] : [readUrl(jsonPaths)],
            isObject: false,
        },
        ...(aws.emr.bootstrap ?? []).map((script, index) => ({
            path: ["emrEtlRunner", "aws", "emr", "bootstrap", index],
            folders: [readUrl(script)],
            isObject: true,
        })),
        {
            path: ["certificates", "archive"],
            folders: archive === null ? [] : [readUrl(archive)],
            isObject: true,
        },
    ];
}

function contains(folder: S3Folder, object: S3Folder): boolean {
    return folder.bucket === object.bucket && object.prefix.slice(0, -1).startsWith(folder.prefix);
}
