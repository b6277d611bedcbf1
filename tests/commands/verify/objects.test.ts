import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { sampledObjects } from "../../../commands/verify/objects";
import { refusal } from "../../support/fake-aws";
import { contextOf, evidenceOf, outputsOf } from "./context";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/old";
const OLD = new Date("2020-01-01T00:00:00Z");
const NEW = new Date("2026-01-01T00:00:00Z");

describe("verify, sampled objects", () => {
    let outputs: StackOutputs;

    before(async () => {
        const own = await outputsOf();
        outputs = {
            ...own,
            buckets: { "raw.archive": "s3://acme/archive/" },
            forCommands: { ...own.forCommands, existingKmsKeyArns: [KEY] },
        };
    });

    /** Lists keys in pages, and describes each as `of` says. */
    async function run(
        pages: readonly (readonly (readonly [key: string, modified: Date])[])[],
        of: (key: string) => object,
        sample = 2,
    ) {
        const context = contextOf(
            outputs,
            {
                ListObjectsV2: ({ ContinuationToken = "0" }) => {
                    const page = Number(ContinuationToken);
                    const IsTruncated = page + 1 < pages.length;
                    return {
                        Contents: pages[page]?.map(([Key, LastModified]) => ({ Key, LastModified })),
                        IsTruncated,
                        ...(IsTruncated && { NextContinuationToken: String(page + 1) }),
                    };
                },
                HeadObject: ({ Key }) => of(String(Key)),
            },
            { sample },
        );
        const [evidence] = await evidenceOf(sampledObjects(context, () => 0.999));
        const heads = context.sent.filter(([name]) => name === "HeadObject").length;
        return { result: evidence?.result, found: evidence?.found, permission: evidence?.permission, heads };
    }

    const encrypted = () => ({ ServerSideEncryption: "AES256" });

    it("pass if there are none", async () => {
        expect(await run([[]], encrypted)).to.include({ result: "ok", heads: 0 });
    });

    it("include old objects among many new ones, on any page", async () => {
        const old = [["old", OLD]] as const;
        const pages = [
            [
                ["a", NEW],
                ["b", NEW],
                ["c", NEW],
            ],
            old,
            [],
        ] as const;
        const of = (key: string) => (key === "old" ? {} : encrypted());
        expect(await run(pages, of, 2)).to.deep.equal({
            result: "failed",
            found: "3 checked of 4 listed, of which 1 are from before February 2023: 1 not encrypted: old",
            permission: undefined,
            heads: 3,
        });
    });

    for (const [title, answer, result, found] of [
        ["gone since the listing", refusal("NotFound"), "ok", /^0 checked/],
        ["under SSE-C", refusal("HTTP 400"), "failed", /1 under a customer-provided key \(SSE-C\): a$/],
        ["under a known key", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY }, "ok", /^1 checked/],
        ["under another key", { SSEKMSKeyId: `${KEY}er` }, "failed", /1 under a KMS key that is not in/],
        ["denied", refusal("Forbidden"), "unknown", /^no answer: s3:GetObject on s3:\/\/acme\/a: /],
    ] as const) {
        it(`are ${result} if an object is ${title}`, async () => {
            const of = () => {
                if (answer instanceof Error) {
                    throw answer;
                }
                return answer;
            };
            const { found: text, ...rest } = await run([[["a", NEW]]], of);
            expect(rest).to.include({
                result,
                permission: result === "unknown" ? "s3:GetObject" : undefined,
            });
            expect(text).to.match(found);
        });
    }

    it("are listed to 100,000 at most", async () => {
        const page = Array.from({ length: 1000 }, (_, index) => [`k${index}`, NEW] as const);
        const { found } = await run(Array(102).fill(page), encrypted);
        expect(found).to.include("of 100000 listed, after which there are more");
    });
});
