import type * as aws from "@pulumi/aws";

export type Route = aws.types.output.ec2.GetRouteTableRoute;

/** A route as the AWS provider returns it: every target that it does not have is an empty string. */
export const routeOf = (other: Partial<Route>): Route => ({
    carrierGatewayId: "",
    cidrBlock: "",
    coreNetworkArn: "",
    destinationPrefixListId: "",
    egressOnlyGatewayId: "",
    gatewayId: "",
    instanceId: "",
    ipv6CidrBlock: "",
    localGatewayId: "",
    natGatewayId: "",
    networkInterfaceId: "",
    odbNetworkArn: "",
    transitGatewayId: "",
    vpcEndpointId: "",
    vpcPeeringConnectionId: "",
    ...other,
});
