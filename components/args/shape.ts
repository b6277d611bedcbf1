import type { z } from "zod";
import { type ArgumentError, formatPath, type Path } from "../domain/errors";
import { valueAt } from "../domain/value-at";
import { describe } from "./describe";
import { OWNED_KEYS } from "./emr-etl-runner";
import { fixFor } from "./fix";
import { type Environment, environment } from "./schema";
import { SchemaGuide } from "./schema-guide";
import { unknownKeyError } from "./unknown-key";
import { unreadableErrors } from "./unreadable";

/** The result of the first phase: the six objects, complete, or every error of their shape. */
export type Shape =
    | { readonly environment: Environment; readonly errors: readonly [] }
    | { readonly environment: undefined; readonly errors: readonly ArgumentError[] };

/** Checks types, ranges, formats, unknown keys and unreadable strings. `args`: the six objects, and nothing else. */
export function checkShape(args: unknown): Shape {
    // A rule refuses an owned key, whatever it holds, with a reason that says more.
    const unreadable = unreadableErrors(args).filter(({ path }) => !isOwned(path));
    const parsed = environment.safeParse(args);
    if (parsed.success && unreadable.length === 0) {
        return { environment: parsed.data, errors: [] };
    }
    const guide = new SchemaGuide();
    const reported = new Set(unreadable.map(({ path }) => formatPath(path)));
    const others = (parsed.error?.issues ?? [])
        .flatMap((issue) => explain(issue, args, guide))
        .filter(({ path }) => !reported.has(formatPath(path)));
    return {
        environment: undefined,
        errors: [...unreadable, ...others].map((error) => ({ ...error, path: guide.printable(error.path) })),
    };
}

function isOwned([object, ...keys]: Path): boolean {
    return object === "emrEtlRunner" && Object.hasOwn(OWNED_KEYS, keys.join("."));
}

function explain(issue: z.core.$ZodIssue, args: unknown, guide: SchemaGuide): readonly ArgumentError[] {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => unknownKeyError([...path, key], guide));
    }
    const value = valueAt(args, path);
    return [
        {
            code: codeOf(issue, value),
            path,
            found: duplicatesIn(issue, value) ?? describe(value, guide.values(path)),
            expected: guide.expected(path) ?? issue.message,
            fix: fixFor(path, value, guide, (other) => accepts(args, path, other)),
        },
    ];
}

function codeOf(issue: z.core.$ZodIssue, value: unknown) {
    if (value === undefined) {
        return "missing-value";
    }
    if (issue.code === "invalid_type") {
        return "wrong-type";
    }
    return duplicatesIn(issue, value) === undefined ? "invalid-value" : "duplicate-item";
}

/** A list's only refinement is `distinct`. */
function duplicatesIn({ code }: z.core.$ZodIssue, value: unknown): string | undefined {
    if (code !== "custom" || !Array.isArray(value)) {
        return undefined;
    }
    const second = value.findIndex((item, index) => value.indexOf(item) !== index);
    return `the same value as items ${value.indexOf(value[second])} and ${second}`;
}

/** Whether the schema accepts another value at a path. */
function accepts(args: unknown, path: Path, value: unknown): boolean {
    const copy = structuredClone(args);
    const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    parent[path.at(-1) ?? ""] = value;
    const { error } = environment.safeParse(copy);
    return !error?.issues.some((issue) => issue.path.slice(0, path.length).join() === path.join());
}
