import { isMap, isScalar, isSeq, parseDocument } from "yaml";

/** A scalar as a file has it, and what it means; `isOpen`: another tool or a person has yet to compute it. */
export interface Leaf {
    readonly kind: "leaf";
    readonly style: "plain" | "single" | "double";
    readonly source: string;
    readonly isOpen: boolean;
    readonly isSecret: boolean;
    /** The name of its anchor. */
    anchor?: string;
    /** The leaf that stands here as an alias. */
    alias?: Leaf;
}

export interface Entry {
    readonly key: string;
    readonly style: "plain" | "symbol" | "double";
    readonly isOpen: boolean;
    readonly isSecret: boolean;
    readonly node: Node;
    readonly comment?: string;
}

/** A mapping, which may repeat a key. */
export interface Mapping {
    readonly kind: "map";
    readonly entries: Entry[];
    isFlow: boolean;
}

export interface List {
    readonly kind: "list";
    readonly items: Node[];
}

export type Node = Leaf | Mapping | List;

export function leaf(source: string, traits: Partial<Omit<Leaf, "kind" | "source">> = {}): Leaf {
    return { kind: "leaf", style: "plain", isOpen: false, isSecret: false, ...traits, source };
}

export function entry(key: string, node: Node, traits: Partial<Omit<Entry, "key" | "node">> = {}): Entry {
    return { style: "plain", isOpen: false, isSecret: false, ...traits, key, node };
}

/** Scalars that a file may hold without quotes and that mean themselves. */
const WORD = /^[a-zA-Z/][\w ./:-]*[\w/-]$|^[a-zA-Z]$|^\d+\.\d+\.\d+$/;

/** Reads a seed. */
export function readTree(text: string, secrets: readonly string[] = []): Node {
    const read = (node: unknown): Node => {
        if (isMap(node)) {
            return {
                kind: "map",
                isFlow: false,
                entries: node.items.map(({ key, value }) => entry(String(key), read(value))),
            };
        }
        if (isSeq(node)) {
            return { kind: "list", items: node.items.map(read) };
        }
        const source = isScalar(node) ? (node.source ?? "") : "";
        const quoted = isScalar(node) && node.type !== "PLAIN";
        return leaf(source, {
            style: quoted ? "double" : "plain",
            isOpen: /^<%=|\{\{|ADD HERE/.test(source),
            isSecret: secrets.includes(source),
        });
    };
    return read(parseDocument(text).contents);
}

/** What a plain scalar means to YAML 1.1, which Ruby reads. Dates stay strings: EmrEtlRunner accepts none. */
export function meaningOf(given: Leaf): unknown {
    const { style, source, isOpen } = given.alias ?? given;
    if (style !== "plain" || isOpen || (WORD.test(source) && !WORD_OF_YAML.test(source))) {
        return source;
    }
    const document = parseDocument(source, { version: "1.1", logLevel: "silent" });
    const value: unknown = document.toJS();
    return value instanceof Date || /^[yn]$/i.test(source) ? source : value;
}

const WORD_OF_YAML = /^(?:true|false|yes|no|on|off|null)$/i;

export interface Layout {
    readonly indent: number;
    readonly newline: "\n" | "\r\n";
    readonly quotes: "as is" | "single" | "double";
    /** Whether keys are Ruby's symbols, `:aws:`. */
    readonly symbols: boolean;
    /** Whether list items stand at the indentation of their key. */
    readonly compactLists: boolean;
}

/** Writes a file. `word`: what stands for an open value, to see whether the rest is YAML. */
export function writeTree(root: Node, layout: Layout, word?: string): string {
    const scalar = (node: Leaf, inFlow: boolean): string => {
        if (node.alias) {
            return `*${node.alias.anchor}`;
        }
        const source = node.isOpen && word !== undefined ? word : node.source;
        const isQuotable = layout.quotes !== "as is" && typeof meaningOf(node) === "string" && !node.isOpen;
        const style = isQuotable && node.style === "plain" ? layout.quotes : node.style;
        const isPlain = style === "plain" && !(inFlow && /[,[\]{}]/.test(source));
        const text = isPlain
            ? source
            : style === "single" && /^[ -~]*$/.test(source)
              ? `'${source.replaceAll("'", "''")}'`
              : JSON.stringify(source);
        return node.anchor ? `&${node.anchor} ${text}` : text;
    };
    const key = ({ key: name, style, isOpen }: Entry) => {
        const text = isOpen && word !== undefined ? `${word}${name.length}` : name;
        if (style === "double") {
            return JSON.stringify(text);
        }
        return style === "symbol" || (layout.symbols && /^\w+$/.test(text)) ? `:${text}` : text;
    };
    const flow = (node: Node): string => {
        if (node.kind === "leaf") {
            return scalar(node, true);
        }
        return node.kind === "list"
            ? `[${node.items.map(flow).join(", ")}]`
            : `{ ${node.entries.map((each) => `${key(each)}: ${flow(each.node)}`).join(", ")} }`;
    };
    const block = (node: Node, depth: number): string => {
        const margin = " ".repeat(depth);
        if (node.kind === "leaf") {
            const text = scalar(node, false);
            return text === "" ? "" : ` ${text}`;
        }
        const isEmpty = node.kind === "map" ? node.entries.length === 0 : node.items.length === 0;
        if (isEmpty || (node.kind === "map" && node.isFlow)) {
            return ` ${isEmpty ? (node.kind === "map" ? "{}" : "[]") : flow(node)}`;
        }
        if (node.kind === "list") {
            return node.items.map((item) => `\n${margin}-${block(item, depth + layout.indent)}`).join("");
        }
        return node.entries
            .map((each) => {
                const isList = each.node.kind === "list" && layout.compactLists;
                const below = block(each.node, depth + (isList ? 0 : layout.indent));
                const comment = each.comment === undefined ? "" : ` # ${each.comment}`;
                const [line = "", ...rest] = below.split("\n");
                return `\n${margin}${key(each)}:${[`${line}${comment}`, ...rest].join("\n")}`;
            })
            .join("");
    };
    return `${block(root, 0).trimStart()}\n`.replaceAll("\n", layout.newline);
}
