import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { nearest } from "../components/args/nearest";
import { environment } from "../components/args/schema";
import { printable } from "../components/args/schema-guide";
import { NAMESPACE, stackFileReport } from "../components/config";
import {
    type ArgumentError,
    type ErrorReport,
    InvalidArguments,
    type Path,
} from "../components/domain/errors";
import { checkAliases, decodeUtf8, errorAt, yamlError } from "./yaml-error";

/** A stack file as Pulumi's CLI hands it to the program. */
export interface StackFile {
    /** Keys with their namespaces; strings as they are, anything else as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** The keys of our namespace whose whole value is encrypted: nothing here can decrypt it. */
    readonly secretKeys: readonly string[];
    /** What the CLI would read differently, or not hand over in plain text. */
    readonly errors: readonly ArgumentError[];
    /** How errors name the keys of this file. */
    readonly report: ErrorReport;
}

/** What a stack file may hold at its top: the config, and what the CLI itself writes there. */
const TOP_LEVEL_KEYS = ["config", "encryptionsalt", "secretsprovider", "encryptedkey", "environment"];

/**
 * Unquoted scalars that the CLI's YAML reader takes for something else than other YAML readers do: `0123` is 83 to
 * it, `1_000` is 1000, `0b11` is 3, and a date becomes a time.
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

/** What other tools leave in a file: YAML's parser reports an error in another line, or one that misleads. */
const FOREIGN_LINES = [
    {
        pattern: /^(?:<{7}|\|{7}|={7}|>{7})(?= |\r?$)/m,
        error: {
            code: "merge-conflict",
            found: "a mark of a merge conflict",
            fix: "keep one of its sides, and delete the marks",
        },
    },
    {
        pattern: /(?<=^[ \t]*)<%/m,
        error: {
            code: "erb-line",
            found: "an ERB tag, <% … %>",
            fix: "write plain YAML: nothing is evaluated in a stack file",
        },
    },
] as const;

/**
 * Reads `Pulumi.<stack>.yaml` from a directory.
 * @throws InvalidArguments if it is not a stack file at all.
 */
export function readStackFile(directory: string, stack: string): StackFile {
    const file = `Pulumi.${stack}.yaml`;
    const text = decodeUtf8(file, readBytes(directory, file));
    const document = parse(file, text);
    const { contents } = document;
    const content: unknown = document.toJS();
    if (!isMapping(content) || !isMap(contents)) {
        throw errorAt(file, text, contents?.range[0] ?? 0, {
            code: "not-a-stack-file",
            found: kindOf(content),
            expected: '"config:" with keys indented below it',
        });
    }
    checkTopLevelKeys(file, text, contents);
    const config = content.config ?? {};
    const configNode = contents.get("config", true);
    if (!isMapping(config)) {
        throw errorAt(file, text, isNode(configNode) ? (configNode.range?.[0] ?? 0) : 0, {
            code: "config-not-an-object",
            found: kindOf(config),
            expected: 'keys indented below "config:", each with a colon and without a hyphen',
        });
    }
    const entries = Object.entries(config).map(([key, value]) => [withNamespace(key), value] as const);
    const twice = Object.keys(config)
        .filter((key) => key !== withNamespace(key) && Object.hasOwn(config, withNamespace(key)))
        .map(
            (key): ArgumentError => ({
                code: "key-with-and-without-namespace",
                path: [key],
                found: "this key with its namespace and without it",
                fix: "keep one of the two",
            }),
        );
    return {
        config: Object.fromEntries(entries.flatMap(handOver)),
        secretKeys: entries.filter(([key, value]) => isOwn(key) && isEncrypted(value)).map(([key]) => key),
        errors: [...twice, ...misread(configNode, [])],
        report: stackFileReport(stack, () => text),
    };
}

function readBytes(directory: string, file: string): Buffer {
    try {
        return readFileSync(join(directory, file));
    } catch (error) {
        const stacks = readdirSync(directory).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
        const others = stacks.join(", ") || "no stack";
        throw new Error(`${file} is missing; there is a stack file of ${others}`, { cause: error });
    }
}

function parse(file: string, text: string): Document.Parsed {
    const document = parseDocument(text, { prettyErrors: false }); // Those quote the file.
    const [error] = document.errors;
    if (error) {
        const foreign = FOREIGN_LINES.find(({ pattern }) => pattern.test(text));
        throw foreign
            ? errorAt(file, text, text.search(foreign.pattern), foreign.error)
            : yamlError(file, text, error);
    }
    checkAliases(file, text, document);
    return document;
}

/** @throws InvalidArguments with every key that does not belong at the top of a stack file. */
function checkTopLevelKeys(file: string, text: string, { items }: YAMLMap): void {
    const errors = items
        .map(({ key }) => (isScalar(key) ? key : undefined))
        .filter((key) => !TOP_LEVEL_KEYS.includes(String(key?.value)))
        .map((key): ArgumentError => {
            const line = text.slice(0, key?.range?.[0]).split("\n").length;
            return {
                code: "unknown-top-level-key",
                path: [],
                found: `an unknown key in line ${line}`,
                ...fixTopLevelKey(String(key?.value)),
            };
        });
    if (errors.length > 0) {
        throw new InvalidArguments(errors, { subject: file, formatPath: () => "the top level" });
    }
}

function fixTopLevelKey(key: string): Pick<ArgumentError, "expected" | "fix"> {
    if (key.includes(":") || Object.hasOwn(environment.shape, key)) {
        return { fix: "indent it and everything that belongs to it below config:" };
    }
    const near = nearest(key, TOP_LEVEL_KEYS);
    return near === undefined
        ? { expected: `one of ${TOP_LEVEL_KEYS.join(", ")}` }
        : { fix: `did you mean ${near}?` };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The kind of a value that may hold a secret. */
function kindOf(value: unknown): string {
    return value === null ? "nothing" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/** Pulumi's CLI reads a key without a namespace as the project's. */
function withNamespace(key: string): string {
    return key.includes(":") ? key : `${NAMESPACE}:${key}`;
}

function isOwn(key: string): boolean {
    return key.startsWith(`${NAMESPACE}:`);
}

/** Converts as the CLI does: strings as they are, anything else to JSON. The secrets of other namespaces stay out. */
function handOver([key, value]: readonly [string, unknown]): [string, string][] {
    if (isEncrypted(value)) {
        return isOwn(key) ? [[key, ""]] : [];
    }
    return [[key, typeof value === "string" ? value : JSON.stringify(value)]];
}

function isEncrypted(value: unknown): boolean {
    return isMapping(value) && Object.keys(value).join() === "secure";
}

/** The values below a node that the CLI would read differently, or has encrypted. */
function misread(node: unknown, path: Path): readonly ArgumentError[] {
    if (isSeq(node)) {
        return node.items.flatMap((item, index) => misread(item, [...path, index]));
    }
    if (isMap(node)) {
        return isEncrypted(node.toJSON())
            ? encrypted(path)
            : node.items.flatMap(({ key, value }) => {
                  const name = String(isScalar(key) ? (key.source ?? key.value) : key);
                  const below = [...path, path.length === 0 ? withoutNamespace(name) : name];
                  return [...misread(key, below), ...misread(value, below)];
              });
    }
    const source = isScalar(node) && node.type === "PLAIN" ? (node.source ?? "") : "";
    return READ_DIFFERENTLY.some((pattern) => pattern.test(source)) || isTooLarge(node)
        ? [
              {
                  code: "read-differently",
                  path,
                  found: `${source}, which Pulumi's CLI reads as something else`,
                  fix: `quote it, "${source}", or write a number in plain digits`,
              },
          ]
        : [];
}

/** The config layer judges a key whose whole value is encrypted; other namespaces may encrypt what they like. */
function encrypted(path: Path): readonly ArgumentError[] {
    const fix =
        "write it in plain text, or omit the key if it is a credential: config.yml would hold it in plain text";
    return path.length > 1 && isOwnPath(path)
        ? [{ code: "encrypted-value", path, found: "an encrypted value", fix }]
        : [];
}

/** Whether JavaScript would round a number. */
function isTooLarge(node: unknown): boolean {
    return isScalar(node) && typeof node.value === "number" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER;
}

/** The first element of a path: a key of another namespace keeps it. */
function withoutNamespace(key: string): string {
    return isOwn(key) ? key.slice(NAMESPACE.length + 1) : key;
}

function isOwnPath([key]: Path): boolean {
    return !String(key).includes(":");
}

/** The errors of a stack file, and those of its config that are neither at the same paths nor below them. */
export function joinErrors(
    { errors }: StackFile,
    ofConfig: readonly ArgumentError[],
): readonly ArgumentError[] {
    const others = ofConfig.filter(({ path }) => !errors.some((outer) => isWithin(path, outer.path)));
    const named = errors.map((error) => ({
        ...error,
        path: isOwnPath(error.path) ? printable(error.path) : error.path,
    }));
    return [...named, ...others];
}

/** Whether a path is another one or below it. */
export function isWithin(inner: Path, outer: Path): boolean {
    return outer.every((key, index) => inner[index] === key);
}
