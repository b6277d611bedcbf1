import {
    DescribeDhcpOptionsCommand,
    DescribeRouteTablesCommand,
    DescribeSecurityGroupsCommand,
    DescribeSubnetsCommand,
    DescribeVpcAttributeCommand,
    DescribeVpcEndpointsCommand,
    DescribeVpcsCommand,
    type Tag,
} from "@aws-sdk/client-ec2";
import { ListReleaseLabelsCommand, ListSupportedInstanceTypesCommand } from "@aws-sdk/client-emr";
import { GetInstanceProfileCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetBucketPolicyCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { z } from "zod";
import { Refusal } from "../../../testing/mock-engine";
import { CALLER_IDENTITY, PROVIDER_REGION, TAGGED_RESOURCES } from "../../../testing/placeholder-provider";
import { type Aws, known, text } from "./resource";

type Answer = Record<string, unknown>;
type LookUp = (inputs: unknown, aws: Aws) => Promise<Answer>;

/**
 * A row of the table.
 * @param shape The implemented arguments; any other is refused.
 * @param answer Calls AWS like the AWS provider, and returns what the program reads of the answer.
 */
function lookup<Shape extends z.ZodRawShape>(
    shape: Shape,
    answer: (inputs: z.output<z.ZodObject<Shape>>, aws: Aws) => Promise<Answer>,
): LookUp {
    const schema = z.strictObject(shape);
    return async (inputs, aws) => {
        const parsed = schema.parse(inputs) as z.output<z.ZodObject<Shape>>;
        try {
            return await answer(parsed, aws);
        } catch (error) {
            throw new Refusal(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        }
    };
}

/** The only item; the AWS provider refuses none and several. */
function only<T>(found: readonly T[] = []): T {
    const [one] = found;
    if (found.length !== 1 || one === undefined) {
        throw new Error(
            found.length === 0 ? "query returned no results" : "multiple results; use additional constraints",
        );
    }
    return one;
}

function tagMap(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
    return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

async function mainRouteTable({ ec2 }: Aws, vpcId: string): Promise<string> {
    const { RouteTables } = await ec2.send(
        new DescribeRouteTablesCommand({
            Filters: [
                { Name: "association.main", Values: ["true"] },
                { Name: "vpc-id", Values: [vpcId] },
            ],
        }),
    );
    return known(only(RouteTables).RouteTableId);
}

/**
 * The lookups of components/existing, answered by moto.
 * @see https://github.com/hashicorp/terraform-provider-aws: internal/service/*\/*_data_source.go
 */
export const lookups: Readonly<Record<string, LookUp>> = {
    [PROVIDER_REGION]: lookup({}, async (_, { region }) => ({ region })),
    [CALLER_IDENTITY]: lookup({}, async (_, { sts }) => {
        const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
        return { accountId: Account, arn: Arn, userId: UserId, id: Account };
    }),
    "aws:emr/getReleaseLabels:getReleaseLabels": lookup(
        { filters: z.strictObject({ prefix: text }) },
        async ({ filters: { prefix } }, { emr }) => {
            const { ReleaseLabels } = await emr.send(
                new ListReleaseLabelsCommand({ Filters: { Prefix: prefix } }),
            );
            return { releaseLabels: ReleaseLabels };
        },
    ),
    "aws:emr/getSupportedInstanceTypes:getSupportedInstanceTypes": lookup(
        { releaseLabel: text },
        async ({ releaseLabel }, { emr }) => {
            const { SupportedInstanceTypes = [] } = await emr.send(
                new ListSupportedInstanceTypesCommand({ ReleaseLabel: releaseLabel }),
            );
            return { supportedInstanceTypes: SupportedInstanceTypes.map(({ Type }) => ({ type: Type })) };
        },
    ),
    // Without a client of this service here: no stack of these tests changes the ACLs of a deployed bucket.
    [TAGGED_RESOURCES]: async () => ({ resourceTagMappingLists: [] }),
    "aws:ec2/getVpc:getVpc": lookup({ id: text }, async ({ id }, aws) => {
        const { Vpcs } = await aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
        const { CidrBlock, DhcpOptionsId, Tags } = only(Vpcs);
        const [support, names] = await Promise.all([
            aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: "enableDnsSupport" })),
            aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: "enableDnsHostnames" })),
        ]);
        return {
            id,
            cidrBlock: CidrBlock,
            dhcpOptionsId: DhcpOptionsId,
            enableDnsSupport: support.EnableDnsSupport?.Value,
            enableDnsHostnames: names.EnableDnsHostnames?.Value,
            mainRouteTableId: await mainRouteTable(aws, id),
            tags: tagMap(Tags),
        };
    }),
    "aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions": lookup(
        { dhcpOptionsId: text },
        async ({ dhcpOptionsId }, { ec2 }) => {
            const { DhcpOptions } = await ec2.send(
                new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [dhcpOptionsId] }),
            );
            const values = (key: string) =>
                (only(DhcpOptions).DhcpConfigurations ?? [])
                    .filter(({ Key }) => Key === key)
                    .flatMap(({ Values = [] }) => Values.map(({ Value }) => Value));
            const [domainName] = values("domain-name");
            return {
                dhcpOptionsId,
                ...(domainName !== undefined && { domainName }),
                domainNameServers: values("domain-name-servers"),
            };
        },
    ),
    "aws:ec2/getSubnet:getSubnet": lookup({ id: text }, async ({ id }, { ec2 }) => {
        const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
        const { VpcId, CidrBlock, MapPublicIpOnLaunch, Tags } = only(Subnets);
        return {
            id,
            vpcId: VpcId,
            cidrBlock: CidrBlock,
            mapPublicIpOnLaunch: MapPublicIpOnLaunch,
            tags: tagMap(Tags),
        };
    }),
    "aws:ec2/getRouteTable:getRouteTable": lookup(
        { subnetId: text.optional(), routeTableId: text.optional() },
        async ({ subnetId, routeTableId }, { ec2 }) => {
            const filters = { "association.subnet-id": subnetId, "route-table-id": routeTableId };
            const { RouteTables } = await ec2.send(
                new DescribeRouteTablesCommand({
                    Filters: Object.entries(filters).flatMap(([Name, value]) =>
                        value === undefined ? [] : [{ Name, Values: [value] }],
                    ),
                }),
            );
            const table = only(RouteTables);
            return {
                routeTableId: table.RouteTableId,
                // The AWS provider omits the VPC's own range and gateway endpoints.
                routes: (table.Routes ?? [])
                    .filter(({ GatewayId = "" }) => GatewayId !== "local" && !GatewayId.startsWith("vpce-"))
                    .map((route) => ({
                        cidrBlock: route.DestinationCidrBlock ?? "",
                        gatewayId: route.GatewayId ?? "",
                        natGatewayId: route.NatGatewayId ?? "",
                        transitGatewayId: route.TransitGatewayId ?? "",
                    })),
            };
        },
    ),
    "aws:ec2/getSecurityGroups:getSecurityGroups": lookup(
        { filters: z.array(z.strictObject({ name: text, values: z.array(text) })) },
        async ({ filters }, { ec2 }) => {
            const { SecurityGroups = [] } = await ec2.send(
                new DescribeSecurityGroupsCommand({
                    Filters: filters.map(({ name, values }) => ({ Name: name, Values: values })),
                }),
            );
            return { ids: SecurityGroups.map(({ GroupId }) => GroupId) };
        },
    ),
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": lookup(
        { vpcId: text, serviceName: text, vpcEndpointType: text, state: text },
        async ({ vpcId, serviceName, vpcEndpointType }, { ec2 }) => {
            const { VpcEndpoints = [] } = await ec2.send(
                new DescribeVpcEndpointsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
            );
            const [endpoint] = VpcEndpoints.filter(
                ({ ServiceName, VpcEndpointType }) =>
                    ServiceName === serviceName && VpcEndpointType === vpcEndpointType,
            );
            if (endpoint === undefined) {
                throw new Error("no matching EC2 VPC Endpoint found");
            }
            return {
                id: endpoint.VpcEndpointId,
                vpcEndpointType,
                policy: endpoint.PolicyDocument ?? "",
                privateDnsEnabled: endpoint.PrivateDnsEnabled ?? false,
                securityGroupIds: (endpoint.Groups ?? []).map(({ GroupId }) => GroupId),
            };
        },
    ),
    "aws:kms/getKey:getKey": lookup({ keyId: text }, async ({ keyId }, { kms }) => {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
        return {
            arn: KeyMetadata?.Arn,
            enabled: KeyMetadata?.Enabled,
            keyManager: KeyMetadata?.KeyManager,
            keyState: KeyMetadata?.KeyState,
            keyUsage: KeyMetadata?.KeyUsage,
            keySpec: KeyMetadata?.KeySpec,
        };
    }),
    "aws:iam/getRole:getRole": lookup({ name: text }, async ({ name }, { iam }) => {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
        return {
            name,
            arn: Role?.Arn,
            assumeRolePolicy: decodeURIComponent(known(Role?.AssumeRolePolicyDocument)),
        };
    }),
    "aws:iam/getInstanceProfile:getInstanceProfile": lookup({ name: text }, async ({ name }, { iam }) => {
        const { InstanceProfile } = await iam.send(
            new GetInstanceProfileCommand({ InstanceProfileName: name }),
        );
        return { name, arn: InstanceProfile?.Arn, roleName: InstanceProfile?.Roles?.[0]?.RoleName ?? "" };
    }),
    "aws:s3/getBucket:getBucket": lookup({ bucket: text }, async ({ bucket }, { s3 }) => {
        const { BucketRegion } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
        return { bucket, bucketRegion: BucketRegion };
    }),
    "aws:s3/getBucketPolicy:getBucketPolicy": lookup({ bucket: text }, async ({ bucket }, { s3 }) => {
        const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
        return { bucket, policy: Policy };
    }),
};
