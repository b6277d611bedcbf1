import type { Path } from "../../domain/errors";
import {
    formatS3Url,
    isInside,
    LOCATIONS,
    type Location,
    RDB_LOADER_LOGS,
    type S3Folder,
} from "../../domain/locations";
import { bucketPrefix } from "../../domain/naming";
import { reportsIn } from "../../policies/reencryption";
import { describe } from "../describe";
import { bucketsPath, locationValue, NOT_IN_STREAM_MODE, withoutGeneratedSuffix } from "../locations";
import type { Finding, Rule, RuleArgs } from "./rule";

const FORMAT = ["emrEtlRunner", "collectors", "format"];

function* batchMode({ mode, ...args }: RuleArgs): Iterable<Finding> {
    const { format } = args.emrEtlRunner.collectors;
    if (mode === "batch" && format === null) {
        const expected =
            "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…: batch mode (no enriched.stream) requires it";
        yield { code: "collector-format-missing", path: FORMAT, found: "missing", expected };
    }
    if (mode === "batch" && format === "clj-tomcat" && locationValue(args, "raw.in") === null) {
        const expected =
            "the bucket that Elastic Beanstalk creates and rotates the Clojure collector's logs into (clj-tomcat)";
        yield { code: "raw-in-missing", path: bucketsPath("raw.in"), found: "missing", expected };
    }
}

/** EmrEtlRunner's cli.rb and runner.rb. */
function* streamMode({ mode, ...args }: RuleArgs): Iterable<Finding> {
    const { collectors, enrich } = args.emrEtlRunner;
    if (mode !== "stream-enrich") {
        return;
    }
    const batchOnly = LOCATIONS.filter(
        ({ path, modes }) => !modes.includes(mode) && locationValue(args, path) !== null,
    ).map(({ path }) => bucketsPath(path));
    for (const path of [...batchOnly, ...(collectors.format === null ? [] : [FORMAT])]) {
        yield { code: "mode", path, fix: `omit this key: ${NOT_IN_STREAM_MODE}` };
    }
    if (enrich.output_compression !== "GZIP") {
        const path = ["emrEtlRunner", "enrich", "output_compression"];
        const expected = "GZIP: EmrEtlRunner loads only .gz files in stream-enrich mode";
        yield { code: "mode", path, found: `"${enrich.output_compression}"`, expected };
    }
}

function* errorsLocations({ mode, ...args }: RuleArgs): Iterable<Finding> {
    const expected = 'an S3 URL or "managed": enrich.continue_on_unexpected_error writes failures there';
    const rows = LOCATIONS.filter(({ optional, modes }) => optional && modes.includes(mode));
    for (const { path } of rows) {
        if (args.emrEtlRunner.enrich.continue_on_unexpected_error && locationValue(args, path) === null) {
            yield { code: "errors-location-missing", path: bucketsPath(path), found: "missing", expected };
        }
    }
}

/** EmrEtlRunner's --resume-from finds no run folder at a bucket's root (emr_job.rb, `get_latest_run_id`). */
function* roots({ locations }: RuleArgs): Iterable<Finding> {
    for (const location of locations.filter(({ needsPrefix }) => needsPrefix)) {
        for (const folder of foldersOf(location).filter(({ prefix }) => prefix === "")) {
            const example = `${formatS3Url(folder)}${location.prefix}`;
            const expected = `a folder, such as ${example}: EmrEtlRunner cannot resume from a bucket's root`;
            yield { code: "bucket-root", path: bucketsPath(location.path), expected };
        }
    }
}

function foldersOf(location: Location): readonly S3Folder[] {
    return location.managed ? [] : location.folders;
}

/** A location's folder; that of an existing `raw.in` is one of several. */
interface Placed {
    readonly location: Location;
    readonly path: Path;
    readonly folder: S3Folder;
}

/**
 * Locations may nest, except in folders that EmrEtlRunner lists. Jobs write to `run=…/` only, EMR to `j-…/` of `log`: no
 * location that encloses another one writes into it.
 */
function* overlaps({ locations, prefix }: RuleArgs): Iterable<Finding> {
    const placed = locations.flatMap((location): readonly Placed[] => {
        const path = bucketsPath(location.path);
        if (location.managed) {
            const folder = { bucket: bucketPrefix(prefix, location.bucket), prefix: location.prefix };
            return [{ location, path, folder }];
        }
        return location.folders.map((folder, index) => ({
            location,
            path: location.path === "raw.in" ? [...path, index] : path,
            folder: { ...folder, bucket: withoutGeneratedSuffix(folder.bucket, prefix) },
        }));
    });
    const reported = new Set<Placed>();
    for (const [index, first] of placed.entries()) {
        for (const second of placed.slice(index + 1)) {
            const clash = clashOf(first, second);
            if (clash && !reported.has(clash.subject)) {
                reported.add(clash.subject);
                const { subject, relation, expected } = clash;
                const found = `${describe(formatS3Url(subject.folder))}, which ${relation}`;
                yield { code: "location-overlap", path: subject.path, found, expected };
            }
        }
    }
}

/** What is wrong with two locations; the subject is not a managed location, which the user cannot change. */
function clashOf(first: Placed, second: Placed) {
    if (isInside(first.folder, second.folder) && isInside(second.folder, first.folder)) {
        const [subject, other] = second.location.managed ? [first, second] : [second, first];
        const expected = "a folder of its own: a run would mix the objects of both locations";
        return { subject, relation: `is also ${other.location.path}`, expected };
    }
    for (const [inner, outer] of [
        [second, first],
        [first, second],
    ] as const) {
        const closed = closedFolders(outer).find(({ folder }) => isInside(inner.folder, folder));
        if (closed) {
            const { name, reason } = closed;
            const { path, managed } = inner.location;
            return managed
                ? {
                      subject: outer,
                      relation: `contains ${path}`,
                      expected: `a folder without ${path}: ${reason}`,
                  }
                : {
                      subject: inner,
                      relation: `is in ${name}`,
                      expected: `a folder outside of it: ${reason}`,
                  };
        }
    }
    return undefined;
}

/** The folders of a location in which no other location may be. */
function closedFolders({ location: { path, managed, operatorLists }, folder }: Placed) {
    if (path !== "log") {
        const reason = `EmrEtlRunner takes every object in ${path} for its own`;
        return operatorLists ? [{ name: path, folder, reason }] : [];
    }
    const { bucket, prefix } = folder;
    const loaderLogs = { bucket, prefix: `${prefix}${RDB_LOADER_LOGS}` };
    return [
        {
            name: `the folder ${RDB_LOADER_LOGS} of log`,
            folder: loaderLogs,
            reason: "EmrEtlRunner takes every object in it for a log of RDB Loader",
        },
        {
            name: "the folder encrypt-existing/ of log",
            folder: reportsIn(folder),
            reason: "no job may write to it",
        },
        ...(managed
            ? [
                  {
                      name: "the managed log bucket",
                      folder: { bucket, prefix: "" },
                      reason: "its objects expire after storage.logRetentionDays",
                  },
              ]
            : []),
    ];
}

function* bucketsOfLocations({ locations, storage }: RuleArgs): Iterable<Finding> {
    const buckets = [...new Set(locations.flatMap(foldersOf).map(({ bucket }) => bucket))];
    const found = "a bucket that no existing location is in";
    const expected =
        buckets.length === 0 ? "an empty list: every location is managed" : `one of ${buckets.join(", ")}`;
    for (const key of ["encryptExistingBuckets", "policiesOnExistingBuckets"] as const) {
        for (const [index, bucket] of storage[key].entries()) {
            if (!buckets.includes(bucket)) {
                yield { code: "bucket-of-no-location", path: ["storage", key, index], found, expected };
            }
        }
    }
}

export const locationRules: readonly Rule[] = [
    batchMode,
    streamMode,
    errorsLocations,
    roots,
    overlaps,
    bucketsOfLocations,
];
