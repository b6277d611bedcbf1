import "reflect-metadata"; // Without it, @peculiar/x509 does not load.
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { z } from "zod";
import type { State } from "./inputs";
import {
    type certificateInputs,
    EXTENDED_USES,
    KEY_USES,
    type locallySignedInputs,
    type requestInputs,
    type selfSignedInputs,
} from "./inputs";
import { publicKeyOf, RSA_SHA256, signingKey } from "./keys";

export async function certificateRequest(inputs: z.infer<typeof requestInputs>): Promise<string> {
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

export function selfSigned(inputs: z.infer<typeof selfSignedInputs>, now: Date): State {
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

export function locallySigned(inputs: z.infer<typeof locallySignedInputs>, now: Date): State {
    const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
    const authority = new x509.X509Certificate(inputs.caCertPem);
    if (!publicKeyOf(inputs.caPrivateKeyPem).equals(publicKeyOf(inputs.caCertPem))) {
        throw new Error("the authority's private key is not its certificate's");
    }
    // As Go does, whether or not setSubjectKeyId is set.
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

function nameOf({ commonName }: z.infer<typeof requestInputs>["subject"]): x509.Name {
    return new x509.Name([{ CN: [commonName] }]);
}

function alternativeNames({ dnsNames }: Pick<z.infer<typeof requestInputs>, "dnsNames">) {
    const names = dnsNames.map((value) => ({ type: "dns", value }) as const);
    return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)];
}
