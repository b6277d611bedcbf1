import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { anySwitchOn, type EncryptionSwitches } from "./domain/emr-release";
import { namePrefix } from "./domain/naming";
import {
    type SecurityConfigurationDocumentArgs,
    securityConfigurationDocument,
} from "./domain/security-configuration";
import type { Inputs } from "./role";

export interface SecurityConfigurationArgs extends Inputs<SecurityConfigurationDocumentArgs> {
    /** The start of every physical name. */
    readonly prefix: string;
    /** Plain, because no security configuration exists if all switches are off. */
    readonly switches: EncryptionSwitches;
}

/** The EMR security configuration. It is immutable: every change creates another one with another name. */
export class SecurityConfiguration extends pulumi.ComponentResource {
    /** The name, for config.yml; null if all switches are off, and no security configuration exists. */
    public readonly name: pulumi.Output<string | null>;
    /** The document as JSON; null if all switches are off. */
    public readonly configuration: pulumi.Output<string | null>;

    constructor(name: string, args: SecurityConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:SecurityConfiguration", name, {}, opts);

        const { prefix, switches, release, keyArn, certificateArchive } = args;
        const configuration = anySwitchOn(switches)
            ? pulumi.jsonStringify(
                  pulumi
                      .output({ switches, release, keyArn, certificateArchive })
                      .apply(securityConfigurationDocument),
              )
            : undefined;
        const resource =
            configuration &&
            new aws.emr.SecurityConfiguration(
                name,
                { namePrefix: namePrefix("securityConfiguration", prefix), configuration },
                // Running clusters and the operator's config.yml still name the old security configuration, and EMR
                // refuses to delete it while it is in use, which would fail the `up`. It costs nothing and holds no secret.
                { parent: this, retainOnDelete: true },
            );

        this.name = pulumi.output(resource?.name ?? null);
        this.configuration = pulumi.output(configuration ?? null);
        this.registerOutputs({ name: this.name, configuration: this.configuration });
    }
}
