import type { Path } from "./errors";

/** A text that would not arrive in EmrEtlRunner as it was written, or should not. */
export interface TextProblem {
    readonly path: Path;
    readonly found: string;
    readonly allowed: string;
}

/**
 * Control characters other than tab and newline, U+007F to U+009F, noncharacters and lone surrogates: Ruby's YAML
 * reader turns some into others (U+0085 into a space) and refuses the whole file for the rest.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what it is for.
const UNREADABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

/** `<<` merges in Ruby's YAML reader, even in quotes; JavaScript's objects cannot hold `__proto__` like other keys. */
const UNUSABLE_KEYS: Readonly<Record<string, string>> = {
    "<<": "the merged keys themselves, or another key: EmrEtlRunner's YAML reader merges this one, quoted or not",
    ["__proto__"]: "another key",
};

/** YAML's readers give up on a key without a colon within 1,024 characters, and an escape may take 6. */
const LONGEST_KEY = 150;

/** What EmrEtlRunner's config.yml.sample has wherever something is to be filled in. */
const PLACEHOLDER = "ADD HERE";

/** Every text in a value, keys among them, that EmrEtlRunner's YAML reader would change or refuse. */
export function textProblems(value: unknown, path: Path): readonly TextProblem[] {
    if (value === PLACEHOLDER) {
        return [
            { path, found: PLACEHOLDER, allowed: "a value of yours, or no such line: the sample's is left" },
        ];
    }
    if (typeof value === "string") {
        return unreadable(value, path);
    }
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => textProblems(item, [...path, index]));
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, item]) => {
        return [
            ...unusable(key, [...path, key]),
            ...unreadable(key, [...path, key]),
            ...textProblems(item, [...path, key]),
        ];
    });
}

function unusable(key: string, path: Path): readonly TextProblem[] {
    const allowed = Object.hasOwn(UNUSABLE_KEYS, key) ? UNUSABLE_KEYS[key] : undefined;
    if (allowed !== undefined) {
        return [{ path, found: `the key ${key}`, allowed }];
    }
    return key.length <= LONGEST_KEY
        ? []
        : [{ path, found: `a key of ${key.length} characters`, allowed: `at most ${LONGEST_KEY} in a key` }];
}

function unreadable(text: string, path: Path): readonly TextProblem[] {
    const match = UNREADABLE.exec(text);
    if (!match) {
        return [];
    }
    const codePoint = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return [
        {
            path,
            found: `U+${codePoint} as character ${[...text.slice(0, match.index)].length + 1} of the text`,
            allowed:
                "printable characters, tab and newline: Ruby's YAML reader changes others, or refuses the whole file",
        },
    ];
}
