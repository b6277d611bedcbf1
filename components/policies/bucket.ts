import { type PolicyDocument, policyDocument } from "./document";

/** The value of the `x-amz-server-side-encryption` header that a bucket accepts, besides none at all. */
export type SseHeader = "AES256" | "aws:kms";

/**
 * TLS only, and no other encryption than the bucket's own. A PutObject without any SSE header passes: Spark's bad
 * rows, RDB Loader's logs and EMR's own logs carry none, and the bucket's default encryption serves them.
 */
export function bucketPolicy(bucketArn: string, acceptedSse: SseHeader): PolicyDocument {
    const objects = `${bucketArn}/*`;
    return policyDocument(
        {
            Sid: "DenyPlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucketArn, objects],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
            Sid: "DenyOtherEncryption",
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
            Sid: "DenyCustomerProvidedKeys",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: objects,
            Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
    );
}
