import {
    AuthorizeSecurityGroupIngressCommand,
    CreateNetworkInterfaceCommand,
    CreateSecurityGroupCommand,
    DeleteNetworkInterfaceCommand,
    DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import {
    CreateSecurityConfigurationCommand,
    ListSecurityConfigurationsCommand,
    RunJobFlowCommand,
    TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import { AttachUserPolicyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { EXIT } from "../../commands/cli";
import { type TeardownOptions, teardown } from "../../commands/teardown";
import { MINIMAL } from "../support/run";
import { streams } from "../support/streams";
import { type Deployment, deployStack } from "./deploy";
import { reset } from "./moto";

/** An obstacle in the output of `--json`. */
interface Told {
    readonly kind: string;
    readonly name: string;
    readonly why: string;
    readonly removed: boolean;
}

describe("teardown of a stack in moto", () => {
    let stack: Deployment;

    beforeEach(async () => {
        await reset();
        stack = await deployStack({ ...MINIMAL, storage: { protect: false } });
    });

    async function run(options: TeardownOptions = {}) {
        const io = streams(stack.json);
        const exit = await teardown({ ...options, json: true }, io.streams);
        const { obstacles } = JSON.parse((await io.written()).stdout) as { obstacles: readonly Told[] };
        return { exit, told: obstacles.map(({ kind, name, removed }) => ({ kind, name, removed })) };
    }

    const current = () => ({
        kind: "security configuration",
        name: String(stack.outputs.securityConfigurationName),
    });

    it("lists only the current security configuration, and deletes it with --all", async () => {
        expect(await run()).to.deep.equal({ exit: EXIT.attention, told: [{ ...current(), removed: false }] });
        expect(await run({ yes: true, all: true })).to.deep.equal({
            exit: EXIT.ok,
            told: [{ ...current(), removed: true }],
        });
        const { SecurityConfigurations } = await stack.aws.emr.send(
            new ListSecurityConfigurationsCommand({}),
        );
        expect(SecurityConfigurations).to.deep.equal([]);
        expect(await run()).to.deep.equal({ exit: EXIT.ok, told: [] });
    });

    it("lists a running cluster, and deletes nothing that it uses", async () => {
        const { emr } = stack.aws;
        const { JobFlowId = "" } = await emr.send(
            new RunJobFlowCommand({
                Name: "Snowplow ETL dev",
                ReleaseLabel: "emr-5.29.0",
                Instances: {
                    MasterInstanceType: "m4.large",
                    SlaveInstanceType: "m4.large",
                    InstanceCount: 3,
                    KeepJobFlowAliveWhenNoSteps: true,
                },
                JobFlowRole: String(stack.outputs.jobflowRole),
                ServiceRole: String(stack.outputs.serviceRole),
                SecurityConfiguration: String(stack.outputs.securityConfigurationName),
                Tags: [{ Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/dev" }],
            }),
        );
        const cluster = { kind: "cluster", name: JobFlowId, removed: false };
        expect(await run({ yes: true, all: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [cluster, { ...current(), removed: false }],
        });
        await emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [JobFlowId] }));
        expect(await run({ yes: true, all: true })).to.deep.equal({
            exit: EXIT.ok,
            told: [{ ...current(), removed: true }],
        });
    });

    it("deletes no group while a cluster without the stack's tag runs in the network", async () => {
        const { ec2, emr } = stack.aws;
        const [subnet = ""] = stack.outputs.subnetIds as readonly string[];
        const master = stack.id("aws:ec2/securityGroup:SecurityGroup", "emr-network-security-groups-master");
        const { JobFlowId = "" } = await emr.send(
            new RunJobFlowCommand({
                Name: "by hand",
                ReleaseLabel: "emr-5.29.0",
                Instances: {
                    MasterInstanceType: "m4.large",
                    InstanceCount: 1,
                    KeepJobFlowAliveWhenNoSteps: true,
                    Ec2SubnetId: subnet,
                },
                JobFlowRole: "EMR_EC2_DefaultRole",
                ServiceRole: "EMR_DefaultRole",
            }),
        );
        const { GroupId = "" } = await ec2.send(
            new CreateSecurityGroupCommand({
                GroupName: "ElasticMapReduce-master",
                Description: "EMR's",
                VpcId: String(stack.outputs.vpcId),
            }),
        );
        const interfaceOf = async (...Groups: string[]) => {
            const { NetworkInterface } = await ec2.send(
                new CreateNetworkInterfaceCommand({ SubnetId: subnet, Description: "a node", Groups }),
            );
            return String(NetworkInterface?.NetworkInterfaceId);
        };
        const [node, own] = [await interfaceOf(GroupId), await interfaceOf(master)];
        const rules = async () => {
            const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
            return SecurityGroups.map((group) => [group.GroupId, group.IpPermissionsEgress]);
        };
        const before = await rules();
        const group = { kind: "security group", name: GroupId };
        const others = [
            { ...group, removed: false },
            { ...current(), removed: false },
        ];
        const cluster = { kind: "cluster", name: JobFlowId, removed: false };
        expect(await run({ yes: true })).to.deep.equal({ exit: EXIT.attention, told: [cluster, ...others] });
        await emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [JobFlowId] }));
        // The cluster's nodes still exist.
        expect(await run({ yes: true })).to.deep.equal({ exit: EXIT.attention, told: others });
        const io = streams(stack.json);
        await teardown({}, io.streams);
        expect((await io.written()).stdout)
            .to.include(`; in use by ${node} (a node)\n`)
            .and.not.include(own);
        expect(await rules()).to.deep.equal(before);
        await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: node }));
        expect(await run({ yes: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [
                { ...group, removed: true },
                { ...current(), removed: false },
            ],
        });
    });

    it("deletes groups that EMR created, whose rules refer to each other, and no other group", async () => {
        const { ec2 } = stack.aws;
        const VpcId = String(stack.outputs.vpcId);
        const names = ["ElasticMapReduce-Extra-A", "ElasticMapReduce-Extra-B"];
        const ids: string[] = [];
        for (const GroupName of names) {
            const { GroupId = "" } = await ec2.send(
                new CreateSecurityGroupCommand({ GroupName, Description: "EMR's", VpcId }),
            );
            ids.push(GroupId);
        }
        const [a = "", b = ""] = ids;
        for (const [GroupId, other] of [
            [a, b],
            [b, a],
            [a, a],
        ]) {
            const IpPermissions = [
                { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, UserIdGroupPairs: [{ GroupId: other }] },
            ];
            await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
        }
        const groups = async () => {
            const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
            return SecurityGroups.map(({ GroupId = "" }) => GroupId).sort();
        };
        const before = await groups();
        const told = (removed: boolean) => ids.map((name) => ({ kind: "security group", name, removed }));
        expect(await run()).to.deep.equal({
            exit: EXIT.attention,
            told: [...told(false), { ...current(), removed: false }],
        });
        expect(await groups()).to.deep.equal(before);
        expect(await run({ yes: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [...told(true), { ...current(), removed: false }],
        });
        expect(await groups()).to.deep.equal(before.filter((id) => !ids.includes(id)));
    });

    it("deletes an earlier security configuration, and keeps another stack's with the same prefix", async () => {
        const earlier = `snowplow-dev-${"1".repeat(26)}`;
        const others = `snowplow-dev-${"2".repeat(26)}`;
        for (const [Name, AwsKmsKey] of [
            [earlier, stack.outputs.kmsKeyArn],
            [others, "arn:aws:kms:eu-west-1:123456789012:key/another"],
        ] as const) {
            await stack.aws.emr.send(
                new CreateSecurityConfigurationCommand({
                    Name,
                    SecurityConfiguration: JSON.stringify({ EncryptionConfiguration: { AwsKmsKey } }),
                }),
            );
        }
        expect(await run({ yes: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [
                { kind: "security configuration", name: earlier, removed: true },
                { ...current(), removed: false },
            ],
        });
        expect(await run({ yes: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [{ ...current(), removed: false }],
        });
    });

    it("lists the principals of the operator policy, and the bucket that is not empty", async () => {
        const { iam, s3 } = stack.aws;
        await iam.send(new CreateUserCommand({ UserName: "snowplow" }));
        await iam.send(
            new AttachUserPolicyCommand({
                UserName: "snowplow",
                PolicyArn: String(stack.outputs.operatorPolicyArn),
            }),
        );
        const bucket = stack.id("aws:s3/bucket:Bucket", "emr-storage-archive");
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "raw/run=1/part-0", Body: "x" }));
        expect(await run({ yes: true, all: true })).to.deep.equal({
            exit: EXIT.attention,
            told: [
                { kind: "operator policy", name: stack.outputs.operatorPolicyArn, removed: false },
                { ...current(), removed: true },
                { kind: "bucket", name: bucket, removed: false },
            ],
        });
    });
});
