import type { AdditionalStatement, BucketSpec } from "../domain/for-commands";
import type { Location, LocationPath } from "../domain/locations";
import type { ManagedBucket } from "../domain/naming";
import { type PolicyDocument, policyDocument } from "./document";

/**
 * Denies plain HTTP and every encryption other than the bucket's own. A PutObject without an SSE header passes: Spark's
 * bad rows, RDB Loader's logs and EMR's logs have none, and the bucket's default encryption applies to them. Additional
 * statements may allow more, but no Allow overrides a Deny.
 */
export function bucketPolicy(
    bucketArn: string,
    acceptedSse: BucketSpec["acceptedSse"],
    additional: readonly AdditionalStatement[] = [],
): PolicyDocument {
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
        additional.map(({ prefix, statement: { Condition, ...statement } }) => ({
            ...statement,
            Resource: [bucketArn, `${objects.slice(0, -1)}${prefix}*`],
            ...(Condition && { Condition }),
        })),
    );
}

/** Statements by the path of a managed location. */
export type StatementsByLocation = Readonly<
    Partial<Record<LocationPath, readonly AdditionalStatement["statement"][]>>
>;

/** The additional statements of a managed bucket's policy: those of every location in it. */
export function statementsOf(
    bucket: ManagedBucket,
    locations: readonly Location[],
    statements: StatementsByLocation,
): readonly AdditionalStatement[] {
    return locations
        .filter((location) => location.managed && location.bucket === bucket)
        .flatMap(({ path, prefix }) => (statements[path] ?? []).map((statement) => ({ prefix, statement })));
}
