import * as pulumi from "@pulumi/pulumi";
import { arn } from "./domain/arn";
import type { AttachedPolicies } from "./domain/for-commands";
import type { Region } from "./domain/region";
import { serviceRolePolicy, serviceRoleTrust } from "./policies/emr-roles";
import { type EmrRole, Role, type RolePolicies, type RoleSettings, requiredPolicies } from "./role";

/** What the service role's policy is about. */
export interface ServicePolicyArgs {
    readonly accountId: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    /** The ARN of the certificate archives. */
    readonly certificateArchives: pulumi.Input<string>;
    readonly jobflowRoleArn: pulumi.Input<string>;
    /** Whether instances may be Spot instances. */
    readonly spot: boolean;
}

export interface ServiceRoleArgs extends ServicePolicyArgs, RoleSettings {
    readonly prefix: string;
    readonly region: Region;
}

const EMR_SERVICE_POLICY = arn("iam", "", "aws", "policy/service-role/AmazonEMRServicePolicy_v2");

/** The service role, created or existing. */
export interface EmrServiceRole extends EmrRole {
    /** What `service_role` in config.yml names: EMR finds a role with a path by its ARN only. */
    readonly nameForEmr: pulumi.Output<string>;
}

/** The role of EMR itself. */
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
                namePrefix: `${args.prefix}-service-`,
                description: "EMR itself",
                trustPolicy: pulumi.output(args.accountId).apply((id) => serviceRoleTrust(id, args.region)),
                policies: servicePolicies(args),
            },
            { parent: this },
        );

        this.arn = role.arn;
        this.name = role.afterAttachments(role.name);
        this.nameForEmr = nameForEmr(this.name, this.arn);
        this.attachedPolicies = role.attachedPolicies;
        this.registerOutputs({ arn: this.arn, name: this.name, attachedPolicies: this.attachedPolicies });
    }

    /** An existing role, which is not changed. */
    static existing(
        role: { readonly name: string; readonly arn: string },
        args: ServicePolicyArgs,
    ): EmrServiceRole {
        return {
            arn: pulumi.output(role.arn),
            name: pulumi.output(role.name),
            nameForEmr: nameForEmr(role.name, role.arn),
            requiredPolicies: requiredPolicies(servicePolicies(args)),
        };
    }
}

function servicePolicies({ spot, ...args }: ServicePolicyArgs): RolePolicies {
    const { accountId, keyArn, certificateArchives, jobflowRoleArn } = args;
    return {
        managedPolicyArns: [EMR_SERVICE_POLICY],
        inlinePolicy: pulumi
            .output({ accountId, keyArn, certificateArchives, jobflowRoleArn })
            .apply((known) => serviceRolePolicy({ ...known, spot })),
    };
}

function nameForEmr(name: pulumi.Input<string>, roleArn: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi
        .all([name, roleArn])
        .apply(([plain, full]) => (full.endsWith(`:role/${plain}`) ? plain : full));
}
