import { expect } from "chai";
import { parse as parseYaml } from "yaml";
import { resolveArguments } from "../../../components/args";
import { InvalidArguments } from "../../../components/domain/errors";
import { LOCATIONS, type LocationPath } from "../../../components/domain/locations";
import { batch, buckets, type Config, codesOf, jobflow, parse, stream } from "./parse";

/** The default release is supported then. */
const NOW = new Date("2026-12-01");

const typesOf = (...nodes: readonly string[]) =>
    nodes.map((name) => ({
        path: ["emrEtlRunner", "aws", "emr", "jobflow", `${name}_instance_type`],
        type: "m4.large",
    }));

function managed(...paths: readonly LocationPath[]) {
    return LOCATIONS.filter(({ path }) => paths.includes(path)).map((row) => ({ ...row, managed: true }));
}

/** The arguments of a minimal stack, with every default. */
const DEFAULTS = {
    network: { cidrBlock: "10.64.0.0/20", availabilityZones: [], internetAccess: "nat", existing: null },
    encryption: {
        atRestS3: true,
        atRestLocalDisks: true,
        inTransit: true,
        requireImdsV2: false,
        kmsKeyArn: null,
    },
    certificates: {
        validityDays: 365,
        renewBeforeDays: 60,
        generation: 1,
        archive: null,
        remindTopicArn: null,
        chainPem: null,
        trustedPem: null,
    },
    storage: {
        protect: true,
        encryptExistingBuckets: [],
        policiesOnExistingBuckets: [],
        bucketPolicyStatements: {},
        existingKmsKeyArns: [],
        logRetentionDays: 90,
        reencryption: false,
    },
    access: {
        readLocations: [],
        dynamodbTables: [],
        ssmParameters: [],
        queueArns: [],
        policyArns: [],
        permissionsBoundary: null,
        path: "/",
        serviceRole: null,
        jobflowRole: null,
    },
    emrEtlRunner: {
        aws: {
            s3: {
                buckets: {
                    assets: "s3://snowplow-hosted-assets",
                    jsonpath_assets: null,
                    log: null,
                    raw: { in: null, processing: null, archive: null },
                    enriched: { good: null, bad: null, errors: null, archive: null, stream: null },
                    shredded: { good: null, bad: null, errors: null, archive: null },
                },
                consolidate_shredded_output: null,
            },
            emr: {
                ami_version: "5.36.2",
                ec2_key_name: null,
                bootstrap: [],
                software: {},
                jobflow: {
                    job_name: null,
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
        storage: { versions: { rdb_loader: "0.17.0", rdb_shredder: "0.16.0" } },
        monitoring: { tags: {}, logging: { level: "DEBUG" }, snowplow: null },
    },
    stack: "dev",
    stackTag: "snowplow-emr-encryption/dev",
    region: "eu-west-1",
    prefix: "snowplow-dev",
    mode: "batch",
    locations: managed(
        "raw.in",
        "raw.processing",
        "raw.archive",
        "enriched.good",
        "enriched.bad",
        "enriched.archive",
        "shredded.good",
        "shredded.bad",
        "shredded.archive",
        "log",
    ),
    release: [5, 36, 2],
    cloudfrontCollector: false,
    spot: false,
    jobflowGrants: {
        readFolders: ["3-enrich/", "4-storage/"].map((prefix) => ({
            bucket: "snowplow-hosted-assets",
            prefix,
        })),
        bootstrapScripts: [],
        dynamodbTables: [],
        ssmParameters: [],
        queueArns: [],
    },
    dataflowRunner: { applications: ["Hadoop", "Spark"], credentialsFrom: "default" },
    instanceTypes: typesOf("master", "core"),
    remindTopicArn: null,
    warnings: [],
};

const PASTED = `
aws:
  access_key_id:
  secret_access_key:
  s3:
    region: eu-west-1
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets:
      log: s3://acme-snowplow-logs/emr
      encrypted: true
      raw:
        in:
          - s3://acme-old-collector
          - s3://acme-new-collector/logs
        processing: s3://acme-snowplow/raw/processing
        archive: s3://acme-archive/raw
      enriched:
        good: s3://acme-snowplow/enriched/good
        bad: s3://acme-snowplow/enriched/bad
        errors:
        archive: s3://acme-archive/enriched
      shredded:
        good: s3://acme-snowplow/shredded/good
        bad: s3://acme-snowplow/shredded/bad
        errors:
        archive: s3://acme-archive/shredded
    consolidate_shredded_output: true
  emr:
    ami_version: 5.29.0
    region:
    jobflow_role:
    service_role:
    placement:
    ec2_subnet_id:
    ec2_key_name: snowplow
    security_configuration:
    bootstrap: []
    software:
      hbase:
      lingual:
    jobflow:
      job_name: Acme ETL
      master_instance_type: m4.large
      core_instance_count: 3
      core_instance_type: m4.large
      core_instance_bid: 0.015
      core_instance_ebs:
        volume_size: 200
        volume_type: "io1"
        volume_iops: 500
        ebs_optimized: true
      task_instance_count: 1
      task_instance_type: m4.large
      task_instance_bid: 0.015
    bootstrap_failure_tries: 2
    configuration:
      yarn-site:
        yarn.resourcemanager.am.max-attempts: "2"
    additional_info:
collectors:
  format: cloudfront
enrich:
  versions:
    spark_enrich: 1.18.0
  continue_on_unexpected_error: false
  output_compression: "NONE"
storage:
  versions:
    rdb_loader: 0.17.0
    rdb_shredder: 0.16.0
    hadoop_elasticsearch: 0.1.0
monitoring:
  tags: { team: data }
  logging:
    level: INFO
  snowplow:
    method: get
    protocol: http
    port: 80
    app_id: acme
    collector: collector.example.com
`;

describe("resolved arguments", () => {
    it("are complete for a batch stack with only its collector's format", () => {
        expect(parse(batch(), { now: NOW })).to.deep.equal(DEFAULTS);
    });

    it("are complete for a stream-enrich stack with only its stream", () => {
        const { emrEtlRunner } = DEFAULTS;
        const { s3 } = emrEtlRunner.aws;
        const enriched = { ...s3.buckets.enriched, stream: "managed" };
        expect(
            parse(stream(), { stack: "Streams.EU", project: "renamed", region: "us-east-1", now: NOW }),
        ).to.deep.equal({
            ...DEFAULTS,
            emrEtlRunner: {
                ...emrEtlRunner,
                aws: { ...emrEtlRunner.aws, s3: { ...s3, buckets: { ...s3.buckets, enriched } } },
                collectors: { format: null },
            },
            stack: "Streams.EU",
            stackTag: "renamed/Streams.EU",
            region: "us-east-1",
            prefix: "snowplow-streams-eu",
            mode: "stream-enrich",
            locations: managed(
                "enriched.stream",
                "enriched.good",
                "enriched.archive",
                "shredded.good",
                "shredded.bad",
                "shredded.archive",
                "log",
            ),
        });
    });

    it("are frozen at every depth", () => {
        const thawed = (value: unknown, path: string): readonly string[] =>
            typeof value !== "object" || value === null
                ? []
                : [
                      ...(Object.isFrozen(value) ? [] : [path]),
                      ...Object.entries(value).flatMap(([key, below]) => thawed(below, `${path}.${key}`)),
                  ];
        expect(thawed(parse(buckets({ raw: { in: ["s3://my-collector/eu"] } })), "")).to.deep.equal([]);
    });

    it("treat a null section as omitted: YAML reads null when its lines are commented out", () => {
        const blank = { network: null, encryption: null, certificates: null, storage: null, access: null };
        const runner = {
            aws: { s3: { buckets: { raw: null, enriched: null } }, emr: { jobflow: null } },
            collectors: { format: "thrift" },
            enrich: { versions: null },
            storage: null,
            monitoring: { logging: null },
        };
        expect(parse({ ...blank, emrEtlRunner: runner })).to.deep.equal(parse(batch()));
        expect(parse(stream({}, { collectors: null }))).to.deep.equal(parse(stream()));
    });

    it("keep null where EmrEtlRunner accepts it", () => {
        const nothing = { bootstrap: null, configuration: null, jobflow: { core_instance_ebs: null } };
        const { emrEtlRunner, jobflowGrants } = parse(
            batch({ aws: { emr: nothing }, monitoring: { tags: null } }),
        );
        const { bootstrap, configuration, jobflow } = emrEtlRunner.aws.emr;
        expect([bootstrap, configuration, jobflow.core_instance_ebs]).to.deep.equal([null, null, null]);
        expect([emrEtlRunner.monitoring.tags, jobflowGrants.bootstrapScripts]).to.deep.equal([null, []]);
    });

    it("contain existing locations by bucket and folder, with or without a slash at the end", () => {
        const { locations } = parse(
            buckets({
                log: "s3://my-logs",
                raw: { in: ["s3://my-collector/eu", "s3://my-collector/us/"], processing: "managed" },
                enriched: { good: "s3://my-out/enriched/good/", errors: "managed" },
                shredded: { errors: "s3://my-out/errors" },
            }),
        );
        const existing = (path: LocationPath, ...folders: readonly (readonly [string, string])[]) => ({
            ...LOCATIONS.find((row) => row.path === path),
            managed: false,
            folders: folders.map(([bucket, prefix]) => ({ bucket, prefix })),
        });
        expect(locations.filter((location) => !location.managed || location.optional)).to.deep.equal([
            existing("raw.in", ["my-collector", "eu/"], ["my-collector", "us/"]),
            existing("enriched.good", ["my-out", "enriched/good/"]),
            ...managed("enriched.errors"),
            existing("shredded.errors", ["my-out", "errors/"]),
            existing("log", ["my-logs", ""]),
        ]);
    });

    it("grant the cluster what `access` names and what config.yml has it fetch", () => {
        const { jobflowGrants } = parse({
            ...batch({
                aws: {
                    s3: { buckets: { assets: "s3://my-assets", jsonpath_assets: "s3://my-paths/json" } },
                    emr: { bootstrap: ["s3://my-scripts/boot/first.sh"] },
                },
            }),
            access: {
                readLocations: ["s3://my-enrichments/maxmind"],
                dynamodbTables: ["snowplow-duplicates"],
                ssmParameters: ["/snowplow/redshift-password", "plain"],
                queueArns: ["arn:aws:sqs:eu-west-1:111122223333:loader.fifo"],
            },
        });
        expect(jobflowGrants).to.deep.equal({
            readFolders: [
                { bucket: "my-enrichments", prefix: "maxmind/" },
                { bucket: "my-assets", prefix: "3-enrich/" },
                { bucket: "my-assets", prefix: "4-storage/" },
                { bucket: "my-paths", prefix: "json/" },
            ],
            bootstrapScripts: [{ bucket: "my-scripts", prefix: "boot/first.sh/" }],
            dynamodbTables: ["snowplow-duplicates"],
            ssmParameters: ["/snowplow/redshift-password", "plain"],
            queueArns: ["arn:aws:sqs:eu-west-1:111122223333:loader.fifo"],
        });
    });

    it("know which formats CloudFront writes", () => {
        const isCloudfront = (format: string) =>
            parse({ emrEtlRunner: { collectors: { format } } }).cloudfrontCollector;
        const formats = ["cloudfront", "tsv/com.amazon.aws.cloudfront/wd_access_log", "thrift"];
        expect([...formats, "tsv/com.amazon.aws.elb/log"].map(isCloudfront)).to.deep.equal([
            true,
            true,
            false,
            false,
        ]);
    });

    it("know that a bid for core or task nodes means Spot", () => {
        expect(parse(jobflow({ core_instance_bid: 0.05 })).spot).to.equal(true);
        expect(parse(jobflow({ task_instance_bid: 0.0001 })).spot).to.equal(true);
        expect(parse(jobflow({ core_instance_bid: null })).spot).to.equal(false);
    });

    it("have the types of task nodes if there are any", () => {
        const { instanceTypes } = parse(jobflow({ task_instance_count: 1 }));
        expect(instanceTypes).to.deep.equal(typesOf("master", "core", "task"));
    });

    it("come from a whole config.yml, pasted, whose owned keys are null or as the stack renders them", () => {
        const pasted: unknown = parseYaml(PASTED);
        expect(codesOf({ emrEtlRunner: pasted })).to.deep.equal([]);
        const { emrEtlRunner, locations, spot, cloudfrontCollector } = parse({ emrEtlRunner: pasted });
        const { aws, enrich, monitoring } = pasted as { aws: { emr: Config } } & Config;
        expect(locations.filter((location) => location.managed)).to.deep.equal([]);
        expect([emrEtlRunner.aws.emr.jobflow, emrEtlRunner.enrich, emrEtlRunner.monitoring]).to.deep.equal([
            aws.emr.jobflow,
            enrich,
            monitoring,
        ]);
        expect([spot, cloudfrontCollector]).to.deep.equal([true, true]);
    });
});

describe("resolveArguments", () => {
    const AMBIENT = { region: "eu-west-1", stack: "dev", stackTag: "acme/dev" };
    const refusal = (args: Parameters<typeof resolveArguments>[0]) => {
        try {
            resolveArguments(args);
        } catch (error) {
            return error as InvalidArguments;
        }
        throw new Error("it was accepted");
    };

    it("accepts its own result, and changes nothing in it", () => {
        const once = resolveArguments({
            ...AMBIENT,
            emrEtlRunner: { collectors: { format: "thrift" }, aws: { s3: { region: "eu-west-1" } } },
            network: {
                existing: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
            },
            certificates: { archive: "s3://acme-certificates/nodes.zip" },
        });
        expect(resolveArguments(once)).to.deep.equal(once);
    });

    it("names the arguments of an importing program, and their region", () => {
        const error = refusal({ ...AMBIENT, region: "mars", network: { cidrBlock: "x" } });
        expect(error).to.be.instanceOf(InvalidArguments);
        expect(error.errors.map(({ code, path }) => [code, ...path])).to.deep.equal([
            ["unsupported-region", "region"],
            ["invalid-value", "network", "cidrBlock"],
        ]);
        expect(error.message).to.match(/^arguments of EmrEncryption: 2 errors\n {2}region\n/);
    });
});
