import { expect } from "chai";
import { EmrSecurityGroups } from "../../components/emr-security-groups";
import type { ExistingNetworkArgs } from "../../components/existing-network";
import { Network, type NetworkArgs } from "../../components/network";
import type { Run } from "../../testing/mock-engine";
import { childLines, resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const TAGS = { stack: "tag" };
const EMR_TAGS = { stack: "tag", "for-use-with-amazon-emr-managed-policies": "true" };
const COMPONENT = "snowplow-emr-encryption:index:Network";

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

/** EMR's security groups without their parent; EmrSecurityGroups' test expects their resources. */
const securityGroups = (vpcId: string, internetAccess: NetworkArgs["internetAccess"]) =>
    run(() => {
        new EmrSecurityGroups("net-security-groups", { vpcId, internetAccess, tags: TAGS });
        return {};
    });

/** Expects exactly these resources, and EMR's security groups as a child. */
async function expectNetwork(
    result: Run,
    internetAccess: NetworkArgs["internetAccess"],
    lines: readonly string[],
    inputs: Readonly<Record<string, unknown>>,
): Promise<void> {
    const groups = await securityGroups("vpc-placeholder", internetAccess);
    expect(resourceLines(result)).to.have.members([...COMMON_LINES, ...lines, ...childLines(groups, "net")]);
    expect(resourceInputs(result)).to.deep.equal({
        ...COMMON_INPUTS,
        ...inputs,
        ...resourceInputs(groups),
    });
}

/** The resources of every mode. */
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
    "aws:ec2/eip:Eip net-nat-address < net-nat",
    "aws:ec2/natGateway:NatGateway net-nat < net-nat, deleteBeforeReplace",
    "aws:ec2/route:Route net-nat-internet < net-nat",
    "aws:ec2/routeTable:RouteTable net-nat-routes < net-nat",
    "aws:ec2/routeTableAssociation:RouteTableAssociation net-nat-routes < net-nat",
    "aws:ec2/subnet:Subnet net-nat < net-nat, deleteBeforeReplace",
    "snowplow-emr-encryption:index:NatGateway net-nat < net",
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

/** The NAT gateway and its subnet, in the zone of the clusters' subnet. */
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

type Case = readonly [
    title: string,
    args: Partial<NetworkArgs>,
    /** The zone of the NAT gateway; undefined without one. */
    nat: string | undefined,
    /** By key, in the order of the output. */
    nodes: readonly (readonly [key: string, cidrBlock: string, availabilityZone?: string])[],
];

const PUBLIC = { internetAccess: "public" } as const;

// biome-ignore format: a table
const CASES: readonly Case[] = [
    ["private nodes behind one NAT gateway, in a zone that AWS chooses", {}, "eu-west-1placeholder",
        [["nodes", "10.64.15.0/24"]]],
    ["public nodes without a NAT gateway, in the same range", PUBLIC, undefined,
        [["nodes", "10.64.15.0/24"]]],
    ["a private subnet in each zone, with clusters and the NAT gateway in the first", { availabilityZones: ["eu-west-1c", "eu-west-1a"] }, "eu-west-1c",
        [["nodes-c", "10.64.2.0/24", "eu-west-1c"], ["nodes-a", "10.64.0.0/24", "eu-west-1a"]]],
    ["a public subnet in each zone", { ...PUBLIC, availabilityZones: ["eu-west-1a", "eu-west-1b"] }, undefined,
        [["nodes-a", "10.64.0.0/24", "eu-west-1a"], ["nodes-b", "10.64.1.0/24", "eu-west-1b"]]],
];

describe("Network", () => {
    for (const [title, args, nat, nodes] of CASES) {
        it(`creates ${title}`, async () => {
            const result = await network(args);
            const mapPublicIpOnLaunch = nat === undefined;
            const lines = [...(nat ? NAT_LINES : []), ...NODES_LINES(...nodes.map(([key]) => key))];
            await expectNetwork(result, nat ? "nat" : "public", lines, {
                ...(nat ? natInputs(nat) : PUBLIC_INPUTS),
                ...Object.assign(
                    {},
                    ...nodes.map(([key, cidrBlock, availabilityZone]) =>
                        nodesInputs(key, {
                            cidrBlock,
                            mapPublicIpOnLaunch,
                            ...(availabilityZone && { availabilityZone }),
                        }),
                    ),
                ),
            });
            const subnetIds = nodes.map(([key]) => `subnet-placeholder-net-${key}`);
            const outputs = {
                vpcId: "vpc-placeholder",
                clusterSubnetId: subnetIds[0],
                subnetIds,
                egressIps: nat ? ["192.0.2.1"] : [],
            };
            expect(result.outputs).to.deep.equal(outputs);
            expect(registration(result, COMPONENT, "net").outputs).to.deep.equal(outputs);
        });
    }

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

    it("names nodes ec2.internal in us-east-1, as AWS does", async () => {
        const result = await network({ region: "us-east-1" }, { config: { "aws:region": "us-east-1" } });
        expect(
            registration(result, "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "net-dhcp-options").inputs,
        ).to.deep.equal({
            domainName: "ec2.internal",
            domainNameServers: ["AmazonProvidedDNS"],
            tags: TAGS,
        });
    });

    it("creates the NAT gateway after its subnet's route, and the nodes' route after the NAT gateway", async () => {
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

describe("Network.existing", () => {
    const existing = (args: Partial<ExistingNetworkArgs> = {}) =>
        run(() => {
            const { vpcId, clusterSubnetId, subnetIds, egressIps } = Network.existing("net", {
                vpcId: "vpc-1",
                subnetIds: ["subnet-2", "subnet-1"],
                emrSecurityGroups: "use",
                internetAccess: "nat",
                tags: TAGS,
                ...args,
            });
            return { vpcId, clusterSubnetId, subnetIds, egressIps };
        });
    const EXISTING = "snowplow-emr-encryption:index:ExistingNetwork";
    const LINE = `${EXISTING} net < snowplow-emr-encryption-dev`;

    it("returns the VPC and the subnets as they are, and creates nothing in them", async () => {
        const result = await existing();
        expect(resourceLines(result)).to.deep.equal([LINE]);
        const { egressIps, ...outputs } = result.outputs;
        expect({ egressIps, ...outputs }).to.deep.equal({
            vpcId: "vpc-1",
            clusterSubnetId: "subnet-2",
            subnetIds: ["subnet-2", "subnet-1"],
            egressIps: [],
        });
        expect(registration(result, EXISTING, "net").outputs).to.deep.equal(outputs);
    });

    for (const internetAccess of ["nat", "public"] as const) {
        it(`creates EMR's security groups in the VPC on request: ${internetAccess}`, async () => {
            const result = await existing({ emrSecurityGroups: "create", internetAccess });
            const groups = await securityGroups("vpc-1", internetAccess);
            expect(resourceLines(result)).to.have.members([LINE, ...childLines(groups, "net")]);
            expect(resourceInputs(result)).to.deep.equal(resourceInputs(groups));
        });
    }
});
