import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import { foldersOf, formatS3Url, type LocationPath, type Mode, type ResolvedLocation } from "./locations";
import { EMR_TAG, STACK_TAG } from "./naming";
import type { Region } from "./region";

/**
 * The only ERB tags in the file. If a variable is not set, `ENV.fetch` raises an error with its name; `ENV[…]` would give
 * nil, and EmrEtlRunner an unreadable contract error.
 */
export const CREDENTIALS = {
    access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
    secret_access_key: "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
} as const;

/** The values that are the same in every stack. */
export const FIXED = {
    /** s3-dist-cp sends an SSE-S3 header, with or without a security configuration. Every bucket accepts it. */
    encrypted: true,
    /** A placement would override the subnet. */
    placement: null,
    software: { hbase: null, lingual: null },
    hadoop_elasticsearch: "0.1.0",
} as const;

/** The size of a cluster. */
interface Jobflow {
    readonly job_name: string | null;
    readonly master_instance_type: string;
    readonly core_instance_count: number;
    readonly core_instance_type: string;
    readonly core_instance_ebs: {
        /** In GB. */
        readonly volume_size: number;
        readonly volume_type: string;
        readonly volume_iops: number | null;
        readonly ebs_optimized: boolean | null;
    } | null;
    readonly task_instance_count: number;
    readonly task_instance_type: string;
    /** In USD an hour; null for on-demand nodes. */
    readonly task_instance_bid: number | null;
}

/** The keys of config.yml that the user decides. The renderer copies keys of type `object` without reading them. */
export interface EmrEtlRunnerKeys {
    readonly aws: {
        readonly s3: {
            readonly buckets: { readonly assets: string; readonly jsonpath_assets: string | null };
            readonly consolidate_shredded_output: boolean | null;
        };
        readonly emr: {
            readonly ami_version: string;
            readonly bootstrap: readonly string[] | null;
            readonly jobflow: Jobflow;
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
    /** Whether nodes accept a certificate with other host names. @default false */
    readonly anyHostname?: boolean;
    /** The instance profile's name, which is also the role's. */
    readonly jobflowRole: string;
    readonly serviceRole: string;
    readonly subnetId: string;
    readonly keyName: string;
    /** The security configuration's name; null if none exists. */
    readonly securityConfiguration: string | null;
}

export type ConfigTree = ReturnType<typeof configTree>;

/**
 * Renders EmrEtlRunner's config.yml. EmrEtlRunner reads it with ERB, then with Ruby's YAML 1.1 parser. So every string is
 * in double quotes on one line, and `<%` in a value is written `<%%`, which ERB prints as `<%`.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/contracts.rb
 */
export function renderEmrEtlRunnerConfig(args: EmrEtlRunnerConfigArgs): string {
    const { aws, ...rest } = escapeErb(configTree(args));
    // Not in the package's YAML 1.1 mode, which writes `<<` without quotes. Quoted strings are the same in both versions.
    const document = new Document({ aws: { ...CREDENTIALS, ...aws }, ...rest });
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
    return `# EmrEtlRunner's config.yml for the stack ${args.stack}, by snowplow-emr-encryption.\n# Render it again after each \`pulumi up\`.\n${escapeForRuby(text)}`;
}

/** Quotes the keys of a map, which the user chose. Without quotes, Ruby does not read `yes`, `5.9` and `:x` as strings. */
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

/** The content of config.yml, without the credentials. */
export function configTree(args: EmrEtlRunnerConfigArgs) {
    const { aws, collectors, enrich, storage, monitoring } = args.emrEtlRunner;
    const { buckets } = aws.s3;
    const batch = args.mode === "batch";
    const urls = (path: LocationPath) => foldersOf(args.locations, path).map(formatS3Url);
    // Null if the mode does not have the location: EmrEtlRunner crashes on an empty string.
    const url = (path: LocationPath) => urls(path)[0] ?? null;
    return {
        aws: {
            s3: {
                region: args.region,
                buckets: {
                    assets: buckets.assets,
                    jsonpath_assets: buckets.jsonpath_assets,
                    log: url("log"),
                    encrypted: FIXED.encrypted,
                    raw: batch
                        ? {
                              in: urls("raw.in"),
                              processing: url("raw.processing"),
                              archive: url("raw.archive"),
                          }
                        : null,
                    enriched: {
                        good: url("enriched.good"),
                        bad: url("enriched.bad"),
                        errors: url("enriched.errors"),
                        archive: url("enriched.archive"),
                        stream: url("enriched.stream"),
                    },
                    shredded: {
                        good: url("shredded.good"),
                        bad: url("shredded.bad"),
                        errors: url("shredded.errors"),
                        archive: url("shredded.archive"),
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
            // The stack's tags come last, so that the user's tags cannot replace them.
            tags: { ...monitoring.tags, ...EMR_TAG, [STACK_TAG]: args.stackTag },
            logging: monitoring.logging,
            snowplow: monitoring.snowplow,
        },
    };
}

/** ERB would execute the code after `<%` on the operator's machine. It prints `<%%` as `<%`. */
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

/** Escapes the characters that YAML 1.1 reads as line breaks or as the start of a stream. All are inside double quotes. */
function escapeForRuby(text: string): string {
    return text.replace(/[\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** Adds the property without which Hadoop's encrypted shuffle compares a certificate's names with the node's host name. */
function withAnyHostname(configuration: EmrEtlRunnerKeys["aws"]["emr"]["configuration"]) {
    return {
        ...configuration,
        "core-site": { ...configuration?.["core-site"], "hadoop.ssl.hostname.verifier": "ALLOW_ALL" },
    };
}
