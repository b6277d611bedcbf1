import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { isConfigSecret } from "@pulumi/pulumi/runtime/config";
import { type ResolvedArgs, regionErrors, resolve } from "../args";
import { type ErrorReport, formatPath, type Path } from "../domain/errors";
import { NAMESPACE } from "../domain/naming";
import { PRIVATE_KEY, readKeys, type StackInput } from "./keys";
import { stackFileLines } from "./stack-file-lines";

export { NAMESPACE } from "../domain/naming";
export { encryptedValueError, PRIVATE_KEY, type StackInput } from "./keys";

/** The stack config: arguments of EmrEncryption, and how later errors name them. */
export interface StackConfig extends ResolvedArgs {
    readonly certificatePrivateKey?: pulumi.Output<string>;
    readonly report: ErrorReport;
}

/** Says whether the value of a key is encrypted. The package has this function, but its types omit it. */
declare module "@pulumi/pulumi/runtime/config" {
    export function isConfigSecret(key: string): boolean;
}

/**
 * Reads and checks the stack config of the running program.
 * @throws InvalidArguments
 */
export function readConfig(): StackConfig {
    const stack = pulumi.getStack();
    const config = pulumi.runtime.allConfig();
    const isOwn = (key: string) => key.startsWith(`${NAMESPACE}:`);
    const own = Object.keys(config).filter(isOwn);
    const plainOthers = Object.keys(config).filter((key) => !isOwn(key) && !isConfigSecret(key));
    const nameOf = (key: string) => key.slice(NAMESPACE.length + 1);
    const report = stackFileReport(stack, textOf);
    const resolved = parseConfig(
        {
            stack,
            project: pulumi.getProject(),
            region: config["aws:region"],
            defaultTags: parseJson(config["aws:defaultTags"]),
            config: Object.fromEntries(own.map((key) => [nameOf(key), parseJson(config[key])])),
            // Pulumi.yaml has an empty object for each key that the stack file omits.
            otherKeys: Object.keys(config).filter((key) => !isOwn(key) && config[key] !== "{}"),
            otherValues: Object.fromEntries(plainOthers.map((key) => [key, parseJson(config[key])])),
            encryptedKeys: own.filter(isConfigSecret).map(nameOf),
        },
        report,
    );
    const certificatePrivateKey = new pulumi.Config(NAMESPACE).getSecret(PRIVATE_KEY);
    return { ...resolved, ...(certificatePrivateKey && { certificatePrivateKey }), report };
}

/** Pulumi passes objects as JSON and other values as strings; the schema says which is expected. */
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
    const { stack, project = NAMESPACE, region = "", config, now } = input;
    const { errors, objects } = readKeys(input);
    const certificatePrivateKey = config[PRIVATE_KEY];
    return resolve(
        objects,
        { region, stack, stackTag: `${project}/${stack}`, certificatePrivateKey },
        [...errors, ...regionErrors(input.region, ["aws:region"])],
        { now, report },
    );
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
