import { expect } from "chai";
import type { Context, Decision } from "../support/iam";
import { deployed, type Names, namesOf, principalsOf, type StackName, type Who } from "./stacks";

type Several<T> = T | readonly T[];

/** Each action on each resource is decided so; the reason stands where the decision is not obvious. */
export type Row = readonly [
    actions: Several<string>,
    resources: Several<string>,
    context: Context,
    decision: Decision,
    reason?: string,
];

/** A row with the principals that make the calls. */
export type CallerRow = readonly [callers: Several<Who> | "every principal", ...Row];

type Rows<T> = readonly T[] | ((names: Names) => readonly T[]);

/** Defines one test per stack: every call of every row is decided as the row says. */
export function decides(stacks: Several<StackName>, title: string, rows: Rows<CallerRow>): void {
    for (const stack of [stacks].flat()) {
        it(`${title} (${stack} stack)`, async () => {
            const { decision } = await deployed(stack);
            const calls = rowsOf(rows, stack).flatMap(
                ([callers, actions, resources, context, decided, reason = ""]) =>
                    product(callersOf(callers, stack), actions, resources).map(([who, action, resource]) =>
                        [decision(who, action, resource, context), decided].map(
                            (found) =>
                                `${who}: ${action} on ${resource} ${JSON.stringify(context)} is ${found} ${reason}`,
                        ),
                    ),
            );
            expect(calls).not.to.deep.equal([]);
            expect(calls.map(([found]) => found)).to.deep.equal(calls.map(([, expected]) => expected));
        });
    }
}

/** `decides` for the calls of one principal, or of every principal of the stack. */
export function decidesFor(who: Who | "every principal") {
    return (stacks: Several<StackName>, behaviour: string, rows: Rows<Row>): void =>
        decides(stacks, `${who} ${behaviour}`, ({ stack }) =>
            rowsOf(rows, stack).map((row) => [who, ...row] as const),
        );
}

function rowsOf<T>(rows: Rows<T>, stack: StackName): readonly T[] {
    return typeof rows === "function" ? rows(namesOf(stack)) : rows;
}

function callersOf(callers: CallerRow[0], stack: StackName): readonly Who[] {
    return callers === "every principal" ? principalsOf(stack) : ([callers].flat() as Who[]);
}

function product(callers: readonly Who[], actions: Several<string>, resources: Several<string>) {
    return callers.flatMap((who) =>
        [actions]
            .flat()
            .flatMap((action) => [resources].flat().map((resource) => [who, action, resource] as const)),
    );
}

// Contexts of requests

export const HTTP = { "aws:SecureTransport": "false" };
export const AES256 = { "s3:x-amz-server-side-encryption": "AES256" };
export const SSE_KMS = { "s3:x-amz-server-side-encryption": "aws:kms" };
export const SSE_DSSE = { "s3:x-amz-server-side-encryption": "aws:kms:dsse" };
export const SSE_C = { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" };
export const FOR_AWS = { "kms:GrantIsForAWSResource": "true" };

export function listing(prefix: string): Context {
    return { "s3:prefix": prefix };
}

/** KMS called by another service for the caller. */
export function via(service: string, region: string): Context {
    return { "kms:ViaService": `${service}.${region}.amazonaws.com` };
}

export function passedTo(service: string): Context {
    return { "iam:PassedToService": `${service}.amazonaws.com` };
}

/** EMR assuming a role for a cluster. */
export function fromEmr(account: string, region: string) {
    const cluster = `arn:aws:elasticmapreduce:${region}:${account}:cluster/j-2AXXXXXXGAPLF`;
    return { "aws:SourceAccount": account, "aws:SourceArn": cluster };
}

/** A subnet or a security group of a VPC, with EMR's tag; the VPC of a shared subnet belongs to its owner's account. */
export function inVpc(vpc: string, region: string, account: string): Context {
    return {
        "ec2:Vpc": `arn:aws:ec2:${region}:${account}:vpc/${vpc}`,
        "aws:ResourceTag/for-use-with-amazon-emr-managed-policies": "true",
    };
}

export function linkedTo(service: string): Context {
    return { "iam:AWSServiceName": `${service}.amazonaws.com` };
}

// Actions

export const USE_KEY = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
];
export const ADMINISTER_KEY = [
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:UpdateAlias",
];
