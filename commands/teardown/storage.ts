import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import {
    DescribeJobCommand,
    JobStatus,
    paginateListAccessPoints,
    paginateListJobs,
} from "@aws-sdk/client-s3-control";
import { parseS3Url } from "../../components/domain/locations";
import { all, type Clients, call, callIfThere, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";

/** A check per managed bucket: S3 deletes no bucket with an object, an old version or an access point. */
export function bucketChecks(
    clients: Clients,
    { forCommands }: StackOutputs,
): readonly Promise<readonly Finding[]>[] {
    const archives = parseS3Url(forCommands.certificateArchive)?.bucket;
    return Object.keys(forCommands.managedBuckets).flatMap((bucket) => [
        // Pulumi empties the bucket of the certificate archives: they can be created again.
        ...(bucket === archives ? [] : [contents(clients, bucket), uploads(clients, bucket)]),
        accessPoints(clients, bucket, forCommands.accountId),
    ]);
}

async function contents({ s3 }: Clients, bucket: string): Promise<readonly Finding[]> {
    const listed = await callIfThere(["NoSuchBucket"], "s3:ListBucketVersions", bucket, () =>
        s3.send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1 })),
    );
    const [current] = listed?.Versions ?? [];
    const [marker] = listed?.DeleteMarkers ?? [];
    return current || marker
        ? [
              {
                  kind: "bucket",
                  name: bucket,
                  why: current?.IsLatest
                      ? "contains objects"
                      : "contains old versions or delete markers of deleted objects",
                  fix: "keep what you need elsewhere, then empty it, in S3's console or by a lifecycle rule that expires everything; this command deletes no data",
              },
          ]
        : [];
}

/** An upload that is completed after the bucket was emptied fills it again. */
async function uploads({ s3 }: Clients, bucket: string): Promise<readonly Finding[]> {
    const listed = await callIfThere(["NoSuchBucket"], "s3:ListBucketMultipartUploads", bucket, () =>
        s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, MaxUploads: 1 })),
    );
    return (listed?.Uploads ?? []).map(({ Key, UploadId }) => ({
        kind: "bucket",
        name: bucket,
        why: `an upload is not complete: ${Key}`,
        fix: `stop the writer, then \`aws s3api abort-multipart-upload --bucket ${bucket} --upload-id ${UploadId} --key …\``,
    }));
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html */
async function accessPoints(
    { s3Control }: Clients,
    bucket: string,
    accountId: string,
): Promise<readonly Finding[]> {
    const found = await callIfThere(["NoSuchBucket"], "s3:ListAccessPoints", bucket, () =>
        all(
            paginateListAccessPoints({ client: s3Control }, { AccountId: accountId, Bucket: bucket }),
            ({ AccessPointList }) => AccessPointList,
        ),
    );
    return (found ?? []).map(({ Name = "" }) => ({
        kind: "access point",
        name: Name,
        why: `S3 deletes no bucket with an access point: ${bucket}`,
        fix: `\`aws s3control delete-access-point --account-id ${accountId} --name ${Name}\``,
    }));
}

/** Every status of a job that has not ended. */
const RUNNING = Object.values(JobStatus).filter(
    (status) => !["Cancelled", "Complete", "Failed"].includes(status),
);

/** S3 Batch Operations jobs that copy with the stack's role, and fail without it. */
export async function batchJobs(
    { s3Control }: Clients,
    { forCommands: { reencryptionRoleArn, accountId, region } }: StackOutputs,
): Promise<readonly Finding[]> {
    if (reencryptionRoleArn === null) {
        return [];
    }
    const jobs = await collect(
        "s3:ListJobs",
        accountId,
        paginateListJobs({ client: s3Control }, { AccountId: accountId, JobStatuses: RUNNING }),
        (page) => page.Jobs,
    );
    const found: Finding[] = [];
    for (const { JobId = "" } of jobs) {
        const { Job } = await call("s3:DescribeJob", JobId, () =>
            s3Control.send(new DescribeJobCommand({ AccountId: accountId, JobId })),
        );
        if (Job?.RoleArn === reencryptionRoleArn) {
            found.push({
                kind: "batch job",
                name: JobId,
                why: `is ${Job.Status}, and copies with the stack's role`,
                fix: `let it end, or \`aws s3control update-job-status --region ${region} --account-id ${accountId} --job-id ${JobId} --requested-job-status Cancelled\``,
            });
        }
    }
    return found;
}

/** Pulumi deletes no protected resource. */
export function protection({ forCommands, kmsKeyArn }: StackOutputs): readonly Finding[] {
    const { protect, ownsKey, stack, managedBuckets, certificateArchive } = forCommands;
    const archives = parseS3Url(certificateArchive)?.bucket;
    const covered = [
        ...(Object.keys(managedBuckets).some((bucket) => bucket !== archives) ? ["the data buckets"] : []),
        ...(ownsKey ? [`the key ${kmsKeyArn}`] : []),
    ];
    return protect && covered.length > 0
        ? [
              {
                  kind: "protection",
                  name: "storage.protect",
                  why: `Pulumi refuses to delete ${covered.join(" and ")}`,
                  fix: `set storage: { protect: false } in Pulumi.${stack}.yaml, then \`npx pulumi up --stack ${stack}\``,
              },
          ]
        : [];
}
