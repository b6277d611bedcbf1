import { createHash } from "node:crypto";

/** An IAM policy document over plain values: what a policy says is decided before anything is deployed. */
export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: "*" | { readonly AWS: string } | { readonly Service: string };
    readonly Action: string | readonly string[];
    /** Absent in a role's trust policy only. */
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * IAM's limits, in characters without white space.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const IAM_LIMITS = {
    /** All inline policies of one role together. */
    roleInlinePolicies: 10_240,
    managedPolicy: 6_144,
} as const;

export function policyDocument(...statements: readonly (Statement | readonly Statement[])[]): PolicyDocument {
    return { Version: "2012-10-17", Statement: statements.flat() };
}

/** What IAM counts: documents are sent without white space. */
export function documentLength(document: PolicyDocument): number {
    return JSON.stringify(document).length;
}

/**
 * In what a document, as JSON, differs from what it should be: statements by their Sids. Neither the order of anything
 * counts nor whether a single value stands in a list or everybody (`"*"`) in an object: AWS changes all of it.
 */
export function documentDifferences(expected: PolicyDocument, json: string): readonly string[] {
    const { Statement = [] } = JSON.parse(json) as { readonly Statement?: unknown };
    const found = [Statement].flat().map((statement) => [sidOf(statement), canonical(statement)] as const);
    const wanted = new Map(expected.Statement.map((statement) => [statement.Sid, canonical(statement)]));
    return [
        ...[...wanted].flatMap(([sid, text]) => {
            const same = found.filter(([other]) => other === sid);
            const isIt = same.every(([, other]) => other === text);
            return same.length === 0 ? [`without ${sid}`] : isIt ? [] : [`another ${sid}`];
        }),
        ...found.filter(([sid]) => !wanted.has(sid)).map(([sid]) => `${sid} besides`),
    ];
}

function sidOf(statement: unknown): string {
    const { Sid } = statement as { readonly Sid?: string };
    return Sid ?? "a statement without a Sid";
}

function canonical(value: unknown): string {
    return JSON.stringify(value, (key, below: unknown) => {
        if (key === "Principal" && below === "*") {
            return { AWS: below };
        }
        if (Array.isArray(below)) {
            return below.length === 1 ? below[0] : below.toSorted();
        }
        return typeof below === "object" && below !== null
            ? Object.fromEntries(Object.entries(below).toSorted(([a], [b]) => (a < b ? -1 : 1)))
            : below;
    });
}

/** What two documents are told apart by, however each is spaced: SHA-256 in hex. */
export function documentDigest(json: string): string {
    return createHash("sha256")
        .update(JSON.stringify(JSON.parse(json)))
        .digest("hex");
}

/** What a role of the stack's is allowed: `verify` looks whether it still is. */
export interface AttachedPolicies {
    readonly managedPolicyArns: readonly string[];
    /** Of the one inline policy. */
    readonly policyDigest: string;
}
