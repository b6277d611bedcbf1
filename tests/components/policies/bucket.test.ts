import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { bucketPolicy } from "../../../components/policies/bucket";

describe("bucketPolicy", () => {
    it("has the statements that docs/existing.md lists for existing buckets", () => {
        const doc = readFileSync(path.join(__dirname, "..", "..", "..", "docs", "existing.md"), "utf8");
        const statements = /```json\n(\[[\s\S]*?)```/.exec(doc)?.[1] ?? "[]";
        expect(JSON.parse(statements)).to.deep.equal(
            bucketPolicy("arn:aws:s3:::my-archive", "AES256").Statement,
        );
    });

    for (const sse of ["AES256", "aws:kms"] as const) {
        it(`denies plain HTTP, SSE headers other than ${sse}, and SSE-C; allows nothing`, () => {
            expect(bucketPolicy("arn:aws:s3:::data", sse)).to.deep.equal({
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "DenyPlainHttp",
                        Effect: "Deny",
                        Principal: "*",
                        Action: "s3:*",
                        Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
                        Condition: { Bool: { "aws:SecureTransport": "false" } },
                    },
                    {
                        Sid: "DenyOtherEncryption",
                        Effect: "Deny",
                        Principal: "*",
                        Action: "s3:PutObject",
                        Resource: "arn:aws:s3:::data/*",
                        Condition: {
                            Null: { "s3:x-amz-server-side-encryption": "false" },
                            StringNotEquals: { "s3:x-amz-server-side-encryption": sse },
                        },
                    },
                    {
                        Sid: "DenyCustomerProvidedKeys",
                        Effect: "Deny",
                        Principal: "*",
                        Action: "s3:PutObject",
                        Resource: "arn:aws:s3:::data/*",
                        Condition: {
                            Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" },
                        },
                    },
                ],
            });
        });
    }

    it("adds statements for the bucket and a folder of it, after its own", () => {
        const statement = { Sid: "Producers", Effect: "Allow", Principal: { AWS: "444455556666" } } as const;
        const put = { ...statement, Action: "s3:PutObject" };
        const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3" } };
        const own = bucketPolicy("arn:aws:s3:::data", "AES256").Statement;
        const all = bucketPolicy("arn:aws:s3:::data", "AES256", [
            { prefix: "raw/", statement: put },
            { prefix: "", statement: { ...put, Sid: "All", Condition } },
        ]);
        expect(all.Statement).to.deep.equal([
            ...own,
            { ...put, Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/raw/*"] },
            { ...put, Sid: "All", Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], Condition },
        ]);
    });
});
