import { readConfig } from "./components/config";
import { EmrEncryption } from "./components/emr-encryption";

export = async () => {
    const environment = new EmrEncryption("emr", readConfig());
    return {
        /** EmrEtlRunner's config.yml. After every `up`: `pulumi stack output emrEtlRunnerConfig > config.yml`. */
        emrEtlRunnerConfig: environment.emrEtlRunnerConfig,
        /** Dataflow Runner's cluster.json; null without a security configuration, and for EMR 10 and later. */
        dataflowRunnerCluster: environment.dataflowRunnerCluster,
        securityConfigurationName: environment.securityConfigurationName,
        /** The security configuration as EMR's JSON. */
        securityConfiguration: environment.securityConfiguration,
        jobflowRole: environment.jobflowRole,
        serviceRole: environment.serviceRole,
        /** The policy for the user that runs EmrEtlRunner. */
        operatorPolicyArn: environment.operatorPolicyArn,
        vpcId: environment.vpcId,
        subnetIds: environment.subnetIds,
        /** The source addresses of connections to Redshift. */
        egressIps: environment.egressIps,
        kmsKeyArn: environment.kmsKeyArn,
        /** `requiredPolicies` with an existing role, `kmsKeyPolicyStatements` with an existing key. */
        ...(await environment.requirements),
        /** The S3 URL of each location; a list for `raw.in`. */
        buckets: environment.buckets,
        /** The time at which the nodes' certificate expires, in ISO 8601; null with an existing archive. */
        certificateExpiresAt: environment.certificateExpiresAt,
        warnings: environment.warnings,
        /** The input of `verify`, `teardown` and `encrypt-existing`, in addition to the outputs above. */
        forCommands: environment.forCommands,
    };
};
