import type { EC2, NetworkInterface, Tag, Vpc } from "@aws-sdk/client-ec2";
import { collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Finding, stackOf } from "./finding";
import { staleOutputs } from "./generated-names";

/** What EC2 says of a resource, as far as its kind has the field. */
interface Described {
    readonly Tags?: Tag[];
    readonly State?: string | { readonly Name?: string };
    readonly Status?: { readonly Code?: string };
    readonly ServiceName?: string;
    readonly IsDefault?: boolean;
    readonly Associations?: readonly { readonly Main?: boolean; readonly SubnetId?: string }[];
    readonly Attachments?: readonly Attachment[];
    readonly VpcAttachments?: readonly Attachment[];
    readonly NetworkInterfaceIds?: readonly string[];
    readonly NetworkInterfaces?: readonly { readonly NetworkInterfaceId?: string }[];
    readonly NatGatewayAddresses?: readonly { readonly NetworkInterfaceId?: string }[];
}

interface Attachment {
    readonly VpcId?: string;
    readonly State?: string;
}

/** A kind of resource, none of which a VPC may contain when EC2 deletes it. */
interface Kind {
    readonly kind: string;
    /** EC2's name of the kind, which names its action, its list in an answer, its id and its command in the AWS CLI. */
    readonly type: string;
    /** The field with the id. Default: `<type>Id`. */
    readonly id?: string;
    /** EC2's filter by VPC, null if there is none. Default: `vpc-id`. */
    readonly filter?: string | null;
    /** The states in which it no longer exists. Default: `GONE`. */
    readonly gone?: RegExp;
    /** The AWS CLI's command without `aws ec2` and the id. Default: `delete-<type> --<type>-id`. */
    readonly remove?: string;
}

const GONE = /^(deleted|deleting|detached|rejected|expired|failed|terminated)$/i;

const PEERING = { kind: "peering connection", type: "VpcPeeringConnection" };

/**
 * In the order to delete them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
 * @see https://repost.aws/knowledge-center/troubleshoot-dependency-error-delete-vpc
 */
export const VPC_KINDS: readonly Kind[] = [
    { kind: "instance", type: "Instance", remove: "terminate-instances --instance-ids" },
    {
        kind: "VPC endpoint",
        type: "VpcEndpoint",
        gone: /^delet/i, // A rejected or failed endpoint keeps its network interfaces.
        remove: "delete-vpc-endpoints --vpc-endpoint-ids",
    },
    { kind: "NAT gateway", type: "NatGateway" },
    { ...PEERING, filter: "requester-vpc-info.vpc-id" },
    { ...PEERING, filter: "accepter-vpc-info.vpc-id" },
    {
        kind: "transit gateway attachment",
        type: "TransitGatewayVpcAttachment",
        id: "TransitGatewayAttachmentId",
        remove: "delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id",
    },
    {
        kind: "VPN gateway",
        type: "VpnGateway",
        filter: "attachment.vpc-id",
        remove: "detach-vpn-gateway --vpc-id VPC --vpn-gateway-id",
    },
    { kind: "carrier gateway", type: "CarrierGateway" },
    { kind: "egress-only internet gateway", type: "EgressOnlyInternetGateway", filter: null },
    {
        kind: "internet gateway",
        type: "InternetGateway",
        filter: "attachment.vpc-id",
        remove: "detach-internet-gateway --vpc-id VPC --internet-gateway-id",
    },
    { kind: "subnet", type: "Subnet" },
    { kind: "route table", type: "RouteTable" },
    { kind: "network ACL", type: "NetworkAcl" },
];

type Paginate = (input: object) => AsyncIterable<object>;

/** An answer, which has the resources in a list that is named after their type. Instances are in reservations. */
type Lists = Readonly<Record<string, readonly Described[]>> & {
    readonly Reservations?: readonly { readonly Instances?: readonly Described[] }[];
};

/** The tag of EMR on a cluster's instances. */
const CLUSTER_TAG = "aws:elasticmapreduce:job-flow-id";

/** A resource in a VPC of the stack. */
export interface Inside {
    readonly kind: Kind;
    readonly vpcId: string;
    readonly id: string;
    readonly described: Described;
}

/** The resources of a kind in a VPC, except those that EC2 deletes with the VPC. */
export async function resourcesIn(client: EC2, kind: Kind, vpcId: string): Promise<readonly Inside[]> {
    const { type, gone = GONE, filter: name = "vpc-id" } = kind;
    const Filters = [{ Name: String(name), Values: [vpcId] }];
    // NAT gateways have `Filter`; the SDK omits what a call does not have.
    const input = name === null ? {} : { Filters, Filter: Filters };
    const calls = client as unknown as Readonly<Record<string, Paginate | undefined>>;
    // EC2 has all VPN gateways on one page.
    const pages = calls[`paginateDescribe${type}s`]?.(input) ?? [client.describeVpnGateways(input)];
    const found = await collect<object, Described>(pages, (page) => {
        const { Reservations, ...lists } = page as Lists;
        return Reservations?.flatMap(({ Instances = [] }) => Instances) ?? lists[`${type}s`];
    });
    return found.flatMap((described) => {
        const { Associations = [], Attachments, VpcAttachments, IsDefault } = described;
        const attachments = Attachments ?? VpcAttachments ?? [{ VpcId: vpcId }];
        const isIn =
            !gone.test(stateOf(described)) &&
            !IsDefault &&
            !Associations.some(({ Main }) => Main) &&
            attachments.some(({ VpcId, State = "" }) => VpcId === vpcId && !gone.test(State));
        const id = String((described as Readonly<Record<string, unknown>>)[kind.id ?? `${type}Id`]);
        return isIn ? { kind, vpcId, id, described } : [];
    });
}

function stateOf({ State, Status }: Described): string {
    return (typeof State === "string" ? State : (State?.Name ?? Status?.Code)) ?? "";
}

/**
 * The ids of the stack's VPCs: the one in the outputs, and those with the stack's tag. An `up` that replaced the VPC, but
 * could not delete the old one, leaves two. Empty if the VPC exists, that is, if the stack did not create it.
 * @throws Error if the outputs name none of them.
 */
export function stackVpcs(outputs: StackOutputs, vpcs: readonly Vpc[]): readonly string[] {
    const { stackTag, ownsNetwork, stack } = outputs.forCommands;
    const ids = vpcs.flatMap((vpc) =>
        stackOf(vpc) === stackTag || (ownsNetwork && vpc.VpcId === outputs.vpcId) ? (vpc.VpcId ?? []) : [],
    );
    if (ownsNetwork && ids.length > 0 && !ids.includes(outputs.vpcId)) {
        throw staleOutputs(stack, `they name ${outputs.vpcId}, but the stack's VPC is ${ids.join(", ")}`);
    }
    return ids;
}

/** What blocks the deletion of the VPCs and is not the stack's. What a cluster or a listed resource brings is not listed. */
export function vpcFindings(
    { forCommands: { stackTag, region }, subnetIds }: StackOutputs,
    vpcIds: readonly string[],
    inside: readonly Inside[],
    interfaces: readonly NetworkInterface[],
    clusterIds: readonly string[],
): readonly Finding[] {
    const foreign = inside
        .filter(
            ({ id, described: { Tags = [] } }) =>
                stackOf({ Tags }) !== stackTag &&
                !subnetIds.includes(id) &&
                !Tags.some(({ Key, Value = "" }) => Key === CLUSTER_TAG && clusterIds.includes(Value)),
        )
        .map(({ kind: { kind, type, remove }, id, vpcId, described }) => {
            const subnets = (described.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
            const label = described.ServiceName ?? (subnets.join(", ") || stateOf(described));
            const option = type.replace(/\B[A-Z]/g, "-$&").toLowerCase();
            const command = remove?.replace("VPC", vpcId) ?? `delete-${option} --${option}-id`;
            const first = subnets.length > 0 ? `associate its subnets with another ${kind}, then ` : "";
            return {
                kind,
                name: id,
                why: `is in ${vpcId}, and not the stack's${label ? ` (${label})` : ""}`,
                fix: `if it is not needed, ${first}\`aws ec2 ${command} ${id} --region ${region}\``,
            };
        });
    const known = inside.flatMap(
        ({ described: { NetworkInterfaceIds = [], NetworkInterfaces = [], NatGatewayAddresses = [] } }) => [
            ...NetworkInterfaceIds,
            ...[...NetworkInterfaces, ...NatGatewayAddresses].map((each) => each.NetworkInterfaceId),
        ],
    );
    const others = interfaces
        .filter(
            ({ VpcId = "", NetworkInterfaceId, Description = "" }) =>
                vpcIds.includes(VpcId) &&
                !known.includes(NetworkInterfaceId) &&
                !inside.some(({ id }) => Description.endsWith(` ${id}`)),
        )
        .map((found) => ({
            kind: "network interface",
            name: String(found.NetworkInterfaceId),
            why: `is in ${found.VpcId}${describeInterface(found)}`,
            fix: `delete what it is of, for example a load balancer, then, if it is still there, \`aws ec2 delete-network-interface --region ${region} --network-interface-id ${found.NetworkInterfaceId}\``,
        }));
    // A subnet is deleted after what is in it.
    const order = ["network interface", "subnet", "route table", "network ACL"];
    return [...foreign, ...others].toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** The instance of an interface, or its description. */
export function describeInterface({ Attachment, Description }: NetworkInterface): string {
    const label = Attachment?.InstanceId ? `instance ${Attachment.InstanceId}` : Description;
    return label ? ` (${label})` : "";
}
