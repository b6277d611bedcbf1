import type { Finding } from "./finding";

/** Checks an attribute that a VPC needs for its nodes to find one another by name. */
export function checkVpcDns(
    { id, region }: { readonly id: string; readonly region: string },
    attribute: "dns-support" | "dns-hostnames",
    isOn: boolean | undefined,
): Finding | undefined {
    if (isOn) {
        return undefined;
    }
    return {
        code: `vpc-${attribute}-off`,
        found: `${attribute} is off in ${id}, so that nodes do not find one another by name`,
        fix: `aws ec2 modify-vpc-attribute --region ${region} --vpc-id ${id} --enable-${attribute}`,
    };
}
