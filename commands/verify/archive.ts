import { strFromU8, unzipSync } from "fflate";
import { certificateArchiveKey } from "../../components/domain/certificate-archive";
import {
    chainFindings,
    PrivateKeyError,
    privateKeyFor,
    type Validity,
    validities,
} from "../../components/domain/certificate-chain";
import { type Check, compare } from "./check";

export interface ArchiveTerms {
    /** What nodes' names end with; undefined: their certificate is accepted under any. */
    readonly domain: string | undefined;
    /** What it means that the certificate has other names. */
    readonly otherNames: "warning" | "failed";
    /** The archive's name in S3, which its certificates give; undefined where it is the user's. */
    readonly key: string | undefined;
    readonly ends: EndTerms;
    readonly remedy: string;
}

export interface EndTerms {
    readonly now: Date;
    /** A certificate that ends within so many days is a warning. */
    readonly warnDays: number;
    /** A certificate that ends within so many days has failed. */
    readonly failDays: number;
    readonly remedy: string;
}

const FILES = ["certificateChain.pem", "privateKey.pem", "trustedCertificates.pem"] as const;

export const END_OF_LEAF = "the nodes' certificate: end";
const END_OF_AUTHORITIES = "the nodes' authorities: end";

/** Whether EMR can read an archive, and nodes accept one another with what is in it. Of the key nothing is told. */
export function archiveChecks(on: string, bytes: Uint8Array, terms: ArchiveTerms): readonly Check[] {
    const files = unzip(bytes);
    const names = Object.keys(files).sort();
    const isWhole = FILES.every((name) => names.includes(name));
    const content = compare({
        on: `${on}: files`,
        expected: FILES.join(", "),
        found: names.join(", ") || "no ZIP archive with files in it",
        severity: isWhole ? "warning" : "failed",
        remedy: terms.remedy,
    });
    const [chain = "", privateKey = "", trusted = ""] = FILES.map((name) => files[name]);
    return isWhole
        ? [content, ...chainChecks(on, chain, trusted, terms), keyCheck(on, chain, privateKey, terms)]
        : [content];
}

/** No files where it is no archive. */
function unzip(bytes: Uint8Array): Readonly<Record<string, string>> {
    try {
        const files = Object.entries(unzipSync(bytes));
        return Object.fromEntries(files.map(([name, content]) => [name, strFromU8(content)]));
    } catch {
        return {};
    }
}

function chainChecks(
    on: string,
    chain: string,
    trusted: string,
    { domain, otherNames, key, ends, remedy }: ArchiveTerms,
): readonly Check[] {
    const problems = (names: string | undefined) =>
        chainFindings({ chainPem: chain, trustedPem: trusted, domain: names, now: undefined });
    const broken = problems(undefined);
    const whole = "signed, one by the next, up to an authority that nodes trust";
    const isSigned = compare({
        on: `${on}: chain`,
        expected: broken.map((finding) => finding.expected).join("; ") || whole,
        found: broken.map(({ found }) => found).join("; ") || whole,
        isOk: broken.length === 0,
        remedy,
    });
    if (broken.length > 0) {
        return [isSigned];
    }
    const names = domain === undefined ? "any" : `*.${domain}`;
    const [other] = problems(domain);
    const [leaf, ...intermediates] = validities(chain);
    return [
        isSigned,
        compare({
            on: `${on}: names`,
            expected: names,
            found: other?.found ?? names,
            severity: otherNames,
            remedy,
        }),
        ...(key === undefined
            ? []
            : [
                  compare({
                      on: `${on}: name`,
                      expected: key,
                      found: certificateArchiveKey({ chain, trusted }),
                      remedy,
                  }),
              ]),
        ...(leaf ? [endCheck(END_OF_LEAF, [leaf], ends)] : []),
        endCheck(END_OF_AUTHORITIES, [...intermediates, ...validities(trusted)], ends),
    ];
}

/** Only the form that EMR's TLS provider reads is one. */
function keyCheck(on: string, chain: string, privateKey: string, { remedy }: ArchiveTerms): Check {
    const expected = "the certificate's, in PKCS#8";
    const line = { on: `${on}: private key`, expected, remedy };
    try {
        const isPkcs8 = /-----BEGIN PRIVATE KEY-----/.test(privateKey);
        privateKeyFor(chain, privateKey);
        return compare({ ...line, found: isPkcs8 ? expected : "the certificate's, in another form" });
    } catch (error) {
        // Whatever else it is may quote what it could not read.
        return compare({
            ...line,
            found: error instanceof PrivateKeyError ? error.found : "not to be compared with the certificate",
        });
    }
}

const DAY = 86_400_000;

/** How long all of these certificates hold yet. */
export function endCheck(
    on: string,
    holds: readonly Validity[],
    { now, warnDays, failDays, remedy }: EndTerms,
): Check {
    const from = new Date(Math.max(...holds.map((validity) => validity.from.getTime())));
    const to = new Date(Math.min(...holds.map((validity) => validity.to.getTime())));
    const days = Math.floor((to.getTime() - now.getTime()) / DAY);
    const isEarly = from > now;
    const found = days < 0 ? `ended on ${day(to)}` : `${day(to)}, in ${days} days`;
    return compare({
        on,
        expected: `more than ${warnDays} days from now`,
        found: isEarly ? `begins only on ${day(from)}` : found,
        isOk: !isEarly && days > warnDays,
        severity: isEarly || days <= failDays ? "failed" : "warning",
        remedy,
    });
}

function day(date: Date): string {
    return date.toISOString().slice(0, 10);
}
