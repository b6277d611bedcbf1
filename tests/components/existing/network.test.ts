import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { FailedLookup } from "../../../components/existing/lookup";
import {
    checkNetwork,
    lookUpNetwork,
    type NetworkFacts,
    routeWarnings,
    type SubnetFacts,
} from "../../../components/existing/network";
import {
    type Answers,
    answer,
    codes,
    lookUp,
    refuse,
    SUBNET,
    SUBNET_2,
    VPC,
} from "../../support/existing-aws";
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

/** In stream-enrich mode, which has no `thrift`; `network` beside `network.existing`. */
function argsOf(existing: Config = {}, network: Config = {}, others: Config = {}) {
    return parse({
        ...stream(),
        network: { ...network, existing: { vpcId: VPC, subnetIds: [SUBNET], ...existing } },
        ...others,
    });
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
        mapPublicIpOnLaunch: true,
        tags: EMR_TAG,
        ...other,
    });
const routes = (...entries: readonly Partial<Route>[]) =>
    answer<aws.ec2.GetRouteTableResult>({ routeTableId: "rtb-1", routes: entries.map(routeOf) });
const ANY = { cidrBlock: "0.0.0.0/0" };
const TO_NAT = routes(
    { cidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: "pcx-1" },
    { ...ANY, natGatewayId: "nat-1" },
);
const TO_INTERNET = routes({ ...ANY, gatewayId: "igw-1" });
const NO_ROUTE = routes({ ipv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-1" });
const FAILED = new FailedLookup("no");

/** A private network without errors, but for what is given. */
function facts({ first, ...other }: Partial<NetworkFacts> & { readonly first?: Partial<SubnetFacts> } = {}) {
    return {
        vpc: vpc(),
        dhcpOptions: dhcp(DOMAIN),
        subnets: [{ id: SUBNET, subnet: subnet(), routeTable: TO_NAT, ...first }],
        groups: { all: [], tagged: [], own: [] },
        ...other,
    };
}

const NAT = argsOf();
const PUBLIC = argsOf({}, { internetAccess: "public" });
const UNSEEN = argsOf({ allowUnseenRoute: true });
const CREATE = argsOf({ emrSecurityGroups: "create" });
const VPC_ID = "network.existing.vpcId";
const FIRST = "network.existing.subnetIds[0]";
const SECOND = "network.existing.subnetIds[1]";
const GROUPS = "network.existing.emrSecurityGroups";

describe("checkNetwork", () => {
    for (const [situation, args, found, ...expected] of [
        ["the network is private", NAT, facts()],
        ["the network is public", PUBLIC, facts({ first: { routeTable: TO_INTERNET } })],
        [
            "nodes get no public addresses, and need none",
            NAT,
            facts({ first: { subnet: subnet({ mapPublicIpOnLaunch: false }) } }),
        ],
        [
            "EMR's groups have its tag",
            NAT,
            facts({ groups: { all: ["sg-1", "sg-2"], tagged: ["sg-2", "sg-1"], own: [] } }),
        ],
        [
            "the stack has created EMR's groups",
            CREATE,
            facts({ groups: { all: ["sg-1"], tagged: [], own: ["sg-1"] } }),
        ],
        ["the stack creates the network", parse(batch()), facts({ vpc: FAILED })],
        [
            "the VPC has no answer",
            NAT,
            { ...facts({ vpc: FAILED }), dhcpOptions: undefined },
            ["lookup-failed", VPC_ID],
        ],
        [
            "the VPC has no DNS",
            NAT,
            facts({ vpc: vpc({ enableDnsSupport: false, enableDnsHostnames: false }) }),
            ["vpc-dns-support-off", VPC_ID],
            ["vpc-dns-hostnames-off", VPC_ID],
        ],
        [
            "the VPC has another domain",
            NAT,
            facts({ dhcpOptions: dhcp("a.b") }),
            ["domain-name-not-in-certificate", VPC_ID],
        ],
        ["the VPC has no tag", NAT, facts({ vpc: vpc({ tags: {} }) }), ["emr-tag-missing", VPC_ID]],
        [
            "a subnet has no answer",
            NAT,
            facts({ first: { subnet: FAILED, routeTable: FAILED } }),
            ["lookup-failed", FIRST],
        ],
        [
            "a subnet is in another VPC",
            NAT,
            facts({ first: { subnet: subnet({ vpcId: "vpc-2" }) } }),
            ["subnet-of-another-vpc", FIRST],
        ],
        [
            "a subnet has a public range",
            NAT,
            facts({ first: { subnet: subnet({ cidrBlock: "100.64.0.0/20" }) } }),
            ["subnet-range-not-private", FIRST],
        ],
        [
            "a subnet has no tag",
            NAT,
            facts({ first: { subnet: subnet({ tags: {} }) } }),
            ["emr-tag-missing", FIRST],
        ],
        [
            "a public subnet gives no public addresses",
            PUBLIC,
            facts({ first: { subnet: subnet({ mapPublicIpOnLaunch: false }), routeTable: TO_INTERNET } }),
            ["subnet-without-public-addresses", FIRST],
        ],
        ["routes have no answer", UNSEEN, facts({ first: { routeTable: FAILED } }), ["lookup-failed", FIRST]],
        [
            "there is no route",
            NAT,
            facts({ first: { routeTable: NO_ROUTE } }),
            ["default-route-missing", FIRST],
        ],
        [
            "there is no public route",
            PUBLIC,
            facts({ first: { routeTable: NO_ROUTE } }),
            ["default-route-missing", FIRST],
        ],
        ["there is no route, as allowed", UNSEEN, facts({ first: { routeTable: NO_ROUTE } })],
        [
            "the route is public",
            UNSEEN,
            facts({ first: { routeTable: TO_INTERNET } }),
            ["default-route-public", FIRST],
        ],
        ["the route is private", PUBLIC, facts(), ["default-route-private", FIRST]],
        [
            "the route leads to a transit gateway",
            NAT,
            facts({ first: { routeTable: routes({ ...ANY, transitGatewayId: "tgw-1" }) } }),
        ],
        [
            "the route for a prefix list leads to a firewall's instance",
            NAT,
            facts({
                first: {
                    routeTable: routes({
                        destinationPrefixListId: "pl-1",
                        instanceId: "i-1",
                        networkInterfaceId: "eni-1",
                    }),
                },
            }),
        ],
        [
            "the route for a prefix list leads to a peered VPC",
            NAT,
            facts({
                first: {
                    routeTable: routes({ destinationPrefixListId: "pl-1", vpcPeeringConnectionId: "pcx-1" }),
                },
            }),
            ["default-route-missing", FIRST],
        ],
        ["EMR's groups have no answer", NAT, facts({ groups: FAILED }), ["lookup-failed", GROUPS]],
        [
            "two of EMR's groups have no tag",
            NAT,
            facts({ groups: { all: ["sg-1", "sg-2", "sg-3"], tagged: ["sg-2"], own: [] } }),
            ["emr-tag-missing", GROUPS],
            ["emr-tag-missing", GROUPS],
        ],
        [
            "groups block two of the stack's own, with EMR's tag or without",
            CREATE,
            facts({ groups: { all: ["sg-1", "sg-2", "sg-3"], tagged: ["sg-1"], own: ["sg-2"] } }),
            ["security-group-exists", GROUPS],
            ["security-group-exists", GROUPS],
        ],
        [
            "everything is wrong",
            argsOf({ subnetIds: [SUBNET, SUBNET_2], emrSecurityGroups: "create" }),
            {
                vpc: vpc({ enableDnsHostnames: false, tags: {} }),
                dhcpOptions: undefined,
                subnets: [
                    { id: SUBNET, subnet: subnet({ tags: {} }), routeTable: FAILED },
                    { id: SUBNET_2, subnet: FAILED, routeTable: TO_NAT },
                ],
                groups: { all: ["sg-1"], tagged: [], own: [] },
            },
            ["vpc-dns-hostnames-off", VPC_ID],
            ["dhcp-options-missing", VPC_ID],
            ["emr-tag-missing", VPC_ID],
            ["lookup-failed", FIRST],
            ["emr-tag-missing", FIRST],
            ["lookup-failed", SECOND],
            ["security-group-exists", GROUPS],
        ],
    ] as readonly (readonly [string, ResolvedArgs, NetworkFacts, ...(readonly [string, string])[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"}: ${situation}`, () => {
            expect(codes(checkNetwork(args, found))).to.deep.equal(expected);
        });
    }

    it("proposes allowUnseenRoute for a private network only", () => {
        const [privately, publicly] = [NAT, PUBLIC].map((args) =>
            checkNetwork(args, facts({ first: { routeTable: NO_ROUTE } })).map(({ fix }) =>
                fix?.includes("network.existing.allowUnseenRoute: true"),
            ),
        );
        expect([privately, publicly]).to.deep.equal([[true], [false]]);
    });
});

describe("routeWarnings", () => {
    it("names the subnets whose default route is not known", () => {
        const subnets = [TO_NAT, NO_ROUTE, FAILED, routes()].map((routeTable, index) => ({
            id: `subnet-${index}`,
            subnet: subnet(),
            routeTable,
        }));
        expect(routeWarnings(subnets).map((warning) => warning.split(":")[0])).to.deep.equal([
            "subnet-1, route table rtb-1",
            "subnet-3, route table rtb-1",
        ]);
    });
});

describe("lookUpNetwork", () => {
    const filters = (names: readonly string[], tag?: readonly [string, string]) => ({
        filters: [
            { name: "vpc-id", values: [VPC] },
            { name: "group-name", values: names },
            ...(tag ? [{ name: `tag:${tag[0]}`, values: [tag[1]] }] : []),
        ],
    });
    const groupCalls = (names: readonly string[], stackTag = "snowplow-emr-encryption/dev") =>
        [
            filters(names),
            filters(names, ["for-use-with-amazon-emr-managed-policies", "true"]),
            filters(names, ["snowplow-emr-stack", stackTag]),
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
    const look = (given: ResolvedArgs, answers?: Answers) => lookUp(() => lookUpNetwork(given), answers);

    it("makes no look-up if the stack creates its own network", async () => {
        expect(await look(parse(batch()))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("looks up the VPC, its DHCP options, each subnet with its routes, and EMR's groups", async () => {
        const { facts, calls } = await look(argsOf({ subnetIds: [SUBNET, SUBNET_2] }), {
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

    it("looks up a public network's groups by their names, and the stack's groups by its tag", async () => {
        const given = parse(
            {
                ...batch(),
                network: { internetAccess: "public", existing: { vpcId: VPC, subnetIds: [SUBNET] } },
            },
            { stack: "zebra" },
        );
        const { calls } = await look(given);
        expect(calls).to.have.deep.members([
            ...vpcCalls,
            ...subnetCalls(SUBNET),
            ...groupCalls(PUBLIC_GROUPS, "snowplow-emr-encryption/zebra"),
        ]);
    });

    it("looks up the VPC's main route table for a subnet without one of its own", async () => {
        const { facts, calls } = await look(argsOf(), {
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

    it("looks up no DHCP options if the VPC has none", async () => {
        const { facts, calls } = await look(argsOf(), { getVpc: () => ({ dhcpOptionsId: "default" }) });
        expect(calls).to.have.deep.members([
            ["getVpc", { id: VPC }],
            ...subnetCalls(SUBNET),
            ...groupCalls(NAT_GROUPS),
        ]);
        expect(facts?.dhcpOptions).to.equal(undefined);
    });

    it("returns every failure", async () => {
        const refused = (what: string) => () => refuse(`reading ${what}:\n\t  StatusCode: 403`);
        const { facts, calls } = await look(argsOf(), {
            getVpc: refused("VPC"),
            getSubnet: refused("subnet"),
            getRouteTable: refused("routes"),
            getSecurityGroups: refused("groups"),
        });
        // The ids of its DHCP options and of its main route table are the VPC's.
        const inOrder = calls.map(([lookup]) => lookup).sort();
        expect(inOrder.filter((lookup) => lookup !== "getSecurityGroups")).to.deep.equal([
            "getRouteTable",
            "getSubnet",
            "getVpc",
        ]);
        expect(facts).to.deep.equal({
            vpc: new FailedLookup("reading VPC: StatusCode: 403"),
            dhcpOptions: undefined,
            subnets: [
                {
                    id: SUBNET,
                    subnet: new FailedLookup("reading subnet: StatusCode: 403"),
                    routeTable: new FailedLookup("reading routes: StatusCode: 403"),
                },
            ],
            groups: new FailedLookup("reading groups: StatusCode: 403"),
        });
    });

    it("returns failures of DHCP options and of the main route table", async () => {
        const { facts } = await look(argsOf(), {
            getVpcDhcpOptions: () => refuse("no DHCP"),
            getRouteTable: ({ subnetId }) => refuse(subnetId === undefined ? "no main" : "no own"),
        });
        expect(facts?.dhcpOptions).to.deep.equal(new FailedLookup("no DHCP"));
        expect(facts?.subnets[0]?.routeTable).to.deep.equal(new FailedLookup("no main"));
    });
});
