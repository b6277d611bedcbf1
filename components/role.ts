import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AttachedPolicies } from "./domain/for-commands";
import type { Tags } from "./domain/naming";
import { documentDigest, type PolicyDocument } from "./policies/document";

/** What is the same for every role of a stack. */
export interface RoleSettings {
    /** The IAM path of the role. */
    readonly path: string;
    /** The ARN of the managed policy that is the role's permissions boundary; null for none. */
    readonly permissionsBoundary: string | null;
    readonly tags: Tags;
}

export interface RoleArgs extends RoleSettings {
    /** The start of the role's name; the AWS provider generates the rest. */
    readonly namePrefix: string;
    readonly description: string;
    readonly trustPolicy: pulumi.Input<PolicyDocument>;
    readonly policies: RolePolicies;
}

/** The policies of a role. */
export interface RolePolicies {
    readonly managedPolicyArns: readonly string[];
    /** The one inline policy. */
    readonly inlinePolicy: pulumi.Input<PolicyDocument>;
}

/** What an existing role must be allowed. */
export interface RequiredPolicies {
    readonly managedPolicyArns: readonly string[];
    /** JSON, for an inline or a managed policy. */
    readonly policyDocument: string;
}

/** A role that EMR uses, created or existing. */
export interface EmrRole {
    readonly arn: pulumi.Output<string>;
    /** The role's name; of a created role, known once its policies are attached. */
    readonly name: pulumi.Output<string>;
    /** The policies of a created role, for `verify`. */
    readonly attachedPolicies?: pulumi.Output<AttachedPolicies>;
    /** The policies that an existing role must have. */
    readonly requiredPolicies?: pulumi.Output<RequiredPolicies>;
}

/** An IAM role with its policies. */
export class Role extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly name: pulumi.Output<string>;
    /** The policies, for `verify`. */
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;
    private readonly attachments: readonly pulumi.CustomResource[];

    constructor(name: string, args: RoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:Role", name, {}, opts);
        const { managedPolicyArns, inlinePolicy } = args.policies;

        const role = new aws.iam.Role(
            name,
            {
                namePrefix: args.namePrefix,
                path: args.path,
                description: args.description,
                permissionsBoundary: args.permissionsBoundary ?? undefined,
                assumeRolePolicy: pulumi.jsonStringify(args.trustPolicy),
                tags: args.tags,
            },
            { parent: this },
        );
        const policyDocument = pulumi.jsonStringify(inlinePolicy);
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.name, policy: policyDocument },
            { parent: this },
        );
        const attachments = managedPolicyArns.map(
            (policyArn) =>
                new aws.iam.RolePolicyAttachment(
                    `${name}-${attachmentName(policyArn)}`,
                    { role: role.name, policyArn },
                    { parent: this },
                ),
        );

        this.arn = role.arn;
        this.name = role.name;
        this.attachments = [policy, ...attachments];
        this.attachedPolicies = policyDocument.apply((json) => ({
            managedPolicyArns: [...managedPolicyArns],
            policyDigest: documentDigest(json),
        }));
        this.registerOutputs({ arn: this.arn, name: this.name, attachedPolicies: this.attachedPolicies });
    }

    /**
     * A value that is known once the role's policies are attached: whoever reads it can use the role. Not for inputs of
     * resources, which would be unknown in a preview that changes a policy.
     */
    afterAttachments<T>(value: pulumi.Input<T>): pulumi.Output<T> {
        const attached = pulumi.all(this.attachments.map(({ id }) => id));
        return pulumi.all([value, attached]).apply(([plain]) => plain) as pulumi.Output<T>;
    }
}

/** The policies of an existing role, as an output for whoever manages it. */
export function requiredPolicies(policies: RolePolicies): pulumi.Output<RequiredPolicies> {
    return pulumi.output({
        managedPolicyArns: policies.managedPolicyArns,
        policyDocument: pulumi.jsonStringify(policies.inlinePolicy),
    });
}

/** The account and the policy: names are unique within an account only, and AWS's own policies count as an account. */
function attachmentName(policyArn: string): string {
    return policyArn.split(":").slice(4).join(":");
}
