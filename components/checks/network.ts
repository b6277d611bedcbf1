import { EMR_TAG, type Tags } from "../domain/naming";
import type { Finding } from "./finding";

/** A VPC, a subnet or a security group. */
interface NetworkResource {
    readonly id: string;
    readonly region: string;
}

/** Checks an attribute that a VPC needs for its nodes to find one another by name. */
export function checkVpcDns(
    { id, region }: NetworkResource,
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

export function checkSubnetVpc(
    { id, vpcId }: { readonly id: string; readonly vpcId: string | undefined },
    expectedVpcId: string,
): Finding | undefined {
    const expected = `a subnet of ${expectedVpcId}`;
    return vpcId === expectedVpcId
        ? undefined
        : { code: "subnet-of-another-vpc", found: `${id} is in ${vpcId}`, expected };
}

/** Checks whether nodes get public addresses, which they need behind an internet gateway. */
export function checkPublicAddresses(
    { id, region }: NetworkResource,
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

/** Checks whether AmazonEMRServicePolicy_v2 allows EMR to use a resource. */
export function checkEmrTag({ id, region }: NetworkResource, tags: Tags = {}): Finding | undefined {
    const missing = Object.entries(EMR_TAG).find(([key, value]) => tags[key] !== value);
    if (missing === undefined) {
        return undefined;
    }
    const [key, value] = missing;
    return {
        code: "emr-tag-missing",
        found: `${id} does not have the tag ${key}: "${value}", so that EMR may not use it`,
        fix: `aws ec2 create-tags --region ${region} --resources ${id} --tags Key=${key},Value=${value}`,
    };
}
