import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedLocation } from "./domain/locations";
import type { Tags } from "./domain/naming";
import { arn, type Region } from "./domain/region";
import { type AttachedPolicies, documentDigest, type PolicyDocument } from "./policies/document";
import {
    type JobflowGrants,
    jobflowRolePolicy,
    jobflowRoleTrust,
    serviceRolePolicy,
    serviceRoleTrust,
} from "./policies/emr-roles";
import { operatorPolicy } from "./policies/operator";

export interface EmrRolesArgs {
    readonly stack: string;
    readonly prefix: string;
    readonly region: Region;
    readonly accountId: pulumi.Input<string>;
    readonly locations: pulumi.Input<readonly ResolvedLocation[]>;
    readonly keyArn: pulumi.Input<string>;
    /** The ARN of the certificate archives. */
    readonly certificateArchives: pulumi.Input<string>;
    readonly jobflowGrants: JobflowGrants;
    /** Managed policies for the jobflow role, besides. */
    readonly policyArns: readonly string[];
    /** The ARN of the managed policy that bounds every role made here; null: none. */
    readonly permissionsBoundary: string | null;
    /** The IAM path of all that is made here. */
    readonly path: string;
    /** The user's own instead of the service role; it is not changed. */
    readonly serviceRole: ExistingRole | undefined;
    /** The user's own instead of the jobflow role, with an instance profile of its name; it is not changed. */
    readonly jobflowRole: ExistingRole | undefined;
    /** Whether instances may be Spot ones. */
    readonly spot: boolean;
    readonly tags: Tags;
}

/** A role that is there already. */
export interface ExistingRole {
    readonly name: string;
    readonly arn: string;
}

/** What a role must be allowed. */
export interface RequiredPolicies {
    readonly managedPolicyArns: readonly string[];
    /** JSON, to be an inline policy or a managed one. */
    readonly policyDocument: string;
}

/** A role, and the name that also means that its policies are attached. */
interface UsableRole {
    readonly arn: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
}

const EMR_SERVICE_POLICY = arn("iam", "", "aws", "policy/service-role/AmazonEMRServicePolicy_v2");

/** Who EMR is, who the nodes are, and what the user that runs EmrEtlRunner must be allowed. */
export class EmrRoles extends pulumi.ComponentResource {
    /** The service role's name; known once its policies are attached. */
    public readonly serviceRole: pulumi.Output<string>;
    /** The same as EMR takes it: a role with a path is found by its ARN only. */
    public readonly serviceRoleForEmr: pulumi.Output<string>;
    /** The instance profile's name, which is the jobflow role's; known once its policies are attached. */
    public readonly jobflowRole: pulumi.Output<string>;
    /** To be attached to the user that runs EmrEtlRunner. */
    public readonly operatorPolicyArn: pulumi.Output<string>;
    /** What the user's own roles must be allowed. */
    public readonly requiredPolicies: pulumi.Output<
        Readonly<Partial<Record<"serviceRole" | "jobflowRole", RequiredPolicies>>>
    >;
    /** What the roles made here are allowed. */
    public readonly attachedPolicies: pulumi.Output<
        Readonly<Partial<Record<"serviceRole" | "jobflowRole", AttachedPolicies>>>
    >;

    constructor(name: string, args: EmrRolesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:iam:EmrRoles", name, {}, opts);
        const { accountId, locations, keyArn, certificateArchives } = args;
        const known = pulumi.output({ accountId, locations, keyArn, certificateArchives });

        const jobflowPolicies = {
            managedPolicyArns: args.policyArns,
            policyDocument: json(
                known.apply((facts) =>
                    jobflowRolePolicy({ ...facts, ...args.jobflowGrants, region: args.region }),
                ),
            ),
        };
        const jobflow = args.jobflowRole
            ? usable(args.jobflowRole)
            : this.makeJobflowRole(`${name}-jobflow`, args, jobflowPolicies);
        const servicePolicies = {
            managedPolicyArns: [EMR_SERVICE_POLICY],
            policyDocument: json(
                pulumi
                    .all([known, jobflow.arn])
                    .apply(([facts, jobflowRoleArn]) =>
                        serviceRolePolicy({ ...facts, jobflowRoleArn, spot: args.spot }),
                    ),
            ),
        };
        const service = args.serviceRole
            ? usable(args.serviceRole)
            : this.makeServiceRole(`${name}-service`, args, known, servicePolicies);
        const operator = new aws.iam.Policy(
            `${name}-operator`,
            {
                namePrefix: `${args.prefix}-operator-`,
                path: args.path,
                description: "What EmrEtlRunner calls",
                policy: json(
                    pulumi
                        .all([known, service.arn, jobflow.arn])
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

        this.serviceRole = service.name;
        this.serviceRoleForEmr = pulumi
            .all([service.name, service.arn])
            .apply(([plain, roleArn]) => (roleArn.endsWith(`:role/${plain}`) ? plain : roleArn));
        this.jobflowRole = jobflow.name;
        this.operatorPolicyArn = operator.arn;
        this.requiredPolicies = pulumi.output({
            serviceRole: args.serviceRole && servicePolicies,
            jobflowRole: args.jobflowRole && jobflowPolicies,
        });
        this.attachedPolicies = pulumi.output({
            ...(!args.serviceRole && { serviceRole: attached(servicePolicies) }),
            ...(!args.jobflowRole && { jobflowRole: attached(jobflowPolicies) }),
        });
        this.registerOutputs({
            serviceRole: this.serviceRole,
            serviceRoleForEmr: this.serviceRoleForEmr,
            jobflowRole: this.jobflowRole,
            operatorPolicyArn: this.operatorPolicyArn,
            requiredPolicies: this.requiredPolicies,
            attachedPolicies: this.attachedPolicies,
        });
    }

    private makeServiceRole(
        name: string,
        args: EmrRolesArgs,
        known: pulumi.Output<KnownByDeployment>,
        { managedPolicyArns, policyDocument }: NeededPolicies,
    ): UsableRole {
        const role = new aws.iam.Role(
            name,
            {
                ...shared(args),
                namePrefix: `${args.prefix}-service-`,
                description: "EMR itself",
                assumeRolePolicy: json(
                    known.apply(({ accountId }) => serviceRoleTrust(accountId, args.region)),
                ),
            },
            { parent: this },
        );
        const attachments = managedPolicyArns.map(
            (policyArn) =>
                new aws.iam.RolePolicyAttachment(
                    `${name}-managed-policy`,
                    { role: role.name, policyArn },
                    { parent: this },
                ),
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.name, policy: policyDocument },
            { parent: this },
        );
        return { arn: role.arn, name: once(role.name, [...attachments, policy]) };
    }

    private makeJobflowRole(
        name: string,
        args: EmrRolesArgs,
        { managedPolicyArns, policyDocument }: NeededPolicies,
    ): UsableRole {
        const role = new aws.iam.Role(
            name,
            {
                ...shared(args),
                namePrefix: `${args.prefix}-jobflow-`,
                description: "The nodes of EMR clusters",
                assumeRolePolicy: json(pulumi.output(jobflowRoleTrust())),
            },
            { parent: this },
        );
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
        const profile = new aws.iam.InstanceProfile(
            `${name}-profile`,
            {
                name: role.name, // EMR takes a role by its profile's name, and finds no role of another.
                role: role.name,
                path: args.path,
                tags: args.tags,
            },
            { parent: this },
        );
        return { arn: role.arn, name: once(profile.name, [policy, ...attachments]) };
    }
}

/** `RequiredPolicies`, before they are known. */
interface NeededPolicies {
    readonly managedPolicyArns: readonly string[];
    readonly policyDocument: pulumi.Output<string>;
}

function attached({ managedPolicyArns, policyDocument }: NeededPolicies) {
    return { managedPolicyArns, policyDigest: policyDocument.apply(documentDigest) };
}

function shared({ path, permissionsBoundary, tags }: EmrRolesArgs) {
    return { path, permissionsBoundary: permissionsBoundary ?? undefined, tags };
}

function usable({ name, arn }: ExistingRole): UsableRole {
    return { arn: pulumi.output(arn), name: pulumi.output(name) };
}

interface KnownByDeployment {
    readonly accountId: string;
    readonly locations: readonly ResolvedLocation[];
    readonly keyArn: string;
    readonly certificateArchives: string;
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
