import { EMR_TAG, type Tags } from "../domain/naming";
import type { Finding } from "./finding";

/** Checks whether AmazonEMRServicePolicy_v2 lets EMR use a VPC, a subnet or a security group. */
export function checkEmrTag({
    id,
    region,
    tags = {},
}: {
    readonly id: string;
    readonly region: string;
    readonly tags: Tags | undefined;
}): readonly Finding[] {
    return Object.entries(EMR_TAG)
        .filter(([key, value]) => tags[key] !== value)
        .map(([key, value]) => ({
            code: "emr-tag-missing" as const,
            found: `${id} does not have the tag ${key}: "${value}", so that EMR may not use it`,
            fix: `aws ec2 create-tags --region ${region} --resources ${id} --tags Key=${key},Value=${value}`,
        }));
}
