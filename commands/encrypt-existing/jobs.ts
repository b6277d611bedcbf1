import {
    CreateJobCommand,
    DescribeJobCommand,
    type JobDescriptor,
    type RequestedJobStatus,
    type S3ControlClient,
    type S3StorageClass,
    UpdateJobStatusCommand,
} from "@aws-sdk/client-s3-control";
import type { S3Folder } from "../../components/domain/locations";
import { bucketArn } from "../../components/policies/s3-access";
import { call, callIfThere } from "../aws";
import type { Uploaded } from "./portions";
import { ENCRYPTED_SINCE } from "./survey";

/** What identifies a job as this command's. */
export interface JobTerms {
    readonly bucket: string;
    readonly storageClass: string;
    readonly requesterPays: boolean;
    readonly roleArn: string;
    readonly manifest: Uploaded;
}

/** Account and folder of the jobs. */
export interface JobHome {
    readonly accountId: string;
    /** The folder of the manifests and reports of one run. */
    readonly folder: S3Folder;
}

/** A job, as far as this command reads it. */
export interface Job {
    readonly status: string;
    readonly tasks: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Why the job failed as a whole. */
    readonly reason: string;
    /** Whether role, manifest and operation are those of the terms. */
    readonly own: boolean;
}

/** Creates a job that copies the objects of a manifest in place, once it is confirmed. */
export async function createJob(
    control: S3ControlClient,
    { accountId, folder }: JobHome,
    { bucket, storageClass, requesterPays, roleArn, manifest }: JobTerms,
): Promise<string> {
    const { JobId = "" } = await call(
        "s3:CreateJob and iam:PassRole",
        `bucket ${bucket}, as ${roleArn}`,
        () =>
            control.send(
                new CreateJobCommand({
                    AccountId: accountId,
                    Description: `encrypt-existing ${bucket} ${storageClass}`,
                    ConfirmationRequired: true,
                    Priority: 10,
                    RoleArn: roleArn,
                    Manifest: {
                        Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
                        Location: { ObjectArn: manifestArn(folder, manifest), ETag: unquoted(manifest.etag) },
                    },
                    Operation: {
                        S3PutObjectCopy: {
                            TargetResource: bucketArn(bucket),
                            // The default would be STANDARD.
                            StorageClass: storageClass as S3StorageClass,
                            MetadataDirective: "COPY",
                            NewObjectMetadata: { SSEAlgorithm: "AES256" },
                            // S3 has encrypted what was written since. By a manifest without versions, S3 copies the
                            // current object: an older version never comes back.
                            UnModifiedSinceConstraint: ENCRYPTED_SINCE,
                            ...(requesterPays && { RequesterPays: true }),
                        },
                    },
                    Report: {
                        Enabled: true,
                        Bucket: bucketArn(folder.bucket),
                        Prefix: folder.prefix.replace(/\/$/, ""), // S3 adds a slash.
                        Format: "Report_CSV_20180820",
                        ReportScope: "AllTasks",
                    },
                }),
            ),
    );
    return JobId;
}

/** Undefined if S3 has forgotten the job, as it does after 90 days. */
export async function describeJob(
    control: S3ControlClient,
    home: JobHome,
    id: string,
    terms: JobTerms,
): Promise<Job | undefined> {
    const answer = await callIfThere(["NoSuchJob", "NoSuchJobException"], "s3:DescribeJob", id, () =>
        control.send(new DescribeJobCommand({ AccountId: home.accountId, JobId: id })),
    );
    const job = answer?.Job;
    return (
        job && {
            status: job.Status ?? "New",
            tasks: job.ProgressSummary?.TotalNumberOfTasks ?? 0,
            succeeded: job.ProgressSummary?.NumberOfTasksSucceeded ?? 0,
            failed: job.ProgressSummary?.NumberOfTasksFailed ?? 0,
            reason: [
                ...(job.FailureReasons ?? []).map(({ FailureCode, FailureReason }) =>
                    [FailureCode, FailureReason].filter(Boolean).join(": "),
                ),
                job.StatusUpdateReason,
            ]
                .filter(Boolean)
                .join("; "),
            own: isOwn(job, home, terms),
        }
    );
}

function isOwn(
    job: JobDescriptor,
    { folder }: JobHome,
    { bucket, storageClass, roleArn, manifest }: JobTerms,
): boolean {
    const { ObjectArn, ETag } = job.Manifest?.Location ?? {};
    const copy = job.Operation?.S3PutObjectCopy;
    return (
        job.RoleArn === roleArn &&
        ObjectArn === manifestArn(folder, manifest) &&
        unquoted(ETag) === unquoted(manifest.etag) &&
        copy?.TargetResource === bucketArn(bucket) &&
        copy?.StorageClass === storageClass
    );
}

export async function requestStatus(
    control: S3ControlClient,
    { accountId }: JobHome,
    id: string,
    status: RequestedJobStatus,
): Promise<void> {
    await call("s3:UpdateJobStatus", id, () =>
        control.send(
            new UpdateJobStatusCommand({ AccountId: accountId, JobId: id, RequestedJobStatus: status }),
        ),
    );
}

function manifestArn({ bucket }: S3Folder, { key }: Uploaded): string {
    return `${bucketArn(bucket)}/${key}`;
}

/** S3's answers have ETags in quotes, and the examples of S3 Control have them without. */
function unquoted(etag = ""): string {
    return etag.replaceAll('"', "");
}
