/** Longest slug: `snowplow-` + 16 + `-collector-` leaves the 26 characters that the AWS provider appends to a
 * bucket's prefix inside S3's 63 (the provider refuses a `bucketPrefix` over 37). */
const SLUG_LENGTH = 16;

/** What a logical name grows by when the AWS provider makes a physical one: 18 digits of time, 8 of a counter. */
export const GENERATED_SUFFIX_LENGTH = 26;

/** The same as a pattern: the counter is hexadecimal. */
export const GENERATED_SUFFIX_PATTERN = "\\d{18}[0-9a-f]{8}";

/**
 * The start of every physical name that the stack chooses: `snowplow-<slug>`, the slug being the stack's name in
 * lower case, other characters than `[a-z0-9]` as single hyphens, at most 16 characters. Two stacks may share a
 * slug: what follows it is generated.
 */
export function physicalPrefix(stack: string): string {
    const slug = stack
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-/, "")
        .slice(0, SLUG_LENGTH)
        .replace(/-$/, "");
    return slug === "" ? "snowplow" : `snowplow-${slug}`;
}

/** Where managed data lives. The certificates' bucket is not among them: EmrEtlRunner never touches it. */
export type ManagedBucket = "collector" | "pipeline" | "archive" | "logs";

/** The prefix of a managed bucket's physical name; the AWS provider appends 26 characters. */
export function bucketPrefix(prefix: string, bucket: ManagedBucket | "certs"): string {
    return `${prefix}-${bucket}-`;
}

/** The key of the tag that holds what belongs to one stack together, from the VPC to the clusters. */
export const STACK_TAG = "snowplow-emr-stack";

/**
 * The tag that AmazonEMRServicePolicy_v2 asks for on whatever EMR is to use or change: the cluster, its subnet, its
 * security groups and their VPC. The value is a string.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html
 */
export const EMR_TAG = { "for-use-with-amazon-emr-managed-policies": "true" } as const;

export type Tags = Readonly<Record<string, string>>;
