import "reflect-metadata"; // Without it, @peculiar/x509 does not load.
import * as x509 from "@peculiar/x509";
import { z } from "zod";

/** A resource's state. */
export type State = Record<string, unknown>;

export const KEY_USES: Readonly<Record<string, number>> = {
    digital_signature: x509.KeyUsageFlags.digitalSignature,
    key_encipherment: x509.KeyUsageFlags.keyEncipherment,
    cert_signing: x509.KeyUsageFlags.keyCertSign,
    crl_signing: x509.KeyUsageFlags.cRLSign,
};

export const EXTENDED_USES: Readonly<Record<string, string>> = {
    server_auth: x509.ExtendedKeyUsage.serverAuth,
    client_auth: x509.ExtendedKeyUsage.clientAuth,
};

const subject = z.strictObject({ commonName: z.string() });
const dnsNames = z.array(z.string().min(1)).default([]);

export const privateKeyInputs = z.strictObject({
    algorithm: z.literal("RSA"),
    rsaBits: z.int().default(2048),
});

export const requestInputs = z.strictObject({ privateKeyPem: z.string(), subject, dnsNames });

export const certificateInputs = z.strictObject({
    validityPeriodHours: z.int().nonnegative(),
    earlyRenewalHours: z.int().nonnegative().default(0),
    allowedUses: z.array(z.enum([...Object.keys(KEY_USES), ...Object.keys(EXTENDED_USES)])),
    isCaCertificate: z.boolean().default(false),
    setSubjectKeyId: z.boolean().default(false),
});

export const selfSignedInputs = certificateInputs.extend({
    privateKeyPem: z.string(),
    subject,
    dnsNames,
    setAuthorityKeyId: z.boolean().default(false),
});

export const locallySignedInputs = certificateInputs.extend({
    certRequestPem: z.string(),
    caPrivateKeyPem: z.string(),
    caCertPem: z.string(),
});
