import { strFromU8, unzipSync } from "fflate";
import { certificateArchiveKey } from "../../components/domain/certificate-archive";
import {
    chainFindings,
    chainValidities,
    PrivateKeyError,
    privateKeyFor,
    type Validity,
} from "../../components/domain/certificate-chain";
import { DAY, formatDay } from "../../components/domain/time";
import { readObject } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { parseObjectUrl } from "./buckets";
import { type Context, type Found, type Outcome, okIf } from "./control";
import { acceptsAnyName, dhcpOptions } from "./names";
import { isInTransitOn } from "./security-configuration";

const OFF = "the stack file switches encryption in transit off";
const UNREAD = "--no-archive";

const FILES = ["certificateChain.pem", "privateKey.pem", "trustedCertificates.pem"] as const;

/** `encryption`: a KMS key's ARN, `AES256`, or `none`. `files`: empty if the object is not a ZIP archive. */
async function readArchive({ clients: { s3 }, outputs }: Context) {
    const { bucket, key } = parseObjectUrl(outputs.forCommands.certificateArchive);
    const where = { Bucket: bucket, Key: key };
    const found = await readObject(s3, where, (body) => body.transformToByteArray());
    const encryption = found.SSEKMSKeyId ?? found.ServerSideEncryption ?? "none";
    return { encryption, files: unzip(found.content) };
}

function unzip(bytes: Uint8Array): Readonly<Record<string, string>> {
    try {
        const files = Object.entries(unzipSync(bytes));
        return Object.fromEntries(files.map(([name, content]) => [name, strFromU8(content)]));
    } catch {
        return {};
    }
}

function isManaged({ forCommands: { certificateArchive, managedBuckets } }: StackOutputs): boolean {
    return parseObjectUrl(certificateArchive).bucket in managedBuckets;
}

function renewal(outputs: StackOutputs): string {
    const { stack, certificateArchive } = outputs.forCommands;
    return isManaged(outputs)
        ? `a higher certificates.generation in Pulumi.${stack}.yaml (or another chainPem), \`npx pulumi up --stack ${stack}\`, then the new config.yml`
        : `another archive, as EMR reads it, at ${certificateArchive}`;
}

/** EMR can read the archive, and nodes accept one another with what is in it. The private key is never printed. */
export function archiveContent(context: Context): Outcome {
    const { outputs, settings } = context;
    const { certificateArchive } = outputs.forCommands;
    if (!isInTransitOn(outputs.securityConfiguration)) {
        return OFF;
    }
    if (!settings.archive) {
        return UNREAD;
    }
    const observation = (what: string, expected: string, found: Found) => {
        return { subject: `archive ${certificateArchive}: ${what}`, expected, found };
    };
    const own = isManaged(outputs);
    const found = async () => {
        const { encryption, files } = await readArchive(context);
        const names = Object.keys(files).sort();
        const container = [
            own
                ? observation("encryption", outputs.kmsKeyArn, encryption)
                : observation("encryption", "any", okIf(encryption !== "none", encryption)),
            observation("files", FILES.join(", "), names.join(", ") || "no ZIP archive with files in it"),
        ];
        if (!FILES.every((name) => names.includes(name))) {
            return container;
        }
        const [chainPem = "", privateKey = "", trustedPem = ""] = FILES.map((name) => files[name]);
        const faults = (domain?: string) =>
            chainFindings({ chainPem, trustedPem, domain, now: undefined }).map((each) => each.found);
        const broken = faults();
        const domains = broken.length === 0 ? await nodeDomains(context) : [];
        const unnamed = domains.map(faults);
        const expected = domains.map((domain) => `*.${domain}`).join(" or ") || "any";
        const { key } = parseObjectUrl(certificateArchive);
        const named = [
            observation("names", expected, unnamed.find(({ length }) => length === 0) ?? unnamed[0] ?? []),
            ...(own
                ? [observation("name", key, certificateArchiveKey({ chain: chainPem, trusted: trustedPem }))]
                : []),
        ];
        return [
            ...container,
            observation("chain", "each certificate signed by the next, up to a trusted authority", broken),
            ...(broken.length === 0 ? named : []),
            observation("private key", "the certificate's, in PKCS#8", keyFaults(chainPem, privateKey)),
        ];
    };
    const expected = "an archive as EMR reads it";
    return { subject: `archive ${certificateArchive}`, expected, fix: renewal(outputs), found };
}

/** What nodes' names end with; nothing if nodes accept any. An existing archive may be made for an existing VPC's names. */
async function nodeDomains(context: Context): Promise<readonly string[]> {
    const { emrEtlRunnerConfig, certificateExpiresAt, forCommands } = context.outputs;
    if (acceptsAnyName(emrEtlRunnerConfig)) {
        return [];
    }
    return certificateExpiresAt === null && !forCommands.ownsNetwork
        ? ((await dhcpOptions(context))?.domains ?? [forCommands.nodeDomain])
        : [forCommands.nodeDomain];
}

/** EMR's TLS provider reads PKCS#8 only. */
function keyFaults(chain: string, privateKey: string): readonly string[] {
    try {
        privateKeyFor(chain, privateKey);
        const isPkcs8 = privateKey.includes("-----BEGIN PRIVATE KEY-----");
        return isPkcs8 ? [] : ["the certificate's, in another form"];
    } catch (error) {
        // Any other error may quote what it could not read.
        return [error instanceof PrivateKeyError ? error.found : "not comparable with the certificate"];
    }
}

/** Certificates are valid for more than a number of days from now. */
export function certificateDates(limit: "failDays" | "warnDays") {
    return (context: Context): Outcome => {
        const { outputs, now, settings } = context;
        if (!isInTransitOn(outputs.securityConfiguration)) {
            return OFF;
        }
        if (!settings.archive && outputs.certificateExpiresAt === null) {
            return UNREAD;
        }
        return {
            subject: "the nodes' certificate: end",
            expected: `valid now, and for more than ${settings[limit]} days`,
            fix: isManaged(outputs)
                ? `\`npx pulumi up --stack ${outputs.forCommands.stack}\` (with chainPem, put another certificate in first), then the new config.yml`
                : renewal(outputs),
            found: async () => {
                const ends = (await validitiesOf(context)).map(({ from, to }, index) => {
                    const days = Math.floor((to.getTime() - now.getTime()) / DAY);
                    const end = days < 0 ? `ended on ${formatDay(to)}` : `${formatDay(to)}, in ${days} days`;
                    const isOk = from <= now && days > settings[limit];
                    const authority = index === 0 ? "" : `, authority ${index}`;
                    return {
                        subject: `the nodes' certificate${authority}: end`,
                        found: okIf(isOk, from > now ? `begins on ${formatDay(from)}` : end),
                    };
                });
                return ends.length > 0 ? ends : "no readable certificate";
            },
        };
    };
}

/** Of the certificate and its authorities, from the archive; without it, of the certificate that the stack created last. */
async function validitiesOf(context: Context): Promise<readonly Validity[]> {
    if (!context.settings.archive) {
        return [{ from: new Date(0), to: new Date(String(context.outputs.certificateExpiresAt)) }];
    }
    const { files } = await readArchive(context);
    const [chain = "", , trusted = ""] = FILES.map((name) => files[name]);
    try {
        return chainValidities(chain, trusted);
    } catch {
        return []; // `archiveContent` reports what is wrong with the files.
    }
}
