import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { Unanswered } from "../../../components/existing/lookup";
import { checkRoutes, type RouteFacts, routeWarnings } from "../../../components/existing/routes";
import { answer, SUBNET, SUBNET_2, VPC } from "../../support/existing-aws";
import { type Route, routeOf } from "../../support/route";
import { batch, type Config, parse } from "../args/parse";

const PATH = ["network", "existing", "subnetIds", 0];
const TABLE = `${SUBNET} with the route table rtb-1`;
const REST = "every cluster's bootstrap fetches from Maven Central";
const UNSEEN =
    "no way to the internet (0.0.0.0/0) was seen, nor so to S3. If no VPN or Direct Connect gateway propagates one, no cluster gets past its bootstrap; verify sees those routes.";

function settings(internetAccess: string, existing: Config = {}): ResolvedArgs {
    const network = { internetAccess, existing: { vpcId: VPC, subnetIds: [SUBNET, SUBNET_2], ...existing } };
    return parse({ ...batch(), network });
}

const NAT = settings("nat");
const PUBLIC = settings("public");
const TRUSTING = settings("nat", { allowUnseenRoute: true });

const facts = (id: string, ...routes: readonly Partial<Route>[]): RouteFacts => ({
    id,
    routeTable: answer<aws.ec2.GetRouteTableResult>({ routeTableId: "rtb-1", routes: routes.map(routeOf) }),
});

const ANY = { cidrBlock: "0.0.0.0/0" };
const LOW = { cidrBlock: "0.0.0.0/1" };
const HIGH = { cidrBlock: "128.0.0.0/1" };
const LISTED = { destinationPrefixListId: "pl-1" };
const TO_NAT = { natGatewayId: "nat-1" };
const TO_INTERNET = { gatewayId: "igw-1" };
const TO_TRANSIT = { transitGatewayId: "tgw-1" };

describe("the routes of a subnet of the user's", () => {
    const finds = (title: string, asked: ResolvedArgs, found: RouteFacts, ...told: readonly object[]) =>
        it(title, () => {
            expect(checkRoutes(asked, found, PATH)).to.deep.equal(told);
        });

    describe("lead to the internet", () => {
        for (const target of [
            TO_NAT,
            TO_TRANSIT,
            { instanceId: "i-1", networkInterfaceId: "eni-1" },
            { gatewayId: "vgw-1" },
            { vpcEndpointId: "vpce-1" },
        ]) {
            const [name] = Object.values(target);
            finds(`by ${name}`, NAT, facts(SUBNET, { ...ANY, ...target }));
            finds(`by ${name}, in halves`, NAT, facts(SUBNET, { ...HIGH, ...target }, { ...LOW, ...target }));
            finds(`by ${name}, by a prefix list`, NAT, facts(SUBNET, { ...LISTED, ...target }));
        }
        finds(
            "by whatever is said for less than half of it",
            NAT,
            facts(
                SUBNET,
                { cidrBlock: "10.0.0.0/8", vpcPeeringConnectionId: "pcx-1" },
                { ...LOW, ...TO_INTERNET },
                { ...LISTED, ...TO_INTERNET },
                { ...ANY, ...TO_NAT },
            ),
        );
        for (const [how, ...ways] of [
            ["in one", ANY],
            ["in halves", LOW, HIGH],
            ["by a prefix list", LISTED],
        ] as const) {
            finds(
                `by an internet gateway ${how}, in a public network`,
                PUBLIC,
                facts(SUBNET, ...ways.map((way) => ({ ...way, ...TO_INTERNET }))),
            );
        }
    });

    describe("are refused", () => {
        finds(
            "where nobody answers for them, whatever is allowed",
            TRUSTING,
            { id: SUBNET, routeTable: new Unanswered("no") },
            {
                path: PATH,
                found: `no answer on the routes of ${SUBNET}: no`,
                remedy: "name what is there, and let these credentials look it up (ec2:DescribeRouteTables)",
            },
        );
        const nowhere = facts(
            SUBNET,
            { cidrBlock: "10.0.0.0/8", ...TO_TRANSIT },
            { ...LOW, ...TO_NAT },
            { ipv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-1" },
            { ...LISTED, vpcPeeringConnectionId: "pcx-1" },
        );
        const noWay = `${TABLE}, which has no way to the internet (0.0.0.0/0), nor so to S3`;
        finds("where none leads to the internet", NAT, nowhere, {
            path: PATH,
            found: noWay,
            remedy: `a route for 0.0.0.0/0 to a NAT gateway: ${REST}; or, where a VPN or Direct Connect gateway propagates one, which cannot be seen from here, network.existing.allowUnseenRoute: true`,
        });
        finds("where none leads to the internet from a public network", PUBLIC, nowhere, {
            path: PATH,
            found: noWay,
            remedy: `a route for 0.0.0.0/0 to an internet gateway: ${REST}`,
        });
        for (const [target, name] of [
            [TO_NAT, "nat-1"],
            [{ instanceId: "i-1", networkInterfaceId: "eni-1" }, "i-1"],
            [{}, "nothing"],
        ] as const) {
            finds(
                `where they lead to ${name} from a public network`,
                PUBLIC,
                facts(SUBNET, { ...ANY, ...target }),
                {
                    path: PATH,
                    found: `${TABLE}, whose route for 0.0.0.0/0 leads to ${name}, though network.internetAccess is public`,
                    remedy: "a subnet whose route leads to an internet gateway: EMR reaches no public subnet behind a NAT; or network.internetAccess: nat",
                },
            );
        }
        for (const [destination, found] of [
            ["0.0.0.0/0", facts(SUBNET, { ...ANY, ...TO_INTERNET })],
            [
                "128.0.0.0/1",
                facts(SUBNET, { ...ANY, ...TO_NAT }, { ...LOW, ...TO_NAT }, { ...HIGH, ...TO_INTERNET }),
            ],
            ["pl-1", facts(SUBNET, { ...LISTED, ...TO_INTERNET })],
        ] as const) {
            finds(
                `where one for ${destination} leads to an internet gateway from a private network`,
                NAT,
                found,
                {
                    path: PATH,
                    found: `${TABLE}, whose route for ${destination} leads to igw-1: a public subnet, though network.internetAccess is nat`,
                    remedy: "a subnet whose route leads to a NAT gateway, or network.internetAccess: public",
                },
            );
        }
    });

    it("may not be seen where the stack config says so, and that is told, subnet by subnet", () => {
        const unseen = [facts(SUBNET), facts(SUBNET_2, { ...LOW, ...TO_NAT })];
        expect(unseen.flatMap((found) => checkRoutes(TRUSTING, found, PATH))).to.deep.equal([]);
        expect(routeWarnings(unseen)).to.deep.equal([
            `${TABLE}: ${UNSEEN}`,
            `${SUBNET_2} with the route table rtb-1: ${UNSEEN}`,
        ]);
        const others = [
            facts(SUBNET, { ...ANY, ...TO_NAT }),
            { id: SUBNET_2, routeTable: new Unanswered("no") },
        ];
        expect(routeWarnings(others)).to.deep.equal([]);
    });

    it("are judged as ever where they can be seen, whatever is allowed", () => {
        expect(checkRoutes(TRUSTING, facts(SUBNET, { ...ANY, ...TO_INTERNET }), PATH)).to.have.length(1);
    });
});
