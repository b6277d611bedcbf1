import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { checkKeyKind, checkKeyManager, checkKeyState } from "../checks/key";
import { parseArn } from "../domain/arn";
import type { ArgumentError } from "../domain/errors";
import { existingKeyStatements } from "../policies/key";
import { at, type FailedLookup, lookup, lookupFailed, succeeded } from "./lookup";

export interface KeyFacts {
    readonly arn: string;
    readonly key: aws.kms.GetKeyResult | FailedLookup;
}

export async function lookUpKey(
    { encryption: { kmsKeyArn } }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<KeyFacts | undefined> {
    return kmsKeyArn === null
        ? undefined
        : { arn: kmsKeyArn, key: await lookup(aws.kms.getKey({ keyId: kmsKeyArn }, opts)) };
}

const PATH = ["encryption", "kmsKeyArn"];

/** Checks whether disks and archives can be encrypted under the key. */
export function checkKey(
    { spot }: ResolvedArgs,
    accountId: string,
    { arn, key }: KeyFacts,
): readonly ArgumentError[] {
    const isOfThisAccount = parseArn(arn).account === accountId;
    if (spot && !isOfThisAccount) {
        return [
            {
                code: "key-of-another-account-with-spot",
                path: PATH,
                found: "a key of another account, with a Spot bid",
                fix: "name a key of this account, or omit the bids: Spot's service-linked role would need a grant, which no key policy replaces",
            },
        ];
    }
    if (!succeeded(key)) {
        const error = lookupFailed(PATH, "the key", key, "kms:DescribeKey");
        if (isOfThisAccount) {
            return [error];
        }
        // Credentials that may not read another account's key may not encrypt the archive under it either.
        const statements = JSON.stringify(existingKeyStatements(arn, accountId, spot));
        return [{ ...error, fix: `add these statements to the key's policy: ${statements}` }];
    }
    return at(PATH, [
        ...checkKeyManager(key.keyManager),
        ...checkKeyState({ arn, state: key.keyState }),
        ...checkKeyKind({ usage: key.keyUsage, spec: key.keySpec }),
    ]);
}
