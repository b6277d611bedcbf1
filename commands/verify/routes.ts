import {
    type EC2Client,
    paginateDescribeRouteTables,
    paginateDescribeVpcEndpoints,
    type RouteTable,
    type RouteTableAssociation,
    type Route as SdkRoute,
} from "@aws-sdk/client-ec2";
import { checkDefaultRoutes, defaultRoutes, type Route } from "../../components/checks/default-routes";
import { call } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, compare, compareFinding } from "./check";

const ANYWHERE = "0.0.0.0/0";

/** The ways of these subnets to S3 and to the internet. */
export async function routeChecks(
    ec2: EC2Client,
    outputs: StackOutputs,
    subnetIds: readonly string[],
): Promise<readonly Check[]> {
    const { vpcId, forCommands } = outputs;
    return attempt(`routes of ${vpcId}`, "to S3 and to the internet", async () => {
        const tables = await describeRouteTables(ec2, vpcId);
        const used = subnetIds.map((id) => ({ id, table: tableOf(id, tables) }));
        return [
            ...used.map(({ id, table }) => checkWayOut(outputs, id, table)),
            ...(forCommands.ownsNetwork
                ? await endpointChecks(
                      ec2,
                      outputs,
                      used.map(({ table }) => table?.RouteTableId ?? ""),
                  )
                : []),
        ];
    });
}

/** A subnet without a route table of its own has the VPC's main one. */
function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
    const has = (is: (association: RouteTableAssociation) => boolean) =>
        tables.find(({ Associations = [] }) => Associations.some(is));
    return has(({ SubnetId }) => SubnetId === subnetId) ?? has(({ Main }) => Main === true);
}

/** It leads to S3 too, and to all that a cluster's bootstrap fetches. */
function checkWayOut(
    { forCommands: { stack, internetAccess, ownsNetwork } }: StackOutputs,
    subnetId: string,
    table: RouteTable | undefined,
): Check {
    const routes = (table?.Routes ?? []).map(routeOf);
    const targets = new Set(defaultRoutes(routes).map(targetOf));
    const routeTableId = table?.RouteTableId ?? "its route table";
    const access = { internetAccess, natGatewayOnly: ownsNetwork };
    const way = internetAccess === "public" ? "an internet gateway" : "a NAT gateway";
    return compareFinding(checkDefaultRoutes({ subnetId, routeTableId, routes }, access), {
        on: `subnet ${subnetId}: route for ${ANYWHERE}`,
        expected: `to ${way}`,
        found: targets.size > 0 ? `to ${[...targets].join(" and ")}` : "none, nor so to S3",
        remedy: ownsNetwork
            ? `npx pulumi up --refresh --stack ${stack}`
            : `a route to ${way} in ${routeTableId}: every cluster's bootstrap fetches from Maven Central`,
    });
}

function routeOf({
    DestinationCidrBlock,
    DestinationIpv6CidrBlock,
    DestinationPrefixListId,
    Origin,
    State,
    ...targets
}: SdkRoute): Route {
    return {
        range: DestinationCidrBlock,
        prefixList: DestinationPrefixListId,
        target: Object.values(targets).find((id) => typeof id === "string"),
        isBlackhole: State === "blackhole",
    };
}

function targetOf({ target = "nothing", isBlackhole }: Route): string {
    return isBlackhole ? `${target}, which is gone` : target;
}

/** Without it, S3's traffic takes the NAT gateway: it works, and costs by the gigabyte. */
async function endpointChecks(
    ec2: EC2Client,
    { vpcId, forCommands: { region, stack } }: StackOutputs,
    tableIds: readonly string[],
): Promise<readonly Check[]> {
    const service = `com.amazonaws.${region}.s3`;
    const line = { on: `VPC ${vpcId}: gateway endpoint ${service}`, expected: "on the nodes' routes" };
    return attempt(line.on, line.expected, async () => {
        const endpoints = await call("ec2:DescribeVpcEndpoints", vpcId, async () => {
            const found: { readonly id: string; readonly tables: readonly string[] }[] = [];
            for await (const { VpcEndpoints = [] } of paginateDescribeVpcEndpoints(
                { client: ec2 },
                {
                    Filters: [
                        { Name: "vpc-id", Values: [vpcId] },
                        { Name: "service-name", Values: [service] },
                        { Name: "vpc-endpoint-type", Values: ["Gateway"] },
                    ],
                },
            )) {
                found.push(
                    ...VpcEndpoints.filter(({ State }) => State?.toLowerCase() === "available").map(
                        ({ VpcEndpointId = "", RouteTableIds = [] }) => ({
                            id: VpcEndpointId,
                            tables: RouteTableIds,
                        }),
                    ),
                );
            }
            return found;
        });
        const isOk = tableIds.every((id) => endpoints.some(({ tables }) => tables.includes(id)));
        return compare({
            ...line,
            found: isOk
                ? line.expected
                : endpoints.length === 0
                  ? "none"
                  : `${endpoints.map(({ id }) => id).join(", ")}, on other routes`,
            severity: "warning",
            remedy: `npx pulumi up --refresh --stack ${stack}`,
        });
    });
}

function describeRouteTables(ec2: EC2Client, vpcId: string): Promise<readonly RouteTable[]> {
    return call("ec2:DescribeRouteTables", vpcId, async () => {
        const found: RouteTable[] = [];
        for await (const { RouteTables = [] } of paginateDescribeRouteTables(
            { client: ec2 },
            { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
        )) {
            found.push(...RouteTables);
        }
        return found;
    });
}
