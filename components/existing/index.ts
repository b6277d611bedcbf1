import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { ARGUMENTS, lookedUpErrors, type ResolvedArgs } from "../args";
import { describe } from "../args/describe";
import { type ArgumentError, type ErrorReport, InvalidArguments } from "../domain/errors";
import type { ExistingRole } from "../domain/existing-role";
import { checkBuckets } from "./buckets";
import { checkCollectorBucket } from "./collector-bucket";
import { checkEmr } from "./emr";
import { awsHostnames, type Hostnames } from "./hostnames";
import { checkKey } from "./key";
import type { Outcome } from "./lookup";
import { checkNetwork } from "./network";
import { checkRole } from "./roles";
import { checkTables } from "./tables";
import { checkTopic } from "./topic";

/** Facts about the account, and about the existing resources that the arguments name: looked up and checked. */
export interface Existing {
    readonly accountId: string;
    readonly serviceRole: ExistingRole | undefined;
    readonly jobflowRole: ExistingRole | undefined;
    /** Whether nodes must accept a certificate under any name, since it does not carry their names. */
    readonly anyHostname: boolean;
    /** The domain of the nodes' names. */
    readonly nodeDomain: string;
    readonly warnings: readonly string[];
}

export interface LookUpOptions {
    /** How errors name the arguments. @default as arguments of EmrEncryption */
    readonly report?: ErrorReport;
    /** The arguments that are outputs, and placeholders in `args`. @default none */
    readonly outputs?: ReadonlySet<string>;
}

/**
 * Looks up every existing resource that the arguments name, and what EMR supports in the stack's region. Await it before
 * the first resource registers: if the arguments do not fit, nothing has been created.
 * @param opts The provider or the parent of all look-ups.
 * @returns Undefined in a preview whose provider has an unknown configuration, such as the ARN of a role to create: then
 *     Pulumi's engine answers no look-up.
 * @throws InvalidArguments with all errors.
 */
export async function lookUpExisting(
    args: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
    { report = ARGUMENTS, outputs = new Set() }: LookUpOptions = {},
): Promise<Existing | undefined> {
    const [{ accountId }, { region }] = await Promise.all([
        aws.getCallerIdentity({}, opts),
        aws.getRegion({}, opts),
    ]);
    if (region === undefined) {
        return undefined;
    }
    if (region !== args.region) {
        throw new InvalidArguments([regionOfAnotherProvider(args.region, region)], report);
    }
    const isOutput = (object: string) => [...outputs].some((path) => path.startsWith(object));
    const outcomes = await Promise.all([
        isOutput("network.existing") ? uncheckedNetwork(args) : checkNetwork(args, opts),
        isOutput("encryption.kmsKeyArn")
            ? unchecked("encryption.kmsKeyArn")
            : checkKey(args, accountId, opts),
        checkRole("serviceRole", args, opts),
        checkRole("jobflowRole", args, opts),
        checkBuckets(args, opts),
        isOutput("certificates.remindTopicArn")
            ? unchecked("certificates.remindTopicArn")
            : checkTopic(args, accountId, opts),
        checkTables(args, opts),
        checkEmr(args, opts),
        checkCollectorBucket(args, opts),
    ]);
    const [{ anyHostname, nodeDomain }, , { role: serviceRole }, { role: jobflowRole }] = outcomes;
    const errors = [
        ...outcomes.flatMap((outcome) => outcome.errors),
        ...lookedUpErrors(args, { serviceRole, jobflowRole, anyHostname }),
    ];
    if (errors.length > 0) {
        throw new InvalidArguments(errors, report);
    }
    const warnings = outcomes.flatMap((outcome) => outcome.warnings ?? []);
    return { accountId, serviceRole, jobflowRole, anyHostname, nodeDomain, warnings };
}

/** Look-ups in another region would find nothing, and documents would name the wrong region. */
function regionOfAnotherProvider(region: string, ofProvider: string): ArgumentError {
    return {
        code: "region-of-another-provider",
        path: ["region"],
        found: `${describe(region)}, and an AWS provider of ${describe(ofProvider)}`,
        fix: "pass a provider of the same region in the resource options, or the provider's region here",
    };
}

/**
 * An output may be the id of a resource that the program creates itself, and that is not complete when its id is known:
 * a VPC before its routes. So outputs are not looked up, and every run does the same.
 */
function unchecked(argument: string): Outcome {
    const warning = `${argument} is an output, and so is not looked up: \`verify\` checks the resource once it exists. A plain value is checked before the first resource is created.`;
    return { errors: [], warnings: [warning] };
}

function uncheckedNetwork(args: ResolvedArgs): Hostnames {
    return { ...awsHostnames(args), ...unchecked("network.existing") };
}
