import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { lets, SERVICES } from "../policies/emr-roles";
import { ask, type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";

/** What AWS says of a role that is the user's. */
export interface RoleFacts {
    readonly role: aws.iam.GetRoleResult | Unanswered;
    /** Of the jobflow role. */
    readonly profile?: aws.iam.GetInstanceProfileResult | Unanswered;
}

export async function lookUpServiceRole({ access }: ResolvedArgs): Promise<RoleFacts | undefined> {
    return access.serviceRole === null
        ? undefined
        : { role: await ask(aws.iam.getRole({ name: access.serviceRole.existing })) };
}

export async function lookUpJobflowRole({ access }: ResolvedArgs): Promise<RoleFacts | undefined> {
    if (access.jobflowRole === null) {
        return undefined;
    }
    const name = access.jobflowRole.existing;
    const [role, profile] = await Promise.all([
        ask(aws.iam.getRole({ name })),
        ask(aws.iam.getInstanceProfile({ name })),
    ]);
    return { role, profile };
}

/** Whether EMR, or the nodes, can take the role. What it allows is not looked at: see `requiredPolicies`. */
export function checkRole(
    { access }: ResolvedArgs,
    which: keyof typeof SERVICES,
    { role, profile }: RoleFacts,
): readonly Finding[] {
    const path = ["access", which, "existing"];
    const name = access[which]?.existing ?? "";
    if (!isAnswer(role)) {
        return [noAnswer(path, `the role ${name}`, role, "iam:GetRole")];
    }
    const findings: Finding[] = [];
    const service = SERVICES[which];
    if (!lets(role.assumeRolePolicy, service)) {
        findings.push({
            path,
            found: `the role ${name}, which ${service} may not take`,
            remedy: `a trust policy that allows sts:AssumeRole to the service ${service}`,
        });
    }
    if (profile === undefined) {
        return findings;
    }
    if (!isAnswer(profile)) {
        return [
            ...findings,
            {
                path,
                found: `no instance profile ${name}: ${profile.reason}`,
                remedy: `an instance profile of the role's own name, with the role in it: EMR finds the one by the other (iam:GetInstanceProfile lets these credentials look it up)`,
            },
        ];
    }
    if (profile.roleName !== name) {
        findings.push({
            path,
            found: `the instance profile ${name} with ${!profile.roleName ? "no role" : `the role ${profile.roleName}`} in it`,
            remedy: `an instance profile ${name} with the role ${name} in it: EMR finds the one by the other`,
        });
    }
    return findings;
}
