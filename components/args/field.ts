import { z } from "zod";

/**
 * A field with its description (what an editor and the README show) and, in the words of an error message, what it
 * allows. Both go into the JSON Schema; `errorMessage` is what the editors' YAML servers print for a bad value.
 */
export function field<T extends z.ZodType>(schema: T, description: string, allowed: string): T {
    return schema.meta({ description, errorMessage: allowed }) as T;
}

/**
 * An object whose keys are all known and all have defaults. Left out, or with nothing below it (as YAML reads a key
 * whose lines are all commented out), it is its defaults.
 */
export function section<T extends z.ZodRawShape>(shape: T, description: string) {
    const object = z.strictObject(shape);
    const usual = Object.keys(shape).filter(
        (key) => (shape[key] as z.ZodType).meta()?.errorMessage !== undefined,
    );
    const keys = usual.length === 1 ? `the key ${usual.join()}` : `the keys ${usual.join(", ")}`;
    return object
        .nullable()
        .prefault({} as never)
        .transform((value) => value ?? object.parse({}))
        .meta({ description, errorMessage: `an object with ${keys}` });
}

/** A list that names nothing twice. */
export function distinct<T extends z.ZodType<string>>(item: T) {
    return z
        .array(item)
        .refine((values) => new Set(values).size === values.length)
        .meta({ uniqueItems: true });
}
