import { RunError } from "@pulumi/pulumi/errors"; // Not from the package's index, which takes long to load.
import type { ErrorCode } from "./error-codes";

/** The path of an argument: keys of objects and indexes of lists, such as `["network", "subnetIds", 0]`. */
export type Path = readonly (string | number)[];

/** One error in the arguments. */
export interface ArgumentError {
    /** The kind of error. It stays the same when the sentences change. */
    readonly code: ErrorCode;
    readonly path: Path;
    /** What is at the path. It never contains a value that may be a secret. */
    readonly found: string;
    /** The values that are accepted. */
    readonly expected?: string;
    /** An action, such as a command, or a guess: `did you mean network?`. */
    readonly fix?: string;
}

/** How the message of an `InvalidArguments` names the arguments and their paths. */
export interface ErrorReport {
    /** The arguments as a whole, such as `Pulumi.dev.yaml`. */
    readonly subject: string;
    /** Formats a path for the reader, such as `snowplow-emr-encryption:network.cidrBlock (line 12)`. */
    readonly formatPath: (path: Path) => string;
}

/** All errors of one phase, of shape or of rules. Pulumi's CLI prints a RunError's message without a stack trace. */
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

/** Whether a path is equal to another or below it. */
export function isWithin(inner: Path, outer: Path): boolean {
    return outer.every((key, index) => inner[index] === key);
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** Formats a path as in TypeScript, such as `network.existing.subnetIds[0]`. */
export function formatPath(path: Path): string {
    return path
        .map((part) =>
            typeof part === "string" && PLAIN_KEY.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
        )
        .join("")
        .replace(/^\./, "");
}
