import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execute, type Streams } from "../../../commands/cli";
import {
    type EncryptExistingOptions,
    encryptExisting,
    encryptExistingCommand,
} from "../../../commands/encrypt-existing";
import { scriptArgs } from "../../bench/peak-memory";
import { resolveControlHost } from "../../support/control-host";
import { etagOf, FakeS3, type StoredObject } from "../../support/fake-s3";
import { MINIMAL, runStack } from "../../support/run";
import { streams } from "../../support/streams";

const ROOT = path.join(__dirname, "../../..");
const ARCHIVE = "snowplow-dev-archive-placeholder";
const PIPELINE = "snowplow-dev-pipeline-placeholder";
const COLLECTOR = "snowplow-dev-collector-placeholder";
const LOGS = "snowplow-dev-logs-placeholder";
const STACK = "snowplow-emr-encryption/dev";
const RECORDS = `${LOGS}/emr/encrypt-existing/runs/${STACK}`;
const RUN = "20260101T000000Z-abcd";
const JOBS = /^\/v20180820\/jobs$/;
const CONFIRM = /requestedJobStatus=Ready/;
const GIB = 2 ** 30;
const DENIED = { status: 403, code: "AccessDenied" } as const;
const [OK, ATTENTION, FAILED] = [0, 1, 2];

/** An unencrypted object with everything that a copy must keep. */
const OLD: StoredObject = {
    size: 1000,
    headers: {
        "content-type": "text/plain",
        "content-encoding": "gzip",
        "cache-control": "no-cache",
        "x-amz-meta-source": "collector",
    },
    tags: { team: "data" },
};
const NEW: StoredObject = { ...OLD, encrypted: true };

/** The calls of a run on a bucket without versioning. */
const READS = [
    /^POST \/$/,
    /^GET .*list-type=2.*runs/,
    /\?versioning/,
    /\?requestPayment/,
    /\?notification/,
    /\?replication/,
    /\?object-lock/,
    /\?ownershipControls/,
    /\?intelligent-tiering/,
    /\?lifecycle/,
    /^GET .*list-type=2.*prefix=raw/,
    /^HEAD .*raw/,
    /\?tagging/,
    /^GET .*\/jobs\/job-1/,
    /^GET .*manifest\.json/,
    /^GET .*results\/succeeded\.csv/,
    /^GET .*objects\.ndjson/,
];
const WRITES = [
    /^POST .*manifest\.csv\?uploads/,
    /^PUT .*manifest\.csv/,
    /^POST .*manifest\.csv\?uploadId/,
    /^POST .*\/jobs$/,
    /^PUT .*confirmed\.json/,
    CONFIRM,
    /^PUT .*outcome\.json/,
];

interface Situation {
    readonly title: string;
    readonly given?: (s3: FakeS3, interrupt: () => void | Promise<void>) => void;
    readonly args?: readonly string[];
    /** A second run, after the first one. */
    readonly again?: readonly string[];
    readonly between?: (s3: FakeS3) => void;
    /** Run the command in a process of its own, which `interrupt` sends this; with AS_PROCESSES=1, all situations run so. */
    readonly asProcess?: NodeJS.Signals;
    readonly exit: number;
    /** What the last run prints on either stream. */
    readonly prints?: readonly (string | RegExp)[];
    readonly omits?: readonly (string | RegExp)[];
    readonly check?: (s3: FakeS3, stdout: string) => void;
}

const raw = (s3: FakeS3, keys: readonly string[], object: StoredObject = OLD) => {
    for (const key of keys) {
        s3.objects.set(`${ARCHIVE}/raw/${key}`, object);
    }
};
const isEncrypted = (s3: FakeS3, key: string) => s3.objects.get(`${ARCHIVE}/raw/${key}`)?.encrypted ?? false;
const confirmed = (s3: FakeS3) => s3.sent("POST", CONFIRM).length;
const copiesNothing = (s3: FakeS3) => expect(confirmed(s3)).to.equal(0);
const writesNothing = (s3: FakeS3) => {
    copiesNothing(s3);
    expect(
        s3.requests.filter(({ method, url }) => method === "PUT" || (method === "POST" && JOBS.test(url))),
    ).to.deep.equal([]);
};
const record = (s3: FakeS3, name: string, body: object | string) =>
    s3.objects.set(`${RECORDS}/${name}`, {
        size: 1,
        encrypted: true,
        body: typeof body === "string" ? body : JSON.stringify(body),
    });
const setting = (s3: FakeS3, name: string, body: string) => s3.settings.set(`${ARCHIVE}?${name}`, body);
const YES = ["--yes", "--location", "raw.archive"];
const RAW = ["--location", "raw.archive"];

const SITUATIONS: readonly Situation[] = [
    // What is copied
    {
        title: "an estimate counts by bucket and storage class, states its requests, and writes nothing",
        given: (s3) => {
            raw(s3, ["a", "b"]);
            raw(s3, ["encrypted"], NEW);
            raw(s3, ["after-2023"], { ...OLD, modified: "2023-04-01T00:00:00Z" });
            s3.objects.set(`${ARCHIVE}/shredded/c`, { ...OLD, storageClass: "STANDARD_IA" });
        },
        exit: ATTENTION,
        prints: [
            `${ARCHIVE}, STANDARD: a job for 2 objects without encryption\n`,
            `${ARCHIVE}, STANDARD_IA: a job for 1 object without encryption\n`,
            "This survey made at least 1 LIST, 4 HEAD and 3 GET (tagging) requests; --yes makes the same, then 2 jobs with 3 objects, as many COPY, HEAD and GET (tagging) requests.",
            "https://aws.amazon.com/s3/pricing/",
        ],
        check: writesNothing,
    },
    {
        title: "empty locations are a success without a job",
        args: ["--yes"],
        exit: OK,
        prints: ["No unencrypted object that S3 Batch Operations can copy.\n"],
        check: writesNothing,
    },
    {
        title: "a run copies exactly the unencrypted objects of the chosen locations, and keeps what they have",
        asProcess: "SIGINT",
        given: (s3) => {
            raw(s3, ['a b+c%,"é', "line\nbreak\u0001"]);
            raw(s3, ["encrypted"], NEW);
            s3.objects.set(`${ARCHIVE}/elsewhere/d`, OLD).set(`${ARCHIVE}/shredded/e`, OLD);
        },
        args: YES,
        exit: OK,
        prints: [
            `${ARCHIVE}, STANDARD: 2 of 2 objects copied, 0 changed since the survey, 0 failed; 2 encrypted with all their metadata and tags (job job-1, run `,
        ],
        check: (s3) => {
            expect([...s3.jobs.values()].map(({ tasks }) => tasks)).to.deep.equal([
                [`${ARCHIVE}/raw/a b+c%,"é`, `${ARCHIVE}/raw/line\nbreak\u0001`],
            ]);
            const [manifest] = s3.sent("POST", /manifest\.csv\?uploads/);
            expect(manifest?.headers["x-amz-server-side-encryption"]).to.equal("AES256");
            const { encrypted, ...kept } = s3.objects.get(`${ARCHIVE}/raw/a b+c%,"é`) ?? {};
            expect([encrypted, kept]).to.deep.equal([true, OLD]);
        },
    },
    {
        title: "a job has the form that S3 documents, and its manifest has the objects' keys",
        given: (s3) => raw(s3, ["a b", "c"], { ...OLD, storageClass: "GLACIER_IR" }),
        args: YES,
        exit: OK,
        check: (s3) => {
            const [request] = s3.sent("POST", JOBS);
            expect(request?.headers).to.include({ "x-amz-account-id": "000000000000" });
            const run = /jobs\/([^/]+)\/0-manifest/.exec(String(request?.body))?.[1] ?? "";
            const folder = `emr/encrypt-existing/jobs/${run}`;
            const manifest = s3.objects.get(`${LOGS}/${folder}/0-manifest.csv`)?.body;
            expect(manifest).to.equal(`${ARCHIVE},raw/a%20b\n${ARCHIVE},raw/c\n`);
            const body = String(request?.body)
                .replace(/^<\?xml.*?\?>/, "")
                .replace(/<ClientRequestToken>[0-9a-f-]{36}</, "<ClientRequestToken>TOKEN<")
                .replace(/<ETag>[0-9a-f]{32}</, "<ETag>MD5<");
            expect(body).to.equal(
                [
                    '<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">',
                    "<Operation><S3PutObjectCopy>",
                    `<TargetResource>arn:aws:s3:::${ARCHIVE}</TargetResource>`,
                    "<MetadataDirective>COPY</MetadataDirective>",
                    "<NewObjectMetadata><SSEAlgorithm>AES256</SSEAlgorithm></NewObjectMetadata>",
                    "<StorageClass>GLACIER_IR</StorageClass>",
                    "<UnModifiedSinceConstraint>2023-04-01T00:00:00Z</UnModifiedSinceConstraint>",
                    "</S3PutObjectCopy></Operation>",
                    `<Report><Enabled>true</Enabled><Bucket>arn:aws:s3:::${LOGS}</Bucket><Format>Report_CSV_20180820</Format><Prefix>${folder}</Prefix><ReportScope>AllTasks</ReportScope></Report>`,
                    "<Priority>10</Priority>",
                    "<RoleArn>arn:aws:iam::000000000000:role/snowplow-dev-reencrypt-placeholder</RoleArn>",
                    "<ConfirmationRequired>true</ConfirmationRequired>",
                    "<ClientRequestToken>TOKEN</ClientRequestToken>",
                    "<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format><Fields><member>Bucket</member><member>Key</member></Fields></Spec>",
                    `<Location><ObjectArn>arn:aws:s3:::${LOGS}/${folder}/0-manifest.csv</ObjectArn><ETag>MD5</ETag></Location></Manifest>`,
                    `<Description>encrypt-existing ${ARCHIVE} GLACIER_IR</Description>`,
                    "</CreateJobRequest>",
                ].join(""),
            );
        },
    },
    {
        title: "a first job of at most 20 objects comes before the rest, and a second run finds nothing",
        given: (s3) => {
            raw(
                s3,
                Array.from({ length: 1001 }, (_, index) => `${index}`),
                { ...OLD, modified: "2024-01-01T00:00:00Z" },
            );
            raw(
                s3,
                Array.from({ length: 45 }, (_, index) => `z${index}`),
            );
        },
        args: YES,
        again: YES,
        exit: OK,
        prints: ["No unencrypted object"],
        check: (s3) => expect([...s3.jobs.values()].map(({ tasks }) => tasks.length)).to.deep.equal([20, 25]),
    },
    {
        title: "a run copies objects with any key, size, ETag, header and tag that S3 allows, and reports no loss",
        given: (s3) => {
            s3.report = "spaces as plus signs";
            const keys = [
                "a+b",
                "a%2Bb",
                "a b",
                "é,\"'",
                "\u0001\n",
                "/lead",
                "a//b",
                "../c",
                ".",
                "folder/",
                "😀",
            ];
            raw(s3, [...keys, "k".repeat(1020)], { size: 0 });
            raw(s3, ["5 GB"], { ...OLD, size: 5 * GIB });
            raw(s3, ["multipart"], { ...OLD, headers: { etag: '"0123-2"' } });
            raw(s3, ["tags"], {
                ...OLD,
                tags: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`é ${index}`, "+=/"])),
            });
            raw(s3, ["headers"], {
                ...OLD,
                headers: {
                    "content-disposition": "attachment",
                    "content-language": "de",
                    expires: "tomorrow",
                    "x-amz-meta-name": "=?UTF-8?B?w6k=?=",
                    "x-amz-missing-meta": "1",
                },
            });
        },
        args: YES,
        exit: OK,
        prints: ["16 of 16 objects copied, 0 changed since the survey, 0 failed; 16 encrypted with all"],
        check: (s3) =>
            expect(s3.namesIn(ARCHIVE, "raw/").every((key) => isEncrypted(s3, key.slice(4)))).to.equal(true),
    },
    {
        title: "SSE-KMS, DSSE and SSE-C count as encrypted, and a deleted object is no object",
        given: (s3) => {
            raw(s3, ["kms", "gone"], { ...OLD, headers: { "x-amz-server-side-encryption": "aws:kms" } });
            raw(s3, ["dsse"], { ...OLD, headers: { "x-amz-server-side-encryption": "aws:kms:dsse" } });
            raw(s3, ["sse-c"]);
            s3.heads.set(`${ARCHIVE}/raw/sse-c`, [400, "InvalidRequest"]);
            s3.heads.set(`${ARCHIVE}/raw/gone`, [404, "NoSuchKey"]);
        },
        exit: OK,
    },
    {
        title: "a token that expires during the survey is an error, and not taken for SSE-C",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.heads.set(`${ARCHIVE}/raw/a`, [400, "ExpiredToken"]);
        },
        args: YES,
        exit: FAILED,
        prints: ["ExpiredToken"],
        check: writesNothing,
    },
    {
        title: "a HEAD request that S3 refuses, and a GET request that it answers, are an error, and not taken for SSE-C",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.refusals.push({ on: /^HEAD .*raw/, status: 400, code: "" });
        },
        args: YES,
        exit: FAILED,
        prints: [`s3:GetObject on s3://${ARCHIVE}/raw/a: HTTP 400`],
        check: writesNothing,
    },
    // What is not copied
    {
        title: "what S3 Batch Operations cannot copy is listed with the fix, and is not a success",
        given: (s3) => {
            raw(s3, ["it's large"], { ...OLD, size: 5 * GIB + 1 });
            raw(s3, ["large\n\u001b[2J"], { ...OLD, size: 6 * GIB, storageClass: "STANDARD_IA" });
            raw(s3, ["largest"], { ...NEW, size: 9 * GIB });
            raw(s3, ["deep"], { ...OLD, storageClass: "DEEP_ARCHIVE" });
            raw(s3, ["restoring"], {
                ...OLD,
                storageClass: "GLACIER",
                headers: { "x-amz-restore": 'ongoing-request="true"' },
            });
            raw(s3, ["tier"], {
                ...OLD,
                storageClass: "INTELLIGENT_TIERING",
                headers: { "x-amz-archive-status": "ARCHIVE_ACCESS" },
            });
            raw(s3, ["reduced"], { ...OLD, storageClass: "REDUCED_REDUNDANCY" });
            raw(s3, ["page"], { ...OLD, headers: { "x-amz-website-redirect-location": "/index.html" } });
            raw(s3, ["another account's"]);
            s3.heads.set(`${ARCHIVE}/raw/another account's`, [403, "AccessDenied"]);
        },
        args: YES,
        exit: ATTENTION,
        prints: [
            "Not copied: 2 objects over 5 GB",
            `  aws s3 cp 's3://${ARCHIVE}/raw/it'\\''s large' 's3://${ARCHIVE}/raw/it'\\''s large' --sse AES256 --storage-class STANDARD --copy-props default\n`,
            `  aws s3 cp $'s3://${ARCHIVE}/raw/large\\x0a\\x1b[2J' $'s3://${ARCHIVE}/raw/large\\x0a\\x1b[2J' --sse AES256 --storage-class STANDARD_IA`,
            "Not copied: 3 objects in an archive",
            "Not copied: 1 object in a storage class that S3 Batch Operations does not write",
            "Not copied: 1 object with a website redirect",
            "Not copied: 1 object not readable",
        ],
        omits: ["\u001b", "raw/largest"],
        check: writesNothing,
    },
    {
        title: "a restored object is copied in its storage class",
        given: (s3) =>
            raw(s3, ["a"], {
                ...OLD,
                storageClass: "GLACIER",
                headers: {
                    ...OLD.headers,
                    "x-amz-restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"',
                },
            }),
        args: YES,
        exit: OK,
        check: (s3) =>
            expect(s3.sent("POST", JOBS)[0]?.body).to.include("<StorageClass>GLACIER</StorageClass>"),
    },
    {
        title: "--list writes every object that is not copied to a new file",
        given: (s3) =>
            raw(
                s3,
                Array.from({ length: 12 }, (_, index) => `"${index}"`),
                { ...OLD, storageClass: "GLACIER" },
            ),
        args: ["--list", "LIST"],
        exit: ATTENTION,
        prints: ["Not copied: 12 objects in an archive", "… all of them: --list FILE"],
    },
    {
        title: "--list never overwrites a file",
        args: ["--list", "package.json"],
        exit: FAILED,
        prints: ["--list package.json: EEXIST: file already exists"],
    },
    // Versions
    {
        title: "with versioning, only current objects are copied, and the old versions are counted",
        given: (s3) => {
            raw(s3, ["a"]);
            raw(s3, ["b"], NEW);
            s3.oldVersions.push(
                [`${ARCHIVE}/raw/b`, { ...OLD, versionId: "old" }],
                [`${ARCHIVE}/raw/b`, { ...NEW, versionId: "older" }],
            );
            s3.oldVersions.push([`${ARCHIVE}/raw/deleted`, { ...OLD, versionId: "gone" }]);
            setting(
                s3,
                "versioning",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            );
            setting(
                s3,
                "lifecycle",
                "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter/><NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>",
            );
        },
        args: YES,
        exit: OK,
        prints: [
            `${ARCHIVE}: versioning: the unencrypted object stays as a noncurrent version`,
            new RegExp(
                `${ARCHIVE}: 3 unencrypted noncurrent versions; a lifecycle rule removes them by ${new Date(Date.now() + 31 * 86_400_000).toISOString().slice(0, 10)}`,
            ),
        ],
        check: (s3) => {
            expect([...s3.jobs.values()].map(({ tasks }) => tasks)).to.deep.equal([[`${ARCHIVE}/raw/a`]]);
            expect(s3.sent("POST", JOBS)[0]?.body).not.to.include("VersionId");
        },
    },
    {
        title: "a lifecycle rule that keeps some noncurrent versions does not remove all of them",
        given: (s3) => {
            s3.oldVersions.push([`${ARCHIVE}/raw/b`, { ...OLD, versionId: "old" }]);
            setting(
                s3,
                "versioning",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            );
            setting(
                s3,
                "lifecycle",
                "<LifecycleConfiguration><Rule><ID>some</ID><Status>Enabled</Status><Filter><Prefix>raw/</Prefix></Filter><NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>",
            );
        },
        args: RAW,
        exit: OK,
        prints: ["1 unencrypted noncurrent version; no lifecycle rule removes all of them"],
    },
    ...(
        [
            ["of some sizes", "<Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>", undefined],
            [
                "of some tags",
                "<Filter><And><Prefix></Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>",
                undefined,
            ],
            [
                "in a bucket with Object Lock",
                "<Filter/>",
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            ],
        ] as const
    ).map(
        ([which, filter, lock]): Situation => ({
            title: `a lifecycle rule for noncurrent versions ${which} does not remove all of them`,
            given: (s3) => {
                s3.oldVersions.push([`${ARCHIVE}/raw/b`, { ...OLD, versionId: "old" }]);
                setting(
                    s3,
                    "versioning",
                    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
                );
                setting(
                    s3,
                    "lifecycle",
                    `<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status>${filter}<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>`,
                );
                if (lock) {
                    setting(s3, "object-lock", lock);
                }
            },
            args: RAW,
            exit: OK,
            prints: ["1 unencrypted noncurrent version; no lifecycle rule removes all of them"],
        }),
    ),
    {
        title: "with versioning suspended, an object is not copied over an older null version",
        given: (s3) => {
            raw(s3, ["from-before"], { ...OLD, versionId: "v1" });
            raw(s3, ["null"], { ...OLD, versionId: "null" });
            setting(
                s3,
                "versioning",
                "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
            );
        },
        args: YES,
        exit: ATTENTION,
        prints: ["1 object current versions from before versioning was suspended"],
        check: (s3) =>
            expect([isEncrypted(s3, "from-before"), isEncrypted(s3, "null")]).to.deep.equal([false, true]),
    },
    {
        title: "more than a page of versions is listed",
        given: (s3) => {
            raw(
                s3,
                Array.from({ length: 1001 }, (_, index) => `${index}`),
                { ...OLD, modified: "2024-01-01T00:00:00Z" },
            );
            raw(s3, ["z"]);
            setting(
                s3,
                "versioning",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            );
        },
        args: RAW,
        exit: ATTENTION,
        prints: [`${ARCHIVE}, STANDARD: a job for 1 object without encryption`, "at least 2 LIST, 1 HEAD"],
    },
    // What else acts on the bucket
    {
        title: "the plan lists what a copy causes, and nothing is written before each effect is allowed",
        given: (s3) => {
            raw(s3, ["a"]);
            setting(
                s3,
                "notification",
                "<NotificationConfiguration><TopicConfiguration><Topic>arn:aws:sns:eu-west-1:1:t</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration><QueueConfiguration><Queue>arn:aws:sqs:eu-west-1:1:elsewhere</Queue><Event>s3:ObjectCreated:Copy</Event><Filter><S3Key><FilterRule><Name>Prefix</Name><Value>elsewhere/</Value></FilterRule></S3Key></Filter></QueueConfiguration><CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:eu-west-1:1:function:put</CloudFunction><Event>s3:ObjectCreated:Put</Event></CloudFunctionConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
            );
            setting(
                s3,
                "replication",
                "<ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Filter><Prefix>raw</Prefix></Filter><Destination><Bucket>arn:aws:s3:::replica</Bucket></Destination></Rule></ReplicationConfiguration>",
            );
            setting(
                s3,
                "object-lock",
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
            );
            setting(
                s3,
                "ownershipControls",
                "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
            );
            setting(
                s3,
                "intelligent-tiering",
                "<ListBucketIntelligentTieringConfigurationsOutput><IntelligentTieringConfiguration><Id>all</Id><Status>Enabled</Status></IntelligentTieringConfiguration></ListBucketIntelligentTieringConfigurationsOutput>",
            );
            setting(
                s3,
                "lifecycle",
                "<LifecycleConfiguration><Rule><ID>raw</ID><Status>Enabled</Status><Filter><Prefix>raw/2020/</Prefix></Filter><Expiration><Days>400</Days></Expiration><Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition></Rule><Rule><ID>off</ID><Status>Disabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule><Rule><ID>other</ID><Status>Enabled</Status><Prefix>other/</Prefix><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
            );
            setting(
                s3,
                "requestPayment",
                "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
            );
        },
        args: [...YES, "--allow", "replication"],
        exit: FAILED,
        prints: [
            "notifications: each copy sends s3:ObjectCreated:Copy to arn:aws:sns:eu-west-1:1:t; needs --allow events\n",
            "EventBridge: each copy sends an event Object Created, which rules may act on; needs --allow events\n",
            "replication: each copy is replicated to arn:aws:s3:::replica; needs --allow replication\n",
            "Object Lock: a copy has the bucket's default retention, but no legal hold",
            "ACLs: a copy has only the bucket owner's grant",
            "Intelligent-Tiering all: a copy starts in the Frequent Access tier",
            "lifecycle rule raw: its days start again with the copy: transition to GLACIER after 90 days, expiration after 400 days\n",
            "Requester Pays: ",
            "nothing was copied: add `--allow events object-lock acls` if these effects may happen",
        ],
        omits: ["sqs", "lambda", "rule off", "rule other"],
        check: writesNothing,
    },
    {
        title: "an effect on a bucket without objects to copy needs no consent",
        given: (s3) =>
            setting(
                s3,
                "ownershipControls",
                "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
            ),
        args: YES,
        exit: OK,
        prints: [
            "ACLs: a copy has only the bucket owner's grant; an object's other grants are lost; needs --allow acls",
        ],
    },
    {
        title: "allowed effects and Requester Pays do not prevent a run",
        given: (s3) => {
            raw(s3, ["a"]);
            setting(
                s3,
                "notification",
                "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
            );
            setting(
                s3,
                "requestPayment",
                "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>",
            );
        },
        args: [...YES, "--allow", "events"],
        exit: OK,
        check: (s3) => {
            expect(s3.sent("POST", JOBS)[0]?.body).to.include("<RequesterPays>true</RequesterPays>");
            const requests = [
                ...s3.sent("HEAD", /raw/),
                ...s3.sent("GET", /list-type.*prefix=raw|raw.*tagging/),
            ];
            expect(requests.map(({ headers }) => headers["x-amz-request-payer"])).to.deep.equal(
                requests.map(() => "requester"),
            );
        },
    },
    // Accounting
    {
        title: "failed tasks are reported by reason, with their keys; changed and deleted objects are counted",
        given: (s3) => {
            raw(s3, ["a\u001b", "b", "c", "d", "e"]);
            const denied = { status: 403, code: "AccessDenied", message: "Access, denied" };
            s3.taskFailures.set(`${ARCHIVE}/raw/a\u001b`, denied).set(`${ARCHIVE}/raw/b`, denied);
            s3.taskFailures.set(`${ARCHIVE}/raw/c`, { status: 412, code: "PreconditionFailed", message: "" });
            s3.hooks.push({
                on: CONFIRM,
                run: () => {
                    s3.objects.delete(`${ARCHIVE}/raw/d`);
                    s3.objects.set(`${ARCHIVE}/raw/c`, { ...NEW, size: 5 });
                },
            });
        },
        args: YES,
        exit: FAILED,
        prints: [
            "1 of 5 objects copied, 2 changed since the survey, 2 failed; 1 encrypted with all",
            "  failed 2 times: 403 AccessDenied Access, denied: raw/a\\u{1b}, raw/b\n",
            "  still unencrypted: 2 objects\n",
            `    s3://${ARCHIVE}/raw/a\\u{1b}\n`,
        ],
    },
    {
        title: "a task that reports a change, on an object that is still unencrypted, is not a success",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.taskFailures.set(`${ARCHIVE}/raw/a`, { status: 412, code: "PreconditionFailed", message: "" });
        },
        args: YES,
        exit: ATTENTION,
        prints: ["  still unencrypted: 1 object\n"],
    },
    {
        title: "a report with columns in the schema's order is understood",
        given: (s3) => {
            s3.report = "columns by the schema";
            raw(s3, ["a", "b"]);
            s3.taskFailures.set(`${ARCHIVE}/raw/b`, { status: 500, code: "InternalError", message: "Oh" });
        },
        args: YES,
        exit: FAILED,
        prints: ["  failed 1 times: 500 InternalError Oh: raw/b\n"],
    },
    ...(
        [
            ["missing", "the job's report is missing"],
            ["half", "the job's report has 1 of 2 tasks"],
            ["twice the rows", "the job's report has 4 of 2 tasks"],
            ["another job's", "the job's report names other objects than its manifest"],
            ["not JSON", "the job's report cannot be read: it is not JSON"],
            ["of another form", "the job's report cannot be read: Results: "],
        ] as const
    ).map(
        ([report, problem]): Situation => ({
            title: `a report that is ${report} fails the run, which says what is known and starts no other job`,
            given: (s3) => {
                s3.report = report;
                raw(s3, ["a", "b"]);
                s3.taskFailures.set(`${ARCHIVE}/raw/b`, { status: 403, code: "AccessDenied", message: "" });
                raw(s3, ["c", "d", "e"], { ...OLD, storageClass: "STANDARD_IA" });
            },
            args: YES,
            exit: FAILED,
            prints: [
                "job job-1: Complete, 1 of 2 tasks succeeded, 1 failed\n",
                `  failed: ${problem}`,
                "1 encrypted with all",
                "Not started after this failure: 1 more job\n",
            ],
            check: (s3) => expect(s3.jobs.size).to.equal(1),
        }),
    ),
    {
        title: "a job that fails as a whole fails the run, and its report still counts",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.jobEnds = ["Failed", "Too many tasks fail"];
        },
        args: YES,
        exit: FAILED,
        prints: [
            "1 of 1 object copied",
            "  failed: the job ended as Failed, 1 of 1 tasks succeeded, 0 failed: Fault: Too many tasks fail\n",
        ],
    },
    {
        title: "a job that a person cancels fails the run",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.jobEnds = ["Cancelled", "by me"];
        },
        args: YES,
        exit: FAILED,
        prints: ["  failed: the job ended as Cancelled"],
    },
    {
        title: "a job that S3 cannot prepare is not confirmed",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.jobEnds = ["Unprepared", "The manifest cannot be read"];
        },
        args: YES,
        exit: FAILED,
        prints: [
            "  failed: not confirmed: the manifest has 1 objects, and S3 reports: Failed, 0 of 1 tasks succeeded, 0 failed: Fault: The manifest cannot be read\n",
        ],
        check: copiesNothing,
    },
    {
        title: "a job with more tasks than the manifest is cancelled",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.additionalTasks = 1;
        },
        args: YES,
        exit: FAILED,
        prints: [
            "  failed: not confirmed: the manifest has 1 objects, and S3 reports: Suspended, 0 of 2 tasks succeeded, 0 failed\n",
        ],
        check: (s3) => {
            copiesNothing(s3);
            expect(s3.jobs.get("job-1")?.status).to.equal("Cancelled");
        },
    },
    {
        title: "a loss of metadata in the first job stops the others, is recorded, and blocks the next run",
        given: (s3) => {
            raw(
                s3,
                Array.from({ length: 50 }, (_, index) => `${index}`),
            );
            s3.losesMetadata = true;
        },
        args: YES,
        again: YES,
        exit: FAILED,
        prints: [
            /Run \d{8}T\d{6}Z-[0-9a-f]{4} has lost metadata or tags\. Until a person adds --acknowledge /,
            "earlier copies have lost metadata or tags: no job is confirmed",
        ],
        check: (s3) => {
            expect(confirmed(s3)).to.equal(1);
            const [outcome] = s3.sent("PUT", /outcome\.json/);
            const { lost } = JSON.parse(String(outcome?.body));
            expect(lost.objects).to.equal(20);
            expect(lost.examples[0]).to.equal(
                `s3://${ARCHIVE}/raw/0: Cache-Control was "no-cache", is missing; Content-Encoding was "gzip", is missing; Content-Type was "text/plain", is "application/xml"; x-amz-meta-source was "collector", is missing`,
            );
        },
    },
    {
        title: "--acknowledge lets the next run go on, and is recorded",
        given: (s3) => {
            raw(s3, ["a"]);
            record(s3, `${RUN}/job-9.outcome.json`, { stack: STACK, job: "job-9", lost: { objects: 1 } });
        },
        args: [...YES, "--acknowledge", RUN],
        again: YES,
        exit: OK,
        check: (s3) => {
            expect(s3.objects.has(`${RECORDS}/${RUN}/losses.acknowledged.json`)).to.equal(true);
            expect(isEncrypted(s3, "a")).to.equal(true);
        },
    },
    {
        title: "--acknowledge of an unknown run is refused",
        args: ["--acknowledge", RUN],
        exit: FAILED,
        prints: [`--acknowledge ${RUN}: no such run has lost anything. There are: none.`],
    },
    {
        title: "a copy that cannot be read afterwards fails the run",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.hooks.push({
                on: CONFIRM,
                run: () => void s3.heads.set(`${ARCHIVE}/raw/a`, [403, "AccessDenied"]),
            });
        },
        args: YES,
        exit: FAILED,
        prints: ["  failed: 1 objects could not be compared\n"],
    },
    // Records
    {
        title: "corrupt and foreign records are reported, and lock nobody out",
        given: (s3) => {
            raw(s3, ["a"]);
            record(s3, `${RUN}/job-1.outcome.json`, "{");
            record(s3, `${RUN}/job-2.confirmed.json`, { stack: STACK, job: 3 });
            record(s3, `${RUN}/job-3.outcome.json`, { stack: "prod", job: "job-3", lost: { objects: 1 } });
            record(s3, "notes\u001b.txt", "mine");
        },
        args: YES,
        exit: ATTENTION,
        prints: [
            `s3://${RECORDS}/${RUN}/job-1.outcome.json: not a record of this stack: it is not JSON. Delete it if you know what it is.\n`,
            "job-2.confirmed.json: not a record of this stack: job: ",
            'job-3.outcome.json: not a record of this stack: it is of stack "prod".',
            "notes\\u{1b}.txt: not a record",
        ],
        check: (s3) => expect(isEncrypted(s3, "a")).to.equal(true),
    },
    {
        title: "an estimate beside a running job disturbs nothing",
        asProcess: "SIGINT",
        given: (s3, interrupt) => {
            raw(s3, ["a", "b"]);
            s3.hooks.push({ on: CONFIRM, run: interrupt });
        },
        args: YES,
        again: RAW,
        exit: ATTENTION,
        prints: [/The outcome of job job-1 of run \S+ is not recorded: add --yes to follow the job\.\n/],
        check: (s3) => {
            expect(s3.sent("POST", /requestedJobStatus/)).to.have.length(1);
            expect(s3.jobs.size).to.equal(1);
        },
    },
    {
        title: "the next run follows a confirmed job of an interrupted run before it starts another",
        given: (s3, interrupt) => {
            raw(s3, ["a", "b"]);
            s3.hooks.push({ on: CONFIRM, run: interrupt });
        },
        args: YES,
        again: YES,
        exit: OK,
        prints: ["2 of 2 objects copied"],
        check: (s3) => expect(s3.jobs.size).to.equal(1),
    },
    {
        title: "a job of an earlier run that S3 no longer lists is judged by its report and its objects",
        given: (s3, interrupt) => {
            raw(s3, ["a"]);
            s3.hooks.push({ on: CONFIRM, run: interrupt });
        },
        between: (s3) => s3.jobs.clear(),
        args: YES,
        again: YES,
        exit: FAILED,
        prints: [
            "job job-1: S3 no longer lists it\n",
            "  failed: the job's report is missing: s3:GetObject on s3:",
            "  still unencrypted: 1 object\n",
        ],
    },
    {
        title: "a confirmed job whose file of objects is gone fails one run, and does not block the next",
        given: (s3, interrupt) => {
            raw(s3, ["a"]);
            s3.hooks.push({ on: CONFIRM, run: interrupt });
        },
        args: YES,
        between: (s3) => {
            for (const name of [...s3.objects.keys()].filter((key) => key.endsWith("objects.ndjson"))) {
                s3.objects.delete(name);
            }
        },
        again: YES,
        exit: FAILED,
        prints: ["  failed: 0 of 1 objects were checked afterwards\n"],
        check: (s3) => expect(s3.sent("PUT", /outcome\.json/)).to.have.length(1),
    },
    {
        title: "a record that names another job of the account is not followed, and does not block the next run",
        given: (s3) => {
            s3.jobs.set("job-1", {
                status: "Active",
                echo: "<RoleArn>another</RoleArn>",
                tasks: [],
                reportPrefix: "",
                succeeded: 0,
                failed: 0,
            });
            const file = { key: "k", etag: "e" };
            record(s3, `${RUN}/job-1.confirmed.json`, {
                stack: STACK,
                job: "job-1",
                bucket: ARCHIVE,
                storageClass: "STANDARD",
                requesterPays: false,
                roleArn: "r",
                tasks: 1,
                fingerprint: "0",
                manifest: file,
                objects: file,
            });
        },
        args: YES,
        again: YES,
        exit: OK,
        check: (s3) => {
            expect(s3.sent("POST", /requestedJobStatus/)).to.deep.equal([]);
            expect(s3.sent("PUT", /outcome\.json/)[0]?.body).to.include(
                "the job has another role, manifest or operation than this record",
            );
        },
    },
    {
        title: "the records of another stack with the same log location are no concern of this one",
        given: (s3) => {
            const other = `${LOGS}/emr/encrypt-existing/runs/another-project/dev/${RUN}/job-1.outcome.json`;
            const body = JSON.stringify({ stack: "another-project/dev", job: "job-1", lost: { objects: 1 } });
            s3.objects.set(other, { size: 1, encrypted: true, body });
        },
        args: ["--yes"],
        exit: OK,
    },
    {
        title: "a file of objects in another form fails one run, and does not block the next",
        given: (s3, interrupt) => {
            raw(s3, ["a"]);
            s3.hooks.push({ on: CONFIRM, run: interrupt });
        },
        args: YES,
        between: (s3) => {
            for (const [name, object] of s3.objects) {
                if (name.endsWith("objects.ndjson")) {
                    s3.objects.set(name, {
                        ...object,
                        body: "{}\n",
                        headers: { etag: etagOf(String(object.body)) },
                    });
                }
            }
        },
        again: YES,
        exit: FAILED,
        prints: ["  failed: the file of the job's objects cannot be read: key: "],
        check: (s3) => expect(s3.sent("PUT", /outcome\.json/)).to.have.length(1),
    },
    // Interruption and errors
    ...(
        [
            ["while it lists", /list-type=2&prefix=raw/],
            ["while it uploads the manifest", /^PUT .*manifest\.csv/],
            ["while S3 prepares the job", /^GET .*\/jobs\/job-1/],
            ["before it confirms the job", /^PUT .*confirmed\.json/],
        ] as const
    ).map(
        ([phase, on]): Situation => ({
            title: `an interruption ${phase} starts nothing`,
            ...(phase === "before it confirms the job" && { asProcess: "SIGTERM" as const }),
            given: (s3, interrupt) => {
                raw(s3, ["a"]);
                s3.hooks.push({ on, run: interrupt });
            },
            args: YES,
            exit: FAILED,
            prints: ["interrupted. "],
            check: (s3) => {
                copiesNothing(s3);
                expect([...s3.jobs.values()].map(({ status }) => status)).to.satisfy((all: string[]) =>
                    all.every((status) => status === "Cancelled"),
                );
            },
        }),
    ),
    ...(
        [
            ["while S3 copies", /^GET .*\/jobs\/job-1/, undefined],
            ["while it reads the report", /^GET .*manifest\.json/, "SIGHUP"],
            ["while it checks the copies", /^HEAD .*raw/, "SIGTERM"],
        ] as const
    ).map(
        ([phase, on, asSignal]): Situation => ({
            title: `an interruption ${phase} loses nothing: the next run ends the job${asSignal ? ` (${asSignal})` : ""}`,
            ...(asSignal && { asProcess: asSignal }),
            given: (s3, interrupt) => {
                raw(
                    s3,
                    Array.from({ length: 30 }, (_, index) => `${index}`),
                );
                s3.hooks.push({ on: CONFIRM, run: () => void s3.hooks.push({ on, run: interrupt }) });
            },
            args: [...YES, "--json"],
            again: YES,
            exit: OK,
            prints: ["20 of 20 objects copied", "10 of 10 objects copied"],
            check: (s3) => expect(s3.jobs.size).to.equal(2),
        }),
    ),
    {
        title: "a job that a killed run was about to confirm is cancelled by the next run",
        asProcess: "SIGKILL",
        given: (s3, interrupt) => {
            raw(s3, ["a"]);
            s3.hooks.push({ on: /requestedJobStatus/, run: interrupt });
            s3.refusals.push({ on: CONFIRM, ...DENIED, times: 1 });
        },
        args: YES,
        again: YES,
        exit: OK,
        prints: ["0 of 1 object copied", "1 of 1 object copied"],
        check: (s3) =>
            expect([...s3.jobs.values()].map(({ status }) => status)).to.deep.equal([
                "Cancelled",
                "Complete",
            ]),
    },
    {
        title: "credentials that expire while S3 copies end the run with what is known, and the next run ends the job",
        given: (s3) => {
            raw(s3, ["a"]);
            const expired = { on: /^GET .*\/jobs\/job-1/, status: 400, code: "ExpiredToken", times: 1 };
            s3.hooks.push({ on: CONFIRM, run: () => void s3.refusals.push(expired) });
        },
        args: YES,
        again: YES,
        exit: OK,
        prints: ["1 of 1 object copied"],
        check: (s3) => expect(s3.jobs.size).to.equal(1),
    },
    {
        title: "credentials that expire while S3 copies leave the job in the JSON output",
        given: (s3) => {
            raw(s3, ["a"]);
            const expired = { on: /^GET .*\/jobs\/job-1/, status: 400, code: "ExpiredToken" };
            s3.hooks.push({ on: CONFIRM, run: () => void s3.refusals.push(expired) });
        },
        args: [...YES, "--json"],
        exit: FAILED,
        prints: [
            "s3:DescribeJob on job-1: ExpiredToken: refused by the test. The credentials have expired: log in again.",
        ],
        check: (_, stdout) => expect(JSON.parse(stdout).pending[0]).to.include({ job: "job-1", tasks: 1 }),
    },
    ...(["manifest\\.json", "results/succeeded", "objects\\.ndjson"] as const).map(
        (file): Situation => ({
            title: `a connection that breaks while it reads ${file} ends the run, and the next run ends the job`,
            given: (s3) => {
                raw(s3, ["a"]);
                const broken = { on: new RegExp(`^GET .*${file}`), status: 200, code: "cut off", times: 1 };
                s3.hooks.push({ on: CONFIRM, run: () => void s3.refusals.push(broken) });
            },
            args: YES,
            again: YES,
            exit: OK,
            prints: ["1 of 1 object copied"],
            check: (s3) =>
                expect([s3.jobs.size, s3.sent("PUT", /outcome\.json/).length]).to.deep.equal([1, 1]),
        }),
    ),
    ...(
        [
            ["with 500", 500, "InternalError", [...READS, ...WRITES]],
            [
                "without a body",
                200,
                "empty",
                READS.filter(({ source }) => !/POST|HEAD|json|csv/.test(source)),
            ],
        ] as const
    ).map(
        ([how, status, code, calls]): Situation => ({
            title: `every call that S3 answers once ${how} is made again`,
            given: (s3) => {
                raw(s3, ["a"]);
                s3.refusals.push(...calls.map((on) => ({ on, status, code, times: 1 })));
            },
            args: YES,
            exit: OK,
            prints: ["1 of 1 object copied"],
            check: (s3) =>
                expect([s3.jobs.size, s3.refusals.filter(({ times }) => times !== 0)]).to.deep.equal([1, []]),
        }),
    ),
    {
        title: "an empty answer to a confirmation is an error, and the next run copies",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.refusals.push({ on: CONFIRM, status: 200, code: "empty", times: 1 });
        },
        args: YES,
        again: YES,
        exit: OK,
        prints: ["1 of 1 object copied"],
        check: (s3) => expect([isEncrypted(s3, "a"), s3.jobs.size]).to.deep.equal([true, 2]),
    },
    {
        title: "an upload that fails leaves no parts",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.refusals.push({ on: /^POST .*manifest\.csv\?uploadId/, ...DENIED });
        },
        args: YES,
        exit: FAILED,
        prints: ["s3:PutObject on s3://"],
        check: (s3) => expect(s3.uploads.size).to.equal(0),
    },
    {
        title: "a log bucket that does not exist is named",
        given: (s3) =>
            s3.refusals.push({ on: /^GET .*list-type=2.*runs/, status: 404, code: "NoSuchBucket" }),
        exit: FAILED,
        prints: [`s3:ListBucket on bucket ${LOGS}: NoSuchBucket`],
    },
    ...(
        [
            [/^GET .*list-type=2.*runs/, `s3:ListBucket on bucket ${LOGS}`],
            [/^GET .*list-type=2.*prefix=raw/, `s3:ListBucket on bucket ${ARCHIVE}`],
            [/\?notification/, `s3:GetBucketNotification on bucket ${ARCHIVE}`],
            [/\?replication/, `s3:GetReplicationConfiguration on bucket ${ARCHIVE}`],
            [/\?object-lock/, `s3:GetBucketObjectLockConfiguration on bucket ${ARCHIVE}`],
            [/\?tagging/, `s3:GetObjectTagging on s3://${ARCHIVE}/raw/a`],
            [/^PUT .*manifest\.csv/, `s3:PutObject on s3://${LOGS}/emr/encrypt-existing/jobs/`],
            [/^GET .*objects\.ndjson/, `s3:GetObject on s3://${LOGS}/emr/encrypt-existing/jobs/`],
            [/^POST .*\/jobs$/, `s3:CreateJob and iam:PassRole on arn:aws:iam::000000000000:role/`],
            [/^GET .*\/jobs\/job-1$/, "s3:DescribeJob on job-1"],
            [/^PUT .*confirmed\.json/, `s3:PutObject on s3://${RECORDS}/`],
            [CONFIRM, "s3:UpdateJobStatus on job-1"],
        ] as const
    ).map(
        ([on, call]): Situation => ({
            title: `a missing permission is named before anything is copied: ${call.split(" on ")[0]} (${on.source})`,
            given: (s3) => {
                raw(s3, ["a"]);
                s3.refusals.push({ on, ...DENIED });
            },
            args: YES,
            exit: FAILED,
            prints: [`${call}`, "AccessDenied: refused by the test. These credentials need s3:"],
            omits: [/^ +at /m],
            check: (s3) => expect(isEncrypted(s3, "a")).to.equal(false),
        }),
    ),
    {
        title: "an error after the confirmation prints what is known, also with --json",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.refusals.push({ on: /^PUT .*outcome\.json/, ...DENIED });
        },
        args: [...YES, "--json"],
        exit: FAILED,
        prints: ["s3:PutObject on s3://"],
        check: (_, stdout) => {
            const { error, outcomes } = JSON.parse(stdout);
            expect(error).to.match(/^s3:PutObject on .*outcome\.json: AccessDenied/);
            expect(outcomes[0]).to.include({ job: "job-1", copied: 1, kept: 1 });
        },
    },
    {
        title: "a throttled request is made again",
        given: (s3) => {
            raw(s3, ["a"]);
            s3.refusals.push({ on: /^POST .*\/jobs$/, status: 503, code: "SlowDown", times: 1 });
        },
        args: [...YES, "--json"],
        exit: OK,
        check: (s3, stdout) => {
            expect(s3.jobs.size).to.equal(1);
            const { run, outcomes, ...others } = JSON.parse(stdout);
            expect(run).to.match(/^\d{8}T\d{6}Z-[0-9a-f]{4}$/);
            expect(outcomes).to.deep.equal([
                {
                    run,
                    job: "job-1",
                    bucket: ARCHIVE,
                    storageClass: "STANDARD",
                    tasks: 1,
                    copied: 1,
                    failures: [],
                    problems: [],
                    kept: 1,
                    changed: 0,
                    unencrypted: { objects: 0, examples: [] },
                    unreadable: { objects: 0, examples: [] },
                    lost: { objects: 0, examples: [] },
                },
            ]);
            expect(others).to.deep.equal({
                version: 1,
                stack: "dev",
                effects: [],
                found: [{ bucket: ARCHIVE, storageClass: "STANDARD", objects: 1 }],
                pending: [],
                notStarted: 0,
                skipped: [],
                oldVersions: [],
                unreadableRecords: [],
                blocking: [],
                error: null,
            });
        },
    },
    // Live locations
    {
        title: "live locations are skipped by default",
        given: (s3) => {
            s3.objects.set(`${COLLECTOR}/raw/a`, OLD).set(`${PIPELINE}/enriched/good/b`, OLD);
        },
        args: ["--yes"],
        exit: OK,
    },
    {
        title: "a live location needs --paused",
        args: ["--location", "raw.in", "raw.archive"],
        exit: FAILED,
        prints: [
            "--location raw.in: jobs move these objects, and a copy that comes late brings one back, which is then loaded twice. Stop EmrEtlRunner, let its run end, and add --paused.",
        ],
    },
    {
        title: "with --paused, live locations are copied unless a cluster of this stack runs",
        given: (s3) => {
            s3.objects.set(`${COLLECTOR}/raw/a`, OLD);
            s3.clusters = [{ Id: "j-OTHER", Name: "existing", stackTag: "another-project/dev" }];
        },
        args: ["--yes", "--paused"],
        exit: OK,
        check: (s3) => expect(s3.objects.get(`${COLLECTOR}/raw/a`)?.encrypted).to.equal(true),
    },
    {
        title: "a cluster that starts during the survey prevents the confirmation",
        given: (s3) => {
            s3.objects.set(`${COLLECTOR}/raw/a`, OLD);
            s3.hooks.push({
                on: /^PUT .*confirmed\.json/,
                run: () => {
                    s3.clusters = [
                        { Id: "j-OURS", Name: "Snowplow ETL", stackTag: "snowplow-emr-encryption/dev" },
                    ];
                },
            });
        },
        args: ["--yes", "--paused", "--location", "raw.in"],
        exit: FAILED,
        prints: ["raw.in: not while a cluster of this stack runs: j-OURS (Snowplow ETL, RUNNING)."],
        check: copiesNothing,
    },
    {
        title: "an unknown location is refused",
        args: ["--location", "raw.bad"],
        exit: FAILED,
        prints: [
            "--location raw.bad: found no such location. There are raw.in, raw.processing, raw.archive, ",
        ],
    },
];

describe("encrypt-existing", () => {
    let folder: string;
    let json: string;

    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "encrypt-existing-"));
        json = JSON.stringify((await runStack({ ...MINIMAL, storage: { reencryption: true } })).outputs);
    });
    after(() => rmSync(folder, { recursive: true }));

    for (const situation of SITUATIONS) {
        it(situation.title, async () => {
            const s3 = new FakeS3();
            const env = await s3.start();
            const list = path.join(folder, "list.csv");
            const { asProcess: signal = process.env.AS_PROCESSES && "SIGINT" } = situation;
            const start = signal ? asProcess(signal as NodeJS.Signals) : insideThisProcess;
            let interrupt: () => void | Promise<void> = () => undefined;
            situation.given?.(s3, () => interrupt());
            const run = async (args: readonly string[]) => {
                const running = start(
                    ["--poll", "0", ...args.map((arg) => (arg === "LIST" ? list : arg))],
                    json,
                    env,
                );
                ({ interrupt } = running);
                return running.ended;
            };
            let result = await run(situation.args ?? []);
            if (situation.again) {
                s3.hooks.splice(0);
                situation.between?.(s3);
                result = await run(situation.again);
            }
            await s3.stop();
            const all = `${result.stdout}${result.stderr}`;
            for (const expected of situation.prints ?? []) {
                typeof expected === "string"
                    ? expect(all).to.include(expected)
                    : expect(all).to.match(expected);
            }
            for (const absent of situation.omits ?? []) {
                typeof absent === "string"
                    ? expect(all).not.to.include(absent)
                    : expect(all).not.to.match(absent);
            }
            expect(result.exit, all).to.equal(situation.exit);
            situation.check?.(s3, result.stdout);
            if (situation.args?.includes("LIST")) {
                expect(readFileSync(list, "utf8").split("\n").slice(0, 2)).to.deep.equal([
                    "url,bytes,storage class,reason,command",
                    `"s3://${ARCHIVE}/raw/""0""","1000","GLACIER","archived",""`,
                ]);
            }
        });
    }
});

interface Running {
    readonly interrupt: () => void | Promise<void>;
    readonly ended: Promise<{
        readonly stdout: string;
        readonly stderr: string;
        readonly exit: number | null;
    }>;
}

type Environment = Readonly<Record<string, string>>;

function insideThisProcess(args: readonly string[], json: string, env: Environment): Running {
    const before = { ...process.env };
    Object.assign(process.env, env);
    const restoreLookup = resolveControlHost();
    const interrupted = new AbortController();
    const io = streams(json);
    const action = (options: EncryptExistingOptions, own: Streams) =>
        encryptExisting(options, own, interrupted.signal);
    const run = async () => {
        const exit = await execute(encryptExistingCommand(), action, args, io.streams);
        restoreLookup();
        process.env = before;
        return { exit, ...(await io.written()) };
    };
    return { interrupt: () => interrupted.abort(new Error("interrupted. ")), ended: run() };
}

const asProcess =
    (signal: NodeJS.Signals) =>
    (args: readonly string[], json: string, env: Environment): Running => {
        const child = spawn(
            process.execPath,
            [
                ...["--import", "tsx", "--import", "./tests/aws/control-host.ts"],
                ...[...scriptArgs("encrypt-existing"), ...args],
            ],
            { cwd: ROOT, env: { ...process.env, ...env } },
        );
        child.stdin.end(json);
        const ended = Promise.all([
            text(child.stdout),
            text(child.stderr),
            new Promise<number | null>((resolve) => child.on("close", resolve)),
        ]).then(([stdout, stderr, exit]) => ({ stdout, stderr, exit }));
        const interrupt = async () => {
            child.kill(signal);
            // The signal arrives before the answer to the request.
            await sleep(200);
        };
        return { interrupt, ended };
    };
