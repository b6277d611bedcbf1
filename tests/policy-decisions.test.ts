import { expect } from "chai";
import { parse } from "yaml";
import type { Run } from "../commands/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER } from "../commands/placeholder-provider";
import {
    type Caller,
    type Context,
    type Decision,
    decide,
    identityPolicy,
    type Policies,
    type Policy,
    resourcePolicy,
    trustPolicy,
} from "./support/iam";
import { REGION, runStack } from "./support/run";

/*
 * The documents that the program registers, judged call by call. AmazonEMRServicePolicy_v2, which the service role
 * has besides, is AWS's own and not judged.
 */

type StackName = "batch" | "stream";

const STACKS: Readonly<Record<StackName, Readonly<Record<string, unknown>>>> = {
    /** Raw events in two existing folders, one of them a whole bucket; grants of each kind; Spot instances; a reminder. */
    batch: {
        certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT_ID}:operators` },
        storage: { existingKmsKeyArns: [key("old-objects")] },
        access: {
            readLocations: ["s3://acme-enrichments/maxmind"],
            dynamodbTables: ["snowplow-duplicates"],
            ssmParameters: ["/snowplow/redshift-password"],
        },
        emrEtlRunner: {
            aws: {
                s3: {
                    buckets: {
                        jsonpath_assets: "s3://acme-jsonpaths/v1",
                        raw: { in: ["s3://acme-collector/eu", "s3://acme-old-collector"] },
                        enriched: { bad: "s3://acme-bad/enriched", errors: "managed" },
                    },
                },
                emr: { bootstrap: ["s3://acme-scripts/emr/setup.sh"], jobflow: { core_instance_bid: 0.1 } },
            },
            collectors: { format: "thrift" },
        },
    },
    /** All managed, nothing granted, on demand. */
    stream: { emrEtlRunner: { aws: { s3: { buckets: { enriched: { stream: "managed" } } } } } },
};

const OTHER_ACCOUNT = "999999999999";
const SNOWPLOW_ACCOUNT = "888888888888";

const KEY = key(PLACEHOLDER);
const OLD_KEY = key("old-objects");
const OTHER_KEY = key("somebody-elses");
const SERVICE_ROLE = role(`snowplow-batch-service-${PLACEHOLDER}`);
const JOBFLOW_ROLE = role(`snowplow-batch-jobflow-${PLACEHOLDER}`);
const STREAM_JOBFLOW_ROLE = role(`snowplow-stream-jobflow-${PLACEHOLDER}`);
const REMINDER_ROLE = role(`snowplow-batch-reminder-${PLACEHOLDER}`);
const ADMIN_ROLE = role("admin");
const SPOT_ROLE = role("aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot");
const CLEANUP_ROLE = role("aws-service-role/elasticmapreduce.amazonaws.com/AWSServiceRoleForEMRCleanup");

const publicRead = resourcePolicy(
    document({ Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" }),
);
/** What AWS gives every key that is made without a policy. */
const delegating = resourcePolicy(
    document({ Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: "kms:*", Resource: "*" }),
);

type Resource = NonNullable<Policies["resource"]>;

/** What there is besides a stack. */
const EXISTING: Readonly<Record<string, Resource>> = {
    "arn:aws:s3:::acme-collector": {},
    "arn:aws:s3:::acme-old-collector": {},
    "arn:aws:s3:::acme-bad": {},
    "arn:aws:s3:::acme-enrichments": {},
    "arn:aws:s3:::acme-jsonpaths": {},
    "arn:aws:s3:::acme-scripts": {},
    "arn:aws:s3:::acme-payroll": {},
    "arn:aws:s3:::snowplow-hosted-assets": { policy: publicRead, account: SNOWPLOW_ACCOUNT },
    [`arn:aws:s3:::${REGION}.elasticmapreduce`]: { policy: publicRead, account: SNOWPLOW_ACCOUNT },
    [OLD_KEY]: { policy: delegating },
    [OTHER_KEY]: { policy: delegating },
};

type Who =
    | "the operator"
    | "the jobflow role"
    | "the service role"
    | "the reminder"
    | "Scheduler"
    | "the Spot role"
    | "another account's Spot role"
    | "EMR"
    | "EC2"
    | "an administrator"
    | "a reader of all buckets"
    | "another account's administrator";

/** Those that the stack gives rights to. */
const OURS: readonly Who[] = ["the operator", "the jobflow role", "the service role", "the reminder"];

/** Of several callers and actions, each is decided so. */
type Row = readonly [
    who: Who | readonly Who[],
    action: string | readonly string[],
    resource: string,
    context: Context,
    decision: Decision,
];

const VERBS: Readonly<Record<Decision, readonly [string, string]>> = {
    allowed: ["let", "call"],
    implicitDeny: ["do not let", "call"],
    explicitDeny: ["forbid", "to call"],
};

const HTTP = { "aws:SecureTransport": "false" };
const AES256 = { "s3:x-amz-server-side-encryption": "AES256" };
const SSE_KMS = { "s3:x-amz-server-side-encryption": "aws:kms" };
const SSE_DSSE = { "s3:x-amz-server-side-encryption": "aws:kms:dsse" };
const SSE_C = { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" };
const THROUGH_S3 = via("s3", REGION);
const FOR_AWS = { "kms:GrantIsForAWSResource": "true" };

describe("the registered policies", () => {
    const deployments: Partial<Record<StackName, Deployment>> = {};

    before(async () => {
        deployments.batch = await deploy("batch");
        deployments.stream = await deploy("stream");
    });

    function deployed(stack: StackName): Deployment {
        const deployment = deployments[stack];
        if (!deployment) {
            throw new Error(`${stack} is not deployed`);
        }
        return deployment;
    }

    /** One test a row. */
    function decides(stack: StackName, rows: readonly Row[]): void {
        for (const [who, action, resource, context, decision] of rows) {
            const [verb, call] = VERBS[decision];
            const given = Object.entries(context).map(([name, value]) => `${name} ${value}`);
            const words = [verb, [who].flat().join(", "), call, [action].flat().join(", "), "on", resource];
            it(`${words.join(" ")}${given.length === 0 ? "" : ` with ${given.join(", ")}`}`, () => {
                const calls = [who]
                    .flat()
                    .flatMap((caller) => [action].flat().map((name) => [caller, name] as const));
                expect(
                    calls.map((one) => [...one, deployed(stack).decision(...one, resource, context)]),
                ).to.deep.equal(calls.map((one) => [...one, decision]));
            });
        }
    }

    describe("on EmrEtlRunner's locations", () => {
        type Right = "list" | "get" | "put" | "delete";
        type LocationRow = readonly [path: string, folder: string, operator: string, jobflow: string];

        // Archives are deleted from as well: what s3-dist-cp deletes on the way is not documented.
        // biome-ignore format: a table
        const locations: Readonly<Record<StackName, readonly LocationRow[]>> = {
            batch: [
                // location            folder                            operator  jobflow role
                ["raw.in",             "s3://acme-collector/eu/",        "list",   "list get     delete"],
                ["raw.in",             "s3://acme-old-collector/",       "list",   "list get     delete"],
                ["raw.processing",     "s3://pipeline/raw/processing/",  "list",   "list get put delete"],
                ["raw.archive",        "s3://archive/raw/",              "",       "list get put delete"],
                ["enriched.good",      "s3://pipeline/enriched/good/",   "list",   "list get put delete"],
                ["enriched.bad",       "s3://acme-bad/enriched/",        "",       "list get put delete"],
                ["enriched.errors",    "s3://pipeline/enriched/errors/", "",       "list get put delete"],
                ["enriched.archive",   "s3://archive/enriched/",         "",       "list get put delete"],
                ["shredded.good",      "s3://pipeline/shredded/good/",   "list",   "list get put delete"],
                ["shredded.bad",       "s3://pipeline/shredded/bad/",    "",       "list get put delete"],
                ["shredded.archive",   "s3://archive/shredded/",         "",       "list get put delete"],
                ["log",                "s3://logs/emr/",                 "",       "list get put"],
            ],
            stream: [
                ["enriched.stream",    "s3://collector/enriched/stream/", "list",  "list get     delete"],
                ["enriched.good",      "s3://pipeline/enriched/good/",   "list",   "list get put delete"],
                ["enriched.archive",   "s3://archive/enriched/",         "",       "list get put delete"],
                ["shredded.good",      "s3://pipeline/shredded/good/",   "list",   "list get put delete"],
                ["shredded.bad",       "s3://pipeline/shredded/bad/",    "",       "list get put delete"],
                ["shredded.archive",   "s3://archive/shredded/",         "",       "list get put delete"],
                ["log",                "s3://logs/emr/",                 "",       "list get put"],
            ],
        };

        /** What a right is, in calls. EmrEtlRunner itself only lists; the rest of listing is EMRFS's. */
        function calls(folder: string, right: Right): readonly (readonly [string, string, Context])[] {
            const { bucket, prefix } = split(folder);
            const file = `${folder}run=2026-01-02-03-04-05/part-00000`;
            switch (right) {
                case "list":
                    return [
                        ["s3:ListBucket", bucket, { "s3:prefix": prefix }],
                        ["s3:ListBucket", bucket, { "s3:prefix": `${prefix}run=2026-01-02-03-04-05/` }],
                    ];
                case "get":
                    return [
                        ["s3:GetObject", file, {}],
                        ["s3:GetObjectTagging", file, {}],
                        ["s3:GetObjectVersion", file, {}],
                    ];
                case "put":
                    return [
                        ["s3:PutObject", file, {}],
                        ["s3:PutObject", file, AES256],
                        ["s3:PutObjectTagging", file, {}],
                        ["s3:AbortMultipartUpload", file, {}],
                        ["s3:ListMultipartUploadParts", file, {}],
                    ];
                case "delete":
                    return [["s3:DeleteObject", file, {}]];
            }
        }

        /** EMRFS's ways of finding, making and removing a folder. */
        function folderCalls(folder: string): readonly (readonly [string, string, Context])[] {
            const { bucket, prefix } = split(folder);
            const parts = prefix.split("/").slice(0, -1);
            const onTheWay = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
            const markers = [...onTheWay, `${prefix}run=2026-01-02-03-04-05`].map(
                (name) => `${bucket}/${name}_$folder$`,
            );
            return [
                ["s3:GetBucketLocation", bucket, {}],
                ["s3:GetBucketVersioning", bucket, {}],
                ["s3:ListBucketMultipartUploads", bucket, {}],
                ["s3:ListBucketVersions", bucket, { "s3:prefix": prefix }],
                ...onTheWay.flatMap((name) => [
                    ["s3:GetObject", `${bucket}/${name}`, {}] as const,
                    ["s3:ListBucket", bucket, { "s3:prefix": name }] as const,
                    ["s3:ListBucket", bucket, { "s3:prefix": `${name}/` }] as const,
                    ["s3:ListBucket", bucket, { "s3:prefix": `${name}_$folder$` }] as const,
                ]),
                ...markers.flatMap((marker) => [
                    ["s3:GetObject", marker, {}] as const,
                    ["s3:PutObject", marker, {}] as const,
                    ["s3:PutObject", marker, AES256] as const,
                    ["s3:DeleteObject", marker, {}] as const,
                ]),
            ];
        }

        for (const stack of ["batch", "stream"] as const) {
            describe(`of ${stack}`, () => {
                it("are judged on the folders that config.yml names", () => {
                    const named: Record<string, string | readonly string[]> = {};
                    for (const [path, folder] of locations[stack]) {
                        const url = `s3://${physical(stack, folder)}`;
                        named[path] = path === "raw.in" ? [...(named[path] ?? []), url] : url;
                    }
                    expect(deployed(stack).run.outputs.buckets).to.deep.equal(named);
                });

                for (const [path, folder, operator, jobflow] of locations[stack]) {
                    const rights = {
                        "the operator": operator,
                        "the jobflow role": jobflow,
                        "the service role": "",
                    };
                    for (const [who, granted] of Object.entries(rights) as [Who, string][]) {
                        const words = granted.split(" ").filter((word) => word !== "");
                        for (const right of ["list", "get", "put", "delete"] as const) {
                            const decision = words.includes(right) ? "allowed" : "implicitDeny";
                            it(`${VERBS[decision][0]} ${who} ${right} in ${path}, ${folder}`, () => {
                                for (const [action, resource, context] of calls(folder, right)) {
                                    const call = `${action} on ${resource} with ${JSON.stringify(context)}`;
                                    expect(
                                        deployed(stack).decision(who, action, resource, context),
                                        call,
                                    ).to.equal(decision);
                                }
                            });
                        }
                    }
                    it(`let EMRFS find, make and remove ${path}, ${folder}, as a folder`, () => {
                        for (const [action, resource, context] of folderCalls(folder)) {
                            const call = `${action} on ${resource} with ${JSON.stringify(context)}`;
                            expect(
                                deployed(stack).decision("the jobflow role", action, resource, context),
                                call,
                            ).to.equal("allowed");
                        }
                    });
                }
            });
        }
    });

    describe("on RDB Loader's logs", () => {
        const FILE = "s3://logs/emr/rdb-loader/2026-01-02-03-04-05/1b9d6bcd";
        const listed = (prefix: string) => ({ "s3:prefix": prefix });

        // biome-ignore format: a table
        decides("batch", [
            ["the operator",     "s3:ListBucket",   "s3://logs",  listed("emr/rdb-loader/2026-01-02-03-04-05/"), "allowed"],
            ["the operator",     "s3:GetObject",    FILE,         {},      "allowed"],
            ["the operator",     "s3:PutObject",    `${FILE}.1`,  {},      "allowed"],
            ["the operator",     "s3:DeleteObject", FILE,         {},      "allowed"],
            ["the operator",     "s3:PutObject",    `${FILE}.1`,  SSE_KMS, "explicitDeny"],
            ["the operator",     "s3:GetObject",    FILE,         HTTP,    "explicitDeny"],
            ["the jobflow role", "s3:GetObject",    FILE,         {},      "allowed"],
            ["the jobflow role", "s3:PutObject",    FILE,         {},      "allowed"],
            ["the jobflow role", "s3:DeleteObject", FILE,         {},      "implicitDeny"],
            // Beside it, nothing.
            ["the operator",     "s3:ListBucket",   "s3://logs",  listed("emr/"),           "implicitDeny"],
            ["the operator",     "s3:ListBucket",   "s3://logs",  listed("emr/rdb-loader"), "implicitDeny"],
            ["the operator",     "s3:ListBucket",   "s3://logs",  {},                       "implicitDeny"],
            ["the operator",     "s3:GetObject",    "s3://logs/emr/j-1/steps/s-1/stderr.gz",    {}, "implicitDeny"],
            ["the operator",     "s3:DeleteObject", "s3://logs/emr/j-1/steps/s-1/stderr.gz",    {}, "implicitDeny"],
            ["the operator",     "s3:GetObject",    "s3://logs/emr/rdb-loader-old/2026/1b9d6",  {}, "implicitDeny"],
        ]);
    });

    describe("on what jobs read besides", () => {
        const HOSTED = "s3://snowplow-hosted-assets/3-enrich/spark-enrich/spark-enrich-1.18.0.jar";
        const EMR_ASSETS = `s3://${REGION}.elasticmapreduce/libs/script-runner/script-runner.jar`;
        const maxmind = { "s3:prefix": "maxmind/" };

        // biome-ignore format: a table
        decides("batch", [
            ["the jobflow role", "s3:GetObject",  HOSTED,                                             {},      "allowed"],
            ["the jobflow role", "s3:ListBucket", "s3://snowplow-hosted-assets",                      {},      "allowed"],
            ["the jobflow role", "s3:GetObject",  EMR_ASSETS,                                         {},      "allowed"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-scripts/emr/setup.sh",                   {},      "allowed"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-jsonpaths/v1/com.acme/event_1.json",     {},      "allowed"],
            ["the jobflow role", "s3:ListBucket", "s3://acme-jsonpaths",            { "s3:prefix": "v1/com.acme/" }, "allowed"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb", {},      "allowed"],
            ["the jobflow role", "s3:ListBucket", "s3://acme-enrichments",                            maxmind, "allowed"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-enrichments/maxmind",                    {},      "allowed"],
            ["the jobflow role", "s3:GetBucketLocation", "s3://acme-enrichments",                     {},      "allowed"],
            // No more than that of these buckets.
            ["the jobflow role", "s3:GetObject",  "s3://acme-enrichments/maxmind-licence.txt",        {},      "implicitDeny"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-enrichments/salaries.csv",               {},      "implicitDeny"],
            ["the jobflow role", "s3:ListBucket", "s3://acme-enrichments",                            {},      "implicitDeny"],
            ["the jobflow role", "s3:ListBucket", "s3://acme-enrichments",            { "s3:prefix": "other/" }, "implicitDeny"],
            ["the jobflow role", "s3:GetObject",  "s3://acme-scripts/emr/setup.sh.bak",               {},      "implicitDeny"],
            ["the jobflow role", "s3:ListBucket", "s3://acme-scripts",                                {},      "implicitDeny"],
            ["the operator",     "s3:GetObject",  "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb", {},      "implicitDeny"],
            ["the service role", "s3:GetObject",  "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb", {},      "implicitDeny"],
        ]);

        describe("with no writing and deleting", () => {
            for (const object of [
                HOSTED,
                EMR_ASSETS,
                "s3://acme-scripts/emr/setup.sh",
                "s3://acme-jsonpaths/v1/com.acme/event_1.json",
                "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb",
                "s3://acme-enrichments/maxmind_$folder$",
            ]) {
                decides("batch", [[OURS, ["s3:PutObject", "s3:DeleteObject"], object, {}, "implicitDeny"]]);
            }
        });
    });

    describe("outside the locations", () => {
        const listed = (prefix: string) => ({ "s3:prefix": prefix });
        const changes = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"];

        describe("let nothing be written or deleted", () => {
            for (const object of [
                "s3://pipeline/anything",
                "s3://pipeline/raw/anything",
                "s3://pipeline/raw/processing",
                "s3://pipeline/raw/processing-of-another/part-00000",
                "s3://pipeline/enriched/part-00000",
                "s3://archive/part-00000",
                "s3://archive/raw-of-another/part-00000",
                "s3://logs/part-00000",
                "s3://logs/emr",
                "s3://acme-collector/us/part-00000",
                "s3://acme-collector/eu",
                "s3://acme-bad/shredded/part-00000",
                "s3://acme-payroll/2026.csv",
            ]) {
                decides("batch", [[OURS, changes, object, {}, "implicitDeny"]]);
            }
        });

        describe("let nothing that is archived be lost: the archive keeps versions", () => {
            decides("batch", [
                ["the jobflow role", "s3:DeleteObject", "s3://archive/raw/part-00000", {}, "allowed"],
                [OURS, "s3:DeleteObjectVersion", "s3://archive/raw/part-00000", {}, "implicitDeny"],
                [OURS, "s3:PutBucketVersioning", "s3://archive", {}, "implicitDeny"],
            ]);
        });

        describe("let nothing be read", () => {
            for (const object of [
                "s3://pipeline/anything",
                "s3://pipeline/raw/anything",
                "s3://archive/part-00000",
                "s3://logs/part-00000",
                "s3://acme-collector/us/part-00000",
                "s3://acme-payroll/2026.csv",
            ]) {
                decides("batch", [
                    [OURS, ["s3:GetObject", "s3:GetObjectVersion"], object, {}, "implicitDeny"],
                ]);
            }
        });

        describe("let no other bucket be listed, and no other folder", () => {
            const nowhere = ["s3:ListBucket", "s3:ListBucketVersions"];
            decides("batch", [
                [OURS, "s3:ListAllMyBuckets", "*", {}, "implicitDeny"],
                [OURS, nowhere, "s3://acme-payroll", {}, "implicitDeny"],
                [OURS, nowhere, "s3://acme-payroll", listed("raw/processing/"), "implicitDeny"],
                [OURS, nowhere, "s3://certs", {}, "implicitDeny"],
                [OURS, nowhere, "s3://pipeline", {}, "implicitDeny"],
                [OURS, nowhere, "s3://pipeline", listed(""), "implicitDeny"],
                [OURS, nowhere, "s3://pipeline", listed("anything/"), "implicitDeny"],
                [OURS, nowhere, "s3://acme-collector", {}, "implicitDeny"],
                [OURS, nowhere, "s3://acme-collector", listed("us/"), "implicitDeny"],
                ["the operator", nowhere, "s3://archive", listed("raw/"), "implicitDeny"],
            ]);
        });

        describe("let no bucket be changed", () => {
            const changesOfBuckets = [
                "s3:DeleteBucket",
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
                "s3:PutEncryptionConfiguration",
                "s3:PutBucketVersioning",
                "s3:PutLifecycleConfiguration",
            ];
            for (const bucket of ["s3://pipeline", "s3://archive", "s3://certs", "s3://acme-collector"]) {
                decides("batch", [[OURS, changesOfBuckets, bucket, {}, "implicitDeny"]]);
            }
            decides("batch", [[OURS, "s3:CreateBucket", "s3://acme-payroll", {}, "implicitDeny"]]);
        });
    });

    describe("of buckets", () => {
        const pipelineBuckets = {
            batch: ["s3://pipeline", "s3://archive", "s3://logs"],
            stream: ["s3://collector", "s3://pipeline", "s3://archive", "s3://logs"],
        } as const;

        for (const stack of ["batch", "stream"] as const) {
            for (const bucket of pipelineBuckets[stack]) {
                // An administrator: nothing but the bucket's policy can say no.
                describe(`take SSE-S3 or no header, over TLS, in ${bucket} of ${stack}`, () => {
                    const file = `${bucket}/raw/part-00000`;

                    // biome-ignore format: a table
                    decides(stack, [
                        ["an administrator", "s3:PutObject",    file,   {},                       "allowed"],
                        ["an administrator", "s3:PutObject",    file,   AES256,                   "allowed"],
                        ["an administrator", "s3:PutObject",    file,   SSE_KMS,                  "explicitDeny"],
                        ["an administrator", "s3:PutObject",    file,   SSE_DSSE,                 "explicitDeny"],
                        ["an administrator", "s3:PutObject",    file,   SSE_C,                    "explicitDeny"],
                        ["an administrator", "s3:PutObject",    file,   { ...AES256, ...SSE_C },  "explicitDeny"],
                        ["an administrator", "s3:PutObject",    file,   { ...AES256, ...HTTP },   "explicitDeny"],
                        ["an administrator", "s3:PutObject",    file,   HTTP,                     "explicitDeny"],
                        ["an administrator", "s3:GetObject",    file,   HTTP,                     "explicitDeny"],
                        ["an administrator", "s3:DeleteObject", file,   HTTP,                     "explicitDeny"],
                        ["an administrator", "s3:ListBucket",   bucket, HTTP,                     "explicitDeny"],
                        ["an administrator", "s3:GetObject",    file,   {},                       "allowed"],
                        ["an administrator", "s3:ListBucket",   bucket, {},                       "allowed"],
                        ["another account's administrator", "s3:GetObject",  file,   {},          "implicitDeny"],
                        ["another account's administrator", "s3:PutObject",  file,   AES256,      "implicitDeny"],
                        ["another account's administrator", "s3:ListBucket", bucket, {},          "implicitDeny"],
                    ]);
                });
            }
        }

        describe("forbid the jobflow role what EMR's own settings might ask for", () => {
            const file = "s3://pipeline/enriched/good/run=2026-01-02-03-04-05/part-00000";

            // biome-ignore format: a table
            decides("batch", [
                ["the jobflow role", "s3:PutObject", file, SSE_KMS,  "explicitDeny"],
                ["the jobflow role", "s3:PutObject", file, SSE_DSSE, "explicitDeny"],
                ["the jobflow role", "s3:PutObject", file, SSE_C,    "explicitDeny"],
                ["the jobflow role", "s3:PutObject", file, HTTP,     "explicitDeny"],
                ["the jobflow role", "s3:GetObject", file, HTTP,     "explicitDeny"],
            ]);
        });
    });

    describe("of the certificates", () => {
        const ARCHIVE = "s3://certs/emr/tls/0123456789ab.zip";

        for (const stack of ["batch", "stream"] as const) {
            describe(`let both roles of ${stack}, and nobody else, read an archive: S3's permission and the key's`, () => {
                // biome-ignore format: a table
                decides(stack, [
                    ["the jobflow role",        "s3:GetObject", ARCHIVE, {},         "allowed"],
                    ["the jobflow role",        "kms:Decrypt",  KEY,     THROUGH_S3, "allowed"],
                    ["the service role",        "s3:GetObject", ARCHIVE, {},         "allowed"],
                    ["the service role",        "kms:Decrypt",  KEY,     THROUGH_S3, "allowed"],
                    ["the operator",            "s3:GetObject", ARCHIVE, {},         "implicitDeny"],
                    ["the operator",            "kms:Decrypt",  KEY,     THROUGH_S3, "implicitDeny"],
                    ["a reader of all buckets", "s3:GetObject", ARCHIVE, {},         "allowed"],
                    ["a reader of all buckets", "kms:Decrypt",  KEY,     THROUGH_S3, "implicitDeny"],
                    ["another account's administrator", "s3:GetObject", ARCHIVE, {},         "implicitDeny"],
                    ["another account's administrator", "kms:Decrypt",  KEY,     THROUGH_S3, "implicitDeny"],
                ]);
            });
        }

        describe("take archives under a KMS key only, over TLS", () => {
            // biome-ignore format: a table
            decides("batch", [
                ["an administrator", "s3:PutObject",  ARCHIVE,      SSE_KMS,                 "allowed"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      AES256,                  "explicitDeny"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      SSE_C,                   "explicitDeny"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      { ...SSE_KMS, ...HTTP }, "explicitDeny"],
                ["an administrator", "s3:GetObject",  ARCHIVE,      HTTP,                    "explicitDeny"],
                ["an administrator", "s3:ListBucket", "s3://certs", HTTP,                    "explicitDeny"],
            ]);
        });

        describe("let none of ours change an archive", () => {
            decides("batch", [[OURS, ["s3:PutObject", "s3:DeleteObject"], ARCHIVE, SSE_KMS, "implicitDeny"]]);
        });
    });

    describe("on the stack's key", () => {
        const use = [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:DescribeKey",
        ];
        const rule = [
            "kms:ScheduleKeyDeletion",
            "kms:DisableKey",
            "kms:PutKeyPolicy",
            "kms:RevokeGrant",
            "kms:UpdateAlias",
        ];
        const grant = "kms:CreateGrant";
        const roles: readonly Who[] = ["the jobflow role", "the service role"];

        for (const stack of ["batch", "stream"] as const) {
            describe(`of ${stack}: use for both roles, grants for the service role, to AWS resources alone`, () => {
                decides(stack, [
                    [roles, use, KEY, {}, "allowed"],
                    ["the service role", use, KEY, via("ec2", REGION), "allowed"],
                    ["the operator", use, KEY, {}, "implicitDeny"],
                    ["the service role", grant, KEY, FOR_AWS, "allowed"],
                    ["the service role", grant, KEY, {}, "implicitDeny"],
                    [
                        "the service role",
                        grant,
                        KEY,
                        { "kms:GrantIsForAWSResource": "false" },
                        "implicitDeny",
                    ],
                    [["the jobflow role", "the operator"], grant, KEY, FOR_AWS, "implicitDeny"],
                    [OURS, rule, KEY, {}, "implicitDeny"],
                    ["an administrator", [...use, ...rule], KEY, {}, "allowed"],
                    ["another account's administrator", [...use, ...rule], KEY, {}, "implicitDeny"],
                ]);
            });
        }

        describe("with a bid: use and grants for the account's Spot role", () => {
            decides("batch", [
                ["the Spot role", use, KEY, {}, "allowed"],
                ["the Spot role", grant, KEY, FOR_AWS, "allowed"],
                ["the Spot role", grant, KEY, {}, "implicitDeny"],
                ["the Spot role", rule, KEY, {}, "implicitDeny"],
                ["the Spot role", use, OTHER_KEY, {}, "implicitDeny"],
                ["another account's Spot role", [...use, grant], KEY, FOR_AWS, "implicitDeny"],
            ]);
        });

        describe("without a bid: nothing for it", () => {
            decides("stream", [["the Spot role", [...use, grant], KEY, FOR_AWS, "implicitDeny"]]);
        });

        describe("and no other key", () => {
            decides("batch", [
                [OURS, [...use, grant], OTHER_KEY, FOR_AWS, "implicitDeny"],
                [OURS, "kms:Decrypt", OTHER_KEY, THROUGH_S3, "implicitDeny"],
            ]);
        });
    });

    describe("on keys of existing objects", () => {
        // biome-ignore format: a table
        decides("batch", [
            ["the jobflow role", "kms:Decrypt",         OLD_KEY, THROUGH_S3,             "allowed"],
            ["the jobflow role", "kms:Decrypt",         OLD_KEY, {},                     "implicitDeny"],
            ["the jobflow role", "kms:Decrypt",         OLD_KEY, via("ec2", REGION),     "implicitDeny"],
            ["the jobflow role", "kms:Decrypt",         OLD_KEY, via("s3", "us-east-1"), "implicitDeny"],
            ["the jobflow role", "kms:GenerateDataKey", OLD_KEY, THROUGH_S3,             "implicitDeny"],
            ["the jobflow role", "kms:Encrypt",         OLD_KEY, THROUGH_S3,             "implicitDeny"],
            ["the jobflow role", "kms:CreateGrant",     OLD_KEY, FOR_AWS,                "implicitDeny"],
            ["the service role", "kms:Decrypt",         OLD_KEY, THROUGH_S3,             "implicitDeny"],
            ["the operator",     "kms:Decrypt",         OLD_KEY, THROUGH_S3,             "implicitDeny"],
        ]);

        describe("that the stack does not name", () => {
            decides("stream", [["the jobflow role", "kms:Decrypt", OLD_KEY, THROUGH_S3, "implicitDeny"]]);
        });
    });

    describe("on tables and parameters", () => {
        const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/snowplow-duplicates`;
        const PASSWORD = `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter/snowplow/redshift-password`;

        // biome-ignore format: a table
        decides("batch", [
            ["the jobflow role", "dynamodb:DescribeTable", TABLE,                                {}, "allowed"],
            ["the jobflow role", "dynamodb:PutItem",       TABLE,                                {}, "allowed"],
            ["the jobflow role", "dynamodb:Query",         TABLE,                                {}, "allowed"],
            ["the jobflow role", "dynamodb:Scan",          TABLE,                                {}, "allowed"],
            ["the jobflow role", "dynamodb:DeleteItem",    TABLE,                                {}, "implicitDeny"],
            ["the jobflow role", "dynamodb:DeleteTable",   TABLE,                                {}, "implicitDeny"],
            ["the jobflow role", "dynamodb:PutItem",       `${TABLE}-of-another`,                {}, "implicitDeny"],
            ["the jobflow role", "dynamodb:PutItem",       TABLE.replace(REGION, "us-east-1"),   {}, "implicitDeny"],
            ["the jobflow role", "ssm:GetParameter",       PASSWORD,                             {}, "allowed"],
            ["the jobflow role", "ssm:GetParameter",       `${PASSWORD}-of-another`,             {}, "implicitDeny"],
            ["the jobflow role", "ssm:PutParameter",       PASSWORD,                             {}, "implicitDeny"],
            ["the operator",     "dynamodb:PutItem",       TABLE,                                {}, "implicitDeny"],
            ["the operator",     "ssm:GetParameter",       PASSWORD,                             {}, "implicitDeny"],
            ["the service role", "dynamodb:PutItem",       TABLE,                                {}, "implicitDeny"],
            ["the service role", "ssm:GetParameter",       PASSWORD,                             {}, "implicitDeny"],
        ]);

        describe("that the stack does not name", () => {
            // biome-ignore format: a table
            decides("stream", [
                ["the jobflow role", "dynamodb:PutItem", TABLE,    {}, "implicitDeny"],
                ["the jobflow role", "ssm:GetParameter", PASSWORD, {}, "implicitDeny"],
            ]);
        });
    });

    describe("on clusters", () => {
        const CLUSTER = cluster("j-2AXXXXXXGAPLF");
        /** What EMR asks for when a cluster is launched with tags: it has no id yet. */
        const NEW_CLUSTER = cluster("*");
        const launch = "elasticmapreduce:RunJobFlow";
        const tag = "elasticmapreduce:AddTags";
        const emrTag = { "for-use-with-amazon-emr-managed-policies": "true" };
        const asked = (tags: Readonly<Record<string, string>>) => prefixed("aws:RequestTag/", tags);
        const ours = prefixed("aws:ResourceTag/", { ...emrTag, "snowplow-emr-stack": "batch" });
        const others = prefixed("aws:ResourceTag/", { ...emrTag, "snowplow-emr-stack": "stream" });
        const untagged = prefixed("aws:ResourceTag/", emrTag);
        const ourTags = asked({ ...emrTag, "snowplow-emr-stack": "batch" });

        for (const stack of ["batch", "stream"] as const) {
            it(`let the operator of ${stack} launch one with the tags in config.yml`, () => {
                const { run, decision } = deployed(stack);
                const { monitoring } = parse(String(run.outputs.emrEtlRunnerConfig));
                expect(monitoring.tags).to.deep.equal({ ...emrTag, "snowplow-emr-stack": stack });
                expect(decision("the operator", launch, "*", asked(monitoring.tags))).to.equal("allowed");
            });

            // Since April 2023 a launch with tags takes both permissions: aws/aws-cdk#24842, gchq/sleeper#2584.
            it(`let the operator of ${stack} give a new one the tags in config.yml`, () => {
                const { run, decision } = deployed(stack);
                const { monitoring } = parse(String(run.outputs.emrEtlRunnerConfig));
                expect(decision("the operator", tag, NEW_CLUSTER, asked(monitoring.tags))).to.equal(
                    "allowed",
                );
            });
        }

        // biome-ignore format: a table
        decides("batch", [
            ["the operator", launch, "*", asked({ ...emrTag, "snowplow-emr-stack": "batch", team: "data" }), "allowed"],
            ["the operator", launch, "*", {},                                                 "implicitDeny"],
            ["the operator", launch, "*", asked(emrTag),                                      "implicitDeny"],
            ["the operator", launch, "*", asked({ "snowplow-emr-stack": "batch" }),           "implicitDeny"],
            ["the operator", launch, "*", asked({ ...emrTag, "snowplow-emr-stack": "stream" }), "implicitDeny"],
            // A cluster's own tags are not those asked for.
            ["the operator", launch, "*", ours,                                               "implicitDeny"],
            ["the operator", tag, NEW_CLUSTER, {},                                            "implicitDeny"],
            ["the operator", tag, NEW_CLUSTER, asked({ ...emrTag, "snowplow-emr-stack": "stream" }), "implicitDeny"],

            // Making somebody else's cluster the stack's.
            ["the operator", tag, CLUSTER, { ...others, ...ourTags },                         "implicitDeny"],
            ["the operator", tag, CLUSTER, { ...untagged, ...ourTags },                       "implicitDeny"],
            ["the operator", tag, CLUSTER, ourTags,                                           "implicitDeny"],
            ["the operator", "elasticmapreduce:RemoveTags", CLUSTER, ours,                    "implicitDeny"],

            ["the operator", "elasticmapreduce:ListClusters", "*", {},                        "allowed"],
        ]);

        const work = [
            "elasticmapreduce:AddJobFlowSteps",
            "elasticmapreduce:DescribeCluster",
            "elasticmapreduce:ListSteps",
            "elasticmapreduce:TerminateJobFlows",
        ];
        const otherWork = [
            "elasticmapreduce:ModifyInstanceGroups",
            "elasticmapreduce:SetTerminationProtection",
            "elasticmapreduce:DeleteSecurityConfiguration",
        ];
        describe("let the operator work on the stack's own, and on no other", () => {
            decides("batch", [
                ["the operator", work, CLUSTER, ours, "allowed"],
                ["the operator", work, CLUSTER, others, "implicitDeny"],
                ["the operator", work, CLUSTER, untagged, "implicitDeny"],
                ["the operator", work, CLUSTER, {}, "implicitDeny"],
                ["the operator", work, CLUSTER, ourTags, "implicitDeny"],
                ["the operator", work, CLUSTER.replace(REGION, "us-east-1"), ours, "implicitDeny"],
                ["the operator", work, CLUSTER.replace(ACCOUNT_ID, OTHER_ACCOUNT), ours, "implicitDeny"],
                ["the operator", otherWork, CLUSTER, ours, "implicitDeny"],
            ]);
        });

        describe("let the roles do nothing to clusters", () => {
            decides("batch", [
                [["the jobflow role", "the service role"], [...work, tag], CLUSTER, ours, "implicitDeny"],
                [["the jobflow role", "the service role"], [launch], "*", ourTags, "implicitDeny"],
            ]);
        });
    });

    describe("on passing roles", () => {
        const to = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });

        // biome-ignore format: a table
        decides("batch", [
            ["the operator",     "iam:PassRole", SERVICE_ROLE,        to("elasticmapreduce"), "allowed"],
            ["the operator",     "iam:PassRole", SERVICE_ROLE,        to("ec2"),              "implicitDeny"],
            ["the operator",     "iam:PassRole", SERVICE_ROLE,        to("lambda"),           "implicitDeny"],
            ["the operator",     "iam:PassRole", SERVICE_ROLE,        {},                     "implicitDeny"],
            ["the operator",     "iam:PassRole", JOBFLOW_ROLE,        to("ec2"),              "allowed"],
            ["the operator",     "iam:PassRole", JOBFLOW_ROLE,        to("elasticmapreduce"), "implicitDeny"],
            ["the operator",     "iam:PassRole", JOBFLOW_ROLE,        to("lambda"),           "implicitDeny"],
            ["the operator",     "iam:PassRole", JOBFLOW_ROLE,        {},                     "implicitDeny"],
            ["the operator",     "iam:PassRole", ADMIN_ROLE,          to("ec2"),              "implicitDeny"],
            ["the operator",     "iam:PassRole", ADMIN_ROLE,          to("elasticmapreduce"), "implicitDeny"],
            ["the operator",     "iam:PassRole", STREAM_JOBFLOW_ROLE, to("ec2"),              "implicitDeny"],
            ["the service role", "iam:PassRole", JOBFLOW_ROLE,        to("ec2"),              "allowed"],
            ["the service role", "iam:PassRole", JOBFLOW_ROLE,        to("elasticmapreduce"), "implicitDeny"],
            ["the service role", "iam:PassRole", JOBFLOW_ROLE,        to("lambda"),           "implicitDeny"],
            ["the service role", "iam:PassRole", SERVICE_ROLE,        to("elasticmapreduce"), "implicitDeny"],
            ["the service role", "iam:PassRole", ADMIN_ROLE,          to("ec2"),              "implicitDeny"],
            ["the service role", "iam:PassRole", STREAM_JOBFLOW_ROLE, to("ec2"),              "implicitDeny"],
            ["the jobflow role", "iam:PassRole", JOBFLOW_ROLE,        to("ec2"),              "implicitDeny"],
        ]);
    });

    describe("on service-linked roles", () => {
        const of = (service: string) => ({ "iam:AWSServiceName": `${service}.amazonaws.com` });
        const create = "iam:CreateServiceLinkedRole";

        // biome-ignore format: a table
        decides("batch", [
            ["the operator",     create, CLEANUP_ROLE, of("elasticmapreduce"), "allowed"],
            ["the operator",     create, CLEANUP_ROLE, of("spot"),             "implicitDeny"],
            ["the operator",     create, SPOT_ROLE,    of("spot"),             "implicitDeny"],
            ["the service role", create, SPOT_ROLE,    of("spot"),             "allowed"],
            ["the service role", create, SPOT_ROLE,    of("elasticmapreduce"), "implicitDeny"],
            ["the service role", create, ADMIN_ROLE,   of("spot"),             "implicitDeny"],
            ["the jobflow role", create, SPOT_ROLE,    of("spot"),             "implicitDeny"],
        ]);

        describe("without a bid", () => {
            decides("stream", [["the service role", create, SPOT_ROLE, of("spot"), "implicitDeny"]]);
        });
    });

    describe("on assuming roles", () => {
        const assume = "sts:AssumeRole";
        const from = (account: string, region: string) => ({
            "aws:SourceAccount": account,
            "aws:SourceArn": `arn:aws:elasticmapreduce:${region}:${account}:cluster/j-2AXXXXXXGAPLF`,
        });
        const { "aws:SourceAccount": sourceAccount, "aws:SourceArn": sourceArn } = from(ACCOUNT_ID, REGION);

        // biome-ignore format: a table
        decides("batch", [
            ["EMR",              assume, SERVICE_ROLE, from(ACCOUNT_ID, REGION),               "allowed"],
            ["EMR",              assume, SERVICE_ROLE, from(OTHER_ACCOUNT, REGION),            "implicitDeny"],
            ["EMR",              assume, SERVICE_ROLE, from(ACCOUNT_ID, "us-east-1"),          "implicitDeny"],
            ["EMR",              assume, SERVICE_ROLE, { "aws:SourceArn": sourceArn },         "implicitDeny"],
            ["EMR",              assume, SERVICE_ROLE, { "aws:SourceAccount": sourceAccount }, "implicitDeny"],
            ["EMR",              assume, SERVICE_ROLE, {},                                     "implicitDeny"],
            ["EC2",              assume, SERVICE_ROLE, from(ACCOUNT_ID, REGION),               "implicitDeny"],
            ["EC2",              assume, JOBFLOW_ROLE, {},                                     "allowed"],
            ["EMR",              assume, JOBFLOW_ROLE, from(ACCOUNT_ID, REGION),               "implicitDeny"],
            ["the operator",     assume, SERVICE_ROLE, from(ACCOUNT_ID, REGION),               "implicitDeny"],
            ["the operator",     assume, JOBFLOW_ROLE, {},                                     "implicitDeny"],
            ["the jobflow role", assume, SERVICE_ROLE, from(ACCOUNT_ID, REGION),               "implicitDeny"],
            ["an administrator", assume, SERVICE_ROLE, from(ACCOUNT_ID, REGION),               "implicitDeny"],
            ["an administrator", assume, JOBFLOW_ROLE, {},                                     "implicitDeny"],
            ["another account's administrator", assume, JOBFLOW_ROLE, {},                      "implicitDeny"],
        ]);
    });

    describe("let the reminder publish to its topic, encrypted or not, and do nothing else", () => {
        const topic = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:operators`;
        const forTopic = { ...via("sns", REGION), "kms:EncryptionContext:aws:sns:topicArn": topic };
        const forOther = { ...forTopic, "kms:EncryptionContext:aws:sns:topicArn": `${topic}-2` };
        const group = `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule-group/default`;
        const source = { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": group };
        const encrypt = ["kms:GenerateDataKey", "kms:Decrypt"];
        const others: readonly Who[] = ["the operator", "the jobflow role", "the service role"];

        // biome-ignore format: a table
        decides("batch", [
            ["the reminder", "sns:Publish",     topic,             {},                  "allowed"],
            ["the reminder", "sns:Publish",     `${topic}-2`,      {},                  "implicitDeny"],
            ["the reminder", "sns:Subscribe",   topic,             {},                  "implicitDeny"],
            [others,         "sns:Publish",     topic,             {},                  "implicitDeny"],
            ["the reminder", encrypt,           OLD_KEY,           forTopic,            "allowed"],
            ["the reminder", encrypt,           OLD_KEY,           forOther,            "implicitDeny"],
            ["the reminder", encrypt,           OLD_KEY,           via("sns", REGION),  "implicitDeny"],
            ["the reminder", encrypt,           OLD_KEY,           { ...forTopic, ...via("s3", REGION) }, "implicitDeny"],
            ["the reminder", "kms:Encrypt",     OLD_KEY,           forTopic,            "implicitDeny"],
            ["the reminder", encrypt,           KEY,               {},                  "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     source,              "allowed"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     {},                  "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     { ...source, "aws:SourceAccount": OTHER_ACCOUNT }, "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     { ...source, "aws:SourceArn": group.replace("default", "others") }, "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  JOBFLOW_ROLE,      source,              "implicitDeny"],
            ["EMR",          "sts:AssumeRole",  REMINDER_ROLE,     source,              "implicitDeny"],
            ["an administrator", "sts:AssumeRole", REMINDER_ROLE,  {},                  "implicitDeny"],
        ]);
    });

    describe("let nobody of ours do what none of the work needs", () => {
        // biome-ignore format: a table
        const needless = [
            ["iam:CreateUser",                "*"],
            ["iam:CreateAccessKey",           `arn:aws:iam::${ACCOUNT_ID}:user/emr-etl-runner`],
            ["iam:PutRolePolicy",             JOBFLOW_ROLE],
            ["iam:AttachRolePolicy",          JOBFLOW_ROLE],
            ["iam:UpdateAssumeRolePolicy",    SERVICE_ROLE],
            ["ec2:RunInstances",              "*"],
            ["ec2:TerminateInstances",        "*"],
            ["redshift:GetClusterCredentials", "*"],
        ] as const;
        for (const [action, resource] of needless) {
            decides("batch", [[OURS, [action], resource, {}, "implicitDeny"]]);
        }
    });

    it("name their roles as the tables do", () => {
        const { run } = deployed("batch");
        expect([role(String(run.outputs.serviceRole)), role(String(run.outputs.jobflowRole))]).to.deep.equal([
            SERVICE_ROLE,
            JOBFLOW_ROLE,
        ]);
        expect(role(String(deployed("stream").run.outputs.jobflowRole))).to.equal(STREAM_JOBFLOW_ROLE);
    });
});

/** A stack as IAM sees it. */
interface Deployment {
    readonly run: Run;
    readonly decision: (who: Who, action: string, resource: string, context: Context) => Decision;
}

interface Principal {
    readonly caller: Caller;
    readonly identity: readonly Policy[];
}

/** Runs the program, and takes every policy from what it registered. */
async function deploy(stack: StackName): Promise<Deployment> {
    const run = await runStack(STACKS[stack], { stack });
    const operator: Policy[] = [];
    const roles = new Map<string, Policy[]>();
    const resources: Record<string, Resource> = { ...EXISTING };
    for (const { type, name, inputs } of run.registrations) {
        const input = (property: string) => String(inputs[property]);
        switch (type) {
            case "aws:iam/role:Role": {
                const arn = role(`${input("namePrefix")}${PLACEHOLDER}`);
                resources[arn] = { policy: trustPolicy(input("assumeRolePolicy")) };
                break;
            }
            case "aws:iam/rolePolicy:RolePolicy": {
                const arn = role(input("role"));
                roles.set(arn, [...(roles.get(arn) ?? []), identityPolicy(input("policy"))]);
                break;
            }
            case "aws:iam/policy:Policy":
                operator.push(identityPolicy(input("policy")));
                break;
            case "aws:s3/bucketPolicy:BucketPolicy":
                resources[`arn:aws:s3:::${input("bucket")}`] = { policy: resourcePolicy(input("policy")) };
                break;
            case "aws:kms/key:Key":
                resources[String(run.outputs.kmsKeyArn)] = { policy: resourcePolicy(input("policy")) };
                break;
            default:
                if ("policy" in inputs || "assumeRolePolicy" in inputs) {
                    throw new Error(`the policy of ${type} ${name} is not judged`);
                }
        }
    }
    const assumed = (arn: string) => ({ caller: { AWS: arn }, identity: roles.get(arn) ?? [] });
    const principals: Readonly<Record<Who, Principal>> = {
        "the operator": user("emr-etl-runner", ACCOUNT_ID, operator),
        "the jobflow role": assumed(role(String(run.outputs.jobflowRole))),
        "the service role": assumed(role(String(run.outputs.serviceRole))),
        "the reminder": assumed(REMINDER_ROLE),
        Scheduler: { caller: { Service: "scheduler.amazonaws.com" }, identity: [] },
        "the Spot role": assumed(SPOT_ROLE),
        "another account's Spot role": {
            caller: { AWS: SPOT_ROLE.replace(ACCOUNT_ID, OTHER_ACCOUNT) },
            identity: [allow("*")],
        },
        EMR: { caller: { Service: "elasticmapreduce.amazonaws.com" }, identity: [] },
        EC2: { caller: { Service: "ec2.amazonaws.com" }, identity: [] },
        "an administrator": user("administrator", ACCOUNT_ID, [allow("*")]),
        "a reader of all buckets": user("reader", ACCOUNT_ID, [allow("s3:*")]),
        "another account's administrator": user("administrator", OTHER_ACCOUNT, [allow("*")]),
    };
    return {
        run,
        decision: (who, action, resource, context) =>
            judge(stack, resources, principals[who], action, resource, context),
    };
}

function judge(
    stack: StackName,
    resources: Readonly<Record<string, Resource>>,
    { caller, identity }: Principal,
    action: string,
    resource: string,
    context: Context,
): Decision {
    const arn = resource.startsWith("s3://") ? `arn:aws:s3:::${physical(stack, resource)}` : resource;
    const account = "AWS" in caller ? (caller.AWS.split(":")[4] ?? "") : "";
    const request = {
        caller,
        action,
        resource: arn,
        context: {
            "aws:SecureTransport": "true",
            ...(action.startsWith("kms:") ? { "kms:CallerAccount": account } : {}),
            ...context,
        },
    };
    // The other services that are called here know no policies of their resources' own.
    if (!/^(s3|kms|sts):/.test(action) || arn === "*") {
        return decide(request, { identity });
    }
    const owner = resources[action.startsWith("s3:") ? (arn.split("/")[0] ?? "") : arn];
    if (!owner) {
        throw new Error(`there is no ${arn}: a denial would prove nothing`);
    }
    return decide(request, { identity, resource: { account: ACCOUNT_ID, ...owner } });
}

/** `s3://pipeline/raw/` → the bucket's name, a slash, and the key; buckets that are not the stack's keep their names. */
function physical(stack: StackName, url: string): string {
    const [bucket = "", ...key] = url.replace("s3://", "").split("/");
    const managed = ["collector", "pipeline", "archive", "logs", "certs"].includes(bucket);
    return [managed ? `snowplow-${stack}-${bucket}-${PLACEHOLDER}` : bucket, ...key].join("/");
}

/** `s3://pipeline/raw/` → `s3://pipeline` and `raw/`. */
function split(folder: string): { readonly bucket: string; readonly prefix: string } {
    const slash = folder.indexOf("/", "s3://".length);
    return { bucket: folder.slice(0, slash), prefix: folder.slice(slash + 1) };
}

function user(name: string, account: string, identity: readonly Policy[]): Principal {
    return { caller: { AWS: `arn:aws:iam::${account}:user/${name}` }, identity };
}

function allow(action: string): Policy {
    return identityPolicy(document({ Action: action, Resource: "*" }));
}

function document(statement: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });
}

function role(name: string): string {
    return `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
}

function key(id: string): string {
    return `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${id}`;
}

function cluster(id: string): string {
    return `arn:aws:elasticmapreduce:${REGION}:${ACCOUNT_ID}:cluster/${id}`;
}

/** KMS called by a service, on somebody's behalf. */
function via(service: string, region: string): Context {
    return { "kms:ViaService": `${service}.${region}.amazonaws.com` };
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>): Context {
    return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${prefix}${name}`, value]));
}
