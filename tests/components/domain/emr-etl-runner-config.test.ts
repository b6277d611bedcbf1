import { expect } from "chai";
import type { StackInput } from "../../../components/config";
import {
    type EmrEtlRunnerConfigArgs,
    renderEmrEtlRunnerConfig,
} from "../../../components/domain/emr-etl-runner-config";
import { resolveLocations } from "../../../components/domain/locations";
import { fileErrors, load } from "../../support/emr-etl-runner-contract";
import { expectGolden } from "../../support/golden";
import { batch, type Config, emr, parse, stream } from "../args/parse";

const DEPLOYED = {
    jobflowRole: "snowplow-dev-jobflow-1",
    serviceRole: "snowplow-dev-service-1",
    subnetId: "subnet-1",
    keyName: "snowplow-dev-key-1",
    securityConfiguration: "snowplow-dev-security-1",
} as const;

/** The config.yml of the smallest stack config in batch mode, as EmrEtlRunner reads it. */
const BATCH = {
    aws: {
        access_key_id: "an access key",
        secret_access_key: "a secret key",
        s3: {
            region: "eu-west-1",
            buckets: {
                assets: "s3://snowplow-hosted-assets",
                jsonpath_assets: null,
                log: "s3://dev-logs/emr/",
                encrypted: true,
                raw: {
                    in: ["s3://dev-collector/raw/"],
                    processing: "s3://dev-pipeline/raw/processing/",
                    archive: "s3://dev-archive/raw/",
                },
                enriched: {
                    good: "s3://dev-pipeline/enriched/good/",
                    bad: "s3://dev-pipeline/enriched/bad/",
                    errors: null,
                    archive: "s3://dev-archive/enriched/",
                    stream: null,
                },
                shredded: {
                    good: "s3://dev-pipeline/shredded/good/",
                    bad: "s3://dev-pipeline/shredded/bad/",
                    errors: null,
                    archive: "s3://dev-archive/shredded/",
                },
            },
            consolidate_shredded_output: true,
        },
        emr: {
            ami_version: "5.36.2",
            region: "eu-west-1",
            jobflow_role: "snowplow-dev-jobflow-1",
            service_role: "snowplow-dev-service-1",
            placement: null,
            ec2_subnet_id: "subnet-1",
            ec2_key_name: "snowplow-dev-key-1",
            security_configuration: "snowplow-dev-security-1",
            bootstrap: [],
            software: { hbase: null, lingual: null },
            jobflow: {
                job_name: "Snowplow ETL dev",
                master_instance_type: "m4.large",
                core_instance_count: 2,
                core_instance_type: "m4.large",
                core_instance_bid: null,
                core_instance_ebs: {
                    volume_size: 100,
                    volume_type: "gp2",
                    volume_iops: 400,
                    ebs_optimized: false,
                },
                task_instance_count: 0,
                task_instance_type: "m4.large",
                task_instance_bid: null,
            },
            bootstrap_failure_tries: 3,
            configuration: {
                "yarn-site": { "yarn.resourcemanager.am.max-attempts": "1" },
                spark: { maximizeResourceAllocation: "true" },
            },
            additional_info: null,
        },
    },
    collectors: { format: "thrift" },
    enrich: {
        versions: { spark_enrich: "1.18.0" },
        continue_on_unexpected_error: false,
        output_compression: "GZIP",
    },
    storage: {
        versions: { rdb_loader: "0.17.0", rdb_shredder: "0.16.0", hadoop_elasticsearch: "0.1.0" },
    },
    monitoring: {
        tags: {
            "for-use-with-amazon-emr-managed-policies": "true",
            "snowplow-emr-stack": "snowplow-emr-encryption/dev",
        },
        logging: { level: "DEBUG" },
        snowplow: null,
    },
};

/** The same in stream-enrich mode, without the parts that EmrEtlRunner rejects there. */
const STREAM = {
    ...BATCH,
    aws: {
        ...BATCH.aws,
        s3: {
            ...BATCH.aws.s3,
            buckets: {
                ...BATCH.aws.s3.buckets,
                raw: null,
                enriched: {
                    ...BATCH.aws.s3.buckets.enriched,
                    bad: null,
                    stream: "s3://dev-collector/enriched/stream/",
                },
            },
            consolidate_shredded_output: false,
        },
    },
    collectors: null,
};

/** Every key that a user can write, none with its default. */
const EVERYTHING = {
    aws: {
        s3: {
            buckets: {
                assets: "s3://acme-assets",
                jsonpath_assets: "s3://acme-jsonpaths/v1",
                log: "s3://acme-logs",
                raw: {
                    in: ["s3://acme-collector-eu", "s3://acme-collector-us/thrift"],
                    processing: "s3://acme-raw/processing/",
                    archive: "s3://acme-raw/archive",
                },
                enriched: {
                    good: "s3://acme-enriched/good",
                    bad: "s3://acme-enriched/bad",
                    errors: "managed",
                    archive: "s3://acme-enriched/archive",
                },
                shredded: {
                    good: "s3://acme-shredded/good",
                    bad: "s3://acme-shredded/bad",
                    errors: "s3://acme-shredded/errors",
                    archive: "s3://acme-shredded/archive",
                },
            },
            consolidate_shredded_output: false,
        },
        emr: {
            ami_version: "5.32.0",
            bootstrap: ["s3://acme-scripts/a.sh", "s3://acme-scripts/b.sh"],
            jobflow: {
                job_name: "\"nightly\" \\ '5' #1\nof\t2",
                master_instance_type: "m5.xlarge",
                core_instance_count: 10,
                core_instance_type: "r5.xlarge",
                core_instance_bid: 0.015,
                core_instance_ebs: {
                    volume_size: 200,
                    volume_type: "io1",
                    volume_iops: 1000,
                    ebs_optimized: true,
                },
                task_instance_count: 3,
                task_instance_type: "c5.large",
                task_instance_bid: 1,
            },
            bootstrap_failure_tries: 1,
            configuration: {
                ":x": { yes: "no", "5.9": "0123", "<%% owner": "<<", é: "\u2028\ufeff\u00a0😀" },
                "12:30": {},
            },
            additional_info: '{"a":"b"}',
        },
    },
    collectors: { format: "tsv/com.amazon.aws.cloudfront/wd_access_log" },
    enrich: {
        versions: { spark_enrich: "1.19.0-rc1" },
        continue_on_unexpected_error: true,
        output_compression: "NONE",
    },
    storage: { versions: { rdb_loader: "0.17.1", rdb_shredder: "0.16.1" } },
    monitoring: {
        tags: { team: "=", on: "", "5.9": "0123", é: "\u2028\u00a0𝐱" },
        logging: { level: "INFO" },
        snowplow: {
            method: "post",
            collector: "collector.acme.com",
            app_id: "<%= `id` %>",
            protocol: "https",
            port: 443,
        },
    },
};

/** Folders end with a slash; everything else arrives as written, next to the keys that the stack owns. */
const EVERYTHING_LOADED = {
    aws: {
        ...BATCH.aws,
        s3: {
            region: "eu-west-1",
            buckets: {
                ...EVERYTHING.aws.s3.buckets,
                log: "s3://acme-logs/",
                encrypted: true,
                raw: {
                    in: ["s3://acme-collector-eu/", "s3://acme-collector-us/thrift/"],
                    processing: "s3://acme-raw/processing/",
                    archive: "s3://acme-raw/archive/",
                },
                enriched: {
                    good: "s3://acme-enriched/good/",
                    bad: "s3://acme-enriched/bad/",
                    errors: "s3://dev-pipeline/enriched/errors/",
                    archive: "s3://acme-enriched/archive/",
                    stream: null,
                },
                shredded: {
                    good: "s3://acme-shredded/good/",
                    bad: "s3://acme-shredded/bad/",
                    errors: "s3://acme-shredded/errors/",
                    archive: "s3://acme-shredded/archive/",
                },
            },
            consolidate_shredded_output: false,
        },
        emr: { ...BATCH.aws.emr, ...EVERYTHING.aws.emr },
    },
    collectors: EVERYTHING.collectors,
    enrich: EVERYTHING.enrich,
    storage: { versions: { ...EVERYTHING.storage.versions, hadoop_elasticsearch: "0.1.0" } },
    monitoring: {
        ...EVERYTHING.monitoring,
        tags: { ...EVERYTHING.monitoring.tags, ...BATCH.monitoring.tags },
    },
};

describe("config.yml", () => {
    for (const [title, config, loaded] of [
        ["the defaults in batch mode", batch(), BATCH],
        ["the defaults in stream-enrich mode", stream(), STREAM],
        ["every key that a user can write", { emrEtlRunner: EVERYTHING }, EVERYTHING_LOADED],
    ] as const) {
        it(`gives EmrEtlRunner ${title}, in a file that every reader reads alike`, () => {
            const file = render(config);
            expect(load(file)).to.deep.equal(loaded);
            expect(fileErrors(file)).to.deep.equal([]);
        });
    }

    it("starts with a comment, keeps the order of keys and quotes strings", () => {
        expectGolden("config.everything.yml", render({ emrEtlRunner: EVERYTHING }));
    });

    it("has null where the user writes null, and without a security configuration", () => {
        const nothing = batch({
            aws: {
                emr: {
                    bootstrap: null,
                    configuration: null,
                    additional_info: null,
                    jobflow: { core_instance_ebs: null },
                },
            },
            enrich: { continue_on_unexpected_error: null },
            monitoring: { tags: null },
        });
        const { emr } = BATCH.aws;
        expect(load(render(nothing, {}, { securityConfiguration: null }))).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                emr: {
                    ...emr,
                    bootstrap: null,
                    configuration: null,
                    security_configuration: null,
                    jobflow: { ...emr.jobflow, core_instance_ebs: null },
                },
            },
            enrich: { ...BATCH.enrich, continue_on_unexpected_error: null },
        });
    });

    it("omits raw and collectors in stream-enrich mode, even if they are passed", () => {
        const { emrEtlRunner } = parse(batch());
        expect(load(render(stream(), {}, { emrEtlRunner }))).to.deep.equal(STREAM);
    });

    it("keeps the stack's tags if the user's tags have the same keys", () => {
        const { emrEtlRunner } = parse(batch());
        const tags = {
            "snowplow-emr-stack": "other",
            "for-use-with-amazon-emr-managed-policies": "false",
            team: "data",
        };
        const text = render(
            batch(),
            {},
            { emrEtlRunner: { ...emrEtlRunner, monitoring: { ...emrEtlRunner.monitoring, tags } } },
        );
        expect(load(text)).to.deep.equal({
            ...BATCH,
            monitoring: { ...BATCH.monitoring, tags: { team: "data", ...BATCH.monitoring.tags } },
        });
    });

    it("names the stack in its first line and in the job's name, and tags clusters with project and stack", () => {
        const text = render(batch(), { stack: "0123" });
        expect(text.split("\n", 2)).to.deep.equal([
            "# EmrEtlRunner's config.yml for the stack 0123, by snowplow-emr-encryption.",
            "# Render it again after each `pulumi up`.",
        ]);
        const { emr } = BATCH.aws;
        expect(load(text)).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                emr: { ...emr, jobflow: { ...emr.jobflow, job_name: "Snowplow ETL 0123" } },
            },
            monitoring: {
                ...BATCH.monitoring,
                tags: { ...BATCH.monitoring.tags, "snowplow-emr-stack": "snowplow-emr-encryption/0123" },
            },
        });
    });

    it("has the stack's region in both places", () => {
        const text = render(batch(), { region: "us-east-1" });
        const { s3, emr } = BATCH.aws;
        expect(load(text)).to.deep.equal({
            ...BATCH,
            aws: {
                ...BATCH.aws,
                s3: { ...s3, region: "us-east-1" },
                emr: { ...emr, region: "us-east-1" },
            },
        });
    });

    it("quotes <<, which the YAML package would write plain", () => {
        const text = render(emr({ configuration: { spark: { merge: "<<" } } }));
        expect(text.split("\n").filter((line) => line.includes("<<"))).to.deep.equal([
            '        "merge": "<<"',
        ]);
    });
});

/** Renders a stack config as the program does once everything else is deployed. */
function render(
    config: Config,
    input: Partial<StackInput> = {},
    args: Partial<EmrEtlRunnerConfigArgs> = {},
): string {
    const { stack, stackTag, region, mode, emrEtlRunner, locations } = parse(config, input);
    return renderEmrEtlRunnerConfig({
        ...DEPLOYED,
        stack,
        stackTag,
        region,
        mode,
        emrEtlRunner,
        locations: resolveLocations(locations, (bucket) => `dev-${bucket}`),
        keyName: emrEtlRunner.aws.emr.ec2_key_name ?? DEPLOYED.keyName,
        ...args,
    });
}
