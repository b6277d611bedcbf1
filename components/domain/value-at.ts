import type { Path } from "./errors";

/** The value at a path of own properties; undefined if it is missing. */
export function valueAt(root: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, key)
                ? (value as Record<string | number, unknown>)[key]
                : undefined,
        root,
    );
}

/** What `visit` returns for a value and for each value below it, parents first. */
export function flatMapValues<T>(
    value: unknown,
    visit: (value: unknown, path: Path) => readonly T[],
    path: Path = [],
): readonly T[] {
    const below = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return [
        ...visit(value, path),
        ...below.flatMap(([key, item]) =>
            flatMapValues(item, visit, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
    ];
}
