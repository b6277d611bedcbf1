import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { anySwitchOn, type EncryptionSwitches, type Release } from "./domain/emr-release";
import { securityConfigurationDocument } from "./domain/security-configuration";

export interface SecurityConfigurationArgs {
    /** The start of the security configuration's name. */
    readonly prefix: string;
    readonly switches: EncryptionSwitches;
    readonly release: Release;
    readonly keyArn: pulumi.Input<string>;
    /** The S3 URL of the certificate archive. */
    readonly certificateArchive: pulumi.Input<string>;
}

/** The EMR security configuration. It is immutable: every change creates another one with another name. */
export class SecurityConfiguration extends pulumi.ComponentResource {
    /** The name for config.yml; null where all switches are off, and no security configuration exists. */
    public readonly name: pulumi.Output<string | null>;
    /** The document as JSON; null where all switches are off. */
    public readonly configuration: pulumi.Output<string | null>;

    constructor(name: string, args: SecurityConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:SecurityConfiguration", name, {}, opts);

        const configuration = anySwitchOn(args.switches) ? documentJson(args) : undefined;
        const resource =
            configuration &&
            new aws.emr.SecurityConfiguration(
                name,
                { namePrefix: `${args.prefix}-`, configuration },
                // Running clusters and the operator's config.yml still name the old one, and EMR refuses to delete one
                // in use, which would fail the `up`. It costs nothing and holds no secret.
                { parent: this, retainOnDelete: true },
            );

        this.name = pulumi.output(resource?.name ?? null);
        this.configuration = pulumi.output(configuration ?? null);
        this.registerOutputs({ name: this.name, configuration: this.configuration });
    }
}

function documentJson(args: SecurityConfigurationArgs): pulumi.Output<string> {
    const { keyArn, certificateArchive } = args;
    return pulumi.jsonStringify(
        pulumi
            .output({ keyArn, certificateArchive })
            .apply((known) => securityConfigurationDocument({ ...args, ...known })),
    );
}
