import fc from "fast-check";
import {
    dictionary,
    drawnFrom,
    jsonText,
    key,
    onOneLine,
    orEmpty,
    tags,
    text,
    withoutPassword,
} from "./strings";
import { bid, count, distinct, instanceType, nullable, outsideUrl, some } from "./values";

/** Null, or the value that the stack renders. */
export const OWNED = nullable(fc.constant("rendered"));

/** EmrEtlRunner reads IOPS with io1 only. */
function volume(volumeType: string, min: number, max: number, iops: fc.Arbitrary<number> = count(1)) {
    return fc.record(
        {
            volume_size: fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max })),
            volume_type: fc.constant(volumeType),
            volume_iops: nullable(iops),
            ebs_optimized: nullable(fc.boolean()),
        },
        { requiredKeys: ["volume_size", "volume_type"], noNullPrototype: true },
    );
}

/** From 100 to 64,000 IOPS, at most 50 for each GB. */
const io1 = fc.tuple(volume("io1", 4, 16_384), fc.nat(64_000)).map(([drawn, number]) => ({
    ...drawn,
    volume_iops: Math.max(100, Math.min(number, 50 * drawn.volume_size)),
}));

export const jobflow = some({
    job_name: nullable(
        fc.oneof(
            text(256).map((name) => name.replaceAll(/[<>$|`]/g, "-")),
            drawnFrom("aZ09 _.:/=+-@&'\"#é", 256, 256).map(withoutPassword),
        ),
    ),
    master_instance_type: instanceType,
    core_instance_count: count(1),
    core_instance_type: instanceType,
    core_instance_bid: bid,
    core_instance_ebs: nullable(fc.oneof(volume("standard", 1, 1_024), volume("gp2", 1, 16_384), io1)),
    task_instance_count: count(0),
    task_instance_type: instanceType,
    task_instance_bid: bid,
});

/** A key that the stack owns may be null. */
const nothing = fc.constant(null);

const scripts = (most: number) =>
    distinct(
        outsideUrl.map((script) => script.replace(/\/?$/, "/boot.sh")),
        most,
    );

export const emr = some({
    jobflow_role: nothing,
    service_role: nothing,
    placement: nothing,
    ec2_subnet_id: nothing,
    security_configuration: nothing,
    ec2_key_name: nullable(fc.oneof(drawnFrom("aZ09 _<%=#:'\"\\", 1, 20), drawnFrom("aZ09-", 255, 255))),
    bootstrap: nullable(fc.oneof(scripts(2), scripts(15))),
    bootstrap_failure_tries: count(1),
    configuration: nullable(dictionary(key(60), dictionary(key(60), orEmpty(150), 2), 2)),
    additional_info: nullable(jsonText),
});

export const software = some({ hbase: nothing, lingual: nothing });

export const monitoring = some({
    tags: nullable(fc.oneof({ weight: 4, arbitrary: tags(3, 20) }, tags(48, 6))),
    snowplow: nullable(
        fc.record(
            {
                method: fc.constantFrom("get", "post"),
                collector: text(200),
                app_id: text(200),
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
