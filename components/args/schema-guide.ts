import { z } from "zod";
import type { Path } from "../domain/errors";
import { valueAt } from "../domain/value-at";
import { nearest } from "./nearest";
import { environment } from "./schema";
import { secretIn } from "./secrets";

/** The part of a JSON Schema that messages need; the schema of a nullable value is that of the value. */
interface SchemaNode {
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly additionalProperties?: SchemaNode | false;
    /** The keys of an object whose values are all alike. */
    readonly propertyNames?: SchemaNode;
    readonly items?: SchemaNode;
    readonly enum?: readonly unknown[];
    readonly examples?: readonly unknown[];
    readonly errorMessage?: string;
    readonly default?: unknown;
}

let root: SchemaNode | undefined;

/** Converted once, and only if there is an error to explain. */
function rootNode(): SchemaNode {
    root ??= z.toJSONSchema(environment, {
        io: "input",
        override: ({ jsonSchema }) => {
            const { anyOf: [value] = [], ...rest } = jsonSchema;
            delete jsonSchema.anyOf;
            Object.assign(jsonSchema, value, rest);
        },
    }) as SchemaNode;
    return root;
}

function nodeAt(path: Path): SchemaNode | undefined {
    return path.reduce<SchemaNode | undefined>((node, key) => {
        const below = valueAt(node, typeof key === "number" ? ["items"] : ["properties", key]);
        return (below ?? node?.additionalProperties) || undefined;
    }, rootNode());
}

export function knownKeys(path: Path): readonly string[] {
    return Object.keys(nodeAt(path)?.properties ?? {});
}

/** What belongs at a path; undefined if the schema does not know it. */
export function kindAt(path: Path): "map" | "list" | "scalar" | undefined {
    const node = nodeAt(path);
    if (node?.properties ?? node?.additionalProperties) {
        return "map";
    }
    return node && (node.items ? "list" : "scalar");
}

/** The words that a value may be, where it is one of a few. */
export function knownValues(path: Path): readonly string[] {
    const { enum: values = [], examples = [] } = nodeAt(path) ?? {};
    return [...values, ...examples].filter((value) => typeof value === "string");
}

/** Whether omitting the key gives a value other than null. */
export function hasDefault(path: Path): boolean {
    return (nodeAt(path)?.default ?? null) !== null;
}

/** What the schema accepts at a path, in words: those of the deepest known field, such as a list's for its items. */
export function expectedAt(path: Path): string | undefined {
    return nodeAt(path)?.errorMessage ?? (path.length > 0 ? expectedAt(path.slice(0, -1)) : undefined);
}

/** Every path below another one that ends with a key. */
export function placesOf(key: string, path: Path = []): readonly Path[] {
    return knownKeys(path).flatMap((name) => [
        ...(name === key ? [[...path, name]] : []),
        ...placesOf(key, [...path, name]),
    ]);
}

/** A key that is only a name: a missing space after a colon would make the value a part of the key. */
const PLAIN_KEY = /^[A-Za-z][\w. -]{0,60}$/;

/** The known key, among those with the same parent, that a key was meant to be. */
export function nearestKey(path: Path): string | undefined {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1);
    const names = (nodeAt(parent)?.propertyNames?.enum ?? []).map(String);
    return PLAIN_KEY.test(key) ? nearest(key, [...knownKeys(parent), ...names]) : undefined;
}

/** A key that users choose, such as a tag's name or a property of Hadoop's `fs.s3a`, and that is only a name. */
const PLAIN_RECORD_KEY = /^(aws:)?([A-Za-z._ -]|s3(?=[an]?\.)|server2(?=\.)){1,80}$/i;

/** Keys of older versions of config.yml, or of node groups without them, each with its fix. */
export const FORMER_KEYS: Readonly<Record<string, string>> = {
    hadoop_enrich: "rename it to spark_enrich",
    hadoop_shred: "move it to emrEtlRunner.storage.versions.rdb_shredder",
    targets: "omit this key: since EmrEtlRunner 0.24.0, each target is a file of its own, for --targets",
    download: "omit this key: StorageLoader read it, which RDB Loader replaced",
    master_instance_ebs:
        "omit this key: EmrEtlRunner gives EBS volumes to core nodes only, by core_instance_ebs",
    task_instance_ebs:
        "omit this key: EmrEtlRunner gives EBS volumes to core nodes only, by core_instance_ebs",
};

/** The part of a path that a message may show: an unknown key may hold a secret. */
export function printable(path: Path): Path {
    const end = path.findIndex((key, depth) => !isPrintable(key, path.slice(0, depth)));
    return end === -1 ? path : path.slice(0, end);
}

/** Whether the user chooses the key at the end of a path, such as a tag's name. */
export function isUsersKey(path: Path): boolean {
    return Boolean(nodeAt(path.slice(0, -1))?.additionalProperties);
}

function isPrintable(key: string | number, parent: Path): boolean {
    if (typeof key === "number") {
        return true;
    }
    return isUsersKey([...parent, key])
        ? PLAIN_RECORD_KEY.test(key) && secretIn("", key) === undefined
        : nearestKey([...parent, key]) !== undefined ||
              placesOf(key).length > 0 ||
              Object.hasOwn(FORMER_KEYS, key);
}
