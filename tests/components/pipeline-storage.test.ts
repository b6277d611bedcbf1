import { expect } from "chai";
import { LOCATIONS, type Location, type Mode, resolveLocations } from "../../components/domain/locations";
import { EncryptedBucket, type EncryptedBucketArgs } from "../../components/encrypted-bucket";
import { PipelineStorage, type PipelineStorageArgs } from "../../components/pipeline-storage";
import { bucketPolicy } from "../../components/policies/bucket";
import { ReencryptionRole } from "../../components/reencryption-role";
import type { Run } from "../../testing/mock-engine";
import { childLines, resourceInputs, resourceLines } from "../support/golden";
import { SHARED_ROLE_ARGS } from "../support/roles";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:PipelineStorage";
const STACK = "snowplow-emr-encryption-dev";
const TAGS = { stack: "tag" };
const KEYS = {
    region: "eu-west-1",
    existingKmsKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/5678"],
} as const;

/** All locations of a mode, managed. */
const managed = (mode: Mode): readonly Location[] =>
    LOCATIONS.filter(({ modes, optional }) => modes.includes(mode) && !optional).map((row) => ({
        ...row,
        managed: true,
    }));

/** Existing locations of batch mode: two buckets for raw.in, one for all others. */
const existing: readonly Location[] = managed("batch").map((row) => ({
    ...row,
    managed: false,
    folders:
        row.path === "raw.in"
            ? [
                  { bucket: "collector-a", prefix: "" },
                  { bucket: "collector-b", prefix: "logs/" },
              ]
            : [{ bucket: "data", prefix: row.prefix }],
}));

function storage(args: Partial<PipelineStorageArgs> = {}): Promise<Run> {
    return run(() => {
        const { locations, managedBuckets, reencryptionRole } = new PipelineStorage("pipes", {
            locations: managed("batch"),
            cloudfrontCollector: false,
            protect: false,
            logRetentionDays: 90,
            encryptExistingBuckets: [],
            policiesOnExistingBuckets: [],
            ...KEYS,
            bucketPolicyStatements: {},
            reencryption: false,
            ...SHARED_ROLE_ARGS,
            tags: TAGS,
            ...args,
        });
        return {
            locations,
            managedBuckets,
            ...(reencryptionRole && { reencryptionRole: reencryptionRole.arn }),
        };
    });
}

/** The buckets without their parent; EncryptedBucket's test expects their resources. */
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

/** The buckets of the default arguments. */
const EXPIRING = ["emr/j-", "emr/rdb-loader/", "emr/encrypt-existing/jobs/"];
const DEFAULTS = {
    collector: {},
    pipeline: {},
    archive: { noncurrentDays: 30 },
    logs: { expireDays: 90, expirePrefixes: EXPIRING },
};

async function expectBuckets(
    result: Run,
    args: Readonly<Record<string, Partial<EncryptedBucketArgs>>>,
): Promise<void> {
    const alone = await buckets(args);
    expect(resourceLines(result)).to.have.members([
        ...childLines(alone, "pipes"),
        `${COMPONENT} pipes < ${STACK}`,
    ]);
    expect(resourceInputs(result)).to.deep.equal(resourceInputs(alone));
}

/** The managed locations with their buckets. */
const resolved = (locations: readonly Location[]) =>
    locations.map((row) => ({
        ...row,
        folders: [{ bucket: `snowplow-dev-${row.bucket}-placeholder`, prefix: row.prefix }],
    }));

const SPEC = { acceptedSse: "AES256" };

describe("PipelineStorage", () => {
    it("creates four buckets for batch mode: only the archive is versioned, and only logs, without the records of encrypt-existing, expire", async () => {
        const result = await storage();
        await expectBuckets(result, DEFAULTS);
        expect(result.outputs).to.deep.equal({
            locations: resolved(managed("batch")),
            managedBuckets: {
                "snowplow-dev-collector-placeholder": SPEC,
                "snowplow-dev-pipeline-placeholder": SPEC,
                "snowplow-dev-archive-placeholder": SPEC,
                "snowplow-dev-logs-placeholder": SPEC,
            },
        });
        expect(registration(result, COMPONENT, "pipes").outputs).to.deep.equal(result.outputs);
    });

    it("creates the same buckets for stream-enrich mode, with its locations", async () => {
        const result = await storage({ locations: managed("stream-enrich") });
        await expectBuckets(result, DEFAULTS);
        expect(result.outputs.locations).to.deep.equal(resolved(managed("stream-enrich")));
    });

    it("protects each bucket, and keeps logs for `logRetentionDays`", async () => {
        await expectBuckets(await storage({ protect: true, logRetentionDays: 365 }), {
            collector: { protect: true },
            pipeline: { protect: true },
            archive: { protect: true, noncurrentDays: 30 },
            logs: { protect: true, expireDays: 365, expirePrefixes: EXPIRING },
        });
    });

    it("accepts ACLs in the collector bucket only, for CloudFront", async () => {
        const result = await storage({ cloudfrontCollector: true });
        await expectBuckets(result, {
            ...DEFAULTS,
            collector: { objectOwnership: "BucketOwnerPreferred" },
        });
    });

    it("adds the statements of all its locations to a bucket's policy, and returns them", async () => {
        const allow = (Sid: string) => ({
            Sid,
            Effect: "Allow" as const,
            Principal: { AWS: "444455556666" },
            Action: "s3:GetObject",
        });
        const locations = managed("batch").map((location) =>
            location.path === "raw.archive"
                ? { ...location, managed: false as const, folders: [{ bucket: "acme", prefix: "" }] }
                : location,
        );
        const result = await storage({
            locations,
            bucketPolicyStatements: {
                "shredded.good": [allow("A"), allow("B")],
                "enriched.bad": [allow("C")],
                "raw.archive": [allow("D")],
            },
        });
        const additionalStatements = [
            { prefix: "enriched/bad/", statement: allow("C") },
            { prefix: "shredded/good/", statement: allow("A") },
            { prefix: "shredded/good/", statement: allow("B") },
        ];
        await expectBuckets(result, { ...DEFAULTS, pipeline: { additionalStatements } });
        expect(result.outputs.managedBuckets).to.deep.equal({
            "snowplow-dev-collector-placeholder": SPEC,
            "snowplow-dev-pipeline-placeholder": { ...SPEC, additionalStatements },
            "snowplow-dev-archive-placeholder": SPEC,
            "snowplow-dev-logs-placeholder": SPEC,
        });
    });

    it("creates only the buckets of managed locations", async () => {
        const locations = existing.map((location) =>
            location.path === "log" ? { ...location, managed: true as const } : location,
        );
        await expectBuckets(await storage({ locations }), {
            logs: { expireDays: 90, expirePrefixes: EXPIRING },
        });
    });

    it("creates nothing for existing locations, and returns them as they are", async () => {
        const result = await storage({ locations: existing, protect: true });
        expect(resourceLines(result)).to.deep.equal([`${COMPONENT} pipes < ${STACK}`]);
        expect(result.outputs).to.deep.equal({ locations: existing, managedBuckets: {} });
        expect(registration(result, COMPONENT, "pipes").outputs).to.deep.equal(result.outputs);
    });

    it("sets the default encryption of `encryptExistingBuckets`, and leaves it when the stack is destroyed", async () => {
        const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
        const result = await storage({
            locations: existing,
            protect: true,
            encryptExistingBuckets: ["collector-b", "data"],
        });
        expect(resourceLines(result)).to.deep.equal([
            `${type} pipes-existing-collector-b < pipes, retainOnDelete`,
            `${type} pipes-existing-data < pipes, retainOnDelete`,
            `${COMPONENT} pipes < ${STACK}`,
        ]);
        const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];
        expect(resourceInputs(result)).to.deep.equal({
            [`${type} pipes-existing-collector-b`]: { bucket: "collector-b", rules },
            [`${type} pipes-existing-data`]: { bucket: "data", rules },
        });
    });

    it("gives the policy of managed buckets to `policiesOnExistingBuckets`, until the stack is destroyed", async () => {
        const type = "aws:s3/bucketPolicy:BucketPolicy";
        const result = await storage({ locations: existing, policiesOnExistingBuckets: ["data"] });
        expect(resourceLines(result)).to.deep.equal([
            `${type} pipes-existing-data < pipes`,
            `${COMPONENT} pipes < ${STACK}`,
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            [`${type} pipes-existing-data`]: {
                bucket: "data",
                policy: JSON.stringify(bucketPolicy("arn:aws:s3:::data", "AES256")),
            },
        });
    });

    it("creates the role of `encrypt-existing` as a child, with `reencryption` only", async () => {
        const result = await storage({ locations: existing, reencryption: true });
        const alone = await run(() => {
            new ReencryptionRole("pipes-reencryption", {
                ...SHARED_ROLE_ARGS,
                ...KEYS,
                locations: resolveLocations(existing, String),
            });
            return {};
        });
        expect(resourceLines(result)).to.have.members([
            ...childLines(alone, "pipes"),
            `${COMPONENT} pipes < ${STACK}`,
        ]);
        expect(resourceInputs(result)).to.deep.equal(resourceInputs(alone));
        expect(result.outputs).to.have.property(
            "reencryptionRole",
            "arn:aws:iam::000000000000:role/snowplow-dev-reencrypt-placeholder",
        );
    });
});
