import type { Finding } from "./finding";

export function checkSubnetVpc(
    { id, vpcId }: { readonly id: string; readonly vpcId: string | undefined },
    expectedVpcId: string,
): Finding | undefined {
    return vpcId === expectedVpcId
        ? undefined
        : {
              code: "subnet-of-another-vpc",
              found: `${id} is in ${vpcId}`,
              expected: `a subnet of ${expectedVpcId}`,
          };
}

/** Checks whether nodes get public addresses, which they need behind an internet gateway. */
export function checkPublicAddresses(
    { id, region }: { readonly id: string; readonly region: string },
    isOn: boolean | undefined,
): Finding | undefined {
    if (isOn) {
        return undefined;
    }
    return {
        code: "subnet-without-public-addresses",
        found: `${id} gives nodes no public addresses, but network.internetAccess is public`,
        fix: `aws ec2 modify-subnet-attribute --region ${region} --subnet-id ${id} --map-public-ip-on-launch`,
    };
}
