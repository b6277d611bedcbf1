import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { existingKeyStatements } from "../policies/key";
import { ask, type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";

export type KeyFacts = aws.kms.GetKeyResult | Unanswered;

export async function lookUpKey({ encryption }: ResolvedArgs): Promise<KeyFacts | undefined> {
    return encryption.kmsKeyArn === null ? undefined : ask(aws.kms.getKey({ keyId: encryption.kmsKeyArn }));
}

const PATH = ["encryption", "kmsKeyArn"];

/** Whether disks and archives can be encrypted under the key. */
export function checkKey(
    { encryption: { kmsKeyArn }, spot }: ResolvedArgs,
    accountId: string,
    key: KeyFacts,
): readonly Finding[] {
    if (spot && kmsKeyArn?.split(":")[4] !== accountId) {
        return [
            {
                path: PATH,
                found: "a key of another account, with a Spot bid",
                remedy: "a key of this account, or no bids: Spot's service-linked role would need a grant, which no key policy replaces",
            },
        ];
    }
    if (!isAnswer(key)) {
        const finding = noAnswer(PATH, "the key", key, "kms:DescribeKey");
        if (kmsKeyArn === null || kmsKeyArn.split(":")[4] === accountId) {
            return [finding];
        }
        // Another account's: whoever may not look at it may not encrypt the archive under it either.
        const statements = JSON.stringify(existingKeyStatements(kmsKeyArn, accountId, spot));
        return [{ ...finding, remedy: `these statements in its policy: ${statements}` }];
    }
    const findings: Finding[] = [];
    if (key.keyManager !== "CUSTOMER") {
        findings.push({
            path: PATH,
            found: "a key that AWS manages",
            remedy: "a key of yours (customer managed): the policy of AWS's own lets nobody grant EMR's roles its use",
        });
    }
    if (!key.enabled) {
        findings.push({ path: PATH, found: `a key that is ${key.keyState}`, remedy: "an enabled key" });
    }
    if (key.keyUsage !== "ENCRYPT_DECRYPT") {
        findings.push({
            path: PATH,
            found: `a key for ${key.keyUsage}`,
            remedy: "a key for ENCRYPT_DECRYPT",
        });
    } else if (key.keySpec !== "SYMMETRIC_DEFAULT") {
        findings.push({
            path: PATH,
            found: `a key of the kind ${key.keySpec}`,
            remedy: "a symmetric key (SYMMETRIC_DEFAULT): LUKS and EBS take no other",
        });
    }
    return findings;
}
