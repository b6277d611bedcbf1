import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULTS } from "./args";
import type { InternetAccess } from "./domain/choices";
import { ANYWHERE, slotCidr, ZONELESS_SLOT, zoneSlot } from "./domain/cidr";
import { EMR_TAG, type Tags } from "./domain/naming";
import { internalDomain, type Region } from "./domain/region";
import { EmrSecurityGroups } from "./emr-security-groups";
import { ExistingNetwork, type ExistingNetworkArgs } from "./existing-network";
import { NatGateway } from "./nat-gateway";

export interface NetworkArgs {
    /** The region of the VPC. */
    readonly region: Region;
    /**
     * The VPC's range, from /16 to /24, which is always cut into 16 slots for subnets.
     * @default that of `EmrEncryption`'s `network.cidrBlock`
     */
    readonly cidrBlock?: string;
    /**
     * The zones with one subnet for nodes each. Clusters run in the first subnet.
     * @default one zone that AWS chooses
     */
    readonly availabilityZones?: readonly string[];
    /** `nat`: private subnets behind one NAT gateway. `public`: public addresses, no NAT gateway. @default `nat` */
    readonly internetAccess?: InternetAccess;
    /** The tags of every resource that takes tags. @default none */
    readonly tags?: Tags;
}

/** The network of the clusters, created or existing. */
export interface ClusterNetwork {
    /** The id of the VPC. */
    readonly vpcId: pulumi.Output<string>;
    /** The id of the subnet that EmrEtlRunner's clusters run in. */
    readonly clusterSubnetId: pulumi.Output<string>;
    /** The ids of all subnets for nodes, `clusterSubnetId` first. */
    readonly subnetIds: pulumi.Output<readonly string[]>;
    /** The source addresses of connections to Redshift. Empty if nodes have public addresses or the VPC exists. */
    readonly egressIps: pulumi.Output<readonly string[]>;
}

/** A VPC for the clusters. Its DNS gives nodes the host names that their certificate is for. */
export class Network extends pulumi.ComponentResource implements ClusterNetwork {
    public readonly vpcId: pulumi.Output<string>;
    public readonly clusterSubnetId: pulumi.Output<string>;
    public readonly subnetIds: pulumi.Output<readonly string[]>;
    public readonly egressIps: pulumi.Output<readonly string[]>;

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:Network", name, {}, opts);
        const {
            cidrBlock = DEFAULTS.network.cidrBlock,
            internetAccess = DEFAULTS.network.internetAccess,
            availabilityZones = DEFAULTS.network.availabilityZones,
            tags = {},
        } = args;
        const child = { parent: this };

        const vpc = new aws.ec2.Vpc(
            `${name}-vpc`,
            { cidrBlock, enableDnsSupport: true, enableDnsHostnames: true, tags: { ...tags, ...EMR_TAG } },
            child,
        );
        const vpcId = vpc.id;
        const dhcpOptions = new aws.ec2.VpcDhcpOptions(
            `${name}-dhcp-options`,
            // The nodes' certificate is for host names in this domain.
            { domainName: internalDomain(args.region), domainNameServers: ["AmazonProvidedDNS"], tags },
            child,
        );
        new aws.ec2.VpcDhcpOptionsAssociation(
            `${name}-dhcp-options`,
            { vpcId, dhcpOptionsId: dhcpOptions.id },
            child,
        );
        new aws.ec2.DefaultSecurityGroup(
            `${name}-default-security-group`,
            { vpcId, ingress: [], egress: [], tags },
            child,
        );
        const internetGateway = new aws.ec2.InternetGateway(
            `${name}-internet-gateway`,
            { vpcId, tags },
            // The provider would move the gateway to the new VPC while the old VPC still uses it.
            { ...child, replaceOnChanges: ["vpcId"] },
        );

        const routes = new aws.ec2.RouteTable(`${name}-nodes-routes`, { vpcId, tags }, child);
        const subnets = nodeSlots(availabilityZones).map(({ key, slot, availabilityZone }) => {
            const subnet = new aws.ec2.Subnet(
                `${name}-${key}`,
                {
                    vpcId,
                    cidrBlock: slotCidr(cidrBlock, slot),
                    availabilityZone,
                    mapPublicIpOnLaunch: internetAccess === "public",
                    tags: { ...tags, ...EMR_TAG },
                },
                child,
            );
            new aws.ec2.RouteTableAssociation(
                `${name}-${key}-routes`,
                { subnetId: subnet.id, routeTableId: routes.id },
                child,
            );
            return subnet;
        });
        const clusterSubnet = subnets[0] as aws.ec2.Subnet;
        const nat =
            internetAccess === "nat"
                ? new NatGateway(
                      `${name}-nat`,
                      {
                          vpcId,
                          vpcCidrBlock: cidrBlock,
                          availabilityZone: clusterSubnet.availabilityZone,
                          internetGatewayId: internetGateway.id,
                          tags,
                      },
                      child,
                  )
                : undefined;
        new aws.ec2.Route(
            `${name}-nodes-internet`,
            {
                routeTableId: routes.id,
                destinationCidrBlock: ANYWHERE,
                ...(nat ? { natGatewayId: nat.natGatewayId } : { gatewayId: internetGateway.id }),
            },
            child,
        );
        for (const service of ["s3", "dynamodb"]) {
            new aws.ec2.VpcEndpoint(
                `${name}-${service}`,
                {
                    vpcId,
                    serviceName: `com.amazonaws.${args.region}.${service}`,
                    vpcEndpointType: "Gateway",
                    routeTableIds: [routes.id],
                    tags,
                },
                child,
            );
        }
        new EmrSecurityGroups(`${name}-security-groups`, { vpcId, internetAccess, tags }, child);

        this.vpcId = vpcId;
        this.clusterSubnetId = clusterSubnet.id;
        this.subnetIds = pulumi.all(subnets.map(({ id }) => id));
        this.egressIps = pulumi.all(nat ? [nat.publicIp] : []);
        this.registerOutputs({
            vpcId,
            clusterSubnetId: this.clusterSubnetId,
            subnetIds: this.subnetIds,
            egressIps: this.egressIps,
        });
    }

    /** An existing VPC, which is not changed, except that EMR's default security groups may be created in it. */
    static existing(
        name: string,
        args: ExistingNetworkArgs,
        opts?: pulumi.ComponentResourceOptions,
    ): ClusterNetwork {
        return new ExistingNetwork(name, args, opts);
    }
}

/** The slots of the nodes' subnets, at least one: a zone always has the same slot, whatever the other zones are. */
function nodeSlots(availabilityZones: readonly string[]) {
    return availabilityZones.length === 0
        ? [{ key: "nodes", slot: ZONELESS_SLOT, availabilityZone: undefined }]
        : availabilityZones.map((availabilityZone) => {
              const letter = availabilityZone.slice(-1);
              return { key: `nodes-${letter}`, slot: zoneSlot(letter), availabilityZone };
          });
}
