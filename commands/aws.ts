import { EC2 } from "@aws-sdk/client-ec2";
import { EMR } from "@aws-sdk/client-emr";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { type GetObjectCommandInput, type GetObjectCommandOutput, S3 } from "@aws-sdk/client-s3";
import { S3Control } from "@aws-sdk/client-s3-control";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { STS } from "@aws-sdk/client-sts";
import { escaped } from "./escape";
import type { StackOutputs } from "./stack-outputs";

/** Retries throttled calls with growing pauses: a scheduled run had better be late than fail. */
const RETRIES = { retryMode: "adaptive", maxAttempts: 8 } as const;

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

/** `MethodNotAllowed`: S3 shows some settings of a bucket, such as its policy, to the owner's account only. */
const DENIED = /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden|MethodNotAllowed|HTTP 403)$/;

const UNREADABLE = "an answer that is not AWS's";

/** Errors by their names in AWS's APIs, in the SDK and in Node, and what to do about them. */
type Fixes = readonly (readonly [RegExp, (permission: string, reason: string) => string])[];

/** Errors of one call. */
const FIXES: Fixes = [
    [DENIED, (permission) => `These credentials need ${permission}.`],
    [
        /^(Throttl.*|SlowDown|RequestLimitExceeded|TooManyRequests.*)$/,
        () => `AWS throttled ${RETRIES.maxAttempts} attempts: run this again later.`,
    ],
    [/^(ENOSPC|EDQUOT)$/, () => "The disk is full: set TMPDIR to a folder on another disk."],
    [new RegExp(`^${UNREADABLE}$`), () => "Check the network's proxy and AWS_ENDPOINT_URL."],
];

/** Errors that every other call would have as well. */
const GENERAL_FIXES: Fixes = [
    [/^(ExpiredToken(Exception)?|RequestExpired)$/, () => "The credentials have expired: log in again."],
    [
        /^(CredentialsProvider|TokenProvider)Error$/,
        (_, reason) =>
            /\bSSO\b/.test(reason)
                ? "The login has expired: log in again."
                : process.env.AWS_PROFILE
                  ? `Check the profile of AWS_PROFILE, ${process.env.AWS_PROFILE}: it does not exist, or has no credentials.`
                  : "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this with a role.",
    ],
    [
        /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|AuthFailure)$/,
        () => "AWS does not accept these credentials: check AWS_PROFILE and the AWS_… variables.",
    ],
    [
        /^(E[A-Z]+(_[A-Z]+)?|TimeoutError)$/,
        () => "No connection: check the network, the region and AWS_ENDPOINT_URL.",
    ],
];

/** A call that AWS refused or did not answer: the permission it needs, the resource, AWS's error. */
export class AwsError extends Error {
    /** The IAM action. */
    readonly permission: string;

    /**
     * @param action The IAM action of the operation. A refusal may name another one, such as `kms:Decrypt`.
     * @param on What the call is about; empty if it is about nothing in particular.
     * @param code AWS's name of the error, such as `NoSuchBucket`.
     * @param reason AWS's message, if any.
     */
    constructor(
        action: string,
        readonly on: string,
        readonly code: string,
        readonly reason: string,
    ) {
        const [, permission = action] = /not authorized to perform: ([\w-]+:\w+)/.exec(reason) ?? [];
        const [, fix] = [...FIXES, ...GENERAL_FIXES].find(([pattern]) => pattern.test(code)) ?? [];
        const what = [on ? `${action} on ${on}` : action, code, reason].filter(Boolean).join(": ");
        super(fix ? `${what}. ${fix(permission, reason)}` : what);
        this.permission = permission;
    }

    /** Whether the credentials lack the permission. */
    get denied(): boolean {
        return DENIED.test(this.code);
    }

    /** Whether every other call would have this error as well: without valid credentials, or a connection. */
    get isGeneral(): boolean {
        return GENERAL_FIXES.some(([pattern]) => pattern.test(this.code));
    }
}

/** An error of the SDK or of Node, with AWS's name of it where there is one. */
function awsError(action: string, on: string, error: unknown): AwsError {
    if (error instanceof AwsError) {
        return error;
    }
    const {
        name,
        message,
        code: errno,
        $metadata,
    } = error as NodeJS.ErrnoException & { readonly $metadata?: { readonly httpStatusCode?: number } };
    // The answer to a HEAD request has no body: the status alone names the error.
    const nameless = /^(Unknown(Error)?|\d+)$/;
    // The SDK's words for an answer that it cannot parse; it quotes the answer.
    const isUnreadable = message.includes("Deserialization error");
    const code = isUnreadable
        ? UNREADABLE
        : nameless.test(name)
          ? `HTTP ${$metadata?.httpStatusCode ?? "error"}`
          : // Node's errors of connections, such as ECONNREFUSED.
            typeof errno === "string" && /^E[A-Z_]+$/.test(errno)
            ? errno
            : name;
    const isEmpty = isUnreadable || nameless.test(message) || message === name;
    return new AwsError(action, on, code, isEmpty ? "" : message.replace(/\.$/, ""));
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
