import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { bucketsPath } from "../args/locations";
import { parseArn } from "../domain/arn";
import { bucketPrefix, STACK_TAG } from "../domain/naming";
import { at, FailedLookup, lookup, type Outcome } from "./lookup";

/** The part of Cloud Control's `AWS::S3::Bucket` that is read here. */
interface BucketProperties {
    readonly OwnershipControls?: { readonly Rules?: readonly { readonly ObjectOwnership?: string }[] };
}

/**
 * Checks that the stack can turn off the ACLs of its own collector bucket. CloudFront's standard logging adds a grant to
 * the ACL, S3 refuses `BucketOwnerEnforced` while there is one, and the AWS provider changes no ACL. Without permission
 * for a look-up, nothing is reported: S3 then refuses in the `up`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html
 */
export async function checkCollectorBucket(
    { locations, cloudfrontCollector, mode, prefix, stackTag }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<Outcome> {
    if (cloudfrontCollector || !locations.some(({ bucket, managed }) => managed && bucket === "collector")) {
        return { errors: [] };
    }
    const tagFilters = [{ key: STACK_TAG, values: [stackTag] }];
    const tagged = await lookup(
        aws.resourcegroupstaggingapi.getResources({ resourceTypeFilters: ["s3"], tagFilters }, opts),
    );
    const buckets =
        tagged instanceof FailedLookup
            ? []
            : tagged.resourceTagMappingLists
                  .map(({ resourceArn }) => parseArn(resourceArn).resource)
                  .filter((name) => name.startsWith(bucketPrefix(prefix, "collector")));
    const owners = await Promise.all(buckets.map((name) => objectOwnership(name, opts)));
    const path = mode === "batch" ? ["emrEtlRunner", "collectors", "format"] : bucketsPath("enriched.stream");
    return {
        errors: buckets
            .filter((_, index) => owners[index] !== undefined && owners[index] !== "BucketOwnerEnforced")
            .flatMap((name) =>
                at(path, {
                    code: "bucket-accepts-acls",
                    found: `${name}, the stack's own bucket, accepts ACLs for CloudFront: S3 refuses to turn them off while CloudFront is in its ACL`,
                    fix: `turn off CloudFront's logging to the bucket, and run \`aws s3api put-bucket-acl --bucket ${name} --acl private && aws s3api put-bucket-ownership-controls --bucket ${name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'\``,
                }),
            ),
    };
}

async function objectOwnership(
    identifier: string,
    opts: pulumi.InvokeOptions | undefined,
): Promise<string | undefined> {
    const bucket = await lookup(
        aws.cloudcontrol.getResource({ typeName: "AWS::S3::Bucket", identifier }, opts),
    );
    return bucket instanceof FailedLookup
        ? undefined
        : (JSON.parse(bucket.properties) as BucketProperties).OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}
