import { GetObjectCommand } from "@aws-sdk/client-s3";
import { strFromU8, unzipSync } from "fflate";
import { certificateArchiveKey } from "../../components/domain/certificate-archive";
import {
    chainFindings,
    PrivateKeyError,
    privateKeyFor,
    type Validity,
    validities,
} from "../../components/domain/certificate-chain";
import { AwsError, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, type Outcome, observe, observeFaults } from "./control";
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

const archives = new WeakMap<Context, Promise<Archive | undefined>>();

/** The archive, read once; undefined if it is missing. */
function readArchive(context: Context): Promise<Archive | undefined> {
    const archive = archives.get(context) ?? download(context);
    archives.set(context, archive);
    return archive;
}

async function download({ clients: { s3 }, outputs }: Context): Promise<Archive | undefined> {
    const url = outputs.forCommands.certificateArchive;
    const { bucket, key } = parseObjectUrl("forCommands.certificateArchive", url);
    return callIfThere(["NoSuchKey", "NoSuchBucket"], "s3:GetObject and kms:Decrypt", url, async () => {
        const {
            Body,
            SSEKMSKeyId,
            ServerSideEncryption = "none",
        } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { encryption: SSEKMSKeyId ?? ServerSideEncryption, files: unzip(bytes) };
    });
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
    const url = outputs.forCommands.certificateArchive;
    const subject = `archive ${url}`;
    const fix = renewal(outputs);
    return ask({ subject, expected: "an archive as EMR reads it", fix }, async () => {
        const archive = await readArchive(context);
        if (!archive) {
            return observe({ subject, expected: "an archive as EMR reads it", found: "missing", fix });
        }
        const { encryption, files } = archive;
        const names = Object.keys(files).sort();
        const own = isManaged(outputs);
        const [chain = "", privateKey = "", trusted = ""] = FILES.map((name) => files[name]);
        return [
            observe({
                subject: `${subject}: encryption`,
                expected: own ? outputs.kmsKeyArn : "any",
                found: encryption,
                isOk: own ? encryption === outputs.kmsKeyArn : encryption !== "none",
                fix,
            }),
            observe({
                subject: `${subject}: files`,
                expected: FILES.join(", "),
                found: names.join(", ") || "no ZIP archive with files in it",
                fix,
            }),
            ...(FILES.every((name) => names.includes(name))
                ? [
                      ...(await chainEvidence(context, subject, chain, trusted)),
                      keyEvidence(subject, chain, privateKey, fix),
                  ]
                : []),
        ];
    });
}

async function chainEvidence(
    context: Context,
    on: string,
    chain: string,
    trusted: string,
): Promise<readonly Evidence[]> {
    const { outputs } = context;
    const fix = renewal(outputs);
    const findings = (domain: string | undefined) =>
        chainFindings({ chainPem: chain, trustedPem: trusted, domain, now: undefined }).map(
            ({ found }) => found,
        );
    const signed = "each certificate signed by the next, up to a trusted authority";
    const broken = findings(undefined);
    if (broken.length > 0) {
        return [observeFaults(`${on}: chain`, signed, broken, fix)];
    }
    const { key } = parseObjectUrl("archive", outputs.forCommands.certificateArchive);
    const domains = await nodeDomains(context);
    const names = domains.map((domain) => findings(domain));
    const isNamed = domains.length === 0 || names.some(({ length }) => length === 0);
    return [
        observeFaults(`${on}: chain`, signed, [], fix),
        observe({
            subject: `${on}: names`,
            expected: domains.length === 0 ? "any" : domains.map((domain) => `*.${domain}`).join(" or "),
            found: isNamed ? "as expected" : String(names[0]),
            isOk: isNamed,
            fix,
        }),
        ...(isManaged(outputs)
            ? [
                  observe({
                      subject: `${on}: name`,
                      expected: key,
                      found: certificateArchiveKey({ chain, trusted }),
                      fix,
                  }),
              ]
            : []),
    ];
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
function keyEvidence(on: string, chain: string, privateKey: string, fix: string): Evidence {
    const line = { subject: `${on}: private key`, expected: "the certificate's, in PKCS#8", fix };
    try {
        privateKeyFor(chain, privateKey);
        const isPkcs8 = privateKey.includes("-----BEGIN PRIVATE KEY-----");
        return observe({ ...line, found: isPkcs8 ? line.expected : "the certificate's, in another form" });
    } catch (error) {
        // Any other error may quote what it could not read.
        const found = error instanceof PrivateKeyError ? error.found : "not comparable with the certificate";
        return observe({ ...line, found });
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
        const fix = isManaged(outputs)
            ? `\`npx pulumi up --stack ${outputs.forCommands.stack}\` (with chainPem, put another certificate in first), then the new config.yml`
            : renewal(outputs);
        const holds = await validitiesOf(context);
        if (holds.length === 0) {
            return settings.archive ? unreadDates() : UNREAD;
        }
        return holds.map(({ subject, all }) => {
            const from = new Date(Math.max(...all.map((validity) => validity.from.getTime())));
            const to = new Date(Math.min(...all.map((validity) => validity.to.getTime())));
            const days = Math.floor((to.getTime() - now.getTime()) / DAY);
            const found = days < 0 ? `ended on ${day(to)}` : `${day(to)}, in ${days} days`;
            return observe({
                subject,
                expected: `valid now, and for more than ${settings[limit]} days`,
                found: from > now ? `begins on ${day(from)}` : found,
                isOk: from <= now && days > settings[limit],
                fix,
            });
        });
    };
}

function unreadDates(): readonly Evidence[] {
    const subject = "the nodes' certificate: end";
    const fix = "use credentials with s3:GetObject and kms:Decrypt for the archive";
    const permission = "s3:GetObject and kms:Decrypt";
    return [
        {
            result: "unknown",
            subject,
            expected: "a date",
            found: "the archive could not be read",
            fix,
            permission,
        },
    ];
}

/** From the archive; if it cannot be read, what the stack knows. */
async function validitiesOf(context: Context) {
    const { certificateExpiresAt } = context.outputs;
    const leaf = (all: readonly Validity[]) => ({ subject: "the nodes' certificate: end", all });
    const files = context.settings.archive ? await unlessUnread(() => readArchive(context)) : undefined;
    try {
        const [chain = "", , trusted = ""] = FILES.map((name) => files?.files[name]);
        const [first, ...intermediates] = validities(chain);
        const authorities = [...intermediates, ...validities(trusted)];
        if (first && authorities.length > 0) {
            return [leaf([first]), { subject: "the nodes' authorities: end", all: authorities }];
        }
    } catch {
        // `archiveContent` reports what is wrong with the files.
    }
    return certificateExpiresAt === null
        ? []
        : [leaf([{ from: new Date(0), to: new Date(certificateExpiresAt) }])];
}

async function unlessUnread<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
        return await read();
    } catch (error) {
        if (error instanceof AwsError) {
            return undefined;
        }
        throw error;
    }
}

function day(date: Date): string {
    return date.toISOString().slice(0, 10);
}
