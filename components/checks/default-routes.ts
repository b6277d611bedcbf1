import type { Finding } from "./finding";

/** A route, read from the AWS provider's answer or from the SDK's. */
export interface Route {
    /** The IPv4 range of its destination. */
    readonly range: string | undefined;
    /** The id of its destination, if that is a prefix list. */
    readonly prefixList: string | undefined;
    /** The id of its target, such as `igw-1`; undefined if it has none. */
    readonly target: string | undefined;
    /** Whether its target is gone. The AWS provider does not say. */
    readonly isBlackhole?: boolean;
}

/** The routes that a subnet uses. */
export interface SubnetRoutes {
    readonly subnetId: string;
    readonly routeTableId: string;
    readonly routes: readonly Route[];
}

/** What a cluster expects of the default routes of its subnet. */
export interface InternetAccess {
    readonly internetAccess: "nat" | "public";
    /** Whether only a NAT gateway will do. In an existing VPC, a transit gateway or a firewall may be in between. */
    readonly natGatewayOnly: boolean;
}

/** All addresses, in halves or in one range. EC2 prefers the smaller ranges, so that the halves come first. */
const ANYWHERE = [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]];

/**
 * The routes for all addresses. If there are none, the routes for prefix lists, whose ranges are not looked up. A
 * prefix list behind a peering connection leads to the other VPC only, one behind an endpoint leads to S3 only.
 */
export function defaultRoutes(routes: readonly Route[]): readonly Route[] {
    const whole = ANYWHERE.map((ranges) =>
        ranges.map((range) => routes.filter((route) => route.range === range)),
    ).find((found) => found.every(({ length }) => length > 0));
    return (
        whole?.flat() ??
        routes.filter(
            ({ prefixList, target = "" }) => prefixList !== undefined && !/^(pcx|vpce)-/.test(target),
        )
    );
}

/** Checks whether a cluster's bootstrap reaches the internet, and S3 with it, in the way that EMR was asked for. */
export function checkDefaultRoutes(
    { subnetId, routeTableId, routes }: SubnetRoutes,
    { internetAccess, natGatewayOnly }: InternetAccess,
): readonly Finding[] {
    const found = defaultRoutes(routes);
    const table = `route table ${routeTableId} of ${subnetId}`;
    const gateway = internetAccess === "nat" ? "a NAT gateway" : "an internet gateway";
    if (found.length === 0) {
        return [
            {
                code: "default-route-missing",
                found: `no route for 0.0.0.0/0 in ${table}, neither to the internet nor to S3`,
                fix: `add a route for 0.0.0.0/0 to ${gateway}: every cluster's bootstrap fetches from Maven Central`,
            },
        ];
    }
    const wrong = found.flatMap((route) => {
        const code = faultOf(route, internetAccess, natGatewayOnly);
        return code === undefined ? [] : [{ code, route }];
    })[0];
    if (wrong === undefined) {
        return [];
    }
    const { code, route } = wrong;
    return [
        {
            code,
            found: `the route for ${route.range ?? route.prefixList} in ${table} leads to ${route.target ?? "nothing"}`,
            ...(FIXES[code] && { fix: FIXES[code] }),
        },
    ];
}

const FIXES: Partial<Record<Fault, string>> = {
    "default-route-private":
        "name a subnet whose default route leads to an internet gateway, since EMR does not reach a public subnet behind a NAT gateway; or set network.internetAccess: nat",
    "default-route-public":
        "name a subnet whose default route leads to a NAT gateway, or set network.internetAccess: public",
};

type Fault = `default-route-${"blackhole" | "private" | "public" | "not-nat-gateway"}`;

function faultOf(
    { target = "", isBlackhole }: Route,
    internetAccess: "nat" | "public",
    natGatewayOnly: boolean,
): Fault | undefined {
    const isPublic = target.startsWith("igw-");
    if (isBlackhole) {
        return "default-route-blackhole";
    }
    if (internetAccess === "public") {
        return isPublic ? undefined : "default-route-private";
    }
    if (isPublic) {
        return "default-route-public";
    }
    return natGatewayOnly && !target.startsWith("nat-") ? "default-route-not-nat-gateway" : undefined;
}
