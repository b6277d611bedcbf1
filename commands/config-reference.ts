import { z } from "zod";
import { environment } from "../components/args/schema";

/** The parts of a JSON Schema that the reference prints. */
interface SchemaNode {
    readonly description?: string;
    readonly default?: unknown;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

/** A longer default, in characters, would make the table wider than a page of GitHub: it stands below the table. */
const LONGEST_IN_TABLE = 32;

/** Every key of the stack config with its default, as Markdown: a heading and a table for each object. */
function configReference(): string {
    const { properties } = z.toJSONSchema(environment, { io: "input" }) as SchemaNode;
    return Object.entries(properties ?? {})
        .map(([object, node]) => {
            const keys = leaves(node, []).map(([key, leaf]) => ({
                key,
                description: leaf.description ?? "",
                byDefault:
                    leaf.default === undefined || leaf.default === null ? "" : JSON.stringify(leaf.default),
            }));
            const isLong = ({ byDefault }: { readonly byDefault: string }) =>
                byDefault.length > LONGEST_IN_TABLE;
            return [
                `### \`${object}\``,
                "",
                node.description,
                "",
                "| Key | Default | |",
                "|---|---|---|",
                ...keys.map((each) => {
                    const cell = isLong(each) ? "below" : each.byDefault && `\`${each.byDefault}\``;
                    return `| \`${each.key}\` | ${cell || "–"} | ${each.description} |`;
                }),
                ...keys
                    .filter(isLong)
                    .flatMap(({ key, byDefault }) => [
                        "",
                        `Default of \`${key}\`:`,
                        "",
                        "```json",
                        pretty(byDefault),
                        "```",
                    ]),
            ].join("\n");
        })
        .join("\n\n");
}

function pretty(json: string): string {
    return JSON.stringify(JSON.parse(json), null, 4);
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

export const REFERENCE_FILE = "docs/reference.md";

const BEGIN = "<!-- npm run schema: begin -->";
const END = "<!-- npm run schema: end -->";

/** The text of docs/reference.md with the current reference between its two marks. */
export function withReference(text: string): string {
    const [before, rest] = text.split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined) {
        throw new Error(`${REFERENCE_FILE}: expected ${BEGIN} and, after it, ${END}`);
    }
    return `${before}${BEGIN}\n${configReference()}\n${END}${after}`;
}
