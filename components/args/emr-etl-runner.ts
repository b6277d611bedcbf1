import { z } from "zod";
import { parseRelease } from "../domain/emr-release";
import { S3_URL, S3_URL_PATTERN } from "../domain/locations";
import { distinct, field, section } from "./field";

/** The value of a location that the stack is to make, where leaving the line out does not already say so. */
export const MANAGED = "managed";

const COLLECTOR_FORMATS = "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…";

const nonEmpty = z.string().min(1);
const version = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
const instanceType = z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/);
const s3Url = z.string().regex(S3_URL_PATTERN);
const managedOrS3Url = z.string().regex(new RegExp(`^${MANAGED}$|${S3_URL_PATTERN.source}`));
/** In USD. The least is for YAML 1.1, to which `1e-7` is a text. */
const bid = z.number().min(0.0001).max(10_000).nullable();
const count = (from: number) => z.int().min(from);
const wholeNumber = (from: number) => `a whole number from ${from} on`;
const threeNumbers = (example: string) => `three numbers, such as ${example}`;

/** Kept out of the schema's judgement: whether it may stand there at all depends on what the stack renders. */
const owned = (what: string) =>
    z
        .unknown()
        .optional()
        .meta({ description: `The stack's own (${what}): leave this line out.` });

const location = (what: string) =>
    field(
        managedOrS3Url.nullable().default(null),
        `${what} Left out: a bucket that the stack makes.`,
        `${S3_URL}; or no such line, for a bucket that the stack makes`,
    );

const errorsLocation = (what: string) =>
    field(
        managedOrS3Url.nullable().default(null),
        `${what} Only jobs older than Spark Enrich write it.`,
        `${S3_URL}; "${MANAGED}", for a bucket that the stack makes; or no such line, for none`,
    );

const raw = section(
    {
        in: field(
            z.array(s3Url).min(1).nullable().default(null),
            "Where the collector writes: one or more existing locations. Left out: a bucket that the stack makes.",
            `a list (lines that begin with a hyphen) of at least one S3 URL; ${S3_URL}; or no such line, for a bucket that the stack makes`,
        ),
        processing: location("Raw events being processed."),
        archive: location("Raw events after processing."),
    },
    "Batch mode only: raw events.",
);

const enriched = section(
    {
        good: location("Enriched events being processed."),
        bad: location("Batch mode only: events that failed enrichment."),
        errors: errorsLocation("Batch mode only: enrichment's own failures."),
        archive: location("Enriched events after loading."),
        stream: field(
            managedOrS3Url.nullable().default(null),
            "What Snowplow's S3 Loader writes. Given, it means stream-enrich mode.",
            `${S3_URL}; "${MANAGED}", for a bucket that the stack makes; or no such line, for batch mode`,
        ),
    },
    "Enriched events.",
);

const shredded = section(
    {
        good: location("Shredded events being loaded."),
        bad: location("Events that failed shredding."),
        errors: errorsLocation("Shredding's own failures."),
        archive: location("Shredded events after loading."),
    },
    "Shredded events.",
);

const s3 = section(
    {
        region: owned("aws:region"),
        buckets: section(
            {
                assets: field(
                    s3Url.default("s3://snowplow-hosted-assets"),
                    "Where the jars come from. The bootstrap scripts come from Snowplow's own bucket in any case.",
                    S3_URL,
                ),
                jsonpath_assets: field(
                    s3Url.nullable().default(null),
                    "Your own JSON paths.",
                    `${S3_URL}; or no such line, for none`,
                ),
                log: location("EMR's and RDB Loader's logs."),
                encrypted: owned("true: an SSE-S3 header on s3-dist-cp"),
                raw,
                enriched,
                shredded,
            },
            "EmrEtlRunner's locations.",
        ),
        consolidate_shredded_output: field(
            z.boolean().nullable().default(null),
            "Whether shredded files are combined on their way to S3. Left out: true in batch mode, false in stream-enrich mode.",
            "true or false",
        ),
    },
    "S3.",
);

const jobflow = section(
    {
        job_name: field(
            nonEmpty.nullable().default(null),
            "The clusters' name; with a persistent jobflow it must be unique. Left out: Snowplow ETL and the stack's name.",
            "a text that is not empty",
        ),
        master_instance_type: field(
            instanceType.default("m4.large"),
            "The master node's instance type.",
            "an EC2 instance type, such as m4.large",
        ),
        core_instance_count: field(count(1).default(2), "How many core nodes.", wholeNumber(1)),
        core_instance_type: field(
            instanceType.default("m4.large"),
            "The core nodes' instance type.",
            "an EC2 instance type, such as m4.large",
        ),
        core_instance_bid: field(
            bid.default(null),
            "The core nodes' Spot bid in USD an hour. Left out: on-demand.",
            "a number above 0 (from 0.0001 to 10000), or no such line, for on-demand",
        ),
        core_instance_ebs: field(
            z
                .strictObject({
                    volume_size: field(count(1), "In GB.", wholeNumber(1)),
                    volume_type: field(
                        z.enum(["standard", "gp2", "io1"]),
                        "EBS volume type.",
                        "standard, gp2 or io1: EmrEtlRunner knows no other",
                    ),
                    volume_iops: field(
                        count(1).nullable().default(null),
                        "Used with io1 only.",
                        wholeNumber(1),
                    ),
                    ebs_optimized: field(
                        z.boolean().nullable().default(null),
                        "Left out: EmrEtlRunner takes true.",
                        "true or false",
                    ),
                })
                .nullable()
                .default({ volume_size: 100, volume_type: "gp2", volume_iops: 400, ebs_optimized: false }),
            "An EBS volume for each core node; null for none.",
            "an object with volume_size, volume_type, volume_iops and ebs_optimized; or null, for no volume",
        ),
        task_instance_count: field(count(0).default(0), "How many task nodes.", wholeNumber(0)),
        task_instance_type: field(
            instanceType.default("m4.large"),
            "The task nodes' instance type.",
            "an EC2 instance type, such as m4.large",
        ),
        task_instance_bid: field(
            bid.default(null),
            "The task nodes' Spot bid in USD an hour. Left out: on-demand.",
            "a number above 0 (from 0.0001 to 10000), or no such line, for on-demand",
        ),
    },
    "The cluster.",
);

const emr = section(
    {
        ami_version: field(
            z
                .string()
                .refine((text) => parseRelease(text) !== undefined)
                .default("5.29.0"),
            "The EMR release.",
            `${threeNumbers("5.29.0")}, without emr-`,
        ),
        region: owned("aws:region"),
        jobflow_role: owned("its own role, which EMR takes by the instance profile's name"),
        service_role: owned("its own role"),
        placement: owned("null: clusters run in the stack's subnet"),
        ec2_subnet_id: owned("its own subnet"),
        ec2_key_name: field(
            nonEmpty.max(255).nullable().default(null),
            "An EC2 key pair for logging in. Left out: the stack makes one, since EmrEtlRunner cannot do without.",
            "the name of an EC2 key pair in the stack's region; or no such line, for one that the stack makes",
        ),
        security_configuration: owned("its own security configuration"),
        bootstrap: field(
            distinct(s3Url.regex(/[^/]$/)).nullable().default([]),
            "Your own bootstrap scripts.",
            "a list of S3 URLs of scripts, s3://bucket/path/script.sh, each once",
        ),
        software: section(
            {
                hbase: owned("null: EmrEtlRunner installs it on AMI 3 only"),
                lingual: owned("null: as hbase"),
            },
            "EmrEtlRunner's optional software.",
        ),
        jobflow,
        bootstrap_failure_tries: field(
            count(1).default(3),
            "How often a cluster that dies at its start is launched; 1 for the first run.",
            wholeNumber(1),
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
            'classifications with their properties, each value a text, such as spark: { maximizeResourceAllocation: "true" }',
        ),
        additional_info: field(
            z.string().refine(isJson).nullable().default(null),
            "JSON for EMR's additional features.",
            "a text that is valid JSON",
        ),
    },
    "EMR.",
);

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

/**
 * EmrEtlRunner's own config.yml, whatever of it the stack does not own, field by field as its contracts.rb checks it
 * and, where RDB Loader reads the same file more strictly, as RDB Loader does.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/contracts.rb, config/config.yml.sample
 */
export const emrEtlRunner = section(
    {
        aws: section(
            {
                access_key_id: owned("the environment variable AWS_SNOWPLOW_ACCESS_KEY"),
                secret_access_key: owned("the environment variable AWS_SNOWPLOW_SECRET_KEY"),
                s3,
                emr,
            },
            "AWS.",
        ),
        collectors: section(
            {
                format: field(
                    z
                        .string()
                        .regex(/^(cloudfront|clj-tomcat|thrift|(json|tsv|ndjson)\/[^/\n]+\/[^\n]+)$/)
                        .nullable()
                        .default(null),
                    "Batch mode only, and required there: what the collector writes.",
                    COLLECTOR_FORMATS,
                ),
            },
            "Batch mode only: the collector.",
        ),
        enrich: section(
            {
                versions: section(
                    {
                        spark_enrich: field(
                            version.default("1.18.0"),
                            "Spark Enrich.",
                            threeNumbers("1.18.0"),
                        ),
                    },
                    "The enrich job's version.",
                ),
                continue_on_unexpected_error: field(
                    z.boolean().nullable().default(false),
                    "Only for jobs older than Spark Enrich, with an errors location.",
                    "true or false",
                ),
                output_compression: field(
                    z.enum(["NONE", "GZIP"]).default("GZIP"),
                    "How enriched and shredded events are compressed; NONE for Postgres targets.",
                    "NONE or GZIP",
                ),
            },
            "Enrichment.",
        ),
        storage: section(
            {
                versions: section(
                    {
                        rdb_loader: field(version.default("0.17.0"), "RDB Loader.", threeNumbers("0.17.0")),
                        rdb_shredder: field(
                            version.default("0.16.0"),
                            "RDB Shredder.",
                            threeNumbers("0.16.0"),
                        ),
                        hadoop_elasticsearch: owned("0.1.0, the only one there is"),
                    },
                    "The storage jobs' versions.",
                ),
            },
            "Storage.",
        ),
        monitoring: section(
            {
                tags: field(
                    z.record(nonEmpty.max(128), z.string().max(256)).nullable().default({}),
                    "Tags for the clusters, besides the stack's own.",
                    "names of at most 128 characters with texts of at most 256",
                ),
                logging: section(
                    {
                        level: field(
                            z.enum(["DEBUG", "INFO"]).default("DEBUG"),
                            "How much is logged.",
                            "DEBUG or INFO: RDB Loader refuses others",
                        ),
                    },
                    "Logging.",
                ),
                snowplow: field(
                    z
                        .strictObject({
                            method: field(z.enum(["get", "post"]), "How events are sent.", "get or post"),
                            collector: field(nonEmpty, "The collector's host name.", "a host name"),
                            app_id: field(nonEmpty, "The app_id of the events.", "a text that is not empty"),
                            protocol: field(
                                z.enum(["http", "https"]).nullable().default(null),
                                "Left out: http.",
                                "http or https",
                            ),
                            port: field(
                                count(1).max(65_535).nullable().default(null),
                                "Left out: the protocol's own.",
                                "a whole number from 1 to 65535",
                            ),
                        })
                        .nullable()
                        .default(null),
                    "EmrEtlRunner's own Snowplow tracking.",
                    "an object with method, collector and app_id; or no such line, for none",
                ),
            },
            "Monitoring.",
        ),
    },
    "What you would write into EmrEtlRunner's config.yml, in its own words; a whole config.yml of yours may be pasted.",
);

export type EmrEtlRunnerSettings = z.output<typeof emrEtlRunner>;
