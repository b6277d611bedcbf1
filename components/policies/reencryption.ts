import { foldersOf, type ResolvedLocation, type S3Folder } from "../domain/locations";
import { allow, type PolicyDocument, policyDocument } from "./document";
import { existingKeys } from "./key";
import { bucketArn, objectArn } from "./s3-access";

/** The folder for the jobs' manifests, reports and records, below the location `log`. */
const REENCRYPTION_REPORTS = "encrypt-existing/";

/** The part of that folder that may expire: the records of outcomes, beside it, must not. */
export const REENCRYPTION_JOBS = `${REENCRYPTION_REPORTS}jobs/`;

/**
 * S3 Batch Operations may assume the role, without a condition, as in AWS's documentation. A user who creates a job must
 * have permission to pass the role, which only users of this account can have.
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

export interface ReencryptionPolicyArgs {
    readonly region: string;
    /** The locations whose objects may be copied in place; the location `log` takes manifests and reports. */
    readonly locations: readonly ResolvedLocation[];
    /** The ARNs of the KMS keys that encrypt existing data. */
    readonly existingKmsKeyArns: readonly string[];
}

/**
 * Allows to copy current objects onto themselves, read manifests and write reports. It allows no deletion.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html
 */
export function reencryptionRolePolicy(args: ReencryptionPolicyArgs): PolicyDocument {
    const { locations, region, existingKmsKeyArns } = args;
    const folders = locations.flatMap((location) => location.folders);
    const reports = foldersOf(locations, "log").map(reportsIn);
    return policyDocument(
        allow(
            "ListObjects",
            // Without it, S3 answers 403 for a deleted object, not 404.
            "s3:ListBucket",
            [...new Set(folders.map(({ bucket }) => bucketArn(bucket)))],
        ),
        allow(
            "CopyInPlace",
            // No permission for versions: the manifests name none, so S3 copies current objects.
            [
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:PutObjectTagging",
            ],
            folders.map((folder) => objectArn(folder, "*")),
        ),
        allow(
            "ManifestsAndReports",
            ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            reports.map((folder) => objectArn(folder, "*")),
        ),
        locations.some(({ managed }) => !managed)
            ? existingKeys({
                  sid: "UseExistingKeys",
                  keyArns: existingKmsKeyArns,
                  region,
                  services: ["s3"],
                  write: true,
              })
            : [],
    );
}

/** The folder of manifests and reports in a folder of the location `log`. */
export function reportsIn({ bucket, prefix }: S3Folder): S3Folder {
    return { bucket, prefix: `${prefix}${REENCRYPTION_REPORTS}` };
}
