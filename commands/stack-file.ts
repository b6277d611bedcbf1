import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
    type Document,
    type ErrorCode,
    isMap,
    isScalar,
    isSeq,
    LineCounter,
    type ParsedNode,
    parseDocument,
    visit,
    type YAMLParseError,
} from "yaml";
import { describe, formatPath, type Path, type Problem, redact } from "../components/args/errors";
import { stackConfig } from "../components/args/schema";
import { NAMESPACE, SettingsError } from "../components/config";
import { suggest } from "../components/config/explain";

/** A stack file as Pulumi's CLI hands it to the program. */
export interface StackFile {
    /** Keys with their namespaces; texts as they are, anything else as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** Those of the project's own keys whose value is encrypted as a whole: nobody reads it here. */
    readonly secretKeys: readonly string[];
    /** What the CLI would read in another way than anybody else, or not hand over in plain. */
    readonly problems: readonly Problem[];
}

/** What may stand at the top of a stack file: the config, and what the CLI itself writes there. */
const TOP_LEVEL_KEYS = ["config", "encryptionsalt", "secretsprovider", "encryptedkey", "environment"];

/**
 * Unquoted texts that the CLI takes for something else than other YAML readers do: `0123` is 83 to it, `1_000` is
 * 1000, `0b11` is 3, and a date becomes a time.
 */
const READ_DIFFERENTLY = [
    /^[-+]?0[0-9_]+$/,
    /^[-+]?[0-9.]*[0-9]_[0-9_.]*([eE][-+]?[0-9]+)?$/,
    /^[-+]?0[bB][01_]+$/,
    /^([-+]0[oOxX]|0[OX])[0-9a-fA-F_]+$/,
    /^0[ox][0-9a-fA-F]*_[0-9a-fA-F_]*$/,
    /^\d{4}-\d{1,2}-\d{1,2}([Tt\s].*)?$/,
    /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/,
];

/**
 * Reads `Pulumi.<stack>.yaml` from a folder.
 * @throws where there is no such file, or it is not a stack file at all.
 */
export function readStackFile(folder: string, stack: string): StackFile {
    const file = `Pulumi.${stack}.yaml`;
    const text = readText(folder, file);
    const lines = new LineCounter();
    // Not pretty: that would show the lines around, and what they hold.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const mistake = findMistake(document, text, lines);
    if (mistake) {
        const { line, col } = lines.linePos(mistake.offset);
        throw new Error(`${file}: ${mistake.words} (line ${line}, column ${col})`);
    }
    const content = document.toJS() as unknown;
    if (!isMapping(content)) {
        const { line } = lines.linePos(document.contents?.range[0] ?? 0);
        const found = content === null ? "nothing" : describe(content);
        throw new Error(
            `${file}: found ${found}; allowed: "config:" with keys indented below it (line ${line})`,
        );
    }
    const config = content.config ?? {};
    if (!isMapping(config)) {
        const allowed = `keys indented below it, each with a colon${Array.isArray(config) ? ", without hyphens" : ""}`;
        throw new SettingsError([{ path: "config", found: describe(config), allowed }], stack);
    }
    const problems = Object.keys(content)
        .filter((key) => !TOP_LEVEL_KEYS.includes(key))
        .map((key) => ({ path: key, found: "an unknown key", allowed: explainTopLevelKey(key) }));
    if (problems.length > 0 && !Object.hasOwn(content, "config")) {
        throw new SettingsError(problems, stack); // What the config is to be is among them: nothing is missing.
    }
    const entries = Object.entries(config).map(([key, value]) => [withNamespace(key), value] as const);
    const twice = Object.keys(config)
        .filter((key) => key !== withNamespace(key) && Object.hasOwn(config, withNamespace(key)))
        .map((key) => ({
            path: withNamespace(key),
            found: `the key ${key} as well`,
            allowed: "one of the two",
        }));
    return {
        config: Object.fromEntries(entries.flatMap(handOver)),
        secretKeys: entries.filter(([key, value]) => isOwn(key) && isEncrypted(value)).map(([key]) => key),
        problems: [...problems, ...twice, ...misread(document.get("config", true), [])],
    };
}

/** What makes a file no YAML, or not what its writer meant by it, and where. */
interface Mistake {
    readonly words: string;
    readonly offset: number;
}

/** What YAML's own words for a mistake mean to whoever made it. */
const YAML_ERRORS: Partial<Record<ErrorCode, string>> = {
    TAB_AS_INDENT: "found a tab; allowed: spaces, which is all that YAML indents with",
    BAD_INDENT:
        "found a line that begins further left or right than those beside it; allowed: the same column",
    MULTILINE_IMPLICIT_KEY: "found a line without a colon; allowed: a key and a colon",
    BLOCK_AS_IMPLICIT_KEY:
        "found a second colon in a line; allowed: one, with what is below it indented on the next",
    BAD_SCALAR_START:
        "found a text that begins with a sign that YAML keeps for itself; allowed: such a text in quotes",
    MULTIPLE_DOCS: "found ---, a second document; allowed: one",
};

/** What other tools leave in a file, and what YAML's readers complain of anywhere but there. */
const FOREIGN_LINES: readonly (readonly [RegExp, string])[] = [
    [
        /^(<{7}|\|{7}|={7}|>{7})(?= |\r?$)/m,
        "found a mark of a merge conflict; allowed: one of its sides, without the marks",
    ],
    [
        /^[ \t]*<%/m,
        "found an ERB tag, <% … %>; allowed: plain YAML, since nothing is evaluated in a stack file",
    ],
];

function findMistake(
    document: Document.Parsed<ParsedNode>,
    text: string,
    lines: LineCounter,
): Mistake | undefined {
    const [error] = document.errors;
    if (!error) {
        return findAliasWithoutAnchor(document);
    }
    for (const [pattern, words] of FOREIGN_LINES) {
        const match = pattern.exec(text);
        if (match) {
            return { words, offset: match.index + match[0].search(/\S/) };
        }
    }
    if (error.code === "DUPLICATE_KEY") {
        return explainDuplicate(document, error, lines);
    }
    const quote = findOpenQuote(document, text);
    if (quote !== undefined) {
        const words =
            "found a quote that opens here and does not close in this line; allowed: a pair of them";
        return { words, offset: quote };
    }
    if (/flow/i.test(error.message)) {
        const words = "found [ or { without its ] or } before here; allowed: both, and commas between";
        return { words, offset: error.pos[0] };
    }
    const words =
        YAML_ERRORS[error.code] ??
        `found what YAML cannot read: ${error.message}; allowed: one key and its value a line`;
    return { words, offset: error.pos[0] };
}

function findAliasWithoutAnchor(document: Document.Parsed<ParsedNode>): Mistake | undefined {
    let mistake: Mistake | undefined;
    visit(document, {
        Alias(_, alias, way) {
            const meant = alias.resolve(document);
            if (meant !== undefined && !way.includes(meant)) {
                return undefined;
            }
            const name = redact(alias.source);
            const words = `found *${name}, and no &${name} that ends before it; allowed: the value itself, in quotes if it is a text that begins with *`;
            mistake = { words, offset: alias.range?.[0] ?? 0 };
            return visit.BREAK;
        },
    });
    return mistake;
}

/** YAML's readers tell that a quote does not close where its text ends: with the file, or at the next quote. */
function findOpenQuote(
    { errors, ...document }: Document.Parsed<ParsedNode>,
    text: string,
): number | undefined {
    const [end] = errors.filter(({ message }) => message.endsWith("quote")).map(({ pos }) => pos[0]);
    let offset: number | undefined;
    visit(document.contents, {
        Scalar(_, { type, range }) {
            const [start = -1, close] = range ?? [];
            const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
            const closedByNext = close === errors[0]?.pos[0] && text.slice(start, close).includes("\n");
            if (quoted && (close === end || closedByNext)) {
                offset = start;
            }
        },
    });
    return offset;
}

function explainDuplicate(
    document: Document.Parsed<ParsedNode>,
    { pos: [offset] }: YAMLParseError,
    lines: LineCounter,
): Mistake {
    let words = "";
    visit(document, {
        Map(_, { items }) {
            const keys = items.flatMap(({ key }) => (isScalar(key) ? [key] : []));
            const second = keys.find(({ range }) => range?.[0] === offset);
            const first = keys.find(({ value }) => value === second?.value);
            if (second && first) {
                const { line } = lines.linePos(first.range?.[0] ?? 0);
                words = `found the key ${redact(String(first.value))} twice, here and in line ${line}; allowed: once, with all that belongs below it`;
            }
        },
    });
    return { words, offset };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What belongs below `config:` is mostly there, and not indented. */
function explainTopLevelKey(key: string): string {
    return key.includes(":") || Object.hasOwn(stackConfig.shape, key)
        ? "this key below config: indent it, and all that belongs to it"
        : suggest(key, TOP_LEVEL_KEYS);
}

/** The CLI takes a key without a namespace for the project's. */
function withNamespace(key: string): string {
    return key.includes(":") ? key : `${NAMESPACE}:${key}`;
}

function isOwn(key: string): boolean {
    return key.startsWith(`${NAMESPACE}:`);
}

function readText(folder: string, file: string): string {
    try {
        return readFileSync(path.join(folder, file), "utf8");
    } catch (error) {
        const names = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
        throw new Error(`no ${file} here; there is one for ${names.join(", ") || "no stack"}`, {
            cause: error,
        });
    }
}

/** As the CLI does it: texts as they are, anything else as JSON. Secrets of others stay with it. */
function handOver([key, value]: readonly [string, unknown]): [string, string][] {
    if (isEncrypted(value)) {
        return isOwn(key) ? [[key, ""]] : [];
    }
    return [[key, typeof value === "string" ? value : JSON.stringify(value)]];
}

function isEncrypted(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
}

/** Every value below a node that the CLI would read in another way, or has encrypted, with the way to it. */
function misread(node: unknown, way: Path): readonly Problem[] {
    if (isSeq(node)) {
        return node.items.flatMap((item, index) => misread(item, [...way, index]));
    }
    if (isMap(node)) {
        if (isEncrypted(node.toJSON())) {
            // A key of its own is the settings' to judge; one below the six objects would be written in plain.
            const [key] = way;
            return way.length === 1 || !isOwn(String(key))
                ? []
                : [
                      {
                          path: formatKeys(way),
                          found: "an encrypted value",
                          allowed:
                              "a value in plain, or for credentials no such line: it is encrypted, but would be written in plain to config.yml",
                      },
                  ];
        }
        return node.items.flatMap(({ key, value }) => {
            const name = String(isScalar(key) ? (key.source ?? key.value) : key);
            const below = [...way, way.length === 0 ? withNamespace(name) : name];
            return [...misread(key, below), ...misread(value, below)];
        });
    }
    const text = isScalar(node) && node.type === "PLAIN" ? (node.source ?? "") : "";
    if (!READ_DIFFERENTLY.some((pattern) => pattern.test(text)) && !isTooLarge(node)) {
        return [];
    }
    const allowed = `quote it, "${text}", or write a number in plain digits: Pulumi's CLI reads it as something else`;
    return [{ path: formatKeys(way), found: text, allowed }];
}

/** JavaScript's numbers would round it. */
function isTooLarge(node: unknown): boolean {
    return isScalar(node) && typeof node.value === "number" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER;
}

function formatKeys([key, ...rest]: Path): string {
    const [namespace = "", object = ""] = String(key).split(/:(.*)/s);
    return formatPath(namespace, [object, ...rest]);
}
