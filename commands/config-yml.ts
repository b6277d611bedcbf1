import { type Document, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import { InvalidArguments, type Path } from "../components/domain/errors";
import { valueAt } from "../components/domain/value-at";
import { checkAliases, errorAt, yamlError } from "./yaml-error";

export type Tree = Readonly<Record<string, unknown>>;

/** Replaces each character of an ERB tag, so that positions stay the same; a noncharacter, which Ruby's YAML refuses. */
export const TAG = "\ufdd0";
/** Replaces the second % of `<%%`, which ERB prints as `<%`. */
const ESCAPE = "\ufdd1";

/**
 * Reads EmrEtlRunner's config.yml as Ruby does: ERB first, then YAML 1.1. No tag is run; `TAG` replaces each.
 * @throws InvalidArguments
 */
export function readConfig(text: string, file: string): Tree {
    const config = readDocument(text, file).toJS() as unknown;
    const missing = ["s3", "emr"].filter((key) => !isTree(valueAt(config, ["aws", key])));
    if (!isTree(config) || missing.length > 0) {
        const found = isTree(config) ? `no keys below aws.${missing.join(" and aws.")}` : "no keys";
        throw new InvalidArguments(
            [
                {
                    code: "not-a-config-yml",
                    path: [],
                    found,
                    expected: "the config.yml of EmrEtlRunner 0.33 or later",
                },
            ],
            { subject: file, formatPath: () => "the whole file" },
        );
    }
    return config;
}

/**
 * The path of each repetition of a key: Ruby takes the last one, and so does `readConfig`.
 * @throws InvalidArguments
 */
export function repeatedKeys(text: string, file: string): readonly Path[] {
    const repeated: Path[] = [];
    visit(readDocument(text, file), {
        Map: (_, map, ancestors) => {
            const path = pathTo([...ancestors, map]);
            const keys = map.items.map(({ key }) => nameOf(key));
            repeated.push(
                ...keys
                    // Several objects may be merged into one.
                    .filter((key, index) => key !== "<<" && keys.indexOf(key) !== index)
                    .map((key) => [...path, key]),
            );
        },
    });
    return repeated;
}

/**
 * The line of each explicit YAML tag, such as `!ruby/object:…`, of which Ruby's YAML creates objects.
 * @throws InvalidArguments
 */
export function yamlTags(text: string, file: string): readonly number[] {
    const lines: number[] = [];
    visit(readDocument(text, file), {
        Node: (_, node) => {
            if ("tag" in node && node.tag !== undefined) {
                lines.push(text.slice(0, node.range?.[0]).split("\n").length);
            }
        },
    });
    return lines;
}

/** The path to the last of nested nodes. */
function pathTo(nodes: readonly unknown[]): Path {
    return nodes.flatMap((node, index): Path => {
        if (isSeq(node)) {
            const position = node.items.indexOf(nodes[index + 1]);
            return position === -1 ? [] : [position];
        }
        return isPair(node) ? [nameOf(node.key)] : [];
    });
}

function nameOf(key: unknown): string {
    return isScalar(key) ? (key.source === "<<" ? key.source : String(key.value)) : String(key);
}

function readDocument(text: string, file: string): Document.Parsed {
    const document = parseDocument(maskErb(text, file), {
        version: "1.1",
        prettyErrors: false, // Pretty errors quote the file.
        uniqueKeys: false, // Ruby takes the last.
        customTags: (tags) => tags.filter((tag) => typeof tag !== "object" || !UNUSED_TYPES.test(tag.tag)),
    });
    const [error] = document.errors;
    if (error) {
        throw yamlError(file, text, error);
    }
    checkAliases(file, text, document);
    visit(document, {
        Scalar: (key, node) => {
            const plain = node.type === "PLAIN" ? (node.source ?? "") : "";
            if (/^[yn]$/i.test(plain)) {
                node.value = plain; // A string to Ruby.
            } else if (key === "key" && plain.startsWith(":")) {
                node.value = plain.slice(1); // A symbol: EmrEtlRunner converts all keys to symbols.
            }
            if (typeof node.value === "string") {
                node.value = node.value.replaceAll(ESCAPE, "");
            }
        },
    });
    return document;
}

/** Types of YAML 1.1 that EmrEtlRunner does not accept: they are read as strings, lists and objects. */
const UNUSED_TYPES = /:(timestamp|binary|omap|pairs|set)$/;

function maskErb(text: string, file: string): string {
    return text.replace(/<%%|<%(?:%%>|(?!%?%>)[\s\S])*%>|<%/g, (tag: string, offset: number) => {
        if (tag === "<%%") {
            return `<%${ESCAPE}`;
        }
        if (tag.startsWith("<%#")) {
            return tag.replace(/[^\n]/g, " ");
        }
        if (tag.startsWith("<%=")) {
            return TAG.repeat(tag.length);
        }
        throw errorAt(file, text, offset, {
            code: "erb-line",
            found: tag === "<%" ? "<% without %>" : "<% … %>, Ruby that includes or omits lines",
            fix: "delete the tag and the lines that it would omit: adopt runs no Ruby, and reads <%= … %> only",
        });
    });
}

export function isTree(value: unknown): value is Tree {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string for messages: without the content of its tags. */
export function withoutTags(text: string): string {
    return text.replace(new RegExp(`${TAG}+`, "g"), "<%= … %>");
}
