import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { networkChecks } from "../../../commands/verify/network";
import { type Answers, refusal } from "../../support/fake-aws";
import { MINIMAL } from "../../support/run";
import { contextOf, findings, outputsOf } from "./context";

const VPC = "vpc-placeholder";
const SUBNET = "subnet-placeholder-emr-network-nodes";
const DOMAIN = "eu-west-1.compute.internal";
const REFRESH = "npx pulumi up --refresh --stack dev";
const TAG = "for-use-with-amazon-emr-managed-policies";
const Tags = [{ Key: TAG, Value: "true" }];
const NAT = { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1", State: "active" };
const INTERNET = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", State: "active" };
const NAMES = `VPC ${VPC}: domain name in its DHCP options`;
const ENDPOINT = `VPC ${VPC}: gateway endpoint com.amazonaws.eu-west-1.s3`;
const ROUTE = `subnet ${SUBNET}: route for 0.0.0.0/0`;

describe("verify, network:", () => {
    let outputs: StackOutputs;

    before(async () => {
        outputs = await outputsOf();
    });

    const dhcp = (...Values: readonly string[]) => ({
        DescribeDhcpOptions: () => ({
            DhcpOptions: [
                {
                    DhcpConfigurations: [
                        { Key: "domain-name-servers", Values: [{ Value: "AmazonProvidedDNS" }] },
                        { Key: "domain-name", Values: Values.map((Value) => ({ Value })) },
                    ],
                },
            ],
        }),
    });
    const routes = (...Routes: readonly object[]) => ({
        DescribeRouteTables: () => ({
            RouteTables: [
                { RouteTableId: "rtb-main", Associations: [{ Main: true }], Routes: [] },
                {
                    RouteTableId: "rtb-nodes",
                    Associations: [{ Main: false, SubnetId: SUBNET }],
                    Routes: [{ DestinationCidrBlock: "10.64.0.0/20", GatewayId: "local" }, ...Routes],
                },
            ],
        }),
    });
    const endpoints = (...VpcEndpoints: readonly object[]) => ({
        DescribeVpcEndpoints: () => ({ VpcEndpoints }),
    });
    const subnet = (others: object = {}) => ({
        DescribeSubnets: () => ({ Subnets: [{ SubnetId: SUBNET, VpcId: VPC, Tags, ...others }] }),
    });
    const vpc = (others: object = {}) => ({
        DescribeVpcs: () => ({ Vpcs: [{ VpcId: VPC, DhcpOptionsId: "dopt-1", Tags, ...others }] }),
    });
    const SOUND: Answers = {
        ...vpc(),
        DescribeVpcAttribute: ({ Attribute }) =>
            Attribute === "enableDnsSupport"
                ? { EnableDnsSupport: { Value: true } }
                : { EnableDnsHostnames: { Value: true } },
        ...dhcp(DOMAIN),
        ...subnet(),
        ...routes(NAT),
        ...endpoints({ VpcEndpointId: "vpce-1", State: "available", RouteTableIds: ["rtb-nodes"] }),
    };
    const check = (answers: Answers = {}, own: StackOutputs = outputs) =>
        networkChecks(contextOf(own, { ...SOUND, ...answers }));
    const wrong = async (answers: Answers, own?: StackOutputs) =>
        (await check(answers, own)).filter(({ status }) => status !== "ok");
    const withCommands = (forCommands: Partial<StackOutputs["forCommands"]>, others = {}): StackOutputs => ({
        ...outputs,
        ...others,
        forCommands: { ...outputs.forCommands, ...forCommands },
    });
    const existing = (others = {}) => withCommands({ ownsNetwork: false }, others);

    it("passes a network as the stack created it", async () => {
        const line = (on: string, expected: string, found = expected) => ({
            status: "ok",
            on,
            expected,
            found,
        });
        expect(await check()).to.deep.equal([
            line(`VPC ${VPC}: dns-support`, "on"),
            line(`VPC ${VPC}: dns-hostnames`, "on"),
            line(NAMES, DOMAIN),
            line(`subnet ${SUBNET}`, `in ${VPC}`),
            line(`subnet ${SUBNET}: tags`, `${TAG}: true`),
            line(ROUTE, "to a NAT gateway", "to nat-1"),
            line(ENDPOINT, "on the nodes' routes"),
            line(`VPC ${VPC}: tags`, `${TAG}: true`),
        ]);
    });

    it("says how to turn on the VPC's DNS", async () => {
        const off = { DescribeVpcAttribute: () => ({}) };
        expect(await wrong(off)).to.deep.equal(
            ["dns-support", "dns-hostnames"].map((option) => ({
                status: "failed",
                on: `VPC ${VPC}: ${option}`,
                expected: "on",
                found: "off",
                remedy: `aws ec2 modify-vpc-attribute --region eu-west-1 --vpc-id ${VPC} --enable-${option}`,
            })),
        );
    });

    describe("and its host names", () => {
        const other = dhcp("corp.example");
        const line = { status: "failed", on: NAMES, expected: DOMAIN, found: "corp.example" };

        it("require the certificate's domain", async () => {
            expect(await wrong(dhcp(`corp.example ${DOMAIN}`))).to.deep.equal([]);
            expect(await wrong(dhcp("corp.example", DOMAIN))).to.deep.equal([]);
            expect(await wrong(other)).to.deep.equal([{ ...line, remedy: REFRESH }]);
            expect(await wrong(other, existing())).to.deep.equal([
                {
                    ...line,
                    remedy: `DHCP options with the domain name ${DOMAIN}, or a certificate for the names that the nodes have`,
                },
            ]);
            expect(findings(await wrong(dhcp()))).to.deep.equal([["failed", NAMES, "none"]]);
        });

        it("are unknown for an existing archive", async () => {
            const archive = existing({ certificateExpiresAt: null });
            expect(findings(await wrong(other, archive))).to.deep.equal([["warning", NAMES, "corp.example"]]);
        });

        it("may be any if nodes accept any, but must exist", async () => {
            const { emrEtlRunnerConfig } = await outputsOf({
                emrEtlRunner: {
                    collectors: { format: "cloudfront" },
                    aws: {
                        emr: {
                            configuration: { "core-site": { "hadoop.ssl.hostname.verifier": "ALLOW_ALL" } },
                        },
                    },
                },
            });
            const own = existing({ emrEtlRunnerConfig });
            expect(await wrong(other, own)).to.deep.equal([]);
            const nameless = "no DHCP options, so that nodes have no names";
            for (const DhcpOptionsId of ["default", undefined]) {
                expect(findings(await wrong(vpc({ DhcpOptionsId }), own))).to.deep.equal([
                    ["failed", NAMES, nameless],
                ]);
            }
        });

        it("are not checked without encryption in transit", async () => {
            const own = await outputsOf({ ...MINIMAL, encryption: { inTransit: false } });
            expect((await check(other, own)).map(({ on }) => on)).not.to.include(NAMES);
            expect(await wrong(other, own)).to.deep.equal([]);
        });
    });

    it("fails for subnets that are missing, in another VPC, or not for EMR", async () => {
        const line = { status: "failed", on: `subnet ${SUBNET}`, expected: `in ${VPC}` };
        const gone = { DescribeSubnets: () => ({ Subnets: [] }) };
        expect(await wrong(gone)).to.deep.equal([
            { ...line, found: "no such subnet", remedy: `${REFRESH}, then the new config.yml` },
        ]);
        expect(await wrong(subnet({ VpcId: "vpc-2" }), existing())).to.deep.equal([
            {
                ...line,
                found: "in vpc-2",
                remedy: `a subnet of ${VPC} in network.existing, npx pulumi up --stack dev, then the new config.yml`,
            },
        ]);
        const tagged = {
            status: "failed",
            expected: `${TAG}: true`,
            remedy: `aws ec2 create-tags --region eu-west-1 --resources ${SUBNET} --tags Key=${TAG},Value=true`,
            on: `subnet ${SUBNET}: tags`,
        };
        expect(await wrong(subnet({ Tags: undefined }))).to.deep.equal([{ ...tagged, found: `no ${TAG}` }]);
        expect(await wrong(subnet({ Tags: [{ Key: TAG, Value: "yes" }] }))).to.deep.equal([
            { ...tagged, found: `${TAG}: yes` },
        ]);
        // An existing service role may allow more than AWS's policy.
        const own = withCommands({ rolePolicies: {} });
        expect(await wrong({ ...subnet({ Tags: [] }), ...vpc({ Tags: [] }) }, own)).to.deep.equal([]);
    });

    it("checks where the routes lead", async () => {
        const reported = async (answers: Answers, own?: StackOutputs) =>
            (await wrong(answers, own)).map(({ status, on, expected, found, remedy }) => {
                expect([status, on]).to.deep.equal(["failed", ROUTE]);
                return [expected, found, remedy];
            });
        const transit = { DestinationCidrBlock: "0.0.0.0/0", TransitGatewayId: "tgw-1" };
        expect(await reported(routes())).to.deep.equal([["to a NAT gateway", "none, nor so to S3", REFRESH]]);
        expect(await reported(routes(INTERNET))).to.deep.equal([["to a NAT gateway", "to igw-1", REFRESH]]);
        expect(await reported(routes(transit))).to.deep.equal([["to a NAT gateway", "to tgw-1", REFRESH]]);
        expect(await reported(routes({ ...NAT, State: "blackhole" }))).to.deep.equal([
            ["to a NAT gateway", "to nat-1, which is gone", REFRESH],
        ]);
        const vpn = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "vgw-1" };
        expect(await reported(routes(vpn), existing())).to.deep.equal([]);
        // An existing network may have a firewall.
        expect(await reported(routes(transit), existing())).to.deep.equal([]);
        const others = await reported(routes(INTERNET), existing());
        expect(others.map(([, found]) => found)).to.deep.equal(["to igw-1"]);
        const why = "every cluster's bootstrap fetches from Maven Central";
        expect(await reported(routes(), existing())).to.deep.equal([
            ["to a NAT gateway", "none, nor so to S3", `a route to a NAT gateway in rtb-nodes: ${why}`],
        ]);
        expect(
            await reported({ DescribeRouteTables: () => ({ RouteTables: [] }) }, existing()),
        ).to.deep.equal([
            ["to a NAT gateway", "none, nor so to S3", `a route to a NAT gateway in its route table: ${why}`],
        ]);
    });

    it("accepts two halves of all addresses and prefix lists as default routes, but not an endpoint's prefix list", async () => {
        const half = (DestinationCidrBlock: string, NatGatewayId = "nat-1") => ({
            DestinationCidrBlock,
            NatGatewayId,
        });
        const found = async (...of: readonly object[]) =>
            findings(await wrong(routes(...of), existing())).map(([, , reported]) => reported);
        expect(await found(half("0.0.0.0/1"), half("128.0.0.0/1"))).to.deep.equal([]);
        expect(await found(half("0.0.0.0/1"))).to.deep.equal(["none, nor so to S3"]);
        // Longer prefixes win over the route for all addresses.
        expect(await found(half("0.0.0.0/1"), half("128.0.0.0/1"), INTERNET)).to.deep.equal([]);
        const other = { ...half("128.0.0.0/1", "nat-2"), State: "blackhole" };
        expect(await found(half("0.0.0.0/1"), other)).to.deep.equal(["to nat-1 and nat-2, which is gone"]);
        const list = { DestinationPrefixListId: "pl-1" };
        expect(await found({ ...list, TransitGatewayId: "tgw-1" })).to.deep.equal([]);
        expect(await found({ ...list, VpcPeeringConnectionId: "pcx-1" })).to.deep.equal([
            "none, nor so to S3",
        ]);
        expect(await found({ ...list, GatewayId: "vpce-1" })).to.deep.equal(["none, nor so to S3"]);
    });

    it("requires the host names of the certificate in the archive", async () => {
        const company = withCommands({ nodeDomain: "corp.example", ownsNetwork: false });
        expect(await wrong(dhcp("corp.example"), company)).to.deep.equal([]);
        expect(findings(await wrong(dhcp(DOMAIN), company))).to.deep.equal([["failed", NAMES, DOMAIN]]);
    });

    it("uses the VPC's main route table for a subnet without its own", async () => {
        const main = {
            DescribeRouteTables: () => ({
                RouteTables: [
                    {
                        RouteTableId: "rtb-other",
                        Associations: [{ SubnetId: "subnet-other" }],
                        Routes: [INTERNET],
                    },
                    { RouteTableId: "rtb-main", Associations: [{ Main: true }], Routes: [NAT] },
                    { RouteTableId: "rtb-unused" },
                ],
            }),
        };
        expect(findings(await wrong(main))).to.deep.equal([["warning", ENDPOINT, "vpce-1, on other routes"]]);
    });

    it("requires public subnets to be public", async () => {
        const own = withCommands({ internetAccess: "public" });
        const open = subnet({ MapPublicIpOnLaunch: true });
        expect(await wrong({ ...open, ...routes(INTERNET) }, own)).to.deep.equal([]);
        expect(await wrong(routes(NAT), own)).to.deep.equal([
            {
                status: "failed",
                on: `subnet ${SUBNET}: public addresses for nodes`,
                expected: "on",
                found: "off",
                remedy: `aws ec2 modify-subnet-attribute --region eu-west-1 --subnet-id ${SUBNET} --map-public-ip-on-launch`,
            },
            {
                status: "failed",
                on: ROUTE,
                expected: "to an internet gateway",
                found: "to nat-1",
                remedy: REFRESH,
            },
        ]);
    });

    it("warns if the stack's S3 endpoint is unused, and requires none in an existing VPC", async () => {
        const line = {
            status: "warning",
            on: ENDPOINT,
            expected: "on the nodes' routes",
            found: "none",
            remedy: REFRESH,
        };
        expect(await wrong(endpoints())).to.deep.equal([line]);
        expect(
            await wrong(
                endpoints({ VpcEndpointId: "vpce-1", State: "deleted", RouteTableIds: ["rtb-nodes"] }),
            ),
        ).to.deep.equal([line]);
        expect(await wrong(endpoints(), existing())).to.deep.equal([]);
    });

    it("fails for a missing VPC, and continues after a refused call", async () => {
        const gone = {
            DescribeVpcs: () => {
                throw refusal("InvalidVpcID.NotFound");
            },
        };
        const line = { status: "failed", on: `VPC ${VPC}`, expected: "there", found: "no such VPC" };
        expect(await wrong(gone)).to.deep.equal([{ ...line, remedy: `${REFRESH}, then the new config.yml` }]);
        expect(await wrong(gone, existing())).to.deep.equal([
            {
                ...line,
                remedy: "a VPC that is there in network.existing, npx pulumi up --stack dev, then the new config.yml",
            },
        ]);
        const denied = () => {
            throw refusal("UnauthorizedOperation");
        };
        const reported = await wrong({
            DescribeVpcAttribute: denied,
            DescribeDhcpOptions: denied,
            DescribeRouteTables: denied,
        });
        expect(reported.map(({ on, remedy }) => [on, remedy])).to.deep.equal([
            [`VPC ${VPC}: dns-support`, "run this with credentials that have ec2:DescribeVpcAttribute"],
            [`VPC ${VPC}: dns-hostnames`, "run this with credentials that have ec2:DescribeVpcAttribute"],
            [NAMES, "run this with credentials that have ec2:DescribeDhcpOptions"],
            [`routes of ${VPC}`, "run this with credentials that have ec2:DescribeRouteTables"],
        ]);
    });
});
