import { certificateAuthority } from "../authority";
import { internalDomain, REGIONS } from "./regions";

interface OwnCertificate {
    readonly chainPem: string;
    readonly trustedPem: string;
    readonly privateKey: string;
}

let ownCertificate: OwnCertificate | undefined;

/** Must be awaited before the first stack is drawn: WebCrypto is asynchronous and drawing is not. */
export async function makeOwnCertificate(): Promise<void> {
    const authority = await certificateAuthority("any stack's own");
    const { chain, privateKey } = await authority.issue(
        REGIONS.map((region) => `*.${internalDomain(region)}`),
    );
    ownCertificate = { chainPem: chain, trustedPem: authority.certificate, privateKey };
}

export function certificate(): OwnCertificate {
    if (ownCertificate === undefined) {
        throw new Error("await makeOwnCertificate() first");
    }
    return ownCertificate;
}
