import type { Obstacle } from "./obstacle";

/** An obstacle, and what became of it. */
export interface Outcome {
    readonly obstacle: Obstacle;
    readonly removed?: boolean;
    /** Why it could not be removed. */
    readonly error?: string;
}

/** For machines. */
export function reportJson(stack: string, outcomes: readonly Outcome[]): string {
    const obstacles = outcomes.map(({ obstacle: { kind, name, why, remedy }, removed = false, error }) => ({
        kind,
        name,
        why,
        remedy,
        removed,
        ...(error !== undefined && { error }),
    }));
    return `${JSON.stringify({ stack, obstacles, next: destroy(stack) }, null, 2)}\n`;
}

/** For people: what is left to do, as steps. */
export function reportText(stack: string, outcomes: readonly Outcome[]): string {
    const removed = outcomes.filter((outcome) => outcome.removed);
    const left = outcomes.filter((outcome) => !outcome.removed);
    const steps = left.map(
        ({ obstacle: { kind, name, why, remedy }, error }, index) =>
            `${index + 1}. ${kind} ${name}: ${why}\n   ${error === undefined ? remedy : `could not be deleted: ${error}`}\n`,
    );
    return [
        ...removed.map(({ obstacle: { kind, name } }) => `deleted: ${kind} ${name}\n`),
        left.length === 0
            ? `Nothing stands in the way of destroying stack ${stack}.\n`
            : `In the way of destroying stack ${stack}, in the order to deal with it:\n`,
        ...steps,
        `${left.length + 1}. ${destroy(stack)}\n`,
    ].join("");
}

function destroy(stack: string): string {
    return `npx pulumi destroy --stack ${stack}`;
}
