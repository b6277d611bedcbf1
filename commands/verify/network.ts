import {
    type IpPermission,
    paginateDescribeNetworkAcls,
    paginateDescribeRouteTables,
    paginateDescribeSecurityGroups,
    paginateDescribeVpcEndpoints,
    paginateGetManagedPrefixListEntries,
    type RouteTable,
    type Route as SdkRoute,
    type SecurityGroup,
} from "@aws-sdk/client-ec2";
import { checkDefaultRoutes, type Route } from "../../components/checks/default-routes";
import { LOCATIONS, parseS3Url } from "../../components/domain/locations";
import { publicBuckets } from "../../components/domain/region";
import { bucketArn } from "../../components/policies/s3-access";
import { collect } from "../aws";
import { publicAddresses, WIDE } from "./addresses";
import { ask, type Context, type Outcome, observe, observeCoverage, observeFaults, restore } from "./control";
import { accountOf, type LiveStatement, principalsOf, statementsOf, uncovered } from "./statements";

/** Who may reach the nodes: EMR's groups, and in a VPC of the stack all groups. */
export async function ingress(context: Context): Promise<Outcome> {
    const { clients, outputs } = context;
    const { vpcId, forCommands } = outputs;
    const expected = `no public addresses, or in sum less than a /${WIDE.ipv4} of IPv4 and a /${WIDE.ipv6} of IPv6`;
    const fix = "revoke the rules: `aws ec2 revoke-security-group-ingress`";
    return ask({ subject: `security groups of ${vpcId}`, expected, fix }, async () => {
        const groups = (
            await collect(
                "ec2:DescribeSecurityGroups",
                vpcId,
                paginateDescribeSecurityGroups({ client: clients.ec2 }, inVpc(vpcId)),
                ({ SecurityGroups }) => SecurityGroups,
            )
        ).filter(({ GroupName }) => forCommands.ownsNetwork || GroupName?.startsWith("ElasticMapReduce-"));
        const each = groups.map(async ({ GroupId, GroupName, IpPermissions = [] }: SecurityGroup) => {
            const subject = `security group ${GroupId} (${GroupName}): ingress`;
            return ask({ subject, expected, fix }, async () => {
                const ranges = await Promise.all(IpPermissions.map((rule) => rangesOf(context, rule)));
                const { ipv4, ipv6, isWide } = publicAddresses(ranges.flat());
                const found = `${ipv4} public IPv4 addresses, ${ipv6} of IPv6, by: ${IpPermissions.map(describeRule).filter(Boolean).join("; ")}`;
                return observe({ subject, expected, found: isWide ? found : expected, isOk: !isWide, fix });
            });
        });
        return (await Promise.all(each)).flat();
    });
}

/** The ranges of a rule, those in prefix lists included. Other groups are no addresses. */
async function rangesOf(
    { clients: { ec2 } }: Context,
    { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: IpPermission,
): Promise<readonly string[]> {
    const entries = PrefixListIds.map(({ PrefixListId = "" }) =>
        collect(
            "ec2:GetManagedPrefixListEntries",
            PrefixListId,
            paginateGetManagedPrefixListEntries({ client: ec2 }, { PrefixListId }),
            ({ Entries }) => Entries?.flatMap(({ Cidr }) => Cidr ?? []),
        ),
    );
    return [
        ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
        ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
        ...(await Promise.all(entries)).flat(),
    ];
}

/** Such as `tcp 22 from 0.0.0.0/0`; empty for a rule between groups. */
function describeRule({ IpProtocol, FromPort, ToPort, ...peers }: IpPermission): string {
    const from = [
        ...(peers.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(peers.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(peers.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
    ];
    const ports = FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`;
    return from.length === 0
        ? ""
        : `${IpProtocol === "-1" ? "everything" : `${IpProtocol} ${ports}`} from ${from.join(", ")}`;
}

/** Where the nodes' routes lead: out as config says, and in a VPC of the stack nowhere else. */
export async function routes(context: Context): Promise<Outcome> {
    const { clients, outputs } = context;
    const { vpcId, subnetIds, forCommands } = outputs;
    const { internetAccess, ownsNetwork } = forCommands;
    const way = internetAccess === "public" ? "an internet gateway" : "a NAT gateway";
    const fix = ownsNetwork ? `${restore(outputs)}, and delete added routes` : `a default route to ${way}`;
    return ask({ subject: `routes of ${vpcId}`, expected: `to ${way}`, fix }, async () => {
        const tables = await collect(
            "ec2:DescribeRouteTables",
            vpcId,
            paginateDescribeRouteTables({ client: clients.ec2 }, inVpc(vpcId)),
            ({ RouteTables }) => RouteTables,
        );
        return subnetIds.map((subnetId) => {
            const table = tableOf(subnetId, tables);
            const found = (table?.Routes ?? []).map(routeOf);
            const fault = checkDefaultRoutes(
                { subnetId, routeTableId: table?.RouteTableId ?? "none", routes: found },
                { internetAccess, natGatewayOnly: ownsNetwork },
            );
            const added = ownsNetwork ? found.filter((route) => !isOwn(route)) : [];
            return observeFaults(
                `subnet ${subnetId}: routes`,
                ownsNetwork ? `to ${way}, within the VPC and to gateway endpoints only` : `to ${way}`,
                [
                    ...(fault ? [fault.found] : []),
                    ...added.map(({ destination, target }) => `${destination} leads to ${target}`),
                ],
                fix,
            );
        });
    });
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

/** What a cluster needs of its subnet's network ACL. An answer to a connection comes to a high port. */
const FLOWS = [
    { what: "HTTPS out", egress: true, port: 443 },
    { what: "HTTP out", egress: true, port: 80 },
    { what: "answers in", egress: false, port: 32_768 },
    { what: "answers in", egress: false, port: 60_999 },
] as const;

/** The network ACLs let the nodes reach the internet. An ACL cannot open more than the security groups do. */
export async function networkAcls({ clients: { ec2 }, outputs }: Context): Promise<Outcome> {
    const { vpcId, subnetIds } = outputs;
    const expected = "HTTPS and HTTP out to every address, and the answers in";
    const fix = "remove the denying entries, or add allowing ones before them";
    return ask({ subject: `network ACLs of ${vpcId}`, expected, fix }, async () => {
        const acls = await collect(
            "ec2:DescribeNetworkAcls",
            vpcId,
            paginateDescribeNetworkAcls({ client: ec2 }, inVpc(vpcId)),
            ({ NetworkAcls }) => NetworkAcls,
        );
        return subnetIds.map((subnetId) => {
            const acl =
                acls.find(({ Associations = [] }) =>
                    Associations.some((each) => each.SubnetId === subnetId),
                ) ?? acls.find(({ IsDefault }) => IsDefault);
            const entries = (acl?.Entries ?? []).toSorted(
                (a, b) => Number(a.RuleNumber) - Number(b.RuleNumber),
            );
            const denied = FLOWS.filter(({ egress, port }) => {
                const decisive = entries.find(
                    ({ Egress, Protocol, CidrBlock = "", PortRange, RuleAction }) =>
                        Egress === egress &&
                        ["-1", "6"].includes(String(Protocol)) &&
                        // A denied part of the internet is common; a denied half is not.
                        Number(CidrBlock.split("/")[1]) <= (RuleAction === "deny" ? 1 : 0) &&
                        CidrBlock !== "" &&
                        (Protocol === "-1" ||
                            ((PortRange?.From ?? 0) <= port && port <= (PortRange?.To ?? 65_535))),
                );
                return decisive?.RuleAction !== "allow";
            });
            const faults = [...new Set(denied.map(({ what }) => `${acl?.NetworkAclId} denies ${what}`))];
            return observeFaults(`subnet ${subnetId}: network ACL`, expected, faults, fix);
        });
    });
}

/** The policies of the VPC's endpoints for S3 and KMS let the nodes at the buckets and the key. */
export async function endpointPolicies({ clients: { ec2 }, outputs }: Context): Promise<Outcome> {
    const { vpcId, kmsKeyArn, forCommands } = outputs;
    const { region } = forCommands;
    const subject = `endpoints of ${vpcId}`;
    const expected = "policies that allow what nodes call";
    const fix = "change the endpoint's policy";
    return ask({ subject, expected, fix }, async () => {
        const endpoints = await collect(
            "ec2:DescribeVpcEndpoints",
            vpcId,
            paginateDescribeVpcEndpoints({ client: ec2 }, inVpc(vpcId)),
            ({ VpcEndpoints }) => VpcEndpoints,
        );
        const folders = Object.entries(outputs.buckets).flatMap(([path, urls]) =>
            [urls].flat().flatMap((url) => {
                const { bucket = "", prefix = "" } = parseS3Url(url) ?? {};
                return { bucket: bucketArn(bucket), objects: `${bucketArn(bucket)}/${prefix}*`, path };
            }),
        );
        const writes = (path: string) =>
            LOCATIONS.find((each) => each.path === path)?.jobflow.includes("write");
        const written = folders.filter(({ path }) => writes(path)).map(({ objects }) => objects);
        const archive = forCommands.certificateArchive.replace("s3://", "arn:aws:s3:::");
        const assets = publicBuckets(region).map((bucket) => `${bucketArn(bucket)}/*`);
        const needs: Readonly<Record<string, readonly LiveStatement[]>> = {
            [`com.amazonaws.${region}.s3`]: [
                allow(
                    "Lists",
                    ["s3:ListBucket"],
                    folders.map(({ bucket }) => bucket),
                ),
                allow(
                    "Read",
                    ["s3:GetObject"],
                    [...folders.map(({ objects }) => objects), archive, ...assets],
                ),
                allow("Write", ["s3:PutObject"], written),
            ],
            [`com.amazonaws.${region}.kms`]: [
                allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], [kmsKeyArn]),
            ],
        };
        const isForNodes = (statement: LiveStatement) =>
            statement.Effect === "Deny" ||
            principalsOf(statement).some(
                (principal) => principal === "*" || accountOf(principal) === forCommands.accountId,
            );
        const found = endpoints.flatMap(({ VpcEndpointId, ServiceName = "", PolicyDocument, State }) => {
            const required = State?.toLowerCase().startsWith("delet") ? undefined : needs[ServiceName];
            return required && PolicyDocument
                ? [
                      observeCoverage(
                          { subject: `endpoint ${VpcEndpointId} (${ServiceName}): policy`, expected, fix },
                          uncovered(required, () => statementsOf(PolicyDocument).filter(isForNodes)),
                      ),
                  ]
                : [];
        });
        return found.length > 0
            ? found
            : observe({
                  subject,
                  expected,
                  found: "no endpoint for S3 or KMS has a policy",
                  isOk: true,
                  fix,
              });
    });
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): LiveStatement {
    return { Sid, Effect: "Allow", Action, Resource };
}

function inVpc(vpcId: string) {
    return { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
}
