import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { forCommands } from "../components/domain/for-commands";
import { isTree } from "./config-yml";

/** The outputs of index.ts that commands go by; there may be more. */
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

const HOW =
    "Give what `npx pulumi stack output --json --stack NAME` prints, after an `up` of this version: piped in, or as a file with --outputs FILE.";

/**
 * Reads a stack's outputs from a file or, without one, from standard input.
 * @throws Error with everything that is missing or of another kind.
 */
export async function readStackOutputs(
    file: string | undefined,
    stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean },
): Promise<StackOutputs> {
    if (file === "") {
        // Of a shell's variable that is not set, say: standard input is not what was meant.
        throw new Error(`--outputs: found no path. ${HOW}`);
    }
    if (file === undefined && stdin.isTTY) {
        throw new Error(`no stack outputs on standard input. ${HOW}`);
    }
    return parseStackOutputs(
        file ?? "standard input",
        file === undefined ? await text(stdin) : readFile(file),
    );
}

/** @param place What the text is called in errors. */
export function parseStackOutputs(place: string, json: string): StackOutputs {
    let found: unknown;
    try {
        found = JSON.parse(json);
    } catch {
        const what = json.trim() === "" ? "nothing" : `no JSON: "${json.trim().slice(0, 60)}"`;
        throw new Error(`${place}: found ${what}. ${HOW}`);
    }
    const parsed = stackOutputs.safeParse(found);
    if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) =>
            path.length === 0 ? message : `${path.join(".")}: ${message}`,
        );
        throw new Error(
            `${place}: not the outputs of a stack of this program:\n${problems.map((problem) => `  ${problem}\n`).join("")}${HOW}`,
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
