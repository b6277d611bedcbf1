import {
    GetRolePolicyCommand,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { documentDigest } from "../../components/policies/document";
import { call } from "../aws";
import { attempt, type Check, compare } from "./check";

/**
 * Whether a role that the stack made is allowed what the stack says, and nothing else.
 * @param remedy What brings a missing policy back.
 */
export async function rolePolicyChecks(
    iam: IAMClient,
    name: string,
    policies: AttachedPolicies,
    remedy: string,
): Promise<readonly Check[]> {
    const checks = [
        checkManagedPolicies(iam, name, policies),
        checkInlinePolicies(iam, name, policies, remedy),
    ];
    return (await Promise.all(checks)).flat();
}

async function checkManagedPolicies(
    iam: IAMClient,
    RoleName: string,
    { managedPolicyArns }: AttachedPolicies,
): Promise<readonly Check[]> {
    const on = `role ${RoleName}: managed policies`;
    const expected = listOf(managedPolicyArns);
    return attempt(on, expected, async () => {
        const found = await call("iam:ListAttachedRolePolicies", RoleName, async () => {
            const arns: string[] = [];
            for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies(
                { client: iam },
                { RoleName },
            )) {
                arns.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
            }
            return arns;
        });
        const commands = [
            ...managedPolicyArns.filter((arn) => !found.includes(arn)).map((arn) => ["attach", arn] as const),
            ...found.filter((arn) => !managedPolicyArns.includes(arn)).map((arn) => ["detach", arn] as const),
        ].map(([does, arn]) => `aws iam ${does}-role-policy --role-name ${RoleName} --policy-arn ${arn}`);
        return compare({ on, expected, found: listOf(found), remedy: commands.join("; ") });
    });
}

function listOf(arns: readonly string[]): string {
    return arns.toSorted().join(", ") || "none";
}

/** There is to be one, and Pulumi alone knows its name: it is told by what it says. */
async function checkInlinePolicies(
    iam: IAMClient,
    RoleName: string,
    { policyDigest }: AttachedPolicies,
    remedy: string,
): Promise<readonly Check[]> {
    const on = `role ${RoleName}: inline policies`;
    const expected = "the stack's";
    return attempt(on, expected, async () => {
        const names = await call("iam:ListRolePolicies", RoleName, async () => {
            const found: string[] = [];
            for await (const { PolicyNames = [] } of paginateListRolePolicies(
                { client: iam },
                { RoleName },
            )) {
                found.push(...PolicyNames);
            }
            return found;
        });
        const digests = await Promise.all(names.map((name) => digestOf(iam, RoleName, name)));
        const isThere = digests.includes(policyDigest);
        const others = names.filter((_, index) => digests[index] !== policyDigest);
        const found = [
            ...(isThere ? [expected] : []),
            ...others.map((name) => `${name}, which says something else`),
        ];
        const removals = others.map(
            (name) => `aws iam delete-role-policy --role-name ${RoleName} --policy-name ${name}`,
        );
        return compare({
            on,
            expected,
            found: found.join("; ") || "none",
            remedy: isThere ? removals.join("; ") : remedy,
        });
    });
}

async function digestOf(iam: IAMClient, RoleName: string, PolicyName: string): Promise<string> {
    const { PolicyDocument = "{}" } = await call("iam:GetRolePolicy", `${RoleName}/${PolicyName}`, () =>
        iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    );
    return documentDigest(decodeURIComponent(PolicyDocument));
}
