import "reflect-metadata"; // Without it, @peculiar/x509 does not load.
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as never);

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate with its private key: an authority's or a node's. */
export interface Identity {
    readonly name: string;
    readonly keys: webcrypto.CryptoKeyPair;
    /** PEM. */
    readonly certificate: string;
    /** PEM, by its form; EC keys have no PKCS#1. */
    key(type: "pkcs8" | "pkcs1" | "sec1"): string;
}

export interface IdentityArgs {
    /** Default: self-signed. */
    readonly issuer?: Identity;
    readonly ca?: boolean;
    readonly dnsNames?: readonly string[];
    /** OIDs; default: no extended key usage. */
    readonly uses?: readonly string[];
    readonly from?: string;
    readonly to?: string;
    /** Default: a new EC key on P-256. */
    readonly keys?: webcrypto.CryptoKeyPair;
}

export const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
export const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

export function generateKeys(algorithm: object = P256): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(algorithm as never, true, [
        "sign",
        "verify",
    ]) as Promise<webcrypto.CryptoKeyPair>;
}

/** Creates a certificate and its key, as a user may bring them. */
export async function identity(name: string, args: IdentityArgs = {}): Promise<Identity> {
    const keys = args.keys ?? (await generateKeys());
    const signer = args.issuer ?? { name, keys };
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: "01",
        subject: `CN=${name}`,
        issuer: `CN=${signer.name}`,
        notBefore: new Date(args.from ?? "2020-01-01"),
        notAfter: new Date(args.to ?? "2100-01-01"),
        signingAlgorithm: { ...P256, ...signer.keys.privateKey.algorithm },
        publicKey: keys.publicKey,
        signingKey: signer.keys.privateKey,
        extensions: [
            new x509.BasicConstraintsExtension(args.ca ?? false, undefined, true),
            ...(args.dnsNames
                ? [
                      new x509.SubjectAlternativeNameExtension(
                          args.dnsNames.map((value) => ({ type: "dns", value }) as const),
                      ),
                  ]
                : []),
            ...(args.uses ? [new x509.ExtendedKeyUsageExtension([...args.uses])] : []),
        ],
    });
    return {
        name,
        keys,
        certificate: `${certificate.toString("pem")}\n`,
        key: (type) => String(KeyObject.from(keys.privateKey).export({ type, format: "pem" } as never)),
    };
}

/** An authority whose certificates go into a stack config, valid now. */
export async function certificateAuthority(name: string) {
    const authority = await identity(name, { ca: true });
    return {
        certificate: authority.certificate,
        async issue(dnsNames: readonly string[]) {
            const nodes = await identity("nodes", { issuer: authority, dnsNames });
            return { chain: nodes.certificate, privateKey: nodes.key("pkcs8") };
        },
    };
}
