import { z } from "zod";
import type { Path } from "../domain/errors";
import { FORMER_KEYS } from "./former-keys";
import { nearest } from "./nearest";
import { environment } from "./schema";

/** The part of a JSON Schema that is used here. */
interface SchemaNode {
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly additionalProperties?: SchemaNode | boolean;
    readonly items?: SchemaNode;
    readonly anyOf?: readonly SchemaNode[];
    readonly enum?: readonly unknown[];
    readonly examples?: readonly unknown[];
    readonly errorMessage?: string;
    readonly type?: string;
    readonly default?: unknown;
}

let cached: SchemaNode | undefined;

/** Converted once, and only if there is an error to explain. */
function jsonSchema(): SchemaNode {
    cached ??= z.toJSONSchema(environment, { io: "input" }) as SchemaNode;
    return cached;
}

/** A key that has nothing but a name in it: a missing space after a colon would put a value into the key. */
const PLAIN_KEY = /^[A-Za-z][\w -]{0,60}$/;

/** The same for the keys of a record, such as a tag's name, which users choose. */
const PLAIN_RECORD_KEY = /^(aws:)?[A-Za-z._ -]{1,80}$/i;

/** What the schema knows at a path: the keys, the values, and its words for what it accepts. */
export class SchemaGuide {
    private readonly root = jsonSchema();

    /** Without the keys that only the stack sets. */
    keys(path: Path): readonly string[] {
        return this.allKeys(path).filter(
            (key) => this.nodes([...path, key]).at(-1)?.errorMessage !== undefined,
        );
    }

    allKeys(path: Path): readonly string[] {
        return Object.keys(objectOf(this.nodeAt(path))?.properties ?? {});
    }

    /** The words that a value may be, where it is one of a few. */
    values(path: Path): readonly string[] {
        return alternatives(this.nodeAt(path))
            .flatMap((node) => [...(node.enum ?? []), ...(node.examples ?? [])])
            .filter((value) => typeof value === "string");
    }

    /** Whether omitting the key gives a value other than null. */
    hasDefault(path: Path): boolean {
        return (this.nodeAt(path)?.default ?? null) !== null;
    }

    /** The words of the deepest node on the path that has any: a list's stand for its items. */
    expected(path: Path): string | undefined {
        return this.nodes(path).findLast(({ errorMessage }) => errorMessage !== undefined)?.errorMessage;
    }

    /** Every path that ends with a key. */
    placesOf(key: string, node: SchemaNode | undefined = this.root, path: Path = []): readonly Path[] {
        return Object.entries(objectOf(node)?.properties ?? {}).flatMap(([name, child]) => [
            ...(name === key ? [[...path, name]] : []),
            ...this.placesOf(key, child, [...path, name]),
        ]);
    }

    /** The known key, among those next to it, that a key was meant to be. */
    nearestKey(path: Path): string | undefined {
        const key = String(path.at(-1));
        return PLAIN_KEY.test(key) ? nearest(key, this.allKeys(path.slice(0, -1))) : undefined;
    }

    /** The part of a path that a message may show: an unknown key may hold a secret. */
    printable(path: Path): Path {
        const end = path.findIndex((key, depth) => !this.isPrintable(key, path.slice(0, depth)));
        return end === -1 ? path : path.slice(0, end);
    }

    private isPrintable(key: string | number, parent: Path): boolean {
        if (typeof key === "number") {
            return true;
        }
        if (typeof objectOf(this.nodeAt(parent))?.additionalProperties === "object") {
            return PLAIN_RECORD_KEY.test(key);
        }
        return (
            this.nearestKey([...parent, key]) !== undefined ||
            this.placesOf(key).length > 0 ||
            Object.hasOwn(FORMER_KEYS, key)
        );
    }

    private nodeAt(path: Path): SchemaNode | undefined {
        const nodes = this.nodes(path);
        return nodes.length > path.length ? nodes.at(-1) : undefined;
    }

    /** The nodes from the root to a path, as far as the schema knows it. */
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
        return alternatives(node).find(({ items }) => items !== undefined)?.items;
    }
    const { properties, additionalProperties } = objectOf(node) ?? {};
    return (
        (properties && Object.hasOwn(properties, key) ? properties[key] : undefined) ??
        (typeof additionalProperties === "object" ? additionalProperties : undefined)
    );
}

function objectOf(node: SchemaNode | undefined): SchemaNode | undefined {
    return alternatives(node).find(({ type }) => type === "object");
}

/** The schema of a nullable value is one of two. */
function alternatives(node: SchemaNode | undefined): readonly SchemaNode[] {
    return node === undefined ? [] : (node.anyOf ?? [node]);
}
