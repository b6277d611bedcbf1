import { z } from "zod";
import { mayBeOutput } from "../components/args/outputs";
import { environment } from "../components/args/schema";

/** The file with the interfaces of EmrEncryption's arguments. */
export const ARGUMENT_TYPES_FILE = "components/environment-settings.ts";

/** The parts of a JSON Schema that the interfaces need. */
interface SchemaNode {
    readonly description?: string;
    readonly errorMessage?: string;
    readonly default?: unknown;
    readonly type?: string | readonly string[];
    readonly const?: unknown;
    readonly enum?: readonly unknown[];
    readonly anyOf?: readonly SchemaNode[];
    readonly items?: SchemaNode;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly required?: readonly string[];
    readonly propertyNames?: SchemaNode;
    readonly additionalProperties?: SchemaNode | false;
}

/** Interfaces with other names than their paths would give them. */
const NAMES: Readonly<Record<string, string>> = {
    StorageBucketPolicyStatementsItemSettings: "BucketPolicyStatement",
};

/**
 * The interfaces of EmrEncryption's arguments, generated from the schema of the stack config: names, descriptions and
 * defaults are stated in the schema only.
 */
export function argumentTypes(): string {
    const interfaces: string[] = [];
    const root = z.toJSONSchema(environment, { io: "input" }) as SchemaNode;
    interfaceOf(
        root,
        [],
        interfaces,
        "The arguments of EmrEncryption that are also the keys of the stack config.",
    );
    return [
        "// Written by `npm run schema`, from components/args/schema.ts. Do not edit.",
        'import type * as pulumi from "@pulumi/pulumi";',
        "",
        ...interfaces,
    ].join("\n");
}

/** Adds an interface, before those that it needs, and returns its name. */
function interfaceOf(
    { properties = {}, required = [] }: SchemaNode,
    path: readonly string[],
    interfaces: string[],
    description: string,
): string {
    const byPath = `${path.length === 0 ? "Environment" : path.map(pascalCase).join("")}Settings`;
    const name = NAMES[byPath] ?? byPath;
    const index = interfaces.push("") - 1;
    const fields = Object.entries(properties)
        .filter(([, node]) => isAccepted(node))
        .map(([key, node]) => {
            const type = typeOf(node, [...path, key], interfaces);
            const byDefault = required.includes(key) ? [] : [`@default ${defaultOf(node)}`];
            return [
                ...comment([node.description ?? "", ...byDefault], "    "),
                `    readonly ${key}${required.includes(key) ? "" : "?"}: ${type};`,
            ].join("\n");
        });
    interfaces[index] = [
        ...comment([description], ""),
        `export interface ${name} {`,
        ...fields,
        "}",
        "",
    ].join("\n");
    return name;
}

/** Whether a program may write a key. Those that the stack sets are accepted in a pasted config.yml only. */
function isAccepted({ description = "", anyOf = [] }: SchemaNode): boolean {
    const keys = anyOf.flatMap(({ properties = {} }) => Object.values(properties));
    return (
        !/^(Omit this key|Not accepted): /.test(description) && (keys.length === 0 || keys.some(isAccepted))
    );
}

function typeOf(node: SchemaNode, path: readonly string[], interfaces: string[]): string {
    const plain = plainType(node, path, interfaces);
    if (!mayBeOutput(path.join("."))) {
        return plain;
    }
    const nullable = plain.endsWith(" | null");
    const value = nullable ? plain.slice(0, -" | null".length) : plain;
    const input =
        node.type === "array"
            ? "pulumi.Input<readonly string[]> | readonly pulumi.Input<string>[]"
            : `pulumi.Input<${value}>`;
    return nullable ? `${input} | null` : input;
}

function plainType(node: SchemaNode, path: readonly string[], interfaces: string[]): string {
    const below = (child: SchemaNode, key?: string) =>
        typeOf(child, key === undefined ? path : [...path, key], interfaces);
    if (node.const !== undefined) {
        return JSON.stringify(node.const);
    }
    if (node.enum) {
        return node.enum.map((value) => JSON.stringify(value)).join(" | ");
    }
    if (node.anyOf) {
        // A section may be null in YAML, where it is what a key without a value means.
        const isSection =
            JSON.stringify(node.default) === "{}" && node.anyOf.some(({ properties }) => properties);
        const types = node.anyOf
            .filter(({ type }) => !(isSection && type === "null"))
            .map((one) => plainType({ description: node.description, ...one }, path, interfaces));
        return [...new Set(types)].join(" | ");
    }
    if (Array.isArray(node.type)) {
        return node.type.join(" | ");
    }
    switch (node.type) {
        case "array": {
            const item = below(node.items ?? {}, "item");
            return `readonly ${/[ |]/.test(item) ? `(${item})` : item}[]`;
        }
        case "object":
            if (node.properties) {
                return isPlainUnion(path)
                    ? inlineObject(node, path, interfaces)
                    : interfaceOf(node, path, interfaces, node.description ?? "An item of the list.");
            }
            return recordOf(node, below);
        case "integer":
            return "number";
        default:
            return String(node.type ?? "unknown");
    }
}

/** Of the alternatives for one key, each an object, none has a name. */
function isPlainUnion(path: readonly string[]): boolean {
    return path.at(-1) === "Principal";
}

function inlineObject(
    { properties = {}, required = [] }: SchemaNode,
    path: readonly string[],
    all: string[],
): string {
    const fields = Object.entries(properties).map(([key, node]) => {
        const isRequired = required.includes(key);
        return `readonly ${key}${isRequired ? "" : "?"}: ${typeOf(node, [...path, key], all)}`;
    });
    return `{ ${fields.join("; ")} }`;
}

function recordOf(
    { propertyNames, additionalProperties }: SchemaNode,
    below: (child: SchemaNode, key?: string) => string,
): string {
    const value = below(additionalProperties || {}, undefined);
    const keys = propertyNames?.enum?.map((key) => JSON.stringify(key)).join(" | ");
    return keys === undefined
        ? `Readonly<Record<string, ${value}>>`
        : `Readonly<Partial<Record<${keys}, ${value}>>>`;
}

/** What omitting a key means. Messages of keys that are null by default end with it. */
function defaultOf({ default: value, errorMessage = "" }: SchemaNode): string {
    return value === null || value === undefined
        ? (/; omit this key for (.+)$/.exec(errorMessage)?.[1] ?? "none")
        : `\`${JSON.stringify(value)}\``;
}

function comment(lines: readonly string[], indent: string): readonly string[] {
    return lines.length === 1
        ? [`${indent}/** ${lines[0]} */`]
        : [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}

/** `core_instance_ebs` becomes `CoreInstanceEbs`. */
function pascalCase(key: string): string {
    return key
        .split("_")
        .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
        .join("");
}
