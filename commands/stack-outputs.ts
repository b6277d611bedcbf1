import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { forCommands } from "../components/domain/for-commands";
import { isTree } from "./config-yml";

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
    forCommands,
});

export type StackOutputs = z.output<typeof stackOutputs>;

const FIX =
    "Pass what `npx pulumi stack output --json --stack NAME` prints, after an `up` of this version: piped in, or as a file with --outputs FILE.";

/**
 * Reads a stack's outputs from a file or, without one, from standard input.
 * @throws Error with every output that is missing or of another type.
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
        file === undefined ? await text(stdin) : readFile(file),
    );
}

/** @param source The name of the text in errors. */
export function parseStackOutputs(source: string, json: string): StackOutputs {
    let outputs: unknown;
    try {
        outputs = JSON.parse(json);
    } catch {
        const found = json.trim() === "" ? "an empty text" : `not JSON: "${json.trim().slice(0, 60)}"`;
        throw new Error(`${source}: found ${found}. ${FIX}`);
    }
    const parsed = stackOutputs.safeParse(outputs);
    if (!parsed.success) {
        const errors = parsed.error.issues.map(({ path, message }) =>
            path.length === 0 ? message : `${path.join(".")}: ${message}`,
        );
        throw new Error(
            `${source}: not the outputs of a stack of this program:\n${errors.map((error) => `  ${error}\n`).join("")}${FIX}`,
        );
    }
    return parsed.data;
}

function isObject(json: string): boolean {
    try {
        return isTree(JSON.parse(json));
    } catch {
        return false;
    }
}

function readFile(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Error(`--outputs ${file}: ${error instanceof Error ? error.message : error}`);
    }
}
