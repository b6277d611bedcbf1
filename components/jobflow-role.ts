import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingRole } from "./domain/existing-role";
import type { AttachedPolicies } from "./domain/for-commands";
import { type JobflowRolePolicyArgs, jobflowRolePolicy, jobflowRoleTrust } from "./policies/emr-roles";
import {
    type EmrRole,
    existingRole,
    type Inputs,
    Role,
    type RolePolicies,
    type SharedRoleArgs,
} from "./role";

/** The arguments of the policies that a created and an existing role need. */
export interface JobflowPoliciesArgs extends Inputs<JobflowRolePolicyArgs> {
    /** The ARNs of additional managed policies. */
    readonly policyArns: readonly string[];
}

export interface JobflowRoleArgs extends JobflowPoliciesArgs, SharedRoleArgs {}

/** The role of the nodes, which EmrEtlRunner calls the jobflow role, with its instance profile. */
export class JobflowRole extends pulumi.ComponentResource implements EmrRole {
    public readonly arn: pulumi.Output<string>;
    /** The name of the instance profile and of the role, known once the role's policies are attached. */
    public readonly name: pulumi.Output<string>;
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: JobflowRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:JobflowRole", name, {}, opts);

        const role = new Role(
            `${name}-role`,
            {
                ...args,
                kind: "jobflow",
                description: "The nodes of EMR clusters",
                trustPolicy: jobflowRoleTrust(),
                policies: policies(args),
            },
            { parent: this },
        );
        const profile = new aws.iam.InstanceProfile(
            `${name}-profile`,
            {
                name: role.name, // EMR accepts an instance profile only under its role's name.
                role: role.name,
                path: args.path,
                tags: args.tags,
            },
            { parent: this },
        );

        this.arn = role.arn;
        this.name = role.afterAttachments(profile.name);
        this.attachedPolicies = role.attachedPolicies;
        this.registerOutputs({ arn: this.arn, name: this.name, attachedPolicies: this.attachedPolicies });
    }

    /** An existing role with an instance profile of the same name. Neither is changed. */
    static existing(role: pulumi.Input<ExistingRole>, args: JobflowPoliciesArgs): EmrRole {
        return existingRole(role, policies(args));
    }
}

function policies({ policyArns, ...args }: JobflowPoliciesArgs): RolePolicies {
    return { managedPolicyArns: policyArns, inlinePolicy: pulumi.output(args).apply(jobflowRolePolicy) };
}
