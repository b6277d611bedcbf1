import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { isConfigSecret } from "@pulumi/pulumi/runtime/config";
import { type Ambient, type ResolvedArgs, regionErrors, resolveEnvironment, throwIfAny } from "../args";
import type { Environment } from "../args/schema";
import { checkShape } from "../args/shape";
import { type ErrorReport, formatPath, type Path } from "../domain/errors";
import { readKeys, type StackInput } from "./keys";
import { NAMESPACE, PRIVATE_KEY } from "./namespace";
import { stackFileLines } from "./stack-file-lines";

export type { StackInput } from "./keys";
export { NAMESPACE, PRIVATE_KEY } from "./namespace";

/** The stack config: arguments of EmrEncryption, and how later errors name them. */
export interface StackConfig extends ResolvedArgs {
    readonly certificatePrivateKey?: pulumi.Output<string>;
    readonly report: ErrorReport;
}

/** It is there (the engine passes which keys hold secrets), but Pulumi's own types omit it. */
declare module "@pulumi/pulumi/runtime/config" {
    export function isConfigSecret(key: string): boolean;
}

/**
 * Reads and checks the stack config of the running program.
 * @throws InvalidArguments
 */
export function readConfig(): StackConfig {
    const stack = pulumi.getStack();
    const aws = new pulumi.Config("aws");
    const all = Object.entries(pulumi.runtime.allConfig());
    const own = all
        .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
        .map(([key, value]) => [key.slice(NAMESPACE.length + 1), value] as const);
    const report = stackFileReport(stack, textOf);
    const resolved = parseConfig(
        {
            stack,
            project: pulumi.getProject(),
            region: aws.get("region"),
            defaultTags: parseJson(aws.get("defaultTags")),
            config: Object.fromEntries(own.map(([key, value]) => [key, parseJson(value)])),
            // Pulumi.yaml has an empty object for each key that the stack file omits.
            otherKeys: all
                .filter(([key, value]) => !key.startsWith(`${NAMESPACE}:`) && value !== "{}")
                .map(([key]) => key),
            encryptedKeys: own.map(([key]) => key).filter((key) => isConfigSecret(`${NAMESPACE}:${key}`)),
        },
        report,
    );
    const certificatePrivateKey = new pulumi.Config(NAMESPACE).getSecret(PRIVATE_KEY);
    return { ...resolved, ...(certificatePrivateKey && { certificatePrivateKey }), report };
}

/** Pulumi passes objects as JSON and anything else as text; the schema says which is expected. */
function parseJson(text: string | undefined): unknown {
    try {
        return text === undefined ? undefined : JSON.parse(text);
    } catch {
        return text;
    }
}

/**
 * Checks a stack config.
 * @throws InvalidArguments with every error of shape or, if there is none, with every error of rules.
 */
export function parseConfig(input: StackInput, report = stackFileReport(input.stack)): ResolvedArgs {
    const { stack, project = NAMESPACE, region = "", config, now = new Date() } = input;
    const { errors, objects } = readKeys(input);
    const shape = checkShape(objects);
    throwIfAny([...errors, ...regionErrors(input.region, ["aws:region"]), ...shape.errors], report);
    const ambient: Ambient = {
        region,
        stack,
        stackTag: `${project}/${stack}`,
        certificatePrivateKey: config[PRIVATE_KEY],
    };
    return resolveEnvironment(shape.environment as Environment, ambient, { now, report });
}

/** Names arguments as the stack file does. `read` is called only when there is an error to print. */
export function stackFileReport(stack: string, read: (file: string) => string = () => ""): ErrorReport {
    const file = `Pulumi.${stack}.yaml`;
    let lineOf: ReturnType<typeof stackFileLines> | undefined;
    return {
        subject: file,
        formatPath: (path) => {
            lineOf ??= stackFileLines(read(file));
            const line = lineOf(path);
            return `${formatKey(path)}${line === undefined ? "" : ` (line ${line})`}`;
        },
    };
}

/** A key of another namespace is one element with a colon in it. */
function formatKey([key, ...rest]: Path): string {
    if (key === undefined) {
        return NAMESPACE;
    }
    const below = formatPath(rest).replace(/^(?=[^[])/, ".");
    return `${String(key).includes(":") ? key : `${NAMESPACE}:${key}`}${below}`;
}

function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return ""; // The CLI may read another file, by --config-file.
    }
}
