import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { checkInstanceProfile } from "../checks/instance-profile";
import { checkTrust } from "../checks/trust";
import type { ArgumentError } from "../domain/errors";
import { SERVICES } from "../policies/emr-roles";
import { at, type FailedLookup, lookup, lookupFailed, succeeded } from "./lookup";

export interface RoleFacts {
    readonly name: string;
    readonly role: aws.iam.GetRoleResult | FailedLookup;
    /** Of the jobflow role only. */
    readonly profile?: aws.iam.GetInstanceProfileResult | FailedLookup;
}

export async function lookUpServiceRole(
    { access: { serviceRole } }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<RoleFacts | undefined> {
    if (serviceRole === null) {
        return undefined;
    }
    const name = serviceRole.existing;
    return { name, role: await lookup(aws.iam.getRole({ name }, opts)) };
}

export async function lookUpJobflowRole(
    { access: { jobflowRole } }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<RoleFacts | undefined> {
    if (jobflowRole === null) {
        return undefined;
    }
    const name = jobflowRole.existing;
    const [role, profile] = await Promise.all([
        lookup(aws.iam.getRole({ name }, opts)),
        lookup(aws.iam.getInstanceProfile({ name }, opts)),
    ]);
    return { name, role, profile };
}

/** Checks whether EMR, or the nodes, can take the role. Its policies are not checked: see `requiredPolicies`. */
export function checkRole(
    which: keyof typeof SERVICES,
    { name, role, profile }: RoleFacts,
): readonly ArgumentError[] {
    const path = ["access", which, "existing"];
    if (!succeeded(role)) {
        return [lookupFailed(path, `the role ${name}`, role, "iam:GetRole")];
    }
    return [
        ...at(path, checkTrust(role.assumeRolePolicy, SERVICES[which])),
        ...(profile === undefined
            ? []
            : succeeded(profile)
              ? at(path, checkInstanceProfile(name, profile.roleName))
              : [lookupFailed(path, `the instance profile ${name}`, profile, "iam:GetInstanceProfile")]),
    ];
}
