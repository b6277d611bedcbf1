import { z } from "zod";
import {
    CollectorFormat,
    LogLevel,
    MANAGED,
    OutputCompression,
    TrackingMethod,
    TrackingProtocol,
    VolumeType,
} from "../domain/choices";
import {
    DEFAULT_JOBS,
    DEFAULT_RELEASE,
    FIRST_SPARK_3_RELEASE,
    formatRelease,
    parseRelease,
} from "../domain/emr-release";
import { DEFAULT_TYPE } from "../domain/instance-types";
import { LIMITS } from "../domain/limits";
import { S3_URL, S3_URL_PATTERN } from "../domain/locations";
import { distinct, field, integer, matching, objectWith, optional, section } from "./field";

/** The keys of config.yml that the stack sets, each with the reason to omit it. */
export const OWNED_KEYS = {
    "aws.access_key_id":
        "EmrEtlRunner reads it from the environment variable AWS_SNOWPLOW_ACCESS_KEY, and no file holds it",
    "aws.secret_access_key":
        "EmrEtlRunner reads it from the environment variable AWS_SNOWPLOW_SECRET_KEY, and no file holds it",
    "aws.s3.region": "everything is in the region of aws:region",
    "aws.s3.buckets.encrypted":
        "it is always true, since every bucket is encrypted with SSE-S3 and s3-dist-cp must ask for the same",
    "aws.emr.region": "everything is in the region of aws:region",
    "aws.emr.jobflow_role": "the stack creates this role; access.jobflowRole names an existing one",
    "aws.emr.service_role": "the stack creates this role; access.serviceRole names an existing one",
    "aws.emr.placement":
        "it is always null, since clusters run in the stack's subnet; network.availabilityZones chooses the zone",
    "aws.emr.ec2_subnet_id": "clusters run in the stack's subnet; network.existing names an existing one",
    "aws.emr.security_configuration": "the stack creates the security configuration",
    "aws.emr.software.hbase":
        "it is always null, since EmrEtlRunner installs HBase on AMI 3 only, which has no security configurations",
    "aws.emr.software.lingual":
        "it is always null, since EmrEtlRunner installs Lingual on AMI 3 only, which has no security configurations",
    "storage.versions.hadoop_elasticsearch": "0.1.0 is the only version",
} as const;

export type OwnedKey = keyof typeof OWNED_KEYS;

/** Of any type: a rule accepts null and the value that the stack renders, and refuses the rest with the reason. */
const owned = (key: OwnedKey) =>
    z
        .unknown()
        .optional()
        .meta({ description: `Omit this key: ${OWNED_KEYS[key]}.` });

const nonEmpty = z.string().min(1);
const s3Url = matching(S3_URL_PATTERN);
const managedOrS3Url = matching(new RegExp(`^${MANAGED}$|${S3_URL_PATTERN.source}`));
const collectorFormat = matching(/^(cloudfront|clj-tomcat|thrift|(json|tsv|ndjson)\/[^/\n]+\/[^\n]+)$/).meta({
    examples: Object.values(CollectorFormat),
});
const positive = z.int().min(1);

const location = (description: string) =>
    optional(managedOrS3Url, `${description} Omitted: a managed bucket.`, S3_URL, "a managed bucket");

const optionalLocation = (description: string, without: string) =>
    optional(managedOrS3Url, description, `${S3_URL}; "${MANAGED}" for a managed bucket`, without);

const errorsLocation = (description: string) =>
    optionalLocation(`${description} Only jobs older than Spark Enrich write it.`, "no location");

const instanceType = (description: string) =>
    field(
        matching(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/)
            .max(LIMITS.emr.instanceType)
            .default(DEFAULT_TYPE),
        description,
        `an EC2 instance type, such as ${DEFAULT_TYPE}`,
    );

/** In USD. The minimum is for YAML 1.1, which reads `1e-7` as a string. */
const bid = (nodes: string) =>
    optional(
        z.number().min(0.0001).max(10_000),
        `The ${nodes} nodes' Spot bid in USD an hour. Omitted: on-demand.`,
        "a number from 0.0001 to 10000",
        "on-demand",
    );

/** EmrEtlRunner accepts a suffix such as -rc1, but no fourth part (utils.rb, `is_rdb_shredder`). */
const version = matching(/^\d+\.\d+\.\d+(-[0-9A-Za-z-]+)?$/);
const versionOf = (job: "rdb_loader" | "rdb_shredder", description: string) => {
    const { spark2, spark3 } = DEFAULT_JOBS;
    return optional(
        version,
        `${description} Omitted: ${spark2[job]}; on EMR ${formatRelease(FIRST_SPARK_3_RELEASE)} and later in stream-enrich mode, ${spark3[job]}.`,
        `a version of three numbers, such as ${spark2[job]}`,
    );
};

const raw = section("Batch mode only: raw events.", {
    in: optional(
        z.array(s3Url).min(1),
        "Where the collector writes: one or more existing locations. Omitted: a managed bucket.",
        `a list of at least one S3 URL; ${S3_URL}`,
        "a managed bucket",
    ),
    processing: location("Raw events being processed."),
    archive: location("Raw events after processing."),
});

const enriched = section("Enriched events.", {
    good: location("Enriched events being processed."),
    bad: location("Batch mode only: events that failed enrichment."),
    errors: errorsLocation("Batch mode only: enrichment's own failures."),
    archive: location("Enriched events after loading."),
    stream: optionalLocation(
        "The output of Snowplow's S3 Loader; it means stream-enrich mode.",
        "batch mode",
    ),
});

const shredded = section("Shredded events.", {
    good: location("Shredded events being loaded."),
    bad: location("Events that failed shredding."),
    errors: errorsLocation("Shredding's own failures."),
    archive: location("Shredded events after loading."),
});

const s3 = section("S3.", {
    region: owned("aws.s3.region"),
    buckets: section("EmrEtlRunner's locations.", {
        assets: field(
            s3Url.default("s3://snowplow-hosted-assets"),
            "Where the jars come from. The bootstrap scripts always come from Snowplow's own bucket.",
            S3_URL,
        ),
        jsonpath_assets: optional(s3Url, "Your own JSON paths.", S3_URL, "none"),
        log: location("EMR's and RDB Loader's logs."),
        encrypted: owned("aws.s3.buckets.encrypted"),
        raw,
        enriched,
        shredded,
    }),
    consolidate_shredded_output: optional(
        z.boolean(),
        "Combine shredded files when they are copied to S3. Omitted: true in batch mode, false in stream-enrich mode.",
        "true or false",
    ),
});

const EBS_VOLUME = {
    volume_size: field(positive, "In GB.", "an integer, at least 1"),
    volume_type: field(
        z.enum(VolumeType),
        "EBS volume type.",
        "standard, gp2 or io1: EmrEtlRunner knows no other type",
    ),
    volume_iops: optional(positive, "Used with io1 only.", "an integer, at least 1"),
    ebs_optimized: optional(z.boolean(), "Omitted: true, EmrEtlRunner's default.", "true or false"),
};

const jobflow = section("The cluster.", {
    job_name: optional(
        matching(new RegExp(`^${LIMITS.emr.clusterNameCharacter}{1,${LIMITS.emr.name}}$`)),
        "The clusters' name; it must be unique with a persistent jobflow. Omitted: Snowplow ETL and the stack's name.",
        `1 to ${LIMITS.emr.name} characters other than < > $ | and \``,
    ),
    master_instance_type: instanceType("The master node's instance type."),
    core_instance_count: integer(1, 2, "Number of core nodes."),
    core_instance_type: instanceType("The core nodes' instance type."),
    core_instance_bid: bid("core"),
    core_instance_ebs: field(
        z
            .strictObject(EBS_VOLUME)
            .nullable()
            .default({ volume_size: 100, volume_type: "gp2", volume_iops: 400, ebs_optimized: false }),
        "An EBS volume for each core node; null for none.",
        `${objectWith(EBS_VOLUME)}; null for no volume`,
    ),
    task_instance_count: integer(0, 0, "Number of task nodes."),
    task_instance_type: instanceType("The task nodes' instance type."),
    task_instance_bid: bid("task"),
});

const emr = section("EMR.", {
    ami_version: field(
        z
            .string()
            .refine((text) => parseRelease(text) !== undefined)
            .default(DEFAULT_RELEASE),
        "The EMR release. It must run the versions of `enrich` and `storage`, and support the instance types.",
        `a release of three numbers, such as ${DEFAULT_RELEASE}, without emr-`,
    ),
    region: owned("aws.emr.region"),
    jobflow_role: owned("aws.emr.jobflow_role"),
    service_role: owned("aws.emr.service_role"),
    placement: owned("aws.emr.placement"),
    ec2_subnet_id: owned("aws.emr.ec2_subnet_id"),
    ec2_key_name: optional(
        // EMR would look for a key pair whose name is that ARN or id, and the cluster would not start.
        matching(
            new RegExp(`^(?!arn:|key-[0-9a-f]{17}$)${LIMITS.ec2.keyNameCharacter}{1,${LIMITS.ec2.keyName}}$`),
        ),
        "An EC2 key pair for logging in. Omitted: a managed one, since EmrEtlRunner requires a key pair.",
        "the name of an EC2 key pair in the stack's region, at most 255 ASCII characters",
        "a managed one",
    ),
    security_configuration: owned("aws.emr.security_configuration"),
    bootstrap: field(
        distinct(s3Url.regex(/[^/]$/)).nullable().default([]),
        "Your own bootstrap scripts.",
        "a list of S3 URLs of scripts, s3://bucket/path/script.sh, each once",
    ),
    software: section("EmrEtlRunner's optional software.", {
        hbase: owned("aws.emr.software.hbase"),
        lingual: owned("aws.emr.software.lingual"),
    }),
    jobflow,
    bootstrap_failure_tries: integer(
        1,
        3,
        "Launches of a cluster that fails to bootstrap, the first included.",
    ),
    configuration: field(
        z
            .record(nonEmpty, z.record(nonEmpty, z.string()))
            .nullable()
            .default({
                "yarn-site": { "yarn.resourcemanager.am.max-attempts": "1" },
                spark: { maximizeResourceAllocation: "true" },
            }),
        "EMR's configuration classifications.",
        'classifications with their properties, each value a string, such as spark: { maximizeResourceAllocation: "true" }',
    ),
    additional_info: optional(
        z.string().max(LIMITS.emr.string).refine(isJson),
        "EMR's `AdditionalInfo`, as JSON.",
        `a string of valid JSON, at most ${LIMITS.emr.string} characters`,
    ),
});

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

const TRACKING = {
    method: field(z.enum(TrackingMethod), "How events are sent.", "get or post"),
    collector: field(nonEmpty, "The collector's host name.", "a host name"),
    app_id: field(nonEmpty, "The app_id of the events.", "a string that is not empty"),
    protocol: optional(z.enum(TrackingProtocol), "Omitted: http.", "http or https"),
    port: optional(positive.max(65_535), "Omitted: the protocol's default.", "an integer from 1 to 65535"),
};

const monitoring = section("Monitoring.", {
    tags: field(
        z.record(z.string(), z.string()).nullable().default({}),
        "Tags for the clusters, in addition to the stack's own.",
        "keys of at most 128 characters, each with a string of at most 256 characters",
    ),
    logging: section("Logging.", {
        level: field(
            z.enum(LogLevel).default("DEBUG"),
            "The log level.",
            "DEBUG or INFO: RDB Loader refuses other levels",
        ),
    }),
    snowplow: optional(
        z.strictObject(TRACKING),
        "EmrEtlRunner's own Snowplow tracking.",
        objectWith(TRACKING),
        "no tracking",
    ),
});

/**
 * The keys of EmrEtlRunner's config.yml, as its contracts.rb checks them and, where RDB Loader reads the same file
 * more strictly, as RDB Loader does.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/contracts.rb, config/config.yml.sample
 */
export const emrEtlRunner = section("The keys of EmrEtlRunner's config.yml; a whole file may be pasted.", {
    aws: section("AWS.", {
        access_key_id: owned("aws.access_key_id"),
        secret_access_key: owned("aws.secret_access_key"),
        s3,
        emr,
    }),
    collectors: section("Batch mode only: the collector.", {
        format: optional(
            collectorFormat,
            "Batch mode only, and required there: what the collector writes.",
            "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…",
        ),
    }),
    enrich: section("Enrichment.", {
        versions: section("The enrich job's version.", {
            spark_enrich: field(
                version.default("1.18.0"),
                "Spark Enrich.",
                "a version of three numbers, such as 1.18.0",
            ),
        }),
        continue_on_unexpected_error: field(
            z.boolean().nullable().default(false),
            "Only for jobs older than Spark Enrich, with an errors location.",
            "true or false",
        ),
        output_compression: field(
            z.enum(OutputCompression).default("GZIP"),
            "Compression of enriched and shredded events; NONE for Postgres targets.",
            "NONE or GZIP",
        ),
    }),
    storage: section("Storage.", {
        versions: section("The storage jobs' versions.", {
            rdb_loader: versionOf("rdb_loader", "RDB Loader."),
            rdb_shredder: versionOf("rdb_shredder", "RDB Shredder."),
            hadoop_elasticsearch: owned("storage.versions.hadoop_elasticsearch"),
        }),
    }),
    monitoring,
});
