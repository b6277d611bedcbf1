import { JobStatus } from "@aws-sdk/client-s3-control";
import { parseS3Url } from "../../components/domain/locations";
import { namePrefix } from "../../components/domain/naming";
import { type Clients, collect, ifThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Finding, listed } from "./finding";
import { UNNAMED } from "./generated-names";

/**
 * Checks of the managed buckets: S3 deletes no bucket with an object, an old version or an access point.
 * @param unnamedBuckets The stack's buckets that the outputs do not name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
 */
export function bucketChecks(
    clients: Clients,
    outputs: StackOutputs,
    unnamedBuckets: readonly string[],
): readonly Promise<readonly Finding[]>[] {
    const { managedBuckets, accountId, prefix } = outputs.forCommands;
    const data = dataBuckets(outputs);
    const certificates = namePrefix("bucket", prefix, "certs");
    return [
        ...Object.keys(managedBuckets).flatMap((bucket) => [
            ...(data.includes(bucket) ? [contents(clients, bucket), uploads(clients, bucket)] : []),
            accessPoints(clients, bucket, accountId),
        ]),
        ...unnamedBuckets
            .filter((bucket) => !bucket.startsWith(certificates))
            .map((bucket) => contents(clients, bucket, true)),
    ];
}

/** All but the bucket of the certificate archives, which Pulumi empties: they can be created again. */
function dataBuckets({ forCommands }: StackOutputs): readonly string[] {
    const archives = parseS3Url(forCommands.certificateArchive)?.bucket;
    return Object.keys(forCommands.managedBuckets).filter((bucket) => bucket !== archives);
}

async function contents({ s3 }: Clients, bucket: string, isUnnamed = false): Promise<readonly Finding[]> {
    const page = await ifThere(s3.listObjectVersions({ Bucket: bucket, MaxKeys: 1 }), "NoSuchBucket");
    const { Versions: [first] = [], DeleteMarkers = [] } = page ?? {};
    const content = first?.IsLatest ? "objects" : "old versions or delete markers of deleted objects";
    const finding = {
        kind: "bucket",
        name: bucket,
        why: `${isUnnamed ? UNNAMED : ""}contains ${content}`,
        fix: `${isUnnamed ? "if the stack no longer manages it, remove the tag; otherwise " : ""}keep what you need elsewhere, then empty it, in S3's console or by a lifecycle rule that expires everything; this command deletes no data`,
    };
    return first || DeleteMarkers.length > 0 ? [finding] : [];
}

/** An upload that is completed after the bucket was emptied fills it again. */
async function uploads({ s3 }: Clients, bucket: string): Promise<readonly Finding[]> {
    const page = s3.listMultipartUploads({ Bucket: bucket, MaxUploads: 1 });
    return (await listed(page.then(({ Uploads }) => Uploads))).map(({ Key, UploadId }) => ({
        kind: "bucket",
        name: bucket,
        why: `an upload is not complete: ${Key}`,
        fix: `stop the writer, then \`aws s3api abort-multipart-upload --bucket ${bucket} --upload-id ${UploadId} --key …\``,
    }));
}

async function accessPoints({ s3Control }: Clients, Bucket: string, AccountId: string) {
    const pages = s3Control.paginateListAccessPoints({ AccountId, Bucket });
    return (await listed(collect(pages, ({ AccessPointList }) => AccessPointList))).map(({ Name = "" }) => ({
        kind: "access point",
        name: Name,
        why: `S3 deletes no bucket with an access point: ${Bucket}`,
        fix: `\`aws s3control delete-access-point --account-id ${AccountId} --name ${Name}\``,
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
    const account = { AccountId: accountId };
    const pages = s3Control.paginateListJobs({ ...account, JobStatuses: RUNNING });
    const jobs = reencryptionRoleArn === null ? [] : await collect(pages, ({ Jobs }) => Jobs);
    const found: Finding[] = [];
    for (const { JobId = "" } of jobs) {
        const { Job } = await s3Control.describeJob({ ...account, JobId });
        if (Job?.RoleArn === reencryptionRoleArn) {
            found.push({
                kind: "batch job",
                name: JobId,
                why: `is ${Job?.Status}, and copies with the stack's role`,
                fix: `let it end, or \`aws s3control update-job-status --region ${region} --account-id ${accountId} --job-id ${JobId} --requested-job-status Cancelled\``,
            });
        }
    }
    return found;
}

/** Pulumi deletes no protected resource. */
export function protection(outputs: StackOutputs): readonly Finding[] {
    const { protect, ownsKey, stack } = outputs.forCommands;
    const covered = [
        ...(dataBuckets(outputs).length > 0 ? ["the data buckets"] : []),
        ...(ownsKey ? [`the key ${outputs.kmsKeyArn}`] : []),
    ];
    const finding = {
        kind: "protection",
        name: "storage.protect",
        why: `Pulumi refuses to delete ${covered.join(" and ")}`,
        fix: `set storage: { protect: false } in Pulumi.${stack}.yaml, then \`npx pulumi up --stack ${stack}\``,
    };
    return protect && covered.length > 0 ? [finding] : [];
}
