import { CollectorFormat, EmrEncryption } from "snowplow-emr-encryption";

const environment = new EmrEncryption("snowplow", {
    emrEtlRunner: { collectors: { format: CollectorFormat.thrift } },
    storage: { logRetentionDays: 30 },
});

/** EmrEtlRunner's config.yml. After every `up`: `pulumi stack output emrEtlRunnerConfig > config.yml`. */
export const emrEtlRunnerConfig = environment.emrEtlRunnerConfig;
/** The policy for the user that runs EmrEtlRunner. */
export const operatorPolicyArn = environment.operatorPolicyArn;
