import { at, isKnown, list } from "./resource";

/** A statement of a policy; anything may be unknown. */
export interface Statement {
    readonly Sid?: unknown;
    readonly Effect?: unknown;
    readonly Principal?: unknown;
    readonly NotPrincipal?: unknown;
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

/** Operators that ask for a value to be there: `…IfExists`, `ForAllValues:…` and denials pass without one. */
const ASKING = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)$/i;

/** What is no value at all, but anything. */
const ANYTHING = /^(\**|0\.0\.0\.0\/0|::\/0)$/;

/** Whether a condition holds a statement to certain values of one of these keys, or may do so. */
export function isHeld({ Condition }: Statement, keys: RegExp): boolean {
    return (
        !isKnown(Condition) ||
        Object.entries(Object(Condition))
            .filter(([operator]) => ASKING.test(operator))
            .flatMap(([, asked]) => Object.entries(Object(asked)))
            .some(
                ([key, values]) =>
                    keys.test(key) && !list(values).some((value) => ANYTHING.test(String(value))),
            )
    );
}
