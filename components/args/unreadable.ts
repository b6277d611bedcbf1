import type { ArgumentError, Path } from "../domain/errors";
import { flatMapValues } from "../domain/value-at";

/**
 * Control characters other than tab and newline, U+007F to U+009F, noncharacters and lone surrogates: Ruby's YAML
 * reader changes some (U+0085 to a space) and refuses the whole file for the rest.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what it must find.
const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

/** `<<` merges in Ruby's YAML reader, even in quotes; JavaScript's objects cannot hold `__proto__` like other keys. */
const UNUSABLE_KEYS = ["<<", "__proto__"];

/** YAML readers require a key's colon within 1,024 characters, and an escaped character needs up to 6. */
const LONGEST_KEY = 150;

/** The errors of every string and key below a value that Ruby's YAML reader, EmrEtlRunner's, would change or refuse. */
export function unreadableErrors(root: unknown): readonly ArgumentError[] {
    return flatMapValues(root, (value, path) => {
        const key = path.at(-1);
        return [
            ...(typeof key === "string" ? keyErrors(key, path) : []),
            ...(typeof value === "string" ? stringErrors(value, path) : []),
        ];
    });
}

function stringErrors(text: string, path: Path): readonly ArgumentError[] {
    const match = UNREADABLE.exec(text);
    if (!match) {
        return [];
    }
    const codePoint = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const found = `U+${codePoint} as character ${[...text.slice(0, match.index)].length + 1}`;
    const expected =
        "printable characters, tab and newline: Ruby's YAML reader changes the rest, or refuses the whole file";
    return [{ code: "unreadable-text", path, found, expected }];
}

function keyErrors(key: string, path: Path): readonly ArgumentError[] {
    if (UNUSABLE_KEYS.includes(key)) {
        const fix =
            key === "<<"
                ? "write the merged keys themselves: EmrEtlRunner's YAML reader merges this key, quoted or not"
                : "rename it";
        return [{ code: "unreadable-key", path, found: `the key ${key}`, fix }];
    }
    if (key.length > LONGEST_KEY) {
        const found = `a key of ${key.length} characters`;
        return [{ code: "unreadable-key", path, found, expected: `at most ${LONGEST_KEY} characters` }];
    }
    return stringErrors(key, path);
}
