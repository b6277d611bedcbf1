import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ArgumentError, InvalidArguments } from "../components/domain/errors";
import { type Registration, type Run, runProgram, Secret } from "../testing/mock-engine";
import { PLACEHOLDER, placeholderProvider, USUAL_INVOKES } from "../testing/placeholder-provider";
import { joinErrors, readStackFile } from "./stack-file";

/** The files that `render` writes into `build/<stack>/`. */
interface Rendered {
    readonly "config.yml": string;
    readonly "security-configuration.json": string;
    readonly "resources.json": string;
}

/**
 * Runs the whole program for a stack file, without an engine.
 * @throws InvalidArguments with the errors of the stack file and of the program's current phase.
 */
export async function renderStack(directory: string, stack: string): Promise<Run> {
    const stackFile = readStackFile(directory, stack);
    const { project, config, secretKeys, report } = stackFile;
    let configErrors: readonly ArgumentError[] = [];
    try {
        const run = await runProgram(loadProgram, {
            project,
            stack,
            config,
            secretKeys,
            unreadableKeys: secretKeys,
            provider: placeholderProvider(config["aws:region"] ?? ""),
        });
        if (stackFile.errors.length === 0) {
            return run;
        }
    } catch (error) {
        if (!(error instanceof InvalidArguments)) {
            throw error;
        }
        configErrors = error.errors;
    }
    throw new InvalidArguments(joinErrors(stackFile, configErrors), report);
}

/** The whole program. */
export function loadProgram(): Promise<Record<string, unknown>> {
    return (require("..") as () => Promise<Record<string, unknown>>)();
}

export function renderedFiles({ outputs, registrations }: Run): Rendered {
    const security = outputs.securityConfiguration;
    return {
        "config.yml": String(outputs.emrEtlRunnerConfig),
        "security-configuration.json": json(typeof security === "string" ? JSON.parse(security) : null),
        "resources.json": json(byName(registrations), (_, value) =>
            value instanceof Secret ? "[secret]" : value,
        ),
    };
}

/** In a stable order: resources register when their inputs are known. */
function byName(registrations: readonly Registration[]): readonly Registration[] {
    const key = ({ name, type }: Registration) => `${name} ${type}`;
    return registrations.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function json(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
    return `${JSON.stringify(value, replacer, 2)}\n`;
}

/** The resources below a parent, as the lines of a tree. */
export function resourceTree(
    registrations: readonly Registration[],
    parent?: string,
    indent = "",
): readonly string[] {
    const children = byName(registrations.filter((registration) => registration.parent === parent));
    return children.flatMap((child, index) => {
        const isLast = index === children.length - 1;
        const [branch, below] = parent === undefined ? ["", ""] : isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
        return [
            `${indent}${branch}${child.name}  ${child.type}`,
            ...(child.custom ? [] : resourceTree(registrations, child.name, `${indent}${below}`)),
        ];
    });
}

async function main([stack = "dev", ...rest]: readonly string[]): Promise<void> {
    if (rest.length > 0 || !/^[\w.-]+$/.test(stack)) {
        const found = [stack, ...rest].join(" ");
        throw new Error(`found: "${found}"; expected: the name of one stack, as in npm run render -- prod`);
    }
    const folder = process.cwd();
    const run = await renderStack(folder, stack);
    const target = path.join(folder, "build", stack);
    mkdirSync(target, { recursive: true });
    const files = renderedFiles(run);
    for (const [name, text] of Object.entries(files)) {
        writeFileSync(path.join(target, name), text);
    }
    const resources = run.registrations.filter(({ custom }) => custom).length;
    console.log(resourceTree(run.registrations).join("\n"));
    console.log(`\n${resources} resources. Names with "${PLACEHOLDER}" are known once they are deployed.`);
    if (run.invokes.some(({ token }) => !USUAL_INVOKES.includes(token))) {
        console.log("Existing resources were not checked: `npx pulumi preview` checks them.");
    }
    console.log(`\n${files["config.yml"]}`);
    console.log(`Written to build/${stack}: ${Object.keys(files).join(", ")}`);
}

if (require.main === module) {
    main(process.argv.slice(2)).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
