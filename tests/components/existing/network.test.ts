import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { Unanswered } from "../../../components/existing/lookup";
import { checkNetwork, lookUpNetwork, type NetworkFacts } from "../../../components/existing/network";
import { type Answers, answer, lookUp, refuse, SUBNET, SUBNET_2, VPC } from "../../support/existing-aws";
import { type Route, routeOf } from "../../support/route";
import { batch, type Config, parse, stream } from "../args/parse";

const EMR_TAG = { "for-use-with-amazon-emr-managed-policies": "true" };
const DOMAIN = "eu-west-1.compute.internal";
const NAT_GROUPS = [
    "ElasticMapReduce-Master-Private",
    "ElasticMapReduce-Slave-Private",
    "ElasticMapReduce-Primary-Private",
    "ElasticMapReduce-Core-Private",
    "ElasticMapReduce-ServiceAccess",
];
const PUBLIC_GROUPS = [
    "ElasticMapReduce-master",
    "ElasticMapReduce-slave",
    "ElasticMapReduce-primary",
    "ElasticMapReduce-core",
];

const VPC_PATH = ["network", "existing", "vpcId"];
const SUBNET_PATH = ["network", "existing", "subnetIds", 0];
const GROUPS_PATH = ["network", "existing", "emrSecurityGroups"];

const tagCommand = (id: string, region = "eu-west-1") =>
    `aws ec2 create-tags --region ${region} --resources ${id} --tags Key=for-use-with-amazon-emr-managed-policies,Value=true`;
const untagged = (id: string) =>
    `${id} without the tag for-use-with-amazon-emr-managed-policies: "true", so that EMR may not use it`;

/** In stream-enrich mode, which has no `thrift`; `others` beside `network`. */
function settings(existing: Config = {}, others: Config = {}, network: Config = {}, region = "eu-west-1") {
    const config = {
        ...stream(),
        network: { ...network, existing: { vpcId: VPC, subnetIds: [SUBNET], ...existing } },
        ...others,
    };
    return parse(config, { region });
}

type Vpc = aws.ec2.GetVpcResult;
type Subnet = aws.ec2.GetSubnetResult;
const vpc = (other: Partial<Vpc> = {}) =>
    answer<Vpc>({ enableDnsSupport: true, enableDnsHostnames: true, tags: EMR_TAG, ...other });
const dhcp = (domainName: string) => answer<aws.ec2.GetVpcDhcpOptionsResult>({ domainName });
const subnet = (other: Partial<Subnet> = {}) =>
    answer<Subnet>({
        vpcId: VPC,
        cidrBlock: "10.1.16.0/20",
        mapPublicIpOnLaunch: false,
        tags: EMR_TAG,
        ...other,
    });
const route = (other: Partial<Route>) => routeOf({ cidrBlock: "0.0.0.0/0", ...other });
const routes = (...entries: readonly Route[]) =>
    answer<aws.ec2.GetRouteTableResult>({ routeTableId: "rtb-1", routes: [...entries] });
const TO_NAT = routes(
    route({ cidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: "pcx-1" }),
    route({ natGatewayId: "nat-1" }),
);
const TO_INTERNET = routes(route({ gatewayId: "igw-1" }));

type SubnetFacts = NetworkFacts["subnets"][number];

/** A private network that lacks nothing, but for what is given. */
function facts({
    first,
    ...other
}: Partial<NetworkFacts> & { readonly first?: Partial<SubnetFacts> } = {}): NetworkFacts {
    return {
        vpc: vpc(),
        dhcpOptions: dhcp(DOMAIN),
        subnets: [{ id: SUBNET, subnet: subnet(), routeTable: TO_NAT, ...first }],
        groups: { all: [], tagged: [], own: [] },
        ...other,
    };
}

function finds(title: string, asked: ResolvedArgs, found: NetworkFacts, ...told: readonly object[]): void {
    it(title, () => {
        expect(checkNetwork(asked, found)).to.deep.equal(told);
    });
}

describe("a network of the user's", () => {
    describe("is found fit", () => {
        finds("with all that clusters need", settings(), facts());
        finds(
            "with routes to an internet gateway and public addresses, where nodes are to have them",
            settings({}, {}, { internetAccess: "public" }),
            facts({ first: { subnet: subnet({ mapPublicIpOnLaunch: true }), routeTable: TO_INTERNET } }),
        );
        finds(
            "in us-east-1 with that region's own domain",
            settings({}, {}, {}, "us-east-1"),
            facts({ dhcpOptions: dhcp("ec2.internal") }),
        );
        finds(
            "with several domains, one of them AWS's",
            settings(),
            facts({ dhcpOptions: dhcp(`corp.example  ${DOMAIN}`) }),
        );
        finds(
            "with any domain or none, where nothing between nodes is encrypted",
            settings({}, { encryption: { inTransit: false } }),
            facts({ dhcpOptions: undefined }),
        );
        finds(
            "with groups of EMR's names that carry its tag",
            settings(),
            facts({ groups: { all: ["sg-1", "sg-2"], tagged: ["sg-2", "sg-1"], own: [] } }),
        );
        finds(
            "with groups that the stack itself has made, tag or no tag",
            settings({ emrSecurityGroups: "create" }),
            facts({ groups: { all: ["sg-1", "sg-2"], tagged: [], own: ["sg-1", "sg-2"] } }),
        );
        it("where there is none: the stack makes its own", () => {
            expect(checkNetwork(parse(batch()), facts({ vpc: new Unanswered("no") }))).to.deep.equal([]);
        });
    });

    describe("is refused for its VPC", () => {
        finds(
            "that nobody answers for, and nothing else of it",
            settings(),
            {
                ...facts({ dhcpOptions: undefined }),
                vpc: new Unanswered("no matching EC2 VPC found"),
            },
            {
                path: VPC_PATH,
                found: `no answer on ${VPC}: no matching EC2 VPC found`,
                remedy: "name what is there, and let these credentials look it up (ec2:DescribeVpcs, ec2:DescribeVpcAttribute, ec2:DescribeRouteTables)",
            },
        );
        finds(
            "without DNS, with the commands that turn it on",
            settings(),
            facts({ vpc: vpc({ enableDnsSupport: false, enableDnsHostnames: false }) }),
            {
                path: VPC_PATH,
                found: `${VPC} without dns-support, so that nodes do not find one another by name`,
                remedy: `aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id ${VPC} --enable-dns-support`,
            },
            {
                path: VPC_PATH,
                found: `${VPC} without dns-hostnames, so that nodes do not find one another by name`,
                remedy: `aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id ${VPC} --enable-dns-hostnames`,
            },
        );
        for (const [which, tags] of [
            ["without EMR's tag", {}],
            ["with another value of EMR's tag", { "for-use-with-amazon-emr-managed-policies": "false" }],
        ] as const) {
            finds(which, settings(), facts({ vpc: vpc({ tags }) }), {
                path: VPC_PATH,
                found: untagged(VPC),
                remedy: tagCommand(VPC),
            });
        }
        finds(
            "in the region that the command names",
            settings({}, {}, {}, "us-east-1"),
            facts({ dhcpOptions: dhcp("ec2.internal"), vpc: vpc({ tags: {} }) }),
            { path: VPC_PATH, found: untagged(VPC), remedy: tagCommand(VPC, "us-east-1") },
        );
    });

    finds("is refused for its nodes' names", settings(), facts({ dhcpOptions: dhcp("corp.example") }), {
        path: VPC_PATH,
        found: `DHCP options with the domain name "corp.example", while the nodes' certificate is for *.${DOMAIN}`,
        remedy: `DHCP options with the domain name ${DOMAIN}; or a certificate of yours for *.corp.example; or network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name; or encryption.inTransit: false`,
    });

    describe("is refused for a subnet", () => {
        finds(
            "that nobody answers for, and nothing else of it",
            settings(),
            facts({ first: { subnet: new Unanswered("no"), routeTable: new Unanswered("no") } }),
            {
                path: SUBNET_PATH,
                found: `no answer on ${SUBNET}: no`,
                remedy: "name what is there, and let these credentials look it up (ec2:DescribeSubnets)",
            },
        );
        finds(
            "of another VPC",
            settings(),
            facts({ first: { subnet: subnet({ vpcId: "vpc-of-others" }) } }),
            { path: SUBNET_PATH, found: `${SUBNET} in vpc-of-others`, remedy: `a subnet of ${VPC}` },
        );
        for (const cidrBlock of ["100.64.0.0/20", "172.32.0.0/20", "198.18.0.0/24", ""]) {
            finds(
                `with the range ${cidrBlock || "that there is none of (IPv6 alone)"}`,
                settings(),
                facts({ first: { subnet: subnet({ cidrBlock }) } }),
                {
                    path: SUBNET_PATH,
                    found: `${SUBNET} with ${cidrBlock === "" ? "no IPv4 range" : `the range ${cidrBlock}`}`,
                    remedy: "a subnet inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16: EMR's nodes take addresses of no other",
                },
            );
        }
        for (const cidrBlock of ["172.31.255.0/24", "192.168.1.0/28"]) {
            finds(
                `but not with the range ${cidrBlock}`,
                settings(),
                facts({ first: { subnet: subnet({ cidrBlock }) } }),
            );
        }
        finds("without EMR's tag", settings(), facts({ first: { subnet: subnet({ tags: {} }) } }), {
            path: SUBNET_PATH,
            found: untagged(SUBNET),
            remedy: tagCommand(SUBNET),
        });
        finds(
            "without public addresses, where nodes are to have them",
            settings({}, {}, { internetAccess: "public" }),
            facts({ first: { routeTable: TO_INTERNET } }),
            {
                path: SUBNET_PATH,
                found: `${SUBNET} without public addresses for nodes, though network.internetAccess is public`,
                remedy: `aws ec2 modify-subnet-attribute --region eu-west-1 --subnet-id ${SUBNET} --map-public-ip-on-launch`,
            },
        );
    });

    finds("is refused for a subnet's routes", settings(), facts({ first: { routeTable: TO_INTERNET } }), {
        path: SUBNET_PATH,
        found: `${SUBNET} with the route table rtb-1, whose route for 0.0.0.0/0 leads to igw-1: a public subnet, though network.internetAccess is nat`,
        remedy: "a subnet whose route leads to a NAT gateway, or network.internetAccess: public",
    });

    describe("is refused for EMR's security groups", () => {
        finds("that nobody answers for", settings(), facts({ groups: new Unanswered("no") }), {
            path: GROUPS_PATH,
            found: "no answer on EMR's default security groups: no",
            remedy: "name what is there, and let these credentials look it up (ec2:DescribeSecurityGroups)",
        });
        finds(
            "without EMR's tag, each of them",
            settings(),
            facts({ groups: { all: ["sg-1", "sg-2", "sg-3"], tagged: ["sg-2"], own: [] } }),
            { path: GROUPS_PATH, found: untagged("sg-1"), remedy: tagCommand("sg-1") },
            { path: GROUPS_PATH, found: untagged("sg-3"), remedy: tagCommand("sg-3") },
        );
        const inTheWay = (id: string) => ({
            path: GROUPS_PATH,
            found: `${id}, which has the name of one of EMR's default groups, so that the stack cannot make its own`,
            remedy: "emrSecurityGroups: use; or delete the group, once no cluster has it",
        });
        finds(
            "that stand where the stack is to make its own, tagged or not",
            settings({ emrSecurityGroups: "create" }),
            facts({ groups: { all: ["sg-1", "sg-2", "sg-3"], tagged: ["sg-1"], own: ["sg-2"] } }),
            inTheWay("sg-1"),
            inTheWay("sg-3"),
        );
    });

    finds(
        "is told all of its findings, subnet by subnet",
        settings({ subnetIds: [SUBNET, SUBNET_2], emrSecurityGroups: "create" }),
        {
            vpc: vpc({ enableDnsHostnames: false, tags: {} }),
            dhcpOptions: undefined,
            subnets: [
                { id: SUBNET, subnet: subnet({ tags: {} }), routeTable: new Unanswered("no") },
                { id: SUBNET_2, subnet: new Unanswered("gone"), routeTable: TO_NAT },
            ],
            groups: { all: ["sg-1"], tagged: [], own: [] },
        },
        {
            path: VPC_PATH,
            found: `${VPC} without dns-hostnames, so that nodes do not find one another by name`,
            remedy: `aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id ${VPC} --enable-dns-hostnames`,
        },
        {
            path: VPC_PATH,
            found: "no DHCP options, so that nodes have no names",
            remedy: `associate DHCP options with the domain name ${DOMAIN} and AmazonProvidedDNS`,
        },
        { path: VPC_PATH, found: untagged(VPC), remedy: tagCommand(VPC) },
        {
            path: SUBNET_PATH,
            found: `no answer on the routes of ${SUBNET}: no`,
            remedy: "name what is there, and let these credentials look it up (ec2:DescribeRouteTables)",
        },
        { path: SUBNET_PATH, found: untagged(SUBNET), remedy: tagCommand(SUBNET) },
        {
            path: ["network", "existing", "subnetIds", 1],
            found: `no answer on ${SUBNET_2}: gone`,
            remedy: "name what is there, and let these credentials look it up (ec2:DescribeSubnets)",
        },
        {
            path: GROUPS_PATH,
            found: "sg-1, which has the name of one of EMR's default groups, so that the stack cannot make its own",
            remedy: "emrSecurityGroups: use; or delete the group, once no cluster has it",
        },
    );
});

describe("lookUpNetwork", () => {
    const filters = (names: readonly string[], tag?: readonly [string, string]) => ({
        filters: [
            { name: "vpc-id", values: [VPC] },
            { name: "group-name", values: names },
            ...(tag ? [{ name: `tag:${tag[0]}`, values: [tag[1]] }] : []),
        ],
    });
    const groupCalls = (names: readonly string[], stack = "dev") =>
        [
            filters(names),
            filters(names, ["for-use-with-amazon-emr-managed-policies", "true"]),
            filters(names, ["snowplow-emr-stack", stack]),
        ].map((inputs) => ["getSecurityGroups", inputs]);
    const vpcCalls = [
        ["getVpc", { id: VPC }],
        ["getVpcDhcpOptions", { dhcpOptionsId: "dopt-placeholder" }],
    ];
    const subnetCalls = (id: string) => [
        ["getSubnet", { id }],
        ["getRouteTable", { subnetId: id }],
    ];
    const VPC_FACTS = {
        id: VPC,
        cidrBlock: "10.0.0.0/16",
        dhcpOptionsId: "dopt-placeholder",
        enableDnsHostnames: true,
        enableDnsSupport: true,
        mainRouteTableId: "rtb-placeholder",
        tags: EMR_TAG,
    };
    const SUBNET_FACTS = (id: string) => ({
        id,
        vpcId: VPC,
        cidrBlock: "10.0.0.0/20",
        mapPublicIpOnLaunch: true,
        tags: EMR_TAG,
    });
    const look = (asked: ResolvedArgs, answers?: Answers) => lookUp(() => lookUpNetwork(asked), answers);

    it("asks nothing where the stack makes its own", async () => {
        expect(await look(parse(batch()))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("asks for the VPC, its DHCP options, each subnet with its routes, and EMR's groups", async () => {
        const { facts, calls } = await look(settings({ subnetIds: [SUBNET, SUBNET_2] }), {
            getSecurityGroups: ({ filters }) => ({
                ids: [["sg-1", "sg-2", "sg-3"], ["sg-2"]][(filters as unknown[]).length - 2],
            }),
        });
        expect(calls).to.have.deep.members([
            ...vpcCalls,
            ...subnetCalls(SUBNET),
            ...subnetCalls(SUBNET_2),
            ...groupCalls(NAT_GROUPS),
        ]);
        const routeTable = {
            routeTableId: "rtb-placeholder",
            routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "" }],
        };
        expect(facts).to.deep.equal({
            vpc: VPC_FACTS,
            dhcpOptions: { domainName: DOMAIN, domainNameServers: ["AmazonProvidedDNS"] },
            subnets: [
                { id: SUBNET, subnet: SUBNET_FACTS(SUBNET), routeTable },
                { id: SUBNET_2, subnet: SUBNET_FACTS(SUBNET_2), routeTable },
            ],
            groups: { all: ["sg-1", "sg-2", "sg-3"], tagged: ["sg-2"], own: ["sg-2"] },
        });
    });

    it("asks for the groups of a public network by their names there, and for those of the stack by its name", async () => {
        const asked = parse(
            {
                ...batch(),
                network: { internetAccess: "public", existing: { vpcId: VPC, subnetIds: [SUBNET] } },
            },
            { stack: "zebra" },
        );
        const { calls } = await look(asked);
        expect(calls).to.have.deep.members([
            ...vpcCalls,
            ...subnetCalls(SUBNET),
            ...groupCalls(PUBLIC_GROUPS, "zebra"),
        ]);
    });

    it("takes the VPC's main route table for a subnet without one of its own", async () => {
        const { facts, calls } = await look(settings(), {
            getRouteTable: ({ subnetId, routeTableId }) =>
                subnetId === undefined ? { routeTableId } : refuse("query returned no results"),
        });
        expect(calls).to.have.deep.members([
            ...vpcCalls,
            ...subnetCalls(SUBNET),
            ["getRouteTable", { routeTableId: "rtb-placeholder" }],
            ...groupCalls(NAT_GROUPS),
        ]);
        expect(facts?.subnets.map(({ routeTable }) => routeTable)).to.deep.equal([
            { routeTableId: "rtb-placeholder", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "" }] },
        ]);
    });

    it("asks for no DHCP options where the VPC has none", async () => {
        const { facts, calls } = await look(settings(), { getVpc: () => ({ dhcpOptionsId: "default" }) });
        expect(calls).to.have.deep.members([
            ["getVpc", { id: VPC }],
            ...subnetCalls(SUBNET),
            ...groupCalls(NAT_GROUPS),
        ]);
        expect(facts?.dhcpOptions).to.equal(undefined);
    });

    it("takes each refusal for an answer, on one line and without what the engine puts before it", async () => {
        const refused = (what: string) => () => refuse(`reading ${what}:\n\t  StatusCode: 403`);
        const { facts, calls } = await look(settings(), {
            getVpc: refused("VPC"),
            getSubnet: refused("subnet"),
            getRouteTable: refused("routes"),
            getSecurityGroups: refused("groups"),
        });
        // Without the VPC, nobody knows its DHCP options, nor its main route table.
        const inOrder = calls.map(([lookup]) => lookup).sort();
        expect(inOrder.filter((lookup) => lookup !== "getSecurityGroups")).to.deep.equal([
            "getRouteTable",
            "getSubnet",
            "getVpc",
        ]);
        expect(facts).to.deep.equal({
            vpc: new Unanswered("reading VPC: StatusCode: 403"),
            dhcpOptions: undefined,
            subnets: [
                {
                    id: SUBNET,
                    subnet: new Unanswered("reading subnet: StatusCode: 403"),
                    routeTable: new Unanswered("reading routes: StatusCode: 403"),
                },
            ],
            groups: new Unanswered("reading groups: StatusCode: 403"),
        });
    });

    it("takes a refusal of DHCP options and of the main route table for answers too", async () => {
        const { facts } = await look(settings(), {
            getVpcDhcpOptions: () => refuse("no DHCP"),
            getRouteTable: ({ subnetId }) => refuse(subnetId === undefined ? "no main" : "no own"),
        });
        expect(facts?.dhcpOptions).to.deep.equal(new Unanswered("no DHCP"));
        expect(facts?.subnets[0]?.routeTable).to.deep.equal(new Unanswered("no main"));
    });
});
