import {
    DeleteSecurityGroupCommand,
    type EC2Client,
    paginateDescribeSecurityGroupRules,
    RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
    type SecurityGroup,
    type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { call } from "../aws";
import { hasEmrsName, isStacks, securityGroupsOf } from "../security-groups";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/**
 * EMR's own security groups in the stack's VPC: no stack knows them, and they keep the VPC from being deleted. Those
 * that the stack made carry its tag, and go with it. In a VPC of the user's own, none are in the way.
 */
export async function securityGroupObstacles(
    ec2: EC2Client,
    { vpcId, forCommands }: StackOutputs,
    clustersRun: boolean,
): Promise<readonly Obstacle[]> {
    if (!forCommands.ownsNetwork) {
        return [];
    }
    const groups = await securityGroupsOf(ec2, vpcId);
    const leftOver = groups.filter((group) => hasEmrsName(group) && !isStacks(group, forCommands.stack));
    // They stand in each other's rules: while one has rules, another cannot be deleted.
    let rulesAreGone: Promise<void> | undefined;
    return leftOver.map(({ GroupId = "", GroupName }) => ({
        kind: "security group",
        name: GroupId,
        why: `EMR made ${GroupName} in ${vpcId}, which cannot be deleted with it`,
        ...(clustersRun
            ? { remedy: "when no cluster of this stack runs, run this again" }
            : {
                  remedy: "run this again with --yes: it deletes the group, the rules first",
                  remove: async () => {
                      rulesAreGone ??= revokeRules(ec2, vpcId, groups, leftOver);
                      await rulesAreGone;
                      await call("ec2:DeleteSecurityGroup", GroupId, () =>
                          ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
                      );
                  },
              }),
    }));
}

/** The groups' own rules, and those of other groups of the VPC that name one of them. */
async function revokeRules(
    ec2: EC2Client,
    vpcId: string,
    ofVpc: readonly SecurityGroup[],
    groups: readonly SecurityGroup[],
): Promise<void> {
    const ids = new Set(groups.map(({ GroupId }) => GroupId));
    const rules = await call("ec2:DescribeSecurityGroupRules", vpcId, async () => {
        const found: SecurityGroupRule[] = [];
        for await (const { SecurityGroupRules = [] } of paginateDescribeSecurityGroupRules(
            { client: ec2 },
            { Filters: [{ Name: "group-id", Values: ofVpc.flatMap(({ GroupId }) => GroupId ?? []) }] },
        )) {
            found.push(...SecurityGroupRules);
        }
        return found;
    });
    const theirs = rules.filter(
        ({ GroupId, ReferencedGroupInfo }) => ids.has(GroupId) || ids.has(ReferencedGroupInfo?.GroupId),
    );
    for (const { GroupId = "", SecurityGroupRuleId = "", IsEgress } of theirs) {
        const SecurityGroupRuleIds = [SecurityGroupRuleId];
        await (IsEgress
            ? call("ec2:RevokeSecurityGroupEgress", GroupId, () =>
                  ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds })),
              )
            : call("ec2:RevokeSecurityGroupIngress", GroupId, () =>
                  ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds })),
              ));
    }
}
