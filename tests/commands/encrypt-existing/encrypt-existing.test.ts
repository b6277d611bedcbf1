import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { EXIT, execute } from "../../../commands/cli";
import {
    type EncryptExistingOptions,
    encryptExisting,
    encryptExistingCommand,
} from "../../../commands/encrypt-existing";
import { FakeS3, type StoredObject } from "../../support/fake-s3";
import { MINIMAL, runStack } from "../../support/run";
import { streams } from "../../support/streams";

const ARCHIVE = "snowplow-dev-archive-placeholder";
const PIPELINE = "snowplow-dev-pipeline-placeholder";
const COLLECTOR = "snowplow-dev-collector-placeholder";
const LOGS = "snowplow-dev-logs-placeholder";
const JOBS = /^\/v20180820\/jobs$/;
const CONFIRMED = `s3://${LOGS}/emr/encrypt-existing/confirmed/job-1.json`;
const GIB = 2 ** 30;

/** An object with everything that a copy must keep. */
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

describe("encrypt-existing", () => {
    const s3 = new FakeS3();
    let json: string;
    let folder: string;

    before(async () => {
        await s3.start();
        folder = mkdtempSync(path.join(tmpdir(), "encrypt-existing-"));
        json = JSON.stringify((await runStack({ ...MINIMAL, storage: { reencryption: true } })).outputs);
    });
    after(async () => {
        await s3.stop();
        rmSync(folder, { recursive: true });
    });
    beforeEach(() => s3.reset());

    async function run(options: EncryptExistingOptions = {}, signal?: AbortSignal) {
        const io = streams(json);
        const exit = await encryptExisting(options, io.streams, { poll: 0, ...(signal && { signal }) });
        return { exit, ...(await io.written()) };
    }

    async function failure(options: EncryptExistingOptions = {}, signal?: AbortSignal): Promise<string> {
        try {
            await run(options, signal);
        } catch (error) {
            return (error as Error).message;
        }
        return "it did not fail";
    }

    const isEncrypted = (name: string) => s3.objects.get(name)?.encrypted ?? false;

    describe("without --yes", () => {
        it("prints the fees and S3's counts, cancels the jobs, and copies nothing", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD).set(`${ARCHIVE}/raw/b`, OLD);
            s3.objects.set(`${ARCHIVE}/raw/c`, { ...OLD, encrypted: true });
            s3.objects.set(`${ARCHIVE}/shredded/d`, { ...OLD, storageClass: "STANDARD_IA" });
            s3.objects.set(`${LOGS}/emr/e`, { ...OLD, encrypted: true });
            expect(await run()).to.deep.equal({
                exit: EXIT.attention,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: 2 objects without encryption (job job-1)
s3://${ARCHIVE}/shredded/, STANDARD_IA: 1 objects without encryption (job job-2)
s3://${LOGS}/emr/, STANDARD: nothing is without encryption (job job-3)
To copy them, run this again with --yes: 3 objects at 1.00 USD a million, and as many PUT requests at 0.005 USD a thousand: about 0.00 USD (list prices of us-east-1 as of 2025; see https://aws.amazon.com/s3/pricing/); other storage classes cost more a request, and early deletion where they charge it.
`,
                stderr: `3 jobs at 0.25 USD, manifests of 9 objects at 0.015 USD a million: about 0.75 USD before anything is copied (list prices of us-east-1 as of 2025; see https://aws.amazon.com/s3/pricing/)
S3 lists what is not encrypted: job-1, job-2, job-3
`,
            });
            expect([...s3.jobs.values()].map(({ status }) => status)).to.deep.equal([
                "Cancelled",
                "Cancelled",
                "Failed",
            ]);
            expect(isEncrypted(`${ARCHIVE}/raw/a`)).to.equal(false);
        });

        it("creates no job for empty buckets", async () => {
            expect(await run({ yes: true })).to.deep.equal({
                exit: EXIT.ok,
                stdout: "Nothing is there to be copied by S3 Batch Operations.\n",
                stderr: "",
            });
            expect(s3.sent("POST", JOBS)).to.deep.equal([]);
        });
    });

    describe("a job", () => {
        it("copies in place what is not encrypted, in the form that S3 documents", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, storageClass: "GLACIER_IR" });
            await run();
            const [request, ...others] = s3.sent("POST", JOBS);
            expect(others).to.deep.equal([]);
            expect(request?.headers["x-amz-account-id"]).to.equal("000000000000");
            expect(request?.headers.host).to.match(/^000000000000\.s3-control\.test:/);
            const logs = `arn:aws:s3:::${LOGS}`;
            const archive = `arn:aws:s3:::${ARCHIVE}`;
            const body = String(request?.body)
                .replace(/<ClientRequestToken>[0-9a-f-]{36}</, "<ClientRequestToken>TOKEN<")
                .replace(
                    /<UnModifiedSinceConstraint>\d{4}-\d\d-\d\dT[\d:.]{12}Z</,
                    "<UnModifiedSinceConstraint>NOW<",
                )
                .replace(/(GLACIER_IR) [0-9a-f]{8} dev</, "$1 DIGEST dev<");
            expect(body.replace(/^<\?xml.*?\?>/, "")).to.equal(
                [
                    '<CreateJobRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">',
                    "<Operation><S3PutObjectCopy>",
                    `<TargetResource>${archive}</TargetResource>`,
                    "<MetadataDirective>COPY</MetadataDirective>",
                    "<NewObjectMetadata><SSEAlgorithm>AES256</SSEAlgorithm></NewObjectMetadata>",
                    "<StorageClass>GLACIER_IR</StorageClass>",
                    "<UnModifiedSinceConstraint>NOW</UnModifiedSinceConstraint>",
                    "</S3PutObjectCopy></Operation>",
                    `<Report><Enabled>true</Enabled><Bucket>${logs}</Bucket><Format>Report_CSV_20180820</Format><Prefix>emr/encrypt-existing</Prefix><ReportScope>AllTasks</ReportScope></Report>`,
                    "<Priority>10</Priority>",
                    "<RoleArn>arn:aws:iam::000000000000:role/snowplow-dev-reencrypt-placeholder</RoleArn>",
                    "<ConfirmationRequired>true</ConfirmationRequired>",
                    "<ClientRequestToken>TOKEN</ClientRequestToken>",
                    `<Description>encrypt-existing ${ARCHIVE} GLACIER_IR DIGEST dev</Description>`,
                    "<ManifestGenerator><S3JobManifestGenerator>",
                    `<SourceBucket>${archive}</SourceBucket>`,
                    "<EnableManifestOutput>true</EnableManifestOutput>",
                    "<ExpectedBucketOwner>000000000000</ExpectedBucketOwner>",
                    `<ManifestOutputLocation><Bucket>${logs}</Bucket><ManifestFormat>S3InventoryReport_CSV_20211130</ManifestFormat><ManifestPrefix>emr/encrypt-existing</ManifestPrefix><ManifestEncryption><SSE-S3/></ManifestEncryption></ManifestOutputLocation>`,
                    "<Filter>",
                    "<KeyNameConstraint><MatchAnyPrefix><member>raw/</member></MatchAnyPrefix></KeyNameConstraint>",
                    `<ObjectSizeLessThanBytes>${5 * GIB + 1}</ObjectSizeLessThanBytes>`,
                    "<MatchAnyStorageClass><member>GLACIER_IR</member></MatchAnyStorageClass>",
                    "<MatchAnyObjectEncryption><ObjectEncryption><NOT-SSE/></ObjectEncryption></MatchAnyObjectEncryption>",
                    "</Filter>",
                    "</S3JobManifestGenerator></ManifestGenerator>",
                    "</CreateJobRequest>",
                ].join(""),
            );
        });

        it("has no constraint on names for a whole bucket", async () => {
            const { outputs } = await runStack({
                emrEtlRunner: {
                    ...MINIMAL.emrEtlRunner,
                    aws: { s3: { buckets: { raw: { archive: "s3://acme-archive" } } } },
                },
                storage: { reencryption: true },
            });
            s3.objects.set("acme-archive/a", OLD);
            const io = streams(JSON.stringify(outputs));
            await encryptExisting({ location: ["raw.archive"] }, io.streams, { poll: 0 });
            expect(s3.sent("POST", JOBS)[0]?.body).not.to.include("KeyNameConstraint");
        });
    });

    describe("with --yes", () => {
        it("confirms the jobs, the smallest first, follows them, and copies nothing the second time", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD).set(`${ARCHIVE}/raw/b`, OLD);
            s3.objects
                .set(`${LOGS}/emr/c`, OLD)
                .set(`${PIPELINE}/enriched/bad/d`, { ...OLD, encrypted: true });
            const { exit, stdout } = await run({ yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.ok,
                stdout: `s3://${PIPELINE}/enriched/bad/, STANDARD: nothing is without encryption (job job-2)
s3://${LOGS}/emr/, STANDARD: done (job job-3)
  1 of 1 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 1 compared
s3://${ARCHIVE}/raw/, STANDARD: done (job job-1)
  2 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 2 compared
`,
            });
            const { encrypted, ...kept } = s3.objects.get(`${ARCHIVE}/raw/a`) ?? {};
            expect([encrypted, kept]).to.deep.equal([true, OLD]);
            s3.jobs.clear();
            const again = await run({ yes: true });
            expect(again.exit).to.equal(EXIT.ok);
            expect(again.stdout).to.match(/^(s3:.*: nothing is without encryption \(job job-\d\)\n){3}$/);
            expect(s3.sent("POST", /requestedJobStatus/)).to.have.length(2);
        });

        it("continues the jobs of an interrupted run", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            const interrupted = new AbortController();
            const first = failure({ yes: true }, interrupted.signal);
            while (s3.jobs.size === 0) {
                await new Promise((resolve) => setTimeout(resolve, 1));
            }
            interrupted.abort(new Error("interrupted"));
            expect(await first).to.equal("interrupted");
            expect(s3.jobs.size).to.equal(1);
            const { exit, stdout } = await run({ yes: true, json: true });
            expect(exit).to.equal(EXIT.ok);
            expect(JSON.parse(stdout)).to.deep.equal({
                stack: "dev",
                jobs: [
                    {
                        bucket: ARCHIVE,
                        prefix: "raw/",
                        storageClass: "STANDARD",
                        job: "job-1",
                        state: "copied",
                        objects: 1,
                        copied: 1,
                        changed: 0,
                        failures: [],
                        lost: [],
                        compared: 1,
                        reason: "",
                    },
                ],
                leftOut: [],
                oneByOne: null,
                oldVersions: [],
            });
        });

        it("shows a progress bar on a terminal only", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            expect((await run()).stderr).not.to.include("left");
            const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
            await encryptExisting({ yes: true }, { ...streams(json).streams, stderr }, { poll: 0 });
            stderr.end();
            expect(await text(stderr)).to.match(
                new RegExp(`s3://${ARCHIVE}/raw/, STANDARD \\[.*\\] 0/1, .* left`),
            );
        });

        it("can be interrupted while it lists, before it creates a job", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            expect(await failure({ yes: true }, AbortSignal.abort(new Error("interrupted")))).to.equal(
                "interrupted",
            );
            expect(s3.jobs.size).to.equal(0);
        });

        it("does not follow another run's confirmed job without --yes", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            await run();
            const [job] = s3.jobs.values();
            Object.assign(job ?? {}, { status: "Active" });
            const { exit, stdout } = await run();
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: another run's job goes on; run this again with --yes to follow it (job job-1)\n`,
            });
            expect(s3.sent("POST", /requestedJobStatus/)).to.have.length(1);
        });

        it("reports failed tasks by reason, and objects that were rewritten meanwhile", async () => {
            for (const key of ["a", "b", "c", "d"]) {
                s3.objects.set(`${ARCHIVE}/raw/${key}`, OLD);
            }
            const denied = { status: 403, code: "AccessDenied", message: "Access, denied" };
            s3.taskFailures.set(`${ARCHIVE}/raw/a`, denied).set(`${ARCHIVE}/raw/b`, denied);
            s3.taskFailures.set(`${ARCHIVE}/raw/c`, {
                status: 412,
                code: "PreconditionFailed",
                message: "At least one of the preconditions you specified did not hold",
            });
            const { exit, stdout } = await run({ yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: failed (job job-1)
  1 of 4 copied, 1 left as somebody wrote them meanwhile, 2 failed; metadata and tags of 1 compared
  failed 2 times: 403 AccessDenied Access, denied: raw/a, raw/b
`,
            });
        });

        it("exits with attention if only rewritten objects remain", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.taskFailures.set(`${ARCHIVE}/raw/a`, { status: 412, code: "PreconditionFailed", message: "" });
            expect((await run({ yes: true })).exit).to.equal(EXIT.attention);
        });

        it("compares an unencrypted object behind many older encrypted ones", async () => {
            s3.objects.set(`${ARCHIVE}/raw/0-large`, { ...OLD, size: 6 * GIB });
            for (let index = 0; index < 300; index += 1) {
                s3.objects.set(`${ARCHIVE}/raw/${index}`, { ...OLD, encrypted: true });
            }
            s3.objects.set(`${ARCHIVE}/raw/young`, { ...OLD, modified: "2022-01-01T00:00:00Z" });
            s3.losesMetadata = true;
            const { exit, stdout } = await run({ yes: true });
            expect(exit).to.equal(EXIT.failed);
            expect(stdout).to.include("metadata and tags of 1 compared\n");
            expect(stdout).to.include(`  lost: s3://${ARCHIVE}/raw/young: ContentType was`);
        });

        it("compares twenty objects", async () => {
            for (let index = 0; index < 30; index += 1) {
                s3.objects.set(`${ARCHIVE}/raw/${index}`, OLD);
            }
            expect((await run({ yes: true })).stdout).to.include(
                "30 of 30 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 20 compared\n",
            );
        });

        it("omits from the sample an object that is deleted meanwhile", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD).set(`${ARCHIVE}/raw/b`, OLD);
            s3.refusals.push({ on: /^GET .*raw\/a\?tagging/, status: 404, code: "NoSuchKey" });
            expect((await run({ yes: true })).stdout).to.include(
                "2 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 1 compared\n",
            );
        });

        it("cancels a job of which it can read no object", async () => {
            s3.objects.set(`${ARCHIVE}/raw/existing`, OLD).set(`${ARCHIVE}/raw/sse-c`, OLD);
            s3.heads.set(`${ARCHIVE}/raw/existing`, 403).set(`${ARCHIVE}/raw/sse-c`, 400);
            const { exit, stdout } = await run({ yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: failed: none of what is to be copied can be looked at, to compare it afterwards: s3:GetObject and s3:GetObjectTagging allow it (job job-1)
  0 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 0 compared
`,
            });
            expect([...s3.jobs.values()].map(({ status }) => status)).to.deep.equal(["Cancelled"]);
        });

        it("stops if no copy can be compared", async () => {
            s3.objects.set(`${LOGS}/emr/a`, OLD).set(`${LOGS}/emr/b`, OLD);
            s3.objects.set(`${ARCHIVE}/raw/c`, OLD).set(`${ARCHIVE}/raw/d`, OLD).set(`${ARCHIVE}/raw/e`, OLD);
            // The objects are readable before the job only, as if another account had written them.
            s3.onConfirmed = () => s3.heads.set(`${LOGS}/emr/a`, 403).set(`${LOGS}/emr/b`, 403);
            const { exit, stdout } = await run({ yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `s3://${LOGS}/emr/, STANDARD: none of its copies could be compared with what was there before, and nothing else was started (job job-2)
  2 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 0 compared
s3://${ARCHIVE}/raw/, STANDARD: not started: another job's copies have lost something, or could not be compared (job job-1)
`,
            });
        });

        it("cancels a job whose manifest includes old versions", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.oldVersions.push(`${ARCHIVE}/raw/a`);
            const { exit, stdout } = await run({ yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: failed: S3's manifest names 2 objects, where there are 1: old versions, which a copy would bring back (job job-1)
  0 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 0 compared
`,
            });
            expect([...s3.jobs.values()].map(({ status }) => status)).to.deep.equal(["Cancelled"]);
        });

        describe("after a run that ended when it had confirmed its job", () => {
            beforeEach(async () => {
                s3.objects.set(`${ARCHIVE}/raw/a`, OLD).set(`${ARCHIVE}/raw/b`, OLD);
                const interrupted = new AbortController();
                s3.onConfirmed = () => interrupted.abort(new Error("interrupted"));
                expect(await failure({ yes: true }, interrupted.signal)).to.equal("interrupted");
                s3.onConfirmed = undefined;
                expect(s3.objects.get(CONFIRMED.slice("s3://".length))).to.include({ encrypted: true });
            });

            it("follows that job before it creates another", async () => {
                const { exit, stdout } = await run({ yes: true });
                expect({ exit, stdout }).to.deep.equal({
                    exit: EXIT.ok,
                    stdout: `s3://${ARCHIVE}/raw/, STANDARD: done (job job-1)
  2 of 2 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 2 compared
s3://${ARCHIVE}/raw/, STANDARD: nothing is without encryption (job job-2)
s3://${LOGS}/emr/, STANDARD: nothing is without encryption (job job-3)
`,
                });
                expect(s3.objects.has(CONFIRMED.slice("s3://".length))).to.equal(false);
            });

            it("compares and reads the report of a job that S3 has finished", async () => {
                s3.losesMetadata = true;
                s3.taskFailures.set(`${ARCHIVE}/raw/b`, { status: 403, code: "AccessDenied", message: "" });
                s3.finishJobs();
                s3.objects.set(`${ARCHIVE}/enriched/c`, OLD);
                const { exit, stdout } = await run({ yes: true, large: true });
                expect(exit).to.equal(EXIT.failed);
                expect(stdout).to.match(
                    /^s3:.*\/raw\/, STANDARD: its copies have lost something, and nothing else was started \(job job-1\)\n {2}1 of 2 copied, .* 1 failed; metadata and tags of 1 compared\n {2}failed 1 times: 403 AccessDenied: raw\/b\n( {2}lost: .*\n){4}$/,
                );
                expect(s3.jobs.size).to.equal(1);
            });

            it("creates jobs for other folders and storage classes without --yes", async () => {
                s3.objects.set(`${ARCHIVE}/enriched/c`, OLD);
                s3.objects.set(`${ARCHIVE}/raw/d`, { ...OLD, storageClass: "STANDARD_IA" });
                expect((await run({ location: ["raw.archive", "enriched.archive"] })).stdout).to.match(
                    /^s3:.*\/raw\/, STANDARD: another run's job goes on.*\ns3:.*\/raw\/, STANDARD_IA: 1 objects .*\ns3:.*\/enriched\/, STANDARD: 1 objects /,
                );
            });

            it("continues if another run has followed the job meanwhile", async () => {
                s3.refusals.push({ on: /^GET .*confirmed\/job-1/, status: 404, code: "NoSuchKey" });
                s3.finishJobs();
                expect((await run({ yes: true, location: ["raw.archive"] })).stdout).to.match(
                    /^s3:.*\/raw\/, STANDARD: nothing is without encryption \(job job-2\)\n$/,
                );
            });

            it("leaves an encrypted file for the next run", async () => {
                const [put] = s3.sent("PUT", /confirmed\/job-1\.json/);
                expect(put?.headers).to.include({
                    "content-type": "application/json",
                    "x-amz-server-side-encryption": "AES256",
                });
                expect(JSON.parse(String(put?.body))).to.deep.include({
                    id: "job-1",
                    bucket: ARCHIVE,
                    prefix: "raw/",
                    storageClass: "STANDARD",
                });
            });

            it("does not follow the job without --yes", async () => {
                const telling = async () => (await run()).stdout.split("\n")[0];
                expect(await telling()).to.equal(
                    `s3://${ARCHIVE}/raw/, STANDARD: another run's job goes on; run this again with --yes to follow it (job job-1)`,
                );
                s3.finishJobs();
                expect(await telling()).to.equal(
                    `s3://${ARCHIVE}/raw/, STANDARD: another run's job has ended; run this again with --yes to compare its copies and read its report (job job-1)`,
                );
                expect((await run()).exit).to.equal(EXIT.attention);
                expect(s3.sent("POST", JOBS).filter(({ body }) => body.includes(ARCHIVE))).to.have.length(1);
            });
        });

        it("continues a job that was about to be confirmed", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.refusals.push({ on: /requestedJobStatus=Ready/, status: 403, code: "AccessDenied" });
            expect(await failure({ yes: true })).to.match(/^s3:UpdateJobStatus on job-1/);
            expect(s3.objects.has(CONFIRMED.slice("s3://".length))).to.equal(true);
            expect((await run()).stdout).to.match(/: 1 objects without encryption \(job job-1\)\n/);
        });

        it("does not wait for a job that S3 no longer lists", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.refusals.push({ on: /requestedJobStatus=Ready/, status: 403, code: "AccessDenied" });
            await failure({ yes: true });
            s3.jobs.clear();
            const { exit, stdout } = await run({ yes: true, location: ["raw.archive"] });
            expect(exit).to.equal(EXIT.ok);
            expect(stdout).to.match(/^s3:.*\/raw\/, STANDARD: done \(job job-1\)\n {2}1 of 1 copied/);
        });

        it("reads a report whose columns follow its schema", async () => {
            s3.rows = "as the schema says";
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD).set(`${ARCHIVE}/raw/b`, OLD);
            s3.taskFailures.set(`${ARCHIVE}/raw/a`, { status: 412, code: "PreconditionFailed", message: "" });
            s3.taskFailures.set(`${ARCHIVE}/raw/b`, { status: 500, code: "InternalError", message: "Oh" });
            expect((await run({ yes: true })).stdout).to.include(
                "0 of 2 copied, 1 left as somebody wrote them meanwhile, 1 failed; metadata and tags of 0 compared\n  failed 1 times: 500 InternalError Oh: raw/b\n",
            );
        });

        it("stops if copies lose metadata or tags", async () => {
            s3.objects.set(`${LOGS}/emr/a`, OLD);
            s3.objects.set(`${ARCHIVE}/raw/b`, OLD).set(`${ARCHIVE}/raw/c`, OLD);
            s3.objects.set(`${ARCHIVE}/raw/large`, { ...OLD, size: 6 * GIB });
            s3.losesMetadata = true;
            const { exit, stdout } = await run({ yes: true, large: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `s3://${LOGS}/emr/, STANDARD: its copies have lost something, and nothing else was started (job job-2)
  1 of 1 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 1 compared
  lost: s3://${LOGS}/emr/a: ContentType was "text/plain", is "application/xml"
  lost: s3://${LOGS}/emr/a: ContentEncoding was "gzip", is not there
  lost: s3://${LOGS}/emr/a: CacheControl was "no-cache", is not there
  lost: s3://${LOGS}/emr/a: Metadata was {"source":"collector"}, is {}
s3://${ARCHIVE}/raw/, STANDARD: not started: another job's copies have lost something, or could not be compared (job job-1)
1 without encryption, over 5 GB: run this again with --yes --large: they are copied one by one, from here.
  s3://${ARCHIVE}/raw/large
`,
            });
            expect([`${ARCHIVE}/raw/b`, `${ARCHIVE}/raw/large`].map(isEncrypted)).to.deep.equal([
                false,
                false,
            ]);
            expect([...s3.jobs.values()].map(({ status }) => status)).to.deep.equal([
                "Cancelled",
                "Complete",
            ]);
        });

        it("reports why a whole job failed, before or after its confirmation", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.jobFailure = { at: "Preparing", reason: "The role may not list the bucket" };
            const failed = `s3://${ARCHIVE}/raw/, STANDARD: failed: ManifestGenerationFailed: The role may not list the bucket (job job-1)\n  0 of 1 copied, 0 left as somebody wrote them meanwhile, 0 failed; metadata and tags of 0 compared\n`;
            expect(await run()).to.include({ exit: EXIT.failed, stdout: failed });
            s3.jobs.clear();
            expect(await run({ yes: true })).to.include({ exit: EXIT.failed, stdout: failed });
            s3.jobs.clear();
            s3.jobFailure = { at: "Active", reason: "Too many tasks fail" };
            const { exit, stdout } = await run({ yes: true });
            expect(exit).to.equal(EXIT.failed);
            expect(stdout).to.include(
                ": failed: ManifestGenerationFailed: Too many tasks fail (job job-1)\n",
            );
        });

        it("retries a throttled request", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.refusals.push({ on: /^POST \/v20180820\/jobs$/, status: 503, code: "SlowDown" });
            expect((await run({ yes: true })).exit).to.equal(EXIT.ok);
            expect(s3.jobs.size).to.equal(1);
        });

        it("prints at most some failed keys for each reason", async () => {
            for (let index = 0; index < 12; index += 1) {
                s3.objects.set(`${ARCHIVE}/raw/${index}`, OLD);
                s3.taskFailures.set(`${ARCHIVE}/raw/${index}`, {
                    status: index === 5 ? 500 : 403,
                    code: index === 5 ? "InternalError" : "AccessDenied",
                    message: "",
                });
            }
            const { stdout } = await run({ yes: true });
            expect(stdout).to.include("0 of 12 copied, 0 left as somebody wrote them meanwhile, 12 failed;");
            const keys = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10].map((index) => `raw/${index}`).join(", ");
            expect(stdout).to.include(`  failed 11 times: 403 AccessDenied: ${keys}\n`);
            expect(stdout).to.include("  failed 1 times: 500 InternalError: raw/5\n");
        });

        for (const [on, call] of [
            [/^GET \/v20180820\/jobs\?/, "s3:ListJobs on *"],
            [/^GET \/v20180820\/jobs\/job-1$/, "s3:DescribeJob on job-1"],
            [/^POST .*requestedJobStatus=Ready/, "s3:UpdateJobStatus on job-1"],
            [/^GET .*list-type=2.*confirmed/, `s3:ListBucket on bucket ${LOGS}`],
            [/^GET .*list-type=2&prefix=raw/, `s3:ListBucket on bucket ${ARCHIVE}`],
            [/^PUT .*confirmed/, `s3:PutObject on ${CONFIRMED}`],
            [/^DELETE .*confirmed/, `s3:DeleteObject on ${CONFIRMED}`],
            [/^GET .*\?versioning/, `s3:GetBucketVersioning on bucket ${ARCHIVE}`],
            [/^GET .*\?lifecycle/, `s3:GetLifecycleConfiguration on bucket ${ARCHIVE}`],
            [/^GET .*\?tagging/, `s3:GetObjectTagging on s3://${ARCHIVE}/raw/a`],
            [
                /^GET .*manifest\.json/,
                `s3:GetObject on s3://${LOGS}/emr/encrypt-existing/job-job-1/manifest.json`,
            ],
        ] as const) {
            it(`names the missing permission ${call.split(" ")[0]}`, async () => {
                s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
                s3.versioning.set(ARCHIVE, "Enabled");
                s3.refusals.push({ on, status: 403, code: "AccessDenied" });
                expect(await failure({ yes: true })).to.equal(
                    `${call}: AccessDenied: refused by the test. These credentials need ${call.split(" ")[0]} on it.`,
                );
            });
        }

        it("names the call, the resource and the missing permission of a refused job", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, OLD);
            s3.refusals.push({ on: /^POST \/v20180820\/jobs$/, status: 403, code: "AccessDenied" });
            expect(await failure({ yes: true })).to.equal(
                `s3:CreateJob and iam:PassRole on bucket ${ARCHIVE}, as arn:aws:iam::000000000000:role/snowplow-dev-reencrypt-placeholder: AccessDenied: refused by the test. These credentials need s3:CreateJob and iam:PassRole on it.`,
            );
        });
    });

    describe("objects that S3 Batch Operations cannot copy", () => {
        const unusual = () => {
            s3.objects.set(`${ARCHIVE}/raw/large`, { ...OLD, size: 5 * GIB + 1 });
            s3.objects.set(`${ARCHIVE}/raw/largest-for-one`, { ...OLD, size: 5 * GIB, encrypted: true });
            s3.objects.set(`${ARCHIVE}/raw/deep`, { ...OLD, storageClass: "DEEP_ARCHIVE" });
            s3.objects.set(`${ARCHIVE}/raw/deep-encrypted`, {
                ...OLD,
                storageClass: "GLACIER",
                encrypted: true,
            });
            s3.objects.set(`${ARCHIVE}/raw/"reduced"`, { ...OLD, storageClass: "REDUCED_REDUNDANCY" });
        };

        it("are listed in a CSV file, with the reason", async () => {
            unusual();
            const file = path.join(folder, "left-out.csv");
            const { exit, stdout } = await run({ list: file });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: nothing is without encryption (job job-1)
1 without encryption, over 5 GB: run this again with --yes --large: they are copied one by one, from here.
  s3://${ARCHIVE}/raw/large
1 without encryption, archived: restore them (aws s3api restore-object), then run this again with --yes --large; or leave them until they expire.
  s3://${ARCHIVE}/raw/deep
1 without encryption, another storage class: run this again with --yes --large: they are copied one by one, from here.
  s3://${ARCHIVE}/raw/"reduced"
`,
            });
            expect(readFileSync(file, "utf8")).to.equal(`url,bytes,storage class,why
"s3://${ARCHIVE}/raw/large",${5 * GIB + 1},STANDARD,over 5 GB
"s3://${ARCHIVE}/raw/deep",1000,DEEP_ARCHIVE,archived
"s3://${ARCHIVE}/raw/""reduced""",1000,REDUCED_REDUNDANCY,another storage class
`);
        });

        it("never overwrite the CSV file", async () => {
            const file = path.join(folder, "mine.csv");
            writeFileSync(file, "mine");
            expect(await failure({ list: file })).to.match(
                /^--list .*mine\.csv: EEXIST: file already exists/,
            );
            expect(readFileSync(file, "utf8")).to.equal("mine");
            expect(existsSync(path.join(folder, "nowhere"))).to.equal(false);
            expect(await failure({ list: path.join(folder, "nowhere/a.csv") })).to.match(/ENOENT/);
        });

        it("are copied in parts if they are large, with their metadata, unless they are rewritten meanwhile", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a b+c`, {
                ...OLD,
                size: 6 * GIB + 5,
                storageClass: "STANDARD_IA",
                headers: { ...OLD.headers, expires: "Wed, 21 Oct 2099 07:28:00 GMT" },
            });
            const { exit, stdout } = await run({ yes: true, large: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.ok,
                stdout: `Nothing is there to be copied by S3 Batch Operations.
1 without encryption, over 5 GB: run this again with --yes --large: they are copied one by one, from here.
  s3://${ARCHIVE}/raw/a b+c
1 copied one by one, 0 failed.
`,
            });
            const [begun] = s3.sent("POST", /\?uploads/);
            expect(begun?.headers).to.include({
                "content-type": "text/plain",
                "content-encoding": "gzip",
                "cache-control": "no-cache",
                expires: "Wed, 21 Oct 2099 07:28:00 GMT",
                "x-amz-meta-source": "collector",
                "x-amz-storage-class": "STANDARD_IA",
                "x-amz-tagging": "team=data",
                "x-amz-server-side-encryption": "AES256",
            });
            const parts = s3.sent("PUT", /partNumber/);
            expect(
                parts
                    .map(({ url, headers }) => [
                        Number(new URL(url, "http://s3").searchParams.get("partNumber")),
                        headers["x-amz-copy-source"],
                        headers["x-amz-copy-source-range"],
                        headers["x-amz-copy-source-if-match"],
                    ])
                    .sort(([a], [b]) => Number(a) - Number(b)),
            ).to.deep.equal(
                [0, 1, 2, 3, 4, 5, 6].map((index) => [
                    index + 1,
                    `${ARCHIVE}/raw/a%20b%2Bc`,
                    index < 6
                        ? `bytes=${index * GIB}-${(index + 1) * GIB - 1}`
                        : `bytes=${6 * GIB}-${6 * GIB + 4}`,
                    '"etag"',
                ]),
            );
            const [completed] = s3.sent("POST", /uploadId/);
            expect(completed?.headers["if-match"]).to.equal('"etag"');
            expect(completed?.body.match(/<ETag>.*?<\/ETag><PartNumber>\d/g)).to.have.length(7);
            expect(isEncrypted(`${ARCHIVE}/raw/a b+c`)).to.equal(true);
            expect((await run({ yes: true, large: true })).stdout).to.equal(
                "Nothing is there to be copied by S3 Batch Operations.\n0 copied one by one, 0 failed.\n",
            );
        });

        it("keep the exit code from being success", async () => {
            const large = { ...OLD, size: 6 * GIB };
            s3.objects.set(`${ARCHIVE}/raw/large`, large);
            expect((await run({ yes: true })).exit).to.equal(EXIT.attention);
            s3.objects.set(`${ARCHIVE}/raw/deep`, { ...OLD, storageClass: "GLACIER" });
            expect((await run({ yes: true, large: true })).exit).to.equal(EXIT.attention);
            s3.objects.set(`${ARCHIVE}/raw/large`, large).delete(`${ARCHIVE}/raw/deep`);
            expect((await run({ large: true })).exit).to.equal(EXIT.attention);
            expect(isEncrypted(`${ARCHIVE}/raw/large`)).to.equal(false);
            expect((await run({ yes: true, large: true })).exit).to.equal(EXIT.ok);
        });

        for (const [on, needs, part] of [
            [/^POST .*\?uploads/, "s3:PutObject, s3:PutObjectTagging", ""],
            [/^POST .*uploadId/, "s3:PutObject", ""],
            [/^PUT .*partNumber=1&/, "s3:GetObject, s3:PutObject", ", bytes=0-1073741823"],
        ] as const) {
            it(`name the permissions for a copy in parts: ${on}`, async () => {
                s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, size: 6 * GIB });
                s3.refusals.push({ on, status: 403, code: "AccessDenied" });
                expect((await run({ yes: true, large: true })).stdout).to.include(
                    `0 copied one by one, 1 failed.\n  failed: ${needs} on s3://${ARCHIVE}/raw/a${part}: AccessDenied: refused by the test. These credentials need ${needs} on it.\n`,
                );
                expect(s3.uploads).to.equal(0);
            });
        }

        it("need no permission for tags if they have none", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, size: 6 * GIB, tags: {} });
            s3.refusals.push({ on: /^POST .*\?uploads/, status: 403, code: "AccessDenied" });
            expect((await run({ yes: true, large: true })).stdout).to.include("need s3:PutObject on it.");
        });

        it("are reported with their parts if those cannot be deleted", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, size: 6 * GIB });
            s3.refusals.push({ on: /partNumber=3/, status: 412, code: "PreconditionFailed" });
            s3.refusals.push({ on: /^DELETE .*uploadId/, status: 403, code: "AccessDenied" });
            expect((await run({ yes: true, large: true })).stdout).to.include(
                `  failed: s3:GetObject, s3:PutObject on s3://${ARCHIVE}/raw/a, bytes=2147483648-3221225471: PreconditionFailed: refused by the test; and its parts, upload one, are still there: s3:AbortMultipartUpload on s3://${ARCHIVE}/raw/a: AccessDenied: refused by the test. These credentials need s3:AbortMultipartUpload on it.\n`,
            );
        });

        it("are printed in part and counted in full if they fail", async () => {
            for (let index = 0; index < 12; index += 1) {
                s3.objects.set(`${ARCHIVE}/raw/${index}`, { ...OLD, size: 6 * GIB });
                s3.refusals.push({ on: /\?uploads/, status: 403, code: "AccessDenied" });
            }
            const { stdout } = await run({ yes: true, large: true });
            expect(stdout).to.include("\n0 copied one by one, 12 failed.\n");
            expect(stdout.match(/ {2}failed: /g)).to.have.length(10);
        });

        it("are copied whole if they were restored from an archive, and keep their storage class", async () => {
            const archived = (restore: string) => ({
                ...OLD,
                storageClass: "GLACIER",
                headers: { ...OLD.headers, "x-amz-restore": restore },
            });
            const restored = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"';
            s3.objects.set(`${ARCHIVE}/raw/a b`, archived(restored));
            s3.objects.set(`${ARCHIVE}/raw/c`, archived('ongoing-request="true"'));
            const { exit, stdout } = await run({ yes: true, large: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `Nothing is there to be copied by S3 Batch Operations.
1 without encryption, restored from an archive: run this again with --yes --large: they are copied one by one, from here, while they are restored.
  s3://${ARCHIVE}/raw/a b
1 without encryption, being restored: wait until they are, then run this again with --yes --large.
  s3://${ARCHIVE}/raw/c
1 copied one by one, 0 failed.
`,
            });
            const [copy, ...others] = s3.sent("PUT", /raw/);
            expect(others).to.deep.equal([]);
            expect(copy?.headers).to.include({
                "x-amz-copy-source": `${ARCHIVE}/raw/a%20b`,
                "x-amz-copy-source-if-match": '"etag"',
                "if-match": '"etag"',
                "x-amz-metadata-directive": "COPY",
                "x-amz-tagging-directive": "COPY",
                "x-amz-storage-class": "GLACIER",
                "x-amz-server-side-encryption": "AES256",
            });
            expect(isEncrypted(`${ARCHIVE}/raw/a b`)).to.equal(true);
            s3.objects.delete(`${ARCHIVE}/raw/c`);
            expect((await run({ yes: true, large: true })).exit).to.equal(EXIT.ok);
        });

        it("name the permissions for a whole copy", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, storageClass: "REDUCED_REDUNDANCY" });
            s3.refusals.push({ on: /^PUT .*raw/, status: 403, code: "AccessDenied" });
            expect((await run({ yes: true, large: true })).stdout).to.include(
                "need s3:GetObject, s3:PutObject, s3:PutObjectTagging on it.",
            );
        });

        it("are printed in part if they are many", async () => {
            for (let index = 0; index < 12; index += 1) {
                s3.objects.set(`${ARCHIVE}/raw/${index}`, { ...OLD, storageClass: "GLACIER" });
            }
            const { stdout } = await run();
            expect(stdout).to.include("\n12 without encryption, archived: restore them");
            expect(stdout).to.match(/raw\/9\n {2}… all of them: --list FILE\n$/);
            expect(stdout.match(/\n {2}s3:/g)).to.have.length(10);
        });

        it("stop the command at an unexpected error of S3", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, size: 6 * GIB });
            s3.heads.set(`${ARCHIVE}/raw/a`, 405);
            expect(await failure()).to.match(/^s3:GetObject on s3:\/\/.*\/raw\/a: /);
        });

        it("are reported if they cannot be read; SSE-C counts as encrypted", async () => {
            const large = { ...OLD, size: 6 * GIB };
            s3.objects.set(`${ARCHIVE}/raw/existing`, large).set(`${ARCHIVE}/raw/sse-c`, large);
            s3.heads.set(`${ARCHIVE}/raw/existing`, 403).set(`${ARCHIVE}/raw/sse-c`, 400);
            const { exit, stdout } = await run({ yes: true, large: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `Nothing is there to be copied by S3 Batch Operations.
1 not to be looked at: these credentials need s3:GetObject on them; what another account owns, its owner must copy.
  s3://${ARCHIVE}/raw/existing
0 copied one by one, 0 failed.
`,
            });
        });

        it("keep the object and leave no parts if a part fails", async () => {
            s3.objects
                .set(`${ARCHIVE}/raw/a`, { ...OLD, size: 6 * GIB })
                .set(`${ARCHIVE}/raw/b`, { ...OLD, size: 6 * GIB });
            s3.refusals.push({ on: /partNumber=3/, status: 412, code: "PreconditionFailed" });
            const { exit, stdout } = await run({ yes: true, large: true });
            expect(exit).to.equal(EXIT.failed);
            expect(stdout).to.match(
                /1 copied one by one, 1 failed\.\n {2}failed: s3:GetObject, s3:PutObject on s3:\/\/.*\/raw\/a, bytes=2147483648-3221225471: PreconditionFailed: refused by the test\n$/,
            );
            expect([
                s3.uploads,
                isEncrypted(`${ARCHIVE}/raw/a`),
                isEncrypted(`${ARCHIVE}/raw/b`),
            ]).to.deep.equal([0, false, true]);
            expect(s3.sent("DELETE", /uploadId/)).to.have.length(1);
        });

        it("include old versions, with the days after which they expire", async () => {
            s3.objects.set(`${ARCHIVE}/raw/a`, { ...OLD, encrypted: true });
            s3.versioning.set(ARCHIVE, "Enabled").set(PIPELINE, "Suspended");
            s3.noncurrentDays.set(ARCHIVE, 30);
            const { exit, stdout } = await run();
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.ok,
                stdout: `s3://${ARCHIVE}/raw/, STANDARD: nothing is without encryption (job job-1)
Bucket ${ARCHIVE} keeps old versions, and those stay unencrypted: its lifecycle rule removes them 30 days after the copy.
Bucket ${PIPELINE} keeps old versions, and those stay unencrypted: no lifecycle rule removes them; add one for noncurrent versions.
`,
            });
        });
    });

    describe("live locations", () => {
        it("are skipped unless named, and then require that EmrEtlRunner is paused", async () => {
            s3.objects.set(`${COLLECTOR}/raw/a`, OLD);
            expect((await run({ yes: true })).stdout).to.equal(
                "Nothing is there to be copied by S3 Batch Operations.\n",
            );
            expect(await failure({ location: ["raw.in", "raw.archive"] })).to.equal(
                "--location raw.in: jobs move these objects, and a copy that comes late brings one back, which is then loaded twice. Stop EmrEtlRunner, let its run end, and add --paused.",
            );
            expect((await run({ yes: true, paused: true })).exit).to.equal(EXIT.ok);
            expect(isEncrypted(`${COLLECTOR}/raw/a`)).to.equal(true);
        });

        it("are refused while a cluster of this stack runs", async () => {
            s3.clusters = [{ Id: "j-OTHER", Name: "existing", stackTag: "another-project/dev" }];
            expect((await run({ paused: true })).exit).to.equal(EXIT.ok);
            s3.clusters = [
                { Id: "j-OURS", Name: "Snowplow ETL dev", stackTag: "snowplow-emr-encryption/dev" },
            ];
            expect(await failure({ paused: true, location: ["raw.in", "raw.archive"] })).to.equal(
                "raw.in: not while a cluster of this stack runs: j-OURS (Snowplow ETL dev, RUNNING). Wait until it has ended, or leave these locations out with --location.",
            );
            expect((await run({ location: ["raw.archive"] })).exit).to.equal(EXIT.ok);
        });
    });

    it("accepts the options of its help", async () => {
        const io = streams();
        let taken: EncryptExistingOptions = {};
        const action = async (options: EncryptExistingOptions) => {
            taken = options;
            return EXIT.ok;
        };
        const run = (...args: string[]) => execute(encryptExistingCommand(), action, args, io.streams);
        const locations = ["--location", "raw.archive", "log"];
        expect(await run("--yes", "--paused", "--large", "--list", "l.csv", ...locations)).to.equal(EXIT.ok);
        expect(taken).to.deep.equal({
            yes: true,
            paused: true,
            large: true,
            list: "l.csv",
            location: ["raw.archive", "log"],
        });
        expect(await run("--help")).to.equal(EXIT.ok);
        expect((await io.written()).stdout).to.match(
            /^Usage: encrypt-existing \[options\]\n\nEncrypts with SSE-S3, in place,/,
        );
    });

    it("refuses an unknown location", async () => {
        expect(await failure({ location: ["raw.bad"] })).to.equal(
            "--location raw.bad: found no such location. There are raw.in, raw.processing, raw.archive, enriched.good, enriched.bad, enriched.archive, shredded.good, shredded.bad, shredded.archive, log.",
        );
    });

    it("says how to create the missing role", async () => {
        const io = streams(JSON.stringify((await runStack()).outputs));
        let message = "";
        try {
            await encryptExisting({}, io.streams);
        } catch (error) {
            ({ message } = error as Error);
        }
        expect(message).to.equal(
            "stack dev has no role for S3 Batch Operations. Set storage.reencryption to true in its stack file, run `npx pulumi up --stack dev`, and take the outputs anew.",
        );
    });
});
