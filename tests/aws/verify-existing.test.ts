import {
    AssociateDhcpOptionsCommand,
    AuthorizeSecurityGroupIngressCommand,
    CreateDhcpOptionsCommand,
    DeleteTagsCommand,
} from "@aws-sdk/client-ec2";
import {
    DetachRolePolicyCommand,
    RemoveRoleFromInstanceProfileCommand,
    UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DisableKeyRotationCommand } from "@aws-sdk/client-kms";
import { expect } from "chai";
import { type Finding, findings as findingsOf } from "../commands/verify/context";
import { REGION } from "../support/run";
import { TlsProvider } from "../support/tls-provider";
import { clusterChecks, type Deployed, deployed } from "./cluster-checks";
import { reset } from "./moto";

const EMR_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
const EMR_TAG = "for-use-with-amazon-emr-managed-policies";

type ResolvedArgs = Readonly<Record<string, unknown>>;

/** With CloudFront's format, EmrEtlRunner adds no core-site of its own. */
const emrEtlRunner = { collectors: { format: "cloudfront" } };

/** The existing network of a stack: that of another stack, the owner. */
function networkOf({ outputs: { vpcId, subnetIds } }: Deployed, existing: ResolvedArgs = {}) {
    return { network: { existing: { vpcId, subnetIds, emrSecurityGroups: "use", ...existing } } };
}

function everythingOf(owner: Deployed, existing?: ResolvedArgs): ResolvedArgs {
    const { outputs } = owner;
    return {
        emrEtlRunner,
        ...networkOf(owner, existing),
        encryption: { kmsKeyArn: outputs.kmsKeyArn },
        certificates: { archive: outputs.forCommands.certificateArchive },
        access: {
            serviceRole: { existing: outputs.serviceRole },
            jobflowRole: { existing: outputs.jobflowRole },
        },
    };
}

interface Defect {
    readonly title: string;
    readonly config: (owner: Deployed) => ResolvedArgs;
    readonly plant: (owner: Deployed) => Promise<unknown>;
    readonly findings: (owner: Deployed) => readonly Finding[];
}

const groupOf = ({ stack }: Deployed) =>
    stack.id("aws:ec2/securityGroup:SecurityGroup", "emr-network-security-groups-master");

async function rename({ stack, outputs }: Deployed): Promise<void> {
    const { DhcpOptions } = await stack.aws.ec2.send(
        new CreateDhcpOptionsCommand({
            DhcpConfigurations: [{ Key: "domain-name", Values: ["corp.example"] }],
        }),
    );
    await stack.aws.ec2.send(
        new AssociateDhcpOptionsCommand({ VpcId: outputs.vpcId, DhcpOptionsId: DhcpOptions?.DhcpOptionsId }),
    );
}

const named = ({ outputs }: Deployed) => `VPC ${outputs.vpcId}: domain name in its DHCP options`;

const DEFECTS: readonly Defect[] = [
    {
        title: "nodes of an existing network whose host names are not the certificate's",
        config: (owner) => ({ emrEtlRunner, ...networkOf(owner) }),
        plant: rename,
        findings: (owner) => [["failed", named(owner), "corp.example"]],
    },
    {
        title: "nodes whose host names an existing archive may carry",
        config: (owner) => everythingOf(owner),
        plant: rename,
        findings: (owner) => [["warning", named(owner), "corp.example"]],
    },
    {
        title: "an existing key that does not rotate",
        config: (owner) => everythingOf(owner),
        plant: ({ stack, outputs }) =>
            stack.aws.kms.send(new DisableKeyRotationCommand({ KeyId: outputs.kmsKeyArn.split("/")[1] })),
        findings: ({ outputs }) => [["warning", `key ${outputs.kmsKeyArn}: rotation`, "off"]],
    },
    {
        title: "an existing role that EMR may not assume",
        config: (owner) => everythingOf(owner),
        plant: ({ stack, outputs }) =>
            stack.aws.iam.send(
                new UpdateAssumeRolePolicyCommand({
                    RoleName: outputs.serviceRole,
                    PolicyDocument: JSON.stringify({
                        Version: "2012-10-17",
                        Statement: [
                            {
                                Effect: "Allow",
                                Principal: { Service: "ec2.amazonaws.com" },
                                Action: "sts:AssumeRole",
                            },
                        ],
                    }),
                }),
            ),
        findings: ({ outputs }) => [
            [
                "failed",
                `role ${outputs.serviceRole}: trust policy`,
                "elasticmapreduce.amazonaws.com is not named",
            ],
        ],
    },
    {
        title: "an existing instance profile without its role",
        config: (owner) => everythingOf(owner),
        plant: ({ stack, outputs: { jobflowRole: name } }) =>
            stack.aws.iam.send(
                new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }),
            ),
        findings: ({ outputs }) => [["failed", `instance profile ${outputs.jobflowRole}: role`, "none"]],
    },
    {
        title: "no missing policy of an existing role, and no missing tag",
        config: (owner) => everythingOf(owner),
        plant: async ({ stack, outputs: { vpcId, serviceRole } }) => {
            const { iam, ec2 } = stack.aws;
            await iam.send(new DetachRolePolicyCommand({ RoleName: serviceRole, PolicyArn: EMR_POLICY }));
            await ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: [{ Key: EMR_TAG }] }));
        },
        findings: () => [],
    },
    {
        title: "a missing tag that the stack's service role needs",
        config: (owner) => ({ emrEtlRunner, ...networkOf(owner) }),
        plant: (owner) =>
            owner.stack.aws.ec2.send(
                new DeleteTagsCommand({ Resources: [groupOf(owner)], Tags: [{ Key: EMR_TAG }] }),
            ),
        findings: (owner) => [
            [
                "failed",
                `security group ${groupOf(owner)} (ElasticMapReduce-Master-Private): tags`,
                `no ${EMR_TAG}`,
            ],
        ],
    },
    {
        title: "only EMR's groups in an existing network that the internet may reach",
        config: (owner) => ({ emrEtlRunner, ...networkOf(owner) }),
        plant: async (owner) => {
            const others = owner.stack.id(
                "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                "emr-network-default-security-group",
            );
            for (const GroupId of [groupOf(owner), others]) {
                await owner.stack.aws.ec2.send(
                    new AuthorizeSecurityGroupIngressCommand({
                        GroupId,
                        IpPermissions: [
                            {
                                IpProtocol: "tcp",
                                FromPort: 22,
                                ToPort: 22,
                                IpRanges: [{ CidrIp: "0.0.0.0/0" }],
                            },
                        ],
                    }),
                );
            }
        },
        findings: (owner) => [
            [
                "failed",
                `security group ${groupOf(owner)} (ElasticMapReduce-Master-Private): open to the internet`,
                "in: tcp 22 from 0.0.0.0/0",
            ],
        ],
    },
];

describe("verify of existing resources in moto", function () {
    this.slow(10_000);
    const tls = new TlsProvider(REGION);

    before(reset);

    const deployOwner = (config?: ResolvedArgs) => deployed(config, { stack: "owner", tls });
    const deployWith = (config: ResolvedArgs) => deployed(config, { tls });

    for (const internetAccess of ["nat", "public"]) {
        it(`passes a stack in an existing network: ${internetAccess}`, async () => {
            const network = { internetAccess };
            const owner = await deployOwner({ emrEtlRunner, network });
            const existing = networkOf(owner).network;
            const own = await deployWith({ emrEtlRunner, network: { ...existing, internetAccess } });
            expect(own.outputs.forCommands).to.include({ ownsNetwork: false, ownsSecurityGroups: false });
            expect(own.outputs.vpcId).to.equal(owner.outputs.vpcId);
            expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
        });
    }

    it("passes a stack in which every resource exists already", async () => {
        const owner = await deployOwner();
        const own = await deployWith(everythingOf(owner));
        const { ownsKey, rolePolicies } = own.outputs.forCommands;
        expect({ ownsKey, rolePolicies }).to.deep.equal({ ownsKey: false, rolePolicies: {} });
        expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
    });

    it("accepts host names that config.yml makes nodes accept", async () => {
        const owner = await deployOwner();
        await rename(owner);
        const own = await deployWith({ emrEtlRunner, ...networkOf(owner, { allowHostnameMismatch: true }) });
        expect(own.outputs.emrEtlRunnerConfig).to.include("ALLOW_ALL");
        expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
    });

    for (const { title, config, plant, findings } of DEFECTS) {
        it(`finds ${title}`, async () => {
            const owner = await deployOwner();
            const own = await deployWith(config(owner));
            await plant(owner);
            expect(findingsOf(await clusterChecks(own))).to.deep.equal(findings(owner));
        });
    }
});
