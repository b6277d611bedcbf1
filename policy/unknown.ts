import { UNKNOWN } from "./rules/resource";

/** A resource's properties as plain values: reading one that a preview does not know throws, and ends the policy. */
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

/** @pulumi/policy exports the error's class, but not its type. */
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
