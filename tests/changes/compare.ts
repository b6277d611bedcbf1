import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Provider, Registration, Run } from "../../commands/mock-engine";
import { PLACEHOLDER, PLACEHOLDER_TIME, placeholderProvider } from "../../commands/placeholder-provider";
import { replaces } from "./replacements";

/** What an `up` would do between two runs of the program; resources by their logical names. */
export interface Change {
    readonly created: readonly string[];
    readonly deleted: readonly string[];
    /** `name (inputs)`. */
    readonly replaced: readonly string[];
    readonly updated: readonly string[];
    /** Stack outputs that change. */
    readonly outputs: readonly string[];
}

/**
 * A provider that gives a resource another id, name and ARN whenever an input changes that replaces it: what hangs on
 * the resource then changes with it, as it would for real. `renewed`: certificates are made again.
 */
export function changingProvider(region: string, renewed = false): Provider {
    const base = placeholderProvider(region);
    return {
        ...base,
        create: (type, name, inputs) => {
            const replacing = Object.entries(inputs).filter(([input]) => replaces(type, input));
            const again = renewed && type === "tls:index/locallySignedCert:LocallySignedCert";
            const made = createHash("sha256")
                .update(JSON.stringify([replacing, again]))
                .digest("hex")
                .slice(0, 8);
            const marked = (value: unknown) =>
                typeof value === "string"
                    ? value
                          .replaceAll(PLACEHOLDER, `${PLACEHOLDER}-${made}`)
                          .replace(PLACEHOLDER_TIME, timeOf(made))
                    : value;
            const { id, state } = base.create(type, name, inputs) as pulumi.runtime.MockResourceResult;
            return {
                id: String(marked(id)),
                state: Object.fromEntries(
                    Object.entries(state).map(([key, value]) => [
                        key,
                        key in inputs ? value : pulumi.output(value).apply(marked),
                    ]),
                ),
            };
        },
    };
}

/** Some time of its own, for each thing made. */
function timeOf(made: string): string {
    return new Date(Number.parseInt(made, 16) * 1000).toISOString();
}

export function compare(before: Run, after: Run): Change {
    const old = resources(before);
    const present = resources(after);
    const replaced: string[] = [];
    const updated: string[] = [];
    for (const [key, registration] of present) {
        const previous = old.get(key);
        const inputs = previous ? changedInputs(previous, registration) : [];
        if (inputs.length > 0) {
            const how = inputs.some((input) => replaces(registration.type, input)) ? replaced : updated;
            how.push(`${shortName(registration)} (${inputs.join(", ")})`);
        }
    }
    const outputs = Object.keys(after.outputs).filter(
        (output) => JSON.stringify(before.outputs[output]) !== JSON.stringify(after.outputs[output]),
    );
    return {
        created: missing(present, old),
        deleted: missing(old, present),
        replaced: replaced.sort(),
        updated: updated.sort(),
        outputs: outputs.sort(),
    };
}

function resources({ registrations }: Run): ReadonlyMap<string, Registration> {
    return new Map(
        registrations
            .filter(({ custom }) => custom)
            .map((item) => [`${item.type} ${item.name}`, item] as const),
    );
}

function missing(
    from: ReadonlyMap<string, Registration>,
    other: ReadonlyMap<string, Registration>,
): readonly string[] {
    return [...from]
        .filter(([key]) => !other.has(key))
        .map(([, item]) => shortName(item))
        .sort();
}

/** `Subnet network-nodes`. */
function shortName({ type, name }: Registration): string {
    return `${type.split(":").at(-1)} ${name}`;
}

/** `protect` is an option, but taking it off is an update too. */
function changedInputs(before: Registration, after: Registration): readonly string[] {
    const values = ({ inputs, protect }: Registration): Readonly<Record<string, unknown>> => ({
        ...inputs,
        protect,
    });
    const [old, present] = [values(before), values(after)];
    return [...new Set([...Object.keys(old), ...Object.keys(present)])]
        .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(present[key]))
        .sort();
}
