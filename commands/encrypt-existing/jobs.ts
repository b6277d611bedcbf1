import { createHash } from "node:crypto";
import {
    CreateJobCommand,
    DescribeJobCommand,
    type JobDescriptor,
    type JobStatus,
    paginateListJobs,
    type S3ControlClient,
    type S3StorageClass,
    UpdateJobStatusCommand,
} from "@aws-sdk/client-s3-control";
import type { S3Folder } from "../../components/domain/locations";
import { bucketArn } from "../../components/policies/s3-access";
import { call, callIfThere } from "../aws";
import { MAX_COPY_BYTES } from "./survey";

/** What one copy job is about. */
export interface JobSubject {
    readonly stack: string;
    /** The bucket, and the one prefix that S3 takes. */
    readonly place: S3Folder;
    readonly storageClass: S3StorageClass;
}

export interface JobTerms {
    readonly accountId: string;
    readonly roleArn: string;
    /** Where manifest and report go. */
    readonly reports: S3Folder;
    /** What changes after it stays as it is. */
    readonly since: Date;
}

/** A job, as far as this command looks at it. */
export interface Job {
    readonly id: string;
    readonly status: JobStatus;
    /** Objects without encryption, once the manifest is made. */
    readonly tasks: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Why it failed as a whole. */
    readonly reason: string;
}

/** The states of a job that has not ended. */
const UNFINISHED: readonly JobStatus[] = [
    "New",
    "Preparing",
    "Suspended",
    "Ready",
    "Active",
    "Pausing",
    "Paused",
    "Completing",
    "Failing",
    "Cancelling",
];

/** Its manifest is being made. */
export function isBeingPrepared({ status }: Job): boolean {
    return status === "New" || status === "Preparing";
}

/** Its manifest is there, and nobody has confirmed it. */
export function isUnconfirmed({ status }: Job): boolean {
    return status === "Suspended";
}

export function hasEnded({ status }: Job): boolean {
    return !UNFINISHED.includes(status);
}

/** S3 fails a job whose manifest would be empty: nothing is without encryption. */
export function foundNothing({ status, tasks, reason }: Job): boolean {
    return (
        (status === "Failed" && /no (keys|objects)/i.test(reason)) || (status === "Complete" && tasks === 0)
    );
}

/** What tells jobs apart: S3 finds them by nothing else. At most 256 characters. */
export function description({ stack, place, storageClass }: JobSubject): string {
    const prefix = createHash("sha256").update(place.prefix).digest("hex").slice(0, 8);
    return `encrypt-existing ${place.bucket} ${storageClass} ${prefix} ${stack}`.slice(0, 256);
}

/** The unfinished jobs of the account and region, by their descriptions: another run's, to go on with. */
export async function unfinishedJobs(
    control: S3ControlClient,
    accountId: string,
): Promise<ReadonlyMap<string, string>> {
    return call("s3:ListJobs", "*", async () => {
        const found = new Map<string, string>();
        const pages = paginateListJobs(
            { client: control },
            { AccountId: accountId, JobStatuses: [...UNFINISHED] },
        );
        for await (const { Jobs = [] } of pages) {
            for (const { JobId, Description } of Jobs) {
                if (JobId !== undefined && Description !== undefined) {
                    found.set(Description, JobId);
                }
            }
        }
        return found;
    });
}

/** Makes a job that waits for its confirmation; S3 makes its manifest, of what is not encrypted. */
export async function createJob(
    control: S3ControlClient,
    subject: JobSubject,
    { accountId, roleArn, reports, since }: JobTerms,
): Promise<string> {
    const { place, storageClass } = subject;
    const Bucket = bucketArn(reports.bucket);
    const prefix = reports.prefix.replace(/\/$/, ""); // S3 adds a slash.
    const { JobId } = await call(
        "s3:CreateJob and iam:PassRole",
        `bucket ${place.bucket}, as ${roleArn}`,
        () =>
            control.send(
                new CreateJobCommand({
                    AccountId: accountId,
                    Description: description(subject),
                    ConfirmationRequired: true,
                    Priority: 10,
                    RoleArn: roleArn,
                    ManifestGenerator: {
                        S3JobManifestGenerator: {
                            ExpectedBucketOwner: accountId,
                            SourceBucket: bucketArn(place.bucket),
                            EnableManifestOutput: true,
                            ManifestOutputLocation: {
                                Bucket,
                                ManifestPrefix: prefix,
                                ManifestEncryption: { SSES3: {} },
                                ManifestFormat: "S3InventoryReport_CSV_20211130",
                            },
                            Filter: {
                                MatchAnyObjectEncryption: [{ NOTSSE: {} }],
                                MatchAnyStorageClass: [storageClass],
                                ObjectSizeLessThanBytes: MAX_COPY_BYTES + 1,
                                // A list, of which S3 takes one.
                                ...(place.prefix !== "" && {
                                    KeyNameConstraint: { MatchAnyPrefix: [place.prefix] },
                                }),
                            },
                        },
                    },
                    Operation: {
                        S3PutObjectCopy: {
                            TargetResource: bucketArn(place.bucket),
                            StorageClass: storageClass,
                            MetadataDirective: "COPY",
                            NewObjectMetadata: { SSEAlgorithm: "AES256" },
                            UnModifiedSinceConstraint: since,
                        },
                    },
                    Report: {
                        Enabled: true,
                        Bucket,
                        Prefix: prefix,
                        Format: "Report_CSV_20180820",
                        ReportScope: "AllTasks",
                    },
                }),
            ),
    );
    return JobId ?? "";
}

export async function describeJob(control: S3ControlClient, accountId: string, id: string): Promise<Job> {
    return call("s3:DescribeJob", id, () => describe(control, accountId, id));
}

/** Undefined where S3 has forgotten it. */
export async function describeJobIfThere(
    control: S3ControlClient,
    accountId: string,
    id: string,
): Promise<Job | undefined> {
    return callIfThere(["NoSuchJob", "NoSuchJobException"], "s3:DescribeJob", id, () =>
        describe(control, accountId, id),
    );
}

async function describe(control: S3ControlClient, accountId: string, id: string): Promise<Job> {
    const { Job = {} } = await control.send(new DescribeJobCommand({ AccountId: accountId, JobId: id }));
    return read(id, Job);
}

function read(id: string, job: JobDescriptor): Job {
    const { TotalNumberOfTasks, NumberOfTasksSucceeded, NumberOfTasksFailed } = job.ProgressSummary ?? {};
    return {
        id,
        status: job.Status ?? "New",
        tasks: TotalNumberOfTasks ?? 0,
        succeeded: NumberOfTasksSucceeded ?? 0,
        failed: NumberOfTasksFailed ?? 0,
        reason: [
            ...(job.FailureReasons ?? []).map(({ FailureCode, FailureReason }) =>
                [FailureCode, FailureReason].filter(Boolean).join(": "),
            ),
            job.StatusUpdateReason,
        ]
            .filter(Boolean)
            .join("; "),
    };
}

export async function confirmJob(control: S3ControlClient, accountId: string, id: string): Promise<void> {
    await update(control, accountId, id, "Ready");
}

export async function cancelJob(control: S3ControlClient, accountId: string, id: string): Promise<void> {
    await update(control, accountId, id, "Cancelled");
}

async function update(
    control: S3ControlClient,
    accountId: string,
    id: string,
    status: "Ready" | "Cancelled",
): Promise<void> {
    await call("s3:UpdateJobStatus", id, () =>
        control.send(
            new UpdateJobStatusCommand({ AccountId: accountId, JobId: id, RequestedJobStatus: status }),
        ),
    );
}
