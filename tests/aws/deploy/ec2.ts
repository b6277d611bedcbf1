import {
    AllocateAddressCommand,
    AssociateDhcpOptionsCommand,
    AssociateRouteTableCommand,
    AttachInternetGatewayCommand,
    CreateDhcpOptionsCommand,
    CreateInternetGatewayCommand,
    CreateNatGatewayCommand,
    CreateRouteCommand,
    CreateRouteTableCommand,
    CreateSubnetCommand,
    CreateVpcCommand,
    CreateVpcEndpointCommand,
    ImportKeyPairCommand,
    ModifySubnetAttributeCommand,
    ModifyVpcAttributeCommand,
    type ResourceType,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { generated, known, type Resources, resource, tagList, tags, text } from "./resource";

const inVpc = { vpcId: text, tags };

/** Creates a resource of EC2 with its tags. */
export function tagged(ResourceType: ResourceType, { tags }: { readonly tags: Record<string, string> }) {
    return { TagSpecifications: [{ ResourceType, Tags: tagList(tags) }] };
}

export const ec2: Resources = {
    "aws:ec2/vpc:Vpc": resource(
        { cidrBlock: text, enableDnsSupport: z.boolean(), enableDnsHostnames: z.boolean(), tags },
        async (inputs, { ec2 }) => {
            const { Vpc } = await ec2.send(
                new CreateVpcCommand({ CidrBlock: inputs.cidrBlock, ...tagged("vpc", inputs) }),
            );
            const VpcId = known(Vpc?.VpcId);
            // EC2 accepts one attribute per call.
            const { enableDnsSupport, enableDnsHostnames } = inputs;
            await ec2.send(
                new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: enableDnsSupport } }),
            );
            await ec2.send(
                new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } }),
            );
            return { id: VpcId };
        },
    ),
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": resource(
        { domainName: text, domainNameServers: z.array(text), tags },
        async (inputs, { ec2 }) => {
            const { DhcpOptions } = await ec2.send(
                new CreateDhcpOptionsCommand({
                    DhcpConfigurations: [
                        { Key: "domain-name", Values: [inputs.domainName] },
                        { Key: "domain-name-servers", Values: inputs.domainNameServers },
                    ],
                    ...tagged("dhcp-options", inputs),
                }),
            );
            return { id: known(DhcpOptions?.DhcpOptionsId) };
        },
    ),
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": resource(
        { vpcId: text, dhcpOptionsId: text },
        async ({ vpcId, dhcpOptionsId }, { ec2 }) => {
            await ec2.send(new AssociateDhcpOptionsCommand({ VpcId: vpcId, DhcpOptionsId: dhcpOptionsId }));
            return { id: `${dhcpOptionsId}-${vpcId}` };
        },
    ),
    "aws:ec2/internetGateway:InternetGateway": resource(inVpc, async (inputs, { ec2 }) => {
        const { InternetGateway } = await ec2.send(
            new CreateInternetGatewayCommand(tagged("internet-gateway", inputs)),
        );
        const id = known(InternetGateway?.InternetGatewayId);
        await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: inputs.vpcId }));
        return { id };
    }),
    "aws:ec2/routeTable:RouteTable": resource(inVpc, async (inputs, { ec2 }) => {
        const { RouteTable } = await ec2.send(
            new CreateRouteTableCommand({ VpcId: inputs.vpcId, ...tagged("route-table", inputs) }),
        );
        return { id: known(RouteTable?.RouteTableId) };
    }),
    "aws:ec2/route:Route": resource(
        {
            routeTableId: text,
            destinationCidrBlock: text,
            gatewayId: text.optional(),
            natGatewayId: text.optional(),
        },
        async (inputs, { ec2 }) => {
            await ec2.send(
                new CreateRouteCommand({
                    RouteTableId: inputs.routeTableId,
                    DestinationCidrBlock: inputs.destinationCidrBlock,
                    GatewayId: inputs.gatewayId,
                    NatGatewayId: inputs.natGatewayId,
                }),
            );
            return { id: `r-${inputs.routeTableId}-${inputs.destinationCidrBlock}` };
        },
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": resource(
        { routeTableId: text, subnetId: text },
        async (inputs, { ec2 }) => {
            const { AssociationId } = await ec2.send(
                new AssociateRouteTableCommand({
                    RouteTableId: inputs.routeTableId,
                    SubnetId: inputs.subnetId,
                }),
            );
            return { id: known(AssociationId) };
        },
    ),
    "aws:ec2/subnet:Subnet": resource(
        {
            ...inVpc,
            cidrBlock: text,
            availabilityZone: text.optional(),
            mapPublicIpOnLaunch: z.boolean().default(false),
        },
        async (inputs, { ec2 }) => {
            const { Subnet } = await ec2.send(
                new CreateSubnetCommand({
                    VpcId: inputs.vpcId,
                    CidrBlock: inputs.cidrBlock,
                    AvailabilityZone: inputs.availabilityZone,
                    ...tagged("subnet", inputs),
                }),
            );
            const id = known(Subnet?.SubnetId);
            if (inputs.mapPublicIpOnLaunch) {
                await ec2.send(
                    new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } }),
                );
            }
            return { id, state: { availabilityZone: known(Subnet?.AvailabilityZone) } };
        },
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": resource(
        { ...inVpc, serviceName: text, vpcEndpointType: z.literal("Gateway"), routeTableIds: z.array(text) },
        async (inputs, { ec2 }) => {
            const { VpcEndpoint } = await ec2.send(
                new CreateVpcEndpointCommand({
                    VpcId: inputs.vpcId,
                    ServiceName: inputs.serviceName,
                    VpcEndpointType: inputs.vpcEndpointType,
                    RouteTableIds: inputs.routeTableIds,
                    ...tagged("vpc-endpoint", inputs),
                }),
            );
            return { id: known(VpcEndpoint?.VpcEndpointId) };
        },
    ),
    "aws:ec2/eip:Eip": resource({ domain: z.literal("vpc"), tags }, async (inputs, { ec2 }) => {
        const { AllocationId, PublicIp } = await ec2.send(
            new AllocateAddressCommand({ Domain: inputs.domain, ...tagged("elastic-ip", inputs) }),
        );
        const allocationId = known(AllocationId);
        return { id: allocationId, state: { allocationId, publicIp: known(PublicIp) } };
    }),
    "aws:ec2/natGateway:NatGateway": resource(
        { subnetId: text, allocationId: text, tags },
        async (inputs, { ec2 }) => {
            const { NatGateway } = await ec2.send(
                new CreateNatGatewayCommand({
                    SubnetId: inputs.subnetId,
                    AllocationId: inputs.allocationId,
                    ...tagged("natgateway", inputs),
                }),
            );
            return { id: known(NatGateway?.NatGatewayId) };
        },
    ),
    "aws:ec2/keyPair:KeyPair": resource(
        { keyNamePrefix: text, publicKey: text, tags },
        async (inputs, { ec2 }) => {
            const keyName = generated(inputs.keyNamePrefix);
            await ec2.send(
                new ImportKeyPairCommand({
                    KeyName: keyName,
                    PublicKeyMaterial: Buffer.from(inputs.publicKey),
                    ...tagged("key-pair", inputs),
                }),
            );
            return { id: keyName, state: { keyName } };
        },
    ),
};
