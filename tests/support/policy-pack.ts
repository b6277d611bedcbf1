import { RESOURCE_RULES, STACK_RULES } from "../../policy/rules";
import { type Resource, UNKNOWN } from "../../policy/rules/resource";
import { type Registration, type Run, Secret } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { REGION } from "./run";

const BUCKET = "aws:s3/bucket:Bucket";

export interface JudgeOptions {
    /** The stack's name. Default `dev`. */
    readonly stack?: string;
    /** Whether to judge a preview, in which values that only AWS knows are unknown. */
    readonly preview?: boolean;
}

/** The violations, `<policy> on <type> <name>: <message>`: of each resource's inputs, and of all outputs together. */
export function findings(
    { registrations }: Pick<Run, "registrations">,
    { stack = "dev", preview = false }: JudgeOptions = {},
): readonly string[] {
    const seen = (state: (made: Registration) => unknown) =>
        registrations
            .filter(({ custom }) => custom)
            .map((made) => asResource(made, registrations, stack, state(made)));
    const outputs = (made: Registration) =>
        preview ? made.inputs : placeholderProvider(REGION).create(made.type, made.name, made.inputs).state;
    return [
        ...seen(({ inputs }) => inputs).flatMap((resource) =>
            RESOURCE_RULES.flatMap(({ name, check }) =>
                check(resource, {}).map((message) => finding(name, resource.urn, message)),
            ),
        ),
        ...STACK_RULES.flatMap(({ name, check }) =>
            check(seen(outputs)).map(({ urn, message }) => finding(name, urn, message)),
        ),
    ].sort();
}

function finding(policy: string, urn: string, message: string): string {
    const [, , type, name] = urn.split("::");
    return `${policy} on ${type} ${name}: ${message}`;
}

/** The mock engine does not record the property of a dependency: here, a dependency on a bucket is one by its name. */
function asResource(
    { type, name, protect, dependencies }: Registration,
    all: readonly Registration[],
    stack: string,
    state: unknown,
): Resource {
    const urnOf = (kind: string, logicalName: string) =>
        `urn:pulumi:${stack}::pipeline::${kind}::${logicalName}`;
    const ofBuckets = dependencies.filter((dependency) =>
        all.some((other) => other.type === BUCKET && other.name === dependency),
    );
    return {
        urn: urnOf(type, name),
        type,
        props: plain(state) as Resource["props"],
        protect,
        propertyDependencies: { bucket: ofBuckets.map((bucket) => urnOf(BUCKET, bucket)) },
    };
}

function plain(value: unknown): unknown {
    if (value instanceof Secret) {
        return plain(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, plain(below)]));
    }
    return value === undefined ? UNKNOWN : value;
}
