import { type Document, visit } from "yaml";
import { formatPath, type Path } from "../components/domain/errors";
import { flatMapValues, valueAt } from "../components/domain/value-at";
import { errorAt, errorOf, lineOf, parseYaml } from "./yaml-error";

export type Tree = Readonly<Record<string, unknown>>;

/** Replaces each character of an ERB tag, so that positions stay the same; a noncharacter, which Ruby's YAML refuses. */
export const TAG = "\ufdd0";
/** Replaces `<%%`, which ERB prints as `<%`: of the same length, and no tag. */
export const ESCAPED_TAG = "<\ufdd1%";

/** A string as ERB prints it, if no tag is in it. */
export function unescaped(text: string): string {
    return text.replaceAll(ESCAPED_TAG, "<%");
}

/**
 * Reads EmrEtlRunner's config.yml as Ruby does: ERB first, then YAML 1.1. No tag is run; `TAG` replaces each.
 * @throws InvalidArguments
 */
export function readConfig(text: string, file: string): Tree {
    const config = readDocument(text, file).toJS() as unknown;
    const missing = ["s3", "emr"].filter((key) => !isTree(valueAt(config, ["aws", key])));
    if (!isTree(config) || missing.length > 0) {
        const found = isTree(config) ? `no keys below aws.${missing.join(" and aws.")}` : "no keys";
        const expected = "the config.yml of EmrEtlRunner 0.33 or later";
        throw errorOf(file, { code: "not-a-config-yml", found, expected });
    }
    return config;
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
                lines.push(lineOf(text, node.range?.[0] ?? 0));
            }
        },
    });
    return lines;
}

function readDocument(text: string, file: string): Document.Parsed {
    const document = parseConfigYml(maskErb(text, file), text, file);
    visit(document, {
        Scalar: (_, node) => {
            if (typeof node.value === "string") {
                node.value = unescaped(node.value);
            }
        },
    });
    return document;
}

/**
 * Parses a config.yml as Ruby's YAML reader does. `masked`: the same text without what another tool reads first.
 * @throws InvalidArguments
 */
export function parseConfigYml(masked: string, text: string, file: string): Document.Parsed {
    const document = parseYaml(file, text, masked, {
        version: "1.1",
        uniqueKeys: false, // Ruby takes the last.
        customTags: (tags) => tags.filter((tag) => typeof tag !== "object" || !UNUSED_TYPES.test(tag.tag)),
    });
    visit(document, {
        Scalar: (key, node) => {
            const plain = node.type === "PLAIN" ? (node.source ?? "") : "";
            if (/^[yn]$/i.test(plain)) {
                node.value = plain; // A string to Ruby.
            } else if (key === "key" && plain.startsWith(":")) {
                node.value = plain.slice(1); // A symbol: EmrEtlRunner converts all keys to symbols.
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
            return ESCAPED_TAG;
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

/**
 * The values in a config, by their fields' names, as EmrEtlRunner reads them: null and empty values are omitted, and a
 * location is the same with or without a slash at its end (cli.rb, `add_trailing_slashes`).
 */
export function fieldsOf(root: unknown, at: Path = []): ReadonlyMap<string, unknown> {
    const fields = flatMapValues(
        root,
        (value, path): readonly (readonly [string, unknown])[] => {
            const name = formatPath(path);
            const isUrl = typeof value === "string" && name.startsWith("aws.s3.buckets.");
            const isNone = typeof value === "object" || value === undefined;
            return isNone ? [] : [[name, isUrl ? value.replace(/\/$/, "") : value]];
        },
        at,
    );
    return new Map(fields);
}
