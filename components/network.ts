import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NAT_SLOT, slotCidr, ZONELESS_SLOT, zoneSlot } from "./domain/cidr";
import { EMR_TAG, type Tags } from "./domain/naming";
import { internalDomain, type Region } from "./domain/region";
import { EmrSecurityGroups } from "./emr-security-groups";
import { ExistingNetwork, type ExistingNetworkArgs } from "./existing-network";

const ANYWHERE = "0.0.0.0/0";

export interface NetworkArgs {
    readonly region: Region;
    /** The VPC's range, from /16 to /24; it is always cut into 16 slots for subnets. */
    readonly cidrBlock: string;
    /** One subnet for nodes in each zone; if empty, one subnet in a zone that AWS chooses. Clusters run in the first. */
    readonly availabilityZones: readonly string[];
    /** `nat`: private subnets behind one NAT gateway. `public`: public addresses, no NAT. */
    readonly internetAccess: "nat" | "public";
    readonly tags: Tags;
}

/** The network of the clusters, created or existing. */
export interface ClusterNetwork {
    readonly vpcId: pulumi.Input<string>;
    /** The subnet that EmrEtlRunner's clusters run in. */
    readonly clusterSubnetId: pulumi.Input<string>;
    /** All subnets for nodes, `clusterSubnetId` first. */
    readonly subnetIds: readonly pulumi.Input<string>[];
    /** The source addresses of connections to Redshift. Empty where each node has a public address or nothing is known. */
    readonly egressIps: readonly pulumi.Input<string>[];
}

/** A VPC for the clusters. Its DNS gives the nodes the names that their certificate carries. */
export class Network extends pulumi.ComponentResource implements ClusterNetwork {
    public readonly vpcId: pulumi.Output<string>;
    public readonly clusterSubnetId: pulumi.Output<string>;
    public readonly subnetIds: pulumi.Output<string>[];
    public readonly egressIps: pulumi.Output<string>[];

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:Network", name, {}, opts);
        const tags = { ...args.tags, ...EMR_TAG };

        const vpc = new aws.ec2.Vpc(
            `${name}-vpc`,
            { cidrBlock: args.cidrBlock, enableDnsSupport: true, enableDnsHostnames: true, tags },
            { parent: this },
        );
        this.nameNodes(name, args, vpc);
        new aws.ec2.DefaultSecurityGroup(
            `${name}-default-security-group`,
            { vpcId: vpc.id, ingress: [], egress: [], tags: args.tags },
            { parent: this },
        );
        const gateway = new aws.ec2.InternetGateway(
            `${name}-internet-gateway`,
            { vpcId: vpc.id, tags: args.tags },
            // The provider would move the gateway to the new VPC while the old one still uses it.
            { parent: this, replaceOnChanges: ["vpcId"] },
        );

        const routes = new aws.ec2.RouteTable(
            `${name}-nodes-routes`,
            { vpcId: vpc.id, tags: args.tags },
            { parent: this },
        );
        const subnets = this.nodeSubnets(name, args, vpc, tags);
        for (const { key, subnet } of subnets) {
            new aws.ec2.RouteTableAssociation(
                `${name}-${key}-routes`,
                { subnetId: subnet.id, routeTableId: routes.id },
                { parent: this },
            );
        }
        const nat =
            args.internetAccess === "nat"
                ? this.natGateway(name, args, vpc, gateway, subnets[0].subnet)
                : undefined;
        new aws.ec2.Route(
            `${name}-nodes-internet`,
            {
                routeTableId: routes.id,
                destinationCidrBlock: ANYWHERE,
                ...(nat ? { natGatewayId: nat.gateway.id } : { gatewayId: gateway.id }),
            },
            { parent: this },
        );
        for (const service of ["s3", "dynamodb"]) {
            new aws.ec2.VpcEndpoint(
                `${name}-${service}`,
                {
                    vpcId: vpc.id,
                    serviceName: `com.amazonaws.${args.region}.${service}`,
                    vpcEndpointType: "Gateway",
                    routeTableIds: [routes.id],
                    tags: args.tags,
                },
                { parent: this },
            );
        }
        const { internetAccess } = args;
        new EmrSecurityGroups(
            `${name}-security-groups`,
            { vpcId: vpc.id, internetAccess, tags: args.tags },
            { parent: this },
        );

        this.vpcId = vpc.id;
        this.clusterSubnetId = subnets[0].subnet.id;
        this.subnetIds = subnets.map(({ subnet }) => subnet.id);
        this.egressIps = nat ? [nat.address] : [];
        this.registerOutputs({
            vpcId: this.vpcId,
            clusterSubnetId: this.clusterSubnetId,
            subnetIds: this.subnetIds,
            egressIps: this.egressIps,
        });
    }

    /** An existing VPC. On request EMR's default security groups are created in it, and nothing else. */
    static existing(
        name: string,
        args: ExistingNetworkArgs,
        opts?: pulumi.ComponentResourceOptions,
    ): ClusterNetwork {
        return new ExistingNetwork(name, args, opts);
    }

    /** The DHCP options that name the nodes. With another domain name, their certificate would not match. */
    private nameNodes(name: string, args: NetworkArgs, vpc: aws.ec2.Vpc): void {
        const options = new aws.ec2.VpcDhcpOptions(
            `${name}-dhcp-options`,
            {
                domainName: internalDomain(args.region),
                domainNameServers: ["AmazonProvidedDNS"],
                tags: args.tags,
            },
            { parent: this },
        );
        new aws.ec2.VpcDhcpOptionsAssociation(
            `${name}-dhcp-options`,
            { vpcId: vpc.id, dhcpOptionsId: options.id },
            { parent: this },
        );
    }

    /** The subnets are the same in both modes; only the target of their route and the public addresses differ. */
    private nodeSubnets(
        name: string,
        args: NetworkArgs,
        vpc: aws.ec2.Vpc,
        tags: Tags,
    ): [NodeSubnet, ...NodeSubnet[]] {
        const nodeSubnet = (key: string, slot: number, availabilityZone?: string): NodeSubnet => ({
            key,
            subnet: new aws.ec2.Subnet(
                `${name}-${key}`,
                {
                    vpcId: vpc.id,
                    cidrBlock: slotCidr(args.cidrBlock, slot),
                    availabilityZone,
                    mapPublicIpOnLaunch: args.internetAccess === "public",
                    tags,
                },
                { parent: this },
            ),
        });
        const [first, ...others] = args.availabilityZones.map((zone) => {
            const letter = zone.slice(-1);
            return nodeSubnet(`nodes-${letter}`, zoneSlot(letter), zone);
        });
        return first ? [first, ...others] : [nodeSubnet("nodes", ZONELESS_SLOT)];
    }

    /** One NAT gateway, in the zone of the cluster subnet. Its address survives a change of zone. */
    private natGateway(
        name: string,
        args: NetworkArgs,
        vpc: aws.ec2.Vpc,
        gateway: aws.ec2.InternetGateway,
        nodes: aws.ec2.Subnet,
    ): { gateway: aws.ec2.NatGateway; address: pulumi.Output<string> } {
        const subnet = new aws.ec2.Subnet(
            `${name}-nat`,
            {
                vpcId: vpc.id,
                cidrBlock: slotCidr(args.cidrBlock, NAT_SLOT),
                availabilityZone: nodes.availabilityZone,
                tags: args.tags,
            },
            // A subnet in another zone takes the same range: if it were created first, AWS would refuse the overlap.
            { parent: this, deleteBeforeReplace: true },
        );
        const routes = new aws.ec2.RouteTable(
            `${name}-nat-routes`,
            { vpcId: vpc.id, tags: args.tags },
            { parent: this },
        );
        const route = new aws.ec2.Route(
            `${name}-nat-internet`,
            { routeTableId: routes.id, destinationCidrBlock: ANYWHERE, gatewayId: gateway.id },
            { parent: this },
        );
        const association = new aws.ec2.RouteTableAssociation(
            `${name}-nat-routes`,
            { subnetId: subnet.id, routeTableId: routes.id },
            { parent: this },
        );
        const address = new aws.ec2.Eip(
            `${name}-nat-address`,
            { domain: "vpc", tags: args.tags },
            { parent: this },
        );
        const nat = new aws.ec2.NatGateway(
            `${name}-nat`,
            { subnetId: subnet.id, allocationId: address.allocationId, tags: args.tags },
            // If the new gateway were created first, its address would still be in use.
            { parent: this, deleteBeforeReplace: true, dependsOn: [route, association] },
        );
        return { gateway: nat, address: address.publicIp };
    }
}

interface NodeSubnet {
    readonly key: string;
    readonly subnet: aws.ec2.Subnet;
}
