import type {
    JobDescriptor,
    RequestedJobStatus,
    S3Control,
    S3StorageClass,
} from "@aws-sdk/client-s3-control";
import type { S3Folder } from "../../components/domain/locations";
import { bucketArn } from "../../components/policies/s3-access";
import { ifThere } from "../aws";
import type { CopyJob, UploadedPortion } from "./records";
import { ENCRYPTED_SINCE } from "./survey";

/** A job, as far as this command reads it. */
export interface JobState {
    readonly status: string;
    readonly tasks: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Why the job failed as a whole. */
    readonly reason: string;
    /** Whether role, manifest and operation are those of the record. */
    readonly own: boolean;
}

/** The jobs of this command in S3 Batch Operations. */
export class Jobs {
    /** @param reports The folder of this command below the location `log`. */
    constructor(
        private readonly control: S3Control,
        private readonly account: { readonly AccountId: string },
        private readonly reports: S3Folder,
    ) {}

    /** The folder of the manifests and reports of a run. */
    folderOf(run: string): S3Folder {
        return { ...this.reports, prefix: `${this.reports.prefix}jobs/${run}/` };
    }

    /** Creates a job that copies the objects of a manifest in place, once it is confirmed. */
    async create({ run, bucket, storageClass, roleArn, ...portion }: UploadedPortion): Promise<string> {
        const folder = this.folderOf(run);
        const { JobId = "" } = await this.control.createJob({
            ...this.account,
            Description: `encrypt-existing ${bucket} ${storageClass}`,
            ConfirmationRequired: true,
            Priority: 10,
            RoleArn: roleArn,
            Manifest: {
                Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
                Location: {
                    ObjectArn: `${bucketArn(folder.bucket)}/${portion.manifest.key}`,
                    ETag: unquoted(portion.manifest.etag),
                },
            },
            Operation: {
                S3PutObjectCopy: {
                    TargetResource: bucketArn(bucket),
                    // The default would be STANDARD.
                    StorageClass: storageClass as S3StorageClass,
                    MetadataDirective: "COPY",
                    NewObjectMetadata: { SSEAlgorithm: "AES256" },
                    // S3 has encrypted what was written since. By a manifest without versions, S3 copies the current
                    // object: an older version never comes back.
                    UnModifiedSinceConstraint: ENCRYPTED_SINCE,
                    ...(portion.requesterPays && { RequesterPays: true }),
                },
            },
            Report: {
                Enabled: true,
                Bucket: bucketArn(folder.bucket),
                Prefix: folder.prefix.replace(/\/$/, ""), // S3 adds a slash.
                Format: "Report_CSV_20180820",
                ReportScope: "AllTasks",
            },
        });
        return JobId;
    }

    /** Undefined if S3 has forgotten the job, as it does after 90 days. */
    async describe(copy: CopyJob): Promise<JobState | undefined> {
        const describing = this.control.describeJob({ ...this.account, JobId: copy.job });
        const { Job: job } = (await ifThere(describing, "NoSuchJob", "NoSuchJobException")) ?? {};
        const progress = job?.ProgressSummary ?? {};
        const reasons = job?.FailureReasons?.map((one) => `${one.FailureCode}: ${one.FailureReason}`) ?? [];
        return (
            job && {
                status: job.Status ?? "New",
                tasks: progress.TotalNumberOfTasks ?? 0,
                succeeded: progress.NumberOfTasksSucceeded ?? 0,
                failed: progress.NumberOfTasksFailed ?? 0,
                reason: [...reasons, job.StatusUpdateReason].filter(Boolean).join("; "),
                own: this.isOwn(job, copy),
            }
        );
    }

    /** @throws Error if S3 does not answer that the job has a status: then it may not have changed. */
    async request({ job }: CopyJob, status: RequestedJobStatus): Promise<void> {
        const request = { ...this.account, JobId: job, RequestedJobStatus: status };
        const { Status } = await this.control.updateJobStatus(request);
        if (Status === undefined) {
            throw new Error(`job ${job}: S3's answer to the request for status ${status} is empty`);
        }
    }

    private isOwn(job: JobDescriptor, { run, bucket, storageClass, roleArn, manifest }: CopyJob): boolean {
        const { ObjectArn, ETag } = job.Manifest?.Location ?? {};
        const copy = job.Operation?.S3PutObjectCopy;
        return (
            job.RoleArn === roleArn &&
            ObjectArn === `${bucketArn(this.folderOf(run).bucket)}/${manifest.key}` &&
            unquoted(ETag) === unquoted(manifest.etag) &&
            copy?.TargetResource === bucketArn(bucket) &&
            copy?.StorageClass === storageClass
        );
    }
}

/** S3's answers have ETags in quotes, and the examples of S3 Control have them without. */
function unquoted(etag = ""): string {
    return etag.replaceAll('"', "");
}
