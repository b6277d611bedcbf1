import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import {
    AssociateRouteTableCommand,
    AttachInternetGatewayCommand,
    AttachVpnGatewayCommand,
    AuthorizeSecurityGroupIngressCommand,
    CreateCarrierGatewayCommand,
    CreateEgressOnlyInternetGatewayCommand,
    CreateInternetGatewayCommand,
    CreateNatGatewayCommand,
    CreateNetworkAclCommand,
    CreateNetworkInterfaceCommand,
    CreateRouteTableCommand,
    CreateSecurityGroupCommand,
    CreateSubnetCommand,
    CreateTagsCommand,
    CreateTransitGatewayCommand,
    CreateTransitGatewayVpcAttachmentCommand,
    CreateVpcCommand,
    CreateVpcEndpointCommand,
    CreateVpcPeeringConnectionCommand,
    CreateVpnGatewayCommand,
    DeleteTagsCommand,
    DescribeSecurityGroupsCommand,
    DetachVpnGatewayCommand,
    type EC2Client,
    RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
    CreateSecurityConfigurationCommand,
    DeleteSecurityConfigurationCommand,
    RunJobFlowCommand,
    TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import {
    AddRoleToInstanceProfileCommand,
    AttachGroupPolicyCommand,
    AttachRolePolicyCommand,
    AttachUserPolicyCommand,
    CreateGroupCommand,
    CreateRoleCommand,
    CreateUserCommand,
    DeleteRoleCommand,
    PutRolePolicyCommand,
    RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import {
    CreateBucketCommand,
    CreateMultipartUploadCommand,
    DeleteBucketCommand,
    DeleteObjectCommand,
    PutBucketTaggingCommand,
    PutObjectCommand,
} from "@aws-sdk/client-s3";
import { CreateAccessPointCommand } from "@aws-sdk/client-s3-control";
import { expect } from "chai";
import { awsClients, type Clients } from "../../commands/aws";
import { EXIT } from "../../commands/cli";
import { teardown } from "../../commands/teardown";
import { CONTROL_HOST } from "../support/control-host";
import { MINIMAL } from "../support/run";
import { streams } from "../support/streams";
import { type Deployment, deployStack } from "./deploy";
import { ACCOUNT, reset } from "./moto";
import { MotoProxy } from "./moto-proxy";

/** A finding in the output of `--json`. */
interface Finding {
    readonly kind: string;
    readonly name: string;
    readonly why: string;
    readonly fix: string;
    readonly blocks: boolean;
    readonly removed: boolean;
    readonly error?: string;
}

/** What a row expects of the dry run: `kind name`, and what `why` or `fix` contains; null: no finding. */
type Expected = readonly [finding: string, contains: string] | null;

interface Row {
    readonly title: string;
    /** Changes the account; returns what the dry run must report. */
    readonly plant: () => Promise<Expected>;
}

const TAG = "snowplow-emr-stack";
const STACK = "snowplow-emr-encryption/dev";
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/** In the order of the report. */
const KINDS = [
    "cluster",
    "batch job",
    "operator policy",
    "role",
    "instance profile",
    "instance",
    "VPC endpoint",
    "NAT gateway",
    "peering connection",
    "transit gateway attachment",
    "VPN gateway",
    "carrier gateway",
    "egress-only internet gateway",
    "internet gateway",
    "network interface",
    "subnet",
    "route table",
    "network ACL",
    "security group",
    "security configuration",
    "bucket",
    "access point",
];

const BOTH = ["group", "configuration"];

/** Refused permissions, and what may still be deleted without them. */
const PERMISSIONS: Readonly<
    Record<string, { readonly permissions: readonly string[]; readonly deletes: readonly string[] }>
> = {
    "clusters, one batch job, and one security configuration": {
        permissions: [
            "elasticmapreduce:ListClusters",
            "s3:DescribeJob",
            "elasticmapreduce:DescribeSecurityConfiguration",
        ],
        deletes: [],
    },
    "the VPCs, the security groups and EC2's network interfaces": {
        permissions: ["ec2:DescribeVpcs", "ec2:DescribeSecurityGroups"],
        deletes: ["configuration"],
    },
    "one cluster, the network interfaces of EC2, and the tags of buckets and roles": {
        permissions: [
            "elasticmapreduce:DescribeCluster",
            "ec2:DescribeNetworkInterfaces",
            "s3:GetBucketTagging",
            "iam:ListRoleTags",
        ],
        deletes: [],
    },
    "what is in the VPC, of EC2": {
        permissions: [
            "ec2:DescribeInstances",
            "ec2:DescribeVpcEndpoints",
            "ec2:DescribeNatGateways",
            "ec2:DescribeVpcPeeringConnections",
            "ec2:DescribeTransitGatewayVpcAttachments",
            "ec2:DescribeVpnGateways",
            "ec2:DescribeCarrierGateways",
            "ec2:DescribeEgressOnlyInternetGateways",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSubnets",
            "ec2:DescribeRouteTables",
            "ec2:DescribeNetworkAcls",
        ],
        deletes: BOTH,
    },
    "roles, buckets and batch jobs": {
        permissions: [
            "iam:ListRoles",
            "iam:ListEntitiesForPolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:GetInstanceProfile",
            "s3:ListAllMyBuckets",
            "s3:ListBucketVersions",
            "s3:ListBucketMultipartUploads",
            "s3:ListAccessPoints",
            "s3:ListJobs",
        ],
        deletes: BOTH,
    },
    "security configurations": {
        permissions: ["elasticmapreduce:ListSecurityConfigurations"],
        deletes: ["group"],
    },
};

/** Where the operation has another name than the permission. */
const OPERATIONS: Readonly<Record<string, string>> = {
    "s3:ListAllMyBuckets": "ListBuckets",
    "s3:ListBucketVersions": "ListObjectVersions",
    "s3:ListBucketMultipartUploads": "ListMultipartUploads",
    "s3:DescribeJob": "DescribeJob own",
};

describe("teardown as a process", () => {
    let proxy: MotoProxy;
    let stack: Deployment;
    let json: Readonly<Record<string, unknown>>;
    let forCommands: { readonly certificateArchive: string; readonly reencryptionRoleArn: string };
    let vpcId: string;
    let subnetId: string;

    before(async () => {
        await reset();
        proxy = await MotoProxy.start(String(process.env.AWS_ENDPOINT_URL));
        stack = await deployStack({ ...MINIMAL, storage: { protect: false, reencryption: true } });
        json = JSON.parse(stack.json);
        forCommands = json.forCommands as typeof forCommands;
        vpcId = String(json.vpcId);
        [subnetId = ""] = json.subnetIds as string[];
    });

    beforeEach(() => proxy.reset());

    after(() => proxy.stop());

    /** @param until Interrupts the command once its output contains this. */
    async function run(args: readonly string[], outputs: object = json, until?: string) {
        const child = spawn(
            process.execPath,
            [
                ...["tsx", path.join(__dirname, "control-host.ts")].flatMap((file) => ["--import", file]),
                path.resolve(__dirname, "../../commands/teardown/index.ts"),
                ...args,
            ],
            {
                env: {
                    ...process.env,
                    AWS_ENDPOINT_URL: proxy.url,
                    AWS_ENDPOINT_URL_S3_CONTROL: `http://${CONTROL_HOST}:${new URL(proxy.url).port}`,
                },
            },
        );
        child.stdin.end(JSON.stringify(outputs));
        if (until !== undefined) {
            child.stdout.on("data", (data) => String(data).includes(until) && child.kill("SIGINT"));
        }
        const [stdout, stderr, [code]] = await Promise.all([
            text(child.stdout),
            text(child.stderr),
            once(child, "close"),
        ]);
        return { code, stdout, stderr };
    }

    async function findings(args: readonly string[] = [], outputs: object = json) {
        const { code, stdout, stderr } = await run(["--json", ...args], outputs);
        expect(stdout, stderr).not.to.equal("");
        return { code, stderr, ...(JSON.parse(stdout) as { findings: Finding[]; unknown: string[] }) };
    }

    const current = () => String(stack.outputs.securityConfigurationName);
    const NEVER_CHECKED = `Never checked:
- protection that was set with \`pulumi state protect\`: the preview of \`pulumi destroy\` reports it
- what the credentials of \`pulumi destroy\` may do: IAM policies, policies of buckets, Object Lock
- other VPCs that use the stack's DHCP options: the destroy gives them EC2's default ones
- the VPC's associations with VPC Lattice, Route 53 Resolver and Outposts, and its groups' with other VPCs
- Multi-Region Access Points, and access points of other accounts
- what else is encrypted under the stack's KMS key, which the destroy schedules for deletion
`;
    const behind = () => `The destroy leaves these behind:
- security configuration ${current()}: the current one, which config.yml names
   fix: after the destroy, \`aws emr delete-security-configuration --region eu-west-1 --name ${current()}\`
`;

    it("says that nothing blocks an empty, unprotected stack, and changes nothing", async () => {
        for (const args of [[], ["--yes"]]) {
            batchJobs("other");
            expect(await run(args)).to.deep.equal({
                code: EXIT.ok,
                stdout: `Nothing blocks the destroy of stack dev, as far as this command checks.
1. \`npx pulumi destroy --stack dev\`
${behind()}${NEVER_CHECKED}`,
                stderr: "",
            });
        }
        expect(proxy.changes).to.deep.equal([]);
    });

    it("names the protection, and the command that removes it", async () => {
        batchJobs("other");
        const changed = { ...json, forCommands: { ...forCommands, protect: true } };
        expect(await run([], changed)).to.deep.equal({
            code: EXIT.attention,
            stdout: `These block the destroy of stack dev, in the order to deal with them:
1. protection storage.protect: Pulumi refuses to delete the data buckets and the key ${json.kmsKeyArn}
   fix: set storage: { protect: false } in Pulumi.dev.yaml, then \`npx pulumi up --stack dev\`
2. \`npx pulumi destroy --stack dev\`
${behind()}${NEVER_CHECKED}`,
            stderr: "",
        });
    });

    describe("refuses outputs from before the last up", () => {
        const later = { bucket: "snowplow-dev-logs-299901010000000000000000aa", role: "" };
        later.role = later.bucket.replace("logs", "reencrypt");

        before(() => securityConfiguration(generated("2001"), { AwsKmsKey: json.kmsKeyArn }));

        for (const [title, change, because, plant, remove] of [
            [
                "that name another VPC than the stack's",
                () => ({ vpcId: "vpc-0123456789abcdef0" }),
                () => `they name vpc-0123456789abcdef0, but the stack's VPC is ${json.vpcId}`,
            ],
            [
                "that name an earlier security configuration",
                () => ({ securityConfigurationName: generated("2001") }),
                () =>
                    `they name security configuration ${generated("2001")}, and EMR has the newer ${current()}`,
            ],
            [
                "that name a deleted security configuration",
                () => ({ securityConfigurationName: generated("2000") }),
                () => `they name security configuration ${generated("2000")}, and EMR has the newer`,
            ],
            [
                "that name no security configuration",
                () => ({ securityConfigurationName: null }),
                () => `they name security configuration none, and EMR has the newer ${generated("2999")}`,
                () => securityConfiguration(generated("2999"), { AwsKmsKey: json.kmsKeyArn }),
                () => stack.aws.emr.send(new DeleteSecurityConfigurationCommand({ Name: generated("2999") })),
            ],
            [
                "that do not name a newer bucket",
                () => ({}),
                () => `they do not name the newer bucket ${later.bucket}`,
                () => taggedBucket(later.bucket),
                () => stack.aws.s3.send(new DeleteBucketCommand({ Bucket: later.bucket })),
            ],
            [
                "that do not name a newer role",
                () => ({}),
                () => `they do not name the newer role ${later.role}`,
                () => role(later.role, STACK),
                () => stack.aws.iam.send(new DeleteRoleCommand({ RoleName: later.role })),
            ],
        ] as const) {
            it(title, async () => {
                await plant?.();
                // A digest in hexadecimal may consist of digits only.
                const certificateArchive = forCommands.certificateArchive.replace(
                    /[^/]+$/,
                    `${"9".repeat(64)}.zip`,
                );
                const outputs = { ...json, forCommands: { ...forCommands, certificateArchive } };
                const { code, stdout, stderr } = await run(["--yes"], { ...outputs, ...change() });
                await remove?.();
                expect({ code, stdout }).to.deep.equal({ code: EXIT.failed, stdout: "" });
                expect(stderr).to.include(`from before the last \`up\` of stack dev: ${because()}`);
                expect(proxy.changes).to.deep.equal([]);
            });
        }
    });

    describe("reports what blocks, and deletes only what may be deleted", () => {
        const ROWS: readonly Row[] = [
            {
                title: "a cluster with the stack's tag",
                plant: async () => [
                    `cluster ${await cluster({ Tags: [{ Key: TAG, Value: STACK }] })}`,
                    "uses the stack's tag",
                ],
            },
            {
                title: "a cluster in the stack's subnet",
                plant: async () => [`cluster ${await cluster({}, { Ec2SubnetId: subnetId })}`, "subnet"],
            },
            {
                title: "a cluster with the stack's security configuration",
                plant: async () => [
                    `cluster ${await cluster({ SecurityConfiguration: current() })}`,
                    "security configuration",
                ],
            },
            {
                title: "a cluster with the stack's roles",
                plant: async () => [
                    `cluster ${await cluster({
                        JobFlowRole: String(json.jobflowRole),
                        ServiceRole: `arn:aws:iam::${ACCOUNT}:role/${json.serviceRole}`,
                    })}`,
                    "service role, jobflow role",
                ],
            },
            {
                title: "a VPC and a subnet of the stack whose tags were removed",
                plant: async () => {
                    const Tags = [{ Key: TAG }];
                    await ec2().send(new DeleteTagsCommand({ Resources: [vpcId, subnetId], Tags }));
                    return null;
                },
            },
            {
                title: "a cluster in a subnet that was added by hand",
                plant: async () => {
                    const { Subnet } = await ec2().send(
                        new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.64.6.0/24" }),
                    );
                    planted.push(`subnet ${Subnet?.SubnetId}`);
                    return [
                        `cluster ${await cluster({}, { Ec2SubnetId: Subnet?.SubnetId })}`,
                        "uses the stack's subnet",
                    ];
                },
            },
            {
                title: "another stack's cluster elsewhere",
                plant: async () => {
                    await cluster({ Tags: [{ Key: TAG, Value: "another-project/dev" }] });
                    return null;
                },
            },
            {
                title: "a batch job with the re-encryption role",
                plant: async () => ["batch job job-own", "--requested-job-status Cancelled"],
            },
            { title: "a batch job with another role", plant: async () => null },
            {
                title: "a user with the operator policy",
                plant: async () => {
                    const { iam } = stack.aws;
                    await iam.send(new CreateUserCommand({ UserName: "snowplow" }));
                    await iam.send(
                        new AttachUserPolicyCommand({ UserName: "snowplow", PolicyArn: operator() }),
                    );
                    return [`operator policy ${operator()}`, "detach-user-policy --user-name snowplow"];
                },
            },
            {
                title: "a group with the operator policy",
                plant: async () => {
                    const { iam } = stack.aws;
                    await iam.send(new CreateGroupCommand({ GroupName: "operators" }));
                    await iam.send(
                        new AttachGroupPolicyCommand({ GroupName: "operators", PolicyArn: operator() }),
                    );
                    return [`operator policy ${operator()}`, "detach-group-policy --group-name operators"];
                },
            },
            {
                title: "a role with the operator policy",
                plant: async () => {
                    await role("ci");
                    await stack.aws.iam.send(
                        new AttachRolePolicyCommand({ RoleName: "ci", PolicyArn: operator() }),
                    );
                    return [`operator policy ${operator()}`, "detach-role-policy --role-name ci"];
                },
            },
            {
                title: "a managed policy that was attached to a role by hand",
                plant: async () => {
                    await stack.aws.iam.send(
                        new AttachRolePolicyCommand({
                            RoleName: String(json.serviceRole),
                            PolicyArn: READ_ONLY,
                        }),
                    );
                    return [`role ${json.serviceRole}`, READ_ONLY];
                },
            },
            {
                title: "an inline policy that was added to a role by hand",
                plant: async () => {
                    await stack.aws.iam.send(
                        new PutRolePolicyCommand({
                            RoleName: String(json.jobflowRole),
                            PolicyName: "extra",
                            PolicyDocument:
                                '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"}}',
                        }),
                    );
                    return [`role ${json.jobflowRole}`, "delete-role-policy"];
                },
            },
            {
                title: "a policy of an earlier role that an up could not delete",
                plant: async () => {
                    const RoleName = "snowplow-dev-service-2002010100000000000000000a";
                    await role(RoleName, STACK);
                    await stack.aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: READ_ONLY }));
                    return [
                        `role ${RoleName}`,
                        `the outputs do not name it, and has the policy ${READ_ONLY}`,
                    ];
                },
            },
            {
                title: "a newer role of another stack with the same prefix",
                plant: async () => {
                    await role("snowplow-dev-service-299901010000000000000000aa", "another-project/dev");
                    return null;
                },
            },
            {
                title: "another role in the instance profile",
                plant: async () => {
                    const profile = { InstanceProfileName: String(json.jobflowRole) };
                    const { iam } = stack.aws;
                    await role("other");
                    await iam.send(
                        new RemoveRoleFromInstanceProfileCommand({
                            ...profile,
                            RoleName: String(json.jobflowRole),
                        }),
                    );
                    await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: "other" }));
                    return [`instance profile ${json.jobflowRole}`, "--role-name other"];
                },
            },
            {
                title: "an instance",
                plant: async () => {
                    const { Instances } = await ec2().send(
                        new RunInstancesCommand({
                            ImageId: "ami-12345678",
                            MinCount: 1,
                            MaxCount: 1,
                            SubnetId: subnetId,
                        }),
                    );
                    return [`instance ${Instances?.[0]?.InstanceId}`, "terminate-instances"];
                },
            },
            {
                title: "an interface endpoint",
                plant: async () => {
                    const { VpcEndpoint } = await ec2().send(
                        new CreateVpcEndpointCommand({
                            VpcId: vpcId,
                            VpcEndpointType: "Interface",
                            ServiceName: "com.amazonaws.eu-west-1.sts",
                            SubnetIds: [subnetId],
                        }),
                    );
                    return [`VPC endpoint ${VpcEndpoint?.VpcEndpointId}`, "com.amazonaws.eu-west-1.sts"];
                },
            },
            {
                title: "a NAT gateway",
                plant: async () => {
                    const { NatGateway } = await ec2().send(
                        new CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: "private" }),
                    );
                    return [`NAT gateway ${NatGateway?.NatGatewayId}`, "delete-nat-gateway"];
                },
            },
            {
                title: "a peering connection",
                plant: async () => {
                    const { VpcPeeringConnection } = await ec2().send(
                        new CreateVpcPeeringConnectionCommand({ VpcId: await otherVpc(), PeerVpcId: vpcId }),
                    );
                    return [
                        `peering connection ${VpcPeeringConnection?.VpcPeeringConnectionId}`,
                        "delete-vpc-peering-connection",
                    ];
                },
            },
            {
                title: "a transit gateway attachment",
                plant: async () => {
                    const { TransitGateway } = await ec2().send(new CreateTransitGatewayCommand({}));
                    const { TransitGatewayVpcAttachment } = await ec2().send(
                        new CreateTransitGatewayVpcAttachmentCommand({
                            TransitGatewayId: TransitGateway?.TransitGatewayId,
                            VpcId: vpcId,
                            SubnetIds: [subnetId],
                        }),
                    );
                    return [
                        `transit gateway attachment ${TransitGatewayVpcAttachment?.TransitGatewayAttachmentId}`,
                        "delete-transit-gateway-vpc-attachment",
                    ];
                },
            },
            {
                title: "a VPN gateway",
                plant: async () => {
                    const { VpnGateway } = await ec2().send(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
                    const VpnGatewayId = VpnGateway?.VpnGatewayId;
                    await ec2().send(new AttachVpnGatewayCommand({ VpcId: vpcId, VpnGatewayId }));
                    return [
                        `VPN gateway ${VpnGatewayId}`,
                        `detach-vpn-gateway --vpc-id ${vpcId} --vpn-gateway-id ${VpnGatewayId}`,
                    ];
                },
            },
            {
                title: "a detached VPN gateway",
                plant: async () => {
                    const { VpnGateway } = await ec2().send(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
                    const attachment = { VpcId: vpcId, VpnGatewayId: VpnGateway?.VpnGatewayId };
                    await ec2().send(new AttachVpnGatewayCommand(attachment));
                    await ec2().send(new DetachVpnGatewayCommand(attachment));
                    return null;
                },
            },
            {
                title: "an internet gateway",
                plant: async () => {
                    const { InternetGateway } = await ec2().send(new CreateInternetGatewayCommand({}));
                    const InternetGatewayId = InternetGateway?.InternetGatewayId;
                    await ec2().send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId }));
                    return [`internet gateway ${InternetGatewayId}`, "detach-internet-gateway"];
                },
            },
            {
                title: "a carrier gateway",
                plant: async () => {
                    const { CarrierGateway } = await ec2().send(
                        new CreateCarrierGatewayCommand({ VpcId: vpcId }),
                    );
                    return [`carrier gateway ${CarrierGateway?.CarrierGatewayId}`, "delete-carrier-gateway"];
                },
            },
            {
                title: "an egress-only internet gateway",
                plant: async () => {
                    const { EgressOnlyInternetGateway } = await ec2().send(
                        new CreateEgressOnlyInternetGatewayCommand({ VpcId: vpcId }),
                    );
                    await ec2().send(new CreateEgressOnlyInternetGatewayCommand({ VpcId: await otherVpc() }));
                    return [
                        `egress-only internet gateway ${EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId}`,
                        "delete-egress-only-internet-gateway",
                    ];
                },
            },
            {
                title: "a subnet",
                plant: async () => {
                    const { Subnet } = await ec2().send(
                        new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.64.5.0/24" }),
                    );
                    return [`subnet ${Subnet?.SubnetId}`, "delete-subnet"];
                },
            },
            {
                title: "a route table",
                plant: async () => {
                    const { RouteTable } = await ec2().send(new CreateRouteTableCommand({ VpcId: vpcId }));
                    const RouteTableId = String(RouteTable?.RouteTableId);
                    const { Subnet } = await ec2().send(
                        new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.64.7.0/24" }),
                    );
                    const SubnetId = String(Subnet?.SubnetId);
                    await ec2().send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
                    planted.push(`subnet ${SubnetId}`);
                    return [
                        `route table ${RouteTableId}`,
                        `(${SubnetId}); if it is not needed, associate its subnets with another route table, then \`aws ec2 delete-route-table --route-table-id ${RouteTableId} --region eu-west-1\``,
                    ];
                },
            },
            {
                title: "a network ACL",
                plant: async () => {
                    const { NetworkAcl } = await ec2().send(new CreateNetworkAclCommand({ VpcId: vpcId }));
                    return [`network ACL ${NetworkAcl?.NetworkAclId}`, "delete-network-acl"];
                },
            },
            {
                title: "a network interface that names a resource in the list",
                plant: async () => {
                    const [instance] = [...expected.values()].flatMap((row) =>
                        row?.[0].startsWith("NAT gateway") ? row[0].split(" ")[2] : [],
                    );
                    await networkInterface(subnetId, `Interface for NAT Gateway ${instance}`);
                    return null;
                },
            },
            {
                title: "a load balancer's network interface",
                plant: async () => [
                    `network interface ${await networkInterface(subnetId, "ELB app/web/50dc6c495c0c9188")}`,
                    "(ELB app/web/50dc6c495c0c9188)",
                ],
            },
            {
                title: "two groups of EMR that refer to each other",
                plant: async () => {
                    const [a, b] = [
                        await group("ElasticMapReduce-master"),
                        await group("ElasticMapReduce-slave"),
                    ];
                    await refer(a, b);
                    await refer(b, a);
                    await refer(a, a);
                    deletable.push(`security group ${a}`, `security group ${b}`);
                    return [`security group ${a}`, "when the clusters have ended, run this again"];
                },
            },
            {
                title: "a group of EMR in which there is a network interface",
                plant: async () => {
                    const id = await group("ElasticMapReduce-core");
                    const user = await networkInterface(subnetId, "a node", id);
                    planted.push(`network interface ${user}`);
                    return [`security group ${id}`, `it is used by ${user} (a node)`];
                },
            },
            {
                title: "a group of EMR that another VPC's group refers to",
                plant: async () => {
                    const id = await group("ElasticMapReduce-primary");
                    const web = await group("web", { vpc: await otherVpc() });
                    await refer(web, id);
                    return [`security group ${id}`, `rules of ${web} refer to it`];
                },
            },
            {
                title: "a group of the stack to which a rule of the default group refers",
                plant: async () => {
                    const own = await groupNamed("ElasticMapReduce-Master-Private");
                    const other = await groupNamed("default");
                    await refer(other, own);
                    return [`security group ${own}`, `the stack's; rules of ${other} refer to it`];
                },
            },
            {
                title: "a group of the stack without its tag",
                plant: async () => {
                    const own = await groupNamed("ElasticMapReduce-Core-Private");
                    const Tags = [{ Key: TAG, Value: STACK }];
                    await ec2().send(new DeleteTagsCommand({ Resources: [own], Tags }));
                    return [`security group ${own}`, "--refresh --stack dev` does not restore its tag"];
                },
            },
            {
                title: "a group with a name that only looks like EMR's",
                plant: async () => [
                    `security group ${await group("ElasticMapReduce-Extra")}`,
                    "it is not the stack's",
                ],
            },
            {
                title: "a group with one of EMR's names and another stack's tag",
                plant: async () => [
                    `security group ${await group("ElasticMapReduce-Primary", { tag: "another-project/dev" })}`,
                    "it has the tag of stack another-project/dev",
                ],
            },
            {
                title: "a group of EMR in another VPC",
                plant: async () => {
                    await group("ElasticMapReduce-master", { vpc: await otherVpc() });
                    return null;
                },
            },
            {
                title: "a group of the stack in an existing VPC that something uses",
                plant: async () => {
                    const vpc = await otherVpc();
                    const id = await group("ElasticMapReduce-slave", { vpc, tag: STACK });
                    const { Subnet } = await ec2().send(
                        new CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.9.0.0/24" }),
                    );
                    const user = await networkInterface(String(Subnet?.SubnetId), "a node", id);
                    return [`security group ${id}`, `is the stack's; it is used by ${user}`];
                },
            },
            {
                title: "a group of the stack in an existing VPC to which a rule refers",
                plant: async () => {
                    const vpc = await otherVpc();
                    const id = await group("ElasticMapReduce-core", { vpc, tag: STACK });
                    const app = await group("app", { vpc });
                    await refer(app, id);
                    return [`security group ${id}`, `is the stack's; rules of ${app} refer to it`];
                },
            },
            {
                title: "an earlier security configuration that names the stack's key and archive",
                plant: async () => {
                    const name = generated("2002");
                    await securityConfiguration(name, {
                        AwsKmsKey: json.kmsKeyArn,
                        S3Object: forCommands.certificateArchive,
                    });
                    deletable.push(`security configuration ${name}`);
                    return [
                        `security configuration ${name}`,
                        "run this again with --yes: it deletes the configuration",
                    ];
                },
            },
            {
                title: "an earlier security configuration that a cluster uses",
                plant: async () => {
                    const name = generated("2003");
                    await securityConfiguration(name, { AwsKmsKey: json.kmsKeyArn });
                    const id = await cluster({ SecurityConfiguration: name });
                    planted.push(`cluster ${id}`);
                    deletable.push(`security configuration ${name}`);
                    return [`security configuration ${name}`, `used by ${id}`];
                },
            },
            {
                title: "an earlier security configuration that also names another archive",
                plant: async () => {
                    const name = generated("2004");
                    await securityConfiguration(name, {
                        AwsKmsKey: json.kmsKeyArn,
                        S3Object: "s3://acme/nodes.zip",
                    });
                    return [`security configuration ${name}`, "it also names what is not the stack's"];
                },
            },
            {
                title: "another stack's security configuration with the same prefix",
                plant: async () => {
                    await securityConfiguration(generated("2005"), {
                        AwsKmsKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/another`,
                    });
                    return null;
                },
            },
            {
                title: "a security configuration with the stack's prefix that names neither key nor archive",
                plant: async () => {
                    await securityConfiguration(generated("2007"), {});
                    return [
                        `security configuration ${generated("2007")}`,
                        "it names nothing that only this stack has; if no other stack",
                    ];
                },
            },
            {
                title: "a security configuration of another name that names the key",
                plant: async () => {
                    await securityConfiguration("snowplow-dev-by-hand", { AwsKmsKey: json.kmsKeyArn });
                    return null;
                },
            },
            {
                title: "a bucket with an object",
                plant: async () => {
                    await put("pipeline");
                    return [`bucket ${bucket("pipeline")}`, "contains objects"];
                },
            },
            {
                title: "a bucket with old versions only",
                plant: async () => {
                    await put("archive");
                    await stack.aws.s3.send(new DeleteObjectCommand({ Bucket: bucket("archive"), Key: "a" }));
                    return [`bucket ${bucket("archive")}`, "contains old versions or delete markers"];
                },
            },
            {
                title: "an earlier bucket with an object that an up could not delete",
                plant: async () => {
                    const Bucket = "snowplow-dev-logs-2002010100000000000000000a";
                    for (const name of [Bucket, Bucket.replace("logs", "certs")]) {
                        await taggedBucket(name);
                        await stack.aws.s3.send(new PutObjectCommand({ Bucket: name, Key: "a", Body: "x" }));
                    }
                    return [`bucket ${Bucket}`, "although the outputs do not name it, and contains objects"];
                },
            },
            {
                title: "a newer bucket of another stack with the same prefix, and one without tags",
                plant: async () => {
                    await taggedBucket("snowplow-dev-logs-299901010000000000000000aa", "another-project/dev");
                    await taggedBucket("snowplow-dev-logs-299901010000000000000000ab", null);
                    return null;
                },
            },
            {
                title: "a bucket with an upload that is not complete",
                plant: async () => {
                    await stack.aws.s3.send(
                        new CreateMultipartUploadCommand({
                            Bucket: bucket("collector"),
                            Key: "a\u001b[2J\u202e",
                        }),
                    );
                    return [`bucket ${bucket("collector")}`, "abort-multipart-upload"];
                },
            },
            {
                title: "a bucket with an access point",
                plant: async () => {
                    await stack.aws.s3Control.send(
                        new CreateAccessPointCommand({
                            AccountId: ACCOUNT,
                            Bucket: bucket("logs"),
                            Name: "reader",
                        }),
                    );
                    return ["access point reader", bucket("logs")];
                },
            },
        ];

        /** What the dry run reports in addition to each row's finding. */
        const planted: string[] = [];
        /** What `--yes` deletes once the clusters have ended. */
        const deletable: string[] = [];
        const expected = new Map<string, Expected>();
        let dry: Awaited<ReturnType<typeof findings>>;

        before(async () => {
            for (const { title, plant } of ROWS) {
                expected.set(title, await plant());
            }
            proxy.reset();
            batchJobs("own", "other");
            dry = await findings();
        });

        beforeEach(() => batchJobs("own", "other"));

        for (const { title } of ROWS) {
            it(title, () => {
                const row = expected.get(title);
                if (row) {
                    const [name, contains] = row;
                    const found = dry.findings
                        .filter((finding) => `${finding.kind} ${finding.name}` === name)
                        .map(({ why, fix }) => `${why}; ${fix}`);
                    expect(found.join("\n")).to.include(contains);
                }
            });
        }

        it("reports nothing else, in the order to deal with it, and changes nothing", () => {
            const rows = [...expected.values()].flatMap((row) => (row ? row[0] : []));
            // A policy may have several holders, and moto finds a peering connection by either side.
            const found = new Set(dry.findings.map(({ kind, name }) => `${kind} ${name}`));
            expect([...found]).to.have.members([
                ...new Set(rows),
                ...planted,
                String(deletable[1]),
                `security configuration ${generated("2001")}`,
                `security configuration ${current()}`,
            ]);
            expect([...new Set(dry.findings.map(({ kind }) => kind))]).to.deep.equal(KINDS);
            expect({ code: dry.code, unknown: dry.unknown }).to.deep.equal({
                code: EXIT.attention,
                unknown: [],
            });
        });

        it("deletes no group while a cluster runs", async () => {
            const { findings: found } = await findings(["--yes"]);
            const removed = found.filter((finding) => finding.removed);
            expect(removed.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
                `security configuration ${generated("2001")}`,
                `security configuration ${generated("2002")}`,
            ]);
        });

        it("deletes what may be deleted when the clusters have ended, and no rule of another group", async () => {
            await stack.aws.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: clusters }));
            const groups = async () =>
                (await ec2().send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? [];
            const before = await groups();
            proxy.refuse("UnauthorizedOperation", "DeleteSecurityGroup");
            const denied = await findings(["--yes"]);
            expect(denied.code).to.equal(EXIT.failed);
            expect(denied.findings.filter(({ removed }) => removed).map(({ name }) => name)).to.deep.equal([
                generated("2003"),
            ]);
            expect(denied.findings.flatMap(({ error }) => error ?? [])).to.have.length(2);
            proxy.reset();
            batchJobs("own", "other");
            const { code, stdout } = await run(["--yes"]);
            expect(code).to.equal(EXIT.attention);
            const groupsOf = deletable.filter((name) => name.startsWith("security group"));
            const lines = groupsOf.map((name) => `deleted: ${name}`);
            expect(stdout.split("\n").slice(0, 3)).to.deep.equal([
                ...lines,
                "These block the destroy of stack dev, in the order to deal with them:",
            ]);
            expect(stdout).to.include("an upload is not complete: a\\u{1b}[2J\\u{202e}");
            const gone = (id: string | undefined) => groupsOf.includes(`security group ${id}`);
            expect(await groups()).to.deep.equal(before.filter(({ GroupId }) => !gone(GroupId)));
            expect(proxy.changes).to.deep.equal(["DeleteSecurityGroup", "DeleteSecurityGroup"]);
        });
    });

    describe("says what it may not look at, and deletes nothing of which it may not see the users", () => {
        let deletableGroup: string;

        before(async () => {
            deletableGroup = await group("ElasticMapReduce-master");
            await securityConfiguration(generated("2006"), { AwsKmsKey: json.kmsKeyArn });
            await cluster({});
        });

        const refusals = (permissions: readonly string[]) => {
            for (const permission of permissions) {
                const [service, action] = permission.split(":");
                const code = service === "ec2" ? "UnauthorizedOperation" : "AccessDenied";
                proxy.refuse(code, OPERATIONS[permission] ?? String(action));
            }
        };

        for (const [title, { permissions, deletes }] of Object.entries(PERMISSIONS)) {
            it(title, async () => {
                batchJobs("own");
                refusals(permissions);
                const { code, stdout } = await run([]);
                expect(code).to.equal(EXIT.failed);
                expect(stdout).not.to.include("Nothing blocks");
                expect(
                    [...stdout.matchAll(/--yes: it deletes the (\w+)/g)].map(([, what]) => what),
                ).to.deep.equal(deletes);
                const [, unknown = ""] = /Could not be checked:\n([\s\S]*)Never checked/.exec(stdout) ?? [];
                const named = [...unknown.matchAll(/need (\S+)\.$/gm)].map(([, name]) => name);
                expect([...new Set(named)]).to.have.members(permissions);
                expect(proxy.changes).to.deep.equal([]);
            });
        }

        it("has printed what it deleted when it is interrupted", async () => {
            batchJobs("other");
            proxy.hang("DeleteSecurityConfiguration");
            const { code, stdout } = await run(["--yes"], json, "deleted: ");
            expect({ code, stdout }).to.deep.equal({
                code: null,
                stdout: `deleted: security group ${deletableGroup}\n`,
            });
        });

        it("deletes no security configuration that names an existing key only: another stack may use it", async () => {
            batchJobs("other");
            const shared = { ...json, forCommands: { ...forCommands, ownsKey: false } };
            const { findings: found } = await findings(["--yes"], shared);
            const earlier = found.find(({ name }) => name === generated("2006"));
            expect(earlier).to.deep.include({ blocks: false, removed: false });
            expect(earlier?.why).to.include("it names nothing that only this stack has");
            expect(proxy.changes).not.to.include("DeleteSecurityConfiguration");
        });
    });

    describe("afterwards", () => {
        it("says that nothing blocks a stack that is already destroyed", async () => {
            await reset();
            batchJobs("other");
            const { code, stdout, stderr } = await run(["--yes"]);
            expect({ code, stdout, stderr }).to.deep.equal({
                code: EXIT.ok,
                stdout: `Nothing blocks the destroy of stack dev, as far as this command checks.
1. \`npx pulumi destroy --stack dev\`
${NEVER_CHECKED}`,
                stderr: "",
            });
        });
    });

    it("ends with one message if the credentials expire in between, and deletes nothing", async () => {
        proxy.refuse("ExpiredToken", "ListEntitiesForPolicy");
        const { code, stdout, stderr } = await run(["--yes"]);
        expect({ code, stdout }).to.deep.equal({ code: EXIT.failed, stdout: "" });
        expect(stderr).to.equal(
            `iam:ListEntitiesForPolicy on ${operator()}: ExpiredToken: No. The credentials have expired: log in again.\n`,
        );
        expect(proxy.changes).to.deep.equal([]);
    });

    it("reports a throttled call with the others' findings", async () => {
        const { streams: used, written } = streams(JSON.stringify(json));
        const throttled = Object.assign(new Error("Rate exceeded"), { name: "Throttling" });
        const code = await teardown({}, used, (region) => {
            const clients = awsClients(region);
            answer(clients.iam, "ListEntitiesForPolicy", () => Promise.reject(throttled));
            answer(clients.s3Control, "ListJobs", () => Promise.resolve({}));
            return clients;
        });
        const { stdout } = await written();
        expect(code).to.equal(EXIT.failed);
        expect(stdout).to.include(
            `Could not be checked:\n- iam:ListEntitiesForPolicy on ${operator()}: Throttling: Rate exceeded. AWS throttled`,
        );
    });

    it("checks nothing in an existing VPC, and deletes nothing there", async () => {
        const existing = { vpcId, subnetIds: [subnetId], emrSecurityGroups: "use" };
        const shared = await deployStack(
            { ...MINIMAL, storage: { protect: false }, network: { existing } },
            { stack: "shared" },
        );
        const { code, stdout } = await run(["--yes"], JSON.parse(shared.json));
        expect(code).to.equal(EXIT.ok);
        expect(stdout).to.match(/^Nothing blocks the destroy of stack shared/);
        expect(proxy.changes).to.deep.equal([]);
    });

    const generated = (year: string) => `snowplow-dev-${year}010100000000000000000a`;
    const ec2 = (): EC2Client => stack.aws.ec2;
    const operator = () => String(json.operatorPolicyArn);
    const groupNamed = async (name: string): Promise<string> => {
        const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
        const { SecurityGroups = [] } = await ec2().send(new DescribeSecurityGroupsCommand({ Filters }));
        return String(SecurityGroups.find(({ GroupName }) => GroupName === name)?.GroupId);
    };
    const bucket = (name: string) => stack.id("aws:s3/bucket:Bucket", `emr-storage-${name}`);
    const put = (name: string) =>
        stack.aws.s3.send(new PutObjectCommand({ Bucket: bucket(name), Key: "a", Body: "x" }));

    /** S3 Batch Operations jobs, which moto does not have: `own` has the stack's role, `other` another. */
    function batchJobs(...ids: readonly string[]): void {
        const job = (id: string, more = "") => `<JobId>${id}</JobId><Status>Active</Status>${more}`;
        proxy.answer(
            "ListJobs",
            `<ListJobsResult><Jobs>${ids.map((id) => `<member>${job(`job-${id}`)}</member>`).join("")}</Jobs></ListJobsResult>`,
        );
        for (const [id, arn] of [
            ["own", forCommands.reencryptionRoleArn],
            ["other", `arn:aws:iam::${ACCOUNT}:role/another`],
        ]) {
            proxy.answer(
                `DescribeJob ${id}`,
                `<DescribeJobResult><Job>${job(`job-${id}`, `<RoleArn>${arn}</RoleArn>`)}</Job></DescribeJobResult>`,
            );
        }
    }

    const clusters: string[] = [];

    async function cluster(args: object, instances: object = {}): Promise<string> {
        const { JobFlowId = "" } = await stack.aws.emr.send(
            new RunJobFlowCommand({
                Name: "etl",
                ReleaseLabel: "emr-5.29.0",
                Instances: {
                    MasterInstanceType: "m4.large",
                    InstanceCount: 1,
                    KeepJobFlowAliveWhenNoSteps: true,
                    ...instances,
                },
                JobFlowRole: "EMR_EC2_DefaultRole",
                ServiceRole: "EMR_DefaultRole",
                ...args,
            }),
        );
        clusters.push(JobFlowId);
        return JobFlowId;
    }

    async function role(RoleName: string, tag?: string): Promise<void> {
        const Tags = tag ? [{ Key: TAG, Value: tag }] : [];
        await stack.aws.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}", Tags }));
    }

    async function taggedBucket(Bucket: string, tag: string | null = STACK): Promise<void> {
        const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
        await stack.aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
        if (tag !== null) {
            const Tagging = { TagSet: [{ Key: TAG, Value: tag }] };
            await stack.aws.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
        }
    }

    let other: string | undefined;

    async function otherVpc(): Promise<string> {
        other ??= (await ec2().send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc?.VpcId;
        return String(other);
    }

    async function group(
        GroupName: string,
        { vpc = vpcId, tag }: { readonly vpc?: string; readonly tag?: string } = {},
    ): Promise<string> {
        const { GroupId = "" } = await ec2().send(
            new CreateSecurityGroupCommand({ GroupName, Description: "a group", VpcId: vpc }),
        );
        if (tag) {
            await ec2().send(
                new CreateTagsCommand({ Resources: [GroupId], Tags: [{ Key: TAG, Value: tag }] }),
            );
        }
        return GroupId;
    }

    /** Adds a rule to a group that refers to another. */
    async function refer(GroupId: string, to: string): Promise<void> {
        const UserIdGroupPairs = [{ GroupId: to }];
        const IpPermissions = [{ IpProtocol: "tcp", FromPort: 0, ToPort: 65535, UserIdGroupPairs }];
        await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }

    async function networkInterface(SubnetId: string, Description: string, ...Groups: string[]) {
        const { NetworkInterface } = await ec2().send(
            new CreateNetworkInterfaceCommand({
                SubnetId,
                Description,
                ...(Groups.length > 0 && { Groups }),
            }),
        );
        return String(NetworkInterface?.NetworkInterfaceId);
    }

    async function securityConfiguration(Name: string, named: object): Promise<void> {
        await stack.aws.emr.send(
            new CreateSecurityConfigurationCommand({
                Name,
                SecurityConfiguration: JSON.stringify({ EncryptionConfiguration: named }),
            }),
        );
    }
});

/** Answers one call of a client in place of AWS. */
function answer(client: Clients["iam" | "s3Control"], operation: string, by: () => Promise<object>): void {
    (client as Clients["iam"]).middlewareStack.add(
        (next, { commandName }) =>
            async (args) =>
                commandName === `${operation}Command`
                    ? { response: {}, output: { $metadata: {}, ...(await by()) } }
                    : next(args),
        { step: "initialize", priority: "low" },
    );
}
