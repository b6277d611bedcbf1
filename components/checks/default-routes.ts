/** What a route is for, as far as it matters here. */
export interface Destination {
    /** CIDR. */
    readonly range: string | undefined;
    readonly prefixList: string | undefined;
    /** Leads into another VPC, and from there no further. */
    readonly isPeering: boolean;
}

/** All addresses, in one range or in its halves, which come first: to AWS the smaller range is the better one. */
const ANYWHERE = [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]];

/** The routes for all addresses; where there are none, those for prefix lists, whose ranges nobody looks up here. */
export function waysOut<Route>(
    routes: readonly Route[],
    destinationOf: (route: Route) => Destination,
): readonly Route[] {
    const whole = ANYWHERE.map((ranges) =>
        ranges.map((range) => routes.filter((route) => destinationOf(route).range === range)),
    ).find((found) => found.every(({ length }) => length > 0));
    const toPrefixList = (route: Route) => {
        const { prefixList, isPeering } = destinationOf(route);
        return prefixList !== undefined && !isPeering;
    };
    return whole?.flat() ?? routes.filter(toPrefixList);
}
