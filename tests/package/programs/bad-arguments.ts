import * as pulumi from "@pulumi/pulumi";
import { EmrEncryption } from "snowplow-emr-encryption";

new EmrEncryption("snowplow", {
    network: {
        // @ts-expect-error: an output decides nothing that must be known before the program runs.
        cidrBlock: pulumi.output("10.0.0.0/16"),
    },
    // @ts-expect-error: the name of no argument.
    encryption: { atRest: true },
    // @ts-expect-error: one of two values.
    emrEtlRunner: { collectors: { format: "thrift" }, monitoring: { logging: { level: "TRACE" } } },
});
