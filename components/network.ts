import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NAT_SLOT, slotCidr, ZONELESS_SLOT, zoneSlot } from "./domain/cidr";
import { EMR_TAG, type Tags } from "./domain/naming";
import { internalDomain, type Region } from "./domain/region";

const ANYWHERE = "0.0.0.0/0";

export interface NetworkArgs {
    readonly region: Region;
    /** From /16 to /24; always cut into 16 slots. */
    readonly cidrBlock: string;
    /** One subnet in each; empty: one subnet, in a zone of AWS's choice. Clusters run in the first. */
    readonly availabilityZones: readonly string[];
    /** `nat`: private subnets behind one NAT gateway. `public`: public addresses, no NAT. */
    readonly internetAccess: "nat" | "public";
    readonly tags: Tags;
}

/** A VPC whose DNS gives the nodes the very names that their certificate carries. */
export class Network extends pulumi.ComponentResource {
    public readonly vpcId: pulumi.Output<string>;
    /** The subnet that EmrEtlRunner's clusters run in. */
    public readonly clusterSubnetId: pulumi.Output<string>;
    /** All subnets for nodes, that one first. */
    public readonly subnetIds: pulumi.Output<string>[];
    /** Where connections to Redshift come from; empty in public mode, where each node has an address of its own. */
    public readonly egressIps: pulumi.Output<string>[];

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:network:Network", name, {}, opts);
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
            // The provider would move the gateway from the old VPC to the new one, and find it in use.
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

    /** Any other domain name, and the nodes' host names do not match their certificate. */
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

    /** The same subnets in both modes: only where their route leads and who gets a public address differs. */
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

    /** One gateway, in the zone of EmrEtlRunner's subnet. Its address survives a change of zone. */
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
            // In another zone it has the same range: created first, the new one would overlap with the old.
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
            // Created first, the new gateway would find the address taken.
            { parent: this, deleteBeforeReplace: true, dependsOn: [route, association] },
        );
        return { gateway: nat, address: address.publicIp };
    }
}

interface NodeSubnet {
    readonly key: string;
    readonly subnet: aws.ec2.Subnet;
}
