import path from "node:path";
import { expect } from "chai";
import { readStackFile } from "../../../commands/stack-file";
import { NAMESPACE } from "../../../components/domain/naming";
import { batch, type Config, emr, jobflow, parse, stream } from "./parse";

const NOW = new Date("2026-12-01");
const ON_ALL = { requireImdsV2: true };
const OFF = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
const DISKS = "the nodes' disks, with HDFS and what jobs spill, are not encrypted";
const RPC =
    "encryption.inTransit without atRestLocalDisks: Hadoop RPC and the transfer of HDFS blocks between nodes stay unencrypted, since EMR encrypts them together with the local disks.";
const IMDS_V2 =
    "encryption.requireImdsV2: RDB Loader's own AWS SDK (1.11.319) is older than IMDSv2 (1.11.678). Whether EMR's newer SDK takes its place is not known: if it does not, RDB Loader finds no credentials. Try one load before you rely on it.";
const PUBLIC =
    "network.internetAccess is public: every node has a public address, only EMR's security groups keep others out, and connections leave from addresses that change, so Redshift cannot admit them one by one.";
const EVERYTHING_OFF = `encryption: every switch is off: clusters ask for no encryption of what they write to S3: the default encryption of each bucket decides; ${DISKS}; what jobs send from node to node is not encrypted.`;

const NO_CLUSTER_JSON =
    "dataflowRunnerCluster is null: every switch of encryption is off, and Dataflow Runner would pass an empty name of a security configuration to EMR.";

const past = (release: string, since: string, removedFrom: string, fix = "") =>
    `EMR ${release} has been past AWS's End of Support since ${since}: it gets no fixes, and AWS may remove it from ${removedFrom} on.${fix}`;
const SPARK_2_FIX = " 5.36.2 runs the same jobs, with security fixes until 2027-06-30.";
const PAST_5 = (release: string) => past(release, "2026-09-01", "2027-09-01", SPARK_2_FIX);

const jobs = (ami_version: string, rdb_shredder: string, rdb_loader: string): Config => ({
    emrEtlRunner: {
        aws: { emr: { ami_version }, s3: { buckets: { enriched: { stream: "managed" } } } },
        storage: { versions: { rdb_shredder, rdb_loader } },
    },
});

const volume = (volume_size: number, ebs_optimized: boolean | null = null) =>
    jobflow({ core_instance_ebs: { volume_size, volume_type: "gp2", ebs_optimized } });
const volumeOf = (size: number, smallest: number) =>
    `emrEtlRunner.aws.emr.jobflow.core_instance_ebs.volume_size is ${size}: EMR's API reference documents ${smallest} to 1024 GB for this volume, so EMR may refuse to launch the cluster.`;

/** The stack is `dev` on 2026-12-01, unless said otherwise. */
const CASES: readonly (readonly [
    title: string,
    config: Config,
    warnings: readonly string[],
    input?: { readonly stack?: string; readonly now?: Date },
])[] = [
    ["a stack with every default", batch(), []],
    ["a stack in stream-enrich mode", stream(), []],

    [
        "what Dataflow Runner cannot express",
        emr({
            additional_info: "{}",
            jobflow: {
                core_instance_bid: 0.1,
                task_instance_bid: 0.1,
                core_instance_ebs: { volume_size: 100, volume_type: "standard" },
            },
        }),
        [
            "dataflowRunnerCluster: Dataflow Runner cannot express core_instance_bid: the core nodes are on-demand; additional_info; core_instance_ebs.volume_type without IOPS: it sends volume_iops, or 0, for a standard volume, which EMR may refuse.",
        ],
    ],
    ["a bid for task nodes", jobflow({ task_instance_bid: 0.1 }), []],

    ["no volume", jobflow({ core_instance_ebs: null }), []],
    ["a volume of 1,024 GB", volume(1_024), []],
    ["a volume of 1,025 GB", volume(1_025), [volumeOf(1_025, 10)]],
    ["an EBS-optimised volume of 9 GB", volume(9), [volumeOf(9, 10)]],
    ["an EBS-optimised volume of 10 GB", volume(10, true), []],
    ["a volume of 1 GB", volume(1, false), []],

    ["a release after its End of Support", emr({ ami_version: "5.29.0" }), [PAST_5("5.29.0")]],
    [
        "a release on the last day before its End of Support",
        emr({ ami_version: "5.29.0" }),
        [],
        { now: new Date("2026-08-31T23:59:59Z") },
    ],
    [
        "the default release on the last day before its End of Support",
        batch(),
        [],
        { now: new Date("2027-06-29T23:59:59Z") },
    ],
    [
        "the default release after its End of Support, when no other runs its jobs",
        batch(),
        [past("5.36.2", "2027-06-30", "2028-07-01")],
        { now: new Date("2027-06-30") },
    ],
    [
        "a release for Spark 3 after its End of Support",
        jobs("6.1.0", "0.18.2", "0.18.2"),
        [
            past(
                "6.1.0",
                "2026-09-01",
                "2027-09-01",
                " 6.15.0 runs the same jobs, with security fixes until 2027-06-30.",
            ),
        ],
    ],
    ["a supported release for Spark 3", jobs("6.15.0", "0.18.2", "0.18.2"), []],
    [
        "EMR 7",
        jobs("7.13.0", "0.18.2", "0.18.2"),
        [
            "EMR 7.13.0: Snowplow's guide for RDB Shredder 0.18.2 names EMR 6.1.0; EMR 7 has Java 17 and Amazon Linux 2023, for which neither the jobs nor EmrEtlRunner's bootstrap script were made.",
        ],
    ],

    [
        "a release with Spark's weaker RPC and unencrypted root volumes",
        emr({ ami_version: "5.8.3" }),
        [
            PAST_5("5.8.3"),
            "EMR 5.8.3: Spark's RPC is protected by SASL with DIGEST-MD5; it is encrypted with AES-256 from 5.9.0 on.",
            "EMR 5.8.3: the nodes' root volumes stay unencrypted; EBS encryption covers them from 5.24.0 on, and EmrEtlRunner cannot pass a custom AMI.",
        ],
    ],
    [
        "the same release with only S3 encrypted",
        { ...emr({ ami_version: "5.8.3" }), encryption: { ...OFF, atRestS3: true } },
        [PAST_5("5.8.3")],
    ],
    [
        "the first release with Spark's RPC encrypted",
        { ...emr({ ami_version: "5.9.0" }), encryption: { atRestLocalDisks: false } },
        [PAST_5("5.9.0"), RPC],
    ],
    ["the first release with encrypted root volumes", emr({ ami_version: "5.24.0" }), [PAST_5("5.24.0")]],

    ["IMDSv2 only", { ...batch(), encryption: ON_ALL }, [IMDS_V2]],
    [
        "a loader and a shredder for different Sparks",
        batch({ storage: { versions: { rdb_loader: "0.18.0" } } }),
        [
            "storage.versions: Snowplow released RDB Loader and RDB Shredder 0.18 for each other; whether RDB Loader 0.18.0 loads what RDB Shredder 0.16.0 writes is not known.",
        ],
    ],

    [
        "encryption in transit without local disks",
        { ...batch(), encryption: { atRestLocalDisks: false } },
        [RPC],
    ],
    ["local disks alone", { ...batch(), encryption: { ...OFF, atRestLocalDisks: true } }, []],
    ["no encryption", { ...batch(), encryption: OFF }, [EVERYTHING_OFF, NO_CLUSTER_JSON]],
    [
        "no encryption, and IMDSv2 only",
        { ...batch(), encryption: { ...OFF, ...ON_ALL } },
        [IMDS_V2, EVERYTHING_OFF],
    ],
    ["public subnets", { ...batch(), network: { internetAccess: "public" } }, [PUBLIC]],
    ["deletable data in a stack for trying things out", { ...batch(), storage: { protect: false } }, []],
    ...["prod", "production", "PRD", "live", "eu-prod", "acme.live_2", "prod-eu"].map(
        (stack) =>
            [
                `deletable data in ${stack}`,
                { ...batch(), storage: { protect: false } },
                [
                    `storage.protect is false in the production stack ${stack}: \`pulumi destroy\` may delete the stack's buckets and its key.`,
                ],
                { stack },
            ] as const,
    ),
    ...["product", "alive", "prod1", "nonprod", "delivery"].map(
        (stack) =>
            [
                `deletable data in ${stack}`,
                { ...batch(), storage: { protect: false } },
                [],
                { stack },
            ] as const,
    ),
    [
        "single switches off in production",
        { ...batch(), encryption: { atRestLocalDisks: false, inTransit: false } },
        [
            `encryption.atRestLocalDisks is off in the production stack prod: ${DISKS}.`,
            "encryption.inTransit is off in the production stack prod: what jobs send from node to node is not encrypted.",
        ],
        { stack: "prod" },
    ],
    [
        "no encryption in production",
        { ...batch(), encryption: OFF },
        [EVERYTHING_OFF, NO_CLUSTER_JSON],
        { stack: "prod" },
    ],

    [
        "a family that EMR does not have",
        jobflow({ core_instance_type: "t3.medium" }),
        ['emrEtlRunner.aws.emr.jobflow.core_instance_type: EMR is not known to support "t3.medium".'],
    ],
    [
        "a misspelled family",
        jobflow({ master_instance_type: "mm4.large" }),
        [
            'emrEtlRunner.aws.emr.jobflow.master_instance_type: EMR is not known to support "mm4.large". Did you mean m4.large?',
        ],
    ],
    [
        "misspelled sizes",
        jobflow({ master_instance_type: "m4.2xlage", core_instance_type: "m4.lage" }),
        [
            'emrEtlRunner.aws.emr.jobflow.master_instance_type: EMR is not known to support "m4.2xlage". Did you mean m4.2xlarge?',
            'emrEtlRunner.aws.emr.jobflow.core_instance_type: EMR is not known to support "m4.lage". Did you mean m4.large?',
        ],
    ],
    [
        "a misspelled type of task nodes, of which there are none",
        jobflow({ task_instance_type: "m4.lage" }),
        [],
    ],
];

/** A shipped stack file's objects. */
function shipped(stack: string): Config {
    const { config } = readStackFile(path.join(__dirname, "..", "..", ".."), stack);
    const prefix = `${NAMESPACE}:`;
    return Object.fromEntries(
        Object.entries(config).flatMap(([key, value]) =>
            key.startsWith(prefix) ? [[key.slice(prefix.length), JSON.parse(value)]] : [],
        ),
    );
}

describe("warnings about", () => {
    for (const stack of ["dev", "prod"]) {
        it(`nothing in the shipped stack ${stack}`, () => {
            const region = stack === "prod" ? "us-east-1" : "eu-west-1";
            expect(parse(shipped(stack), { now: NOW, stack, region }).warnings).to.deep.equal([]);
        });
    }

    for (const [title, config, warnings, input] of CASES) {
        it(title, () => {
            expect(parse(config, { now: NOW, ...input }).warnings).to.deep.equal(warnings);
        });
    }
});
