import { z } from "zod";

/**
 * A field with a description, for editors and the README, and the values that it accepts, in the words of an error.
 * Both go into the JSON Schema: editors' YAML servers print `errorMessage` for an invalid value.
 */
export function field<T extends z.ZodType>(schema: T, description: string, expected: string): T {
    return schema.meta({ description, errorMessage: expected }) as T;
}

export const text = (pattern: RegExp) => z.string().regex(pattern, { abort: true });

/** A value, or null for none, which is the default. */
export const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null as never);

export function flag(byDefault: boolean, description: string) {
    return field(z.boolean().default(byDefault), description, "true or false");
}

/** An object of known keys with defaults. Omitted, null or empty, it is its defaults. */
export function section<T extends z.ZodRawShape>(shape: T, description: string) {
    const object = z.strictObject(shape);
    const keys = Object.keys(shape).filter(
        (key) => (shape[key] as z.ZodType).meta()?.errorMessage !== undefined,
    );
    return object
        .nullable()
        .prefault({} as never)
        .transform((value) => value ?? object.parse({}))
        .meta({
            description,
            errorMessage: `an object with the ${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`,
        });
}

/** A list in which each item stands once. */
export function distinct<T extends z.ZodType<string>>(item: T) {
    return z
        .array(item)
        .refine((values) => new Set(values).size === values.length)
        .meta({ uniqueItems: true });
}
