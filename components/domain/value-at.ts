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
