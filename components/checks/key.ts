import { parseArn } from "../domain/arn";
import type { Finding } from "./finding";

const KEY_STATES = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";

/** Checks whether a key can be used now. */
export function checkKeyState(arn: string, state: string | undefined): Finding | undefined {
    const found = `a key in the state ${state}`;
    const key = `--region ${parseArn(arn).region} --key-id ${arn}`;
    const enable = `aws kms enable-key ${key}`;
    switch (state) {
        case "Enabled":
            return undefined;
        case "Disabled":
            return { code: "key-not-enabled", found, fix: enable };
        case "PendingDeletion":
            return {
                code: "key-not-enabled",
                found,
                fix: `aws kms cancel-key-deletion ${key}, then ${enable}`,
            };
        default:
            return { code: "key-not-enabled", found, expected: `an enabled key: ${KEY_STATES}` };
    }
}

/** The usage and the spec that a key needs for disks and archives. */
export const KEY_USAGE = "ENCRYPT_DECRYPT";
export const KEY_SPEC = "SYMMETRIC_DEFAULT";

/** Checks whether a key can encrypt disks and archives. */
export function checkKeyKind({
    usage,
    spec,
}: {
    readonly usage: string | undefined;
    readonly spec: string | undefined;
}): Finding | undefined {
    if (usage !== KEY_USAGE) {
        return { code: "key-usage", found: `a key for ${usage}`, expected: `a key for ${KEY_USAGE}` };
    }
    if (spec !== KEY_SPEC) {
        const expected = `a symmetric key (${KEY_SPEC}): LUKS and EBS take no other`;
        return { code: "key-spec", found: `a key of the spec ${spec}`, expected };
    }
    return undefined;
}
