import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
    CreateBucketCommand,
    DeleteBucketCommand,
    DeleteBucketEncryptionCommand,
    DeleteBucketOwnershipControlsCommand,
    DeleteBucketPolicyCommand,
    DeleteObjectCommand,
    DeletePublicAccessBlockCommand,
    PutBucketOwnershipControlsCommand,
    PutBucketPolicyCommand,
    PutBucketVersioningCommand,
    PutObjectCommand,
    PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import {
    DeletePublicAccessBlockCommand as DeleteAccountPublicAccessBlockCommand,
    PutPublicAccessBlockCommand as PutAccountPublicAccessBlockCommand,
} from "@aws-sdk/client-s3-control";
import { expect } from "chai";
import { awsClients } from "../../commands/aws";
import { EXIT } from "../../commands/cli";
import { type VerifyOptions, verify } from "../../commands/verify";
import { assetUrls } from "../../commands/verify/assets";
import type { Check } from "../../commands/verify/check";
import { parseObjectUrl } from "../../commands/verify/s3-object";
import { bucketPolicy } from "../../components/policies/bucket";
import type { Finding } from "../commands/verify/context";
import { MINIMAL, REGION } from "../support/run";
import { streams } from "../support/streams";
import { TlsProvider } from "../support/tls-provider";
import { deployStack } from "./deploy";
import { ACCOUNT, reset } from "./moto";
import { OTHER_KEY, Planted } from "./planted";

const DAY = 86_400_000;

interface Defect {
    readonly title: string;
    readonly plant?: (planted: Planted) => Promise<unknown>;
    readonly options?: (planted: Planted) => VerifyOptions;
    /** Changes the stack's outputs. */
    readonly outputs?: (planted: Planted) => Readonly<Record<string, unknown>>;
    /** Days to move the clock ahead. */
    readonly later?: number;
    readonly findings: (planted: Planted) => readonly Finding[];
}

const ARCHIVE = "emr-storage-archive";
const PIPELINE = "emr-storage-pipeline";

describe("verify of a stack in moto", function () {
    this.slow(10_000);
    /** Certificates have whole seconds only. */
    const start = Math.floor(Date.now() / 1000) * 1000;
    /** The same keys and certificates in every test, because creating them is slow. */
    const tls = certificatesOf(REGION, start);
    let folder: string;
    let planted: Planted;
    /** Another stack's archive. */
    let others: Readonly<Record<string, Uint8Array>>;
    let othersKey: string;

    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "verify-"));
        await reset();
        const tlsOfTheirs = certificatesOf("us-east-2", start);
        const theirs = new Planted(
            await deployStack(MINIMAL, { region: "us-east-2", tls: tlsOfTheirs }),
            folder,
        );
        others = await theirs.archiveFiles();
        othersKey = parseObjectUrl("theirs", theirs.archiveUrl).key;
        const { s3 } = awsClients(REGION);
        for (const Bucket of ["snowplow-hosted-assets", "acme-in", "acme-logs"]) {
            const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
            await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
        }
    });

    after(() => rmSync(folder, { recursive: true }));

    /** Another stack each time, next to the earlier ones: resetting moto is as slow as creating one. */
    beforeEach(async () => {
        planted = new Planted(await deployStack(MINIMAL, { tls }), folder);
        for (const url of assetUrls(String(planted.stack.outputs.emrEtlRunnerConfig), REGION)) {
            const { bucket, key } = parseObjectUrl("asset", url);
            await planted.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "x" }));
        }
        // As S3 creates buckets since April 2026.
        for (const name of ["acme-in", "acme-logs"]) {
            await planted.encryptBucket(name, {});
            await planted.s3.send(publicAccess(name, {}));
            await planted.s3.send(new DeleteBucketPolicyCommand({ Bucket: name }));
        }
    });

    async function run(
        options: VerifyOptions = {},
        { outputs = {}, later = 0 }: { readonly outputs?: object; readonly later?: number } = {},
    ) {
        const io = streams(JSON.stringify({ ...planted.stack.outputs, ...outputs }));
        const now = new Date(start + later * DAY);
        const exit = await verify({ ...options, json: true }, io.streams, undefined, now);
        const { stdout, stderr } = await io.written();
        expect(stderr).to.equal("");
        expect(stdout).not.to.match(/BEGIN [A-Z ]*PRIVATE/);
        const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
        const findings = checks.filter(({ status }) => status !== "ok");
        return { exit, checks, findings };
    }

    it("passes a stack, its objects and its config.yml", async () => {
        for (const key of ["enriched/run=1/part-0", "enriched/run=1/part-1", "raw/run=1/part-0"]) {
            await planted.s3.send(
                new PutObjectCommand({ Bucket: planted.bucket(ARCHIVE), Key: key, Body: "x" }),
            );
        }
        const { exit, checks, findings } = await run({ config: planted.config() });
        expect({ exit, findings }).to.deep.equal({ exit: EXIT.ok, findings: [] });
        expect(checks.filter(({ on }) => on.startsWith("location enriched.archive"))).to.deep.equal([
            {
                status: "ok",
                on: `location enriched.archive, s3://${planted.bucket(ARCHIVE)}/enriched/: objects`,
                expected: "all encrypted: SSE-S3, or a KMS key in storage.existingKmsKeyArns",
                found: "2 of 2 looked at: all encrypted",
            },
        ]);
    });

    const bucket = (name: string, of: string) => `bucket ${planted.bucket(name)}: ${of}`;
    const publicAccess = (Bucket: string, others: object) =>
        new PutPublicAccessBlockCommand({
            Bucket,
            PublicAccessBlockConfiguration: {
                BlockPublicAcls: true,
                BlockPublicPolicy: true,
                IgnorePublicAcls: true,
                RestrictPublicBuckets: true,
                ...others,
            },
        });
    const policy = (Bucket: string, change: (statements: object[]) => object[]) => {
        const document = bucketPolicy(`arn:aws:s3:::${Bucket}`, "AES256");
        const Policy = JSON.stringify({ ...document, Statement: change([...document.Statement]) });
        return new PutBucketPolicyCommand({ Bucket, Policy });
    };
    const ownership = (Bucket: string, ObjectOwnership: "ObjectWriter") =>
        new PutBucketOwnershipControlsCommand({
            Bucket,
            OwnershipControls: { Rules: [{ ObjectOwnership }] },
        });
    const versioning = (Bucket: string, Status: "Enabled" | "Suspended") =>
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } });
    const archive = (of: string) => `archive ${planted.archiveUrl}: ${of}`;
    const config = (of: string) => `config.yml ${path.join(folder, "config.yml")}${of}`;
    const pem = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
    const day = (days: number) => new Date(start + days * DAY).toISOString().slice(0, 10);

    /** A stack with existing buckets, of which it configures one. */
    const withTheirs = ({ stack: { outputs } }: Planted) => ({
        buckets: {
            ...(outputs.buckets as object),
            "raw.in": ["s3://acme-in/one/", "s3://acme-in/two/"],
            log: "s3://acme-logs/",
        },
        forCommands: {
            ...(outputs.forCommands as object),
            encryptedExistingBuckets: ["acme-logs"],
            policiesOnExistingBuckets: ["acme-logs"],
        },
    });

    it("passes existing buckets as S3 creates them", async () => {
        await planted.s3.send(policy("acme-logs", (statements) => statements));
        const { exit, checks, findings } = await run({}, { outputs: withTheirs(planted) });
        expect({ exit, findings }).to.deep.equal({ exit: EXIT.ok, findings: [] });
        expect(checks.filter(({ on }) => on.startsWith("bucket acme")).map(({ on }) => on)).to.deep.equal([
            "bucket acme-in: region",
            "bucket acme-in: default encryption",
            "bucket acme-in: blocked encryption",
            "bucket acme-in: public access",
            "bucket acme-logs: region",
            "bucket acme-logs: default encryption",
            "bucket acme-logs: public access",
            "bucket acme-logs: policy",
        ]);
    });

    it("passes existing buckets whose public access the account blocks", async () => {
        const { s3Control } = planted.stack.aws;
        const { PublicAccessBlockConfiguration } = publicAccess("acme-in", {}).input;
        await planted.s3.send(policy("acme-logs", (statements) => statements));
        await planted.s3.send(publicAccess("acme-in", { BlockPublicAcls: false }));
        await s3Control.send(
            new PutAccountPublicAccessBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration }),
        );
        try {
            const { exit, findings } = await run({}, { outputs: withTheirs(planted) });
            expect({ exit, findings }).to.deep.equal({ exit: EXIT.ok, findings: [] });
        } finally {
            await s3Control.send(new DeleteAccountPublicAccessBlockCommand({ AccountId: ACCOUNT }));
        }
    });

    const defects: readonly Defect[] = [
        {
            title: "a deleted bucket",
            plant: (it) => it.s3.send(new DeleteBucketCommand({ Bucket: it.bucket("emr-storage-logs") })),
            findings: (it) => [
                ["failed", bucket("emr-storage-logs", "region"), "no such bucket"],
                [
                    "failed",
                    `location log, s3://${it.bucket("emr-storage-logs")}/emr/: objects`,
                    `no answer: s3:ListBucket on ${it.bucket("emr-storage-logs")}: NoSuchBucket: The specified bucket does not exist`,
                ],
            ],
        },
        {
            title: "a bucket that encrypts by default under a KMS key",
            plant: (it) => it.encryptBucket(it.bucket(ARCHIVE), { key: OTHER_KEY }),
            findings: () => [["failed", bucket(ARCHIVE, "default encryption"), `aws:kms under ${OTHER_KEY}`]],
        },
        {
            title: "a bucket without default encryption",
            plant: (it) => it.s3.send(new DeleteBucketEncryptionCommand({ Bucket: it.bucket(PIPELINE) })),
            findings: () => [
                ["failed", bucket(PIPELINE, "default encryption"), "none"],
                ["failed", bucket(PIPELINE, "blocked encryption"), "none"],
            ],
        },
        {
            title: "a bucket that accepts SSE-C",
            plant: (it) => it.encryptBucket(it.bucket(PIPELINE), { blocked: "NONE" }),
            findings: () => [["failed", bucket(PIPELINE, "blocked encryption"), "NONE"]],
        },
        {
            title: "a bucket that may become public",
            plant: (it) =>
                it.s3.send(
                    publicAccess(it.bucket(ARCHIVE), { BlockPublicAcls: false, BlockPublicPolicy: false }),
                ),
            findings: () => [
                ["failed", bucket(ARCHIVE, "public access"), "without BlockPublicAcls, BlockPublicPolicy"],
            ],
        },
        {
            title: "a bucket whose public access is not blocked at all",
            plant: (it) => it.s3.send(new DeletePublicAccessBlockCommand({ Bucket: it.bucket(ARCHIVE) })),
            findings: () => [
                [
                    "failed",
                    bucket(ARCHIVE, "public access"),
                    "without BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets",
                ],
            ],
        },
        {
            title: "a bucket without a policy",
            plant: (it) => it.s3.send(new DeleteBucketPolicyCommand({ Bucket: it.bucket(ARCHIVE) })),
            findings: () => [["failed", bucket(ARCHIVE, "policy"), "none"]],
        },
        {
            title: "a policy that lacks a statement, and has another",
            plant: (it) =>
                it.s3.send(
                    policy(it.bucket(ARCHIVE), ([first, ...others]) => [
                        { ...first, Sid: "Public", Effect: "Allow" },
                        ...others,
                    ]),
                ),
            findings: () => [
                ["failed", bucket(ARCHIVE, "policy"), "missing DenyPlainHttp, additional Public"],
            ],
        },
        {
            title: "a policy with a statement that was changed",
            plant: (it) =>
                it.s3.send(
                    policy(it.bucket(ARCHIVE), ([first, ...others]) => [
                        { ...first, Action: "s3:Get*" },
                        ...others,
                    ]),
                ),
            findings: () => [["failed", bucket(ARCHIVE, "policy"), "changed DenyPlainHttp"]],
        },
        {
            title: "a bucket whose objects belong to their writers",
            plant: (it) => it.s3.send(ownership(it.bucket(ARCHIVE), "ObjectWriter")),
            findings: () => [["failed", bucket(ARCHIVE, "object ownership"), "ObjectWriter"]],
        },
        {
            title: "a bucket without ownership controls",
            plant: (it) =>
                it.s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket: it.bucket(ARCHIVE) })),
            findings: () => [["failed", bucket(ARCHIVE, "object ownership"), "none"]],
        },
        {
            title: "an archive without versioning",
            plant: (it) => it.s3.send(versioning(it.bucket(ARCHIVE), "Suspended")),
            findings: () => [["failed", bucket(ARCHIVE, "versioning"), "Suspended"]],
        },
        {
            title: "a pipeline bucket with versioning",
            plant: (it) => it.s3.send(versioning(it.bucket(PIPELINE), "Enabled")),
            findings: () => [["warning", bucket(PIPELINE, "versioning"), "Enabled"]],
        },
        {
            title: "existing buckets with other encryption and without the policy",
            plant: async (it) => {
                for (const name of ["acme-in", "acme-logs"]) {
                    await it.encryptBucket(name, { key: OTHER_KEY });
                }
            },
            outputs: withTheirs,
            findings: () => [
                ["warning", "bucket acme-in: default encryption", `aws:kms under ${OTHER_KEY}`],
                ["failed", "bucket acme-logs: default encryption", `aws:kms under ${OTHER_KEY}`],
                ["failed", "bucket acme-logs: policy", "none"],
            ],
        },
        {
            title: "an existing bucket that accepts SSE-C",
            plant: (it) => it.encryptBucket("acme-in", { blocked: "NONE" }),
            outputs: withTheirs,
            findings: () => [
                ["warning", "bucket acme-in: blocked encryption", "NONE"],
                ["failed", "bucket acme-logs: policy", "none"],
            ],
        },
        {
            title: "an existing bucket that is public, and one that may become public",
            plant: async (it) => {
                await it.s3.send(new DeletePublicAccessBlockCommand({ Bucket: "acme-in" }));
                await it.s3.send(publicAccess("acme-logs", { RestrictPublicBuckets: false }));
                const read = { Effect: "Allow", Principal: "*", Action: "s3:GetObject" };
                await it.s3.send(
                    new PutBucketPolicyCommand({
                        Bucket: "acme-in",
                        Policy: JSON.stringify({
                            Version: "2012-10-17",
                            Statement: [{ Sid: "Everybody", ...read, Resource: "arn:aws:s3:::acme-in/*" }],
                        }),
                    }),
                );
            },
            outputs: withTheirs,
            findings: () => [
                [
                    "warning",
                    "bucket acme-in: public access",
                    "without BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets; its policy makes it public",
                ],
                ["warning", "bucket acme-logs: public access", "without RestrictPublicBuckets"],
                ["failed", "bucket acme-logs: policy", "none"],
            ],
        },
        {
            title: "an existing bucket of another region, and a deleted one",
            plant: async (it) => {
                await awsClients("us-east-1").s3.send(new CreateBucketCommand({ Bucket: "acme-far" }));
                await it.encryptBucket("acme-far", {});
                await it.s3.send(publicAccess("acme-far", {}));
            },
            outputs: (it) => {
                const outputs = withTheirs(it);
                const buckets = {
                    ...outputs.buckets,
                    "raw.archive": "s3://acme-gone/",
                    log: "s3://acme-far/",
                };
                return { ...outputs, buckets };
            },
            findings: () => [
                ["failed", "bucket acme-gone: region", "no such bucket"],
                ["warning", "bucket acme-far: region", "us-east-1"],
                ["failed", "bucket acme-logs: policy", "none"],
                [
                    "failed",
                    "location raw.archive, s3://acme-gone/: objects",
                    "no answer: s3:ListBucket on acme-gone: NoSuchBucket: The specified bucket does not exist",
                ],
            ],
        },
        {
            title: "objects that are not encrypted",
            plant: (it) =>
                it.putUnencrypted(
                    it.bucket(ARCHIVE),
                    ...[1, 2, 3, 4, 5].map((run) => `enriched/run=${run}/part-0`),
                ),
            findings: (it) => [
                [
                    "failed",
                    `location enriched.archive, s3://${it.bucket(ARCHIVE)}/enriched/: objects`,
                    "5 of 5 looked at: 5 not encrypted: enriched/run=1/part-0, enriched/run=2/part-0, enriched/run=3/part-0 and 2 more",
                ],
            ],
        },
        {
            title: "objects under a key that the cluster may not use",
            plant: async (it) => {
                await it.putUnder(it.bucket(ARCHIVE), "raw/a", OTHER_KEY);
                await it.putUnder(it.bucket(ARCHIVE), "raw/b", it.keyArn);
            },
            outputs: (it) => ({
                forCommands: { ...(it.stack.outputs.forCommands as object), existingKmsKeyArns: [it.keyArn] },
            }),
            findings: (it) => [
                [
                    "warning",
                    `location raw.archive, s3://${it.bucket(ARCHIVE)}/raw/: objects`,
                    "2 of 2 looked at: 1 under a KMS key that is not in storage.existingKmsKeyArns: raw/a",
                ],
            ],
        },
        {
            title: "an archive that is not under the key",
            plant: async (it) => it.putArchive(await it.archiveBytes(), null),
            findings: () => [["failed", archive("encryption"), "AES256"]],
        },
        {
            title: "a missing archive",
            plant: (it) => it.deleteArchive(),
            findings: (it) => [["failed", `archive ${it.archiveUrl}`, "no such object"]],
        },
        {
            title: "an archive that is not a ZIP file",
            plant: (it) => it.putArchive(Buffer.from("no archive")),
            findings: () => [["failed", archive("files"), "no ZIP archive with files in it"]],
        },
        {
            title: "an archive whose files are in a folder",
            plant: (it) =>
                it.changeArchive((files) => ({
                    "privateKey.pem": undefined,
                    "tls/privateKey.pem": files["privateKey.pem"],
                })),
            findings: () => [
                [
                    "failed",
                    archive("files"),
                    "certificateChain.pem, tls/privateKey.pem, trustedCertificates.pem",
                ],
            ],
        },
        {
            title: "an archive with another file",
            plant: (it) => it.changeArchive(() => ({ "README.md": "x" })),
            findings: () => [
                [
                    "warning",
                    archive("files"),
                    "README.md, certificateChain.pem, privateKey.pem, trustedCertificates.pem",
                ],
            ],
        },
        {
            title: "a private key in another form",
            plant: (it) =>
                it.changeArchive((files) => ({
                    "privateKey.pem": createPrivateKey(pem(files["privateKey.pem"])).export({
                        type: "pkcs1",
                        format: "pem",
                    }),
                })),
            findings: () => [["failed", archive("private key"), "the certificate's, in another form"]],
        },
        {
            title: "another certificate's private key",
            plant: (it) => it.changeArchive(() => ({ "privateKey.pem": others["privateKey.pem"] })),
            findings: () => [["failed", archive("private key"), "a key of another certificate"]],
        },
        {
            title: "another certificate in the archive, for another region's host names",
            plant: (it) => it.changeArchive(() => others),
            findings: () => [
                [
                    "failed",
                    archive("names"),
                    "a certificate with the alternative names DNS:*.us-east-2.compute.internal",
                ],
                ["failed", archive("name"), othersKey],
            ],
        },
        {
            title: "authorities that did not sign the certificate",
            plant: (it) =>
                it.changeArchive(() => ({ "trustedCertificates.pem": others["trustedCertificates.pem"] })),
            findings: () => [
                [
                    "failed",
                    archive("chain"),
                    "no authority that signed CN=snowplow-dev EMR nodes CA, the chain's last certificate",
                ],
            ],
        },
        {
            title: "a certificate that should have been renewed",
            later: 335,
            findings: () => [["warning", "the nodes' certificate: end", `${day(365)}, in 30 days`]],
        },
        {
            title: "a certificate that ends within days",
            later: 358,
            findings: () => [["failed", "the nodes' certificate: end", `${day(365)}, in 7 days`]],
        },
        {
            title: "a certificate that has ended, and an authority that is about to",
            later: 3640,
            findings: () => [
                ["failed", "the nodes' certificate: end", `ended on ${day(365)}`],
                ["warning", "the nodes' authorities: end", `${day(3650)}, in 10 days`],
            ],
        },
        {
            title: "a certificate's end without reading the archive",
            later: 335,
            options: () => ({ archive: false, warnDays: 100, failDays: 40 }),
            findings: () => [["failed", "the nodes' certificate: end", `${day(365)}, in 30 days`]],
        },
        {
            title: "a deleted bootstrap script",
            plant: (it) =>
                it.s3.send(
                    new DeleteObjectCommand({
                        Bucket: "snowplow-hosted-assets",
                        Key: "common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
                    }),
                ),
            findings: () => [
                [
                    "failed",
                    "asset s3://snowplow-hosted-assets/common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
                    "no such object",
                ],
            ],
        },
        {
            title: "a config.yml of an earlier security configuration, on a larger cluster",
            options: (it) => ({
                config: it.config((text) =>
                    text
                        .replace(/security_configuration: .*/, 'security_configuration: "an-earlier-one"')
                        .replace("core_instance_count: 2", "core_instance_count: 20"),
                ),
            }),
            findings: () => [
                ["failed", config(": aws.emr.security_configuration"), '"an-earlier-one"'],
                ["warning", config(": aws.emr.jobflow.core_instance_count"), "20"],
            ],
        },
    ];

    for (const { title, plant, options, outputs, later, findings } of defects) {
        it(`finds ${title}`, async () => {
            await plant?.(planted);
            const result = await run(options?.(planted), { outputs: outputs?.(planted), later });
            const told = result.findings.map(({ status, on, found }): Finding => [status, on, found]);
            expect(told).to.deep.equal(findings(planted));
            expect(result.exit).to.equal(
                told.some(([status]) => status === "failed") ? EXIT.failed : EXIT.attention,
            );
            expect(result.findings.filter(({ remedy }) => !remedy)).to.deep.equal([]);
        });
    }
});

function certificatesOf(region: string, now: number): TlsProvider {
    return Object.assign(new TlsProvider(region), { now: new Date(now) });
}
