import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { namePrefix, type Tags } from "./domain/naming";
import type { Statement } from "./policies/document";
import { existingKeyStatements, keyPolicy } from "./policies/key";

export interface EncryptionKeyArgs {
    /** The number of the stack's account, 12 digits. */
    readonly accountId: pulumi.Input<string>;
    /** The start of every physical name. The key's alias is `alias/<prefix>-…`. */
    readonly prefix: string;
    /** Whether Pulumi refuses to delete the key. @default true */
    readonly protect?: boolean;
    /** Whether nodes may be Spot instances, whose service-linked role must be able to use the key. @default false */
    readonly spot?: boolean;
    /** The tags of the key. @default none */
    readonly tags?: Tags;
}

/** A KMS key, created or existing. */
export interface KmsKey {
    /** The ARN of the key, not of an alias. */
    readonly arn: pulumi.Output<string>;
    /** The statements that the policy of an existing key must have; undefined for a created key. */
    readonly requiredStatements?: pulumi.Output<readonly Statement[]>;
}

/** The customer managed key that encrypts the nodes' disks and the certificate archives. */
export class EncryptionKey extends pulumi.ComponentResource implements KmsKey {
    public readonly arn: pulumi.Output<string>;

    constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:EncryptionKey", name, {}, opts);
        const { accountId, spot = false, protect = true } = args;

        const key = new aws.kms.Key(
            name,
            {
                description: `${args.prefix}: local disks of EMR nodes, and their certificates`,
                keyUsage: "ENCRYPT_DECRYPT",
                customerMasterKeySpec: "SYMMETRIC_DEFAULT",
                enableKeyRotation: true,
                deletionWindowInDays: 30,
                policy: pulumi.jsonStringify(
                    pulumi.output(accountId).apply((account) => keyPolicy(account, spot)),
                ),
                tags: args.tags,
            },
            // Without the key, the disks of running clusters and the certificate archives cannot be read.
            { parent: this, protect },
        );
        new aws.kms.Alias(
            `${name}-alias`,
            { namePrefix: namePrefix("keyAlias", args.prefix), targetKeyId: key.keyId },
            { parent: this },
        );

        this.arn = key.arn;
        this.registerOutputs({ arn: this.arn });
    }

    /** An existing key of this account or of another one. Its policy is not changed. */
    static existing(
        arn: pulumi.Input<string>,
        { accountId, spot = false }: Pick<EncryptionKeyArgs, "accountId" | "spot">,
    ): KmsKey {
        return {
            arn: pulumi.output(arn),
            requiredStatements: pulumi
                .all([arn, accountId])
                .apply(([keyArn, account]) => existingKeyStatements(keyArn, account, spot) ?? []),
        };
    }
}
