import { at, isKnown, list } from "./resource";

/** A statement of a policy. Every value may be unknown or malformed. */
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

/** The statements of a policy, a JSON string or an object. None if it is unknown or not JSON, which AWS reports. */
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

/** Whether a principal is everyone, with or without an AWS account: `"*"` or `{ "AWS": "*" }`. */
export function isAnyPrincipal(principal: unknown): boolean {
    return principal === "*" || list(at(principal, "AWS")).includes("*");
}

/** The name of a statement in messages: its Sid, or else its position. */
export function statementName({ Sid }: Statement, index: number): string {
    return typeof Sid === "string" && Sid !== "" ? `statement "${Sid}"` : `statement ${index + 1}`;
}

/** Operators that require a key to have a value. `…IfExists`, `ForAllValues:…` and negations accept a missing value. */
const REQUIRING = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)$/i;

/** Values that match everything. */
const ANYTHING = /^(\**|0\.0\.0\.0\/0|::\/0)$/;

/** Whether a condition limits a statement to certain values of one of these keys. An unknown condition may do so. */
export function isLimited({ Condition }: Statement, keys: RegExp): boolean {
    return (
        !isKnown(Condition) ||
        Object.entries(Object(Condition))
            .filter(([operator]) => REQUIRING.test(operator))
            .flatMap(([, required]) => Object.entries(Object(required)))
            .some(
                ([key, values]) =>
                    keys.test(key) && !list(values).some((value) => ANYTHING.test(String(value))),
            )
    );
}
