import {
    DescribeVpnGatewaysCommand,
    type EC2Client,
    type Filter,
    type NetworkInterface,
    paginateDescribeCarrierGateways,
    paginateDescribeEgressOnlyInternetGateways,
    paginateDescribeInstances,
    paginateDescribeInternetGateways,
    paginateDescribeNatGateways,
    paginateDescribeNetworkAcls,
    paginateDescribeNetworkInterfaces,
    paginateDescribeRouteTables,
    paginateDescribeSubnets,
    paginateDescribeTransitGatewayVpcAttachments,
    paginateDescribeVpcEndpoints,
    paginateDescribeVpcPeeringConnections,
    paginateDescribeVpcs,
    type SecurityGroup,
    type Tag,
} from "@aws-sdk/client-ec2";
import { STACK_TAG } from "../../components/domain/naming";
import { all, call, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Finding, stackOf } from "./finding";

/** A resource in a VPC. */
interface Inside {
    readonly id: string | undefined;
    readonly Tags?: Tag[];
    /** What a person knows it by. */
    readonly label?: string;
    /** The network interfaces that go with it. */
    readonly interfaceIds?: readonly string[];
}

/** A kind of resource, none of which a VPC may contain when EC2 deletes it. */
interface Kind {
    readonly kind: string;
    /** The last part of the IAM action `ec2:Describe…`. */
    readonly action: string;
    readonly list: (ec2: EC2Client, vpcId: string) => Promise<readonly Inside[]>;
    /** The AWS CLI's command without `aws ec2`. */
    readonly remove: (id: string, vpcId: string) => string;
}

/** A row of the table of kinds. */
function kindOf<Page, Item extends { Tags?: Tag[] }>({
    pages,
    items,
    inside,
    ...kind
}: Omit<Kind, "list"> & {
    readonly pages: (client: EC2Client, vpcId: string) => AsyncIterable<Page>;
    readonly items: (page: Page) => readonly Item[] | undefined;
    /** Undefined for a resource that is deleted, or that EC2 deletes with the VPC. */
    readonly inside: (item: Item, vpcId: string) => Omit<Inside, "Tags"> | false | undefined;
}): Kind {
    return {
        ...kind,
        list: async (ec2, vpcId) =>
            (await all(pages(ec2, vpcId), items)).flatMap((item) => {
                const found = inside(item, vpcId);
                return found ? { Tags: item.Tags, ...found } : [];
            }),
    };
}

const filter = (Name: string, ...Values: string[]): { Filters: Filter[] } => ({
    Filters: [{ Name, Values }],
});

const inVpc = (vpcId: string) => filter("vpc-id", vpcId);

const isLive = (state = "") =>
    !/^(deleted|deleting|rejected|expired|failed|terminated|shutting-down)$/i.test(state);

const idsOf = (interfaces: readonly { readonly NetworkInterfaceId?: string }[] = []) =>
    interfaces.map(({ NetworkInterfaceId = "" }) => NetworkInterfaceId);

const peering = (side: "requester" | "accepter") =>
    kindOf({
        kind: "peering connection",
        action: "VpcPeeringConnections",
        pages: (client, vpcId) =>
            paginateDescribeVpcPeeringConnections({ client }, filter(`${side}-vpc-info.vpc-id`, vpcId)),
        items: (page) => page.VpcPeeringConnections,
        inside: ({ Status, VpcPeeringConnectionId }) =>
            isLive(Status?.Code) && { id: VpcPeeringConnectionId },
        remove: (id) => `delete-vpc-peering-connection --vpc-peering-connection-id ${id}`,
    });

/**
 * In the order to delete them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
 * @see https://repost.aws/knowledge-center/troubleshoot-dependency-error-delete-vpc
 */
const KINDS: readonly Kind[] = [
    kindOf({
        kind: "instance",
        action: "Instances",
        pages: (client, vpcId) => paginateDescribeInstances({ client }, inVpc(vpcId)),
        items: ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
        inside: ({ InstanceId, State, NetworkInterfaces }) =>
            State?.Name !== "terminated" && {
                id: InstanceId,
                label: State?.Name,
                interfaceIds: idsOf(NetworkInterfaces),
            },
        remove: (id) => `terminate-instances --instance-ids ${id}`,
    }),
    kindOf({
        kind: "VPC endpoint",
        action: "VpcEndpoints",
        pages: (client, vpcId) => paginateDescribeVpcEndpoints({ client }, inVpc(vpcId)),
        items: (page) => page.VpcEndpoints,
        inside: ({ State, VpcEndpointId, ServiceName, NetworkInterfaceIds }) =>
            isLive(State) && { id: VpcEndpointId, label: ServiceName, interfaceIds: NetworkInterfaceIds },
        remove: (id) => `delete-vpc-endpoints --vpc-endpoint-ids ${id}`,
    }),
    kindOf({
        kind: "NAT gateway",
        action: "NatGateways",
        pages: (client, vpcId) => paginateDescribeNatGateways({ client }, { Filter: inVpc(vpcId).Filters }),
        items: (page) => page.NatGateways,
        inside: ({ State, NatGatewayId, NatGatewayAddresses }) =>
            isLive(State) && { id: NatGatewayId, interfaceIds: idsOf(NatGatewayAddresses) },
        remove: (id) => `delete-nat-gateway --nat-gateway-id ${id}`,
    }),
    peering("requester"),
    peering("accepter"),
    kindOf({
        kind: "transit gateway attachment",
        action: "TransitGatewayVpcAttachments",
        pages: (client, vpcId) => paginateDescribeTransitGatewayVpcAttachments({ client }, inVpc(vpcId)),
        items: (page) => page.TransitGatewayVpcAttachments,
        inside: ({ State, TransitGatewayAttachmentId }) =>
            isLive(State) && { id: TransitGatewayAttachmentId },
        remove: (id) => `delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id ${id}`,
    }),
    kindOf({
        kind: "VPN gateway",
        action: "VpnGateways",
        pages: async function* (client, vpcId) {
            yield await client.send(new DescribeVpnGatewaysCommand(filter("attachment.vpc-id", vpcId)));
        },
        items: (page) => page.VpnGateways,
        inside: ({ VpnGatewayId }) => ({ id: VpnGatewayId }),
        remove: (id, vpcId) => `detach-vpn-gateway --vpn-gateway-id ${id} --vpc-id ${vpcId}`,
    }),
    kindOf({
        kind: "carrier gateway",
        action: "CarrierGateways",
        pages: (client, vpcId) => paginateDescribeCarrierGateways({ client }, inVpc(vpcId)),
        items: (page) => page.CarrierGateways,
        inside: ({ State, CarrierGatewayId }) => isLive(State) && { id: CarrierGatewayId },
        remove: (id) => `delete-carrier-gateway --carrier-gateway-id ${id}`,
    }),
    kindOf({
        kind: "egress-only internet gateway",
        action: "EgressOnlyInternetGateways",
        // EC2 has no filter by VPC here.
        pages: (client) => paginateDescribeEgressOnlyInternetGateways({ client }, {}),
        items: (page) => page.EgressOnlyInternetGateways,
        inside: ({ Attachments, EgressOnlyInternetGatewayId }, vpcId) =>
            Attachments?.some(({ VpcId }) => VpcId === vpcId) && { id: EgressOnlyInternetGatewayId },
        remove: (id) => `delete-egress-only-internet-gateway --egress-only-internet-gateway-id ${id}`,
    }),
    kindOf({
        kind: "internet gateway",
        action: "InternetGateways",
        pages: (client, vpcId) =>
            paginateDescribeInternetGateways({ client }, filter("attachment.vpc-id", vpcId)),
        items: (page) => page.InternetGateways,
        inside: ({ InternetGatewayId }) => ({ id: InternetGatewayId }),
        remove: (id, vpcId) => `detach-internet-gateway --internet-gateway-id ${id} --vpc-id ${vpcId}`,
    }),
    kindOf({
        kind: "subnet",
        action: "Subnets",
        pages: (client, vpcId) => paginateDescribeSubnets({ client }, inVpc(vpcId)),
        items: (page) => page.Subnets,
        inside: ({ SubnetId }) => ({ id: SubnetId }),
        remove: (id) => `delete-subnet --subnet-id ${id}`,
    }),
    kindOf({
        kind: "route table",
        action: "RouteTables",
        pages: (client, vpcId) => paginateDescribeRouteTables({ client }, inVpc(vpcId)),
        items: (page) => page.RouteTables,
        inside: ({ Associations = [], RouteTableId }) =>
            !Associations.some(({ Main }) => Main) && { id: RouteTableId },
        remove: (id) => `delete-route-table --route-table-id ${id}`,
    }),
    kindOf({
        kind: "network ACL",
        action: "NetworkAcls",
        pages: (client, vpcId) => paginateDescribeNetworkAcls({ client }, inVpc(vpcId)),
        items: (page) => page.NetworkAcls,
        inside: ({ IsDefault, NetworkAclId }) => !IsDefault && { id: NetworkAclId },
        remove: (id) => `delete-network-acl --network-acl-id ${id}`,
    }),
];

/** The tag of EMR on a cluster's instances. */
const CLUSTER_TAG = "aws:elasticmapreduce:job-flow-id";

/**
 * The ids of the stack's VPCs, by their tag: an `up` that replaced the VPC, but could not delete the old one, leaves two.
 * Empty if the VPC exists, that is, if the stack did not create it.
 * @throws Error if the outputs name none of them.
 */
export async function stackVpcs(client: EC2Client, outputs: StackOutputs): Promise<readonly string[]> {
    const { stackTag, ownsNetwork, stack } = outputs.forCommands;
    const vpcs = await collect(
        "ec2:DescribeVpcs",
        "*",
        paginateDescribeVpcs({ client }, filter(`tag:${STACK_TAG}`, stackTag)),
        ({ Vpcs }) => Vpcs,
    );
    const ids = vpcs.flatMap(({ VpcId }) => VpcId ?? []);
    if (ownsNetwork && ids.length > 0 && !ids.includes(outputs.vpcId)) {
        throw staleOutputs(stack, `they name ${outputs.vpcId}, but the stack's VPC is ${ids.join(", ")}`);
    }
    return ids;
}

/** The outputs are older than the stack. */
export function staleOutputs(stack: string, because: string): Error {
    return new Error(
        `these outputs are from before the last \`up\` of stack ${stack}: ${because}. Nothing was deleted. If the last \`up\` failed, repeat it; then write the outputs again: \`npx pulumi stack output --json --stack ${stack} > outputs.json\``,
    );
}

/** A check for each kind of resource that blocks the deletion of the VPC and that the stack did not create. */
export function vpcChecks(
    ec2: EC2Client,
    vpcId: string,
    { stackTag, region }: StackOutputs["forCommands"],
    clusterIds: readonly string[],
    interfaces: readonly NetworkInterface[],
): readonly Promise<readonly Finding[]>[] {
    const lists = KINDS.map(({ action, list }) =>
        call(`ec2:Describe${action}`, vpcId, () => list(ec2, vpcId)),
    );
    // An interface goes with the resource that it is of.
    const others = async () => {
        const known = (await Promise.allSettled(lists)).flatMap((list) =>
            list.status === "fulfilled" ? list.value.flatMap(({ interfaceIds = [] }) => interfaceIds) : [],
        );
        return interfaces
            .filter(
                ({ VpcId, NetworkInterfaceId = "" }) =>
                    VpcId === vpcId && !known.includes(NetworkInterfaceId),
            )
            .map((found) => ({
                kind: "network interface",
                name: String(found.NetworkInterfaceId),
                why: `is in ${vpcId}${describeInterface(found)}`,
                fix: `delete what it is of, for example a load balancer, then, if it is still there, \`aws ec2 delete-network-interface --region ${region} --network-interface-id ${found.NetworkInterfaceId}\``,
            }));
    };
    const foreign = KINDS.map(async ({ kind, remove }, index) => {
        const found = (await lists[index]) ?? [];
        return found
            .filter(
                ({ Tags }) =>
                    stackOf({ Tags }) !== stackTag &&
                    // The cluster's row says what to do.
                    !Tags?.some(({ Key, Value = "" }) => Key === CLUSTER_TAG && clusterIds.includes(Value)),
            )
            .map(({ id = "", label }) => ({
                kind,
                name: id,
                why: `is in ${vpcId}, and not the stack's${label ? ` (${label})` : ""}`,
                fix: `if it is not needed, \`aws ec2 ${remove(id, vpcId)} --region ${region}\``,
            }));
    });
    const subnets = KINDS.findIndex(({ kind }) => kind === "subnet");
    return [...foreign.slice(0, subnets), others(), ...foreign.slice(subnets)];
}

/** The network interfaces in these VPCs and in these security groups. */
export async function interfacesOf(
    client: EC2Client,
    vpcIds: readonly string[],
    groups: readonly SecurityGroup[],
): Promise<readonly NetworkInterface[]> {
    const filters = [
        ["vpc-id", vpcIds],
        ["group-id", groups.flatMap(({ GroupId }) => GroupId ?? [])],
    ] as const;
    const lists = filters.flatMap(([name, values]) =>
        values.length === 0
            ? []
            : collect(
                  "ec2:DescribeNetworkInterfaces",
                  values.join(", "),
                  paginateDescribeNetworkInterfaces({ client }, filter(name, ...values)),
                  (page) => page.NetworkInterfaces,
              ),
    );
    return (await Promise.all(lists)).flat();
}

/** The instance of an interface, or its description. */
export function describeInterface({ Attachment, Description }: NetworkInterface): string {
    const label = Attachment?.InstanceId ? `instance ${Attachment.InstanceId}` : Description;
    return label ? ` (${label})` : "";
}
