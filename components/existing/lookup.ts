import type { Path } from "../args/errors";

/** What stands in the way of using something that is there already. */
export interface Finding {
    /** Where the stack config names it. */
    readonly path: Path;
    readonly found: string;
    /** A command, or what to do. */
    readonly remedy: string;
}

/** Why AWS, asked what is there, says nothing: it is not there, or the credentials may not ask. */
export class Unanswered {
    constructor(readonly reason: string) {}
}

/** What AWS answers. A refusal is an answer too: every finding is told in one go. */
export async function ask<T>(question: Promise<T>): Promise<T | Unanswered> {
    try {
        return await question;
    } catch (error) {
        return new Unanswered(oneLine(error instanceof Error ? error.message : String(error)));
    }
}

export function isAnswer<T>(answer: T | Unanswered): answer is T {
    return !(answer instanceof Unanswered);
}

/** `permissions`: the IAM actions that asking takes. */
export function noAnswer(path: Path, what: string, { reason }: Unanswered, permissions: string): Finding {
    return {
        path,
        found: `no answer on ${what}: ${reason}`,
        remedy: `name what is there, and let these credentials look it up (${permissions})`,
    };
}

/** The engine tells the provider's errors as a list, with the invoke before them; AWS numbers its answers. */
function oneLine(message: string): string {
    return message
        .trim()
        .replace(/\s+/g, " ")
        .replace(/^.*\d+ errors? occurred: \* /, "")
        .replace(/, (?:request|host) ?id: [^,)]*/gi, ""); // Each time another: warnings would never be the same.
}
