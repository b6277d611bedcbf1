import { EMR_TAG, type Tags } from "../domain/naming";
import type { Finding } from "./finding";

/** Checks whether AmazonEMRServicePolicy_v2 allows EMR to use a VPC, a subnet or a security group. */
export function checkEmrTag(
    { id, region }: { readonly id: string; readonly region: string },
    tags: Tags = {},
): Finding | undefined {
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
