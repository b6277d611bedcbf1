import type { z } from "zod";
import { type ArgumentError, formatPath, isWithin, type Path } from "../domain/errors";
import { valueAt } from "../domain/value-at";
import { describe } from "./describe";
import { OWNED_KEYS } from "./emr-etl-runner";
import { fixFor, NOT_EVALUATED } from "./fix";
import { openValueErrors, templateIn } from "./open-value";
import { type Environment, environment } from "./schema";
import { expectedAt, knownValues, printable } from "./schema-guide";
import { secretErrors } from "./secrets";
import { unknownKeyError } from "./unknown-key";
import { unreadableErrors } from "./unreadable";

/**
 * The first phase: checks types, ranges, formats, unknown keys, unreadable strings and secrets in plain text. `args`: the objects, and
 * nothing else. Returns them complete, or every error.
 */
export function checkShape(args: unknown): { environment?: Environment; errors: readonly ArgumentError[] } {
    // A rule refuses an owned key, whatever it holds, with a reason that says more.
    const refused = [...unreadableErrors(args), ...secretErrors(args)].filter(({ path }) => !isOwned(path));
    const open = openValueErrors(args);
    const parsed = environment.safeParse(args);
    if (parsed.success && refused.length === 0 && open.length === 0) {
        return { environment: parsed.data, errors: [] };
    }
    const explained = (parsed.error?.issues ?? []).flatMap((issue) => explain(issue, args));
    const isReported = (path: Path, earlier: readonly ArgumentError[]) =>
        earlier.some((error) => formatPath(error.path) === formatPath(path));
    const errors = [
        ...open,
        ...refused.filter(({ path }) => !isReported(path, open)),
        ...explained.filter(
            ({ code, path }) =>
                !isReported(path, [...open, ...refused]) &&
                !(code === "duplicate-item" && open.some((error) => isWithin(error.path, path))),
        ),
    ].map((error) => ({ ...error, path: printable(error.path) }));
    return { errors };
}

function isOwned([object, ...keys]: Path): boolean {
    return object === "emrEtlRunner" && Object.hasOwn(OWNED_KEYS, keys.join("."));
}

function explain(issue: z.core.$ZodIssue, args: unknown): readonly ArgumentError[] {
    const path = issue.path as Path;
    const expected = expectedAt(path) ?? issue.message;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => unknownKeyError([...path, key]));
    }
    if (issue.code === "custom" && issue.params?.code === "duplicate-item") {
        return [{ code: "duplicate-item", path, found: issue.message, expected }];
    }
    const value = valueAt(args, path);
    const isTemplate = templateIn(typeof value === "string" ? value : unquoted(value), path) !== undefined;
    const wrong = isTemplate ? "open-value" : issue.code === "invalid_type" ? "wrong-type" : "invalid-value";
    return [
        {
            code: value === undefined ? "missing-value" : wrong,
            path,
            found: describe(value, knownValues(path)),
            expected,
            fix: isTemplate ? NOT_EVALUATED : fixFor(path, value, (other) => accepts(args, path, other)),
        },
    ];
}

/** The string that an unquoted `{{ x }}` was meant to be: YAML reads an object with an object as its key. */
function unquoted(value: unknown): string {
    const [key, ...others] = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return key !== undefined && others.length === 0 && key[1] === null && key[0].startsWith("{")
        ? `{${key[0]}}`
        : "";
}

/** Whether the schema accepts another value at a path. */
function accepts(args: unknown, path: Path, value: unknown): boolean {
    const copy = structuredClone(args);
    const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    parent[path.at(-1) ?? ""] = value;
    const { error } = environment.safeParse(copy);
    return !error?.issues.some((issue) => issue.path.slice(0, path.length).join() === path.join());
}
