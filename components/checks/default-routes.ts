import type { Finding } from "./finding";

/** A route, read from the AWS provider's answer or from the SDK's. */
export interface Route {
    /** The IPv4 range of its destination. */
    readonly range: string | undefined;
    /** The id of its destination, if that is a prefix list. */
    readonly prefixList: string | undefined;
    /** The id of its target, such as `igw-1`; undefined if it has none. */
    readonly target: string | undefined;
    /** Whether its target has been deleted. The AWS provider does not report it. */
    readonly isBlackhole?: boolean;
}

/** The routes that a subnet uses. */
export interface SubnetRoutes {
    readonly subnetId: string;
    readonly routeTableId: string;
    readonly routes: readonly Route[];
}

/** What a cluster requires of its subnet's default routes. */
export interface InternetAccess {
    readonly internetAccess: "nat" | "public";
    /** Whether a private route must lead to a NAT gateway. In an existing VPC, a transit gateway or a firewall may do. */
    readonly natGatewayOnly: boolean;
}

/** All IPv4 addresses, as two halves or as one range. EC2 prefers the halves, since they are more specific. */
const ALL_ADDRESSES = [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]];

/**
 * The routes for all addresses. If there are none, the routes for prefix lists, whose ranges are not looked up. A
 * prefix list's route to a peering connection reaches only the other VPC; its route to an endpoint reaches only S3.
 */
export function defaultRoutes(routes: readonly Route[]): readonly Route[] {
    const forAllAddresses = ALL_ADDRESSES.map((ranges) =>
        ranges.map((range) => routes.filter((route) => route.range === range)),
    ).find((byRange) => byRange.every(({ length }) => length > 0));
    return (
        forAllAddresses?.flat() ??
        routes.filter(
            ({ prefixList, target = "" }) => prefixList !== undefined && !/^(pcx|vpce)-/.test(target),
        )
    );
}

/** Checks whether a cluster's bootstrap reaches the internet, including S3, as `network.internetAccess` says. */
export function checkDefaultRoutes(
    { subnetId, routeTableId, routes }: SubnetRoutes,
    access: InternetAccess,
): Finding | undefined {
    const table = `route table ${routeTableId} of ${subnetId}`;
    const found = defaultRoutes(routes);
    if (found.length === 0) {
        const gateway = access.internetAccess === "nat" ? "a NAT gateway" : "an internet gateway";
        return {
            code: "default-route-missing",
            found: `no route for 0.0.0.0/0 in ${table}, neither to the internet nor to S3`,
            fix: `add a route for 0.0.0.0/0 to ${gateway}: every cluster's bootstrap fetches from Maven Central`,
        };
    }
    return found
        .map((route) => {
            const fault = faultOf(route, access);
            const { range, prefixList, target = "nothing" } = route;
            return (
                fault && {
                    ...fault,
                    found: `the route for ${range ?? prefixList} in ${table} leads to ${target}`,
                }
            );
        })
        .find((finding) => finding !== undefined);
}

function faultOf(
    { target = "", isBlackhole }: Route,
    { internetAccess, natGatewayOnly }: InternetAccess,
): Pick<Finding, "code" | "fix"> | undefined {
    const isPublic = target.startsWith("igw-");
    if (isBlackhole) {
        return { code: "default-route-blackhole" };
    }
    if (internetAccess === "public" && !isPublic) {
        return {
            code: "default-route-private",
            fix: "name a subnet whose default route leads to an internet gateway, since EMR does not reach a public subnet behind a NAT gateway; or set network.internetAccess: nat",
        };
    }
    if (internetAccess === "nat" && isPublic) {
        return {
            code: "default-route-public",
            fix: "name a subnet whose default route leads to a NAT gateway, or set network.internetAccess: public",
        };
    }
    return internetAccess === "nat" && natGatewayOnly && !target.startsWith("nat-")
        ? { code: "default-route-not-nat-gateway" }
        : undefined;
}
