import {
    DeleteSecurityGroupCommand,
    type EC2Client,
    type NetworkInterface,
    paginateDescribeSecurityGroupRules,
    RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
    type SecurityGroup,
    type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { call } from "../aws";
import { hasEmrsName, interfacesIn, isStacks, securityGroupsOf } from "../security-groups";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/**
 * EMR's own security groups in the stack's VPC: no stack knows them, and they keep the VPC from being deleted. Those
 * that the stack made carry its tag, and go with it. In a VPC of the user's own, none are in the way.
 *
 * Whatever is in a group loses its rules with it: while one of the groups is in use, all stay. EMR's groups name one
 * another, and a cluster that has nothing in one of them yet may put its next node there.
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
    const leftOver = groups.filter((group) => hasEmrsName(group) && !isStacks(group, forCommands.stackTag));
    if (leftOver.length === 0) {
        return [];
    }
    const ids = leftOver.flatMap(({ GroupId }) => GroupId ?? []);
    const interfaces = await interfacesIn(ec2, vpcId, ids);
    const usersOf = (id: string) =>
        interfaces.filter(({ Groups = [] }) => Groups.some(({ GroupId }) => GroupId === id)).map(describe);
    const inUse = ids.filter((id) => usersOf(id).length > 0);
    // They stand in each other's rules: while one has rules, another cannot be deleted.
    let rulesAreGone: Promise<void> | undefined;
    return leftOver.map(({ GroupId = "", GroupName }) => {
        const users = usersOf(GroupId);
        return {
            kind: "security group",
            name: GroupId,
            why: `EMR made ${GroupName} in ${vpcId}, which cannot be deleted with it${users.length > 0 ? `; in use by ${users.join(", ")}` : ""}`,
            ...(clustersRun
                ? { remedy: "when the clusters named here have ended, run this again" }
                : inUse.length > 0
                  ? { remedy: `when nothing uses ${inUse.join(", ")} any more, run this again` }
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
        };
    });
}

/** An instance's own, or by what its maker says of it. */
function describe({ NetworkInterfaceId, Attachment, Description }: NetworkInterface): string {
    const whose = Attachment?.InstanceId ? `instance ${Attachment.InstanceId}` : Description;
    return `${NetworkInterfaceId}${whose ? ` (${whose})` : ""}`;
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
