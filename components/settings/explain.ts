import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { isPem, type Path, redact, valueAt } from "./problems";

/** A value that the schema refused; `found` only where it is not the value itself. */
export interface Refusal {
    readonly path: Path;
    readonly allowed: string;
    readonly found?: string;
    /** Of an unknown key: the known one that must have been meant. */
    readonly meant?: Path;
}

/** The part of a JSON Schema that is used here. */
interface SchemaNode {
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly additionalProperties?: SchemaNode | boolean;
    readonly items?: SchemaNode;
    readonly anyOf?: readonly SchemaNode[];
    readonly errorMessage?: string;
    readonly type?: string;
}

/** Looks up, for a path, what the schema says there: which keys it knows, and its own words for what it allows. */
export class SchemaGuide {
    private readonly root: SchemaNode;

    constructor(schema: z.ZodType) {
        this.root = z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
    }

    knownKeys(path: Path): readonly string[] {
        return Object.keys(objectOf(this.nodes(path).at(-1))?.properties ?? {});
    }

    /** The words of the deepest node on the way that has any: a list's speak for its items. */
    allowed(path: Path): string | undefined {
        return this.nodes(path)
            .map(({ errorMessage }) => errorMessage)
            .filter((words) => words !== undefined)
            .at(-1);
    }

    /** Every path whose last key it is. */
    placesOf(key: string, node: SchemaNode | undefined = this.root, way: Path = []): readonly Path[] {
        return Object.entries(objectOf(node)?.properties ?? {}).flatMap(([name, below]) => [
            ...(name === key ? [[...way, name]] : []),
            ...this.placesOf(key, below, [...way, name]),
        ]);
    }

    private nodes(path: Path): readonly SchemaNode[] {
        const nodes = [this.root];
        for (const key of path) {
            const next = child(nodes.at(-1), key);
            if (next === undefined) {
                break;
            }
            nodes.push(next);
        }
        return nodes;
    }
}

function child(node: SchemaNode | undefined, key: string | number): SchemaNode | undefined {
    if (typeof key === "number") {
        return (node?.items ?? node?.anyOf?.find(({ items }) => items !== undefined)?.items) as SchemaNode;
    }
    const object = objectOf(node);
    const additional = object?.additionalProperties;
    return object?.properties?.[key] ?? (typeof additional === "object" ? additional : undefined);
}

/** A nullable object's schema is one of two. */
function objectOf(node: SchemaNode | undefined): SchemaNode | undefined {
    return node?.anyOf?.find(({ type }) => type === "object") ?? node;
}

/** The nearest known key, where one is near, or all of them. */
export function suggest(key: string, known: readonly string[]): string {
    const near = nearest(key, known);
    return near === undefined ? `one of ${known.join(", ")}` : `did you mean ${near}?`;
}

function nearest(key: string, known: readonly string[]): string | undefined {
    return known
        .filter((word) => isNear(key, word))
        .sort((a, b) => differing(key, a) - differing(key, b))
        .at(0);
}

/** Half of the longer word at most may differ. */
export function isNear(word: string, known: string, most = 0.5): boolean {
    return differing(word, known) <= most;
}

function differing(a: string, b: string): number {
    return distance(a, b) / Math.max(a.length, b.length);
}

/** Whether the schema would take another value at a path. */
export type Mends = (path: Path, value: unknown) => boolean;

/** Turns the schema's findings into words: unknown keys get the nearest known one, others the field's own words. */
export function explainIssue(
    issue: z.core.$ZodIssue,
    root: unknown,
    guide: SchemaGuide,
    mends: Mends,
): readonly Refusal[] {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => explainUnknownKey([...path, key], key, guide));
    }
    const mend = hint(path, valueAt(root, path), mends);
    return [{ path, allowed: `${guide.allowed(path) ?? issue.message}${mend}` }];
}

/** One that is known elsewhere, and in one place only, is indented wrongly; else the nearest one was meant. */
function explainUnknownKey(path: Path, key: string, guide: SchemaGuide): Refusal {
    const [place, ...others] = guide.placesOf(key);
    if (place !== undefined && others.length === 0) {
        return { path, meant: place, allowed: `${key} below ${place.slice(0, -1).join(".")}: move it there` };
    }
    const known = guide.knownKeys(path.slice(0, -1));
    const near = nearest(key, known);
    return near === undefined
        ? { path, found: "an unknown key", allowed: suggest(key, known) }
        : { path, allowed: suggest(key, known), meant: [...path.slice(0, -1), near] };
}

/** What people do most: quotes where none belong, none where they do, an empty text for "none". */
function hint(path: Path, found: unknown, mends: Mends): string {
    if (found === "" && path.includes("buckets")) {
        return ". EmrEtlRunner crashes on an empty text: delete the line";
    }
    if (typeof found === "number" || typeof found === "boolean") {
        return mends(path, String(found)) ? "; put it in quotes" : "";
    }
    // A mend repeats what was found.
    if (typeof found !== "string" || found === "" || isPem(path) || redact(found) !== found) {
        return "";
    }
    if (/^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/.test(found) && mends(path, JSON.parse(found))) {
        return "; take off the quotes";
    }
    if (!/^-|, /.test(found) && mends(path, [found])) {
        return `; a list of one is [${found}]`;
    }
    const meant = SLIPS.map((mend) => mend(found)).find((text) => text !== found && mends(path, text));
    return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** How people write what another tool would take. A bucket's name is left as it is: another spelling is another one. */
const SLIPS: readonly ((text: string) => unknown)[] = [
    (text) => (/^(yes|on)$/i.test(text) ? true : /^(no|off)$/i.test(text) ? false : text),
    (text) => (/^[A-Za-z]+$/.test(text) ? text.toLowerCase() : text),
    (text) => text.toUpperCase(),
    (text) => text.replace(/^emr-/, ""),
    (text) => folder(text.replace(/^s3[an]:/, "s3:")),
    (text) => folder(text.replace(/^arn:aws:s3:::/, "s3://")),
    (text) => text.replace(/^https:\/\/([a-z0-9-]+)\.s3[a-z0-9.-]*\.amazonaws\.com\//, "s3://$1/"),
    (text) =>
        text.replace(/^https:\/\/.*\/s3\/buckets\/([a-z0-9-]+)\?(?:.*&)?prefix=([^&]*).*$/, "s3://$1/$2"),
    (text) => (/^[a-z0-9-]+\//.test(text) ? `s3://${text}` : text),
];

/** A folder stands for all that is below it. */
function folder(url: string): string {
    return url.startsWith("s3://") ? url.replace(/(?<=\/)\*+$/, "") : url;
}
