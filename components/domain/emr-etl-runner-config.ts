import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import { formatS3Url, type LocationPath, type Mode, type ResolvedLocation } from "./locations";
import { EMR_TAG, STACK_TAG } from "./naming";
import type { Region } from "./region";

/**
 * The only ERB tags in the file. With `ENV.fetch` an unset variable fails at once, with its name; `ENV[…]` would give nil
 * and an unreadable contract error.
 */
export const CREDENTIALS = {
    access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
    secret_access_key: "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
} as const;

/** The values that are the same in every stack. */
export const FIXED = {
    /** s3-dist-cp sends an SSE-S3 header, which every bucket accepts, whatever the security configuration says. */
    encrypted: true,
    /** A placement would override the subnet. */
    placement: null,
    software: { hbase: null, lingual: null },
    hadoop_elasticsearch: "0.1.0",
} as const;

/** The keys of config.yml that the user decides, as far as the renderer reads them. */
export interface EmrEtlRunnerKeys {
    readonly aws: {
        readonly s3: {
            readonly buckets: { readonly assets: string; readonly jsonpath_assets: string | null };
            readonly consolidate_shredded_output: boolean | null;
        };
        readonly emr: {
            readonly ami_version: string;
            readonly bootstrap: readonly string[] | null;
            readonly jobflow: { readonly job_name: string | null };
            readonly bootstrap_failure_tries: number;
            readonly configuration: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
            readonly additional_info: string | null;
        };
    };
    readonly collectors: object;
    readonly enrich: object;
    readonly storage: { readonly versions: object };
    readonly monitoring: {
        readonly tags: Readonly<Record<string, string>> | null;
        readonly logging: object;
        readonly snowplow: object | null;
    };
}

export interface EmrEtlRunnerConfigArgs {
    readonly stack: string;
    /** The value of the stack's tag, which the clusters carry. */
    readonly stackTag: string;
    readonly region: Region;
    readonly mode: Mode;
    /** The keys that the user decides. */
    readonly emrEtlRunner: EmrEtlRunnerKeys;
    readonly locations: readonly ResolvedLocation[];
    /** Whether nodes accept a certificate with other host names. Default: false. */
    readonly anyHostname?: boolean;
    /** The instance profile's name, which is also the role's. */
    readonly jobflowRole: string;
    readonly serviceRole: string;
    readonly subnetId: string;
    readonly keyName: string;
    /** Null where no security configuration exists. */
    readonly securityConfiguration: string | null;
}

/**
 * Renders EmrEtlRunner's config.yml. EmrEtlRunner reads it with ERB, then with Ruby's YAML 1.1 parser. So every string is
 * in double quotes on one line, and `<%` in a value is written `<%%`, which ERB prints as `<%`.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/contracts.rb
 */
export function renderEmrEtlRunnerConfig(args: EmrEtlRunnerConfigArgs): string {
    const { aws, ...others } = escapeErb(configTree(args));
    // In YAML 1.1 mode the package writes `<<` without quotes. With all strings quoted, the versions do not differ.
    const document = new Document({ aws: { ...CREDENTIALS, ...aws }, ...others });
    visit(document, {
        Scalar: (key, node) => {
            if (key !== "key" && typeof node.value === "string") {
                node.type = Scalar.QUOTE_DOUBLE;
            }
        },
    });
    for (const path of [
        ["aws", "emr", "configuration"],
        ["monitoring", "tags"],
    ]) {
        quoteKeys(document.getIn(path));
    }
    const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
    return `# EmrEtlRunner's config.yml for the stack ${args.stack}, by snowplow-emr-encryption. Render it again after each \`pulumi up\`.\n${escapeForRuby(text)}`;
}

/** Quotes keys that the user chose: without quotes, `yes`, `5.9` and `:x` are not strings in Ruby. */
function quoteKeys(node: unknown): void {
    if (!isMap(node)) {
        return;
    }
    for (const { key, value } of node.items) {
        if (isScalar(key)) {
            key.type = Scalar.QUOTE_DOUBLE;
        }
        quoteKeys(value);
    }
}

function configTree(args: EmrEtlRunnerConfigArgs) {
    const { aws, collectors, enrich, storage, monitoring } = args.emrEtlRunner;
    const { buckets } = aws.s3;
    const batch = args.mode === "batch";
    return {
        aws: {
            s3: {
                region: args.region,
                buckets: {
                    assets: buckets.assets,
                    jsonpath_assets: buckets.jsonpath_assets,
                    log: location(args, "log"),
                    encrypted: FIXED.encrypted,
                    raw: batch
                        ? {
                              in: urls(args, "raw.in"),
                              processing: location(args, "raw.processing"),
                              archive: location(args, "raw.archive"),
                          }
                        : null,
                    enriched: {
                        good: location(args, "enriched.good"),
                        bad: location(args, "enriched.bad"),
                        errors: location(args, "enriched.errors"),
                        archive: location(args, "enriched.archive"),
                        stream: location(args, "enriched.stream"),
                    },
                    shredded: {
                        good: location(args, "shredded.good"),
                        bad: location(args, "shredded.bad"),
                        errors: location(args, "shredded.errors"),
                        archive: location(args, "shredded.archive"),
                    },
                },
                consolidate_shredded_output: aws.s3.consolidate_shredded_output ?? batch,
            },
            emr: {
                ami_version: aws.emr.ami_version,
                region: args.region,
                jobflow_role: args.jobflowRole,
                service_role: args.serviceRole,
                placement: FIXED.placement,
                ec2_subnet_id: args.subnetId,
                ec2_key_name: args.keyName,
                security_configuration: args.securityConfiguration,
                bootstrap: aws.emr.bootstrap,
                software: FIXED.software,
                jobflow: {
                    ...aws.emr.jobflow,
                    job_name: aws.emr.jobflow.job_name ?? `Snowplow ETL ${args.stack}`,
                },
                bootstrap_failure_tries: aws.emr.bootstrap_failure_tries,
                configuration: args.anyHostname
                    ? withAnyHostname(aws.emr.configuration)
                    : aws.emr.configuration,
                additional_info: aws.emr.additional_info,
            },
        },
        collectors: batch ? collectors : null,
        enrich,
        storage: {
            versions: { ...storage.versions, hadoop_elasticsearch: FIXED.hadoop_elasticsearch },
        },
        monitoring: {
            // The stack's tags come last, so that no other tag replaces them.
            tags: { ...monitoring.tags, ...EMR_TAG, [STACK_TAG]: args.stackTag },
            logging: monitoring.logging,
            snowplow: monitoring.snowplow,
        },
    };
}

function urls(
    { locations }: Pick<EmrEtlRunnerConfigArgs, "locations">,
    path: LocationPath,
): readonly string[] {
    return (locations.find((row) => row.path === path)?.folders ?? []).map(formatS3Url);
}

/** Null where the mode has no such location: EmrEtlRunner crashes on an empty string. */
function location(args: Pick<EmrEtlRunnerConfigArgs, "locations">, path: LocationPath): string | null {
    return urls(args, path)[0] ?? null;
}

/** ERB would execute what follows `<%` on the operator's machine; it prints `<%%` as `<%`. */
function escapeErb<T>(value: T): T {
    if (typeof value === "string") {
        return value.replaceAll("<%", "<%%") as T;
    }
    if (Array.isArray(value)) {
        return value.map(escapeErb) as T;
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.entries(value).map(([key, below]) => [escapeErb(key), escapeErb(below)]),
        ) as T;
    }
    return value;
}

/** YAML 1.1 reads these characters as line breaks or as the start of a stream. All of them are inside double quotes. */
function escapeForRuby(text: string): string {
    return text.replace(/[\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** Without this property, Hadoop's encrypted shuffle compares the certificate's names with the node's host name. */
function withAnyHostname(configuration: EmrEtlRunnerKeys["aws"]["emr"]["configuration"]) {
    return {
        ...configuration,
        "core-site": { ...configuration?.["core-site"], "hadoop.ssl.hostname.verifier": "ALLOW_ALL" },
    };
}
