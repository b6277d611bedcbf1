import { EmrEncryption } from "snowplow-emr-encryption";

const [web, mobile] = ["web", "mobile"].map(
    (name) => new EmrEncryption(name, { emrEtlRunner: { collectors: { format: "thrift" } } }),
);

export const configs = [web?.emrEtlRunnerConfig, mobile?.emrEtlRunnerConfig];
