import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { z } from "zod";
import { type Registration, type Run, Secret } from "../../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER, PLACEHOLDER_TIME } from "../../testing/placeholder-provider";
import { type AnyStack, type Config, internalDomain, REGIONS } from "./arbitrary-config";
import { type Context, decide, identityPolicy, resourcePolicy } from "./iam";

/*
 * What EmrEtlRunner, RDB Loader and EMR ask of a config.yml and of what it names, from the facts (4.1 to 4.4) and not
 * from the program: its own tables would be their own judges. Everything here hands back what is wrong, in words.
 */

// The file: facts 4.4

const CREDENTIALS: Readonly<Record<string, string>> = {
    "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>": "an access key",
    "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>": "a secret key",
};

/** Ruby's ERB: `<%%` is `<%`, and what stands between `<%` and `%>` runs. */
function erb(source: string): { readonly text: string; readonly live: readonly string[] } {
    const live: string[] = [];
    const text = source.replace(/<%%|<%(?:[\s\S]*?%>|[\s\S]*$)/g, (token) => {
        if (token === "<%%") {
            return "<%";
        }
        live.push(token);
        return CREDENTIALS[token] ?? "";
    });
    return { text, live };
}

/** What EmrEtlRunner reads. */
function load(source: string): unknown {
    return parseDocument(erb(source).text, { version: "1.1" }).toJS();
}

/** Where keys are the user's; all others are EmrEtlRunner's words. */
const FREE_KEYS = /^aws\.emr\.configuration(\.|$)|^monitoring\.tags$/;

/** To YAML 1.1 all of these end a line, or begin a file. */
const LINE_BREAK = /[\n\r\u0085\u2028\u2029\ufeff]/;

/** Control characters, noncharacters, halves of pairs: Ruby turns them into others, or refuses the file for them. */
const UNREADABLE = /(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

function fileProblems(source: string): readonly string[] {
    const { text, live } = erb(source);
    const document = parseDocument(text, { version: "1.1", prettyErrors: false });
    const other = parseDocument(text, { version: "1.2", prettyErrors: false });
    return [
        ...[...document.errors, ...document.warnings].map(({ message }) => message),
        ...nodeProblems(document.contents, "", text),
        ...wrong({
            "live ERB other than the two credentials": !isDeepStrictEqual(live, Object.keys(CREDENTIALS)),
            "YAML 1.2 reads it differently": !isDeepStrictEqual(document.toJS(), other.toJS()),
        }),
    ];
}

/** Anything that a reader may have to guess at. */
function nodeProblems(node: unknown, path: string, text: string): readonly string[] {
    if (isMap(node)) {
        return node.items.flatMap(({ key, value }) => {
            const name = isScalar(key) ? String(key.value) : "";
            const ours = isScalar(key) && key.type === "PLAIN" && /^[a-z][a-z0-9_]*$/.test(name);
            const free = isScalar(key) && isQuoted(key, text);
            return [
                ...((FREE_KEYS.test(path) ? free : ours)
                    ? []
                    : [`${path}: ${JSON.stringify(name)} as a key`]),
                ...nodeProblems(value, path === "" ? name : `${path}.${name}`, text),
            ];
        });
    }
    if (isSeq(node)) {
        return node.items.flatMap((item) => nodeProblems(item, path, text));
    }
    if (!isScalar(node)) {
        return [`${path}: neither object, list, text, number, boolean nor null`];
    }
    const plain = node.type === "PLAIN" && /^(null|true|false|\d+(\.\d+)?)$/.test(node.source ?? "");
    return (typeof node.value === "string" ? isQuoted(node, text) : plain)
        ? []
        : [`${path}: ${node.source} in a form that a reader may guess at`];
}

/** In double quotes, on one line, and of characters that Ruby takes, written as they are or escaped. */
function isQuoted({ type, value, range }: Scalar, text: string): boolean {
    const written = text.slice(range?.[0], range?.[1]);
    return (
        typeof value === "string" &&
        type === "QUOTE_DOUBLE" &&
        !LINE_BREAK.test(written) &&
        !UNREADABLE.test(value)
    );
}

// The types: facts 4.1

/** EmrEtlRunner crashes on an empty location, and hands other empty texts on. */
const text = z.string().min(1);
const texts = z.record(text, z.string());
const whole = (from: number) => z.int().min(from);
const bid = z.number().positive().nullable();
const semver = z.string().regex(/^\d+\.\d+\.\d+(-.+)?$/);

/** EmrEtlRunner ignores keys that it does not know: one that is misspelt would be lost. Hence strict. */
const configYml = z.strictObject({
    aws: z.strictObject({
        access_key_id: z.literal("an access key"),
        secret_access_key: z.literal("a secret key"),
        s3: z.strictObject({
            region: text,
            buckets: z.strictObject({
                assets: text,
                jsonpath_assets: text.nullable(),
                log: text,
                encrypted: z.boolean(),
                raw: z.strictObject({ in: z.array(text).min(1), processing: text, archive: text }).nullable(),
                enriched: z.strictObject({
                    good: text,
                    bad: text.nullable(),
                    errors: text.nullable(),
                    archive: text, // Nullable to the contract, but archiving's own wants a text.
                    stream: text.nullable(),
                }),
                shredded: z.strictObject({
                    good: text,
                    bad: text,
                    errors: text.nullable(),
                    archive: text,
                }),
            }),
            consolidate_shredded_output: z.boolean(),
        }),
        emr: z.strictObject({
            ami_version: z.string().regex(/^\d+\.\d+\.\d+$/),
            region: text,
            jobflow_role: text,
            service_role: text,
            placement: z.null(),
            ec2_subnet_id: text,
            ec2_key_name: text,
            security_configuration: text.nullable(),
            bootstrap: z.array(text).nullable(),
            software: z.strictObject({ hbase: z.null(), lingual: z.null() }),
            jobflow: z.strictObject({
                job_name: text,
                master_instance_type: text,
                core_instance_count: whole(1),
                core_instance_type: text,
                core_instance_bid: bid,
                core_instance_ebs: z
                    .strictObject({
                        volume_size: whole(1),
                        volume_type: z.enum(["standard", "gp2", "io1"]),
                        volume_iops: whole(1).nullable().optional(),
                        ebs_optimized: z.boolean().nullable().optional(),
                    })
                    .nullable(),
                task_instance_count: whole(0),
                task_instance_type: text,
                task_instance_bid: bid,
            }),
            bootstrap_failure_tries: whole(1),
            configuration: z.record(text, texts).nullable(),
            additional_info: text.nullable(),
        }),
    }),
    collectors: z
        .strictObject({
            format: z.string().regex(/^(cloudfront|clj-tomcat|thrift|(json|tsv|ndjson)\/[^\n]+\/[^\n]+)$/),
        })
        .nullable(),
    enrich: z.strictObject({
        versions: z.strictObject({ spark_enrich: text }).nullable(),
        continue_on_unexpected_error: z.boolean().nullable(),
        output_compression: z.enum(["NONE", "GZIP"]),
    }),
    storage: z.strictObject({
        versions: z.strictObject({ rdb_loader: semver, rdb_shredder: semver, hadoop_elasticsearch: semver }),
    }),
    monitoring: z.strictObject({
        tags: texts,
        logging: z.strictObject({ level: z.enum(["DEBUG", "INFO"]) }),
        snowplow: z
            .strictObject({
                method: z.enum(["get", "post"]),
                collector: text,
                app_id: text,
                protocol: text.nullable().optional(),
                port: whole(1).max(65_535).nullable().optional(),
            })
            .nullable(),
    }),
});

type ConfigYml = z.output<typeof configYml>;

// What fields say of one another: facts 4.3

/** A config.yml, what it was asked to be, and what it follows from that. */
interface Read {
    readonly yml: ConfigYml;
    readonly given: AnyStack;
    readonly locations: Readonly<Record<string, readonly string[]>>;
    readonly release: readonly number[];
    readonly switches: Readonly<Record<(typeof SWITCHES)[number], boolean>>;
}

const SWITCHES = ["atRestS3", "atRestLocalDisks", "inTransit", "requireImdsV2"] as const;

type Rule<T> = (facts: T) => Readonly<Record<string, boolean>>;

/** Each says what is wrong, where it is true. */
const FILE_RULES: Readonly<Record<string, Rule<Read>>> = {
    "4.3.1 stream-enrich mode": ({ yml, given }) => {
        const { raw, enriched } = yml.aws.s3.buckets;
        const stream = enriched.stream !== null;
        return {
            "the mode is not the one asked for": stream !== Boolean(valueAt(given.config, STREAM)),
            raw: stream && raw !== null,
            collectors: stream && yml.collectors !== null,
            "enriched.bad": stream && enriched.bad !== null,
            "not GZIP": stream && yml.enrich.output_compression !== "GZIP",
        };
    },
    "4.3.2 batch mode": ({ yml }) => {
        const { raw, enriched } = yml.aws.s3.buckets;
        const batch = enriched.stream === null;
        return {
            "no raw": batch && raw === null,
            "no format": batch && yml.collectors === null,
            "no spark_enrich": batch && yml.enrich.versions === null,
            "no enriched.bad": batch && enriched.bad === null,
        };
    },
    "4.3.3 encrypted": ({ yml }) => ({ "not true": yml.aws.s3.buckets.encrypted !== true }),
    "4.3.4 security configuration": ({ yml, switches }) => ({
        "not where a switch is on, and only there":
            (yml.aws.emr.security_configuration !== null) !== Object.values(switches).includes(true),
    }),
    "4.3.6, 4.3.7 release": ({ release, switches }) => {
        const { requireImdsV2, ...others } = switches;
        return {
            "no security configurations": Object.values(others).includes(true) && !atLeast(release, 4, 8),
            "no IMDSv2 alone": requireImdsV2 && !imdsV2Only(release),
        };
    },
    "3.4 names of nodes": ({ yml, given }) => {
        const coreSite = yml.aws.emr.configuration?.["core-site"] ?? {};
        return {
            "accepted under any name, or not where they are others":
                (coreSite[HOSTNAME_VERIFIER] === "ALLOW_ALL") !== takesAnyHostname(given),
            "two core-sites": takesAnyHostname(given) && yml.collectors?.format === "thrift",
        };
    },
    "4.3.9 tags": ({ yml, given }) => ({
        "not EMR's": yml.monitoring.tags["for-use-with-amazon-emr-managed-policies"] !== "true",
        "not the stack's": yml.monitoring.tags["snowplow-emr-stack"] !== given.stack,
    }),
    "4.3.11 region": ({ yml, given }) => ({
        "not the stack's": ![yml.aws.s3.region, yml.aws.emr.region].every(
            (region) => region === given.region,
        ),
        "without hosted assets": !REGIONS.some((region) => region === given.region),
    }),
    "4.3.12 locations": ({ yml, locations }) => {
        const folders = Object.values(locations).flat();
        const { assets, jsonpath_assets } = yml.aws.s3.buckets;
        const urls = [...folders, assets, ...(yml.aws.emr.bootstrap ?? []), jsonpath_assets ?? assets];
        const prefixed = ["raw.processing", "enriched.good", "shredded.good"];
        return {
            "no S3 URL, or a dot in a bucket": urls.some((url) => !S3_URL.test(url)),
            "no folder": folders.some((url) => !url.endsWith("/")),
            "a bucket's root": prefixed.some((path) =>
                locations[path]?.some((url) => /^s3:\/\/[^/]*\/?$/.test(url)),
            ),
            "one in another": folders.some((url, index) =>
                folders.some((outer, other) => other !== index && url.startsWith(outer)),
            ),
        };
    },
    "4.3.14 volumes": ({ yml }) => {
        const volume = yml.aws.emr.jobflow.core_instance_ebs;
        return { "io1 without IOPS": volume?.volume_type === "io1" && !volume.volume_iops };
    },
    "what was asked for": ({ yml, given }) => ({
        [`does not arrive: ${lost(yml, given).join(", ")}`]: lost(yml, given).length > 0,
    }),
    "managed locations": ({ given, locations }) => {
        const others = Object.entries(MANAGED).filter(([path, folder]) => {
            const value = valueAt(given.config, [...BUCKETS, ...path.split(".")]) ?? "managed";
            const there = locations[path] ?? [];
            const url = `s3://${prefix(given.stack)}-${folder.replace("/", `-${PLACEHOLDER}/`)}`;
            return value === "managed" && there.length > 0 && !isDeepStrictEqual(there, [url]);
        });
        return { [`elsewhere: ${others.join(", ")}`]: others.length > 0 };
    },
};

const HOSTNAME_VERIFIER = "hadoop.ssl.hostname.verifier";

/** Whether the nodes' names are not in their certificate, or may not be, and the user will have it so. */
export function takesAnyHostname({ config, domainName }: AnyStack): boolean {
    return (
        (domainName !== undefined || typeof valueAt(config, ["certificates", "archive"]) === "string") &&
        valueAt(config, ["network", "existing", "allowHostnameMismatch"]) === true &&
        valueAt(config, ["encryption", "inTransit"]) !== false
    );
}

const S3_URL = /^s3:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9](\/[^/*?]+)*\/?$/;

const BUCKETS = ["emrEtlRunner", "aws", "s3", "buckets"];
const STREAM = [...BUCKETS, "enriched", "stream"];

/** README.md's buckets, and what is a location's own in them. */
const MANAGED: Readonly<Record<string, string>> = {
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

/** What all names in AWS begin with: at most 16 characters of the stack's name, none but small letters and digits. */
function prefix(stack: string): string {
    const words = stack.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return ["snowplow", words.join("-").slice(0, 16).replace(/-$/, "")]
        .filter((word) => word !== "")
        .join("-");
}

function locationsOf({ aws }: ConfigYml): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
        Object.keys(MANAGED).map((path) => [
            path,
            [valueAt(aws.s3.buckets, path.split(".")) ?? []].flat() as unknown as readonly string[],
        ]),
    );
}

/** The paths of what the user wrote and config.yml does not say. */
function lost(yml: ConfigYml, stack: AnyStack): readonly string[] {
    const given = stack.config.emrEtlRunner;
    return written(given, [])
        .filter((path) => {
            const wanted = valueAt(given, path.split("."));
            const withOurs =
                path === "aws.emr.configuration" && wanted !== null && takesAnyHostname(stack)
                    ? withCoreSite(wanted as Texts)
                    : wanted;
            return !arrives(path, withOurs, valueAt(yml, path.split(".")));
        })
        .sort();
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

function withCoreSite(configuration: Texts): Texts {
    return {
        ...configuration,
        "core-site": { ...configuration["core-site"], [HOSTNAME_VERIFIER]: "ALLOW_ALL" },
    };
}

/** The paths of settings: objects of the user's own keys are one each. */
function written(value: unknown, path: readonly string[]): readonly string[] {
    const name = path.join(".");
    const isSetting = typeof value !== "object" || value === null || Array.isArray(value);
    return isSetting || FREE_KEYS.test(name)
        ? [name]
        : Object.entries(value).flatMap(([key, below]) => written(below, [...path, key]));
}

function arrives(path: string, wanted: unknown, found: unknown): boolean {
    if (wanted === null || wanted === undefined || /^aws\.\w+_key(_id)?$/.test(path)) {
        return true; // A default, or none; and credentials come by ERB.
    }
    const location = path.replace(/^aws\.s3\.buckets\./, "");
    if (Object.hasOwn(MANAGED, location)) {
        const urls = [wanted].flat().map((url) => String(url).replace(/\/?$/, "/"));
        return wanted === "managed" || isDeepStrictEqual([found].flat(), urls);
    }
    return isDeepStrictEqual(
        path === "monitoring.tags" ? { ...Object(found), ...Object(wanted) } : wanted,
        found,
    );
}

function atLeast([major = 0, minor = 0]: readonly number[], otherMajor: number, otherMinor: number): boolean {
    return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}

/** 5.23.1, 5.27.1, from 5.32.0 on, from 6.2.0 on. */
function imdsV2Only(release: readonly number[]): boolean {
    const text = release.join(".");
    return (
        text === "5.23.1" ||
        text === "5.27.1" ||
        (release[0] === 5 ? atLeast(release, 5, 32) : atLeast(release, 6, 2))
    );
}

// What config.yml names, and what the stack must have made of it

interface Made extends Read {
    readonly run: Run;
    readonly region: string;
    /** The document that `security_configuration` names; empty where there is none. */
    readonly security: SecurityDocument;
    readonly roles: { readonly jobflow: MadeRole; readonly service: MadeRole };
    readonly theirs: Theirs;
}

interface MadeRole {
    readonly name: string;
    readonly arn: string;
    /** Whether it is the user's own. */
    readonly existing: boolean;
    readonly inlinePolicies: readonly string[];
    readonly managedPolicyArns: readonly string[];
}

/** What the stack config names as there already; undefined, or null, where the stack makes its own. */
interface Theirs {
    readonly network: { readonly vpcId: string; readonly subnetIds: readonly string[] } | null | undefined;
    readonly securityGroups: string | undefined;
    readonly keyArn: string | null | undefined;
    readonly archive: string | null | undefined;
    readonly chain: string | null | undefined;
}

/** The parts of EMR's JSON that are looked at. */
interface SecurityDocument {
    readonly EncryptionConfiguration?: {
        readonly EnableInTransitEncryption?: unknown;
        readonly EnableAtRestEncryption?: unknown;
        readonly InTransitEncryptionConfiguration?: {
            readonly TLSCertificateConfiguration?: {
                readonly CertificateProviderType?: unknown;
                readonly S3Object?: unknown;
            };
        };
        readonly AtRestEncryptionConfiguration?: {
            readonly S3EncryptionConfiguration?: unknown;
            readonly LocalDiskEncryptionConfiguration?: Readonly<Record<string, unknown>>;
        };
    };
    readonly InstanceMetadataServiceConfiguration?: unknown;
    readonly AuthenticationConfiguration?: unknown;
}

const PROGRAM_RULES: Readonly<Record<string, Rule<Made>>> = {
    "4.3.3 default encryption": ({ run, given }) => {
        const buckets = resources(run, "aws:s3/bucket:Bucket").map(
            ({ inputs }) => `${inputs.bucketPrefix}${PLACEHOLDER}`,
        );
        const encrypted = resources(
            run,
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        )
            .filter(({ inputs }) => JSON.stringify(inputs.rules).includes('"sseAlgorithm":"AES256"'))
            .map(({ inputs }) => inputs.bucket);
        const without = buckets.filter((bucket) => !encrypted.includes(bucket));
        const named = listOf(given, ["storage", "encryptExistingBuckets"]);
        return {
            [`none on ${without.join(", ")}`]: without.length > 0,
            "not on the user's buckets that are named, or on others": !isDeepStrictEqual(
                new Set(encrypted.filter((bucket) => !buckets.includes(String(bucket)))),
                new Set(named),
            ),
        };
    },
    "4.3.3 policies of the user's buckets": ({ run, given }) => {
        const managed = resources(run, "aws:s3/bucket:Bucket").map(
            ({ inputs }) => `${inputs.bucketPrefix}${PLACEHOLDER}`,
        );
        const policies = resources(run, "aws:s3/bucketPolicy:BucketPolicy").filter(
            ({ inputs }) => !managed.includes(String(inputs.bucket)),
        );
        const decided = (action: string, context: Context) =>
            policies.map(({ inputs }) =>
                decide(
                    {
                        caller: ANYBODY,
                        action,
                        resource: `arn:aws:s3:::${inputs.bucket}/some/object`,
                        context,
                    },
                    { resource: { policy: resourcePolicy(String(inputs.policy)) } },
                ),
            );
        const tls = { "aws:SecureTransport": "true" };
        const sse = "s3:x-amz-server-side-encryption";
        return {
            "on others than those named": !isDeepStrictEqual(
                policies.map(({ inputs }) => inputs.bucket).sort(),
                [...listOf(given, ["storage", "policiesOnExistingBuckets"])].sort(),
            ),
            "plain HTTP": decided("s3:GetObject", { "aws:SecureTransport": "false" }).some(
                (decision) => decision !== "explicitDeny",
            ),
            "another encryption": decided("s3:PutObject", { ...tls, [sse]: "aws:kms" }).some(
                (decision) => decision !== "explicitDeny",
            ),
            "not what EMR sends": [{ ...tls }, { ...tls, [sse]: "AES256" }]
                .flatMap((headers) => decided("s3:PutObject", headers))
                .includes("explicitDeny"),
        };
    },
    "4.3.4 security configuration": ({ yml, run, security, switches }) => {
        const { EncryptionConfiguration: encryption = {} } = security;
        const atRest = encryption.AtRestEncryptionConfiguration;
        const named = yml.aws.emr.security_configuration;
        const made = resources(run, "aws:emr/securityConfiguration:SecurityConfiguration");
        return {
            "not the one that was made": !isDeepStrictEqual(
                made.map(({ inputs }) => `${inputs.namePrefix}${PLACEHOLDER}`),
                named === null ? [] : [named],
            ),
            "not the output": run.outputs.securityConfigurationName !== named,
            "at rest in S3": (atRest?.S3EncryptionConfiguration !== undefined) !== switches.atRestS3,
            "at rest on local disks":
                (atRest?.LocalDiskEncryptionConfiguration !== undefined) !== switches.atRestLocalDisks,
            "at rest":
                (encryption.EnableAtRestEncryption === true) !==
                (switches.atRestS3 || switches.atRestLocalDisks),
            "in transit":
                (encryption.EnableInTransitEncryption === true) !== switches.inTransit ||
                (encryption.InTransitEncryptionConfiguration !== undefined) !== switches.inTransit,
        };
    },
    "4.3.5 local disks": (made) => {
        const { run, release, security, switches, roles, theirs } = made;
        const disks =
            security.EncryptionConfiguration?.AtRestEncryptionConfiguration?.LocalDiskEncryptionConfiguration;
        const uses = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey"];
        const forAws = { "kms:GrantIsForAWSResource": "true" };
        const archives = resources(run, "aws:s3/bucketObjectv2:BucketObjectv2");
        return {
            "not under the key":
                switches.atRestLocalDisks &&
                !isDeepStrictEqual(disks, {
                    EncryptionKeyProviderType: "AwsKms",
                    AwsKmsKey: keyArn(made),
                    ...(atLeast(release, 5, 24) && { EnableEbsEncryption: true }),
                }),
            "another key in the outputs": run.outputs.kmsKeyArn !== keyArn(made),
            "another key for the archive": archives.some(({ inputs }) => inputs.kmsKeyId !== keyArn(made)),
            "no key, or one too many":
                resources(run, "aws:kms/key:Key").length !== (theirs.keyArn ? 0 : 1) ||
                resources(run, "aws:kms/alias:Alias").length !== (theirs.keyArn ? 0 : 1),
            "a role may not use the key": Object.values(roles).some((role) =>
                uses.some((action) => !mayUseKey(made, role, action)),
            ),
            "the service role may not grant it": !mayUseKey(made, roles.service, "kms:CreateGrant", forAws),
        };
    },
    "4.3.6 in transit": (made) => {
        const { run, region, release, security, switches, roles, theirs, given } = made;
        const domain = internalDomain(region);
        const requested = resources(run, "tls:index/certRequest:CertRequest").map(
            ({ inputs }) => inputs.dnsNames,
        );
        const options = resources(run, "aws:ec2/vpcDhcpOptions:VpcDhcpOptions").map(
            ({ inputs }) => inputs.domainName,
        );
        const tls =
            security.EncryptionConfiguration?.InTransitEncryptionConfiguration?.TLSCertificateConfiguration;
        const uploads = resources(run, "aws:s3/bucketObjectv2:BucketObjectv2");
        const [archive] = theirs.archive
            ? [theirs.archive]
            : uploads.map(({ inputs }) => `s3://${inputs.bucket}/${inputs.key}`);
        const object = String(archive).replace(/^s3:\/\//, "arn:aws:s3:::");
        const issued = run.registrations.filter(({ type }) => type.startsWith("tls:"));
        const { certificateExpiresAt: end } = run.outputs;
        return {
            "another domain in the certificate": !isDeepStrictEqual(
                requested,
                theirs.archive || theirs.chain ? [] : [[`*.${domain}`]],
            ),
            "a certificate besides the user's":
                Boolean(theirs.archive || theirs.chain) && issued.some(isNodes),
            "another domain in the VPC": !isDeepStrictEqual(options, theirs.network ? [] : [domain]),
            "not PEM": switches.inTransit && tls?.CertificateProviderType !== "PEM",
            "another archive": switches.inTransit && tls?.S3Object !== archive,
            "an archive besides the user's": uploads.length !== (theirs.archive ? 0 : 1),
            "an archive in plain": uploads.some(({ inputs }) => !(inputs.contentBase64 instanceof Secret)),
            "a role cannot read the archive": Object.values(roles).some(
                (role) => !mayRead(made, role, object),
            ),
            "another end": theirs.archive
                ? end !== null
                : theirs.chain
                  ? end !== new Date(new X509Certificate(theirs.chain).validTo).toISOString()
                  : end !== PLACEHOLDER_TIME,
            "no warning of SASL":
                switches.inTransit &&
                !atLeast(release, 5, 9) &&
                !String(run.outputs.warnings).includes("5.9.0"),
            "no warning of names":
                String(run.outputs.warnings).includes(HOSTNAME_VERIFIER) !== takesAnyHostname(given),
        };
    },
    "4.3.7 what EmrEtlRunner cannot use": ({ security, switches }) => {
        const atRest = security.EncryptionConfiguration?.AtRestEncryptionConfiguration;
        return {
            Kerberos: security.AuthenticationConfiguration !== undefined,
            "another S3 mode than SSE-S3":
                switches.atRestS3 &&
                !isDeepStrictEqual(atRest?.S3EncryptionConfiguration, { EncryptionMode: "SSE-S3" }),
            IMDSv2: !isDeepStrictEqual(
                security.InstanceMetadataServiceConfiguration,
                switches.requireImdsV2
                    ? { MinimumInstanceMetadataServiceVersion: 2, HttpPutResponseHopLimit: 1 }
                    : undefined,
            ),
        };
    },
    "4.3.8 where clusters run": ({ yml, run, given, theirs }) => {
        const subnets = run.outputs.subnetIds as readonly string[];
        const [zone] = listOf(given, ["network", "availabilityZones"]);
        const made = run.registrations.filter(({ type }) => type.startsWith("aws:ec2/"));
        const groups = made.filter(({ type }) => type === SECURITY_GROUP);
        const subnet = made.find(({ name }) => yml.aws.emr.ec2_subnet_id === `subnet-${PLACEHOLDER}-${name}`);
        const vpc = theirs.network?.vpcId ?? `vpc-${PLACEHOLDER}`;
        return {
            "not the first subnet": subnets[0] !== yml.aws.emr.ec2_subnet_id,
            "another zone": subnet?.inputs.availabilityZone !== zone,
            "not the user's subnets": theirs.network
                ? !isDeepStrictEqual(subnets, theirs.network.subnetIds)
                : subnet === undefined,
            "another VPC": run.outputs.vpcId !== vpc || groups.some(({ inputs }) => inputs.vpcId !== vpc),
            "a network besides the user's":
                Boolean(theirs.network) &&
                made.some(({ type }) => type !== SECURITY_GROUP && type !== KEY_PAIR),
            "addresses that are not the stack's":
                Boolean(theirs.network) && !isDeepStrictEqual(run.outputs.egressIps, []),
            "EMR's groups, where they are not to be made, or none":
                groups.length > 0 !== (!theirs.network || theirs.securityGroups === "create"),
        };
    },
    "4.3.8 as whom clusters run": ({ yml, run, given, roles }) => {
        const { jobflow, service } = roles;
        const profiles = resources(run, "aws:iam/instanceProfile:InstanceProfile");
        const path = String(valueAt(given.config, ["access", "path"]) ?? "/");
        const boundary = valueAt(given.config, ["access", "permissionsBoundary"]) ?? undefined;
        const required = run.outputs.requiredPolicies as Readonly<Record<string, unknown>> | undefined;
        const own = [
            ...Object.values(roles).filter(({ existing }) => !existing),
            ...Object.entries(ROLES_ASKED_FOR)
                .filter(([, setting]) => valueAt(given.config, setting))
                .map(([kind]) => ownRole(run, given, kind)),
        ];
        const inPath = resources(run, "aws:iam/policy:Policy").concat(
            profiles,
            resources(run, "aws:iam/role:Role"),
        );
        return {
            "a profile of another name than its role": profiles.some(
                ({ inputs }) => inputs.name !== jobflow.name || inputs.role !== jobflow.name,
            ),
            "no profile, or one besides the user's": profiles.length !== (jobflow.existing ? 0 : 1),
            "not the jobflow role": ![yml.aws.emr.jobflow_role, run.outputs.jobflowRole].every(
                (name) => name === jobflow.name,
            ),
            // EMR finds a role by its name only where it has no path.
            "not the service role":
                yml.aws.emr.service_role !==
                (service.arn.endsWith(`:role/${service.name}`) ? service.name : service.arn),
            "another service role in the outputs": run.outputs.serviceRole !== service.name,
            "roles besides the user's": resources(run, "aws:iam/role:Role").length !== own.length,
            "another path": inPath.some(({ inputs }) => inputs.path !== path),
            "another boundary": resources(run, "aws:iam/role:Role").some(
                ({ inputs }) => inputs.permissionsBoundary !== boundary,
            ),
            "a change of the user's role": POLICY_OF_ROLE.flatMap((type) => resources(run, type)).some(
                ({ inputs }) => !own.some(({ name }) => name === inputs.role),
            ),
            "other managed policies on the jobflow role": !isDeepStrictEqual(
                new Set(jobflow.managedPolicyArns),
                new Set(listOf(given, ["access", "policyArns"])),
            ),
            "other managed policies on the service role": !isDeepStrictEqual(service.managedPolicyArns, [
                "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2",
            ]),
            "required policies of a role that is the stack's": !isDeepStrictEqual(
                Object.keys(required ?? {}).filter((role) => required?.[role] !== undefined),
                [...(service.existing ? ["serviceRole"] : []), ...(jobflow.existing ? ["jobflowRole"] : [])],
            ),
            "a role that may not be passed": !(
                mayPass(operator(run), service, "elasticmapreduce.amazonaws.com") &&
                mayPass(operator(run), jobflow, "ec2.amazonaws.com") &&
                mayPass(service, jobflow, "ec2.amazonaws.com")
            ),
        };
    },
    "4.3.10 Spot": (made) => {
        const { core_instance_bid: core, task_instance_bid: task } = made.yml.aws.emr.jobflow;
        const arn = `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`;
        const role = { arn, inlinePolicies: [] };
        const context = { "kms:CallerAccount": ACCOUNT_ID, "kms:GrantIsForAWSResource": "true" };
        const may = ["kms:Decrypt", "kms:CreateGrant"].map((action) =>
            mayUseKey(made, role, action, context),
        );
        return {
            "the key without a bid": (core ?? task) === null && may.includes(true),
            "not the key with a bid": (core ?? task) !== null && may.includes(false),
        };
    },
    "4.3.11 partition": ({ run }) => {
        const arns = run.registrations.flatMap(
            ({ inputs }) => JSON.stringify(inputs).match(/arn:[^:]*:/g) ?? [],
        );
        return { "another than aws": arns.some((start) => start !== "arn:aws:") };
    },
    "4.3.13 no secret": ({ run }) => ({
        "a secret output": run.secretOutputs.length > 0,
        "a private key": /BEGIN [A-Z ]*PRIVATE KEY/.test(JSON.stringify(run.outputs)),
    }),
    "the outputs": ({ run, locations }) => ({
        "other locations than config.yml's": !isDeepStrictEqual(
            Object.fromEntries(
                Object.entries(run.outputs.buckets as object).map(([path, urls]) => [path, [urls].flat()]),
            ),
            Object.fromEntries(Object.entries(locations).filter(([, urls]) => urls.length > 0)),
        ),
        "another security configuration": !isDeepStrictEqual(
            run.outputs.securityConfiguration ?? undefined,
            resources(run, "aws:emr/securityConfiguration:SecurityConfiguration")[0]?.inputs.configuration,
        ),
    }),
};

function resources({ registrations }: Run, type: string): readonly Registration[] {
    return registrations.filter((registration) => registration.type === type);
}

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const KEY_PAIR = "aws:ec2/keyPair:KeyPair";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const POLICY_OF_ROLE = [ROLE_POLICY, ATTACHMENT];

/** Roles that are no cluster's, by the setting that asks for them. */
const ROLES_ASKED_FOR: Readonly<Record<string, readonly string[]>> = {
    reencryption: ["storage", "reencryption"],
    reminder: ["certificates", "remindTopicArn"],
};

/** Of the TLS resources, all but the key pair for logging in. */
function isNodes({ name }: Registration): boolean {
    return !name.startsWith("ssh-");
}

function listOf({ config }: AnyStack, path: readonly string[]): readonly string[] {
    return (valueAt(config, path) ?? []) as readonly string[];
}

/** The user's, or the stack's. */
function keyArn({ theirs, region }: Made): string {
    return theirs.keyArn ?? `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${PLACEHOLDER}`;
}

function accountOf(arn: string): string {
    return arn.split(":")[4] ?? "";
}

/** The path begins and ends with a slash. */
export function roleArn(path: string, name: string): string {
    return `arn:aws:iam::${ACCOUNT_ID}:role${path}${name}`;
}

const ANYBODY = { AWS: `arn:aws:iam::${ACCOUNT_ID}:user/anybody` };

type Identity = Pick<MadeRole, "arn" | "inlinePolicies">;

function identity({ inlinePolicies }: Identity) {
    return inlinePolicies.map(identityPolicy);
}

/** A key of the user's delegates to its account's IAM, as KMS's default does, and says what the outputs ask for. */
function keyPolicy({ run, theirs }: Made) {
    if (!theirs.keyArn) {
        return resources(run, "aws:kms/key:Key").map(({ inputs }) =>
            resourcePolicy(String(inputs.policy)),
        )[0];
    }
    const delegates = {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountOf(theirs.keyArn)}:root` },
        Action: "kms:*",
        Resource: "*",
    };
    const besides = (run.outputs.kmsKeyPolicyStatements ?? []) as readonly unknown[];
    return resourcePolicy(JSON.stringify({ Version: "2012-10-17", Statement: [delegates, ...besides] }));
}

function mayUseKey(made: Made, caller: Identity, action: string, context: Context = {}): boolean {
    const key = keyArn(made);
    const request = { caller: { AWS: caller.arn }, action, resource: key, context };
    const resource = { policy: keyPolicy(made), account: accountOf(key) };
    return decide(request, { identity: identity(caller), resource }) === "allowed";
}

function mayRead({ run }: Made, caller: Identity, object: string): boolean {
    const policy = resources(run, "aws:s3/bucketPolicy:BucketPolicy")
        .filter(({ inputs }) => object.startsWith(`arn:aws:s3:::${inputs.bucket}/`))
        .map(({ inputs }) => resourcePolicy(String(inputs.policy)))[0];
    const context = { "aws:SecureTransport": "true" };
    const request = { caller: { AWS: caller.arn }, action: "s3:GetObject", resource: object, context };
    return decide(request, { identity: identity(caller), resource: { policy } }) === "allowed";
}

/** The user that runs EmrEtlRunner. */
function operator(run: Run): Identity {
    const policies = resources(run, "aws:iam/policy:Policy");
    return { arn: ANYBODY.AWS, inlinePolicies: policies.map(({ inputs }) => String(inputs.policy)) };
}

function mayPass(caller: Identity, passed: MadeRole, service: string): boolean {
    const context = { "iam:PassedToService": service };
    const request = { caller: { AWS: caller.arn }, action: "iam:PassRole", resource: passed.arn, context };
    return decide(request, { identity: identity(caller) }) === "allowed";
}

// The two questions

/** What is wrong with a config.yml, for the stack that it was rendered for: nothing, as it should be. */
export function configProblems(source: string, given: AnyStack): readonly string[] {
    const inFile = fileProblems(source);
    const { data: yml, error } = configYml.safeParse(load(source));
    return yml === undefined
        ? [...inFile, ...error.issues.map(({ path, message }) => `4.1 ${path.join(".")}: ${message}`)]
        : [...inFile, ...broken(FILE_RULES, read(yml, given))];
}

/** What is wrong with a whole run, its config.yml among the rest. */
export function programProblems(run: Run, given: AnyStack): readonly string[] {
    const source = String(run.outputs.emrEtlRunnerConfig);
    const inFile = configProblems(source, given);
    if (inFile.length > 0) {
        return inFile;
    }
    const { securityConfiguration } = run.outputs;
    return broken(PROGRAM_RULES, {
        ...read(configYml.parse(load(source)), given),
        run,
        region: given.region,
        security: typeof securityConfiguration === "string" ? JSON.parse(securityConfiguration) : {},
        roles: { jobflow: roleOf(run, given, "jobflow"), service: roleOf(run, given, "service") },
        theirs: {
            network: valueAt(given.config, ["network", "existing"]) as Theirs["network"],
            securityGroups: valueAt(given.config, ["network", "existing", "emrSecurityGroups"]) as string,
            keyArn: valueAt(given.config, ["encryption", "kmsKeyArn"]) as string,
            archive: valueAt(given.config, ["certificates", "archive"]) as string,
            chain: valueAt(given.config, ["certificates", "chainPem"]) as string,
        },
    });
}

/** Of the user's own roles: EMR finds such a service role by its ARN alone. */
export const THEIR_PATH = "/theirs/";

/** What a role is allowed: by what the stack attaches, or by what it asks the role's owner for. */
function roleOf(run: Run, { config }: AnyStack, kind: "jobflow" | "service"): MadeRole {
    const theirs = valueAt(config, ["access", `${kind}Role`, "existing"]);
    if (typeof theirs === "string") {
        const required = valueAt(run.outputs.requiredPolicies, [`${kind}Role`]);
        return {
            name: theirs,
            arn: roleArn(THEIR_PATH, theirs),
            existing: true,
            inlinePolicies: [String(valueAt(required, ["policyDocument"]))],
            managedPolicyArns: valueAt(required, ["managedPolicyArns"]) as readonly string[],
        };
    }
    return ownRole(run, { config }, kind);
}

function ownRole(run: Run, { config }: Pick<AnyStack, "config">, kind: string): MadeRole {
    const names = resources(run, "aws:iam/role:Role")
        .map(({ inputs }) => String(inputs.namePrefix))
        .filter((start) => start.endsWith(`-${kind}-`))
        .map((start) => `${start}${PLACEHOLDER}`);
    const name = names.join();
    const of = (type: string) => resources(run, type).filter(({ inputs }) => inputs.role === name);
    return {
        name,
        arn: roleArn(String(valueAt(config, ["access", "path"]) ?? "/"), name),
        existing: false,
        inlinePolicies: of(ROLE_POLICY).map(({ inputs }) => String(inputs.policy)),
        managedPolicyArns: of(ATTACHMENT).map(({ inputs }) => String(inputs.policyArn)),
    };
}

function read(yml: ConfigYml, given: AnyStack): Read {
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

function broken<T>(rules: Readonly<Record<string, Rule<T>>>, facts: T): readonly string[] {
    return Object.entries(rules).flatMap(([name, rule]) =>
        wrong(rule(facts)).map((what) => `${name}: ${what}`),
    );
}

function wrong(findings: Readonly<Record<string, boolean>>): readonly string[] {
    return Object.keys(findings).filter((what) => findings[what]);
}

function valueAt(root: unknown, path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, key)
                ? (value as Config)[key]
                : undefined,
        root,
    );
}
