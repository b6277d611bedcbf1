import { z } from "zod";

/**
 * A field with its description, for editors and the reference, and with the values that it accepts, in the words of an
 * error. Both go into the JSON Schema: editors' YAML servers print `errorMessage` for an invalid value.
 */
export function field<T extends z.ZodType>(schema: T, description: string, expected: string): T {
    return schema.meta({ description, errorMessage: expected }) as T;
}

/** A field whose default is null. `without`: what omitting it means, if the description does not say so. */
export function optional<T extends z.ZodType>(
    schema: T,
    description: string,
    expected: string,
    without?: string,
) {
    const words = without === undefined ? expected : `${expected}; omit this key for ${without}`;
    return field(schema.nullable().default(null as never), description, words);
}

export const matching = (pattern: RegExp) => z.string().regex(pattern, { abort: true });

export const integer = (from: number, byDefault: number, description: string) =>
    field(z.int().min(from).default(byDefault), description, `an integer, at least ${from}`);

export function flag(byDefault: boolean, description: string) {
    return field(z.boolean().default(byDefault), description, "true or false");
}

/** An object of fields with defaults. Omitted, null or empty, it is its defaults. */
export function section<T extends z.ZodRawShape>(description: string, shape: T) {
    const object = z.strictObject(shape);
    const schema = object
        .nullable()
        .prefault({} as never)
        .transform((value) => value ?? object.parse({}));
    return field(schema, description, objectWith(shape));
}

/** The words for an object of fields. The keys that the stack sets have no `errorMessage`, and are not listed. */
export function objectWith(shape: z.ZodRawShape): string {
    const keys = Object.keys(shape).filter((key) => (shape[key] as z.ZodType).meta()?.errorMessage);
    const listed = `an object with the ${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`;
    return keys.length === 0 ? "an object whose keys the stack sets; omit this key" : listed;
}

/** A list of different items. */
export function distinct<T extends z.ZodType<string>>(item: T) {
    return z
        .array(item)
        .check(({ value, issues }) => {
            const second = value.findIndex((text, index) => value.indexOf(text) !== index);
            if (second !== -1) {
                const message = `items ${value.indexOf(value[second] as z.output<T>)} and ${second} are the same`;
                issues.push({ code: "custom", input: value, params: { code: "duplicate-item" }, message });
            }
        })
        .meta({ uniqueItems: true });
}
