import type * as pulumi from "@pulumi/pulumi";
import type { ErrorReport } from "./domain/errors";
import type { EnvironmentSettings } from "./environment-settings";

/**
 * The arguments of EmrEncryption: those of the stack config, and what a program knows of itself. Arguments of the type
 * `pulumi.Input` may be outputs; all others decide which resources there are, and are plain values.
 */
export interface EmrEncryptionArgs extends EnvironmentSettings {
    /**
     * The region of every resource, one of `REGIONS`: that of the AWS provider. Required with an explicit provider.
     * @default `aws:region`
     */
    readonly region?: string;
    /**
     * The environment's name, in physical names, in messages, and in the name of clusters. 1 to 100 of A-Z, a-z, 0-9, _ .
     * and -. Physical names have its first 16 characters.
     * @default the stack's name and the component's name, such as `dev-snowplow`
     */
    readonly stack?: string;
    /**
     * The value of the tag `snowplow-emr-stack`. The operator's policy is limited to clusters with it, so no other
     * environment of the account may have the same.
     * @default project, stack and the component's name, such as `platform/dev/snowplow`
     */
    readonly stackTag?: string;
    /**
     * The private key of `certificates.chainPem`, in PEM. Required with `chainPem`.
     * @default none
     */
    readonly certificatePrivateKey?: pulumi.Input<string>;
    /**
     * How errors name the arguments.
     * @default `arguments of EmrEncryption <name>`, and paths such as `network.existing.vpcId`
     */
    readonly report?: ErrorReport;
}
