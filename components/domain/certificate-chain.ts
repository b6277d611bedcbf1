import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors"; // Alone: commands need nothing else of Pulumi, which is large.

/** Something wrong with what was brought, at a key of `certificates`. */
export interface CertificateProblem {
    readonly key: "chainPem" | "trustedPem";
    readonly found: string;
    readonly allowed: string;
}

export interface ChainArgs {
    /** The nodes' certificate first, each signed by the next. */
    readonly chainPem: string;
    /** The authorities that nodes trust. */
    readonly trustedPem: string;
    /** The nodes' DNS domain; undefined: names are not judged. */
    readonly domain: string | undefined;
    /** Undefined: dates are not judged. */
    readonly now: Date | undefined;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Of other forms too (`BEGIN TRUSTED CERTIFICATE`): what is not read must not be left out without a word. */
const BEGINNINGS = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g;

/** Both sides of a connection between nodes show the certificate. */
const USES = { "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth" };

/** The certificates alone, each with one newline behind it: the archive is the same for the same ones. */
export function normalisePem(text: string): string {
    return blocks(text)
        .map((block) => `${block}\n`)
        .join("");
}

function blocks(text: string): readonly string[] {
    return text.replaceAll("\r\n", "\n").match(CERTIFICATES) ?? [];
}

/** When nodes stop to accept a chain: when the first of it ends, or the last of the authorities that it leads to. */
export function chainExpiresAt(chainPem: string, trustedPem: string): Date {
    const [chain, trusted] = [chainPem, trustedPem].map((pem) =>
        blocks(pem).map((block) => new X509Certificate(block)),
    ) as [X509Certificate[], X509Certificate[]];
    const end = ({ validTo }: X509Certificate) => Date.parse(validTo);
    const anchors = trusted.filter((anchor) => isAnchorOf(chain, anchor)).map(end);
    return new Date(Math.min(...chain.map(end), Math.max(...anchors)));
}

/** From when until when a certificate holds. */
export interface Validity {
    readonly from: Date;
    readonly to: Date;
}

/** Of each certificate that can be read, in their order. */
export function validities(pem: string): readonly Validity[] {
    return read("chainPem", pem).certificates.map(({ validFrom, validTo }) => ({
        from: new Date(validFrom),
        to: new Date(validTo),
    }));
}

/** Whether a chain's first certificate carries the names of nodes in a domain. */
export function isForNodesOf(domain: string, chainPem: string): boolean {
    return carriesNamesOf(domain, leafOf(chainPem));
}

/** Those of a chain's first certificate, as OpenSSL writes them: `DNS:*.corp.example, DNS:…`. */
export function alternativeNames(chainPem: string): string {
    return namesOf(leafOf(chainPem));
}

/** The domains whose every name a chain's first certificate carries. */
export function wildcardDomains(chainPem: string): readonly string[] {
    return [...alternativeNames(chainPem).matchAll(/DNS:\*\.([^\s,"]+)/g)].map(([, domain = ""]) => domain);
}

/** A subject's name counts for none: Java's TLS reads over it where there are others. */
function carriesNamesOf(domain: string, leaf: X509Certificate): boolean {
    return leaf.checkHost(`ip-10-0-0-1.${domain}`, { subject: "never" }) !== undefined;
}

function namesOf(leaf: X509Certificate): string {
    return leaf.subjectAltName ?? "none";
}

function leafOf(chainPem: string): X509Certificate {
    return new X509Certificate(blocks(chainPem)[0] ?? "");
}

/** Everything that would keep nodes from accepting one another, or EMR from reading the archive. */
export function chainProblems({
    chainPem,
    trustedPem,
    domain,
    now,
}: ChainArgs): readonly CertificateProblem[] {
    const chain = read("chainPem", chainPem);
    const trusted = read("trustedPem", trustedPem);
    const unread = [...chain.problems, ...trusted.problems];
    const [leaf] = chain.certificates;
    if (unread.length > 0 || !leaf) {
        return unread;
    }
    return [
        ...leafProblems(leaf, domain),
        ...orderProblems(chain.certificates, trusted.certificates),
        ...authorityProblems("chainPem", chain.certificates.slice(1)),
        ...authorityProblems("trustedPem", trusted.certificates),
        ...dateProblems("chainPem", chain.certificates, now),
        ...dateProblems("trustedPem", trusted.certificates, now),
    ];
}

function read(key: CertificateProblem["key"], text: string) {
    const problems: CertificateProblem[] = [];
    const certificates: X509Certificate[] = [];
    const found = blocks(text);
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
        problems.push({
            key,
            found: "a private key",
            allowed:
                "certificates alone. The private key is a secret of its own, certificatePrivateKey: this one is out",
        });
    }
    const begun = text.match(BEGINNINGS)?.length ?? 0;
    if (found.length === 0 || found.length < begun) {
        problems.push({
            key,
            found:
                found.length === 0
                    ? "no whole certificate"
                    : `${begun} beginnings of certificates, and ${found.length} whole ones`,
            allowed: "PEM, -----BEGIN to -----END CERTIFICATE-----",
        });
    }
    found.forEach((block, index) => {
        try {
            certificates.push(new X509Certificate(block));
        } catch {
            problems.push({
                key,
                found: `what cannot be read, as certificate ${index + 1} of ${found.length}`,
                allowed: "an X.509 certificate in PEM",
            });
        }
    });
    return { certificates, problems };
}

function leafProblems(leaf: X509Certificate, domain: string | undefined): readonly CertificateProblem[] {
    const problem = (found: string, allowed: string) => ({ key: "chainPem" as const, found, allowed });
    if (leaf.ca) {
        return [
            problem(
                `${name(leaf)}, an authority, as the first certificate`,
                "the nodes' own certificate first",
            ),
        ];
    }
    const problems: CertificateProblem[] = [];
    if (domain !== undefined && !carriesNamesOf(domain, leaf)) {
        problems.push(
            problem(
                `a certificate with the alternative names ${namesOf(leaf)}`,
                `DNS:*.${domain} among them: the nodes' names end with it`,
            ),
        );
    }
    const uses = leaf.keyUsage as readonly string[] | undefined;
    const missing = Object.entries(USES).filter(([oid]) => uses !== undefined && !uses.includes(oid));
    if (missing.length > 0) {
        problems.push(
            problem(
                `a certificate not meant for ${missing.map(([, use]) => use).join(" and ")}`,
                "one for serverAuth and clientAuth, or without extended key usage: each node is server and client",
            ),
        );
    }
    const kind = unusable(leaf.publicKey);
    return kind === undefined
        ? problems
        : [
              ...problems,
              problem(`a certificate for ${kind}`, "one for an RSA key from 2048 bits on, or an EC key"),
          ];
}

/** What signs others must say that it may. */
function authorityProblems(
    key: CertificateProblem["key"],
    certificates: readonly X509Certificate[],
): readonly CertificateProblem[] {
    return certificates
        .filter(({ ca }) => !ca)
        .map((certificate) => ({
            key,
            found: `${name(certificate)}, which is no authority`,
            allowed: `certificates of authorities (CA:TRUE)${key === "chainPem" ? " after the nodes' own" : ""}`,
        }));
}

/** Up to an authority that nodes trust, each is signed by the next. */
function orderProblems(
    chain: readonly X509Certificate[],
    trusted: readonly X509Certificate[],
): readonly CertificateProblem[] {
    const broken = chain.findIndex((certificate, index) => {
        const issuer = chain[index + 1];
        return issuer !== undefined && !isIssuedBy(certificate, issuer);
    });
    if (broken !== -1) {
        return [
            {
                key: "chainPem",
                found: `certificate ${broken + 1} of ${chain.length} (${name(chain[broken])}), which the next one (${name(chain[broken + 1])}) did not sign`,
                allowed: "the nodes' own certificate, then the one that signed it, and so on",
            },
        ];
    }
    const last = chain.at(-1);
    return trusted.some((anchor) => isAnchorOf(chain, anchor))
        ? []
        : [
              {
                  key: "trustedPem",
                  found: `no authority that signed ${name(last)}, the last of the chain`,
                  allowed: `${last?.issuer.replaceAll("\n", ", ")}`,
              },
          ];
}

/** Whether a chain leads to an authority: it signed the last, or is the last. */
function isAnchorOf(chain: readonly X509Certificate[], anchor: X509Certificate): boolean {
    const last = chain.at(-1);
    return last !== undefined && (anchor.fingerprint256 === last.fingerprint256 || isIssuedBy(last, anchor));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function dateProblems(
    key: CertificateProblem["key"],
    certificates: readonly X509Certificate[],
    now: Date | undefined,
): readonly CertificateProblem[] {
    if (now === undefined) {
        return [];
    }
    return certificates
        .filter(
            ({ validFrom, validTo }) =>
                Date.parse(validFrom) > now.getTime() || Date.parse(validTo) <= now.getTime(),
        )
        .map((certificate) => ({
            key,
            found: `${name(certificate)}, valid from ${day(certificate.validFrom)} to ${day(certificate.validTo)}`,
            allowed: `a certificate that is valid now, on ${day(now.toISOString())}`,
        }));
}

function day(date: string): string {
    return new Date(date).toISOString().slice(0, 10);
}

function name(certificate: X509Certificate | undefined): string {
    return certificate?.subject?.replaceAll("\n", ", ") ?? "a certificate without a subject";
}

/**
 * The private key in PKCS#8 (`BEGIN PRIVATE KEY`), the only form that EMR's TLS provider reads, from PKCS#8, PKCS#1 or
 * SEC1.
 * @throws PrivateKeyError where it is none of these, or not that of the chain's first certificate.
 */
export function privateKeyFor(chainPem: string, privateKeyPem: string): string {
    const key = readPrivateKey(privateKeyPem);
    const kind = unusable(key);
    if (kind !== undefined) {
        throw new PrivateKeyError(`${kind}`, "an RSA key from 2048 bits on, or an EC key");
    }
    if (!leafOf(chainPem).checkPrivateKey(key)) {
        throw new PrivateKeyError(
            "a key of another certificate",
            "that of the first certificate in certificates.chainPem",
        );
    }
    return String(key.export({ type: "pkcs8", format: "pem" }));
}

const ALLOWED_KEY = "one private key in PEM, without a passphrase: PKCS#8, PKCS#1 or SEC1";

function readPrivateKey(text: string): KeyObject {
    const keys = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? [];
    if (keys.length !== 1) {
        throw new PrivateKeyError(
            keys.length === 0 ? "no private key" : `${keys.length} private keys`,
            ALLOWED_KEY,
        );
    }
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
        throw new PrivateKeyError(
            "a private key with a passphrase",
            `${ALLOWED_KEY} (openssl pkey -in key.pem takes it off)`,
        );
    }
    try {
        return createPrivateKey(text);
    } catch {
        throw new PrivateKeyError("a private key that cannot be read", ALLOWED_KEY);
    }
}

/** What TLS with the Java of EMR's nodes makes nothing of; undefined for what it takes. */
function unusable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    if (asymmetricKeyType === "rsa") {
        return bits < 2048 ? `an RSA key of ${bits} bits` : undefined;
    }
    const curve = asymmetricKeyDetails?.namedCurve ?? "";
    if (asymmetricKeyType === "ec") {
        return CURVES.includes(curve) ? undefined : `an EC key on ${curve}`;
    }
    return `a key of the kind ${asymmetricKeyType}`;
}

/** P-256, P-384 and P-521, by OpenSSL's names. */
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** What is wrong with a private key, without a byte of it. Pulumi's CLI prints a RunError's message alone. */
export class PrivateKeyError extends RunError {
    constructor(
        readonly found: string,
        allowed: string,
    ) {
        super(
            `snowplow-emr-encryption:certificatePrivateKey\n    found:   ${found}\n    allowed: ${allowed}`,
        );
    }
}
