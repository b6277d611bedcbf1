import type { ConfigYml } from "./verdicts";

/**
 * A paragraph for the header: the upgrades of EmrEtlRunner from 0.17.0 to 1.0.4 that a config.yml lacks, by Snowplow's
 * releases; empty for a file of EmrEtlRunner 0.33 or later.
 * @see https://github.com/snowplow/emr-etl-runner: CHANGELOG, the history of config/config.yml.sample
 * @see https://github.com/snowplow/snowplow/wiki/Upgrade-Guide
 */
export function upgradesBefore(config: ConfigYml): readonly string[] {
    // EmrEtlRunner has required the key since 0.33.0 (contracts.rb), and has had the other since then.
    if (config.has("aws.s3.buckets.encrypted") || config.has("aws.emr.security_configuration")) {
        return [];
    }
    const steps = [
        config.has("storage.targets") &&
            "R88 (EmrEtlRunner 0.24.0): write each target of storage.targets into a file of its own, for --targets",
        config.has("enrich.versions.hadoop_enrich") &&
            "R89 (0.25.0): Spark Enrich replaces hadoop_enrich: choose enrich.versions.spark_enrich, 1.9.0 or later, and EMR 5.x",
        config.has("enrich.versions.hadoop_shred") &&
            "R89 (0.25.0): RDB Shredder replaces hadoop_shred: choose storage.versions.rdb_shredder, 0.12.0 or later; job_name moves to aws.emr.jobflow",
        !config.has("storage.versions.rdb_loader") &&
            "R90 (0.26.0): RDB Loader replaces StorageLoader and storage.download: choose storage.versions.rdb_loader, load with it once, and grant the cluster access to the database; jobs take aws.emr.configuration",
        "R91 (0.27.0): EmrEtlRunner's commands are `run`, `lint` and `generate`; --resume-from replaces --process-enrich, --process-shred, --start and --end",
        "R92 (0.28.0): archive_shredded is a step of its own: aws.s3.buckets.shredded.archive needs a location",
        "R108 (0.33.0): aws.s3.buckets.encrypted: false and aws.emr.security_configuration are new keys",
        !config.has("aws.s3.consolidate_shredded_output") &&
            "R113 (0.34.1): aws.s3.consolidate_shredded_output is a new key; false is what EmrEtlRunner did before",
        "EmrEtlRunner 1.0.4, with this config.yml and without encryption: one successful run",
    ];
    return [
        "This config.yml is from before EmrEtlRunner 0.33, the first with encryption. Upgrade first, in this order,",
        "and skip what you have done; https://github.com/snowplow/snowplow/wiki/Upgrade-Guide has the steps.",
        ...steps.filter(Boolean).map((step) => `- ${step}`),
    ];
}
