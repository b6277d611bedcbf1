import type { ArgumentError } from "../../domain/errors";
import type { Region } from "../../domain/region";
import type { Environment } from "../schema";

/** What the rules read in addition to the six objects. */
export interface RuleContext {
    readonly region: Region;
    /** The value of the stack's tag. */
    readonly stackTag: string;
    /** The start of every physical name: `snowplow-<slug>`. */
    readonly prefix: string;
    /** Whether the private key of `certificates.chainPem` was passed. */
    readonly hasPrivateKey: boolean;
    /** When certificates must be valid. */
    readonly now: Date;
}

/** An error; `found` only where it is not the value at `path`. */
export type Finding = Omit<ArgumentError, "found"> & { readonly found?: string };

/** Compares fields, whose shape is right, with each other and with the context. */
export type Rule = (environment: Environment, context: RuleContext) => Iterable<Finding>;
