import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./domain/naming";
import { keyPolicy } from "./policies/key";

export interface EncryptionKeyArgs {
    readonly accountId: pulumi.Input<string>;
    /** The start of the alias: `alias/<prefix>-…`. */
    readonly prefix: string;
    /** Pulumi refuses to delete the key. */
    readonly protect: boolean;
    /** Whether Spot instances must be able to use it. */
    readonly spot: boolean;
    readonly tags: Tags;
}

/** The customer-managed key behind the nodes' disks and the certificate archives. */
export class EncryptionKey extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;

    constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:kms:EncryptionKey", name, {}, opts);

        const key = new aws.kms.Key(
            name,
            {
                description: `${args.prefix}: local disks of EMR nodes, and their certificates`,
                keyUsage: "ENCRYPT_DECRYPT",
                customerMasterKeySpec: "SYMMETRIC_DEFAULT",
                enableKeyRotation: true,
                deletionWindowInDays: 30,
                policy: pulumi.jsonStringify(
                    pulumi.output(args.accountId).apply((accountId) => keyPolicy(accountId, args.spot)),
                ),
                tags: args.tags,
            },
            // What a lost key has encrypted is lost: only running clusters' disks, but those at once.
            { parent: this, protect: args.protect },
        );
        new aws.kms.Alias(
            `${name}-alias`,
            { namePrefix: `alias/${args.prefix}-`, targetKeyId: key.keyId },
            { parent: this },
        );

        this.arn = key.arn;
        this.registerOutputs({ arn: this.arn });
    }
}
