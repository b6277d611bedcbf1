import { expect } from "chai";
import { parseStackOutputs, type StackOutputs } from "../../../commands/stack-outputs";
import { bucketChecks } from "../../../commands/verify/buckets";
import { bucketPolicy } from "../../../components/policies/bucket";
import { bucketArn } from "../../../components/policies/s3-access";
import { type Answers, refusal } from "../../support/fake-aws";
import { MINIMAL, runStack } from "../../support/run";
import { contextOf, type Finding, findings, outputsOf } from "./context";

const ARCHIVE = "snowplow-dev-archive-placeholder";
const LOGS = "snowplow-dev-logs-placeholder";
const CERTS = "snowplow-dev-certs-placeholder";
const UP = "npx pulumi up --refresh --stack dev";
const ENCRYPT =
    "name it in storage.encryptExistingBuckets in Pulumi.dev.yaml, and: npx pulumi up --stack dev";

/** AWS's answers about buckets as the stack creates them. */
const SOUND: Answers = {
    HeadBucket: () => ({ BucketRegion: "eu-west-1" }),
    GetBucketEncryption: () => encryption({ SSEAlgorithm: "AES256" }, ["SSE-C"]),
    GetPublicAccessBlock: () => ({
        PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
        },
    }),
    GetBucketPolicy: ({ Bucket }) => ({ Policy: policy(Bucket) }),
    GetBucketOwnershipControls: () => ({
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    }),
    GetBucketVersioning: ({ Bucket }) => (Bucket === ARCHIVE ? { Status: "Enabled" } : {}),
};

function encryption(byDefault: object, blocked?: readonly string[]) {
    const BlockedEncryptionTypes = blocked && { EncryptionType: blocked };
    return {
        ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BlockedEncryptionTypes }],
        },
    };
}

function policy(bucket: unknown): string {
    return JSON.stringify(bucketPolicy(bucketArn(String(bucket)), bucket === CERTS ? "aws:kms" : "AES256"));
}

describe("verify, buckets:", () => {
    let outputs: StackOutputs;
    /** The outputs of a stack with locations in existing buckets. */
    let existing: StackOutputs;

    before(async () => {
        outputs = await outputsOf();
        const { buckets, forCommands } = outputs;
        existing = {
            ...outputs,
            buckets: {
                ...buckets,
                "raw.in": ["s3://acme-in/one/", "s3://acme-in/two/"],
                log: "s3://acme-logs/",
            },
            forCommands: {
                ...forCommands,
                encryptedExistingBuckets: ["acme-logs"],
                policiesOnExistingBuckets: ["acme-logs"],
            },
        };
    });

    const run = (answers: Answers = {}, of = outputs) =>
        bucketChecks(contextOf(of, { ...SOUND, ...answers }));
    /** Other answers for one bucket. */
    const otherwise = (command: string, bucket: string, answer: () => object): Answers => ({
        [command]: (input) => (input.Bucket === bucket ? answer() : (SOUND[command]?.(input) ?? {})),
    });

    it("pass seven checks each as the stack created them", async () => {
        const checks = await run();
        expect(findings(checks)).to.deep.equal([]);
        expect(checks).to.have.length(5 * 7);
        const expected = "the stack's: no plain HTTP, no other encryption, no customer-provided keys";
        const ok = (of: string, what: string, found = what) => ({
            status: "ok",
            on: `bucket ${ARCHIVE}: ${of}`,
            expected: what,
            found,
        });
        expect(checks.filter(({ on }) => on.includes(ARCHIVE))).to.deep.equal([
            ok("region", "eu-west-1"),
            ok("default encryption", "AES256"),
            ok("blocked encryption", "SSE-C"),
            ok("public access", "blocked"),
            ok("policy", expected, "the stack's"),
            ok("object ownership", "BucketOwnerEnforced"),
            ok("versioning", "Enabled"),
        ]);
    });

    it("count in the statements of bucketPolicyStatements", async () => {
        const producers = {
            Sid: "Producers",
            Effect: "Allow",
            Principal: { AWS: "444455556666" },
            Action: "s3:GetObject",
        };
        const { registrations, outputs: written } = await runStack({
            ...MINIMAL,
            storage: { bucketPolicyStatements: { log: [producers] } },
        });
        const of = parseStackOutputs("here", JSON.stringify(written));
        const [deployed] = registrations
            .filter(({ type }) => type === "aws:s3/bucketPolicy:BucketPolicy")
            .filter(({ inputs }) => inputs.bucket === LOGS);
        const Policy = String(deployed?.inputs.policy);
        const found = async (answer: string) =>
            findings(
                await run(
                    otherwise("GetBucketPolicy", LOGS, () => ({ Policy: answer })),
                    of,
                ),
            );
        expect(await found(Policy)).to.deep.equal([]);
        expect(await found(Policy.replace('s3:GetObject","Resource":[', 's3:*","Resource":['))).to.deep.equal(
            [["failed", `bucket ${LOGS}: policy`, "changed Producers"]],
        );
        expect(await found(policy(LOGS))).to.deep.equal([
            ["failed", `bucket ${LOGS}: policy`, "missing Producers"],
        ]);
    });

    const kms = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "arn:aws:kms:eu-west-1:1:key/2" };
    const denied = () => {
        throw refusal("AccessDenied", "Access Denied");
    };
    const defects: readonly (readonly [title: string, Answers, ...Finding[]])[] = [
        [
            "a bucket that is gone, once",
            otherwise("HeadBucket", LOGS, () => {
                throw refusal("NotFound");
            }),
            ["failed", `bucket ${LOGS}: region`, "no such bucket"],
        ],
        [
            "a bucket of another region",
            otherwise("HeadBucket", LOGS, () => ({ BucketRegion: "us-east-1" })),
            ["failed", `bucket ${LOGS}: region`, "us-east-1"],
        ],
        [
            "a bucket of which S3 tells no region",
            otherwise("HeadBucket", LOGS, () => ({})),
            ["failed", `bucket ${LOGS}: region`, "unknown"],
        ],
        [
            "another default encryption, under a key and without",
            {
                GetBucketEncryption: ({ Bucket }) =>
                    encryption(
                        Bucket === LOGS
                            ? kms
                            : { SSEAlgorithm: Bucket === ARCHIVE ? "aws:kms:dsse" : "AES256" },
                        ["SSE-C"],
                    ),
            },
            ["failed", `bucket ${ARCHIVE}: default encryption`, "aws:kms:dsse"],
            ["failed", `bucket ${LOGS}: default encryption`, "aws:kms under arn:aws:kms:eu-west-1:1:key/2"],
        ],
        [
            "no SSE-C block",
            otherwise("GetBucketEncryption", LOGS, () => encryption({ SSEAlgorithm: "AES256" })),
            ["failed", `bucket ${LOGS}: blocked encryption`, "none"],
        ],
        [
            "no encryption",
            otherwise("GetBucketEncryption", LOGS, () => {
                throw refusal("ServerSideEncryptionConfigurationNotFoundError");
            }),
            ["failed", `bucket ${LOGS}: default encryption`, "none"],
            ["failed", `bucket ${LOGS}: blocked encryption`, "none"],
        ],
        [
            "public access that is not blocked",
            otherwise("GetPublicAccessBlock", LOGS, () => {
                throw refusal("NoSuchPublicAccessBlockConfiguration");
            }),
            [
                "failed",
                `bucket ${LOGS}: public access`,
                "without BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets",
            ],
        ],
        [
            "no policy",
            otherwise("GetBucketPolicy", LOGS, () => {
                throw refusal("NoSuchBucketPolicy");
            }),
            ["failed", `bucket ${LOGS}: policy`, "none"],
        ],
        [
            "the policy of another bucket",
            otherwise("GetBucketPolicy", LOGS, () => ({ Policy: policy(ARCHIVE) })),
            [
                "failed",
                `bucket ${LOGS}: policy`,
                "changed DenyPlainHttp, changed DenyOtherEncryption, changed DenyCustomerProvidedKeys",
            ],
        ],
        [
            "an archive under another encryption than the certificates' bucket takes",
            otherwise("GetBucketPolicy", CERTS, () => ({
                Policy: JSON.stringify(bucketPolicy(bucketArn(CERTS), "AES256")),
            })),
            ["failed", `bucket ${CERTS}: policy`, "changed DenyOtherEncryption"],
        ],
        [
            "another ownership",
            otherwise("GetBucketOwnershipControls", LOGS, () => {
                throw refusal("OwnershipControlsNotFoundError");
            }),
            ["failed", `bucket ${LOGS}: object ownership`, "none"],
        ],
        [
            "an archive without versions",
            otherwise("GetBucketVersioning", ARCHIVE, () => ({})),
            ["failed", `bucket ${ARCHIVE}: versioning`, "off"],
        ],
        [
            "versions where nothing deletes them",
            otherwise("GetBucketVersioning", LOGS, () => ({ Status: "Enabled" })),
            ["warning", `bucket ${LOGS}: versioning`, "Enabled"],
        ],
        [
            "what it may not look at, and goes on",
            { ...otherwise("HeadBucket", LOGS, denied), ...otherwise("GetBucketPolicy", LOGS, denied) },
            [
                "failed",
                `bucket ${LOGS}: region`,
                `no answer: s3:ListBucket on ${LOGS}: AccessDenied: Access Denied. These credentials need s3:ListBucket on it.`,
            ],
            [
                "failed",
                `bucket ${LOGS}: policy`,
                `no answer: s3:GetBucketPolicy on ${LOGS}: AccessDenied: Access Denied. These credentials need s3:GetBucketPolicy on it.`,
            ],
        ],
    ];
    for (const [title, answers, ...expected] of defects) {
        it(`finds ${title}`, async () => {
            expect(findings(await run(answers))).to.deep.equal(expected);
        });
    }

    it("treats suspended versioning as off", async () => {
        const suspended = otherwise("GetBucketVersioning", LOGS, () => ({ Status: "Suspended" }));
        expect(findings(await run(suspended))).to.deep.equal([]);
    });

    it("says how to fix a bucket of the stack", async () => {
        const remedies = (await run({ GetBucketEncryption: () => encryption(kms, ["NONE"]) }))
            .filter(({ status }) => status === "failed")
            .map(({ expected, remedy }) => [expected, remedy]);
        expect(remedies).to.deep.equal(
            Array(5)
                .fill([
                    ["AES256", UP],
                    ["SSE-C", UP],
                ])
                .flat(),
        );
    });

    it("checks each existing bucket once, and a policy that the stack created for it", async () => {
        const context = contextOf(existing, SOUND);
        const checks = (await bucketChecks(context)).filter(({ on }) => on.includes("acme"));
        const ok = (on: string, expected: string, found = expected) => ({
            status: "ok",
            on: `bucket ${on}`,
            expected,
            found,
        });
        expect(checks).to.deep.equal([
            ok("acme-in: region", "eu-west-1"),
            ok("acme-in: default encryption", "AES256"),
            ok("acme-in: blocked encryption", "SSE-C"),
            ok("acme-in: public access", "blocked"),
            ok("acme-logs: region", "eu-west-1"),
            ok("acme-logs: default encryption", "AES256"),
            ok("acme-logs: public access", "blocked"),
            ok(
                "acme-logs: policy",
                "the stack's: no plain HTTP, no other encryption, no customer-provided keys",
                "the stack's",
            ),
        ]);
        const asked = (bucket: string) =>
            context.sent.filter(([, { Bucket }]) => Bucket === bucket).map(([name]) => name);
        expect(asked("acme-in")).to.deep.equal(["HeadBucket", "GetBucketEncryption", "GetPublicAccessBlock"]);
        expect(asked("acme-logs")).to.have.members([...asked("acme-in"), "GetBucketPolicy"]);
        expect(context.sent.filter(([, { AccountId }]) => AccountId)).to.deep.equal([]);
    });

    /** The public access block of a bucket, or of the whole account. */
    const blocks = (of: Readonly<Record<string, object>>): Answers => ({
        GetPublicAccessBlock: (input) => {
            const PublicAccessBlockConfiguration = of[String(input.Bucket ?? input.AccountId)];
            if (input.AccountId && !PublicAccessBlockConfiguration) {
                throw refusal("NoSuchPublicAccessBlockConfiguration");
            }
            return PublicAccessBlockConfiguration
                ? { PublicAccessBlockConfiguration }
                : (SOUND.GetPublicAccessBlock?.(input) ?? {});
        },
    });
    const half = { BlockPublicAcls: true, IgnorePublicAcls: true };
    const ofTheirs: readonly (readonly [title: string, Answers, ...Finding[]])[] = [
        [
            "a bucket that is gone, once",
            otherwise("HeadBucket", "acme-in", () => {
                throw refusal("NotFound");
            }),
            ["failed", "bucket acme-in: region", "no such bucket"],
        ],
        [
            "a bucket of another region",
            otherwise("HeadBucket", "acme-in", () => ({ BucketRegion: "us-east-1" })),
            ["warning", "bucket acme-in: region", "us-east-1"],
        ],
        [
            "customer-provided keys, where no policy of the stack's refuses them",
            {
                GetBucketEncryption: ({ Bucket }) =>
                    encryption({ SSEAlgorithm: "AES256" }, [
                        String(Bucket).startsWith("acme") ? "NONE" : "SSE-C",
                    ]),
            },
            ["warning", "bucket acme-in: blocked encryption", "NONE"],
        ],
        [
            "what may become public, whatever the account blocks of it",
            {
                ...blocks({ "acme-in": half, "000000000000": { BlockPublicPolicy: true } }),
                GetBucketPolicyStatus: () => {
                    throw refusal("NoSuchBucketPolicy");
                },
            },
            ["warning", "bucket acme-in: public access", "without RestrictPublicBuckets"],
        ],
        [
            "what may become public, and is not",
            {
                ...blocks({ "acme-in": half }),
                GetBucketPolicyStatus: () => ({ PolicyStatus: { IsPublic: false } }),
            },
            ["warning", "bucket acme-in: public access", "without BlockPublicPolicy, RestrictPublicBuckets"],
        ],
        [
            "what is public",
            {
                ...blocks({ "acme-in": half }),
                GetBucketPolicyStatus: () => ({ PolicyStatus: { IsPublic: true } }),
            },
            [
                "warning",
                "bucket acme-in: public access",
                "without BlockPublicPolicy, RestrictPublicBuckets; its policy makes it public",
            ],
        ],
        [
            "nothing wrong with what the account alone blocks",
            blocks({
                "acme-in": { RestrictPublicBuckets: true },
                "000000000000": { ...half, BlockPublicPolicy: true },
            }),
        ],
    ];
    for (const [title, answers, ...expected] of ofTheirs) {
        it(`fails for an existing bucket with ${title}`, async () => {
            expect(findings(await run(answers, existing))).to.deep.equal(expected);
        });
    }

    it("says how to fix an existing bucket", async () => {
        const checks = await run(
            {
                ...blocks({ "acme-in": half }),
                ...otherwise("HeadBucket", "acme-in", () => ({ BucketRegion: "us-east-1" })),
                ...otherwise("GetBucketEncryption", "acme-in", () => {
                    throw refusal("ServerSideEncryptionConfigurationNotFoundError");
                }),
                GetBucketPolicyStatus: () => ({}),
            },
            existing,
        );
        expect(checks.filter(({ status }) => status !== "ok").map(({ remedy }) => remedy)).to.deep.equal([
            "a bucket in eu-west-1 for its locations in emrEtlRunner.aws.s3.buckets: s3-dist-cp is given that region's endpoint, and finds no other's",
            ENCRYPT,
            `aws s3api put-bucket-encryption --bucket acme-in --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]}}]}'`,
            "aws s3api put-public-access-block --bucket acme-in --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        ]);
    });

    it("fails for settings that the stack made, and warns about others", async () => {
        const answers: Answers = {
            GetBucketEncryption: (input) =>
                String(input.Bucket).startsWith("acme")
                    ? encryption(kms)
                    : (SOUND.GetBucketEncryption?.(input) ?? {}),
            ...otherwise("GetBucketPolicy", "acme-logs", () => {
                throw refusal("NoSuchBucketPolicy");
            }),
        };
        const found = "aws:kms under arn:aws:kms:eu-west-1:1:key/2";
        const on = (bucket: string) => ({
            on: `bucket ${bucket}: default encryption`,
            expected: "AES256",
            found,
        });
        const checks = await run(answers, existing);
        expect(checks.filter(({ status }) => status !== "ok")).to.deep.equal([
            { status: "warning", ...on("acme-in"), remedy: ENCRYPT },
            {
                status: "warning",
                on: "bucket acme-in: blocked encryption",
                expected: "SSE-C",
                found: "none",
                // The stack does not change the default encryption.
                remedy: `aws s3api put-bucket-encryption --bucket acme-in --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"arn:aws:kms:eu-west-1:1:key/2"},"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]}}]}'`,
            },
            { status: "failed", ...on("acme-logs"), remedy: UP },
            {
                status: "failed",
                on: "bucket acme-logs: policy",
                expected: "the stack's: no plain HTTP, no other encryption, no customer-provided keys",
                found: "none",
                remedy: UP,
            },
        ]);
    });

    it("warns about a bucket of another account that it cannot read", async () => {
        const answers = {
            ...otherwise("HeadBucket", "acme-in", denied),
            ...otherwise("GetBucketEncryption", "acme-in", denied),
            ...otherwise("GetPublicAccessBlock", "acme-in", denied),
        };
        expect(findings(await run(answers, existing)).map(([status, on]) => [status, on])).to.deep.equal([
            ["warning", "bucket acme-in: region"],
            ["warning", "bucket acme-in: default encryption"],
            ["warning", "bucket acme-in: public access"],
        ]);
    });

    for (const [command, reported] of [
        ["GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock on account 000000000000"],
        ["GetBucketPolicyStatus", "s3:GetBucketPolicyStatus on acme-in"],
    ] as const) {
        it(`names the permission that it needs for ${command}`, async () => {
            const { GetPublicAccessBlock } = blocks({ "acme-in": half });
            const answers: Answers = {
                GetPublicAccessBlock: (input) =>
                    input.AccountId && command === "GetPublicAccessBlock"
                        ? denied()
                        : (GetPublicAccessBlock?.(input) ?? {}),
                GetBucketPolicyStatus: denied,
            };
            const [permission] = reported.split(" ");
            expect((await run(answers, existing)).filter(({ status }) => status !== "ok")).to.deep.equal([
                {
                    status: "warning",
                    on: "bucket acme-in: public access",
                    expected: "blocked",
                    found: `no answer: ${reported}: AccessDenied: Access Denied. These credentials need ${permission} on it.`,
                    remedy: `run this with credentials that have ${permission}`,
                },
            ]);
        });
    }
});
