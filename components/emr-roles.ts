import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedLocation } from "./locations";
import type { Tags } from "./naming";
import type { PolicyDocument } from "./policies/document";
import {
    type JobflowGrants,
    jobflowRolePolicy,
    jobflowRoleTrust,
    serviceRolePolicy,
    serviceRoleTrust,
} from "./policies/emr-roles";
import { operatorPolicy } from "./policies/operator";
import { arn, type Region } from "./region";

export interface EmrRolesArgs {
    readonly stack: string;
    readonly prefix: string;
    readonly region: Region;
    readonly accountId: pulumi.Input<string>;
    readonly locations: pulumi.Input<readonly ResolvedLocation[]>;
    readonly keyArn: pulumi.Input<string>;
    readonly certificatesBucket: pulumi.Input<string>;
    readonly jobflowGrants: JobflowGrants;
    /** Managed policies for the jobflow role, besides. */
    readonly policyArns: readonly string[];
    /** Whether instances may be Spot ones. */
    readonly spot: boolean;
    readonly tags: Tags;
}

/** Who EMR is, who the nodes are, and what the user that runs EmrEtlRunner must be allowed. */
export class EmrRoles extends pulumi.ComponentResource {
    /** The service role's name; known once its policies are attached. */
    public readonly serviceRole: pulumi.Output<string>;
    /** The instance profile's name, which is the jobflow role's; known once its policies are attached. */
    public readonly jobflowRole: pulumi.Output<string>;
    /** To be attached to the user that runs EmrEtlRunner. */
    public readonly operatorPolicyArn: pulumi.Output<string>;

    constructor(name: string, args: EmrRolesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:iam:EmrRoles", name, {}, opts);
        const { accountId, locations, keyArn, certificatesBucket } = args;
        const known = pulumi.output({ accountId, locations, keyArn, certificatesBucket });

        const jobflow = this.jobflow(`${name}-jobflow`, args, known);
        const service = new aws.iam.Role(
            `${name}-service`,
            {
                namePrefix: `${args.prefix}-service-`,
                description: "EMR itself",
                assumeRolePolicy: json(
                    known.apply(({ accountId }) => serviceRoleTrust(accountId, args.region)),
                ),
                tags: args.tags,
            },
            { parent: this },
        );
        const servicePolicies = [
            new aws.iam.RolePolicyAttachment(
                `${name}-service-managed-policy`,
                {
                    role: service.name,
                    policyArn: arn("iam", "", "aws", "policy/service-role/AmazonEMRServicePolicy_v2"),
                },
                { parent: this },
            ),
            new aws.iam.RolePolicy(
                `${name}-service-policy`,
                {
                    role: service.name,
                    policy: json(
                        pulumi
                            .all([known, jobflow.role.arn])
                            .apply(([facts, jobflowRoleArn]) =>
                                serviceRolePolicy({ ...facts, jobflowRoleArn, spot: args.spot }),
                            ),
                    ),
                },
                { parent: this },
            ),
        ];
        const operator = new aws.iam.Policy(
            `${name}-operator`,
            {
                namePrefix: `${args.prefix}-operator-`,
                description: "What EmrEtlRunner calls",
                policy: json(
                    pulumi
                        .all([known, service.arn, jobflow.role.arn])
                        .apply(([{ accountId, locations }, serviceRoleArn, jobflowRoleArn]) =>
                            operatorPolicy({
                                accountId,
                                region: args.region,
                                stack: args.stack,
                                locations,
                                serviceRoleArn,
                                jobflowRoleArn,
                            }),
                        ),
                ),
                tags: args.tags,
            },
            { parent: this },
        );

        this.serviceRole = once(service.name, servicePolicies);
        this.jobflowRole = once(jobflow.profile.name, jobflow.policies);
        this.operatorPolicyArn = operator.arn;
        this.registerOutputs({
            serviceRole: this.serviceRole,
            jobflowRole: this.jobflowRole,
            operatorPolicyArn: this.operatorPolicyArn,
        });
    }

    private jobflow(name: string, args: EmrRolesArgs, known: pulumi.Output<KnownByDeployment>) {
        const role = new aws.iam.Role(
            name,
            {
                namePrefix: `${args.prefix}-jobflow-`,
                description: "The nodes of EMR clusters",
                assumeRolePolicy: json(pulumi.output(jobflowRoleTrust())),
                tags: args.tags,
            },
            { parent: this },
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            {
                role: role.name,
                policy: json(
                    known.apply((facts) =>
                        jobflowRolePolicy({ ...facts, ...args.jobflowGrants, region: args.region }),
                    ),
                ),
            },
            { parent: this },
        );
        const attachments = args.policyArns.map(
            (policyArn) =>
                new aws.iam.RolePolicyAttachment(
                    `${name}-${attachmentName(policyArn)}`,
                    { role: role.name, policyArn },
                    { parent: this },
                ),
        );
        const profile = new aws.iam.InstanceProfile(
            `${name}-profile`,
            {
                name: role.name, // EMR takes a role by its profile's name, and finds no role of another.
                role: role.name,
                tags: args.tags,
            },
            { parent: this },
        );
        return { role, profile, policies: [policy, ...attachments] };
    }
}

interface KnownByDeployment {
    readonly accountId: string;
    readonly locations: readonly ResolvedLocation[];
    readonly keyArn: string;
    readonly certificatesBucket: string;
}

function json(document: pulumi.Output<PolicyDocument>): pulumi.Output<string> {
    return pulumi.jsonStringify(document);
}

/** A name that also means that these exist. Not for inputs of resources: it is unknown in a preview that changes one. */
function once(
    name: pulumi.Output<string>,
    policies: readonly pulumi.CustomResource[],
): pulumi.Output<string> {
    return pulumi.all([name, pulumi.all(policies.map(({ id }) => id))]).apply(([plain]) => plain);
}

/** Names are unique within an account only; AWS's own policies count as an account. */
function attachmentName(policyArn: string): string {
    return policyArn.split(":").slice(4).join(":");
}
