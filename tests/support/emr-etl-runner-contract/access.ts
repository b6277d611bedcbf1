import type { Run } from "../../../testing/mock-engine";
import { ACCOUNT_ID } from "../../../testing/placeholder-provider";
import { type Context, decide, identityPolicy, resourcePolicy } from "../iam";
import { accountOf, keyArn, type Made, type MadeRole, resources } from "./made";

/** A user of the stack's account. */
export const USER = { AWS: `arn:aws:iam::${ACCOUNT_ID}:user/some-user` };

type Identity = Pick<MadeRole, "arn" | "inlinePolicies">;

function identity({ inlinePolicies }: Identity) {
    return inlinePolicies.map(identityPolicy);
}

/** The policy of the stack's key; for an existing key, KMS's default policy with the statements in the outputs. */
function keyPolicy({ run, existing }: Made) {
    if (!existing.keyArn) {
        return resources(run, "aws:kms/key:Key").map(({ inputs }) =>
            resourcePolicy(String(inputs.policy)),
        )[0];
    }
    const delegates = {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountOf(existing.keyArn)}:root` },
        Action: "kms:*",
        Resource: "*",
    };
    const required = (run.outputs.kmsKeyPolicyStatements ?? []) as readonly unknown[];
    return resourcePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [delegates, ...required] }));
}

export function mayUseKey(made: Made, caller: Identity, action: string, context: Context = {}): boolean {
    const key = keyArn(made);
    const request = { caller: { AWS: caller.arn }, action, resource: key, context };
    const resource = { policy: keyPolicy(made), account: accountOf(key) };
    return decide(request, { identity: identity(caller), resource }) === "allowed";
}

export function mayRead({ run }: Made, caller: Identity, object: string): boolean {
    const policy = resources(run, "aws:s3/bucketPolicy:BucketPolicy")
        .filter(({ inputs }) => object.startsWith(`arn:aws:s3:::${inputs.bucket}/`))
        .map(({ inputs }) => resourcePolicy(String(inputs.policy)))[0];
    const context = { "aws:SecureTransport": "true" };
    const request = { caller: { AWS: caller.arn }, action: "s3:GetObject", resource: object, context };
    return decide(request, { identity: identity(caller), resource: { policy } }) === "allowed";
}

/** The user that runs EmrEtlRunner. */
export function operator(run: Run): Identity {
    const policies = resources(run, "aws:iam/policy:Policy");
    return { arn: USER.AWS, inlinePolicies: policies.map(({ inputs }) => String(inputs.policy)) };
}

export function mayPass(caller: Identity, passed: MadeRole, service: string): boolean {
    const context = { "iam:PassedToService": service };
    const request = { caller: { AWS: caller.arn }, action: "iam:PassRole", resource: passed.arn, context };
    return decide(request, { identity: identity(caller) }) === "allowed";
}
