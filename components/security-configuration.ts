import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { anySwitchOn, atLeast, type EncryptionSwitches, GATES, type Release } from "./domain/emr-release";

export interface SecurityConfigurationArgs {
    readonly prefix: string;
    readonly switches: EncryptionSwitches;
    readonly release: Release;
    readonly keyArn: pulumi.Input<string>;
    /** The S3 URL of the certificate archive. */
    readonly certificateArchive: pulumi.Input<string>;
}

/** The EMR security configuration: immutable, so every change makes a new one, with a new name. */
export class SecurityConfiguration extends pulumi.ComponentResource {
    /** What config.yml names; null where all switches are off, and there is nothing to say. */
    public readonly name: pulumi.Output<string | null>;
    /** What it says, as EMR's JSON; null likewise. */
    public readonly configuration: pulumi.Output<string | null>;

    constructor(name: string, args: SecurityConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:emr:SecurityConfiguration", name, {}, opts);

        const configuration = anySwitchOn(args.switches) ? this.document(args) : undefined;
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

    private document(args: SecurityConfigurationArgs): pulumi.Output<string> {
        return pulumi.jsonStringify(
            pulumi
                .all([args.keyArn, args.certificateArchive])
                .apply(([keyArn, certificateArchive]) =>
                    securityConfiguration({ ...args, keyArn, certificateArchive }),
                ),
        );
    }
}

/** The document over plain values. */
export interface SecurityConfigurationDocumentArgs {
    readonly switches: EncryptionSwitches;
    readonly release: Release;
    readonly keyArn: string;
    readonly certificateArchive: string;
}

/**
 * EMR's JSON, with only the parts that are on, always in the same order.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export function securityConfiguration(args: SecurityConfigurationDocumentArgs) {
    const { atRestS3, atRestLocalDisks, inTransit, requireImdsV2 } = args.switches;
    const atRest = atRestS3 || atRestLocalDisks;
    return {
        EncryptionConfiguration: {
            EnableInTransitEncryption: inTransit,
            EnableAtRestEncryption: atRest,
            ...(inTransit && {
                InTransitEncryptionConfiguration: {
                    TLSCertificateConfiguration: {
                        CertificateProviderType: "PEM",
                        S3Object: args.certificateArchive,
                    },
                },
            }),
            ...(atRest && {
                AtRestEncryptionConfiguration: {
                    ...(atRestS3 && { S3EncryptionConfiguration: { EncryptionMode: "SSE-S3" } }),
                    ...(atRestLocalDisks && {
                        LocalDiskEncryptionConfiguration: {
                            EncryptionKeyProviderType: "AwsKms",
                            AwsKmsKey: args.keyArn,
                            // The root volume too, and visible to EC2; earlier releases refuse the key.
                            ...(atLeast(args.release, GATES.ebsEncryption) && { EnableEbsEncryption: true }),
                        },
                    }),
                },
            }),
        },
        ...(requireImdsV2 && {
            InstanceMetadataServiceConfiguration: {
                MinimumInstanceMetadataServiceVersion: 2,
                HttpPutResponseHopLimit: 1,
            },
        }),
    };
}
