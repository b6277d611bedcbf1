import "reflect-metadata"; // Without it, @peculiar/x509 does not load.
import { createPrivateKey, createPublicKey, generateKeyPair, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import * as x509 from "@peculiar/x509";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Provider } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";

type Inputs = Readonly<Record<string, unknown>>;
type State = Record<string, unknown>;

interface Made {
    /** JSON. */
    readonly inputs: string;
    readonly result: pulumi.runtime.MockResourceResult;
    /** When an `up` makes it anew. */
    readonly renewal?: Date;
}

/**
 * The tls provider, which really makes keys and certificates: RSA with SHA-256, as this program asks for. What it
 * does not honour it refuses, inputs as well as resources. It keeps what it made from one run to the next, as a stack
 * does from one `up` to the next: until the inputs are others, or a certificate is in its `earlyRenewalHours`.
 * Everything else is a placeholder.
 * @see https://github.com/hashicorp/terraform-provider-tls: docs/resources, internal/provider/common_cert.go
 */
export class TlsProvider implements Provider {
    /** The time of the next run. */
    now = new Date();
    private readonly others: Provider;
    private readonly made = new Map<string, Made>();

    constructor(region: string) {
        this.others = placeholderProvider(region);
    }

    create(type: string, name: string, inputs: Inputs): pulumi.runtime.MockResourceResult {
        if (!type.startsWith("tls:")) {
            return this.others.create(type, name, inputs);
        }
        const key = `${type} ${name}`;
        const text = JSON.stringify(inputs);
        const before = this.made.get(key);
        if (before?.inputs === text && !(before.renewal && before.renewal <= this.now)) {
            return before.result;
        }
        try {
            const { renewal, ...state } = make(type, inputs, this.now);
            const result = { id: name, state: { ...inputs, ...state } };
            this.made.set(key, { inputs: text, result, renewal });
            return result;
        } catch (error) {
            const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
            throw new Error(`${key}: ${message}`, { cause: error });
        }
    }

    call(token: string, inputs: Inputs): Record<string, unknown> {
        return this.others.call(token, inputs);
    }
}

/** What WebCrypto has to sign, and keys to make, is a promise in the state: Pulumi waits for it. */
function make(type: string, inputs: Inputs, now: Date): State & { readonly renewal?: Date } {
    const plain = Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
    );
    switch (type) {
        case "tls:index/privateKey:PrivateKey":
            return privateKey(privateKeyInputs.parse(plain));
        case "tls:index/certRequest:CertRequest":
            return { certRequestPem: certificateRequest(requestInputs.parse(plain)) };
        case "tls:index/selfSignedCert:SelfSignedCert":
            return selfSigned(selfSignedInputs.parse(plain), now);
        case "tls:index/locallySignedCert:LocallySignedCert":
            return locallySigned(locallySignedInputs.parse(plain), now);
        default:
            throw new Error("no such resource here");
    }
}

// Inputs

const KEY_USES: Readonly<Record<string, number>> = {
    digital_signature: x509.KeyUsageFlags.digitalSignature,
    content_commitment: x509.KeyUsageFlags.nonRepudiation,
    key_encipherment: x509.KeyUsageFlags.keyEncipherment,
    data_encipherment: x509.KeyUsageFlags.dataEncipherment,
    key_agreement: x509.KeyUsageFlags.keyAgreement,
    cert_signing: x509.KeyUsageFlags.keyCertSign,
    crl_signing: x509.KeyUsageFlags.cRLSign,
    encipher_only: x509.KeyUsageFlags.encipherOnly,
    decipher_only: x509.KeyUsageFlags.decipherOnly,
};

const EXTENDED_USES: Readonly<Record<string, string>> = {
    any_extended: "2.5.29.37.0",
    server_auth: x509.ExtendedKeyUsage.serverAuth,
    client_auth: x509.ExtendedKeyUsage.clientAuth,
    code_signing: x509.ExtendedKeyUsage.codeSigning,
    email_protection: x509.ExtendedKeyUsage.emailProtection,
    timestamping: x509.ExtendedKeyUsage.timeStamping,
    ocsp_signing: x509.ExtendedKeyUsage.ocspSigning,
};

/** In the order in which Go writes them. */
const SUBJECT = {
    country: "C",
    organization: "O",
    organizationalUnit: "OU",
    locality: "L",
    province: "ST",
    commonName: "CN",
} as const;

const subject = z
    .partialRecord(z.enum(Object.keys(SUBJECT) as (keyof typeof SUBJECT)[]), z.string())
    .default({});
const dnsNames = z.array(z.string().min(1)).default([]);

const privateKeyInputs = z.strictObject({
    algorithm: z.literal("RSA"),
    rsaBits: z.int().default(2048),
});

const requestInputs = z.strictObject({ privateKeyPem: z.string(), subject, dnsNames });

const certificateInputs = z.strictObject({
    validityPeriodHours: z.int().nonnegative(),
    earlyRenewalHours: z.int().nonnegative().default(0),
    allowedUses: z.array(z.enum([...Object.keys(KEY_USES), ...Object.keys(EXTENDED_USES)])),
    isCaCertificate: z.boolean().default(false),
    setSubjectKeyId: z.boolean().default(false),
});

const selfSignedInputs = certificateInputs.extend({
    privateKeyPem: z.string(),
    subject,
    dnsNames,
    setAuthorityKeyId: z.boolean().default(false),
});

const locallySignedInputs = certificateInputs.extend({
    certRequestPem: z.string(),
    caPrivateKeyPem: z.string(),
    caCertPem: z.string(),
});

// Keys

function privateKey({ algorithm, rsaBits }: z.infer<typeof privateKeyInputs>): State {
    const pair = promisify(generateKeyPair)("rsa", { modulusLength: rsaBits });
    const pem = (type: "pkcs1" | "pkcs8") =>
        pulumi.secret(pair.then(({ privateKey }) => privateKey.export({ type, format: "pem" })));
    return {
        algorithm,
        rsaBits,
        privateKeyPem: pem("pkcs1"),
        privateKeyPemPkcs8: pem("pkcs8"),
        publicKeyPem: pair.then(({ publicKey }) => publicKey.export({ type: "spki", format: "pem" })),
        publicKeyOpenssh: pair.then(({ publicKey }) => {
            const { e = "", n = "" } = publicKey.export({ format: "jwk" });
            const parts = ["ssh-rsa", Buffer.from(e, "base64url"), mpint(Buffer.from(n, "base64url"))];
            return `ssh-rsa ${Buffer.concat(parts.map(lengthAndBytes)).toString("base64")}\n`;
        }),
    };
}

/** OpenSSH's numbers are signed: a first bit that is set would mean a negative one. */
function mpint(bytes: Buffer): Buffer {
    return Buffer.concat([Buffer.alloc((bytes[0] ?? 0) >> 7), bytes]);
}

function lengthAndBytes(part: string | Buffer): Buffer {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
}

const RSA_SHA256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** PKCS#1 and PKCS#8 alike. */
function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
    const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    return webcrypto.subtle.importKey("pkcs8", pkcs8, RSA_SHA256, false, ["sign"]);
}

function publicKeyOf(pem: string): Buffer {
    return createPublicKey(pem).export({ type: "spki", format: "der" });
}

// Certificates

async function certificateRequest(inputs: z.infer<typeof requestInputs>): Promise<string> {
    const publicKey = await webcrypto.subtle.importKey(
        "spki",
        publicKeyOf(inputs.privateKeyPem),
        RSA_SHA256,
        true,
        ["verify"],
    );
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
        name: nameOf(inputs.subject),
        keys: { privateKey: await signingKey(inputs.privateKeyPem), publicKey },
        signingAlgorithm: RSA_SHA256,
        extensions: alternativeNames(inputs),
    });
    return `${request.toString("pem")}\n`;
}

interface Signing {
    readonly subject: x509.Name;
    readonly publicKey: webcrypto.BufferSource;
    readonly alternativeNames: readonly x509.Extension[];
    readonly issuer: x509.Name;
    readonly privateKeyPem: string;
    /** Of the issuer. */
    readonly authorityKeyId: x509.Extension | undefined;
}

function selfSigned(inputs: z.infer<typeof selfSignedInputs>, now: Date): State {
    const { privateKeyPem, isCaCertificate, setSubjectKeyId, setAuthorityKeyId } = inputs;
    if (setAuthorityKeyId && !isCaCertificate && !setSubjectKeyId) {
        throw new Error("could not determine Authority Key Identifier");
    }
    const name = nameOf(inputs.subject);
    const publicKey = publicKeyOf(privateKeyPem);
    return certificate(inputs, now, async () => ({
        subject: name,
        publicKey,
        alternativeNames: alternativeNames(inputs),
        issuer: name,
        privateKeyPem,
        authorityKeyId: setAuthorityKeyId
            ? await x509.AuthorityKeyIdentifierExtension.create(publicKey)
            : undefined,
    }));
}

function locallySigned(inputs: z.infer<typeof locallySignedInputs>, now: Date): State {
    const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
    const authority = new x509.X509Certificate(inputs.caCertPem);
    if (!publicKeyOf(inputs.caPrivateKeyPem).equals(publicKeyOf(inputs.caCertPem))) {
        throw new Error("the authority's private key is not its certificate's");
    }
    // As Go does, and not only where the certificate's own identifier is asked for.
    const keyId = authority.getExtension(x509.SubjectKeyIdentifierExtension);
    return certificate(inputs, now, async () => ({
        subject: request.subjectName,
        publicKey: request.publicKey.rawData,
        alternativeNames: request.extensions.filter(
            (extension) => extension instanceof x509.SubjectAlternativeNameExtension,
        ),
        issuer: authority.subjectName,
        privateKeyPem: inputs.caPrivateKeyPem,
        authorityKeyId: keyId ? new x509.AuthorityKeyIdentifierExtension(keyId.keyId) : undefined,
    }));
}

function certificate(
    inputs: z.infer<typeof certificateInputs>,
    now: Date,
    signing: () => Promise<Signing>,
): State {
    const hours = (count: number) => count * 3_600_000;
    const end = new Date(now.getTime() + hours(inputs.validityPeriodHours));
    return {
        certPem: signing().then((found) => sign(inputs, found, now, end)),
        readyForRenewal: false,
        validityStartTime: now.toISOString(),
        validityEndTime: end.toISOString(),
        renewal: new Date(end.getTime() - hours(inputs.earlyRenewalHours)),
    };
}

async function sign(
    { allowedUses, isCaCertificate, setSubjectKeyId }: z.infer<typeof certificateInputs>,
    { subject, publicKey, alternativeNames, issuer, privateKeyPem, authorityKeyId }: Signing,
    notBefore: Date,
    notAfter: Date,
): Promise<string> {
    const keyUses = allowedUses.reduce((flags, use) => flags | (KEY_USES[use] ?? 0), 0);
    const extendedUses = allowedUses.flatMap((use) => EXTENDED_USES[use] ?? []);
    const signed = await x509.X509CertificateGenerator.create({
        subject,
        issuer,
        notBefore,
        notAfter,
        publicKey,
        signingKey: await signingKey(privateKeyPem),
        signingAlgorithm: RSA_SHA256,
        extensions: [
            ...(keyUses === 0 ? [] : [new x509.KeyUsagesExtension(keyUses, true)]),
            ...(extendedUses.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extendedUses)]),
            new x509.BasicConstraintsExtension(isCaCertificate, undefined, true),
            ...(setSubjectKeyId || isCaCertificate
                ? [await x509.SubjectKeyIdentifierExtension.create(publicKey)]
                : []),
            ...(authorityKeyId ? [authorityKeyId] : []),
            ...alternativeNames,
        ],
    });
    return `${signed.toString("pem")}\n`;
}

function nameOf(subject: z.infer<typeof requestInputs>["subject"]): x509.Name {
    return new x509.Name(
        Object.entries(SUBJECT).flatMap(([key, short]) => {
            const value = subject[key as keyof typeof SUBJECT];
            return value === undefined ? [] : [{ [short]: [value] }];
        }),
    );
}

/** Critical where nothing else names the subject. */
function alternativeNames({
    dnsNames,
    subject,
}: Pick<z.infer<typeof requestInputs>, "dnsNames" | "subject">) {
    const names = dnsNames.map((value) => ({ type: "dns", value }) as const);
    const isCritical = Object.keys(subject).length === 0;
    return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, isCritical)];
}
