import { expect } from "chai";
import fc from "fast-check";
import { ERROR_CODES, type ErrorCode } from "../../../components/domain/error-codes";
import { BUCKETS, batch, buckets, type Config, codesOf, emr, errorsOf, jobflow } from "./parse";

const EMR = "emrEtlRunner.aws.emr";
const JOBFLOW = `${EMR}.jobflow`;
const VOLUME = `${JOBFLOW}.core_instance_ebs`;
const KEY = "arn:aws:kms:eu-west-1:111122223333";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";
const VPC = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] };

/** A valid stack config with another value at a path; objects that must be complete are. */
function at(path: string, value: unknown): Config {
    const config = {
        ...batch(),
        ...(path.startsWith(`${VOLUME}.`) &&
            jobflow({ core_instance_ebs: { volume_size: 100, volume_type: "gp2" } })),
        ...(path.startsWith("network.existing.") && { network: { existing: { ...VPC } } }),
    };
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let parent: Record<string, unknown> = config;
    for (const key of keys) {
        parent[key] = { ...(parent[key] as object | undefined) };
        parent = parent[key] as Record<string, unknown>;
    }
    parent[last] = value;
    return config;
}

const network = (below: Config) => at("network", below);
const volume = (below: Config) =>
    jobflow({ core_instance_ebs: { volume_size: 100, volume_type: "gp2", ...below } });

/** For each key, values that are refused with a code at its path, and values that are accepted. */
const VALUES: readonly (readonly [
    path: string,
    refused: Partial<Readonly<Record<ErrorCode, readonly unknown[]>>>,
    ...accepted: unknown[],
])[] = [
    [`${JOBFLOW}.core_instance_count`, { "wrong-type": ["2", 1.5, null], "invalid-value": [0] }],
    [`${JOBFLOW}.task_instance_count`, { "invalid-value": [-1] }, 0],
    [
        `${JOBFLOW}.core_instance_bid`,
        { "wrong-type": ["0.5"], "invalid-value": [0, -0.5, 1e-7, 10_001] },
        ...[null, 0.0001, 10_000],
    ],
    [`${JOBFLOW}.task_instance_bid`, { "invalid-value": [-1] }],
    [`${JOBFLOW}.master_instance_type`, { "invalid-value": ["m4", "M4.large", `m4.${"x".repeat(254)}`] }],
    [
        `${JOBFLOW}.job_name`,
        { "invalid-value": ["", "x".repeat(257), ...[..."<>$|`"].map((sign) => `a${sign}b`)] },
        ...['Snowplow ETL (é) & "co"', "x".repeat(256)],
    ],
    [`${VOLUME}.volume_type`, { "invalid-value": ["gp3"] }, "standard", "gp2"],
    [`${VOLUME}.volume_size`, { "wrong-type": ["100"], "invalid-value": [0], "missing-value": [undefined] }],
    [`${VOLUME}.volume_iops`, { "invalid-value": [0] }, null, 400],
    [`${VOLUME}.ebs_optimized`, { "wrong-type": ["true"] }, null],
    [VOLUME, { "wrong-type": ["100"] }, null],
    [
        `${EMR}.ami_version`,
        { "wrong-type": [5.3, 5], "invalid-value": ["5.30", "emr-5.29.0", "5.29.0-beta", "05.29.0"] },
        "5.30.2",
    ],
    [
        `${EMR}.ec2_key_name`,
        { "invalid-value": ["", "x".repeat(256), "clé"] },
        ...["my key", "x".repeat(255)],
    ],
    [
        `${EMR}.additional_info`,
        { "invalid-value": ["{", JSON.stringify("x".repeat(10_279))] },
        ...['{"a": 1}', JSON.stringify("x".repeat(4_000))],
    ],
    [`${EMR}.bootstrap_failure_tries`, { "invalid-value": [0] }],
    [`${EMR}.bootstrap`, { "duplicate-item": [["s3://my-scripts/a.sh", "s3://my-scripts/a.sh"]] }, null, []],
    [`${EMR}.configuration.spark.a`, { "wrong-type": [true] }, "x"],
    [`${EMR}.configuration.spark`, { "wrong-type": ["x"] }, {}],
    [
        `${BUCKETS}.log`,
        {
            "invalid-value": [
                ...[
                    "",
                    "my-bucket",
                    "s3a://my-bucket/x",
                    "s3://My-bucket/x",
                    "s3://my.bucket/x",
                    "s3://ab/x",
                ],
                ...["s3://my-bucket/a*", "s3://my-bucket/a//b", "s3://my-bucket/../b"],
            ],
            "wrong-type": [["s3://my-bucket/x"], { bucket: "x" }],
        },
        ...[null, "managed", "s3://my-bucket", "s3://my-bucket/a=1/b!'().c"],
    ],
    [`${BUCKETS}.assets`, { "invalid-value": ["", "managed"] }],
    [`${BUCKETS}.jsonpath_assets`, { "invalid-value": ["", "managed"] }, null],
    [`${BUCKETS}.raw.in`, { "wrong-type": ["s3://my-collector/eu"], "invalid-value": [[]] }],
    [
        "emrEtlRunner.collectors.format",
        { "invalid-value": ["thrfit", "Thrift", "tsv/com.amazon.aws.cloudfront", ""], "wrong-type": [3] },
        ...["thrift", "cloudfront", "json/com.example/v1", "tsv/a/b/c", "ndjson/x/y"],
    ],
    ["emrEtlRunner.enrich.output_compression", { "invalid-value": ["gzip"] }, "NONE"],
    [
        "emrEtlRunner.storage.versions.rdb_loader",
        { "wrong-type": [0.17], "invalid-value": ["1", "r118"] },
        "0.17.0-rc1",
    ],
    ["emrEtlRunner.monitoring.logging.level", { "invalid-value": ["WARN"] }, "INFO"],
    ["emrEtlRunner.monitoring.tags.cost", { "wrong-type": [3] }, ""],
    ["emrEtlRunner", { "wrong-type": ["collectors: {}"] }],
    [
        "network.cidrBlock",
        {
            "invalid-value": [
                ...["10.0.0.0/15", "10.0.0.0/25", "10.0.0.1/20", "11.0.0.0/16", "172.32.0.0/16"],
                ...["192.168.0.0", "10.256.0.0/16", ""],
            ],
            "wrong-type": [10.64, null],
        },
        ...["10.0.0.0/16", "10.255.255.0/24", "172.31.0.0/16", "192.168.0.0/16"],
    ],
    [
        "network.availabilityZones",
        { "duplicate-item": [["eu-west-1a", "eu-west-1a"]], "wrong-type": ["eu-west-1a"] },
    ],
    ["network.internetAccess", { "invalid-value": ["none"] }],
    ["network", { "wrong-type": [[], "nat"] }, null, {}],
    [
        "network.existing.vpcId",
        { "invalid-value": ["my-vpc", "vpc-0123456789abcdef"], "missing-value": [undefined] },
    ],
    ["network.existing.subnetIds", { "invalid-value": [[]] }],
    ["network.existing.emrSecurityGroups", { "invalid-value": ["keep"] }, "create"],
    ["encryption.inTransit", { "wrong-type": ["yes", "false", 1, null] }, false],
    [
        "encryption.kmsKeyArn",
        { "invalid-value": ["alias/my-key", "1234abcd-12ab-34cd-56ef-1234567890ab", `${KEY}:alias/my-key`] },
        ...[null, `${KEY}:key/1234abcd`],
    ],
    ["certificates.validityDays", { "invalid-value": [1, 1826] }, 1825],
    ["certificates.renewBeforeDays", { "invalid-value": [0, 10_000_000_000] }, 1],
    ["certificates.generation", { "wrong-type": ["2"], "invalid-value": [0] }, 2],
    [
        "certificates.archive",
        { "invalid-value": ["s3://acme-certificates/emr/", "s3://acme-certificates/nodes.tar", "nodes.zip"] },
        "s3://acme-certificates/emr/nodes.zip",
    ],
    ["certificates.chainPem", { "invalid-value": ["/etc/ssl/chain.pem"] }],
    ["certificates.trustedPem", { "wrong-type": [7] }],
    [
        "certificates.remindTopicArn",
        { "invalid-value": [`${TOPIC}.fifo`, "pipeline-alarms", TOPIC.replace("sns", "sqs")] },
        TOPIC,
    ],
    ["storage.logRetentionDays", { "invalid-value": [0, 36_501] }, 36_500],
    ["access.readLocations", { "duplicate-item": [["s3://my-data/a", "s3://my-data/a"]] }],
    [
        "access.policyArns",
        { "invalid-value": [Array.from({ length: 11 }, (_, index) => `arn:aws:iam::aws:policy/p${index}`)] },
    ],
    ["access.path", { "invalid-value": ["data", "/data", "data/", "//", "/a b/"] }, "/data/snowplow/"],
    ["access.permissionsBoundary", { "invalid-value": ["boundary"] }, "arn:aws:iam::111122223333:policy/a/b"],
    ["access.serviceRole", { "wrong-type": ["my-service"] }, { existing: "my-service" }],
    [
        "access.jobflowRole.existing",
        { "missing-value": [undefined], "invalid-value": ["arn:aws:iam::111122223333:role/x"] },
    ],
];

/** Items that are refused, of lists of valid ones. */
const ITEMS: readonly (readonly [path: string, items: readonly unknown[], ...refused: readonly number[]])[] =
    [
        [`${EMR}.bootstrap`, ["s3://my-scripts/a.sh", "s3://my-scripts/boot/"], 1],
        [`${BUCKETS}.raw.in`, ["s3://my-collector/eu", "", "managed"], 1, 2],
        ["network.existing.subnetIds", ["subnet-0123456789abcdef0", "eu-west-1a"], 1],
        ["network.existing.subnetIds", ["subnet-0123456789abcdef"], 0],
        ["storage.encryptExistingBuckets", ["My-Bucket"], 0],
        ["storage.policiesOnExistingBuckets", ["acme-raw", "s3://acme-logs/emr"], 1],
        ["storage.existingKmsKeyArns", [`${KEY}:alias/x`], 0],
        ["access.dynamodbTables", ["ab", "abc", "cd"], 0, 2],
        ["access.ssmParameters", ["/a//b", "a/b", "/a/b"], 0],
    ];

describe("the schema of the arguments", () => {
    for (const [path, refused, ...accepted] of VALUES) {
        it(`accepts and refuses values of ${path}`, () => {
            for (const [code, values] of Object.entries(refused)) {
                for (const value of values) {
                    const expected = [`${code} at ${path}`];
                    expect(codesOf(at(path, value)), JSON.stringify(value)).to.deep.equal(expected);
                }
            }
            for (const value of accepted) {
                expect(codesOf(at(path, value)), JSON.stringify(value)).to.deep.equal([]);
            }
        });
    }

    for (const [path, items, ...refused] of ITEMS) {
        it(`accepts and refuses items of ${path}`, () => {
            expect(codesOf(at(path, items))).to.deep.equal(
                refused.map((index) => `invalid-value at ${path}[${index}]`),
            );
        });
    }

    it("requires a collector for tracking", () => {
        expect(
            codesOf(at("emrEtlRunner.monitoring", { snowplow: { method: "get", app_id: "x" } })),
        ).to.deep.equal(["missing-value at emrEtlRunner.monitoring.snowplow.collector"]);
    });

    it("names the equal items of a list", () => {
        const found = errorsOf(at("access.dynamodbTables", ["abc", "abd", "abc"])).map(
            (error) => error.found,
        );
        expect(found).to.deep.equal(["items 0 and 2 are the same"]);
    });

    it("reports the errors of every object at once, before any rule", () => {
        expect(
            codesOf({
                network: { cidrBlock: "10.0.0.0/8", availabilityZones: ["us-east-1a"] },
                encryption: { inTransit: "true" },
                certificates: { validityDays: 30, renewBeforeDays: 30 },
                access: { readLocations: ["my-enrichments"], dynamodbTabels: [] },
                emrEtlRunner: { aws: { access_key_id: "x", emr: { jobflow: { core_instance_count: "2" } } } },
            }),
        ).to.deep.equal([
            "invalid-value at network.cidrBlock",
            "wrong-type at encryption.inTransit",
            "invalid-value at access.readLocations[0]",
            "unknown-key at access.dynamodbTabels",
            `wrong-type at ${JOBFLOW}.core_instance_count`,
        ]);
    });
});

describe("a statement of bucketPolicyStatements", () => {
    const AT = "storage.bucketPolicyStatements";
    const FIRST = `${AT}["raw.in"][0]`;
    const VALID = {
        Sid: "Producers",
        Effect: "Allow",
        Principal: { AWS: "444455556666" },
        Action: "s3:PutObject",
    };
    const role = "arn:aws:iam::444455556666:role/data/producer";
    const statement = (change: Config) => at(AT, { "raw.in": [{ ...VALID, ...change }] });
    for (const [title, config, ...errors] of [
        ["one of everything", statement({})],
        [
            "lists",
            statement({
                Effect: "Deny",
                Principal: { AWS: [role], Service: ["logs.amazonaws.com"] },
                Action: ["s3:GetObject"],
            }),
        ],
        [
            "a condition",
            statement({
                Condition: { "ForAnyValue:StringLikeIfExists": { "aws:PrincipalOrgPaths": ["o-a/*"] } },
            }),
        ],
        ["no list", at(AT, { "raw.in": VALID }), `wrong-type at ${AT}["raw.in"]`],
        ["an unknown location", at(AT, { "raw.inn": [VALID] }), `unknown-key at ${AT}["raw.inn"]`],
        ["no Sid", statement({ Sid: undefined }), `missing-value at ${FIRST}.Sid`],
        ["a Sid with a hyphen", statement({ Sid: "log-delivery" }), `invalid-value at ${FIRST}.Sid`],
        ["another effect", statement({ Effect: "allow" }), `invalid-value at ${FIRST}.Effect`],
        ["no principal", statement({ Principal: {} }), `invalid-value at ${FIRST}.Principal`],
        ["a principal without a kind", statement({ Principal: role }), `invalid-value at ${FIRST}.Principal`],
        [
            "a federated principal",
            statement({ Principal: { Federated: "x" } }),
            `invalid-value at ${FIRST}.Principal`,
        ],
        [
            "roles by a wildcard",
            statement({ Principal: { AWS: "arn:aws:iam::444455556666:role/*" } }),
            `invalid-value at ${FIRST}.Principal`,
        ],
        [
            "a service of another domain",
            statement({ Principal: { Service: "logs.example.com" } }),
            `invalid-value at ${FIRST}.Principal`,
        ],
        [
            "an action of another service",
            statement({ Action: ["s3:GetObject", "kms:Decrypt"] }),
            `invalid-value at ${FIRST}.Action`,
        ],
        ["every action", statement({ Action: "*" }), `invalid-value at ${FIRST}.Action`],
        ["no action", statement({ Action: [] }), `invalid-value at ${FIRST}.Action`],
        [
            "an unknown operator",
            statement({ Condition: { StringEqual: { "aws:SourceAccount": "1" } } }),
            `invalid-value at ${FIRST}.Condition.StringEqual`,
        ],
        [
            "a key of another service",
            statement({ Condition: { StringEquals: { "kms:ViaService": "s3" } } }),
            `invalid-value at ${FIRST}.Condition.StringEquals`,
        ],
        [
            "a number in a condition",
            statement({ Condition: { StringEquals: { "aws:SourceAccount": 111122223333 } } }),
            `invalid-value at ${FIRST}.Condition.StringEquals["aws:SourceAccount"]`,
        ],
        ...["Resource", "NotResource", "NotPrincipal", "NotAction"].map(
            (key) => [key, statement({ [key]: "*" }), `wrong-type at ${FIRST}.${key}`] as const,
        ),
    ] as readonly (readonly [string, Config, ...string[]])[]) {
        it(`is ${errors.length === 0 ? "accepted" : "refused"} with ${title}`, () => {
            expect(codesOf(config)).to.deep.equal(errors);
        });
    }
});

describe("the fix of a value", () => {
    const MANAGED_OR_NOT = "omit this key: EmrEtlRunner crashes on an empty string";
    for (const [title, config, fix] of [
        ["in quotes", jobflow({ core_instance_count: "2" }), "remove the quotes"],
        ["in quotes, and no number without them", jobflow({ core_instance_count: "02" }), undefined],
        ["without quotes", batch({ monitoring: { tags: { cost: 3 } } }), "put it in quotes"],
        [
            "that is a float",
            emr({ ami_version: 5.3 }),
            "write all three numbers: YAML reads 5.30 as the number 5.3",
        ],
        ["that is null", jobflow({ core_instance_count: null }), "omit this key for its default"],
        ["that is empty", at("network.cidrBlock", ""), "omit this key for its default"],
        ["that is empty, without a default", emr({ ec2_key_name: "" }), undefined],
        ["of a location that is empty", at(`${BUCKETS}.log`, ""), MANAGED_OR_NOT],
        [
            "of a list that is a string",
            at("network.availabilityZones", "eu-west-1a"),
            "write a list: [eu-west-1a]",
        ],
        [
            "of a list that is a string which may be a secret",
            at("access.ssmParameters", "hunter2"),
            "write a list: […]",
        ],
        [
            "without spaces after hyphens",
            at("network.availabilityZones", "-eu-west-1a -eu-west-1b"),
            "put a space after each hyphen",
        ],
        [
            "without spaces after colons",
            { emrEtlRunner: { collectors: "format:thrift" } },
            "put a space after each colon",
        ],
        ["yes", at("encryption.inTransit", "yes"), "did you mean true?"],
        ["Off", at("encryption.inTransit", "Off"), "did you mean false?"],
        ["in other letters", batch({ enrich: { output_compression: "gzip" } }), "did you mean GZIP?"],
        [
            "that is almost a known one",
            { emrEtlRunner: { collectors: { format: "thrfit" } } },
            "did you mean thrift?",
        ],
        ["that is a release label", emr({ ami_version: "emr-5.29.0" }), "did you mean 5.29.0?"],
        [
            "of a location with s3a",
            at(`${BUCKETS}.log`, "s3a://my-bucket/x"),
            "did you mean s3://my-bucket/x?",
        ],
        [
            "of a location with s3n and a wildcard",
            at(`${BUCKETS}.log`, "s3n://my-bucket/x/*"),
            "did you mean s3://my-bucket/x/?",
        ],
        [
            "of a location by ARN",
            at(`${BUCKETS}.log`, "arn:aws:s3:::my-bucket/x/*"),
            "did you mean s3://my-bucket/x/?",
        ],
        [
            "of a location by its URL",
            at(`${BUCKETS}.log`, "https://my-bucket.s3.eu-west-1.amazonaws.com/x/"),
            "did you mean s3://my-bucket/x/?",
        ],
        [
            "of a location in the console",
            at(
                `${BUCKETS}.log`,
                "https://s3.console.aws.amazon.com/s3/buckets/my-bucket?region=eu-west-1&prefix=x/&showversions=false",
            ),
            "did you mean s3://my-bucket/x/?",
        ],
        [
            "of a location without a scheme",
            at(`${BUCKETS}.log`, "my-bucket/x"),
            "did you mean s3://my-bucket/x?",
        ],
        ["of a bucket alone, which may be anything", at(`${BUCKETS}.log`, "my-bucket"), undefined],
        ...["<%= ENV['CORES'] %>", "$" + "{CORES}", "$CORES"].map(
            (text) =>
                [
                    text,
                    jobflow({ core_instance_count: text }),
                    "write the value itself: ERB tags and variables are not evaluated",
                ] as const,
        ),
    ] as const) {
        it(`${title} is ${fix === undefined ? "not guessed" : `"${fix}"`}`, () => {
            expect(errorsOf(config).map((error) => error.fix)).to.deep.equal([fix]);
        });
    }
});

/** Values that a key does not accept, each with what its fix suggests; of a longer fix, a part. */
const SUGGESTED: readonly (readonly [path: string, ...(readonly [value: string, suggestion: string])[]])[] = [
    [
        "network.cidrBlock",
        ["10.64.1.0/20", "10.64.0.0/20"],
        ["192.168.1.5/24", "192.168.1.0/24"],
        ["172.31.255.0/16", "172.31.0.0/16"],
        ["010.064.00.0/20", "10.64.0.0/20"],
        ["10.0.0.0/8", "10.0.0.0/16"],
        ["10.64.0.16/28", "10.64.0.0/24"],
        ["10.64.0.0", "10.64.0.0/20"],
        ["11.0.0.0/16", "write a private range"],
        ["172.0.0.0/8", "write a private range"],
        ["100.64.0.0/16", "write a private range"],
        ["10.256.0.0/16", "write a private range"],
    ],
    [
        "network.availabilityZones.0",
        ["eu-west-1", "eu-west-1a"],
        ["EU-WEST-1B", "eu-west-1b"],
        ["euw1-az1", "describe-availability-zones --zone-ids euw1-az1"],
        ["us-east-1", ""],
    ],
    [
        "network.existing.vpcId",
        ["arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0", "vpc-0123456789abcdef0"],
    ],
    ["encryption.inTransit", ["yes ", "true"]],
    [
        "encryption.kmsKeyArn",
        [`${KEY}:alias/acme`, `aws kms describe-key --key-id ${KEY}:alias/acme --query`],
        ["alias/hunter2", "aws kms describe-key --key-id ALIAS_OR_ID --query"],
        ["1234abcd-12ab-34cd-56ef-1234567890ab", "aws kms describe-key"],
        ["hunter2", ""],
    ],
    ["certificates.remindTopicArn", ["pipeline-alarms", "aws sns list-topics"]],
    [
        "storage.encryptExistingBuckets.0",
        ["arn:aws:s3:::acme-raw", "acme-raw"],
        ["arn:aws:s3:::acme-raw/*", "acme-raw"],
        ["s3://acme-raw/a/b", "acme-raw"],
        ["https://acme-raw.s3.eu-west-1.amazonaws.com/", "acme-raw"],
        [
            "acme.hunter2",
            "aws s3 sync s3://OLD-BUCKET s3://NEW-BUCKET`), and name it here: S3's TLS certificate",
        ],
        ["Acme_hunter2", "s3://OLD-BUCKET s3://NEW-BUCKET`), and name it here: since March 2018"],
        ["-acme", ""],
    ],
    ["storage.policiesOnExistingBuckets", ["s3://acme-raw/a", "[acme-raw]"]],
    [
        `${BUCKETS}.log`,
        ["https://s3.eu-west-1.amazonaws.com/acme-raw/a/", "s3://acme-raw/a/"],
        ["s3://acme.raw/a", "aws s3 sync s3://acme.raw s3://NEW-BUCKET`), and name it"],
        ["s3a://acme.raw/a/*", "aws s3 sync s3://acme.raw s3://NEW-BUCKET"],
        ["https://acme.raw.s3.amazonaws.com/a/", "aws s3 sync s3://acme.raw s3://NEW-BUCKET"],
        ["s3://Acme_Raw", "correct the name, or create"],
        ["s3://acme.raw/a b", ""],
    ],
    [`${BUCKETS}.raw.in`, ["s3://acme.raw/a", "NEW-BUCKET`), let the collector write to it, and name it"]],
    [`${BUCKETS}.enriched.stream`, ["s3://acme.raw/a", "let Snowplow's S3 Loader write to it"]],
    ["certificates.archive", ["s3://acme.certificates/a.zip", "aws s3 sync s3://acme.certificates"]],
    [
        `${EMR}.ec2_key_name`,
        [
            "arn:aws:ec2:eu-west-1:111122223333:key-pair/key-0123456789abcdef0",
            "--key-pair-ids key-0123456789abcdef0",
        ],
        ["key-0123456789abcdef0", "describe-key-pairs --key-pair-ids key-0123456789abcdef0"],
    ],
    [
        "access.serviceRole.existing",
        ["arn:aws:iam::111122223333:role/service-role/EMR_DefaultRole", "EMR_DefaultRole"],
        ["arn:aws:sts::111122223333:assumed-role/EMR_DefaultRole/me", "EMR_DefaultRole"],
        ["/service-role/hunter2", "what follows the last slash"],
        ["arn:aws:iam::111122223333:instance-profile/EMR_EC2_DefaultRole", ""],
    ],
    ["access.serviceRole", ["hunter2", "write an object: { existing: … }"]],
    [
        "access.jobflowRole.existing",
        ["arn:aws:iam::111122223333:instance-profile/EMR_EC2_DefaultRole", "EMR_EC2_DefaultRole"],
    ],
    [
        "access.dynamodbTables.0",
        ["arn:aws:dynamodb:eu-west-1:111122223333:table/duplicates", "duplicates"],
        ["arn:aws:dynamodb:eu-west-1:111122223333:table/duplicates/index/id", "duplicates"],
    ],
    ["access.dynamodbTables", ["arn:aws:dynamodb:eu-west-1:111122223333:table/duplicates", "[duplicates]"]],
    [
        "access.ssmParameters.0",
        ["arn:aws:ssm:eu-west-1:111122223333:parameter/snowplow/redshift", "/snowplow/redshift"],
        ["arn:aws:ssm:eu-west-1:111122223333:parameter/redshift", "redshift"],
        ["arn:aws:dynamodb:eu-west-1:111122223333:index/x", ""],
    ],
    ["access.policyArns.0", ["AmazonS3ReadOnlyAccess", "aws iam list-policies"]],
    ["access.permissionsBoundary", ["boundary", "aws iam list-policies"]],
];

describe("the suggestion for a value", () => {
    for (const [path, ...values] of SUGGESTED) {
        it(`of ${path}`, () => {
            for (const [value, suggestion] of values) {
                const isItem = path.endsWith(".0");
                const config = isItem ? at(path.slice(0, -2), [value]) : at(path, value);
                const [error, ...others] = errorsOf(config);
                const isWhole = /^\S+$/.test(suggestion);
                expect(others, value).to.deep.equal([]);
                expect(error?.fix ?? "", value).to.include(
                    isWhole ? `did you mean ${suggestion}?` : suggestion,
                );
                expect(error?.fix === undefined, value).to.equal(suggestion === "");
                expect(error?.fix ?? "", value).not.to.include("hunter2");
            }
        });
    }
});

describe("an unknown key", () => {
    const EBS = "omit this key: EmrEtlRunner gives EBS volumes to core nodes only, by core_instance_ebs";
    const ACCESS_KEY =
        "omit this key: EmrEtlRunner reads it from the environment variable AWS_SNOWPLOW_ACCESS_KEY, and no file holds it";
    const SECRET_KEY = ACCESS_KEY.replace("ACCESS_KEY", "SECRET_KEY");
    for (const [config, error, fix] of [
        [{ ...batch(), netwrok: {} }, "unknown-key at netwrok", "did you mean network?"],
        [network({ cidrBlok: 1 }), "unknown-key at network.cidrBlok", "did you mean cidrBlock?"],
        [buckets({ raw: { inn: 1 } }), `unknown-key at ${BUCKETS}.raw.inn`, "did you mean in?"],
        [volume({ volume_sise: 1 }), `unknown-key at ${VOLUME}.volume_sise`, "did you mean volume_size?"],
        [emr({ amiVersion: "5.29.0" }), `unknown-key at ${EMR}.amiVersion`, "did you mean ami_version?"],
        [
            jobflow({ core_count: 2 }),
            `unknown-key at ${JOBFLOW}.core_count`,
            "did you mean core_instance_count?",
        ],
        [
            jobflow({ "core instance count": 2 }),
            `unknown-key at ${JOBFLOW}["core instance count"]`,
            "did you mean core_instance_count?",
        ],
        [
            network({ subnetIds: [] }),
            "misplaced-key at network.subnetIds",
            "move it to network.existing.subnetIds",
        ],
        [buckets({ bad: "s3://my-out/bad" }), `unknown-key at ${BUCKETS}.bad`, undefined],
        [jobflow({ task_instance_ebs: {} }), `former-key at ${JOBFLOW}.task_instance_ebs`, EBS],
        [jobflow({ master_instance_ebs: {} }), `former-key at ${JOBFLOW}.master_instance_ebs`, EBS],
        [
            batch({ enrich: { versions: { hadoop_enrich: "1" } } }),
            "former-key at emrEtlRunner.enrich.versions.hadoop_enrich",
            "rename it to spark_enrich",
        ],
        [
            batch({ enrich: { versions: { hadoop_shred: "1" } } }),
            "former-key at emrEtlRunner.enrich.versions.hadoop_shred",
            "move it to emrEtlRunner.storage.versions.rdb_shredder",
        ],
        [
            batch({ storage: { download: {} } }),
            "former-key at emrEtlRunner.storage.download",
            "omit this key: StorageLoader read it, which RDB Loader replaced",
        ],
        [batch({ aws: { accessKeyId: 1 } }), "credential at emrEtlRunner.aws.accessKeyId", ACCESS_KEY],
        [batch({ aws: { acces_key_id: 1 } }), "credential at emrEtlRunner.aws.acces_key_id", ACCESS_KEY],
        [
            batch({ aws: { s3: { access_key_id: 1 } } }),
            "credential at emrEtlRunner.aws.s3.access_key_id",
            ACCESS_KEY,
        ],
        [
            batch({ aws: { secret_acess_key: 1 } }),
            "credential at emrEtlRunner.aws.secret_acess_key",
            SECRET_KEY,
        ],
        [
            batch({ aws: { "secret_access_key:wJalr": null } }),
            "credential at emrEtlRunner.aws",
            `${SECRET_KEY}; replace the secret, since it is exposed`,
        ],
        [
            at("certificates.privateKeyPem", "x"),
            "credential at certificates",
            "pass the private key as the secret certificatePrivateKey, and replace this one, since it is exposed",
        ],
        // Similar letters, but different words.
        [jobflow({ master_instance_count: 1 }), `unknown-key at ${JOBFLOW}`, undefined],
        [batch({ aws: { ec2: {} } }), "unknown-key at emrEtlRunner.aws", undefined],
        [{ ...batch(), hunter2: {} }, "unknown-key at ", undefined],
    ] as const) {
        it(`is reported as ${error}`, () => {
            const [found] = errorsOf(config);
            expect(codesOf(config)).to.deep.equal([error]);
            expect(found?.fix).to.equal(fix);
        });
    }

    it("without a similar key lists the keys of its parent, not those that the stack sets", () => {
        const expected = (config: Config) => errorsOf(config).map((error) => error.expected);
        expect(expected(batch({ aws: { ec2: {} } }))).to.deep.equal(["an object with the keys s3, emr"]);
        expect(expected(batch({ storage: { target: {} } }))).to.deep.equal([
            "an object with the key versions",
        ]);
        expect(expected(emr({ software: { spark: 2 } }))).to.deep.equal([
            "an object whose keys the stack sets; omit this key",
        ]);
        expect(expected(emr({ software: [] }))).to.deep.equal([
            "an object whose keys the stack sets; omit this key",
        ]);
    });
});

describe("any arguments at all", () => {
    /** Known keys, to reach deep values, and keys that are special to JavaScript or YAML. */
    const knownKeys = [
        ..."network encryption certificates storage access emrEtlRunner cidrBlock availabilityZones".split(
            " ",
        ),
        ..."validityDays renewBeforeDays readLocations aws s3 emr buckets raw in enriched stream good".split(
            " ",
        ),
        ..."jobflow core_instance_ebs tags volume_type monitoring snowplow collectors format".split(" "),
        ...["configuration", "bootstrap", "<<", "__proto__", "constructor", "toString", "0", ""],
    ];
    const anyKey = fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...knownKeys) },
        { weight: 1, arbitrary: fc.string() },
    );
    const leaf = fc.oneof(
        fc.constantFrom(
            null,
            true,
            "",
            0,
            -1,
            5.3,
            "5.29.0",
            "thrift",
            "managed",
            "eu-west-1a",
            "10.0.0.0/16",
        ),
        fc.constantFrom("s3://my-bucket/a", "s3://my-bucket", "s3://my-bucket/a/b", "gp2", "007", "\u0085"),
        fc.jsonValue({ maxDepth: 1 }),
    );
    const { config } = fc.letrec<{ config: Config; value: unknown }>((tie) => ({
        config: fc
            .array(fc.tuple(anyKey, tie("value")), { maxLength: 5 })
            .map((entries): Config => Object.fromEntries(entries)),
        value: fc.oneof(
            { maxDepth: 6 },
            { weight: 2, arbitrary: leaf },
            { weight: 4, arbitrary: tie("config") },
            { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
        ),
    }));

    it("are accepted, or refused with listed codes, each with expected or fix; and are not changed", () => {
        fc.assert(
            fc.property(config, (anything) => {
                const before = structuredClone(anything);
                for (const { code, found, expected, fix } of errorsOf(anything)) {
                    expect(ERROR_CODES).to.include(code);
                    expect([found, expected ?? fix]).not.to.include.members([""]);
                    expect(expected ?? fix).not.to.equal(undefined);
                }
                expect(anything).to.deep.equal(before);
            }),
            { numRuns: 150 },
        );
    });
});
