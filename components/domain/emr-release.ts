/** An EMR release: the three numbers of `aws.emr.ami_version`. */
export type Release = readonly [major: number, minor: number, patch: number];

/**
 * The first release of each feature.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export const GATES = {
    /** Private subnets. */
    privateSubnets: [4, 2, 0],
    /** Security configurations. */
    securityConfiguration: [4, 8, 0],
    /** AES-256 for Spark's RPC; earlier releases use SASL with DIGEST-MD5. */
    sparkRpcAes256: [5, 9, 0],
    /** `EnableEbsEncryption`: encrypts EBS volumes, the root volume included, through EC2. */
    ebsEncryption: [5, 24, 0],
} as const satisfies Record<string, Release>;

/**
 * The default: the latest release with Spark 2.4, which EmrEtlRunner's default jobs need, and the only 5.x that still
 * gets security fixes. It runs Amazon Linux 2, as EMR 6.1 does, on which Snowplow's guide runs EmrEtlRunner's
 * bootstrap script. EMR lists it in every region with Snowplow's hosted assets, and m4.large for it.
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Spark-release-history.html
 * @see https://docs.snowplow.io/docs/api-reference/loaders-storage-targets/snowplow-rdb-loader/upgrade-guides/r33-upgrade-guide
 * @see https://github.com/getmoto/moto/tree/master/moto/emr/resources: answers of ListReleaseLabels, ListSupportedInstanceTypes
 */
export const DEFAULT_RELEASE = "5.36.2";

/** The latest release for jobs of Spark 3 with Amazon Linux 2. */
export const SPARK_3_RELEASE = "6.15.0";

/** The end of a release's support: days in UTC, as `YYYY-MM-DD`. */
interface Support {
    /** From this day on, AWS fixes nothing. */
    readonly endOfSupport: string;
    /** From this day on, AWS may remove the release. */
    readonly endOfLife: string;
}

/**
 * Each row is for the releases before `before` that no row above is for. Later releases are supported for 24 months:
 * AWS's page has their dates. Until their End of Support, 5.36 and 6.6 to 6.15 get critical security fixes only, as far
 * as AWS can.
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-standard-support.html
 */
const SUPPORT: readonly (Support & { readonly before: Release })[] = [
    { before: [5, 36, 0], endOfSupport: "2026-09-01", endOfLife: "2027-09-01" },
    { before: [6, 0, 0], endOfSupport: "2027-06-30", endOfLife: "2028-07-01" },
    { before: [6, 6, 0], endOfSupport: "2026-09-01", endOfLife: "2027-09-01" },
    { before: [7, 0, 0], endOfSupport: "2027-06-30", endOfLife: "2028-07-01" },
    { before: [7, 11, 0], endOfSupport: "2027-08-31", endOfLife: "2028-08-31" },
];

/** When AWS's support of a release ends; undefined where it is not known here. */
export function supportOf(release: Release): Support | undefined {
    return SUPPORT.find(({ before }) => !atLeast(release, before));
}

/** The jobs that run on the cluster's own Spark or Hadoop, as EmrEtlRunner's keys; RDB Loader brings all it needs. */
export type Job = "spark_enrich" | "rdb_shredder";

/** From the first version on, and before the second, if there is one. */
export type Range = readonly [from: Release, before?: Release];

export function isWithin(version: Release, [from, before]: Range): boolean {
    return atLeast(version, from) && !(before && atLeast(version, before));
}

/** The first version of RDB Loader and RDB Shredder that EmrEtlRunner cannot launch. */
export const FIRST_WITHOUT_EMR_ETL_RUNNER: Release = [0, 19, 0];

/** The versions of RDB Loader and RDB Shredder for Spark 3. Snowplow has no Spark Enrich for it. */
export const SPARK_3_JOBS: Range = [[0, 18, 0], FIRST_WITHOUT_EMR_ETL_RUNNER];

/** The first release with Spark 3. */
export const FIRST_SPARK_3_RELEASE: Release = [6, 1, 0];

/** The default versions of RDB Loader and RDB Shredder: the last that EmrEtlRunner launches on Spark 2, and on Spark 3. */
export const DEFAULT_JOBS = {
    spark2: { rdb_loader: "0.17.0", rdb_shredder: "0.16.0" },
    spark3: { rdb_loader: "0.18.2", rdb_shredder: "0.18.2" },
} as const;

/**
 * The releases that each version of a job can run on. Jobs for one binary version of Scala, or for Spark 2, fail on
 * another one as soon as they start, with the cluster billed.
 * @see https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Spark-release-history.html
 * @see https://docs.snowplow.io/docs/api-reference/loaders-storage-targets/snowplow-rdb-loader/upgrade-guides/r33-upgrade-guide
 */
export const JOB_GATES: readonly {
    readonly jobs: Partial<Record<Job, Range>>;
    readonly releases: Range;
    /** Which releases, and why. */
    readonly expected: (jobs: string) => string;
}[] = [
    {
        jobs: { spark_enrich: [[1, 9, 0]], rdb_shredder: [[0, 12, 0], SPARK_3_JOBS[0]] },
        releases: [[5, 0, 0]],
        expected: (jobs) => `5.x for ${jobs}: earlier releases have no Spark 2`,
    },
    {
        jobs: { spark_enrich: [[0, 0, 0]], rdb_shredder: [[0, 0, 0], SPARK_3_JOBS[0]] },
        releases: [
            [0, 0, 0],
            [6, 0, 0],
        ],
        expected: (jobs) =>
            `5.x for ${jobs}: built for Scala 2.11 or earlier, and later releases have Scala 2.12`,
    },
    {
        jobs: { rdb_shredder: SPARK_3_JOBS },
        releases: [FIRST_SPARK_3_RELEASE],
        expected: (jobs) => `6.1.0 or later for ${jobs}: earlier releases have no Spark 3`,
    },
];

/** The three numbers of a job's version, without a suffix such as `-rc1`. */
export function parseVersion(text: string): Release {
    const [major = 0, minor = 0, patch = 0] = text.replace(/-.*/, "").split(".").map(Number);
    return [major, minor, patch];
}

/** The releases whose clusters can start without IMDSv1, for messages. */
export const IMDS_V2_RELEASES = "5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later";

export function parseRelease(text: string): Release | undefined {
    const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
    return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

export function formatRelease(release: Release): string {
    return release.join(".");
}

export function atLeast(release: Release, gate: Release): boolean {
    for (const part of [0, 1, 2] as const) {
        if (release[part] !== gate[part]) {
            return release[part] > gate[part];
        }
    }
    return true;
}

/** On other releases, a cluster without IMDSv1 fails at startup. */
export function supportsImdsV2Only(release: Release): boolean {
    const text = formatRelease(release);
    if (text === "5.23.1" || text === "5.27.1") {
        return true;
    }
    return release[0] === 5 ? atLeast(release, [5, 32, 0]) : atLeast(release, [6, 2, 0]);
}

/** The parts of the security configuration that are turned on, as in the argument `encryption`. */
export interface EncryptionSwitches {
    readonly atRestS3: boolean;
    readonly atRestLocalDisks: boolean;
    readonly inTransit: boolean;
    readonly requireImdsV2: boolean;
}

/** Whether a security configuration exists: at least one switch is on. */
export function anySwitchOn(switches: EncryptionSwitches): boolean {
    return switches.atRestS3 || switches.atRestLocalDisks || switches.inTransit || switches.requireImdsV2;
}
