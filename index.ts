import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { renderEmrEtlRunnerConfig } from "./components/emr-etl-runner-config";
import { EmrRoles } from "./components/emr-roles";
import { EmrSecurityGroups } from "./components/emr-security-groups";
import { EncryptionKey } from "./components/encryption-key";
import { formatS3Url } from "./components/locations";
import { STACK_TAG } from "./components/naming";
import { Network } from "./components/network";
import { NodeCertificates } from "./components/node-certificates";
import { PipelineStorage } from "./components/pipeline-storage";
import { internalDomain } from "./components/region";
import { SecurityConfiguration } from "./components/security-configuration";
import { readSettings } from "./components/settings";
import { SshKeyPair } from "./components/ssh-key-pair";

const settings = readSettings();
const { stack, region, prefix, spot } = settings;
const tags = { [STACK_TAG]: stack };
const { accountId } = aws.getCallerIdentityOutput();

for (const warning of settings.warnings) {
    pulumi.log.warn(warning);
}

const network = new Network("network", { ...settings.network, region, tags });
new EmrSecurityGroups("emr-security-groups", {
    vpcId: network.vpcId,
    internetAccess: settings.network.internetAccess,
    tags,
});
const key = new EncryptionKey("key", { accountId, prefix, protect: settings.storage.protect, spot, tags });
const storage = new PipelineStorage("storage", {
    ...settings.storage,
    prefix,
    locations: settings.locations,
    collectorTakesAcls: settings.cloudfrontCollector,
    tags,
});
const certificates = new NodeCertificates("certificates", {
    ...settings.certificates,
    prefix,
    domain: internalDomain(region),
    keyArn: key.arn,
    tags,
});
const roles = new EmrRoles("roles", {
    stack,
    prefix,
    region,
    accountId,
    locations: storage.locations,
    keyArn: key.arn,
    certificatesBucket: certificates.bucket,
    jobflowGrants: settings.jobflowGrants,
    policyArns: settings.access.policyArns,
    spot,
    tags,
});
const security = new SecurityConfiguration("security-configuration", {
    prefix,
    switches: settings.encryption,
    release: settings.release,
    keyArn: key.arn,
    certificateArchive: certificates.archive,
});
const keyName =
    settings.emrEtlRunner.aws.emr.ec2_key_name ?? new SshKeyPair("ssh-key-pair", { prefix, tags }).keyName;

/** EmrEtlRunner's config.yml: `pulumi stack output emrEtlRunnerConfig > config.yml`, after every `up`. */
export const emrEtlRunnerConfig = pulumi
    .output({
        locations: storage.locations,
        jobflowRole: roles.jobflowRole,
        serviceRole: roles.serviceRole,
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
            ...deployed,
        }),
    );
export const securityConfigurationName = security.name;
export const securityConfiguration = security.configuration;
export const { jobflowRole, serviceRole, operatorPolicyArn } = roles;
export const { vpcId, subnetIds, egressIps } = network;
export const kmsKeyArn = key.arn;
/** Location → S3 URL (a list for `raw.in`). */
export const buckets = storage.locations.apply((locations) =>
    Object.fromEntries(
        locations.map(({ path, folders }) => {
            const urls = folders.map(formatS3Url);
            return [path, path === "raw.in" ? urls : urls[0]];
        }),
    ),
);
/** ISO 8601. */
export const certificateExpiresAt = certificates.expiresAt;
export const warnings = settings.warnings;
