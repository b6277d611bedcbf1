/**
 * Stands for what a preview does not know yet, such as the name of a bucket that does not exist. Rules say nothing of
 * it: they judge it in the `up`, where it is known. A resource's inputs are judged there before it is made, a stack's
 * resources together at the end.
 */
export const UNKNOWN = Symbol("not known before the up");

/** A resource as the rules see it. They know no engine: tests and other programs can hand them anything. */
export interface Resource {
    readonly urn: string;
    readonly type: string;
    /** Inputs in a `ResourceRule`, outputs in a `StackRule`; secrets are plain. */
    readonly props: Readonly<Record<string, unknown>>;
    /** Whether the engine refuses to delete it. */
    readonly protect: boolean;
    /** By property: the URNs of what its value comes from. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** What users set per rule with `--policy-pack-config`. */
export interface RuleConfig {
    readonly stacks?: readonly string[];
    readonly actionsWithoutResource?: readonly string[];
}

interface Rule {
    readonly name: string;
    /** One sentence; the engine prints it above each message. */
    readonly description: string;
}

interface ListSchema {
    readonly type: "array";
    readonly items: { readonly type: "string" };
    readonly default: string[];
    readonly description: string;
}

/** Judges each resource on its own, before it is made. */
export interface ResourceRule extends Rule {
    /** In JSON Schema's words, what a `RuleConfig` may say to this rule. */
    readonly configSchema?: { readonly properties: Record<string, ListSchema> };
    /** What was found and what to do, a text each; empty: all is well. */
    check(resource: Resource, config: RuleConfig): readonly string[];
}

export interface Finding {
    readonly urn: string;
    /** What was found and what to do. */
    readonly message: string;
}

/** Judges what several resources make together. */
export interface StackRule extends Rule {
    check(resources: readonly Resource[]): readonly Finding[];
}

/** `s3/bucket` of `aws:s3/bucket:Bucket`, and of its older name `aws:s3/bucketV2:BucketV2`; empty for other providers. */
export function awsType({ type }: Resource): string {
    return /^aws:([^:]+?)(V2)?:/.exec(type)?.[1] ?? "";
}

/** What is below a value: undefined where there is nothing, unknown below what is unknown. */
export function at(value: unknown, ...path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (below, key) =>
            typeof below === "object" && below !== null
                ? (below as Readonly<Record<string, unknown>>)[key]
                : below === UNKNOWN
                  ? UNKNOWN
                  : undefined,
        value,
    );
}

/** AWS takes one value for a list of one. */
export function list(value: unknown): readonly unknown[] {
    return value === undefined || value === null ? [] : [value].flat();
}

export function texts(value: unknown): readonly string[] {
    return list(value).filter((entry) => typeof entry === "string");
}

/** Whether nothing in a value is unknown. */
export function isKnown(value: unknown): boolean {
    return typeof value === "object" && value !== null
        ? Object.values(value).every(isKnown)
        : value !== UNKNOWN;
}
