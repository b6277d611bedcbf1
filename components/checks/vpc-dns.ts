import type { Finding } from "./finding";

/** The attributes that a VPC needs for its nodes to find one another by name. */
export type DnsAttribute = "dns-support" | "dns-hostnames";

export function checkVpcDns(
    attribute: DnsAttribute,
    isOn: boolean | undefined,
    { id, region }: { readonly id: string; readonly region: string },
): readonly Finding[] {
    return isOn
        ? []
        : [
              {
                  code: `vpc-${attribute}-off`,
                  found: `${attribute} is off in ${id}, so that nodes do not find one another by name`,
                  fix: `aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${id} --enable-${attribute}`,
              },
          ];
}
