import { strFromU8, unzipSync } from "fflate";
import { certificateArchiveKey } from "../../components/domain/certificate-archive";
import {
    chainFindings,
    chainValidities,
    PrivateKeyError,
    privateKeyFor,
    type Validity,
} from "../../components/domain/certificate-chain";
import { ifThere, readObject } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Outcome, observe, okIf } from "./control";
import { acceptsAnyName, dhcpOptions } from "./names";
import { parseObjectUrl } from "./s3-object";
import { isInTransitOn } from "./security-configuration";

const OFF = "the stack file switches encryption in transit off";
const UNREAD = "--no-archive";

const FILES = ["certificateChain.pem", "privateKey.pem", "trustedCertificates.pem"] as const;

interface Archive {
    /** A KMS key's ARN, `AES256`, or `none`. */
    readonly encryption: string;
    /** Empty if the object is not a ZIP archive. */
    readonly files: Readonly<Record<string, string>>;
}

/** Undefined if it is missing. */
async function readArchive({ clients: { s3 }, outputs }: Context): Promise<Archive | undefined> {
    const url = outputs.forCommands.certificateArchive;
    const { bucket, key } = parseObjectUrl("forCommands.certificateArchive", url);
    const reading = readObject(s3, { Bucket: bucket, Key: key }, (body) => body.transformToByteArray());
    const found = await ifThere(reading, "NoSuchKey", "NoSuchBucket");
    return (
        found && {
            encryption: found.SSEKMSKeyId ?? found.ServerSideEncryption ?? "none",
            files: unzip(found.content),
        }
    );
}

function unzip(bytes: Uint8Array): Archive["files"] {
    try {
        const files = Object.entries(unzipSync(bytes));
        return Object.fromEntries(files.map(([name, content]) => [name, strFromU8(content)]));
    } catch {
        return {};
    }
}

function isManaged({ forCommands }: StackOutputs): boolean {
    return parseObjectUrl("archive", forCommands.certificateArchive).bucket in forCommands.managedBuckets;
}

function renewal(outputs: StackOutputs): string {
    const { stack, certificateArchive } = outputs.forCommands;
    return isManaged(outputs)
        ? `a higher certificates.generation in Pulumi.${stack}.yaml (or another chainPem), \`npx pulumi up --stack ${stack}\`, then the new config.yml`
        : `another archive, as EMR reads it, at ${certificateArchive}`;
}

/** EMR can read the archive, and nodes accept one another with what is in it. The private key is never printed. */
export async function archiveContent(context: Context): Promise<Outcome> {
    const { outputs, settings } = context;
    if (!isInTransitOn(outputs.securityConfiguration)) {
        return OFF;
    }
    if (!settings.archive) {
        return UNREAD;
    }
    const whole = `archive ${outputs.forCommands.certificateArchive}`;
    const fix = renewal(outputs);
    const line = (what: string, expected: string) => ({ subject: `${whole}: ${what}`, expected, fix });
    return ask({ subject: whole, expected: "an archive as EMR reads it", fix }, async () => {
        const archive = await readArchive(context);
        if (!archive) {
            return "missing";
        }
        const { encryption, files } = archive;
        const names = Object.keys(files).sort();
        const own = isManaged(outputs);
        const evidence = [
            observe(
                line("encryption", own ? outputs.kmsKeyArn : "any"),
                own ? encryption : okIf(encryption !== "none", encryption),
            ),
            observe(line("files", FILES.join(", ")), names.join(", ") || "no ZIP archive with files in it"),
        ];
        if (!FILES.every((name) => names.includes(name))) {
            return evidence;
        }
        const [chain = "", privateKey = "", trusted = ""] = FILES.map((name) => files[name]);
        const findings = (domain?: string) =>
            chainFindings({ chainPem: chain, trustedPem: trusted, domain, now: undefined }).map(
                ({ found }) => found,
            );
        const signed = line("chain", "each certificate signed by the next, up to a trusted authority");
        const broken = findings();
        evidence.push(observe(signed, broken));
        if (broken.length === 0) {
            const domains = await nodeDomains(context);
            const expected = domains.map((domain) => `*.${domain}`).join(" or ") || "any";
            const faults = domains.map(findings);
            const isNamed = faults.some(({ length }) => length === 0);
            evidence.push(observe(line("names", expected), isNamed ? [] : (faults[0] ?? [])));
            if (own) {
                const { key } = parseObjectUrl("archive", outputs.forCommands.certificateArchive);
                evidence.push(observe(line("name", key), certificateArchiveKey({ chain, trusted })));
            }
        }
        const pkcs8 = line("private key", "the certificate's, in PKCS#8");
        return [...evidence, observe(pkcs8, keyFaults(chain, privateKey))];
    });
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

const DAY = 86_400_000;

/** Certificates are valid for more than a number of days from now. */
export function certificateDates(limit: "failDays" | "warnDays") {
    return async (context: Context): Promise<Outcome> => {
        const { outputs, now, settings } = context;
        if (!isInTransitOn(outputs.securityConfiguration)) {
            return OFF;
        }
        if (!settings.archive && outputs.certificateExpiresAt === null) {
            return UNREAD;
        }
        const line = (of: string) => ({
            subject: `the nodes' ${of}: end`,
            expected: `valid now, and for more than ${settings[limit]} days`,
            fix: isManaged(outputs)
                ? `\`npx pulumi up --stack ${outputs.forCommands.stack}\` (with chainPem, put another certificate in first), then the new config.yml`
                : renewal(outputs),
        });
        return ask(line("certificate"), async () => {
            const [leaf, ...authorities] = await validitiesOf(context);
            if (!leaf) {
                return "no readable certificate";
            }
            const judge = (all: readonly Validity[]) => {
                const from = new Date(Math.max(...all.map((validity) => validity.from.getTime())));
                const to = new Date(Math.min(...all.map((validity) => validity.to.getTime())));
                const days = Math.floor((to.getTime() - now.getTime()) / DAY);
                const found = days < 0 ? `ended on ${day(to)}` : `${day(to)}, in ${days} days`;
                const isOk = from <= now && days > settings[limit];
                return okIf(isOk, from > now ? `begins on ${day(from)}` : found);
            };
            return [
                observe(line("certificate"), judge([leaf])),
                ...(authorities.length > 0 ? [observe(line("authorities"), judge(authorities))] : []),
            ];
        });
    };
}

/** Of the certificate and its authorities, from the archive; without it, of the certificate that the stack created last. */
async function validitiesOf(context: Context): Promise<readonly Validity[]> {
    if (!context.settings.archive) {
        return [{ from: new Date(0), to: new Date(String(context.outputs.certificateExpiresAt)) }];
    }
    const archive = await readArchive(context);
    const [chain = "", , trusted = ""] = FILES.map((name) => archive?.files[name]);
    try {
        return chainValidities(chain, trusted);
    } catch {
        return []; // `archiveContent` reports what is wrong with the files.
    }
}

function day(date: Date): string {
    return date.toISOString().slice(0, 10);
}
