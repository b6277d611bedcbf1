import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
    type Ambient,
    ARGUMENTS,
    objectsOf,
    type PlainEnvironment,
    type ResolvedArgs,
    resolveArguments,
    withPlaceholders,
} from "./args";
import { type ErrorReport, InvalidArguments } from "./domain/errors";
import type { EmrEncryptionArgs } from "./emr-encryption-args";

/** Checked arguments, before the values of outputs are known. */
export interface PlannedArgs {
    /** With placeholders for outputs: decides which resources there are, and what they are called. */
    readonly resolved: ResolvedArgs;
    /** With the values of outputs. */
    readonly known: pulumi.Output<ResolvedArgs>;
    /** The arguments that are outputs. */
    readonly outputs: ReadonlySet<string>;
    readonly report: ErrorReport;
}

/**
 * Completes and checks the arguments of the component `name`.
 * @throws InvalidArguments with all errors.
 */
export function planArguments(
    name: string,
    args: EmrEncryptionArgs,
    opts: pulumi.ComponentResourceOptions | undefined,
): PlannedArgs {
    const given = objectsOf(args);
    const report = args.report ?? { ...ARGUMENTS, subject: `arguments of EmrEncryption ${name}` };
    const stack = pulumi.getStack();
    const ambient: Ambient = {
        region: args.region ?? defaultRegion(opts) ?? "",
        // Two instances in one stack need different names: EmrEtlRunner finds a persistent cluster by its name.
        stack: args.stack ?? `${stack}-${name}`,
        stackTag: args.stackTag ?? `${pulumi.getProject()}/${stack}/${name}`,
        certificatePrivateKey: args.certificatePrivateKey,
    };
    const { plain, outputs, errors } = withPlaceholders(given, ambient.region, isOutput);
    if (errors.length > 0) {
        throw new InvalidArguments(errors, report);
    }
    const resolve = (objects: unknown) =>
        resolveArguments({ ...(objects as PlainEnvironment), ...ambient }, { report });
    const resolved = resolve(plain);
    const known = outputs.size === 0 ? pulumi.output(resolved) : pulumi.output(given).apply(resolve);
    return { resolved, known: known as pulumi.Output<ResolvedArgs>, outputs, report };
}

function isOutput(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** The region of the default provider; undefined if there is another provider, whose region is an output. */
function defaultRegion(opts: pulumi.ComponentResourceOptions = {}): string | undefined {
    const { provider, providers = [], parent } = opts;
    const inherited = parent?.getProvider("aws:index:EmrEncryption");
    const isExplicit = [provider, ...Object.values(providers), inherited].some(aws.Provider.isInstance);
    return isExplicit ? undefined : aws.config.region;
}
