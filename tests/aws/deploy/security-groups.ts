import {
    AuthorizeSecurityGroupEgressCommand,
    AuthorizeSecurityGroupIngressCommand,
    CreateSecurityGroupCommand,
    CreateTagsCommand,
    DescribeSecurityGroupsCommand,
    type EC2Client,
    RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
    type SecurityGroup,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { tagged } from "./ec2";
import { known, type Resources, resource, tagList, tags, text, untold } from "./resource";

const rule = z.strictObject({
    protocol: text,
    fromPort: z.int(),
    toPort: z.int(),
    cidrBlocks: z.array(text).default([]),
    securityGroups: z.array(text).default([]),
});

/** `-1` means all protocols and ports: EC2 then accepts no ports. */
function permission({ protocol, fromPort, toPort, cidrBlocks, securityGroups }: z.output<typeof rule>) {
    return {
        IpProtocol: protocol,
        ...(protocol !== "-1" && { FromPort: fromPort, ToPort: toPort }),
        IpRanges: cidrBlocks.map((CidrIp) => ({ CidrIp })),
        UserIdGroupPairs: securityGroups.map((GroupId) => ({ GroupId })),
    };
}

/** Removes the rules that AWS adds: traffic between members of a default group, all egress of a new group. */
async function withoutRules(ec2: EC2Client, filter: { Name: string; Values: string[] }[]): Promise<string> {
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: filter }));
    const { GroupId, IpPermissions = [], IpPermissionsEgress = [] }: SecurityGroup = known(SecurityGroups[0]);
    if (IpPermissions.length > 0) {
        await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }
    if (IpPermissionsEgress.length > 0) {
        await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
    }
    return known(GroupId);
}

export const securityGroups: Resources = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": resource(
        { vpcId: text, ingress: z.tuple([]), egress: z.tuple([]), tags },
        async (inputs, { ec2 }) => {
            const id = await withoutRules(ec2, [
                { Name: "vpc-id", Values: [inputs.vpcId] },
                { Name: "group-name", Values: ["default"] },
            ]);
            await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(inputs.tags) }));
            return { id };
        },
    ),
    "aws:ec2/securityGroup:SecurityGroup": resource(
        {
            name: text,
            description: text,
            vpcId: text,
            ingress: z.array(rule).default([]),
            egress: z.array(rule),
            revokeRulesOnDelete: untold,
            tags,
        },
        async (inputs, { ec2 }) => {
            const { GroupId } = await ec2.send(
                new CreateSecurityGroupCommand({
                    GroupName: inputs.name,
                    Description: inputs.description,
                    VpcId: inputs.vpcId,
                    ...tagged("security-group", inputs),
                }),
            );
            const id = await withoutRules(ec2, [{ Name: "group-id", Values: [known(GroupId)] }]);
            if (inputs.ingress.length > 0) {
                await ec2.send(
                    new AuthorizeSecurityGroupIngressCommand({
                        GroupId,
                        IpPermissions: inputs.ingress.map(permission),
                    }),
                );
            }
            if (inputs.egress.length > 0) {
                await ec2.send(
                    new AuthorizeSecurityGroupEgressCommand({
                        GroupId,
                        IpPermissions: inputs.egress.map(permission),
                    }),
                );
            }
            return { id };
        },
    ),
};
