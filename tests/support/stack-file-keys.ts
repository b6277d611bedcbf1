import { readFileSync } from "node:fs";
import path from "node:path";

/** A part of the stack file's JSON Schema. */
interface SchemaNode {
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
    readonly type?: string;
    readonly enum?: readonly unknown[];
    readonly description?: string;
}

/** A key of the stack file. */
interface StackFileKey {
    readonly way: readonly string[];
    /** The values that a test must have seen: JSON, `any` for any value, undefined for an omitted key. */
    readonly values: readonly (string | undefined)[];
    /** Whether the stack sets the value: a stack file may only repeat it, or hold null. */
    readonly owned: boolean;
}

/** Every key that a stack file may hold below `config`, from the schema that editors use. */
export function stackFileKeys(): readonly StackFileKey[] {
    const file = path.join(__dirname, "../../docs/stack.schema.json");
    const schema = JSON.parse(readFileSync(file, "utf8")) as SchemaNode;
    return keysBelow(schema.properties?.config ?? {}, []);
}

function keysBelow(node: SchemaNode, way: readonly string[]): readonly StackFileKey[] {
    const forms = node.anyOf ?? [node];
    const properties = forms.find((form) => form.properties)?.properties;
    if (properties) {
        return Object.entries(properties).flatMap(([key, below]) => keysBelow(below, [...way, key]));
    }
    const few = forms.flatMap((form) => form.enum ?? (form.type === "boolean" ? [true, false] : []));
    const nulls = forms.some(({ type }) => type === "null") ? ["null"] : [];
    const owned = node.description?.startsWith("Omit this key: ") ?? false;
    const none = way.join() === "aws:region" ? [] : [undefined];
    const some = [owned ? "null" : "any", ...few.map((value) => JSON.stringify(value))];
    return [{ way, owned, values: [...none, ...nulls, ...some] }];
}
