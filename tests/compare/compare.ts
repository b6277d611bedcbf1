import { pairResources, Side } from "./pair";
import type { Recording } from "./record";

export interface Comparison {
    /** The number of custom resources of the second run, unless a program refused the stack. */
    readonly resources: number | "refused";
    readonly differences: readonly string[];
    readonly information: readonly string[];
}

/** The characters that are printed of a value: before its first difference, and from there on. */
const [CONTEXT, EXCERPT] = [30, 90];

/**
 * Compares custom resources and outputs. Resources are paired by what they are, not by their logical names; a
 * reference is equal if the two resources that it leads to are a pair. Of `forCommands`, the keys are compared that
 * both runs have.
 */
export function compareRecordings(old: Recording, current: Recording): Comparison {
    const [before, after] = [new Side(old), new Side(current)];
    const pairs = pairResources(before, after);
    const unpaired = [
        ...before.unpaired().map((resource) => ({ side: before, resource, only: "only before" })),
        ...after.unpaired().map((resource) => ({ side: after, resource, only: "only after" })),
    ];
    for (const { side, resource, only } of unpaired) {
        side.setLabel(resource, `${only}: ${resource.name}`);
    }
    const keys = [old, current].map(({ outputs }) => Object.keys(outputs.forCommands ?? {}));
    const inOneOnly = [...new Set(keys.flat())].filter((key) => !keys.every((each) => each.includes(key)));
    return {
        resources: current.resources.length,
        differences: [
            ...unpaired.map(({ resource, only }) => `${only}: ${resource.type} ${resource.name}`),
            ...pairs.flatMap(([a, b]) =>
                differences(
                    `${a.type} ${a.name}`,
                    before.formAndDependencies(a),
                    after.formAndDependencies(b),
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
            const excerpt = (text: string) => text.slice(start, start + CONTEXT + EXCERPT);
            return `${subject}: ${path}\n        before: ${excerpt(a)}\n        after:  ${excerpt(b)}`;
        });
}
