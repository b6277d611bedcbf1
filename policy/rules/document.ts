import { at, list, UNKNOWN } from "./resource";

/** A statement of a policy; anything may be unknown. */
export interface Statement {
    readonly Sid?: unknown;
    readonly Effect?: unknown;
    readonly Principal?: unknown;
    readonly Action?: unknown;
    readonly NotAction?: unknown;
    readonly Resource?: unknown;
    readonly NotResource?: unknown;
    readonly Condition?: unknown;
}

/** The statements of a policy, which is a JSON text or an object; none where it is unknown, or no JSON: AWS says that. */
export function statementsOf(policy: unknown): readonly Statement[] {
    return list(at(parse(policy), "Statement")).filter(
        (statement): statement is Statement => typeof statement === "object" && statement !== null,
    );
}

function parse(policy: unknown): unknown {
    try {
        return typeof policy === "string" ? JSON.parse(policy) : policy;
    } catch {
        return undefined;
    }
}

/** `"*"` and `{ "AWS": "*" }` both mean anybody, with or without an AWS account. */
export function isEverybody(principal: unknown): boolean {
    return principal === "*" || list(at(principal, "AWS")).includes("*");
}

/** How a message names a statement: by its Sid, else by its place. */
export function nameOf({ Sid }: Statement, index: number): string {
    return typeof Sid === "string" && Sid !== "" ? `statement "${Sid}"` : `statement ${index + 1}`;
}

/** Whether there is a condition, or may be one. */
export function isConditional({ Condition }: Statement): boolean {
    return Condition === UNKNOWN || Object.keys(Object(Condition)).length > 0;
}
