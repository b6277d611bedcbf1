import { type Path, type Problems, valueAt } from "../args/errors";
import { type StackConfig, stackConfig } from "../args/schema";
import { explainIssue, SchemaGuide } from "./explain";

/**
 * Everything that the schema refuses becomes a problem and gives way to its default, so that the rules between
 * fields are checked in the same go.
 */
export function parseShape(config: unknown, problems: Problems): StackConfig {
    let candidate = config;
    let guide: SchemaGuide | undefined;
    for (;;) {
        const result = stackConfig.safeParse(candidate);
        if (result.success) {
            return result.data;
        }
        if (Object.keys(candidate as object).length === 0) {
            throw result.error; // The defaults themselves: a mistake in the schema, not in the stack file.
        }
        guide ??= new SchemaGuide(stackConfig);
        const cuts: Path[] = [];
        for (const issue of result.error.issues) {
            for (const { path, allowed, found, meant } of explainIssue(issue, config, guide, mends)) {
                if (meant === undefined) {
                    problems.add(path, allowed, found);
                } else {
                    problems.addMisspelt(path, meant, allowed);
                }
                cuts.push(whatGivesWay(candidate, path));
            }
        }
        candidate = cuts.reduce(without, candidate);
    }

    function mends(path: Path, value: unknown): boolean {
        const { error } = stackConfig.safeParse(replaced(config, path, value));
        return !error?.issues.some((issue) => issue.path.slice(0, path.length).join() === path.join());
    }
}

/**
 * The value at a path; where there is none (a required key that is missing), what should hold it. A list gives way
 * as a whole: its other items would get other numbers.
 */
function whatGivesWay(value: unknown, path: Path): Path {
    const list = path.findIndex((_, depth) => Array.isArray(valueAt(value, path.slice(0, depth))));
    let end = list === -1 ? path.length : list;
    while (end > 0 && valueAt(value, path.slice(0, end)) === undefined) {
        end -= 1;
    }
    return path.slice(0, end);
}

/** A copy without the value at a path, if it is still there. */
function without(value: unknown, path: Path): unknown {
    const [key, ...rest] = path;
    if (key === undefined) {
        return {};
    }
    if (valueAt(value, path) === undefined) {
        return value;
    }
    const { [key]: below, ...others } = value as Readonly<Record<string | number, unknown>>;
    return rest.length === 0 ? others : { ...others, [key]: without(below, rest) };
}

/** A copy with another value at a path. */
function replaced(root: unknown, path: Path, value: unknown): unknown {
    const copy = structuredClone(root);
    const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    parent[path.at(-1) ?? ""] = value;
    return copy;
}
