import * as pulumi from "@pulumi/pulumi";
import type { AttachedPolicies } from "./domain/for-commands";
import {
    type ReencryptionPolicyArgs,
    reencryptionRolePolicy,
    reencryptionRoleTrust,
} from "./policies/reencryption";
import { type Inputs, Role, type SharedRoleArgs } from "./role";

export interface ReencryptionRoleArgs extends Inputs<ReencryptionPolicyArgs>, SharedRoleArgs {}

/** The role with which S3 Batch Operations copies objects in place, for `encrypt-existing`. */
export class ReencryptionRole extends pulumi.ComponentResource {
    /** The role's ARN, known once the policy is attached. */
    public readonly arn: pulumi.Output<string>;
    /** The policies; `verify` compares them with AWS's answer. */
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: ReencryptionRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:ReencryptionRole", name, {}, opts);
        const { region, locations, existingKmsKeyArns } = args;

        const role = new Role(
            `${name}-role`,
            {
                ...args,
                kind: "reencrypt",
                description: "S3 Batch Operations: encrypts existing objects in place",
                trustPolicy: reencryptionRoleTrust(),
                policies: {
                    inlinePolicy: pulumi
                        .output({ region, locations, existingKmsKeyArns })
                        .apply(reencryptionRolePolicy),
                },
            },
            { parent: this },
        );

        this.arn = role.afterAttachments(role.arn);
        this.attachedPolicies = role.attachedPolicies;
        this.registerOutputs({ arn: this.arn, attachedPolicies: this.attachedPolicies });
    }
}
