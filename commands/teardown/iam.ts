import type { IAM } from "@aws-sdk/client-iam";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { baseName, type Clients, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Finding, listed } from "./finding";
import { UNNAMED } from "./generated-names";

/**
 * Checks of the stack's roles and of the operator policy: IAM deletes no role with a policy, and no policy in use. The AWS
 * provider removes the policies that Pulumi attached, takes a role out of its instance profiles, and deletes the old
 * versions of a policy.
 * @param unnamedRoles The stack's roles that the outputs do not name.
 * @see https://github.com/hashicorp/terraform-provider-aws: internal/service/iam/role.go, policy.go
 */
export function iamChecks(
    { iam }: Clients,
    outputs: StackOutputs,
    unnamedRoles: readonly string[],
): readonly Promise<readonly Finding[]>[] {
    const { rolePolicies, reencryptionRoleArn, reminderSchedule } = outputs.forCommands;
    const roles: readonly (readonly [string | undefined | null, AttachedPolicies | undefined])[] = [
        [outputs.serviceRole, rolePolicies.serviceRole],
        [outputs.jobflowRole, rolePolicies.jobflowRole],
        [reencryptionRoleArn, rolePolicies.reencryptionRole],
        [reminderSchedule?.roleArn, rolePolicies.reminderRole],
    ];
    return [
        holders(iam, outputs.operatorPolicyArn),
        ...roles.flatMap(([role, own]) => (role && own ? foreignPolicies(iam, baseName(role), own) : [])),
        ...unnamedRoles.flatMap((role) => foreignPolicies(iam, role)),
        ...(rolePolicies.jobflowRole ? [instanceProfile(iam, outputs.jobflowRole)] : []),
    ];
}

/** People attach the operator policy to the user that runs EmrEtlRunner. */
async function holders(iam: IAM, PolicyArn: string): Promise<readonly Finding[]> {
    const pages = iam.paginateListEntitiesForPolicy({ PolicyArn });
    const found = await listed(
        collect(pages, ({ PolicyUsers = [], PolicyGroups = [], PolicyRoles = [] }) => [
            ...PolicyUsers.map(({ UserName }) => ["user", UserName] as const),
            ...PolicyGroups.map(({ GroupName }) => ["group", GroupName] as const),
            ...PolicyRoles.map(({ RoleName }) => ["role", RoleName] as const),
        ]),
    );
    return found.map(([kind, name]) => ({
        kind: "operator policy",
        name: PolicyArn,
        why: `is attached to the ${kind} ${name}`,
        fix: `\`aws iam detach-${kind}-policy --${kind}-name ${name} --policy-arn ${PolicyArn}\``,
    }));
}

/** Policies of a role that the stack neither attached nor created: a check for managed ones, and one for inline ones. */
function foreignPolicies(
    iam: IAM,
    RoleName: string,
    own?: AttachedPolicies,
): readonly Promise<readonly Finding[]>[] {
    const managed = collect(iam.paginateListAttachedRolePolicies({ RoleName }), ({ AttachedPolicies }) =>
        AttachedPolicies?.map(({ PolicyArn = "" }) => PolicyArn),
    );
    const inline = collect(iam.paginateListRolePolicies({ RoleName }), ({ PolicyNames }) => PolicyNames);
    const kinds = [
        [managed, "detach-role-policy --policy-arn"],
        [inline, "delete-role-policy --policy-name"],
    ] as const;
    return kinds.map(async ([policies, remove]) =>
        (await listed(policies))
            .filter((policy) => policy !== own?.policyName && !own?.managedPolicyArns.includes(policy))
            .map((policy) => ({
                kind: "role",
                name: RoleName,
                why: own
                    ? `has a policy that is not the stack's: ${policy}`
                    : `${UNNAMED}has the policy ${policy}`,
                fix: `\`aws iam ${remove} ${policy} --role-name ${RoleName}\``,
            })),
    );
}

/** The profile has the name of its role. Another role in it stays when Pulumi removes the stack's. */
async function instanceProfile(iam: IAM, name: string): Promise<readonly Finding[]> {
    const profile = iam.getInstanceProfile({ InstanceProfileName: name });
    const roles = await listed(profile.then(({ InstanceProfile }) => InstanceProfile?.Roles));
    return roles
        .filter(({ RoleName }) => RoleName !== name)
        .map(({ RoleName }) => ({
            kind: "instance profile",
            name,
            why: `contains a role that is not the stack's: ${RoleName}`,
            fix: `\`aws iam remove-role-from-instance-profile --instance-profile-name ${name} --role-name ${RoleName}\``,
        }));
}
