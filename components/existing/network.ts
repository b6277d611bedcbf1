import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { checkDefaultRoutes, defaultRoutes, type Route, type SubnetRoutes } from "../checks/default-routes";
import { checkEmrTag } from "../checks/emr-tag";
import type { Finding } from "../checks/finding";
import { checkPublicAddresses, checkSubnetRange, checkSubnetVpc } from "../checks/subnet";
import { checkVpcDns } from "../checks/vpc-dns";
import { EMR_GROUP_NAMES } from "../domain/emr-security-groups";
import type { ArgumentError, Path } from "../domain/errors";
import { EMR_TAG, STACK_TAG, type Tags } from "../domain/naming";
import { checkHostnames, type DhcpFacts } from "./hostnames";
import { at, type FailedLookup, lookup, lookupFailed, succeeded } from "./lookup";

/** The AWS provider's answers about an existing network. */
export interface NetworkFacts {
    readonly vpc: aws.ec2.GetVpcResult | FailedLookup;
    /** Missing if the VPC has none, or is not known. */
    readonly dhcpOptions?: DhcpFacts;
    readonly subnets: readonly SubnetFacts[];
    readonly groups: GroupFacts | FailedLookup;
}

export interface SubnetFacts {
    readonly id: string;
    readonly subnet: aws.ec2.GetSubnetResult | FailedLookup;
    readonly routeTable: aws.ec2.GetRouteTableResult | FailedLookup;
}

/** The ids of the groups with EMR's default names: all, those with EMR's tag, and those with this stack's tag. */
export interface GroupFacts {
    readonly all: readonly string[];
    readonly tagged: readonly string[];
    readonly own: readonly string[];
}

/** The AWS provider's name for a VPC without DHCP options. */
const NO_DHCP_OPTIONS = "default";

export async function lookUpNetwork(
    args: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<NetworkFacts | undefined> {
    const { existing } = args.network;
    if (existing === null) {
        return undefined;
    }
    const [vpc, groups] = await Promise.all([
        lookup(aws.ec2.getVpc({ id: existing.vpcId }, opts)),
        lookup(lookUpGroups(args, existing.vpcId, opts)),
    ]);
    const dhcpOptionsId = succeeded(vpc) ? vpc.dhcpOptionsId : NO_DHCP_OPTIONS;
    const [dhcpOptions, subnets] = await Promise.all([
        dhcpOptionsId === NO_DHCP_OPTIONS
            ? undefined
            : lookup(aws.ec2.getVpcDhcpOptions({ dhcpOptionsId }, opts)),
        Promise.all(existing.subnetIds.map((id) => lookUpSubnet(id, vpc, opts))),
    ]);
    return { vpc, dhcpOptions, subnets, groups };
}

async function lookUpGroups(
    { network, stackTag }: ResolvedArgs,
    vpcId: string,
    opts: pulumi.InvokeOptions | undefined,
): Promise<GroupFacts> {
    const named = [
        { name: "vpc-id", values: [vpcId] },
        { name: "group-name", values: EMR_GROUP_NAMES[network.internetAccess] },
    ];
    const withTags = async (tags: Tags) => {
        const tagged = Object.entries(tags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] }));
        return (await aws.ec2.getSecurityGroups({ filters: [...named, ...tagged] }, opts)).ids;
    };
    const [all, tagged, own] = await Promise.all([
        withTags({}),
        withTags(EMR_TAG),
        withTags({ [STACK_TAG]: stackTag }),
    ]);
    return { all, tagged, own };
}

/** A subnet without a route table of its own uses the VPC's main one. */
async function lookUpSubnet(
    id: string,
    vpc: NetworkFacts["vpc"],
    opts: pulumi.InvokeOptions | undefined,
): Promise<SubnetFacts> {
    const [subnet, own] = await Promise.all([
        lookup(aws.ec2.getSubnet({ id }, opts)),
        lookup(aws.ec2.getRouteTable({ subnetId: id }, opts)),
    ]);
    const routeTable =
        succeeded(own) || !succeeded(vpc)
            ? own
            : await lookup(aws.ec2.getRouteTable({ routeTableId: vpc.mainRouteTableId }, opts));
    return { id, subnet, routeTable };
}

const EXISTING = ["network", "existing"];

/** Checks whether clusters can start in the network, and be encrypted there. */
export function checkNetwork(args: ResolvedArgs, facts: NetworkFacts): readonly ArgumentError[] {
    const { existing } = args.network;
    if (existing === null) {
        return [];
    }
    return [
        ...checkVpc(args, existing.vpcId, facts),
        ...facts.subnets.flatMap((subnet, index) =>
            checkSubnet(args, existing.vpcId, subnet, [...EXISTING, "subnetIds", index]),
        ),
        ...checkGroups(args, existing.emrSecurityGroups, facts.groups),
    ];
}

function checkVpc(
    args: ResolvedArgs,
    id: string,
    { vpc, dhcpOptions }: NetworkFacts,
): readonly ArgumentError[] {
    const path = [...EXISTING, "vpcId"];
    const { region } = args;
    if (!succeeded(vpc)) {
        const permissions = "ec2:DescribeVpcs, ec2:DescribeVpcAttribute, ec2:DescribeRouteTables";
        return [lookupFailed(path, id, vpc, permissions)];
    }
    return [
        ...at(path, checkVpcDns("dns-support", vpc.enableDnsSupport, { id, region })),
        ...at(path, checkVpcDns("dns-hostnames", vpc.enableDnsHostnames, { id, region })),
        ...checkHostnames(args, dhcpOptions),
        ...at(path, checkEmrTag({ id, region, tags: vpc.tags })),
    ];
}

function checkSubnet(
    { region, network }: ResolvedArgs,
    vpcId: string,
    { id, subnet, routeTable }: SubnetFacts,
    path: Path,
): readonly ArgumentError[] {
    if (!succeeded(subnet)) {
        return [lookupFailed(path, id, subnet, "ec2:DescribeSubnets")];
    }
    const { cidrBlock, mapPublicIpOnLaunch, tags } = subnet;
    return [
        ...at(path, checkSubnetVpc({ id, vpcId: subnet.vpcId }, vpcId)),
        ...at(path, checkSubnetRange({ id, cidrBlock })),
        ...(network.internetAccess === "public"
            ? at(path, checkPublicAddresses({ id, region, isOn: mapPublicIpOnLaunch }))
            : []),
        ...(succeeded(routeTable)
            ? at(path, checkRoutes(network, routesOf(id, routeTable)))
            : [lookupFailed(path, `the routes of ${id}`, routeTable, "ec2:DescribeRouteTables")]),
        ...at(path, checkEmrTag({ id, region, tags })),
    ];
}

/** The AWS provider reports no propagated routes: the user may know better. */
function checkRoutes(
    { internetAccess, existing }: ResolvedArgs["network"],
    routes: SubnetRoutes,
): readonly Finding[] {
    const findings = checkDefaultRoutes(routes, { internetAccess, natGatewayOnly: false });
    if (defaultRoutes(routes.routes).length > 0 || internetAccess === "public") {
        return findings;
    }
    return existing?.allowUnseenRoute
        ? []
        : findings.map((finding) => ({
              ...finding,
              fix: `${finding.fix}; or, if a VPN or Direct Connect gateway propagates the route, which the AWS provider does not report, set network.existing.allowUnseenRoute: true`,
          }));
}

/** Of subnets without errors: those whose default route is not known. */
export function routeWarnings(subnets: readonly SubnetFacts[]): readonly string[] {
    return subnets.flatMap(({ id, routeTable }) =>
        succeeded(routeTable) && defaultRoutes(routesOf(id, routeTable).routes).length === 0
            ? [
                  `${id}, route table ${routeTable.routeTableId}: there is no route for 0.0.0.0/0, neither to the internet nor to S3, except perhaps one that a VPN or Direct Connect gateway propagates. Without that, every cluster fails in its bootstrap. verify sees propagated routes.`,
              ]
            : [],
    );
}

function routesOf(subnetId: string, { routeTableId, routes }: aws.ec2.GetRouteTableResult): SubnetRoutes {
    return { subnetId, routeTableId, routes: routes.map(routeOf) };
}

/** A route has one destination and one target; the AWS provider has empty strings for all other kinds. */
function routeOf({
    cidrBlock,
    ipv6CidrBlock,
    destinationPrefixListId,
    ...targets
}: aws.types.output.ec2.GetRouteTableRoute): Route {
    return {
        range: cidrBlock || undefined,
        prefixList: destinationPrefixListId || undefined,
        target: Object.values(targets).find((target) => target !== ""),
    };
}

function checkGroups(
    { region }: ResolvedArgs,
    emrSecurityGroups: "use" | "create",
    groups: NetworkFacts["groups"],
): readonly ArgumentError[] {
    const path = [...EXISTING, "emrSecurityGroups"];
    if (!succeeded(groups)) {
        return [lookupFailed(path, "EMR's default security groups", groups, "ec2:DescribeSecurityGroups")];
    }
    const { all, tagged, own } = groups;
    if (emrSecurityGroups === "use") {
        return all
            .filter((id) => !tagged.includes(id))
            .flatMap((id) => at(path, checkEmrTag({ id, region, tags: undefined })));
    }
    return all
        .filter((id) => !own.includes(id))
        .map((id) => ({
            code: "security-group-exists",
            path,
            found: `${id} has the name of one of EMR's default groups, which blocks the stack's own group of that name`,
            fix: "set emrSecurityGroups: use; or delete the group, once no cluster uses it",
        }));
}
