import { parseStackOutputs, type StackOutputs } from "../../commands/stack-outputs";
import type { Check } from "../../commands/verify/check";
import { keyChecks } from "../../commands/verify/key";
import { networkChecks } from "../../commands/verify/network";
import { reminderChecks } from "../../commands/verify/reminder";
import { roleChecks } from "../../commands/verify/roles";
import { securityConfigurationChecks } from "../../commands/verify/security-configuration";
import { securityGroupChecks } from "../../commands/verify/security-groups";
import { type Deployment, deployStack } from "./deploy";

const PARTS = [
    reminderChecks,
    securityConfigurationChecks,
    keyChecks,
    roleChecks,
    networkChecks,
    securityGroupChecks,
];

/** A deployed stack, and its outputs as commands read them. */
export interface Deployed {
    readonly stack: Deployment;
    readonly outputs: StackOutputs;
}

export async function deployed(...options: Parameters<typeof deployStack>): Promise<Deployed> {
    const stack = await deployStack(...options);
    return { stack, outputs: parseStackOutputs("here", stack.json) };
}

/** The checks of `verify`, except those of data, certificates and config.yml. */
export async function clusterChecks({ stack, outputs }: Deployed): Promise<readonly Check[]> {
    const context = { clients: stack.aws, outputs, now: new Date() };
    return (await Promise.all(PARTS.map((part) => part(context)))).flat();
}
