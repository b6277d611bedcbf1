import { batch, type Config, emr, judges } from "../parse";

const TAGS = "emrEtlRunner.monitoring.tags";
const OWN_TAGS = {
    "snowplow-emr-stack": "snowplow-emr-encryption/dev",
    "for-use-with-amazon-emr-managed-policies": "true",
};

const keyArn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234abcd`;
const tags = (below: Config) => batch({ monitoring: { tags: below } });
const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));
const io1 = (below: Config) =>
    emr({ jobflow: { core_instance_ebs: { volume_size: 100, volume_type: "io1", ...below } } });
const thrift = { "core-site": { a: "b" }, "mapred-site": {}, spark: {} };

describe("EMR", () => {
    judges([
        [
            "keys of another region",
            {
                ...batch(),
                encryption: { kmsKeyArn: keyArn("us-east-1") },
                storage: { existingKmsKeyArns: [keyArn("eu-west-1"), keyArn("us-east-1")] },
            },
            [
                "key-of-another-region at encryption.kmsKeyArn",
                "key-of-another-region at storage.existingKmsKeyArns[1]",
            ],
        ],
        ["a key of the region", { ...batch(), encryption: { kmsKeyArn: keyArn("eu-west-1") } }],
        [
            "an io1 volume without IOPS",
            io1({}),
            "volume-iops-missing at emrEtlRunner.aws.emr.jobflow.core_instance_ebs.volume_iops",
        ],
        ["an io1 volume with IOPS", io1({ volume_iops: 500 })],
        ["a gp2 volume without IOPS", io1({ volume_type: "gp2" })],
        [
            "classifications that EmrEtlRunner adds for thrift",
            emr({ configuration: thrift }),
            ["core-site", "mapred-site"].map(
                (key) => `configuration-of-thrift at emrEtlRunner.aws.emr.configuration.${key}`,
            ),
        ],
        [
            "the same classifications for another collector",
            {
                emrEtlRunner: {
                    collectors: { format: "cloudfront" },
                    aws: { emr: { configuration: thrift } },
                },
            },
        ],
        [
            "other values of the stack's own tags",
            tags({ "snowplow-emr-stack": "dev", "for-use-with-amazon-emr-managed-policies": "false" }),
            [
                `owned-tag at ${TAGS}.snowplow-emr-stack`,
                `owned-tag at ${TAGS}.for-use-with-amazon-emr-managed-policies`,
            ],
        ],
        [
            "names that AWS reserves",
            tags({ "aws:team": "data", "AWS:x": "y", "my:aws:x": "y" }),
            [`aws-tag-name at ${TAGS}`, `aws-tag-name at ${TAGS}`],
        ],
        ["49 tags", tags(many(49)), `too-many-tags at ${TAGS}`],
        ["48 tags and the stack's own", tags({ ...many(48), ...OWN_TAGS })],
        ["tags with names that every JavaScript object has", tags({ constructor: "x", toString: "y" })],
    ]);
});
