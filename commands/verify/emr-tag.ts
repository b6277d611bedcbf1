import type { Tag } from "@aws-sdk/client-ec2";
import { checkEmrTag } from "../../components/checks/network";
import { EMR_TAG } from "../../components/domain/naming";
import { type Check, compareFinding } from "./check";

interface Tagged {
    readonly id: string;
    readonly region: string;
    readonly tags: readonly Tag[] | undefined;
}

/** Whether AmazonEMRServicePolicy_v2 lets EMR use something of EC2's. */
export function emrTagChecks(what: string, { id, region, tags: list = [] }: Tagged): readonly Check[] {
    const tags = Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
    return Object.entries(EMR_TAG).map(([key, value]) => {
        const found = tags[key];
        return compareFinding(checkEmrTag({ id, region }, tags), {
            on: `${what}: tags`,
            expected: `${key}: ${value}`,
            found: found === undefined ? `no ${key}` : `${key}: ${found}`,
        });
    });
}
