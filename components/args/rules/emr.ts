import { parseArn } from "../../domain/arn";
import { LIMITS } from "../../domain/limits";
import { EMR_TAG, STACK_TAG } from "../../domain/naming";
import { tagErrors } from "../../domain/tags";
import { printable } from "../schema-guide";
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

const VOLUME = [...EMR, "jobflow", "core_instance_ebs"];

/** EC2's limits. EmrEtlRunner passes IOPS with io1 only. */
function* volume({ emrEtlRunner }: RuleArgs): Iterable<Finding> {
    const ebs = emrEtlRunner.aws.emr.jobflow.core_instance_ebs;
    if (ebs === null) {
        return;
    }
    const { volume_type, volume_size, volume_iops } = ebs;
    const [smallest, largest] = LIMITS.ebs.size[volume_type];
    if (volume_size < smallest || volume_size > largest) {
        const expected = `${smallest} to ${largest} with volume_type ${volume_type}`;
        yield { code: "volume-size", path: [...VOLUME, "volume_size"], expected };
    }
    const path = [...VOLUME, "volume_iops"];
    const { from, to, perGb } = LIMITS.ebs.iops;
    const most = Math.min(to, perGb * volume_size);
    if (volume_type === "io1" && volume_iops === null) {
        const expected = `an integer, at least ${from}: volume_type io1 requires it`;
        yield { code: "volume-iops-missing", path, found: "missing", expected };
    } else if (volume_type === "io1" && (Number(volume_iops) < from || Number(volume_iops) > most)) {
        const expected = `${from} to ${to} with volume_type io1, and at most ${perGb} for each GB of volume_size`;
        yield { code: "volume-iops", path, expected };
    }
}

/** EmrEtlRunner adds its own actions (emr_job.rb): one, and two more for thrift before release 4. */
function* bootstrapScripts({ emrEtlRunner: { aws, collectors }, release }: RuleArgs): Iterable<Finding> {
    const own = release[0] < 4 && collectors.format === "thrift" ? 3 : 1;
    const most = LIMITS.emr.bootstrapActions - own;
    if ((aws.emr.bootstrap ?? []).length > most) {
        const expected = `at most ${most} scripts: EMR takes ${LIMITS.emr.bootstrapActions} bootstrap actions, and EmrEtlRunner adds ${own}`;
        yield { code: "too-many-bootstrap-scripts", path: [...EMR, "bootstrap"], expected };
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

/** They reach the cluster and its EC2 instances. */
function* clusterTags({ emrEtlRunner, stackTag }: RuleArgs): Iterable<Finding> {
    const path = ["emrEtlRunner", "monitoring", "tags"];
    const tags = emrEtlRunner.monitoring.tags ?? {};
    const own = { ...EMR_TAG, [STACK_TAG]: stackTag };
    yield* tagErrors(tags, { pathOf: (key) => printable([...path, key]), own, iam: false });
    const most = LIMITS.ec2.tags - Object.keys(own).length;
    const count = Object.keys(tags).filter((key) => !Object.hasOwn(own, key)).length;
    if (count > most) {
        const expected = `at most ${most}: EC2 accepts ${LIMITS.ec2.tags}, two of them the stack's own`;
        yield { code: "too-many-tags", path, found: `${count} tags`, expected };
    }
}

/**
 * An importing program may pass any name; Pulumi's CLI accepts no other for a stack. Names, tags and messages contain it.
 * @see https://github.com/pulumi/pulumi: sdk/go/common/workspace/templates.go, `ValidateStackName`
 */
function* stackName({ stack, stackTag }: RuleArgs): Iterable<Finding> {
    if (!/^[\w.-]{1,100}$/.test(stack)) {
        const expected = "1 to 100 of A-Z, a-z, 0-9, _ . and -, as Pulumi requires of a stack's name";
        yield { code: "stack-name", path: ["stack"], expected };
    } else {
        yield* tagErrors({ [STACK_TAG]: stackTag }, { pathOf: () => ["stackTag"], own: {}, iam: true });
    }
}

export const emrRules: readonly Rule[] = [
    keyRegions,
    volume,
    bootstrapScripts,
    thriftConfiguration,
    clusterTags,
    stackName,
];
