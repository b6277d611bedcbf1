import type { ArgumentError, Path } from "../domain/errors";
import { formatPath } from "../domain/errors";

/** Replaces an output in the checks that run before its value is known: a value of the same form and length. */
type Placeholder = (region: string, index: number) => string;

const ACCOUNT = "0".repeat(12);

/**
 * The arguments of EmrEncryption that may be outputs, such as the id of a VPC of the same program. All others decide how
 * many resources there are, what they are called, or what rules compare.
 */
const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
    "network.existing.vpcId": () => `vpc-${"0".repeat(17)}`,
    "network.existing.subnetIds": (_, index) => `subnet-${String(index).padStart(17, "0")}`,
    "encryption.kmsKeyArn": (region) => `arn:aws:kms:${region}:${ACCOUNT}:key/${"0".repeat(36)}`,
    "certificates.remindTopicArn": (region) => `arn:aws:sns:${region}:${ACCOUNT}:topic`,
    "access.permissionsBoundary": () => `arn:aws:iam::${ACCOUNT}:policy/boundary`,
    "emrEtlRunner.aws.emr.ec2_key_name": () => "key-pair",
};

/** The one list among them. It may be an output, and so may its items. */
const LIST = "network.existing.subnetIds";

/** Whether an argument may be an output. `path`: without the indexes of lists. */
export function mayBeOutput(path: string): boolean {
    return Object.hasOwn(PLACEHOLDERS, path);
}

/** Arguments without outputs. */
export interface PlainArguments {
    readonly plain: unknown;
    /** The arguments that are outputs, without indexes. */
    readonly outputs: ReadonlySet<string>;
    /** The arguments that may not be outputs, and are. */
    readonly errors: readonly ArgumentError[];
}

/** Replaces outputs by placeholders. `isOutput`: whether a value is an output or a promise. */
export function withPlaceholders(
    args: unknown,
    region: string,
    isOutput: (value: unknown) => boolean,
): PlainArguments {
    const outputs = new Set<string>();
    const errors: ArgumentError[] = [];
    const plainOf = (value: unknown, path: Path): unknown => {
        if (isOutput(value)) {
            const name = formatPath(path.filter((key) => typeof key === "string"));
            const [placeholder, index] = [PLACEHOLDERS[name], path.at(-1)];
            if (placeholder === undefined) {
                errors.push(
                    notPlain(path, "an output, whose value is known only while resources are created"),
                );
                return undefined;
            }
            outputs.add(name);
            const text = placeholder(region, typeof index === "number" ? index : 0);
            return name === LIST && typeof index !== "number" ? [text] : text;
        }
        if (Array.isArray(value)) {
            return value.map((item, index) => plainOf(item, [...path, index]));
        }
        if (typeof value !== "object" || value === null) {
            if (typeof value === "function" || typeof value === "symbol") {
                errors.push(notPlain(path, `a ${typeof value}`));
            }
            return value;
        }
        if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) {
            errors.push(notPlain(path, "an instance of a class"));
            return undefined;
        }
        return Object.fromEntries(
            Object.entries(value).map(([key, below]) => [key, plainOf(below, [...path, key])]),
        );
    };
    return { plain: plainOf(args, []), outputs, errors };
}

function notPlain(path: Path, found: string): ArgumentError {
    return {
        code: "not-plain",
        path,
        found,
        expected: "a plain value, since this argument is compared with others before the first resource",
        fix: "write the value, read it from pulumi.Config, or await `getOutputDetails` of a StackReference",
    };
}
