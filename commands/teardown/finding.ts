import { STACK_TAG } from "../../components/domain/naming";
import { AwsError } from "../aws";

/** Something that blocks `pulumi destroy`, or that it leaves behind. */
export interface Finding {
    /** What it is, such as `security group`. */
    readonly kind: string;
    /** AWS's name or id of it. */
    readonly name: string;
    readonly why: string;
    /** What to do, commands in backticks. */
    readonly fix: string;
    /** Whether `pulumi destroy` leaves it behind, and does not fail because of it. */
    readonly isLeftBehind?: boolean;
    /** Deletes it. Only for EMR's default groups and the stack's earlier security configurations. */
    readonly remove?: () => Promise<void>;
}

/** What was asked for, or the sentence that says which permission it needs. */
export type Checked<T> = T | string;

/**
 * Waits for an answer.
 * @throws Any error but a denial: for example, that the credentials have expired.
 */
export async function checked<T>(answer: Promise<T>): Promise<Checked<T>> {
    try {
        return await answer;
    } catch (error) {
        if (error instanceof AwsError && error.denied) {
            return error.message;
        }
        throw error;
    }
}

/** Undefined for what was denied. */
export function known<T>(answer: Checked<T>): T | undefined {
    return typeof answer === "string" ? undefined : (answer as T);
}

interface Tag {
    readonly Key?: string;
    readonly Value?: string;
}

/** The stack that created a resource, as `<project>/<stack>`; undefined without the tag. */
export function stackOf({ Tags = [] }: { readonly Tags?: readonly Tag[] }): string | undefined {
    return Tags.find(({ Key }) => Key === STACK_TAG)?.Value;
}
