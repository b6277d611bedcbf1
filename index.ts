import * as pulumi from "@pulumi/pulumi";
import { PRIVATE_KEY, readSettings } from "./components/config";
import { renderEmrEtlRunnerConfig } from "./components/domain/emr-etl-runner-config";
import { formatS3Url } from "./components/domain/locations";
import { STACK_TAG } from "./components/domain/naming";
import { internalDomain } from "./components/domain/region";
import { EmrRoles } from "./components/emr-roles";
import { EmrSecurityGroups } from "./components/emr-security-groups";
import { EncryptionKey } from "./components/encryption-key";
import { lookUpExisting } from "./components/existing";
import { Network } from "./components/network";
import { NodeCertificates } from "./components/node-certificates";
import { PipelineStorage } from "./components/pipeline-storage";
import { existingKeyStatements } from "./components/policies/key";
import { bucketArn } from "./components/policies/s3-access";
import { ReencryptionRole } from "./components/reencryption-role";
import { RenewalReminder } from "./components/renewal-reminder";
import { SecurityConfiguration } from "./components/security-configuration";
import { SshKeyPair } from "./components/ssh-key-pair";

/** In the order in which data flows. What is the user's own is looked up, and found fit, before anything is made. */
export = async () => {
    const settings = readSettings();
    const existing = await lookUpExisting(settings);
    const { stack, region, prefix, spot } = settings;
    const { accountId } = existing;
    const tags = { [STACK_TAG]: stack };
    const warnings = [...settings.warnings, ...existing.warnings];
    for (const warning of warnings) {
        pulumi.log.warn(warning);
    }

    const { existing: theirNetwork, internetAccess } = settings.network;
    const network = theirNetwork
        ? existingNetwork(theirNetwork)
        : new Network("network", { ...settings.network, region, tags });
    const ownsSecurityGroups = theirNetwork?.emrSecurityGroups !== "use";
    if (ownsSecurityGroups) {
        new EmrSecurityGroups("emr-security-groups", { vpcId: network.vpcId, internetAccess, tags });
    }
    const { protect } = settings.storage;
    const theirKey = settings.encryption.kmsKeyArn;
    const keyArn = theirKey ?? new EncryptionKey("key", { accountId, prefix, protect, spot, tags }).arn;
    const keyStatements = theirKey ? existingKeyStatements(theirKey, accountId, spot) : undefined;
    const storage = new PipelineStorage("storage", {
        ...settings.storage,
        prefix,
        locations: settings.locations,
        collectorTakesAcls: settings.cloudfrontCollector,
        tags,
    });
    const { archive, chainPem, trustedPem } = settings.certificates;
    const certificates = archive
        ? existingArchive(archive)
        : new NodeCertificates("certificates", {
              prefix,
              certificate:
                  chainPem && trustedPem
                      ? { chainPem, trustedPem, privateKey: new pulumi.Config().requireSecret(PRIVATE_KEY) }
                      : { ...settings.certificates, domain: internalDomain(region) },
              keyArn,
              tags,
          });
    const reminder =
        settings.remindTopicArn && certificates.expiresAt
            ? new RenewalReminder("renewal-reminder", {
                  stack,
                  prefix,
                  region,
                  accountId,
                  topicArn: settings.remindTopicArn,
                  expiresAt: certificates.expiresAt,
                  renewBeforeDays: settings.certificates.renewBeforeDays,
                  issuedHere: chainPem === null,
                  ...settings.access,
                  tags,
              })
            : undefined;
    const roles = new EmrRoles("roles", {
        stack,
        prefix,
        region,
        accountId,
        locations: storage.locations,
        keyArn,
        certificateArchives: certificates.archives,
        jobflowGrants: settings.jobflowGrants,
        ...settings.access,
        serviceRole: existing.serviceRole,
        jobflowRole: existing.jobflowRole,
        spot,
        tags,
    });
    const reencryption = settings.storage.reencryption
        ? new ReencryptionRole("reencryption", {
              prefix,
              locations: storage.locations,
              ...settings.access,
              tags,
          })
        : undefined;
    const security = new SecurityConfiguration("security-configuration", {
        prefix,
        switches: settings.encryption,
        release: settings.release,
        keyArn,
        certificateArchive: certificates.archive,
    });
    const keyName =
        settings.emrEtlRunner.aws.emr.ec2_key_name ??
        new SshKeyPair("ssh-key-pair", { prefix, tags }).keyName;

    const emrEtlRunnerConfig = pulumi
        .output({
            locations: storage.locations,
            jobflowRole: roles.jobflowRole,
            serviceRole: roles.serviceRoleForEmr,
            subnetId: network.clusterSubnetId,
            keyName,
            securityConfiguration: security.name,
        })
        .apply((deployed) =>
            renderEmrEtlRunnerConfig({
                stack,
                region,
                mode: settings.mode,
                settings: settings.emrEtlRunner,
                anyHostname: existing.anyHostname,
                ...deployed,
            }),
        );
    return {
        /** EmrEtlRunner's config.yml: `pulumi stack output emrEtlRunnerConfig > config.yml`, after every `up`. */
        emrEtlRunnerConfig,
        securityConfigurationName: security.name,
        securityConfiguration: security.configuration,
        jobflowRole: roles.jobflowRole,
        serviceRole: roles.serviceRole,
        operatorPolicyArn: roles.operatorPolicyArn,
        /** Of the user's own roles: what they must be allowed. Left out without any. */
        ...((existing.serviceRole || existing.jobflowRole) && { requiredPolicies: roles.requiredPolicies }),
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        egressIps: network.egressIps,
        kmsKeyArn: keyArn,
        /** Of the user's own key: what its policy must say besides. Left out where that is nothing. */
        ...(keyStatements && { kmsKeyPolicyStatements: keyStatements }),
        /** Location → S3 URL (a list for `raw.in`). */
        buckets: storage.locations.apply((locations) =>
            Object.fromEntries(
                locations.map(({ path, folders }) => {
                    const urls = folders.map(formatS3Url);
                    return [path, path === "raw.in" ? urls : urls[0]];
                }),
            ),
        ),
        /** ISO 8601; null where the archive is the user's. */
        certificateExpiresAt: certificates.expiresAt,
        warnings,
        /** What `verify`, `teardown` and `encrypt-existing` go by, besides. */
        forCommands: {
            stack,
            region,
            accountId,
            prefix,
            certificateArchive: certificates.archive,
            managedBuckets: pulumi
                .all([storage.managedBuckets, certificates.managedBuckets])
                .apply(([data, archives]) => ({ ...data, ...archives })),
            encryptedExistingBuckets: settings.storage.encryptExistingBuckets,
            policiesOnExistingBuckets: settings.storage.policiesOnExistingBuckets,
            existingKmsKeyArns: settings.storage.existingKmsKeyArns,
            rolePolicies: pulumi
                .all([
                    roles.attachedPolicies,
                    {
                        ...(reencryption && { reencryptionRole: reencryption.attachedPolicies }),
                        ...(reminder && { reminderRole: reminder.attachedPolicies }),
                    },
                ])
                .apply(([ofEmr, others]) => ({ ...ofEmr, ...others })),
            reencryptionRoleArn: reencryption?.arn ?? null,
            reminderSchedule: reminder?.schedule ?? null,
            internetAccess,
            nodeDomain: existing.nodeDomain,
            ownsNetwork: !theirNetwork,
            ownsSecurityGroups,
            ownsKey: !theirKey,
            protect,
        },
    };
};

function existingNetwork({
    vpcId,
    subnetIds,
}: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
}) {
    return { vpcId, subnetIds, clusterSubnetId: subnetIds[0] as string, egressIps: [] };
}

function existingArchive(archive: string) {
    return {
        archive,
        archives: bucketArn(archive.slice("s3://".length)),
        expiresAt: null,
        managedBuckets: {},
    };
}
