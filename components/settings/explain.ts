import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { type Path, valueAt } from "./problems";

/** A value that the schema refused; `found` only where it is not the value itself. */
export interface Refusal {
    readonly path: Path;
    readonly allowed: string;
    readonly found?: string;
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

/** `nearest` only where it is near: half of the word at most may differ. */
export function suggest(key: string, known: readonly string[]): string {
    const nearest = known.length === 0 ? undefined : closest(key, [...known]);
    const near = nearest !== undefined && distance(key, nearest) <= Math.ceil(nearest.length / 2);
    return near ? `did you mean ${nearest}?` : `one of ${known.join(", ")}`;
}

/** Turns the schema's findings into words: unknown keys get the nearest known one, others the field's own words. */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown, guide: SchemaGuide): readonly Refusal[] {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => ({
            path: [...path, key],
            found: "an unknown key",
            allowed: suggest(key, guide.knownKeys(path)),
        }));
    }
    const found = valueAt(root, path);
    return [{ path, allowed: `${guide.allowed(path) ?? issue.message}${hint(issue, found)}` }];
}

/** What people do most: quotes where none belong, none where they do, an empty text for "none". */
function hint(issue: z.core.$ZodIssue, found: unknown): string {
    if (found === "") {
        return ". EmrEtlRunner crashes on an empty text: delete the line";
    }
    if (issue.code !== "invalid_type") {
        return "";
    }
    if (issue.expected === "string" && (typeof found === "number" || typeof found === "boolean")) {
        return "; put it in quotes";
    }
    if (typeof found === "string" && /^(true|false|-?[\d.]+)$/.test(found)) {
        return "; take off the quotes";
    }
    return "";
}
