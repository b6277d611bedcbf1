import type { BucketSpec } from "../domain/for-commands";
import { type PolicyDocument, policyDocument } from "./document";

/**
 * Denies plain HTTP and every encryption other than the bucket's own. A PutObject without an SSE header passes: Spark's
 * bad rows, RDB Loader's logs and EMR's logs have none, and the bucket's default encryption applies to them.
 */
export function bucketPolicy(bucketArn: string, acceptedSse: BucketSpec["acceptedSse"]): PolicyDocument {
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
