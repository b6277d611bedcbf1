import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedLocation } from "./domain/locations";
import type { Tags } from "./domain/naming";
import { type AttachedPolicies, documentDigest } from "./policies/document";
import { reencryptionRolePolicy, reencryptionRoleTrust } from "./policies/reencryption";

export interface ReencryptionRoleArgs {
    readonly prefix: string;
    readonly locations: pulumi.Input<readonly ResolvedLocation[]>;
    /** The IAM path of the role. */
    readonly path: string;
    /** The ARN of the managed policy that bounds the role; null: none. */
    readonly permissionsBoundary: string | null;
    readonly tags: Tags;
}

/** As whom S3 Batch Operations copies objects in place, for `encrypt-existing`. */
export class ReencryptionRole extends pulumi.ComponentResource {
    /** Known once the role's policy is attached. */
    public readonly arn: pulumi.Output<string>;
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: ReencryptionRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:iam:ReencryptionRole", name, {}, opts);

        const role = new aws.iam.Role(
            name,
            {
                namePrefix: `${args.prefix}-reencryption-`,
                path: args.path,
                description: "Encrypts in place what was there before",
                permissionsBoundary: args.permissionsBoundary ?? undefined,
                assumeRolePolicy: JSON.stringify(reencryptionRoleTrust()),
                tags: args.tags,
            },
            { parent: this },
        );
        const policyDocument = pulumi.jsonStringify(
            pulumi.output(args.locations).apply(reencryptionRolePolicy),
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.name, policy: policyDocument },
            { parent: this },
        );

        this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
        this.attachedPolicies = pulumi.output({
            managedPolicyArns: [],
            policyDigest: policyDocument.apply(documentDigest),
        });
        this.registerOutputs({ arn: this.arn, attachedPolicies: this.attachedPolicies });
    }
}
