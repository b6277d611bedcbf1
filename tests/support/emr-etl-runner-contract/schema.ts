import { z } from "zod";

/** EmrEtlRunner crashes on an empty location, and passes other empty strings on. */
export const text = z.string().min(1);
const texts = z.record(text, z.string());
const whole = (from: number) => z.int().min(from);
const bid = z.number().positive().nullable();
const semver = z.string().regex(/^\d+\.\d+\.\d+(-.+)?$/);

/** Strict, because EmrEtlRunner ignores unknown keys: a misspelt key would be lost. */
export const configYml = z.strictObject({
    aws: z.strictObject({
        access_key_id: z.literal("an access key"),
        secret_access_key: z.literal("a secret key"),
        s3: z.strictObject({
            region: text,
            buckets: z.strictObject({
                assets: text,
                jsonpath_assets: text.nullable(),
                log: text,
                encrypted: z.boolean(),
                raw: z.strictObject({ in: z.array(text).min(1), processing: text, archive: text }).nullable(),
                enriched: z.strictObject({
                    good: text,
                    bad: text.nullable(),
                    errors: text.nullable(),
                    archive: text, // EmrEtlRunner's schema allows null, but its archiving step needs a string.
                    stream: text.nullable(),
                }),
                shredded: z.strictObject({ good: text, bad: text, errors: text.nullable(), archive: text }),
            }),
            consolidate_shredded_output: z.boolean(),
        }),
        emr: z.strictObject({
            ami_version: z.string().regex(/^\d+\.\d+\.\d+$/),
            region: text,
            jobflow_role: text,
            service_role: text,
            placement: z.null(),
            ec2_subnet_id: text,
            ec2_key_name: text,
            security_configuration: text.nullable(),
            bootstrap: z.array(text).nullable(),
            software: z.strictObject({ hbase: z.null(), lingual: z.null() }),
            jobflow: z.strictObject({
                job_name: text,
                master_instance_type: text,
                core_instance_count: whole(1),
                core_instance_type: text,
                core_instance_bid: bid,
                core_instance_ebs: z
                    .strictObject({
                        volume_size: whole(1),
                        volume_type: z.enum(["standard", "gp2", "io1"]),
                        volume_iops: whole(1).nullable().optional(),
                        ebs_optimized: z.boolean().nullable().optional(),
                    })
                    .nullable(),
                task_instance_count: whole(0),
                task_instance_type: text,
                task_instance_bid: bid,
            }),
            bootstrap_failure_tries: whole(1),
            configuration: z.record(text, texts).nullable(),
            additional_info: text.nullable(),
        }),
    }),
    collectors: z
        .strictObject({
            format: z.string().regex(/^(cloudfront|clj-tomcat|thrift|(json|tsv|ndjson)\/[^\n]+\/[^\n]+)$/),
        })
        .nullable(),
    enrich: z.strictObject({
        versions: z.strictObject({ spark_enrich: text }).nullable(),
        continue_on_unexpected_error: z.boolean().nullable(),
        output_compression: z.enum(["NONE", "GZIP"]),
    }),
    storage: z.strictObject({
        versions: z.strictObject({ rdb_loader: semver, rdb_shredder: semver, hadoop_elasticsearch: semver }),
    }),
    monitoring: z.strictObject({
        tags: texts,
        logging: z.strictObject({ level: z.enum(["DEBUG", "INFO"]) }),
        snowplow: z
            .strictObject({
                method: z.enum(["get", "post"]),
                collector: text,
                app_id: text,
                protocol: text.nullable().optional(),
                port: whole(1).max(65_535).nullable().optional(),
            })
            .nullable(),
    }),
});

export type ConfigYml = z.output<typeof configYml>;
