import { expect } from "chai";
import { LOCATIONS, type Location, type Mode } from "../../components/domain/locations";
import { EncryptedBucket, type EncryptedBucketArgs } from "../../components/encrypted-bucket";
import { PipelineStorage, type PipelineStorageArgs } from "../../components/pipeline-storage";
import { bucketPolicy } from "../../components/policies/bucket";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:s3:PipelineStorage";
const STACK = "snowplow-emr-encryption-dev";
const TAGS = { stack: "tag" };

/** A mode's locations, all of them managed. */
const managed = (mode: Mode): readonly Location[] =>
    LOCATIONS.filter(({ modes, optional }) => modes.includes(mode) && !optional).map((row) => ({
        ...row,
        managed: true,
    }));

/** The same, all of them the user's own: two buckets for raw.in, one for all others. */
const existing: readonly Location[] = managed("batch").map((row) => ({
    ...row,
    managed: false,
    folders:
        row.path === "raw.in"
            ? [
                  { bucket: "collector-a", prefix: "" },
                  { bucket: "collector-b", prefix: "logs/" },
              ]
            : [{ bucket: "theirs", prefix: row.prefix }],
}));

function storage(args: Partial<PipelineStorageArgs> = {}): Promise<Run> {
    return run(() => {
        const { locations, managedBuckets } = new PipelineStorage("pipes", {
            prefix: "snowplow-dev",
            locations: managed("batch"),
            collectorTakesAcls: false,
            protect: false,
            logRetentionDays: 90,
            encryptExistingBuckets: [],
            policiesOnExistingBuckets: [],
            tags: TAGS,
            ...args,
        });
        return { locations, managedBuckets };
    });
}

/** Buckets as they are on their own: what each consists of is EncryptedBucket's to test. */
function buckets(args: Readonly<Record<string, Partial<EncryptedBucketArgs>>>): Promise<Run> {
    return run(() => {
        for (const [name, own] of Object.entries(args)) {
            new EncryptedBucket(`pipes-${name}`, {
                bucketPrefix: `snowplow-dev-${name}-`,
                tags: TAGS,
                ...own,
            });
        }
        return {};
    });
}

/** The buckets of a storage that is left as it is. */
const DEFAULTS = { collector: {}, pipeline: {}, archive: { noncurrentDays: 30 }, logs: { expireDays: 90 } };

async function expectBuckets(
    result: Run,
    args: Readonly<Record<string, Partial<EncryptedBucketArgs>>>,
): Promise<void> {
    const alone = await buckets(args);
    expect(resourceLines(result)).to.have.members([
        ...resourceLines(alone).map((line) => line.replace(`< ${STACK}`, "< pipes")),
        `${COMPONENT} pipes < ${STACK}`,
    ]);
    expect(resourceInputs(result)).to.deep.equal(resourceInputs(alone));
}

/** Where managed locations end up. */
const resolved = (locations: readonly Location[]) =>
    locations.map((row) => ({
        ...row,
        folders: [{ bucket: `snowplow-dev-${row.bucket}-placeholder`, prefix: row.prefix }],
    }));

const TERMS = { acceptedSse: "AES256", objectOwnership: "BucketOwnerEnforced", versioned: false };

describe("PipelineStorage", () => {
    it("makes four buckets for batch mode: the archive versioned, logs that expire, the pipeline without versions", async () => {
        const result = await storage();
        await expectBuckets(result, DEFAULTS);
        expect(result.outputs).to.deep.equal({
            locations: resolved(managed("batch")),
            managedBuckets: {
                "snowplow-dev-collector-placeholder": TERMS,
                "snowplow-dev-pipeline-placeholder": TERMS,
                "snowplow-dev-archive-placeholder": { ...TERMS, versioned: true },
                "snowplow-dev-logs-placeholder": TERMS,
            },
        });
        expect(registration(result, COMPONENT, "pipes").outputs).to.deep.equal(result.outputs);
    });

    it("makes the same for stream-enrich mode, with its own locations", async () => {
        const result = await storage({ locations: managed("stream-enrich") });
        await expectBuckets(result, DEFAULTS);
        expect(result.outputs.locations).to.deep.equal(resolved(managed("stream-enrich")));
    });

    it("protects each bucket and keeps logs as long as asked", async () => {
        await expectBuckets(await storage({ protect: true, logRetentionDays: 365 }), {
            collector: { protect: true },
            pipeline: { protect: true },
            archive: { protect: true, noncurrentDays: 30 },
            logs: { protect: true, expireDays: 365 },
        });
    });

    it("lets CloudFront write with an ACL into the collector bucket, and into no other", async () => {
        const result = await storage({ collectorTakesAcls: true });
        await expectBuckets(result, {
            ...DEFAULTS,
            collector: { objectOwnership: "BucketOwnerPreferred" },
        });
        expect(result.outputs.managedBuckets).to.deep.include({
            "snowplow-dev-collector-placeholder": { ...TERMS, objectOwnership: "BucketOwnerPreferred" },
            "snowplow-dev-pipeline-placeholder": TERMS,
        });
    });

    it("makes only the buckets that managed locations live in", async () => {
        const locations = existing.map((location) =>
            location.path === "log" ? { ...location, managed: true as const } : location,
        );
        await expectBuckets(await storage({ locations }), { logs: { expireDays: 90 } });
    });

    it("owns nothing of existing locations, and hands them on as they are", async () => {
        const result = await storage({ locations: existing, protect: true });
        expect(resourceLines(result)).to.deep.equal([`${COMPONENT} pipes < ${STACK}`]);
        expect(result.outputs).to.deep.equal({ locations: existing, managedBuckets: {} });
        expect(registration(result, COMPONENT, "pipes").outputs).to.deep.equal(result.outputs);
    });

    it("sets the default encryption of the existing buckets it is given, and leaves it when the stack goes", async () => {
        const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
        const result = await storage({
            locations: existing,
            protect: true,
            encryptExistingBuckets: ["collector-b", "theirs"],
        });
        expect(resourceLines(result)).to.deep.equal([
            `${type} pipes-existing-collector-b < pipes, retainOnDelete`,
            `${type} pipes-existing-theirs < pipes, retainOnDelete`,
            `${COMPONENT} pipes < ${STACK}`,
        ]);
        const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
        expect(resourceInputs(result)).to.deep.equal({
            [`${type} pipes-existing-collector-b`]: { bucket: "collector-b", rules },
            [`${type} pipes-existing-theirs`]: { bucket: "theirs", rules },
        });
    });

    it("gives the stack's policy to the existing buckets that it is given for it, and it goes with the stack", async () => {
        const type = "aws:s3/bucketPolicy:BucketPolicy";
        const result = await storage({ locations: existing, policiesOnExistingBuckets: ["theirs"] });
        expect(resourceLines(result)).to.deep.equal([
            `${type} pipes-existing-theirs < pipes`,
            `${COMPONENT} pipes < ${STACK}`,
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            [`${type} pipes-existing-theirs`]: {
                bucket: "theirs",
                policy: JSON.stringify(bucketPolicy("arn:aws:s3:::theirs", "AES256")),
            },
        });
    });
});
