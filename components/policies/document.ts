import { createHash } from "node:crypto";

/** An IAM policy document. */
export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?:
        | "*"
        | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
    readonly Action: string | readonly string[];
    /** Omitted in a trust policy only. */
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function policyDocument(...statements: readonly (Statement | readonly Statement[])[]): PolicyDocument {
    return { Version: "2012-10-17", Statement: statements.flat() };
}

/** A statement that allows actions on resources; no statement without a resource, which IAM would refuse. */
export function allow(
    sid: string,
    action: string | readonly string[],
    resources: readonly string[],
): readonly Statement[] {
    return resources.length === 0 ? [] : [{ Sid: sid, Effect: "Allow", Action: action, Resource: resources }];
}

/** The length that IAM counts: without white space. */
export function documentLength(document: PolicyDocument): number {
    return JSON.stringify(document).length;
}

/** The SHA-256 hash of a document, in hex. White space does not change it. */
export function documentDigest(json: string): string {
    return createHash("sha256")
        .update(JSON.stringify(JSON.parse(json)))
        .digest("hex");
}
