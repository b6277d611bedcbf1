import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clients } from "../../../commands/aws";
import { GENERATED_SUFFIX_LENGTH } from "../../../components/domain/naming";
import type { Region } from "../../../components/domain/region";

/** The clients that create resources. */
export interface Aws extends Clients {
    readonly region: Region;
}

/** The AWS provider's answer about a created resource. */
interface Made {
    readonly id: string;
    /** Properties in addition to the inputs. */
    readonly state?: Readonly<Record<string, unknown>>;
}

type Create = (inputs: unknown, aws: Aws, name: string) => Promise<Made>;

/** By type, such as `aws:s3/bucket:Bucket`: creates a resource like the AWS provider. */
export type Resources = Readonly<Record<string, Create>>;

/**
 * A row of the tables.
 * @param shape The implemented inputs; any other is refused, so that none is ignored silently.
 * @param create Calls AWS like the AWS provider; `name` is the logical name.
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

/** An input for the engine or the provider, which AWS never receives. */
export const untold = z.unknown();

/** Tags in the form of IAM, S3 and EC2. */
export function tagList(map: z.output<typeof tags>) {
    return Object.entries(map).map(([Key, Value]) => ({ Key, Value }));
}

let made = 0;

/**
 * A physical name with a prefix.
 * @see https://github.com/hashicorp/terraform-plugin-sdk: helper/id/id.go, PrefixedUniqueId
 */
export function generated(prefix: string): string {
    made += 1;
    const time = new Date().toISOString().replace(/\D/g, "").padEnd(18, "0");
    const counter = made.toString(16).padStart(GENERATED_SUFFIX_LENGTH - time.length, "0");
    return `${prefix}${time}${counter}`;
}

/** A physical name as Pulumi generates it without name or prefix. */
export function autoNamed(name: string): string {
    return `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** A value that AWS always returns, although the SDK's types make it optional. */
export function known<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("an answer without what was made");
    }
    return value;
}
