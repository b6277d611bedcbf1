import { formatS3Url, LOCATIONS, type Location, overlap, type S3Folder } from "../../domain/locations";
import { bucketPrefix } from "../../domain/naming";
import { describe } from "../describe";
import { bucketsPath, locationValue, withoutGeneratedSuffix } from "../locations";
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
        const fix = "omit this key: enriched.stream means stream-enrich mode, which does not use it";
        yield { code: "mode", path, fix };
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

/** In overlapping locations EmrEtlRunner finds the objects of both: it refuses to run, or processes them twice. */
function* overlaps({ locations, prefix }: RuleArgs): Iterable<Finding> {
    const placed = locations.flatMap(({ path: name, ...location }) => {
        const path = bucketsPath(name);
        if (location.managed) {
            const folder = { bucket: bucketPrefix(prefix, location.bucket), prefix: location.prefix };
            return [{ name, path, folder, managed: true }];
        }
        return location.folders.map((folder, index) => ({
            name,
            path: name === "raw.in" ? [...path, index] : path,
            folder: { ...folder, bucket: withoutGeneratedSuffix(folder.bucket, prefix) },
            managed: false,
        }));
    });
    // No error for a managed location, which the user cannot change, and one for each existing location.
    const settled = new Set(placed.filter(({ managed }) => managed));
    for (const [index, outer] of placed.entries()) {
        for (const inner of placed.slice(index + 1)) {
            const [subject, other] = inner.managed ? [outer, inner] : [inner, outer];
            if (settled.has(subject) || !overlap(inner.folder, outer.folder)) {
                continue;
            }
            settled.add(subject);
            const found = `${describe(formatS3Url(subject.folder))}, which overlaps ${other.name}`;
            const expected = other.managed
                ? "a folder outside of the managed location; omit this key for a managed bucket"
                : `a folder neither inside nor around ${formatS3Url(other.folder)}: EmrEtlRunner would find the objects of both in each`;
            yield { code: "location-overlap", path: subject.path, found, expected };
        }
    }
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
