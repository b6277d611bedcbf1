import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import {
    type BucketFacts,
    bucketWarnings,
    checkBuckets,
    lookUpBuckets,
} from "../../../components/existing/buckets";
import { Unanswered } from "../../../components/existing/lookup";
import { bucketPolicy } from "../../../components/policies/bucket";
import { type Answers, answer, lookUp, refuse } from "../../support/existing-aws";
import { buckets, type Config, parse, stream } from "../args/parse";

const LOCATIONS = {
    log: "s3://acme-logs/emr",
    raw: {
        in: ["s3://acme-old/raw", "s3://acme-new/raw", "s3://acme-old/more"],
        archive: "s3://acme-data/raw",
    },
    enriched: { archive: "s3://acme-data/enriched" },
};
/** The buckets above, in their order there, each once: the log's is last among EmrEtlRunner's locations. */
const NAMES = ["acme-old", "acme-new", "acme-data", "acme-logs"];

function settings(storage: Config = {}) {
    return parse({ ...buckets(LOCATIONS), storage });
}

const at = (bucketRegion: string) => answer<aws.s3.GetBucketResult>({ bucketRegion });
const HERE = at("eu-west-1");
const PATHS = {
    locations: ["emrEtlRunner", "aws", "s3", "buckets"],
    policies: (index: number) => ["storage", "policiesOnExistingBuckets", index],
};
const OURS = JSON.stringify(bucketPolicy("arn:aws:s3:::acme-data", "AES256"));
const SAME_NAMES = OURS.replaceAll('"Deny"', '"Allow"');
const THEIRS = JSON.stringify({ Statement: [{ Sid: "LetOthersIn", Effect: "Allow" }] });

/** All buckets as they must be, but for these. */
function facts(other: Readonly<Record<string, Partial<BucketFacts>>> = {}): readonly BucketFacts[] {
    return NAMES.map((name) => ({ name, bucket: HERE, ...other[name] }));
}

function elsewhere(path: readonly (string | number)[], name: string, region: string) {
    return {
        path: [...PATHS.locations, ...path],
        found: `${name}, which is in ${region}`,
        remedy: "a bucket in eu-west-1: s3-dist-cp is given that region's endpoint, and finds no other's",
    };
}

describe("buckets of the user's", () => {
    it("are found fit in the stack's region, without policies or with the stack's own", () => {
        const asked = settings({ policiesOnExistingBuckets: ["acme-data", "acme-logs"] });
        expect(checkBuckets(asked, facts({ "acme-data": { policy: OURS } }))).to.deep.equal([]);
    });

    it("are refused in another region, each where the stack config names it first", () => {
        expect(
            checkBuckets(
                settings(),
                facts({
                    "acme-old": { bucket: at("us-east-1") },
                    "acme-new": { bucket: at("eu-central-1") },
                    "acme-data": { bucket: at("us-east-2") },
                    "acme-logs": { bucket: at("eu-north-1") },
                }),
            ),
        ).to.deep.equal([
            elsewhere(["raw", "in", 0], "acme-old", "us-east-1"),
            elsewhere(["raw", "in", 1], "acme-new", "eu-central-1"),
            elsewhere(["raw", "archive"], "acme-data", "us-east-2"),
            elsewhere(["log"], "acme-logs", "eu-north-1"),
        ]);
    });

    it("are refused a policy of the stack's where another stands, or nobody knows", () => {
        const asked = settings({ policiesOnExistingBuckets: ["acme-logs", "acme-old", "acme-data"] });
        expect(
            checkBuckets(
                asked,
                facts({
                    "acme-old": { policy: new Unanswered("AccessDenied") },
                    "acme-data": { policy: THEIRS },
                    "acme-logs": { policy: SAME_NAMES },
                }),
            ),
        ).to.deep.equal([
            {
                path: PATHS.policies(1),
                found: "no answer on the policy of acme-old: AccessDenied",
                remedy: "name what is there, and let these credentials look it up (s3:GetBucketPolicy)",
            },
            ...(
                [
                    [
                        "acme-data",
                        2,
                        "without DenyPlainHttp, without DenyOtherEncryption, without DenyCustomerProvidedKeys, LetOthersIn besides",
                    ],
                    [
                        "acme-logs",
                        0,
                        "another DenyPlainHttp, another DenyOtherEncryption, another DenyCustomerProvidedKeys",
                    ],
                ] as const
            ).map(([name, index, differences]) => ({
                path: PATHS.policies(index),
                found: `${name}, which has another policy than the stack's: ${differences}`,
                remedy: "delete this line, and add the statements to that policy yourself (docs/existing.md)",
            })),
        ]);
    });

    it("are refused in another region where S3 says no more than that", () => {
        const reason = "operation error S3: HeadBucket, StatusCode: 301, api error MovedPermanently";
        const asked = settings({
            policiesOnExistingBuckets: ["acme-new"],
            encryptExistingBuckets: ["acme-new"],
        });
        const found = facts({ "acme-new": { bucket: new Unanswered(reason) } });
        expect(checkBuckets(asked, found)).to.deep.equal([
            elsewhere(["raw", "in", 1], "acme-new", "another region"),
        ]);
    });

    for (const reason of [
        "reading S3 Bucket (acme-new): couldn't find resource",
        "operation error S3: HeadBucket, https response error StatusCode: 404, api error NotFound: Not Found",
        "api error NoSuchBucket: The specified bucket does not exist",
    ]) {
        it(`are refused where there are none, once, whatever is asked of them: ${reason}`, () => {
            const asked = settings({
                policiesOnExistingBuckets: ["acme-new"],
                encryptExistingBuckets: ["acme-new"],
            });
            const bucket = new Unanswered(reason);
            for (const policy of [undefined, new Unanswered(reason)]) {
                const found = facts({ "acme-new": { bucket, policy } });
                expect(checkBuckets(asked, found)).to.deep.equal([
                    {
                        path: [...PATHS.locations, "raw", "in", 1],
                        found: "acme-new, which is not there",
                        remedy: "the name of a bucket that is there, or, for one that the stack makes, no such line",
                    },
                ]);
                expect(bucketWarnings(found)).to.deep.equal([]);
            }
        });
    }

    it("are refused a policy of the stack's where nobody answers for them", () => {
        const asked = settings({ policiesOnExistingBuckets: ["acme-new"] });
        const found = facts({ "acme-new": { bucket: new Unanswered("StatusCode: 403") } });
        expect(checkBuckets(asked, found)).to.deep.equal([
            {
                path: PATHS.policies(0),
                found: "no answer on acme-new: StatusCode: 403",
                remedy: "name what is there, and let these credentials look it up (s3:ListBucket)",
            },
        ]);
    });

    it("are told by what is said of them, and not by numbers in their names", () => {
        const named = [301, 404, 405].map((number) => `s3://acme-${number}-raw/in`);
        const asked = parse(buckets({ raw: { in: named } }));
        const found = [301, 404, 405].map((number) => ({
            name: `acme-${number}-raw`,
            bucket: new Unanswered(`reading S3 Bucket (acme-${number}-raw): StatusCode: 403, Forbidden`),
            policy: new Unanswered(`reading S3 Bucket (acme-${number}-raw) Policy: AccessDenied`),
        }));
        expect(checkBuckets(asked, found)).to.deep.equal([]);
        expect(bucketWarnings(found)).to.have.length(3);
    });

    it("are refused settings where they are another account's, though S3 lets these credentials in", () => {
        const asked = settings({
            policiesOnExistingBuckets: ["acme-data"],
            encryptExistingBuckets: ["acme-logs", "acme-data"],
        });
        const policy = new Unanswered("StatusCode: 405, api error MethodNotAllowed: The specified method …");
        expect(checkBuckets(asked, facts({ "acme-data": { policy } }))).to.deep.equal([
            {
                path: ["storage", "encryptExistingBuckets", 1],
                found: "acme-data, a bucket of another account",
                remedy: "delete this line: its owner alone can set its default encryption to SSE-S3",
            },
            {
                path: PATHS.policies(0),
                found: "acme-data, a bucket of another account",
                remedy: "delete this line: its owner alone can add the statements to its policy (docs/existing.md)",
            },
        ]);
    });

    it("need no right to ask for their policy where the encryption alone is to be set", () => {
        const asked = settings({ encryptExistingBuckets: ["acme-data"] });
        for (const policy of [new Unanswered("StatusCode: 403, AccessDenied"), THEIRS, undefined]) {
            expect(checkBuckets(asked, facts({ "acme-data": { policy } }))).to.deep.equal([]);
        }
    });

    it("are told region and policy at once", () => {
        const asked = settings({ policiesOnExistingBuckets: ["acme-new"] });
        const found = checkBuckets(asked, facts({ "acme-new": { bucket: at("us-east-1"), policy: THEIRS } }));
        expect(found.map(({ path }) => path)).to.deep.equal([
            [...PATHS.locations, "raw", "in", 1],
            PATHS.policies(0),
        ]);
    });

    it("are refused another encryption where nobody answers for them: their owner alone may set it", () => {
        const asked = settings({ encryptExistingBuckets: ["acme-new", "acme-logs"] });
        expect(
            checkBuckets(asked, facts({ "acme-logs": { bucket: new Unanswered("StatusCode: 403") } })),
        ).to.deep.equal([
            {
                path: ["storage", "encryptExistingBuckets", 1],
                found: "no answer on acme-logs: StatusCode: 403",
                remedy: "a bucket of this account, which alone may set its encryption, that these credentials may look up (s3:ListBucket)",
            },
        ]);
    });

    it("that may not be looked at are told of, since another account's can work", () => {
        const found = facts({ "acme-new": { bucket: new Unanswered("StatusCode: 403, Forbidden") } });
        expect(checkBuckets(settings(), found)).to.deep.equal([]);
        expect(bucketWarnings(found)).to.deep.equal([
            "acme-new cannot be looked at (StatusCode: 403, Forbidden). If it is another account's, its owner must let the jobflow role and the operator in, as the roles' policies say, with BucketOwnerEnforced; nothing here can set its encryption or its policy.",
        ]);
        expect(bucketWarnings(facts())).to.deep.equal([]);
    });
});

describe("lookUpBuckets", () => {
    const look = (config: Config, answers?: Answers) => lookUp(() => lookUpBuckets(parse(config)), answers);
    const bucketCall = (bucket: string) => ["getBucket", { bucket }];
    const bucketOf = (name: string) => ({ bucket: name, bucketRegion: "eu-west-1" });

    it("asks nothing where the stack makes all of its own", async () => {
        expect(await look(stream())).to.deep.equal({ facts: [], calls: [] });
    });

    it("asks for each bucket of a location once, and for no policy unasked", async () => {
        const { facts: found, calls } = await look(buckets(LOCATIONS));
        expect(calls).to.have.deep.members(NAMES.map(bucketCall));
        expect(found).to.have.deep.members(
            NAMES.map((name) => ({ name, bucket: bucketOf(name), policy: undefined })),
        );
    });

    for (const list of ["policiesOnExistingBuckets", "encryptExistingBuckets"]) {
        it(`asks for the policies of the buckets in ${list}: their owner alone may change either`, async () => {
            const { facts: found, calls } = await look(
                { ...buckets(LOCATIONS), storage: { [list]: ["acme-data"] } },
                { getBucketPolicy: () => ({ policy: THEIRS }) },
            );
            expect(calls).to.have.deep.members([
                ...NAMES.map(bucketCall),
                ["getBucketPolicy", { bucket: "acme-data" }],
            ]);
            expect(found).to.have.deep.members(
                NAMES.map((name) => ({
                    name,
                    bucket: bucketOf(name),
                    policy: name === "acme-data" ? THEIRS : undefined,
                })),
            );
        });
    }

    for (const reason of [
        "reading S3 Bucket (acme-data) Policy: couldn't find resource",
        "reading S3 Bucket (acme-data) Policy: operation error S3: GetBucketPolicy, api error NoSuchBucketPolicy: The bucket policy does not exist",
        "reading S3 Bucket (acme-data) Policy: empty result",
    ]) {
        it(`takes "${reason.slice(39)}" for no policy`, async () => {
            const { facts: found } = await look(
                { ...buckets(LOCATIONS), storage: { policiesOnExistingBuckets: ["acme-data"] } },
                { getBucketPolicy: () => refuse(reason) },
            );
            expect(found.map(({ policy }) => policy)).to.deep.equal(NAMES.map(() => undefined));
        });
    }

    it("takes other refusals for answers", async () => {
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
                bucket: new Unanswered("Forbidden"),
                policy: new Unanswered("AccessDenied"),
            },
        ]);
    });
});
