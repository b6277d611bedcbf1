import { chainExpiresAt } from "../domain/certificate-chain";
import { atLeast, formatRelease, GATES, IMDS_V2_RELEASES, supportsImdsV2Only } from "../domain/emr-release";
import { daysBefore } from "../domain/time";
import type { CompleteArgs } from "./complete";

/** Sentences about what works, but protects less than it could. */
type Warning = (args: CompleteArgs, now: Date) => Iterable<string>;

/** What works on this release, but protects less than on a later one. */
function* release({ release, encryption }: CompleteArgs): Iterable<string> {
    const label = `EMR ${formatRelease(release)}`;
    if (encryption.inTransit && !atLeast(release, GATES.sparkRpcAes256)) {
        yield `${label}: Spark's RPC is protected by SASL with DIGEST-MD5; it is encrypted with AES-256 from ${formatRelease(GATES.sparkRpcAes256)} on.`;
    }
    if (encryption.atRestLocalDisks && !atLeast(release, GATES.ebsEncryption)) {
        yield `${label}: the nodes' root volumes stay unencrypted; EBS encryption covers them from ${formatRelease(GATES.ebsEncryption)} on, and EmrEtlRunner cannot pass a custom AMI.`;
    }
    if (!encryption.requireImdsV2) {
        yield `${label}: the nodes' metadata service answers IMDSv1 too; ${supportsImdsV2Only(release) ? "encryption.requireImdsV2 turns it off." : `it can be turned off on ${IMDS_V2_RELEASES}.`}`;
    }
    if (atLeast(release, GATES.spark3)) {
        yield `${label}: EmrEtlRunner's enrich and shred jobs are built for Spark 2, which ends with EMR 5.x.`;
    }
}

function* certificateExpiry({ certificates }: CompleteArgs, now: Date): Iterable<string> {
    const end = endInWindow(certificates, now);
    if (end) {
        yield `certificates.chainPem, or a certificate in its chain, expires at ${end.toISOString()}: replace it before then.`;
    }
}

const WARNINGS: readonly Warning[] = [release, certificateExpiry];

/** Every warning about arguments that follow all rules, in a fixed order. */
export function warningsOf(args: CompleteArgs, now: Date): readonly string[] {
    return WARNINGS.flatMap((warning) => [...warning(args, now)]);
}

/** When an existing certificate expires, if its renewal window is open. The stack renews its own certificate then. */
export function endInWindow(
    { chainPem, trustedPem, renewBeforeDays }: CompleteArgs["certificates"],
    now: Date,
): Date | undefined {
    if (chainPem === null || trustedPem === null) {
        return undefined;
    }
    const end = chainExpiresAt(chainPem, trustedPem);
    return daysBefore(end, renewBeforeDays) <= now ? end : undefined;
}
