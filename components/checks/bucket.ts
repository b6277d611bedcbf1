import type { BucketSpec } from "../domain/for-commands";
import { bucketPolicy } from "../policies/bucket";
import { bucketArn } from "../policies/s3-access";
import { documentDifferences } from "./document-differences";
import type { Finding } from "./finding";

/** @param bucketRegion The bucket's region, or a description of it. */
export function checkBucketRegion(
    { name, bucketRegion }: { readonly name: string; readonly bucketRegion: string },
    region: string,
): Finding | undefined {
    if (bucketRegion === region) {
        return undefined;
    }
    return {
        code: "bucket-in-another-region",
        found: `${name} is in ${bucketRegion}`,
        expected: `a bucket in ${region}: s3-dist-cp uses that region's endpoint, which finds no bucket of another region`,
    };
}

/** The differences of a bucket's policy from the one that the stack writes. */
export function bucketPolicyDifferences(
    name: string,
    { acceptedSse, additionalStatements }: Pick<BucketSpec, "acceptedSse" | "additionalStatements">,
    policy: string,
): readonly string[] {
    return documentDifferences(bucketPolicy(bucketArn(name), acceptedSse, additionalStatements), policy);
}
