import { UNKNOWN } from "./rules/resource";

/**
 * Copies a resource's properties, with `UNKNOWN` in place of values that a preview does not know. Reading such a value
 * throws, and @pulumi/policy would end the rule without a message.
 */
export function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return Array.from(value.keys(), (index) => read(() => value[index]));
    }
    if (typeof value === "object" && value !== null) {
        const object = value as Readonly<Record<string, unknown>>;
        return Object.fromEntries(Object.keys(object).map((key) => [key, read(() => object[key])]));
    }
    return value;
}

/** Reads a property. @pulumi/policy exports the error's class, but not its type: hence the comparison by name. */
function read(property: () => unknown): unknown {
    try {
        return plain(property());
    } catch (error) {
        if (error instanceof Error && error.constructor.name === "UnknownValueError") {
            return UNKNOWN;
        }
        throw error;
    }
}
