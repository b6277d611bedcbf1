import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import {
    type BucketFacts,
    bucketWarnings,
    checkBuckets,
    lookUpBuckets,
} from "../../../components/existing/buckets";
import { FailedLookup } from "../../../components/existing/lookup";
import { bucketPolicy } from "../../../components/policies/bucket";
import { type Answers, answer, codes, lookUp, refuse } from "../../support/existing-aws";
import { buckets, type Config, parse, stream } from "../args/parse";

const LOCATIONS = {
    log: "s3://acme-logs/emr",
    raw: {
        in: ["s3://acme-old/raw", "s3://acme-new/raw", "s3://acme-old/more"],
        archive: "s3://acme-data/raw",
    },
    enriched: { archive: "s3://acme-data/enriched" },
};
/** The buckets above in the order of EmrEtlRunner's locations, each once: the log's is last. */
const NAMES = ["acme-old", "acme-new", "acme-data", "acme-logs"] as const;

const at = (bucketRegion: string) => answer<aws.s3.GetBucketResult>({ bucketRegion });
const failed = (reason: string) => new FailedLookup(reason);
const OWN_POLICY = JSON.stringify(bucketPolicy("arn:aws:s3:::acme-data", "AES256"));
const OTHER_POLICY = JSON.stringify({ Statement: [{ Sid: "LetOthersIn", Effect: "Allow" }] });

const FORBIDDEN = failed("operation error S3: HeadBucket, StatusCode: 403, api error Forbidden");
const DENIED = failed("StatusCode: 403, api error AccessDenied");
const MOVED = failed("operation error S3: HeadBucket, StatusCode: 301, api error MovedPermanently");
const FOREIGN = failed("StatusCode: 405, api error MethodNotAllowed: The specified method …");
const MISSING = [
    failed("reading S3 Bucket (acme-data): couldn't find resource"),
    failed(
        "operation error S3: HeadBucket, https response error StatusCode: 404, api error NotFound: Not Found",
    ),
    failed("api error NoSuchBucket: The specified bucket does not exist"),
];

type Facts = Readonly<Partial<Record<(typeof NAMES)[number], Partial<BucketFacts>>>>;

/** All buckets in the stack's region, but for these. */
const facts = (other: Facts = {}): readonly BucketFacts[] =>
    NAMES.map((name) => ({ name, bucket: at("eu-west-1"), ...other[name] }));

const LOCATION = {
    old: "emrEtlRunner.aws.s3.buckets.raw.in[0]",
    new: "emrEtlRunner.aws.s3.buckets.raw.in[1]",
    data: "emrEtlRunner.aws.s3.buckets.raw.archive",
    log: "emrEtlRunner.aws.s3.buckets.log",
};
/** `acme-data` is second in one list of `storage`, or in both. */
const ENCRYPTED = { encryptExistingBuckets: ["acme-logs", "acme-data"] };
const WITH_POLICY = { policiesOnExistingBuckets: ["acme-logs", "acme-data"] };
const BOTH = { ...ENCRYPTED, ...WITH_POLICY };
const ENCRYPTION = "storage.encryptExistingBuckets[1]";
const POLICY = "storage.policiesOnExistingBuckets[1]";

describe("checkBuckets", () => {
    for (const [situation, storage, other, ...expected] of [
        ["buckets in the stack's region", BOTH, {}],
        ["the stack's own policy", WITH_POLICY, { "acme-data": { policy: OWN_POLICY } }],
        [
            "buckets in other regions, where they are named first",
            {},
            {
                "acme-old": { bucket: at("us-east-1") },
                "acme-new": { bucket: at("eu-central-1") },
                "acme-data": { bucket: at("us-east-2") },
                "acme-logs": { bucket: at("eu-north-1") },
            },
            ["bucket-in-another-region", LOCATION.old],
            ["bucket-in-another-region", LOCATION.new],
            ["bucket-in-another-region", LOCATION.data],
            ["bucket-in-another-region", LOCATION.log],
        ],
        [
            "a bucket that S3 redirects, once",
            BOTH,
            { "acme-data": { bucket: MOVED } },
            ["bucket-in-another-region", LOCATION.data],
        ],
        ...MISSING.flatMap((failure) =>
            [undefined, failure].map(
                (policy) =>
                    [
                        `a missing bucket once: ${failure.reason}`,
                        BOTH,
                        { "acme-data": { bucket: failure, policy } },
                        ["bucket-missing", LOCATION.data],
                    ] as const,
            ),
        ),
        ["a bucket that may not be read, and is not changed", {}, { "acme-data": { bucket: FORBIDDEN } }],
        [
            "a bucket that may not be read, and is to be changed",
            BOTH,
            { "acme-data": { bucket: FORBIDDEN } },
            ["lookup-failed", ENCRYPTION],
            ["lookup-failed", POLICY],
        ],
        [
            "a policy that may not be read",
            WITH_POLICY,
            { "acme-data": { policy: DENIED } },
            ["lookup-failed", POLICY],
        ],
        ["a policy that may not be read, and is not needed", ENCRYPTED, { "acme-data": { policy: DENIED } }],
        [
            "another policy",
            WITH_POLICY,
            { "acme-data": { policy: OTHER_POLICY } },
            ["bucket-policy-exists", POLICY],
        ],
        ["another policy that is not changed", ENCRYPTED, { "acme-data": { policy: OTHER_POLICY } }],
        [
            "another account's bucket, which S3 lets these credentials read",
            BOTH,
            { "acme-data": { policy: FOREIGN } },
            ["bucket-of-another-account", ENCRYPTION],
            ["bucket-of-another-account", POLICY],
        ],
        [
            "the region and the policy of one bucket",
            WITH_POLICY,
            { "acme-data": { bucket: at("us-east-1"), policy: OTHER_POLICY } },
            ["bucket-in-another-region", LOCATION.data],
            ["bucket-policy-exists", POLICY],
        ],
    ] as readonly (readonly [string, Config, Facts, ...(readonly [string, string])[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, () => {
            const args = parse({ ...buckets(LOCATIONS), storage });
            expect(codes(checkBuckets(args, facts(other)))).to.deep.equal(expected);
        });
    }

    it("reads S3's status codes, not numbers in a bucket's name", () => {
        const numbers = [301, 404, 405];
        const args = parse(buckets({ raw: { in: numbers.map((number) => `s3://acme-${number}-raw/in`) } }));
        const found = numbers.map((number) => ({
            name: `acme-${number}-raw`,
            bucket: failed(`reading S3 Bucket (acme-${number}-raw): StatusCode: 403, Forbidden`),
            policy: failed(`reading S3 Bucket (acme-${number}-raw) Policy: AccessDenied`),
        }));
        expect(checkBuckets(args, found)).to.deep.equal([]);
        expect(bucketWarnings(found)).to.have.length(3);
    });
});

describe("bucketWarnings", () => {
    it("name the buckets that may not be read, and no bucket with an error", () => {
        const found = facts({
            "acme-old": { bucket: MOVED },
            "acme-new": { bucket: FORBIDDEN },
            "acme-data": { bucket: MISSING[0] },
        });
        expect(bucketWarnings(found)).to.deep.equal([
            `acme-new cannot be read (${FORBIDDEN.reason}). If it belongs to another account, its owner must grant the jobflow role and the operator what their policies allow, and set BucketOwnerEnforced. The stack cannot set its encryption or its policy.`,
        ]);
    });
});

describe("lookUpBuckets", () => {
    const look = (config: Config, answers?: Answers) => lookUp(() => lookUpBuckets(parse(config)), answers);
    const bucketCall = (bucket: string) => ["getBucket", { bucket }];
    const bucketOf = (name: string) => ({ bucket: name, bucketRegion: "eu-west-1" });

    it("makes no look-up if the stack creates all buckets", async () => {
        expect(await look(stream())).to.deep.equal({ facts: [], calls: [] });
    });

    it("looks up each bucket once, and no policy", async () => {
        const { facts: found, calls } = await look(buckets(LOCATIONS));
        expect(calls).to.have.deep.members(NAMES.map(bucketCall));
        expect(found).to.have.deep.members(
            NAMES.map((name) => ({ name, bucket: bucketOf(name), policy: undefined })),
        );
    });

    for (const list of ["policiesOnExistingBuckets", "encryptExistingBuckets"]) {
        it(`looks up the policies of the buckets in ${list}`, async () => {
            const { facts: found, calls } = await look(
                { ...buckets(LOCATIONS), storage: { [list]: ["acme-data"] } },
                { getBucketPolicy: () => ({ policy: OTHER_POLICY }) },
            );
            expect(calls).to.have.deep.members([
                ...NAMES.map(bucketCall),
                ["getBucketPolicy", { bucket: "acme-data" }],
            ]);
            expect(found).to.have.deep.members(
                NAMES.map((name) => ({
                    name,
                    bucket: bucketOf(name),
                    policy: name === "acme-data" ? OTHER_POLICY : undefined,
                })),
            );
        });
    }

    for (const reason of [
        "reading S3 Bucket (acme-data) Policy: couldn't find resource",
        "reading S3 Bucket (acme-data) Policy: operation error S3: GetBucketPolicy, api error NoSuchBucketPolicy: The bucket policy does not exist",
        "reading S3 Bucket (acme-data) Policy: empty result",
    ]) {
        it(`takes "${reason.slice(39)}" as no policy`, async () => {
            const { facts: found } = await look(
                { ...buckets(LOCATIONS), storage: { policiesOnExistingBuckets: ["acme-data"] } },
                { getBucketPolicy: () => refuse(reason) },
            );
            expect(found.map(({ policy }) => policy)).to.deep.equal(NAMES.map(() => undefined));
        });
    }

    it("returns failures", async () => {
        const { facts: found } = await look(
            {
                ...stream({ enriched: { stream: "s3://acme-stream/enriched" } }),
                storage: { policiesOnExistingBuckets: ["acme-stream"] },
            },
            { getBucket: () => refuse("Forbidden"), getBucketPolicy: () => refuse("AccessDenied") },
        );
        expect(found).to.deep.equal([
            {
                name: "acme-stream",
                bucket: new FailedLookup("Forbidden"),
                policy: new FailedLookup("AccessDenied"),
            },
        ]);
    });
});
