import {
    GetInstanceProfileCommand,
    paginateListAttachedRolePolicies,
    paginateListEntitiesForPolicy,
    paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { all, baseName, type Clients, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";
import { UNNAMED } from "./generated-names";

type IamClient = Clients["iam"];

const GONE = ["NoSuchEntity", "NoSuchEntityException"];

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
async function holders(iam: IamClient, policyArn: string): Promise<readonly Finding[]> {
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

/** Policies of a role that the stack neither attached nor created: a check for managed ones, and one for inline ones. */
function foreignPolicies(
    iam: IamClient,
    RoleName: string,
    own?: AttachedPolicies,
): readonly Promise<readonly Finding[]>[] {
    const of = [{ client: iam }, { RoleName }] as const;
    const managed = () =>
        all(paginateListAttachedRolePolicies(...of), ({ AttachedPolicies = [] }) =>
            AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn),
        );
    const inline = () => all(paginateListRolePolicies(...of), ({ PolicyNames }) => PolicyNames);
    const kinds = [
        ["iam:ListAttachedRolePolicies", managed, "detach-role-policy --policy-arn"],
        ["iam:ListRolePolicies", inline, "delete-role-policy --policy-name"],
    ] as const;
    return kinds.map(async ([permission, list, remove]) =>
        ((await callIfThere(GONE, permission, RoleName, list)) ?? [])
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
async function instanceProfile(iam: IamClient, name: string): Promise<readonly Finding[]> {
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
