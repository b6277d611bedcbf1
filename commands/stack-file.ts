import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CST, isMap, isNode, isScalar, isSeq, Lexer, parse as parseAnyYaml, type YAMLMap } from "yaml";
import { describe } from "../components/args/describe";
import { nearest, nearestFirst } from "../components/args/nearest";
import { environment } from "../components/args/schema";
import { knownKeys, printable } from "../components/args/schema-guide";
import { EXPOSED, secretInProse } from "../components/args/secrets";
import { encryptedValueError, NAMESPACE, stackFileReport } from "../components/config";
import {
    type ArgumentError,
    type ErrorReport,
    InvalidArguments,
    isWithin,
    type Path,
} from "../components/domain/errors";
import { valueAt } from "../components/domain/value-at";
import { isTree } from "./config-yml";
import { stackFileSchema } from "./schema";
import { stackFileName, stacksOf } from "./stack-name";
import { decodeUtf8, errorAt, errorOf, lineOf, parseYaml } from "./yaml-error";

/** The config of a stack file, as Pulumi's CLI passes it to the program. */
export interface StackFile {
    /** The name in Pulumi.yaml; the shipped project's name where no Pulumi.yaml is found. */
    readonly project: string;
    /** Keys with their namespaces; strings as they are, other values as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** The keys of our namespace whose whole value is encrypted; `render` cannot decrypt it. */
    readonly secretKeys: readonly string[];
    /** The values that the CLI would read differently, or not pass in plain text. */
    readonly errors: readonly ArgumentError[];
    /** Whether it has values from Pulumi ESC, which only the engine reads. */
    readonly hasEnvironment: boolean;
    /** How errors name the keys of this file. */
    readonly report: ErrorReport;
}

/** Unquoted scalars that the CLI reads unlike other YAML readers: `0123` as 83, `1_000` as 1000, `0b11` as 3, dates as times. */
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
 * Reads `Pulumi.<stack>.yaml` from a directory.
 * @throws InvalidArguments if it is not a stack file at all.
 */
export function readStackFile(directory: string, stack: string): StackFile {
    const text = decodeUtf8(stackFileName(stack), readBytes(directory, stack));
    return parseStackFile(text, stack, projectName(directory));
}

/**
 * Reads the text of a stack file.
 * @throws InvalidArguments if it is not a stack file at all.
 */
export function parseStackFile(text: string, stack: string, project: string): StackFile {
    const file = stackFileName(stack);
    const document = parseYaml(file, text);
    const content: unknown = document.toJS();
    if (!isTree(content)) {
        throw errorAt(file, text, offsetOf(document.contents), {
            code: "not-a-stack-file",
            found: content === null ? "an empty file" : describe(content),
            expected: '"config:" with keys indented below it',
        });
    }
    checkTopLevelKeys(stack, text, document.contents as YAMLMap);
    const config = content.config ?? {};
    const configNode = document.get("config", true);
    if (!isTree(config)) {
        throw errorAt(file, text, offsetOf(configNode), {
            code: "config-not-an-object",
            found: describe(config),
            expected: 'keys indented below "config:", each with a colon and without a hyphen',
        });
    }
    const withNamespace = (key: string) => (key.includes(":") ? key : `${project}:${key}`);
    const entries = Object.entries(config).map(([key, value]) => [withNamespace(key), value] as const);
    const repeated = Object.keys(config).filter(
        (key) => key !== withNamespace(key) && Object.hasOwn(config, withNamespace(key)),
    );
    return {
        project,
        config: Object.fromEntries(
            entries
                .filter(([key, value]) => isOwn(key) || !isEncrypted(value))
                .map(([key, value]) => [key, asText(value)]),
        ),
        secretKeys: entries.filter(([key, value]) => isOwn(key) && isEncrypted(value)).map(([key]) => key),
        errors: [
            ...repeated.map(
                (key): ArgumentError => ({
                    code: "key-with-and-without-namespace",
                    path: [key],
                    found: "this key with its namespace and without it",
                    fix: "keep one of the two",
                }),
            ),
            ...misread(configNode, []),
            ...secretsAround(text, configNode),
        ],
        hasEnvironment: (content.environment ?? null) !== null,
        report: stackFileReport(stack, () => text),
    };
}

/** The namespace that Pulumi's CLI gives to keys without one: the project's name. */
function projectName(directory: string): string {
    try {
        const name = valueAt(parseAnyYaml(readFileSync(join(directory, "Pulumi.yaml"), "utf8")), ["name"]);
        return typeof name === "string" ? name : NAMESPACE;
    } catch {
        return NAMESPACE; // Without a readable Pulumi.yaml, as the shipped one has it.
    }
}

function offsetOf(node: unknown): number {
    return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function readBytes(directory: string, stack: string): Buffer {
    const file = stackFileName(stack);
    try {
        return readFileSync(join(directory, file));
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const reason = code === "ENOENT" ? missing(directory, stack) : { found: `an error (${code})` };
        throw errorOf(file, { code: "stack-file-missing", ...reason });
    }
}

function missing(directory: string, stack: string): Pick<ArgumentError, "found" | "expected" | "fix"> {
    const found = "missing";
    if (existsSync(join(directory, `Pulumi.${stack}.yml`))) {
        return { found, fix: `rename Pulumi.${stack}.yml: Pulumi's CLI reads .yaml, as of Pulumi.yaml` };
    }
    const stacks = nearestFirst(stack, stacksOf(directory));
    if (stacks.length === 0) {
        return { found, fix: `run this command in the directory of the stack files: ${directory} has none` };
    }
    const near = nearest(stack, stacks);
    const fix = near ? `did you mean ${near}?` : `write ${stackFileName(stack)}: examples/ has some to copy`;
    return { found, expected: `one of ${stacks.join(", ")}`, fix };
}

/** @throws InvalidArguments with every key that does not belong at the top of a stack file. */
function checkTopLevelKeys(stack: string, text: string, { items }: YAMLMap): void {
    const file = stackFileName(stack);
    const keys = items.map(({ key }) => ({ name: String(key), line: lineOf(text, offsetOf(key)) }));
    if (!keys.some(({ name }) => name === "config") && keys.some(({ name }) => /^:?aws$/.test(name))) {
        throw errorOf(file, {
            code: "config-yml-as-stack-file",
            found: "the keys of EmrEtlRunner's config.yml",
            expected: '"config:" with keys indented below it',
            fix: `\`npm run -s adopt -- ${file} --stack ${stack}\` prints a stack file for it`,
        });
    }
    const known = Object.keys(stackFileSchema().properties);
    const errors = keys
        .filter(({ name }) => !known.includes(name))
        .map(
            ({ name, line }): ArgumentError => ({
                code: "unknown-top-level-key",
                path: [],
                found: `an unknown key in line ${line}`,
                ...fixTopLevelKey(name, known),
            }),
        );
    if (errors.length > 0) {
        throw new InvalidArguments(errors, { subject: file, formatPath: () => "the top level" });
    }
}

function fixTopLevelKey(key: string, known: readonly string[]): Pick<ArgumentError, "expected" | "fix"> {
    // Older versions of config.yml write keys as Ruby's symbols, `:aws:`.
    if (
        knownKeys(["emrEtlRunner"]).includes(key.replace(/^:/, "")) &&
        !Object.hasOwn(environment.shape, key)
    ) {
        return { fix: `indent this key and its values below config: ${NAMESPACE}:emrEtlRunner:` };
    }
    if (key.includes(":") || Object.hasOwn(environment.shape, key)) {
        return { fix: "indent this key and its values below config:" };
    }
    const near = nearest(key, known);
    return near === undefined ? { expected: `one of ${known.join(", ")}` } : { fix: `did you mean ${near}?` };
}

function isOwn(key: string): boolean {
    return key.startsWith(`${NAMESPACE}:`);
}

/** A value as the CLI passes it to the program; an encrypted one, which is never read, as an empty string. */
function asText(value: unknown): string {
    if (isEncrypted(value)) {
        return "";
    }
    return typeof value === "string" ? value : JSON.stringify(value);
}

function isEncrypted(value: unknown): boolean {
    return isTree(value) && Object.keys(value).join() === "secure";
}

/** The values below a node that the CLI would read differently, or has encrypted. */
function misread(node: unknown, path: Path): readonly ArgumentError[] {
    if (isSeq(node)) {
        return node.items.flatMap((item, index) => misread(item, [...path, index]));
    }
    if (isMap(node)) {
        // The config layer checks a key whose whole value is encrypted; other namespaces may encrypt any value.
        return isEncrypted(node.toJSON())
            ? [encryptedValueError(path)].filter(() => path.length > 1 && isOwnPath(path))
            : node.items.flatMap(({ key, value }) => {
                  const name = String(isScalar(key) ? (key.source ?? key.value) : key);
                  const below = [...path, path.length === 0 ? withoutNamespace(name) : name];
                  return [...misread(key, below), ...misread(value, below)];
              });
    }
    const source = isScalar(node) && node.type === "PLAIN" ? (node.source ?? "") : "";
    if (!READ_DIFFERENTLY.some((pattern) => pattern.test(source)) && !isTooLarge(node)) {
        return [];
    }
    const found = `${source}, which Pulumi's CLI reads as something else`;
    const fix = `quote it, "${source}", or write a number in plain digits`;
    return [{ code: "read-differently", path, found, fix }];
}

/** Tokens that the lexer adds to those of the text: `SCALAR` precedes each scalar. */
const MARKS: readonly string[] = [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR];

/** Comments, and what stands outside of `config`, are in git too. The config layer checks the values in `config`. */
function secretsAround(text: string, config: unknown): readonly ArgumentError[] {
    const [start, , end] = (isNode(config) && config.range) || [0, 0, 0];
    const errors: ArgumentError[] = [];
    let offset = 0;
    let isScalar = false;
    for (const token of new Lexer().lex(text)) {
        const isIncluded = offset < start || offset >= end || (token.startsWith("#") && !isScalar);
        const kind = isIncluded ? secretInProse(token) : undefined;
        if (kind !== undefined) {
            const found = `${kind}, in line ${lineOf(text, offset)}`;
            errors.push({ code: "credential", path: [], found, fix: `delete it${EXPOSED}` });
        }
        offset += MARKS.includes(token) ? 0 : token.length;
        isScalar = token === CST.SCALAR;
    }
    return errors;
}

/** Whether JavaScript would round a number. */
function isTooLarge(node: unknown): boolean {
    return isScalar(node) && typeof node.value === "number" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER;
}

/** The first element of a path, which keeps the namespace only if that is not ours. */
function withoutNamespace(key: string): string {
    return isOwn(key) ? key.slice(NAMESPACE.length + 1) : key;
}

function isOwnPath([key]: Path): boolean {
    return !String(key).includes(":");
}

/** The errors of a stack file, and the errors of its config at other paths. */
export function joinErrors(
    { errors }: StackFile,
    ofConfig: readonly ArgumentError[],
): readonly ArgumentError[] {
    const shown = errors.map((error) =>
        isOwnPath(error.path) ? { ...error, path: printable(error.path) } : error,
    );
    const paths = errors.map(({ path }) => path).filter(({ length }) => length > 0); // A comment's is empty.
    const added = ofConfig.filter(({ path }) => !paths.some((outer) => isWithin(path, outer)));
    return [...shown, ...added];
}
