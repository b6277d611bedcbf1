import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { bucketsPath } from "../args/locations";
import { bucketPolicyDifferences, checkBucketRegion } from "../checks/bucket";
import type { ArgumentError, Path } from "../domain/errors";
import { at, FailedLookup, lookup, lookupFailed, succeeded } from "./lookup";

/** The AWS provider's answers about an existing bucket. */
export interface BucketFacts {
    readonly name: string;
    readonly bucket: aws.s3.GetBucketResult | FailedLookup;
    /**
     * The bucket's policy; undefined if it has none. It is looked up for every bucket that the stack is to change:
     * only the owner may read it, as only the owner may make the change.
     */
    readonly policy?: string | FailedLookup;
}

/** The buckets of existing locations, each with the first path that names it. */
function existingBuckets({ locations }: ResolvedArgs): ReadonlyMap<string, Path> {
    const named = locations.flatMap((location) =>
        location.managed
            ? []
            : location.folders.map(({ bucket }, index): [string, Path] => [
                  bucket,
                  [...bucketsPath(location.path), ...(location.path === "raw.in" ? [index] : [])],
              ]),
    );
    return new Map(named.reverse());
}

export async function lookUpBuckets(
    args: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<readonly BucketFacts[]> {
    const { encryptExistingBuckets, policiesOnExistingBuckets } = args.storage;
    const changed = [...encryptExistingBuckets, ...policiesOnExistingBuckets];
    return Promise.all(
        [...existingBuckets(args).keys()].map(async (name) => {
            const [bucket, policy] = await Promise.all([
                lookup(aws.s3.getBucket({ bucket: name }, opts)),
                changed.includes(name) ? lookUpPolicy(name, opts) : undefined,
            ]);
            return { name, bucket, policy };
        }),
    );
}

/**
 * The words of S3 and of the AWS provider, with their capitals: a bucket's name, which may be in any of these
 * messages, has small letters only, and no spaces.
 */
const NO_POLICY = /NoSuchBucketPolicy|couldn't find resource|empty result/;
const NO_BUCKET = /StatusCode: 404\b|NotFound|NoSuchBucket|couldn't find resource/;
const OF_ANOTHER_REGION = /StatusCode: 301\b|MovedPermanently|PermanentRedirect/;
/** The owner may let another account use the bucket, but not read its policy. */
const OF_ANOTHER_ACCOUNT = /StatusCode: 405\b|MethodNotAllowed/;

/** The AWS provider fails if a bucket has no policy. */
async function lookUpPolicy(
    bucket: string,
    opts: pulumi.InvokeOptions | undefined,
): Promise<string | FailedLookup | undefined> {
    const result = await lookup(aws.s3.getBucketPolicy({ bucket }, opts));
    if (succeeded(result)) {
        return result.policy;
    }
    return NO_POLICY.test(result.reason) ? undefined : result;
}

/** Checks that each bucket exists in the stack's region, and that the stack may change what it is asked to change. */
export function checkBuckets(args: ResolvedArgs, buckets: readonly BucketFacts[]): readonly ArgumentError[] {
    const paths = existingBuckets(args);
    const { encryptExistingBuckets, policiesOnExistingBuckets } = args.storage;
    return buckets.flatMap((facts) => [
        ...checkPlace(args.region, facts, paths.get(facts.name) ?? []),
        ...pathsIn("encryptExistingBuckets", encryptExistingBuckets, facts).flatMap((path) =>
            checkEncryption(facts, path),
        ),
        ...pathsIn("policiesOnExistingBuckets", policiesOnExistingBuckets, facts).flatMap((path) =>
            checkPolicy(facts, path),
        ),
    ]);
}

/** The path of a bucket in a list of `storage`, if it is there. */
function pathsIn(key: string, list: readonly string[], { name }: BucketFacts): readonly Path[] {
    const index = list.indexOf(name);
    return index === -1 ? [] : [["storage", key, index]];
}

function checkPlace(region: string, { name, bucket }: BucketFacts, path: Path): readonly ArgumentError[] {
    if (isMissing(bucket)) {
        return [
            {
                code: "bucket-missing",
                path,
                found: `${name} does not exist`,
                fix: "name an existing bucket, or omit this key for a bucket that the stack creates",
            },
        ];
    }
    if (!succeeded(bucket) && !isInAnotherRegion(bucket)) {
        return [];
    }
    // The AWS provider asks S3 in the stack's region, which answers 301 for another region's bucket without naming it.
    const bucketRegion = succeeded(bucket) ? bucket.bucketRegion : "another region";
    return at(path, checkBucketRegion({ name, bucketRegion }, region));
}

function isMissing(bucket: BucketFacts["bucket"]): boolean {
    return !succeeded(bucket) && NO_BUCKET.test(bucket.reason);
}

function isInAnotherRegion(bucket: BucketFacts["bucket"]): boolean {
    return !succeeded(bucket) && OF_ANOTHER_REGION.test(bucket.reason);
}

/** Why an existing bucket cannot be read; undefined if it can, or if `checkPlace` reports it. */
function unreadable({ bucket }: BucketFacts): FailedLookup | undefined {
    return succeeded(bucket) || isMissing(bucket) || isInAnotherRegion(bucket) ? undefined : bucket;
}

function checkEncryption(facts: BucketFacts, path: Path): readonly ArgumentError[] {
    const { name, policy } = facts;
    if (isOfAnotherAccount(policy)) {
        return [ofAnotherAccount(name, path, "set its default encryption to SSE-S3")];
    }
    const failure = unreadable(facts);
    return failure ? [lookupFailed(path, name, failure, "s3:ListBucket")] : [];
}

function checkPolicy(facts: BucketFacts, path: Path): readonly ArgumentError[] {
    const { name, bucket, policy } = facts;
    if (isOfAnotherAccount(policy)) {
        return [ofAnotherAccount(name, path, "add the statements to its policy (docs/existing.md)")];
    }
    if (policy instanceof FailedLookup) {
        return isMissing(bucket)
            ? []
            : [lookupFailed(path, `the policy of ${name}`, policy, "s3:GetBucketPolicy")];
    }
    if (policy === undefined) {
        // The AWS provider reports "no policy" for a missing bucket too.
        const failure = unreadable(facts);
        return failure ? [lookupFailed(path, name, failure, "s3:ListBucket")] : [];
    }
    const differences = bucketPolicyDifferences(name, "AES256", policy);
    return differences.length === 0
        ? []
        : [
              {
                  code: "bucket-policy-exists",
                  path,
                  found: `${name} has another policy than the stack's: ${differences.join(", ")}`,
                  fix: "omit this bucket, and add the statements to its policy yourself (docs/existing.md)",
              },
          ];
}

function isOfAnotherAccount(policy: BucketFacts["policy"]): boolean {
    return policy instanceof FailedLookup && OF_ANOTHER_ACCOUNT.test(policy.reason);
}

function ofAnotherAccount(name: string, path: Path, action: string): ArgumentError {
    return {
        code: "bucket-of-another-account",
        path,
        found: `${name} is a bucket of another account`,
        fix: `omit this bucket: only its owner can ${action}`,
    };
}

/** Buckets that may work, but not by the stack alone. */
export function bucketWarnings(buckets: readonly BucketFacts[]): readonly string[] {
    return buckets.flatMap((facts) => {
        const failure = unreadable(facts);
        return failure
            ? [
                  `${facts.name} cannot be read (${failure.reason}). If it belongs to another account, its owner must grant the jobflow role and the operator what their policies allow, and set BucketOwnerEnforced. The stack cannot set its encryption or its policy.`,
              ]
            : [];
    });
}
