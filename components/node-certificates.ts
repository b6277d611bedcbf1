import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { certificateArchive, certificateArchiveKey } from "./certificate-archive";
import { EncryptedBucket } from "./encrypted-bucket";
import { bucketPrefix, type Tags } from "./naming";

const HOURS_PER_DAY = 24;
const CA_VALIDITY_DAYS = 3650;
const KEY = { algorithm: "RSA", rsaBits: 2048 };

export interface NodeCertificatesArgs {
    readonly prefix: string;
    /** The nodes' DNS domain: the certificate is made for `*.<domain>`. */
    readonly domain: string;
    /** How long the nodes' certificate is valid. */
    readonly validityDays: number;
    /** An `up` in the certificate's last days, this many, renews it. */
    readonly renewBeforeDays: number;
    /** Another number means another private key. */
    readonly generation: number;
    /** The KMS key that the archive is encrypted under. */
    readonly keyArn: pulumi.Input<string>;
    readonly tags: Tags;
}

/** A certificate authority, the certificate that all nodes show, and the archive in S3 that EMR fetches both from. */
export class NodeCertificates extends pulumi.ComponentResource {
    /** The name of the bucket that holds the archives, replaced ones too. */
    public readonly bucket: pulumi.Output<string>;
    /** The S3 URL of the archive. */
    public readonly archive: pulumi.Output<string>;
    /** When the nodes' certificate ends, ISO 8601. */
    public readonly expiresAt: pulumi.Output<string>;

    constructor(name: string, args: NodeCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:tls:NodeCertificates", name, {}, opts);

        const caKey = new tls.PrivateKey(`${name}-ca-key`, KEY, { parent: this });
        const ca = new tls.SelfSignedCert(
            `${name}-ca`,
            {
                privateKeyPem: caKey.privateKeyPem,
                isCaCertificate: true,
                subject: { commonName: `${args.prefix} EMR nodes CA` },
                validityPeriodHours: CA_VALIDITY_DAYS * HOURS_PER_DAY,
                // Renewed while a leaf still fits into it: no leaf outlives its authority.
                earlyRenewalHours: args.validityDays * HOURS_PER_DAY,
                allowedUses: ["cert_signing", "crl_signing"],
                setSubjectKeyId: true,
                setAuthorityKeyId: true,
            },
            { parent: this },
        );
        // The generation is in the key's name: a key of another name is another key.
        const nodeKey = new tls.PrivateKey(`${name}-node-key-${args.generation}`, KEY, { parent: this });
        const host = `*.${args.domain}`;
        const request = new tls.CertRequest(
            `${name}-node-request`,
            { privateKeyPem: nodeKey.privateKeyPem, subject: { commonName: host }, dnsNames: [host] },
            { parent: this },
        );
        const leaf = new tls.LocallySignedCert(
            `${name}-node`,
            {
                certRequestPem: request.certRequestPem,
                caPrivateKeyPem: caKey.privateKeyPem,
                caCertPem: ca.certPem,
                validityPeriodHours: args.validityDays * HOURS_PER_DAY,
                earlyRenewalHours: args.renewBeforeDays * HOURS_PER_DAY,
                // Each node is server and client to the others.
                allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
                setSubjectKeyId: true,
            },
            { parent: this },
        );
        const bucket = new EncryptedBucket(
            `${name}-bucket`,
            {
                bucketPrefix: bucketPrefix(args.prefix, "certs"),
                acceptedSse: "aws:kms",
                forceDestroy: true, // All that is in it can be made again.
                tags: args.tags,
            },
            { parent: this },
        );
        const archive = this.upload(name, args, bucket, { nodeKey, leaf, ca });

        this.bucket = bucket.bucket;
        this.archive = pulumi.interpolate`s3://${archive.bucket}/${archive.key}`;
        this.expiresAt = leaf.validityEndTime;
        this.registerOutputs({ bucket: this.bucket, archive: this.archive, expiresAt: this.expiresAt });
    }

    /**
     * Without tags of the stack's own: S3 objects take 10, and `aws:defaultTags` may be as many. Under the KMS key, so
     * that reading the nodes' private key takes the right to decrypt besides S3's.
     */
    private upload(
        name: string,
        { keyArn }: NodeCertificatesArgs,
        bucket: EncryptedBucket,
        made: { nodeKey: tls.PrivateKey; leaf: tls.LocallySignedCert; ca: tls.SelfSignedCert },
    ): aws.s3.BucketObjectv2 {
        const certificates = pulumi.output({ leaf: made.leaf.certPem, ca: made.ca.certPem });
        const zip = pulumi
            .all([made.nodeKey.privateKeyPemPkcs8, certificates])
            .apply(([privateKey, { leaf, ca }]) => certificateArchive({ privateKey, leaf, ca }));
        return new aws.s3.BucketObjectv2(
            `${name}-archive`,
            {
                bucket: bucket.bucket,
                key: certificates.apply(certificateArchiveKey),
                contentBase64: pulumi.secret(zip.apply((bytes) => Buffer.from(bytes).toString("base64"))),
                contentType: "application/zip",
                serverSideEncryption: "aws:kms",
                kmsKeyId: keyArn,
            },
            // Security configurations of running clusters name it; it goes with its bucket.
            { parent: this, retainOnDelete: true, dependsOn: [bucket] },
        );
    }
}
