/** An EMR release: the three numbers of `aws.emr.ami_version`. */
export type Release = readonly [major: number, minor: number, patch: number];

/**
 * The first release of each feature.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
 */
export const GATES = {
    /** Private subnets. */
    privateSubnets: [4, 2, 0],
    /** Security configurations. */
    securityConfiguration: [4, 8, 0],
    /** AES-256 for Spark's RPC; earlier releases use SASL with DIGEST-MD5. */
    sparkRpcAes256: [5, 9, 0],
    /** `EnableEbsEncryption`: encrypts EBS volumes, the root volume included, through EC2. */
    ebsEncryption: [5, 24, 0],
    /** Spark 3, which EmrEtlRunner's Spark 2 jobs do not run on. */
    spark3: [6, 0, 0],
} as const satisfies Record<string, Release>;

/** The releases whose clusters can start without IMDSv1, for messages. */
export const IMDS_V2_RELEASES = "5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later";

export function parseRelease(text: string): Release | undefined {
    const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
    return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

export function formatRelease(release: Release): string {
    return release.join(".");
}

export function atLeast(release: Release, gate: Release): boolean {
    for (const part of [0, 1, 2] as const) {
        if (release[part] !== gate[part]) {
            return release[part] > gate[part];
        }
    }
    return true;
}

/** On other releases, a cluster without IMDSv1 fails at startup. */
export function supportsImdsV2Only(release: Release): boolean {
    const text = formatRelease(release);
    if (text === "5.23.1" || text === "5.27.1") {
        return true;
    }
    return release[0] === 5 ? atLeast(release, [5, 32, 0]) : atLeast(release, [6, 2, 0]);
}

/** The parts of the security configuration that are turned on, as in the argument `encryption`. */
export interface EncryptionSwitches {
    readonly atRestS3: boolean;
    readonly atRestLocalDisks: boolean;
    readonly inTransit: boolean;
    readonly requireImdsV2: boolean;
}

/** Whether a security configuration exists: at least one switch is on. */
export function anySwitchOn(switches: EncryptionSwitches): boolean {
    return switches.atRestS3 || switches.atRestLocalDisks || switches.inTransit || switches.requireImdsV2;
}

/** The releases that the other arguments require instead of this release, each with the reason; empty if it works. */
export function releaseRefusals(
    release: Release,
    switches: EncryptionSwitches,
    privateSubnets: boolean,
): readonly string[] {
    const { securityConfiguration, privateSubnets: forPrivateSubnets } = GATES;
    return sentences(
        anySwitchOn(switches) &&
            !atLeast(release, securityConfiguration) &&
            `${formatRelease(securityConfiguration)} or later: earlier releases have no security configurations, so nothing on the cluster would be encrypted`,
        privateSubnets &&
            !atLeast(release, forPrivateSubnets) &&
            `${formatRelease(forPrivateSubnets)} or later: earlier releases do not start in a private subnet (network.internetAccess: nat)`,
        switches.requireImdsV2 &&
            !supportsImdsV2Only(release) &&
            `${IMDS_V2_RELEASES}, while encryption.requireImdsV2 is true: on other releases a cluster without IMDSv1 fails at startup`,
    );
}

/** The sentences whose conditions hold. */
function sentences(...candidates: readonly (string | false)[]): readonly string[] {
    return candidates.filter((candidate) => candidate !== false);
}
