import {
    GetBucketPolicyStatusCommand,
    type S3Client,
    type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand, type S3ControlClient } from "@aws-sdk/client-s3-control";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, compare } from "./check";
import {
    algorithm,
    blockedCheck,
    DEFAULT,
    encryptionRule,
    ifThere,
    type Looked,
    notBlocked,
    PUBLIC_ACCESS,
    publicAccessBlock,
} from "./looked-bucket";

/** What the stack sets on a bucket of the user's, and what it asks of its own besides: that is for them to decide. */
export function existingBucketChecks(
    looked: Looked,
    s3Control: S3ControlClient,
    outputs: StackOutputs,
): Promise<readonly Check[]> {
    const { region } = looked;
    const remedy = `a bucket in ${region} for its locations in emrEtlRunner.aws.s3.buckets: s3-dist-cp is given that region's endpoint, and finds no other's`;
    return ifThere({ ...looked, remedy }, "warning", () => [
        existingEncryptionChecks(looked, outputs),
        existingPublicAccessChecks(looked, s3Control, outputs),
    ]);
}

/**
 * Objects that come without a header are encrypted by a bucket's default alone. A policy that the stack wrote refuses
 * customer-provided keys by itself.
 */
async function existingEncryptionChecks(
    looked: Looked,
    { forCommands }: StackOutputs,
): Promise<readonly Check[]> {
    const { bucket } = looked;
    const isSet = forCommands.encryptedExistingBuckets.includes(bucket);
    const severity = isSet ? "failed" : "warning";
    const remedy = isSet
        ? looked.remedy
        : `name it in storage.encryptExistingBuckets in Pulumi.${forCommands.stack}.yaml, and: npx pulumi up --stack ${forCommands.stack}`;
    const on = `bucket ${bucket}: default encryption`;
    return attempt(
        on,
        DEFAULT,
        async () => {
            const rule = await encryptionRule(looked);
            return [
                compare({ on, expected: DEFAULT, found: algorithm(rule), severity, remedy }),
                ...(forCommands.policiesOnExistingBuckets.includes(bucket)
                    ? []
                    : [blockedCheck(bucket, rule, "warning", block(bucket, rule))]),
            ];
        },
        severity,
    );
}

/** S3 takes the whole rule: the default stays as it is. */
function block(bucket: string, rule: ServerSideEncryptionRule | undefined): string {
    const configuration = {
        Rules: [
            {
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: DEFAULT },
                ...rule,
                BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
            },
        ],
    };
    return `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '${JSON.stringify(configuration)}'`;
}

/**
 * The account may block for all its buckets, and nothing is wrong then. What is not blocked need not be public yet;
 * whether a policy makes it so is told, for the urgency.
 */
async function existingPublicAccessChecks(
    { s3, bucket }: Looked,
    s3Control: S3ControlClient,
    { forCommands: { accountId } }: StackOutputs,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: public access`;
    const expected = "blocked";
    const settings = PUBLIC_ACCESS.map((name) => `${name}=true`).join(",");
    return attempt(
        on,
        expected,
        async () => {
            const own = await publicAccessBlock(s3, bucket);
            const off =
                notBlocked(own).length === 0
                    ? []
                    : notBlocked(own, await accountPublicAccessBlock(s3Control, accountId));
            const isPublic = off.length > 0 && (await hasPublicPolicy(s3, bucket));
            return compare({
                on,
                expected,
                found:
                    off.length === 0
                        ? expected
                        : `without ${off.join(", ")}${isPublic ? "; its policy makes it public" : ""}`,
                severity: "warning",
                remedy: `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration ${settings}`,
            });
        },
        "warning",
    );
}

async function accountPublicAccessBlock(s3Control: S3ControlClient, AccountId: string) {
    const answer = await callIfThere(
        ["NoSuchPublicAccessBlockConfiguration"],
        "s3:GetAccountPublicAccessBlock",
        `account ${AccountId}`,
        () => s3Control.send(new GetPublicAccessBlockCommand({ AccountId })),
    );
    return answer?.PublicAccessBlockConfiguration;
}

async function hasPublicPolicy(s3: S3Client, bucket: string): Promise<boolean> {
    const answer = await callIfThere(["NoSuchBucketPolicy"], "s3:GetBucketPolicyStatus", bucket, () =>
        s3.send(new GetBucketPolicyStatusCommand({ Bucket: bucket })),
    );
    return answer?.PolicyStatus?.IsPublic ?? false;
}
