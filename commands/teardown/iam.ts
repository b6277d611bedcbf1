import {
    GetInstanceProfileCommand,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListEntitiesForPolicy,
    paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { all, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { baseName } from "./clusters";
import type { Finding } from "./finding";

const GONE = ["NoSuchEntity", "NoSuchEntityException"];

/**
 * Checks of the stack's roles and of the operator policy: IAM deletes no role with a policy, and no policy in use. The AWS
 * provider removes only the policies that Pulumi attached.
 * @see https://github.com/hashicorp/terraform-provider-aws: internal/service/iam/role.go, deleteRole
 */
export function iamChecks(iam: IAMClient, outputs: StackOutputs): readonly Promise<readonly Finding[]>[] {
    const { rolePolicies, reencryptionRoleArn, reminderSchedule } = outputs.forCommands;
    const roles: readonly (readonly [string | undefined | null, AttachedPolicies | undefined])[] = [
        [outputs.serviceRole, rolePolicies.serviceRole],
        [outputs.jobflowRole, rolePolicies.jobflowRole],
        [reencryptionRoleArn, rolePolicies.reencryptionRole],
        [reminderSchedule?.roleArn, rolePolicies.reminderRole],
    ];
    return [
        holders(iam, outputs.operatorPolicyArn),
        ...roles.flatMap(([role, own]) =>
            role && own
                ? (["managed", "inline"] as const).map((kind) =>
                      foreignPolicies(iam, baseName(role), kind, own),
                  )
                : [],
        ),
        ...(rolePolicies.jobflowRole ? [instanceProfile(iam, outputs.jobflowRole)] : []),
    ];
}

/** People attach the operator policy to the user that runs EmrEtlRunner. */
async function holders(iam: IAMClient, policyArn: string): Promise<readonly Finding[]> {
    const found = await callIfThere(GONE, "iam:ListEntitiesForPolicy", policyArn, () =>
        all(
            paginateListEntitiesForPolicy({ client: iam }, { PolicyArn: policyArn }),
            ({ PolicyUsers = [], PolicyGroups = [], PolicyRoles = [] }) => [
                ...PolicyUsers.map(({ UserName = "" }) => ["user", UserName] as const),
                ...PolicyGroups.map(({ GroupName = "" }) => ["group", GroupName] as const),
                ...PolicyRoles.map(({ RoleName = "" }) => ["role", RoleName] as const),
            ],
        ),
    );
    return (found ?? []).map(([kind, name]) => ({
        kind: "operator policy",
        name: policyArn,
        why: `is attached to the ${kind} ${name}`,
        fix: `\`aws iam detach-${kind}-policy --${kind}-name ${name} --policy-arn ${policyArn}\``,
    }));
}

/** Policies of a role that the stack neither attached nor created. */
async function foreignPolicies(
    iam: IAMClient,
    role: string,
    kind: "managed" | "inline",
    own: AttachedPolicies,
): Promise<readonly Finding[]> {
    const of = [{ client: iam }, { RoleName: role }] as const;
    const found =
        kind === "managed"
            ? await callIfThere(GONE, "iam:ListAttachedRolePolicies", role, () =>
                  all(paginateListAttachedRolePolicies(...of), ({ AttachedPolicies = [] }) =>
                      AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn),
                  ),
              )
            : await callIfThere(GONE, "iam:ListRolePolicies", role, () =>
                  all(paginateListRolePolicies(...of), ({ PolicyNames }) => PolicyNames),
              );
    const known = [...own.managedPolicyArns, own.policyName];
    return (found ?? [])
        .filter((policy) => !known.includes(policy))
        .map((policy) => ({
            kind: "role",
            name: role,
            why: `has a policy that is not the stack's: ${policy}`,
            fix: `\`aws iam ${kind === "managed" ? `detach-role-policy --policy-arn ${policy}` : `delete-role-policy --policy-name ${policy}`} --role-name ${role}\``,
        }));
}

/** The profile has the name of its role. Another role in it stays when Pulumi removes the stack's. */
async function instanceProfile(iam: IAMClient, name: string): Promise<readonly Finding[]> {
    const found = await callIfThere(GONE, "iam:GetInstanceProfile", name, () =>
        iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })),
    );
    return (found?.InstanceProfile?.Roles ?? []).flatMap(({ RoleName }) =>
        RoleName === name
            ? []
            : {
                  kind: "instance profile",
                  name,
                  why: `contains a role that is not the stack's: ${RoleName}`,
                  fix: `\`aws iam remove-role-from-instance-profile --instance-profile-name ${name} --role-name ${RoleName}\``,
              },
    );
}
