import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { formatPath } from "../args/errors";
import { NAMESPACE, SettingsError } from "../config";
import type { ExistingRole } from "../emr-roles";
import { bucketWarnings, checkBuckets, lookUpBuckets } from "./buckets";
import { hostnamesOf } from "./hostnames";
import { checkKey, lookUpKey } from "./key";
import { type Finding, isAnswer } from "./lookup";
import { checkNetwork, lookUpNetwork } from "./network";
import { checkRole, lookUpJobflowRole, lookUpServiceRole, type RoleFacts } from "./roles";
import { routeWarnings } from "./routes";
import { checkTopic, lookUpTopic, topicWarnings } from "./topic";

/** What is there before the stack: looked up, and found fit. */
export interface Existing {
    readonly accountId: string;
    readonly serviceRole: ExistingRole | undefined;
    readonly jobflowRole: ExistingRole | undefined;
    /** Whether nodes must accept a certificate under any name: theirs are not in it. */
    readonly anyHostname: boolean;
    /** What the nodes' names end with. */
    readonly nodeDomain: string;
    readonly warnings: readonly string[];
}

/**
 * Looks up everything that the stack config names as existing, before the first resource: where something is not as
 * it must be, nothing has been made.
 * @throws SettingsError with every finding there is.
 */
export async function lookUpExisting(settings: ResolvedArgs): Promise<Existing> {
    const caller = aws.getCallerIdentity();
    const [{ accountId }, network, key, serviceRole, jobflowRole, buckets, topic] = await Promise.all([
        caller,
        lookUpNetwork(settings),
        lookUpKey(settings),
        lookUpServiceRole(settings),
        lookUpJobflowRole(settings),
        lookUpBuckets(settings),
        caller.then(({ accountId }) => lookUpTopic(settings, accountId)),
    ]);
    const findings: readonly Finding[] = [
        ...(network ? checkNetwork(settings, network) : []),
        ...(key ? checkKey(settings, accountId, key) : []),
        ...(serviceRole ? checkRole(settings, "serviceRole", serviceRole) : []),
        ...(jobflowRole ? checkRole(settings, "jobflowRole", jobflowRole) : []),
        ...checkBuckets(settings, buckets),
        ...(topic ? checkTopic(topic) : []),
    ];
    if (findings.length > 0) {
        throw new SettingsError(
            findings.map(({ path, found, remedy }) => ({
                path: formatPath(NAMESPACE, path),
                found,
                allowed: remedy,
                remedy: true,
            })),
            settings.stack,
        );
    }
    const hostnames = hostnamesOf(settings, network?.dhcpOptions);
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
            ...topicWarnings(settings, accountId),
        ],
    };
}

function roleOf(facts: RoleFacts | undefined): ExistingRole | undefined {
    return facts && isAnswer(facts.role) ? { name: facts.role.name, arn: facts.role.arn } : undefined;
}
