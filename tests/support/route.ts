import type * as aws from "@pulumi/aws";

export type Route = aws.types.output.ec2.GetRouteTableRoute;

/** Every kind of target that a route can have: the AWS provider says which it has not with empty texts. */
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
