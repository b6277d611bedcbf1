import { isUtf8 } from "node:buffer";
import {
    type Document,
    type DocumentOptions,
    type ErrorCode,
    type ParseOptions,
    parseDocument,
    type SchemaOptions,
    visit,
} from "yaml";
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
    return errorOf(file, error, formatPlace(text, offset));
}

/** Lines that other tools leave in a file: the YAML parser's own error would name another line, or mislead. */
const FOREIGN_LINES = [
    {
        pattern: /^(?:<{7}|\|{7}|={7}|>{7})(?= |\r?$)/m,
        code: "merge-conflict",
        found: "a conflict marker",
        fix: "keep one side of the merge conflict, and delete the markers",
    },
    {
        pattern: /^> \S+@\d\S* \S+\r?$/m,
        code: "invalid-yaml",
        found: "a line that npm prints before a script's output",
        fix: "delete npm's lines; `npm run -s` does not print them, and adopt's --to writes a file without them",
    },
    {
        pattern: /(?<=^[ \t]*)<%/m,
        code: "erb-line",
        found: "an ERB tag, <% … %>",
        fix: "write plain YAML: nothing is evaluated in a stack file",
    },
] as const;

/**
 * Parses a file of one YAML document; the parser prints no warning. `masked`: the same text without what another tool
 * reads first.
 * @throws InvalidArguments with the first error, at its place.
 */
export function parseYaml(
    file: string,
    text: string,
    masked = text,
    options: ParseOptions & DocumentOptions & SchemaOptions = {},
): Document.Parsed {
    // Pretty errors quote the file, and so do warnings.
    const document = parseDocument(masked, { ...options, prettyErrors: false, logLevel: "error" });
    const [error] = document.errors;
    const foreign = error && FOREIGN_LINES.find(({ pattern }) => pattern.test(masked));
    if (foreign) {
        const { pattern, ...lines } = foreign;
        throw errorAt(file, text, masked.search(pattern), lines);
    }
    if (error) {
        const [sentence = ""] = error.message.split(";"); // After the semicolon: advice to callers of the parser.
        const words = QUOTING.includes(error.code) ? error.code.toLowerCase().replaceAll("_", " ") : sentence;
        const fix = error.code === "TAB_AS_INDENT" ? "indent with spaces" : undefined;
        throw errorAt(file, text, error.pos[0], { code: "invalid-yaml", found: `not YAML: ${words}`, fix });
    }
    checkAliases(file, text, document);
    return document;
}

/** The parser resolves aliases later: its error has no place, and it does not detect a value that contains itself. */
function checkAliases(file: string, text: string, document: Document.Parsed): void {
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

/** An error of a file as a whole, or of something else. */
export function errorOf(
    subject: string,
    error: Omit<ArgumentError, "path">,
    place = "the whole file",
): InvalidArguments {
    return new InvalidArguments([{ path: [], ...error }], { subject, formatPath: () => place });
}

/** How a file in UTF-16 begins, in hexadecimal, and the names of its encoding in iconv and PowerShell. */
const UTF_16 = [
    { start: /^fffe/, iconv: "UTF-16", powerShell: "Unicode" }, // a byte order mark: iconv reads and removes it
    { start: /^feff/, iconv: "UTF-16", powerShell: "BigEndianUnicode" },
    { start: /^..00/, iconv: "UTF-16LE", powerShell: "Unicode" }, // an ASCII character
    { start: /^00/, iconv: "UTF-16BE", powerShell: "BigEndianUnicode" },
] as const;

/** How errors name standard input. */
export const STANDARD_INPUT = "standard input";

/** Reads the bytes of a file as UTF-8, without a byte order mark. */
export function decodeUtf8(file: string, bytes: Uint8Array): string {
    const start = Buffer.from(bytes.slice(0, 2)).toString("hex");
    const utf16 = UTF_16.find((row) => row.start.test(start));
    if (utf16 === undefined && isUtf8(bytes)) {
        return new TextDecoder().decode(bytes);
    }
    const { iconv, powerShell } = utf16 ?? { iconv: "WINDOWS-1252", powerShell: "1252" };
    const found = utf16
        ? "UTF-16, which the > of Windows PowerShell writes"
        : `bytes in line ${firstLineNotUtf8(bytes)} that are not UTF-8, but perhaps Windows-1252 or Latin-1`;
    const shell = utf16 ? "PowerShell" : "PowerShell 7";
    const name = /^[\w./-]+$/.test(file) ? file : `"${file}"`;
    const fix =
        file === STANDARD_INPUT
            ? `convert it to UTF-8 in the pipe: \`… | iconv -f ${iconv} -t UTF-8 | …\``
            : `convert it to UTF-8: \`iconv -f ${iconv} -t UTF-8 ${name} > converted && mv converted ${name}\`, or in ${shell} \`(Get-Content -Encoding ${powerShell} ${name}) | Set-Content -Encoding utf8 ${name}\``;
    throw errorOf(file, { code: "not-utf-8", found, fix });
}

function firstLineNotUtf8(bytes: Uint8Array): number {
    const lines = Buffer.from(bytes).toString("latin1").split("\n");
    return 1 + lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
}

/** Of an excerpt, which is indented by 6. */
const LONGEST_LINE = 94;

/** The number of the line at an offset. */
export function lineOf(text: string, offset: number): number {
    return text.slice(0, offset).split("\n").length;
}

function formatPlace(text: string, offset: number): string {
    const line = lineOf(text, offset);
    const column = offset - text.slice(0, offset).lastIndexOf("\n");
    const place = `line ${line}, column ${column}`;
    const excerpt = maskValues(text.split(/\r?\n/)[line - 1] ?? "");
    return excerpt.trim() === "" || excerpt.length > LONGEST_LINE
        ? place
        : [place, excerpt, `${" ".repeat(column - 1)}^`].join("\n      ");
}

/** Masks every word but the keys of stack files: any other word may be part of a secret. */
function maskValues(line: string): string {
    const known = new Set(keysIn(stackFileSchema()).flatMap((key) => [key, ...key.split(":")]));
    return line
        .replaceAll("\t", " ")
        .replace(/[^\s:,[\]{}"'#&*!|>%@`<=-][^\s:,[\]{}"'#]*/g, (word) =>
            known.has(word) ? word : "·".repeat(word.length),
        );
}

/** The keys that a JSON Schema knows, at any depth. */
function keysIn(schema: unknown): readonly string[] {
    return typeof schema !== "object" || schema === null
        ? []
        : Object.entries(schema).flatMap(([keyword, below]) => [
              ...(keyword === "properties" ? Object.keys(below as object) : []),
              ...keysIn(below),
          ]);
}
