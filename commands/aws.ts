import { EC2Client } from "@aws-sdk/client-ec2";
import { EMRClient } from "@aws-sdk/client-emr";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { S3ControlClient } from "@aws-sdk/client-s3-control";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { StackOutputs } from "./stack-outputs";

/** Throttled calls are made again, ever more slowly: a scheduler's run is better late than lost. */
const RETRIES = { retryMode: "adaptive", maxAttempts: 8 } as const;

export interface Clients {
    readonly s3: S3Client;
    readonly s3Control: S3ControlClient;
    readonly ec2: EC2Client;
    readonly iam: IAMClient;
    readonly kms: KMSClient;
    readonly emr: EMRClient;
    readonly scheduler: SchedulerClient;
    readonly sts: STSClient;
}

/** Clients with the usual credential chain; `AWS_ENDPOINT_URL` sends them elsewhere. */
export function awsClients(region: string): Clients {
    const config = { region, ...RETRIES };
    return {
        s3: new S3Client({ ...config, followRegionRedirects: true }),
        s3Control: new S3ControlClient(config),
        ec2: new EC2Client(config),
        iam: new IAMClient(config),
        kms: new KMSClient(config),
        emr: new EMRClient(config),
        scheduler: new SchedulerClient(config),
        sts: new STSClient(config),
    };
}

/** AWS said no, or nothing: what was tried, on what, and what permission it needs. */
export class AwsError extends Error {
    constructor(
        /** The IAM action. */
        readonly permission: string,
        readonly on: string,
        /** AWS's own name of the error, such as `NoSuchBucket`. */
        readonly code: string,
        /** AWS's words, if any. */
        readonly reason: string,
    ) {
        const remedy = isDenied(code) ? `. These credentials need ${permission} on it.` : "";
        super(`${permission} on ${on}: ${[code, reason].filter(Boolean).join(": ")}${remedy}`);
    }

    /** The credentials may not do it. */
    get denied(): boolean {
        return isDenied(this.code);
    }
}

/**
 * Makes one call.
 * @param permission The IAM action it takes, such as `s3:GetBucketPolicy`.
 * @throws AwsError
 */
export async function call<T>(permission: string, on: string, request: () => Promise<T>): Promise<T> {
    try {
        return await request();
    } catch (error) {
        const { name, message, $metadata } = error as Error & {
            readonly $metadata?: { readonly httpStatusCode?: number };
        };
        // HEAD requests are answered without a body: the status is all there is.
        const nameless = /^(Unknown(Error)?|\d+)$/;
        const code = nameless.test(name) ? `HTTP ${$metadata?.httpStatusCode ?? "error"}` : name;
        const reason = nameless.test(message) || message === name ? "" : message.replace(/\.$/, "");
        throw new AwsError(permission, on, code, reason);
    }
}

/** As `call`, with undefined where AWS answers with one of these codes: that there is none. */
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

/**
 * Another account has other things of the same names.
 * @throws Error where the credentials belong to another account than the stack's.
 */
export async function checkAccount({ sts }: Clients, { forCommands }: StackOutputs): Promise<void> {
    const { Account, Arn } = await call("sts:GetCallerIdentity", "these credentials", () =>
        sts.send(new GetCallerIdentityCommand({})),
    );
    if (Account !== forCommands.accountId) {
        throw new Error(
            `the credentials are those of account ${Account} (${Arn}); stack ${forCommands.stack} is in account ${forCommands.accountId}. Take that account's credentials, or this account's stack.`,
        );
    }
}

function isDenied(code: string): boolean {
    return /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden|HTTP 403)$/.test(code);
}
