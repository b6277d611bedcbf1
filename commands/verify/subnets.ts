import { type EC2Client, paginateDescribeSubnets, type Subnet } from "@aws-sdk/client-ec2";
import { checkPublicAddresses, checkSubnetVpc } from "../../components/checks/network";
import { call } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, compareFinding } from "./check";
import { emrTagChecks } from "./emr-tag";
import { routeChecks } from "./routes";

/** The nodes' subnets, and where their routes lead. */
export async function subnetChecks(ec2: EC2Client, outputs: StackOutputs): Promise<readonly Check[]> {
    const { vpcId, subnetIds } = outputs;
    return attempt(`subnets ${subnetIds.join(", ")}`, `in ${vpcId}`, async () => {
        const subnets = await describeSubnets(ec2, subnetIds);
        const found = new Map(subnets.map((subnet) => [subnet.SubnetId, subnet]));
        return [
            ...subnetIds.flatMap((id) => checkSubnet(outputs, id, found.get(id))),
            ...(await routeChecks(
                ec2,
                outputs,
                subnetIds.filter((id) => found.has(id)),
            )),
        ];
    });
}

function checkSubnet(
    { vpcId, forCommands }: StackOutputs,
    id: string,
    subnet: Subnet | undefined,
): readonly Check[] {
    const { region, stack, internetAccess, ownsNetwork, rolePolicies } = forCommands;
    const on = `subnet ${id}`;
    const place = compareFinding(checkSubnetVpc({ id, vpcId: subnet?.VpcId }, vpcId), {
        on,
        expected: `in ${vpcId}`,
        found: subnet ? `in ${subnet.VpcId}` : "no such subnet",
        remedy: ownsNetwork
            ? `npx pulumi up --refresh --stack ${stack}, then the new config.yml`
            : `a subnet of ${vpcId} in network.existing, npx pulumi up --stack ${stack}, then the new config.yml`,
    });
    if (!subnet) {
        return [place];
    }
    return [
        place,
        ...(internetAccess === "public"
            ? [
                  compareFinding(checkPublicAddresses({ id, region }, subnet.MapPublicIpOnLaunch), {
                      on: `${on}: public addresses for nodes`,
                      expected: "on",
                      found: subnet.MapPublicIpOnLaunch ? "on" : "off",
                  }),
              ]
            : []),
        ...(rolePolicies.serviceRole ? emrTagChecks(on, { id, region, tags: subnet.Tags }) : []),
    ];
}

function describeSubnets(ec2: EC2Client, ids: readonly string[]): Promise<readonly Subnet[]> {
    return call("ec2:DescribeSubnets", ids.join(", "), async () => {
        const found: Subnet[] = [];
        for await (const { Subnets = [] } of paginateDescribeSubnets(
            { client: ec2 },
            // Asked for by their ids, one that is gone would be an error, and no word of the others.
            { Filters: [{ Name: "subnet-id", Values: [...ids] }] },
        )) {
            found.push(...Subnets);
        }
        return found;
    });
}
