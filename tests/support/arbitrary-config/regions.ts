/** The supported regions, stated again so that they do not come from the program. */
export const REGIONS = [
    ...["eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "sa-east-1", "eu-central-1"],
    ...["eu-west-2", "ca-central-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"],
    "ap-northeast-2",
] as const;

/** The domain of the nodes' names, stated again so that it does not come from the program. */
export function internalDomain(region: string): string {
    return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}
