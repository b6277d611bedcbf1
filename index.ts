import * as pulumi from "@pulumi/pulumi";
import { readConfig } from "./components/config";
import { EmrEncryption } from "./components/emr-encryption";
import { lookUpExisting } from "./components/existing";

/** Looks up and checks existing resources before it creates the first resource. */
export = async () => {
    const config = readConfig();
    const existing = await lookUpExisting(config, {}, config.report);
    const environment = new EmrEncryption("emr", { ...config, existing });
    for (const warning of environment.warnings) {
        pulumi.log.warn(warning);
    }
    return {
        /** EmrEtlRunner's config.yml. After every `up`: `pulumi stack output emrEtlRunnerConfig > config.yml`. */
        emrEtlRunnerConfig: environment.emrEtlRunnerConfig,
        securityConfigurationName: environment.securityConfiguration.name,
        /** The security configuration as EMR's JSON. */
        securityConfiguration: environment.securityConfiguration.configuration,
        jobflowRole: environment.jobflowRole.name,
        serviceRole: environment.serviceRole.name,
        /** The policy for the user that runs EmrEtlRunner. */
        operatorPolicyArn: environment.operatorPolicy.arn,
        vpcId: environment.network.vpcId,
        subnetIds: environment.network.subnetIds,
        /** The source addresses of connections to Redshift. */
        egressIps: environment.network.egressIps,
        kmsKeyArn: environment.key.arn,
        /** `requiredPolicies` with an existing role, `kmsKeyPolicyStatements` with an existing key. */
        ...environment.requirements,
        /** The S3 URL of each location; a list for `raw.in`. */
        buckets: environment.storage.urls,
        /** The time at which the nodes' certificate expires, in ISO 8601; null with an existing archive. */
        certificateExpiresAt: environment.certificates.expiresAt,
        warnings: environment.warnings,
        /** The input of `verify`, `teardown` and `encrypt-existing`, in addition to the outputs above. */
        forCommands: environment.forCommands,
    };
};
