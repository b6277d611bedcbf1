import { spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import {
    AssociateDhcpOptionsCommand,
    AuthorizeSecurityGroupIngressCommand,
    CreateDhcpOptionsCommand,
    CreateManagedPrefixListCommand,
    CreateNetworkAclEntryCommand,
    CreateRouteCommand,
    DeleteNetworkAclEntryCommand,
    DeleteRouteCommand,
    DescribeNetworkAclsCommand,
    DescribeVpcsCommand,
    type IpPermission,
    ModifyVpcAttributeCommand,
    ModifyVpcEndpointCommand,
    ReplaceRouteCommand,
    RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import {
    CreateSecurityConfigurationCommand,
    DeleteSecurityConfigurationCommand,
    RunJobFlowCommand,
    type RunJobFlowInput,
    TerminateJobFlowsCommand,
} from "@aws-sdk/client-emr";
import {
    AddRoleToInstanceProfileCommand,
    AttachRolePolicyCommand,
    CreateInstanceProfileCommand,
    CreateRoleCommand,
    DeleteRolePolicyCommand,
    DetachRolePolicyCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    ListRolePoliciesCommand,
    PutRolePolicyCommand,
    RemoveRoleFromInstanceProfileCommand,
    UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
    CancelKeyDeletionCommand,
    CreateGrantCommand,
    DisableKeyCommand,
    DisableKeyRotationCommand,
    EnableKeyCommand,
    EnableKeyRotationCommand,
    GetKeyPolicyCommand,
    PutKeyPolicyCommand,
    RevokeGrantCommand,
    ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
    CreateBucketCommand,
    DeleteBucketEncryptionCommand,
    DeleteBucketPolicyCommand,
    DeleteBucketReplicationCommand,
    DeleteObjectCommand,
    DeletePublicAccessBlockCommand,
    GetBucketPolicyCommand,
    PutBucketAclCommand,
    PutBucketInventoryConfigurationCommand,
    PutBucketNotificationConfigurationCommand,
    PutBucketOwnershipControlsCommand,
    PutBucketPolicyCommand,
    PutBucketReplicationCommand,
    PutObjectCommand,
    PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import {
    DeletePublicAccessBlockCommand as DeleteAccountPublicAccessBlockCommand,
    PutPublicAccessBlockCommand as PutAccountPublicAccessBlockCommand,
} from "@aws-sdk/client-s3-control";
import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import { awsClients, type Clients } from "../../commands/aws";
import { EXIT } from "../../commands/cli";
import { REPORT_SCHEMA_FILE } from "../../commands/controls";
import { parseStackOutputs, type StackOutputs } from "../../commands/stack-outputs";
import { type VerifyOptions, verify } from "../../commands/verify";
import { assetUrls } from "../../commands/verify/assets";
import { parseObjectUrl } from "../../commands/verify/buckets";
import { CONTROLS } from "../../commands/verify/controls";
import { type Report, reportSchema } from "../../commands/verify/report";
import { type Identity, identity } from "../support/authority";
import { refusal } from "../support/fake-aws";
import { MINIMAL, REGION } from "../support/run";
import { streams } from "../support/streams";
import { TlsProvider } from "../support/tls-provider";
import { deployStack } from "./deploy";
import { ACCOUNT, reset } from "./moto";
import { MotoProxy } from "./moto-proxy";
import { OTHER_KEY, Planted } from "./planted";

const DAY = 86_400_000;
const OTHER_ACCOUNT = "999988887777";
const ANYONE = { Sid: "Planted", Effect: "Allow", Principal: "*", Action: "s3:GetObject" };
const OTHERS = { ...ANYONE, Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` } };
const OF_ORGANIZATION = { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } };
const ROLE_OF_ACCOUNT = { ...ANYONE, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/admin` } };
const SPOT = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
const ANYWHERE = "0.0.0.0/0";
const LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const TOPIC = `arn:aws:sns:${REGION}:111122223333:alarms`;

type Undo = () => Promise<unknown>;
/** An error is a refusal. */
type Answers = Readonly<Record<string, object>>;
type Rule = `${"allow" | "deny"} ${"in" | "out"}`;
type Statement = Readonly<Record<string, unknown>>;

/** A deployed stack with methods that plant a defect and return its undoing. */
class Stack extends Planted {
    readonly outputs: StackOutputs = parseStackOutputs("here", this.stack.json);
    readonly aws = this.stack.aws;

    group(name: string): string {
        return this.stack.id("aws:ec2/securityGroup:SecurityGroup", `emr-network-security-groups-${name}`);
    }

    get routes(): string {
        return this.stack.id("aws:ec2/routeTable:RouteTable", "emr-network-nodes-routes");
    }

    /** Changes the statements of a bucket's policy. */
    async bucketPolicy(Bucket: string, change: (live: Statement[]) => Statement[]): Promise<Undo> {
        const before = await this.s3.send(new GetBucketPolicyCommand({ Bucket })).catch(() => undefined);
        const { Statement = [], ...rest } = JSON.parse(before?.Policy ?? '{"Version":"2012-10-17"}');
        const Policy = JSON.stringify({ ...rest, Statement: change(Statement) });
        await this.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
        return () =>
            this.s3.send(
                before
                    ? new PutBucketPolicyCommand({ Bucket, Policy: before.Policy })
                    : (new DeleteBucketPolicyCommand({ Bucket }) as never),
            );
    }

    addToBucketPolicy(Bucket: string, statement: Statement): Promise<Undo> {
        const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
        return this.bucketPolicy(Bucket, (live) => [...live, { Resource, ...statement }]);
    }

    addToKeyPolicy(statement: Statement): Promise<Undo> {
        return this.keyPolicy((live) => [...live, { Resource: "*", ...statement }]);
    }

    async keyPolicy(change: (live: Statement[]) => Statement[]): Promise<Undo> {
        const key = { KeyId: this.keyArn.split("/")[1], PolicyName: "default" };
        const { Policy = "{}" } = await this.aws.kms.send(new GetKeyPolicyCommand(key));
        const { Statement, ...rest } = JSON.parse(Policy);
        const changed = { ...rest, Statement: change(Statement) };
        await this.aws.kms.send(new PutKeyPolicyCommand({ ...key, Policy: JSON.stringify(changed) }));
        return () => this.aws.kms.send(new PutKeyPolicyCommand({ ...key, Policy }));
    }

    async grant(GranteePrincipal: string): Promise<Undo> {
        const KeyId = this.keyArn;
        const { GrantId } = await this.aws.kms.send(
            new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["Decrypt"] }),
        );
        return () => this.aws.kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
    }

    async trust(RoleName: string, change: (live: Statement[]) => Statement[]): Promise<Undo> {
        const { Role } = await this.aws.iam.send(new GetRoleCommand({ RoleName }));
        const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "{}");
        const { Statement, ...rest } = JSON.parse(before);
        const put = (PolicyDocument: string) =>
            this.aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
        await put(JSON.stringify({ ...rest, Statement: change(Statement) }));
        return () => put(before);
    }

    async inlinePolicy(RoleName: string, statement: Statement, PolicyName = "more"): Promise<Undo> {
        const policy = { RoleName, PolicyName };
        const Statement = [{ Sid: "Planted", Effect: "Allow", ...statement }];
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await this.aws.iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
        return () => this.aws.iam.send(new DeleteRolePolicyCommand(policy));
    }

    /** Replaces the inline policy of the stack. */
    async ownPolicy(RoleName: string, change: (json: string) => string): Promise<Undo> {
        const { PolicyNames } = await this.aws.iam.send(new ListRolePoliciesCommand({ RoleName }));
        const policy = { RoleName, PolicyName: String(PolicyNames?.[0]) };
        const { PolicyDocument = "" } = await this.aws.iam.send(new GetRolePolicyCommand(policy));
        const before = decodeURIComponent(PolicyDocument);
        const put = (json: string) =>
            this.aws.iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: json }));
        await put(change(before));
        return () => put(before);
    }

    async attach(RoleName: string, PolicyArn: string): Promise<Undo> {
        await this.aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
        return () => this.aws.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }

    /** EMR changes no security configuration: another of the same name replaces it. */
    async securityConfiguration(change: (text: string) => string): Promise<Undo> {
        const Name = String(this.outputs.securityConfigurationName);
        const before = String(this.outputs.securityConfiguration);
        const put = async (SecurityConfiguration: string) => {
            await this.aws.emr.send(new DeleteSecurityConfigurationCommand({ Name }));
            await this.aws.emr.send(new CreateSecurityConfigurationCommand({ Name, SecurityConfiguration }));
        };
        await put(change(before));
        return () => put(before);
    }

    async archiveFile(...change: Parameters<Planted["changeArchive"]>): Promise<Undo> {
        const before = await this.archiveBytes();
        await this.changeArchive(...change);
        return () => this.putArchive(before);
    }

    async dhcp(options: Readonly<Record<string, string | readonly string[]>> | "default"): Promise<Undo> {
        const { vpcId: VpcId } = this.outputs;
        const { Vpcs } = await this.aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
        const DhcpConfigurations = Object.entries(options).map(([Key, value]) => ({
            Key,
            Values: [value].flat(),
        }));
        const id =
            options === "default"
                ? options
                : (await this.aws.ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations }))).DhcpOptions
                      ?.DhcpOptionsId;
        const associate = (DhcpOptionsId: string | undefined) =>
            this.aws.ec2.send(new AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId }));
        await associate(id);
        return () => associate(Vpcs?.[0]?.DhcpOptionsId);
    }

    async dns(of: "EnableDnsSupport" | "EnableDnsHostnames"): Promise<Undo> {
        const set = (Value: boolean) =>
            this.aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId: this.outputs.vpcId, [of]: { Value } }));
        await set(false);
        return () => set(true);
    }

    async cluster(
        instances: RunJobFlowInput["Instances"],
        other: Partial<RunJobFlowInput> = {},
    ): Promise<Undo> {
        const { emr } = this.aws;
        const { JobFlowId } = await emr.send(
            new RunJobFlowCommand({
                Name: "planted",
                ReleaseLabel: "emr-5.36.2",
                ServiceRole: "EMR_DefaultRole",
                JobFlowRole: "EMR_EC2_DefaultRole",
                Instances: {
                    MasterInstanceType: "m5.xlarge",
                    SlaveInstanceType: "m5.xlarge",
                    InstanceCount: 2,
                    KeepJobFlowAliveWhenNoSteps: true,
                    ...instances,
                },
                ...other,
            }),
        );
        return () => emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [String(JobFlowId)] }));
    }

    async ingress(GroupId: string, ...rules: readonly Partial<IpPermission>[]): Promise<Undo> {
        const { ec2 } = this.aws;
        const IpPermissions = rules.map((rule) => ({ IpProtocol: "tcp", FromPort: 22, ToPort: 22, ...rule }));
        await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
        return () => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    }

    /** Adds entries before the others, in their order. */
    async aclEntries(
        ...entries: readonly (readonly [Rule, string, from: number, to?: number])[]
    ): Promise<Undo> {
        const { ec2 } = this.aws;
        const { NetworkAcls } = await ec2.send(
            new DescribeNetworkAclsCommand({ Filters: [{ Name: "vpc-id", Values: [this.outputs.vpcId] }] }),
        );
        const undo: Undo[] = [];
        for (const [index, [rule, CidrBlock, From, To = From]] of entries.entries()) {
            const [RuleAction, direction] = rule.split(" ") as ["allow" | "deny", string];
            const entry = {
                NetworkAclId: NetworkAcls?.[0]?.NetworkAclId,
                Egress: direction === "out",
                RuleNumber: 10 + index,
            };
            const PortRange = { From, To };
            await ec2.send(
                new CreateNetworkAclEntryCommand({
                    ...entry,
                    Protocol: "6",
                    RuleAction,
                    CidrBlock,
                    PortRange,
                }),
            );
            undo.push(() => ec2.send(new DeleteNetworkAclEntryCommand(entry)));
        }
        return () => Promise.all(undo.map((each) => each()));
    }

    async endpointPolicy(...statements: readonly Statement[]): Promise<Undo> {
        const VpcEndpointId = this.stack.id("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3");
        const defaults = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
        const set = (all: readonly Statement[]) => {
            const Statement = all.map((one) => ({ ...defaults, ...one }));
            const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
            return this.aws.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument }));
        };
        await set(statements);
        return () => set([defaults]);
    }
}

interface Situation {
    readonly title: string;
    readonly control: string;
    /** Default: the stack that created everything. `existing`: the stack that uses the other's resources. */
    readonly on?: "existing";
    readonly plant?: (stack: Stack, owner: Stack) => Promise<Undo | undefined>;
    readonly options?: (stack: Stack) => VerifyOptions;
    /** Days to move the clock ahead. */
    readonly later?: number;
    /** Answers in place of moto's, by the SDK's command: for what moto does not have. */
    readonly answers?: Answers | ((stack: Stack) => Answers);
    /** Changes the outputs. */
    readonly change?: (outputs: StackOutputs) => Partial<StackOutputs>;
    /** Default `failed`; `ok` for a sound addition, `unknown` for what cannot be read. */
    readonly result?: Report["result"];
    /** What the evidence that is not ok says, in order. */
    readonly found?: readonly (string | RegExp)[];
}

const ARCHIVE = "emr-storage-archive";
const archive = (stack: Stack) => stack.bucket(ARCHIVE);
const pem = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const allBlocked = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
};
const publicAccess = (Bucket: string, others: object = {}) =>
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { ...allBlocked, ...others } });
const ownership = (Bucket: string, ObjectOwnership: "ObjectWriter" | "BucketOwnerEnforced") =>
    new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
const statement = (Action: string | string[], Resource: string | string[] = "*") => ({ Action, Resource });
const editConfig = (pattern: RegExp, replacement: string) => (stack: Stack) => ({
    config: stack.config((text) => {
        expect(text).to.match(pattern);
        return text.replace(pattern, replacement);
    }),
});
const notifications =
    (configuration: object) =>
    async (stack: Stack): Promise<Undo> => {
        const put = (NotificationConfiguration: object) =>
            stack.s3.send(
                new PutBucketNotificationConfigurationCommand({
                    Bucket: archive(stack),
                    NotificationConfiguration,
                    SkipDestinationValidation: true,
                }),
            );
        await put(configuration);
        return () => put({});
    };
const route =
    (target: Readonly<Record<string, string>>) =>
    async ({ aws: { ec2 }, routes: RouteTableId }: Stack): Promise<Undo> => {
        const { DestinationCidrBlock, DestinationIpv6CidrBlock } = target;
        await ec2.send(new CreateRouteCommand({ RouteTableId, ...target }));
        return () =>
            ec2.send(
                new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock }),
            );
    };
const gateway = (stack: Stack) =>
    stack.stack.id("aws:ec2/internetGateway:InternetGateway", "emr-network-internet-gateway");
const replication = async (stack: Stack, destination: string, Account?: string): Promise<Undo> => {
    const Bucket = archive(stack);
    await stack.s3.send(
        new PutBucketReplicationCommand({
            Bucket,
            ReplicationConfiguration: {
                Role: `arn:aws:iam::${ACCOUNT}:role/replication`,
                Rules: [
                    {
                        ID: "copy",
                        Priority: 1,
                        Filter: { Prefix: "" },
                        Status: "Enabled",
                        DeleteMarkerReplication: { Status: "Disabled" },
                        Destination: { Bucket: `arn:aws:s3:::${destination}`, Account },
                    },
                ],
            },
        }),
    );
    return () => stack.s3.send(new DeleteBucketReplicationCommand({ Bucket }));
};

const SITUATIONS: readonly Situation[] = [
    {
        title: "a bucket that encrypts under a KMS key",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.encryptBucket(archive(stack), { key: OTHER_KEY });
            return () => stack.encryptBucket(archive(stack), {});
        },
        found: [`aws:kms under ${OTHER_KEY}`],
    },
    {
        title: "a bucket without default encryption",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.s3.send(new DeleteBucketEncryptionCommand({ Bucket: archive(stack) }));
            return () => stack.encryptBucket(archive(stack), {});
        },
        found: ["none", "none"],
    },
    {
        title: "an existing bucket under an unknown key",
        on: "existing",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.encryptBucket("acme-in", { key: OTHER_KEY });
            return () => stack.encryptBucket("acme-in", {});
        },
        found: [`aws:kms under ${OTHER_KEY}`],
    },
    {
        title: "a bucket that accepts SSE-C",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.encryptBucket(archive(stack), { blocked: "NONE" });
            return () => stack.encryptBucket(archive(stack), {});
        },
        found: ["NONE"],
    },
    {
        title: "an existing bucket that accepts SSE-C",
        on: "existing",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.encryptBucket("acme-in", { blocked: "NONE" });
            return () => stack.encryptBucket("acme-in", {});
        },
        result: "ok",
    },
    {
        title: "objects without encryption, and under an unknown key",
        control: "s3-objects-encrypted",
        plant: async (stack) => {
            const keys = [1, 2, 3, 4, 5].map((run) => `enriched/run=${run}/part-0`);
            await stack.putUnencrypted(archive(stack), ...keys);
            await stack.putUnder(archive(stack), "raw/part-0", OTHER_KEY);
            return async () => {
                for (const Key of [...keys, "raw/part-0"]) {
                    await stack.s3.send(new DeleteObjectCommand({ Bucket: archive(stack), Key }));
                }
            };
        },
        found: [/1 under a KMS key .*: raw\/part-0$/, /5 not encrypted: .*part-0 and 2 more$/],
    },
    {
        title: "no sample",
        control: "s3-objects-encrypted",
        options: () => ({ sample: 0 }),
        result: "skipped",
    },
    {
        title: "a policy without TLS",
        control: "s3-tls-only",
        plant: (stack) => stack.bucketPolicy(archive(stack), (live) => live.slice(1)),
        found: ["DenyPlainHttp is missing or changed"],
    },
    {
        title: "a deny with a narrower action",
        control: "s3-tls-only",
        plant: (stack) =>
            stack.bucketPolicy(archive(stack), ([first, ...others]) => [
                { ...first, Action: "s3:Get*" },
                ...others,
            ]),
        found: ["DenyPlainHttp is missing or changed"],
    },
    ...(
        [
            ["everyone", ANYONE],
            [
                "another account, under a condition",
                { ...OTHERS, Condition: { Bool: { "aws:SecureTransport": "true" } } },
            ],
            ["a role of the account", ROLE_OF_ACCOUNT],
            [
                "everyone but one role",
                { ...ANYONE, Principal: undefined, NotPrincipal: ROLE_OF_ACCOUNT.Principal },
            ],
            ["all actions but one", { ...OTHERS, Action: undefined, NotAction: "s3:DeleteBucket" }],
            ["everyone, by a part of an action", { ...ANYONE, Action: "s3:*etObject" }],
            ["another account that lists", { ...OTHERS, Action: "s3:ListBucket" }],
            [
                "another account's CloudFront",
                {
                    ...ANYONE,
                    Principal: { Service: "cloudfront.amazonaws.com" },
                    Condition: {
                        StringEquals: {
                            "aws:SourceArn": `arn:aws:cloudfront::${OTHER_ACCOUNT}:distribution/E1`,
                        },
                    },
                },
            ],
            ["the organization", { ...ANYONE, Condition: OF_ORGANIZATION }],
            [
                "log delivery with all actions",
                { ...ANYONE, Principal: { Service: "delivery.logs.amazonaws.com" }, Action: "s3:*" },
            ],
            ["log delivery that reads", { ...ANYONE, Principal: { Service: "delivery.logs.amazonaws.com" } }],
        ] as const
    ).map(([title, added]) => ({
        title: `a statement for ${title}`,
        control: "s3-data-access",
        plant: (stack: Stack) => stack.addToBucketPolicy(archive(stack), added),
        found: [/^Planted: /],
    })),
    ...(
        [
            [
                "log delivery",
                { Principal: { Service: "delivery.logs.amazonaws.com" }, Action: "s3:PutObject" },
            ],
            [
                "server access logs",
                {
                    Principal: { Service: "logging.s3.amazonaws.com" },
                    Action: ["s3:GetBucketAcl", "s3:PutObject"],
                },
            ],
            [
                "flow logs",
                {
                    Principal: { Service: "delivery.logs.amazonaws.com" },
                    Action: ["s3:GetBucketAcl", "s3:ListBucket"],
                    Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
                },
            ],
            [
                "another account that asks for settings",
                { ...OTHERS, Action: ["s3:GetBucketLocation", "s3:GetBucket*"] },
            ],
            ["a denial", { ...ANYONE, Effect: "Deny", Action: "s3:DeleteObject" }],
            [
                "a denial outside of the organization",
                { ...ANYONE, Effect: "Deny", Condition: { StringNotEquals: OF_ORGANIZATION.StringEquals } },
            ],
        ] as const
    ).map(([title, added]) => ({
        title: `a statement for ${title}`,
        control: "s3-data-access",
        result: "ok" as const,
        plant: (stack: Stack) =>
            stack.addToBucketPolicy(archive(stack), { Sid: "Sound", Effect: "Allow", ...added }),
    })),
    {
        title: "an ACL for everyone",
        control: "s3-data-access",
        plant: async (stack) => {
            const Bucket = archive(stack);
            await stack.s3.send(ownership(Bucket, "ObjectWriter"));
            await stack.s3.send(publicAccess(Bucket, { BlockPublicAcls: false }));
            await stack.s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
            return async () => {
                await stack.s3.send(new PutBucketAclCommand({ Bucket, ACL: "private" }));
                await stack.s3.send(publicAccess(Bucket));
                await stack.s3.send(ownership(Bucket, "BucketOwnerEnforced"));
            };
        },
        found: [/READ for http:.*AllUsers/],
    },
    {
        title: "replication into another account",
        control: "s3-data-access",
        plant: (stack) => replication(stack, "theirs", OTHER_ACCOUNT),
        found: [`theirs (${OTHER_ACCOUNT})`],
    },
    {
        title: "replication into a bucket that is not the account's",
        control: "s3-data-access",
        plant: (stack) => replication(stack, "theirs"),
        found: ["theirs (not a bucket of this account)"],
    },
    {
        title: "replication within the account",
        control: "s3-data-access",
        plant: (stack) => replication(stack, "acme-logs"),
        result: "ok",
    },
    {
        title: "an inventory for another account",
        control: "s3-data-access",
        plant: async (stack) => {
            const S3BucketDestination = {
                AccountId: OTHER_ACCOUNT,
                Bucket: "arn:aws:s3:::theirs",
                Format: "CSV" as const,
            };
            const put = (IsEnabled: boolean) =>
                stack.s3.send(
                    new PutBucketInventoryConfigurationCommand({
                        Bucket: archive(stack),
                        Id: "planted",
                        InventoryConfiguration: {
                            Id: "planted",
                            IsEnabled,
                            IncludedObjectVersions: "All",
                            Schedule: { Frequency: "Daily" },
                            Destination: { S3BucketDestination },
                        },
                    }),
                );
            await put(true);
            return () => put(false); // Moto deletes no inventory.
        },
        found: [`theirs (${OTHER_ACCOUNT})`],
    },
    ...(
        [
            ["Lambda", "LambdaFunctionConfigurations", "LambdaFunctionArn", "lambda", ":function:theirs"],
            ["SQS", "QueueConfigurations", "QueueArn", "sqs", ":theirs"],
            ["SNS", "TopicConfigurations", "TopicArn", "sns", ":theirs"],
        ] as const
    ).map(([title, kind, key, service, name]) => {
        const target = `arn:aws:${service}:${REGION}:${OTHER_ACCOUNT}${name}`;
        return {
            title: `events for another account, by ${title}`,
            control: "s3-data-access",
            plant: notifications({ [kind]: [{ [key]: target, Events: ["s3:ObjectCreated:*"] }] }),
            found: [target],
        };
    }),
    {
        title: "events for the account",
        control: "s3-data-access",
        plant: notifications({
            QueueConfigurations: [
                { QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:own`, Events: ["s3:ObjectCreated:*"] },
            ],
        }),
        result: "ok",
    },
    {
        title: "a bucket elsewhere that may not be listed",
        control: "s3-data-access",
        plant: (stack) => replication(stack, "acme-logs"),
        answers: { ListBucketsCommand: refusal("AccessDenied") },
        result: "unknown",
    },
    {
        title: "an ACL for log delivery",
        on: "existing",
        control: "existing-data-access",
        plant: async (stack) => {
            const Bucket = "acme-in";
            await stack.s3.send(ownership(Bucket, "ObjectWriter"));
            await stack.s3.send(
                new PutBucketAclCommand({
                    Bucket,
                    GrantWrite: `uri="${LOG_GROUP}"`,
                    GrantReadACP: `uri="${LOG_GROUP}"`,
                }),
            );
            return async () => {
                await stack.s3.send(new PutBucketAclCommand({ Bucket, ACL: "private" }));
                await stack.s3.send(ownership(Bucket, "BucketOwnerEnforced"));
            };
        },
        result: "ok",
    },
    {
        title: "another account's bucket, whose policy S3 does not show",
        on: "existing",
        control: "existing-data-access",
        answers: { GetBucketPolicyCommand: refusal("MethodNotAllowed") },
        result: "unknown",
    },
    {
        title: "another account's key, with a grant for a role there",
        on: "existing",
        control: "existing-data-access",
        change: () => ({ kmsKeyArn: OTHER_KEY }),
        answers: { ListGrantsCommand: { Grants: [{ GranteePrincipal: `${OTHERS.Principal.AWS}` }] } },
        result: "ok",
    },
    {
        title: "another account's key, whose policy KMS does not show",
        on: "existing",
        control: "key-access",
        change: () => ({ kmsKeyArn: OTHER_KEY }),
        result: "skipped",
    },
    {
        title: "an existing key for another account",
        on: "existing",
        control: "existing-data-access",
        plant: (stack) => stack.addToKeyPolicy({ ...OTHERS, Action: "kms:Decrypt" }),
        found: [/^Planted: /],
    },
    {
        title: "an existing key with a grant for another account",
        on: "existing",
        control: "existing-data-access",
        plant: (stack) => stack.grant(`arn:aws:iam::${OTHER_ACCOUNT}:role/theirs`),
        found: [/may Decrypt$/],
    },
    {
        title: "an existing bucket for another account's CloudFront",
        on: "existing",
        control: "existing-data-access",
        plant: (stack) =>
            stack.addToBucketPolicy("acme-in", {
                ...ANYONE,
                Principal: { Service: "cloudfront.amazonaws.com" },
                Condition: {
                    ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${OTHER_ACCOUNT}:distribution/*` },
                },
            }),
        found: [/^Planted: /],
    },
    {
        title: "an existing bucket under a known key, by the key's id",
        on: "existing",
        control: "s3-default-encryption",
        plant: async (stack) => {
            await stack.encryptBucket("acme-in", { key: "another" });
            return () => stack.encryptBucket("acme-in", {});
        },
        change: ({ forCommands }) => ({ forCommands: { ...forCommands, existingKmsKeyArns: [OTHER_KEY] } }),
        result: "ok",
    },
    {
        title: "a sample that is larger than the locations",
        control: "s3-objects-encrypted",
        options: () => ({ sample: 10_000 }),
        result: "ok",
    },
    {
        title: "an existing bucket for everyone",
        on: "existing",
        control: "s3-data-access",
        plant: (stack) => stack.addToBucketPolicy("acme-in", ANYONE),
        found: ["Planted: * may s3:GetObject"],
    },
    {
        title: "an existing bucket for the organization",
        on: "existing",
        control: "s3-data-access",
        plant: (stack) =>
            stack.addToBucketPolicy("acme-in", {
                ...ANYONE,
                Condition: OF_ORGANIZATION,
            }),
        result: "ok",
    },
    ...(
        [
            ["everyone", ANYONE, "s3-data-access"],
            ["another account", OTHERS, "existing-data-access"],
        ] as const
    ).map(([title, added, control]) => ({
        title: `an existing archive's bucket for ${title}`,
        on: "existing" as const,
        control,
        plant: (stack: Stack) => stack.addToBucketPolicy(parseObjectUrl(stack.archiveUrl).bucket, added),
        found: [/^Planted: /],
    })),
    {
        title: "an existing bucket for another account",
        on: "existing",
        control: "existing-data-access",
        plant: (stack) => stack.addToBucketPolicy("acme-in", OTHERS),
        found: [/^Planted: .*:root may s3:GetObject$/],
    },
    {
        title: "an existing bucket for a role of the account, and for log delivery",
        on: "existing",
        control: "existing-data-access",
        plant: async (stack) => {
            const undo = await stack.addToBucketPolicy("acme-in", ROLE_OF_ACCOUNT);
            await stack.addToBucketPolicy("acme-in", {
                ...ANYONE,
                Principal: { Service: "delivery.logs.amazonaws.com" },
                Action: "s3:PutObject",
            });
            return undo;
        },
        result: "ok",
    },
    { title: "no existing bucket", control: "existing-data-access", result: "skipped" },
    {
        title: "a bucket that may become public",
        control: "s3-public-access",
        plant: async (stack) => {
            await stack.s3.send(
                publicAccess(archive(stack), { BlockPublicAcls: false, BlockPublicPolicy: false }),
            );
            return () => stack.s3.send(publicAccess(archive(stack)));
        },
        found: ["BlockPublicAcls is off; BlockPublicPolicy is off"],
    },
    {
        title: "an existing bucket without a block",
        on: "existing",
        control: "s3-public-access",
        plant: async (stack) => {
            await stack.s3.send(new DeletePublicAccessBlockCommand({ Bucket: "acme-in" }));
            return () => stack.s3.send(publicAccess("acme-in"));
        },
        found: [/^BlockPublicAcls is off; .*RestrictPublicBuckets is off$/],
    },
    {
        title: "a block of the account instead of the bucket's",
        on: "existing",
        control: "s3-public-access",
        plant: async ({ s3, aws: { s3Control } }) => {
            await s3.send(new DeletePublicAccessBlockCommand({ Bucket: "acme-in" }));
            await s3Control.send(
                new PutAccountPublicAccessBlockCommand({
                    AccountId: ACCOUNT,
                    PublicAccessBlockConfiguration: allBlocked,
                }),
            );
            return async () => {
                await s3.send(publicAccess("acme-in"));
                await s3Control.send(new DeleteAccountPublicAccessBlockCommand({ AccountId: ACCOUNT }));
            };
        },
        result: "ok",
    },
    {
        title: "a disabled key",
        control: "key-usable",
        plant: async ({ keyArn, aws: { kms } }) => {
            const key = { KeyId: keyArn.split("/")[1] };
            await kms.send(new DisableKeyCommand(key));
            return () => kms.send(new EnableKeyCommand(key));
        },
        found: ["Disabled"],
    },
    {
        title: "a key pending deletion",
        control: "key-usable",
        plant: async ({ keyArn, aws: { kms } }) => {
            const key = { KeyId: keyArn.split("/")[1] };
            await kms.send(new ScheduleKeyDeletionCommand({ ...key, PendingWindowInDays: 7 }));
            return async () => {
                await kms.send(new CancelKeyDeletionCommand(key));
                await kms.send(new EnableKeyCommand(key));
            };
        },
        found: [/^PendingDeletion, on /],
    },
    ...([undefined, "existing"] as const).map((on) => ({
        title: `a key that does not rotate, ${on ?? "of the stack"}`,
        on,
        control: "key-usable",
        plant: async ({ keyArn, aws: { kms } }: Stack) => {
            const key = { KeyId: keyArn.split("/")[1] };
            await kms.send(new DisableKeyRotationCommand(key));
            return () => kms.send(new EnableKeyRotationCommand(key));
        },
        ...(on ? { result: "ok" as const } : { found: ["off"] }),
    })),
    ...(
        [
            ["another account", { ...OTHERS, Action: "kms:*" }, undefined],
            [
                "everyone with a wide condition",
                { ...ANYONE, Action: "kms:Decrypt", Condition: { Bool: { "aws:SecureTransport": "true" } } },
                undefined,
            ],
            ["a role of the account", { ...ROLE_OF_ACCOUNT, Action: "kms:Decrypt" }, undefined],
            [
                "everyone but Spot",
                {
                    ...ANYONE,
                    Action: "kms:Decrypt",
                    Condition: {
                        StringNotEquals: {
                            "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
                        },
                    },
                },
                undefined,
            ],
            ["another account that encrypts", { ...OTHERS, Action: "kms:Encrypt" }, undefined],
            ["another account, by a part of an action", { ...OTHERS, Action: "kms:*crypt" }, undefined],
            [
                "another account but for one action",
                { ...OTHERS, Action: undefined, NotAction: "kms:Decrypt" },
                undefined,
            ],
            ["everyone, an existing key", { ...ANYONE, Action: "kms:Decrypt" }, "existing"],
        ] as const
    ).map(([title, added, on]) => ({
        title: `a key's statement for ${title}`,
        on,
        control: "key-access",
        plant: (stack: Stack) => stack.addToKeyPolicy(added),
        found: [/^Planted: /],
    })),
    ...(
        [
            ["a denial", { ...ANYONE, Effect: "Deny", Action: "kms:ScheduleKeyDeletion" }, undefined],
            ["another account that describes the key", { ...OTHERS, Action: "kms:Describe*" }, undefined],
            [
                "a role of the account, an existing key",
                { ...ROLE_OF_ACCOUNT, Action: "kms:Decrypt" },
                "existing",
            ],
            [
                "the organization, an existing key",
                { ...ANYONE, Action: "kms:Decrypt", Condition: OF_ORGANIZATION },
                "existing",
            ],
        ] as const
    ).map(([title, added, on]) => ({
        title: `a key's statement for ${title}`,
        on,
        control: "key-access",
        plant: (stack: Stack) => stack.addToKeyPolicy(added),
        result: "ok" as const,
    })),
    {
        title: "a grant for another account",
        control: "key-access",
        plant: (stack) => stack.grant(`arn:aws:iam::${OTHER_ACCOUNT}:role/theirs`),
        found: [/may Decrypt$/],
    },
    {
        title: "a grant for another account's instance",
        control: "key-access",
        plant: (stack) =>
            stack.grant(
                `arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0`,
            ),
        found: [/may Decrypt$/],
    },
    {
        title: "EBS's grant for an instance, and one for the jobflow role",
        control: "key-access",
        plant: async (stack) => {
            const grants = [
                await stack.grant(
                    `arn:aws:sts::${ACCOUNT}:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0`,
                ),
                await stack.grant(`arn:aws:iam::${ACCOUNT}:role/${stack.outputs.jobflowRole}`),
            ];
            return async () => Promise.all(grants.map((undo) => undo()));
        },
        result: "ok",
    },
    {
        title: "a role that another account may assume",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.jobflowRole, (live) => [
                ...live,
                { ...OTHERS, Action: "sts:AssumeRole" },
            ]),
        found: [/^Planted: /],
    },
    {
        title: "a role that its service may not assume",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, () => [{ ...ROLE_OF_ACCOUNT, Action: "sts:AssumeRole" }]),
        found: [/^elasticmapreduce.amazonaws.com may not assume the role; Planted: /],
    },
    {
        title: "an existing role that denies its service",
        on: "existing",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, (live) =>
                live.map((each) => ({ ...each, Effect: "Deny" })),
            ),
        found: ["elasticmapreduce.amazonaws.com may not assume the role"],
    },
    {
        title: "an existing role that allows and denies its service",
        on: "existing",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, (live) => [
                ...live,
                { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" },
            ]),
        found: ["elasticmapreduce.amazonaws.com may not assume the role"],
    },
    {
        title: "an existing role that an identity provider and a role of the account assume",
        on: "existing",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, (live) => [
                ...live,
                { ...ROLE_OF_ACCOUNT, Action: "sts:AssumeRole" },
                {
                    Effect: "Allow",
                    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example` },
                    Action: "sts:AssumeRoleWithWebIdentity",
                },
                { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole", Condition: OF_ORGANIZATION },
            ]),
        result: "ok",
    },
    {
        title: "an existing role for another account's EMR",
        on: "existing",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, (live) =>
                live.map((each) => ({
                    ...each,
                    Sid: "Planted",
                    Condition: { StringEquals: { "aws:SourceAccount": OTHER_ACCOUNT } },
                })),
            ),
        found: [/^Planted: /],
    },
    {
        title: "an existing role that another account may assume",
        on: "existing",
        control: "role-trust",
        plant: (stack) =>
            stack.trust(stack.outputs.serviceRole, (live) => [
                ...live,
                { ...OTHERS, Action: "sts:AssumeRole" },
            ]),
        found: [/^Planted: /],
    },
    {
        title: "an instance profile with another role",
        control: "role-trust",
        plant: async ({ aws: { iam }, outputs: { jobflowRole, serviceRole } }) => {
            const profile = { InstanceProfileName: jobflowRole };
            await iam.send(new RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName: jobflowRole }));
            await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: serviceRole }));
            return async () => {
                await iam.send(
                    new RemoveRoleFromInstanceProfileCommand({ ...profile, RoleName: serviceRole }),
                );
                await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: jobflowRole }));
            };
        },
        found: [/-service-/],
    },
    {
        title: "an administrator's policy on the jobflow role",
        control: "role-policies",
        plant: (stack) => stack.attach(stack.outputs.jobflowRole, ADMINISTRATOR),
        found: [/^arn:aws:iam::aws:policy\/AdministratorAccess: /],
    },
    ...(
        [
            ["reads all buckets with the stack's prefix", statement("s3:Get*", "arn:aws:s3:::snowplow-*")],
            ["decrypts with every key", statement("kms:Decrypt")],
            ["encrypts with every key", statement("kms:Encrypt")],
            ["decrypts, by a part of an action", statement("kms:*crypt")],
            [
                "reads by access points",
                statement("s3:GetObject", `arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/*`),
            ],
            [
                "reads what is not elsewhere",
                { Action: "s3:GetObject", NotResource: "arn:aws:s3:::acme-else/*" },
            ],
            ["changes the default version of policies", statement("iam:SetDefaultPolicyVersion")],
            ["passes roles", statement("iam:PassRole")],
            ["assumes roles", statement("sts:*")],
            ["may all but one action", { NotAction: "iam:*", Resource: "*" }],
        ] as const
    ).map(([title, added]) => ({
        title: `an inline policy that ${title}`,
        control: "role-policies",
        plant: (stack: Stack) => stack.inlinePolicy(stack.outputs.serviceRole, added),
        found: [/^more: Planted: /],
    })),
    {
        title: "a wider policy in place of the stack's",
        control: "role-policies",
        plant: (stack) =>
            stack.ownPolicy(stack.outputs.jobflowRole, () =>
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Sid: "All", Effect: "Allow", Action: "s3:*", Resource: "*" }],
                }),
            ),
        found: [/All: s3:\*$/],
    },
    {
        title: "Systems Manager's policy, and ones about another bucket and about settings",
        control: "role-policies",
        plant: async (stack) => {
            const role = stack.outputs.jobflowRole;
            const undo = await stack.attach(role, SSM);
            const other = await stack.inlinePolicy(
                role,
                statement("s3:GetObject", "arn:aws:s3:::acme-else/*"),
            );
            const settings = await stack.inlinePolicy(
                stack.outputs.serviceRole,
                statement([
                    "ec2:*",
                    "s3:GetBucketLocation",
                    "s3:ListAllMyBuckets",
                    "kms:Describe*",
                    "iam:Get*",
                ]),
            );
            return () => Promise.all([undo(), other(), settings()]);
        },
        result: "ok",
    },
    {
        title: "an existing role that lacks a permission",
        on: "existing",
        control: "existing-requirements",
        plant: (stack) =>
            stack.ownPolicy(stack.outputs.jobflowRole, (json) =>
                json.replaceAll('"kms:Decrypt"', '"kms:Sign"'),
            ),
        found: [/^UseKey: kms:Decrypt$/],
    },
    {
        title: "an existing service role without EMR's managed policy",
        on: "existing",
        control: "existing-requirements",
        plant: async ({ aws: { iam }, outputs: { serviceRole: RoleName } }) => {
            const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
            await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
            return () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
        },
        found: [/ec2:/],
    },
    {
        title: "an existing role with a permission under a condition",
        on: "existing",
        control: "existing-requirements",
        plant: (stack) =>
            stack.ownPolicy(stack.outputs.jobflowRole, (json) => {
                const { Statement, ...rest } = JSON.parse(json) as { readonly Statement: Statement[] };
                const Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
                const changed = Statement.map((each) =>
                    each.Sid === "UseKey" ? { ...each, Condition } : each,
                );
                return JSON.stringify({ ...rest, Statement: changed });
            }),
        result: "unknown",
    },
    {
        title: "an existing role that is denied a part of a location",
        on: "existing",
        control: "existing-requirements",
        plant: (stack) =>
            stack.inlinePolicy(stack.outputs.jobflowRole, {
                ...statement("s3:GetObject", "arn:aws:s3:::acme-in/one/2026/*"),
                Effect: "Deny",
            }),
        found: [/s3:GetObject$/],
    },
    {
        title: "an existing role with KMS's actions by name",
        on: "existing",
        control: "existing-requirements",
        plant: (stack) =>
            stack.ownPolicy(stack.outputs.jobflowRole, (json) =>
                json.replace('"kms:ReEncrypt*"', '"kms:ReEncryptFrom","kms:ReEncryptTo"'),
            ),
        result: "ok",
    },
    ...(
        [
            ["one role only", ["nodes"], [], [/^use by emr: /]],
            ["both roles and the role of Spot by name", ["emr", "nodes"], [SPOT], undefined],
        ] as const
    ).map(([title, roles, others, found]) => ({
        title: `an existing key whose policy names ${title}`,
        on: "existing" as const,
        control: "existing-requirements",
        plant: (stack: Stack) =>
            stack.keyPolicy((live) => [
                ...(found ? live.filter(({ Sid }) => Sid !== "DelegateToIam") : []),
                ...[...roles.map((role) => `role/${role}`), ...others].map((name) => ({
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:${name}` },
                    Action: "kms:*",
                    Resource: "*",
                })),
            ]),
        ...(found ? { found } : { result: "ok" as const }),
    })),
    {
        title: "an existing key that IAM may not decide on",
        on: "existing",
        control: "existing-requirements",
        plant: (stack) => stack.keyPolicy(() => [{ ...ROLE_OF_ACCOUNT, Action: "kms:*", Resource: "*" }]),
        found: [/^use by emr: .*kms:Decrypt.*; use by nodes: /],
    },
    {
        title: "a security configuration with SSE-KMS",
        control: "emrfs-encryption",
        plant: (stack) => stack.securityConfiguration((text) => text.replace("SSE-S3", "SSE-KMS")),
        found: ['"SSE-KMS"'],
    },
    {
        title: "a security configuration without EBS encryption",
        control: "disk-encryption",
        plant: (stack) =>
            stack.securityConfiguration((text) =>
                text.replace('"EnableEbsEncryption":true', '"EnableEbsEncryption":false'),
            ),
        found: ["false"],
    },
    {
        title: "a security configuration with another key",
        control: "disk-encryption",
        plant: (stack) => stack.securityConfiguration((text) => text.replace(stack.keyArn, OTHER_KEY)),
        found: [`"${OTHER_KEY}"`],
    },
    {
        title: "a deleted security configuration",
        control: "disk-encryption",
        plant: async (stack) => {
            const undo = await stack.securityConfiguration((text) => text);
            const Name = String(stack.outputs.securityConfigurationName);
            await stack.aws.emr.send(new DeleteSecurityConfigurationCommand({ Name }));
            return () =>
                stack.aws.emr.send(
                    new CreateSecurityConfigurationCommand({
                        Name,
                        SecurityConfiguration: String(stack.outputs.securityConfiguration),
                    }),
                ) ?? undo;
        },
        found: ["missing"],
    },
    {
        title: "a security configuration without encryption in transit",
        control: "transit-encryption",
        plant: (stack) =>
            stack.securityConfiguration((text) =>
                text.replace('"EnableInTransitEncryption":true', '"EnableInTransitEncryption":false'),
            ),
        found: ["false"],
    },
    {
        title: "a security configuration with another field",
        control: "security-configuration",
        plant: (stack) =>
            stack.securityConfiguration((text) =>
                JSON.stringify({
                    ...JSON.parse(text),
                    AuthorizationConfiguration: { RangerConfiguration: 1 },
                }),
            ),
        found: ["1"],
    },
    {
        title: "an archive that is not under the key",
        control: "certificate-archive",
        plant: async (stack) => {
            const before = await stack.archiveBytes();
            await stack.putArchive(before, null);
            return () => stack.putArchive(before);
        },
        found: ["AES256"],
    },
    {
        title: "a missing archive",
        control: "certificate-archive",
        plant: async (stack) => {
            const before = await stack.archiveBytes();
            await stack.deleteArchive();
            return () => stack.putArchive(before);
        },
        found: ["missing"],
    },
    {
        title: "an archive that is not a ZIP file",
        control: "certificate-archive",
        plant: async (stack) => {
            const before = await stack.archiveBytes();
            await stack.putArchive(Buffer.from("no archive"));
            return () => stack.putArchive(before);
        },
        found: ["no ZIP archive with files in it"],
    },
    {
        title: "an archive whose key is in a folder",
        control: "certificate-archive",
        plant: (stack) =>
            stack.archiveFile((files) => ({
                "privateKey.pem": undefined,
                "tls/privateKey.pem": files["privateKey.pem"],
            })),
        found: ["certificateChain.pem, tls/privateKey.pem, trustedCertificates.pem"],
    },
    {
        title: "a private key in another form",
        control: "certificate-archive",
        plant: (stack) =>
            stack.archiveFile((files) => ({
                "privateKey.pem": createPrivateKey(pem(files["privateKey.pem"])).export({
                    type: "pkcs1",
                    format: "pem",
                }),
            })),
        found: ["the certificate's, in another form"],
    },
    {
        title: "another certificate's private key",
        control: "certificate-archive",
        plant: async (stack) => stack.archiveFile(() => ({ "privateKey.pem": others["privateKey.pem"] })),
        found: ["a key of another certificate"],
    },
    {
        title: "another certificate, for another region",
        control: "certificate-archive",
        plant: async (stack) => stack.archiveFile(() => others),
        found: [/DNS:\*\.us-east-2\.compute\.internal$/, /^certificates\//],
    },
    {
        title: "authorities that did not sign the certificate",
        control: "certificate-archive",
        plant: async (stack) =>
            stack.archiveFile(() => ({ "trustedCertificates.pem": others["trustedCertificates.pem"] })),
        found: [/^no authority that signed /],
    },
    {
        title: "an existing archive for other names than the existing VPC gives",
        on: "existing",
        control: "certificate-archive",
        plant: (stack) =>
            stack.dhcp({ "domain-name": "corp.example", "domain-name-servers": "AmazonProvidedDNS" }),
        found: [/DNS:\*\.eu-west-1\.compute\.internal$/],
    },
    {
        title: "an archive with one more file",
        control: "certificate-archive",
        plant: (stack) => stack.archiveFile(() => ({ "README.txt": "x" })),
        found: ["README.txt, certificateChain.pem, privateKey.pem, trustedCertificates.pem"],
    },
    {
        title: "an archive without authorities",
        control: "certificate-archive",
        plant: (stack) => stack.archiveFile(() => ({ "trustedCertificates.pem": undefined })),
        found: ["certificateChain.pem, privateKey.pem"],
    },
    {
        title: "an archive under another key",
        control: "certificate-archive",
        plant: async (stack) => {
            const before = await stack.archiveBytes();
            await stack.putArchive(before, OTHER_KEY);
            return () => stack.putArchive(before);
        },
        found: [OTHER_KEY],
    },
    {
        title: "--no-archive",
        control: "certificate-archive",
        options: () => ({ archive: false }),
        result: "skipped",
    },
    {
        title: "--no-archive, of an existing archive",
        on: "existing",
        control: "certificate-valid",
        options: () => ({ archive: false }),
        result: "skipped",
    },
    ...[
        "emrfs-encryption",
        "disk-encryption",
        "transit-encryption",
        "security-configuration",
        "certificate-archive",
        "certificate-valid",
        "certificate-renewed",
        "live-clusters",
    ].map((control) => ({
        title: "a stack without encryption of clusters",
        control,
        change: () => ({ securityConfigurationName: null, securityConfiguration: null }),
        result: "skipped" as const,
    })),
    {
        title: "a certificate that should have been renewed",
        control: "certificate-renewed",
        later: 335,
        found: [/, in 30 days$/],
    },
    {
        title: "a certificate that should have been renewed, without reading it",
        control: "certificate-renewed",
        later: 335,
        options: () => ({ archive: false }),
        found: [/, in (29|30) days$/],
    },
    { title: "a certificate that ends in 30 days", control: "certificate-valid", later: 335, result: "ok" },
    {
        title: "a certificate that is not valid yet",
        control: "certificate-valid",
        later: -2,
        found: [/^begins on /, /^begins on /],
    },
    {
        title: "an authority in the trust store that has ended, and did not sign the certificate",
        control: "certificate-valid",
        plant: (stack) =>
            stack.archiveFile((files) => ({
                "trustedCertificates.pem": `${pem(files["trustedCertificates.pem"])}${ended.certificate}`,
            })),
        result: "ok",
    },
    {
        title: "an intermediate authority that has ended",
        control: "certificate-valid",
        plant: (stack) =>
            stack.archiveFile(() => ({
                "certificateChain.pem": `${underEnded.certificate}${ended.certificate}`,
                "trustedCertificates.pem": root.certificate,
            })),
        found: [/^ended on 2021-01-01$/],
    },
    {
        title: "files that are not certificates",
        control: "certificate-valid",
        plant: (stack) => stack.archiveFile(() => ({ "certificateChain.pem": "x" })),
        found: ["no readable certificate"],
    },
    {
        title: "a certificate that has ended, and an authority that is about to",
        control: "certificate-valid",
        later: 3645,
        found: [/^ended on /, /, in 5 days$/],
    },
    ...(["EnableDnsSupport", "EnableDnsHostnames"] as const).map((of) => ({
        title: `a VPC without ${of}`,
        control: "node-names",
        plant: (stack: Stack) => stack.dns(of),
        found: ["off"],
    })),
    ...(
        [
            [
                "another domain",
                { "domain-name": "corp.example", "domain-name-servers": "AmazonProvidedDNS" },
                "corp.example",
            ],
            ["no domain", { "domain-name-servers": "AmazonProvidedDNS" }, "none"],
            [
                "another name server",
                { "domain-name": "eu-west-1.compute.internal", "domain-name-servers": "10.1.1.1" },
                "10.1.1.1",
            ],
            [
                "one more name server",
                {
                    "domain-name": "eu-west-1.compute.internal",
                    "domain-name-servers": ["AmazonProvidedDNS", "10.1.1.1"],
                },
                "AmazonProvidedDNS, 10.1.1.1",
            ],
            ["no DHCP options", "default", /^no DHCP options/],
        ] as const
    ).map(([title, options, found]) => ({
        title: `names from ${title}`,
        control: "node-names",
        plant: (stack: Stack) => stack.dhcp(options),
        found: [found],
    })),
    {
        title: "a name server of an existing VPC",
        on: "existing",
        control: "node-names",
        plant: (stack) =>
            stack.dhcp({ "domain-name": "eu-west-1.compute.internal", "domain-name-servers": "10.1.1.1" }),
        result: "unknown",
        found: ["10.1.1.1"],
    },
    {
        title: "several domains, and AWS's name servers by address",
        control: "node-names",
        plant: (stack) =>
            stack.dhcp({
                "domain-name": "corp.example eu-west-1.compute.internal",
                "domain-name-servers": ["10.64.0.2", "169.254.169.253"],
            }),
        result: "ok",
    },
    {
        title: "a cluster of the stack without a security configuration",
        control: "live-clusters",
        plant: (stack) =>
            stack.cluster(
                {},
                { Tags: [{ Key: "snowplow-emr-stack", Value: stack.outputs.forCommands.stackTag }] },
            ),
        found: ["none"],
    },
    {
        title: "a cluster in the stack's subnet with another security configuration",
        control: "live-clusters",
        plant: (stack) =>
            stack.cluster({ Ec2SubnetId: stack.outputs.subnetIds[0] }, { SecurityConfiguration: "another" }),
        found: ["another"],
    },
    {
        title: "a cluster with the stack's role",
        control: "live-clusters",
        plant: (stack) => stack.cluster({}, { JobFlowRole: stack.outputs.jobflowRole }),
        found: ["none"],
    },
    {
        title: "a cluster with an existing role",
        on: "existing",
        control: "live-clusters",
        plant: (stack) => stack.cluster({}, { ServiceRole: stack.outputs.serviceRole }),
        found: ["none"],
    },
    {
        title: "a cluster of another stack with the same existing roles",
        on: "existing",
        control: "live-clusters",
        plant: (stack) =>
            stack.cluster(
                {},
                {
                    ServiceRole: stack.outputs.serviceRole,
                    JobFlowRole: stack.outputs.jobflowRole,
                    Tags: [{ Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/other" }],
                },
            ),
        result: "ok",
    },
    {
        title: "an encrypted cluster, another stack's in the subnet, and one elsewhere",
        control: "live-clusters",
        plant: async (stack) => {
            const { subnetIds, serviceRole, securityConfigurationName } = stack.outputs;
            const Ec2SubnetId = subnetIds[0];
            const undo = [
                await stack.cluster(
                    { Ec2SubnetId },
                    { SecurityConfiguration: String(securityConfigurationName), ServiceRole: serviceRole },
                ),
                await stack.cluster(
                    { Ec2SubnetId },
                    { Tags: [{ Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/other" }] },
                ),
                await stack.cluster({}),
            ];
            return () => Promise.all(undo.map((each) => each()));
        },
        result: "ok",
    },
    ...(
        [
            ["everyone", [{ IpRanges: [{ CidrIp: ANYWHERE }] }]],
            ["everyone, by IPv6", [{ Ipv6Ranges: [{ CidrIpv6: "::/0" }] }]],
            ["the two halves", [{ IpRanges: [{ CidrIp: "0.0.0.0/1" }, { CidrIp: "128.0.0.0/1" }] }]],
            [
                "several narrower ranges",
                [{ IpRanges: [0, 64, 128, 192].map((byte) => ({ CidrIp: `52.1.${byte}.0/18` })) }],
            ],
        ] as const
    ).map(([title, rules]) => ({
        title: `ingress from ${title}`,
        control: "network-ingress",
        plant: (stack: Stack) =>
            stack.ingress(stack.group("master"), ...(rules as unknown as Partial<IpPermission>[])),
        found: [/public IPv4 addresses, .*by: tcp 22 from /],
    })),
    {
        title: "ingress from a prefix list",
        control: "network-ingress",
        plant: async (stack) => {
            const { PrefixList } = await stack.aws.ec2.send(
                new CreateManagedPrefixListCommand({
                    PrefixListName: "wide",
                    AddressFamily: "IPv4",
                    MaxEntries: 2,
                    Entries: [{ Cidr: "0.0.0.0/1" }, { Cidr: "128.0.0.0/1" }],
                }),
            );
            const PrefixListIds = [{ PrefixListId: PrefixList?.PrefixListId }];
            return stack.ingress(stack.group("core"), { PrefixListIds });
        },
        found: [/by: tcp 22 from pl-/],
    },
    {
        title: "ingress from an office and from private ranges",
        control: "network-ingress",
        plant: (stack) =>
            stack.ingress(
                stack.group("master"),
                {
                    IpRanges: ["198.51.100.0/24", "10.0.0.0/8", "100.64.0.0/10"].map((CidrIp) => ({
                        CidrIp,
                    })),
                    Ipv6Ranges: [{ CidrIpv6: "2001:db8::/48" }],
                },
                // Of paths' maximum sizes.
                { IpProtocol: "icmp", FromPort: 3, ToPort: 4, IpRanges: [{ CidrIp: ANYWHERE }] },
            ),
        result: "ok",
    },
    {
        title: "a private subnet that is public",
        control: "network-routes",
        plant: async (stack) => {
            const GatewayId = stack.stack.id(
                "aws:ec2/internetGateway:InternetGateway",
                "emr-network-internet-gateway",
            );
            const NatGatewayId = stack.stack.id("aws:ec2/natGateway:NatGateway", "emr-network-nat");
            const replace = (target: object) =>
                stack.aws.ec2.send(
                    new ReplaceRouteCommand({
                        RouteTableId: stack.routes,
                        DestinationCidrBlock: ANYWHERE,
                        ...target,
                    }),
                );
            await replace({ GatewayId });
            return () => replace({ NatGatewayId });
        },
        found: [/leads to igw-/],
    },
    {
        title: "an added route",
        control: "network-routes",
        plant: (stack) => route({ DestinationCidrBlock: "203.0.113.0/24", GatewayId: gateway(stack) })(stack),
        found: [/^203\.0\.113\.0\/24 leads to igw-/],
    },
    {
        title: "a default route of IPv6",
        control: "network-routes",
        plant: (stack) => route({ DestinationIpv6CidrBlock: "::/0", GatewayId: gateway(stack) })(stack),
        found: [/^::\/0 leads to igw-/],
    },
    ...(
        [
            [
                "a transit gateway",
                { DestinationCidrBlock: "10.0.0.0/8", TransitGatewayId: "tgw-1" },
                /10\.0\.0\.0\/8 leads to tgw-1$/,
            ],
            ["a VPN", { DestinationCidrBlock: "10.0.0.0/8", GatewayId: "vgw-1" }, /leads to vgw-1$/],
            [
                "a peering",
                { DestinationPrefixListId: "pl-1", VpcPeeringConnectionId: "pcx-1" },
                /^pl-1 leads to pcx-1$/,
            ],
            ["a firewall", { DestinationCidrBlock: "10.0.0.0/8", GatewayId: "vpce-1" }, /leads to vpce-1$/],
        ] as const
    ).flatMap(([title, added, found]) =>
        ([undefined, "existing"] as const).map((on) => ({
            title: `a route to ${title}, in a VPC ${on ? "that exists" : "of the stack"}`,
            on,
            control: "network-routes",
            answers: ({ outputs: { subnetIds } }: Stack) => ({
                DescribeRouteTablesCommand: {
                    RouteTables: [
                        {
                            Associations: subnetIds.map((SubnetId) => ({ SubnetId })),
                            Routes: [{ DestinationCidrBlock: ANYWHERE, NatGatewayId: "nat-1" }, added],
                        },
                    ],
                },
            }),
            ...(on ? { result: "ok" as const } : { found: [found] }),
        })),
    ),
    ...(
        [
            ["HTTPS", [["deny out", ANYWHERE, 443]], "HTTPS out"],
            ["half of the internet", [["deny out", "128.0.0.0/1", 80]], "HTTP out"],
            ["some of the ports of answers", [["deny in", ANYWHERE, 40_000, 50_000]], "answers in"],
            ["a range", [["deny out", "203.0.113.0/24", 443]], undefined],
            ["ports that answers do not use", [["deny in", ANYWHERE, 1024, 32_767]], undefined],
            [
                "HTTPS after it is allowed",
                [
                    ["allow out", ANYWHERE, 443],
                    ["deny out", ANYWHERE, 443],
                ],
                undefined,
            ],
        ] as const
    ).map(([title, entries, found]) => ({
        title: `a network ACL that denies ${title}`,
        control: "network-acls",
        plant: (stack: Stack) => stack.aclEntries(...entries),
        ...(found ? { found: [new RegExp(`^acl-\\w+ denies ${found}$`)] } : { result: "ok" as const }),
    })),
    {
        title: "an endpoint policy for another bucket",
        control: "endpoint-policies",
        plant: (stack) => stack.endpointPolicy(statement("s3:*", "arn:aws:s3:::acme-else/*")),
        found: [/^Lists: s3:ListBucket; Read: s3:GetObject; Write: s3:PutObject$/],
    },
    {
        title: "an endpoint policy for another account's principals",
        control: "endpoint-policies",
        plant: (stack) => stack.endpointPolicy({ ...statement("*"), Principal: OTHERS.Principal }),
        found: [/^Lists: /],
    },
    {
        title: "a gateway endpoint's policy for the account, which is its root user alone",
        control: "endpoint-policies",
        plant: (stack) =>
            stack.endpointPolicy({ ...statement("*"), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
        found: [/^Lists: /],
    },
    {
        title: "an endpoint policy for another role",
        control: "endpoint-policies",
        plant: (stack) => stack.endpointPolicy({ Principal: ROLE_OF_ACCOUNT.Principal }),
        found: [/^Lists: /],
    },
    {
        title: "an endpoint policy that denies a part of a location",
        control: "endpoint-policies",
        plant: (stack) =>
            stack.endpointPolicy(
                {},
                { Effect: "Deny", Action: "s3:Get*", Resource: `arn:aws:s3:::${archive(stack)}/enriched/a` },
            ),
        found: [/^Read: s3:GetObject$/],
    },
    {
        title: "an endpoint policy that denies another role, and callers of other organizations",
        control: "endpoint-policies",
        plant: (stack) =>
            stack.endpointPolicy(
                {},
                { Effect: "Deny", Principal: ROLE_OF_ACCOUNT.Principal },
                { Effect: "Deny", Condition: { StringNotEquals: OF_ORGANIZATION.StringEquals } },
            ),
        result: "ok",
    },
    {
        title: "endpoints that no subnet uses",
        control: "endpoint-policies",
        answers: {
            DescribeVpcEndpointsCommand: {
                VpcEndpoints: [
                    { VpcEndpointType: "Interface", PrivateDnsEnabled: false },
                    { VpcEndpointType: "Gateway", RouteTableIds: ["rtb-else"] },
                ].map((each) => ({
                    ...each,
                    ServiceName: `com.amazonaws.${REGION}.s3`,
                    State: "available",
                    PolicyDocument: '{"Statement":[]}',
                })),
            },
        },
        result: "ok",
    },
    {
        title: "an interface endpoint for KMS with a policy for another key",
        control: "endpoint-policies",
        answers: {
            DescribeVpcEndpointsCommand: {
                VpcEndpoints: [
                    {
                        VpcEndpointType: "Interface",
                        PrivateDnsEnabled: true,
                        ServiceName: `com.amazonaws.${REGION}.kms`,
                        State: "available",
                        PolicyDocument: JSON.stringify({
                            Statement: {
                                Effect: "Allow",
                                Principal: "*",
                                Action: "kms:*",
                                Resource: OTHER_KEY,
                            },
                        }),
                    },
                ],
            },
        },
        found: ["Key: kms:Decrypt, kms:GenerateDataKey"],
    },
    {
        title: "an endpoint policy that allows the buckets only",
        control: "endpoint-policies",
        plant: (stack) =>
            stack.endpointPolicy(
                statement("s3:*", [
                    "arn:aws:s3:::snowplow-*",
                    "arn:aws:s3:::snowplow-hosted-assets*/*",
                    "arn:aws:s3:::eu-west-1.elasticmapreduce/*",
                ]),
            ),
        result: "ok",
    },
    {
        title: "an endpoint policy with a condition",
        control: "endpoint-policies",
        plant: (stack) =>
            stack.endpointPolicy({
                ...statement("*"),
                Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } },
            }),
        result: "unknown",
    },
    { title: "no config.yml", control: "config-yml", result: "skipped" },
    {
        title: "the stack's config.yml",
        control: "config-yml",
        options: (it) => ({ config: it.config() }),
        result: "ok",
    },
    ...(
        [
            [
                "an earlier security configuration",
                /security_configuration: .*/,
                "security_configuration: old",
                ['"old"'],
            ],
            ["no security configuration", / +security_configuration: .*\n/, "", ["missing"]],
            ["no header for encryption", /encrypted: true/, "encrypted: false", ["false"]],
            ["another bucket", /archive: "s3:.*/, 'archive: "s3://acme/"', ['"s3://acme"']],
            ["ERB in a comment", /^/, "# <%= system('true') %>\n", ["ERB in line 1"]],
            ["another role", /service_role: .*/, "service_role: EMR_DefaultRole", ['"EMR_DefaultRole"']],
            ["a credential in a comment", /^/, "# access_key_id: <%= ENV['ID'] %>\n", ["ERB in line 1"]],
            ["a repeated key", /^( +)encrypted: true$/m, "$1encrypted: true\n$1encrypted: false", ["false"]],
            ["ERB in a value", /region: .*/, "region: <%= 'x' %>", [/^ERB in line /, '"<%= … %>"']],
            [
                "a credential that runs a program",
                /access_key_id: .*/,
                "access_key_id: <%= `true` %>",
                [/^ERB in line /],
            ],
            ["lines of Ruby", /^aws:/m, "<% if true %>\naws:", [/Ruby that includes or omits lines/]],
            ["a YAML tag", /region: .*/, "region: !ruby/object:X x", [/^a YAML tag in line \d+$/, '"x"']],
            ["no YAML", /[\s\S]*/, "a: [", [/^not YAML/]],
        ] as const
    ).map(([title, pattern, replacement, found]) => ({
        title: `a config.yml with ${title}`,
        control: "config-yml",
        options: editConfig(pattern, replacement),
        found,
    })),
    {
        title: "a config.yml with an anchor",
        control: "config-yml",
        options: editConfig(/service_role: (.*)/, "service_role: &role $1"),
        result: "ok",
    },
    {
        title: "a config.yml with credentials in it",
        control: "config-yml",
        options: editConfig(/access_key_id: .*/, "access_key_id: AKIAIOSFODNN7EXAMPLE"),
        result: "ok",
    },
    {
        title: "a config.yml with a larger cluster",
        control: "config-yml-jobs",
        options: editConfig(/core_instance_count: 2/, "core_instance_count: 20"),
        found: ["20"],
    },
    {
        title: "a missing bootstrap script",
        control: "hosted-assets",
        plant: async ({ s3 }) => {
            const object = {
                Bucket: "snowplow-hosted-assets",
                Key: "common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
            };
            await s3.send(new DeleteObjectCommand(object));
            return () => s3.send(new PutObjectCommand({ ...object, Body: "x" }));
        },
        found: ["missing"],
    },
    ...(
        [
            ["that is disabled", { State: "DISABLED" }, "DISABLED"],
            [
                "for another topic",
                { topic: TOPIC.replace("alarms", "others") },
                TOPIC.replace("alarms", "others"),
            ],
        ] as const
    ).map(([title, change, found]) => ({
        title: `a reminder ${title}`,
        control: "reminder",
        plant: async ({ aws: { scheduler }, outputs }: Stack) => {
            const Name = String(outputs.forCommands.reminderSchedule?.name);
            const before = await scheduler.send(new GetScheduleCommand({ Name }));
            const { topic, ...others } = { topic: before.Target?.Arn, ...change };
            const put = (changed: object) =>
                scheduler.send(new UpdateScheduleCommand({ ...before, ...changed } as never));
            await put({ ...others, Target: { ...before.Target, Arn: topic } });
            return () => put({});
        },
        found: [found],
    })),
];

/** Another stack's archive. */
let others: Readonly<Record<string, Uint8Array>>;
/** An authority, one under it whose time has ended, and a node's certificate under that. */
let root: Identity;
let ended: Identity;
let underEnded: Identity;

describe("verify of a stack in moto", function () {
    this.slow(5000);
    /** Certificates have whole seconds only. */
    const start = Math.floor(Date.now() / 1000) * 1000;
    const certificates = (region: string) => Object.assign(new TlsProvider(region), { now: new Date(start) });
    let folder: string;
    let owner: Stack;
    let existing: Stack;

    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "verify-"));
        await reset();
        const theirs = { region: "us-east-2", tls: certificates("us-east-2") } as const;
        others = await new Planted(await deployStack(MINIMAL, theirs), folder).archiveFiles();
        root = await identity("Root", { ca: true });
        ended = await identity("Ended", { ca: true, issuer: root, to: "2021-01-01" });
        underEnded = await identity("Node", { issuer: ended, dnsNames: [`*.${REGION}.compute.internal`] });
        owner = new Stack(
            await deployStack(
                { ...MINIMAL, storage: { reencryption: true }, certificates: { remindTopicArn: TOPIC } },
                { tls: certificates(REGION) },
            ),
            folder,
        );
        const { s3, iam } = owner.aws;
        for (const Bucket of ["snowplow-hosted-assets", "acme-in", "acme-logs"]) {
            await s3.send(
                new CreateBucketCommand({
                    Bucket,
                    CreateBucketConfiguration: { LocationConstraint: REGION },
                }),
            );
            // As S3 creates buckets since 2023.
            await owner.encryptBucket(Bucket, {});
            await s3.send(publicAccess(Bucket));
            await s3.send(ownership(Bucket, "BucketOwnerEnforced"));
        }
        for (const url of assetUrls(owner.outputs.emrEtlRunnerConfig, REGION)) {
            const { bucket, key } = parseObjectUrl(url);
            await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "x" }));
        }
        await s3.send(new PutObjectCommand({ Bucket: archive(owner), Key: "enriched/a", Body: "x" }));
        await iam.send(
            new CreateRoleCommand({ RoleName: "admin", AssumeRolePolicyDocument: '{"Statement":[]}' }),
        );
        for (const [RoleName, like] of [
            ["emr", owner.outputs.serviceRole],
            ["nodes", owner.outputs.jobflowRole],
        ] as const) {
            const { Role } = await iam.send(new GetRoleCommand({ RoleName: like }));
            const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
            await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
        }
        const InstanceProfileName = "nodes";
        await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
        await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: "nodes" }));
        const { vpcId, subnetIds, kmsKeyArn, forCommands } = owner.outputs;
        existing = new Stack(
            await deployStack(
                {
                    emrEtlRunner: {
                        collectors: { format: "cloudfront" },
                        aws: { s3: { buckets: { raw: { in: ["s3://acme-in/one/"] } } } },
                    },
                    network: { existing: { vpcId, subnetIds, emrSecurityGroups: "use" } },
                    encryption: { kmsKeyArn },
                    certificates: { archive: forCommands.certificateArchive },
                    access: {
                        serviceRole: { existing: "emr" },
                        jobflowRole: { existing: "nodes" },
                    },
                },
                { stack: "existing" },
            ),
            folder,
        );
        for (const [RoleName, required] of [
            ["emr", existing.outputs.requiredPolicies?.serviceRole],
            ["nodes", existing.outputs.requiredPolicies?.jobflowRole],
        ] as const) {
            const { managedPolicyArns = [], policyDocument: PolicyDocument } = required ?? {};
            await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "required", PolicyDocument }));
            for (const PolicyArn of managedPolicyArns) {
                await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
            }
        }
    });

    after(() => rmSync(folder, { recursive: true }));

    async function run(
        stack: Stack,
        options: VerifyOptions,
        { later = 0, answers = {} as Answers, change = {} as object, called = new Set<string>() } = {},
    ) {
        const io = streams(JSON.stringify({ ...stack.stack.outputs, ...change }));
        const clients = (region: string) => answering(awsClients(region), answers, called);
        const now = new Date(start + later * DAY);
        const exit = await verify({ ...options, json: true }, io.streams, clients, now);
        const { stdout, stderr } = await io.written();
        expect(stderr).to.equal("");
        expect(stdout).not.to.match(/BEGIN [A-Z ]*PRIVATE/);
        return { exit, report: reportSchema.parse(JSON.parse(stdout)) };
    }

    async function expectSound() {
        for (const stack of [owner, existing]) {
            const { exit, report } = await run(stack, { config: stack.config() });
            const faults = report.controls.filter(({ result }) => !["ok", "skipped"].includes(result));
            expect(faults, JSON.stringify(faults, null, 1)).to.deep.equal([]);
            expect([exit, report.result]).to.deep.equal([EXIT.ok, "ok"]);
            expect(report.controls.map(({ id }) => id)).to.deep.equal(CONTROLS.map(({ id }) => id));
        }
    }

    it("passes sound stacks, with created and with existing resources", expectSound);

    for (const {
        title,
        control,
        on,
        plant,
        options,
        later,
        answers,
        change,
        result = "failed",
        found,
    } of SITUATIONS) {
        it(`${control}: ${result} for ${title}`, async () => {
            const stack = on === "existing" ? existing : owner;
            const undo = await plant?.(stack, owner);
            try {
                const { exit, report } = await run(
                    stack,
                    { ...options?.(stack), control: [control] },
                    {
                        later,
                        answers: typeof answers === "function" ? answers(stack) : answers,
                        change: change?.(stack.outputs),
                    },
                );
                const [only] = report.controls;
                const evidence = only?.evidence ?? [];
                const bad = evidence.filter((each) => each.result !== "ok");
                expect(only?.result, JSON.stringify(evidence, null, 1)).to.equal(result);
                expect(bad.every(({ fix }) => fix)).to.equal(true);
                expect(exit).to.equal(exitOf(result, only?.severity));
                if (found) {
                    expect(bad.length, JSON.stringify(bad, null, 1)).to.equal(found.length);
                    for (const [index, pattern] of found.entries()) {
                        const text = bad[index]?.found ?? "";
                        expect(
                            typeof pattern === "string" ? text === pattern : pattern.test(text),
                            text,
                        ).to.equal(true);
                    }
                }
            } finally {
                await undo?.();
            }
        });
    }

    for (const { id, evidence } of CONTROLS) {
        it(`${id}: unknown for each call that is denied, with an action of its evidence`, async () => {
            for (const stack of [owner, existing]) {
                const called = new Set<string>();
                const options = { control: [id], config: stack.config() };
                await run(stack, options, { called });
                for (const command of called) {
                    if (command === "GetCallerIdentityCommand") {
                        continue;
                    }
                    const answers = { [command]: refusal("AccessDenied") };
                    const { exit, report } = await run(stack, options, { answers });
                    const bad = report.controls.flatMap((each) =>
                        each.evidence.filter(({ result }) => result !== "ok"),
                    );
                    expect([exit, report.result], command).to.deep.equal([EXIT.attention, "unknown"]);
                    for (const { result, permission } of bad) {
                        expect(result).to.equal("unknown");
                        expect(evidence.split(", "), command).to.include.members(
                            String(permission).split(" and "),
                        );
                    }
                }
            }
        });
    }

    it("has a situation for each control, and planted defects that were all undone", async () => {
        const failed = SITUATIONS.filter(({ result = "failed" }) => result === "failed");
        expect([...new Set(failed.map(({ control }) => control))]).to.have.members(
            CONTROLS.map(({ id }) => id),
        );
        await expectSound();
    });

    const asProcess = async (
        args: readonly string[],
        stdout: "pipe" | "closed" | number,
        endpoint?: string,
    ) => {
        const child = spawn(process.execPath, ["--import", "tsx", "commands/verify/index.ts", ...args], {
            env: { ...process.env, ...(endpoint && { AWS_ENDPOINT_URL: endpoint }) },
            stdio: ["pipe", typeof stdout === "number" ? stdout : "pipe", "pipe"],
        });
        if (stdout === "closed") {
            child.stdout?.destroy();
        }
        child.stdin?.end(owner.stack.json);
        const [written, errors, [code]] = await Promise.all([
            child.stdout && stdout === "pipe" ? text(child.stdout) : "",
            child.stderr ? text(child.stderr) : "",
            once(child, "close"),
        ]);
        return { code, stdout: written, stderr: errors };
    };

    it("prints a table for people, with escaped names, and exits as schedulers read it", async () => {
        const Key = "enriched/run=1/\u202etxt";
        const undo = await owner.attach(owner.outputs.jobflowRole, ADMINISTRATOR);
        await owner.putUnencrypted(archive(owner), Key);
        const controls = ["role-policies", "role-trust", "config-yml", "s3-objects-encrypted"];
        const { code, stdout, stderr } = await asProcess(["--control", ...controls], "pipe");
        await undo();
        await owner.s3.send(new DeleteObjectCommand({ Bucket: archive(owner), Key }));
        expect([code, stderr]).to.deep.equal([EXIT.failed, ""]);
        const lines = stdout.trimEnd().split("\n");
        const heads = lines
            .filter((line) => !line.startsWith(" "))
            .map((line) => line.split(/ +/).slice(0, 2));
        expect(heads.slice(0, -1)).to.deep.equal([
            ["skipped", "config-yml"],
            ["ok", "role-trust"],
            ["failed", "s3-objects-encrypted"],
            ["failed", "role-policies"],
        ]);
        expect(lines.at(-1)).to.match(/: 4 controls: 2 failed, 0 unknown, 1 ok, 1 skipped$/);
        expect(stdout).to.include("enriched/run=1/\\u{202e}txt").and.not.to.include("\u202e");
    });

    it("prints what it knows, as the schema says, if credentials expire halfway and permissions are missing", async () => {
        const proxy = await MotoProxy.start(String(process.env.AWS_ENDPOINT_URL));
        proxy.refuse("ExpiredToken", "ListRolePolicies");
        proxy.refuse("UnauthorizedOperation", "DescribeVpcAttribute");
        const controls = ["role-trust", "role-policies", "node-names"];
        const args = ["--json", "--control", ...controls];
        const { code, stdout, stderr } = await asProcess(args, "pipe", proxy.url);
        proxy.stop();
        expect([code, stderr]).to.deep.equal([EXIT.attention, ""]);
        const report = JSON.parse(stdout) as Report;
        const validate = new Ajv2020({ formats: { "date-time": true } }).compile(
            JSON.parse(readFileSync(REPORT_SCHEMA_FILE, "utf8")),
        );
        expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
        const shown = report.controls.map(({ id, result, evidence }) => {
            const [bad] = evidence.filter((each) => each.result !== "ok");
            return [id, result, bad?.permission, bad?.found.replace(/^.*: /, "")];
        });
        expect(shown).to.deep.equal([
            ["role-trust", "ok", undefined, undefined],
            ["role-policies", "unknown", undefined, "log in again."],
            [
                "node-names",
                "unknown",
                "ec2:DescribeVpcAttribute",
                "No. These credentials need ec2:DescribeVpcAttribute.",
            ],
        ]);
    });

    it("keeps its exit code if the reader closes the pipe, and fails if the disk is full", async function () {
        const controls = ["--control", "role-trust"];
        const full = existsSync("/dev/full") ? openSync("/dev/full", "w") : this.skip();
        const [closed, lost] = await Promise.all([asProcess(controls, "closed"), asProcess(controls, full)]);
        closeSync(full);
        expect(closed).to.deep.equal({ code: EXIT.ok, stdout: "", stderr: "" });
        expect(lost).to.deep.equal({
            code: EXIT.failed,
            stdout: "",
            stderr: "standard output is incomplete: ENOSPC: no space left on device, write\n",
        });
    });

    for (const [title, options, change, message] of [
        [
            "--fail-days above --warn-days",
            { failDays: 40 },
            {},
            /^--fail-days: found 40; expected: at most the 30 days/,
        ],
        ["a missing config.yml", { config: "/missing.yml" }, {}, /^--config \/missing\.yml: ENOENT/],
        [
            "another account's outputs",
            {},
            { accountId: OTHER_ACCOUNT },
            /^the credentials belong to account /,
        ],
    ] as const) {
        it(`refuses ${title}`, async () => {
            const { outputs } = owner.stack;
            const forCommands = { ...(outputs.forCommands as object), ...change };
            const io = streams(JSON.stringify({ ...outputs, forCommands }));
            const error = await verify(options, io.streams).catch((thrown: Error) => thrown.message);
            expect(error).to.match(message);
            expect(await io.written()).to.deep.equal({ stdout: "", stderr: "" });
        });
    }
});

function exitOf(result: Report["result"], severity: string | undefined): number {
    if (result === "failed") {
        return severity === "high" ? EXIT.failed : EXIT.attention;
    }
    return result === "unknown" ? EXIT.attention : EXIT.ok;
}

/** Clients with some answers in place of AWS's; `called` receives the names of all commands. */
function answering(clients: Clients, answers: Answers, called: Set<string>): Clients {
    for (const client of Object.values(clients)) {
        client.middlewareStack.add(
            (
                next: (args: unknown) => Promise<unknown>,
                { commandName = "" }: { readonly commandName?: string },
            ) =>
                async (args: unknown) => {
                    called.add(commandName);
                    const answer = answers[commandName];
                    if (answer instanceof Error) {
                        throw answer;
                    }
                    return answer ? { output: answer, response: {} } : next(args);
                },
            { step: "initialize" },
        );
    }
    return clients;
}
