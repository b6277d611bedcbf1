import { isPrivateRange, PRIVATE_RANGES, parseCidr } from "../domain/cidr";
import type { Finding } from "./finding";

export function checkSubnetVpc(
    { id, vpcId }: { readonly id: string; readonly vpcId: string | undefined },
    expectedVpcId: string,
): readonly Finding[] {
    return vpcId === expectedVpcId
        ? []
        : [
              {
                  code: "subnet-of-another-vpc",
                  found: `${id} is in ${vpcId}`,
                  expected: `a subnet of ${expectedVpcId}`,
              },
          ];
}

/** @param cidrBlock Empty if the subnet has IPv6 addresses only. */
export function checkSubnetRange({
    id,
    cidrBlock,
}: {
    readonly id: string;
    readonly cidrBlock: string;
}): readonly Finding[] {
    const range = parseCidr(cidrBlock);
    return range && isPrivateRange(range)
        ? []
        : [
              {
                  code: "subnet-range-not-private",
                  found: `${id} has ${cidrBlock === "" ? "no IPv4 range" : `the range ${cidrBlock}`}`,
                  expected: `a subnet inside ${PRIVATE_RANGES.join(", ")}: EMR's nodes have no other addresses`,
              },
          ];
}

/** Checks whether nodes get public addresses, which they need behind an internet gateway. */
export function checkPublicAddresses({
    id,
    region,
    isOn,
}: {
    readonly id: string;
    readonly region: string;
    readonly isOn: boolean | undefined;
}): readonly Finding[] {
    return isOn
        ? []
        : [
              {
                  code: "subnet-without-public-addresses",
                  found: `${id} gives nodes no public addresses, but network.internetAccess is public`,
                  fix: `aws ec2 modify-subnet-attribute --region ${region} --subnet-id ${id} --map-public-ip-on-launch`,
              },
          ];
}
