import { createHash } from "node:crypto";
import { zipSync } from "fflate";

/** The three PEM files of the archive. */
export interface CertificateArchiveContents {
    /** PKCS#8 (`BEGIN PRIVATE KEY`): EMR's TLS provider reads no other form. */
    readonly privateKey: string;
    /** The nodes' certificate, then the certificates that signed it, in order. */
    readonly chain: string;
    /** The authorities that nodes trust. */
    readonly trusted: string;
}

/** ZIP stores local time: a date from local parts gives the same bytes in every time zone. */
const FIXED_TIME = new Date(1980, 0, 1);

/**
 * The archive as EMR reads it: exactly these three names at its root, uncompressed. The same PEMs give the same bytes.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
 */
export function certificateArchive({ privateKey, chain, trusted }: CertificateArchiveContents): Uint8Array {
    const files = {
        "privateKey.pem": pem(privateKey),
        "certificateChain.pem": pem(chain),
        "trustedCertificates.pem": pem(trusted),
    };
    const encoder = new TextEncoder();
    const entries = Object.entries(files).map(([name, text]) => [name, encoder.encode(text)] as const);
    return zipSync(Object.fromEntries(entries), { level: 0, mtime: FIXED_TIME });
}

/**
 * The archive's object key, a hash of the certificates: a new certificate has a new key. A hash over the private key would
 * make every output that names the archive secret.
 */
export function certificateArchiveKey({
    chain,
    trusted,
}: Omit<CertificateArchiveContents, "privateKey">): string {
    const hash = createHash("sha256").update(pem(chain, trusted)).digest("hex");
    return `certificates/${hash.slice(0, 32)}.zip`;
}

/** Joins PEM blocks, each with a newline at its end. */
export function pem(...blocks: readonly string[]): string {
    return blocks.map((block) => `${block.trimEnd()}\n`).join("");
}
