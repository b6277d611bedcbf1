import { isDeepStrictEqual } from "node:util";
import type { Run } from "../../../testing/mock-engine";
import { PLACEHOLDER } from "../../../testing/placeholder-provider";
import { type Context, decide, resourcePolicy } from "../iam";
import { USER } from "./access";
import { listOf, type Made, resources } from "./made";
import { MANAGED, type Rule, valueAt } from "./rules";

interface Statement {
    readonly Effect: string;
}

export const BUCKET_RULES: Readonly<Record<string, Rule<Made>>> = {
    "default encryption": ({ run, given }) => {
        const buckets = managedBuckets(run);
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
            "existing buckets other than those in encryptExistingBuckets": !isDeepStrictEqual(
                new Set(encrypted.filter((bucket) => !buckets.includes(String(bucket)))),
                new Set(named),
            ),
        };
    },
    "policies of managed buckets": ({ run, given }) => {
        const buckets = managedBuckets(run);
        const policies = resources(run, "aws:s3/bucketPolicy:BucketPolicy").filter(({ inputs }) =>
            buckets.includes(String(inputs.bucket)),
        );
        const allowed = policies.flatMap(({ inputs }) =>
            (JSON.parse(String(inputs.policy)).Statement as readonly Statement[]).filter(
                ({ Effect }) => Effect === "Allow",
            ),
        );
        const asked = Object.entries(
            Object(valueAt(given.config, ["storage", "bucketPolicyStatements"])) as Readonly<
                Record<string, readonly Statement[]>
            >,
        ).flatMap(([path, statements]) => {
            const [kind, ...folder] = (MANAGED[path] ?? "").split("/");
            const arn = `arn:aws:s3:::${buckets.find((name) => name.endsWith(`-${kind}-${PLACEHOLDER}`))}`;
            const Resource = [arn, `${arn}/${folder.join("/")}*`];
            return statements.map((statement) => ({ ...statement, Resource }));
        });
        return {
            "a bucket without a policy": policies.length !== buckets.length,
            "other statements than those of bucketPolicyStatements": !isDeepStrictEqual(
                new Set(allowed),
                new Set(asked),
            ),
        };
    },
    "policies of existing buckets": ({ run, given }) => {
        const managed = managedBuckets(run);
        const policies = resources(run, "aws:s3/bucketPolicy:BucketPolicy").filter(
            ({ inputs }) => !managed.includes(String(inputs.bucket)),
        );
        /** Whether each policy denies the request, whatever the caller's own policies allow. */
        const denied = (action: string, context: Context) =>
            policies.map(({ inputs }) => {
                const resource = `arn:aws:s3:::${inputs.bucket}/some/object`;
                const policy = resourcePolicy(String(inputs.policy));
                const decision = decide(
                    { caller: USER, action, resource, context },
                    { resource: { policy } },
                );
                return decision === "explicitDeny";
            });
        const tls = { "aws:SecureTransport": "true" };
        const sse = "s3:x-amz-server-side-encryption";
        return {
            "buckets other than those in policiesOnExistingBuckets": !isDeepStrictEqual(
                policies.map(({ inputs }) => inputs.bucket).sort(),
                [...listOf(given, ["storage", "policiesOnExistingBuckets"])].sort(),
            ),
            "plain HTTP is not denied": denied("s3:GetObject", { "aws:SecureTransport": "false" }).includes(
                false,
            ),
            "SSE-KMS is not denied": denied("s3:PutObject", { ...tls, [sse]: "aws:kms" }).includes(false),
            "EMR's requests are denied": [{ ...tls }, { ...tls, [sse]: "AES256" }]
                .flatMap((headers) => denied("s3:PutObject", headers))
                .includes(true),
        };
    },
};

function managedBuckets(run: Run): readonly string[] {
    return resources(run, "aws:s3/bucket:Bucket").map(({ inputs }) => `${inputs.bucketPrefix}${PLACEHOLDER}`);
}
