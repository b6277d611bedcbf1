import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Provider, Registration, Run } from "../../testing/mock-engine";
import { PLACEHOLDER, PLACEHOLDER_TIME, placeholderProvider } from "../../testing/placeholder-provider";
import { ALL_TAGS, REGION, replaces } from "./replacements";
import { lostRights } from "./rights";

/** What an `up` would do between two runs of the program; resources by their logical names. */
export interface Change {
    readonly created: readonly string[];
    readonly deleted: readonly string[];
    /** `type name (inputs)`. */
    readonly replaced: readonly string[];
    readonly updated: readonly string[];
    /** Stack outputs that change. */
    readonly outputs: readonly string[];
    /** What the roles of clusters and the key's users may no longer do. */
    readonly lost: readonly string[];
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
            const replacing = Object.entries(inputs).filter(([input]) => replaces(type, input) === true);
            const again = renewed && type === "tls:index/locallySignedCert:LocallySignedCert";
            const made = createHash("sha256")
                .update(JSON.stringify([isRegional(type) && region, replacing, again]))
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

/** A run, and what the AWS provider was told beside the program. */
export interface Deployed extends Run {
    readonly region: string;
    /** `aws:defaultTags`. */
    readonly defaultTags: unknown;
}

/** @throws where an input changes of which nobody has decided whether it replaces the resource. */
export function compare(before: Deployed, after: Deployed): Change {
    const old = resources(before);
    const present = resources(after);
    const gone = [...old].filter(([key]) => !present.has(key)).map(([, item]) => item);
    const replaced: (readonly [Resource, readonly string[]])[] = [];
    const updated: string[] = [];
    for (const [key, resource] of present) {
        const previous = old.get(key);
        const inputs = previous ? changedInputs(previous, resource) : [];
        if (!previous || inputs.length === 0) {
            continue;
        }
        if (inputs.map((input) => decided(resource.type, input)).includes(true)) {
            replaced.push([previous, inputs]);
        } else {
            updated.push(`${shortName(resource)} (${inputs.join(", ")})`);
        }
    }
    const emptied = [...gone, ...replaced.map(([previous]) => previous)].filter(isEmptied);
    const outputs = Object.keys({ ...before.outputs, ...after.outputs }).filter(
        (output) => JSON.stringify(before.outputs[output]) !== JSON.stringify(after.outputs[output]),
    );
    return {
        created: [...present]
            .filter(([key]) => !old.has(key))
            .map(([, item]) => shortName(item))
            .sort(),
        deleted: gone.map((item) => `${shortName(item)}${isKept(item, emptied) ? KEPT.deleted : ""}`).sort(),
        replaced: replaced
            .map(([item, inputs]) => {
                const kept = isKept(item, emptied) ? KEPT.replaced : "";
                return `${shortName(item)} (${inputs.join(", ")})${kept}`;
            })
            .sort(),
        updated: updated.sort(),
        outputs: outputs.sort(),
        lost: lostRights(before, after),
    };
}

/** What a change says of a resource that is no longer the stack's, and stays where it is. */
export const KEPT = { deleted: ", but kept", replaced: ", the old one kept" } as const;

/** A registration with all that the provider compares. */
type Resource = Registration & { readonly compared: Readonly<Record<string, unknown>> };

function resources(run: Deployed): ReadonlyMap<string, Resource> {
    return new Map(
        run.registrations
            .filter(({ custom }) => custom)
            .map(
                (item) => [`${item.type} ${item.name}`, { ...item, compared: compared(item, run) }] as const,
            ),
    );
}

function isRegional(type: string): boolean {
    return type.startsWith("aws:") && !type.startsWith("aws:iam/");
}

/** `protect` is an option, but taking it off is an update too. Of the provider's own settings, what takes part. */
function compared(
    { type, inputs, protect }: Registration,
    { region, defaultTags }: Deployed,
): Readonly<Record<string, unknown>> {
    const isTaggable = "tags" in inputs || type === "aws:s3/bucketObjectv2:BucketObjectv2";
    return {
        ...inputs,
        protect,
        ...(isTaggable && { [ALL_TAGS]: defaultTags }),
        ...(isRegional(type) && { [REGION]: region }),
    };
}

function changedInputs(before: Resource, after: Resource): readonly string[] {
    const [old, present] = [before.compared, after.compared];
    return [...new Set([...Object.keys(old), ...Object.keys(present)])]
        .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(present[key]))
        .sort();
}

function decided(type: string, input: string): boolean {
    const answer = replaces(type, input);
    if (answer === undefined) {
        throw new Error(`${type}: does another ${input} replace it? Its page tells; replacements.ts must`);
    }
    return answer;
}

/** A bucket that Pulumi empties before it deletes it. */
function isEmptied({ type, inputs }: Registration): boolean {
    return type === "aws:s3/bucket:Bucket" && inputs.forceDestroy === true;
}

/** Pulumi leaves it alone, and it does not go with its bucket. */
function isKept({ retainOnDelete, inputs }: Registration, emptied: readonly Registration[]): boolean {
    const { bucket = "" } = inputs;
    return (
        retainOnDelete &&
        !emptied.some(({ inputs: { bucketPrefix } }) => String(bucket).startsWith(String(bucketPrefix)))
    );
}

/** `Subnet network-nodes`. */
function shortName({ type, name }: Registration): string {
    return `${type.split(":").at(-1)} ${name}`;
}
