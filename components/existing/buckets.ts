import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { bucketsPath } from "../args/locations";
import { bucketPolicyDifferences, checkBucketRegion } from "../checks/bucket";
import type { Finding } from "../checks/finding";
import type { Path } from "../domain/errors";
import { at, FailedLookup, lookup, lookupFailed, type Outcome } from "./lookup";

interface BucketFacts {
    readonly name: string;
    /** The bucket's region, or a description of it; undefined if the bucket is missing. */
    readonly bucketRegion: string | undefined | FailedLookup;
    /** The bucket's policy; undefined if it has none, or if the stack does not change the bucket. */
    readonly policy: string | undefined | FailedLookup;
}

/**
 * The AWS provider's messages. Their capitals and spaces keep these patterns from matching a bucket's name, which may be
 * in any message.
 */
const NO_POLICY = /NoSuchBucketPolicy|couldn't find resource|empty result/;
const NO_BUCKET = /StatusCode: 404\b|NotFound|NoSuchBucket|couldn't find resource/;
const REDIRECT = /StatusCode: 301\b|MovedPermanently|PermanentRedirect/;
/** What S3's global endpoint, which the AWS provider uses in us-east-1, answers instead of a redirect. */
const WRONG_REGION = /AuthorizationHeaderMalformed.*expecting '([a-z0-9-]+)'/;
/** A HEAD request has no body to say which of two causes it is. */
const BAD_REQUEST = /BadRequest|AuthorizationHeaderMalformed/;
/** The owner may let another account use the bucket, but not read its policy. */
const OF_ANOTHER_ACCOUNT = /StatusCode: 405\b|MethodNotAllowed/;

/** Checks that each existing bucket is in the stack's region, and that the stack can change it as `storage` says. */
export async function checkBuckets(args: ResolvedArgs, opts?: pulumi.InvokeOptions): Promise<Outcome> {
    const outcomes = await Promise.all(
        existingBuckets(args).map(([name, path]) => checkBucket(args, name, path, opts)),
    );
    return {
        errors: outcomes.flatMap(({ errors }) => errors),
        warnings: outcomes.flatMap(({ warnings = [] }) => warnings),
    };
}

/** The buckets of existing locations, each with the first path that names it. */
function existingBuckets({ locations }: ResolvedArgs): readonly (readonly [name: string, path: Path])[] {
    const named = locations.flatMap((location) =>
        location.managed
            ? []
            : location.folders.map(({ bucket }, index) => {
                  const path = bucketsPath(location.path);
                  return [bucket, location.path === "raw.in" ? [...path, index] : path] as const;
              }),
    );
    return named.filter(([name], index) => named.findIndex(([other]) => other === name) === index);
}

/** The lists of buckets to change, and what only a bucket's owner can do. */
const CHANGES = {
    encryptExistingBuckets: "set its default encryption to SSE-S3",
    policiesOnExistingBuckets: "add the statements to its policy (docs/existing.md)",
} as const;
type Change = keyof typeof CHANGES;

async function checkBucket(
    { region, storage }: ResolvedArgs,
    name: string,
    path: Path,
    opts: pulumi.InvokeOptions | undefined,
): Promise<Outcome> {
    const changes = (Object.keys(CHANGES) as Change[]).filter((key) => storage[key].includes(name));
    const [bucketRegion, policy] = await Promise.all([
        lookUpRegion(name, opts),
        // For a change of its encryption too: only the owner may read the policy, and only the owner may change it.
        changes.length > 0 ? lookUpPolicy(name, opts) : undefined,
    ]);
    const facts = { name, bucketRegion, policy };
    return {
        errors: [
            ...at(path, checkPlace(facts, region)),
            ...changes.flatMap((key) =>
                at(["storage", key, storage[key].indexOf(name)], checkChange(facts, key, region)),
            ),
        ],
        warnings:
            bucketRegion instanceof FailedLookup
                ? [
                      `${name} cannot be read (${bucketRegion.reason}). If it belongs to another account, its owner must grant the jobflow role and the operator what their policies allow, and set BucketOwnerEnforced. The stack cannot set its encryption or its policy.`,
                  ]
                : [],
    };
}

/** The AWS provider asks S3 in the stack's region, which names another region in some answers only. */
async function lookUpRegion(
    bucket: string,
    opts: pulumi.InvokeOptions | undefined,
): Promise<BucketFacts["bucketRegion"]> {
    const result = await lookup(aws.s3.getBucket({ bucket }, opts));
    if (!(result instanceof FailedLookup)) {
        return result.bucketRegion;
    }
    if (NO_BUCKET.test(result.reason)) {
        return undefined;
    }
    if (REDIRECT.test(result.reason)) {
        return "another region";
    }
    const both = "another region, or these credentials have expired: S3 answers 400 BadRequest to both";
    return WRONG_REGION.exec(result.reason)?.[1] ?? (BAD_REQUEST.test(result.reason) ? both : result);
}

/** The AWS provider fails if a bucket has no policy. */
async function lookUpPolicy(
    bucket: string,
    opts: pulumi.InvokeOptions | undefined,
): Promise<BucketFacts["policy"]> {
    const result = await lookup(aws.s3.getBucketPolicy({ bucket }, opts));
    if (!(result instanceof FailedLookup)) {
        return result.policy;
    }
    return NO_POLICY.test(result.reason) ? undefined : result;
}

function checkPlace({ name, bucketRegion }: BucketFacts, region: string): Finding | undefined {
    if (bucketRegion === undefined) {
        return {
            code: "bucket-missing",
            found: `${name} does not exist`,
            fix: "name an existing bucket, or omit this key for a bucket that the stack creates",
        };
    }
    return bucketRegion instanceof FailedLookup
        ? undefined
        : checkBucketRegion({ name, bucketRegion }, region);
}

function checkChange(
    { name, bucketRegion, policy }: BucketFacts,
    change: Change,
    region: string,
): Finding | undefined {
    if (policy instanceof FailedLookup && typeof bucketRegion === "string" && bucketRegion !== region) {
        return undefined; // `checkPlace` reports the bucket.
    }
    if (policy instanceof FailedLookup && OF_ANOTHER_ACCOUNT.test(policy.reason)) {
        return {
            code: "bucket-of-another-account",
            found: `${name} is a bucket of another account`,
            fix: `omit this bucket: only its owner can ${CHANGES[change]}`,
        };
    }
    if (change === "policiesOnExistingBuckets" && bucketRegion !== undefined && policy !== undefined) {
        return policy instanceof FailedLookup
            ? lookupFailed(`the policy of ${name}`, policy, "s3:GetBucketPolicy")
            : checkPolicy(name, policy);
    }
    return bucketRegion instanceof FailedLookup
        ? lookupFailed(name, bucketRegion, "s3:ListBucket")
        : undefined;
}

/** A bucket has one policy: the stack's would overwrite another one. */
function checkPolicy(name: string, policy: string): Finding | undefined {
    const differences = bucketPolicyDifferences(name, { acceptedSse: "AES256" }, policy);
    if (differences.length === 0) {
        return undefined;
    }
    return {
        code: "bucket-policy-exists",
        found: `${name} has another policy than the stack's: ${differences.join(", ")}`,
        fix: "omit this bucket, and add the statements to its policy yourself (docs/existing.md)",
    };
}
