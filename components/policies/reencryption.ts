import type { ResolvedLocation, S3Folder } from "../domain/locations";
import { type PolicyDocument, policyDocument } from "./document";
import { bucketArn, objectArn } from "./s3-access";

/** The folder for the jobs' manifests and reports, below the location `log`. */
export const REENCRYPTION_REPORTS = "encrypt-existing/";

/**
 * S3 Batch Operations may assume the role, without a condition, as AWS documents it: whoever creates a job must be
 * allowed to pass the role, which only users of this account can be.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html
 */
export function reencryptionRoleTrust(): PolicyDocument {
    return policyDocument({
        Sid: "BatchOperations",
        Effect: "Allow",
        Principal: { Service: "batchoperations.s3.amazonaws.com" },
        Action: "sts:AssumeRole",
    });
}

/** Allows to list unencrypted objects, copy each onto itself and write reports. It allows no deletion. */
export function reencryptionRolePolicy(locations: readonly ResolvedLocation[]): PolicyDocument {
    const folders = locations.flatMap((location) => location.folders);
    const reports = locations
        .filter(({ path }) => path === "log")
        .flatMap((log) => log.folders.map(reportsIn));
    return policyDocument(
        {
            Sid: "ListObjects",
            Effect: "Allow",
            // S3 generates the manifest through an inventory configuration.
            Action: ["s3:ListBucket", "s3:PutInventoryConfiguration"],
            Resource: [...new Set(folders.map(({ bucket }) => bucketArn(bucket)))],
        },
        {
            Sid: "CopyInPlace",
            Effect: "Allow",
            // Versions as well: the manifest of a versioned bucket may name them.
            Action: [
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:PutObjectTagging",
            ],
            Resource: folders.map((folder) => objectArn(folder, "*")),
        },
        {
            Sid: "ManifestsAndReports",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            Resource: reports.map((folder) => objectArn(folder, "*")),
        },
    );
}

export function reportsIn({ bucket, prefix }: S3Folder): S3Folder {
    return { bucket, prefix: `${prefix}${REENCRYPTION_REPORTS}` };
}
