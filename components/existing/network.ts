import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import type { Path } from "../args/errors";
import { isPrivateRange, PRIVATE_RANGES, parseCidr } from "../domain/cidr";
import { EMR_TAG, STACK_TAG, type Tags } from "../domain/naming";
import { EMR_GROUP_NAMES } from "../emr-security-groups";
import { checkHostnames, type DhcpFacts } from "./hostnames";
import { ask, type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";
import { checkRoutes, type RouteFacts } from "./routes";

/** What AWS says of a network that is the user's. */
export interface NetworkFacts {
    readonly vpc: aws.ec2.GetVpcResult | Unanswered;
    /** Missing where the VPC has none, or is not known. */
    readonly dhcpOptions?: DhcpFacts;
    readonly subnets: readonly SubnetFacts[];
    readonly groups: GroupFacts | Unanswered;
}

interface SubnetFacts extends RouteFacts {
    readonly subnet: aws.ec2.GetSubnetResult | Unanswered;
}

/** The ids of the groups with EMR's default names: all, those with EMR's tag, and those of this stack. */
interface GroupFacts {
    readonly all: readonly string[];
    readonly tagged: readonly string[];
    readonly own: readonly string[];
}

/** The AWS provider's name for a VPC without DHCP options. */
const NO_DHCP_OPTIONS = "default";

export async function lookUpNetwork(settings: ResolvedArgs): Promise<NetworkFacts | undefined> {
    const { existing } = settings.network;
    if (existing === null) {
        return undefined;
    }
    const [vpc, groups] = await Promise.all([
        ask(aws.ec2.getVpc({ id: existing.vpcId })),
        ask(lookUpGroups(settings, existing.vpcId)),
    ]);
    const dhcpOptionsId = isAnswer(vpc) ? vpc.dhcpOptionsId : NO_DHCP_OPTIONS;
    const [dhcpOptions, subnets] = await Promise.all([
        dhcpOptionsId === NO_DHCP_OPTIONS ? undefined : ask(aws.ec2.getVpcDhcpOptions({ dhcpOptionsId })),
        Promise.all(existing.subnetIds.map((id) => lookUpSubnet(id, vpc))),
    ]);
    return { vpc, dhcpOptions, subnets, groups };
}

async function lookUpGroups({ network, stack }: ResolvedArgs, vpcId: string): Promise<GroupFacts> {
    const named = [
        { name: "vpc-id", values: [vpcId] },
        { name: "group-name", values: EMR_GROUP_NAMES[network.internetAccess] },
    ];
    const withTags = async (tags: Tags) => {
        const tagged = Object.entries(tags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] }));
        return (await aws.ec2.getSecurityGroups({ filters: [...named, ...tagged] })).ids;
    };
    const [all, tagged, own] = await Promise.all([
        withTags({}),
        withTags(EMR_TAG),
        withTags({ [STACK_TAG]: stack }),
    ]);
    return { all, tagged, own };
}

/** A subnet without a route table of its own has the VPC's main one. */
async function lookUpSubnet(id: string, vpc: aws.ec2.GetVpcResult | Unanswered): Promise<SubnetFacts> {
    const [subnet, own] = await Promise.all([
        ask(aws.ec2.getSubnet({ id })),
        ask(aws.ec2.getRouteTable({ subnetId: id })),
    ]);
    const routeTable =
        isAnswer(own) || !isAnswer(vpc)
            ? own
            : await ask(aws.ec2.getRouteTable({ routeTableId: vpc.mainRouteTableId }));
    return { id, subnet, routeTable };
}

const EXISTING = ["network", "existing"];

/** Whatever would keep a cluster from starting there, or from being encrypted. */
export function checkNetwork(settings: ResolvedArgs, facts: NetworkFacts): readonly Finding[] {
    const { existing } = settings.network;
    if (existing === null) {
        return [];
    }
    return [
        ...checkVpc(settings, existing.vpcId, facts),
        ...facts.subnets.flatMap((subnet, index) =>
            checkSubnet(settings, existing.vpcId, subnet, [...EXISTING, "subnetIds", index]),
        ),
        ...checkGroups(settings, existing.emrSecurityGroups, facts.groups),
    ];
}

function checkVpc(
    settings: ResolvedArgs,
    id: string,
    { vpc, dhcpOptions }: NetworkFacts,
): readonly Finding[] {
    const path = [...EXISTING, "vpcId"];
    if (!isAnswer(vpc)) {
        return [
            noAnswer(path, id, vpc, "ec2:DescribeVpcs, ec2:DescribeVpcAttribute, ec2:DescribeRouteTables"),
        ];
    }
    const dns = [
        { is: vpc.enableDnsSupport, attribute: "dns-support" },
        { is: vpc.enableDnsHostnames, attribute: "dns-hostnames" },
    ];
    return [
        ...dns
            .filter(({ is }) => !is)
            .map(({ attribute }) => ({
                path,
                found: `${id} without ${attribute}, so that nodes do not find one another by name`,
                remedy: `aws ec2 modify-vpc-attribute --region ${settings.region} --vpc-id ${id} --enable-${attribute}`,
            })),
        ...checkHostnames(settings, dhcpOptions),
        ...checkTag(settings, id, vpc.tags, path),
    ];
}

function checkSubnet(
    settings: ResolvedArgs,
    vpcId: string,
    facts: SubnetFacts,
    path: Path,
): readonly Finding[] {
    const { id, subnet } = facts;
    if (!isAnswer(subnet)) {
        return [noAnswer(path, id, subnet, "ec2:DescribeSubnets")];
    }
    const { region, network } = settings;
    const findings: Finding[] = [];
    if (subnet.vpcId !== vpcId) {
        findings.push({ path, found: `${id} in ${subnet.vpcId}`, remedy: `a subnet of ${vpcId}` });
    }
    const range = parseCidr(subnet.cidrBlock);
    if (!range || !isPrivateRange(range)) {
        findings.push({
            path,
            found: `${id} with ${subnet.cidrBlock === "" ? "no IPv4 range" : `the range ${subnet.cidrBlock}`}`,
            remedy: `a subnet inside ${PRIVATE_RANGES.join(", ")}: EMR's nodes take addresses of no other`,
        });
    }
    if (network.internetAccess === "public" && !subnet.mapPublicIpOnLaunch) {
        findings.push({
            path,
            found: `${id} without public addresses for nodes, though network.internetAccess is public`,
            remedy: `aws ec2 modify-subnet-attribute --region ${region} --subnet-id ${id} --map-public-ip-on-launch`,
        });
    }
    return [...findings, ...checkRoutes(settings, facts, path), ...checkTag(settings, id, subnet.tags, path)];
}

function checkGroups(
    settings: ResolvedArgs,
    emrSecurityGroups: "use" | "create",
    groups: NetworkFacts["groups"],
): readonly Finding[] {
    const path = [...EXISTING, "emrSecurityGroups"];
    if (!isAnswer(groups)) {
        return [noAnswer(path, "EMR's default security groups", groups, "ec2:DescribeSecurityGroups")];
    }
    const { all, tagged, own } = groups;
    if (emrSecurityGroups === "use") {
        return all
            .filter((id) => !tagged.includes(id))
            .flatMap((id) => checkTag(settings, id, undefined, path));
    }
    return all
        .filter((id) => !own.includes(id))
        .map((id) => ({
            path,
            found: `${id}, which has the name of one of EMR's default groups, so that the stack cannot make its own`,
            remedy: "emrSecurityGroups: use; or delete the group, once no cluster has it",
        }));
}

/** AmazonEMRServicePolicy_v2 lets EMR use nothing without it. */
function checkTag(
    { region }: ResolvedArgs,
    id: string,
    tags: Tags | undefined,
    path: Path,
): readonly Finding[] {
    return Object.entries(EMR_TAG)
        .filter(([key, value]) => tags?.[key] !== value)
        .map(([key, value]) => ({
            path,
            found: `${id} without the tag ${key}: "${value}", so that EMR may not use it`,
            remedy: `aws ec2 create-tags --region ${region} --resources ${id} --tags Key=${key},Value=${value}`,
        }));
}
