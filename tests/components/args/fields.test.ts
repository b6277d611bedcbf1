import { expect } from "chai";
import { BUCKETS, batch, buckets, type Config, emr, jobflow, problem, problems } from "./parse";

/** A stack config with one mistake, and how it must be told. */
type Case = readonly [title: string, config: Config, path: string, found: string, allowed: string];

function refuses(cases: readonly Case[]): void {
    for (const [title, config, ...told] of cases) {
        it(title, () => {
            expect(problems(config)).to.deep.equal([problem(...told)]);
        });
    }
}

const S3_URL =
    "an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( ))";
const OR_MANAGED = `${S3_URL}; or no such line, for a bucket that the stack makes`;
const RAW_IN = `a list (lines that begin with a hyphen) of at least one S3 URL; ${OR_MANAGED}`;
const RELEASE = "three numbers, such as 5.29.0, without emr-";
const TWO_NUMBERS = (number: string) =>
    `; two alone are a number, and ${number}0 is ${number} to every YAML reader`;
const CIDR =
    "a range from /16 to /24 inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, written with its first address, such as 10.64.0.0/20";
const ZONES = "a list of the region's zones, such as [eu-west-1a], each once";
const FORMATS = "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…";
const COUNT = "a whole number from 1 on";
const BID = "a number above 0 (from 0.0001 to 10000), or no such line, for on-demand";
const VOLUME =
    "an object with volume_size, volume_type, volume_iops and ebs_optimized; or null, for no volume";
const TYPE = "an EC2 instance type, such as m4.large";
const TAGS = "names of at most 128 characters with texts of at most 256";
const CONFIGURATION =
    'classifications with their properties, each value a text, such as spark: { maximizeResourceAllocation: "true" }';
const CRASHES = ". EmrEtlRunner crashes on an empty text: delete the line";

const EMR = "emrEtlRunner.aws.emr";
const JOBFLOW = `${EMR}.jobflow`;

const volume = (below: Config) =>
    jobflow({ core_instance_ebs: { volume_size: 100, volume_type: "gp2", ...below } });
const network = (below: Config) => ({ ...batch(), network: below });
const access = (below: Config) => ({ ...batch(), access: below });

describe("settings refuse, each in words of its own,", () => {
    describe("an unknown key, with the nearest known one:", () => {
        const unknown = (title: string, config: Config, path: string, allowed: string): Case => [
            title,
            config,
            path,
            "an unknown key",
            allowed,
        ];
        const INSTANCES =
            "one of job_name, master_instance_type, core_instance_count, core_instance_type, core_instance_bid, core_instance_ebs, task_instance_count, task_instance_type, task_instance_bid";
        refuses([
            unknown("an object", { ...batch(), netwrok: {} }, "netwrok", "did you mean network?"),
            unknown("a key of one", network({ cidrBlok: 1 }), "network.cidrBlok", "did you mean cidrBlock?"),
            unknown("a shorter word", buckets({ raw: { inn: 1 } }), `${BUCKETS}.raw.inn`, "did you mean in?"),
            unknown(
                "a key seven levels down",
                volume({ volume_sise: 1 }),
                `${JOBFLOW}.core_instance_ebs.volume_sise`,
                "did you mean volume_size?",
            ),
            unknown(
                "another spelling",
                emr({ amiVersion: "5.29.0" }),
                `${EMR}.amiVersion`,
                "did you mean ami_version?",
            ),
            unknown(
                "a part of the word",
                jobflow({ core_count: 2 }),
                `${JOBFLOW}.core_count`,
                "did you mean core_instance_count?",
            ),
            unknown(
                "a key below one that may be null",
                batch({ monitoring: { snowplow: { method: "get", collector: "a", app_id: "b", prot: 80 } } }),
                "emrEtlRunner.monitoring.snowplow.prot",
                "did you mean protocol?",
            ),
            unknown(
                "a key that cannot stand without quotes",
                jobflow({ "core instance count": 2 }),
                `${JOBFLOW}["core instance count"]`,
                "did you mean core_instance_count?",
            ),
        ]);
        describe("or why there is none:", () => {
            const EBS =
                "no such line: EmrEtlRunner gives EBS volumes to core nodes alone, by core_instance_ebs";
            const ACCESS_KEY =
                "delete this line: EmrEtlRunner takes it from the environment variable AWS_SNOWPLOW_ACCESS_KEY, and no file holds it";
            const SECRET_KEY = ACCESS_KEY.replace("ACCESS_KEY", "SECRET_KEY");
            refuses([
                unknown(
                    "the task nodes' disks",
                    jobflow({ task_instance_ebs: {} }),
                    `${JOBFLOW}.task_instance_ebs`,
                    EBS,
                ),
                unknown(
                    "the master node's",
                    jobflow({ master_instance_ebs: {} }),
                    `${JOBFLOW}.master_instance_ebs`,
                    EBS,
                ),
                unknown(
                    "another node group's count, which is near by letters alone",
                    jobflow({ master_instance_count: 1 }),
                    `${JOBFLOW}.master_instance_count`,
                    INSTANCES,
                ),
                unknown(
                    "the shredder's version where it was once",
                    batch({ enrich: { versions: { hadoop_shred: "0.11.0" } } }),
                    "emrEtlRunner.enrich.versions.hadoop_shred",
                    "did you mean emrEtlRunner.storage.versions.rdb_shredder, which took its place?",
                ),
                unknown(
                    "one that StorageLoader read",
                    batch({ storage: { download: {} } }),
                    "emrEtlRunner.storage.download",
                    "no such line: StorageLoader read it, and RDB Loader took that one's place",
                ),
                unknown(
                    "a key where only one is known",
                    batch({ storage: { target: {} } }),
                    "emrEtlRunner.storage.target",
                    "only versions",
                ),
                ...(
                    [
                        ["accessKeyId", ACCESS_KEY],
                        ["acces_key_id", ACCESS_KEY],
                        ["aws_access_key_id", ACCESS_KEY],
                        ["secretKey", SECRET_KEY],
                        ["secret_acess_key", SECRET_KEY],
                        ["secret_access_key:x", SECRET_KEY],
                    ] as const
                ).map(([key, words]) =>
                    unknown(
                        `a credential called ${key}: nobody should give it its right name`,
                        batch({ aws: { [key]: 1 } }),
                        key.includes(":")
                            ? 'emrEtlRunner.aws["secret_access_key:x"]'
                            : `emrEtlRunner.aws.${key}`,
                        words,
                    ),
                ),
                unknown(
                    "a credential in another place: nobody should move it",
                    batch({ aws: { s3: { access_key_id: "x" } } }),
                    "emrEtlRunner.aws.s3.access_key_id",
                    ACCESS_KEY,
                ),
            ]);
        });
        describe("none where none is near:", () => {
            refuses([
                unknown(
                    "an object",
                    { ...batch(), database: {} },
                    "database",
                    "one of network, encryption, certificates, storage, access, emrEtlRunner",
                ),
                unknown("a key", jobflow({ ami: "x" }), `${JOBFLOW}.ami`, INSTANCES),
                unknown(
                    "a short word of which most differs",
                    batch({ aws: { ec2: {} } }),
                    "emrEtlRunner.aws.ec2",
                    "one of s3, emr",
                ),
                unknown(
                    "a key that stands a level too high",
                    buckets({ bad: "s3://my-out/bad" }),
                    `${BUCKETS}.bad`,
                    "one of assets, jsonpath_assets, log, raw, enriched, shredded",
                ),
            ]);
        });
    });

    describe("a count that is", () => {
        const count = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            jobflow({ core_instance_count: value }),
            `${JOBFLOW}.core_instance_count`,
            found,
            `${COUNT}${hint}`,
        ];
        refuses([
            count("quoted", "2", '"2"', "; take off the quotes"),
            count("a text", "two", '"two"'),
            count("quoted, and no number without quotes", "02", '"02"'),
            count("no whole number", 1.5, "1.5"),
            count("too low", 0, "0"),
            count("null", null, "nothing after the colon (null)", "; or no such line"),
            [
                "below 0, where 0 means none",
                jobflow({ task_instance_count: -1 }),
                `${JOBFLOW}.task_instance_count`,
                "-1",
                "a whole number from 0 on",
            ],
            [
                "quoted, in days",
                { ...batch(), certificates: { generation: "2" } },
                "certificates.generation",
                '"2"',
                `${COUNT}; take off the quotes`,
            ],
            [
                "of tries, and 0",
                emr({ bootstrap_failure_tries: 0 }),
                `${EMR}.bootstrap_failure_tries`,
                "0",
                COUNT,
            ],
        ]);
    });

    describe("a bid that is", () => {
        const bid = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            jobflow({ core_instance_bid: value }),
            `${JOBFLOW}.core_instance_bid`,
            found,
            `${BID}${hint}`,
        ];
        refuses([
            bid("0", 0, "0"),
            bid("negative", -0.5, "-0.5"),
            bid("quoted", "0.5", '"0.5"', "; take off the quotes"),
            bid("so small that YAML 1.1 reads it as a text", 1e-7, "1e-7"),
            bid("no bid at all", 10_001, "10001"),
            [
                "negative, for task nodes",
                jobflow({ task_instance_bid: -1 }),
                `${JOBFLOW}.task_instance_bid`,
                "-1",
                BID,
            ],
        ]);
    });

    describe("of an EBS volume", () => {
        const path = `${JOBFLOW}.core_instance_ebs`;
        refuses([
            [
                "gp3",
                volume({ volume_type: "gp3" }),
                `${path}.volume_type`,
                '"gp3"',
                "standard, gp2 or io1: EmrEtlRunner knows no other",
            ],
            [
                "a quoted size",
                volume({ volume_size: "100" }),
                `${path}.volume_size`,
                '"100"',
                `${COUNT}; take off the quotes`,
            ],
            ["a size of 0", volume({ volume_size: 0 }), `${path}.volume_size`, "0", COUNT],
            [
                "no size",
                jobflow({ core_instance_ebs: { volume_type: "gp2" } }),
                `${path}.volume_size`,
                "nothing",
                COUNT,
            ],
            ["0 operations a second", volume({ volume_iops: 0 }), `${path}.volume_iops`, "0", COUNT],
            [
                "a quoted switch",
                volume({ ebs_optimized: "true" }),
                `${path}.ebs_optimized`,
                '"true"',
                "true or false; take off the quotes",
            ],
            ["a size alone, in quotes", jobflow({ core_instance_ebs: "100" }), path, '"100"', VOLUME],
        ]);
    });

    describe("a release that is", () => {
        const release = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            emr({ ami_version: value }),
            `${EMR}.ami_version`,
            found,
            `${RELEASE}${hint}`,
        ];
        refuses([
            release(
                "a float, 5.30 to whoever wrote it: quotes would not mend it",
                5.3,
                "5.3",
                TWO_NUMBERS("5.3"),
            ),
            release("two numbers", "5.30", '"5.30"'),
            release("one number", 5, "5"),
            release("with emr-", "emr-5.29.0", '"emr-5.29.0"', "; did you mean 5.29.0?"),
            release("with a leading zero", "5.029.0", '"5.029.0"'),
            release("null", null, "nothing after the colon (null)", "; or no such line"),
        ]);
    });

    describe("an empty text as", () => {
        refuses([
            [
                "a location",
                buckets({ log: "" }),
                `${BUCKETS}.log`,
                '"" (an empty text)',
                `${OR_MANAGED}${CRASHES}`,
            ],
            [
                "one of raw.in",
                buckets({ raw: { in: ["s3://my-collector/eu", ""] } }),
                `${BUCKETS}.raw.in[1]`,
                '"" (an empty text)',
                `${RAW_IN}${CRASHES}`,
            ],
            [
                "the location that decides the mode",
                buckets({ enriched: { stream: "" } }),
                `${BUCKETS}.enriched.stream`,
                '"" (an empty text)',
                `${S3_URL}; "managed", for a bucket that the stack makes; or no such line, for batch mode${CRASHES}`,
            ],
            [
                "an errors location",
                buckets({ shredded: { errors: "" } }),
                `${BUCKETS}.shredded.errors`,
                '"" (an empty text)',
                `${S3_URL}; "managed", for a bucket that the stack makes; or no such line, for none${CRASHES}`,
            ],
            [
                "JSON paths",
                buckets({ jsonpath_assets: "" }),
                `${BUCKETS}.jsonpath_assets`,
                '"" (an empty text)',
                `${S3_URL}; or no such line, for none${CRASHES}`,
            ],
            [
                "assets",
                buckets({ assets: "" }),
                `${BUCKETS}.assets`,
                '"" (an empty text)',
                `${S3_URL}${CRASHES}`,
            ],
            // What follows is no bucket: EmrEtlRunner would not crash.
            [
                "a key pair's name",
                emr({ ec2_key_name: "" }),
                `${EMR}.ec2_key_name`,
                '"" (an empty text)',
                "the name of an EC2 key pair in the stack's region; or no such line, for one that the stack makes",
            ],
            [
                "a job's name",
                jobflow({ job_name: "" }),
                `${JOBFLOW}.job_name`,
                '"" (an empty text)',
                "a text that is not empty",
            ],
            [
                "a CIDR",
                network({ cidrBlock: "" }),
                "network.cidrBlock",
                '"" (an empty text)',
                `${CIDR}; or no such line`,
            ],
        ]);
    });

    describe("as a location", () => {
        const log = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            buckets({ log: value }),
            `${BUCKETS}.log`,
            found,
            `${OR_MANAGED}${hint}`,
        ];
        refuses([
            log(
                "another scheme",
                "s3a://my-bucket/x",
                '"s3a://my-bucket/x"',
                "; did you mean s3://my-bucket/x?",
            ),
            log("a bucket without one", "my-bucket", '"my-bucket"'),
            log("upper case in the bucket", "s3://My-bucket/x", '"s3://My-bucket/x"'),
            log("a dot in the bucket", "s3://my.bucket/x", '"s3://my.bucket/x"'),
            log("too short a bucket", "s3://ab/x", '"s3://ab/x"'),
            log("wildcards", "s3://my-bucket/a*", '"s3://my-bucket/a*"'),
            log("an empty folder", "s3://my-bucket/a//b", '"s3://my-bucket/a//b"'),
            log("a list", ["s3://my-bucket/x"], 'a list, ["s3://my-bucket/x"]'),
            log("an object", { bucket: "x" }, 'an object, {"bucket":"x"}'),
        ]);
    });

    describe("as raw.in", () => {
        refuses([
            [
                "a text where a list belongs",
                buckets({ raw: { in: "s3://my-collector/eu" } }),
                `${BUCKETS}.raw.in`,
                '"s3://my-collector/eu"',
                `${RAW_IN}; a list of one is [s3://my-collector/eu]`,
            ],
            ["an empty list", buckets({ raw: { in: [] } }), `${BUCKETS}.raw.in`, "a list, []", RAW_IN],
            [
                "`managed` in the list",
                buckets({ raw: { in: ["managed"] } }),
                `${BUCKETS}.raw.in[0]`,
                '"managed"',
                RAW_IN,
            ],
        ]);
    });

    describe("a collector format", () => {
        const format = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            { emrEtlRunner: { collectors: { format: value } } },
            "emrEtlRunner.collectors.format",
            found,
            `${FORMATS}${hint}`,
        ];
        refuses([
            format("that there is none of", "thrfit", '"thrfit"'),
            format("in other letters", "Thrift", '"Thrift"', "; did you mean thrift?"),
            format(
                "of a family, without vendor and name",
                "tsv/com.amazon.aws.cloudfront",
                '"tsv/com.amazon.aws.cloudfront"',
            ),
            format("that is no text", 3, "3"),
        ]);
    });

    describe("as a network", () => {
        const cidr = (title: string, value: unknown, found = JSON.stringify(value)): Case => [
            title,
            network({ cidrBlock: value }),
            "network.cidrBlock",
            found,
            CIDR,
        ];
        const zones = (title: string, value: unknown, found: string, hint = ""): Case => [
            title,
            network({ availabilityZones: value }),
            "network.availabilityZones",
            found,
            `${ZONES}${hint}`,
        ];
        refuses([
            cidr("a range wider than /16", "10.0.0.0/15"),
            cidr("a range narrower than /24", "10.0.0.0/25"),
            cidr("a range with host bits", "10.0.0.1/20"),
            cidr("a public range", "11.0.0.0/16"),
            cidr("a range just beyond 172.16.0.0/12", "172.32.0.0/16"),
            cidr("an address", "192.168.0.0"),
            cidr("numbers above 255", "10.256.0.0/16"),
            cidr("a number", 10.64),
            zones(
                "a zone twice",
                ["eu-west-1a", "eu-west-1a"],
                'a list, ["eu-west-1a","eu-west-1a"]',
                '; "eu-west-1a" is there twice',
            ),
            zones(
                "hyphens without spaces",
                "-eu-west-1a -eu-west-1b",
                '"-eu-west-1a -eu-west-1b"',
                "; put a space after each hyphen",
            ),
            zones(
                "a text where a list of zones belongs",
                "eu-west-1a",
                '"eu-west-1a"',
                "; a list of one is [eu-west-1a]",
            ),
            [
                "no internet",
                network({ internetAccess: "none" }),
                "network.internetAccess",
                '"none"',
                "nat or public; without internet no cluster gets past EmrEtlRunner's bootstrap",
            ],
            [
                "a list",
                { ...batch(), network: [] },
                "network",
                "a list, []",
                "an object with the keys cidrBlock, availabilityZones, internetAccess, existing",
            ],
        ]);
        for (const cidrBlock of ["10.0.0.0/16", "10.255.255.0/24", "172.31.0.0/16", "192.168.0.0/16"]) {
            it(`but not ${cidrBlock}`, () => {
                expect(problems(network({ cidrBlock }))).to.deep.equal([]);
            });
        }
    });

    describe("in the other objects", () => {
        refuses([
            [
                "a switch that is neither on nor off",
                { ...batch(), encryption: { inTransit: "yes" } },
                "encryption.inTransit",
                '"yes"',
                "true or false; did you mean true?",
            ],
            [
                "a switch in quotes",
                { ...batch(), encryption: { atRestS3: "false" } },
                "encryption.atRestS3",
                '"false"',
                "true or false; take off the quotes",
            ],
            [
                "certificates valid longer than half of the authority's life",
                { ...batch(), certificates: { validityDays: 1826 } },
                "certificates.validityDays",
                "1826",
                "a whole number of days from 2 to 1825",
            ],
            [
                "logs that are kept for no time",
                { ...batch(), storage: { logRetentionDays: 0 } },
                "storage.logRetentionDays",
                "0",
                "a whole number of days from 1 to 36500",
            ],
            [
                "a bucket's name with capitals",
                { ...batch(), storage: { encryptExistingBuckets: ["My-Bucket"] } },
                "storage.encryptExistingBuckets[0]",
                '"My-Bucket"',
                "a list of bucket names, each once, each the bucket of an existing location",
            ],
            [
                "a key's alias",
                {
                    ...batch(),
                    storage: { existingKmsKeyArns: ["arn:aws:kms:eu-west-1:111122223333:alias/x"] },
                },
                "storage.existingKmsKeyArns[0]",
                '"arn:aws:kms:eu-west-1:111122223333:alias/x"',
                "a list of key ARNs (not aliases) of the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID, each once",
            ],
            [
                "a location to read that is named twice",
                access({ readLocations: ["s3://my-data/a", "s3://my-data/a"] }),
                "access.readLocations",
                'a list, ["s3://my-data/a","s3://my-data/a"]',
                `a list of S3 URLs, each once; ${S3_URL}; "s3://my-data/a" is there twice`,
            ],
            [
                "a table's name of 2 characters",
                access({ dynamodbTables: ["ab"] }),
                "access.dynamodbTables[0]",
                '"ab"',
                "a list of table names, 3 to 255 of A-Z, a-z, 0-9, _ . and -, each once",
            ],
            [
                "a parameter's name with an empty part",
                access({ ssmParameters: ["/a//b"] }),
                "access.ssmParameters[0]",
                '"/a//b"',
                "a list of parameter names, such as /snowplow/redshift-password, each once",
            ],
            [
                "more policies than a role takes, with their number",
                access({
                    policyArns: Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/p${index}`),
                }),
                "access.policyArns",
                "a list of 11",
                "a list of at most 10 policy ARNs, arn:aws:iam::ACCOUNT:policy/NAME, each once",
            ],
        ]);
    });

    describe("in the rest of config.yml", () => {
        refuses([
            [
                "an instance type without a size",
                jobflow({ master_instance_type: "m4" }),
                `${JOBFLOW}.master_instance_type`,
                '"m4"',
                TYPE,
            ],
            [
                "a bootstrap script that is a folder",
                emr({ bootstrap: ["s3://my-scripts/boot/"] }),
                `${EMR}.bootstrap[0]`,
                '"s3://my-scripts/boot/"',
                "a list of S3 URLs of scripts, s3://bucket/path/script.sh, each once",
            ],
            [
                "a property that is no text",
                emr({ configuration: { spark: { maximizeResourceAllocation: true } } }),
                `${EMR}.configuration.spark.maximizeResourceAllocation`,
                "true",
                `${CONFIGURATION}; put it in quotes`,
            ],
            [
                "a classification without properties",
                emr({ configuration: { spark: "x" } }),
                `${EMR}.configuration.spark`,
                '"x"',
                CONFIGURATION,
            ],
            [
                "additional_info that is no JSON",
                emr({ additional_info: "{" }),
                `${EMR}.additional_info`,
                '"{"',
                "a text that is valid JSON",
            ],
            [
                "a quoted switch",
                batch({ aws: { s3: { consolidate_shredded_output: "true" } } }),
                "emrEtlRunner.aws.s3.consolidate_shredded_output",
                '"true"',
                "true or false; take off the quotes",
            ],
            [
                "a compression in small letters",
                batch({ enrich: { output_compression: "gzip" } }),
                "emrEtlRunner.enrich.output_compression",
                '"gzip"',
                "NONE or GZIP; did you mean GZIP?",
            ],
            [
                "a version of two numbers: quotes would not mend it",
                batch({ storage: { versions: { rdb_loader: 0.17 } } }),
                "emrEtlRunner.storage.versions.rdb_loader",
                "0.17",
                `three numbers, such as 0.17.0${TWO_NUMBERS("0.17")}`,
            ],
            [
                "a level that RDB Loader refuses",
                batch({ monitoring: { logging: { level: "WARN" } } }),
                "emrEtlRunner.monitoring.logging.level",
                '"WARN"',
                "DEBUG or INFO: RDB Loader refuses others",
            ],
            [
                "tracking without a collector",
                batch({ monitoring: { snowplow: { method: "get", app_id: "x" } } }),
                "emrEtlRunner.monitoring.snowplow.collector",
                "nothing",
                "a host name",
            ],
            [
                "a tag's value that is no text",
                batch({ monitoring: { tags: { cost: 3 } } }),
                "emrEtlRunner.monitoring.tags.cost",
                "3",
                `${TAGS}; put it in quotes`,
            ],
            [
                "a tag without a name",
                batch({ monitoring: { tags: { "": "x" } } }),
                'emrEtlRunner.monitoring.tags[""]',
                '"x"',
                TAGS,
            ],
            [
                "a key without a space after its colon",
                { emrEtlRunner: { collectors: "format:thrift" } },
                "emrEtlRunner.collectors",
                '"format:thrift"',
                "an object with the key format; put a space after each colon",
            ],
            [
                "credentials where a section belongs",
                batch({ aws: [{ access_key_id: "x" }] }),
                "emrEtlRunner.aws",
                'a list, [{"access_key_id":"…"}]',
                "an object with the keys s3, emr; without credentials, which EmrEtlRunner takes from its environment",
            ],
            ...["<%= ENV['CORES'] %>", "$" + "{CORES}", "$CORES"].map(
                (template): Case => [
                    `a value that is to be evaluated: ${template}`,
                    jobflow({ core_instance_count: template }),
                    `${JOBFLOW}.core_instance_count`,
                    JSON.stringify(template),
                    `${COUNT}; nothing is evaluated in a stack file, no ERB tag and no variable: write the value itself`,
                ],
            ),
            [
                "a text where a section belongs",
                { emrEtlRunner: { collectors: "thrift" } },
                "emrEtlRunner.collectors",
                '"thrift"',
                "an object with the key format",
            ],
        ]);
    });
});
