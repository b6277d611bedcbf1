import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { suggest } from "../components/settings/explain";
import { describe, formatPath, type Path, type Problem } from "../components/settings/problems";

/** A stack file as Pulumi's CLI hands it to the program. */
export interface StackFile {
    /** Keys with their namespaces; texts as they are, anything else as JSON. Encrypted values are left out. */
    readonly config: Readonly<Record<string, string>>;
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
    const document = parseDocument(readText(folder, file));
    const [error] = document.errors;
    if (error) {
        throw new Error(`${file}: ${error.message}`);
    }
    const content: unknown = document.toJS();
    if (typeof content !== "object" || content === null || Array.isArray(content)) {
        throw new Error(`${file}: found ${describe(content)}; allowed: "config:", with keys below it`);
    }
    const problems = Object.keys(content)
        .filter((key) => !TOP_LEVEL_KEYS.includes(key))
        .map((key) => ({ path: key, found: "an unknown key", allowed: suggest(key, TOP_LEVEL_KEYS) }));
    const config: unknown = "config" in content ? content.config : undefined;
    return {
        config: Object.fromEntries(Object.entries(config ?? {}).flatMap(handOver)),
        problems: [...problems, ...misread(document.get("config", true), [])],
    };
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

/** As the CLI does it: texts as they are, anything else as JSON. What is encrypted stays with it. */
function handOver([key, value]: [string, unknown]): [string, string][] {
    if (isEncrypted(value)) {
        return [];
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
        // A key of its own may be a secret; one below the six objects would be written in plain.
        if (way.length > 1 && isEncrypted(node.toJSON())) {
            return [
                {
                    path: formatKeys(way),
                    found: "an encrypted value",
                    allowed: "a value in plain: it is encrypted, but would be written in plain to config.yml",
                },
            ];
        }
        return node.items.flatMap(({ key, value }) => {
            const below = [...way, String(isScalar(key) ? (key.source ?? key.value) : key)];
            return [...misread(key, below), ...misread(value, below)];
        });
    }
    const text = isScalar(node) && node.type === "PLAIN" ? (node.source ?? "") : "";
    if (!READ_DIFFERENTLY.some((pattern) => pattern.test(text)) && !isTooLarge(node)) {
        return [];
    }
    const allowed = `quote it, "${text}": Pulumi's CLI reads it as something else`;
    return [{ path: formatKeys(way), found: text, allowed }];
}

/** JavaScript's numbers would round it. */
function isTooLarge(node: unknown): boolean {
    return isScalar(node) && Number.isInteger(node.value) && !Number.isSafeInteger(node.value);
}

function formatKeys([key, ...rest]: Path): string {
    const [namespace = "", object = ""] = String(key).split(/:(.*)/s);
    return formatPath(namespace, [object, ...rest]);
}
