import { HeadObjectCommand } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { hostedAssetsBucket, type Region } from "../../components/domain/region";
import { valueAt } from "../../components/domain/value-at";
import { AwsError, callIfThere } from "../aws";
import { readConfig } from "../config-yml";
import { attempt, type Check, type Context, compare } from "./check";
import { parseObjectUrl } from "./s3-object";

const OBJECTS_AT_ONCE = 4;

/** What every cluster fetches before its first step, or runs as one: without it, it dies at its start, and is billed. */
export async function assetChecks({ clients: { s3 }, outputs }: Context): Promise<readonly Check[]> {
    const urls = assetUrls(outputs.emrEtlRunnerConfig, outputs.forCommands.region);
    const checks = await pMap(
        urls,
        (url) => {
            const on = `asset ${url}`;
            const expected = "there";
            const { bucket, key } = parseObjectUrl("emrEtlRunnerConfig", url);
            const remedy =
                "find out where it has gone; until it is there, or config.yml names another, start no cluster";
            return attempt(on, expected, async () => {
                try {
                    const head = await callIfThere(["NotFound", "NoSuchBucket"], "s3:GetObject", url, () =>
                        s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
                    );
                    return compare({ on, expected, found: head ? expected : "no such object", remedy });
                } catch (error) {
                    if (error instanceof AwsError && error.denied) {
                        // S3 says so of what is not there, too, to those who may not list the bucket.
                        const found =
                            "no answer: it is not there, or not for these credentials (s3:GetObject)";
                        return compare({ on, expected, found, remedy });
                    }
                    throw error;
                }
            });
        },
        { concurrency: OBJECTS_AT_ONCE },
    );
    return checks.flat();
}

/**
 * The scripts and jars of a config.yml, and its own bootstrap scripts. Without the jar for Elasticsearch, which only
 * clusters with such a target fetch: config.yml does not tell.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/emr_job.rb, utils.rb (`get_assets`)
 */
export function assetUrls(emrEtlRunnerConfig: string, region: Region): readonly string[] {
    const config = readConfig(emrEtlRunnerConfig, "emrEtlRunnerConfig");
    const text = (...way: readonly string[]) => String(valueAt(config, way));
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
    const major = Number(release.split(".")[0]);
    if (major < 4) {
        return "snowplow-ami3-bootstrap-0.1.0.sh";
    }
    return major === 4 ? "snowplow-ami4-bootstrap-0.2.0.sh" : "snowplow-ami5-bootstrap-0.1.0.sh";
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
