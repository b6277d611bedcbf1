import type { AnyStack, Config } from "../arbitrary-config";
import type { ConfigYml } from "./schema";

/** A config.yml with the stack config that it was rendered for. */
export interface Read {
    readonly yml: ConfigYml;
    readonly given: AnyStack;
    readonly locations: Readonly<Record<string, readonly string[]>>;
    readonly release: readonly number[];
    readonly switches: Readonly<Record<(typeof SWITCHES)[number], boolean>>;
}

const SWITCHES = ["atRestS3", "atRestLocalDisks", "inTransit", "requireImdsV2"] as const;

export type Rule<T> = (facts: T) => Readonly<Record<string, boolean>>;

export const HOSTNAME_VERIFIER = "hadoop.ssl.hostname.verifier";

/** Whether the nodes' names may differ from the certificate's, and the stack config accepts that. */
export function takesAnyHostname({ config, domainName }: AnyStack): boolean {
    return (
        (domainName !== undefined || typeof valueAt(config, ["certificates", "archive"]) === "string") &&
        valueAt(config, ["network", "existing", "allowHostnameMismatch"]) === true &&
        valueAt(config, ["encryption", "inTransit"]) !== false
    );
}

export const BUCKETS = ["emrEtlRunner", "aws", "s3", "buckets"];

/** The folders of managed locations, stated again so that they do not come from the program. */
export const MANAGED: Readonly<Record<string, string>> = {
    "raw.in": "collector/raw/",
    "raw.processing": "pipeline/raw/processing/",
    "raw.archive": "archive/raw/",
    "enriched.stream": "collector/enriched/stream/",
    "enriched.good": "pipeline/enriched/good/",
    "enriched.bad": "pipeline/enriched/bad/",
    "enriched.errors": "pipeline/enriched/errors/",
    "enriched.archive": "archive/enriched/",
    "shredded.good": "pipeline/shredded/good/",
    "shredded.bad": "pipeline/shredded/bad/",
    "shredded.errors": "pipeline/shredded/errors/",
    "shredded.archive": "archive/shredded/",
    log: "logs/emr/",
};

function locationsOf({ aws }: ConfigYml): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
        Object.keys(MANAGED).map((path) => [
            path,
            [valueAt(aws.s3.buckets, path.split(".")) ?? []].flat() as unknown as readonly string[],
        ]),
    );
}

export function atLeast(
    [major = 0, minor = 0]: readonly number[],
    otherMajor: number,
    otherMinor: number,
): boolean {
    return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}

export function read(yml: ConfigYml, given: AnyStack): Read {
    const switches = SWITCHES.map((name) => [
        name,
        valueAt(given.config, ["encryption", name]) ?? name !== "requireImdsV2",
    ]);
    return {
        yml,
        given,
        locations: locationsOf(yml),
        release: yml.aws.emr.ami_version.split(".").map(Number),
        switches: Object.fromEntries(switches) as Read["switches"],
    };
}

export function broken<T>(rules: Readonly<Record<string, Rule<T>>>, facts: T): readonly string[] {
    return Object.entries(rules).flatMap(([name, rule]) =>
        wrong(rule(facts)).map((what) => `${name}: ${what}`),
    );
}

export function wrong(findings: Readonly<Record<string, boolean>>): readonly string[] {
    return Object.keys(findings).filter((what) => findings[what]);
}

export function valueAt(root: unknown, path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, key)
                ? (value as Config)[key]
                : undefined,
        root,
    );
}
