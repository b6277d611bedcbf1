import {
    GetBucketEncryptionCommand,
    GetPublicAccessBlockCommand,
    HeadBucketCommand,
    type PublicAccessBlockConfiguration,
    type S3Client,
    type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { checkBucketRegion } from "../../components/checks/bucket";
import { callIfThere } from "../aws";
import { attempt, type Check, compare, compareFinding } from "./check";

/** A bucket, and what mends it where the stack sets it. */
export interface Looked {
    readonly s3: S3Client;
    readonly bucket: string;
    readonly region: string;
    readonly remedy: string;
}

/**
 * Where it is and, if it is, what else there is to say of it.
 * @param severity The status if the bucket is in another region or cannot be read. Default `failed`: without its bucket, no location works.
 */
export async function ifThere(
    { s3, bucket, region, remedy }: Looked,
    severity: "warning" | "failed",
    others: () => readonly Promise<readonly Check[]>[],
): Promise<readonly Check[]> {
    let isThere = true;
    const on = `bucket ${bucket}: region`;
    const where = await attempt(
        on,
        region,
        async () => {
            const head = await callIfThere(["NotFound", "NoSuchBucket"], "s3:ListBucket", bucket, () =>
                s3.send(new HeadBucketCommand({ Bucket: bucket })),
            );
            isThere = head !== undefined;
            const found = head ? (head.BucketRegion ?? "unknown") : "no such bucket";
            return compareFinding(checkBucketRegion({ name: bucket, bucketRegion: found }, region), {
                on,
                expected: region,
                found,
                severity: head ? severity : "failed",
                remedy,
            });
        },
        severity,
    );
    return isThere ? [where, ...(await Promise.all(others()))].flat() : where;
}

/** The default is SSE-S3 in the certificates' bucket too: only its archives come with a key of their own. */
export const DEFAULT = "AES256";

export async function encryptionRule({ s3, bucket }: Looked): Promise<ServerSideEncryptionRule | undefined> {
    const answer = await callIfThere(
        ["ServerSideEncryptionConfigurationNotFoundError"],
        "s3:GetEncryptionConfiguration",
        bucket,
        () => s3.send(new GetBucketEncryptionCommand({ Bucket: bucket })),
    );
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0];
}

export function algorithm(rule: ServerSideEncryptionRule | undefined): string {
    const { SSEAlgorithm = "none", KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    return KMSMasterKeyID === undefined ? SSEAlgorithm : `${SSEAlgorithm} under ${KMSMasterKeyID}`;
}

export const PUBLIC_ACCESS = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
] as const;

/** Who writes under a key of their own, keeps everybody else from reading it: EMR too. */
export function blockedCheck(
    bucket: string,
    rule: ServerSideEncryptionRule | undefined,
    severity: "warning" | "failed",
    remedy: string,
): Check {
    return compare({
        on: `bucket ${bucket}: blocked encryption`,
        expected: "SSE-C",
        found: rule?.BlockedEncryptionTypes?.EncryptionType?.join(", ") || "none",
        severity,
        remedy,
    });
}

export async function publicAccessBlock(
    s3: S3Client,
    bucket: string,
): Promise<PublicAccessBlockConfiguration | undefined> {
    const answer = await callIfThere(
        ["NoSuchPublicAccessBlockConfiguration"],
        "s3:GetBucketPublicAccessBlock",
        bucket,
        () => s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket })),
    );
    return answer?.PublicAccessBlockConfiguration;
}

/** What none of them turns off. */
export function notBlocked(...blocks: readonly (PublicAccessBlockConfiguration | undefined)[]) {
    return PUBLIC_ACCESS.filter((name) => !blocks.some((block) => block?.[name]));
}
