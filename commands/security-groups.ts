import {
    type EC2Client,
    type NetworkInterface,
    paginateDescribeNetworkInterfaces,
    paginateDescribeSecurityGroups,
    type SecurityGroup,
} from "@aws-sdk/client-ec2";
import { STACK_TAG } from "../components/domain/naming";
import { call } from "./aws";

/** Every security group of a VPC. */
export function securityGroupsOf(ec2: EC2Client, vpcId: string): Promise<readonly SecurityGroup[]> {
    return call("ec2:DescribeSecurityGroups", vpcId, async () => {
        const found: SecurityGroup[] = [];
        for await (const { SecurityGroups = [] } of paginateDescribeSecurityGroups(
            { client: ec2 },
            { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
        )) {
            found.push(...SecurityGroups);
        }
        return found;
    });
}

/** Whether it is called what EMR calls the groups that it takes, or makes. */
export function hasEmrsName({ GroupName = "" }: SecurityGroup): boolean {
    return GroupName.startsWith("ElasticMapReduce-");
}

/** Whether the stack made it: what EMR makes, no stack knows. */
export function isStacks({ Tags = [] }: SecurityGroup, stackTag: string): boolean {
    return Tags.some(({ Key, Value }) => Key === STACK_TAG && Value === stackTag);
}

/** The network interfaces in a VPC that are in one of some of its groups. */
export function interfacesIn(
    ec2: EC2Client,
    vpcId: string,
    groupIds: readonly string[],
): Promise<readonly NetworkInterface[]> {
    return call("ec2:DescribeNetworkInterfaces", vpcId, async () => {
        const found: NetworkInterface[] = [];
        for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces(
            { client: ec2 },
            {
                Filters: [
                    { Name: "vpc-id", Values: [vpcId] },
                    { Name: "group-id", Values: [...groupIds] },
                ],
            },
        )) {
            found.push(...NetworkInterfaces);
        }
        return found;
    });
}
