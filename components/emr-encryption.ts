import * as pulumi from "@pulumi/pulumi";
import { type Ambient, type EnvironmentArgs, resolveArguments } from "./args";
import { renderEmrEtlRunnerConfig } from "./domain/emr-etl-runner-config";
import type { ForCommands } from "./domain/for-commands";
import { STACK_TAG } from "./domain/naming";
import { EncryptionKey, type KmsKey } from "./encryption-key";
import type { Existing } from "./existing";
import { forCommandsOf } from "./for-commands";
import { JobflowRole } from "./jobflow-role";
import { type ClusterNetwork, Network } from "./network";
import { type CertificateArchive, NodeCertificates } from "./node-certificates";
import { OperatorPolicy } from "./operator-policy";
import { PipelineStorage } from "./pipeline-storage";
import type { Statement } from "./policies/document";
import type { EmrRole, RequiredPolicies } from "./role";
import { SecurityConfiguration } from "./security-configuration";
import { type EmrServiceRole, ServiceRole } from "./service-role";
import { SshKeyPair } from "./ssh-key-pair";

export interface EmrEncryptionArgs extends EnvironmentArgs, Ambient {
    /** The private key of `certificates.chainPem`, in PEM. Required with `chainPem`. */
    readonly certificatePrivateKey?: pulumi.Input<string>;
    /** The result of `lookUpExisting` for the same arguments. */
    readonly existing: Existing;
}

/** What the owners of existing roles and of an existing key have to grant: the stack does not change either. */
export interface ExistingRequirements {
    /** The policies of each existing role; undefined if both roles are created. */
    readonly requiredPolicies?: pulumi.Output<{
        readonly serviceRole?: RequiredPolicies;
        readonly jobflowRole?: RequiredPolicies;
    }>;
    /** The statements of an existing key's policy; undefined if the key is created or its policy needs none. */
    readonly kmsKeyPolicyStatements?: readonly Statement[];
}

/** Snowplow's page "Setting up end-to-end encryption" as one component, in the page's order. */
export class EmrEncryption extends pulumi.ComponentResource {
    /** The buckets of EmrEtlRunner's locations. */
    public readonly storage: PipelineStorage;
    /** The network of the clusters, created or existing. */
    public readonly network: ClusterNetwork;
    /** The key of the nodes' disks and of the certificate archives, created or existing. */
    public readonly key: KmsKey;
    /** The nodes' certificate archive, created or existing. */
    public readonly certificates: CertificateArchive;
    /** The role of the nodes, created or existing. */
    public readonly jobflowRole: EmrRole;
    /** The role of EMR, created or existing. */
    public readonly serviceRole: EmrServiceRole;
    /** The policy for the user that runs EmrEtlRunner. */
    public readonly operatorPolicy: OperatorPolicy;
    /** The EMR security configuration. */
    public readonly securityConfiguration: SecurityConfiguration;
    /** EmrEtlRunner's config.yml. It contains no secret. */
    public readonly emrEtlRunnerConfig: pulumi.Output<string>;
    /** What the owners of existing roles and of an existing key have to grant. */
    public readonly requirements: ExistingRequirements;
    /** What works, but protects less than it could. */
    public readonly warnings: readonly string[];
    /** The input of `verify`, `teardown` and `encrypt-existing`. */
    public readonly forCommands: pulumi.Output<ForCommands>;

    /** @throws InvalidArguments with all errors, before any resource is created. */
    constructor(name: string, args: EmrEncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
        const resolved = resolveArguments(args);
        super("snowplow-emr-encryption:index:EmrEncryption", name, {}, opts);
        const { existing } = args;
        const { stack, stackTag, region, prefix, spot, access, storage, encryption, certificates } = resolved;
        const { accountId } = existing;
        const tags = { [STACK_TAG]: stackTag };
        const { existingKmsKeyArns } = storage;
        const shared = {
            ...access,
            stack,
            stackTag,
            region,
            prefix,
            spot,
            accountId,
            tags,
            existingKmsKeyArns,
        };
        const child = { parent: this };

        // Buckets
        const { cloudfrontCollector } = resolved;
        this.storage = new PipelineStorage(
            `${name}-storage`,
            { ...shared, ...storage, locations: resolved.locations, cloudfrontCollector },
            child,
        );
        const { locations } = this.storage;

        // Network
        const { existing: existingVpc, ...network } = resolved.network;
        this.network = existingVpc
            ? Network.existing(`${name}-network`, { ...shared, ...network, ...existingVpc }, child)
            : new Network(`${name}-network`, { ...shared, ...network }, child);

        // Key
        const { protect } = storage;
        this.key = encryption.kmsKeyArn
            ? EncryptionKey.existing(encryption.kmsKeyArn, shared)
            : new EncryptionKey(`${name}-key`, { ...shared, protect }, child);
        const keyArn = this.key.arn;

        // Certificates
        const { remindTopicArn } = resolved;
        const privateKey = args.certificatePrivateKey;
        this.certificates = certificates.archive
            ? NodeCertificates.existing(certificates.archive)
            : new NodeCertificates(
                  `${name}-certificates`,
                  { ...shared, ...certificates, remindTopicArn, privateKey, keyArn },
                  child,
              );
        const { archive: certificateArchive, archives: certificateArchives } = this.certificates;

        // Roles
        const emrArgs = { ...shared, keyArn, certificateArchives };
        const jobflowArgs = { ...emrArgs, ...resolved.jobflowGrants, locations };
        this.jobflowRole = existing.jobflowRole
            ? JobflowRole.existing(existing.jobflowRole, jobflowArgs)
            : new JobflowRole(`${name}-jobflow`, jobflowArgs, child);
        const serviceArgs = {
            ...emrArgs,
            jobflowRoleArn: this.jobflowRole.arn,
            vpcId: this.network.vpcId,
            existingKmsKeyArns: certificates.archive ? existingKmsKeyArns : [], // EMR reads no other existing object.
        };
        this.serviceRole = existing.serviceRole
            ? ServiceRole.existing(existing.serviceRole, serviceArgs)
            : new ServiceRole(`${name}-service`, serviceArgs, child);
        const roleArns = { jobflowRoleArn: this.jobflowRole.arn, serviceRoleArn: this.serviceRole.arn };
        this.operatorPolicy = new OperatorPolicy(
            `${name}-operator`,
            { ...shared, ...roleArns, locations },
            child,
        );

        // Security configuration
        this.securityConfiguration = new SecurityConfiguration(
            `${name}-security-configuration`,
            { prefix, switches: encryption, release: resolved.release, keyArn, certificateArchive },
            child,
        );

        // config.yml
        const existingKeyPair = resolved.emrEtlRunner.aws.emr.ec2_key_name;
        const { keyName } = existingKeyPair
            ? SshKeyPair.existing(existingKeyPair)
            : new SshKeyPair(`${name}-ssh-key-pair`, shared, child);
        this.emrEtlRunnerConfig = pulumi
            .output({
                locations,
                jobflowRole: this.jobflowRole.name,
                serviceRole: this.serviceRole.nameForEmr,
                subnetId: this.network.clusterSubnetId,
                keyName,
                securityConfiguration: this.securityConfiguration.name,
            })
            .apply((created) =>
                renderEmrEtlRunnerConfig({ ...resolved, ...created, anyHostname: existing.anyHostname }),
            );

        this.requirements = existingRequirements(this);
        this.warnings = [...resolved.warnings, ...existing.warnings];
        this.forCommands = forCommandsOf(this, resolved, existing);
        this.registerOutputs({ emrEtlRunnerConfig: this.emrEtlRunnerConfig });
    }
}

function existingRequirements({
    serviceRole,
    jobflowRole,
    key,
}: Pick<EmrEncryption, "serviceRole" | "jobflowRole" | "key">): ExistingRequirements {
    const policies = {
        serviceRole: serviceRole.requiredPolicies,
        jobflowRole: jobflowRole.requiredPolicies,
    };
    return {
        ...((policies.serviceRole || policies.jobflowRole) && { requiredPolicies: pulumi.output(policies) }),
        ...(key.requiredStatements && { kmsKeyPolicyStatements: key.requiredStatements }),
    };
}
