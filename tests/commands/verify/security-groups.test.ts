import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { worldOpen } from "../../../commands/verify/ec2-rules";
import { securityGroupChecks } from "../../../commands/verify/security-groups";
import { refusal } from "../../support/fake-aws";
import { contextOf, findings, outputsOf } from "./context";

const VPC = "vpc-placeholder";
const REFRESH = "npx pulumi up --refresh --stack dev";
const TAG = "for-use-with-amazon-emr-managed-policies";
const EMRS = { Key: TAG, Value: "true" };
const STACKS = { Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/dev" };
const NODES = {
    "sg-1": "ElasticMapReduce-Master-Private",
    "sg-2": "ElasticMapReduce-Slave-Private",
    "sg-3": "ElasticMapReduce-Primary-Private",
    "sg-4": "ElasticMapReduce-Core-Private",
};
const EVERYWHERE: IpPermission[] = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

const tcp = (port: number, ...GroupIds: readonly string[]): IpPermission[] => [
    {
        IpProtocol: "tcp",
        FromPort: port,
        ToPort: port,
        UserIdGroupPairs: GroupIds.map((GroupId) => ({ GroupId })),
    },
];

/** The rules that EMR adds when a cluster starts. */
const AMONG_NODES: IpPermission[] = [
    { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, UserIdGroupPairs: [{ GroupId: "sg-1" }] },
    { IpProtocol: "icmp", FromPort: -1, ToPort: -1, UserIdGroupPairs: [{ GroupId: "sg-2" }] },
];

const GROUPS: readonly SecurityGroup[] = [
    ...Object.entries(NODES).map(([GroupId, GroupName]) => ({
        GroupId,
        GroupName,
        Tags: [EMRS, STACKS],
        IpPermissions: AMONG_NODES,
        IpPermissionsEgress: EVERYWHERE,
    })),
    {
        GroupId: "sg-5",
        GroupName: "ElasticMapReduce-ServiceAccess",
        Tags: [STACKS, EMRS],
        // EC2 returns a port once with all of its sources, in its own order.
        IpPermissions: tcp(9443, "sg-4", "sg-3", "sg-2", "sg-1"),
        IpPermissionsEgress: [...tcp(8443, "sg-3", "sg-1"), ...tcp(8443, "sg-2", "sg-4")],
    },
    { GroupId: "sg-6", GroupName: "default", IpPermissions: [], IpPermissionsEgress: [] },
];
const RULES = "in: tcp 9443 from sg-1, sg-2, sg-3, sg-4, out: tcp 8443 to sg-1, sg-2, sg-3, sg-4";

describe("verify, security groups:", () => {
    let outputs: StackOutputs;

    before(async () => {
        outputs = await outputsOf();
    });

    const check = (groups: readonly SecurityGroup[] = GROUPS, own: StackOutputs = outputs) =>
        securityGroupChecks(
            contextOf(own, {
                // One page for each.
                DescribeSecurityGroups: ({ NextToken = "0" }) => {
                    const next = Number(NextToken) + 1;
                    return {
                        SecurityGroups: groups.slice(Number(NextToken), next),
                        ...(next < groups.length && { NextToken: String(next) }),
                    };
                },
            }),
        );
    const wrong = async (groups: readonly SecurityGroup[], own?: StackOutputs) =>
        (await check(groups, own)).filter(({ status }) => status !== "ok");
    const change = (id: string, others: Partial<SecurityGroup>) =>
        GROUPS.map((group) => (group.GroupId === id ? { ...group, ...others } : group));
    const without = (id: string) => GROUPS.filter(({ GroupId }) => GroupId !== id);
    const their = (forCommands: Partial<StackOutputs["forCommands"]> = {}): StackOutputs => ({
        ...outputs,
        forCommands: {
            ...outputs.forCommands,
            ownsNetwork: false,
            ownsSecurityGroups: false,
            ...forCommands,
        },
    });
    /** Open to half of the internet by IPv4, to all of it by IPv6, and to a private range. */
    const OPEN: IpPermission[] = [
        {
            IpProtocol: "tcp",
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "128.0.0.0/1" }],
            PrefixListIds: [{ PrefixListId: "pl-1" }],
        },
        { IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }, { CidrIpv6: "fc00::/7" }] },
    ];
    const openLine = (id: string, name: string) => ({
        status: "failed",
        on: `security group ${id} (${name}): open to the internet`,
        expected: "no",
        found: "in: everything from ::/0; tcp 22 from 128.0.0.0/1",
        remedy: `aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id ${id} --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"128.0.0.0/1"}]},{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]'`,
    });

    it("reports a rule for IPv4 and IPv6 once", () => {
        const both = {
            IpProtocol: "-1",
            IpRanges: [{ CidrIp: "0.0.0.0/0" }],
            Ipv6Ranges: [{ CidrIpv6: "::/0" }],
        };
        expect(worldOpen(both)).to.deep.equal(both);
        expect(worldOpen({ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/8" }] })).to.equal(undefined);
    });

    it("passes groups as the stack created them, with EMR's own rules", async () => {
        const line = (on: string, found: string) => ({ status: "ok", on, expected: found, found });
        const nodes = Object.entries(NODES).map(([id, name]) => `security group ${id} (${name})`);
        const service = "security group sg-5 (ElasticMapReduce-ServiceAccess)";
        expect(await check()).to.deep.equal([
            ...[...Object.values(NODES), "ElasticMapReduce-ServiceAccess"].map((name) =>
                line(`security group ${name} in ${VPC}`, "the stack's"),
            ),
            line(`VPC ${VPC}: security groups that EMR made`, "none"),
            ...[...nodes, service].map((group) => line(`${group}: tags`, `${TAG}: true`)),
            ...nodes.map((group) => line(`${group}: open to the internet`, "no")),
            line(`${service}: rules`, RULES),
            line("security group sg-6 (default): rules", "in: nothing, out: nothing"),
            ...nodes.map((group) => line(`${group}: egress`, "out: everything to 0.0.0.0/0")),
        ]);
    });

    it("fails for every group of the stack's VPC that allows the internet in", async () => {
        const another = { GroupId: "sg-9", GroupName: "bastion", IpPermissions: OPEN };
        expect(await wrong([...change("sg-1", { IpPermissions: OPEN }), another])).to.deep.equal([
            openLine("sg-1", NODES["sg-1"]),
            openLine("sg-9", "bastion"),
        ]);
    });

    it("checks only EMR's groups in an existing VPC", async () => {
        const another = { GroupId: "sg-9", GroupName: "bastion", IpPermissions: OPEN };
        const groups = [...change("sg-5", { IpPermissions: OPEN, IpPermissionsEgress: [] }), another].map(
            (group) => (group.GroupId === "sg-6" ? { ...group, IpPermissions: OPEN } : group),
        );
        expect(await wrong(groups, their())).to.deep.equal([
            openLine("sg-5", "ElasticMapReduce-ServiceAccess"),
        ]);
        const untagged = change("sg-1", { Tags: [] });
        expect(findings(await check(untagged, their()))).to.deep.equal([
            ["failed", `security group sg-1 (${NODES["sg-1"]}): tags`, `no ${TAG}`],
        ]);
        expect(findings(await check(untagged, their({ rolePolicies: {} })))).to.deep.equal([]);
        expect(findings(await check([], their()))).to.deep.equal([]);
    });

    it("checks groups that the stack created in an existing VPC", async () => {
        const own = their({ ownsSecurityGroups: true });
        expect(findings(await check(GROUPS, own))).to.deep.equal([]);
        const reported = findings(
            await check(
                [
                    ...without("sg-5"),
                    { GroupId: "sg-5", GroupName: "ElasticMapReduce-ServiceAccess", Tags: [EMRS, STACKS] },
                ],
                own,
            ),
        );
        expect(reported).to.deep.equal([
            [
                "failed",
                "security group sg-5 (ElasticMapReduce-ServiceAccess): rules",
                "in: nothing, out: nothing",
            ],
        ]);
    });

    it("fails for missing groups, and for groups that EMR may have created", async () => {
        const on = `security group ${NODES["sg-4"]} in ${VPC}`;
        const line = { status: "failed", on, expected: "the stack's" };
        const withoutIt = without("sg-4").map((group) =>
            group.GroupId === "sg-5"
                ? {
                      ...group,
                      IpPermissions: tcp(9443, "sg-1", "sg-2", "sg-3"),
                      IpPermissionsEgress: tcp(8443, "sg-1", "sg-2", "sg-3"),
                  }
                : group,
        );
        expect(await wrong(withoutIt)).to.deep.equal([{ ...line, found: "no such group", remedy: REFRESH }]);
        expect(await wrong(change("sg-4", { Tags: [EMRS] }))).to.deep.equal([
            {
                ...line,
                found: "sg-4, which does not carry the stack's tag",
                remedy: `${REFRESH}; if EMR made the group, before that: npm run -s teardown -- --yes`,
            },
        ]);
    });

    it("warns about groups that EMR created, which block the deletion of the VPC", async () => {
        const left = { GroupId: "sg-9", GroupName: "ElasticMapReduce-master" };
        expect(await wrong([...GROUPS, left])).to.deep.equal([
            {
                status: "warning",
                on: `VPC ${VPC}: security groups that EMR made`,
                expected: "none",
                found: "sg-9 (ElasticMapReduce-master)",
                remedy: "when no cluster of this stack runs: npm run -s teardown -- --yes",
            },
        ]);
        // The stack created them before network.internetAccess changed.
        expect(await wrong([...GROUPS, { ...left, Tags: [STACKS] }])).to.deep.equal([]);
    });

    it("fails for changed rules", async () => {
        const reported = async (id: string, others: Partial<SecurityGroup>) =>
            findings(await check(change(id, others)));
        expect(await reported("sg-2", { IpPermissionsEgress: undefined })).to.deep.equal([
            ["failed", `security group sg-2 (${NODES["sg-2"]}): egress`, "out: nothing"],
        ]);
        expect(await reported("sg-5", { IpPermissions: tcp(9444, "sg-1") })).to.deep.equal([
            [
                "failed",
                "security group sg-5 (ElasticMapReduce-ServiceAccess): rules",
                RULES.replace("tcp 9443 from sg-1, sg-2, sg-3, sg-4", "tcp 9444 from sg-1"),
            ],
        ]);
        const listed = [
            { IpProtocol: "udp", FromPort: 1, ToPort: 9, PrefixListIds: [{ PrefixListId: "pl-1" }] },
        ];
        expect(await reported("sg-6", { IpPermissions: listed })).to.deep.equal([
            ["failed", "security group sg-6 (default): rules", "in: udp 1-9 from pl-1, out: nothing"],
        ]);
    });

    it("names the missing permission", async () => {
        const checks = await securityGroupChecks(
            contextOf(outputs, {
                DescribeSecurityGroups: () => {
                    throw refusal("UnauthorizedOperation");
                },
            }),
        );
        expect(checks).to.deep.equal([
            {
                status: "failed",
                on: `security groups of ${VPC}`,
                expected: "as the stack made them",
                found: `no answer: ec2:DescribeSecurityGroups on ${VPC}: UnauthorizedOperation. These credentials need ec2:DescribeSecurityGroups on it.`,
                remedy: "run this with credentials that have ec2:DescribeSecurityGroups",
            },
        ]);
    });
});
