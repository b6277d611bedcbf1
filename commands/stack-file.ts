import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type ErrorCode, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { NAMESPACE } from "../components/settings";
import { suggest } from "../components/settings/explain";
import { describe, formatPath, type Path, type Problem } from "../components/settings/problems";

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
    const lines = new LineCounter();
    // Not pretty: that would show the lines around, and what they hold.
    const document = parseDocument(readText(folder, file), { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error) {
        const { line, col } = lines.linePos(error.pos[0]);
        throw new Error(`${file}: ${YAML_ERRORS[error.code] ?? error.message} (line ${line}, column ${col})`);
    }
    const content = toMapping(file, () => document.toJS());
    const config = toMapping(file, () => content.config ?? {});
    const problems = Object.keys(content)
        .filter((key) => !TOP_LEVEL_KEYS.includes(key))
        .map((key) => ({ path: key, found: "an unknown key", allowed: suggest(key, TOP_LEVEL_KEYS) }));
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

/** What YAML's own words for a mistake mean to whoever made it. */
const YAML_ERRORS: Partial<Record<ErrorCode, string>> = {
    TAB_AS_INDENT: "found a tab; allowed: spaces, which is all that YAML indents with",
    BAD_INDENT:
        "found a line that begins further left or right than those beside it; allowed: the same column",
    MULTILINE_IMPLICIT_KEY: "found a line without a colon; allowed: a key and a colon",
    BLOCK_AS_IMPLICIT_KEY:
        "found a second colon in a line; allowed: one, with what is below it indented on the next",
    DUPLICATE_KEY: "found a key that is there already; allowed: each once, with all that belongs below it",
    MULTIPLE_DOCS: "found ---, a second document; allowed: one",
};

/** @throws where it is none, naming the file. */
function toMapping(file: string, read: () => unknown): Readonly<Record<string, unknown>> {
    let value: unknown;
    try {
        value = read();
    } catch (error) {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new Error(`${file}: found ${describe(value)}; allowed: "config:", with keys below it`);
    }
    return value as Readonly<Record<string, unknown>>;
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
