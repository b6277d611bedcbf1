import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { checkInstanceProfile, checkTrust } from "../checks/role";
import type { ExistingRole } from "../domain/existing-role";
import { SERVICES } from "../policies/emr-roles";
import { at, FailedLookup, lookup, lookupFailed, type Outcome } from "./lookup";

/**
 * Checks whether EMR or EC2 can assume an existing role, and whether nodes get the jobflow role from its instance
 * profile. It does not check the role's policies: the stack outputs them as `requiredPolicies`.
 */
export async function checkRole(
    which: keyof typeof SERVICES,
    { access }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<Outcome & { readonly role?: ExistingRole }> {
    const name = access[which]?.existing;
    if (name === undefined) {
        return { errors: [] };
    }
    const [role, profile] = await Promise.all([
        lookup(aws.iam.getRole({ name }, opts)),
        which === "jobflowRole" ? lookup(aws.iam.getInstanceProfile({ name }, opts)) : undefined,
    ]);
    const path = ["access", which, "existing"];
    if (role instanceof FailedLookup) {
        return { errors: at(path, lookupFailed(`the role ${name}`, role, "iam:GetRole")) };
    }
    return {
        role: { name: role.name, arn: role.arn },
        errors: at(
            path,
            checkTrust(role.assumeRolePolicy, SERVICES[which]),
            profile instanceof FailedLookup
                ? lookupFailed(`the instance profile ${name}`, profile, "iam:GetInstanceProfile")
                : profile && checkInstanceProfile(name, profile.roleName),
        ),
    };
}
