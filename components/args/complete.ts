import { MANAGED } from "../domain/choices";
import {
    atLeast,
    DEFAULT_JOBS,
    FIRST_SPARK_3_RELEASE,
    parseRelease,
    type Release,
} from "../domain/emr-release";
import type { Path } from "../domain/errors";
import { LOCATIONS, type Location, type Mode } from "../domain/locations";
import { physicalPrefix } from "../domain/naming";
import type { Region } from "../domain/region";
import type { JobflowGrants } from "../policies/emr-roles";
import { jarFolders, locationValue, readUrl } from "./locations";
import type { Environment } from "./schema";

/** The arguments in addition to the objects. */
export interface Ambient {
    /** One of `REGIONS`. */
    readonly region: string;
    /** The stack's name. */
    readonly stack: string;
    /** The value of the stack's tag, `<project>/<stack>`: no other stack of the account may have the same. */
    readonly stackTag: string;
    /** Only whether it is present is checked here: the private key of `certificates.chainPem`. */
    readonly certificatePrivateKey?: unknown;
}

/** Arguments of the right shape, with every default, and what follows from them. */
export interface CompleteArgs extends Environment, Omit<Ambient, "certificatePrivateKey"> {
    readonly emrEtlRunner: Environment["emrEtlRunner"] & { readonly storage: { readonly versions: Jobs } };
    readonly region: Region;
    /** The start of every physical name: `snowplow-<slug>`. */
    readonly prefix: string;
    readonly mode: Mode;
    /** The locations of this mode, in the order of EmrEtlRunner's config.yml. */
    readonly locations: readonly Location[];
    readonly release: Release;
    /** Whether CloudFront writes the raw events: its log delivery requires a bucket that accepts ACLs. */
    readonly cloudfrontCollector: boolean;
    /** Whether nodes may be Spot instances. */
    readonly spot: boolean;
    readonly jobflowGrants: JobflowGrants;
    /** The instance types that EmrEtlRunner launches: it sends no task nodes if there are none (emr_job.rb). */
    readonly instanceTypes: readonly { readonly path: Path; readonly type: string }[];
}

/** The versions of the jobs that read the enriched events. */
type Jobs = Readonly<Record<keyof (typeof DEFAULT_JOBS)["spark2"], string>>;

export function completeArgs(environment: Environment, { region, stack, stackTag }: Ambient): CompleteArgs {
    const { aws, collectors } = environment.emrEtlRunner;
    const { ami_version, jobflow } = aws.emr;
    // `enriched.stream` decides, as it does in EmrEtlRunner.
    const mode = aws.s3.buckets.enriched.stream === null ? "batch" : "stream-enrich";
    const release = parseRelease(ami_version) as Release;
    return {
        ...environment,
        emrEtlRunner: withJobs(environment.emrEtlRunner, mode, release),
        region: region as Region,
        stack,
        stackTag,
        prefix: physicalPrefix(stack),
        mode,
        locations: locationsOf(environment, mode),
        release,
        // As EmrEtlRunner recognises it (utils.rb, `is_cloudfront_log`).
        cloudfrontCollector: /^(cloudfront$|tsv\/com\.amazon\.aws\.cloudfront\/)/.test(
            collectors.format ?? "",
        ),
        spot: jobflow.core_instance_bid !== null || jobflow.task_instance_bid !== null,
        jobflowGrants: jobflowGrants(environment),
        instanceTypes: (["master", "core", "task"] as const)
            .filter((nodes) => nodes !== "task" || jobflow.task_instance_count > 0)
            .map((nodes) => `${nodes}_instance_type` as const)
            .map((key) => ({ path: ["emrEtlRunner", "aws", "emr", "jobflow", key], type: jobflow[key] })),
    };
}

/** In batch mode, Spark Enrich needs Spark 2. */
function withJobs(keys: Environment["emrEtlRunner"], mode: Mode, release: Release) {
    const { versions } = keys.storage;
    const spark = mode === "stream-enrich" && atLeast(release, FIRST_SPARK_3_RELEASE) ? "spark3" : "spark2";
    const { rdb_loader, rdb_shredder } = DEFAULT_JOBS[spark];
    return {
        ...keys,
        storage: {
            versions: {
                ...versions,
                rdb_loader: versions.rdb_loader ?? rdb_loader,
                rdb_shredder: versions.rdb_shredder ?? rdb_shredder,
            },
        },
    };
}

/** The mode's locations, managed or existing; an optional one only if its argument is not null. */
function locationsOf(environment: Environment, mode: Mode): readonly Location[] {
    return LOCATIONS.filter(({ modes }) => modes.includes(mode)).flatMap((row): readonly Location[] => {
        const value = locationValue(environment, row.path);
        if (value === null && row.optional) {
            return [];
        }
        return value === null || value === MANAGED
            ? [{ ...row, managed: true }]
            : [{ ...row, managed: false, folders: [value].flat().map(readUrl) }];
    });
}

/** What the jobflow role may do beyond EmrEtlRunner's locations: what `access` names, and what clusters fetch. */
function jobflowGrants({ access, emrEtlRunner }: Environment): JobflowGrants {
    const { assets, jsonpath_assets: jsonPaths } = emrEtlRunner.aws.s3.buckets;
    return {
        readFolders: [
            ...access.readLocations.map(readUrl),
            ...jarFolders(assets),
            ...(jsonPaths === null ? [] : [readUrl(jsonPaths)]),
        ],
        bootstrapScripts: (emrEtlRunner.aws.emr.bootstrap ?? []).map(readUrl),
        dynamodbTables: access.dynamodbTables,
        queueArns: access.queueArns,
        ssmParameters: access.ssmParameters,
    };
}
