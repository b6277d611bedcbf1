/**
 * Escapes what a terminal would execute or hide in a name from AWS: control characters, line separators and invisible
 * formatting characters.
 */
export function escaped(name: string): string {
    return replaceInvisible(name, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Replaces the characters that `escaped` escapes. */
export function replaceInvisible(name: string, replacement: (character: string) => string): string {
    return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, replacement);
}

/** Like `escaped`, but keeps the ends of lines. */
export function escapedLines(text: string): string {
    return text.split("\n").map(escaped).join("\n");
}

/** Indented JSON with a newline at its end. Readers of the JSON get every character as it was, and terminals none that is unsafe. */
export function jsonText(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
    const unicode = (text: string) =>
        [...Array(text.length).keys()]
            .map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`)
            .join("");
    const lines = JSON.stringify(value, replacer, 2).split("\n");
    return `${lines.map((line) => replaceInvisible(line, unicode)).join("\n")}\n`;
}
