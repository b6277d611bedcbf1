import {
    GetInstanceProfileCommand,
    GetPolicyCommand,
    GetRoleCommand,
    type IAMClient,
} from "@aws-sdk/client-iam";
import { documentDifferences } from "../../components/policies/document";
import { jobflowRoleTrust, lets, SERVICES, serviceRoleTrust } from "../../components/policies/emr-roles";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Check, type Context, judge, look } from "./check";
import { rolePolicyChecks } from "./role-policies";

const ABSENT = ["NoSuchEntity", "NoSuchEntityException"];

/** Who may take the roles, and what they are allowed; of the user's own, who may take them alone. */
export async function roleChecks({ clients: { iam }, outputs }: Context): Promise<readonly Check[]> {
    const checks = await Promise.all([
        checkRole(iam, outputs, "serviceRole"),
        checkRole(iam, outputs, "jobflowRole"),
        checkProfile(iam, outputs),
        checkOperatorPolicy(iam, outputs),
    ]);
    return checks.flat();
}

function restore({ forCommands }: StackOutputs): string {
    return `npx pulumi up --refresh --stack ${forCommands.stack}`;
}

type Which = keyof typeof SERVICES;

async function checkRole(iam: IAMClient, outputs: StackOutputs, which: Which): Promise<readonly Check[]> {
    const name = outputs[which];
    const policies = outputs.forCommands.rolePolicies[which];
    const on = `role ${name}`;
    return look(`${on}: trust policy`, trustOf(outputs, which).expected, async () => {
        const answer = await callIfThere(ABSENT, "iam:GetRole", name, () =>
            iam.send(new GetRoleCommand({ RoleName: name })),
        );
        if (!answer?.Role) {
            return judge({
                on,
                expected: "there",
                found: "no such role",
                remedy: policies
                    ? `${restore(outputs)}, then the new config.yml`
                    : `a role of that name, which ${SERVICES[which]} may take`,
            });
        }
        // IAM hands documents out as parts of a URL.
        const trust = decodeURIComponent(answer.Role.AssumeRolePolicyDocument ?? "{}");
        return [
            judge({ on: `${on}: trust policy`, ...trustOf(outputs, which, trust) }),
            ...(policies ? await rolePolicyChecks(iam, name, policies, restore(outputs)) : []),
        ];
    });
}

/** The stack's own role lets in whom the stack says, and nobody else; a role of the user's, its service at least. */
function trustOf(outputs: StackOutputs, which: Which, json = "{}") {
    const { accountId, region, rolePolicies } = outputs.forCommands;
    const service = SERVICES[which];
    if (!rolePolicies[which]) {
        const expected = `${service} may take the role`;
        return {
            expected,
            found: lets(json, service) ? expected : `${service} is not named`,
            remedy: `a trust policy that allows sts:AssumeRole to the service ${service}`,
        };
    }
    const expected = `${service} alone, as the stack wrote it`;
    const document = which === "serviceRole" ? serviceRoleTrust(accountId, region) : jobflowRoleTrust();
    return {
        expected,
        found: documentDifferences(document, json).join(", ") || expected,
        remedy: restore(outputs),
    };
}

/** EMR takes the jobflow role by the name of a profile, and finds no role of another. */
async function checkProfile(iam: IAMClient, outputs: StackOutputs): Promise<readonly Check[]> {
    const name = outputs.jobflowRole;
    const on = `instance profile ${name}: role`;
    return look(on, name, async () => {
        const answer = await callIfThere(ABSENT, "iam:GetInstanceProfile", name, () =>
            iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })),
        );
        const inside = answer?.InstanceProfile?.Roles?.map(({ RoleName }) => RoleName).join(", ");
        return judge({
            on,
            expected: name,
            found: answer ? inside || "none" : "no such instance profile",
            remedy: outputs.forCommands.rolePolicies.jobflowRole
                ? restore(outputs)
                : `an instance profile ${name} with the role ${name} in it: EMR finds the one by the other`,
        });
    });
}

async function checkOperatorPolicy(iam: IAMClient, outputs: StackOutputs): Promise<readonly Check[]> {
    const { operatorPolicyArn } = outputs;
    const on = `operator policy ${operatorPolicyArn}`;
    return look(on, "there", async () => {
        const answer = await callIfThere(ABSENT, "iam:GetPolicy", operatorPolicyArn, () =>
            iam.send(new GetPolicyCommand({ PolicyArn: operatorPolicyArn })),
        );
        return judge({
            on,
            expected: "there",
            found: answer ? "there" : "no such policy",
            remedy: `${restore(outputs)}, and attach it to the user that runs EmrEtlRunner`,
        });
    });
}
