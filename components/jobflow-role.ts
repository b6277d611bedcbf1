import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AttachedPolicies } from "./domain/for-commands";
import type { ResolvedLocation } from "./domain/locations";
import type { Region } from "./domain/region";
import { type JobflowGrants, jobflowRolePolicy, jobflowRoleTrust } from "./policies/emr-roles";
import { type EmrRole, Role, type RolePolicies, type RoleSettings, requiredPolicies } from "./role";

/** What the jobflow role's policy is about. */
export interface JobflowPolicyArgs {
    readonly region: Region;
    readonly accountId: pulumi.Input<string>;
    readonly locations: pulumi.Input<readonly ResolvedLocation[]>;
    readonly keyArn: pulumi.Input<string>;
    /** The ARN of the certificate archives. */
    readonly certificateArchives: pulumi.Input<string>;
    readonly jobflowGrants: JobflowGrants;
    /** Additional managed policies. */
    readonly policyArns: readonly string[];
}

export interface JobflowRoleArgs extends JobflowPolicyArgs, RoleSettings {
    readonly prefix: string;
}

/** The role of the nodes (in EmrEtlRunner's words the jobflow role), with the instance profile that EMR takes it by. */
export class JobflowRole extends pulumi.ComponentResource implements EmrRole {
    public readonly arn: pulumi.Output<string>;
    /** The instance profile's name, which is the role's. */
    public readonly name: pulumi.Output<string>;
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: JobflowRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:JobflowRole", name, {}, opts);

        const role = new Role(
            `${name}-role`,
            {
                ...args,
                namePrefix: `${args.prefix}-jobflow-`,
                description: "The nodes of EMR clusters",
                trustPolicy: jobflowRoleTrust(),
                policies: jobflowPolicies(args),
            },
            { parent: this },
        );
        const profile = new aws.iam.InstanceProfile(
            `${name}-profile`,
            {
                // EMR takes a role by the name of its instance profile, and finds the role by the same name only.
                name: role.name,
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
    static existing(role: { readonly name: string; readonly arn: string }, args: JobflowPolicyArgs): EmrRole {
        return {
            arn: pulumi.output(role.arn),
            name: pulumi.output(role.name),
            requiredPolicies: requiredPolicies(jobflowPolicies(args)),
        };
    }
}

function jobflowPolicies({ policyArns, jobflowGrants, region, ...args }: JobflowPolicyArgs): RolePolicies {
    const { accountId, locations, keyArn, certificateArchives } = args;
    return {
        managedPolicyArns: policyArns,
        inlinePolicy: pulumi
            .output({ accountId, locations, keyArn, certificateArchives })
            .apply((known) => jobflowRolePolicy({ ...known, ...jobflowGrants, region })),
    };
}
