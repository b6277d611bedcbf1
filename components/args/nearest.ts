import { distance } from "fastest-levenshtein";

/** The known word that a key, or the value of an enum, must have been meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    return known
        .filter((candidate) => isNear(word, candidate) && isNearWordByWord(word, candidate))
        .sort((a, b) => difference(word, a) - difference(word, b))
        .at(0);
}

/** By default, at most half of the longer word may differ. */
export function isNear(word: string, known: string, most = 0.5): boolean {
    return difference(word, known) <= most;
}

/** `master_instance_count` is near to `core_instance_count` by its letters, and means something else. */
function isNearWordByWord(word: string, known: string): boolean {
    const [words, others] = [wordsOf(word), wordsOf(known)];
    return (
        words.length !== others.length || words.every((part, index) => isNear(part, others[index] ?? "", 0.6))
    );
}

/** Of `snake_case` and of `camelCase`. */
function wordsOf(key: string): readonly string[] {
    return key
        .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
        .toLowerCase()
        .split(/[_-]/);
}

function difference(a: string, b: string): number {
    return distance(a.toLowerCase(), b.toLowerCase()) / Math.max(a.length, b.length);
}
