import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import type { Path } from "../args/errors";
import { bucketsPath } from "../args/locations";
import { bucketPolicy } from "../policies/bucket";
import { documentDifferences } from "../policies/document";
import { bucketArn } from "../policies/s3-access";
import { ask, type Finding, isAnswer, noAnswer, Unanswered } from "./lookup";

/** What AWS says of a bucket that is the user's. */
export interface BucketFacts {
    readonly name: string;
    readonly bucket: aws.s3.GetBucketResult | Unanswered;
    /** Its policy; undefined where it has none. Looked up where the stack is to set anything: its owner alone can. */
    readonly policy?: string | Unanswered;
}

/** The buckets of existing locations, each once, with where the stack config names them first. */
function existingBuckets({ locations }: ResolvedArgs): ReadonlyMap<string, Path> {
    const placed = locations.flatMap((location) =>
        location.managed
            ? []
            : location.folders.map(({ bucket }, index): [string, Path] => [
                  bucket,
                  [...bucketsPath(location.path), ...(location.path === "raw.in" ? [index] : [])],
              ]),
    );
    return new Map(placed.reverse());
}

export async function lookUpBuckets(settings: ResolvedArgs): Promise<readonly BucketFacts[]> {
    const { encryptExistingBuckets, policiesOnExistingBuckets } = settings.storage;
    const changed = [...encryptExistingBuckets, ...policiesOnExistingBuckets];
    return Promise.all(
        [...existingBuckets(settings).keys()].map(async (name) => {
            const [bucket, policy] = await Promise.all([
                ask(aws.s3.getBucket({ bucket: name })),
                changed.includes(name) ? lookUpPolicy(name) : undefined,
            ]);
            return { name, bucket, policy };
        }),
    );
}

/**
 * What refusals say, in S3's own words or the AWS provider's. In letters as they are there: a bucket's name, which
 * may stand in any refusal, has small ones only, and no spaces.
 */
const NO_POLICY = /NoSuchBucketPolicy|couldn't find resource|empty result/;
const NO_BUCKET = /StatusCode: 404\b|NotFound|NoSuchBucket|couldn't find resource/;
const OF_ANOTHER_REGION = /StatusCode: 301\b|MovedPermanently|PermanentRedirect/;
/** Whoever is let in by its owner may use the bucket, and still not ask for its policy. */
const OF_ANOTHER_ACCOUNT = /StatusCode: 405\b|MethodNotAllowed/;

/** The AWS provider makes an error of "no policy". */
async function lookUpPolicy(bucket: string): Promise<string | Unanswered | undefined> {
    const answer = await ask(aws.s3.getBucketPolicy({ bucket }));
    if (isAnswer(answer)) {
        return answer.policy;
    }
    return NO_POLICY.test(answer.reason) ? undefined : answer;
}

/** What cannot work: a bucket of another region or of nobody, settings of another account's, a policy over another. */
export function checkBuckets(settings: ResolvedArgs, buckets: readonly BucketFacts[]): readonly Finding[] {
    const paths = existingBuckets(settings);
    const { encryptExistingBuckets, policiesOnExistingBuckets } = settings.storage;
    return buckets.flatMap((facts) => [
        ...checkPlace(settings.region, facts, paths.get(facts.name) ?? []),
        ...listedAt("encryptExistingBuckets", encryptExistingBuckets, facts).flatMap((path) =>
            checkEncryption(facts, path),
        ),
        ...listedAt("policiesOnExistingBuckets", policiesOnExistingBuckets, facts).flatMap((path) =>
            checkPolicy(facts, path),
        ),
    ]);
}

/** Where a list of `storage` names a bucket: nowhere, or at one place. */
function listedAt(key: string, list: readonly string[], { name }: BucketFacts): readonly Path[] {
    const index = list.indexOf(name);
    return index === -1 ? [] : [["storage", key, index]];
}

function checkPlace(region: string, { name, bucket }: BucketFacts, path: Path): readonly Finding[] {
    // The AWS provider asks S3 in the stack's region, which answers 301 for a bucket of another, and not of which.
    const place = isAnswer(bucket)
        ? bucket.bucketRegion
        : OF_ANOTHER_REGION.test(bucket.reason)
          ? "another region"
          : region;
    if (place !== region) {
        return [
            {
                path,
                found: `${name}, which is in ${place}`,
                remedy: `a bucket in ${region}: s3-dist-cp is given that region's endpoint, and finds no other's`,
            },
        ];
    }
    return isMissing(bucket)
        ? [
              {
                  path,
                  found: `${name}, which is not there`,
                  remedy: "the name of a bucket that is there, or, for one that the stack makes, no such line",
              },
          ]
        : [];
}

function isMissing(bucket: BucketFacts["bucket"]): boolean {
    return !isAnswer(bucket) && NO_BUCKET.test(bucket.reason);
}

/** Whether a bucket's place says all that there is to say. */
function isClosed({ bucket }: BucketFacts): boolean {
    return !isAnswer(bucket) && !isMissing(bucket) && !OF_ANOTHER_REGION.test(bucket.reason);
}

function checkEncryption(facts: BucketFacts, path: Path): readonly Finding[] {
    const { name, bucket, policy } = facts;
    if (isAnothers(policy)) {
        return [anothers(name, path, "set its default encryption to SSE-S3")];
    }
    return !isAnswer(bucket) && isClosed(facts)
        ? [
              {
                  path,
                  found: `no answer on ${name}: ${bucket.reason}`,
                  remedy: "a bucket of this account, which alone may set its encryption, that these credentials may look up (s3:ListBucket)",
              },
          ]
        : [];
}

function checkPolicy(facts: BucketFacts, path: Path): readonly Finding[] {
    const { name, bucket, policy } = facts;
    if (isAnothers(policy)) {
        return [anothers(name, path, "add the statements to its policy (docs/existing.md)")];
    }
    if (policy instanceof Unanswered) {
        return isMissing(bucket)
            ? []
            : [noAnswer(path, `the policy of ${name}`, policy, "s3:GetBucketPolicy")];
    }
    if (policy === undefined) {
        // The AWS provider says "no policy" of a bucket that is not there, too.
        return !isAnswer(bucket) && isClosed(facts) ? [noAnswer(path, name, bucket, "s3:ListBucket")] : [];
    }
    const differences = documentDifferences(bucketPolicy(bucketArn(name), "AES256"), policy);
    return differences.length === 0
        ? []
        : [
              {
                  path,
                  found: `${name}, which has another policy than the stack's: ${differences.join(", ")}`,
                  remedy: "delete this line, and add the statements to that policy yourself (docs/existing.md)",
              },
          ];
}

function isAnothers(policy: BucketFacts["policy"]): boolean {
    return policy instanceof Unanswered && OF_ANOTHER_ACCOUNT.test(policy.reason);
}

function anothers(name: string, path: Path, what: string): Finding {
    return {
        path,
        found: `${name}, a bucket of another account`,
        remedy: `delete this line: its owner alone can ${what}`,
    };
}

/** What can work, but not by the stack alone. */
export function bucketWarnings(buckets: readonly BucketFacts[]): readonly string[] {
    return buckets.flatMap((facts) =>
        isAnswer(facts.bucket) || !isClosed(facts)
            ? []
            : [
                  `${facts.name} cannot be looked at (${facts.bucket.reason}). If it is another account's, its owner must let the jobflow role and the operator in, as the roles' policies say, with BucketOwnerEnforced; nothing here can set its encryption or its policy.`,
              ],
    );
}
