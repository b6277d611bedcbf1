import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorOf } from "./yaml-error";

/**
 * The stack that the argument of a command means: the name of a stack, or the path of its file in this directory.
 * @throws InvalidArguments with what to pass instead.
 */
export function stackOf(argument: string, directory: string): string {
    const parts = argument.split(/[\\/]/);
    const name = parts.pop() ?? "";
    if (parts.length === 0 && existsSync(join(directory, stackFileName(name)))) {
        return name; // It may look like a file's name: names of stacks may contain dots.
    }
    const stack = /^Pulumi\.(.+)\.ya?ml$/i.exec(name)?.[1];
    if (stack !== undefined && isSameDirectory(directory, [...parts, ""].join("/"))) {
        return stack;
    }
    if (stack === undefined && parts.length === 0 && /^[\w.-]+$/.test(name) && !YAML_FILE.test(name)) {
        return name;
    }
    throw errorOf(
        argument,
        { code: "not-a-stack", ...notAStack(argument, name, stack, directory) },
        "the argument",
    );
}

const YAML_FILE = /\.ya?ml(\.\w+)?$/i;

function notAStack(argument: string, name: string, stack: string | undefined, directory: string) {
    if (stack !== undefined) {
        const fix = `run this command in the stack file's project, or copy the file to ${directory}`;
        return { found: "a stack file of another directory", fix };
    }
    const isProject = /^Pulumi\.ya?ml$/i.test(name);
    if (YAML_FILE.test(name) && !isProject) {
        const fix = `if it is EmrEtlRunner's config.yml: \`npm run -s adopt -- ${argument}\` prints a stack file for it`;
        return { found: "a file that is not a stack file", fix };
    }
    const found = isProject ? "the project's file" : "not a stack's name";
    return { found, expected: `the name of a stack: ${stacksOf(directory).join(", ") || "such as dev"}` };
}

/** npm runs a script in the project's directory, and INIT_CWD is where npm was called. */
function isSameDirectory(directory: string, folder: string): boolean {
    return [directory, process.env.INIT_CWD ?? directory].some((start) => {
        const other = resolve(start, folder === "" ? "." : folder);
        return existsSync(other) && realpathSync(other) === realpathSync(directory);
    });
}

/** The file of a stack. */
export function stackFileName(stack: string): string {
    return `Pulumi.${stack}.yaml`;
}

/** The stacks with a file in a directory. */
export function stacksOf(directory: string): readonly string[] {
    return readdirSync(directory).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}
