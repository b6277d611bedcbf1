import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { pem } from "./domain/certificate-archive";
import { internalDomain, type Region } from "./domain/region";
import { HOURS_PER_DAY } from "./domain/time";

const CA_VALIDITY_DAYS = 3650;
const KEY = { algorithm: "RSA", rsaBits: 2048 };

export interface IssuedCertificateArgs {
    /** The start of every physical name; the certificate authority's common name begins with it. */
    readonly prefix: string;
    /** The region whose host names the certificate is for. */
    readonly region: Region;
    /** The validity of the certificate, in days. */
    readonly validityDays: number;
    /** `pulumi up` renews the certificate when fewer than this many days remain. */
    readonly renewBeforeDays: number;
    /** Another number creates another private key. */
    readonly generation: number;
}

/** A certificate for all nodes, issued by a certificate authority of the stack's own. */
export class IssuedCertificate extends pulumi.ComponentResource {
    /** The private key in PEM, PKCS#8; a secret. */
    public readonly privateKey: pulumi.Output<string>;
    /** PEM: the certificate, then the authority's. */
    public readonly chain: pulumi.Output<string>;
    /** PEM: the authority's certificate. */
    public readonly trusted: pulumi.Output<string>;
    /** The time at which the certificate expires, in ISO 8601. */
    public readonly expiresAt: pulumi.Output<string>;

    constructor(name: string, args: IssuedCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:IssuedCertificate", name, {}, opts);
        const child = { parent: this };

        const authorityKey = new tls.PrivateKey(`${name}-ca-key`, KEY, child);
        const authority = new tls.SelfSignedCert(
            `${name}-ca`,
            {
                privateKeyPem: authorityKey.privateKeyPem,
                isCaCertificate: true,
                subject: { commonName: `${args.prefix} EMR nodes CA` },
                validityPeriodHours: CA_VALIDITY_DAYS * HOURS_PER_DAY,
                // The authority is renewed while a certificate's validity still fits into its own.
                earlyRenewalHours: args.validityDays * HOURS_PER_DAY,
                allowedUses: ["cert_signing", "crl_signing"],
                setSubjectKeyId: true,
                setAuthorityKeyId: true,
            },
            child,
        );
        // Another logical name is another resource, and so another key.
        const key = new tls.PrivateKey(`${name}-key-${args.generation}`, KEY, child);
        const host = `*.${internalDomain(args.region)}`;
        const request = new tls.CertRequest(
            `${name}-request`,
            { privateKeyPem: key.privateKeyPem, subject: { commonName: host }, dnsNames: [host] },
            child,
        );
        const certificate = new tls.LocallySignedCert(
            name,
            {
                certRequestPem: request.certRequestPem,
                caPrivateKeyPem: authorityKey.privateKeyPem,
                caCertPem: authority.certPem,
                validityPeriodHours: args.validityDays * HOURS_PER_DAY,
                earlyRenewalHours: args.renewBeforeDays * HOURS_PER_DAY,
                // Each node is a server and a client of the other nodes.
                allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
                setSubjectKeyId: true,
            },
            child,
        );

        this.privateKey = key.privateKeyPemPkcs8;
        this.chain = pulumi
            .all([certificate.certPem, authority.certPem])
            .apply(([leaf, issuer]) => pem(leaf, issuer));
        this.trusted = authority.certPem;
        this.expiresAt = certificate.validityEndTime;
        this.registerOutputs({ chain: this.chain, trusted: this.trusted, expiresAt: this.expiresAt });
    }
}
