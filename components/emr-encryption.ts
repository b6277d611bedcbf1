import * as pulumi from "@pulumi/pulumi";
import { type Ambient, type EnvironmentArgs, type ResolvedArgs, resolveArguments } from "./args";
import { renderEmrEtlRunnerConfig } from "./domain/emr-etl-runner-config";
import type { ForCommands } from "./domain/for-commands";
import { locationUrls } from "./domain/locations";
import { STACK_TAG } from "./domain/naming";
import { EncryptionKey, type KmsKey } from "./encryption-key";
import type { Existing } from "./existing";
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
    /** The private key of `certificates.chainPem`, in PEM. */
    readonly certificatePrivateKey?: pulumi.Input<string>;
    /** What `lookUpExisting` returned for the same arguments. */
    readonly existing: Existing;
}

/** What the user has to grant on existing resources, which the stack does not change. */
export interface ExistingRequirements {
    /** The policies of existing roles. */
    readonly requiredPolicies?: pulumi.Output<{
        readonly serviceRole?: RequiredPolicies;
        readonly jobflowRole?: RequiredPolicies;
    }>;
    /** The statements of an existing key's policy. */
    readonly kmsKeyPolicyStatements?: readonly Statement[];
}

/** Snowplow's page "Setting up end-to-end encryption" as one component, in the page's order. */
export class EmrEncryption extends pulumi.ComponentResource {
    public readonly storage: PipelineStorage;
    /** The S3 URL of each location (a list for `raw.in`). */
    public readonly buckets: pulumi.Output<Readonly<Record<string, string | readonly string[]>>>;
    public readonly network: ClusterNetwork;
    public readonly key: KmsKey;
    public readonly certificates: CertificateArchive;
    public readonly jobflowRole: EmrRole;
    public readonly serviceRole: EmrServiceRole;
    /** The policy for the user that runs EmrEtlRunner. */
    public readonly operatorPolicy: OperatorPolicy;
    public readonly securityConfiguration: SecurityConfiguration;
    /** EmrEtlRunner's config.yml. It holds no secret. */
    public readonly emrEtlRunnerConfig: pulumi.Output<string>;
    /** What existing roles and an existing key must allow; only what applies is present. */
    public readonly requirements: ExistingRequirements;
    /** What works, but protects less than it could. */
    public readonly warnings: readonly string[];
    /** The input of `verify`, `teardown` and `encrypt-existing`. */
    public readonly forCommands: pulumi.Output<ForCommands>;

    /** @throws InvalidArguments with all errors, before any resource is created. */
    constructor(name: string, args: EmrEncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
        const environment = resolveArguments(args);
        super("snowplow-emr-encryption:index:EmrEncryption", name, {}, opts);
        const { stack, stackTag, region, prefix, spot, access, encryption } = environment;
        const { existing } = args;
        const { accountId } = existing;
        const tags = { [STACK_TAG]: stackTag };
        const common = { ...access, stack, stackTag, region, prefix, spot, accountId, tags };
        const child = { parent: this };

        this.storage = new PipelineStorage(
            `${name}-storage`,
            {
                ...common,
                ...environment.storage,
                locations: environment.locations,
                collectorTakesAcls: environment.cloudfrontCollector,
            },
            child,
        );
        const { locations } = this.storage;
        this.buckets = locations.apply(locationUrls);

        const { existing: existingVpc, internetAccess } = environment.network;
        this.network = existingVpc
            ? Network.existing(`${name}-network`, { ...existingVpc, internetAccess, tags }, child)
            : new Network(`${name}-network`, { ...common, ...environment.network }, child);

        this.key = encryption.kmsKeyArn
            ? EncryptionKey.existing(encryption.kmsKeyArn, common)
            : new EncryptionKey(`${name}-key`, { ...common, protect: environment.storage.protect }, child);
        const keyArn = this.key.arn;

        const { archive } = environment.certificates;
        this.certificates = archive
            ? NodeCertificates.existing(archive)
            : new NodeCertificates(
                  `${name}-certificates`,
                  {
                      ...common,
                      ...environment.certificates,
                      remindTopicArn: environment.remindTopicArn,
                      privateKey: args.certificatePrivateKey,
                      keyArn,
                  },
                  child,
              );
        const certificateArchives = this.certificates.archives;

        const jobflowArgs = {
            ...common,
            locations,
            keyArn,
            certificateArchives,
            jobflowGrants: environment.jobflowGrants,
        };
        this.jobflowRole = existing.jobflowRole
            ? JobflowRole.existing(existing.jobflowRole, jobflowArgs)
            : new JobflowRole(`${name}-jobflow`, jobflowArgs, child);
        const roleArns = { jobflowRoleArn: this.jobflowRole.arn };
        const serviceArgs = { ...common, ...roleArns, keyArn, certificateArchives };
        this.serviceRole = existing.serviceRole
            ? ServiceRole.existing(existing.serviceRole, serviceArgs)
            : new ServiceRole(`${name}-service`, serviceArgs, child);
        this.operatorPolicy = new OperatorPolicy(
            `${name}-operator`,
            { ...common, ...roleArns, serviceRoleArn: this.serviceRole.arn, locations },
            child,
        );

        this.securityConfiguration = new SecurityConfiguration(
            `${name}-security-configuration`,
            {
                prefix,
                switches: encryption,
                release: environment.release,
                keyArn,
                certificateArchive: this.certificates.archive,
            },
            child,
        );

        const { ec2_key_name: existingKeyPair } = environment.emrEtlRunner.aws.emr;
        const keyPair = existingKeyPair
            ? SshKeyPair.existing(existingKeyPair)
            : new SshKeyPair(`${name}-ssh-key-pair`, common, child);
        this.emrEtlRunnerConfig = pulumi
            .output({
                locations,
                jobflowRole: this.jobflowRole.name,
                serviceRole: this.serviceRole.nameForEmr,
                subnetId: this.network.clusterSubnetId,
                keyName: keyPair.keyName,
                securityConfiguration: this.securityConfiguration.name,
            })
            .apply((deployed) =>
                renderEmrEtlRunnerConfig({
                    ...environment,
                    ...deployed,
                    settings: environment.emrEtlRunner,
                    anyHostname: existing.anyHostname,
                }),
            );

        const { requiredStatements } = this.key;
        this.requirements = {
            ...((existing.jobflowRole || existing.serviceRole) && {
                requiredPolicies: pulumi.output({
                    serviceRole: this.serviceRole.requiredPolicies,
                    jobflowRole: this.jobflowRole.requiredPolicies,
                }),
            }),
            ...(requiredStatements && { kmsKeyPolicyStatements: requiredStatements }),
        };
        this.warnings = [...environment.warnings, ...existing.warnings];
        this.forCommands = this.outputForCommands(environment, existing);
        this.registerOutputs({ emrEtlRunnerConfig: this.emrEtlRunnerConfig });
    }

    private outputForCommands(environment: ResolvedArgs, existing: Existing): pulumi.Output<ForCommands> {
        const { storage, network, encryption, stack, stackTag, region, prefix } = environment;
        const { reencryptionRole } = this.storage;
        const { reminder } = this.certificates;
        const rolePolicies = pulumi.output({
            serviceRole: this.serviceRole.attachedPolicies,
            jobflowRole: this.jobflowRole.attachedPolicies,
            reencryptionRole: reencryptionRole?.attachedPolicies,
            reminderRole: reminder?.attachedPolicies,
        });
        return pulumi.output({
            stack,
            stackTag,
            region,
            accountId: existing.accountId,
            prefix,
            certificateArchive: this.certificates.archive,
            managedBuckets: pulumi
                .all([this.storage.managedBuckets, this.certificates.managedBuckets])
                .apply(([data, archives]) => ({ ...data, ...archives })),
            encryptedExistingBuckets: storage.encryptExistingBuckets,
            policiesOnExistingBuckets: storage.policiesOnExistingBuckets,
            existingKmsKeyArns: storage.existingKmsKeyArns,
            rolePolicies,
            reencryptionRoleArn: reencryptionRole?.arn ?? null,
            reminderSchedule: reminder?.schedule ?? null,
            internetAccess: network.internetAccess,
            nodeDomain: existing.nodeDomain,
            ownsNetwork: !network.existing,
            ownsSecurityGroups: network.existing?.emrSecurityGroups !== "use",
            ownsKey: !encryption.kmsKeyArn,
            protect: storage.protect,
        });
    }
}
