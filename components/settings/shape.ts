import { explainIssue, SchemaGuide } from "./explain";
import { type Path, type Problems, valueAt } from "./problems";
import { type StackConfig, stackConfig } from "./schema";

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
        for (const issue of result.error.issues) {
            for (const { path, allowed, found } of explainIssue(issue, config, guide)) {
                problems.add(path, allowed, found);
                candidate = without(candidate, path);
            }
        }
    }
}

/**
 * A copy without the value at a path; where there is none (a required key that is missing), without what should
 * hold it. A list gives way as a whole: its other items would get other numbers.
 */
function without(value: unknown, path: Path): unknown {
    const list = path.findIndex((_, depth) => Array.isArray(valueAt(value, path.slice(0, depth))));
    let end = list === -1 ? path.length : list;
    while (end > 0 && valueAt(value, path.slice(0, end)) === undefined) {
        end -= 1;
    }
    return remove(value, path.slice(0, end));
}

function remove(value: unknown, [key, ...rest]: Path): unknown {
    if (key === undefined) {
        return {};
    }
    const { [key]: below, ...others } = value as Readonly<Record<string | number, unknown>>;
    return rest.length === 0 ? others : { ...others, [key]: remove(below, rest) };
}
