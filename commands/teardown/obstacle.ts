/** Something that stands in the way of `pulumi destroy`, or of replacing the security configuration. */
export interface Obstacle {
    readonly kind:
        | "cluster"
        | "operator policy"
        | "security group"
        | "security configuration"
        | "bucket"
        | "protection";
    /** What it is, by the name that AWS knows it by. */
    readonly name: string;
    readonly why: string;
    readonly remedy: string;
    /** Takes it away. Only where `teardown` may do that: nothing that holds data, and nothing that runs. */
    readonly remove?: () => Promise<void>;
}
