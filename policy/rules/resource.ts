/**
 * A value that a preview does not know, such as the name of a bucket that does not exist. Rules ignore it and check the
 * value in the `up`: a resource's inputs before the resource is created, all resources of the stack together at the end.
 */
export const UNKNOWN = Symbol("not known before the up");

/** A resource as the rules receive it. It does not depend on the engine, so that tests can create it. */
export interface Resource {
    readonly urn: string;
    readonly type: string;
    /** Inputs in a `ResourceRule`, outputs in a `StackRule`. Secrets are plain values. */
    readonly props: Readonly<Record<string, unknown>>;
    /** Whether the engine refuses to delete the resource. */
    readonly protect: boolean;
    /** For each property, the URNs of the resources whose outputs its value depends on. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** The config of a rule, which users set with `--policy-pack-config`. */
export interface RuleConfig {
    /** For `production-data-protected`: the names of production stacks. */
    readonly stacks?: readonly string[];
    /** For `iam-no-wildcard-resources`: additional actions that take no resource. */
    readonly actionsWithoutResource?: readonly string[];
}

interface Rule {
    readonly name: string;
    /** One sentence. The engine prints it above each message. */
    readonly description: string;
}

interface ListSchema {
    readonly type: "array";
    readonly items: { readonly type: "string" };
    readonly default: string[];
    readonly description: string;
}

/** A rule for single resources, before they are created. */
export interface ResourceRule extends Rule {
    /** The JSON Schema of the rule's config. */
    readonly configSchema?: { readonly properties: Record<string, ListSchema> };
    /** Returns a message for each violation: what was found, and how to fix it. */
    check(resource: Resource, config: RuleConfig): readonly string[];
}

/** A violation of a rule. */
export interface Finding {
    /** The URN of the resource that violates the rule. */
    readonly urn: string;
    /** What was found, and how to fix it. */
    readonly message: string;
}

/** A rule for all resources of a stack together. */
export interface StackRule extends Rule {
    check(resources: readonly Resource[]): readonly Finding[];
}

/**
 * The type without provider and class: `s3/bucket` for `aws:s3/bucket:Bucket`, and for its older name
 * `aws:s3/bucketV2:BucketV2`. Empty for resources of other providers.
 */
export function awsType({ type }: Resource): string {
    return /^aws:([^:]+?)(V2)?:/.exec(type)?.[1] ?? "";
}

/** The value at a path. Undefined if it is missing; unknown if a value on the path is unknown. */
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

/** The entries of a value that may be a list, a single entry, or missing: AWS treats a single value as a list of one. */
export function list(value: unknown): readonly unknown[] {
    return value === undefined || value === null ? [] : [value].flat();
}

/** The strings of a list. */
export function texts(value: unknown): readonly string[] {
    return list(value).filter((entry) => typeof entry === "string");
}

/** Whether a value contains no unknown value. */
export function isKnown(value: unknown): boolean {
    return typeof value === "object" && value !== null
        ? Object.values(value).every(isKnown)
        : value !== UNKNOWN;
}
