import { AwsError, type Clients } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Uncovered } from "./statements";

/** `unknown`: AWS did not answer. */
export type Result = "ok" | "failed" | "unknown";

/** One observation of a control: an answer of AWS, or a value in the operator's file. */
export interface Evidence {
    readonly result: Result;
    /** A resource by its name in AWS, and the observed attribute, as in `bucket acme: default encryption`. */
    readonly subject: string;
    readonly expected: string;
    readonly found: string;
    /** Omitted if the result is ok. */
    readonly fix?: string;
    /** The IAM action that the credentials lack. */
    readonly permission?: string;
}

/** A control's check returns evidence, or a sentence that says why the control does not apply to this run. */
export type Outcome = readonly Evidence[] | string;

export interface Context {
    readonly clients: Clients;
    readonly outputs: StackOutputs;
    readonly now: Date;
    readonly settings: Settings;
    /** Shows the progress of the sampling. */
    readonly report: (tally: Tally) => void;
}

/** The progress of the sampling. */
export interface Tally {
    readonly locations: number;
    readonly listed: number;
    readonly looked: number;
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

interface Observation {
    readonly subject: string;
    readonly expected: string;
    readonly found: string;
    /** Default: whether `found` equals `expected`. */
    readonly isOk?: boolean;
    readonly fix: string;
}

export function observe({ isOk, fix, ...line }: Observation): Evidence {
    return (isOk ?? line.found === line.expected)
        ? { result: "ok", ...line }
        : { result: "failed", ...line, fix };
}

/** One observation for a list of faults: ok without any. */
export function observeFaults(
    subject: string,
    expected: string,
    faults: readonly string[],
    fix: string,
): Evidence {
    const isOk = faults.length === 0;
    return observe({ subject, expected, found: isOk ? expected : faults.join("; "), isOk, fix });
}

/** One observation of permissions: unknown if statements with another condition allow what is missing. */
export function observeCoverage(
    { subject, expected, fix }: Pick<Observation, "subject" | "expected" | "fix">,
    { faults, isConditional }: Uncovered,
): Evidence {
    const evidence = observeFaults(subject, expected, faults, fix);
    return faults.length > 0 && isConditional
        ? { ...evidence, result: "unknown", found: `allowed under a condition only: ${evidence.found}` }
        : evidence;
}

/** AWS's codes for a resource that does not exist. */
const MISSING =
    /^(NoSuchBucket|NoSuchEntity(Exception)?|NotFound(Exception)?|ResourceNotFoundException|.*\.NotFound)$/;

/** Asks AWS. A missing resource is a failure; without an answer, the observation is unknown. The other questions go on. */
export async function ask(
    { subject, expected, fix }: Pick<Observation, "subject" | "expected" | "fix">,
    question: () => Promise<Evidence | readonly Evidence[]>,
): Promise<readonly Evidence[]> {
    try {
        return [await question()].flat();
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        if (MISSING.test(error.code)) {
            return [{ result: "failed", subject, expected, found: `missing: ${error.on}`, fix }];
        }
        const line = { result: "unknown", subject, expected, found: `no answer: ${error.message}` } as const;
        return error.denied
            ? [{ ...line, fix: `use credentials with ${error.permission}`, permission: error.permission }]
            : [{ ...line, fix: "see AWS's error, and run `verify` again" }];
    }
}

/** The command that restores what the stack created. */
export function restore({ forCommands }: StackOutputs): string {
    return `\`npx pulumi up --refresh --stack ${forCommands.stack}\``;
}

/** The worst of several results; a failure is worse than a missing answer. */
export function worst(results: readonly Result[]): Result {
    return (["failed", "unknown"] as const).find((result) => results.includes(result)) ?? "ok";
}
