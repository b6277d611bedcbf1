import * as aws from "@pulumi/aws";
import { isStacksPolicy } from "../policies/bucket";
import type { Settings } from "../settings";
import { bucketsPath } from "../settings/locations";
import type { Path } from "../settings/problems";
import { ask, type Finding, isAnswer, noAnswer, Unanswered } from "./ask";

/** What AWS says of a bucket that is the user's. */
export interface BucketFacts {
    readonly name: string;
    readonly bucket: aws.s3.GetBucketResult | Unanswered;
    /** Its policy; undefined where it has none. Looked up where the stack is to write it. */
    readonly policy?: string | Unanswered;
}

/** The buckets of existing locations, each once, with where the stack config names them first. */
function existingBuckets({ locations }: Settings): ReadonlyMap<string, Path> {
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

export async function lookUpBuckets(settings: Settings): Promise<readonly BucketFacts[]> {
    const { policiesOnExistingBuckets } = settings.storage;
    return Promise.all(
        [...existingBuckets(settings).keys()].map(async (name) => {
            const [bucket, policy] = await Promise.all([
                ask(aws.s3.getBucket({ bucket: name })),
                policiesOnExistingBuckets.includes(name) ? lookUpPolicy(name) : undefined,
            ]);
            return { name, bucket, policy };
        }),
    );
}

/** The AWS provider makes an error of "no policy". */
async function lookUpPolicy(bucket: string): Promise<string | Unanswered | undefined> {
    const answer = await ask(aws.s3.getBucketPolicy({ bucket }));
    if (isAnswer(answer)) {
        return answer.policy;
    }
    return /NoSuchBucketPolicy|couldn't find resource|empty result/i.test(answer.reason) ? undefined : answer;
}

/** What cannot work: a bucket of another region, settings of another account's, a policy where another stands. */
export function checkBuckets(settings: Settings, buckets: readonly BucketFacts[]): readonly Finding[] {
    const { region, storage } = settings;
    const paths = existingBuckets(settings);
    return buckets.flatMap(({ name, bucket, policy }) => {
        const findings: Finding[] = [];
        const elsewhere = regionElsewhere(bucket, region);
        if (elsewhere !== undefined) {
            findings.push({
                path: paths.get(name) ?? [],
                found: `${name}, which is in ${elsewhere}`,
                remedy: `a bucket in ${region}: s3-dist-cp is given that region's endpoint, and finds no other's`,
            });
        }
        const toEncrypt = storage.encryptExistingBuckets.indexOf(name);
        if (!isAnswer(bucket) && elsewhere === undefined && toEncrypt !== -1) {
            findings.push({
                path: ["storage", "encryptExistingBuckets", toEncrypt],
                found: `no answer on ${name}: ${bucket.reason}`,
                remedy: "a bucket of this account, which alone may set its encryption, that these credentials may look up (s3:ListBucket)",
            });
        }
        const path = [
            "storage",
            "policiesOnExistingBuckets",
            storage.policiesOnExistingBuckets.indexOf(name),
        ];
        if (!isAnswer(bucket) && elsewhere === undefined && policy === undefined && path[2] !== -1) {
            // The AWS provider says "no policy" of a bucket that is not there, too.
            findings.push(noAnswer(path, name, bucket, "s3:ListBucket"));
        } else if (policy instanceof Unanswered) {
            findings.push(noAnswer(path, `the policy of ${name}`, policy, "s3:GetBucketPolicy"));
        } else if (policy !== undefined && !isStacksPolicy(policy)) {
            findings.push({
                path,
                found: `${name}, which has a policy that no stack of this kind wrote`,
                remedy: "delete this line, and add the statements to that policy yourself (docs/existing.md)",
            });
        }
        return findings;
    });
}

/** The AWS provider asks S3 in the stack's region, which answers 301 for a bucket of another, and not of which. */
function regionElsewhere(bucket: BucketFacts["bucket"], region: string): string | undefined {
    if (isAnswer(bucket)) {
        return bucket.bucketRegion === region ? undefined : bucket.bucketRegion;
    }
    return /\b301\b|MovedPermanently|PermanentRedirect/.test(bucket.reason) ? "another region" : undefined;
}

/** What can work, but not by the stack alone. */
export function bucketWarnings(buckets: readonly BucketFacts[]): readonly string[] {
    return buckets.flatMap(({ name, bucket }) =>
        isAnswer(bucket)
            ? []
            : [
                  `${name} cannot be looked at (${bucket.reason}). If it is another account's, its owner must let the jobflow role and the operator in, as the roles' policies say, with BucketOwnerEnforced; nothing here can set its encryption or its policy.`,
              ],
    );
}
