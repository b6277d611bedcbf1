import { createHash } from "node:crypto";
import { zipSync } from "fflate";

/** What EMR reads from the archive, in PEM. */
export interface CertificateArchiveContents {
    /** PKCS#8 (`BEGIN PRIVATE KEY`): EMR's TLS provider reads no other form. */
    readonly privateKey: string;
    /** The nodes' certificate first, then whatever signed it, up to its authority. */
    readonly chain: string;
    /** The authorities that nodes trust. */
    readonly trusted: string;
}

/** ZIP knows local time only: built from local parts, the bytes are the same in every time zone. */
const FIXED_TIME = new Date(1980, 0, 1);

/**
 * The archive as EMR reads it: exactly these three names at its root, uncompressed, the same bytes for the same PEMs.
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
 * The archive's name in S3, new whenever a certificate is. It is made of the certificates alone: a hash over the
 * private key would make every output that names the archive secret.
 */
export function certificateArchiveKey({
    chain,
    trusted,
}: Omit<CertificateArchiveContents, "privateKey">): string {
    const hash = createHash("sha256").update(pem(chain, trusted)).digest("hex");
    return `certificates/${hash.slice(0, 32)}.zip`;
}

/** PEM blocks one below the other. */
export function pem(...blocks: readonly string[]): string {
    return blocks.map((block) => `${block.trimEnd()}\n`).join("");
}
