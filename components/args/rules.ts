import { ZONE_LETTERS } from "../domain/cidr";
import { parseRelease, releaseRefusals } from "../domain/emr-release";
import { formatS3Url, LOCATIONS, type LocationPath, overlap, type S3Folder } from "../domain/locations";
import { bucketPrefix, EMR_TAG, GENERATED_SUFFIX_LENGTH, STACK_TAG } from "../domain/naming";
import type { Region } from "../domain/region";
import { checkDocumentLimits } from "./document-limits";
import { describe, type Path, type Problems } from "./errors";
import { bucketsPath, locationsOf, locationValue, modeOf } from "./locations";
import type { StackConfig } from "./schema";

/** What the rules know besides the stack config. The region is missing where it is itself a problem. */
export interface RuleContext {
    readonly stack: string;
    readonly region: Region | undefined;
    readonly prefix: string;
}

/** EC2 takes 50 tags on a resource; the stack's own two are among them. */
const MAX_CLUSTER_TAGS = 48;

/** Everything that no single field can tell. A value that is a problem already is not judged again. */
export function checkRules(config: StackConfig, context: RuleContext, problems: Problems): void {
    checkZones(config, context, problems);
    checkRenewal(config, problems);
    checkRelease(config, problems);
    checkKeys(config, context, problems);
    checkMode(config, problems);
    checkErrorsLocation(config, problems);
    checkVolume(config, problems);
    checkThriftConfiguration(config, problems);
    checkClusterTags(config, context, problems);
    checkPrefixes(config, problems);
    checkNesting(config, context, problems);
    checkExistingBuckets(config, problems);
    checkDocumentLimits(config, context, problems);
}

function checkZones({ network }: StackConfig, { region }: RuleContext, problems: Problems): void {
    const path = ["network", "availabilityZones"];
    if (region === undefined || problems.has(path)) {
        return;
    }
    const zone = new RegExp(`^${region}[${ZONE_LETTERS}]$`);
    network.availabilityZones.forEach((name, index) => {
        if (!zone.test(name)) {
            problems.add([...path, index], `a zone of ${region}, such as ${region}a`);
        }
    });
}

function checkRenewal({ certificates }: StackConfig, problems: Problems): void {
    const { validityDays, renewBeforeDays, chainPem } = certificates;
    const path = ["certificates", "renewBeforeDays"];
    if (
        renewBeforeDays < validityDays ||
        chainPem !== null ||
        problems.has(["certificates", "validityDays"]) ||
        problems.has(path)
    ) {
        return;
    }
    problems.add(
        path,
        `fewer than the ${validityDays} days of certificates.validityDays: otherwise every \`up\` renews`,
        String(renewBeforeDays),
    );
}

function checkRelease(config: StackConfig, problems: Problems): void {
    const path = ["emrEtlRunner", "aws", "emr", "ami_version"];
    const release = parseRelease(config.emrEtlRunner.aws.emr.ami_version);
    if (release === undefined || problems.has(path)) {
        return;
    }
    const refusals = releaseRefusals(release, config.encryption, config.network.internetAccess === "nat");
    if (refusals.length > 0) {
        problems.add(path, refusals.join("; "), describe(config.emrEtlRunner.aws.emr.ami_version));
    }
}

function checkKeys({ storage }: StackConfig, { region }: RuleContext, problems: Problems): void {
    const path = ["storage", "existingKmsKeyArns"];
    if (region === undefined || problems.has(path)) {
        return;
    }
    storage.existingKmsKeyArns.forEach((arn, index) => {
        if (arn.split(":")[3] !== region) {
            problems.add(
                [...path, index],
                `a key of the stack's region, ${region}: S3 uses no key of another`,
            );
        }
    });
}

/** Batch mode needs what stream-enrich mode must not have (EmrEtlRunner's cli.rb and runner.rb). */
function checkMode(config: StackConfig, problems: Problems): void {
    const { collectors, enrich } = config.emrEtlRunner;
    const format = ["emrEtlRunner", "collectors", "format"];
    if (problems.has(bucketsPath("enriched.stream"))) {
        return; // The mode is not known.
    }
    if (modeOf(config) === "batch") {
        if (collectors.format === null && !problems.has(format)) {
            problems.add(
                format,
                "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…: batch mode (no enriched.stream) needs it",
            );
        }
        const rawIn = bucketsPath("raw.in");
        if (
            collectors.format === "clj-tomcat" &&
            locationValue(config, "raw.in") === null &&
            !problems.has(rawIn)
        ) {
            problems.add(
                rawIn,
                "the bucket that Elastic Beanstalk rotates the Clojure collector's logs into (clj-tomcat): it makes its own, and writes to no other",
            );
        }
        return;
    }
    const because = "no such line: enriched.stream means stream-enrich mode, which has none";
    for (const { path, modes } of LOCATIONS) {
        if (!modes.includes("stream-enrich") && locationValue(config, path) !== null) {
            problems.add(bucketsPath(path), because);
        }
    }
    if (collectors.format !== null) {
        problems.add(format, because);
    }
    if (enrich.output_compression !== "GZIP") {
        problems.add(
            ["emrEtlRunner", "enrich", "output_compression"],
            "GZIP: in stream-enrich mode EmrEtlRunner takes .gz files only",
        );
    }
}

function checkErrorsLocation(config: StackConfig, problems: Problems): void {
    if (!config.emrEtlRunner.enrich.continue_on_unexpected_error) {
        return;
    }
    const mode = modeOf(config);
    for (const row of LOCATIONS) {
        const path = bucketsPath(row.path);
        const missing = row.optional && row.modes.includes(mode) && locationValue(config, row.path) === null;
        if (missing && !problems.has(path)) {
            problems.add(
                path,
                'an S3 URL, or "managed": enrich.continue_on_unexpected_error is true, and failures must go somewhere',
            );
        }
    }
}

function checkVolume(config: StackConfig, problems: Problems): void {
    const volume = config.emrEtlRunner.aws.emr.jobflow.core_instance_ebs;
    const path = ["emrEtlRunner", "aws", "emr", "jobflow", "core_instance_ebs", "volume_iops"];
    if (volume?.volume_type === "io1" && volume.volume_iops === null && !problems.has(path)) {
        problems.add(path, "a whole number from 1 on: volume_type io1 needs it");
    }
}

/** EmrEtlRunner adds these itself (emr_job.rb), and EMR refuses a classification that is there twice. */
const CONFIGURATION_OF_THRIFT = ["core-site", "mapred-site"];

function checkThriftConfiguration(
    { emrEtlRunner: { aws, collectors } }: StackConfig,
    problems: Problems,
): void {
    const path = ["emrEtlRunner", "aws", "emr", "configuration"];
    if (collectors.format !== "thrift" || problems.has(path)) {
        return;
    }
    for (const key of CONFIGURATION_OF_THRIFT.filter((name) =>
        Object.hasOwn(aws.emr.configuration ?? {}, name),
    )) {
        problems.add(
            [...path, key],
            "no such key with collectors.format thrift: EmrEtlRunner adds its own, and EMR refuses two",
        );
    }
}

function checkClusterTags(config: StackConfig, { stack }: RuleContext, problems: Problems): void {
    const path = ["emrEtlRunner", "monitoring", "tags"];
    const tags = config.emrEtlRunner.monitoring.tags ?? {};
    const own: Readonly<Record<string, string>> = { ...EMR_TAG, [STACK_TAG]: stack };
    for (const [key, value] of Object.entries(tags)) {
        const owned = Object.hasOwn(own, key) ? own[key] : undefined;
        if (owned !== undefined && value !== owned) {
            problems.add(
                [...path, key],
                `delete this line: the stack sets it to ${describe(owned)}, and needs it so`,
            );
        }
        if (/^aws:/i.test(key)) {
            problems.add([...path, key], "another name: AWS keeps those that begin with aws: to itself");
        }
    }
    const others = Object.keys(tags).filter((key) => !Object.hasOwn(own, key)).length;
    if (others > MAX_CLUSTER_TAGS) {
        problems.add(
            path,
            `at most ${MAX_CLUSTER_TAGS}: EC2 takes 50, two of them the stack's own`,
            `${others} tags`,
        );
    }
}

/** EmrEtlRunner's --resume-from finds no run folder at a bucket's root (emr_job.rb, `get_latest_run_id`). */
function checkPrefixes(config: StackConfig, problems: Problems): void {
    for (const location of locationsOf(config)) {
        const path = bucketsPath(location.path);
        if (location.managed || !location.needsPrefix || problems.has(path)) {
            continue;
        }
        for (const folder of location.folders.filter(({ prefix }) => prefix === "")) {
            problems.add(
                path,
                `a folder in the bucket, such as ${formatS3Url(folder)}${location.prefix}: EmrEtlRunner cannot resume from a bucket's root`,
            );
        }
    }
}

/** A folder of the stack's, the path that it was written at, and what an error calls it. */
interface PlacedFolder {
    readonly path: Path;
    readonly name: LocationPath;
    readonly folder: S3Folder;
    readonly managed: boolean;
}

/** EmrEtlRunner would take one location's objects for the other's: it refuses to run, or runs them twice. */
function checkNesting(config: StackConfig, { prefix }: RuleContext, problems: Problems): void {
    const placed = locationsOf(config).flatMap((location): readonly PlacedFolder[] => {
        const path = bucketsPath(location.path);
        if (location.managed) {
            const bucket = bucketPrefix(prefix, location.bucket);
            return [
                { path, name: location.path, folder: { bucket, prefix: location.prefix }, managed: true },
            ];
        }
        return location.folders.map((folder, index) => ({
            path: location.path === "raw.in" ? [...path, index] : path,
            name: location.path,
            folder: { ...folder, bucket: withoutSuffix(folder.bucket, prefix) },
            managed: false,
        }));
    });
    // A managed location is not the user's to mend, and one finding a location is enough.
    const settled = new Set(placed.filter(({ path, managed }) => managed || problems.has(path)));
    placed.forEach((outer, index) => {
        for (const inner of placed.slice(index + 1)) {
            const [written, other] = inner.managed ? [outer, inner] : [inner, outer];
            if (settled.has(written) || !overlap(inner.folder, outer.folder)) {
                continue;
            }
            settled.add(written);
            problems.add(
                written.path,
                written.name === other.name && formatS3Url(written.folder) === formatS3Url(other.folder)
                    ? `each folder once: ${formatS3Url(other.folder)} is in ${other.name} twice`
                    : other.managed
                      ? `a folder outside of the stack's own ${other.name}: delete the line to have the managed bucket`
                      : `a folder that neither lies in ${other.name} (${formatS3Url(other.folder)}) nor holds it: EmrEtlRunner would take one's objects for the other's`,
            );
        }
    });
}

/** The names of managed buckets are known up to their generated end: `snowplow-dev-logs-` and 26 characters. */
function withoutSuffix(bucket: string, prefix: string): string {
    const start = bucket.slice(0, -GENERATED_SUFFIX_LENGTH);
    const managed = LOCATIONS.some((row) => bucketPrefix(prefix, row.bucket) === start);
    return managed ? start : bucket;
}

/** The lists that name buckets of existing locations. */
const EXISTING_BUCKETS = ["encryptExistingBuckets", "policiesOnExistingBuckets"] as const;

function checkExistingBuckets(config: StackConfig, problems: Problems): void {
    if (problems.has(["emrEtlRunner", "aws", "s3", "buckets"])) {
        return;
    }
    const existing = locationsOf(config).flatMap((location) => (location.managed ? [] : location.folders));
    const buckets = [...new Set(existing.map(({ bucket }) => bucket))];
    const which = buckets.length === 0 ? "there is none" : buckets.join(", ");
    for (const key of EXISTING_BUCKETS) {
        const path = ["storage", key];
        if (problems.has(path)) {
            continue;
        }
        config.storage[key].forEach((bucket, index) => {
            if (!buckets.includes(bucket)) {
                problems.add([...path, index], `the bucket of an existing location: ${which}`);
            }
        });
    }
}
