import { BUCKETS, batch, buckets, type Config, emr, judges, stream } from "../parse";

const EMR = "emrEtlRunner.aws.emr";

/** An S3 URL of this length, with the slash at its end that EmrEtlRunner adds. */
const url = (length: number) => "s3://my-bucket/".padEnd(length - 1, "f");

/** As many properties, each with a value of as many characters. */
const properties = (count: number, length: number) =>
    Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`property.${index}`, "v".repeat(length)]),
    );

const configuration = (spark: Config): Config => emr({ configuration: { spark } });

const existingRoles = { access: { serviceRole: { existing: "emr" }, jobflowRole: { existing: "nodes" } } };

describe("the limits of a step's name", () => {
    judges([
        ["a raw location of 212 characters", buckets({ raw: { in: [url(212)] } })],
        [
            "a raw location of 213 characters",
            buckets({ raw: { in: [url(30), url(213)] } }),
            `step-name-too-long at ${BUCKETS}.raw.in[1]`,
        ],
        ["a stream location of 181 characters", stream({ enriched: { stream: url(181) } })],
        [
            "a stream location of 182 characters",
            stream({ enriched: { stream: url(182) } }),
            `step-name-too-long at ${BUCKETS}.enriched.stream`,
        ],
        ["another location of 230 characters", buckets({ log: url(230) })],
    ]);
});

describe("the length of an object's key", () => {
    /** With the slash at its end. */
    const folders = (length: number): Config => {
        const name = "f".repeat(length - 1);
        return {
            ...buckets({ log: `s3://my-logs/${name}` }),
            certificates: { archive: `s3://my-archive/${name.slice(4)}.zip` },
            // IAM's quota does not bind existing roles.
            access: {
                ...existingRoles.access,
                readLocations: ["s3://my-data/short", `s3://my-data/${name}/`],
            },
        };
    };
    judges([
        ["folders of 768 characters", folders(768)],
        [
            "folders of 769 characters, by their place in a list",
            folders(769),
            ["certificates.archive", "access.readLocations[1]", `${BUCKETS}.log`].map(
                (path) => `object-key-too-long at ${path}`,
            ),
        ],
    ]);
});

describe("the limit of RDB Loader's argument --config", () => {
    judges([
        ["a configuration of 4,000 characters", configuration(properties(40, 80))],
        [
            "a configuration of 9,000 characters, at its largest classification",
            configuration(properties(80, 100)),
            `step-argument-too-long at ${EMR}.configuration.spark`,
        ],
        [
            "one long property, at the property",
            configuration({ ...properties(2, 100), long: "v".repeat(7_000) }),
            `step-argument-too-long at ${EMR}.configuration.spark.long`,
        ],
        [
            "two large classifications, at the configuration",
            emr({ configuration: { spark: properties(40, 100), hdfs: properties(40, 100) } }),
            `step-argument-too-long at ${EMR}.configuration`,
        ],
        [
            "additional_info",
            emr({ additional_info: JSON.stringify("v".repeat(7_000)) }),
            `step-argument-too-long at ${EMR}.additional_info`,
        ],
        [
            "tags",
            batch({ monitoring: { tags: properties(40, 200) } }),
            "step-argument-too-long at emrEtlRunner.monitoring.tags",
        ],
        [
            "a list of bootstrap scripts, at the list",
            {
                ...emr({
                    bootstrap: Array.from({ length: 10 }, (_, index) => `${url(700)}${index}`),
                }),
                ...existingRoles,
            },
            `step-argument-too-long at ${EMR}.bootstrap`,
        ],
    ]);
});
