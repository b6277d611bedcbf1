import type * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import type { Path } from "../args/errors";
import { waysOut } from "../checks/default-routes";
import { type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";

/** What AWS says of a subnet's routes. */
export interface RouteFacts {
    /** The subnet's. */
    readonly id: string;
    readonly routeTable: aws.ec2.GetRouteTableResult | Unanswered;
}

type Route = aws.types.output.ec2.GetRouteTableRoute;

/** A way to the internet leads to S3 too. Gateway endpoints would, but the AWS provider leaves their routes out. */
export function checkRoutes({ network }: ResolvedArgs, facts: RouteFacts, path: Path): readonly Finding[] {
    const { id, routeTable } = facts;
    if (!isAnswer(routeTable)) {
        return [noAnswer(path, `the routes of ${id}`, routeTable, "ec2:DescribeRouteTables")];
    }
    const { internetAccess, existing } = network;
    const table = tableOf(id, routeTable);
    const ways = waysOutOf(routeTable);
    if (ways.length === 0) {
        const remedy = `a route for 0.0.0.0/0 to ${internetAccess === "nat" ? "a NAT gateway" : "an internet gateway"}: every cluster's bootstrap fetches from Maven Central`;
        return existing?.allowUnseenRoute
            ? []
            : [
                  {
                      path,
                      found: `${table}, which has no way to the internet (0.0.0.0/0), nor so to S3`,
                      remedy:
                          internetAccess === "nat"
                              ? `${remedy}; or, where a VPN or Direct Connect gateway propagates one, which cannot be seen from here, network.existing.allowUnseenRoute: true`
                              : remedy,
                  },
              ];
    }
    const wrong = ways.find((route) => isPublic(route) !== (internetAccess === "public"));
    if (wrong === undefined) {
        return [];
    }
    const leadsTo = `${table}, whose route for ${wrong.cidrBlock || wrong.destinationPrefixListId} leads to ${targetOf(wrong)}`;
    return [
        internetAccess === "public"
            ? {
                  path,
                  found: `${leadsTo}, though network.internetAccess is public`,
                  remedy: "a subnet whose route leads to an internet gateway: EMR reaches no public subnet behind a NAT; or network.internetAccess: nat",
              }
            : {
                  path,
                  found: `${leadsTo}: a public subnet, though network.internetAccess is nat`,
                  remedy: "a subnet whose route leads to a NAT gateway, or network.internetAccess: public",
              },
    ];
}

/** Of what was found fit: where that takes the user's word. */
export function routeWarnings(subnets: readonly RouteFacts[]): readonly string[] {
    return subnets.flatMap(({ id, routeTable }) =>
        isAnswer(routeTable) && waysOutOf(routeTable).length === 0
            ? [
                  `${tableOf(id, routeTable)}: no way to the internet (0.0.0.0/0) was seen, nor so to S3. If no VPN or Direct Connect gateway propagates one, no cluster gets past its bootstrap; verify sees those routes.`,
              ]
            : [],
    );
}

function tableOf(subnetId: string, { routeTableId }: aws.ec2.GetRouteTableResult): string {
    return `${subnetId} with the route table ${routeTableId}`;
}

/** The provider has empty texts for what a route has not. */
function waysOutOf({ routes }: aws.ec2.GetRouteTableResult): readonly Route[] {
    return waysOut(routes, ({ cidrBlock, destinationPrefixListId, vpcPeeringConnectionId }) => ({
        range: cidrBlock,
        prefixList: destinationPrefixListId || undefined,
        isPeering: vpcPeeringConnectionId !== "",
    }));
}

function isPublic({ gatewayId }: Route): boolean {
    return gatewayId.startsWith("igw-");
}

/** A route has one target, and empty texts for the other kinds. */
function targetOf(route: Route): string {
    const { cidrBlock, ipv6CidrBlock, destinationPrefixListId, ...targets } = route;
    return Object.values(targets).find((target) => target !== "") ?? "nothing";
}
