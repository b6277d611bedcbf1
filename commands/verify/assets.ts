import { hostedAssetsBucket, type Region } from "../../components/domain/region";
import { valueAt } from "../../components/domain/value-at";
import { readConfig } from "../config-yml";
import { parseObjectUrl } from "./buckets";
import type { Context, Observation } from "./control";

/** Every cluster fetches these before its first step, or runs them as one: without them it fails, and is billed. */
export function hostedAssets({ clients: { s3 }, outputs }: Context): readonly Observation[] {
    return assetUrls(outputs.emrEtlRunnerConfig, outputs.forCommands.region).map((url) => ({
        subject: `asset ${url}`,
        expected: "there",
        fix: "find out where it has gone; until then, launch no cluster",
        found: async () => {
            const { bucket, key } = parseObjectUrl(url);
            // S3 also denies a missing object to those who may not list the bucket.
            await s3.headObject({ Bucket: bucket, Key: key });
            return "there";
        },
    }));
}

/**
 * The scripts and jars of a config.yml, and its own bootstrap scripts; not the jar for Elasticsearch, since config.yml
 * does not say whether there is such a target.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/emr_job.rb, utils.rb (`get_assets`)
 */
export function assetUrls(emrEtlRunnerConfig: string, region: Region): readonly string[] {
    const config = readConfig(emrEtlRunnerConfig, "emrEtlRunnerConfig");
    const text = (...path: readonly string[]) => String(valueAt(config, path));
    const hosted = `s3://${hostedAssetsBucket(region)}`;
    const assets = text("aws", "s3", "buckets", "assets").replace(/\/$/, "");
    const jars = assets === "s3://snowplow-hosted-assets" ? hosted : assets;
    const enriches = valueAt(config, ["aws", "s3", "buckets", "raw"]) !== null;
    const bootstrap = valueAt(config, ["aws", "emr", "bootstrap"]);
    return [
        `${hosted}/common/emr/${bootstrapScript(text("aws", "emr", "ami_version"))}`,
        `${hosted}/common/emr/snowplow-hadoop-fs-rmr-0.2.0.sh`,
        ...(enriches ? [`${jars}/3-enrich/${enrichJar(text("enrich", "versions", "spark_enrich"))}`] : []),
        `${jars}/${shredJar(text("storage", "versions", "rdb_shredder"))}`,
        `${jars}/4-storage/rdb-loader/snowplow-rdb-loader-${text("storage", "versions", "rdb_loader")}.jar`,
        ...(Array.isArray(bootstrap) ? bootstrap.map(String) : []),
    ];
}

function bootstrapScript(release: string): string {
    const generation = Math.min(Math.max(Number(release.split(".")[0]), 3), 5);
    return `snowplow-ami${generation}-bootstrap-${generation === 4 ? "0.2.0" : "0.1.0"}.sh`;
}

function enrichJar(version: string): string {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major >= 1 && minor >= 9) {
        return `spark-enrich/snowplow-spark-enrich-${version}.jar`;
    }
    return major === 0
        ? `hadoop-etl/snowplow-hadoop-etl-${version}.jar`
        : `scala-hadoop-enrich/snowplow-hadoop-enrich-${version}.jar`;
}

function shredJar(version: string): string {
    const [, minor = 0] = version.split(".").map(Number);
    return minor >= 12
        ? `4-storage/rdb-shredder/snowplow-rdb-shredder-${version}.jar`
        : `3-enrich/scala-hadoop-shred/snowplow-hadoop-shred-${version}.jar`;
}
