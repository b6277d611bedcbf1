import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ANYWHERE, NAT_SLOT, slotCidr } from "./domain/cidr";
import type { Tags } from "./domain/naming";

export interface NatGatewayArgs {
    /** The id of the VPC. */
    readonly vpcId: pulumi.Input<string>;
    /** The VPC's range, one slot of which is the gateway's subnet. */
    readonly vpcCidrBlock: string;
    /** The zone of the gateway, such as `eu-west-1a`. */
    readonly availabilityZone: pulumi.Input<string>;
    /** The id of the VPC's internet gateway. */
    readonly internetGatewayId: pulumi.Input<string>;
    /** The tags of every resource that takes tags. */
    readonly tags: Tags;
}

/** A NAT gateway in a public subnet of its own. Its address survives a change of zone. */
export class NatGateway extends pulumi.ComponentResource {
    /** The gateway's id, for routes. */
    public readonly natGatewayId: pulumi.Output<string>;
    /** The source address of all connections through the gateway. */
    public readonly publicIp: pulumi.Output<string>;

    constructor(name: string, args: NatGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:NatGateway", name, {}, opts);
        const { vpcId, availabilityZone, internetGatewayId, tags } = args;
        const child = { parent: this };

        const subnet = new aws.ec2.Subnet(
            name,
            { vpcId, cidrBlock: slotCidr(args.vpcCidrBlock, NAT_SLOT), availabilityZone, tags },
            // A subnet in another zone has the same range: AWS would refuse it while the old subnet exists.
            { ...child, deleteBeforeReplace: true },
        );
        const routes = new aws.ec2.RouteTable(`${name}-routes`, { vpcId, tags }, child);
        const route = new aws.ec2.Route(
            `${name}-internet`,
            { routeTableId: routes.id, destinationCidrBlock: ANYWHERE, gatewayId: internetGatewayId },
            child,
        );
        const association = new aws.ec2.RouteTableAssociation(
            `${name}-routes`,
            { subnetId: subnet.id, routeTableId: routes.id },
            child,
        );
        const address = new aws.ec2.Eip(`${name}-address`, { domain: "vpc", tags }, child);
        const gateway = new aws.ec2.NatGateway(
            name,
            { subnetId: subnet.id, allocationId: address.allocationId, tags },
            // AWS refuses a new gateway while the old one uses the address.
            { ...child, deleteBeforeReplace: true, dependsOn: [route, association] },
        );

        this.natGatewayId = gateway.id;
        this.publicIp = address.publicIp;
        this.registerOutputs({ natGatewayId: this.natGatewayId, publicIp: this.publicIp });
    }
}
