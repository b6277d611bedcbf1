import { EmrEncryption } from "snowplow-emr-encryption";

new EmrEncryption("snowplow", {
    access: { serviceRole: { existing: "missing" } },
    emrEtlRunner: { collectors: { format: "thrift" } },
});
