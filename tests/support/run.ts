import { loadProgram } from "../../commands/render";
import { NAMESPACE } from "../../components/config";
import { type Registration, type Run, type RunOptions, runProgram } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";

export const REGION = "eu-west-1";

export interface TestOptions {
    /** Default: the shipped project's name. */
    readonly project?: string;
    /** Default `dev`. */
    readonly stack?: string;
    /** Config with namespaces, values as YAML would give them. */
    readonly config?: Readonly<Record<string, unknown>>;
    readonly secretKeys?: readonly string[];
    /** Default: placeholders for `eu-west-1`. */
    readonly provider?: RunOptions["provider"];
    readonly preview?: boolean;
}

/** Runs a part of a program, such as one component, and returns its registrations and outputs. */
export function run(
    program: () => Record<string, unknown> | Promise<Record<string, unknown>>,
    options: TestOptions = {},
): Promise<Run> {
    const { project = NAMESPACE, stack = "dev", config = {}, secretKeys = [] } = options;
    const { provider, preview = false } = options;
    return runProgram(program, {
        project,
        stack,
        config: Object.fromEntries(
            Object.entries(config).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        ),
        secretKeys,
        provider: provider ?? placeholderProvider(String(config["aws:region"] ?? REGION)),
        preview,
    });
}

/** The smallest valid stack config. */
export const MINIMAL = { emrEtlRunner: { collectors: { format: "thrift" } } };

export interface StackOptions extends Omit<TestOptions, "config"> {
    readonly region?: string;
    /** Further configuration of the AWS provider. Default: none. */
    readonly aws?: Readonly<Record<string, unknown>>;
}

/** Runs the whole program (index.ts) for the keys of a stack config below our namespace. */
export function runStack(
    config: Readonly<Record<string, unknown>> = MINIMAL,
    { region = REGION, aws = {}, ...options }: StackOptions = {},
): Promise<Run> {
    const own = Object.entries(config).map(([key, value]) => [`${NAMESPACE}:${key}`, value]);
    const ofProvider = Object.entries({ region, ...aws }).map(([key, value]) => [`aws:${key}`, value]);
    return run(loadProgram, { ...options, config: Object.fromEntries([...ofProvider, ...own]) });
}

/** Type, name and parent of each registration. */
export function outline({
    registrations,
}: Run): readonly (readonly [type: string, name: string, parent: string])[] {
    return registrations
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map(({ type, name, parent }) => [type, name, parent ?? ""] as const)
        .sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

/** The one registration of a type and name. */
export function registration(
    { registrations }: Pick<Run, "registrations">,
    type: string,
    name: string,
): Registration {
    const found = registrations.filter((candidate) => candidate.type === type && candidate.name === name);
    if (found.length !== 1 || !found[0]) {
        throw new Error(`${found.length} registrations of ${type} ${name}`);
    }
    return found[0];
}
