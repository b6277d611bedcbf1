import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { objectChecks, type Tally } from "../../../commands/verify/objects";
import { type Answers, refusal } from "../../support/fake-aws";
import { contextOf, outputsOf } from "./context";

const URL_ = "s3://acme/archive/";
const ON = `location raw.archive, ${URL_}: objects`;
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/old";

describe("verify, objects:", () => {
    let outputs: StackOutputs;

    before(async () => {
        const own = await outputsOf();
        outputs = {
            ...own,
            buckets: { "raw.archive": URL_ },
            forCommands: { ...own.forCommands, existingKmsKeyArns: [KEY] },
        };
    });

    /** Pages of keys. */
    const listing = (...pages: readonly (readonly string[])[]): Answers => ({
        ListObjectsV2: ({ ContinuationToken = "0" }) => {
            const page = Number(ContinuationToken);
            const IsTruncated = page + 1 < pages.length;
            return {
                Contents: pages[page]?.map((Key) => ({ Key })),
                IsTruncated,
                ...(IsTruncated && { NextContinuationToken: String(page + 1) }),
            };
        },
    });
    const heads = (of: Readonly<Record<string, () => object>>): Answers => ({
        HeadObject: ({ Key }) => of[String(Key)]?.() ?? { ServerSideEncryption: "AES256" },
    });
    const run = (answers: Answers, size = 20, random?: () => number) =>
        objectChecks(contextOf(outputs, { ...heads({}), ...answers }), size, undefined, random);
    const expected = "all encrypted: SSE-S3, or a KMS key in storage.existingKmsKeyArns";
    const ok = (found: string) => [{ status: "ok", on: ON, expected, found }];

    it("are not listed with a sample of 0", async () => {
        const context = contextOf(outputs, {});
        expect(await objectChecks(context, 0)).to.deep.equal([]);
        expect(context.sent).to.deep.equal([]);
    });

    it("pass if there are none", async () => {
        expect(await run(listing([]))).to.deep.equal(ok("no objects"));
        expect(await run({ ListObjectsV2: () => ({}) })).to.deep.equal(ok("no objects"));
    });

    it("are all checked if they are no more than the sample, on any page", async () => {
        const context = contextOf(outputs, { ...listing(["archive/a"], ["archive/b"], []), ...heads({}) });
        expect(await objectChecks(context, 2)).to.deep.equal(ok("2 of 2 looked at: all encrypted"));
        expect(context.sent.filter(([name]) => name === "HeadObject")).to.deep.equal([
            ["HeadObject", { Bucket: "acme", Key: "archive/a" }],
            ["HeadObject", { Bucket: "acme", Key: "archive/b" }],
        ]);
        expect(context.sent.find(([name]) => name === "ListObjectsV2")?.[1]).to.include({
            Bucket: "acme",
            Prefix: "archive/",
        });
    });

    it("have equal chances to be in the sample", async () => {
        const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
        const times = new Map(keys.map((key) => [key, 0]));
        const rounds = 600;
        let seed = 1;
        const random = () => {
            seed = (seed * 48_271) % 2_147_483_647;
            return seed / 2_147_483_647;
        };
        const context = contextOf(outputs, {
            ...listing(keys.slice(0, 7), keys.slice(7)),
            HeadObject: ({ Key }) => {
                times.set(String(Key), (times.get(String(Key)) ?? 0) + 1);
                return { ServerSideEncryption: "AES256" };
            },
        });
        for (let round = 0; round < rounds; round += 1) {
            await objectChecks(context, 10, undefined, random);
        }
        // 10 of 30, 600 times: 200 each, with a standard deviation of about 12.
        for (const [key, count] of times) {
            expect(count, key).to.be.within(150, 250);
        }
    });

    it("are listed up to the first 100,000, and the finding says so", async () => {
        const page = Array.from({ length: 1000 }, (_, index) => `k${index}`);
        const context = contextOf(outputs, { ...listing(...Array<string[]>(102).fill(page)), ...heads({}) });
        expect(await objectChecks(context, 3)).to.deep.equal(
            ok("3 of the first 100000, after which there are more, looked at: all encrypted"),
        );
        expect(context.sent.filter(([name]) => name === "ListObjectsV2")).to.have.length(100);
        const just = contextOf(outputs, { ...listing(...Array<string[]>(100).fill(page)), ...heads({}) });
        expect(await objectChecks(just, 3)).to.deep.equal(ok("3 of 100000 looked at: all encrypted"));
    });

    it("are named if not encrypted: three, and the number of the others", async () => {
        const keys = ["archive/a", "archive/b", "archive/c", "archive/d", "archive/e"];
        const none = Object.fromEntries(keys.slice(1).map((key) => [key, () => ({})]));
        expect(await run({ ...listing(keys), ...heads(none) })).to.deep.equal([
            {
                status: "failed",
                on: ON,
                expected,
                found: "5 of 5 looked at: 4 not encrypted: archive/b, archive/c, archive/d and 1 more",
                remedy: "npx pulumi stack output --json --stack dev | npm run -s encrypt-existing",
            },
        ]);
    });

    it("may be under a known key, another key, or SSE-C", async () => {
        const of = {
            a: () => ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY }),
            b: () => ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: "arn:aws:kms:eu-west-1:1:key/other" }),
            c: () => {
                throw Object.assign(refusal("400", "UnknownError"), { $metadata: { httpStatusCode: 400 } });
            },
        };
        expect(await run({ ...listing(["a", "b"]), ...heads(of) })).to.deep.equal([
            {
                status: "warning",
                on: ON,
                expected,
                found: "2 of 2 looked at: 1 under a KMS key that is not in storage.existingKmsKeyArns: b",
                remedy: "name the key there in Pulumi.dev.yaml, and: npx pulumi up --stack dev",
            },
        ]);
        expect(await run({ ...listing(["a", "b", "c"]), ...heads(of) })).to.deep.equal([
            {
                status: "failed",
                on: ON,
                expected,
                found: "3 of 3 looked at: 1 under a customer-provided key (SSE-C), which no cluster has: c; 1 under a KMS key that is not in storage.existingKmsKeyArns: b",
                remedy: "have their writer write them anew, without such a key; name the key there in Pulumi.dev.yaml, and: npx pulumi up --stack dev",
            },
        ]);
    });

    it("may be deleted or archived meanwhile", async () => {
        const of = {
            a: () => {
                throw refusal("NotFound");
            },
            b: () => ({ ServerSideEncryption: "AES256", StorageClass: "DEEP_ARCHIVE" }),
        };
        expect(await run({ ...listing(["a", "b"]), ...heads(of) })).to.deep.equal(
            ok("1 of 2 looked at: all encrypted"),
        );
    });

    it("fail if they cannot be listed or read, and other locations are still checked", async () => {
        const two = { ...outputs, buckets: { "raw.in": ["s3://acme/in/", "s3://existing/in/"] } };
        for (const [answers, found] of [
            [
                {
                    ListObjectsV2: ({ Bucket }) => {
                        if (Bucket === "acme") {
                            throw refusal("AccessDenied", "Access Denied");
                        }
                        return { Contents: [{ Key: "in/b" }] };
                    },
                },
                "s3:ListBucket on acme: AccessDenied: Access Denied. These credentials need s3:ListBucket on it.",
            ],
            [
                {
                    ...listing(["in/b"]),
                    HeadObject: ({ Bucket }) => {
                        if (Bucket === "acme") {
                            throw refusal("Forbidden");
                        }
                        return { ServerSideEncryption: "AES256" };
                    },
                },
                "s3:GetObject on s3://acme/in/b: Forbidden. These credentials need s3:GetObject on it.",
            ],
        ] as const satisfies readonly (readonly [Answers, string])[]) {
            const checks = await objectChecks(contextOf(two, { ...heads({}), ...answers }), 20);
            expect(checks.map(({ status, on, found: text }) => [status, on, text])).to.deep.equal([
                ["failed", "location raw.in, s3://acme/in/: objects", `no answer: ${found}`],
                ["ok", "location raw.in, s3://existing/in/: objects", "1 of 1 looked at: all encrypted"],
            ]);
        }
    });

    it("are counted for the progress bar", async () => {
        const tallies: Tally[] = [];
        await objectChecks(contextOf(outputs, { ...listing(["a", "b"], ["c"]), ...heads({}) }), 1, (tally) =>
            tallies.push(tally),
        );
        expect(tallies).to.deep.equal([
            { locations: 0, listed: 2, looked: 0 },
            { locations: 0, listed: 3, looked: 0 },
            { locations: 0, listed: 3, looked: 1 },
            { locations: 1, listed: 3, looked: 1 },
        ]);
    });

    it("require locations that are S3 URLs", async () => {
        const other = { ...outputs, buckets: { log: "file:///log" } };
        let message = "";
        await objectChecks(contextOf(other, {}), 1).catch((error: Error) => {
            ({ message } = error);
        });
        expect(message).to.equal("the stack's outputs: buckets: found file:///log; allowed: an S3 URL");
    });
});
