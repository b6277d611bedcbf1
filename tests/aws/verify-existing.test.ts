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

/** Existing resources for a stack: another stack created them, so they fit and are not this stack's. */
function networkOf({ outputs: { vpcId, subnetIds } }: Deployed, existing: ResolvedArgs = {}) {
    return { network: { existing: { vpcId, subnetIds, emrSecurityGroups: "use", ...existing } } };
}

function everythingOf(theirs: Deployed, existing?: ResolvedArgs): ResolvedArgs {
    const { outputs } = theirs;
    return {
        emrEtlRunner,
        ...networkOf(theirs, existing),
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
    readonly settings: (theirs: Deployed) => ResolvedArgs;
    readonly plant: (theirs: Deployed) => Promise<unknown>;
    readonly findings: (theirs: Deployed) => readonly Finding[];
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
        title: "nodes of the user's network with other names than their certificate's",
        settings: (theirs) => ({ emrEtlRunner, ...networkOf(theirs) }),
        plant: rename,
        findings: (theirs) => [["failed", named(theirs), "corp.example"]],
    },
    {
        title: "nodes whose names an archive of the user's may carry",
        settings: (theirs) => everythingOf(theirs),
        plant: rename,
        findings: (theirs) => [["warning", named(theirs), "corp.example"]],
    },
    {
        title: "a key of the user's that does not rotate",
        settings: (theirs) => everythingOf(theirs),
        plant: ({ stack, outputs }) =>
            stack.aws.kms.send(new DisableKeyRotationCommand({ KeyId: outputs.kmsKeyArn.split("/")[1] })),
        findings: ({ outputs }) => [["warning", `key ${outputs.kmsKeyArn}: rotation`, "off"]],
    },
    {
        title: "a role of the user's that EMR may not take",
        settings: (theirs) => everythingOf(theirs),
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
        title: "a profile of the user's without its role",
        settings: (theirs) => everythingOf(theirs),
        plant: ({ stack, outputs: { jobflowRole: name } }) =>
            stack.aws.iam.send(
                new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }),
            ),
        findings: ({ outputs }) => [["failed", `instance profile ${outputs.jobflowRole}: role`, "none"]],
    },
    {
        title: "no policy missing from a role of the user's, and no tag that the user's role may not need",
        settings: (theirs) => everythingOf(theirs),
        plant: async ({ stack, outputs: { vpcId, serviceRole } }) => {
            const { iam, ec2 } = stack.aws;
            await iam.send(new DetachRolePolicyCommand({ RoleName: serviceRole, PolicyArn: EMR_POLICY }));
            await ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: [{ Key: EMR_TAG }] }));
        },
        findings: () => [],
    },
    {
        title: "a tag missing that the stack's service role needs",
        settings: (theirs) => ({ emrEtlRunner, ...networkOf(theirs) }),
        plant: (theirs) =>
            theirs.stack.aws.ec2.send(
                new DeleteTagsCommand({ Resources: [groupOf(theirs)], Tags: [{ Key: EMR_TAG }] }),
            ),
        findings: (theirs) => [
            [
                "failed",
                `security group ${groupOf(theirs)} (ElasticMapReduce-Master-Private): tags`,
                `no ${EMR_TAG}`,
            ],
        ],
    },
    {
        title: "a group of EMR's in the user's network that the internet may reach, and none of the user's",
        settings: (theirs) => ({ emrEtlRunner, ...networkOf(theirs) }),
        plant: async (theirs) => {
            const others = theirs.stack.id(
                "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                "emr-network-default-security-group",
            );
            for (const GroupId of [groupOf(theirs), others]) {
                await theirs.stack.aws.ec2.send(
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
        findings: (theirs) => [
            [
                "failed",
                `security group ${groupOf(theirs)} (ElasticMapReduce-Master-Private): open to the internet`,
                "in: tcp 22 from 0.0.0.0/0",
            ],
        ],
    },
];

describe("verify beside what is the user's own, in moto", function () {
    this.slow(10_000);
    const tls = new TlsProvider(REGION);

    before(reset);

    const theirsToBe = (settings?: ResolvedArgs) => deployed(settings, { stack: "theirs", tls });
    const beside = (settings: ResolvedArgs) => deployed(settings, { tls });

    for (const internetAccess of ["nat", "public"]) {
        it(`finds nothing wrong with a sound stack in a network of theirs: ${internetAccess}`, async () => {
            const network = { internetAccess };
            const theirs = await theirsToBe({ emrEtlRunner, network });
            const existing = networkOf(theirs).network;
            const own = await beside({ emrEtlRunner, network: { ...existing, internetAccess } });
            expect(own.outputs.forCommands).to.include({ ownsNetwork: false, ownsSecurityGroups: false });
            expect(own.outputs.vpcId).to.equal(theirs.outputs.vpcId);
            expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
        });
    }

    it("finds nothing wrong with a sound stack with nothing of its own", async () => {
        const theirs = await theirsToBe();
        const own = await beside(everythingOf(theirs));
        const { ownsKey, rolePolicies } = own.outputs.forCommands;
        expect({ ownsKey, rolePolicies }).to.deep.equal({ ownsKey: false, rolePolicies: {} });
        expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
    });

    it("accepts the names that config.yml has nodes accept", async () => {
        const theirs = await theirsToBe();
        await rename(theirs);
        const own = await beside({ emrEtlRunner, ...networkOf(theirs, { allowHostnameMismatch: true }) });
        expect(own.outputs.emrEtlRunnerConfig).to.include("ALLOW_ALL");
        expect(findingsOf(await clusterChecks(own))).to.deep.equal([]);
    });

    for (const { title, settings, plant, findings } of DEFECTS) {
        it(`finds ${title}`, async () => {
            const theirs = await theirsToBe();
            const own = await beside(settings(theirs));
            await plant(theirs);
            expect(findingsOf(await clusterChecks(own))).to.deep.equal(findings(theirs));
        });
    }
});
