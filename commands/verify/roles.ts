import {
    GetInstanceProfileCommand,
    GetPolicyCommand,
    GetRoleCommand,
    type IAMClient,
} from "@aws-sdk/client-iam";
import { documentDifferences } from "../../components/checks/document-differences";
import { checkInstanceProfile, checkTrust } from "../../components/checks/role";
import { parseArn } from "../../components/domain/arn";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import type { PolicyDocument } from "../../components/policies/document";
import { jobflowRoleTrust, SERVICES, serviceRoleTrust } from "../../components/policies/emr-roles";
import { reencryptionRoleTrust } from "../../components/policies/reencryption";
import { reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, type Context, compare, compareFinding } from "./check";
import { rolePolicyChecks } from "./role-policies";

const ABSENT = ["NoSuchEntity", "NoSuchEntityException"];

/** Who may take the roles, and what they are allowed; of the user's own, who may take them alone. */
export async function roleChecks({ clients: { iam }, outputs }: Context): Promise<readonly Check[]> {
    const checks = await Promise.all([
        ...rolesOf(outputs).map((role) => checkRole(iam, role, restore(outputs))),
        checkProfile(iam, outputs),
        checkOperatorPolicy(iam, outputs),
    ]);
    return checks.flat();
}

function restore({ forCommands }: StackOutputs): string {
    return `npx pulumi up --refresh --stack ${forCommands.stack}`;
}

interface Role {
    readonly name: string;
    /** Who may take it. */
    readonly service: string;
    /** As the stack writes it. */
    readonly trust: PolicyDocument;
    /** Undefined where the role is the user's. */
    readonly policies: AttachedPolicies | undefined;
    /** What is to follow where the stack has made another. */
    readonly afterwards?: string;
}

function rolesOf({ serviceRole, jobflowRole, forCommands }: StackOutputs): readonly Role[] {
    const { accountId, region, rolePolicies, reencryptionRoleArn, reminderSchedule } = forCommands;
    const afterwards = ", then the new config.yml";
    return [
        {
            name: serviceRole,
            service: SERVICES.serviceRole,
            trust: serviceRoleTrust(accountId, region),
            policies: rolePolicies.serviceRole,
            afterwards,
        },
        {
            name: jobflowRole,
            service: SERVICES.jobflowRole,
            trust: jobflowRoleTrust(),
            policies: rolePolicies.jobflowRole,
            afterwards,
        },
        ...(reencryptionRoleArn === null
            ? []
            : [
                  {
                      name: roleName(reencryptionRoleArn),
                      service: "batchoperations.s3.amazonaws.com",
                      trust: reencryptionRoleTrust(),
                      policies: rolePolicies.reencryptionRole,
                      afterwards: ", then the outputs anew",
                  },
              ]),
        ...(reminderSchedule === null
            ? []
            : [
                  {
                      name: roleName(reminderSchedule.roleArn),
                      service: "scheduler.amazonaws.com",
                      trust: reminderRoleTrust(accountId, region),
                      policies: rolePolicies.reminderRole,
                      afterwards: ", then the outputs anew",
                  },
              ]),
    ];
}

/** A role's name is the last part of its ARN, after its path. */
function roleName(roleArn: string): string {
    return parseArn(roleArn).resource.replace(/^.*\//, "");
}

async function checkRole(iam: IAMClient, role: Role, remedy: string): Promise<readonly Check[]> {
    const { name, service, policies, afterwards = "" } = role;
    const on = `role ${name}`;
    return attempt(`${on}: trust policy`, trustOf(role, remedy).expected, async () => {
        const answer = await callIfThere(ABSENT, "iam:GetRole", name, () =>
            iam.send(new GetRoleCommand({ RoleName: name })),
        );
        if (!answer?.Role) {
            return compare({
                on,
                expected: "there",
                found: "no such role",
                remedy: policies
                    ? `${remedy}${afterwards}`
                    : `a role of that name, which ${service} may take`,
            });
        }
        // IAM hands documents out as parts of a URL.
        const json = decodeURIComponent(answer.Role.AssumeRolePolicyDocument ?? "{}");
        return [
            compare({ on: `${on}: trust policy`, ...trustOf(role, remedy, json) }),
            ...(policies ? await rolePolicyChecks(iam, name, policies, remedy) : []),
        ];
    });
}

/** The stack's own role lets in whom the stack says, and nobody else; a role of the user's, its service at least. */
function trustOf({ service, trust, policies }: Role, remedy: string, json = "{}") {
    if (!policies) {
        const expected = `${service} may take the role`;
        return {
            expected,
            found: checkTrust(json, service) ? `${service} is not named` : expected,
            remedy: `a trust policy that allows sts:AssumeRole to the service ${service}`,
        };
    }
    const expected = `${service} alone, as the stack wrote it`;
    return { expected, found: documentDifferences(trust, json).join(", ") || expected, remedy };
}

/** EMR takes the jobflow role by the name of a profile, and finds no role of another. */
async function checkProfile(iam: IAMClient, outputs: StackOutputs): Promise<readonly Check[]> {
    const name = outputs.jobflowRole;
    const on = `instance profile ${name}: role`;
    return attempt(on, name, async () => {
        const answer = await callIfThere(ABSENT, "iam:GetInstanceProfile", name, () =>
            iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })),
        );
        const inside = answer?.InstanceProfile?.Roles?.[0]?.RoleName;
        return compareFinding(checkInstanceProfile(name, inside), {
            on,
            expected: name,
            found: answer ? (inside ?? "none") : "no such instance profile",
            remedy: outputs.forCommands.rolePolicies.jobflowRole
                ? restore(outputs)
                : `an instance profile ${name} with the role ${name} in it: EMR finds the one by the other`,
        });
    });
}

async function checkOperatorPolicy(iam: IAMClient, outputs: StackOutputs): Promise<readonly Check[]> {
    const { operatorPolicyArn } = outputs;
    const on = `operator policy ${operatorPolicyArn}`;
    return attempt(on, "there", async () => {
        const answer = await callIfThere(ABSENT, "iam:GetPolicy", operatorPolicyArn, () =>
            iam.send(new GetPolicyCommand({ PolicyArn: operatorPolicyArn })),
        );
        return compare({
            on,
            expected: "there",
            found: answer ? "there" : "no such policy",
            remedy: `${restore(outputs)}, and attach it to the user that runs EmrEtlRunner`,
        });
    });
}
