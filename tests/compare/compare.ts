import { pairResources, Side } from "./pair";
import type { Recording } from "./record";

export interface Comparison {
    /** How many custom resources the second run has, unless a program refused the stack. */
    readonly resources: number | "refused";
    readonly differences: readonly string[];
    readonly information: readonly string[];
}

/** Characters of a value before its first difference, and from there on. */
const [CONTEXT, EXCERPT] = [30, 90];

/**
 * Compares custom resources and outputs. Resources are paired by what they are, not by their logical names; a
 * reference is equal if the two resources that it leads to are a pair. Of `forCommands`, the keys are compared that
 * both runs have.
 */
export function compareRecordings(old: Recording, current: Recording): Comparison {
    const [before, after] = [new Side(old), new Side(current)];
    const pairs = pairResources(before, after);
    const [gone, added] = [before.unpaired(), after.unpaired()];
    for (const resource of gone) {
        before.setLabel(resource, `only before: ${resource.name}`);
    }
    for (const resource of added) {
        after.setLabel(resource, `only after: ${resource.name}`);
    }
    const keys = [old, current].map(({ outputs }) => Object.keys(outputs.forCommands ?? {}));
    const inOneOnly = [...new Set(keys.flat())].filter((key) => !keys.every((each) => each.includes(key)));
    return {
        resources: current.resources.length,
        differences: [
            ...gone.map(({ type, name }) => `only before: ${type} ${name}`),
            ...added.map(({ type, name }) => `only after: ${type} ${name}`),
            ...pairs.flatMap(([a, b]) =>
                differences(
                    `${a.type} ${a.name}`,
                    new Map([...before.form(a), ["dependencies", before.dependencies(a)]]),
                    new Map([...after.form(b), ["dependencies", after.dependencies(b)]]),
                ),
            ),
            ...differences("output", before.outputs(inOneOnly), after.outputs(inOneOnly)),
        ],
        information: inOneOnly.map(
            (key) => `forCommands.${key} exists only ${keys[0]?.includes(key) ? "before" : "after"}`,
        ),
    };
}

function differences(
    subject: string,
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
): readonly string[] {
    return [...new Set([...before.keys(), ...after.keys()])]
        .filter((path) => before.get(path) !== after.get(path))
        .map((path) => {
            const [a = "missing", b = "missing"] = [before.get(path), after.get(path)];
            const first = [...a, ""].findIndex((char, index) => char !== b[index]);
            const start = Math.max(0, first - CONTEXT);
            const [shown, other] = [a, b].map((text) => text.slice(start, start + CONTEXT + EXCERPT));
            return `${subject}: ${path}\n        before: ${shown}\n        after:  ${other}`;
        });
}
