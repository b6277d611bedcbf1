import { noWorldOpenIngress } from "../../rules/ingress";
import { UNKNOWN } from "../../rules/resource";
import { judges, resource } from "../support/judge";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const found = (range: string, place: string) =>
    `found ${range} in ${place}: let in security groups, or the ranges of networks that you know`;

describe("ec2-no-world-open-ingress", () => {
    judges(noWorldOpenIngress, [
        [
            "takes groups and ranges of a network's size",
            resource(GROUP, {
                ingress: [
                    { cidrBlocks: ["10.0.0.0/8", "203.0.113.7/32"], ipv6CidrBlocks: ["fc00::/7"] },
                    { securityGroups: ["sg-1"] },
                ],
                egress: [{ cidrBlocks: ["0.0.0.0/0"] }],
            }),
            [],
        ],
        ["takes a group without rules", resource(GROUP), []],
        [
            "refuses the world, by each of its two protocols",
            resource(GROUP, {
                ingress: [
                    { cidrBlocks: ["10.0.0.0/8"] },
                    { cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] },
                ],
            }),
            [found("0.0.0.0/0", "ingress[1].cidrBlocks"), found("::/0", "ingress[1].ipv6CidrBlocks")],
        ],
        [
            "refuses the world by halves",
            resource(GROUP, { ingress: [{ cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] }),
            [found("0.0.0.0/1", "ingress[0].cidrBlocks"), found("128.0.0.0/1", "ingress[0].cidrBlocks")],
        ],
        [
            "refuses all of IPv6 that is given out",
            resource(GROUP, { ingress: [{ ipv6CidrBlocks: ["2000::/3"] }] }),
            [found("2000::/3", "ingress[0].ipv6CidrBlocks")],
        ],
        [
            "refuses it in a VPC's default group",
            resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {
                ingress: [{ cidrBlocks: ["0.0.0.0/0"] }],
            }),
            [found("0.0.0.0/0", "ingress[0].cidrBlocks")],
        ],
        [
            "refuses it in a rule of its own",
            resource(RULE, { type: "ingress", cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }),
            [found("0.0.0.0/0", "cidrBlocks"), found("::/0", "ipv6CidrBlocks")],
        ],
        [
            "takes egress in a rule of its own",
            resource(RULE, { type: "egress", cidrBlocks: ["0.0.0.0/0"] }),
            [],
        ],
        [
            "refuses it in a rule of the newer kind",
            resource(INGRESS_RULE, { cidrIpv4: "0.0.0.0/0", cidrIpv6: "::/0" }),
            [found("0.0.0.0/0", "cidrIpv4"), found("::/0", "cidrIpv6")],
        ],
        [
            "takes egress in a rule of the newer kind",
            resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { cidrIpv4: "0.0.0.0/0" }),
            [],
        ],
        [
            "judges what is known beside what is not",
            resource(GROUP, {
                ingress: [UNKNOWN, { cidrBlocks: [UNKNOWN, "0.0.0.0/0"], securityGroups: UNKNOWN }],
            }),
            [found("0.0.0.0/0", "ingress[1].cidrBlocks")],
        ],
        ["says nothing of what is not known yet", resource(GROUP, { ingress: UNKNOWN }), []],
    ]);
});
