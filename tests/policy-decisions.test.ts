import { expect } from "chai";
import { parse } from "yaml";
import type { Run } from "../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER } from "../testing/placeholder-provider";
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

type StackName = keyof typeof REGIONS;

const OTHER_ACCOUNT = "999999999999";
const OLD_KEY = key("old-objects");
const OWN_KEY = key("our-own");
const THEIR_KEY = OWN_KEY.replace(ACCOUNT_ID, OTHER_ACCOUNT);

const REGIONS = { batch: REGION, stream: "us-east-1", theirs: REGION, archive: REGION } as const;

/** Two stacks that own all but their data, one of each kind, in two regions. */
const BOTH = ["batch", "stream"] as const;

const STACKS: Readonly<Record<StackName, Readonly<Record<string, unknown>>>> = {
    /**
     * Raw events in two existing folders, one of them a whole bucket; grants of each kind; Spot instances; a reminder;
     * the role for `encrypt-existing`.
     */
    batch: {
        certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT_ID}:operators` },
        storage: { existingKmsKeyArns: [OLD_KEY], reencryption: true },
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
    /** All managed, on demand, nothing granted but the user's own assets, in a region whose bucket has a suffix. */
    stream: {
        emrEtlRunner: {
            aws: { s3: { buckets: { assets: "s3://acme-assets", enriched: { stream: "managed" } } } },
        },
    },
    /** Both roles, the key of another account and the archive are the user's, and so is a bucket's missing policy. */
    theirs: {
        encryption: { kmsKeyArn: THEIR_KEY },
        certificates: { archive: "s3://acme-certificates/emr/nodes.zip" },
        storage: { policiesOnExistingBuckets: ["acme-collector"] },
        access: { serviceRole: { existing: "acme-emr" }, jobflowRole: { existing: "acme-nodes" } },
        emrEtlRunner: {
            aws: {
                s3: {
                    buckets: {
                        raw: { in: ["s3://acme-collector/eu"] },
                        enriched: { bad: "s3://acme-bad/enriched" },
                    },
                },
            },
            collectors: { format: "thrift" },
        },
    },
    /** The stack's own roles, with an archive and a key of the user's, and a bid. */
    archive: {
        encryption: { kmsKeyArn: OWN_KEY },
        certificates: { archive: "s3://acme-certificates/emr/nodes.zip" },
        emrEtlRunner: {
            aws: { emr: { jobflow: { core_instance_bid: 0.1 } } },
            collectors: { format: "thrift" },
        },
    },
};

const SNOWPLOW_ACCOUNT = "888888888888";

const OTHER_KEY = key("somebody-elses");
const REMINDER_ROLE = role(`snowplow-batch-reminder-${PLACEHOLDER}`);
const REENCRYPTION_ROLE = role(`snowplow-batch-reencryption-${PLACEHOLDER}`);
const ADMIN_ROLE = role("admin");
const SPOT_ROLE = role("aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot");
const CLEANUP_ROLE = role("aws-service-role/elasticmapreduce.amazonaws.com/AWSServiceRoleForEMRCleanup");

const publicRead = resourcePolicy(
    document({ Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" }),
);
const publicBucket = { policy: publicRead, account: SNOWPLOW_ACCOUNT };
/** What AWS gives every key that is made without a policy. */
const delegating = resourcePolicy(document(delegatingTo(ACCOUNT_ID)));

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
    "arn:aws:s3:::acme-assets": {},
    "arn:aws:s3:::acme-certificates": {},
    "arn:aws:s3:::snowplow-hosted-assets": publicBucket,
    "arn:aws:s3:::snowplow-hosted-assets-us-east-1": publicBucket,
    "arn:aws:s3:::eu-west-1.elasticmapreduce": publicBucket,
    "arn:aws:s3:::us-east-1.elasticmapreduce": publicBucket,
    "arn:aws:s3:::elasticmapreduce": publicBucket,
    [OLD_KEY]: { policy: delegating },
    [OTHER_KEY]: { policy: delegating },
};

type Who =
    | "the operator"
    | "the jobflow role"
    | "the service role"
    | "the reminder"
    | "the re-encryption role"
    | "Scheduler"
    | "Batch Operations"
    | "the Spot role"
    | "another account's Spot role"
    | "EMR"
    | "EC2"
    | "an administrator"
    | "a reader of all buckets"
    | "another account's administrator";

/** Those that every stack gives rights to. */
const USUAL: readonly Who[] = ["the operator", "the jobflow role", "the service role"];

/** All that a stack gives rights to. */
const OURS: Readonly<Record<StackName, readonly Who[]>> = {
    batch: [...USUAL, "the reminder", "the re-encryption role"],
    stream: USUAL,
    theirs: USUAL,
    archive: USUAL,
};

/** What rows name of a stack. */
interface Names {
    readonly stack: StackName;
    readonly region: string;
    readonly otherRegion: string;
    readonly ours: readonly Who[];
    readonly key: string;
    readonly serviceRole: string;
    readonly jobflowRole: string;
    /** Of the other one of `BOTH`. */
    readonly otherStack: StackName;
    readonly otherJobflowRole: string;
}

function namesOf(stack: StackName): Names {
    const region = REGIONS[stack];
    const otherStack = stack === "batch" ? "stream" : "batch";
    const jobflow = (name: string) => role(`snowplow-${name}-jobflow-${PLACEHOLDER}`);
    return {
        stack,
        region,
        otherRegion: region === "us-east-1" ? "eu-west-1" : "us-east-1",
        ours: OURS[stack],
        key: key(PLACEHOLDER, region),
        serviceRole: role(`snowplow-${stack}-service-${PLACEHOLDER}`),
        jobflowRole: jobflow(stack),
        otherStack,
        otherJobflowRole: jobflow(otherStack),
    };
}

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
const FOR_AWS = { "kms:GrantIsForAWSResource": "true" };

type LocationRow = readonly [path: string, folder: string, operator: string, jobflow: string];

// Archives are deleted from as well: what s3-dist-cp deletes on the way is not documented.
// biome-ignore format: a table
const LOCATIONS: Readonly<Record<(typeof BOTH)[number], readonly LocationRow[]>> = {
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

describe("the registered policies", () => {
    const deployments: Partial<Record<StackName, Deployment>> = {};

    before(async () => {
        for (const stack of Object.keys(STACKS) as StackName[]) {
            deployments[stack] = await deploy(stack);
        }
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

    /** The same rows for both kinds of stack. */
    function bothDecide(rows: (names: Names) => readonly Row[]): void {
        for (const stack of BOTH) {
            describe(`of ${stack}`, () => decides(stack, rows(namesOf(stack))));
        }
    }

    describe("on EmrEtlRunner's locations", () => {
        type Right = "list" | "get" | "put" | "delete";
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

        for (const stack of BOTH) {
            describe(`of ${stack}`, () => {
                it("are judged on the folders that config.yml names", () => {
                    const named: Record<string, string | readonly string[]> = {};
                    for (const [path, folder] of LOCATIONS[stack]) {
                        const url = `s3://${physical(stack, folder)}`;
                        named[path] = path === "raw.in" ? [...(named[path] ?? []), url] : url;
                    }
                    expect(deployed(stack).run.outputs.buckets).to.deep.equal(named);
                });

                for (const [path, folder, operator, jobflow] of LOCATIONS[stack]) {
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
        bothDecide(() => [
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
        const EMR_ASSETS = "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar";
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

        // EmrEtlRunner's own: its get_hosted_assets_bucket adds the region, whatever `assets` says (emr_job.rb, utils.rb).
        const BOOTSTRAP = "common/emr/snowplow-ami5-bootstrap-0.1.0.sh";
        const SUFFIXED = "s3://snowplow-hosted-assets-us-east-1";
        const SCRIPT_RUNNER = "libs/script-runner/script-runner.jar";

        describe("in a region whose hosted assets have its name, beside assets of the user's", () => {
            // biome-ignore format: a table
            decides("stream", [
                ["the jobflow role", "s3:GetObject",  `${SUFFIXED}/${BOOTSTRAP}`,                       {}, "allowed"],
                ["the jobflow role", "s3:ListBucket", SUFFIXED,                                         {}, "allowed"],
                ["the jobflow role", "s3:GetObject",  `s3://us-east-1.elasticmapreduce/${SCRIPT_RUNNER}`, {}, "allowed"],
                ["the jobflow role", "s3:ListBucket", "s3://us-east-1.elasticmapreduce",                {}, "allowed"],
                ["the jobflow role", "s3:GetObject",  "s3://acme-assets/4-storage/rdb-loader/rdb-loader-0.17.0.jar", {}, "allowed"],
                ["the jobflow role", "s3:ListBucket", "s3://acme-assets",     { "s3:prefix": "4-storage/" }, "allowed"],
                // EmrEtlRunner names neither: these are other regions' and nobody's.
                ["the jobflow role", "s3:GetObject",  `s3://snowplow-hosted-assets/${BOOTSTRAP}`,       {}, "implicitDeny"],
                ["the jobflow role", "s3:GetObject",  `s3://eu-west-1.elasticmapreduce/${SCRIPT_RUNNER}`, {}, "implicitDeny"],
                [["the operator", "the service role"], "s3:GetObject", `${SUFFIXED}/${BOOTSTRAP}`,      {}, "implicitDeny"],
                [["the operator", "the service role"], "s3:GetObject", "s3://acme-assets/a.jar",        {}, "implicitDeny"],
            ]);
        });

        // EMR's bucket of samples and old libraries, without a region in its name. Elasticity names it for Hive, Pig,
        // Ganglia, scripts and Hadoop's old settings only; EmrEtlRunner makes none of these, and its own step that runs
        // a script (rmr), its HBase and `--debug` go to the region's bucket (emr_job.rb, setup_hadoop_debugging_step.rb).
        describe("but not EMR's samples, which no step of EmrEtlRunner's names", () => {
            bothDecide(({ ours }) => [
                [ours, "s3:GetObject", `s3://elasticmapreduce/${SCRIPT_RUNNER}`, {}, "implicitDeny"],
                [ours, "s3:ListBucket", "s3://elasticmapreduce", {}, "implicitDeny"],
            ]);
        });

        describe("with no writing and deleting", () => {
            for (const object of [
                HOSTED,
                EMR_ASSETS,
                "s3://acme-scripts/emr/setup.sh",
                "s3://acme-jsonpaths/v1/com.acme/event_1.json",
                "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb",
                "s3://acme-enrichments/maxmind_$folder$",
            ]) {
                decides("batch", [
                    [OURS.batch, ["s3:PutObject", "s3:DeleteObject"], object, {}, "implicitDeny"],
                ]);
            }
            for (const object of [`${SUFFIXED}/${BOOTSTRAP}`, "s3://acme-assets/a.jar"]) {
                decides("stream", [
                    [OURS.stream, ["s3:PutObject", "s3:DeleteObject"], object, {}, "implicitDeny"],
                ]);
            }
        });
    });

    describe("outside the locations", () => {
        const listed = (prefix: string) => ({ "s3:prefix": prefix });
        const changes = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"];
        const inBoth = [
            "s3://pipeline/anything",
            "s3://pipeline/raw/anything",
            "s3://archive/part-00000",
            "s3://logs/part-00000",
            "s3://acme-collector/us/part-00000",
            "s3://acme-payroll/2026.csv",
        ];
        const beside = [
            "s3://pipeline/raw/processing",
            "s3://pipeline/raw/processing-of-another/part-00000",
            "s3://pipeline/enriched/part-00000",
            "s3://archive/raw-of-another/part-00000",
            "s3://archive/enriched",
            "s3://logs/emr",
            "s3://acme-collector/eu",
            "s3://acme-bad/shredded/part-00000",
        ];
        /** Of the mode that is not the stack's, and beside those of the one that is. */
        const ofTheOther: Readonly<Record<(typeof BOTH)[number], readonly string[]>> = {
            batch: [],
            stream: [
                "s3://pipeline/raw/processing/part-00000",
                "s3://pipeline/enriched/bad/part-00000",
                "s3://archive/raw/part-00000",
                "s3://collector/raw/part-00000",
                "s3://collector/enriched/part-00000",
                "s3://collector/enriched/stream",
                "s3://acme-collector/eu/part-00000",
            ],
        };
        for (const stack of BOTH) {
            const ours = OURS[stack];

            describe(`of ${stack} let nothing be written or deleted`, () => {
                for (const object of [...inBoth, ...beside, ...ofTheOther[stack]]) {
                    decides(stack, [[ours, changes, object, {}, "implicitDeny"]]);
                }
            });

            describe(`of ${stack} let nothing be read`, () => {
                for (const object of [...inBoth, ...ofTheOther[stack].filter((name) => /part/.test(name))]) {
                    decides(stack, [
                        [ours, ["s3:GetObject", "s3:GetObjectVersion"], object, {}, "implicitDeny"],
                    ]);
                }
            });
        }

        describe("let nothing that is archived be lost: the archive keeps versions", () => {
            bothDecide(({ ours }) => [
                ["the jobflow role", "s3:DeleteObject", "s3://archive/enriched/part-00000", {}, "allowed"],
                [ours, "s3:DeleteObjectVersion", "s3://archive/enriched/part-00000", {}, "implicitDeny"],
                [ours, "s3:PutBucketVersioning", "s3://archive", {}, "implicitDeny"],
            ]);
        });

        describe("let no other bucket be listed, and no other folder", () => {
            const nowhere = ["s3:ListBucket", "s3:ListBucketVersions"];
            bothDecide(({ ours }) => [
                [ours, "s3:ListAllMyBuckets", "*", {}, "implicitDeny"],
                [ours, nowhere, "s3://acme-payroll", {}, "implicitDeny"],
                [ours, nowhere, "s3://acme-payroll", listed("enriched/good/"), "implicitDeny"],
                [ours, nowhere, "s3://certs", {}, "implicitDeny"],
                // Manifests are made of whole buckets: see the re-encryption role's own rows.
                [USUAL, nowhere, "s3://pipeline", {}, "implicitDeny"],
                [USUAL, nowhere, "s3://pipeline", listed(""), "implicitDeny"],
                [USUAL, nowhere, "s3://pipeline", listed("anything/"), "implicitDeny"],
                [USUAL, nowhere, "s3://acme-collector", {}, "implicitDeny"],
                [USUAL, nowhere, "s3://acme-collector", listed("us/"), "implicitDeny"],
                ["the operator", nowhere, "s3://archive", listed("enriched/"), "implicitDeny"],
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
            bothDecide(({ ours }) => [
                ...["s3://pipeline", "s3://archive", "s3://certs", "s3://acme-collector"].map(
                    (bucket): Row => [ours, changesOfBuckets, bucket, {}, "implicitDeny"],
                ),
                [ours, "s3:CreateBucket", "s3://acme-payroll", {}, "implicitDeny"],
            ]);
        });
    });

    describe("of buckets", () => {
        const pipelineBuckets = {
            batch: ["s3://pipeline", "s3://archive", "s3://logs"],
            stream: ["s3://collector", "s3://pipeline", "s3://archive", "s3://logs"],
        } as const;

        for (const stack of BOTH) {
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
            bothDecide(() => [
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

        for (const stack of BOTH) {
            describe(`let both roles of ${stack}, and nobody else, read an archive: S3's permission and the key's`, () => {
                const { key: KEY, region } = namesOf(stack);
                const THROUGH_S3 = via("s3", region);

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
            bothDecide(() => [
                ["an administrator", "s3:PutObject",  ARCHIVE,      SSE_KMS,                 "allowed"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      AES256,                  "explicitDeny"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      SSE_C,                   "explicitDeny"],
                ["an administrator", "s3:PutObject",  ARCHIVE,      { ...SSE_KMS, ...HTTP }, "explicitDeny"],
                ["an administrator", "s3:GetObject",  ARCHIVE,      HTTP,                    "explicitDeny"],
                ["an administrator", "s3:ListBucket", "s3://certs", HTTP,                    "explicitDeny"],
            ]);
        });

        describe("let none of ours change an archive", () => {
            bothDecide(({ ours }) => [
                [ours, ["s3:PutObject", "s3:DeleteObject"], ARCHIVE, SSE_KMS, "implicitDeny"],
            ]);
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

        for (const stack of BOTH) {
            describe(`of ${stack}: use for both roles, grants for the service role, to AWS resources alone`, () => {
                const { key: KEY, region, ours } = namesOf(stack);
                decides(stack, [
                    [roles, use, KEY, {}, "allowed"],
                    ["the service role", use, KEY, via("ec2", region), "allowed"],
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
                    [ours, rule, KEY, {}, "implicitDeny"],
                    ["an administrator", [...use, ...rule], KEY, {}, "allowed"],
                    ["another account's administrator", [...use, ...rule], KEY, {}, "implicitDeny"],
                ]);
            });
        }

        describe("with a bid: use and grants for the account's Spot role", () => {
            const { key: KEY } = namesOf("batch");
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
            const { key: KEY } = namesOf("stream");
            decides("stream", [["the Spot role", [...use, grant], KEY, FOR_AWS, "implicitDeny"]]);
        });

        describe("and no other key", () => {
            bothDecide(({ ours, region }) => [
                [ours, [...use, grant], OTHER_KEY, FOR_AWS, "implicitDeny"],
                [ours, "kms:Decrypt", OTHER_KEY, via("s3", region), "implicitDeny"],
            ]);
        });
    });

    describe("on keys of existing objects", () => {
        const THROUGH_S3 = via("s3", REGION);

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
        const launch = "elasticmapreduce:RunJobFlow";
        const tag = "elasticmapreduce:AddTags";
        const emrTag = { "for-use-with-amazon-emr-managed-policies": "true" };
        const asked = (tags: Readonly<Record<string, string>>) => prefixed("aws:RequestTag/", tags);
        const of = (stack: StackName) => ({ ...emrTag, "snowplow-emr-stack": stack });
        const tagged = (tags: Readonly<Record<string, string>>) => prefixed("aws:ResourceTag/", tags);
        const untagged = tagged(emrTag);

        for (const stack of BOTH) {
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
                expect(
                    decision("the operator", tag, cluster("*", REGIONS[stack]), asked(monitoring.tags)),
                ).to.equal("allowed");
            });
        }

        bothDecide(({ stack, otherStack, region }) => {
            const existing = cluster("j-2AXXXXXXGAPLF", region);
            /** What EMR asks for when a cluster is launched with tags: it has no id yet. */
            const created = cluster("*", region);
            const ourTags = asked(of(stack));
            const others = tagged(of(otherStack));
            // biome-ignore format: a table
            return [
                ["the operator", launch, "*", asked({ ...of(stack), team: "data" }),       "allowed"],
                ["the operator", launch, "*", {},                                          "implicitDeny"],
                ["the operator", launch, "*", asked(emrTag),                               "implicitDeny"],
                ["the operator", launch, "*", asked({ "snowplow-emr-stack": stack }),      "implicitDeny"],
                ["the operator", launch, "*", asked(of(otherStack)),                       "implicitDeny"],
                // A cluster's own tags are not those asked for.
                ["the operator", launch, "*", tagged(of(stack)),                           "implicitDeny"],
                ["the operator", tag, created, {},                                         "implicitDeny"],
                ["the operator", tag, created, asked(of(otherStack)),                      "implicitDeny"],

                // Making somebody else's cluster the stack's.
                ["the operator", tag, existing, { ...others, ...ourTags },                 "implicitDeny"],
                ["the operator", tag, existing, { ...untagged, ...ourTags },               "implicitDeny"],
                ["the operator", tag, existing, ourTags,                                   "implicitDeny"],
                ["the operator", "elasticmapreduce:RemoveTags", existing, tagged(of(stack)), "implicitDeny"],

                ["the operator", "elasticmapreduce:ListClusters", "*", {},                 "allowed"],
            ];
        });

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
            bothDecide(({ stack, otherStack, region, otherRegion }) => {
                const CLUSTER = cluster("j-2AXXXXXXGAPLF", region);
                const own = tagged(of(stack));
                return [
                    ["the operator", work, CLUSTER, own, "allowed"],
                    ["the operator", work, CLUSTER, tagged(of(otherStack)), "implicitDeny"],
                    ["the operator", work, CLUSTER, untagged, "implicitDeny"],
                    ["the operator", work, CLUSTER, {}, "implicitDeny"],
                    ["the operator", work, CLUSTER, asked(of(stack)), "implicitDeny"],
                    ["the operator", work, CLUSTER.replace(region, otherRegion), own, "implicitDeny"],
                    ["the operator", work, CLUSTER.replace(ACCOUNT_ID, OTHER_ACCOUNT), own, "implicitDeny"],
                    ["the operator", otherWork, CLUSTER, own, "implicitDeny"],
                ];
            });
        });

        describe("let the roles do nothing to clusters", () => {
            bothDecide(({ stack, region, ours }) => {
                const roles = ours.filter((who) => who !== "the operator");
                return [
                    [
                        roles,
                        [...work, tag],
                        cluster("j-2AXXXXXXGAPLF", region),
                        tagged(of(stack)),
                        "implicitDeny",
                    ],
                    [roles, launch, "*", asked(of(stack)), "implicitDeny"],
                ];
            });
        });
    });

    describe("on passing roles", () => {
        const to = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });

        // biome-ignore format: a table
        bothDecide(({ serviceRole, jobflowRole, otherJobflowRole, ours }) => [
            ["the operator",     "iam:PassRole", serviceRole,         to("elasticmapreduce"), "allowed"],
            ["the operator",     "iam:PassRole", serviceRole,         to("ec2"),              "implicitDeny"],
            ["the operator",     "iam:PassRole", serviceRole,         to("lambda"),           "implicitDeny"],
            ["the operator",     "iam:PassRole", serviceRole,         {},                     "implicitDeny"],
            ["the operator",     "iam:PassRole", jobflowRole,         to("ec2"),              "allowed"],
            ["the operator",     "iam:PassRole", jobflowRole,         to("elasticmapreduce"), "implicitDeny"],
            ["the operator",     "iam:PassRole", jobflowRole,         to("lambda"),           "implicitDeny"],
            ["the operator",     "iam:PassRole", jobflowRole,         {},                     "implicitDeny"],
            ["the operator",     "iam:PassRole", ADMIN_ROLE,          to("ec2"),              "implicitDeny"],
            ["the operator",     "iam:PassRole", ADMIN_ROLE,          to("elasticmapreduce"), "implicitDeny"],
            ["the operator",     "iam:PassRole", otherJobflowRole,    to("ec2"),              "implicitDeny"],
            ["the service role", "iam:PassRole", jobflowRole,         to("ec2"),              "allowed"],
            ["the service role", "iam:PassRole", jobflowRole,         to("elasticmapreduce"), "implicitDeny"],
            ["the service role", "iam:PassRole", jobflowRole,         to("lambda"),           "implicitDeny"],
            ["the service role", "iam:PassRole", serviceRole,         to("elasticmapreduce"), "implicitDeny"],
            ["the service role", "iam:PassRole", ADMIN_ROLE,          to("ec2"),              "implicitDeny"],
            ["the service role", "iam:PassRole", otherJobflowRole,    to("ec2"),              "implicitDeny"],
            [ours.filter((who) => who !== "the operator" && who !== "the service role"),
                                 "iam:PassRole", jobflowRole,         to("ec2"),              "implicitDeny"],
        ]);
    });

    describe("on service-linked roles", () => {
        const of = (service: string) => ({ "iam:AWSServiceName": `${service}.amazonaws.com` });
        const create = "iam:CreateServiceLinkedRole";

        // biome-ignore format: a table
        bothDecide(() => [
            ["the operator",     create, CLEANUP_ROLE, of("elasticmapreduce"), "allowed"],
            ["the operator",     create, CLEANUP_ROLE, of("spot"),             "implicitDeny"],
            ["the operator",     create, SPOT_ROLE,    of("spot"),             "implicitDeny"],
            ["the jobflow role", create, SPOT_ROLE,    of("spot"),             "implicitDeny"],
        ]);

        // biome-ignore format: a table
        decides("batch", [
            ["the service role", create, SPOT_ROLE,    of("spot"),             "allowed"],
            ["the service role", create, SPOT_ROLE,    of("elasticmapreduce"), "implicitDeny"],
            ["the service role", create, ADMIN_ROLE,   of("spot"),             "implicitDeny"],
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

        bothDecide(({ serviceRole, jobflowRole, region, otherRegion }) => {
            const here = from(ACCOUNT_ID, region);
            const { "aws:SourceAccount": sourceAccount, "aws:SourceArn": sourceArn } = here;
            // biome-ignore format: a table
            return [
                ["EMR",              assume, serviceRole, here,            "allowed"],
                ["EMR",              assume, serviceRole, from(OTHER_ACCOUNT, region),            "implicitDeny"],
                ["EMR",              assume, serviceRole, from(ACCOUNT_ID, otherRegion),          "implicitDeny"],
                ["EMR",              assume, serviceRole, { "aws:SourceArn": sourceArn },         "implicitDeny"],
                ["EMR",              assume, serviceRole, { "aws:SourceAccount": sourceAccount }, "implicitDeny"],
                ["EMR",              assume, serviceRole, {},                                     "implicitDeny"],
                ["EC2",              assume, serviceRole, here,            "implicitDeny"],
                ["EC2",              assume, jobflowRole, {},                                     "allowed"],
                ["EMR",              assume, jobflowRole, here,            "implicitDeny"],
                ["the operator",     assume, serviceRole, here,            "implicitDeny"],
                ["the operator",     assume, jobflowRole, {},                                     "implicitDeny"],
                ["the jobflow role", assume, serviceRole, here,            "implicitDeny"],
                ["an administrator", assume, serviceRole, here,            "implicitDeny"],
                ["an administrator", assume, jobflowRole, {},                                     "implicitDeny"],
                ["another account's administrator", assume, jobflowRole, {},                      "implicitDeny"],
            ];
        });
    });

    describe("let the reminder publish to its topic, encrypted or not, and do nothing else", () => {
        const topic = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:operators`;
        const forTopic = { ...via("sns", REGION), "kms:EncryptionContext:aws:sns:topicArn": topic };
        const forOther = { ...forTopic, "kms:EncryptionContext:aws:sns:topicArn": `${topic}-2` };
        const group = `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule-group/default`;
        const source = { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": group };
        const encrypt = ["kms:GenerateDataKey", "kms:Decrypt"];
        const others = OURS.batch.filter((who) => who !== "the reminder");
        const { jobflowRole } = namesOf("batch");

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
            ["the reminder", encrypt,           key(PLACEHOLDER),  {},                  "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     source,              "allowed"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     {},                  "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     { ...source, "aws:SourceAccount": OTHER_ACCOUNT }, "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  REMINDER_ROLE,     { ...source, "aws:SourceArn": group.replace("default", "others") }, "implicitDeny"],
            ["Scheduler",    "sts:AssumeRole",  jobflowRole,       source,              "implicitDeny"],
            ["EMR",          "sts:AssumeRole",  REMINDER_ROLE,     source,              "implicitDeny"],
            ["an administrator", "sts:AssumeRole", REMINDER_ROLE,  {},                  "implicitDeny"],
        ]);
    });

    describe("let the re-encryption role copy in place, for Batch Operations alone", () => {
        const who = "the re-encryption role";
        const reports = "s3://logs/emr/encrypt-existing/";
        const source = { "aws:SourceAccount": ACCOUNT_ID };

        for (const [path, folder] of LOCATIONS.batch) {
            describe(`in ${path}, ${folder}`, () => {
                const file = `${folder}run=2026-01-02-03-04-05/part-00000`;
                const { bucket } = split(folder);
                const read = [
                    "s3:GetObject",
                    "s3:GetObjectVersion",
                    "s3:GetObjectTagging",
                    "s3:GetObjectAcl",
                    "s3:GetObjectVersionTagging",
                    "s3:GetObjectVersionAcl",
                ];

                // biome-ignore format: a table
                decides("batch", [
                    [who, read,                                                            file,   {},     "allowed"],
                    [who, ["s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectAcl"],      file,   AES256, "allowed"],
                    // S3 makes the manifest by an inventory of the whole bucket.
                    [who, ["s3:ListBucket", "s3:PutInventoryConfiguration"],               bucket, {},     "allowed"],
                    [who, ["s3:DeleteObject", "s3:DeleteObjectVersion"],                   file,   {},     "implicitDeny"],
                    [who, ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"],       file,   {},     "implicitDeny"],
                ]);
            });
        }

        describe("with manifests and reports beside the logs, and nothing of the certificates", () => {
            const zip = "s3://certs/emr/tls/0123456789ab.zip";

            // biome-ignore format: a table
            decides("batch", [
                [who, ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], `${reports}job-1/manifest.csv`, {}, "allowed"],
                [who, "s3:DeleteObject",                                       `${reports}job-1/manifest.csv`, {}, "implicitDeny"],
                [who, "s3:PutObject",   "s3://pipeline/raw/processing/part-00000",   SSE_KMS, "explicitDeny"],
                [who, "s3:PutObject",   "s3://pipeline/raw/processing/part-00000",   HTTP,    "explicitDeny"],
                [who, "s3:ListBucket",  "s3://certs",                                {},      "implicitDeny"],
                [who, "s3:PutInventoryConfiguration", "s3://certs",                  {},      "implicitDeny"],
                [who, ["s3:GetObject", "s3:GetObjectVersion"], zip,                  {},      "implicitDeny"],
                [who, "s3:PutObject",   zip,                                         SSE_KMS, "implicitDeny"],
                [who, "kms:Decrypt",    key(PLACEHOLDER),                            via("s3", REGION), "implicitDeny"],
                [who, ["s3:GetObject", "s3:PutObject"], "s3://acme-collector/us/part-00000", {}, "implicitDeny"],
                [who, "s3:GetObject",   "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb", {}, "implicitDeny"],
                [who, "iam:PassRole",  REENCRYPTION_ROLE,                            {},      "implicitDeny"],
                [who, "s3:CreateJob",  "*",                                          {},      "implicitDeny"],
            ]);
        });

        // biome-ignore format: a table
        decides("batch", [
            ["Batch Operations",   "sts:AssumeRole", REENCRYPTION_ROLE,                  {},     "allowed"],
            [["EMR", "EC2", "Scheduler"], "sts:AssumeRole", REENCRYPTION_ROLE,           source, "implicitDeny"],
            [["the operator", "the jobflow role", "the service role", "an administrator"],
                                   "sts:AssumeRole", REENCRYPTION_ROLE,                  {},     "implicitDeny"],
            ["another account's administrator", "sts:AssumeRole", REENCRYPTION_ROLE,     {},     "implicitDeny"],
            ["Batch Operations",   "sts:AssumeRole", namesOf("batch").jobflowRole,       source, "implicitDeny"],
            ["Batch Operations",   "sts:AssumeRole", namesOf("batch").serviceRole,       source, "implicitDeny"],
            ["the operator",       "iam:PassRole",   REENCRYPTION_ROLE, { "iam:PassedToService": "batchoperations.s3.amazonaws.com" }, "implicitDeny"],
        ]);
    });

    describe("of what is the user's", () => {
        const ZIP = "s3://acme-certificates/emr/nodes.zip";
        const roles: readonly Who[] = ["the jobflow role", "the service role"];
        const use = [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:DescribeKey",
        ];
        const rule = ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DisableKey"];
        const grant = "kms:CreateGrant";

        for (const stack of ["theirs", "archive"] as const) {
            describe(`let both roles of ${stack} read just the archive`, () => {
                // biome-ignore format: a table
                decides(stack, [
                    [roles,          "s3:GetObject",                     ZIP,                              {}, "allowed"],
                    [roles,          "s3:GetObject",                     `${ZIP}.bak`,                     {}, "implicitDeny"],
                    [roles,          "s3:GetObject",                     "s3://acme-certificates/emr/nodes-2.zip", {}, "implicitDeny"],
                    [roles,          "s3:GetObject",                     "s3://acme-certificates/ca.key",  {}, "implicitDeny"],
                    [roles,          ["s3:ListBucket", "s3:ListBucketVersions"], "s3://acme-certificates", {}, "implicitDeny"],
                    [roles,          ["s3:PutObject", "s3:DeleteObject"], ZIP,                             {}, "implicitDeny"],
                    ["the operator", "s3:GetObject",                     ZIP,                              {}, "implicitDeny"],
                ]);
            });
        }

        describe("let another account's key be used by this account's roles, by the statements in the output", () => {
            // biome-ignore format: a table
            decides("theirs", [
                [roles,                     use,            THEIR_KEY, {},      "allowed"],
                ["the service role",        use,            THEIR_KEY, via("ec2", REGION), "allowed"],
                ["the service role",        grant,          THEIR_KEY, FOR_AWS, "allowed"],
                ["the service role",        grant,          THEIR_KEY, {},      "implicitDeny"],
                ["the jobflow role",        grant,          THEIR_KEY, FOR_AWS, "implicitDeny"],
                ["the operator",            [...use, grant], THEIR_KEY, FOR_AWS, "implicitDeny"],
                ["a reader of all buckets", use,            THEIR_KEY, {},      "implicitDeny"],
                [[...USUAL, "an administrator"], rule,      THEIR_KEY, {},      "implicitDeny"],
                ["an administrator",        grant,          THEIR_KEY, {},      "implicitDeny"],
                ["another account's administrator", rule,   THEIR_KEY, {},      "allowed"],
                ["the Spot role",           use,            THEIR_KEY, {},      "implicitDeny"],
            ]);
        });

        describe("let this account's key be used by both roles, and with a bid by Spot's, by the statements in the output", () => {
            // biome-ignore format: a table
            decides("archive", [
                [roles,              use,             OWN_KEY,   {},      "allowed"],
                ["the service role", grant,           OWN_KEY,   FOR_AWS, "allowed"],
                ["the service role", grant,           OWN_KEY,   {},      "implicitDeny"],
                ["the operator",     use,             OWN_KEY,   {},      "implicitDeny"],
                [USUAL,              rule,            OWN_KEY,   {},      "implicitDeny"],
                ["the Spot role",    use,             OWN_KEY,   {},      "allowed"],
                ["the Spot role",    grant,           OWN_KEY,   FOR_AWS, "allowed"],
                ["the Spot role",    grant,           OWN_KEY,   {},      "implicitDeny"],
                ["the Spot role",    rule,            OWN_KEY,   {},      "implicitDeny"],
                ["another account's Spot role", [...use, grant], OWN_KEY, FOR_AWS, "implicitDeny"],
                ["a reader of all buckets", use,      OWN_KEY,   {},      "implicitDeny"],
                // Without the statements, nothing lets it.
                ["the Spot role",    [...use, grant], OTHER_KEY, FOR_AWS, "implicitDeny"],
            ]);
        });

        describe("let the user's own roles do the work, by the documents in the output", () => {
            const [emr, nodes] = [role("acme-emr"), role("acme-nodes")];
            const to = (service: string) => ({ "iam:PassedToService": `${service}.amazonaws.com` });
            const file = "part-00000";

            // biome-ignore format: a table
            decides("theirs", [
                ["the jobflow role", ["s3:GetObject", "s3:DeleteObject"], `s3://acme-collector/eu/${file}`,   {}, "allowed"],
                ["the jobflow role", "s3:PutObject",                      `s3://acme-collector/eu/${file}`,   {}, "implicitDeny"],
                ["the jobflow role", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `s3://acme-bad/enriched/${file}`, {}, "allowed"],
                ["the jobflow role", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `s3://pipeline/shredded/good/${file}`, {}, "allowed"],
                ["the jobflow role", ["s3:GetObject", "s3:PutObject"],    `s3://pipeline/${file}`,            {}, "implicitDeny"],
                ["the jobflow role", "s3:GetObject",                      "s3://snowplow-hosted-assets/common/emr/snowplow-ami5-bootstrap-0.1.0.sh", {}, "allowed"],
                ["the service role", ["s3:GetObject", "s3:PutObject"],    `s3://pipeline/shredded/good/${file}`, {}, "implicitDeny"],
                ["the operator",     "iam:PassRole", emr,         to("elasticmapreduce"), "allowed"],
                ["the operator",     "iam:PassRole", emr,         to("ec2"),              "implicitDeny"],
                ["the operator",     "iam:PassRole", nodes,       to("ec2"),              "allowed"],
                ["the operator",     "iam:PassRole", nodes,       to("elasticmapreduce"), "implicitDeny"],
                ["the operator",     "iam:PassRole", `${emr}-2`,  to("elasticmapreduce"), "implicitDeny"],
                ["the service role", "iam:PassRole", nodes,       to("ec2"),              "allowed"],
                ["the service role", "iam:PassRole", nodes,       to("lambda"),           "implicitDeny"],
                ["the service role", "iam:PassRole", ADMIN_ROLE,  to("ec2"),              "implicitDeny"],
                ["the jobflow role", "iam:PassRole", nodes,       to("ec2"),              "implicitDeny"],
            ]);
        });

        describe("hold a bucket that asks for it to TLS and SSE-S3, and leave others as they are", () => {
            const [held, free] = ["s3://acme-collector/eu/part-00000", "s3://acme-bad/enriched/part-00000"];

            // biome-ignore format: a table
            decides("theirs", [
                ["an administrator", "s3:PutObject",                    held, {},                      "allowed"],
                ["an administrator", "s3:PutObject",                    held, AES256,                  "allowed"],
                ["an administrator", "s3:PutObject",                    held, SSE_KMS,                 "explicitDeny"],
                ["an administrator", "s3:PutObject",                    held, SSE_DSSE,                "explicitDeny"],
                ["an administrator", "s3:PutObject",                    held, SSE_C,                   "explicitDeny"],
                ["an administrator", "s3:PutObject",                    held, { ...AES256, ...HTTP },  "explicitDeny"],
                ["an administrator", ["s3:GetObject", "s3:DeleteObject"], held, HTTP,                  "explicitDeny"],
                ["an administrator", "s3:ListBucket", "s3://acme-collector",  HTTP,                    "explicitDeny"],
                ["the jobflow role", "s3:GetObject",                    held, HTTP,                    "explicitDeny"],
                ["another account's administrator", "s3:GetObject",     held, {},                      "implicitDeny"],
                ["an administrator", "s3:PutObject",                    free, { ...SSE_KMS, ...HTTP }, "allowed"],
            ]);
        });

        it("are named in the outputs that the tables go by", () => {
            const { outputs } = deployed("theirs").run;
            expect([outputs.serviceRole, outputs.jobflowRole]).to.deep.equal(["acme-emr", "acme-nodes"]);
            expect(Object.keys(Object(outputs.requiredPolicies))).to.have.members([
                "serviceRole",
                "jobflowRole",
            ]);
            expect(outputs.kmsKeyPolicyStatements).to.be.an("array");
            expect(deployed("archive").run.outputs).not.to.have.property("requiredPolicies");
        });
    });

    describe("let nobody of ours do what none of the work needs", () => {
        bothDecide(({ ours, serviceRole, jobflowRole }) => {
            const user = `arn:aws:iam::${ACCOUNT_ID}:user/emr-etl-runner`;
            return [
                [ours, "iam:CreateUser", "*", {}, "implicitDeny"],
                [ours, "iam:CreateAccessKey", user, {}, "implicitDeny"],
                [ours, ["iam:PutRolePolicy", "iam:AttachRolePolicy"], jobflowRole, {}, "implicitDeny"],
                [ours, "iam:UpdateAssumeRolePolicy", serviceRole, {}, "implicitDeny"],
                [ours, ["ec2:RunInstances", "ec2:TerminateInstances"], "*", {}, "implicitDeny"],
                [ours, "redshift:GetClusterCredentials", "*", {}, "implicitDeny"],
            ];
        });
    });

    it("name their roles as the tables do", () => {
        for (const stack of BOTH) {
            const { run } = deployed(stack);
            const { serviceRole, jobflowRole } = namesOf(stack);
            expect([
                role(String(run.outputs.serviceRole)),
                role(String(run.outputs.jobflowRole)),
            ]).to.deep.equal([serviceRole, jobflowRole]);
        }
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

/** Runs the program, and takes every policy from what it registered, or says in its outputs. */
async function deploy(stack: StackName): Promise<Deployment> {
    const run = await runStack(STACKS[stack], { stack, region: REGIONS[stack] });
    const { serviceRole, jobflowRole, kmsKeyArn, kmsKeyPolicyStatements, requiredPolicies } = run.outputs;
    const operator: Policy[] = [];
    const roles = new Map<string, Policy[]>();
    const resources: Record<string, Resource> = { ...EXISTING };
    const grant = (arn: string, policy: string) =>
        roles.set(arn, [...(roles.get(arn) ?? []), identityPolicy(policy)]);
    for (const { type, name, inputs } of run.registrations) {
        const input = (property: string) => String(inputs[property]);
        switch (type) {
            case "aws:iam/role:Role": {
                const arn = role(`${input("namePrefix")}${PLACEHOLDER}`);
                resources[arn] = { policy: trustPolicy(input("assumeRolePolicy")) };
                break;
            }
            case "aws:iam/rolePolicy:RolePolicy":
                grant(role(input("role")), input("policy"));
                break;
            case "aws:iam/policy:Policy":
                operator.push(identityPolicy(input("policy")));
                break;
            case "aws:s3/bucketPolicy:BucketPolicy":
                resources[`arn:aws:s3:::${input("bucket")}`] = { policy: resourcePolicy(input("policy")) };
                break;
            case "aws:kms/key:Key":
                resources[String(kmsKeyArn)] = { policy: resourcePolicy(input("policy")) };
                break;
            default:
                if ("policy" in inputs || "assumeRolePolicy" in inputs) {
                    throw new Error(`the policy of ${type} ${name} is not judged`);
                }
        }
    }
    // What the outputs ask for, done: by the owner of the key, and to the user's own roles.
    if (kmsKeyPolicyStatements) {
        const account = String(kmsKeyArn).split(":")[4] ?? "";
        const statements = [
            { Effect: "Allow", ...delegatingTo(account) },
            ...(kmsKeyPolicyStatements as readonly object[]),
        ];
        resources[String(kmsKeyArn)] = {
            account,
            policy: resourcePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })),
        };
    }
    const required = Object(requiredPolicies) as Readonly<Record<string, { policyDocument: string }>>;
    for (const [which, { policyDocument }] of Object.entries(required)) {
        grant(role(String(run.outputs[which])), policyDocument);
    }
    const assumed = (arn: string) => ({ caller: { AWS: arn }, identity: roles.get(arn) ?? [] });
    const service = (name: string): Principal => ({
        caller: { Service: `${name}.amazonaws.com` },
        identity: [],
    });
    const principals: Readonly<Record<Who, Principal>> = {
        "the operator": user("emr-etl-runner", ACCOUNT_ID, operator),
        "the jobflow role": assumed(role(String(jobflowRole))),
        "the service role": assumed(role(String(serviceRole))),
        "the reminder": assumed(REMINDER_ROLE),
        "the re-encryption role": assumed(REENCRYPTION_ROLE),
        Scheduler: service("scheduler"),
        "Batch Operations": service("batchoperations.s3"),
        "the Spot role": assumed(SPOT_ROLE),
        "another account's Spot role": {
            caller: { AWS: SPOT_ROLE.replace(ACCOUNT_ID, OTHER_ACCOUNT) },
            identity: [allow("*")],
        },
        EMR: service("elasticmapreduce"),
        EC2: service("ec2"),
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

/** To the account's own policies: what every key starts with. */
function delegatingTo(account: string) {
    return { Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" };
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

function key(id: string, region: string = REGION): string {
    return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${id}`;
}

function cluster(id: string, region: string): string {
    return `arn:aws:elasticmapreduce:${region}:${ACCOUNT_ID}:cluster/${id}`;
}

/** KMS called by a service, on somebody's behalf. */
function via(service: string, region: string): Context {
    return { "kms:ViaService": `${service}.${region}.amazonaws.com` };
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>): Context {
    return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${prefix}${name}`, value]));
}
