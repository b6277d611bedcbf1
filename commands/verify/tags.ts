import type { Tag } from "@aws-sdk/client-ec2";
import type { Tags } from "../../components/naming";
import { type Check, judge } from "./check";

/** Whether something of EC2's carries these tags; others do not matter. */
export function tagsCheck(
    what: string,
    {
        id,
        region,
        tags = [],
    }: { readonly id: string; readonly region: string; readonly tags?: readonly Tag[] },
    wanted: Tags,
): Check {
    const missing = Object.entries(wanted).filter(
        ([key, value]) => tags.find(({ Key }) => Key === key)?.Value !== value,
    );
    const expected = list(Object.entries(wanted));
    return judge({
        on: `${what}: tags`,
        expected,
        found:
            missing.length === 0
                ? expected
                : missing
                      .map(([key]) => {
                          const other = tags.find(({ Key }) => Key === key)?.Value;
                          return other === undefined ? `no ${key}` : `${key}: ${other}`;
                      })
                      .join(", "),
        remedy: `aws ec2 create-tags --region ${region} --resources ${id} --tags ${missing.map(([key, value]) => `Key=${key},Value=${value}`).join(" ")}`,
    });
}

function list(tags: readonly (readonly [key: string, value: string])[]): string {
    return tags.map(([key, value]) => `${key}: ${value}`).join(", ");
}
