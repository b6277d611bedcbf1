import { expect } from "chai";
import { checkDefaultRoutes, defaultRoutes, type Route } from "../../../components/checks/default-routes";

const route = (other: Partial<Route>): Route => ({
    range: undefined,
    prefixList: undefined,
    target: "nat-1",
    ...other,
});
const any = (target: string | undefined = "nat-1") => route({ range: "0.0.0.0/0", target });
const low = (target = "nat-1") => route({ range: "0.0.0.0/1", target });
const high = (target = "nat-1") => route({ range: "128.0.0.0/1", target });
const listed = (target = "nat-1") => route({ prefixList: "pl-1", target });
const toVpc = route({ range: "10.0.0.0/8", target: "local" });

describe("defaultRoutes", () => {
    for (const [title, routes, found] of [
        ["is the route for all addresses", [toVpc, any()], [any()]],
        ["is both halves, in this order", [high(), toVpc, low()], [low(), high()]],
        ["is the halves before the whole", [any(), low(), high()], [low(), high()]],
        ["is the whole if a half is missing", [low(), any()], [any()]],
        [
            "is every route for a half that stands twice",
            [low(), high(), high("igw-1")],
            [low(), high(), high("igw-1")],
        ],
        ["is the routes for prefix lists if there is no other", [toVpc, listed(), low()], [listed()]],
        ["is not a route for a prefix list beside the whole", [listed(), any()], [any()]],
        ["is not a route for a prefix list that leads to a peered VPC", [listed("pcx-1")], []],
        ["is not the route of a gateway endpoint", [listed("vpce-1")], []],
        ["is a route to a Gateway Load Balancer endpoint", [any("vpce-1")], [any("vpce-1")]],
        ["is missing for IPv6 alone", [route({ target: "eigw-1" })], []],
        ["is missing without routes", [], []],
    ] as const) {
        it(title, () => {
            expect(defaultRoutes(routes)).to.deep.equal(found);
        });
    }
});

describe("checkDefaultRoutes", () => {
    const gone = { ...any(), isBlackhole: true };
    for (const [routes, codes] of [
        // The faults in a private existing VPC, in the stack's own private VPC, and in a public VPC.
        [[any("nat-1")], [undefined, undefined, "private"]],
        [[any("tgw-1")], [undefined, "not-nat-gateway", "private"]],
        [[any("i-1")], [undefined, "not-nat-gateway", "private"]],
        [[any("vgw-1")], [undefined, "not-nat-gateway", "private"]],
        [[any("vpce-1")], [undefined, "not-nat-gateway", "private"]],
        [[any("igw-1")], ["public", "public", undefined]],
        [
            [low("igw-1"), high("igw-1")],
            ["public", "public", undefined],
        ],
        [[listed("igw-1")], ["public", "public", undefined]],
        [
            [low("nat-1"), high("igw-1")],
            ["public", "public", "private"],
        ],
        [[route({ range: "0.0.0.0/0", target: undefined })], [undefined, "not-nat-gateway", "private"]],
        [[gone], ["blackhole", "blackhole", "blackhole"]],
        [
            [toVpc, low("nat-1")],
            ["missing", "missing", "missing"],
        ],
    ] as const) {
        const descriptions = routes.map(({ range, prefixList, target, isBlackhole }) =>
            [range ?? prefixList, "to", target, ...(isBlackhole ? ["(blackhole)"] : [])].join(" "),
        );
        it(`checks ${descriptions.join(", ")}`, () => {
            const found = [
                { internetAccess: "nat", natGatewayOnly: false } as const,
                { internetAccess: "nat", natGatewayOnly: true } as const,
                { internetAccess: "public", natGatewayOnly: false } as const,
            ].map((access) =>
                checkDefaultRoutes({ subnetId: "subnet-1", routeTableId: "rtb-1", routes }, access),
            );
            expect(found.map((finding) => finding?.code)).to.deep.equal(
                codes.map((code) => code && `default-route-${code}`),
            );
        });
    }
});
