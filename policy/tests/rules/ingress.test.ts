import { noWorldOpenIngress } from "../../rules/ingress";
import { UNKNOWN } from "../../rules/resource";
import { expectMessages, resource } from "../support/rules";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const found = (range: string, place: string) =>
    `found ${range} in ${place}: allow security groups, or the ranges of known networks`;

describe("ec2-no-world-open-ingress", () => {
    expectMessages(noWorldOpenIngress, [
        [
            "accepts security groups and private or narrow ranges",
            resource(GROUP, {
                ingress: [
                    { cidrBlocks: ["10.0.0.0/8", "203.0.113.7/32"], ipv6CidrBlocks: ["fc00::/7"] },
                    { securityGroups: ["sg-1"] },
                ],
                egress: [{ cidrBlocks: ["0.0.0.0/0"] }],
            }),
            [],
        ],
        ["accepts a group without rules", resource(GROUP), []],
        [
            "refuses every address of IPv4 and of IPv6",
            resource(GROUP, {
                ingress: [
                    { cidrBlocks: ["10.0.0.0/8"] },
                    { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] },
                ],
            }),
            [found("0.0.0.0/0", "ingress[1].cidrBlocks"), found("::/0", "ingress[1].ipv6CidrBlocks")],
        ],
        [
            "refuses the two halves of IPv4",
            resource(GROUP, { ingress: [{ cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] }),
            [found("0.0.0.0/1", "ingress[0].cidrBlocks"), found("128.0.0.0/1", "ingress[0].cidrBlocks")],
        ],
        [
            "refuses all assigned addresses of IPv6",
            resource(GROUP, { ingress: [{ ipv6CidrBlocks: ["2000::/3"] }] }),
            [found("2000::/3", "ingress[0].ipv6CidrBlocks")],
        ],
        [
            "refuses every address in a VPC's default group",
            resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {
                ingress: [{ cidrBlocks: ["0.0.0.0/0"] }],
            }),
            [found("0.0.0.0/0", "ingress[0].cidrBlocks")],
        ],
        [
            "refuses every address in a SecurityGroupRule",
            resource(RULE, { type: "ingress", cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }),
            [found("0.0.0.0/0", "cidrBlocks"), found("::/0", "ipv6CidrBlocks")],
        ],
        [
            "accepts egress in a SecurityGroupRule",
            resource(RULE, { type: "egress", cidrBlocks: ["0.0.0.0/0"] }),
            [],
        ],
        [
            "refuses every address in a SecurityGroupIngressRule",
            resource(INGRESS_RULE, { cidrIpv4: "0.0.0.0/0", cidrIpv6: "::/0" }),
            [found("0.0.0.0/0", "cidrIpv4"), found("::/0", "cidrIpv6")],
        ],
        [
            "accepts a SecurityGroupEgressRule",
            resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { cidrIpv4: "0.0.0.0/0" }),
            [],
        ],
        [
            "checks known values among unknown values",
            resource(GROUP, {
                ingress: [UNKNOWN, { cidrBlocks: [UNKNOWN, "0.0.0.0/0"], securityGroups: UNKNOWN }],
            }),
            [found("0.0.0.0/0", "ingress[1].cidrBlocks")],
        ],
        ["ignores unknown values", resource(GROUP, { ingress: UNKNOWN }), []],
    ]);
});
