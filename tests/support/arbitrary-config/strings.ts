import fc from "fast-check";

/** Strings that YAML, ERB or Ruby could read as something else. */
const fragment = fc.constantFrom(
    ..."<% <%% <%= %> %%> < % << \\ \\n \" ' # : &a *a ! --- ... | > @ ` { [".split(" "),
    ...["<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>", "<%= `id` %>", "!ruby/object:Object ", "\n---\n"],
    ...["\n", "\n\n", "\t", " ", "  ", " #", ": ", "- ", "? ", ", "],
    ...["\u00a0", "\u2028", "\u2029", "\ufeff", "\ud7ff", "\ue000", "\ufffd", "😀", "é", "e\u0301"],
);

const word = fc.constantFrom(
    ..."= yes No on OFF y true null ~ 5.9 5.30 0123 0x1f 0b11 0o7 1_000 1e3 12:30 :x".split(" "),
    ..."2018-01-01 .inf -.NaN !!str constructor toString 0 managed - =begin".split(" "),
    ...["ADD HERE.", "--- a"],
);

/** A character that Ruby's YAML reader keeps: not a control character, noncharacter or surrogate. */
const character = fc
    .oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
        { weight: 1, arbitrary: fc.constantFrom(0x09, 0x0a) },
        { weight: 2, arbitrary: fc.integer({ min: 0xa0, max: 0xd7ff }) },
        { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0xfdcf }) },
        { weight: 1, arbitrary: fc.integer({ min: 0xfdf0, max: 0xfffd }) },
        { weight: 1, arbitrary: fc.integer({ min: 0x1_0000, max: 0x10_ffff }) },
    )
    .filter((codePoint) => (codePoint & 0xfffe) !== 0xfffe)
    .map((codePoint) => String.fromCodePoint(codePoint));

/** Without an @ after a colon: a URL with a password is refused. */
export const withoutPassword = (text: string): string =>
    /:.*@/s.test(text) ? text.replaceAll("@", "=") : text;

export function text(maxLength: number): fc.Arbitrary<string> {
    const short = fc.string({ unit: fc.oneof(character, fragment), minLength: 1, maxLength: 8 });
    return fc
        .oneof(
            { weight: 4, arbitrary: short },
            { weight: 2, arbitrary: word },
            // Longer than any line that a YAML writer leaves on one line.
            fc.tuple(short, fc.integer({ min: 2, max: 300 })).map(([t, n]) => t.repeat(n)),
        )
        .filter(({ length }) => length <= maxLength)
        .map(withoutPassword);
}

export const orEmpty = (maxLength: number) =>
    fc.oneof(fc.constant(""), { arbitrary: text(maxLength), weight: 8 });

/** `<<` and `__proto__` are refused. */
export const key = (maxLength: number) =>
    text(maxLength).filter((name) => name !== "<<" && name !== "__proto__");

export function dictionary<T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>, maxKeys = 4) {
    return fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });
}

const tagCharacter = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(..."abcXYZ019 _.:/=+-@") },
    fc.constantFrom(..."éßЖ部𝐱٣½\u00a0\u2028\u3000"),
);

/** The part of a tag: characters that EMR and IAM accept, up to a length in UTF-16. */
const tagText = (minLength: number, maxLength: number) =>
    fc
        .string({ unit: tagCharacter, minLength, maxLength, size: "max" })
        .filter((text) => text.length <= maxLength && !/^aws:/i.test(text))
        .map(withoutPassword);

/** Tags, among them one as long as AWS accepts; no two have keys that differ in case only. */
export function tags(maxTags: number, maxKeyLength: number) {
    return fc
        .tuple(
            fc.uniqueArray(fc.tuple(tagText(1, maxKeyLength), tagText(0, 2 * maxKeyLength)), {
                maxLength: maxTags,
                selector: ([name]) => name.toLowerCase(),
            }),
            fc.boolean(),
        )
        .map(([entries, long]) => [
            ...entries.slice(0, long ? maxTags - 1 : maxTags),
            ...(long ? [["k".repeat(128), "v".repeat(256)] as const] : []),
        ])
        .map((entries) => Object.fromEntries(entries) as Record<string, string>);
}

/** JSON of strings that every reader keeps. */
export const jsonText = fc
    .tuple(
        fc.oneof(
            fc.constantFrom(null, true, 0, -1.5e300),
            text(200),
            fc.array(text(40), { maxLength: 3 }),
            dictionary(text(40), text(40)),
        ),
        fc.constantFrom(undefined, 1, "\t"),
    )
    .map(([value, indent]) => withoutPassword(JSON.stringify(value, undefined, indent)));

export function drawnFrom(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
    return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}

export const onOneLine = text(200).map((value) => value.replaceAll("\n", " "));
