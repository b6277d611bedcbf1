import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { certificateArchive, certificateArchiveKey, pem } from "./domain/certificate-archive";
import { chainExpiresAt, normalisePem, privateKeyFor } from "./domain/certificate-chain";
import type { BucketSpec } from "./domain/for-commands";
import { bucketPrefix } from "./domain/naming";
import { internalDomain, type Region } from "./domain/region";
import { HOURS_PER_DAY } from "./domain/time";
import { EncryptedBucket } from "./encrypted-bucket";
import { bucketArn } from "./policies/s3-access";
import { RenewalReminder } from "./renewal-reminder";
import type { RoleSettings } from "./role";

const CA_VALIDITY_DAYS = 3650;
const KEY = { algorithm: "RSA", rsaBits: 2048 };

export interface NodeCertificatesArgs extends RoleSettings {
    readonly stack: string;
    readonly prefix: string;
    readonly region: Region;
    readonly accountId: string;
    /** The KMS key that encrypts the archive. */
    readonly keyArn: pulumi.Input<string>;
    /** The lifetime of the nodes' certificate. */
    readonly validityDays: number;
    /** An `up` renews the certificate when fewer than this many days remain. */
    readonly renewBeforeDays: number;
    /** Another number means another private key. */
    readonly generation: number;
    /** A certificate to use instead of an issued one: PEM, leaf first. Null: one is issued. */
    readonly chainPem: string | null;
    /** PEM: the authorities that nodes trust. Required with `chainPem`. */
    readonly trustedPem: string | null;
    /** The private key of `chainPem`, in PEM: PKCS#8, PKCS#1 or SEC1. Required with `chainPem`. */
    readonly privateKey?: pulumi.Input<string>;
    /** SNS topic to notify when the renewal window opens; null for none. */
    readonly remindTopicArn: string | null;
}

/** The certificate archive, created or existing. */
export interface CertificateArchive {
    /** The S3 URL of the archive. */
    readonly archive: pulumi.Output<string>;
    /** The ARN pattern of this archive and of those that it replaced: running clusters may still read them. */
    readonly archives: pulumi.Output<string>;
    /** The end of the nodes' certificate, ISO 8601; null where it is not known. */
    readonly expiresAt: pulumi.Output<string> | null;
    /** The settings of the archive's bucket, by name; empty where the archive exists. */
    readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketSpec>>>;
    readonly reminder?: RenewalReminder;
}

/** The certificate that all nodes share, in an archive in S3 from which EMR installs it. */
export class NodeCertificates extends pulumi.ComponentResource implements CertificateArchive {
    public readonly archive: pulumi.Output<string>;
    public readonly archives: pulumi.Output<string>;
    public readonly expiresAt: pulumi.Output<string>;
    public readonly managedBuckets: pulumi.Output<Readonly<Record<string, BucketSpec>>>;
    /** Undefined without `remindTopicArn`. */
    public readonly reminder?: RenewalReminder;

    constructor(name: string, args: NodeCertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:NodeCertificates", name, {}, opts);

        const pems = this.provided(args) ?? this.issue(name, args);
        const bucket = new EncryptedBucket(
            `${name}-bucket`,
            {
                bucketPrefix: bucketPrefix(args.prefix, "certs"),
                acceptedSse: "aws:kms",
                forceDestroy: true, // The archives can be created again.
                tags: args.tags,
            },
            { parent: this },
        );
        const archive = this.upload(name, args, bucket, pems);

        this.archives = bucket.bucket.apply((bucketName) => bucketArn(`${bucketName}/*`));
        this.archive = pulumi.interpolate`s3://${archive.bucket}/${archive.key}`;
        this.expiresAt = pems.expiresAt;
        this.managedBuckets = bucket.bucket.apply((bucketName) => ({ [bucketName]: bucket.spec }));
        if (args.remindTopicArn !== null) {
            this.reminder = new RenewalReminder(
                `${name}-renewal-reminder`,
                {
                    ...args,
                    topicArn: args.remindTopicArn,
                    expiresAt: this.expiresAt,
                    renewedByUp: args.chainPem === null,
                },
                { parent: this },
            );
        }
        this.registerOutputs({
            archives: this.archives,
            archive: this.archive,
            expiresAt: this.expiresAt,
            managedBuckets: this.managedBuckets,
        });
    }

    /** An existing archive: a ZIP file as EMR reads it. */
    static existing(url: string): CertificateArchive {
        return {
            archive: pulumi.output(url),
            archives: pulumi.output(bucketArn(url.slice("s3://".length))),
            expiresAt: null,
            managedBuckets: pulumi.output<Readonly<Record<string, BucketSpec>>>({}),
        };
    }

    /** The user's certificate. `resolveArguments` has checked it; the private key is known here only, as a secret. */
    private provided({ chainPem, trustedPem, privateKey }: NodeCertificatesArgs): Pems | undefined {
        if (chainPem === null || trustedPem === null || privateKey === undefined) {
            return undefined;
        }
        return {
            privateKey: pulumi.secret(privateKey).apply((key) => privateKeyFor(chainPem, key)),
            certificates: pulumi.output({ chain: normalisePem(chainPem), trusted: normalisePem(trustedPem) }),
            expiresAt: pulumi.output(chainExpiresAt(chainPem, trustedPem).toISOString()),
        };
    }

    /** A certificate authority, and a certificate that it signs. */
    private issue(name: string, args: NodeCertificatesArgs): Pems {
        const caKey = new tls.PrivateKey(`${name}-ca-key`, KEY, { parent: this });
        const ca = new tls.SelfSignedCert(
            `${name}-ca`,
            {
                privateKeyPem: caKey.privateKeyPem,
                isCaCertificate: true,
                subject: { commonName: `${args.prefix} EMR nodes CA` },
                validityPeriodHours: CA_VALIDITY_DAYS * HOURS_PER_DAY,
                // Renewed while a whole leaf still fits into its lifetime: no leaf outlives its authority.
                earlyRenewalHours: args.validityDays * HOURS_PER_DAY,
                allowedUses: ["cert_signing", "crl_signing"],
                setSubjectKeyId: true,
                setAuthorityKeyId: true,
            },
            { parent: this },
        );
        // The generation is part of the logical name: another name makes another key.
        const nodeKey = new tls.PrivateKey(`${name}-node-key-${args.generation}`, KEY, { parent: this });
        const host = `*.${internalDomain(args.region)}`;
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
                // Each node is a server and a client of the others.
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
     * Carries no tags of the stack: S3 objects take 10, and `aws:defaultTags` may set as many. Encrypted under the KMS
     * key, so that reading the nodes' private key takes `kms:Decrypt` as well as `s3:GetObject`.
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
            // Security configurations of running clusters name the archive. It is deleted with its bucket.
            { parent: this, retainOnDelete: true, dependsOn: [bucket] },
        );
    }
}

/** The contents of the archive. */
interface Pems {
    /** PKCS#8. */
    readonly privateKey: pulumi.Output<string>;
    readonly certificates: pulumi.Output<{ readonly chain: string; readonly trusted: string }>;
    /** ISO 8601. */
    readonly expiresAt: pulumi.Output<string>;
}
