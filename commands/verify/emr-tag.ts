import type { Tag } from "@aws-sdk/client-ec2";
import { EMR_TAG } from "../../components/domain/naming";
import { type Check, judge } from "./check";

interface Tagged {
    readonly id: string;
    readonly region: string;
    readonly tags: readonly Tag[] | undefined;
}

/** Whether AmazonEMRServicePolicy_v2 lets EMR use something of EC2's. */
export function emrTagChecks(what: string, { id, region, tags = [] }: Tagged): readonly Check[] {
    return Object.entries(EMR_TAG).map(([key, value]) => {
        const found = tags.find(({ Key }) => Key === key)?.Value;
        return judge({
            on: `${what}: tags`,
            expected: `${key}: ${value}`,
            found: found === undefined ? `no ${key}` : `${key}: ${found}`,
            remedy: `aws ec2 create-tags --region ${region} --resources ${id} --tags Key=${key},Value=${value}`,
        });
    });
}
