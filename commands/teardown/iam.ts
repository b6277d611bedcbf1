import {
    GetInstanceProfileCommand,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListEntitiesForPolicy,
    paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { baseName } from "./clusters";
import { all, type Finding } from "./finding";

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
                ? [managedPolicies(iam, baseName(role), own), inlinePolicies(iam, baseName(role), own)]
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

async function managedPolicies(
    iam: IAMClient,
    role: string,
    { managedPolicyArns }: AttachedPolicies,
): Promise<readonly Finding[]> {
    const found = await callIfThere(GONE, "iam:ListAttachedRolePolicies", role, () =>
        all(
            paginateListAttachedRolePolicies({ client: iam }, { RoleName: role }),
            ({ AttachedPolicies }) => AttachedPolicies,
        ),
    );
    return (found ?? []).flatMap(({ PolicyArn = "" }) =>
        managedPolicyArns.includes(PolicyArn)
            ? []
            : {
                  kind: "role",
                  name: role,
                  why: `has a policy that the stack did not attach: ${PolicyArn}`,
                  fix: `\`aws iam detach-role-policy --role-name ${role} --policy-arn ${PolicyArn}\``,
              },
    );
}

async function inlinePolicies(
    iam: IAMClient,
    role: string,
    { policyName }: AttachedPolicies,
): Promise<readonly Finding[]> {
    const names = await callIfThere(GONE, "iam:ListRolePolicies", role, () =>
        all(paginateListRolePolicies({ client: iam }, { RoleName: role }), ({ PolicyNames }) => PolicyNames),
    );
    return (names ?? []).flatMap((name) =>
        name === policyName
            ? []
            : {
                  kind: "role",
                  name: role,
                  why: `has an inline policy that the stack did not create: ${name}`,
                  fix: `\`aws iam delete-role-policy --role-name ${role} --policy-name ${name}\``,
              },
    );
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
