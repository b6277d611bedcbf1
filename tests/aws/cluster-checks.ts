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

/** A stack that is there, and what it hands to commands. */
export interface Deployed {
    readonly stack: Deployment;
    readonly outputs: StackOutputs;
}

export async function deployed(...options: Parameters<typeof deployStack>): Promise<Deployed> {
    const stack = await deployStack(...options);
    return { stack, outputs: parseStackOutputs("here", stack.json) };
}

/** What `verify` looks at besides data, certificates and config.yml. */
export async function clusterChecks({ stack, outputs }: Deployed): Promise<readonly Check[]> {
    const context = { clients: stack.aws, outputs, now: new Date() };
    return (await Promise.all(PARTS.map((part) => part(context)))).flat();
}

/** What is told of a check, but for what was expected and the remedy. */
export type Finding = readonly [status: Check["status"], on: string, found: string];

export function findingsOf(checks: readonly Check[]): readonly Finding[] {
    return checks
        .filter(({ status }) => status !== "ok")
        .map(({ status, on, found }) => [status, on, found] as const);
}
