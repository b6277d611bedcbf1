import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clients } from "../../../commands/aws";
import { GENERATED_SUFFIX_LENGTH } from "../../../components/domain/naming";
import type { Region } from "../../../components/domain/region";

/** Where resources are made. */
export interface Aws extends Clients {
    readonly region: Region;
}

/** What the AWS provider says of a resource once it exists. */
interface Made {
    readonly id: string;
    /** What it adds to the inputs. */
    readonly state?: Readonly<Record<string, unknown>>;
}

type Create = (inputs: unknown, aws: Aws, name: string) => Promise<Made>;

/** By type, such as `aws:s3/bucket:Bucket`: how the AWS provider makes one. */
export type Resources = Readonly<Record<string, Create>>;

/**
 * A row of the tables.
 * @param shape Every input that is honoured; any other is refused, so that nothing is left out without a word.
 * @param create Makes the calls that the AWS provider makes; `name` is the logical one.
 */
export function resource<Shape extends z.ZodRawShape>(
    shape: Shape,
    create: (inputs: z.output<z.ZodObject<Shape>>, aws: Aws, name: string) => Promise<Made>,
): Create {
    const schema = z.strictObject(shape);
    return (inputs, aws, name) => create(schema.parse(inputs) as z.output<z.ZodObject<Shape>>, aws, name);
}

export const text = z.string();
export const tags = z.record(text, text);

/** What the engine and the provider keep to themselves: AWS never hears of it. */
export const untold = z.unknown();

/** As IAM, S3 and EC2 take them. */
export function tagList(map: z.output<typeof tags>) {
    return Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
}

let made = 0;

/**
 * A physical name by its prefix.
 * @see https://github.com/hashicorp/terraform-plugin-sdk: helper/id/id.go, PrefixedUniqueId
 */
export function generated(prefix: string): string {
    made += 1;
    const time = new Date().toISOString().replace(/\D/g, "").padEnd(18, "0");
    const counter = made.toString(16).padStart(GENERATED_SUFFIX_LENGTH - time.length, "0");
    return `${prefix}${time}${counter}`;
}

/** A physical name as Pulumi makes it, where the program gives neither name nor prefix. */
export function autoNamed(name: string): string {
    return `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** What AWS always answers with, though the SDK's types leave it open. */
export function known<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("an answer without what was made");
    }
    return value;
}
