import { expect } from "chai";
import { Network, type NetworkArgs } from "../../components/network";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const TAGS = { stack: "tag" };
const EMR_TAGS = { stack: "tag", "for-use-with-amazon-emr-managed-policies": "true" };
const COMPONENT = "snowplow-emr-encryption:network:Network";

function network(args: Partial<NetworkArgs> = {}, options?: TestOptions): Promise<Run> {
    return run(() => {
        const { vpcId, clusterSubnetId, subnetIds, egressIps } = new Network("net", {
            region: "eu-west-1",
            cidrBlock: "10.64.0.0/20",
            availabilityZones: [],
            internetAccess: "nat",
            tags: TAGS,
            ...args,
        });
        return { vpcId, clusterSubnetId, subnetIds, egressIps };
    }, options);
}

/** What is there in every mode. */
const COMMON_LINES = [
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup net-default-security-group < net",
    "aws:ec2/internetGateway:InternetGateway net-internet-gateway < net, replaceOnChanges vpcId",
    "aws:ec2/route:Route net-nodes-internet < net",
    "aws:ec2/routeTable:RouteTable net-nodes-routes < net",
    "aws:ec2/vpc:Vpc net-vpc < net",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions net-dhcp-options < net",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation net-dhcp-options < net",
    "aws:ec2/vpcEndpoint:VpcEndpoint net-dynamodb < net",
    "aws:ec2/vpcEndpoint:VpcEndpoint net-s3 < net",
    `${COMPONENT} net < snowplow-emr-encryption-dev`,
];

const NAT_LINES = [
    "aws:ec2/eip:Eip net-nat-address < net",
    "aws:ec2/natGateway:NatGateway net-nat < net, deleteBeforeReplace",
    "aws:ec2/route:Route net-nat-internet < net",
    "aws:ec2/routeTable:RouteTable net-nat-routes < net",
    "aws:ec2/routeTableAssociation:RouteTableAssociation net-nat-routes < net",
    "aws:ec2/subnet:Subnet net-nat < net, deleteBeforeReplace",
];

const NODES_LINES = (...keys: readonly string[]) =>
    keys.flatMap((key) => [
        `aws:ec2/routeTableAssociation:RouteTableAssociation net-${key}-routes < net`,
        `aws:ec2/subnet:Subnet net-${key} < net`,
    ]);

const ENDPOINT = {
    vpcId: "vpc-placeholder",
    vpcEndpointType: "Gateway",
    routeTableIds: ["net-nodes-routes-placeholder"],
    tags: TAGS,
};

const COMMON_INPUTS = {
    "aws:ec2/vpc:Vpc net-vpc": {
        cidrBlock: "10.64.0.0/20",
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: EMR_TAGS,
    },
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions net-dhcp-options": {
        domainName: "eu-west-1.compute.internal",
        domainNameServers: ["AmazonProvidedDNS"],
        tags: TAGS,
    },
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation net-dhcp-options": {
        vpcId: "vpc-placeholder",
        dhcpOptionsId: "net-dhcp-options-placeholder",
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup net-default-security-group": {
        vpcId: "vpc-placeholder",
        ingress: [],
        egress: [],
        tags: TAGS,
    },
    "aws:ec2/internetGateway:InternetGateway net-internet-gateway": { vpcId: "vpc-placeholder", tags: TAGS },
    "aws:ec2/routeTable:RouteTable net-nodes-routes": { vpcId: "vpc-placeholder", tags: TAGS },
    "aws:ec2/vpcEndpoint:VpcEndpoint net-s3": { ...ENDPOINT, serviceName: "com.amazonaws.eu-west-1.s3" },
    "aws:ec2/vpcEndpoint:VpcEndpoint net-dynamodb": {
        ...ENDPOINT,
        serviceName: "com.amazonaws.eu-west-1.dynamodb",
    },
};

/** The NAT gateway's own subnet, in the zone of the clusters' one. */
const natInputs = (availabilityZone: string) => ({
    "aws:ec2/subnet:Subnet net-nat": {
        vpcId: "vpc-placeholder",
        cidrBlock: "10.64.14.0/24",
        availabilityZone,
        tags: TAGS,
    },
    "aws:ec2/routeTable:RouteTable net-nat-routes": { vpcId: "vpc-placeholder", tags: TAGS },
    "aws:ec2/routeTableAssociation:RouteTableAssociation net-nat-routes": {
        routeTableId: "net-nat-routes-placeholder",
        subnetId: "subnet-placeholder-net-nat",
    },
    "aws:ec2/route:Route net-nat-internet": {
        routeTableId: "net-nat-routes-placeholder",
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: "net-internet-gateway-placeholder",
    },
    "aws:ec2/eip:Eip net-nat-address": { domain: "vpc", tags: TAGS },
    "aws:ec2/natGateway:NatGateway net-nat": {
        subnetId: "subnet-placeholder-net-nat",
        allocationId: "eipalloc-placeholder",
        tags: TAGS,
    },
    "aws:ec2/route:Route net-nodes-internet": {
        routeTableId: "net-nodes-routes-placeholder",
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: "net-nat-placeholder",
    },
});

const PUBLIC_INPUTS = {
    "aws:ec2/route:Route net-nodes-internet": {
        routeTableId: "net-nodes-routes-placeholder",
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: "net-internet-gateway-placeholder",
    },
};

const nodesInputs = (
    key: string,
    subnet: { cidrBlock: string; mapPublicIpOnLaunch: boolean; availabilityZone?: string },
) => ({
    [`aws:ec2/subnet:Subnet net-${key}`]: { vpcId: "vpc-placeholder", ...subnet, tags: EMR_TAGS },
    [`aws:ec2/routeTableAssociation:RouteTableAssociation net-${key}-routes`]: {
        routeTableId: "net-nodes-routes-placeholder",
        subnetId: `subnet-placeholder-net-${key}`,
    },
});

describe("Network", () => {
    it("makes private nodes behind one NAT gateway, in a zone of AWS's choice", async () => {
        const result = await network();
        expect(resourceLines(result)).to.have.members([
            ...COMMON_LINES,
            ...NAT_LINES,
            ...NODES_LINES("nodes"),
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            ...COMMON_INPUTS,
            ...natInputs("eu-west-1placeholder"),
            ...nodesInputs("nodes", { cidrBlock: "10.64.15.0/24", mapPublicIpOnLaunch: false }),
        });
        const outputs = {
            vpcId: "vpc-placeholder",
            clusterSubnetId: "subnet-placeholder-net-nodes",
            subnetIds: ["subnet-placeholder-net-nodes"],
            egressIps: ["192.0.2.1"],
        };
        expect(result.outputs).to.deep.equal(outputs);
        expect(registration(result, COMPONENT, "net").outputs).to.deep.equal(outputs);
    });

    it("makes public nodes without a NAT gateway, in the very same subnet", async () => {
        const result = await network({ internetAccess: "public" });
        expect(resourceLines(result)).to.have.members([...COMMON_LINES, ...NODES_LINES("nodes")]);
        expect(resourceInputs(result)).to.deep.equal({
            ...COMMON_INPUTS,
            ...PUBLIC_INPUTS,
            ...nodesInputs("nodes", { cidrBlock: "10.64.15.0/24", mapPublicIpOnLaunch: true }),
        });
        expect(result.outputs).to.deep.equal({
            vpcId: "vpc-placeholder",
            clusterSubnetId: "subnet-placeholder-net-nodes",
            subnetIds: ["subnet-placeholder-net-nodes"],
            egressIps: [],
        });
    });

    it("makes a subnet in each zone, named and placed by the zone's letter, clusters in the first named", async () => {
        const result = await network({ availabilityZones: ["eu-west-1c", "eu-west-1a"] });
        expect(resourceLines(result)).to.have.members([
            ...COMMON_LINES,
            ...NAT_LINES,
            ...NODES_LINES("nodes-a", "nodes-c"),
        ]);
        const shared = { mapPublicIpOnLaunch: false };
        expect(resourceInputs(result)).to.deep.equal({
            ...COMMON_INPUTS,
            ...natInputs("eu-west-1c"),
            ...nodesInputs("nodes-a", {
                ...shared,
                cidrBlock: "10.64.0.0/24",
                availabilityZone: "eu-west-1a",
            }),
            ...nodesInputs("nodes-c", {
                ...shared,
                cidrBlock: "10.64.2.0/24",
                availabilityZone: "eu-west-1c",
            }),
        });
        const outputs = {
            vpcId: "vpc-placeholder",
            clusterSubnetId: "subnet-placeholder-net-nodes-c",
            subnetIds: ["subnet-placeholder-net-nodes-c", "subnet-placeholder-net-nodes-a"],
            egressIps: ["192.0.2.1"],
        };
        expect(result.outputs).to.deep.equal(outputs);
        expect(registration(result, COMPONENT, "net").outputs).to.deep.equal(outputs);
    });

    it("makes public nodes in each zone", async () => {
        const result = await network({
            availabilityZones: ["eu-west-1a", "eu-west-1b"],
            internetAccess: "public",
        });
        expect(resourceLines(result)).to.have.members([
            ...COMMON_LINES,
            ...NODES_LINES("nodes-a", "nodes-b"),
        ]);
        const shared = { mapPublicIpOnLaunch: true };
        expect(resourceInputs(result)).to.deep.equal({
            ...COMMON_INPUTS,
            ...PUBLIC_INPUTS,
            ...nodesInputs("nodes-a", {
                ...shared,
                cidrBlock: "10.64.0.0/24",
                availabilityZone: "eu-west-1a",
            }),
            ...nodesInputs("nodes-b", {
                ...shared,
                cidrBlock: "10.64.1.0/24",
                availabilityZone: "eu-west-1b",
            }),
        });
    });

    it("moves only the NAT gateway and its subnet when clusters change to another zone", async () => {
        const zones = ["eu-west-1a", "eu-west-1b"];
        const [before, after] = [
            await network({ availabilityZones: zones }),
            await network({ availabilityZones: zones.toReversed() }),
        ];
        const changed = Object.entries(resourceInputs(after)).filter(
            ([name, inputs]) => JSON.stringify(inputs) !== JSON.stringify(resourceInputs(before)[name]),
        );
        expect(resourceLines(after)).to.deep.equal(resourceLines(before));
        expect(changed.map(([name]) => name)).to.deep.equal(["aws:ec2/subnet:Subnet net-nat"]);
    });

    it("names nodes in us-east-1 as AWS does there, and none elsewhere so", async () => {
        const result = await network({ region: "us-east-1" }, { config: { "aws:region": "us-east-1" } });
        expect(
            registration(result, "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "net-dhcp-options").inputs,
        ).to.deep.equal({
            domainName: "ec2.internal",
            domainNameServers: ["AmazonProvidedDNS"],
            tags: TAGS,
        });
    });

    it("starts the NAT gateway once its subnet leads to the internet, and lets nodes reach it no earlier", async () => {
        const result = await network();
        const dependencies = (type: string, name: string) => [
            ...registration(result, type, name).dependencies,
        ];
        expect(dependencies("aws:ec2/natGateway:NatGateway", "net-nat")).to.have.members([
            "net-nat", // the subnet
            "net-nat-address",
            "net-nat-internet",
            "net-nat-routes", // the association
        ]);
        expect(dependencies("aws:ec2/route:Route", "net-nodes-internet")).to.have.members([
            "net-nat",
            "net-nodes-routes",
        ]);
    });
});
