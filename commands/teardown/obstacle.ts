/** Something that stands in the way of `pulumi destroy`, or of replacing the security configuration. */
export interface Obstacle {
    readonly kind: Kind;
    /** What it is, by the name that AWS knows it by. */
    readonly name: string;
    readonly why: string;
    readonly remedy: string;
    /** Takes it away. Only where `teardown` may do that: nothing that holds data, and nothing that runs. */
    readonly remove?: () => Promise<void>;
}

/** In the order in which they are to be dealt with: what comes later is in use by what comes before. */
export const KINDS = [
    "cluster",
    "operator policy",
    "security group",
    "security configuration",
    "bucket",
    "protection",
] as const;

export type Kind = (typeof KINDS)[number];
