import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { checkNetwork } from "../../../components/existing/network";
import { type Answers, codes, lookUp, refuse, SUBNET, SUBNET_2, VPC } from "../../support/existing-aws";
import { type Route, routeOf } from "../../support/route";
import { batch, type Config, parse, stream } from "../args/parse";

const DOMAIN = "eu-west-1.compute.internal";
const EMR_TAG = ["for-use-with-amazon-emr-managed-policies", "true"] as const;
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

/** In stream-enrich mode, which accepts other host names. */
const argsOf = (existing: Config = {}, network: Config = {}, stack = "dev") =>
    parse(
        { ...stream(), network: { ...network, existing: { vpcId: VPC, subnetIds: [SUBNET], ...existing } } },
        { stack },
    );
const NAT = argsOf();
const PUBLIC = argsOf({}, { internetAccess: "public" });
const UNSEEN = argsOf({ allowUnseenRoute: true });
const CREATE = argsOf({ emrSecurityGroups: "create" });
const TWO_SUBNETS = argsOf({ subnetIds: [SUBNET, SUBNET_2], emrSecurityGroups: "create" });

const ANY = { cidrBlock: "0.0.0.0/0" };
const vpc = (answer: Config) => ({ getVpc: () => answer });
const subnet = (answer: Config) => ({ getSubnet: () => ({ vpcId: VPC, ...answer }) });
const routes = (...entries: readonly Partial<Route>[]) => ({
    getRouteTable: () => ({ routeTableId: "rtb-1", routes: entries.map(routeOf) }),
});
/** The ids of all groups with EMR's names, and of those with one tag. */
const groups = (
    all: readonly string[],
    tagged: Readonly<Record<string, readonly string[]>> = {},
): Answers => ({
    getSecurityGroups: ({ filters }) => {
        const tag = (filters as readonly { readonly name: string }[])[2]?.name;
        return { ids: tag === undefined ? all : (tagged[tag] ?? []) };
    },
});
const TO_NAT = routes(
    { cidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: "pcx-1" },
    { ...ANY, natGatewayId: "nat-1" },
);
const TO_INTERNET = routes({ ...ANY, gatewayId: "igw-1" });
const NO_ROUTE = routes({ ipv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-1" });
const refused = (...lookups: readonly string[]): Answers =>
    Object.fromEntries(lookups.map((name) => [name, () => refuse("StatusCode: 403")]));

const VPC_ID = "network.existing.vpcId";
const FIRST = "network.existing.subnetIds[0]";
const SECOND = "network.existing.subnetIds[1]";
const GROUPS = "network.existing.emrSecurityGroups";
const EMR_KEY = `tag:${EMR_TAG[0]}`;
const STACK_KEY = "tag:snowplow-emr-stack";

describe("checkNetwork", () => {
    for (const [situation, args, answers, ...expected] of [
        ["the network is private", NAT, TO_NAT],
        ["the network is public", PUBLIC, TO_INTERNET],
        ["nodes get no public addresses, and need none", NAT, subnet({ mapPublicIpOnLaunch: false })],
        [
            "EMR's groups have its tag",
            NAT,
            groups(["sg-1", "sg-2"], { [EMR_KEY]: ["sg-2", "sg-1"], [STACK_KEY]: [] }),
        ],
        ["the stack has created EMR's groups", CREATE, groups(["sg-1"], { [STACK_KEY]: ["sg-1"] })],
        ["the VPC has no answer", NAT, refused("getVpc"), ["lookup-failed", VPC_ID]],
        [
            "the VPC has no DNS",
            NAT,
            vpc({ enableDnsSupport: false, enableDnsHostnames: false }),
            ["vpc-dns-support-off", VPC_ID],
            ["vpc-dns-hostnames-off", VPC_ID],
        ],
        [
            "the VPC has another domain",
            NAT,
            { getVpcDhcpOptions: () => ({ domainName: "a.b" }) },
            ["domain-name-not-in-certificate", VPC_ID],
        ],
        [
            "the VPC has no DHCP options",
            NAT,
            vpc({ dhcpOptionsId: "default" }),
            ["dhcp-options-missing", VPC_ID],
        ],
        ["DHCP options have no answer", NAT, refused("getVpcDhcpOptions"), ["lookup-failed", VPC_ID]],
        ["the VPC has no tag", NAT, vpc({ tags: {} }), ["emr-tag-missing", VPC_ID]],
        ["a subnet is in another VPC", NAT, subnet({ vpcId: "vpc-2" }), ["subnet-of-another-vpc", FIRST]],
        ...["10.1.16.0/20", "172.31.255.0/24", "192.168.1.0/28"].map(
            (cidrBlock) => [`a subnet has the range ${cidrBlock}`, NAT, subnet({ cidrBlock })] as const,
        ),
        ...["100.64.0.0/20", "172.32.0.0/20", "198.18.0.0/24", ""].map(
            (cidrBlock) =>
                [
                    `a subnet has the range "${cidrBlock}"`,
                    NAT,
                    subnet({ cidrBlock }),
                    ["subnet-range-not-private", FIRST],
                ] as const,
        ),
        ["a subnet has no tag", NAT, subnet({ tags: {} }), ["emr-tag-missing", FIRST]],
        [
            "a public subnet gives no public addresses",
            PUBLIC,
            { ...TO_INTERNET, ...subnet({ mapPublicIpOnLaunch: false }) },
            ["subnet-without-public-addresses", FIRST],
        ],
        ["routes have no answer", UNSEEN, refused("getRouteTable"), ["lookup-failed", FIRST]],
        ["there is no route", NAT, NO_ROUTE, ["default-route-missing", FIRST]],
        ["there is no public route", PUBLIC, NO_ROUTE, ["default-route-missing", FIRST]],
        ["there is no route, as allowed", UNSEEN, NO_ROUTE],
        ["the route is public", UNSEEN, TO_INTERNET, ["default-route-public", FIRST]],
        ["the route is private", PUBLIC, TO_NAT, ["default-route-private", FIRST]],
        ["the route leads to a transit gateway", NAT, routes({ ...ANY, transitGatewayId: "tgw-1" })],
        [
            "the route for a prefix list leads to a firewall's instance",
            NAT,
            routes({ destinationPrefixListId: "pl-1", instanceId: "i-1", networkInterfaceId: "eni-1" }),
        ],
        [
            "the route for a prefix list leads to a peered VPC",
            NAT,
            routes({ destinationPrefixListId: "pl-1", vpcPeeringConnectionId: "pcx-1" }),
            ["default-route-missing", FIRST],
        ],
        ["EMR's groups have no answer", NAT, refused("getSecurityGroups"), ["lookup-failed", GROUPS]],
        [
            "two of EMR's groups have no tag",
            NAT,
            groups(["sg-1", "sg-2", "sg-3"], { [EMR_KEY]: ["sg-2"], [STACK_KEY]: ["sg-1"] }),
            ["emr-tag-missing", GROUPS],
            ["emr-tag-missing", GROUPS],
        ],
        [
            "groups block two of the stack's own, with EMR's tag or without",
            CREATE,
            groups(["sg-1", "sg-2", "sg-3"], { [EMR_KEY]: ["sg-1"], [STACK_KEY]: ["sg-2"] }),
            ["security-group-exists", GROUPS],
            ["security-group-exists", GROUPS],
        ],
        [
            "everything is wrong",
            TWO_SUBNETS,
            {
                ...vpc({ enableDnsHostnames: false, tags: {}, dhcpOptionsId: "default" }),
                ...refused("getRouteTable"),
                getSubnet: ({ id }) => (id === SUBNET ? { vpcId: VPC, tags: {} } : refuse("no")),
                ...groups(["sg-1"]),
            },
            ["vpc-dns-hostnames-off", VPC_ID],
            ["dhcp-options-missing", VPC_ID],
            ["emr-tag-missing", VPC_ID],
            ["lookup-failed", FIRST],
            ["emr-tag-missing", FIRST],
            ["lookup-failed", SECOND],
            ["security-group-exists", GROUPS],
        ],
        [
            "nothing has an answer",
            NAT,
            refused("getVpc", "getSubnet", "getRouteTable", "getSecurityGroups"),
            ["lookup-failed", VPC_ID],
            ["lookup-failed", FIRST],
            ["lookup-failed", GROUPS],
        ],
    ] as readonly (readonly [string, ResolvedArgs, Answers, ...(readonly [string, string])[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"}: ${situation}`, async () => {
            const { facts } = await lookUp(() => checkNetwork(args), answers);
            expect(codes(facts.errors)).to.deep.equal(expected);
        });
    }

    it("proposes allowUnseenRoute for a private network only", async () => {
        for (const [args, expected] of [
            [NAT, true],
            [PUBLIC, false],
        ] as const) {
            const { facts } = await lookUp(() => checkNetwork(args), NO_ROUTE);
            expect(
                facts.errors.map(({ fix }) => fix?.includes("network.existing.allowUnseenRoute: true")),
            ).to.deep.equal([expected]);
        }
    });

    it("warns of the subnets whose default route is not known", async () => {
        const args = argsOf({ subnetIds: [SUBNET, SUBNET_2], allowUnseenRoute: true });
        const { facts } = await lookUp(() => checkNetwork(args), {
            getRouteTable: ({ subnetId }) =>
                subnetId === SUBNET ? NO_ROUTE.getRouteTable() : TO_NAT.getRouteTable(),
        });
        expect(facts).to.deep.equal({
            errors: [],
            anyHostname: false,
            nodeDomain: DOMAIN,
            warnings: [
                `There is no route for 0.0.0.0/0 in route table rtb-1 of ${SUBNET}, neither to the internet nor to S3, unless a VPN or Direct Connect gateway propagates one. Without it, every cluster fails in its bootstrap. verify sees propagated routes.`,
            ],
        });
    });

    it("makes no look-up if the stack creates its own network", async () => {
        expect(await lookUp(() => checkNetwork(parse(batch())))).to.deep.equal({
            facts: { errors: [], anyHostname: false, nodeDomain: DOMAIN },
            calls: [],
        });
    });

    const groupCalls = (names: readonly string[], ...[key, value]: readonly [string, string]) =>
        [[], [{ name: `tag:${key}`, values: [value] }]].map((tagged) => [
            "getSecurityGroups",
            {
                filters: [
                    { name: "vpc-id", values: [VPC] },
                    { name: "group-name", values: names },
                    ...tagged,
                ],
            },
        ]);
    const subnetCalls = (id: string) => [
        ["getSubnet", { id }],
        ["getRouteTable", { subnetId: id }],
    ];
    const endpoint = (service: string, vpcEndpointType: string) => [
        "getVpcEndpoint",
        {
            vpcId: VPC,
            serviceName: `com.amazonaws.eu-west-1.${service}`,
            vpcEndpointType,
            state: "available",
        },
    ];
    const firstCalls = [
        endpoint("s3", "Gateway"),
        endpoint("s3", "Interface"),
        endpoint("kms", "Interface"),
        ["getVpc", { id: VPC }],
        ["getVpcDhcpOptions", { dhcpOptionsId: "dopt-placeholder" }],
        ...subnetCalls(SUBNET),
    ];
    for (const [what, args, answers, calls] of [
        [
            "the VPC, its DHCP options, each subnet with its routes, and this stack's groups among EMR's",
            TWO_SUBNETS,
            {},
            [
                ...firstCalls,
                ...subnetCalls(SUBNET_2),
                ...groupCalls(NAT_GROUPS, "snowplow-emr-stack", "snowplow-emr-encryption/dev"),
            ],
        ],
        [
            "a public network's groups by their names and the stack's tag",
            argsOf({ emrSecurityGroups: "create" }, { internetAccess: "public" }, "zebra"),
            {},
            [
                ...firstCalls,
                ...groupCalls(PUBLIC_GROUPS, "snowplow-emr-stack", "snowplow-emr-encryption/zebra"),
            ],
        ],
        [
            "the VPC's main route table for a subnet without one of its own",
            NAT,
            {
                getRouteTable: ({ subnetId }) =>
                    subnetId === undefined ? {} : refuse("query returned no results"),
            },
            [
                ...firstCalls,
                ["getRouteTable", { routeTableId: "rtb-placeholder" }],
                ...groupCalls(NAT_GROUPS, ...EMR_TAG),
            ],
        ],
    ] as readonly (readonly [string, ResolvedArgs, Answers, readonly unknown[]])[]) {
        it(`looks up ${what}`, async () => {
            expect((await lookUp(() => checkNetwork(args), answers)).calls).to.have.deep.members([...calls]);
        });
    }
});
