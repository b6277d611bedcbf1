import { chainExpiresAt } from "../domain/certificate-chain";
import {
    anySwitchOn,
    atLeast,
    DEFAULT_RELEASE,
    formatRelease,
    GATES,
    isWithin,
    parseVersion,
    SPARK_3_JOBS,
    SPARK_3_RELEASE,
    supportOf,
} from "../domain/emr-release";
import { FAMILIES, familyOf, isSize, SMALL_SIZES } from "../domain/instance-types";
import { LIMITS } from "../domain/limits";
import { daysBefore, formatDay } from "../domain/time";
import type { CompleteArgs } from "./complete";
import { describe } from "./describe";
import { nearest } from "./nearest";

/** Sentences about what works, but protects less than it could, or may not work. */
type Warning = (args: CompleteArgs, now: Date) => Iterable<string>;

function* support({ release, emrEtlRunner }: CompleteArgs, now: Date): Iterable<string> {
    const today = formatDay(now);
    const ends = supportOf(release);
    if (!ends || today < ends.endOfSupport) {
        return;
    }
    const needsSpark3 = isWithin(parseVersion(emrEtlRunner.storage.versions.rdb_shredder), SPARK_3_JOBS);
    const other = needsSpark3 ? SPARK_3_RELEASE : DEFAULT_RELEASE;
    const { endOfSupport: end = "" } = supportOf(parseVersion(other)) ?? {};
    const fix = today < end ? ` ${other} runs the same jobs, with security fixes until ${end}.` : "";
    yield `EMR ${formatRelease(release)} has been past AWS's End of Support since ${ends.endOfSupport}: it gets no fixes, and AWS may remove it from ${ends.endOfLife} on.${fix}`;
}

/** What works on this release, but protects less than on a later one, or is not known to work. */
function* release({ release, encryption, emrEtlRunner }: CompleteArgs): Iterable<string> {
    const label = `EMR ${formatRelease(release)}`;
    const { rdb_loader: loader, rdb_shredder: shredder } = emrEtlRunner.storage.versions;
    if (encryption.inTransit && !atLeast(release, GATES.sparkRpcAes256)) {
        yield `${label}: Spark's RPC is protected by SASL with DIGEST-MD5; it is encrypted with AES-256 from ${formatRelease(GATES.sparkRpcAes256)} on.`;
    }
    if (encryption.atRestLocalDisks && !atLeast(release, GATES.ebsEncryption)) {
        yield `${label}: the nodes' root volumes stay unencrypted; EBS encryption covers them from ${formatRelease(GATES.ebsEncryption)} on, and EmrEtlRunner cannot pass a custom AMI.`;
    }
    if (atLeast(release, [7, 0, 0])) {
        yield `${label}: Snowplow's guide for RDB Shredder ${shredder} names EMR 6.1.0; EMR 7 has Java 17 and Amazon Linux 2023, for which neither the jobs nor EmrEtlRunner's bootstrap script were made.`;
    }
    if (encryption.requireImdsV2) {
        yield `encryption.requireImdsV2: RDB Loader's own AWS SDK (1.11.319) is older than IMDSv2 (1.11.678). Whether EMR's newer SDK takes its place is not known: if it does not, RDB Loader finds no credentials. Try one load before you rely on it.`;
    }
    if (isWithin(parseVersion(loader), SPARK_3_JOBS) !== isWithin(parseVersion(shredder), SPARK_3_JOBS)) {
        yield `storage.versions: Snowplow released RDB Loader and RDB Shredder 0.18 for each other; whether RDB Loader ${loader} loads what RDB Shredder ${shredder} writes is not known.`;
    }
}

/** What each switch of `encryption` protects, for a warning that it is off. */
const UNPROTECTED = {
    atRestS3:
        "clusters ask for no encryption of what they write to S3: the default encryption of each bucket decides",
    atRestLocalDisks: "the nodes' disks, with HDFS and what jobs spill, are not encrypted",
    inTransit: "what jobs send from node to node is not encrypted",
} as const;

const SWITCHES = Object.keys(UNPROTECTED) as readonly (keyof typeof UNPROTECTED)[];

/** A word for production, alone or between separators. */
const PRODUCTION = /(^|[^a-z0-9])(prod|production|prd|live)($|[^a-z0-9])/i;

function* switches({ encryption, network, storage, stack }: CompleteArgs): Iterable<string> {
    const off = SWITCHES.filter((name) => !encryption[name]);
    const isProduction = PRODUCTION.test(stack);
    if (off.length === SWITCHES.length) {
        yield `encryption: every switch is off: ${SWITCHES.map((name) => UNPROTECTED[name]).join("; ")}.`;
    } else if (isProduction) {
        for (const name of off) {
            yield `encryption.${name} is off in the production stack ${stack}: ${UNPROTECTED[name]}.`;
        }
    }
    if (encryption.inTransit && !encryption.atRestLocalDisks) {
        yield "encryption.inTransit without atRestLocalDisks: Hadoop RPC and the transfer of HDFS blocks between nodes stay unencrypted, since EMR encrypts them together with the local disks.";
    }
    if (network.internetAccess === "public") {
        yield "network.internetAccess is public: every node has a public address, only EMR's security groups keep others out, and connections leave from addresses that change, so Redshift cannot admit them one by one.";
    }
    if (isProduction && !storage.protect) {
        yield `storage.protect is false in the production stack ${stack}: \`pulumi destroy\` may delete the stack's buckets and its key.`;
    }
}

function* typeSpelling({ instanceTypes }: CompleteArgs): Iterable<string> {
    for (const { path, type } of instanceTypes) {
        const family = familyOf(type);
        const size = type.slice(family.length + 1);
        const sizes = [...SMALL_SIZES, `${/^\d*/.exec(size)?.[0]}xlarge`];
        const ofSeries = FAMILIES.filter((name) => name[0] === family[0]);
        const meant = [
            FAMILIES.includes(family) ? family : nearest(family, ofSeries),
            isSize(size) ? size : nearest(size, sizes),
        ];
        const guess = meant.includes(undefined) ? undefined : meant.join(".");
        if (guess !== type) {
            yield `${path.join(".")}: EMR is not known to support ${describe(type, guess === undefined ? [] : [guess])}.${guess === undefined ? "" : ` Did you mean ${guess}?`}`;
        }
    }
}

/** EMR's own limits are narrower than EC2's. Nothing shows that EMR enforces them. */
function* volume({ emrEtlRunner }: CompleteArgs): Iterable<string> {
    const ebs = emrEtlRunner.aws.emr.jobflow.core_instance_ebs;
    const { from, fromIfOptimised, to } = LIMITS.emr.volumeSize;
    // EmrEtlRunner asks for EBS optimisation unless ebs_optimized is false.
    const smallest = ebs?.ebs_optimized === false ? from : fromIfOptimised;
    if (ebs !== null && (ebs.volume_size < smallest || ebs.volume_size > to)) {
        yield `emrEtlRunner.aws.emr.jobflow.core_instance_ebs.volume_size is ${ebs.volume_size}: EMR's API reference documents ${smallest} to ${to} GB for this volume, so EMR may refuse to launch the cluster.`;
    }
}

/** What cluster.json cannot say: Dataflow Runner has no field for it. */
function* dataflowRunner({ encryption, emrEtlRunner }: CompleteArgs): Iterable<string> {
    const { additional_info, jobflow } = emrEtlRunner.aws.emr;
    if (!anySwitchOn(encryption)) {
        yield "dataflowRunnerCluster is null: every switch of encryption is off, and Dataflow Runner would pass an empty name of a security configuration to EMR.";
        return;
    }
    const missing: readonly (readonly [missing: boolean, sentence: string])[] = [
        [jobflow.core_instance_bid !== null, "core_instance_bid: the core nodes are on-demand"],
        [additional_info !== null, "additional_info"],
        [
            jobflow.core_instance_ebs?.volume_type === "standard",
            "core_instance_ebs.volume_type without IOPS: it sends volume_iops, or 0, for a standard volume, which EMR may refuse",
        ],
    ];
    const sentences = missing.flatMap(([isMissing, sentence]) => (isMissing ? sentence : []));
    if (sentences.length > 0) {
        yield `dataflowRunnerCluster: Dataflow Runner cannot express ${sentences.join("; ")}.`;
    }
}

function* certificateExpiry({ certificates }: CompleteArgs, now: Date): Iterable<string> {
    const end = endInWindow(certificates, now);
    if (end) {
        yield `certificates.chainPem, or a certificate in its chain, expires at ${end.toISOString()}: replace it before then.`;
    }
}

const WARNINGS: readonly Warning[] = [
    support,
    release,
    switches,
    typeSpelling,
    volume,
    dataflowRunner,
    certificateExpiry,
];

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
