import type { Finding } from "../checks/finding";
import type { ArgumentError, Path } from "../domain/errors";

/** What the look-ups and checks of existing resources found. */
export interface Outcome {
    readonly errors: readonly ArgumentError[];
    readonly warnings?: readonly string[];
}

/** A look-up without an answer: the resource is missing, or the credentials may not read it. */
export class FailedLookup {
    constructor(readonly reason: string) {}
}

/** Awaits an invoke. It returns a failure instead of throwing it, so that all failures are reported at once. */
export async function lookup<T>(invoke: Promise<T>): Promise<T | FailedLookup> {
    try {
        return await invoke;
    } catch (error) {
        return new FailedLookup(oneLine(error instanceof Error ? error.message : String(error)));
    }
}

/** @param permissions The IAM actions that the look-up takes. */
export function lookupFailed(subject: string, { reason }: FailedLookup, permissions: string): Finding {
    return {
        code: "lookup-failed",
        found: `no answer for ${subject}: ${reason}`,
        fix: `name an existing resource, and give these credentials ${permissions}`,
    };
}

/** Reports findings at the argument that names the resource. */
export function at(path: Path, ...findings: readonly (Finding | undefined)[]): readonly ArgumentError[] {
    return findings.flatMap((finding) => (finding ? [{ ...finding, path }] : []));
}

/** The engine puts the invoke before the provider's errors, and lists them. */
function oneLine(message: string): string {
    return message
        .trim()
        .replace(/\s+/g, " ")
        .replace(/^.*\d+ errors? occurred: \* /, "")
        .replace(/, (?:request|host) ?id: [^,)]*/gi, ""); // AWS's request ids would change the warnings in each run.
}
