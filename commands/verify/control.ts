import type { Clients } from "../aws";
import { AwsError } from "../aws-error";
import type { StackOutputs } from "../stack-outputs";
import type { Report } from "./report";

/** What a control observed: an answer of AWS, or a value in the operator's file. */
export type Evidence = Readonly<Report["controls"][number]["evidence"][number]>;

/** What an observation is about. */
export interface Line {
    readonly subject: string;
    readonly expected: string;
    readonly fix: string;
}

/** One observation of a control, before it is made. */
export interface Observation extends Line {
    /** What there is; or a question to AWS, whose answer is what there is, or an observation of each part. */
    readonly found: Found | (() => Promise<Found | readonly Part[]>);
}

/** An observation that is about the same as its whole where it does not say otherwise. */
export type Part = Partial<Line> & Pick<Observation, "found">;

/** A value to compare with the expected one; a list of faults, ok if empty; or a value with its result. */
export type Found = string | readonly string[] | Pick<Evidence, "found" | "result">;

/** What a control observes, or a sentence that says why the control does not apply to this run. */
export type Outcome = Observation | readonly Observation[] | string;

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

export function okIf(isOk: boolean, found: string): Pick<Evidence, "found" | "result"> {
    return { found, result: isOk ? "ok" : "failed" };
}

/** AWS's codes for a resource that does not exist; EMR's for a security configuration is `InvalidRequestException`. */
const MISSING =
    /^(NoSuch(Bucket|Key|Entity(Exception)?)|NotFound(Exception)?|(ResourceNotFound|InvalidRequest)Exception|.*\.NotFound)$/;

/**
 * Makes an observation. A missing resource is a failure; if AWS does not answer, the observation is unknown, and the
 * others are still made.
 */
export async function observe({ found, fix, ...line }: Observation): Promise<readonly Evidence[]> {
    try {
        const answer = typeof found === "function" ? await found() : found;
        if (isParts(answer)) {
            return (await Promise.all(answer.map((part) => observe({ ...line, fix, ...part })))).flat();
        }
        const judged = judge(line.expected, answer);
        return [judged.result === "ok" ? { ...line, ...judged } : { ...line, ...judged, fix }];
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        if (MISSING.test(error.code)) {
            const what = line.subject.includes(error.on) ? "missing" : `missing: ${error.on}`;
            return [{ ...line, ...okIf(false, what), fix }];
        }
        const unknown = { ...line, result: "unknown", found: `no answer: ${error.message}` } as const;
        return error.denied
            ? [{ ...unknown, fix: `use credentials with ${error.permission}`, permission: error.permission }]
            : [{ ...unknown, fix: "see AWS's error, and run `verify` again" }];
    }
}

function isParts(answer: Found | readonly Part[]): answer is readonly Part[] {
    return Array.isArray(answer) && typeof answer[0] === "object";
}

function judge(expected: string, found: Found): Pick<Evidence, "found" | "result"> {
    if (typeof found === "string") {
        return okIf(found === expected, found);
    }
    return "result" in found ? found : okIf(found.length === 0, found.join("; ") || expected);
}

/** The command that restores what the stack created. */
export function restore({ forCommands }: StackOutputs): string {
    return `\`npx pulumi up --refresh --stack ${forCommands.stack}\``;
}

/** The worst of several results; a failure is worse than a missing answer. */
export function worst(results: readonly Evidence["result"][]): Evidence["result"] {
    return (["failed", "unknown"] as const).find((result) => results.includes(result)) ?? "ok";
}
