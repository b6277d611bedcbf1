import { z } from "zod";
import { environment } from "../components/args/schema";

/** The parts of a JSON Schema that the reference prints. */
interface SchemaNode {
    readonly description?: string;
    readonly default?: unknown;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

/** Every key of the stack config with its default, as Markdown: a heading and a table for each object. */
function configReference(): string {
    const { properties } = z.toJSONSchema(environment, { io: "input" }) as SchemaNode;
    return Object.entries(properties ?? {})
        .map(([object, node]) => {
            const rows = leaves(node, []).map(
                ([key, leaf]) => `| \`${key}\` | ${defaultOf(leaf)} | ${leaf.description ?? ""} |`,
            );
            return [
                `### \`${object}\``,
                "",
                node.description,
                "",
                "| Key | Default | |",
                "|---|---|---|",
                ...rows,
            ].join("\n");
        })
        .join("\n\n");
}

/** The keys below a node, at every depth; an object that is one value, such as an EBS volume, is a leaf. */
function leaves(
    node: SchemaNode,
    path: readonly string[],
): readonly (readonly [key: string, leaf: SchemaNode])[] {
    const below = node.anyOf?.find(({ properties }) => properties !== undefined)?.properties;
    if (below === undefined || isValue(node)) {
        return [[path.join("."), node]];
    }
    return Object.entries(below).flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** Whether an object is one value: only a section has the default {}, since its keys have their own defaults. */
function isValue(node: SchemaNode): boolean {
    return JSON.stringify(node.default) !== "{}";
}

function defaultOf(node: SchemaNode): string {
    return node.default === undefined || node.default === null ? "–" : `\`${JSON.stringify(node.default)}\``;
}

const BEGIN = "<!-- npm run schema: begin -->";
const END = "<!-- npm run schema: end -->";

/** The README with the current reference between its two marks. */
export function withReference(readme: string): string {
    const [before, rest] = readme.split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined) {
        throw new Error(`README.md: expected ${BEGIN} and, after it, ${END}`);
    }
    return `${before}${BEGIN}\n${configReference()}\n${END}${after}`;
}
