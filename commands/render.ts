import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { type ArgumentError, InvalidArguments } from "../components/domain/errors";
import { NAMESPACE } from "../components/domain/naming";
import { type Registration, type Run, runProgram, Secret } from "../testing/mock-engine";
import { PLACEHOLDER, placeholderProvider, USUAL_INVOKES } from "../testing/placeholder-provider";
import { EXIT, type ExitCode, execute, type Streams } from "./cli";
import { escaped, escapedLines, jsonText } from "./escape";

import { joinErrors, readStackFile } from "./stack-file";
import { stackOf } from "./stack-name";
import { formatError, formatWarnings, WIDTH } from "./terminal";

/** The files that `render` writes into `build/<stack>/`. */
interface Rendered {
    readonly "config.yml": string;
    /** Omitted if Dataflow Runner cannot launch the cluster. */
    readonly "cluster.json"?: string;
    readonly "security-configuration.json": string;
    readonly "resources.json": string;
}

/** A run of the program, and its warnings. */
export interface StackRun extends Run {
    readonly warnings: readonly string[];
}

const ENVIRONMENT =
    "environment: values that it sets are missing here, since only Pulumi's engine reads it (Pulumi ESC): `npx pulumi preview` shows what they change.";

/**
 * Runs the whole program for a stack file, without an engine.
 * @throws InvalidArguments with the errors of the stack file and of the program's current phase.
 */
export async function renderStack(directory: string, stack: string): Promise<StackRun> {
    const stackFile = readStackFile(directory, stack);
    const { project, config, secretKeys, hasEnvironment, report } = stackFile;
    let configErrors: readonly ArgumentError[] = [];
    const { warn } = console;
    const warnings = hasEnvironment ? [ENVIRONMENT] : [];
    try {
        // Without an engine, the program's log is the console.
        console.warn = (text: string) => warnings.push(text.replace(/^warning: \[runtime\] /, ""));
        const run = await runProgram(loadProgram, {
            project,
            stack,
            config,
            secretKeys,
            unreadableKeys: secretKeys,
            provider: placeholderProvider(config["aws:region"] ?? "", accountOf(config)),
        });
        if (stackFile.errors.length === 0) {
            return { ...run, warnings };
        }
    } catch (error) {
        if (!(error instanceof InvalidArguments)) {
            throw error;
        }
        configErrors = hasEnvironment ? error.errors.map(orFromEnvironment) : error.errors;
    } finally {
        console.warn = warn;
    }
    throw new InvalidArguments(joinErrors(stackFile, configErrors), report);
}

/** The account of an existing key, which is usually the stack's: nothing else in a stack file says which account that is. */
function accountOf(config: Readonly<Record<string, string>>): string | undefined {
    return /"arn:aws:kms:[^:"]*:(\d{12}):key/.exec(config[`${NAMESPACE}:encryption`] ?? "")?.[1];
}

/** What is missing may come from Pulumi ESC. */
function orFromEnvironment(error: ArgumentError): ArgumentError {
    const fix =
        "if `environment:` sets it, run `npx pulumi preview` instead: only Pulumi's engine reads it (Pulumi ESC)";
    return error.found === "missing" ? { ...error, fix: error.fix ?? fix } : error;
}

/** The whole program. */
export function loadProgram(): Promise<Record<string, unknown>> {
    return (require("../index") as () => Promise<Record<string, unknown>>)();
}

export function renderedFiles({ outputs, registrations }: Run): Rendered {
    const security = outputs.securityConfiguration;
    return {
        "config.yml": String(outputs.emrEtlRunnerConfig),
        ...(outputs.dataflowRunnerCluster !== null && {
            "cluster.json": String(outputs.dataflowRunnerCluster),
        }),
        "security-configuration.json": jsonText(typeof security === "string" ? JSON.parse(security) : null),
        "resources.json": jsonText(byName(registrations), (_, value) =>
            value instanceof Secret ? "[secret]" : value,
        ),
    };
}

/** In a stable order: resources register when their inputs are known. */
function byName(registrations: readonly Registration[]): readonly Registration[] {
    const key = ({ name, type }: Registration) => `${name} ${type}`;
    return registrations.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
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
        const type = child.type.replace(/\/[^:]*(?=:)/, ""); // As Pulumi's CLI shows it.
        const line = `${indent}${branch}${escaped(child.name)}  ${type}`;
        return [
            ...(line.length <= WIDTH
                ? [line]
                : [line.slice(0, -type.length - 2), `${indent}${below}  ${type}`]),
            ...(child.custom ? [] : resourceTree(registrations, child.name, `${indent}${below}`)),
        ];
    });
}

function renderCommand(): Command {
    return new Command("npm run render --")
        .description(
            "Renders a stack file on this machine, without an AWS account or Pulumi's engine: prints its errors, or every resource, config.yml and warnings, and writes files to build/<stack>/.",
        )
        .argument("[stack]", "a stack's name, or its file: prod, Pulumi.prod.yaml (default: dev)")
        .allowExcessArguments(false)
        .showHelpAfterError("(`npm run render -- --help` prints the usage)")
        .addHelpText(
            "after",
            `
Exit codes: 0 rendered; 1 the stack file has errors, or is missing; 2 anything else failed.
Errors and warnings go to standard error.`,
        );
}

/** Renders the stack that the command's argument names. */
async function render(argument: string, { stdout, stderr }: Streams): Promise<ExitCode> {
    try {
        const folder = process.cwd();
        const stack = stackOf(argument, folder);
        const run = await renderStack(folder, stack);
        const target = path.join(folder, "build", stack);
        mkdirSync(target, { recursive: true });
        const files = renderedFiles(run);
        rmSync(path.join(target, "cluster.json"), { force: true }); // This run may have none.
        for (const [name, text] of Object.entries(files)) {
            writeFileSync(path.join(target, name), text);
        }
        const resources = run.registrations.filter(({ custom }) => custom).length;
        const lines = [
            ...resourceTree(run.registrations),
            "",
            `${resources} resources. Names with "${PLACEHOLDER}" are known once they are deployed.`,
            "",
            escapedLines(files["config.yml"]),
            `Written to build/${stack}: ${Object.keys(files).join(", ")}`,
            ...(run.invokes.some(({ token }) => !USUAL_INVOKES.includes(token))
                ? ["Existing resources were not checked: `npx pulumi preview` checks them."]
                : []),
            "",
        ];
        stdout.write(lines.join("\n"));
        stderr.write(formatWarnings(run.warnings, stderr));
        return EXIT.ok;
    } catch (error) {
        stderr.write(`${formatError(error instanceof Error ? error.message : String(error), stderr)}\n`);
        return error instanceof InvalidArguments ? EXIT.attention : EXIT.failed;
    }
}

/** The command: parses its arguments, and renders. */
export function renderMain(args?: readonly string[], streams?: Streams): Promise<ExitCode> {
    const command = renderCommand();
    return execute(command, (_, used) => render(command.args[0] ?? "dev", used), args, streams);
}

if (require.main === module) {
    renderMain().then((code) => {
        process.exitCode = code;
    });
}
