import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { at, FailedLookup, lookup, type Outcome } from "./lookup";

/** The AWS provider's messages for a table that does not exist. */
const NO_TABLE = /couldn't find resource|ResourceNotFoundException/;

/**
 * Checks each DynamoDB table that jobs use: it must exist, because the shredder creates none since 0.14, and the jobflow
 * role must be able to use its key. Both would fail in a step otherwise, after the cluster has run for hours.
 */
export async function checkTables(args: ResolvedArgs, opts?: pulumi.InvokeOptions): Promise<Outcome> {
    const outcomes = await Promise.all(
        args.access.dynamodbTables.map((name, index) => checkTable(args, name, index, opts)),
    );
    return {
        errors: outcomes.flatMap(({ errors }) => errors),
        warnings: outcomes.flatMap(({ warnings = [] }) => warnings),
    };
}

async function checkTable(
    { region, storage, encryption }: ResolvedArgs,
    name: string,
    index: number,
    opts: pulumi.InvokeOptions | undefined,
): Promise<Outcome> {
    const path = ["access", "dynamodbTables", index];
    const table = await lookup(aws.dynamodb.getTable({ name }, opts));
    if (table instanceof FailedLookup) {
        if (NO_TABLE.test(table.reason)) {
            const fix = "create the table, or omit it: neither the stack nor the shredder creates one";
            return {
                errors: at(path, { code: "table-missing", found: `no table ${name} in ${region}`, fix }),
            };
        }
        return {
            errors: [],
            warnings: [
                `The table ${name} cannot be looked up (${table.reason}). It must exist. If it is encrypted under a customer managed key, name the key in storage.existingKmsKeyArns: without it, the job that uses the table fails.`,
            ],
        };
    }
    // Empty under the key that DynamoDB owns, the default.
    const keyArn = table.serverSideEncryption?.kmsKeyArn ?? "";
    if (keyArn === "" || [...storage.existingKmsKeyArns, encryption.kmsKeyArn].includes(keyArn)) {
        return { errors: [] };
    }
    // The policy of the AWS managed key alias/aws/dynamodb lets the whole account use it through DynamoDB.
    const key = await lookup(aws.kms.getKey({ keyId: keyArn }, opts));
    if (!(key instanceof FailedLookup) && key.keyManager === "AWS") {
        return { errors: [] };
    }
    const found = `${name} is encrypted under ${keyArn}`;
    const fix = "add this key to storage.existingKmsKeyArns, so that jobs may use it through DynamoDB";
    return { errors: at(path, { code: "table-key-not-named", found, fix }) };
}
