import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { z } from "zod";
import type { Registration, Run } from "../../commands/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER } from "../../commands/placeholder-provider";
import { type AnyStack, type Config, REGIONS } from "./arbitrary-config";
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
function lost(yml: ConfigYml, { config }: AnyStack): readonly string[] {
    const given = config.emrEtlRunner;
    return written(given, [])
        .filter((path) => !arrives(path, valueAt(given, path.split(".")), valueAt(yml, path.split("."))))
        .sort();
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
    readonly roles: { readonly jobflow: string; readonly service: string };
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
    "4.3.3 default encryption": ({ run }) => {
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
        return { [`none on ${without.join(", ")}`]: without.length > 0 };
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
        const { run, release, security, switches, region, roles } = made;
        const disks =
            security.EncryptionConfiguration?.AtRestEncryptionConfiguration?.LocalDiskEncryptionConfiguration;
        const uses = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey"];
        const forAws = { "kms:GrantIsForAWSResource": "true" };
        return {
            "not under the stack's key":
                switches.atRestLocalDisks &&
                !isDeepStrictEqual(disks, {
                    EncryptionKeyProviderType: "AwsKms",
                    AwsKmsKey: keyArn(region),
                    ...(atLeast(release, 5, 24) && { EnableEbsEncryption: true }),
                }),
            "another key in the outputs": run.outputs.kmsKeyArn !== keyArn(region),
            "a role may not use the key": Object.values(roles).some((role) =>
                uses.some((action) => !mayUseKey(made, roleArn(role), action)),
            ),
            "the service role may not grant it": !mayUseKey(
                made,
                roleArn(roles.service),
                "kms:CreateGrant",
                forAws,
            ),
        };
    },
    "4.3.6 in transit": (made) => {
        const { run, region, release, security, switches, roles } = made;
        const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
        const [request] = resources(run, "tls:index/certRequest:CertRequest");
        const [options] = resources(run, "aws:ec2/vpcDhcpOptions:VpcDhcpOptions");
        const tls =
            security.EncryptionConfiguration?.InTransitEncryptionConfiguration?.TLSCertificateConfiguration;
        const archive = String(tls?.S3Object).replace(/^s3:\/\//, "arn:aws:s3:::");
        const [uploaded] = resources(run, "aws:s3/bucketObjectv2:BucketObjectv2").map(
            ({ inputs }) => `arn:aws:s3:::${inputs.bucket}/${inputs.key}`,
        );
        return {
            "another domain in the certificate": !isDeepStrictEqual(request?.inputs.dnsNames, [
                `*.${domain}`,
            ]),
            "another domain in the VPC": options?.inputs.domainName !== domain,
            "not PEM": switches.inTransit && tls?.CertificateProviderType !== "PEM",
            "another archive": switches.inTransit && archive !== uploaded,
            "a role cannot read the archive": Object.values(roles).some(
                (role) => !mayRead(made, roleArn(role), String(uploaded)),
            ),
            "no warning of SASL":
                switches.inTransit &&
                !atLeast(release, 5, 9) &&
                !String(run.outputs.warnings).includes("5.9.0"),
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
    "4.3.8 where and as whom clusters run": ({ yml, run, given, roles }) => {
        const subnets = run.outputs.subnetIds as readonly string[];
        const [profile] = resources(run, "aws:iam/instanceProfile:InstanceProfile");
        const [zone] = (valueAt(given.config, ["network", "availabilityZones"]) ?? []) as readonly string[];
        const subnet = resources(run, "aws:ec2/subnet:Subnet").find(
            ({ name }) => yml.aws.emr.ec2_subnet_id === `subnet-${PLACEHOLDER}-${name}`,
        );
        return {
            "not the first subnet": subnets[0] !== yml.aws.emr.ec2_subnet_id,
            "another zone": subnet?.inputs.availabilityZone !== zone,
            "a profile of another name than its role": profile?.inputs.name !== profile?.inputs.role,
            "another profile": profile?.inputs.name !== yml.aws.emr.jobflow_role,
            "not the jobflow role": roles.jobflow !== yml.aws.emr.jobflow_role,
            "not the service role": roles.service !== yml.aws.emr.service_role,
        };
    },
    "4.3.10 Spot": (made) => {
        const { core_instance_bid: core, task_instance_bid: task } = made.yml.aws.emr.jobflow;
        const role = `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`;
        const context = { "kms:CallerAccount": ACCOUNT_ID, "kms:GrantIsForAWSResource": "true" };
        const may = ["kms:Decrypt", "kms:CreateGrant"].map((action) =>
            mayUseKey(made, role, action, context),
        );
        return { "the key with a bid, and only then": may.includes((core ?? task) === null) };
    },
    "4.3.11 partition": ({ run }) => {
        const arns = run.registrations.flatMap(
            ({ inputs }) => JSON.stringify(inputs).match(/arn:[^:]*:/g) ?? [],
        );
        return { "another than aws": arns.some((start) => start !== "arn:aws:") };
    },
    "4.3.13 no secret": ({ run }) => ({
        "a secret output": run.secretOutputs.length > 0,
        "a private key": JSON.stringify(run.outputs).includes("BEGIN"),
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

function keyArn(region: string): string {
    return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${PLACEHOLDER}`;
}

function roleArn(name: string): string {
    return `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
}

function identity(run: Run, caller: string) {
    return resources(run, "aws:iam/rolePolicy:RolePolicy")
        .filter(({ inputs }) => roleArn(String(inputs.role)) === caller)
        .map(({ inputs }) => identityPolicy(String(inputs.policy)));
}

function mayUseKey({ run, region }: Made, caller: string, action: string, context: Context = {}): boolean {
    const policy = resources(run, "aws:kms/key:Key").map(({ inputs }) =>
        resourcePolicy(String(inputs.policy)),
    )[0];
    const request = { caller: { AWS: caller }, action, resource: keyArn(region), context };
    return decide(request, { identity: identity(run, caller), resource: { policy } }) === "allowed";
}

function mayRead({ run }: Made, caller: string, object: string): boolean {
    const policy = resources(run, "aws:s3/bucketPolicy:BucketPolicy")
        .filter(({ inputs }) => object.startsWith(`arn:aws:s3:::${inputs.bucket}/`))
        .map(({ inputs }) => resourcePolicy(String(inputs.policy)))[0];
    const context = { "aws:SecureTransport": "true" };
    const request = { caller: { AWS: caller }, action: "s3:GetObject", resource: object, context };
    return decide(request, { identity: identity(run, caller), resource: { policy } }) === "allowed";
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
    const role = (kind: string) =>
        resources(run, "aws:iam/role:Role")
            .map(({ inputs }) => String(inputs.namePrefix))
            .filter((start) => start.endsWith(`-${kind}-`))
            .map((start) => `${start}${PLACEHOLDER}`)
            .join();
    const { securityConfiguration } = run.outputs;
    return broken(PROGRAM_RULES, {
        ...read(configYml.parse(load(source)), given),
        run,
        region: given.region,
        security: typeof securityConfiguration === "string" ? JSON.parse(securityConfiguration) : {},
        roles: { jobflow: role("jobflow"), service: role("service") },
    });
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
