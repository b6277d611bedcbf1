import { EC2 } from "@aws-sdk/client-ec2";
import { EMR } from "@aws-sdk/client-emr";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { S3Control } from "@aws-sdk/client-s3-control";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { STS } from "@aws-sdk/client-sts";
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

/** Clients with the usual credential chain; `AWS_ENDPOINT_URL` replaces the endpoints. */
export function awsClients(region: string): Clients {
    const config = { region, ...RETRIES };
    return {
        s3: new S3({ ...config, followRegionRedirects: true }),
        s3Control: new S3Control(config),
        ec2: new EC2(config),
        iam: new IAM(config),
        kms: new KMS(config),
        emr: new EMR(config),
        scheduler: new Scheduler(config),
        sts: new STS(config),
    };
}

/** `MethodNotAllowed`: S3 shows some settings of a bucket, such as its policy, to the owner's account only. */
const DENIED = /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden|MethodNotAllowed|HTTP 403)$/;

const UNREADABLE = "an answer that is not AWS's";

/** What to do about the errors that any call may end with, by their names in AWS's APIs, in the SDK and in Node. */
const FIXES: readonly (readonly [RegExp, (permission: string, reason: string) => string])[] = [
    [DENIED, (permission) => `These credentials need ${permission} on it.`],
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
        /^(Throttl.*|SlowDown|RequestLimitExceeded|TooManyRequests.*)$/,
        () => `AWS throttled ${RETRIES.maxAttempts} attempts: run this again later.`,
    ],
    [/^(ENOSPC|EDQUOT)$/, () => "The disk is full: set TMPDIR to a folder on another disk."],
    [
        /^(E[A-Z]+(_[A-Z]+)?|TimeoutError)$/,
        () => "No connection: check the network, the region and AWS_ENDPOINT_URL.",
    ],
    [new RegExp(`^${UNREADABLE}$`), () => "Check the network's proxy and AWS_ENDPOINT_URL."],
];

/** A call that AWS refused or did not answer: the permission it needs, the resource, AWS's error. */
export class AwsError extends Error {
    constructor(
        /** The IAM action. */
        readonly permission: string,
        readonly on: string,
        /** AWS's name of the error, such as `NoSuchBucket`. */
        readonly code: string,
        /** AWS's message, if any. */
        readonly reason: string,
    ) {
        const [, fix] = FIXES.find(([pattern]) => pattern.test(code)) ?? [];
        super(
            `${permission} on ${on}: ${[code, reason].filter(Boolean).join(": ")}${fix ? `. ${fix(permission, reason)}` : ""}`,
        );
    }

    /** Whether the credentials lack the permission. */
    get denied(): boolean {
        return DENIED.test(this.code);
    }
}

/**
 * Makes one call.
 * @param permission The IAM action that it needs, such as `s3:GetBucketPolicy`.
 * @throws AwsError
 */
export async function call<T>(permission: string, on: string, request: () => Promise<T>): Promise<T> {
    try {
        return await request();
    } catch (error) {
        const {
            name,
            message,
            code: errno,
            $metadata,
        } = error as NodeJS.ErrnoException & {
            readonly $metadata?: { readonly httpStatusCode?: number };
        };
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
        const reason =
            isUnreadable || nameless.test(message) || message === name ? "" : message.replace(/\.$/, "");
        throw new AwsError(permission, on, code, reason);
    }
}

/** All items of a paginated list. */
export async function all<Page, Item>(
    pages: AsyncIterable<Page>,
    items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
    const found: Item[] = [];
    for await (const page of pages) {
        found.push(...(items(page) ?? []));
    }
    return found;
}

/**
 * Like `call`, for all items of a paginated list.
 * @throws AwsError
 */
export function collect<Page, Item>(
    permission: string,
    on: string,
    pages: AsyncIterable<Page>,
    items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
    return call(permission, on, () => all(pages, items));
}

/** Like `call`, but returns undefined if AWS answers with one of these codes of a missing resource. */
export async function callIfThere<T>(
    absent: readonly string[],
    permission: string,
    on: string,
    request: () => Promise<T>,
): Promise<T | undefined> {
    try {
        return await call(permission, on, request);
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
    const { Account, Arn } = await call("sts:GetCallerIdentity", "these credentials", () =>
        sts.getCallerIdentity(),
    );
    if (Account === undefined) {
        throw new AwsError("sts:GetCallerIdentity", "these credentials", UNREADABLE, "");
    }
    if (Account !== forCommands.accountId) {
        throw new Error(
            `the credentials belong to account ${Account} (${Arn}); stack ${forCommands.stack} is in account ${forCommands.accountId}. Use credentials of the stack's account, or outputs of a stack in this account.`,
        );
    }
}
