import type { Surroundings } from "./verdicts";

/** What an upgrade of EmrEtlRunner changed in config.yml, and how an older file shows. */
interface Upgrade {
    /** A key that only files from before the upgrade have, or, with `isMissing`, that they lack. */
    readonly key: string;
    readonly isMissing?: true;
    readonly step: string;
}

/**
 * The upgrades of EmrEtlRunner from 0.17.0 to 1.0.4 that a config.yml shows, by Snowplow's releases.
 * @see https://github.com/snowplow/emr-etl-runner: CHANGELOG, the history of config/config.yml.sample
 * @see https://github.com/snowplow/snowplow/wiki/Upgrade-Guide
 */
const UPGRADES: readonly Upgrade[] = [
    {
        key: "storage.targets",
        step: "R88 (EmrEtlRunner 0.24.0): write each target of storage.targets into a file of its own, for --targets",
    },
    {
        key: "enrich.versions.hadoop_enrich",
        step: "R89 (0.25.0): Spark Enrich replaces hadoop_enrich: choose enrich.versions.spark_enrich, 1.9.0 or later, and EMR 5.x",
    },
    {
        key: "enrich.versions.hadoop_shred",
        step: "R89 (0.25.0): RDB Shredder replaces hadoop_shred: choose storage.versions.rdb_shredder, 0.12.0 or later; job_name moves to aws.emr.jobflow",
    },
    {
        key: "storage.versions.rdb_loader",
        isMissing: true,
        step: "R90 (0.26.0): RDB Loader replaces StorageLoader and storage.download: choose storage.versions.rdb_loader, load with it once, and grant the cluster access to the database; jobs take aws.emr.configuration",
    },
    {
        key: "aws.s3.buckets.encrypted",
        isMissing: true,
        step: "R91 (0.27.0): EmrEtlRunner's commands are `run`, `lint` and `generate`; --resume-from replaces --process-enrich, --process-shred, --start and --end",
    },
    {
        key: "aws.s3.buckets.encrypted",
        isMissing: true,
        step: "R92 (0.28.0): archive_shredded is a step of its own: aws.s3.buckets.shredded.archive needs a location",
    },
    {
        key: "aws.s3.buckets.encrypted",
        isMissing: true,
        step: "R108 (0.33.0): aws.s3.buckets.encrypted: false and aws.emr.security_configuration are new keys",
    },
    {
        key: "aws.s3.consolidate_shredded_output",
        isMissing: true,
        step: "R113 (0.34.1): aws.s3.consolidate_shredded_output is a new key; false is what EmrEtlRunner did before",
    },
    {
        key: "aws.s3.buckets.encrypted",
        isMissing: true,
        step: "EmrEtlRunner 1.0.4, with this config.yml and without encryption: one successful run",
    },
];

/** Paragraphs for the header: what to upgrade before the move; empty for a file of EmrEtlRunner 0.33 or later. */
export function upgradesBefore({ has }: Pick<Surroundings, "has">): readonly string[] {
    // EmrEtlRunner has required the key since 0.33.0 (contracts.rb), and has had the other since then.
    if (has("aws.s3.buckets.encrypted") || has("aws.emr.security_configuration")) {
        return [];
    }
    return [
        "This config.yml is from before EmrEtlRunner 0.33, the first with encryption. Upgrade first, in this order,",
        "and skip what you have done; https://github.com/snowplow/snowplow/wiki/Upgrade-Guide has the steps.",
        ...UPGRADES.filter(({ key, isMissing = false }) => has(key) !== isMissing).map(
            ({ step }) => `- ${step}`,
        ),
    ];
}
