import { GetObjectCommand } from "@aws-sdk/client-s3";
import { valueAt } from "../../components/domain/value-at";
import { AwsError, callIfThere } from "../aws";
import { readConfig } from "../config-yml";
import type { StackOutputs } from "../stack-outputs";
import { type ArchiveTerms, archiveChecks, END_OF_LEAF, type EndTerms, endCheck } from "./archive";
import { attempt, type Check, type Context, compare } from "./check";
import { parseObjectUrl, type S3Object } from "./s3-object";

export interface CertificateOptions extends Pick<EndTerms, "warnDays" | "failDays"> {
    /** Whether the archive is to be read: with it, the nodes' private key. */
    readonly archive: boolean;
}

/** What nodes show one another, and how long yet. */
export async function certificateChecks(
    { clients, outputs, now }: Context,
    { archive, warnDays, failDays }: CertificateOptions,
): Promise<readonly Check[]> {
    const { securityConfiguration, certificateExpiresAt, forCommands } = outputs;
    if (!isInTransitOn(securityConfiguration)) {
        const off = "encryption in transit is off";
        return [{ status: "ok", on: "certificates", expected: `none: ${off}`, found: off }];
    }
    const object = parseObjectUrl("forCommands.certificateArchive", forCommands.certificateArchive);
    const isOwn = object.bucket in forCommands.managedBuckets;
    const remedy = isOwn
        ? `in Pulumi.${forCommands.stack}.yaml a higher certificates.generation (or, of your own, another certificate), npx pulumi up --stack ${forCommands.stack}, then the new config.yml`
        : `another archive, as EMR reads it, to ${forCommands.certificateArchive}`;
    const ends = { now, warnDays, failDays, remedy: isOwn ? renewal(forCommands.stack) : remedy };
    const checks = archive
        ? await readArchive(clients, outputs, object, { ...terms(outputs, object, isOwn), ends, remedy })
        : [];
    // Unread, there is what the stack knows of the certificate.
    return certificateExpiresAt === null || checks.some(({ on }) => on === END_OF_LEAF)
        ? checks
        : [
              ...checks,
              endCheck(END_OF_LEAF, [{ from: new Date(0), to: new Date(certificateExpiresAt) }], ends),
          ];
}

export function isInTransitOn(securityConfiguration: string | null): boolean {
    const way = ["EncryptionConfiguration", "EnableInTransitEncryption"];
    return valueAt(JSON.parse(securityConfiguration ?? "{}"), way) === true;
}

function renewal(stack: string): string {
    return `npx pulumi up --stack ${stack} (with a certificate of your own, another one before that), then the new config.yml`;
}

function terms(
    { emrEtlRunnerConfig, forCommands: { nodeDomain, ownsNetwork } }: StackOutputs,
    { key }: S3Object,
    isOwn: boolean,
): Pick<ArchiveTerms, "domain" | "otherNames" | "key"> {
    return {
        domain: acceptsAnyName(emrEtlRunnerConfig) ? undefined : nodeDomain,
        // A VPC of the user's may give other names, and an archive of theirs may be made for them.
        otherNames: isOwn || ownsNetwork ? "failed" : "warning",
        key: isOwn ? key : undefined,
    };
}

/** See `network.existing.allowHostnameMismatch`. */
export function acceptsAnyName(emrEtlRunnerConfig: string): boolean {
    const way = ["aws", "emr", "configuration", "core-site", "hadoop.ssl.hostname.verifier"];
    return valueAt(readConfig(emrEtlRunnerConfig, "emrEtlRunnerConfig"), way) === "ALLOW_ALL";
}

async function readArchive(
    { s3 }: Context["clients"],
    { kmsKeyArn, forCommands }: StackOutputs,
    { bucket, key }: S3Object,
    archiveTerms: ArchiveTerms,
): Promise<readonly Check[]> {
    const url = forCommands.certificateArchive;
    const on = `archive ${url}`;
    const { remedy } = archiveTerms;
    const expected = "an archive as EMR reads it";
    return attempt(on, expected, async () => {
        const answer = await unlessDenied(() =>
            callIfThere(["NoSuchKey", "NoSuchBucket"], "s3:GetObject", url, async () => {
                const { Body, ...head } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
                return { ...head, bytes: (await Body?.transformToByteArray()) ?? new Uint8Array() };
            }),
        );
        if (answer === "denied") {
            return compare({
                on,
                expected,
                found: "these credentials may not read it: it holds the nodes' private key, and the operator policy leaves it out",
                severity: "warning",
                remedy: "an administrator's credentials; or --no-archive, which looks at the certificate's end alone",
            });
        }
        if (!answer) {
            return compare({ on, expected, found: "no such object", remedy });
        }
        const encryption = answer.SSEKMSKeyId ?? answer.ServerSideEncryption ?? "none";
        const isOwn = archiveTerms.key !== undefined;
        return [
            compare({
                on: `${on}: encryption`,
                expected: isOwn ? kmsKeyArn : "any",
                found: encryption,
                isOk: isOwn ? encryption === kmsKeyArn : encryption !== "none",
                remedy,
            }),
            ...archiveChecks(on, answer.bytes, archiveTerms),
        ];
    });
}

/** To read the nodes' private key is a right that few should have. */
async function unlessDenied<T>(question: () => Promise<T>): Promise<T | "denied"> {
    try {
        return await question();
    } catch (error) {
        if (error instanceof AwsError && error.denied) {
            return "denied";
        }
        throw error;
    }
}
