import * as pulumi from "@pulumi/pulumi";
import { arn } from "./domain/arn";
import { type ExistingRole, nameForEmr } from "./domain/existing-role";
import type { AttachedPolicies } from "./domain/for-commands";
import { type ServiceRolePolicyArgs, serviceRolePolicy, serviceRoleTrust } from "./policies/emr-roles";
import {
    type EmrRole,
    existingRole,
    type Inputs,
    Role,
    type RolePolicies,
    type SharedRoleArgs,
} from "./role";

export interface ServiceRoleArgs extends Inputs<ServiceRolePolicyArgs>, SharedRoleArgs {}

const EMR_SERVICE_POLICY = arn("iam", "", "aws", "policy/service-role/AmazonEMRServicePolicy_v2");

/** The service role, created or existing. */
export interface EmrServiceRole extends EmrRole {
    /** The value of `service_role` in config.yml: EMR finds a role with a path by its ARN only. */
    readonly nameForEmr: pulumi.Output<string>;
}

/** The role that EMR assumes to launch and manage clusters. */
export class ServiceRole extends pulumi.ComponentResource implements EmrServiceRole {
    public readonly arn: pulumi.Output<string>;
    public readonly name: pulumi.Output<string>;
    public readonly nameForEmr: pulumi.Output<string>;
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:ServiceRole", name, {}, opts);

        const role = new Role(
            `${name}-role`,
            {
                ...args,
                kind: "service",
                description: "EMR: launches and manages clusters",
                trustPolicy: pulumi
                    .all([args.accountId, args.region])
                    .apply(([accountId, region]) => serviceRoleTrust(accountId, region)),
                policies: policies(args),
            },
            { parent: this },
        );

        this.arn = role.arn;
        this.name = role.afterAttachments(role.name);
        this.nameForEmr = pulumi.output({ name: this.name, arn: this.arn }).apply(nameForEmr);
        this.attachedPolicies = role.attachedPolicies;
        this.registerOutputs({ arn: this.arn, name: this.name, attachedPolicies: this.attachedPolicies });
    }

    /** An existing role, which is not changed. */
    static existing(role: pulumi.Input<ExistingRole>, args: Inputs<ServiceRolePolicyArgs>): EmrServiceRole {
        return { ...existingRole(role, policies(args)), nameForEmr: pulumi.output(role).apply(nameForEmr) };
    }
}

function policies(args: Inputs<ServiceRolePolicyArgs>): RolePolicies {
    return {
        managedPolicyArns: [EMR_SERVICE_POLICY],
        inlinePolicy: pulumi.output(args).apply(serviceRolePolicy),
    };
}
