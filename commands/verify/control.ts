import { AwsError, type Clients } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Report } from "./report";

/** One observation of a control: an answer of AWS, or a value in the operator's file. */
export type Evidence = Readonly<Report["controls"][number]["evidence"][number]>;

/** A control's check returns evidence, or a sentence that says why the control does not apply to this run. */
export type Outcome = readonly Evidence[] | string;

export interface Context {
    readonly clients: Clients;
    readonly outputs: StackOutputs;
    readonly now: Date;
    readonly settings: Settings;
}

/** The options of `verify`, with their defaults. */
export interface Settings {
    /** The number of objects of each location to check, and as many old ones; 0 for none. */
    readonly sample: number;
    /** Whether to read the certificate archive, which holds the nodes' private key. */
    readonly archive: boolean;
    /** The number of days before a certificate's end from which its renewal is due. */
    readonly warnDays: number;
    /** The number of days before a certificate's end from which it counts as failed. */
    readonly failDays: number;
    /** The operator's config.yml. */
    readonly config: { readonly file: string; readonly text: string } | undefined;
}

/** What an observation is about. */
export interface Line {
    readonly subject: string;
    readonly expected: string;
    readonly fix: string;
}

/** A value to compare with the expected one; a list of faults, ok if empty; or a value with its result. */
export type Found = string | readonly string[] | Pick<Evidence, "found" | "result">;

export function observe({ fix, ...line }: Line, found: Found): Evidence {
    const judged = judge(line.expected, found);
    return judged.result === "ok" ? { ...line, ...judged } : { ...line, ...judged, fix };
}

function judge(expected: string, found: Found): Pick<Evidence, "found" | "result"> {
    if (typeof found === "string") {
        return okIf(found === expected, found);
    }
    return "result" in found ? found : okIf(found.length === 0, found.join("; ") || expected);
}

export function okIf(isOk: boolean, found: string): Pick<Evidence, "found" | "result"> {
    return { found, result: isOk ? "ok" : "failed" };
}

/** AWS's codes for a resource that does not exist. */
const MISSING =
    /^(NoSuchBucket|NoSuchEntity(Exception)?|NotFound(Exception)?|ResourceNotFoundException|.*\.NotFound)$/;

/** Asks AWS. A missing resource is a failure; without an answer, the observation is unknown. The other questions go on. */
export async function ask(
    line: Line,
    question: () => Promise<Found | readonly Evidence[]>,
): Promise<readonly Evidence[]> {
    try {
        const found = await question();
        return isEvidence(found) ? found : [observe(line, found)];
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        if (MISSING.test(error.code)) {
            return [observe(line, okIf(false, `missing: ${error.on}`))];
        }
        const unknown = { ...line, result: "unknown", found: `no answer: ${error.message}` } as const;
        return error.denied
            ? [{ ...unknown, fix: `use credentials with ${error.permission}`, permission: error.permission }]
            : [{ ...unknown, fix: "see AWS's error, and run `verify` again" }];
    }
}

function isEvidence(found: Found | readonly Evidence[]): found is readonly Evidence[] {
    return Array.isArray(found) && typeof found[0] === "object";
}

/** The command that restores what the stack created. */
export function restore({ forCommands }: StackOutputs): string {
    return `\`npx pulumi up --refresh --stack ${forCommands.stack}\``;
}

/** The worst of several results; a failure is worse than a missing answer. */
export function worst(results: readonly Evidence["result"][]): Evidence["result"] {
    return (["failed", "unknown"] as const).find((result) => results.includes(result)) ?? "ok";
}
