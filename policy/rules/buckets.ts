import { isAnyPrincipal, type Statement, statementName, statementsOf } from "./document";
import { at, awsType, type Finding, isKnown, list, type Resource, type StackRule, texts } from "./resource";

const ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration";
const PUBLIC_ACCESS = "s3/bucketPublicAccessBlock";
const POLICY = "s3/bucketPolicy";

const ALGORITHMS: readonly string[] = ["AES256", "aws:kms", "aws:kms:dsse"];
const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/**
 * Since 2023, S3 encrypts every object by default, but only an explicit setting shows a change. SSE-C must be blocked:
 * with SSE-C, only the uploader has the key, and the pipeline cannot read the object.
 */
export const bucketsEncrypted: StackRule = {
    name: "s3-buckets-encrypted",
    description: "Every bucket has an explicit default encryption, and blocks SSE-C.",
    check: (resources) =>
        checkParts(resources, {
            type: ENCRYPTION,
            missing: "found no BucketServerSideEncryptionConfiguration: add one that blocks SSE-C",
            check: ({ props }) => {
                const rules = list(props.rules);
                if (!isKnown(rules)) {
                    return [];
                }
                const algorithms = rules.flatMap((rule) =>
                    texts(at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm")),
                );
                const blocked = rules.flatMap((rule) => texts(at(rule, "blockedEncryptionTypes")));
                return [
                    ...(algorithms.some((algorithm) => ALGORITHMS.includes(algorithm))
                        ? []
                        : [`found ${found("sseAlgorithm", algorithms)}: set AES256, or aws:kms with a key`]),
                    ...(blocked.includes("SSE-C")
                        ? []
                        : [
                              `found ${found("blockedEncryptionTypes", blocked)}: add SSE-C, whose keys only the uploader has`,
                          ]),
                ];
            },
        }),
};

export const bucketsClosed: StackRule = {
    name: "s3-buckets-closed",
    description: "Every bucket blocks public access, even if its policy or its ACLs allow it.",
    check: (resources) =>
        checkParts(resources, {
            type: PUBLIC_ACCESS,
            missing: "found no BucketPublicAccessBlock: add one with all four switches true",
            check: ({ props }) =>
                SWITCHES.filter((key) => props[key] !== true && isKnown(props[key])).map(
                    (key) => `found ${found(key, texts(list(props[key]).map(String)))}: set it to true`,
                ),
        }),
};

/** Checks policies on existing buckets as well: a bucket has only one policy, and this policy replaces it. */
export const bucketsTlsOnly: StackRule = {
    name: "s3-buckets-tls-only",
    description: "Every bucket refuses plain HTTP.",
    check: (resources) => [
        ...bucketsOf(resources)
            .filter((bucket) => partsOf(bucket, POLICY, resources).length === 0)
            .map(({ urn }) => ({ urn, message: `found no BucketPolicy: add one that ${DENY_PLAIN_HTTP}` })),
        ...resources
            .filter((resource) => awsType(resource) === POLICY)
            .filter(({ props }) => isKnown(props.policy) && !statementsOf(props.policy).some(deniesPlainHttp))
            .map(({ urn, props }) => ({
                urn,
                message: `found ${statementsOf(props.policy).map(statementName).join(", ") || "no statement"}: add one that ${DENY_PLAIN_HTTP}`,
            })),
    ],
};

const DENY_PLAIN_HTTP =
    'denies s3:* to all principals on the bucket and its objects where aws:SecureTransport is "false"';

/** S3 refuses a policy with another bucket's ARNs, so a bucket's ARN is enough if the ARN of its objects is there too. */
function deniesPlainHttp({ Effect, Principal, Action, Resource, Condition }: Statement): boolean {
    const resources = texts(Resource);
    return (
        Effect === "Deny" &&
        isAnyPrincipal(Principal) &&
        texts(Action).some((action) => action === "*" || action.toLowerCase() === "s3:*") &&
        resources.some((arn) => resources.includes(`${arn}/*`)) &&
        /^\{"bool":\{"aws:securetransport":\[?"?false"?\]?\}\}$/i.test(JSON.stringify(Condition) ?? "")
    );
}

/** A rule for a part of a bucket: a resource that sets one property of the bucket, such as its encryption. */
interface PartRule {
    readonly type: string;
    /** The message for a bucket without such a part. */
    readonly missing: string;
    /** Returns a message for each violation of a part. */
    readonly check: (part: Resource) => readonly string[];
}

function checkParts(resources: readonly Resource[], { type, missing, check }: PartRule): readonly Finding[] {
    return bucketsOf(resources).flatMap((bucket) => {
        const parts = partsOf(bucket, type, resources);
        return parts.length === 0
            ? [{ urn: bucket.urn, message: missing }]
            : parts.flatMap((part) => check(part).map((message) => ({ urn: part.urn, message })));
    });
}

function bucketsOf(resources: readonly Resource[]): readonly Resource[] {
    return resources.filter((resource) => awsType(resource) === "s3/bucket");
}

function partsOf(bucket: Resource, type: string, resources: readonly Resource[]): readonly Resource[] {
    return resources.filter((resource) => awsType(resource) === type && isPartOf(resource, bucket));
}

/** `name value`, or `no name` for a missing value. */
function found(name: string, values: readonly string[]): string {
    return values.length === 0 ? `no ${name}` : `${name} ${values.join()}`;
}

/**
 * Compares the names of the bucket if both are known. A preview does not know a generated name: then the part belongs to
 * each bucket on whose outputs its property `bucket` depends.
 */
function isPartOf({ props, propertyDependencies }: Resource, bucket: Resource): boolean {
    const names = [props.bucket, bucket.props.bucket];
    return names.every((name) => typeof name === "string")
        ? names[0] === names[1]
        : (propertyDependencies.bucket ?? []).includes(bucket.urn);
}
