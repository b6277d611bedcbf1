import { isDeepStrictEqual } from "node:util";
import { PLACEHOLDER } from "../../../testing/placeholder-provider";
import { type Context, decide, resourcePolicy } from "../iam";
import { ANYBODY } from "./access";
import { listOf, type Made, resources } from "./made";
import type { Rule } from "./rules";

export const BUCKET_RULES: Readonly<Record<string, Rule<Made>>> = {
    "4.3.3 default encryption": ({ run, given }) => {
        const buckets = resources(run, "aws:s3/bucket:Bucket").map(
            ({ inputs }) => `${inputs.bucketPrefix}${PLACEHOLDER}`,
        );
        const encrypted = resources(
            run,
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        )
            .filter(({ inputs }) => JSON.stringify(inputs.rules).includes('"sseAlgorithm":"AES256"'))
            .map(({ inputs }) => inputs.bucket);
        const without = buckets.filter((bucket) => !encrypted.includes(bucket));
        const named = listOf(given, ["storage", "encryptExistingBuckets"]);
        return {
            [`none on ${without.join(", ")}`]: without.length > 0,
            "not on the existing buckets that are named, or on others": !isDeepStrictEqual(
                new Set(encrypted.filter((bucket) => !buckets.includes(String(bucket)))),
                new Set(named),
            ),
        };
    },
    "4.3.3 policies of existing buckets": ({ run, given }) => {
        const managed = resources(run, "aws:s3/bucket:Bucket").map(
            ({ inputs }) => `${inputs.bucketPrefix}${PLACEHOLDER}`,
        );
        const policies = resources(run, "aws:s3/bucketPolicy:BucketPolicy").filter(
            ({ inputs }) => !managed.includes(String(inputs.bucket)),
        );
        const decided = (action: string, context: Context) =>
            policies.map(({ inputs }) =>
                decide(
                    {
                        caller: ANYBODY,
                        action,
                        resource: `arn:aws:s3:::${inputs.bucket}/some/object`,
                        context,
                    },
                    { resource: { policy: resourcePolicy(String(inputs.policy)) } },
                ),
            );
        const tls = { "aws:SecureTransport": "true" };
        const sse = "s3:x-amz-server-side-encryption";
        return {
            "on others than those named": !isDeepStrictEqual(
                policies.map(({ inputs }) => inputs.bucket).sort(),
                [...listOf(given, ["storage", "policiesOnExistingBuckets"])].sort(),
            ),
            "plain HTTP": decided("s3:GetObject", { "aws:SecureTransport": "false" }).some(
                (decision) => decision !== "explicitDeny",
            ),
            "another encryption": decided("s3:PutObject", { ...tls, [sse]: "aws:kms" }).some(
                (decision) => decision !== "explicitDeny",
            ),
            "not what EMR sends": [{ ...tls }, { ...tls, [sse]: "AES256" }]
                .flatMap((headers) => decided("s3:PutObject", headers))
                .includes("explicitDeny"),
        };
    },
};
