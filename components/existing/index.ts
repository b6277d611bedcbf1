import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type Ambient, ARGUMENTS, type EnvironmentArgs, lookedUpErrors, resolveArguments } from "../args";
import { type ErrorReport, InvalidArguments } from "../domain/errors";
import type { ExistingRole } from "../domain/existing-role";
import { checkBuckets } from "./buckets";
import { checkCollectorBucket } from "./collector-bucket";
import { checkEmr } from "./emr";
import { checkKey } from "./key";
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

/**
 * Looks up every existing resource that the arguments name, and what EMR supports in the stack's region. Call it before
 * the first resource: if the arguments do not fit, nothing has been created.
 * @param opts The provider or the parent of all look-ups.
 * @throws InvalidArguments with all errors.
 */
export async function lookUpExisting(
    given: EnvironmentArgs & Ambient,
    opts?: pulumi.InvokeOptions,
    report: ErrorReport = ARGUMENTS,
): Promise<Existing> {
    const args = resolveArguments(given, { report });
    const { accountId } = await aws.getCallerIdentity({}, opts);
    const outcomes = await Promise.all([
        checkNetwork(args, opts),
        checkKey(args, accountId, opts),
        checkRole("serviceRole", args, opts),
        checkRole("jobflowRole", args, opts),
        checkBuckets(args, opts),
        checkTopic(args, accountId, opts),
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
