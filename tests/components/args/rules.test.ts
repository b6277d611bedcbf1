import { expect } from "chai";
import type { StackInput } from "../../../components/config";
import { BUCKETS, batch, buckets, type Config, emr, jobflow, problem, problems, stream } from "./parse";

const RELEASE = "emrEtlRunner.aws.emr.ami_version";
const FORMAT = "emrEtlRunner.collectors.format";
const TAGS = "emrEtlRunner.monitoring.tags";
const ASSETS =
    "one of ap-northeast-1, ap-northeast-2, ap-south-1, ap-southeast-1, ap-southeast-2, ca-central-1, eu-central-1, eu-west-1, eu-west-2, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2: elsewhere Snowplow hosts no assets, and no cluster gets past EmrEtlRunner's bootstrap";
const NEEDS_FORMAT =
    "cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…: batch mode (no enriched.stream) needs it";
const NOT_IN_STREAM = "no such line: enriched.stream means stream-enrich mode, which has none";
const NEEDS_ERRORS =
    'an S3 URL, or "managed": enrich.continue_on_unexpected_error is true, and failures must go somewhere';

const outside = (location: string, url: string) =>
    `a folder that neither lies in ${location} (${url}) nor holds it: EmrEtlRunner would take one's objects for the other's`;
const outsideManaged = (location: string) =>
    `a folder outside of the stack's own ${location}: delete the line to have the managed bucket`;

/** A bucket of this stack's own, as the AWS provider would name it. */
const managed = (bucket: string, prefix = "snowplow-dev") =>
    `${prefix}-${bucket}-${"20260102".padEnd(26, "0")}`;

const accepts = (title: string, config: Config, input?: Partial<StackInput>) =>
    it(title, () => {
        expect(problems(config, input)).to.deep.equal([]);
    });

/** Each config with everything that is wrong with it. */
function refuses(
    title: string,
    config: Config,
    ...told: readonly (readonly [string, string, string])[]
): void {
    it(title, () => {
        expect(problems(config)).to.deep.equal(told.map((one) => problem(...one)));
    });
}

describe("settings hold to a rule between fields:", () => {
    describe("the region", () => {
        for (const [title, region, found] of [
            ["is missing", undefined, "nothing"],
            ["is blank", "", '"" (an empty text)'],
            ["has no hosted assets", "af-south-1", '"af-south-1"'],
            ["is in another partition", "us-gov-west-1", '"us-gov-west-1"'],
        ] as const) {
            it(`${title}: nothing else is judged by it`, () => {
                const config = {
                    ...batch(),
                    network: { availabilityZones: ["eu-west-9a"] },
                    storage: { existingKmsKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/x"] },
                    access: { readLocations: manyFolders(200) },
                };
                expect(problems(config, { region })).to.deep.equal([
                    { path: "aws:region", found, allowed: ASSETS },
                ]);
            });
        }
    });

    it("a region that is missing makes no line of a pasted config.yml wrong", () => {
        const config = batch({ aws: { s3: { region: "eu-west-1" }, emr: { region: "eu-west-1" } } });
        expect(problems(config, { region: undefined }).map(({ path }) => path)).to.deep.equal(["aws:region"]);
    });

    describe("classifications that EmrEtlRunner adds itself for thrift", () => {
        const configuration = { "core-site": { a: "b" }, "mapred-site": {}, spark: {} };
        const allowed =
            "no such key with collectors.format thrift: EmrEtlRunner adds its own, and EMR refuses two";
        refuses(
            "are not there a second time",
            batch({ aws: { emr: { configuration } } }),
            ["emrEtlRunner.aws.emr.configuration.core-site", 'an object, {"a":"b"}', allowed],
            ["emrEtlRunner.aws.emr.configuration.mapred-site", "an object, {}", allowed],
        );
        accepts("are free to have in other formats", {
            emrEtlRunner: { collectors: { format: "cloudfront" }, aws: { emr: { configuration } } },
        });
    });

    describe("zones", () => {
        refuses(
            "are the region's",
            {
                ...batch(),
                network: {
                    availabilityZones: ["us-east-1a", "eu-west-1b", "eu-west-1", "eu-west-1z", "euw1-az1"],
                },
            },
            ["network.availabilityZones[0]", '"us-east-1a"', "a zone of eu-west-1, such as eu-west-1a"],
            ["network.availabilityZones[2]", '"eu-west-1"', "a zone of eu-west-1, such as eu-west-1a"],
            ["network.availabilityZones[3]", '"eu-west-1z"', "a zone of eu-west-1, such as eu-west-1a"],
            ["network.availabilityZones[4]", '"euw1-az1"', "a zone of eu-west-1, such as eu-west-1a"],
        );
        accepts(
            "may be several",
            { ...batch(), network: { availabilityZones: ["us-east-1f", "us-east-1a"] } },
            { region: "us-east-1" },
        );
    });

    describe("aws:defaultTags", () => {
        const tags = (count: number) => ({
            defaultTags: {
                tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"])),
            },
        });
        it("are 10 at most", () => {
            expect(problems(batch(), tags(11))).to.deep.equal([
                {
                    path: "aws:defaultTags.tags",
                    found: "11 tags",
                    allowed: "at most 10: S3 objects take no more, and the certificates' archive is one",
                },
            ]);
        });
        accepts("may be 10", batch(), tags(10));
        accepts("may be blank", batch(), { defaultTags: { tags: null } });
    });

    describe("a certificate's renewal", () => {
        const certificates = (below: Config) => ({ ...batch(), certificates: below });
        const everyUp = (days: number) =>
            `fewer than the ${days} days of certificates.validityDays: otherwise every \`up\` renews`;
        refuses("comes after its making", certificates({ validityDays: 30, renewBeforeDays: 31 }), [
            "certificates.renewBeforeDays",
            "31",
            everyUp(30),
        ]);
        refuses("does not come at once", certificates({ validityDays: 60, renewBeforeDays: 60 }), [
            "certificates.renewBeforeDays",
            "60",
            everyUp(60),
        ]);
        refuses("is told though only its default is too long", certificates({ validityDays: 30 }), [
            "certificates.renewBeforeDays",
            "60",
            everyUp(30),
        ]);
        refuses(
            "is not judged by a validity that is none",
            certificates({ validityDays: 1, renewBeforeDays: 400 }),
            ["certificates.validityDays", "1", "a whole number of days from 2 to 1825"],
        );
        accepts("may come a day before the end", certificates({ validityDays: 2, renewBeforeDays: 1 }));
    });

    describe("the release", () => {
        const noConfiguration =
            "4.8.0 or later: earlier releases have no security configurations, so nothing on the cluster would be encrypted";
        const imds =
            "5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later, while encryption.requireImdsV2 is true: on other releases a cluster without IMDSv1 dies at its start";
        const off = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
        refuses("knows security configurations", emr({ ami_version: "4.7.0" }), [
            RELEASE,
            '"4.7.0"',
            noConfiguration,
        ]);
        refuses(
            "knows them for one switch too",
            { ...emr({ ami_version: "4.7.0" }), encryption: { ...off, atRestS3: true } },
            [RELEASE, '"4.7.0"', noConfiguration],
        );
        accepts("need not know them with all switches off", {
            ...emr({ ami_version: "4.7.0" }),
            encryption: off,
        });
        refuses("starts in private subnets", { ...emr({ ami_version: "4.1.0" }), encryption: off }, [
            RELEASE,
            '"4.1.0"',
            "4.2.0 or later: earlier releases do not start in a private subnet (network.internetAccess: nat)",
        ]);
        accepts("need not start there in public ones", {
            ...emr({ ami_version: "4.1.0" }),
            encryption: off,
            network: { internetAccess: "public" },
        });
        for (const version of ["5.29.0", "5.23.2", "5.31.1", "6.0.0", "6.1.1"]) {
            refuses(
                `starts without IMDSv1, and ${version} does not`,
                { ...emr({ ami_version: version }), encryption: { requireImdsV2: true } },
                [RELEASE, `"${version}"`, imds],
            );
        }
        for (const version of ["5.23.1", "5.27.1", "5.32.0", "5.36.2", "6.2.0", "7.0.0"]) {
            accepts(`starts without IMDSv1, as ${version} does`, {
                ...emr({ ami_version: version }),
                encryption: { requireImdsV2: true },
            });
        }
        refuses(
            "is told all at once",
            { ...emr({ ami_version: "4.1.0" }), encryption: { requireImdsV2: true } },
            [
                RELEASE,
                '"4.1.0"',
                `${noConfiguration}; 4.2.0 or later: earlier releases do not start in a private subnet (network.internetAccess: nat); ${imds}`,
            ],
        );
    });

    describe("KMS keys", () => {
        const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234abcd`;
        refuses(
            "are the region's",
            { ...batch(), storage: { existingKmsKeyArns: [arn("eu-west-1"), arn("us-east-1")] } },
            [
                "storage.existingKmsKeyArns[1]",
                `"${arn("us-east-1")}"`,
                "a key of the stack's region, eu-west-1: S3 uses no key of another",
            ],
        );
    });

    describe("batch mode", () => {
        refuses("needs a collector's format, of an empty stack file too", {}, [
            FORMAT,
            "nothing",
            NEEDS_FORMAT,
        ]);
        refuses("needs it where its section is there", { emrEtlRunner: { collectors: null } }, [
            FORMAT,
            "nothing",
            NEEDS_FORMAT,
        ]);
        refuses("needs it where its line is blank", { emrEtlRunner: { collectors: { format: null } } }, [
            FORMAT,
            "nothing after the colon (null)",
            NEEDS_FORMAT,
        ]);
        refuses(
            "is not presumed where the line that decides is wrong",
            stream({ enriched: { stream: "yes" } }),
            [
                `${BUCKETS}.enriched.stream`,
                '"yes"',
                'an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! \' ( )); "managed", for a bucket that the stack makes; or no such line, for batch mode',
            ],
        );
        refuses(
            "needs the Clojure collector's own bucket",
            { emrEtlRunner: { collectors: { format: "clj-tomcat" } } },
            [
                `${BUCKETS}.raw.in`,
                "nothing",
                "the bucket that Elastic Beanstalk rotates the Clojure collector's logs into (clj-tomcat): it makes its own, and writes to no other",
            ],
        );
        accepts(
            "takes that one",
            buckets(
                { raw: { in: ["s3://elasticbeanstalk-logs/resources"] } },
                {
                    collectors: { format: "clj-tomcat" },
                },
            ),
        );
        for (const format of ["thrift", "cloudfront", "json/com.example/v1", "tsv/a/b/c", "ndjson/x/y"]) {
            accepts(`takes ${format}`, { emrEtlRunner: { collectors: { format } } });
        }
    });

    describe("stream-enrich mode", () => {
        const enriched = (below: Config) => ({ enriched: { stream: "s3://my-stream/enriched", ...below } });
        refuses(
            "has no raw events, and so no bad or failed ones of enrichment",
            stream({
                raw: { in: ["s3://my-collector/eu"], processing: "s3://my-raw/a", archive: "managed" },
                ...enriched({ bad: "s3://my-bad/x", errors: "managed" }),
            }),
            [`${BUCKETS}.raw.in`, 'a list, ["s3://my-collector/eu"]', NOT_IN_STREAM],
            [`${BUCKETS}.raw.processing`, '"s3://my-raw/a"', NOT_IN_STREAM],
            [`${BUCKETS}.raw.archive`, '"managed"', NOT_IN_STREAM],
            [`${BUCKETS}.enriched.bad`, '"s3://my-bad/x"', NOT_IN_STREAM],
            [`${BUCKETS}.enriched.errors`, '"managed"', NOT_IN_STREAM],
        );
        refuses("has no collector", stream({}, { collectors: { format: "thrift" } }), [
            FORMAT,
            '"thrift"',
            NOT_IN_STREAM,
        ]);
        refuses("takes compressed files only", stream({}, { enrich: { output_compression: "NONE" } }), [
            "emrEtlRunner.enrich.output_compression",
            '"NONE"',
            "GZIP: in stream-enrich mode EmrEtlRunner takes .gz files only",
        ]);
        accepts("takes null for what it has not", {
            ...stream({ raw: null, ...enriched({ bad: null }) }, { collectors: null }),
        });
    });

    describe("errors locations", () => {
        const goOn = { enrich: { continue_on_unexpected_error: true } };
        refuses(
            "are there when jobs go on after errors",
            batch(goOn),
            [`${BUCKETS}.enriched.errors`, "nothing", NEEDS_ERRORS],
            [`${BUCKETS}.shredded.errors`, "nothing", NEEDS_ERRORS],
        );
        refuses("are the mode's", stream({}, goOn), [`${BUCKETS}.shredded.errors`, "nothing", NEEDS_ERRORS]);
        accepts(
            "may be managed or one's own",
            buckets({ enriched: { errors: "managed" }, shredded: { errors: "s3://my-errors/x" } }, goOn),
        );
    });

    describe("an EBS volume", () => {
        const io1 = (below: Config) =>
            jobflow({ core_instance_ebs: { volume_size: 100, volume_type: "io1", ...below } });
        const path = "emrEtlRunner.aws.emr.jobflow.core_instance_ebs.volume_iops";
        refuses("of io1 says its speed", io1({}), [
            path,
            "nothing",
            "a whole number from 1 on: volume_type io1 needs it",
        ]);
        refuses("of io1 is told once", io1({ volume_iops: 0 }), [path, "0", "a whole number from 1 on"]);
        accepts("of io1 is taken so", io1({ volume_iops: 500 }));
        accepts("of gp2 says none", io1({ volume_type: "gp2" }));
    });

    describe("a cluster's tags", () => {
        const tags = (below: Config) => batch({ monitoring: { tags: below } });
        const many = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag${i}`, "x"]));
        const own = { "snowplow-emr-stack": "dev", "for-use-with-amazon-emr-managed-policies": "true" };
        refuses(
            "leave the stack's own as they are",
            tags({ "snowplow-emr-stack": "prod", "for-use-with-amazon-emr-managed-policies": "false" }),
            [
                `${TAGS}.snowplow-emr-stack`,
                '"prod"',
                'delete this line: the stack sets it to "dev", and needs it so',
            ],
            [
                `${TAGS}.for-use-with-amazon-emr-managed-policies`,
                '"false"',
                'delete this line: the stack sets it to "true", and needs it so',
            ],
        );
        refuses(
            "do not begin as AWS's own",
            tags({ "aws:team": "data", "AWS:x": "y", "my:aws:x": "y" }),
            [`${TAGS}["aws:team"]`, '"data"', "another name: AWS keeps those that begin with aws: to itself"],
            [`${TAGS}["AWS:x"]`, '"y"', "another name: AWS keeps those that begin with aws: to itself"],
        );
        refuses("are 50 at most, with the stack's two", tags(many(49)), [
            TAGS,
            "49 tags",
            "at most 48: EC2 takes 50, two of them the stack's own",
        ]);
        accepts("may be 48, and say the stack's own", tags({ ...many(48), ...own }));
        accepts("may have the names of what objects have anyway", tags({ constructor: "x", toString: "y" }));
    });

    describe("what the stack owns", () => {
        const pasted = {
            aws: {
                access_key_id: "AKIAIOSFODNN7EXAMPLE",
                secret_access_key: "wJalrXUtnFEMI",
                s3: { region: "us-east-1", buckets: { encrypted: false } },
                emr: {
                    region: "eu-west-2",
                    jobflow_role: "EMR_EC2_DefaultRole",
                    service_role: "EMR_DefaultRole",
                    placement: "eu-west-1a",
                    ec2_subnet_id: "subnet-1",
                    security_configuration: "mine",
                    software: { hbase: "0.92.0", lingual: 1.1 },
                },
            },
            storage: { versions: { hadoop_elasticsearch: "0.2.0" } },
        };
        const ownRole = "delete this line: the stack makes its own role; only the deployed stack knows it";
        const oneRegion = "delete this line: aws:region is eu-west-1, and all is in one region";
        const fromEnvironment = (name: string) =>
            `delete this line: EmrEtlRunner takes it from the environment variable ${name}, and no file holds it`;
        const ami3 =
            "delete this line: EmrEtlRunner can install it on AMI 3 only, which has no security configurations";
        refuses(
            "is nobody else's to say, and no credentials are shown",
            batch(pasted),
            ["emrEtlRunner.aws.access_key_id", "a text", fromEnvironment("AWS_SNOWPLOW_ACCESS_KEY")],
            ["emrEtlRunner.aws.secret_access_key", "a text", fromEnvironment("AWS_SNOWPLOW_SECRET_KEY")],
            ["emrEtlRunner.aws.s3.region", '"us-east-1"', oneRegion],
            ["emrEtlRunner.aws.emr.region", '"eu-west-2"', oneRegion],
            [
                `${BUCKETS}.encrypted`,
                "false",
                "delete this line: every bucket is encrypted with SSE-S3, and s3-dist-cp must ask for the same",
            ],
            ["emrEtlRunner.aws.emr.jobflow_role", '"EMR_EC2_DefaultRole"', ownRole],
            ["emrEtlRunner.aws.emr.service_role", '"EMR_DefaultRole"', ownRole],
            [
                "emrEtlRunner.aws.emr.placement",
                '"eu-west-1a"',
                "delete this line: clusters run in the stack's subnet; network.availabilityZones chooses its zone",
            ],
            [
                "emrEtlRunner.aws.emr.ec2_subnet_id",
                '"subnet-1"',
                "delete this line: clusters run in the stack's own subnet; only the deployed stack knows it",
            ],
            [
                "emrEtlRunner.aws.emr.security_configuration",
                '"mine"',
                "delete this line: the stack makes its own; only the deployed stack knows it",
            ],
            ["emrEtlRunner.aws.emr.software.hbase", '"0.92.0"', ami3],
            ["emrEtlRunner.aws.emr.software.lingual", "1.1", ami3],
            [
                "emrEtlRunner.storage.versions.hadoop_elasticsearch",
                '"0.2.0"',
                "delete this line: there is no other version",
            ],
        );
        accepts(
            "may be said as null",
            batch({
                aws: {
                    access_key_id: null,
                    secret_access_key: null,
                    s3: { region: null, buckets: { encrypted: null } },
                    emr: {
                        region: null,
                        jobflow_role: null,
                        service_role: null,
                        placement: null,
                        ec2_subnet_id: null,
                        security_configuration: null,
                        software: { hbase: null, lingual: null },
                    },
                },
                storage: { versions: { hadoop_elasticsearch: null } },
            }),
        );
        accepts(
            "may be said as it will be",
            batch({
                aws: {
                    access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
                    secret_access_key: "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
                    s3: { region: "eu-west-1", buckets: { encrypted: true } },
                    emr: { region: "eu-west-1" },
                },
                storage: { versions: { hadoop_elasticsearch: "0.1.0" } },
            }),
        );
    });

    describe("a folder that jobs resume from", () => {
        const inBucket = (url: string) =>
            `a folder in the bucket, such as ${url}: EmrEtlRunner cannot resume from a bucket's root`;
        refuses(
            "is not a bucket's root",
            buckets({
                raw: { processing: "s3://my-raw" },
                enriched: { good: "s3://my-enriched/" },
                shredded: { good: "s3://my-shredded" },
            }),
            [`${BUCKETS}.raw.processing`, '"s3://my-raw"', inBucket("s3://my-raw/raw/processing/")],
            [`${BUCKETS}.enriched.good`, '"s3://my-enriched/"', inBucket("s3://my-enriched/enriched/good/")],
            [`${BUCKETS}.shredded.good`, '"s3://my-shredded"', inBucket("s3://my-shredded/shredded/good/")],
        );
        accepts(
            "may lie next to roots of other buckets",
            buckets({
                log: "s3://my-logs",
                raw: { in: ["s3://my-collector"], archive: "s3://my-raw-archive" },
                enriched: { bad: "s3://my-bad" },
            }),
        );
    });

    describe("a location", () => {
        refuses(
            "does not lie in another",
            buckets({ raw: { processing: "s3://my-data/raw", archive: "s3://my-data/raw/archive/" } }),
            [
                `${BUCKETS}.raw.archive`,
                '"s3://my-data/raw/archive/"',
                outside("raw.processing", "s3://my-data/raw/"),
            ],
        );
        refuses(
            "does not hold another",
            buckets({ enriched: { bad: "s3://my-data/out/bad" }, log: "s3://my-data/out" }),
            [`${BUCKETS}.log`, '"s3://my-data/out"', outside("enriched.bad", "s3://my-data/out/bad/")],
        );
        refuses(
            "is not another, whatever its slashes",
            buckets({ enriched: { archive: "s3://my-data/a" }, shredded: { archive: "s3://my-data/a/" } }),
            [
                `${BUCKETS}.shredded.archive`,
                '"s3://my-data/a/"',
                outside("enriched.archive", "s3://my-data/a/"),
            ],
        );
        refuses(
            "does not lie in a bucket that is one itself",
            buckets({ raw: { in: ["s3://my-data"] }, log: "s3://my-data/logs" }),
            [`${BUCKETS}.log`, '"s3://my-data/logs"', outside("raw.in", "s3://my-data/")],
        );
        refuses(
            "of raw.in does not lie in another of it",
            buckets({
                raw: { in: ["s3://my-data/a", "s3://other-data/a", "s3://my-data/a/b", "s3://other-data/a"] },
            }),
            [`${BUCKETS}.raw.in[2]`, '"s3://my-data/a/b"', outside("raw.in", "s3://my-data/a/")],
            [
                `${BUCKETS}.raw.in[3]`,
                '"s3://other-data/a"',
                "each folder once: s3://other-data/a/ is in raw.in twice",
            ],
        );
        refuses(
            "is told once, though it lies in two",
            buckets({ raw: { in: ["s3://my-data/a", "s3://my-data/a/b"] }, log: "s3://my-data/a/b/c" }),
            [`${BUCKETS}.raw.in[1]`, '"s3://my-data/a/b"', outside("raw.in", "s3://my-data/a/")],
            [`${BUCKETS}.log`, '"s3://my-data/a/b/c"', outside("raw.in", "s3://my-data/a/")],
        );
        refuses(
            "does not lie in a managed one of this stack",
            buckets({
                raw: { in: [`s3://${managed("pipeline")}/enriched/bad/old`] },
                enriched: { good: `s3://${managed("archive")}/shredded` },
            }),
            [
                `${BUCKETS}.raw.in[0]`,
                `"s3://${managed("pipeline")}/enriched/bad/old"`,
                outsideManaged("enriched.bad"),
            ],
            [
                `${BUCKETS}.enriched.good`,
                `"s3://${managed("archive")}/shredded"`,
                outsideManaged("shredded.archive"),
            ],
        );
        refuses(
            "does not hold a managed one of this stack",
            stream({ enriched: { stream: `s3://${managed("logs")}` } }),
            [`${BUCKETS}.enriched.stream`, `"s3://${managed("logs")}"`, outsideManaged("log")],
        );
        accepts(
            "may share a bucket, and the first letters of a name",
            buckets({
                raw: { in: ["s3://my-data/a", "s3://my-data/ab"], processing: "s3://my-data/a-b/c" },
                enriched: { good: "s3://my-data/a-b/cd" },
            }),
        );
        accepts(
            "may have the same folder in another bucket",
            buckets({ raw: { in: ["s3://my-a/x", "s3://my-b/x"] } }),
        );
        accepts(
            "may lie beside the managed ones of its bucket",
            buckets({ log: `s3://${managed("pipeline")}/logs` }),
        );
        accepts(
            "may lie in another stack's bucket",
            buckets({ raw: { in: [`s3://${managed("pipeline", "snowplow-prod")}/enriched/bad/`] } }),
        );
        it("is told of each once, however many there are", () => {
            const told = problems(
                buckets({ raw: { in: Array.from({ length: 300 }, () => "s3://my-data/a") } }),
            );
            expect(told.length).to.be.within(299, 301);
        });
    });

    describe("a bucket to encrypt", () => {
        const encrypt = (...names: string[]) => ({ storage: { encryptExistingBuckets: names } });
        refuses(
            "is one of an existing location",
            {
                ...buckets({ log: "s3://my-logs/emr", raw: { in: ["s3://my-raw", "s3://my-logs/raw"] } }),
                ...encrypt("my-log"),
            },
            [
                "storage.encryptExistingBuckets[0]",
                '"my-log"',
                "the bucket of an existing location: my-raw, my-logs",
            ],
        );
        refuses("is none where all are the stack's own", { ...batch(), ...encrypt("my-logs") }, [
            "storage.encryptExistingBuckets[0]",
            '"my-logs"',
            "the bucket of an existing location: there is none",
        ]);
        refuses(
            "is not judged by locations that are none",
            { ...buckets({ log: "my-logs" }), ...encrypt("my-logs") },
            [
                `${BUCKETS}.log`,
                '"my-logs"',
                "an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( )); or no such line, for a bucket that the stack makes",
            ],
        );
        accepts("may be named though it serves two locations", {
            ...buckets({ log: "s3://my-data/emr", raw: { archive: "s3://my-data/raw" } }),
            ...encrypt("my-data"),
        });
    });

    describe("IAM's limits", () => {
        /** A length is the policies' business; everything else is told here. */
        const told = (config: Config) =>
            problems(config).map(({ path, found, allowed }) => [path, found.replace(/^\d+ /, "… "), allowed]);
        const jobflowRole = (path: string, count: number) => [
            `snowplow-emr-encryption:${path}`,
            `… characters, most of them for these ${count}`,
            "a policy of at most 10240 characters for the jobflow role, over EmrEtlRunner's locations and access together: name fewer, shorter or enclosing folders, or grant some through access.policyArns",
        ];
        const operator = [
            `snowplow-emr-encryption:${BUCKETS}`,
            "… characters",
            "an operator policy of at most 6144 characters: fewer, shorter or enclosing locations",
        ];
        it("hold for the jobflow role, with many locations to read", () => {
            expect(told({ ...batch(), access: { readLocations: manyFolders(100) } })).to.deep.equal([
                jobflowRole("access.readLocations", 100),
            ]);
        });
        it("hold for the operator too, with many folders of collectors", () => {
            expect(told(buckets({ raw: { in: manyFolders(60) } }))).to.deep.equal([
                jobflowRole(`${BUCKETS}.raw.in`, 60),
                operator,
            ]);
        });
        accepts("leave room for some folders to read", {
            ...batch(),
            access: { readLocations: manyFolders(4) },
        });
    });
});

function manyFolders(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => `s3://bucket-${index}/folder/of/data`);
}
