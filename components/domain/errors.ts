import { RunError } from "@pulumi/pulumi/errors"; // Alone: commands need nothing else of Pulumi, which is large.
import type { ErrorCode } from "./error-codes";

/** The path of an argument: keys of objects and positions in lists, such as `["network", "subnetIds", 0]`. */
export type Path = readonly (string | number)[];

/** One mistake in the arguments. */
export interface ArgumentError {
    /** What kind of mistake it is: stable, whatever the sentences say. */
    readonly code: ErrorCode;
    readonly path: Path;
    /** Never a value that may be a secret. */
    readonly found: string;
    /** The values that are accepted. */
    readonly expected?: string;
    /** An action, such as a command, or a guess: `did you mean network?`. */
    readonly fix?: string;
}

/** How an `InvalidArguments` names what it is about. */
export interface ErrorReport {
    /** What the arguments are of, such as `Pulumi.dev.yaml`. */
    readonly subject: string;
    /** A path as the reader finds it, such as `snowplow-emr-encryption:network.cidrBlock (line 12)`. */
    readonly formatPath: (path: Path) => string;
}

/** All mistakes of one phase. Pulumi's CLI prints a RunError's message without a stack trace. */
export class InvalidArguments extends RunError {
    constructor(
        readonly errors: readonly ArgumentError[],
        { subject, formatPath: format }: ErrorReport,
    ) {
        const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
        super(`${subject}: ${count}\n${errors.map((error) => formatError(error, format)).join("\n")}`);
    }
}

function formatError(
    { path, found, expected, fix }: ArgumentError,
    format: ErrorReport["formatPath"],
): string {
    return [
        `  ${format(path)}`,
        `    found:    ${found}`,
        ...(expected === undefined ? [] : [`    expected: ${expected}`]),
        ...(fix === undefined ? [] : [`    fix:      ${fix}`]),
    ].join("\n");
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** `network.existing.subnetIds[0]`. */
export function formatPath(path: Path): string {
    return path
        .map((part) =>
            typeof part === "string" && PLAIN_KEY.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
        )
        .join("")
        .replace(/^\./, "");
}
