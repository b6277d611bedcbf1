import { parseArn } from "../domain/arn";
import type { Finding } from "./finding";

/** Checks whether EMR's roles can be granted the use of a key. */
export function checkKeyManager(manager: string): readonly Finding[] {
    return manager === "CUSTOMER"
        ? []
        : [
              {
                  code: "key-aws-managed",
                  found: "an AWS managed key",
                  expected:
                      "a customer managed key: the policy of an AWS managed key cannot grant its use to EMR's roles",
              },
          ];
}

export function checkKeyState({
    arn,
    state,
}: {
    readonly arn: string;
    readonly state: string | undefined;
}): readonly Finding[] {
    if (state === "Enabled") {
        return [];
    }
    const finding = { code: "key-not-enabled" as const, found: `a key in the state ${state}` };
    const key = `--region ${parseArn(arn).region} --key-id ${arn}`;
    const enable = `aws kms enable-key ${key}`;
    switch (state) {
        case "Disabled":
            return [{ ...finding, fix: enable }];
        case "PendingDeletion":
            return [{ ...finding, fix: `aws kms cancel-key-deletion ${key}, then ${enable}` }];
        default:
            return [{ ...finding, expected: `an enabled key: ${KEY_STATES}` }];
    }
}

const KEY_STATES = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";

/** The usage and the spec that a key needs for disks and archives. */
export const KEY_USAGE = "ENCRYPT_DECRYPT";
export const KEY_SPEC = "SYMMETRIC_DEFAULT";

export function checkKeyKind({
    usage,
    spec,
}: {
    readonly usage: string | undefined;
    readonly spec: string | undefined;
}): readonly Finding[] {
    if (usage !== KEY_USAGE) {
        return [{ code: "key-usage", found: `a key for ${usage}`, expected: `a key for ${KEY_USAGE}` }];
    }
    return spec === KEY_SPEC
        ? []
        : [
              {
                  code: "key-spec",
                  found: `a key of the spec ${spec}`,
                  expected: `a symmetric key (${KEY_SPEC}): LUKS and EBS take no other`,
              },
          ];
}
