import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parseArn } from "./domain/arn";
import type { ExistingRole } from "./domain/existing-role";
import type { AttachedPolicies } from "./domain/for-commands";
import { type NameWord, namePrefix, type Tags } from "./domain/naming";
import { documentDigest, type PolicyDocument } from "./policies/document";

/** The arguments that are the same for all roles of a stack. */
export interface SharedRoleArgs {
    /** The start of every physical name, such as `snowplow-dev`. */
    readonly prefix: string;
    /** The IAM path, such as `/` or `/data/`. */
    readonly path: string;
    /** The ARN of the managed policy that is the permissions boundary; null for none. */
    readonly permissionsBoundary: pulumi.Input<string> | null;
    /** The tags of every resource that takes tags. */
    readonly tags: Tags;
}

export interface RoleArgs extends SharedRoleArgs {
    /** The word after `prefix` in the role's name. */
    readonly kind: NameWord<"role">;
    /** The description that IAM shows. */
    readonly description: string;
    /** Who may assume the role. */
    readonly trustPolicy: pulumi.Input<PolicyDocument>;
    /** The policies of the role. */
    readonly policies: RolePolicies;
}

export interface RolePolicies {
    /** The ARNs of the managed policies to attach. @default none */
    readonly managedPolicyArns?: readonly string[];
    /** The only inline policy. */
    readonly inlinePolicy: pulumi.Input<PolicyDocument>;
}

/** The policies that the owner of an existing role has to attach. */
export interface RequiredPolicies {
    /** The ARNs of managed policies. */
    readonly managedPolicyArns: readonly string[];
    /** JSON, for an inline policy or a managed one. */
    readonly policyDocument: string;
}

/** A role that EMR uses, created or existing. */
export interface EmrRole {
    /** The role's ARN. */
    readonly arn: pulumi.Output<string>;
    /** The role's name. The name of a created role is known once its policies are attached. */
    readonly name: pulumi.Output<string>;
    /** The policies of a created role; undefined for an existing role. `verify` compares them with AWS's answer. */
    readonly attachedPolicies?: pulumi.Output<AttachedPolicies>;
    /** The policies that an existing role must have; undefined for a created role. */
    readonly requiredPolicies?: pulumi.Output<RequiredPolicies>;
}

/** Properties of which each may be an output. */
export type Inputs<T> = { readonly [Key in keyof T]: pulumi.Input<T[Key]> };

/** An IAM role with its policies. */
export class Role extends pulumi.ComponentResource {
    /** The role's ARN. */
    public readonly arn: pulumi.Output<string>;
    /** The role's name, known before its policies are attached. */
    public readonly name: pulumi.Output<string>;
    /** The policies; `verify` compares them with AWS's answer. */
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;
    private readonly attachments: readonly pulumi.CustomResource[];

    constructor(name: string, args: RoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:Role", name, {}, opts);
        const { managedPolicyArns = [], inlinePolicy } = args.policies;

        const role = new aws.iam.Role(
            name,
            {
                namePrefix: namePrefix("role", args.prefix, args.kind),
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
        this.attachedPolicies = pulumi.all([policyDocument, policy.name]).apply(([json, policyName]) => ({
            managedPolicyArns: [...managedPolicyArns],
            policyDigest: documentDigest(json),
            policyName,
        }));
        this.registerOutputs({ arn: this.arn, name: this.name, attachedPolicies: this.attachedPolicies });
    }

    /**
     * The value, known once the role's policies are attached. EMR can use a role under a name that was read from here. Do
     * not pass it to resources: in a preview that changes a policy, it is unknown.
     */
    afterAttachments<T>(value: pulumi.Input<T>): pulumi.Output<T> {
        const attached = pulumi.all(this.attachments.map(({ id }) => id));
        return pulumi.all([value, attached]).apply(([plain]) => plain) as pulumi.Output<T>;
    }
}

/** An existing role, which is not changed, with the policies that it must have. */
export function existingRole(
    role: pulumi.Input<ExistingRole>,
    { managedPolicyArns = [], inlinePolicy }: RolePolicies,
): EmrRole {
    const { arn, name } = pulumi.output(role);
    return {
        arn,
        name,
        requiredPolicies: pulumi.output({
            managedPolicyArns,
            policyDocument: pulumi.jsonStringify(inlinePolicy),
        }),
    };
}

/** The account and the policy's name, such as `aws:policy/service-role/…`: two accounts may have policies of one name. */
function attachmentName(policyArn: string): string {
    const { account, resource } = parseArn(policyArn);
    return `${account}:${resource}`;
}
