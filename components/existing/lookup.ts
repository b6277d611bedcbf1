import type { Finding } from "../checks/finding";
import type { ArgumentError, Path } from "../domain/errors";

/** A look-up without an answer: the resource is missing, or the credentials may not read it. */
export class FailedLookup {
    constructor(readonly reason: string) {}
}

/** Awaits an invoke. A failure is a result too, so that all of them are reported at once. */
export async function lookup<T>(invoke: Promise<T>): Promise<T | FailedLookup> {
    try {
        return await invoke;
    } catch (error) {
        return new FailedLookup(oneLine(error instanceof Error ? error.message : String(error)));
    }
}

export function succeeded<T>(result: T | FailedLookup): result is T {
    return !(result instanceof FailedLookup);
}

/** @param permissions The IAM actions that the look-up takes. */
export function lookupFailed(
    path: Path,
    subject: string,
    { reason }: FailedLookup,
    permissions: string,
): ArgumentError {
    return {
        code: "lookup-failed",
        path,
        found: `no answer for ${subject}: ${reason}`,
        fix: `name an existing resource, and give these credentials ${permissions}`,
    };
}

/** Findings at the argument that names the resource. */
export function at(path: Path, findings: readonly Finding[]): readonly ArgumentError[] {
    return findings.map((finding) => ({ ...finding, path }));
}

/** The engine puts the invoke before the provider's errors, and lists them; AWS numbers its answers. */
function oneLine(message: string): string {
    return message
        .trim()
        .replace(/\s+/g, " ")
        .replace(/^.*\d+ errors? occurred: \* /, "")
        .replace(/, (?:request|host) ?id: [^,)]*/gi, ""); // They differ in each run, and so would the warnings.
}
