import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { certificateArchive, certificateArchiveKey, pem } from "./domain/certificate-archive";
import { chainExpiresAt, normalisePem, privateKeyFor } from "./domain/certificate-chain";
import { bucketPrefix, type Tags } from "./domain/naming";
import { HOURS_PER_DAY } from "./domain/time";
import { type BucketTerms, EncryptedBucket } from "./encrypted-bucket";
import { bucketArn } from "./policies/s3-access";

const CA_VALIDITY_DAYS = 3650;
const KEY = { algorithm: "RSA", rsaBits: 2048 };

export interface NodeCertificatesArgs {
    readonly prefix: string;
    /** What is in the archive: made here, or the user's own. */
    readonly certificate: IssuedCertificate | ProvidedCertificate;
    /** The KMS key that the archive is encrypted under. */
    readonly keyArn: pulumi.Input<string>;
    readonly tags: Tags;
}

export interface IssuedCertificate {
    /** The nodes' DNS domain: the certificate is made for `*.<domain>`. */
    readonly domain: string;
    /** How long the nodes' certificate is valid. */
    readonly validityDays: number;
    /** An `up` in the certificate's last days, this many, renews it. */
    readonly renewBeforeDays: number;
    /** Another number means another private key. */
    readonly generation: number;
}

export interface ProvidedCertificate {
    /** PEM, leaf first. */
    readonly chainPem: string;
    /** PEM: the authorities that nodes trust. */
    readonly trustedPem: string;
    /** PEM: PKCS#8, PKCS#1 or SEC1. A secret. */
    readonly privateKey: pulumi.Input<string>;
}

/** The certificate that all nodes show, and the archive in S3 that EMR fetches it from. */
export class NodeCertificates extends pulumi.ComponentResource {
    /** The ARN of the archives, replaced ones too: running clusters may still need them. */
    public readonly archives: pulumi.Output<string>;
    /** The S3 URL of the archive. */
    public readonly archive: pulumi.Output<string>;
    /** When the nodes' certificate ends, ISO 8601. */
    public readonly expiresAt: pulumi.Output<string>;
    /** The name of the archives' bucket, with what is asked of it. */
    public readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketTerms>>>;

    constructor(name: string, args: NodeCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:tls:NodeCertificates", name, {}, opts);

        const { certificate } = args;
        const pems =
            "privateKey" in certificate ? provided(certificate) : this.issue(name, args.prefix, certificate);
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
        const archive = this.upload(name, args, bucket, pems);

        this.archives = bucket.bucket.apply((bucketName) => bucketArn(`${bucketName}/*`));
        this.archive = pulumi.interpolate`s3://${archive.bucket}/${archive.key}`;
        this.expiresAt = pems.expiresAt;
        this.managedBuckets = bucket.bucket.apply((bucketName) => ({ [bucketName]: bucket.terms }));
        this.registerOutputs({
            archives: this.archives,
            archive: this.archive,
            expiresAt: this.expiresAt,
            managedBuckets: this.managedBuckets,
        });
    }

    /** A certificate authority, and a certificate by it. */
    private issue(name: string, prefix: string, args: IssuedCertificate): Pems {
        const caKey = new tls.PrivateKey(`${name}-ca-key`, KEY, { parent: this });
        const ca = new tls.SelfSignedCert(
            `${name}-ca`,
            {
                privateKeyPem: caKey.privateKeyPem,
                isCaCertificate: true,
                subject: { commonName: `${prefix} EMR nodes CA` },
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
        return {
            privateKey: nodeKey.privateKeyPemPkcs8,
            certificates: pulumi
                .all([leaf.certPem, ca.certPem])
                .apply(([leafPem, caPem]) => ({ chain: pem(leafPem, caPem), trusted: caPem })),
            expiresAt: leaf.validityEndTime,
        };
    }

    /**
     * Without tags of the stack's own: S3 objects take 10, and `aws:defaultTags` may be as many. Under the KMS key, so
     * that reading the nodes' private key takes the right to decrypt besides S3's.
     */
    private upload(
        name: string,
        { keyArn }: NodeCertificatesArgs,
        bucket: EncryptedBucket,
        { privateKey, certificates }: Pems,
    ): aws.s3.BucketObjectv2 {
        const zip = pulumi
            .all([privateKey, certificates])
            .apply(([key, { chain, trusted }]) => certificateArchive({ privateKey: key, chain, trusted }));
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

/** What goes into the archive. */
interface Pems {
    /** PKCS#8. */
    readonly privateKey: pulumi.Output<string>;
    readonly certificates: pulumi.Output<{ readonly chain: string; readonly trusted: string }>;
    /** ISO 8601. */
    readonly expiresAt: pulumi.Output<string>;
}

/** The settings have judged the certificates; the private key is at hand here only, and stays a secret. */
function provided({ chainPem, trustedPem, privateKey }: ProvidedCertificate): Pems {
    return {
        privateKey: pulumi.secret(privateKey).apply((key) => privateKeyFor(chainPem, key)),
        certificates: pulumi.output({ chain: normalisePem(chainPem), trusted: normalisePem(trustedPem) }),
        expiresAt: pulumi.output(chainExpiresAt(chainPem, trustedPem).toISOString()),
    };
}
