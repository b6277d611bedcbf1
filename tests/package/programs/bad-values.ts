import { EmrEncryption } from "snowplow-emr-encryption";

new EmrEncryption("snowplow", {
    network: { existing: { vpcId: "my-vpc", subnetIds: [] } },
    storage: { logRetentionDays: 0 },
    emrEtlRunner: { collectors: { format: "thrift" } },
});
