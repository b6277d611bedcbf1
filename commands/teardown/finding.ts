import { STACK_TAG } from "../../components/domain/naming";
import { ifThere } from "../aws";

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
    readonly remove?: () => Promise<unknown>;
}

/** Waits for an answer of AWS. Undefined if the call failed, which the report then names. */
export type Ask = <T>(answer: Promise<T>) => Promise<T | undefined>;

/** AWS's codes if a role, a policy, a bucket or a bucket's tags are missing. */
const MISSING = ["NoSuchEntity", "NoSuchEntityException", "NoSuchBucket", "NoSuchTagSet"];

/** What AWS lists; nothing if what it is about is missing. */
export async function listed<T>(answer: Promise<readonly T[] | undefined>): Promise<readonly T[]> {
    return (await ifThere(answer, ...MISSING)) ?? [];
}

interface Tag {
    readonly Key?: string;
    readonly Value?: string;
}

/** The stack that created a resource, as `<project>/<stack>`; undefined without the tag. */
export function stackOf({ Tags = [] }: { readonly Tags?: readonly Tag[] }): string | undefined {
    return Tags.find(({ Key }) => Key === STACK_TAG)?.Value;
}
