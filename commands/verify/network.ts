import type {
    IpPermission,
    NetworkAcl,
    NetworkAclEntry,
    RouteTable,
    Route as SdkRoute,
    VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { checkDefaultRoutes, type Route } from "../../components/checks/default-routes";
import { arn } from "../../components/domain/arn";
import { LOCATIONS, parseS3Url } from "../../components/domain/locations";
import { publicBuckets } from "../../components/domain/region";
import { allow } from "../../components/policies/document";
import { bucketArn } from "../../components/policies/s3-access";
import { collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { publicAddresses, WIDE } from "./addresses";
import { ask, type Context, type Outcome, observe, okIf, restore } from "./control";
import { type LiveStatement, principalsOf, statementsOf, uncovered } from "./statements";

/** Who may reach the nodes: EMR's groups, and in a VPC of the stack all groups. */
export async function ingress(context: Context): Promise<Outcome> {
    const { vpcId, forCommands } = context.outputs;
    const line = {
        expected: `no public addresses, or in sum less than a /${WIDE.ipv4} of IPv4 and a /${WIDE.ipv6} of IPv6`,
        fix: "revoke the rules: `aws ec2 revoke-security-group-ingress`",
    };
    return ask({ ...line, subject: `security groups of ${vpcId}` }, async () => {
        const pages = context.clients.ec2.paginateDescribeSecurityGroups(inVpc(vpcId));
        const all = await collect(pages, ({ SecurityGroups }) => SecurityGroups);
        const each = all
            .filter(({ GroupName }) => forCommands.ownsNetwork || GroupName?.startsWith("ElasticMapReduce-"))
            .map(({ GroupId, GroupName, IpPermissions = [] }) =>
                ask({ ...line, subject: `security group ${GroupId} (${GroupName}): ingress` }, async () => {
                    // ICMP reaches no service; paths' maximum sizes are found by it.
                    const rules = IpPermissions.filter(
                        (rule) =>
                            !/^(icmp(v6)?|1|58)$/.test(rule.IpProtocol ?? "") && peersOf(rule).length > 0,
                    );
                    const peers = rules.flatMap(peersOf);
                    const ranges = await Promise.all(peers.map((peer) => rangesOf(context, peer)));
                    const { ipv4, ipv6, isWide } = publicAddresses(ranges.flat());
                    const by = rules.map(describeRule).join("; ");
                    return isWide ? [`${ipv4} public IPv4 addresses, ${ipv6} of IPv6, by: ${by}`] : [];
                }),
            );
        return (await Promise.all(each)).flat();
    });
}

/** The ranges and prefix lists of a rule. Other groups are no addresses. */
function peersOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission): readonly string[] {
    return [
        ...IpRanges.map(({ CidrIp }) => CidrIp),
        ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
        ...PrefixListIds.map(({ PrefixListId }) => PrefixListId),
    ].flatMap((peer) => peer ?? []);
}

async function rangesOf({ clients: { ec2 } }: Context, peer: string): Promise<readonly string[]> {
    if (!peer.startsWith("pl-")) {
        return [peer];
    }
    const pages = ec2.paginateGetManagedPrefixListEntries({ PrefixListId: peer });
    return collect(pages, ({ Entries }) => Entries?.flatMap(({ Cidr }) => Cidr ?? []));
}

/** Such as `tcp 22 from 0.0.0.0/0`. */
function describeRule(rule: IpPermission): string {
    const { IpProtocol, FromPort, ToPort } = rule;
    const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
    const what = IpProtocol === "-1" ? "everything" : `${IpProtocol} ${ports}`;
    return `${what} from ${peersOf(rule).join(", ")}`;
}

/** Where the nodes' routes lead: out as config says, and in a VPC of the stack nowhere else. */
export async function routes(context: Context): Promise<Outcome> {
    const { vpcId, subnetIds, forCommands } = context.outputs;
    const { internetAccess, ownsNetwork } = forCommands;
    const way = internetAccess === "public" ? "an internet gateway" : "a NAT gateway";
    const line = {
        expected: ownsNetwork ? `to ${way}, within the VPC and to endpoints only` : `to ${way}`,
        fix: ownsNetwork
            ? `${restore(context.outputs)}, and delete added routes`
            : `a default route to ${way}`,
    };
    return ask({ ...line, subject: `routes of ${vpcId}` }, async () => {
        const tables = await routeTables(context);
        return subnetIds.map((subnetId) => {
            const table = tableOf(subnetId, tables);
            const found = (table?.Routes ?? []).map(routeOf);
            const fault = checkDefaultRoutes(
                { subnetId, routeTableId: table?.RouteTableId ?? "none", routes: found },
                { internetAccess, natGatewayOnly: ownsNetwork },
            );
            const added = ownsNetwork ? found.filter((route) => !isOwn(route)) : [];
            return observe({ ...line, subject: `subnet ${subnetId}: routes` }, [
                ...(fault ? [fault.found] : []),
                ...added.map(({ destination, target }) => `${destination} leads to ${target}`),
            ]);
        });
    });
}

function routeTables({ clients: { ec2 }, outputs: { vpcId } }: Context): Promise<readonly RouteTable[]> {
    const pages = ec2.paginateDescribeRouteTables(inVpc(vpcId));
    return collect(pages, ({ RouteTables }) => RouteTables);
}

/** A subnet without a route table has the VPC's main one. */
function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
    return (
        tables.find(({ Associations = [] }) => Associations.some((each) => each.SubnetId === subnetId)) ??
        tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true))
    );
}

interface LiveRoute extends Route {
    readonly destination: string;
}

function routeOf(route: SdkRoute): LiveRoute {
    const {
        DestinationCidrBlock,
        DestinationIpv6CidrBlock,
        DestinationPrefixListId,
        Origin,
        State,
        ...targets
    } = route;
    return {
        destination: DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? DestinationPrefixListId ?? "",
        range: DestinationCidrBlock,
        prefixList: DestinationPrefixListId,
        target: Object.values(targets).find((id) => typeof id === "string" && /^(local|[a-z]+-)/.test(id)) as
            | string
            | undefined,
        isBlackhole: State === "blackhole",
    };
}

/** `checkDefaultRoutes` judges the default route. */
function isOwn({ range, prefixList, target = "" }: LiveRoute): boolean {
    return (
        target === "local" ||
        range === "0.0.0.0/0" ||
        (prefixList !== undefined && target.startsWith("vpce-"))
    );
}

/** What a cluster needs of its subnet's network ACL. An answer to a connection comes to one of Linux's high ports. */
const FLOWS = [
    { what: "HTTPS out", egress: true, from: 443, to: 443 },
    { what: "HTTP out", egress: true, from: 80, to: 80 },
    { what: "answers in", egress: false, from: 32_768, to: 60_999 },
] as const;

/** The network ACLs let the nodes reach the internet. An ACL cannot open more than the security groups do. */
export async function networkAcls({ clients: { ec2 }, outputs }: Context): Promise<Outcome> {
    const { vpcId, subnetIds } = outputs;
    const line = {
        expected: "HTTPS and HTTP out to every address, and the answers in",
        fix: "remove the denying entries, or add allowing ones before them",
    };
    return ask({ ...line, subject: `network ACLs of ${vpcId}` }, async () => {
        const pages = ec2.paginateDescribeNetworkAcls(inVpc(vpcId));
        const acls = await collect(pages, ({ NetworkAcls }) => NetworkAcls);
        return subnetIds.map((subnetId) => {
            const isOf = ({ Associations = [] }: NetworkAcl) =>
                Associations.some((each) => each.SubnetId === subnetId);
            const acl = acls.find(isOf) ?? acls.find(({ IsDefault }) => IsDefault);
            const faults = FLOWS.filter((flow) => isDenied(flow, acl?.Entries ?? [])).map(
                ({ what }) => `${acl?.NetworkAclId} denies ${what}`,
            );
            return observe({ ...line, subject: `subnet ${subnetId}: network ACL` }, faults);
        });
    });
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
    return ports
        .filter((port) => from <= port && port <= to)
        .some((port) => {
            const decisive = entries.find(({ From, To }) => From <= port && port <= To);
            return decisive?.RuleAction !== "allow";
        });
}

/** The policies of the VPC's endpoints for S3 and KMS let the nodes at the buckets and the key. */
export async function endpointPolicies(context: Context): Promise<Outcome> {
    const { vpcId, subnetIds, jobflowRole, forCommands } = context.outputs;
    const { accountId } = forCommands;
    const line = { expected: "policies that allow what nodes call", fix: "change the endpoint's policy" };
    const needs = nodeCalls(context.outputs);
    // To a gateway, an account is its root user alone, and no principal but `*` means a role.
    // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    const isForNodes = (isGateway: boolean) => (statement: LiveStatement) =>
        principalsOf(statement).some(
            (principal) =>
                principal === "*" ||
                (!isGateway &&
                    ([accountId, arn("iam", "", accountId, "root")].includes(principal) ||
                        principal.endsWith(`/${jobflowRole}`))),
        );
    return ask({ ...line, subject: `endpoints of ${vpcId}` }, async () => {
        const pages = context.clients.ec2.paginateDescribeVpcEndpoints(inVpc(vpcId));
        const all = await collect(pages, ({ VpcEndpoints }) => VpcEndpoints);
        const tables = await routeTables(context);
        const used = subnetIds.map((subnetId) => tableOf(subnetId, tables)?.RouteTableId ?? "");
        // Nodes use an interface by its private DNS names, a gateway by a route.
        const isUsed = ({ VpcEndpointType, PrivateDnsEnabled, RouteTableIds = [], State }: VpcEndpoint) =>
            State?.toLowerCase() === "available" &&
            (VpcEndpointType === "Interface"
                ? PrivateDnsEnabled === true
                : used.some((table) => RouteTableIds.includes(table)));
        const found = all.filter(isUsed).flatMap((endpoint) => {
            const { VpcEndpointId, VpcEndpointType, ServiceName = "", PolicyDocument } = endpoint;
            const required = needs[ServiceName];
            const subject = `endpoint ${VpcEndpointId} (${ServiceName}): policy`;
            const live = PolicyDocument
                ? statementsOf(PolicyDocument).filter(isForNodes(VpcEndpointType === "Gateway"))
                : [];
            return required && PolicyDocument
                ? [
                      observe(
                          { ...line, subject },
                          uncovered(required, () => live),
                      ),
                  ]
                : [];
        });
        return found.length > 0 ? found : okIf(true, "no endpoint for S3 or KMS has a policy");
    });
}

/** What nodes call, by the name of the endpoint's service. */
function nodeCalls(outputs: StackOutputs): Readonly<Record<string, readonly LiveStatement[]>> {
    const { region, certificateArchive } = outputs.forCommands;
    const folders = Object.entries(outputs.buckets).flatMap(([path, urls]) =>
        [urls].flat().flatMap((url) => {
            const { bucket = "", prefix = "" } = parseS3Url(url) ?? {};
            const jobflow = LOCATIONS.find((each) => each.path === path)?.jobflow;
            const isWritten = jobflow?.includes("write") === true;
            return { bucket: bucketArn(bucket), objects: `${bucketArn(bucket)}/${prefix}*`, isWritten };
        }),
    );
    const objects = folders.map((folder) => folder.objects);
    const written = folders.flatMap((folder) => (folder.isWritten ? folder.objects : []));
    const buckets = folders.map(({ bucket }) => bucket);
    const archive = certificateArchive.replace("s3://", "arn:aws:s3:::");
    const assets = publicBuckets(region).map((bucket) => `${bucketArn(bucket)}/*`);
    return {
        [`com.amazonaws.${region}.s3`]: [
            ...allow("Lists", ["s3:ListBucket"], buckets),
            ...allow("Read", ["s3:GetObject"], [...objects, archive, ...assets]),
            ...allow("Write", ["s3:PutObject"], written),
        ],
        [`com.amazonaws.${region}.kms`]: allow(
            "Key",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [outputs.kmsKeyArn],
        ),
    };
}

function inVpc(vpcId: string) {
    return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
