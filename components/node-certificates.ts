import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { certificateArchive, certificateArchiveKey } from "./domain/certificate-archive";
import { chainExpiresAt, normalisePem, privateKeyFor } from "./domain/certificate-chain";
import type { BucketSpec } from "./domain/for-commands";
import { bucketPrefix } from "./domain/naming";
import { EncryptedBucket } from "./encrypted-bucket";
import { IssuedCertificate, type IssuedCertificateArgs } from "./issued-certificate";
import { bucketArn, urlArn } from "./policies/s3-access";
import { RenewalReminder } from "./renewal-reminder";
import type { SharedRoleArgs } from "./role";

export interface NodeCertificatesArgs extends SharedRoleArgs, IssuedCertificateArgs {
    /** The stack's name, for the reminder. */
    readonly stack: string;
    /** The number of the stack's account, 12 digits. */
    readonly accountId: pulumi.Input<string>;
    /** The ARN of the KMS key that encrypts the archive. */
    readonly keyArn: pulumi.Input<string>;
    /** A certificate to use instead of an issued one: PEM, the nodes' certificate first. Null: issue a certificate. */
    readonly chainPem: string | null;
    /** The authorities that nodes trust, in PEM. Required with `chainPem`. */
    readonly trustedPem: string | null;
    /** The private key of `chainPem`, in PEM: PKCS#8, PKCS#1 or SEC1. Required with `chainPem`. */
    readonly privateKey?: pulumi.Input<string>;
    /** The ARN of the SNS topic to notify when the renewal window opens; null for none. */
    readonly remindTopicArn: pulumi.Input<string> | null;
}

/** The certificate archive, created or existing. */
export interface CertificateArchive {
    /** The S3 URL of the archive. */
    readonly archive: pulumi.Output<string>;
    /** The ARN pattern of this archive and of the archives that it replaced, which running clusters may still read. */
    readonly archives: pulumi.Output<string>;
    /** The time at which the nodes' certificate expires, in ISO 8601; null if not known. */
    readonly expiresAt: pulumi.Output<string> | null;
    /** The archive's bucket, by name; empty if the archive exists. */
    readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketSpec>>>;
    /** Undefined without `remindTopicArn`, and if the archive exists. */
    readonly reminder?: RenewalReminder;
}

/** The certificate that all nodes share, in an archive in S3 from which EMR installs it. */
export class NodeCertificates extends pulumi.ComponentResource implements CertificateArchive {
    public readonly archive: pulumi.Output<string>;
    public readonly archives: pulumi.Output<string>;
    public readonly expiresAt: pulumi.Output<string>;
    public readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketSpec>>>;
    public readonly reminder?: RenewalReminder;

    constructor(name: string, args: NodeCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:NodeCertificates", name, {}, opts);
        const { prefix, keyArn, remindTopicArn, tags } = args;
        const child = { parent: this };

        const certificate = providedCertificate(args) ?? new IssuedCertificate(`${name}-node`, args, child);
        const bucket = new EncryptedBucket(
            `${name}-bucket`,
            {
                bucketPrefix: bucketPrefix(prefix, "certs"),
                acceptedSse: "aws:kms",
                forceDestroy: true, // The archives can be created again.
                tags,
            },
            child,
        );
        const { chain, trusted, privateKey } = certificate;
        const zip = pulumi.output({ chain, trusted, privateKey }).apply(certificateArchive);
        const archive = new aws.s3.BucketObjectv2(
            `${name}-archive`,
            {
                // No tags: an object may have 10, and `aws:defaultTags` may set as many.
                bucket: bucket.bucket,
                key: pulumi.output({ chain, trusted }).apply(certificateArchiveKey),
                contentBase64: pulumi.secret(zip.apply((bytes) => Buffer.from(bytes).toString("base64"))),
                contentType: "application/zip",
                // Reading the nodes' private key takes `kms:Decrypt` as well as `s3:GetObject`.
                serverSideEncryption: "aws:kms",
                kmsKeyId: keyArn,
            },
            // Security configurations of running clusters name the archive. It is deleted with its bucket.
            { ...child, retainOnDelete: true, dependsOn: [bucket] },
        );

        this.archive = pulumi.interpolate`s3://${archive.bucket}/${archive.key}`;
        this.archives = bucket.bucket.apply((bucketName) => bucketArn(`${bucketName}/*`));
        this.expiresAt = certificate.expiresAt;
        this.managedBuckets = bucket.bucket.apply((bucketName) => ({ [bucketName]: bucket.spec }));
        if (remindTopicArn !== null) {
            const renewedByUp = args.chainPem === null;
            this.reminder = new RenewalReminder(
                `${name}-renewal-reminder`,
                { ...args, topicArn: remindTopicArn, expiresAt: this.expiresAt, renewedByUp },
                child,
            );
        }
        this.registerOutputs({
            archive: this.archive,
            archives: this.archives,
            expiresAt: this.expiresAt,
            managedBuckets: this.managedBuckets,
        });
    }

    /** An existing archive: a ZIP file as EMR reads it, by its S3 URL. */
    static existing(url: string): CertificateArchive {
        return {
            archive: pulumi.output(url),
            archives: pulumi.output(urlArn(url)),
            expiresAt: null,
            managedBuckets: pulumi.output<Readonly<Record<string, BucketSpec>>>({}),
        };
    }
}

/** The certificate from the arguments, which `resolveArguments` has checked; undefined if the stack issues one. */
function providedCertificate({ chainPem, trustedPem, privateKey }: NodeCertificatesArgs) {
    if (chainPem === null || trustedPem === null) {
        return undefined;
    }
    return {
        // A missing private key is an error, never a reason to issue another certificate.
        privateKey: pulumi.secret(privateKey ?? "").apply((key) => privateKeyFor(chainPem, key)),
        chain: normalisePem(chainPem),
        trusted: normalisePem(trustedPem),
        expiresAt: pulumi.output(chainExpiresAt(chainPem, trustedPem).toISOString()),
    };
}
