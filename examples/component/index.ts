import { CollectorFormat, EmrEncryption } from "snowplow-emr-encryption";

const environment = new EmrEncryption("snowplow", {
    emrEtlRunner: { collectors: { format: CollectorFormat.thrift } },
    storage: { logRetentionDays: 30 },
});

/** EmrEtlRunner's config.yml, to be written to a file after every `up`. */
export const emrEtlRunnerConfig = environment.emrEtlRunnerConfig;
/** The policy for the user that runs EmrEtlRunner. */
export const operatorPolicyArn = environment.operatorPolicyArn;
