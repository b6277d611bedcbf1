import { type PolicyDocument, policyDocument } from "./document";

/** The value of the `x-amz-server-side-encryption` header that a bucket accepts, besides none at all. */
export type SseHeader = "AES256" | "aws:kms";

const SIDS = ["DenyPlainHttp", "DenyOtherEncryption", "DenyCustomerProvidedKeys"] as const;

/** Whether a bucket's policy is of this program's making: these statements, and no others. */
export function isStacksPolicy(policy: string): boolean {
    const { Statement = [] } = JSON.parse(policy) as { Statement?: { Sid?: string } | { Sid?: string }[] };
    const sids = [Statement].flat().map(({ Sid }) => Sid);
    return sids.length > 0 && sids.every((sid) => (SIDS as readonly (string | undefined)[]).includes(sid));
}

/**
 * TLS only, and no other encryption than the bucket's own. A PutObject without any SSE header passes: Spark's bad
 * rows, RDB Loader's logs and EMR's own logs carry none, and the bucket's default encryption serves them.
 */
export function bucketPolicy(bucketArn: string, acceptedSse: SseHeader): PolicyDocument {
    const objects = `${bucketArn}/*`;
    return policyDocument(
        {
            Sid: SIDS[0],
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucketArn, objects],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
            Sid: SIDS[1],
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: objects,
            Condition: {
                Null: { "s3:x-amz-server-side-encryption": "false" },
                StringNotEquals: { "s3:x-amz-server-side-encryption": acceptedSse },
            },
        },
        {
            Sid: SIDS[2],
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: objects,
            Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
    );
}
