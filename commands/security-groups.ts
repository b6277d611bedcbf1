import { type EC2Client, paginateDescribeSecurityGroups, type SecurityGroup } from "@aws-sdk/client-ec2";
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

/** Whether a group has one of the names by which EMR finds its default groups. */
export function hasEmrsName({ GroupName = "" }: SecurityGroup): boolean {
    return GroupName.startsWith("ElasticMapReduce-");
}

/** Whether the stack created a group: a group that EMR created has no tag of a stack. */
export function isStacks({ Tags = [] }: SecurityGroup, stackTag: string): boolean {
    return Tags.some(({ Key, Value }) => Key === STACK_TAG && Value === stackTag);
}
