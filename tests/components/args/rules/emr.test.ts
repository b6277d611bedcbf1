import { batch, type Case, type Config, emr, judges } from "../parse";

const TAGS = "emrEtlRunner.monitoring.tags";
const VOLUME = "emrEtlRunner.aws.emr.jobflow.core_instance_ebs";
const TOO_MANY_SCRIPTS = "too-many-bootstrap-scripts at emrEtlRunner.aws.emr.bootstrap";
const OWN_TAGS = {
    "snowplow-emr-stack": "snowplow-emr-encryption/dev",
    "for-use-with-amazon-emr-managed-policies": "true",
};

const keyArn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234abcd`;
const tags = (below: Config) => batch({ monitoring: { tags: below } });
const range = (count: number) => [...Array(count).keys()];
const many = (count: number) => Object.fromEntries(range(count).map((index) => [`tag${index}`, "x"]));
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
        ["an io1 volume without IOPS", io1({}), `volume-iops-missing at ${VOLUME}.volume_iops`],
        ...(
            [
                ["standard", 1024, null],
                ["standard", 1025, null, "volume-size"],
                ["gp2", 1, 70_000],
                ["gp2", 16_384, 1],
                ["gp2", 16_385, null, "volume-size"],
                ["io1", 3, 100, "volume-size"],
                ["io1", 4, 100],
                ["io1", 4, 99, "volume-iops"],
                ["io1", 4, 200],
                ["io1", 4, 201, "volume-iops"],
                ["io1", 16_384, 64_000],
                ["io1", 16_384, 64_001, "volume-iops"],
            ] as const
        ).map(
            ([volume_type, volume_size, volume_iops, code]): Case => [
                `${volume_type} with ${volume_size} GB and ${volume_iops} IOPS`,
                io1({ volume_type, volume_size, volume_iops }),
                code ? `${code} at ${VOLUME}.${code.replace("-", "_")}` : [],
            ],
        ),
        ...(
            [
                ["5.29.0", 15],
                ["5.29.0", 16, TOO_MANY_SCRIPTS],
                ["3.11.0", 13],
                ["3.11.0", 14, TOO_MANY_SCRIPTS],
            ] as const
        ).map(
            ([ami_version, count, code]): Case => [
                `${count} bootstrap scripts on ${ami_version}`,
                {
                    emrEtlRunner: {
                        aws: {
                            emr: {
                                ami_version,
                                bootstrap: range(count).map((n) => `s3://my-scripts/${n}.sh`),
                            },
                        },
                        collectors: { format: "thrift" },
                        enrich: { versions: { spark_enrich: "1.8.0" } },
                        storage: { versions: { rdb_shredder: "0.11.0" } },
                    },
                    encryption: { atRestS3: false, atRestLocalDisks: false, inTransit: false },
                    network: { internetAccess: "public" },
                },
                code,
            ],
        ),
        ["a stack that Pulumi refuses", batch(), "stack-name at stack", { stack: "my stack" }],
        ["the longest stack and project", batch(), [], { stack: "s".repeat(100), project: "p".repeat(100) }],
        [
            "a value of the stack's tag that AWS refuses",
            batch(),
            "invalid-tag at stackTag",
            { project: "p".repeat(253) },
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
            "keys that AWS reserves",
            tags({ "aws:team": "data", "AWS:x": "y", "my:aws:x": "y" }),
            [`aws-tag at ${TAGS}["aws:team"]`, `aws-tag at ${TAGS}["AWS:x"]`],
        ],
        ["tags whose keys differ in case only", tags({ team: "a", Team: "b" })],
        [
            "tags that EMR refuses, without their keys unless these are only a name",
            tags({ owner: "R&D", "hunter#2": "x", "": "x" }),
            [`invalid-tag at ${TAGS}.owner`, `invalid-tag at ${TAGS}`, `invalid-tag at ${TAGS}`],
        ],
        ["49 tags", tags(many(49)), `too-many-tags at ${TAGS}`],
        ["48 tags and the stack's own", tags({ ...many(48), ...OWN_TAGS })],
        ["tags with names that every JavaScript object has", tags({ constructor: "x", toString: "y" })],
    ]);
});
