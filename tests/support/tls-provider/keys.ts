import { createPrivateKey, createPublicKey, generateKeyPair, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { privateKeyInputs, State } from "./inputs";

export function privateKey({ algorithm, rsaBits }: z.infer<typeof privateKeyInputs>): State {
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

/** OpenSSH's integers are signed: a leading zero byte keeps a number with its first bit set positive. */
function mpint(bytes: Buffer): Buffer {
    return Buffer.concat([Buffer.alloc((bytes[0] ?? 0) >> 7), bytes]);
}

function lengthAndBytes(part: string | Buffer): Buffer {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
}

export const RSA_SHA256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Imports PKCS#1 and PKCS#8. */
export function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
    const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    return webcrypto.subtle.importKey("pkcs8", pkcs8, RSA_SHA256, false, ["sign"]);
}

export function publicKeyOf(pem: string): Buffer {
    return createPublicKey(pem).export({ type: "spki", format: "der" });
}
