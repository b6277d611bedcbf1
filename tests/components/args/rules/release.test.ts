import { batch, type Case, type Config, judges, stream } from "../parse";

const OFF = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
const RELEASE = "release at emrEtlRunner.aws.emr.ami_version";
const VERSION = "job-version at emrEtlRunner.storage.versions";
const TYPE = "instance-type at emrEtlRunner.aws.emr.jobflow";

/** Jobs for Hadoop alone, which run on releases before 5.0.0. */
const HADOOP_JOBS = {
    enrich: { versions: { spark_enrich: "1.8.0" } },
    storage: { versions: { rdb_shredder: "0.11.0" } },
};

const old = (ami_version: string, others: Config = {}) => ({
    ...batch({ ...HADOOP_JOBS, aws: { emr: { ami_version } } }),
    ...others,
});

/** Jobs by mode: the versions of Spark Enrich, RDB Shredder and RDB Loader. */
const JOBS: Readonly<Record<string, (ami_version: string) => Config>> = {
    "default jobs": (ami_version) => batch({ aws: { emr: { ami_version } } }),
    "default jobs in stream-enrich mode": (ami_version) => ({
        emrEtlRunner: { aws: { emr: { ami_version }, s3: { buckets: { enriched: { stream: "managed" } } } } },
    }),
    "jobs for Spark 2 in stream-enrich mode": streaming("0.16.0", "0.17.0"),
    "jobs for Hadoop": old,
    "an enrich job for Hadoop": (ami_version) =>
        batch({ enrich: HADOOP_JOBS.enrich, aws: { emr: { ami_version } } }),
    "jobs 0.18 in stream-enrich mode": streaming("0.18.2", "0.18.2"),
    "a candidate of 0.18 in stream-enrich mode": streaming("0.18.0-rc1", "0.18.0-rc1"),
    "a loader 0.18 alone": (ami_version) =>
        batch({ storage: { versions: { rdb_loader: "0.18.2" } }, aws: { emr: { ami_version } } }),
};

function streaming(rdb_shredder: string, rdb_loader: string): (ami_version: string) => Config {
    return (ami_version) => ({
        emrEtlRunner: {
            aws: { emr: { ami_version }, s3: { buckets: { enriched: { stream: "managed" } } } },
            storage: { versions: { rdb_shredder, rdb_loader } },
        },
    });
}

/** The releases that each row accepts, of these. */
const RELEASES = ["4.9.6", "5.0.0", "5.29.0", "5.36.2", "6.0.1", "6.1.0", "6.15.0", "7.13.0"];
const SPARK_2 = ["5.0.0", "5.29.0", "5.36.2"];
const SPARK_3 = ["6.1.0", "6.15.0", "7.13.0"];
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
    "default jobs": SPARK_2,
    "default jobs in stream-enrich mode": [...SPARK_2, ...SPARK_3],
    "jobs for Spark 2 in stream-enrich mode": SPARK_2,
    "jobs for Hadoop": ["4.9.6", ...SPARK_2],
    "an enrich job for Hadoop": SPARK_2,
    "jobs 0.18 in stream-enrich mode": SPARK_3,
    "a candidate of 0.18 in stream-enrich mode": SPARK_3,
    "a loader 0.18 alone": SPARK_2,
};

const cases: readonly Case[] = Object.entries(ACCEPTED).flatMap(([jobs, accepted]) =>
    RELEASES.map(
        (release): Case => [
            `${jobs} on ${release}`,
            () => JOBS[jobs]?.(release) ?? {},
            accepted.includes(release) ? [] : RELEASE,
        ],
    ),
);

const versions = (below: Config, mode: (others: Config) => Config) => mode({ storage: { versions: below } });

const types = (jobflow: Config, ami_version?: string, others: Config = {}) => ({
    ...batch({ aws: { emr: { jobflow, ...(ami_version && { ami_version }) } } }),
    ...others,
});

const graviton = (type: string, ami_version: string, error?: string): Case => [
    `${type} on ${ami_version}`,
    ami_version.startsWith("5")
        ? types({ core_instance_type: type }, ami_version)
        : {
              emrEtlRunner: {
                  aws: {
                      emr: { ami_version, jobflow: { core_instance_type: type } },
                      s3: { buckets: { enriched: { stream: "managed" } } },
                  },
                  storage: { versions: { rdb_shredder: "0.18.2", rdb_loader: "0.18.2" } },
              },
          },
    error,
];

describe("the release", () => {
    judges([
        ["a release before security configurations", old("4.7.0"), RELEASE],
        [
            "a release before security configurations with one switch on",
            old("4.7.0", { encryption: { ...OFF, inTransit: true } }),
            RELEASE,
        ],
        ["a release before security configurations with every switch off", old("4.7.0", { encryption: OFF })],
        ["the first release with security configurations", old("4.8.0")],
        ["a release that does not start in private subnets", old("4.1.0", { encryption: OFF }), RELEASE],
        [
            "the same release in public subnets",
            old("4.1.0", { encryption: OFF, network: { internetAccess: "public" } }),
        ],
        [
            "a release for three reasons at once",
            old("4.1.0", { encryption: { requireImdsV2: true } }),
            [RELEASE, RELEASE, RELEASE],
        ],
        ...["5.29.0", "5.23.2", "5.31.1"].map(
            (version): Case => [
                `IMDSv2 only on ${version}`,
                { ...JOBS["default jobs"]?.(version), encryption: { requireImdsV2: true } },
                RELEASE,
            ],
        ),
        [
            "IMDSv2 only on 6.1.1",
            {
                ...JOBS["jobs 0.18 in stream-enrich mode"]?.("6.1.1"),
                encryption: { requireImdsV2: true },
            },
            RELEASE,
        ],
        ...["5.23.1", "5.27.1", "5.32.0", "5.36.2"].map(
            (version): Case => [
                `IMDSv2 only on ${version}`,
                { ...JOBS["default jobs"]?.(version), encryption: { requireImdsV2: true } },
            ],
        ),
    ]);
});

describe("the jobs and the release", () => {
    judges([
        ...cases,
        [
            "Spark Enrich and jobs for Spark 3",
            versions({ rdb_shredder: "0.18.2", rdb_loader: "0.18.2" }, batch),
            `${VERSION}.rdb_shredder`,
        ],
        ...(["0.19.0", "0.19.0-rc1", "1.0.0"] as const).map(
            (version): Case => [
                `RDB Loader and RDB Shredder ${version}`,
                versions({ rdb_shredder: version, rdb_loader: version }, (others) => stream({}, others)),
                [`${VERSION}.rdb_loader`, `${VERSION}.rdb_shredder`],
            ],
        ),
    ]);
});

describe("the instance types and the release", () => {
    judges([
        [
            "types without EBS encryption, for each node that is launched",
            types({
                master_instance_type: "m1.medium",
                core_instance_type: "c1.xlarge",
                task_instance_type: "m2.xlarge",
                task_instance_count: 1,
            }),
            [`${TYPE}.master_instance_type`, `${TYPE}.core_instance_type`, `${TYPE}.task_instance_type`],
        ],
        ["such a type for task nodes, of which there are none", types({ task_instance_type: "t1.micro" })],
        ["such a type before EBS encryption", types({ core_instance_type: "m1.medium" }, "5.23.1")],
        [
            "such a type with unencrypted disks",
            types({ core_instance_type: "m1.medium" }, undefined, {
                encryption: { atRestLocalDisks: false },
            }),
        ],
        [
            "types of later generations",
            types({ master_instance_type: "m3.xlarge", core_instance_type: "g4dn.xlarge" }, "5.24.0"),
        ],
        graviton("m6g.xlarge", "5.29.0", `${TYPE}.core_instance_type`),
        graviton("m6g.xlarge", "5.30.0"),
        graviton("m6g.xlarge", "6.1.0"),
        graviton("r6g.xlarge", "5.30.2", `${TYPE}.core_instance_type`),
        graviton("r6g.xlarge", "5.31.0"),
        graviton("r6gd.xlarge", "5.32.1", `${TYPE}.core_instance_type`),
        graviton("r6gd.xlarge", "5.33.0"),
        graviton("r6gd.xlarge", "6.2.1", `${TYPE}.core_instance_type`),
        graviton("r6gd.xlarge", "6.3.0"),
        graviton("im4gn.xlarge", "6.5.0", `${TYPE}.core_instance_type`),
        graviton("is4gen.xlarge", "5.35.0"),
        graviton("c7gn.xlarge", "5.29.0", `${TYPE}.core_instance_type`),
        graviton("c7gn.xlarge", "5.30.0"),
        graviton("m8g.xlarge", "7.0.0"),
    ]);
});
