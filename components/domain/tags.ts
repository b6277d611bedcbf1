import type { ArgumentError, Path } from "./errors";
import { LIMITS } from "./limits";
import type { Tags } from "./naming";

/** Where a user's tags go. */
export interface TagPlace {
    /** The path of a tag, as far as a message may show it: the tag's key may be a secret. */
    readonly pathOf: (key: string) => Path;
    /** The stack's own tags on the same resources. */
    readonly own: Tags;
    /**
     * Whether IAM is one of the services: it refuses two keys that differ in case only.
     * @see https://github.com/aws/aws-cdk/issues/26253
     */
    readonly iam: boolean;
}

const CHARACTER = new RegExp(LIMITS.tag.character, "u");

/**
 * The errors of tags by the strictest of the services that they reach. Values are never quoted. A tag whose key is not
 * shown has its number among the tags.
 */
export function* tagErrors(
    tags: Readonly<Record<string, unknown>>,
    { pathOf, own, iam }: TagPlace,
): Iterable<ArgumentError> {
    const keys = Object.keys(tags);
    const sameInLowerCase = (key: string) => (other: string) => other.toLowerCase() === key.toLowerCase();
    for (const [index, key] of keys.entries()) {
        const path = pathOf(key);
        const label = `tag ${index + 1} of ${keys.length}`;
        // In another case too: the names of condition keys, such as `aws:ResourceTag/…`, are not case-sensitive.
        const ownKey = Object.keys(own).find(sameInLowerCase(key));
        if (ownKey !== undefined) {
            if (key !== ownKey || tags[key] !== own[ownKey]) {
                const fix = `omit this key: the stack sets ${ownKey} to "${own[ownKey]}"`;
                yield { code: "owned-tag", path, found: `another value or spelling in ${label}`, fix };
            }
            continue;
        }
        const first = keys.findIndex(sameInLowerCase(key));
        if (iam && first < index) {
            const found = `the key of tag ${first + 1} in another case, in ${label}`;
            const fix = "omit or rename one of them: IAM takes keys that differ in case only for the same";
            yield { code: "tag-differs-in-case", path, found, fix };
        }
        yield* partErrors(`the key of ${label}`, key, { from: 1, to: LIMITS.tag.key }, path);
        yield* partErrors(`the value of ${label}`, tags[key], { from: 0, to: LIMITS.tag.value }, path);
    }
}

function* partErrors(
    name: string,
    text: unknown,
    length: { readonly from: number; readonly to: number },
    path: Path,
): Iterable<ArgumentError> {
    if (typeof text !== "string") {
        const found = `${name} has the type ${text === null ? "null" : typeof text}`;
        yield { code: "invalid-tag", path, found, expected: "a string, in quotes if it is a number or true" };
        return;
    }
    if (/^aws:/i.test(text)) {
        const found = `${name} begins with aws:, which AWS reserves in keys and values`;
        yield { code: "aws-tag", path, found, fix: "rename it" };
    }
    if (text.length < length.from || text.length > length.to) {
        const found = `${name} has ${text.length} characters`;
        yield { code: "invalid-tag", path, found, expected: `${length.from} to ${length.to} characters` };
    }
    const characters = [...text];
    const wrong = characters.findIndex((character) => !CHARACTER.test(character));
    if (wrong !== -1) {
        const found = `${name} has ${codePoint(characters[wrong])} as character ${wrong + 1}`;
        const expected = "letters, digits, spaces and _ . : / = + - @: EMR and IAM refuse all others";
        yield { code: "invalid-tag", path, found, expected };
    }
}

/** A character by its number, and itself if a terminal can show it. */
function codePoint(character = ""): string {
    const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `U+${number}${/[!-~]/.test(character) ? ` (${character})` : ""}`;
}
