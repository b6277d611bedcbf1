import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type Ambient, ARGUMENTS, type EnvironmentArgs, resolveArguments } from "../args";
import { type ErrorReport, InvalidArguments } from "../domain/errors";
import type { ExistingRole } from "../domain/existing-role";
import { bucketWarnings, checkBuckets, lookUpBuckets } from "./buckets";
import { hostnamesOf } from "./hostnames";
import { checkKey, lookUpKey } from "./key";
import { succeeded } from "./lookup";
import { checkNetwork, lookUpNetwork, routeWarnings } from "./network";
import { checkRole, lookUpJobflowRole, lookUpServiceRole, type RoleFacts } from "./roles";
import { checkTopic, lookUpTopic, topicWarnings } from "./topic";

/** Facts about the account, and about the existing resources that the arguments name: looked up and checked. */
export interface Existing {
    readonly accountId: string;
    readonly serviceRole: ExistingRole | undefined;
    readonly jobflowRole: ExistingRole | undefined;
    /** Whether nodes must accept a certificate under any name, since it does not carry their names. */
    readonly anyHostname: boolean;
    /** What the nodes' names end with. */
    readonly nodeDomain: string;
    readonly warnings: readonly string[];
}

/**
 * Looks up every existing resource that the arguments name. Call it before the first resource: if a resource does not
 * fit, nothing has been created.
 * @param opts The provider or the parent of all look-ups.
 * @throws InvalidArguments with all errors.
 */
export async function lookUpExisting(
    given: EnvironmentArgs & Ambient,
    opts?: pulumi.InvokeOptions,
    report: ErrorReport = ARGUMENTS,
): Promise<Existing> {
    const args = resolveArguments(given, { report });
    const caller = aws.getCallerIdentity({}, opts);
    const [{ accountId }, network, key, serviceRole, jobflowRole, buckets, topic] = await Promise.all([
        caller,
        lookUpNetwork(args, opts),
        lookUpKey(args, opts),
        lookUpServiceRole(args, opts),
        lookUpJobflowRole(args, opts),
        lookUpBuckets(args, opts),
        caller.then(({ accountId }) => lookUpTopic(args, accountId, opts)),
    ]);
    const errors = [
        ...(network ? checkNetwork(args, network) : []),
        ...(key ? checkKey(args, accountId, key) : []),
        ...(serviceRole ? checkRole("serviceRole", serviceRole) : []),
        ...(jobflowRole ? checkRole("jobflowRole", jobflowRole) : []),
        ...checkBuckets(args, buckets),
        ...(topic ? checkTopic(topic) : []),
    ];
    if (errors.length > 0) {
        throw new InvalidArguments(errors, report);
    }
    const hostnames = hostnamesOf(args, network?.dhcpOptions);
    return {
        accountId,
        serviceRole: roleOf(serviceRole),
        jobflowRole: roleOf(jobflowRole),
        anyHostname: hostnames.any,
        nodeDomain: hostnames.domain,
        warnings: [
            ...hostnames.warnings,
            ...routeWarnings(network?.subnets ?? []),
            ...bucketWarnings(buckets),
            ...topicWarnings(args, accountId),
        ],
    };
}

function roleOf(facts: RoleFacts | undefined): ExistingRole | undefined {
    return facts && succeeded(facts.role) ? { name: facts.role.name, arn: facts.role.arn } : undefined;
}
