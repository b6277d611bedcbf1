/** The namespace of the stack config. It does not depend on the project's name. */
export const NAMESPACE = "snowplow-emr-encryption";

/** The maximum length of a slug. `snowplow-`, 16 characters and `-collector-` make 36; bucket prefixes may have 37. */
const SLUG_LENGTH = 16;

/** The AWS provider appends this many characters to a name prefix: 18 digits of time, and 8 of a counter. */
export const GENERATED_SUFFIX_LENGTH = 26;

/** The appended characters as a regular expression; the counter is hexadecimal. */
export const GENERATED_SUFFIX_PATTERN = "\\d{18}[0-9a-f]{8}";

/**
 * The start of every physical name: `snowplow-<slug>`. The slug is the stack's name in lower case, with single hyphens in
 * place of characters other than `[a-z0-9]`, at most 16 characters. Two stacks may share a slug: the rest of each name is
 * generated.
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

/** The buckets for EmrEtlRunner's managed locations. The bucket for certificates is not one of them. */
export type ManagedBucket = "collector" | "pipeline" | "archive" | "logs";

/** The prefix of a managed bucket's physical name; the AWS provider appends 26 characters. */
export function bucketPrefix(prefix: string, bucket: ManagedBucket | "certs"): string {
    return `${prefix}-${bucket}-`;
}

/** The key of the tag on all resources and clusters of a stack. */
export const STACK_TAG = "snowplow-emr-stack";

/**
 * The tag that AmazonEMRServicePolicy_v2 requires on what EMR uses or changes: the cluster, its subnet, its security
 * groups and their VPC. The value is the string `true`.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html
 */
export const EMR_TAG = { "for-use-with-amazon-emr-managed-policies": "true" } as const;

export type Tags = Readonly<Record<string, string>>;
