import { LIMITS } from "./limits";

/** The namespace of the stack config. It does not depend on the project's name. */
export const NAMESPACE = "snowplow-emr-encryption";

/** The maximum length of a slug. With it, every prefix of `NAMES` is short enough, which a test checks. */
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

/**
 * The generated names, by kind: the words that may follow the stack's prefix, and how many characters the AWS provider
 * accepts before its own suffix.
 */
export const NAMES = {
    role: { words: ["service", "jobflow", "reencrypt", "reminder"], limit: LIMITS.iam.roleNamePrefix },
    policy: { words: ["operator"], limit: LIMITS.iam.policyNamePrefix },
    bucket: {
        words: ["collector", "pipeline", "archive", "logs", "certs"],
        limit: LIMITS.s3.bucketPrefix,
    },
    schedule: { words: ["reminder"], limit: LIMITS.scheduler.namePrefix },
    keyAlias: { words: [], limit: LIMITS.kms.aliasNamePrefix },
    keyPair: { words: [], limit: LIMITS.ec2.keyPairNamePrefix },
    securityConfiguration: { words: [], limit: LIMITS.emr.securityConfigurationNamePrefix },
} as const satisfies Record<string, { readonly words: readonly string[]; readonly limit: number }>;

export type NameKind = keyof typeof NAMES;

/** The words of a kind; none for a kind with one name. */
export type NameWord<Kind extends NameKind> = (typeof NAMES)[Kind]["words"][number];

/** The start of a generated name, such as `snowplow-dev-service-`. The AWS provider generates the rest. */
export function namePrefix<Kind extends NameKind>(
    kind: Kind,
    prefix: string,
    ...word: [NameWord<Kind>] extends [never] ? [] : [word: NameWord<Kind>]
): string {
    const name = [prefix, ...word, ""].join("-");
    return kind === "keyAlias" ? `alias/${name}` : name; // KMS requires `alias/`.
}

/** The buckets for EmrEtlRunner's managed locations. The bucket for certificates is not one of them. */
export type ManagedBucket = Exclude<NameWord<"bucket">, "certs">;

/** The prefix of a managed bucket's name. */
export function bucketPrefix(prefix: string, bucket: NameWord<"bucket">): string {
    return namePrefix("bucket", prefix, bucket);
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
