import { distance } from "fastest-levenshtein";

/** The known word that is nearest to a key or to the value of an enum, if one is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    return nearestFirst(word, known).find(
        (candidate) => isNear(word, candidate) && isNearWordByWord(word, candidate),
    );
}

export function nearestFirst(word: string, known: readonly string[]): readonly string[] {
    return known.toSorted((a, b) => difference(word, a) - difference(word, b));
}

/** Whether at most a share of the longer word differs, by default half. */
export function isNear(word: string, known: string, most = 0.5): boolean {
    return difference(word, known) <= most;
}

/** By its letters alone, `master_instance_count` is near to `core_instance_count`, which means something else. */
function isNearWordByWord(word: string, known: string): boolean {
    const [words, knownWords] = [wordsOf(word), wordsOf(known)];
    return (
        words.length !== knownWords.length ||
        words.every((part, index) => isNear(part, knownWords[index] ?? "", 0.6))
    );
}

/** The words of a `snake_case` or `camelCase` key. */
function wordsOf(key: string): readonly string[] {
    return key
        .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
        .toLowerCase()
        .split(/[_-]/);
}

function difference(a: string, b: string): number {
    return distance(a.toLowerCase(), b.toLowerCase()) / Math.max(a.length, b.length);
}
