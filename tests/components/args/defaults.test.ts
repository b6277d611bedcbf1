import { expect } from "chai";
import { parse as parseYaml } from "yaml";
import { LOCATIONS, type LocationPath } from "../../../components/domain/locations";
import { batch, buckets, emr, jobflow, parse, problems, stream } from "./parse";

const IMDS_V1 =
    "EMR 5.29.0: the nodes' metadata service answers IMDSv1 too; it can be turned off on 5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later.";

function managed(...paths: readonly LocationPath[]) {
    return LOCATIONS.filter(({ path }) => paths.includes(path)).map((row) => ({ ...row, managed: true }));
}

/** Everything that a stack need not say. */
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
        existingKmsKeyArns: [],
        logRetentionDays: 90,
        reencryption: false,
    },
    access: {
        readLocations: [],
        dynamodbTables: [],
        ssmParameters: [],
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
                ami_version: "5.29.0",
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
    release: [5, 29, 0],
    cloudfrontCollector: false,
    spot: false,
    jobflowGrants: {
        readFolders: [],
        bootstrapScripts: [],
        dynamodbTables: [],
        ssmParameters: [],
        existingKmsKeyArns: [],
    },
    remindTopicArn: null,
    warnings: [IMDS_V1],
};

describe("settings", () => {
    it("are complete for a batch stack that names its collector's format alone", () => {
        expect(parse(batch())).to.deep.equal(DEFAULTS);
    });

    it("are complete for a stream-enrich stack that names its stream alone", () => {
        const { emrEtlRunner } = DEFAULTS;
        const { s3 } = emrEtlRunner.aws;
        expect(parse(stream(), { stack: "Streams/EU", region: "us-east-1" })).to.deep.equal({
            ...DEFAULTS,
            emrEtlRunner: {
                ...emrEtlRunner,
                aws: {
                    ...emrEtlRunner.aws,
                    s3: {
                        ...s3,
                        buckets: { ...s3.buckets, enriched: { ...s3.buckets.enriched, stream: "managed" } },
                    },
                },
                collectors: { format: null },
            },
            stack: "Streams/EU",
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

    it("are frozen all the way down", () => {
        const thawed: string[] = [];
        const walk = (value: unknown, path: string): void => {
            if (typeof value === "object" && value !== null) {
                if (!Object.isFrozen(value)) {
                    thawed.push(path);
                }
                for (const [key, below] of Object.entries(value)) {
                    walk(below, `${path}.${key}`);
                }
            }
        };
        walk(
            parse({
                ...buckets({ raw: { in: ["s3://my-collector/eu"] } }),
                network: { availabilityZones: ["eu-west-1a"] },
                access: { readLocations: ["s3://my-enrichments/maxmind"] },
            }),
            "settings",
        );
        expect(thawed).to.deep.equal([]);
    });

    it("take sections that are blank, as YAML reads them once all their lines are commented out, for left out", () => {
        const nothing = null;
        expect(
            parse({
                network: nothing,
                encryption: nothing,
                certificates: nothing,
                storage: nothing,
                access: nothing,
                emrEtlRunner: {
                    aws: { s3: { buckets: { raw: nothing, enriched: nothing } }, emr: { jobflow: nothing } },
                    collectors: { format: "thrift" },
                    enrich: { versions: nothing },
                    storage: nothing,
                    monitoring: { logging: nothing },
                },
            }),
        ).to.deep.equal(parse(batch()));
        expect(parse(stream({}, { collectors: nothing }))).to.deep.equal(parse(stream()));
    });

    it("take null where EmrEtlRunner takes it", () => {
        const config = {
            emrEtlRunner: {
                aws: {
                    s3: {
                        buckets: {
                            jsonpath_assets: null,
                            log: null,
                            raw: { in: null, processing: null, archive: null },
                            enriched: { good: null, bad: null, errors: null, archive: null, stream: null },
                            shredded: { good: null, bad: null, errors: null, archive: null },
                        },
                    },
                    emr: {
                        bootstrap: null,
                        jobflow: {
                            core_instance_bid: null,
                            core_instance_ebs: null,
                            task_instance_bid: null,
                        },
                        configuration: null,
                        additional_info: null,
                    },
                },
                collectors: { format: "thrift" },
                enrich: { continue_on_unexpected_error: null },
                monitoring: { tags: null, snowplow: null },
            },
        };
        const { emrEtlRunner, jobflowGrants } = parse(config);
        const { aws } = emrEtlRunner;
        expect([aws.emr.bootstrap, aws.emr.configuration, aws.emr.jobflow.core_instance_ebs]).to.deep.equal([
            null,
            null,
            null,
        ]);
        expect(emrEtlRunner.monitoring.tags).to.equal(null);
        expect(jobflowGrants.bootstrapScripts).to.deep.equal([]);
    });

    it("know the user's own locations by bucket and folder, with or without a slash at the end", () => {
        const { locations } = parse(
            buckets({
                log: "s3://my-logs",
                raw: { in: ["s3://my-collector/eu", "s3://my-collector/us/"], processing: "managed" },
                enriched: { good: "s3://my-out/enriched/good/", errors: "managed" },
                shredded: { errors: "s3://my-out/errors" },
            }),
        );
        const row = (path: LocationPath) => LOCATIONS.find((candidate) => candidate.path === path);
        const own = locations.filter((location) => !location.managed || location.optional);
        expect(own).to.deep.equal([
            {
                ...row("raw.in"),
                managed: false,
                folders: [
                    { bucket: "my-collector", prefix: "eu/" },
                    { bucket: "my-collector", prefix: "us/" },
                ],
            },
            {
                ...row("enriched.good"),
                managed: false,
                folders: [{ bucket: "my-out", prefix: "enriched/good/" }],
            },
            { ...row("enriched.errors"), managed: true },
            { ...row("shredded.errors"), managed: false, folders: [{ bucket: "my-out", prefix: "errors/" }] },
            { ...row("log"), managed: false, folders: [{ bucket: "my-logs", prefix: "" }] },
        ]);
    });

    it("hand on what the cluster may do besides: `access`, and what config.yml itself has it fetch", () => {
        const keys = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"];
        expect(
            parse({
                ...batch({
                    aws: {
                        s3: { buckets: { assets: "s3://my-assets", jsonpath_assets: "s3://my-paths/json" } },
                        emr: { bootstrap: ["s3://my-scripts/boot/first.sh"] },
                    },
                }),
                storage: { existingKmsKeyArns: keys },
                access: {
                    readLocations: ["s3://my-enrichments/maxmind"],
                    dynamodbTables: ["snowplow-duplicates"],
                    ssmParameters: ["/snowplow/redshift-password", "plain"],
                    policyArns: [
                        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
                        "arn:aws:iam::111122223333:policy/team/extra",
                    ],
                },
            }).jobflowGrants,
        ).to.deep.equal({
            readFolders: [
                { bucket: "my-enrichments", prefix: "maxmind/" },
                { bucket: "my-assets", prefix: "" },
                { bucket: "my-paths", prefix: "json/" },
            ],
            bootstrapScripts: [{ bucket: "my-scripts", prefix: "boot/first.sh/" }],
            dynamodbTables: ["snowplow-duplicates"],
            ssmParameters: ["/snowplow/redshift-password", "plain"],
            existingKmsKeyArns: keys,
        });
    });

    for (const [format, takesAcls] of [
        ["cloudfront", true],
        ["tsv/com.amazon.aws.cloudfront/wd_access_log", true],
        ["tsv/com.amazon.aws.elb/log", false],
        ["ndjson/urbanairship.connect/v1", false],
        ["json/com.example/v1", false],
        ["thrift", false],
    ] as const) {
        it(`know that ${format} is ${takesAcls ? "" : "not "}what CloudFront writes`, () => {
            expect(parse({ emrEtlRunner: { collectors: { format } } }).cloudfrontCollector).to.equal(
                takesAcls,
            );
        });
    }

    it("know that a bid, for core or task nodes, means Spot", () => {
        expect(parse(jobflow({ core_instance_bid: 0.05 })).spot).to.equal(true);
        expect(parse(jobflow({ task_instance_bid: 0.0001 })).spot).to.equal(true);
        expect(parse(jobflow({ core_instance_bid: null })).spot).to.equal(false);
    });

    describe("warn, without refusing, of", () => {
        const ROOT_VOLUMES = (release: string) =>
            `EMR ${release}: the nodes' root volumes stay unencrypted; EBS encryption covers them from 5.24.0 on, and EmrEtlRunner cannot pass a custom AMI.`;
        const IMDS = (release: string) => IMDS_V1.replace("5.29.0", release);
        const switches = { atRestLocalDisks: true, inTransit: true, requireImdsV2: false };
        const cases: readonly (readonly [string, string, object, readonly string[]])[] = [
            [
                "everything on a release before 5.9.0",
                "5.8.3",
                switches,
                [
                    "EMR 5.8.3: Spark's RPC is protected by SASL with DIGEST-MD5; it is encrypted with AES-256 from 5.9.0 on.",
                    ROOT_VOLUMES("5.8.3"),
                    IMDS("5.8.3"),
                ],
            ],
            [
                "only what the switches that are on lack",
                "5.8.3",
                { ...switches, atRestLocalDisks: false, inTransit: false },
                [IMDS("5.8.3")],
            ],
            ["root volumes before 5.24.0", "5.23.0", switches, [ROOT_VOLUMES("5.23.0"), IMDS("5.23.0")]],
            [
                "IMDSv1 where it could be turned off",
                "5.32.0",
                switches,
                [
                    "EMR 5.32.0: the nodes' metadata service answers IMDSv1 too; encryption.requireImdsV2 turns it off.",
                ],
            ],
            ["nothing where all is on", "5.32.0", { ...switches, requireImdsV2: true }, []],
            [
                "jobs that are not built for Spark 3",
                "6.2.0",
                { ...switches, requireImdsV2: true },
                [
                    "EMR 6.2.0: EmrEtlRunner's enrich and shred jobs are built for Spark 2, which ends with EMR 5.x.",
                ],
            ],
        ];
        for (const [title, release, encryption, warnings] of cases) {
            it(title, () => {
                expect(parse({ ...emr({ ami_version: release }), encryption }).warnings).to.deep.equal(
                    warnings,
                );
            });
        }
    });

    it("come from a whole config.yml, pasted, once what the stack owns is blank or as it would be", () => {
        const pasted: unknown = parseYaml(`
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
        `);
        expect(problems({ emrEtlRunner: pasted })).to.deep.equal([]);
        const { emrEtlRunner, locations, spot, cloudfrontCollector } = parse({ emrEtlRunner: pasted });
        expect(locations.filter((location) => location.managed)).to.deep.equal([]);
        expect(emrEtlRunner.aws.emr.jobflow).to.deep.equal({
            job_name: "Acme ETL",
            master_instance_type: "m4.large",
            core_instance_count: 3,
            core_instance_type: "m4.large",
            core_instance_bid: 0.015,
            core_instance_ebs: {
                volume_size: 200,
                volume_type: "io1",
                volume_iops: 500,
                ebs_optimized: true,
            },
            task_instance_count: 1,
            task_instance_type: "m4.large",
            task_instance_bid: 0.015,
        });
        expect(emrEtlRunner.monitoring).to.deep.equal({
            tags: { team: "data" },
            logging: { level: "INFO" },
            snowplow: {
                method: "get",
                collector: "collector.example.com",
                app_id: "acme",
                protocol: "http",
                port: 80,
            },
        });
        expect([spot, cloudfrontCollector]).to.deep.equal([true, true]);
    });
});
