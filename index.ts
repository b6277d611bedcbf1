import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "./components/config";
import { EmrEncryption } from "./components/emr-encryption";
import { lookUpExisting } from "./components/existing";

/** Existing resources are looked up, and checked, before the first resource is created. */
export = async () => {
    const config = readConfig();
    const existing = await lookUpExisting(config, {}, config.report);
    const environment = new EmrEncryption("emr", { ...config, existing });
    for (const warning of environment.warnings) {
        pulumi.log.warn(warning);
    }
    return {
        /** EmrEtlRunner's config.yml: `pulumi stack output emrEtlRunnerConfig > config.yml` after every `up`. */
        emrEtlRunnerConfig: environment.emrEtlRunnerConfig,
        securityConfigurationName: environment.securityConfiguration.name,
        /** The security configuration as EMR's JSON. */
        securityConfiguration: environment.securityConfiguration.configuration,
        jobflowRole: environment.jobflowRole.name,
        serviceRole: environment.serviceRole.name,
        /** For the user that runs EmrEtlRunner. */
        operatorPolicyArn: environment.operatorPolicy.arn,
        vpcId: environment.network.vpcId,
        subnetIds: environment.network.subnetIds,
        /** The source addresses of connections to Redshift. */
        egressIps: environment.network.egressIps,
        kmsKeyArn: environment.key.arn,
        /** `requiredPolicies` of existing roles, `kmsKeyPolicyStatements` of an existing key: where they apply. */
        ...environment.requirements,
        /** Location to S3 URL (a list for `raw.in`). */
        buckets: environment.buckets,
        /** ISO 8601; null with an existing archive. */
        certificateExpiresAt: environment.certificates.expiresAt,
        warnings: environment.warnings,
        /** The input of `verify`, `teardown` and `encrypt-existing`, beside the outputs above. */
        forCommands: environment.forCommands,
    };
};
