import type { Finding } from "../../components/checks/finding";
import { AwsError, type Clients } from "../aws";
import type { StackOutputs } from "../stack-outputs";

/** One line of the report. */
export interface Check {
    readonly status: "ok" | "warning" | "failed";
    /** What was looked at, by the name that AWS knows it by, and what of it: `bucket acme-archive: default encryption`. */
    readonly on: string;
    readonly expected: string;
    readonly found: string;
    /** What mends it; undefined where all is well. */
    readonly remedy?: string;
}

/** What every check goes by. */
export interface Context {
    readonly clients: Clients;
    readonly outputs: StackOutputs;
    readonly now: Date;
}

interface Judgement {
    readonly on: string;
    readonly expected: string;
    readonly found: string;
    /** Default: found is what is expected, word for word. */
    readonly isOk?: boolean;
    /** What it is where it is not so. Default `failed`. */
    readonly otherwise?: "warning" | "failed";
    readonly remedy: string;
}

export function judge({ isOk, otherwise = "failed", remedy, ...line }: Judgement): Check {
    return (isOk ?? line.found === line.expected)
        ? { status: "ok", ...line }
        : { status: otherwise, ...line, remedy };
}

/** Judges by a finding that the look-ups before an `up` make too. By default, the remedy is what the finding says. */
export function judgeFinding(
    finding: Finding | undefined,
    {
        remedy = finding?.fix ?? finding?.expected ?? "",
        ...line
    }: Omit<Judgement, "isOk" | "remedy"> & { readonly remedy?: string },
): Check {
    return judge({ ...line, isOk: finding === undefined, remedy });
}

/**
 * What cannot be looked at is not known to be well, and keeps no other check from being made.
 * @param otherwise What it is without an answer. Default `failed`.
 */
export async function look(
    on: string,
    expected: string,
    checks: () => Promise<Check | readonly Check[]>,
    otherwise: "warning" | "failed" = "failed",
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
        return [{ status: otherwise, on, expected, found: `no answer: ${error.message}`, remedy }];
    }
}
