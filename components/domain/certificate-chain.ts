import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors"; // Alone: commands need nothing else of Pulumi, which is large.
import { formatDay } from "./time";

/** A mistake in an existing certificate. */
export interface ChainFinding {
    /** The key of `certificates`. */
    readonly key: "chainPem" | "trustedPem";
    readonly found: string;
    readonly expected: string;
}

export interface ChainArgs {
    /** The nodes' certificate first, each signed by the next. */
    readonly chainPem: string;
    /** The authorities that nodes trust. */
    readonly trustedPem: string;
    /** The nodes' DNS domain; undefined: the certificate's names are not checked. */
    readonly domain: string | undefined;
    /** When certificates must be valid; undefined: dates are not checked. */
    readonly now: Date | undefined;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The beginnings of certificates, also of other forms (`BEGIN TRUSTED CERTIFICATE`), which must not be skipped silently. */
const BEGINNINGS = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g;

/** The required extended key usage: each node is server and client, and shows the same certificate. */
const USES = { "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth" };

/** The certificates without other text, each with one newline after it: the same certificates give the same archive. */
export function normalisePem(text: string): string {
    return blocks(text)
        .map((block) => `${block}\n`)
        .join("");
}

function blocks(text: string): readonly string[] {
    return text.replaceAll("\r\n", "\n").match(CERTIFICATES) ?? [];
}

/** When nodes stop accepting a chain: when its first certificate ends, or the last authority that it leads to. */
export function chainExpiresAt(chainPem: string, trustedPem: string): Date {
    return new Date(Math.min(...chainValidities(chainPem, trustedPem).map(({ to }) => to.getTime())));
}

export interface Validity {
    readonly from: Date;
    readonly to: Date;
}

/**
 * The validity of each certificate of a chain, then of the authority that it leads to, unless that is the last of the
 * chain: of several authorities, the last to end.
 * @throws Error if a certificate is not readable.
 */
export function chainValidities(chainPem: string, trustedPem: string): readonly Validity[] {
    const [chain, trusted] = [chainPem, trustedPem].map((pem) =>
        blocks(pem).map((block) => new X509Certificate(block)),
    ) as [X509Certificate[], X509Certificate[]];
    const [anchor] = trusted
        .filter((authority) => isAnchorOf(chain, authority))
        .toSorted((a, b) => Date.parse(b.validTo) - Date.parse(a.validTo));
    const isLast = anchor?.fingerprint256 === chain.at(-1)?.fingerprint256;
    const certificates = anchor === undefined || isLast ? chain : [...chain, anchor];
    return certificates.map(({ validFrom, validTo }) => ({
        from: new Date(validFrom),
        to: new Date(validTo),
    }));
}

/** Whether a chain's first certificate contains the names of nodes in a domain. */
export function isForNodesOf(domain: string, chainPem: string): boolean {
    return carriesNamesOf(domain, leafOf(chainPem));
}

/** The alternative names of a chain's first certificate, as OpenSSL writes them: `DNS:*.corp.example, DNS:…`. */
export function alternativeNames(chainPem: string): string {
    return namesOf(leafOf(chainPem));
}

/** The domains for which a chain's first certificate has a wildcard. */
export function wildcardDomains(chainPem: string): readonly string[] {
    return [...alternativeNames(chainPem).matchAll(/DNS:\*\.([^\s,"]+)/g)].map(([, domain = ""]) => domain);
}

/** Ignores the subject, as Java's TLS does if there are alternative names. */
function carriesNamesOf(domain: string, leaf: X509Certificate): boolean {
    return leaf.checkHost(`ip-10-0-0-1.${domain}`, { subject: "never" }) !== undefined;
}

function namesOf(leaf: X509Certificate): string {
    return leaf.subjectAltName ?? "none";
}

function leafOf(chainPem: string): X509Certificate {
    return new X509Certificate(blocks(chainPem)[0] ?? "");
}

/** The mistakes because of which nodes would refuse one another, or EMR the archive. */
export function chainFindings({ chainPem, trustedPem, domain, now }: ChainArgs): readonly ChainFinding[] {
    const chain = read("chainPem", chainPem);
    const trusted = read("trustedPem", trustedPem);
    const unreadable = [...chain.findings, ...trusted.findings];
    const [leaf] = chain.certificates;
    if (unreadable.length > 0 || !leaf) {
        return unreadable;
    }
    return [
        ...leafFindings(leaf, domain),
        ...orderFindings(chain.certificates, trusted.certificates),
        ...authorityFindings("chainPem", chain.certificates.slice(1)),
        ...authorityFindings("trustedPem", trusted.certificates),
        ...dateFindings("chainPem", chain.certificates, now),
        ...dateFindings("trustedPem", trusted.certificates, now),
    ];
}

function read(key: ChainFinding["key"], text: string) {
    const findings: ChainFinding[] = [];
    const certificates: X509Certificate[] = [];
    const whole = blocks(text);
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
        const expected =
            "certificates only: pass the private key as the secret certificatePrivateKey, and replace this one, since it is exposed";
        findings.push({ key, found: "a private key", expected });
    }
    const begun = text.match(BEGINNINGS)?.length ?? 0;
    if (whole.length === 0 || whole.length < begun) {
        const found = `certificates begun: ${begun}, complete: ${whole.length}`;
        const expected = "PEM, -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
        findings.push({ key, found: begun === 0 ? "no certificate" : found, expected });
    }
    for (const [index, block] of whole.entries()) {
        try {
            certificates.push(new X509Certificate(block));
        } catch {
            const found = `certificate ${index + 1} of ${whole.length}, which is unreadable`;
            findings.push({ key, found, expected: "an X.509 certificate in PEM" });
        }
    }
    return { certificates, findings };
}

function* leafFindings(leaf: X509Certificate, domain: string | undefined): Iterable<ChainFinding> {
    const key = "chainPem";
    if (leaf.ca) {
        const found = `${name(leaf)}, an authority, as the first certificate`;
        yield { key, found, expected: "the nodes' own certificate first" };
        return;
    }
    if (domain !== undefined && !carriesNamesOf(domain, leaf)) {
        const found = `a certificate with the alternative names ${namesOf(leaf)}`;
        yield { key, found, expected: `the alternative name DNS:*.${domain}, which covers the nodes' names` };
    }
    const uses = leaf.keyUsage as readonly string[] | undefined;
    const missing = Object.entries(USES).filter(([oid]) => uses !== undefined && !uses.includes(oid));
    if (missing.length > 0) {
        const found = `a certificate whose extended key usage lacks ${missing.map(([, use]) => use).join(" and ")}`;
        const expected =
            "serverAuth and clientAuth, or no extended key usage: each node is server and client";
        yield { key, found, expected };
    }
    const kind = unsupportedKind(leaf.publicKey);
    if (kind !== undefined) {
        yield { key, found: `a certificate for ${kind}`, expected: `a certificate for ${SUPPORTED_KEY}` };
    }
}

/** A certificate that signs another must have CA:TRUE. */
function authorityFindings(
    key: ChainFinding["key"],
    certificates: readonly X509Certificate[],
): readonly ChainFinding[] {
    const place = key === "chainPem" ? " after the nodes' own" : "";
    return certificates
        .filter(({ ca }) => !ca)
        .map((certificate) => ({
            key,
            found: `${name(certificate)}, which is not an authority`,
            expected: `certificates of authorities (CA:TRUE)${place}`,
        }));
}

/** Each certificate must be signed by the next, and the last by an authority that nodes trust. */
function* orderFindings(
    chain: readonly X509Certificate[],
    trusted: readonly X509Certificate[],
): Iterable<ChainFinding> {
    const broken = chain.findIndex((certificate, index) => {
        const issuer = chain[index + 1];
        return issuer !== undefined && !isIssuedBy(certificate, issuer);
    });
    const last = chain.at(-1);
    if (broken !== -1) {
        yield {
            key: "chainPem",
            found: `certificate ${broken + 1} of ${chain.length} (${name(chain[broken])}), which the next one (${name(chain[broken + 1])}) did not sign`,
            expected: "the nodes' own certificate, then the certificate that signed it, and so on",
        };
    } else if (!trusted.some((anchor) => isAnchorOf(chain, anchor))) {
        yield {
            key: "trustedPem",
            found: `no authority that signed ${name(last)}, the chain's last certificate`,
            expected: `${last?.issuer.replaceAll("\n", ", ")}`,
        };
    }
}

/** Whether a chain leads to an authority, which signed the chain's last certificate or is that certificate. */
function isAnchorOf(chain: readonly X509Certificate[], anchor: X509Certificate): boolean {
    const last = chain.at(-1);
    return last !== undefined && (anchor.fingerprint256 === last.fingerprint256 || isIssuedBy(last, anchor));
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function dateFindings(
    key: ChainFinding["key"],
    certificates: readonly X509Certificate[],
    now: Date | undefined,
): readonly ChainFinding[] {
    if (now === undefined) {
        return [];
    }
    return certificates
        .filter(({ validFrom, validTo }) => new Date(validFrom) > now || new Date(validTo) <= now)
        .map((certificate) => ({
            key,
            found: `${name(certificate)}, valid from ${formatDay(new Date(certificate.validFrom))} to ${formatDay(new Date(certificate.validTo))}`,
            expected: `a certificate that is valid now, on ${formatDay(now)}`,
        }));
}

function name(certificate: X509Certificate | undefined): string {
    return certificate?.subject?.replaceAll("\n", ", ") ?? "a certificate without a subject";
}

/**
 * A private key in PKCS#8, PKCS#1 or SEC1, converted to PKCS#8 (`BEGIN PRIVATE KEY`): EMR's TLS provider reads no other
 * form.
 * @throws PrivateKeyError if it is in another form, or not the key of the chain's first certificate.
 */
export function privateKeyFor(chainPem: string, privateKeyPem: string): string {
    const key = readPrivateKey(privateKeyPem);
    const kind = unsupportedKind(key);
    if (kind !== undefined) {
        throw new PrivateKeyError(kind, SUPPORTED_KEY);
    }
    if (!leafOf(chainPem).checkPrivateKey(key)) {
        const expected = "the key of the first certificate in certificates.chainPem";
        throw new PrivateKeyError("a key of another certificate", expected);
    }
    return String(key.export({ type: "pkcs8", format: "pem" }));
}

function readPrivateKey(text: string): KeyObject {
    const expected = "one private key in PEM, without a passphrase: PKCS#8, PKCS#1 or SEC1";
    const keys = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? [];
    if (keys.length !== 1) {
        throw new PrivateKeyError(
            keys.length === 0 ? "no private key" : `${keys.length} private keys`,
            expected,
        );
    }
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
        const command = "`openssl pkey -in key.pem` removes the passphrase";
        throw new PrivateKeyError("a private key with a passphrase", `${expected} (${command})`);
    }
    try {
        return createPrivateKey(text);
    } catch {
        throw new PrivateKeyError("an unreadable private key", expected);
    }
}

/** P-256, P-384 and P-521, by OpenSSL's names. */
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

const SUPPORTED_KEY = "an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521";

/** What a key is, if the TLS of EMR's nodes, which is Java's, does not support it. */
function unsupportedKind({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
    if (asymmetricKeyType === "rsa") {
        const bits = asymmetricKeyDetails?.modulusLength ?? 0;
        return bits < 2048 ? `an RSA key of ${bits} bits` : undefined;
    }
    if (asymmetricKeyType === "ec") {
        const curve = asymmetricKeyDetails?.namedCurve ?? "";
        return CURVES.includes(curve) ? undefined : `an EC key on ${curve}`;
    }
    return `a key of the kind ${asymmetricKeyType}`;
}

/** A mistake in a private key, without a byte of the key. Pulumi's CLI prints a RunError's message alone. */
export class PrivateKeyError extends RunError {
    constructor(
        readonly found: string,
        expected: string,
    ) {
        super(
            `snowplow-emr-encryption:certificatePrivateKey\n    found:    ${found}\n    expected: ${expected}`,
        );
    }
}
