/**
 * Escapes what a terminal would execute or hide in a name from AWS: control characters, line separators and invisible
 * formatting characters.
 */
export function escaped(name: string): string {
    return name.replace(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}
