import { expect } from "chai";
import { checkBuckets } from "../../../components/existing/buckets";
import { bucketPolicy } from "../../../components/policies/bucket";
import { type Answers, codes, lookUp, refuse } from "../../support/existing-aws";
import { buckets, type Config, parse, stream } from "../args/parse";

const LOCATIONS = {
    log: "s3://acme-logs/emr",
    raw: {
        in: ["s3://acme-old/raw", "s3://acme-new/raw", "s3://acme-old/more"],
        archive: "s3://acme-data/raw",
    },
    enriched: { archive: "s3://acme-data/enriched" },
};
const NAMES = ["acme-old", "acme-new", "acme-data", "acme-logs"];

type Answer = Answers[string];
/** The answers for one bucket. */
interface Bucket {
    readonly bucket?: Answer;
    readonly policy?: Answer;
}

const inRegion = (bucketRegion: string): Bucket => ({ bucket: () => ({ bucketRegion }) });
const withPolicy = (policy: unknown): Bucket => ({ policy: () => ({ policy: JSON.stringify(policy) }) });
const bucketRefused = (reason: string): Bucket => ({ bucket: () => refuse(reason) });
const policyRefused = (reason: string): Bucket => ({ policy: () => refuse(reason) });

const OWN_POLICY = withPolicy(bucketPolicy("arn:aws:s3:::acme-data", "AES256"));
const OTHER_POLICY = withPolicy({ Statement: [{ Sid: "LetOthersIn", Effect: "Allow" }] });
const FORBIDDEN = bucketRefused("operation error S3: HeadBucket, StatusCode: 403, api error Forbidden");
const DENIED = policyRefused("StatusCode: 403, api error AccessDenied");
const MOVED = bucketRefused("operation error S3: HeadBucket, StatusCode: 301, api error MovedPermanently");
const FOREIGN = policyRefused("StatusCode: 405, api error MethodNotAllowed: The specified method …");
const MALFORMED =
    "StatusCode: 400, api error AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'";
const IN_US_EAST_1 = [
    "operation error S3: HeadBucket, https response error StatusCode: 400, api error BadRequest: Bad Request",
    MALFORMED,
    "StatusCode: 400, api error AuthorizationHeaderMalformed: The authorization header is malformed",
];
const MISSING = [
    "reading S3 Bucket (acme-data): couldn't find resource",
    "operation error S3: HeadBucket, https response error StatusCode: 404, api error NotFound: Not Found",
    "api error NoSuchBucket: The specified bucket does not exist",
];

/** Each bucket is in the stack's region and has no policy, unless stated otherwise. */
const answersFor = (other: Readonly<Record<string, Bucket>>): Answers => ({
    getBucket: (inputs) => other[String(inputs.bucket)]?.bucket?.(inputs) ?? {},
    getBucketPolicy: (inputs) =>
        other[String(inputs.bucket)]?.policy?.(inputs) ?? refuse("couldn't find resource"),
});

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
        ["the stack's own policy", WITH_POLICY, { "acme-data": OWN_POLICY }],
        [
            "buckets in other regions, at the first location of each",
            {},
            {
                "acme-old": inRegion("us-east-1"),
                "acme-new": inRegion("eu-central-1"),
                "acme-data": inRegion("us-east-2"),
                "acme-logs": inRegion("eu-north-1"),
            },
            ["bucket-in-another-region", LOCATION.old],
            ["bucket-in-another-region", LOCATION.new],
            ["bucket-in-another-region", LOCATION.data],
            ["bucket-in-another-region", LOCATION.log],
        ],
        [
            "a bucket that S3 redirects, once",
            BOTH,
            { "acme-data": MOVED },
            ["bucket-in-another-region", LOCATION.data],
        ],
        ...IN_US_EAST_1.map(
            (reason) =>
                [
                    `a bucket of another region, from us-east-1, once: ${reason}`,
                    BOTH,
                    { "acme-data": { ...bucketRefused(reason), ...policyRefused(MALFORMED) } },
                    ["bucket-in-another-region", LOCATION.data],
                ] as const,
        ),
        ...MISSING.flatMap((reason) =>
            [{}, policyRefused(reason)].map(
                (policy) =>
                    [
                        `a missing bucket once: ${reason}`,
                        BOTH,
                        { "acme-data": { ...bucketRefused(reason), ...policy } },
                        ["bucket-missing", LOCATION.data],
                    ] as const,
            ),
        ),
        ["a bucket that may not be read, and is not changed", {}, { "acme-data": FORBIDDEN }],
        [
            "a bucket that may not be read, and is to be changed",
            BOTH,
            { "acme-data": FORBIDDEN },
            ["lookup-failed", ENCRYPTION],
            ["lookup-failed", POLICY],
        ],
        ["a policy that may not be read", WITH_POLICY, { "acme-data": DENIED }, ["lookup-failed", POLICY]],
        ["a policy that may not be read, and is not needed", ENCRYPTED, { "acme-data": DENIED }],
        ["another policy", WITH_POLICY, { "acme-data": OTHER_POLICY }, ["bucket-policy-exists", POLICY]],
        ["another policy that is not changed", ENCRYPTED, { "acme-data": OTHER_POLICY }],
        [
            "another account's bucket, which S3 lets these credentials read",
            BOTH,
            { "acme-data": FOREIGN },
            ["bucket-of-another-account", ENCRYPTION],
            ["bucket-of-another-account", POLICY],
        ],
        [
            "the region and the policy of one bucket",
            WITH_POLICY,
            { "acme-data": { ...inRegion("us-east-1"), ...OTHER_POLICY } },
            ["bucket-in-another-region", LOCATION.data],
            ["bucket-policy-exists", POLICY],
        ],
        ...[
            "couldn't find resource",
            "NoSuchBucketPolicy: The bucket policy does not exist",
            "empty result",
        ].map(
            (reason) =>
                [
                    `a bucket without a policy: ${reason}`,
                    WITH_POLICY,
                    { "acme-data": policyRefused(`reading S3 Bucket (acme-data) Policy: ${reason}`) },
                ] as const,
        ),
    ] as readonly (readonly [
        string,
        Config,
        Readonly<Record<string, Bucket>>,
        ...(readonly [string, string])[],
    ])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, async () => {
            const args = parse({ ...buckets(LOCATIONS), storage });
            const { facts } = await lookUp(() => checkBuckets(args), answersFor(other));
            expect(codes(facts.errors)).to.deep.equal(expected);
        });
    }

    it("reads S3's status codes, not numbers in a bucket's name", async () => {
        const numbers = [301, 404, 405];
        const args = parse({
            ...buckets({ raw: { in: numbers.map((number) => `s3://acme-${number}-raw/in`) } }),
            storage: { encryptExistingBuckets: ["acme-405-raw"] },
        });
        const { facts } = await lookUp(() => checkBuckets(args), {
            getBucket: ({ bucket }) => refuse(`reading S3 Bucket (${bucket}): StatusCode: 403, Forbidden`),
            getBucketPolicy: ({ bucket }) => refuse(`reading S3 Bucket (${bucket}) Policy: AccessDenied`),
        });
        expect(codes(facts.errors)).to.deep.equal([["lookup-failed", "storage.encryptExistingBuckets[0]"]]);
        expect(facts.warnings).to.have.length(3);
    });

    it("warns of the buckets that may not be read, and of no bucket with an error", async () => {
        const { facts } = await lookUp(
            () => checkBuckets(parse(buckets(LOCATIONS))),
            answersFor({
                "acme-old": MOVED,
                "acme-new": FORBIDDEN,
                "acme-data": bucketRefused("StatusCode: 404"),
            }),
        );
        expect(facts.warnings).to.deep.equal([
            "acme-new cannot be read (operation error S3: HeadBucket, StatusCode: 403, api error Forbidden). If it belongs to another account, its owner must grant the jobflow role and the operator what their policies allow, and set BucketOwnerEnforced. The stack cannot set its encryption or its policy.",
        ]);
    });

    it("makes no look-up if the stack creates all buckets", async () => {
        expect(await lookUp(() => checkBuckets(parse(stream())))).to.deep.equal({
            facts: { errors: [], warnings: [] },
            calls: [],
        });
    });

    for (const [what, storage, ...policyCalls] of [
        ["each bucket once, and no policy", {}],
        [
            "the policies of the buckets to encrypt",
            { encryptExistingBuckets: ["acme-data"] },
            ["getBucketPolicy", { bucket: "acme-data" }],
        ],
        [
            "the policies of the buckets whose policy the stack writes",
            { policiesOnExistingBuckets: ["acme-data"] },
            ["getBucketPolicy", { bucket: "acme-data" }],
        ],
    ] as const) {
        it(`looks up ${what}`, async () => {
            const { calls } = await lookUp(() => checkBuckets(parse({ ...buckets(LOCATIONS), storage })));
            expect(calls).to.have.deep.members([
                ...NAMES.map((bucket) => ["getBucket", { bucket }]),
                ...policyCalls,
            ]);
        });
    }
});
