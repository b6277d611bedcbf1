import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { FOR_COMMANDS_VERSION, forCommands } from "../components/domain/for-commands";
import { isTree } from "./config-yml";

const requiredPolicies = z.object({ managedPolicyArns: z.array(z.string()), policyDocument: z.string() });

const oneOrMore = z.union([z.string(), z.array(z.string())]);

const statement = z.object({
    Sid: z.string(),
    Effect: z.string(),
    Principal: z.union([z.string(), z.record(z.string(), oneOrMore)]),
    Action: oneOrMore,
    Resource: oneOrMore,
    Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});

/** The outputs of index.ts that commands read; others are ignored. */
const stackOutputs = z.object({
    emrEtlRunnerConfig: z.string(),
    securityConfigurationName: z.string().nullable(),
    securityConfiguration: z
        .string()
        .refine(isObject, "Invalid input: expected the JSON of an object")
        .nullable(),
    jobflowRole: z.string(),
    serviceRole: z.string(),
    operatorPolicyArn: z.string(),
    vpcId: z.string(),
    subnetIds: z.array(z.string()),
    kmsKeyArn: z.string(),
    buckets: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    certificateExpiresAt: z.string().nullable(),
    /** What existing roles must allow. */
    requiredPolicies: z
        .object({ serviceRole: requiredPolicies.optional(), jobflowRole: requiredPolicies.optional() })
        .optional(),
    /** What the policy of an existing key must allow. */
    kmsKeyPolicyStatements: z.array(statement).readonly().optional(),
    forCommands,
});

export type StackOutputs = z.output<typeof stackOutputs>;

const FIX =
    "Pass what `npx pulumi stack output --json --stack NAME` prints, after an `up` of this version: piped in, or as a file with --outputs FILE.";

/**
 * Reads a stack's outputs from a file or, without one, from standard input.
 * @throws Error with every output that is missing or of another type. It never quotes a text that is not outputs.
 */
export async function readStackOutputs(
    file: string | undefined,
    stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean },
): Promise<StackOutputs> {
    if (file === "") {
        // For example a shell variable that is not set: the user did not mean standard input.
        throw new Error(`--outputs: found an empty path. ${FIX}`);
    }
    if (file === undefined && stdin.isTTY) {
        throw new Error(`no stack outputs on standard input. ${FIX}`);
    }
    return parseStackOutputs(
        file ?? "standard input",
        decode(file === undefined ? await buffer(stdin) : readFile(file)),
    );
}

/** Windows PowerShell's `>` writes UTF-16 or UTF-8, each with a byte order mark. */
function decode(bytes: Buffer): string {
    const [first, second] = bytes;
    const encoding =
        first === 0xff && second === 0xfe
            ? "utf-16le"
            : first === 0xfe && second === 0xff
              ? "utf-16be"
              : "utf-8";
    return new TextDecoder(encoding).decode(bytes); // It omits the mark.
}

/** @param source The name of the text in errors. */
export function parseStackOutputs(source: string, json: string): StackOutputs {
    const outputs = parseJson(json);
    if (!isTree(outputs) || !isTree(outputs.forCommands)) {
        const found = json.trim() === "" ? "an empty text" : outputs === undefined ? "no JSON" : "other JSON";
        throw new Error(`${source}: found ${found}, not the outputs of a stack of this program. ${FIX}`);
    }
    const { version } = outputs.forCommands;
    if (version !== FOR_COMMANDS_VERSION) {
        throw new Error(
            `${source}: forCommands.version: found ${typeof version === "number" ? version : "none"}, expected ${FOR_COMMANDS_VERSION}: the last \`up\` was of another version of this program. ${FIX}`,
        );
    }
    const parsed = stackOutputs.safeParse(outputs);
    if (!parsed.success) {
        const errors = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
        throw new Error(
            `${source}: not the outputs of a stack of this program:\n${errors.map((error) => `  ${error}\n`).join("")}${FIX}`,
        );
    }
    return parsed.data;
}

/** Undefined if the text is not JSON. */
function parseJson(json: string): unknown {
    try {
        return JSON.parse(json);
    } catch {
        return undefined;
    }
}

function isObject(json: string): boolean {
    return isTree(parseJson(json));
}

function readFile(file: string): Buffer {
    try {
        return readFileSync(file);
    } catch (error) {
        throw new Error(`--outputs ${file}: ${error instanceof Error ? error.message : error}`);
    }
}
