import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { checkDefaultRoutes, type Route } from "../checks/default-routes";
import type { Finding } from "../checks/finding";
import { checkEmrTag, checkPublicAddresses, checkSubnetVpc, checkVpcDns } from "../checks/network";
import { isPrivateRange, PRIVATE_RANGES, parseCidr } from "../domain/cidr";
import { EMR_GROUP_NAMES } from "../domain/emr-security-groups";
import type { ArgumentError, Path } from "../domain/errors";
import { EMR_TAG, STACK_TAG, type Tags } from "../domain/naming";
import { endpointsToOpen } from "./endpoints";
import { awsHostnames, checkHostnames, type Hostnames } from "./hostnames";
import { at, FailedLookup, lookup, lookupFailed, type Outcome } from "./lookup";

type ExistingVpc = NonNullable<ResolvedArgs["network"]["existing"]>;
type VpcAnswer = aws.ec2.GetVpcResult | FailedLookup;
type RouteTableAnswer = aws.ec2.GetRouteTableResult | FailedLookup;

const PATH = ["network", "existing"];

/** Checks whether clusters can start in an existing network, and be encrypted there. */
export async function checkNetwork(args: ResolvedArgs, opts?: pulumi.InvokeOptions): Promise<Hostnames> {
    const { existing } = args.network;
    if (existing === null) {
        return awsHostnames(args);
    }
    const [vpc, groupErrors, endpointWarnings] = await Promise.all([
        lookup(aws.ec2.getVpc({ id: existing.vpcId }, opts)),
        checkGroups(args, existing, opts),
        endpointsToOpen(args, existing.vpcId, opts),
    ]);
    const [hostnames, subnets] = await Promise.all([
        checkVpc(args, existing.vpcId, vpc, opts),
        Promise.all(
            existing.subnetIds.map((id, index) => {
                const path = [...PATH, "subnetIds", index];
                return checkSubnet(args, existing, { id, path }, vpc, opts);
            }),
        ),
    ]);
    return {
        ...hostnames,
        errors: [...hostnames.errors, ...subnets.flatMap(({ errors }) => errors), ...groupErrors],
        warnings: [...[hostnames, ...subnets].flatMap(({ warnings = [] }) => warnings), ...endpointWarnings],
    };
}

/** The AWS provider's name for a VPC without DHCP options. */
const NO_DHCP_OPTIONS = "default";

async function checkVpc(
    args: ResolvedArgs,
    id: string,
    vpc: VpcAnswer,
    opts: pulumi.InvokeOptions | undefined,
): Promise<Hostnames> {
    const path = [...PATH, "vpcId"];
    if (vpc instanceof FailedLookup) {
        const permissions = "ec2:DescribeVpcs, ec2:DescribeVpcAttribute, ec2:DescribeRouteTables";
        return { ...awsHostnames(args), errors: at(path, lookupFailed(id, vpc, permissions)) };
    }
    const { dhcpOptionsId, enableDnsSupport, enableDnsHostnames, tags } = vpc;
    const resource = { id, region: args.region };
    const hostnames = checkHostnames(
        args,
        dhcpOptionsId === NO_DHCP_OPTIONS
            ? undefined
            : await lookup(aws.ec2.getVpcDhcpOptions({ dhcpOptionsId }, opts)),
    );
    return {
        ...hostnames,
        errors: [
            ...at(
                path,
                checkVpcDns(resource, "dns-support", enableDnsSupport),
                checkVpcDns(resource, "dns-hostnames", enableDnsHostnames),
            ),
            ...hostnames.errors,
            ...at(path, checkEmrTag(resource, tags)),
        ],
    };
}

async function checkSubnet(
    args: ResolvedArgs,
    existing: ExistingVpc,
    { id, path }: { readonly id: string; readonly path: Path },
    vpc: VpcAnswer,
    opts: pulumi.InvokeOptions | undefined,
): Promise<Outcome> {
    const { region, network } = args;
    const [subnet, routeTable] = await Promise.all([
        lookup(aws.ec2.getSubnet({ id }, opts)),
        lookUpRouteTable(id, vpc, opts),
    ]);
    if (subnet instanceof FailedLookup) {
        return { errors: at(path, lookupFailed(id, subnet, "ec2:DescribeSubnets")) };
    }
    const { vpcId, cidrBlock, mapPublicIpOnLaunch, tags } = subnet;
    const routes = checkRoutes(network.internetAccess, existing.allowUnseenRoute, id, routeTable);
    return {
        errors: at(
            path,
            checkSubnetVpc({ id, vpcId }, existing.vpcId),
            checkSubnetRange(id, cidrBlock),
            network.internetAccess === "public"
                ? checkPublicAddresses({ id, region }, mapPublicIpOnLaunch)
                : undefined,
            routes.finding,
            checkEmrTag({ id, region }, tags),
        ),
        warnings: routes.warnings,
    };
}

/** A subnet without a route table of its own uses the VPC's main one. */
async function lookUpRouteTable(
    subnetId: string,
    vpc: VpcAnswer,
    opts: pulumi.InvokeOptions | undefined,
): Promise<RouteTableAnswer> {
    const own = await lookup(aws.ec2.getRouteTable({ subnetId }, opts));
    return own instanceof FailedLookup && !(vpc instanceof FailedLookup)
        ? lookup(aws.ec2.getRouteTable({ routeTableId: vpc.mainRouteTableId }, opts))
        : own;
}

/** @param cidrBlock Empty if the subnet has IPv6 addresses only. */
function checkSubnetRange(id: string, cidrBlock: string): Finding | undefined {
    const range = parseCidr(cidrBlock);
    if (range && isPrivateRange(range)) {
        return undefined;
    }
    return {
        code: "subnet-range-not-private",
        found: `${id} has ${cidrBlock === "" ? "no IPv4 range" : `the range ${cidrBlock}`}`,
        expected: `a subnet inside ${PRIVATE_RANGES.join(", ")}: EMR's nodes have no other addresses`,
    };
}

/** The AWS provider does not report propagated routes. A private subnet's default route may be one of them. */
function checkRoutes(
    internetAccess: "nat" | "public",
    allowUnseenRoute: boolean,
    subnetId: string,
    table: RouteTableAnswer,
): { readonly finding?: Finding; readonly warnings?: readonly string[] } {
    if (table instanceof FailedLookup) {
        return { finding: lookupFailed(`the routes of ${subnetId}`, table, "ec2:DescribeRouteTables") };
    }
    const { routeTableId } = table;
    const routes = { subnetId, routeTableId, routes: table.routes.map(routeOf) };
    const finding = checkDefaultRoutes(routes, { internetAccess, natGatewayOnly: false });
    if (finding?.code !== "default-route-missing" || internetAccess === "public") {
        return { finding };
    }
    const fix = `${finding.fix}; or, if a VPN or Direct Connect gateway propagates the route, which the AWS provider does not report, set network.existing.allowUnseenRoute: true`;
    const warning = `There is ${finding.found}, unless a VPN or Direct Connect gateway propagates one. Without it, every cluster fails in its bootstrap. verify sees propagated routes.`;
    return allowUnseenRoute ? { warnings: [warning] } : { finding: { ...finding, fix } };
}

/** A route has one destination and one target; the AWS provider sets the fields of all other kinds to "". */
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

/**
 * Checks the security groups with EMR's default names. Groups to use need EMR's tag. If the stack is to create them, only
 * groups with this stack's tag may have these names.
 */
async function checkGroups(
    { region, network, stackTag }: ResolvedArgs,
    { vpcId, emrSecurityGroups }: ExistingVpc,
    opts: pulumi.InvokeOptions | undefined,
): Promise<readonly ArgumentError[]> {
    const isToUse = emrSecurityGroups === "use";
    const groupsWith = async (tags: Tags) => {
        const filters = [
            { name: "vpc-id", values: [vpcId] },
            { name: "group-name", values: EMR_GROUP_NAMES[network.internetAccess] },
            ...Object.entries(tags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] })),
        ];
        return (await aws.ec2.getSecurityGroups({ filters }, opts)).ids;
    };
    const groups = await lookup(
        Promise.all([groupsWith({}), groupsWith(isToUse ? EMR_TAG : { [STACK_TAG]: stackTag })]),
    );
    const path = [...PATH, "emrSecurityGroups"];
    if (groups instanceof FailedLookup) {
        const subject = "EMR's default security groups";
        return at(path, lookupFailed(subject, groups, "ec2:DescribeSecurityGroups"));
    }
    const [all, tagged] = groups;
    const findings = all
        .filter((id) => !tagged.includes(id))
        .map((id) => (isToUse ? checkEmrTag({ id, region }) : groupExists(id)));
    return at(path, ...findings);
}

function groupExists(id: string): Finding {
    return {
        code: "security-group-exists",
        found: `${id} has the name of one of EMR's default groups, which blocks the stack's own group of that name`,
        fix: "set emrSecurityGroups: use; or delete the group, once no cluster uses it",
    };
}
