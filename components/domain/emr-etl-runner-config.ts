import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import type { EmrEtlRunnerSettings } from "../args/emr-etl-runner";
import { formatS3Url, type LocationPath, type Mode, type ResolvedLocation } from "./locations";
import { EMR_TAG, STACK_TAG } from "./naming";
import type { Region } from "./region";

/**
 * The only live ERB in the file: an unset variable fails at once, with its own name, where `ENV[…]` gives nil and an
 * unreadable contract error.
 */
export const CREDENTIALS = {
    access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
    secret_access_key: "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
} as const;

/** What is the same in every stack. */
export const FIXED = {
    /** An SSE-S3 header on s3-dist-cp: every bucket takes it, whatever the security configuration says. */
    encrypted: true,
    /** A placement would override the subnet. */
    placement: null,
    software: { hbase: null, lingual: null },
    hadoop_elasticsearch: "0.1.0",
} as const;

export interface EmrEtlRunnerConfigArgs {
    readonly stack: string;
    readonly region: Region;
    readonly mode: Mode;
    readonly settings: EmrEtlRunnerSettings;
    readonly locations: readonly ResolvedLocation[];
    /** Whether nodes must accept one another's certificate under any name. Default: no. */
    readonly anyHostname?: boolean;
    /** The instance profile's name, which is also the role's. */
    readonly jobflowRole: string;
    readonly serviceRole: string;
    readonly subnetId: string;
    readonly keyName: string;
    /** Null where there is nothing to say in one. */
    readonly securityConfiguration: string | null;
}

/**
 * EmrEtlRunner's config.yml. The file goes through ERB, then Ruby's YAML 1.1 reader: every text is in double quotes
 * and on one line, and `<%` in a value is written `<%%`, which ERB turns back.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/contracts.rb
 */
export function renderEmrEtlRunnerConfig(args: EmrEtlRunnerConfigArgs): string {
    const { aws, ...others } = escapeErb(configTree(args));
    // Not in the package's YAML 1.1: it writes `<<` bare. With every text in quotes, the versions do not differ.
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

/** Keys that the user chose: `yes`, `5.9` and `:x` are no texts to Ruby unless quoted. */
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

function configTree({ settings, ...args }: EmrEtlRunnerConfigArgs) {
    const { aws, collectors, enrich, storage, monitoring } = settings;
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
            // The stack's own last: a user cannot take a cluster out of the stack.
            tags: { ...monitoring.tags, ...EMR_TAG, [STACK_TAG]: args.stack },
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

/** Null where the mode has no such location: EmrEtlRunner crashes on an empty text. */
function location(args: Pick<EmrEtlRunnerConfigArgs, "locations">, path: LocationPath): string | null {
    return urls(args, path)[0] ?? null;
}

/** ERB would run what follows `<%` on the operator's machine; it prints `<%%` as `<%`. */
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

/** YAML 1.1 takes these for line breaks or for the start of a stream; all of them stand inside double quotes. */
function escapeForRuby(text: string): string {
    return text.replace(/[\u2028\u2029\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** Hadoop's encrypted shuffle otherwise compares the certificate's names with the node's. */
function withAnyHostname(configuration: EmrEtlRunnerSettings["aws"]["emr"]["configuration"]) {
    return {
        ...configuration,
        "core-site": { ...configuration?.["core-site"], "hadoop.ssl.hostname.verifier": "ALLOW_ALL" },
    };
}
