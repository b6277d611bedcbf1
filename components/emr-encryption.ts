import * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "./args";
import { renderDataflowRunnerCluster } from "./domain/dataflow-runner-cluster";
import { configTree, renderEmrEtlRunnerConfig } from "./domain/emr-etl-runner-config";
import type { ExistingRole } from "./domain/existing-role";
import { STACK_TAG } from "./domain/naming";
import type { EmrEncryptionArgs } from "./emr-encryption-args";
import { EncryptionKey, type KmsKey } from "./encryption-key";
import { type Existing, lookUpExisting } from "./existing";
import { forCommandsOf } from "./for-commands";
import { JobflowRole } from "./jobflow-role";
import { type ClusterNetwork, Network } from "./network";
import { type CertificateArchive, NodeCertificates } from "./node-certificates";
import { OperatorPolicy } from "./operator-policy";
import { PipelineStorage } from "./pipeline-storage";
import { planArguments } from "./planned-args";
import type { Statement } from "./policies/document";
import { existingKeyStatements } from "./policies/key";
import type { EmrRole, RequiredPolicies } from "./role";
import { SecurityConfiguration } from "./security-configuration";
import { type EmrServiceRole, ServiceRole } from "./service-role";
import { SshKeyPair } from "./ssh-key-pair";

/** What the owners of existing roles and of an existing key have to grant. */
export interface ExistingRequirements {
    /** The policies that each existing role must have; omitted if both roles are created. */
    readonly requiredPolicies?: pulumi.Output<{
        readonly serviceRole?: RequiredPolicies;
        readonly jobflowRole?: RequiredPolicies;
    }>;
    /** The statements that an existing key's policy must have; omitted if it needs none, and if the key is created. */
    readonly kmsKeyPolicyStatements?: pulumi.Output<readonly Statement[]>;
}

/**
 * Snowplow's page "Setting up end-to-end encryption" as one component, in the page's order. Existing resources that the
 * arguments name are looked up, and checked, before the first resource is created.
 */
export class EmrEncryption extends pulumi.ComponentResource {
    /** EmrEtlRunner's config.yml. It contains no secret. It changes with every new certificate or switch. */
    public readonly emrEtlRunnerConfig: pulumi.Output<string>;
    /** Dataflow Runner's cluster.json for the same clusters; null if all switches of `encryption` are off, and for EMR 10 and later. */
    public readonly dataflowRunnerCluster: pulumi.Output<string | null>;
    /** The name of the EMR security configuration; null if all switches of `encryption` are off. */
    public readonly securityConfigurationName: pulumi.Output<string | null>;
    /** The security configuration as EMR's JSON; null if all switches of `encryption` are off. */
    public readonly securityConfiguration: pulumi.Output<string | null>;
    /** The name of the nodes' role and of its instance profile. */
    public readonly jobflowRole: pulumi.Output<string>;
    /** The ARN of the nodes' role. */
    public readonly jobflowRoleArn: pulumi.Output<string>;
    /** The name of the role that EMR assumes. */
    public readonly serviceRole: pulumi.Output<string>;
    /** The ARN of the role that EMR assumes. */
    public readonly serviceRoleArn: pulumi.Output<string>;
    /** The ARN of the policy for the user that runs EmrEtlRunner. */
    public readonly operatorPolicyArn: pulumi.Output<string>;
    /** The VPC of the clusters. */
    public readonly vpcId: pulumi.Output<string>;
    /** The subnets for nodes; clusters run in the first. */
    public readonly subnetIds: pulumi.Output<readonly string[]>;
    /** The source addresses of connections to Redshift. Empty if nodes have public addresses or the VPC exists. */
    public readonly egressIps: pulumi.Output<readonly string[]>;
    /** The ARN of the key that encrypts the nodes' disks and the certificate archives. */
    public readonly kmsKeyArn: pulumi.Output<string>;
    /**
     * What the owners of existing roles and of an existing key have to grant: the component changes neither. Resolves once
     * the look-ups have succeeded, and rejects with their error.
     */
    public readonly requirements: Promise<ExistingRequirements>;
    /** The S3 URL of each location of EmrEtlRunner, by its path, such as `enriched.good`; a list for `raw.in`. */
    public readonly buckets: pulumi.Output<Readonly<Record<string, string | readonly string[]>>>;
    /** The time at which the nodes' certificate expires, in ISO 8601; null with an existing archive. */
    public readonly certificateExpiresAt: pulumi.Output<string | null>;
    /** What works, but protects less than it could. The component logs each warning too. */
    public readonly warnings: pulumi.Output<readonly string[]>;
    /** The additional input of the commands `verify`, `teardown` and `encrypt-existing`, for them only. */
    public readonly forCommands: pulumi.Output<unknown>;

    /**
     * @throws InvalidArguments with all errors, before any resource is registered. Errors of existing resources, which
     * take look-ups, reject the component's registration, and with it all others.
     */
    constructor(name: string, args: EmrEncryptionArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        const { resolved, known, outputs, report } = planArguments(name, args, opts);
        const { promise: lookedUp, resolve: lookUp } = deferred<Existing | undefined>();
        // No resource registers before the component does, and so before the look-ups have succeeded.
        const dependsOn = [
            opts?.dependsOn ?? [],
            lookedUp.then(() => []),
        ].flat() as pulumi.Input<pulumi.Resource>[];
        super("snowplow-emr-encryption:index:EmrEncryption", name, {}, { ...opts, dependsOn });
        lookUp(lookUpExisting(resolved, { parent: this }, { report, outputs }));
        // Pending if the look-ups fail: otherwise each resource would report their error as one of its own inputs.
        const found = new Promise<unknown>((resolve) => {
            lookedUp.then((answer) => resolve(answer ?? pulumi.unknown)).catch(() => undefined);
        });
        const existing = pulumi.output(found) as pulumi.Output<Existing>;
        /** An argument that may be an output. */
        const input = <T>(read: (args: ResolvedArgs) => T) => known.apply(read) as pulumi.Output<T>;
        const { stack, stackTag, region, prefix, spot, storage, encryption, certificates } = resolved;
        const { accountId } = existing;
        const tags = { [STACK_TAG]: stackTag };
        const access = {
            ...resolved.access,
            permissionsBoundary:
                resolved.access.permissionsBoundary &&
                input((complete) => complete.access.permissionsBoundary ?? ""),
        };
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
        const pipelineStorage = new PipelineStorage(
            `${name}-storage`,
            { ...shared, ...storage, locations: resolved.locations, cloudfrontCollector },
            child,
        );
        const { locations } = pipelineStorage;
        this.buckets = pipelineStorage.urls;

        // Network
        const { existing: existingVpc, ...ownVpc } = resolved.network;
        const network: ClusterNetwork = existingVpc
            ? Network.existing(
                  `${name}-network`,
                  {
                      ...shared,
                      ...ownVpc,
                      ...existingVpc,
                      vpcId: input((complete) => complete.network.existing?.vpcId ?? ""),
                      subnetIds: input((complete) => complete.network.existing?.subnetIds ?? []),
                  },
                  child,
              )
            : new Network(`${name}-network`, { ...shared, ...ownVpc }, child);
        this.vpcId = network.vpcId;
        this.subnetIds = network.subnetIds;
        this.egressIps = network.egressIps;

        // Key
        const { protect } = storage;
        const key: KmsKey = encryption.kmsKeyArn
            ? EncryptionKey.existing(
                  input((complete) => complete.encryption.kmsKeyArn ?? ""),
                  shared,
              )
            : new EncryptionKey(`${name}-key`, { ...shared, protect }, child);
        const keyArn = key.arn;
        this.kmsKeyArn = keyArn;

        // Certificates
        const remindTopicArn = resolved.remindTopicArn && input((complete) => complete.remindTopicArn ?? "");
        const privateKey = args.certificatePrivateKey;
        const nodeCertificates: CertificateArchive = certificates.archive
            ? NodeCertificates.existing(certificates.archive)
            : new NodeCertificates(
                  `${name}-certificates`,
                  { ...shared, ...certificates, remindTopicArn, privateKey, keyArn },
                  child,
              );
        const { archive: certificateArchive, archives: certificateArchives } = nodeCertificates;
        this.certificateExpiresAt = pulumi.output(nodeCertificates.expiresAt);

        // Roles
        const emrArgs = { ...shared, keyArn, certificateArchives };
        const jobflowArgs = { ...emrArgs, ...resolved.jobflowGrants, locations };
        const jobflowRole: EmrRole = access.jobflowRole
            ? JobflowRole.existing(
                  existing.apply((found) => found.jobflowRole as ExistingRole),
                  jobflowArgs,
              )
            : new JobflowRole(`${name}-jobflow`, jobflowArgs, child);
        const serviceArgs = {
            ...emrArgs,
            jobflowRoleArn: jobflowRole.arn,
            vpcId: network.vpcId,
            existingKmsKeyArns: certificates.archive ? existingKmsKeyArns : [], // EMR reads no other existing object.
        };
        const serviceRole: EmrServiceRole = access.serviceRole
            ? ServiceRole.existing(
                  existing.apply((found) => found.serviceRole as ExistingRole),
                  serviceArgs,
              )
            : new ServiceRole(`${name}-service`, serviceArgs, child);
        const roleArns = { jobflowRoleArn: jobflowRole.arn, serviceRoleArn: serviceRole.arn };
        const operatorPolicy = new OperatorPolicy(
            `${name}-operator`,
            { ...shared, ...roleArns, locations },
            child,
        );
        this.jobflowRole = jobflowRole.name;
        this.jobflowRoleArn = jobflowRole.arn;
        this.serviceRole = serviceRole.name;
        this.serviceRoleArn = serviceRole.arn;
        this.operatorPolicyArn = operatorPolicy.arn;
        this.requirements = lookedUp.then((answer) => {
            const { kmsKeyArn } = encryption;
            const isKeyReady =
                !outputs.has("encryption.kmsKeyArn") &&
                kmsKeyArn !== null &&
                answer !== undefined &&
                existingKeyStatements(kmsKeyArn, answer.accountId, spot) === undefined;
            return requirementsOf(serviceRole, jobflowRole, isKeyReady ? undefined : key.requiredStatements);
        });
        this.requirements.catch(() => undefined); // The component's registration reports the error.

        // Security configuration
        const securityConfiguration = new SecurityConfiguration(
            `${name}-security-configuration`,
            { prefix, switches: encryption, release: resolved.release, keyArn, certificateArchive },
            child,
        );
        this.securityConfigurationName = securityConfiguration.name;
        this.securityConfiguration = securityConfiguration.configuration;

        // config.yml, and cluster.json
        const existingKeyPair = resolved.emrEtlRunner.aws.emr.ec2_key_name;
        const { keyName } = existingKeyPair
            ? SshKeyPair.existing(input((complete) => complete.emrEtlRunner.aws.emr.ec2_key_name ?? ""))
            : new SshKeyPair(`${name}-ssh-key-pair`, shared, child);
        const config = pulumi
            .output({
                locations,
                jobflowRole: jobflowRole.name,
                serviceRole: serviceRole.nameForEmr,
                subnetId: network.clusterSubnetId,
                keyName,
                securityConfiguration: securityConfiguration.name,
                anyHostname: existing.anyHostname,
            })
            .apply((created) => ({ ...resolved, ...created }));
        this.emrEtlRunnerConfig = config.apply(renderEmrEtlRunnerConfig);
        this.dataflowRunnerCluster = config.apply((complete) =>
            renderDataflowRunnerCluster(configTree(complete), resolved.dataflowRunner),
        );

        this.warnings = existing.apply((found) => [...resolved.warnings, ...found.warnings]);
        this.warnings.apply((warnings) => {
            for (const warning of warnings) {
                pulumi.log.warn(warning, this);
            }
        });
        const components = {
            storage: pipelineStorage,
            certificates: nodeCertificates,
            serviceRole,
            jobflowRole,
        };
        this.forCommands = forCommandsOf(components, resolved, existing);
        this.registerOutputs({ emrEtlRunnerConfig: this.emrEtlRunnerConfig });
    }
}

function requirementsOf(
    serviceRole: EmrRole,
    jobflowRole: EmrRole,
    kmsKeyPolicyStatements: KmsKey["requiredStatements"],
): ExistingRequirements {
    const policies = {
        serviceRole: serviceRole.requiredPolicies,
        jobflowRole: jobflowRole.requiredPolicies,
    };
    return {
        ...((policies.serviceRole || policies.jobflowRole) && { requiredPolicies: pulumi.output(policies) }),
        ...(kmsKeyPolicyStatements && { kmsKeyPolicyStatements }),
    };
}

/** A promise, and the function that settles it like another one. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: Promise<T>) => void } {
    let resolve: (value: Promise<T>) => void = () => undefined;
    const promise = new Promise<T>((settle) => {
        resolve = settle;
    });
    return { promise, resolve };
}
