import { type IAMClient, paginateListEntitiesForPolicy } from "@aws-sdk/client-iam";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/** The operator policy is attached by people to a user of theirs, and IAM deletes no policy that is attached. */
export async function operatorPolicyObstacles(
    iam: IAMClient,
    { operatorPolicyArn }: StackOutputs,
): Promise<readonly Obstacle[]> {
    const holders = await callIfThere(
        ["NoSuchEntity", "NoSuchEntityException"],
        "iam:ListEntitiesForPolicy",
        operatorPolicyArn,
        async () => {
            const found: string[][] = [];
            for await (const page of paginateListEntitiesForPolicy(
                { client: iam },
                { PolicyArn: operatorPolicyArn },
            )) {
                found.push(
                    ...(page.PolicyUsers ?? []).map(({ UserName = "" }) => ["user", UserName]),
                    ...(page.PolicyGroups ?? []).map(({ GroupName = "" }) => ["group", GroupName]),
                    ...(page.PolicyRoles ?? []).map(({ RoleName = "" }) => ["role", RoleName]),
                );
            }
            return found;
        },
    );
    return (holders ?? []).map(([kind, name]) => ({
        kind: "operator policy",
        name: operatorPolicyArn,
        why: `attached to the ${kind} ${name}`,
        remedy: `aws iam detach-${kind}-policy --${kind}-name ${name} --policy-arn ${operatorPolicyArn}`,
    }));
}
