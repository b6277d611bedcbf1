import type { Finding } from "../../components/checks/finding";
import { AwsError, type Clients } from "../aws";
import type { StackOutputs } from "../stack-outputs";

/** One line of the report. */
export interface Check {
    readonly status: "ok" | "warning" | "failed";
    /** The subject: a resource by its name in AWS, and the checked attribute, as in `bucket acme-archive: default encryption`. */
    readonly on: string;
    readonly expected: string;
    readonly found: string;
    /** The fix; undefined if the status is ok. */
    readonly remedy?: string;
}

/** The input of every check. */
export interface Context {
    readonly clients: Clients;
    readonly outputs: StackOutputs;
    readonly now: Date;
}

interface Comparison {
    readonly on: string;
    readonly expected: string;
    readonly found: string;
    /** Default: whether `found` equals `expected`. */
    readonly isOk?: boolean;
    /** The status if the comparison fails. Default `failed`. */
    readonly severity?: "warning" | "failed";
    readonly remedy: string;
}

export function compare({ isOk, severity = "failed", remedy, ...line }: Comparison): Check {
    return (isOk ?? line.found === line.expected)
        ? { status: "ok", ...line }
        : { status: severity, ...line, remedy };
}

/** A check of `components/checks`, which the look-ups before an `up` share. By default, the remedy is the finding's. */
export function compareFinding(
    finding: Finding | undefined,
    {
        remedy = finding?.fix ?? finding?.expected ?? "",
        ...line
    }: Omit<Comparison, "isOk" | "remedy"> & { readonly remedy?: string },
): Check {
    return compare({ ...line, isOk: finding === undefined, remedy });
}

/**
 * Runs checks. A check that AWS does not answer fails; the others still run.
 * @param severity The status of a check without an answer. Default `failed`.
 */
export async function attempt(
    on: string,
    expected: string,
    checks: () => Promise<Check | readonly Check[]>,
    severity: "warning" | "failed" = "failed",
): Promise<readonly Check[]> {
    try {
        return [await checks()].flat();
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        const remedy = error.denied
            ? `run this with credentials that have ${error.permission}`
            : "see AWS's error, and run this again";
        return [{ status: severity, on, expected, found: `no answer: ${error.message}`, remedy }];
    }
}
