import {
    anySwitchOn,
    atLeast,
    DEFAULT_JOBS,
    FIRST_SPARK_3_RELEASE,
    FIRST_WITHOUT_EMR_ETL_RUNNER,
    formatRelease,
    GATES,
    IMDS_V2_RELEASES,
    isWithin,
    JOB_GATES,
    type Job,
    parseVersion,
    SPARK_3_JOBS,
    supportsImdsV2Only,
} from "../../domain/emr-release";
import { DEFAULT_TYPE, earliestRelease, encryptsNoVolumes, familyOf } from "../../domain/instance-types";
import type { Finding, Rule, RuleArgs } from "./rule";

const RELEASE = ["emrEtlRunner", "aws", "emr", "ami_version"];
const VERSIONS = ["emrEtlRunner", "storage", "versions"];

function* features({ encryption, network, release }: RuleArgs): Iterable<Finding> {
    const { securityConfiguration, privateSubnets } = GATES;
    const refuse = (expected: string): Finding => ({ code: "release", path: RELEASE, expected });
    if (anySwitchOn(encryption) && !atLeast(release, securityConfiguration)) {
        yield refuse(
            `${formatRelease(securityConfiguration)} or later: earlier releases have no security configurations, so nothing on the cluster would be encrypted`,
        );
    }
    if (network.internetAccess === "nat" && !atLeast(release, privateSubnets)) {
        yield refuse(
            `${formatRelease(privateSubnets)} or later: earlier releases do not start in a private subnet (network.internetAccess: nat)`,
        );
    }
    if (encryption.requireImdsV2 && !supportsImdsV2Only(release)) {
        yield refuse(
            `${IMDS_V2_RELEASES}, while encryption.requireImdsV2 is true: on other releases a cluster without IMDSv1 fails at startup`,
        );
    }
}

/** @see https://docs.snowplow.io/docs/destinations/warehouses-and-lakes/rdb/upgrade-guides/r35-upgrade-guide/ */
function* jobVersions({ emrEtlRunner: { storage }, mode }: RuleArgs): Iterable<Finding> {
    for (const name of ["rdb_loader", "rdb_shredder"] as const) {
        const version = parseVersion(storage.versions[name]);
        const path = [...VERSIONS, name];
        if (atLeast(version, FIRST_WITHOUT_EMR_ETL_RUNNER)) {
            const expected = `a version before ${formatRelease(FIRST_WITHOUT_EMR_ETL_RUNNER)}, the first that EmrEtlRunner cannot launch`;
            const { spark2, spark3 } = DEFAULT_JOBS;
            const fix = `write ${spark2[name]}, or ${spark3[name]} in stream-enrich mode on EMR ${formatRelease(FIRST_SPARK_3_RELEASE)} and later`;
            yield { code: "job-version", path, expected, fix };
        } else if (name === "rdb_shredder" && mode === "batch" && isWithin(version, SPARK_3_JOBS)) {
            const expected = `a version before ${formatRelease(SPARK_3_JOBS[0])} in batch mode: this one needs Spark 3, and Spark Enrich does not run on it`;
            const fix = "enrich with Stream Enrich (enriched.stream), or keep 0.17.0 or earlier";
            yield { code: "job-version", path, expected, fix };
        }
    }
}

function* jobReleases({ emrEtlRunner: { enrich, storage }, mode, release }: RuleArgs): Iterable<Finding> {
    const isBatch = mode === "batch";
    const jobs: readonly { readonly job: Job; readonly version: string }[] = [
        ...(isBatch ? [{ job: "spark_enrich", version: enrich.versions.spark_enrich } as const] : []),
        { job: "rdb_shredder", version: storage.versions.rdb_shredder },
    ];
    for (const { jobs: ranges, releases, expected } of JOB_GATES) {
        const blocked = jobs.filter(({ job, version }) => {
            const range = ranges[job];
            // In batch mode, `jobVersions` refuses a job for Spark 3.
            return range && isWithin(parseVersion(version), range) && !(isBatch && range === SPARK_3_JOBS);
        });
        if (blocked.length > 0 && !isWithin(release, releases)) {
            const names = blocked.map(({ job, version }) => `${job} ${version}`).join(" and ");
            yield { code: "release", path: RELEASE, expected: expected(names) };
        }
    }
}

function* launchedTypes({ encryption, instanceTypes, release }: RuleArgs): Iterable<Finding> {
    const encryptsVolumes = encryption.atRestLocalDisks && atLeast(release, GATES.ebsEncryption);
    for (const { path, type } of instanceTypes) {
        const family = familyOf(type);
        const earliest = earliestRelease(family, release);
        if (encryptsVolumes && encryptsNoVolumes(family)) {
            const expected = `a type of a later generation, such as ${DEFAULT_TYPE}: this one is older than EBS encryption, which encryption.atRestLocalDisks requires`;
            yield { code: "instance-type", path, expected };
        } else if (earliest) {
            const expected = `a type without Graviton, such as ${DEFAULT_TYPE}, or EMR ${formatRelease(earliest)} or later: EMR ${formatRelease(release)} has no ${family}`;
            yield { code: "instance-type", path, expected };
        }
    }
}

export const releaseRules: readonly Rule[] = [features, jobVersions, jobReleases, launchedTypes];
