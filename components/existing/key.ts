import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import type { Finding } from "../checks/finding";
import { checkKeyKind, checkKeyState } from "../checks/key";
import { parseArn } from "../domain/arn";
import { existingKeyStatements } from "../policies/key";
import { at, FailedLookup, lookup, lookupFailed, type Outcome } from "./lookup";

const PATH = ["encryption", "kmsKeyArn"];

/** Checks whether disks and archives can be encrypted under an existing key. */
export async function checkKey(
    { encryption: { kmsKeyArn: arn }, spot }: ResolvedArgs,
    accountId: string,
    opts?: pulumi.InvokeOptions,
): Promise<Outcome> {
    if (arn === null) {
        return { errors: [] };
    }
    const isOfThisAccount = parseArn(arn).account === accountId;
    if (spot && !isOfThisAccount) {
        return {
            errors: at(PATH, {
                code: "key-of-another-account-with-spot",
                found: "a key of another account, with a Spot bid",
                fix: "name a key of this account, or omit the bids: Spot's service-linked role would need a grant, which no key policy replaces",
            }),
        };
    }
    const key = await lookup(aws.kms.getKey({ keyId: arn }, opts));
    if (key instanceof FailedLookup) {
        const finding = lookupFailed("the key", key, "kms:DescribeKey");
        if (isOfThisAccount) {
            return { errors: at(PATH, finding) };
        }
        // Credentials that may not read another account's key may not encrypt the archive under it either.
        const statements = JSON.stringify(existingKeyStatements(arn, accountId, spot));
        return {
            errors: at(PATH, { ...finding, fix: `add these statements to the key's policy: ${statements}` }),
        };
    }
    return {
        errors: at(
            PATH,
            checkKeyManager(key.keyManager),
            checkKeyState(arn, key.keyState),
            checkKeyKind({ usage: key.keyUsage, spec: key.keySpec }),
        ),
    };
}

function checkKeyManager(manager: string): Finding | undefined {
    if (manager === "CUSTOMER") {
        return undefined;
    }
    return {
        code: "key-aws-managed",
        found: "an AWS managed key",
        expected:
            "a customer managed key: the policy of an AWS managed key cannot grant its use to EMR's roles",
    };
}
