import { type Document, type ErrorCode, visit, type YAMLParseError } from "yaml";
import { type ArgumentError, InvalidArguments } from "../components/domain/errors";
import { stackFileSchema } from "./schema";

/** The codes whose messages quote the file; the quotation may be part of a secret. */
const QUOTING: readonly ErrorCode[] = [
    "BAD_DIRECTIVE",
    "BAD_DQ_ESCAPE",
    "TAG_RESOLVE_FAILED",
    "UNEXPECTED_TOKEN",
];

/** An error at one place of a file, printed with its line and a caret. */
export function errorAt(
    file: string,
    text: string,
    offset: number,
    error: Omit<ArgumentError, "path">,
): InvalidArguments {
    return new InvalidArguments([{ path: [], ...error }], {
        subject: file,
        formatPath: () => formatPlace(text, offset),
    });
}

/** An error of the YAML parser, with its own message. */
export function yamlError(
    file: string,
    text: string,
    { code, message, pos }: YAMLParseError,
): InvalidArguments {
    const [sentence = ""] = message.split(";"); // After the semicolon: advice to callers of the parser.
    const found = QUOTING.includes(code) ? code.toLowerCase().replaceAll("_", " ") : sentence;
    return errorAt(file, text, pos[0], { code: "invalid-yaml", found: `not YAML: ${found}` });
}

/** The parser resolves aliases later: its error has no place, and it does not detect a value that contains itself. */
export function checkAliases(file: string, text: string, document: Document.Parsed): void {
    visit(document, {
        Alias: (_, alias, ancestors) => {
            const target = alias.resolve(document);
            if (target === undefined || ancestors.includes(target)) {
                throw errorAt(file, text, alias.range?.[0] ?? 0, {
                    code: "unresolved-alias",
                    found: "an alias without an anchor that ends before it",
                    fix: "write the value itself, in quotes if it is a string that begins with *",
                });
            }
        },
    });
}

/** Reads the bytes of a file as UTF-8, without a byte order mark. */
export function decodeUtf8(file: string, bytes: Uint8Array): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        const found = "bytes that are not UTF-8";
        const fix = "save the file as UTF-8 (the > of Windows PowerShell writes UTF-16)";
        throw new InvalidArguments([{ code: "not-utf-8", path: [], found, fix }], {
            subject: file,
            formatPath: () => "the whole file",
        });
    }
}

const LONGEST_LINE = 100;

function formatPlace(text: string, offset: number): string {
    const before = text.slice(0, offset).split("\n");
    const line = before.length;
    const column = (before.at(-1) ?? "").length + 1;
    const place = `line ${line}, column ${column}`;
    const excerpt = maskValues(text.split(/\r?\n/)[line - 1] ?? "");
    return excerpt.trim() === "" || excerpt.length > LONGEST_LINE
        ? place
        : [place, excerpt, `${" ".repeat(column - 1)}^`].join("\n      ");
}

/** Masks every word but the keys of stack files: any other word may be part of a secret. */
function maskValues(line: string): string {
    const keys = JSON.stringify(stackFileSchema()).matchAll(/"([^"]+)":/g);
    const known = new Set([...keys].flatMap(([, key = ""]) => [key, ...key.split(":")]));
    return line
        .replaceAll("\t", " ")
        .replace(/[^\s:,[\]{}"'#&*!|>%@`<=-][^\s:,[\]{}"'#]*/g, (word) =>
            known.has(word) ? word : "·".repeat(word.length),
        );
}
