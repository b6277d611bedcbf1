import { EC2 } from "@aws-sdk/client-ec2";
import { EMR } from "@aws-sdk/client-emr";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { type GetObjectCommandInput, type GetObjectCommandOutput, S3 } from "@aws-sdk/client-s3";
import { S3Control } from "@aws-sdk/client-s3-control";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { STS } from "@aws-sdk/client-sts";
import { AwsError, awsError, MAX_ATTEMPTS, UNREADABLE } from "./aws-error";
import { escaped } from "./escape";
import type { StackOutputs } from "./stack-outputs";

/** Retries throttled calls with growing pauses: a scheduled run had better be late than fail. */
const RETRIES = { retryMode: "adaptive", maxAttempts: MAX_ATTEMPTS } as const;

export interface Clients {
    readonly s3: S3;
    readonly s3Control: S3Control;
    readonly ec2: EC2;
    readonly iam: IAM;
    readonly kms: KMS;
    readonly emr: EMR;
    readonly scheduler: Scheduler;
    readonly sts: STS;
}

/**
 * Clients with the usual credential chain; `AWS_ENDPOINT_URL` replaces the endpoints. All calls that fail throw an
 * `AwsError`.
 */
export function awsClients(region: string): Clients {
    const config = { region, ...RETRIES };
    const clients = {
        s3: new S3({ ...config, followRegionRedirects: true }),
        s3Control: new S3Control(config),
        ec2: new EC2(config),
        iam: new IAM(config),
        kms: new KMS(config),
        emr: new EMR(config),
        scheduler: new Scheduler(config),
        sts: new STS(config),
    };
    Object.values(clients).forEach(throwAwsErrors);
    return clients;
}

/** IAM's prefixes of services whose client has another name. */
const PREFIXES: Readonly<Record<string, string>> = { EMR: "elasticmapreduce", S3Control: "s3" };

/**
 * The IAM actions of operations that have another name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
    "S3.CompleteMultipartUpload": "PutObject",
    "S3.CreateMultipartUpload": "PutObject",
    "S3.GetBucketEncryption": "GetEncryptionConfiguration",
    "S3.GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "S3.GetBucketNotificationConfiguration": "GetBucketNotification",
    "S3.GetBucketReplication": "GetReplicationConfiguration",
    "S3.GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "S3.GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "S3.HeadObject": "GetObject",
    "S3.ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "S3.ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "S3.ListBuckets": "ListAllMyBuckets",
    "S3.ListMultipartUploads": "ListBucketMultipartUploads",
    "S3.ListObjectsV2": "ListBucket",
    "S3.ListObjectVersions": "ListBucketVersions",
    "S3.UploadPart": "PutObject",
    "S3Control.CreateJob": "CreateJob and iam:PassRole",
    "S3Control.GetPublicAccessBlock": "GetAccountPublicAccessBlock",
};

function throwAwsErrors({ middlewareStack }: Clients[keyof Clients]): void {
    (middlewareStack as S3["middlewareStack"]).add(
        (next, { clientName = "", commandName = "" }) =>
            async (args) => {
                try {
                    return await next(args);
                } catch (error) {
                    const service = clientName.replace(/Client$/, "");
                    const operation = commandName.replace(/Command$/, "");
                    const action = ACTIONS[`${service}.${operation}`] ?? operation;
                    const prefix = PREFIXES[service] ?? service.toLowerCase();
                    throw awsError(`${prefix}:${action}`, subjectOf(args.input), error);
                }
            },
        { step: "initialize", priority: "high", name: "throwAwsErrors" },
    );
}

/** What the input of a call names: an object, a bucket, the names and ids of other resources, or the account. */
function subjectOf(input: object): string {
    const {
        Bucket,
        Key,
        Filters = [],
        AccountId = "",
        ...others
    } = input as Readonly<Record<string, unknown>>;
    if (typeof Bucket === "string") {
        return escaped(typeof Key === "string" ? `s3://${Bucket}/${Key}` : `bucket ${Bucket}`);
    }
    const named = Object.entries(others).flatMap(([name, value]) =>
        /(Arn|Ids?|Name)$/.test(name) ? value : [],
    );
    const filters = (Filters as readonly { readonly Values: readonly string[] }[]).flatMap(
        ({ Values }) => Values,
    );
    return escaped([...named, ...filters].join("/") || String(AccountId));
}

/**
 * Reads an object.
 * @throws AwsError, also if its content ends too early.
 */
export async function readObject<T>(
    s3: S3,
    where: GetObjectCommandInput,
    read: (body: NonNullable<GetObjectCommandOutput["Body"]>) => Promise<T>,
): Promise<GetObjectCommandOutput & { readonly content: T }> {
    const answer = await s3.getObject(where);
    try {
        return { ...answer, content: await read(answer.Body as NonNullable<typeof answer.Body>) };
    } catch (error) {
        throw awsError("s3:GetObject", subjectOf(where), error);
    }
}

/** All items of a paginated list. */
export async function collect<Page, Item>(
    pages: AsyncIterable<Page> | Iterable<Promise<Page>>,
    items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
    const found: Item[] = [];
    for await (const page of pages) {
        found.push(...(items(page) ?? []));
    }
    return found;
}

/** An answer of AWS, or undefined if AWS answers with one of these codes of a missing resource. */
export async function ifThere<T>(answer: Promise<T>, ...absent: readonly string[]): Promise<T | undefined> {
    try {
        return await answer;
    } catch (error) {
        if (error instanceof AwsError && absent.includes(error.code)) {
            return undefined;
        }
        throw error;
    }
}

/** The name in a name or an ARN: of a role, for example, without its path. */
export function baseName(nameOrArn: string): string {
    return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

/**
 * Another account may have resources of the same names.
 * @throws Error if the credentials belong to another account than the stack.
 */
export async function checkAccount({ sts }: Clients, { forCommands }: StackOutputs): Promise<void> {
    const { Account, Arn } = await sts.getCallerIdentity();
    if (Account === undefined) {
        throw new AwsError("sts:GetCallerIdentity", "", UNREADABLE, "");
    }
    if (Account !== forCommands.accountId) {
        throw new Error(
            `the credentials belong to account ${Account} (${Arn}); stack ${forCommands.stack} is in account ${forCommands.accountId}. Use credentials of the stack's account, or outputs of a stack in this account.`,
        );
    }
}
