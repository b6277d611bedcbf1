import { atLeast, type EncryptionSwitches, GATES, type Release } from "./emr-release";

export interface SecurityConfigurationDocumentArgs {
    readonly switches: EncryptionSwitches;
    readonly release: Release;
    readonly keyArn: string;
    /** The S3 URL of the certificate archive. */
    readonly certificateArchive: string;
}

/**
 * The document of an EMR security configuration: only the parts that are on, always in the same order.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export function securityConfigurationDocument(args: SecurityConfigurationDocumentArgs) {
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
                            // Encrypts the root volume as well, and EC2 shows it. Earlier releases refuse the key.
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
