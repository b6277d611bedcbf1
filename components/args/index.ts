import { chainExpiresAt } from "../domain/certificate-chain";
import { type Release, releaseWarnings } from "../domain/emr-release";
import {
    type ArgumentError,
    type ErrorReport,
    formatPath,
    InvalidArguments,
    type Path,
} from "../domain/errors";
import type { Location, Mode } from "../domain/locations";
import { physicalPrefix } from "../domain/naming";
import { isRegion, REGIONS, type Region } from "../domain/region";
import { daysBefore } from "../domain/time";
import type { JobflowGrants } from "../policies/emr-roles";
import { describe } from "./describe";
import { templateFix } from "./fix";
import { jobflowGrants } from "./jobflow-grants";
import { locationsOf, modeOf } from "./locations";
import { ruleErrors } from "./rules";
import { releaseOf } from "./rules/emr";
import type { RuleContext } from "./rules/rule";
import type { Environment, EnvironmentArgs } from "./schema";
import { checkShape } from "./shape";

export type { Environment, EnvironmentArgs } from "./schema";

/** What the arguments say in addition to the six objects. */
export interface Ambient {
    /** One of `REGIONS`. */
    readonly region: string;
    /** The stack's name. */
    readonly stack: string;
    /** The value of the stack's tag, `<project>/<stack>`: no other stack of the account may have the same. */
    readonly stackTag: string;
    /** Whether there is a private key of `certificates.chainPem`; it is never read here. */
    readonly certificatePrivateKey?: unknown;
}

/** The arguments of EmrEncryption, checked, complete and frozen, with what follows from them. */
export interface ResolvedArgs extends Environment {
    readonly region: Region;
    readonly stack: string;
    readonly stackTag: string;
    /** The start of every physical name: `snowplow-<slug>`. */
    readonly prefix: string;
    readonly mode: Mode;
    /** The locations of this mode, in the order of EmrEtlRunner's config.yml. */
    readonly locations: readonly Location[];
    readonly release: Release;
    /** Whether CloudFront writes the raw events: its log delivery requires a bucket that accepts ACLs. */
    readonly cloudfrontCollector: boolean;
    /** Whether nodes may be Spot instances. */
    readonly spot: boolean;
    readonly jobflowGrants: JobflowGrants;
    /** `certificates.remindTopicArn`; null once the renewal window is open: EventBridge Scheduler refuses the past. */
    readonly remindTopicArn: string | null;
    /** What works, but protects less than it could. */
    readonly warnings: readonly string[];
}

export interface ResolveOptions {
    /** When certificates must be valid. Default: now. */
    readonly now?: Date;
    /** How errors name the arguments. Default: as arguments of EmrEncryption. */
    readonly report?: ErrorReport;
}

/** Names errors as arguments of EmrEncryption. */
export const ARGUMENTS: ErrorReport = {
    subject: "arguments of EmrEncryption",
    formatPath: (path) => formatPath(path) || "the arguments",
};

/**
 * Checks the arguments and completes them. Its own result may be passed again.
 * @throws InvalidArguments with every error of shape or, if there is none, with every error of rules.
 */
export function resolveArguments(
    args: EnvironmentArgs & Ambient,
    { now = new Date(), report = ARGUMENTS }: ResolveOptions = {},
): ResolvedArgs {
    const { network, encryption, certificates, storage, access, emrEtlRunner } = args;
    const shape = checkShape({ network, encryption, certificates, storage, access, emrEtlRunner });
    throwIfAny([...regionErrors(args.region), ...shape.errors], report);
    return resolveEnvironment(shape.environment as Environment, args, { now, report });
}

export function regionErrors(region: string | undefined, path: Path = ["region"]): readonly ArgumentError[] {
    if (region !== undefined && isRegion(region)) {
        return [];
    }
    const meant = region?.toLowerCase().replace(/(?<=\d)[a-z]$/, ""); // In capitals, or a zone.
    return [
        {
            code: "unsupported-region",
            path,
            found: describe(region),
            expected: `one of ${REGIONS.join(", ")}: Snowplow hosts EmrEtlRunner's assets in no other region`,
            fix: meant !== undefined && isRegion(meant) ? `did you mean ${meant}?` : templateFix(region),
        },
    ];
}

/**
 * The second phase, for six objects of the right shape in one of `REGIONS`.
 * @throws InvalidArguments with every error of rules.
 */
export function resolveEnvironment(
    environment: Environment,
    { region, stack, stackTag, certificatePrivateKey }: Ambient,
    { now, report }: Required<ResolveOptions>,
): ResolvedArgs {
    const context: RuleContext = {
        region: region as Region,
        stackTag,
        prefix: physicalPrefix(stack),
        hasPrivateKey: certificatePrivateKey !== undefined,
        now,
    };
    throwIfAny(ruleErrors(environment, context), report);
    return deepFreeze({ ...environment, stack, ...derive(environment, context) });
}

export function throwIfAny(errors: readonly ArgumentError[], report: ErrorReport): void {
    if (errors.length > 0) {
        throw new InvalidArguments(errors, report);
    }
}

function derive(environment: Environment, { region, stackTag, prefix, now }: RuleContext) {
    const { jobflow } = environment.emrEtlRunner.aws.emr;
    const release = releaseOf(environment);
    const expiresSoon = expiryInWindow(environment, now);
    return {
        region,
        stackTag,
        prefix,
        mode: modeOf(environment),
        locations: locationsOf(environment),
        release,
        cloudfrontCollector: isCloudfront(environment.emrEtlRunner.collectors.format),
        spot: jobflow.core_instance_bid !== null || jobflow.task_instance_bid !== null,
        jobflowGrants: jobflowGrants(environment),
        remindTopicArn: expiresSoon ? null : environment.certificates.remindTopicArn,
        warnings: [
            ...releaseWarnings(release, environment.encryption),
            ...(expiresSoon
                ? [
                      `certificates.chainPem, or a certificate in its chain, expires at ${expiresSoon.toISOString()}: replace it before then.`,
                  ]
                : []),
        ],
    };
}

/** As EmrEtlRunner recognises it (utils.rb, `is_cloudfront_log`). */
function isCloudfront(format: string | null): boolean {
    return format === "cloudfront" || format?.startsWith("tsv/com.amazon.aws.cloudfront/") === true;
}

/** When an existing certificate expires, if fewer than `renewBeforeDays` remain. The stack renews its own then. */
function expiryInWindow(
    { certificates: { chainPem, trustedPem, renewBeforeDays } }: Environment,
    now: Date,
): Date | undefined {
    if (chainPem === null || trustedPem === null) {
        return undefined;
    }
    const end = chainExpiresAt(chainPem, trustedPem);
    return daysBefore(end, renewBeforeDays) <= now ? end : undefined;
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(deepFreeze);
    }
    return value;
}
