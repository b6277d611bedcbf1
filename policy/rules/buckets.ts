import { isEverybody, nameOf, type Statement, statementsOf } from "./document";
import { at, awsType, type Finding, isKnown, list, type Resource, type StackRule, texts } from "./resource";

const ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration";
const PUBLIC_ACCESS = "s3/bucketPublicAccessBlock";
const POLICY = "s3/bucketPolicy";

const ALGORITHMS: readonly string[] = ["AES256", "aws:kms", "aws:kms:dsse"];
const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/**
 * S3 encrypts every object by itself since 2023, but only what is written down stays so, and SSE-C is left open
 * unless it is blocked: with it, an uploader keeps the key, and the pipeline cannot read the object.
 */
export const bucketsEncrypted: StackRule = {
    name: "s3-buckets-encrypted",
    description: "Every bucket has a default encryption of its own, and takes no keys from its clients.",
    check: (resources) =>
        judgeParts(resources, {
            type: ENCRYPTION,
            missing: "found no BucketServerSideEncryptionConfiguration: add one, with SSE-C blocked",
            judge: ({ props }) => {
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
                        : [
                              `found sseAlgorithm ${algorithms.join() || "left out"}: set AES256, or aws:kms with a key`,
                          ]),
                    ...(blocked.includes("SSE-C")
                        ? []
                        : [
                              `found blockedEncryptionTypes ${blocked.join() || "left out"}: add SSE-C, whose keys only the uploader has`,
                          ]),
                ];
            },
        }),
};

export const bucketsClosed: StackRule = {
    name: "s3-buckets-closed",
    description: "Every bucket is closed to the public, whatever its policy and its ACLs say.",
    check: (resources) =>
        judgeParts(resources, {
            type: PUBLIC_ACCESS,
            missing: "found no BucketPublicAccessBlock: add one, with all four of its switches true",
            judge: ({ props }) =>
                SWITCHES.filter((key) => props[key] !== true && isKnown(props[key])).map(
                    (key) => `found ${key} ${props[key] ?? "left out"}: set it to true`,
                ),
        }),
};

/** Policies on buckets that are not the stack's are judged too: a bucket has one policy, and this one replaces it. */
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
                message: `found ${statementsOf(props.policy).map(nameOf).join(", ") || "no statement"}: add one that ${DENY_PLAIN_HTTP}`,
            })),
    ],
};

const DENY_PLAIN_HTTP =
    'denies everybody s3:* on the bucket and its objects where aws:SecureTransport is "false"';

/** S3 takes no policy on another bucket's ARNs, so any will do that is there with its objects. */
function deniesPlainHttp({ Effect, Principal, Action, Resource, Condition }: Statement): boolean {
    const resources = texts(Resource);
    return (
        Effect === "Deny" &&
        isEverybody(Principal) &&
        texts(Action).some((action) => action === "*" || action.toLowerCase() === "s3:*") &&
        resources.some((arn) => resources.includes(`${arn}/*`)) &&
        /^\{"bool":\{"aws:securetransport":\[?"?false"?\]?\}\}$/i.test(JSON.stringify(Condition) ?? "")
    );
}

interface PartRule {
    readonly type: string;
    /** What is said of a bucket without such a part. */
    readonly missing: string;
    readonly judge: (part: Resource) => readonly string[];
}

function judgeParts(resources: readonly Resource[], { type, missing, judge }: PartRule): readonly Finding[] {
    return bucketsOf(resources).flatMap((bucket) => {
        const parts = partsOf(bucket, type, resources);
        return parts.length === 0
            ? [{ urn: bucket.urn, message: missing }]
            : parts.flatMap((part) => judge(part).map((message) => ({ urn: part.urn, message })));
    });
}

function bucketsOf(resources: readonly Resource[]): readonly Resource[] {
    return resources.filter((resource) => awsType(resource) === "s3/bucket");
}

function partsOf(bucket: Resource, type: string, resources: readonly Resource[]): readonly Resource[] {
    return resources.filter((resource) => awsType(resource) === type && isPartOf(resource, bucket));
}

/**
 * By the bucket's name where both know it. Before a bucket is made, neither knows a generated name: then by whose
 * outputs the part's `bucket` comes from. Where it comes from several, a preview counts the part for each of them, and
 * the `up` for the right one.
 */
function isPartOf({ props, propertyDependencies }: Resource, bucket: Resource): boolean {
    const names = [props.bucket, bucket.props.bucket];
    return names.every((name) => typeof name === "string")
        ? names[0] === names[1]
        : (propertyDependencies.bucket ?? []).includes(bucket.urn);
}
