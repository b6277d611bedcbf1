import {
    AssociateDhcpOptionsCommand,
    AuthorizeSecurityGroupEgressCommand,
    AuthorizeSecurityGroupIngressCommand,
    CreateDhcpOptionsCommand,
    CreateSecurityGroupCommand,
    DeleteNatGatewayCommand,
    DeleteRouteCommand,
    DeleteSecurityGroupCommand,
    DeleteSubnetCommand,
    DeleteTagsCommand,
    DeleteVpcEndpointsCommand,
    DescribeSecurityGroupsCommand,
    DisassociateRouteTableCommand,
    type IpPermission,
    ModifySubnetAttributeCommand,
    ModifyVpcAttributeCommand,
    ModifyVpcEndpointCommand,
    ReplaceRouteCommand,
    RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { CreateSecurityConfigurationCommand, DeleteSecurityConfigurationCommand } from "@aws-sdk/client-emr";
import {
    AddRoleToInstanceProfileCommand,
    AttachRolePolicyCommand,
    DeletePolicyCommand,
    DeleteRoleCommand,
    DeleteRolePolicyCommand,
    DetachRolePolicyCommand,
    ListRolePoliciesCommand,
    PutRolePolicyCommand,
    RemoveRoleFromInstanceProfileCommand,
    UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
    DisableKeyCommand,
    DisableKeyRotationCommand,
    ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { DeleteScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { expect } from "chai";
import type { StackOutputs } from "../../commands/stack-outputs";
import { reencryptionRoleTrust } from "../../components/policies/reencryption";
import { type Finding, findings as findingsOf } from "../commands/verify/context";
import { MINIMAL, REGION } from "../support/run";
import { TlsProvider } from "../support/tls-provider";
import { clusterChecks, deployed } from "./cluster-checks";
import type { Deployment } from "./deploy";
import { reset } from "./moto";

interface Defect {
    readonly title: string;
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly plant: (stack: Deployment, outputs: StackOutputs) => Promise<unknown>;
    /** `planted`: the result of `plant`. */
    readonly findings: (stack: Deployment, outputs: StackOutputs, planted: unknown) => readonly Finding[];
}

const PUBLIC = { ...MINIMAL, network: { internetAccess: "public" } };
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const EMR_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
const EMR_TAG = "for-use-with-amazon-emr-managed-policies";
const ANYWHERE = "0.0.0.0/0";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms";
/** A config with every optional resource. */
const ASKED = {
    ...MINIMAL,
    storage: { reencryption: true },
    certificates: { remindTopicArn: TOPIC },
    access: { path: "/snowplow/" },
};

/** Moto accepts a key's id only, not its ARN. */
const keyId = (arn: string) => String(arn.split("/")[1]);
const subnetOf = ({ subnetIds }: StackOutputs) => String(subnetIds[0]);
const routesOf = (stack: Deployment) => stack.id("aws:ec2/routeTable:RouteTable", "emr-network-nodes-routes");
const groupOf = (stack: Deployment, name: string) =>
    stack.id("aws:ec2/securityGroup:SecurityGroup", `emr-network-security-groups-${name}`);
const defaultGroupOf = (stack: Deployment) =>
    stack.id("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "emr-network-default-security-group");
const tcp = (port: number, peers: Omit<IpPermission, "IpProtocol">): IpPermission[] => [
    { IpProtocol: "tcp", FromPort: port, ToPort: port, ...peers },
];

/** EMR cannot change a security configuration: another of the same name replaces it. */
async function rewrite(
    { aws: { emr } }: Deployment,
    outputs: StackOutputs,
    change: (text: string) => string,
) {
    const Name = String(outputs.securityConfigurationName);
    await emr.send(new DeleteSecurityConfigurationCommand({ Name }));
    const SecurityConfiguration = change(String(outputs.securityConfiguration));
    await emr.send(new CreateSecurityConfigurationCommand({ Name, SecurityConfiguration }));
}

/** The name of the stack's inline policy, which Pulumi generates. */
async function inlinePolicy({ aws: { iam } }: Deployment, RoleName: string): Promise<string> {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    return String(PolicyNames[0]);
}

/** Associates DHCP options with the VPC. */
async function rename({ aws: { ec2 } }: Deployment, { vpcId }: StackOutputs, ...names: readonly string[]) {
    const { DhcpOptions } = await ec2.send(
        new CreateDhcpOptionsCommand({
            DhcpConfigurations: [
                { Key: "domain-name-servers", Values: ["AmazonProvidedDNS"] },
                ...names.map((name) => ({ Key: "domain-name", Values: [name] })),
            ],
        }),
    );
    await ec2.send(
        new AssociateDhcpOptionsCommand({ VpcId: vpcId, DhcpOptionsId: DhcpOptions?.DhcpOptionsId }),
    );
}

const DEFECTS: readonly Defect[] = [
    {
        title: "a deleted security configuration",
        plant: ({ aws: { emr } }, { securityConfigurationName }) =>
            emr.send(new DeleteSecurityConfigurationCommand({ Name: String(securityConfigurationName) })),
        findings: (_, { securityConfigurationName }) => [
            [
                "failed",
                `security configuration ${securityConfigurationName}`,
                "no such security configuration",
            ],
        ],
    },
    {
        title: "a security configuration without encryption of local disks",
        plant: (stack, outputs) =>
            rewrite(stack, outputs, (text) =>
                text.replace('"EnableEbsEncryption":true', '"EnableEbsEncryption":false'),
            ),
        findings: (_, { securityConfigurationName }) => [
            [
                "failed",
                `security configuration ${securityConfigurationName}: EncryptionConfiguration.AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration.EnableEbsEncryption`,
                "false",
            ],
        ],
    },
    {
        title: "a security configuration with additional and missing fields",
        plant: (stack, outputs) =>
            rewrite(stack, outputs, (text) => {
                const { EncryptionConfiguration } = JSON.parse(text);
                const { InTransitEncryptionConfiguration, ...others } = EncryptionConfiguration;
                return JSON.stringify({
                    EncryptionConfiguration: { ...others, EnableInTransitEncryption: false },
                    AuthenticationConfiguration: { KerberosConfiguration: {} },
                    AuthorizationConfiguration: {
                        IAMConfiguration: { EnableApplicationScopedIAMRole: true },
                    },
                });
            }),
        findings: (_, { securityConfigurationName }) =>
            [
                ["EncryptionConfiguration.EnableInTransitEncryption", "false"],
                [
                    "EncryptionConfiguration.InTransitEncryptionConfiguration.TLSCertificateConfiguration.CertificateProviderType",
                    "no such field",
                ],
                [
                    "EncryptionConfiguration.InTransitEncryptionConfiguration.TLSCertificateConfiguration.S3Object",
                    "no such field",
                ],
                ["AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole", "true"],
            ].map(([field, found]) => [
                "failed",
                `security configuration ${securityConfigurationName}: ${field}`,
                String(found),
            ]),
    },
    {
        title: "a key that is disabled",
        plant: ({ aws: { kms } }, { kmsKeyArn }) =>
            kms.send(new DisableKeyCommand({ KeyId: keyId(kmsKeyArn) })),
        findings: (_, { kmsKeyArn }) => [["failed", `key ${kmsKeyArn}: state`, "Disabled"]],
    },
    {
        title: "a key that waits for its deletion",
        plant: ({ aws: { kms } }, { kmsKeyArn }) =>
            kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId(kmsKeyArn), PendingWindowInDays: 7 })),
        findings: (_, { kmsKeyArn }) => [
            [
                "failed",
                `key ${kmsKeyArn}: state`,
                `PendingDeletion, on ${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)}`,
            ],
        ],
    },
    {
        title: "a key that does not rotate",
        plant: ({ aws: { kms } }, { kmsKeyArn }) =>
            kms.send(new DisableKeyRotationCommand({ KeyId: kmsKeyArn })),
        findings: (_, { kmsKeyArn }) => [["failed", `key ${kmsKeyArn}: rotation`, "off"]],
    },
    {
        title: "a service role without its managed policy",
        plant: ({ aws: { iam } }, { serviceRole }) =>
            iam.send(new DetachRolePolicyCommand({ RoleName: serviceRole, PolicyArn: EMR_POLICY })),
        findings: (_, { serviceRole }) => [["failed", `role ${serviceRole}: managed policies`, "none"]],
    },
    {
        title: "a jobflow role with another managed policy",
        plant: ({ aws: { iam } }, { jobflowRole }) =>
            iam.send(new AttachRolePolicyCommand({ RoleName: jobflowRole, PolicyArn: ADMINISTRATOR })),
        findings: (_, { jobflowRole }) => [
            ["failed", `role ${jobflowRole}: managed policies`, ADMINISTRATOR],
        ],
    },
    {
        title: "a jobflow role with a changed inline policy",
        plant: async (stack, { jobflowRole: RoleName }) => {
            const PolicyName = await inlinePolicy(stack, RoleName);
            const PolicyDocument = JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
            });
            await stack.aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
            return PolicyName;
        },
        findings: (_, { jobflowRole }, name) => [
            ["failed", `role ${jobflowRole}: inline policies`, `${name}, which says something else`],
        ],
    },
    {
        title: "a service role without its inline policy",
        plant: async (stack, { serviceRole: RoleName }) =>
            stack.aws.iam.send(
                new DeleteRolePolicyCommand({ RoleName, PolicyName: await inlinePolicy(stack, RoleName) }),
            ),
        findings: (_, { serviceRole }) => [["failed", `role ${serviceRole}: inline policies`, "none"]],
    },
    {
        title: "a service role with another inline policy",
        plant: ({ aws: { iam } }, { serviceRole }) =>
            iam.send(
                new PutRolePolicyCommand({
                    RoleName: serviceRole,
                    PolicyName: "more",
                    PolicyDocument: JSON.stringify({
                        Version: "2012-10-17",
                        Statement: [{ Effect: "Allow", Action: "iam:*", Resource: "*" }],
                    }),
                }),
            ),
        findings: (_, { serviceRole }) => [
            [
                "failed",
                `role ${serviceRole}: inline policies`,
                "the stack's; more, which says something else",
            ],
        ],
    },
    {
        title: "a service role that other principals may assume",
        plant: ({ aws: { iam } }, { serviceRole, forCommands }) =>
            iam.send(
                new UpdateAssumeRolePolicyCommand({
                    RoleName: serviceRole,
                    PolicyDocument: JSON.stringify({
                        Version: "2012-10-17",
                        Statement: [
                            {
                                Sid: "Others",
                                Effect: "Allow",
                                Principal: { AWS: `arn:aws:iam::${forCommands.accountId}:root` },
                                Action: "sts:AssumeRole",
                            },
                        ],
                    }),
                }),
            ),
        findings: (_, { serviceRole }) => [
            [
                "failed",
                `role ${serviceRole}: trust policy`,
                "missing EmrOfThisAccountAndRegion, additional Others",
            ],
        ],
    },
    {
        title: "an instance profile with no role in it",
        plant: ({ aws: { iam } }, { jobflowRole: name }) =>
            iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name })),
        findings: (_, { jobflowRole }) => [["failed", `instance profile ${jobflowRole}: role`, "none"]],
    },
    {
        title: "an instance profile with another role in it",
        plant: async ({ aws: { iam } }, { jobflowRole: InstanceProfileName, serviceRole }) => {
            const profile = { InstanceProfileName };
            await iam.send(
                new RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName: InstanceProfileName }),
            );
            await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: serviceRole }));
        },
        findings: (_, { jobflowRole, serviceRole }) => [
            ["failed", `instance profile ${jobflowRole}: role`, serviceRole],
        ],
    },
    {
        title: "a deleted operator policy",
        plant: ({ aws: { iam } }, { operatorPolicyArn }) =>
            iam.send(new DeletePolicyCommand({ PolicyArn: operatorPolicyArn })),
        findings: (_, { operatorPolicyArn }) => [
            ["failed", `operator policy ${operatorPolicyArn}`, "no such policy"],
        ],
    },
    {
        title: "a VPC without DNS host names",
        plant: ({ aws: { ec2 } }, { vpcId }) =>
            ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: false } })),
        findings: (_, { vpcId }) => [["failed", `VPC ${vpcId}: dns-hostnames`, "off"]],
    },
    {
        title: "a VPC without DNS",
        plant: ({ aws: { ec2 } }, { vpcId }) =>
            ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsSupport: { Value: false } })),
        findings: (_, { vpcId }) => [["failed", `VPC ${vpcId}: dns-support`, "off"]],
    },
    {
        title: "nodes whose host names are not the certificate's",
        plant: (stack, outputs) => rename(stack, outputs, "corp.example eu-central-1.compute.internal"),
        findings: (_, { vpcId }) => [
            [
                "failed",
                `VPC ${vpcId}: domain name in its DHCP options`,
                "corp.example eu-central-1.compute.internal",
            ],
        ],
    },
    {
        title: "nodes without a domain name",
        plant: (stack, outputs) => rename(stack, outputs),
        findings: (_, { vpcId }) => [["failed", `VPC ${vpcId}: domain name in its DHCP options`, "none"]],
    },
    {
        title: "nodes without host names",
        plant: ({ aws: { ec2 } }, { vpcId }) =>
            ec2.send(new AssociateDhcpOptionsCommand({ VpcId: vpcId, DhcpOptionsId: "default" })),
        findings: (_, { vpcId }) => [
            [
                "failed",
                `VPC ${vpcId}: domain name in its DHCP options`,
                "no DHCP options, so that nodes have no names",
            ],
        ],
    },
    {
        title: "a VPC that EMR may not use",
        plant: ({ aws: { ec2 } }, { vpcId }) =>
            ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: [{ Key: EMR_TAG }] })),
        findings: (_, { vpcId }) => [["failed", `VPC ${vpcId}: tags`, `no ${EMR_TAG}`]],
    },
    {
        title: "a subnet that EMR may not use",
        plant: ({ aws: { ec2 } }, outputs) =>
            ec2.send(new DeleteTagsCommand({ Resources: [subnetOf(outputs)], Tags: [{ Key: EMR_TAG }] })),
        findings: (_, outputs) => [["failed", `subnet ${subnetOf(outputs)}: tags`, `no ${EMR_TAG}`]],
    },
    {
        title: "a deleted subnet",
        plant: ({ aws: { ec2 } }, outputs) =>
            ec2.send(new DeleteSubnetCommand({ SubnetId: subnetOf(outputs) })),
        findings: (_, outputs) => [["failed", `subnet ${subnetOf(outputs)}`, "no such subnet"]],
    },
    {
        title: "a subnet without a default route",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DeleteRouteCommand({ RouteTableId: routesOf(stack), DestinationCidrBlock: ANYWHERE }),
            ),
        findings: (_, outputs) => [
            ["failed", `subnet ${subnetOf(outputs)}: route for ${ANYWHERE}`, "none, nor so to S3"],
        ],
    },
    {
        title: "a private subnet that is public",
        plant: (stack) =>
            stack.aws.ec2.send(
                new ReplaceRouteCommand({
                    RouteTableId: routesOf(stack),
                    DestinationCidrBlock: ANYWHERE,
                    GatewayId: stack.id(
                        "aws:ec2/internetGateway:InternetGateway",
                        "emr-network-internet-gateway",
                    ),
                }),
            ),
        findings: (stack, outputs) => [
            [
                "failed",
                `subnet ${subnetOf(outputs)}: route for ${ANYWHERE}`,
                `to ${stack.id("aws:ec2/internetGateway:InternetGateway", "emr-network-internet-gateway")}`,
            ],
        ],
    },
    {
        title: "a deleted NAT gateway",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DeleteNatGatewayCommand({
                    NatGatewayId: stack.id("aws:ec2/natGateway:NatGateway", "emr-network-nat"),
                }),
            ),
        findings: (stack, outputs) => [
            [
                "failed",
                `subnet ${subnetOf(outputs)}: route for ${ANYWHERE}`,
                `to ${stack.id("aws:ec2/natGateway:NatGateway", "emr-network-nat")}, which is gone`,
            ],
        ],
    },
    {
        title: "a subnet whose routes are the VPC's main ones",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DisassociateRouteTableCommand({
                    AssociationId: stack.id(
                        "aws:ec2/routeTableAssociation:RouteTableAssociation",
                        "emr-network-nodes-routes",
                    ),
                }),
            ),
        findings: (stack, outputs) => [
            ["failed", `subnet ${subnetOf(outputs)}: route for ${ANYWHERE}`, "none, nor so to S3"],
            [
                "warning",
                `VPC ${outputs.vpcId}: gateway endpoint com.amazonaws.${REGION}.s3`,
                `${stack.id("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3")}, on other routes`,
            ],
        ],
    },
    {
        title: "a VPC without an endpoint for S3",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DeleteVpcEndpointsCommand({
                    VpcEndpointIds: [stack.id("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3")],
                }),
            ),
        findings: (_, { vpcId }) => [
            ["warning", `VPC ${vpcId}: gateway endpoint com.amazonaws.${REGION}.s3`, "none"],
        ],
    },
    {
        title: "an endpoint for S3 that is not on the nodes' routes",
        plant: (stack) => {
            const VpcEndpointId = stack.id("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3");
            return stack.aws.ec2.send(
                new ModifyVpcEndpointCommand({ VpcEndpointId, RemoveRouteTableIds: [routesOf(stack)] }),
            );
        },
        findings: (stack, { vpcId }) => [
            [
                "warning",
                `VPC ${vpcId}: gateway endpoint com.amazonaws.${REGION}.s3`,
                `${stack.id("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3")}, on other routes`,
            ],
        ],
    },
    {
        title: "a public subnet without public addresses",
        settings: PUBLIC,
        plant: ({ aws: { ec2 } }, outputs) =>
            ec2.send(
                new ModifySubnetAttributeCommand({
                    SubnetId: subnetOf(outputs),
                    MapPublicIpOnLaunch: { Value: false },
                }),
            ),
        findings: (_, outputs) => [
            ["failed", `subnet ${subnetOf(outputs)}: public addresses for nodes`, "off"],
        ],
    },
    {
        title: "nodes that accept logins from the internet",
        plant: (stack) =>
            stack.aws.ec2.send(
                new AuthorizeSecurityGroupIngressCommand({
                    GroupId: groupOf(stack, "master"),
                    IpPermissions: tcp(22, { IpRanges: [{ CidrIp: ANYWHERE }, { CidrIp: "10.0.0.0/8" }] }),
                }),
            ),
        findings: (stack) => [
            [
                "failed",
                `security group ${groupOf(stack, "master")} (ElasticMapReduce-Master-Private): open to the internet`,
                `in: tcp 22 from ${ANYWHERE}`,
            ],
        ],
    },
    {
        title: "nodes that the internet may reach by IPv6",
        plant: (stack) =>
            stack.aws.ec2.send(
                new AuthorizeSecurityGroupIngressCommand({
                    GroupId: groupOf(stack, "core"),
                    IpPermissions: tcp(8088, { Ipv6Ranges: [{ CidrIpv6: "::/0" }] }),
                }),
            ),
        findings: (stack) => [
            [
                "failed",
                `security group ${groupOf(stack, "core")} (ElasticMapReduce-Core-Private): open to the internet`,
                "in: tcp 8088 from ::/0",
            ],
        ],
    },
    {
        title: "nodes without egress",
        plant: (stack) =>
            stack.aws.ec2.send(
                new RevokeSecurityGroupEgressCommand({
                    GroupId: groupOf(stack, "slave"),
                    IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: ANYWHERE }] }],
                }),
            ),
        findings: (stack) => [
            [
                "failed",
                `security group ${groupOf(stack, "slave")} (ElasticMapReduce-Slave-Private): egress`,
                "out: nothing",
            ],
        ],
    },
    {
        title: "a group for service access that other addresses may reach",
        plant: async (stack) => {
            const GroupId = groupOf(stack, "service-access");
            const { SecurityGroups = [] } = await stack.aws.ec2.send(
                new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
            );
            await stack.aws.ec2.send(
                new RevokeSecurityGroupIngressCommand({
                    GroupId,
                    IpPermissions: SecurityGroups[0]?.IpPermissions,
                }),
            );
            await stack.aws.ec2.send(
                new AuthorizeSecurityGroupIngressCommand({
                    GroupId,
                    IpPermissions: tcp(9443, { IpRanges: [{ CidrIp: ANYWHERE }] }),
                }),
            );
        },
        findings: (stack) => [
            [
                "failed",
                `security group ${groupOf(stack, "service-access")} (ElasticMapReduce-ServiceAccess): rules`,
                `in: tcp 9443 from ${ANYWHERE}, out: tcp 8443 to ${["master", "slave", "primary", "core"]
                    .map((name) => groupOf(stack, name))
                    .sort()
                    .join(", ")}`,
            ],
        ],
    },
    {
        title: "a default group with rules",
        plant: (stack) => {
            const GroupId = defaultGroupOf(stack);
            return stack.aws.ec2.send(
                new AuthorizeSecurityGroupEgressCommand({
                    GroupId,
                    IpPermissions: tcp(443, { UserIdGroupPairs: [{ GroupId }] }),
                }),
            );
        },
        findings: (stack) => [
            [
                "failed",
                `security group ${defaultGroupOf(stack)} (default): rules`,
                `in: nothing, out: tcp 443 to ${defaultGroupOf(stack)}`,
            ],
        ],
    },
    {
        title: "a deleted group of EMR",
        settings: PUBLIC,
        plant: (stack) =>
            stack.aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupOf(stack, "primary") })),
        findings: (_, { vpcId }) => [
            ["failed", `security group ElasticMapReduce-primary in ${vpcId}`, "no such group"],
        ],
    },
    {
        title: "a group that is not known to be the stack's",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DeleteTagsCommand({
                    Resources: [groupOf(stack, "core")],
                    Tags: [{ Key: "snowplow-emr-stack" }],
                }),
            ),
        findings: (stack, { vpcId }) => [
            [
                "failed",
                `security group ElasticMapReduce-Core-Private in ${vpcId}`,
                `${groupOf(stack, "core")}, which does not carry the stack's tag`,
            ],
        ],
    },
    {
        title: "a group that EMR created and opened",
        plant: async ({ aws: { ec2 } }, { vpcId }) => {
            const { GroupId } = await ec2.send(
                new CreateSecurityGroupCommand({
                    GroupName: "ElasticMapReduce-slave",
                    Description: "Slave group for Elastic MapReduce",
                    VpcId: vpcId,
                }),
            );
            await ec2.send(
                new AuthorizeSecurityGroupIngressCommand({
                    GroupId,
                    IpPermissions: [
                        {
                            IpProtocol: "tcp",
                            FromPort: 0,
                            ToPort: 65535,
                            IpRanges: [{ CidrIp: "0.0.0.0/1" }, { CidrIp: "128.0.0.0/1" }],
                        },
                    ],
                }),
            );
            return GroupId;
        },
        findings: (_, { vpcId }, id) => [
            ["warning", `VPC ${vpcId}: security groups that EMR made`, `${id} (ElasticMapReduce-slave)`],
            [
                "failed",
                `security group ${id} (ElasticMapReduce-slave): open to the internet`,
                "in: tcp 0-65535 from 0.0.0.0/1, 128.0.0.0/1",
            ],
        ],
    },
    {
        title: "a group that EMR may not use",
        plant: (stack) =>
            stack.aws.ec2.send(
                new DeleteTagsCommand({ Resources: [groupOf(stack, "core")], Tags: [{ Key: EMR_TAG }] }),
            ),
        findings: (stack) => [
            [
                "failed",
                `security group ${groupOf(stack, "core")} (ElasticMapReduce-Core-Private): tags`,
                `no ${EMR_TAG}`,
            ],
        ],
    },
];

const reencryptionRole = ({ forCommands }: StackOutputs) =>
    String(forCommands.reencryptionRoleArn?.split("/").at(-1));
const reminder = ({ forCommands }: StackOutputs) => {
    const { reminderSchedule } = forCommands;
    if (reminderSchedule === null) {
        throw new Error("no reminder in this stack");
    }
    return reminderSchedule;
};

/** Defects of the optional resources. */
const DEFECTS_OF_ASKED: readonly Defect[] = [
    {
        title: "a re-encryption role with further permissions and principals",
        plant: async ({ aws: { iam } }, outputs) => {
            const RoleName = reencryptionRole(outputs);
            await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR }));
            await iam.send(
                new UpdateAssumeRolePolicyCommand({
                    RoleName,
                    PolicyDocument: JSON.stringify({
                        Version: "2012-10-17",
                        Statement: [
                            ...reencryptionRoleTrust().Statement,
                            {
                                Sid: "Lambda",
                                Effect: "Allow",
                                Principal: { Service: "lambda.amazonaws.com" },
                                Action: "sts:AssumeRole",
                            },
                        ],
                    }),
                }),
            );
        },
        findings: (_, outputs) => [
            ["failed", `role ${reencryptionRole(outputs)}: trust policy`, "additional Lambda"],
            ["failed", `role ${reencryptionRole(outputs)}: managed policies`, ADMINISTRATOR],
        ],
    },
    {
        title: "a re-encryption role without its policy",
        plant: async (stack, outputs) => {
            const RoleName = reencryptionRole(outputs);
            const PolicyName = await inlinePolicy(stack, RoleName);
            await stack.aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
        },
        findings: (_, outputs) => [["failed", `role ${reencryptionRole(outputs)}: inline policies`, "none"]],
    },
    {
        title: "a deleted reminder and its role",
        plant: async (stack, outputs) => {
            const { name, roleArn } = reminder(outputs);
            const RoleName = String(roleArn.split("/").at(-1));
            const { iam, scheduler } = stack.aws;
            await scheduler.send(new DeleteScheduleCommand({ Name: name }));
            await iam.send(
                new DeleteRolePolicyCommand({ RoleName, PolicyName: await inlinePolicy(stack, RoleName) }),
            );
            await iam.send(new DeleteRoleCommand({ RoleName }));
        },
        findings: (_, outputs) => [
            ["failed", `reminder ${reminder(outputs).name}`, "no such schedule"],
            ["failed", `role ${reminder(outputs).roleArn.split("/").at(-1)}`, "no such role"],
        ],
    },
    {
        title: "a reminder that is disabled, late, and for another topic",
        plant: ({ aws: { scheduler } }, outputs) =>
            scheduler.send(
                new UpdateScheduleCommand({
                    Name: reminder(outputs).name,
                    State: "DISABLED",
                    ScheduleExpression: "at(2099-01-01T00:00:00)",
                    FlexibleTimeWindow: { Mode: "OFF" },
                    Target: { Arn: `${TOPIC}-2`, RoleArn: reminder(outputs).roleArn },
                }),
            ),
        findings: (_, outputs) =>
            [
                ["state", "DISABLED"],
                ["time", "at(2099-01-01T00:00:00) UTC"],
                ["topic", `${TOPIC}-2`],
            ].map(([of, found]) => ["failed", `reminder ${reminder(outputs).name}: ${of}`, String(found)]),
    },
];

describe("verify of cluster resources in moto", function () {
    this.slow(10_000);
    /** The same keys and certificates in every test, because creating them is slow. */
    const tls = new TlsProvider(REGION);

    before(reset);

    const deploy = (settings: Defect["settings"] = MINIMAL) => deployed(settings, { tls });

    it("passes a stack", async () => {
        const checks = await clusterChecks(await deploy());
        expect(findingsOf(checks)).to.deep.equal([]);
        expect(new Set(checks.map(({ on }) => on)).size).to.equal(checks.length);
        expect(checks.length).to.be.greaterThan(30);
    });

    for (const [title, settings] of Object.entries<Readonly<Record<string, unknown>>>({
        "public subnets": PUBLIC,
        "every optional resource": ASKED,
        "several zones": { ...MINIMAL, network: { availabilityZones: ["eu-west-1b", "eu-west-1a"] } },
        "IMDSv2 alone": {
            ...MINIMAL,
            encryption: { requireImdsV2: true },
            emrEtlRunner: { ...MINIMAL.emrEtlRunner, aws: { emr: { ami_version: "5.36.0" } } },
        },
        "no encryption in transit": { ...MINIMAL, encryption: { inTransit: false } },
        "stream-enrich": { emrEtlRunner: { aws: { s3: { buckets: { enriched: { stream: "managed" } } } } } },
        "roles with a path and more policies": {
            ...MINIMAL,
            access: {
                path: "/snowplow/",
                policyArns: ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
            },
        },
    })) {
        it(`passes a stack with ${title}`, async () => {
            expect(findingsOf(await clusterChecks(await deploy(settings)))).to.deep.equal([]);
        });
    }

    const defects = [...DEFECTS, ...DEFECTS_OF_ASKED.map((defect) => ({ ...defect, settings: ASKED }))];
    for (const { title, settings, plant, findings } of defects) {
        it(`finds ${title}`, async () => {
            const own = await deploy(settings);
            const planted = await plant(own.stack, own.outputs);
            const checks = await clusterChecks(own);
            expect(findingsOf(checks)).to.deep.equal(findings(own.stack, own.outputs, planted));
            expect(checks.filter(({ status, remedy }) => status !== "ok" && !remedy)).to.deep.equal([]);
        });
    }
});
