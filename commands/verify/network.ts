import type { IpPermission, NetworkAclEntry, RouteTable, Route as SdkRoute } from "@aws-sdk/client-ec2";
import { checkDefaultRoutes, type Route } from "../../components/checks/default-routes";
import { accountArn } from "../../components/checks/document-differences";
import { ANYWHERE } from "../../components/domain/cidr";
import { LOCATIONS } from "../../components/domain/locations";
import { publicBuckets } from "../../components/domain/region";
import { allow } from "../../components/policies/document";
import { bucketArn, objectArn, urlArn } from "../../components/policies/s3-access";
import { baseName, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { publicAddresses, WIDE } from "./addresses";
import { foldersOf } from "./buckets";
import { type Context, type Observation, okIf, restore } from "./control";
import { type LiveStatement, principalsOf, statementsOf, uncovered } from "./statements";

function inVpc({ vpcId }: StackOutputs) {
    return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}

/** Who may reach the nodes: EMR's groups, and in a VPC of the stack all groups. */
export function ingress({ clients: { ec2 }, outputs }: Context): Observation {
    const rangesOf = async (peer: string) =>
        peer.startsWith("pl-")
            ? collect(ec2.paginateGetManagedPrefixListEntries({ PrefixListId: peer }), ({ Entries }) =>
                  Entries?.flatMap(({ Cidr }) => Cidr ?? []),
              )
            : [peer];
    const faultsOf = async (permissions: readonly IpPermission[]) => {
        // ICMP reaches no service; paths' maximum sizes are found by it.
        const rules = permissions.filter(
            (rule) => !/^(icmp(v6)?|1|58)$/.test(rule.IpProtocol ?? "") && peersOf(rule).length > 0,
        );
        const ranges = await Promise.all(rules.flatMap(peersOf).map(rangesOf));
        const { ipv4, ipv6, isWide } = publicAddresses(ranges.flat());
        const by = rules.map(describeRule).join("; ");
        return isWide ? [`${ipv4} public IPv4 addresses, ${ipv6} of IPv6, by: ${by}`] : [];
    };
    return {
        subject: `security groups of ${outputs.vpcId}`,
        expected: `no public addresses, or in sum less than a /${WIDE.ipv4} of IPv4 and a /${WIDE.ipv6} of IPv6`,
        fix: "revoke the rules: `aws ec2 revoke-security-group-ingress`",
        found: async () => {
            const pages = ec2.paginateDescribeSecurityGroups(inVpc(outputs));
            const groups = await collect(pages, ({ SecurityGroups }) => SecurityGroups);
            const { ownsNetwork } = outputs.forCommands;
            return groups
                .filter(({ GroupName }) => ownsNetwork || GroupName?.startsWith("ElasticMapReduce-"))
                .map(({ GroupId, GroupName, IpPermissions = [] }) => ({
                    subject: `security group ${GroupId} (${GroupName}): ingress`,
                    found: () => faultsOf(IpPermissions),
                }));
        },
    };
}

/** The ranges and prefix lists of a rule. Other groups are no addresses. */
function peersOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission): readonly string[] {
    return [
        ...IpRanges.map(({ CidrIp = "" }) => CidrIp),
        ...Ipv6Ranges.map(({ CidrIpv6 = "" }) => CidrIpv6),
        ...PrefixListIds.map(({ PrefixListId = "" }) => PrefixListId),
    ];
}

/** Such as `tcp 22 from 0.0.0.0/0`. */
function describeRule(rule: IpPermission): string {
    const { IpProtocol, FromPort, ToPort } = rule;
    const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
    const what = IpProtocol === "-1" ? "everything" : `${IpProtocol} ${ports}`;
    return `${what} from ${peersOf(rule).join(", ")}`;
}

/** Where the nodes' routes lead: out as config says, and in a VPC of the stack nowhere else. */
export function routes(context: Context): Observation {
    const { vpcId, subnetIds, forCommands } = context.outputs;
    const { internetAccess, ownsNetwork } = forCommands;
    const way = internetAccess === "public" ? "an internet gateway" : "a NAT gateway";
    return {
        subject: `routes of ${vpcId}`,
        expected: ownsNetwork ? `to ${way}, within the VPC and to endpoints only` : `to ${way}`,
        fix: ownsNetwork
            ? `${restore(context.outputs)}, and delete added routes`
            : `a default route to ${way}`,
        found: async () => {
            const tables = await routeTables(context);
            return subnetIds.map((subnetId) => {
                const { RouteTableId: routeTableId = "none", Routes = [] } = tableOf(subnetId, tables) ?? {};
                const live = Routes.map(routeOf);
                const fault = checkDefaultRoutes(
                    { subnetId, routeTableId, routes: live },
                    { internetAccess, natGatewayOnly: ownsNetwork },
                );
                const added = ownsNetwork ? live.filter((route) => !isOwn(route)) : [];
                const leads = added.map(({ destination, target }) => `${destination} leads to ${target}`);
                const faults = fault ? [fault.found, ...leads] : leads;
                return { subject: `subnet ${subnetId}: routes`, found: faults };
            });
        },
    };
}

function routeTables({ clients: { ec2 }, outputs }: Context): Promise<readonly RouteTable[]> {
    return collect(ec2.paginateDescribeRouteTables(inVpc(outputs)), ({ RouteTables }) => RouteTables);
}

/** A subnet without a route table has the VPC's main one. */
function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
    const isOf = ({ Associations = [] }: RouteTable) =>
        Associations.some(({ SubnetId }) => SubnetId === subnetId);
    return tables.find(isOf) ?? tables.find(({ Associations }) => Associations?.some(({ Main }) => Main));
}

/** A route with its destination; its target is the one value that is an id and not that destination's. */
function routeOf(route: SdkRoute): Route & { readonly destination: string | undefined } {
    const { DestinationCidrBlock: range, DestinationPrefixListId: prefixList } = route;
    return {
        destination: range ?? route.DestinationIpv6CidrBlock ?? prefixList,
        range,
        prefixList,
        target: Object.values(route).find((value) => /^(local$|arn:|(?!pl-)[a-z]+-)/.test(value)),
        isBlackhole: route.State === "blackhole",
    };
}

/** `checkDefaultRoutes` judges the default route. */
function isOwn({ range, prefixList, target = "" }: Route): boolean {
    return (
        target === "local" || range === ANYWHERE || (prefixList !== undefined && target.startsWith("vpce-"))
    );
}

/** What a cluster needs of its subnet's network ACL. An answer to a connection comes to one of Linux's high ports. */
const FLOWS = [
    { what: "HTTPS out", egress: true, from: 443, to: 443 },
    { what: "HTTP out", egress: true, from: 80, to: 80 },
    { what: "answers in", egress: false, from: 32_768, to: 60_999 },
] as const;

/** The network ACLs let the nodes reach the internet. An ACL cannot open more than the security groups do. */
export function networkAcls({ clients: { ec2 }, outputs }: Context): Observation {
    const { vpcId, subnetIds } = outputs;
    return {
        subject: `network ACLs of ${vpcId}`,
        expected: "HTTPS and HTTP out to every address, and the answers in",
        fix: "remove the denying entries, or add allowing ones before them",
        found: async () => {
            const pages = ec2.paginateDescribeNetworkAcls(inVpc(outputs));
            const acls = await collect(pages, ({ NetworkAcls }) => NetworkAcls);
            return subnetIds.map((subnetId) => {
                const acl =
                    acls.find(({ Associations }) =>
                        Associations?.some((each) => each.SubnetId === subnetId),
                    ) ?? acls.find(({ IsDefault }) => IsDefault);
                const denied = FLOWS.filter((flow) => isDenied(flow, acl?.Entries ?? []));
                const faults = denied.map(({ what }) => `${acl?.NetworkAclId} denies ${what}`);
                return { subject: `subnet ${subnetId}: network ACL`, found: faults };
            });
        },
    };
}

/** Whether an ACL denies one of a flow's ports: the entry with the lowest number decides. */
function isDenied({ egress, from, to }: (typeof FLOWS)[number], all: readonly NetworkAclEntry[]): boolean {
    const entries = all
        .filter(
            ({ Egress, Protocol = "", CidrBlock = "", RuleAction }) =>
                Egress === egress &&
                ["-1", "6"].includes(Protocol) &&
                CidrBlock !== "" &&
                // A denied part of the internet is common; a denied half is not.
                Number(CidrBlock.split("/")[1]) <= (RuleAction === "deny" ? 1 : 0),
        )
        .toSorted((a, b) => Number(a.RuleNumber) - Number(b.RuleNumber))
        .map(({ RuleAction, PortRange: { From = 0, To = 65_535 } = {} }) => ({ RuleAction, From, To }));
    // Where a decision may change.
    const ports = [from, ...entries.flatMap(({ From, To }) => [From, To + 1])];
    const decisive = (port: number) => entries.find(({ From, To }) => From <= port && port <= To);
    return ports.some((port) => from <= port && port <= to && decisive(port)?.RuleAction !== "allow");
}

/** The policies of the VPC's endpoints for S3 and KMS let the nodes at the buckets and the key. */
export function endpointPolicies(context: Context): Observation {
    const { clients, outputs } = context;
    const { vpcId, subnetIds, jobflowRole, forCommands } = outputs;
    const needs = nodeCalls(outputs);
    const found = async () => {
        const pages = clients.ec2.paginateDescribeVpcEndpoints(inVpc(outputs));
        const endpoints = await collect(pages, ({ VpcEndpoints }) => VpcEndpoints);
        const tables = await routeTables(context);
        const used = subnetIds.map((subnetId) => tableOf(subnetId, tables)?.RouteTableId ?? "");
        const judged = endpoints.flatMap((endpoint) => {
            const { VpcEndpointId, VpcEndpointType, ServiceName = "", PolicyDocument, State } = endpoint;
            const { PrivateDnsEnabled, RouteTableIds = [] } = endpoint;
            // Nodes use an interface by its private DNS names, a gateway by a route.
            const isUsed = PrivateDnsEnabled || RouteTableIds.some((table) => used.includes(table));
            const required = needs[ServiceName];
            if (State?.toLowerCase() !== "available" || !isUsed || !required || !PolicyDocument) {
                return [];
            }
            // To a gateway, an account is its root user alone, and no principal but `*` means a role.
            // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
            const isForNodes = (principal: string) =>
                principal === "*" ||
                (VpcEndpointType !== "Gateway" &&
                    (principal === accountArn(forCommands.accountId) || baseName(principal) === jobflowRole));
            const live = statementsOf(PolicyDocument).filter((each) => principalsOf(each).some(isForNodes));
            const subject = `endpoint ${VpcEndpointId} (${ServiceName}): policy`;
            return { subject, found: uncovered(required, () => live) };
        });
        return judged.length > 0 ? judged : okIf(true, "no endpoint for S3 or KMS has a policy");
    };
    const expected = "policies that allow what nodes call";
    return { subject: `endpoints of ${vpcId}`, expected, fix: "change the endpoint's policy", found };
}

/** What nodes call, by the name of the endpoint's service. */
function nodeCalls(outputs: StackOutputs): Readonly<Record<string, readonly LiveStatement[]>> {
    const { kmsKeyArn, forCommands } = outputs;
    const { region, certificateArchive } = forCommands;
    const folders = foldersOf(outputs).map(({ location, ...folder }) => ({
        bucket: bucketArn(folder.bucket),
        objects: objectArn(folder, "*"),
        isWritten: LOCATIONS.find(({ path }) => path === location)?.jobflow.includes("write"),
    }));
    const buckets = folders.map(({ bucket }) => bucket);
    const read = folders.map(({ objects }) => objects);
    const written = folders.flatMap(({ objects, isWritten }) => (isWritten ? objects : []));
    const assets = publicBuckets(region).map((bucket) => `${bucketArn(bucket)}/*`);
    return {
        [`com.amazonaws.${region}.s3`]: [
            ...allow("Lists", ["s3:ListBucket"], buckets),
            ...allow("Read", ["s3:GetObject"], [...read, urlArn(certificateArchive), ...assets]),
            ...allow("Write", ["s3:PutObject"], written),
        ],
        [`com.amazonaws.${region}.kms`]: allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [kmsKeyArn]),
    };
}
