import type { ArgumentError } from "../../domain/errors";
import type { CompleteArgs } from "../complete";

export interface RuleArgs extends CompleteArgs {
    /** Whether the private key of `certificates.chainPem` was passed. */
    readonly hasPrivateKey: boolean;
    /** When certificates must be valid. */
    readonly now: Date;
}

/** An error; `found` only if it is not the value at `path`. */
export type Finding = Omit<ArgumentError, "found"> & { readonly found?: string };

/** Compares arguments, each of the right shape, with each other. */
export type Rule = (args: RuleArgs) => Iterable<Finding>;
