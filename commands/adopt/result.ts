import type { ArgumentError, Path } from "../../components/domain/errors";

/** A leaf of config.yml that the stack file does not hold. */
export interface Omission {
    readonly path: Path;
    readonly reason: string;
}

/** A leaf of config.yml that the stack file holds otherwise. */
export interface Change extends Omission {
    readonly from?: unknown;
    readonly to?: unknown;
}

/** A leaf that the stack's config.yml has and the operator's lacks, or has as null. */
export interface Default extends Omission {
    readonly value: unknown;
}

/** The stack file for a config.yml. Paths are those of config.yml; what may be a secret is `…` in them. */
export interface Adopted {
    readonly stackFile: string;
    /** The leaves that hold `OPEN_VALUE` in the stack file: `render` and `up` refuse it until a person fills it in. */
    readonly open: readonly Path[];
    readonly omitted: readonly Omission[];
    readonly changed: readonly Change[];
    readonly defaults: readonly Default[];
    /** What `render` would report for the stack file: one error for each open value, and the others. */
    readonly errors: readonly ArgumentError[];
}

/** The sections of the stack file's header, in this order; a section without lines is missing. */
export const SECTIONS = {
    open: "Open values, to fill in:",
    omitted: "Omitted:",
    changed: "Changed:",
    defaults: "Set by default:",
} as const;
