import { parseArn } from "../../domain/arn";
import { EMR_TAG, STACK_TAG } from "../../domain/naming";
import type { Finding, Rule, RuleArgs } from "./rule";

const EMR = ["emrEtlRunner", "aws", "emr"];

function* keyRegions({ encryption, storage, region }: RuleArgs): Iterable<Finding> {
    const keys = [
        { path: ["encryption", "kmsKeyArn"], arn: encryption.kmsKeyArn },
        ...storage.existingKmsKeyArns.map((arn, index) => ({
            path: ["storage", "existingKmsKeyArns", index],
            arn,
        })),
    ];
    for (const { path } of keys.filter(({ arn }) => arn !== null && parseArn(arn).region !== region)) {
        const expected = `a key in ${region}: disks and S3 use no key of another region`;
        yield { code: "key-of-another-region", path, expected };
    }
}

function* volumeIops({ emrEtlRunner }: RuleArgs): Iterable<Finding> {
    const volume = emrEtlRunner.aws.emr.jobflow.core_instance_ebs;
    if (volume?.volume_type === "io1" && volume.volume_iops === null) {
        const path = [...EMR, "jobflow", "core_instance_ebs", "volume_iops"];
        const expected = "an integer, at least 1: volume_type io1 requires it";
        yield { code: "volume-iops-missing", path, found: "missing", expected };
    }
}

/** EmrEtlRunner adds these itself (emr_job.rb), and EMR refuses two of the same classification. */
const CONFIGURATION_OF_THRIFT = ["core-site", "mapred-site"];

function* thriftConfiguration({ emrEtlRunner: { aws, collectors } }: RuleArgs): Iterable<Finding> {
    const configuration = collectors.format === "thrift" ? (aws.emr.configuration ?? {}) : {};
    for (const key of CONFIGURATION_OF_THRIFT.filter((name) => Object.hasOwn(configuration, name))) {
        const fix = "omit this key: EmrEtlRunner adds it with collectors.format thrift, and EMR refuses two";
        yield { code: "configuration-of-thrift", path: [...EMR, "configuration", key], fix };
    }
}

/** EC2 accepts 50 tags on a resource; two are the stack's own. */
const MAX_CLUSTER_TAGS = 48;

function* clusterTags({ emrEtlRunner, stackTag }: RuleArgs): Iterable<Finding> {
    const path = ["emrEtlRunner", "monitoring", "tags"];
    const tags = Object.entries(emrEtlRunner.monitoring.tags ?? {});
    const own = new Map<string, string>(Object.entries({ ...EMR_TAG, [STACK_TAG]: stackTag }));
    for (const [key, value] of tags) {
        if (own.has(key) && own.get(key) !== value) {
            const fix = `omit this key: the stack sets it to "${own.get(key)}"`;
            yield { code: "owned-tag", path: [...path, key], fix };
        }
        if (/^aws:/i.test(key)) {
            const found = "a name that begins with aws:, which AWS reserves";
            yield { code: "aws-tag-name", path, found, fix: "rename the tag" };
        }
    }
    const count = tags.filter(([key]) => !own.has(key)).length;
    if (count > MAX_CLUSTER_TAGS) {
        const expected = `at most ${MAX_CLUSTER_TAGS}: EC2 accepts 50, two of them the stack's own`;
        yield { code: "too-many-tags", path, found: `${count} tags`, expected };
    }
}

export const emrRules: readonly Rule[] = [keyRegions, volumeIops, thriftConfiguration, clusterTags];
