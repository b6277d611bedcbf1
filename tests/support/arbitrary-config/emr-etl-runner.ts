import fc from "fast-check";
import { dictionary, jsonText, key, onOneLine, orEmpty, tagKey, text } from "./strings";
import { bid, count, distinct, instanceType, nullable, s3Url, some } from "./values";

/** Null, or the value that the stack renders. */
export const OWNED = nullable(fc.constant("rendered"));

export const jobflow = some({
    job_name: nullable(text(4000)),
    master_instance_type: instanceType,
    core_instance_count: count(1),
    core_instance_type: instanceType,
    core_instance_bid: bid,
    core_instance_ebs: nullable(
        fc
            .record(
                {
                    volume_size: count(1),
                    volume_type: fc.constantFrom("standard", "gp2", "io1"),
                    volume_iops: nullable(count(1)),
                    ebs_optimized: nullable(fc.boolean()),
                },
                { requiredKeys: ["volume_size", "volume_type"], noNullPrototype: true },
            )
            .map((ebs) =>
                ebs.volume_type === "io1" ? { ...ebs, volume_iops: ebs.volume_iops ?? 100 } : ebs,
            ),
    ),
    task_instance_count: count(0),
    task_instance_type: instanceType,
    task_instance_bid: bid,
});

/** A key that the stack owns may be null. */
const nothing = fc.constant(null);

export const emr = some({
    jobflow_role: nothing,
    service_role: nothing,
    placement: nothing,
    ec2_subnet_id: nothing,
    security_configuration: nothing,
    ec2_key_name: nullable(text(255)),
    bootstrap: nullable(distinct(s3Url.map((script) => script.replace(/\/?$/, "/boot.sh")))),
    bootstrap_failure_tries: count(1),
    configuration: nullable(dictionary(key(150), dictionary(key(150), orEmpty(4000)))),
    additional_info: nullable(jsonText),
});

export const software = some({ hbase: nothing, lingual: nothing });

export const monitoring = some({
    tags: nullable(
        fc.oneof(
            { weight: 4, arbitrary: dictionary(tagKey, orEmpty(256)) },
            dictionary(tagKey, orEmpty(20), 48),
        ),
    ),
    snowplow: nullable(
        fc.record(
            {
                method: fc.constantFrom("get", "post"),
                collector: text(4000),
                app_id: text(4000),
                protocol: nullable(fc.constantFrom("http", "https")),
                port: nullable(fc.integer({ min: 1, max: 65_535 })),
            },
            { requiredKeys: ["method", "collector", "app_id"], noNullPrototype: true },
        ),
    ),
});

export const format = fc.oneof(
    fc.constantFrom("thrift", "cloudfront", "clj-tomcat", "tsv/com.amazon.aws.cloudfront/wd_access_log"),
    fc
        .tuple(fc.constantFrom("json", "tsv", "ndjson"), onOneLine, onOneLine)
        .map(([kind, vendor, name]) => `${kind}/${vendor.replaceAll("/", "-")}/${name}`),
);
