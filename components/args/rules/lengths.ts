import { configTree } from "../../domain/emr-etl-runner-config";
import type { ArgumentError, Path } from "../../domain/errors";
import { nameForEmr } from "../../domain/existing-role";
import { LIMITS } from "../../domain/limits";
import { formatS3Url, LOCATIONS, type LocationPath, parseS3Url } from "../../domain/locations";
import { rdbLoaderConfigLength, yamlLength } from "../../domain/rdb-loader-config";
import { valueAt } from "../../domain/value-at";
import type { CompleteArgs } from "../complete";
import { bucketsPath } from "../locations";
import { deployed, type LookedUp } from "./deployed";

/**
 * EMR refuses the whole launch if one argument of a step is too long. This argument contains all of config.yml, so that
 * no other argument, log URI, property or additional info of the launch can be too long without it.
 */
export function* stepArgumentLimit(args: CompleteArgs, existing: LookedUp = {}): Iterable<ArgumentError> {
    const { serviceRole, jobflowRole, ...names } = deployed(args, existing);
    const tree = configTree({
        ...args,
        ...names,
        serviceRole: nameForEmr(serviceRole),
        jobflowRole: jobflowRole.name,
        anyHostname: existing.anyHostname,
    });
    const length = rdbLoaderConfigLength(tree);
    if (length > LIMITS.emr.string) {
        const path = largestPart(args.emrEtlRunner, ["emrEtlRunner"]);
        const share = yamlLength(valueAt(args, path), 2 * (path.length - 2)) / yamlLength(tree);
        yield {
            code: "step-argument-too-long",
            path,
            found: `up to ${length} characters in the argument --config of RDB Loader's step, ${Math.round(100 * share)} % of them from this key`,
            expected: `at most ${LIMITS.emr.string}, EMR's limit`,
            fix: "shorten this key: EmrEtlRunner passes the whole config.yml in base64",
        };
    }
}

/** The path of the part that is more than half of every part around it. */
function largestPart(value: unknown, path: Path): Path {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return path;
    }
    const parts = Object.entries(value).map(([key, part]) => ({ key, part, length: yamlLength(part) }));
    const largest = parts.reduce((a, b) => (b.length > a.length ? b : a), { key: "", part: null, length: 0 });
    return 2 * largest.length > yamlLength(value) ? largestPart(largest.part, [...path, largest.key]) : path;
}

/** EmrEtlRunner's names of steps that contain the URL of a location (emr_job.rb). */
const STEP_NAMES: { readonly [Path in LocationPath]?: (url: string) => string } = {
    "raw.in": (url) => `[staging] s3-dist-cp: Raw ${url} -> Raw Staging S3`,
    "enriched.stream": (url) =>
        `[staging_stream_enrich] s3-dist-cp: Stream Enriched ${url} -> Enriched Staging S3`,
};

export function* stepNameLengths({ locations }: CompleteArgs): Iterable<ArgumentError> {
    for (const location of locations) {
        const nameOf = STEP_NAMES[location.path];
        for (const [index, folder] of (location.managed ? [] : location.folders).entries()) {
            const { length } = formatS3Url(folder);
            const longest = LIMITS.emr.name - (nameOf?.("") ?? "").length;
            if (nameOf && length > longest) {
                yield {
                    code: "step-name-too-long",
                    path: [...bucketsPath(location.path), ...(location.path === "raw.in" ? [index] : [])],
                    found: `an S3 URL of ${length} characters`,
                    expected: `at most ${longest}, with the slash at its end: it is part of a step's name, "${nameOf("…")}"`,
                };
            }
        }
    }
}

/** The arguments that are S3 URLs. */
const URLS: readonly Path[] = [
    ["certificates", "archive"],
    ["access", "readLocations"],
    ["emrEtlRunner", "aws", "emr", "bootstrap"],
    ...["assets", "jsonpath_assets"].map((key) => ["emrEtlRunner", "aws", "s3", "buckets", key]),
    ...LOCATIONS.map(({ path }) => bucketsPath(path)),
];

/** EmrEtlRunner and its steps write below a folder, such as `run=…/part-….gz`. */
export function* objectKeyLengths(args: CompleteArgs): Iterable<ArgumentError> {
    for (const path of URLS) {
        const value = valueAt(args, path) as string | readonly string[] | null;
        for (const [index, url] of [value ?? []].flat().entries()) {
            const length = parseS3Url(url)?.prefix.length ?? 0; // `managed` is not a URL.
            if (length > LIMITS.s3.folder) {
                yield {
                    code: "object-key-too-long",
                    path: Array.isArray(value) ? [...path, index] : path,
                    found: `${length} characters after the bucket`,
                    expected: `at most ${LIMITS.s3.folder}: S3's keys have at most ${LIMITS.s3.objectKey}, with what is written below`,
                };
            }
        }
    }
}
