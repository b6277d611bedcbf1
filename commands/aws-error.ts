/** How often a call is tried. */
export const MAX_ATTEMPTS = 8;

/** `MethodNotAllowed`: S3 shows some settings of a bucket, such as its policy, to the owner's account only. */
const DENIED = /^(AccessDenied(Exception)?|UnauthorizedOperation|Forbidden|MethodNotAllowed|HTTP 403)$/;

/** The code of an error that AWS has no name for. */
export const UNREADABLE = "an answer that is not AWS's";

/** Errors by their names in AWS's APIs, in the SDK and in Node, and what to do about them. */
type Fixes = readonly (readonly [RegExp, (permission: string, reason: string) => string])[];

/** Errors of one call. */
const FIXES: Fixes = [
    [DENIED, (permission) => `These credentials need ${permission}.`],
    [
        /^(Throttl.*|SlowDown|RequestLimitExceeded|TooManyRequests.*)$/,
        () => `AWS throttled ${MAX_ATTEMPTS} attempts: run this again later.`,
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
export function awsError(action: string, on: string, error: unknown): AwsError {
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
