import { styleText } from "node:util";
import { escaped, escapedLines } from "./escape";

/** A stream for people; `columns` is the width of a terminal. */
export type Terminal = NodeJS.WritableStream & { readonly columns?: number };

/** The most columns of what a command prints for people. */
export const WIDTH = 100;

/** Wraps every line of a message for a stream: at its terminal's width, at most 100 columns. */
export function wrapped(message: string, { columns }: Terminal): string {
    const width = Math.min(columns || WIDTH, WIDTH);
    return message
        .split("\n")
        .flatMap((line) => (line.length <= width ? line : wrapLine(line, width)))
        .join("\n");
}

/** Wraps a line below its first word, or below the first word after its label. Shorter lines keep their spaces. */
function wrapLine(line: string, width: number): readonly string[] {
    const [start = ""] = /^ *(?:(?:found|expected|fix): +|- )?/.exec(line) ?? [];
    const lines = [start];
    // A command in backticks stays whole, like a URL: it can be copied.
    for (const word of line.slice(start.length).match(/(?:`[^`]*`|\S)+/g) ?? []) {
        const last = lines.at(-1) ?? "";
        const isFirst = last.length === start.length;
        if (isFirst || last.length + 1 + word.length <= width) {
            lines.splice(-1, 1, `${last}${isFirst ? "" : " "}${word}`);
        } else {
            lines.push(`${" ".repeat(start.length)}${word}`);
        }
    }
    return lines;
}

/** Colours text on a terminal, and as NO_COLOR and FORCE_COLOR say. One format: Node 20 applies several anywhere. */
function coloured(format: "bold" | "red" | "yellow", text: string, stream: Terminal): string {
    return styleText(format, text, { stream });
}

/** The message of an error, in colours on a terminal: the first line and the key of each error stand out. */
export function formatError(message: string, stream: Terminal): string {
    const [title = "", ...lines] = wrapped(escapedLines(message), stream).split("\n");
    const keys = lines.map((line) => (/^ {2}\S/.test(line) ? coloured("bold", line, stream) : line));
    return [coloured("red", title, stream), ...keys].join("\n");
}

/** Warnings under their number; an empty string if there are none. */
export function formatWarnings(warnings: readonly string[], stream: Terminal): string {
    const count = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
    const items = warnings.map((warning) => wrapped(`  - ${escaped(warning)}`, stream));
    return warnings.length === 0 ? "" : ["", coloured("yellow", count, stream), ...items, ""].join("\n");
}
