import { leaves } from "./leaves";
import { type Recording, type Resource, TOKEN } from "./record";

/** One of the two runs. Paired resources have a label, which is the same in both runs. */
export class Side {
    private readonly labels = new Map<string, string>();

    constructor(private readonly recording: Recording) {}

    unpaired(): readonly Resource[] {
        return this.recording.resources.filter(({ token }) => !this.labels.has(token));
    }

    setLabel({ token }: Resource, label: string): void {
        this.labels.set(token, label);
    }

    /** Inputs and options, with labels for the resources that they refer to. */
    form({ inputs, options }: Resource): ReadonlyMap<string, string> {
        return this.labelled({ inputs, options });
    }

    formAndDependencies(resource: Resource): ReadonlyMap<string, string> {
        return new Map([...this.form(resource), ["dependencies", this.dependencies(resource)]]);
    }

    /** The inputs of paired resources that refer to this one. */
    uses({ token }: Resource): readonly string[] {
        return this.recording.resources
            .filter((user) => this.labels.has(user.token))
            .flatMap((user) =>
                [...leaves(user.inputs)]
                    .filter(([, text]) => text.includes(token))
                    .map(([path]) => `${this.labels.get(user.token)} ${path}`),
            )
            .sort();
    }

    /**
     * The direct dependencies, except those that another direct dependency implies: equal for all resources if and
     * only if the transitive dependencies are equal. A difference so shows only at the resource that causes it.
     */
    private dependencies(resource: Resource): string {
        const implied = resource.dependencies.map((token) => this.transitive(token));
        return resource.dependencies
            .filter((token) => !implied.some((tokens) => tokens.has(token)))
            .map((token) => this.labels.get(token) ?? token)
            .sort()
            .join(", ");
    }

    /** Without `warnings`, and without these keys of `forCommands`. */
    outputs(skippedKeys: readonly string[]): ReadonlyMap<string, string> {
        const { outputs, secretOutputs } = this.recording;
        const forCommands = Object.entries(outputs.forCommands ?? {});
        return this.labelled({
            ...outputs,
            warnings: undefined,
            forCommands: Object.fromEntries(forCommands.filter(([key]) => !skippedKeys.includes(key))),
            "names of the secret outputs": [...secretOutputs].sort().join(", "),
        });
    }

    private labelled(value: unknown): ReadonlyMap<string, string> {
        return leaves(value, (text) =>
            text.replaceAll(TOKEN, (token) => `<${this.labels.get(token) ?? "?"}>`),
        );
    }

    private transitive(token: string): ReadonlySet<string> {
        const direct = this.recording.resources.find((each) => each.token === token)?.dependencies ?? [];
        return new Set(direct.flatMap((each) => [each, ...this.transitive(each)]));
    }
}

type Pair = readonly [before: Resource, after: Resource];

/**
 * Pairs the resources of two runs: first those that are equal and unique, next those that the same resources refer
 * to in the same inputs (two private keys have equal inputs), last the two that are most alike. Each pair labels two
 * resources, which can make further resources equal.
 */
export function pairResources(before: Side, after: Side): readonly Pair[] {
    const pairs: Pair[] = [];
    for (;;) {
        const found =
            [
                equalPairs(before, after, (side, resource) => [...side.form(resource)]),
                equalPairs(before, after, (side, resource) => side.uses(resource)),
            ].find(({ length }) => length > 0) ?? closestPair(before, after);
        if (found.length === 0) {
            return pairs;
        }
        for (const [a, b] of found) {
            const label = `${a.type.split(":").at(-1)} ${a.name}`;
            before.setLabel(a, label);
            after.setLabel(b, label);
        }
        pairs.push(...found);
    }
}

function equalPairs(
    before: Side,
    after: Side,
    aspect: (side: Side, resource: Resource) => readonly unknown[],
): readonly Pair[] {
    const current = unique(after, aspect);
    return [...unique(before, aspect)].flatMap(([key, a]) => {
        const b = current.get(key);
        return a && b ? [[a, b] as const] : [];
    });
}

/** The unpaired resources by an aspect; undefined if several have the same. */
function unique(
    side: Side,
    aspect: (side: Side, resource: Resource) => readonly unknown[],
): ReadonlyMap<string, Resource | undefined> {
    const found = new Map<string, Resource | undefined>();
    for (const resource of side.unpaired()) {
        const key = JSON.stringify([resource.type, ...aspect(side, resource)]);
        found.set(key, found.has(key) ? undefined : resource);
    }
    return found;
}

function closestPair(before: Side, after: Side): readonly Pair[] {
    const alike = ([a, b]: Pair) => {
        const [form, other] = [before.form(a), after.form(b)];
        const uses = after.uses(b);
        return (
            [...form].filter(([path, text]) => other.get(path) === text).length +
            before.uses(a).filter((use) => uses.includes(use)).length
        );
    };
    return before
        .unpaired()
        .flatMap((a) =>
            after
                .unpaired()
                .filter(({ type }) => type === a.type)
                .map((b) => ({ pair: [a, b] as const, score: alike([a, b]) })),
        )
        .sort((x, y) => y.score - x.score)
        .slice(0, 1)
        .map(({ pair }) => pair);
}
