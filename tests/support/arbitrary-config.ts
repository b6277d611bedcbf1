import fc from "fast-check";
import { PRIVATE_KEY, type StackInput } from "../../components/config";
import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { certificateAuthority } from "./authority";

/** A stack as its owner writes it: a name, a region, and the two kinds of config that the program reads. */
export interface AnyStack {
    readonly stack: string;
    readonly region: string;
    /** `aws:defaultTags`; undefined: not there. */
    readonly defaultTags: unknown;
    /** The six objects, or some of them. */
    readonly config: Config;
    /** The secret `certificatePrivateKey`; undefined: not there. */
    readonly privateKey: string | undefined;
    /** The domain of nodes' names in the user's own VPC; undefined: AWS's own. */
    readonly domainName: string | undefined;
}

export type Config = Readonly<Record<string, unknown>>;

/** As README.md and the facts have them, not the program. */
export const REGIONS = [
    ...["eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "sa-east-1", "eu-central-1"],
    ...["eu-west-2", "ca-central-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"],
    "ap-northeast-2",
] as const;

/** Of the nodes' names, as README.md has it. */
export function internalDomain(region: string): string {
    return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

interface OwnCertificate {
    readonly chainPem: string;
    readonly trustedPem: string;
    readonly privateKey: string;
}

let ownCertificate: OwnCertificate | undefined;

/** To be awaited before the first stack is drawn: WebCrypto signs by promises only, and drawing waits for none. */
export async function makeOwnCertificate(): Promise<void> {
    const authority = await certificateAuthority("any stack's own");
    const { chain, privateKey } = await authority.issue(
        REGIONS.map((region) => `*.${internalDomain(region)}`),
    );
    ownCertificate = { chainPem: chain, trustedPem: authority.certificate, privateKey };
}

// Texts

/** What YAML, ERB or Ruby could take for something else. */
const fragment = fc.constantFrom(
    ...[
        "<%",
        "<%%",
        "<%=",
        "%>",
        "%%>",
        "<",
        "%",
        "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
        "<%= `id` %>",
    ],
    ...["<<", "\n", "\n\n", "\t", " ", "  ", "\\", "\\n", '"', "'", "#", " #", ": ", ":", "- ", "? ", ", "],
    ...["&a", "*a", "!", "!ruby/object:Object ", "---", "\n---\n", "...", "|", ">", "@", "`", "{", "["],
    ...["\u00a0", "\u2028", "\u2029", "\ufeff", "\ud7ff", "\ue000", "\ufffd", "😀", "é", "e\u0301"],
);

const word = fc.constantFrom(
    ...[
        "=",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "true",
        "null",
        "~",
        "5.9",
        "5.30",
        "0123",
        "0x1f",
        "0b11",
        "0o7",
    ],
    ...[
        "1_000",
        "1e3",
        "12:30",
        ":x",
        "2018-01-01",
        ".inf",
        "-.NaN",
        "!!str",
        "constructor",
        "toString",
        "0",
    ],
    ...["ADD HERE.", "managed", "-", "--- a", "=begin"],
);

/** All that Ruby's YAML reader hands on as it is: no control characters, noncharacters, surrogates. */
const character = fc
    .oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
        { weight: 1, arbitrary: fc.constantFrom(0x09, 0x0a) },
        { weight: 2, arbitrary: fc.integer({ min: 0xa0, max: 0xd7ff }) },
        { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0xfdcf }) },
        { weight: 1, arbitrary: fc.integer({ min: 0xfdf0, max: 0xfffd }) },
        { weight: 1, arbitrary: fc.integer({ min: 0x1_0000, max: 0x10_ffff }) },
    )
    .filter((codePoint) => (codePoint & 0xfffe) !== 0xfffe)
    .map((codePoint) => String.fromCodePoint(codePoint));

function text(maxLength: number): fc.Arbitrary<string> {
    const short = fc.string({ unit: fc.oneof(character, fragment), minLength: 1, maxLength: 8 });
    return fc
        .oneof(
            { weight: 4, arbitrary: short },
            { weight: 2, arbitrary: word },
            // Longer than any line that a YAML writer leaves unbroken.
            {
                weight: 1,
                arbitrary: fc.tuple(short, fc.integer({ min: 2, max: 300 })).map(([t, n]) => t.repeat(n)),
            },
        )
        .filter(({ length }) => length <= maxLength);
}

const orEmpty = (maxLength: number) => fc.oneof(fc.constant(""), { arbitrary: text(maxLength), weight: 8 });

/** `<<` and `__proto__` are refused. */
const key = (maxLength: number) => text(maxLength).filter((name) => name !== "<<" && name !== "__proto__");

function dictionary<T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>, maxKeys = 4) {
    return fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });
}

const tagKey = key(128).filter((name) => !/^aws:/i.test(name));

/** Any JSON, of texts that are read as they are. */
const jsonText = fc
    .tuple(
        fc.oneof(
            fc.constantFrom(null, true, 0, -1.5e300),
            text(400),
            fc.array(text(40), { maxLength: 3 }),
            dictionary(text(40), text(40)),
        ),
        fc.constantFrom(undefined, 1, "\t"),
    )
    .map(([value, indent]) => JSON.stringify(value, undefined, indent));

function drawnFrom(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
    return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}

// Names, numbers

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof(fc.constant(null), { arbitrary, weight: 3 });

/** Each key may be missing. */
const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(shape, { requiredKeys: [], noNullPrototype: true });

const count = (from: number) =>
    fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: from, max: 20 }) },
        fc.integer({ min: from, max: Number.MAX_SAFE_INTEGER }),
    );

const bid = nullable(
    fc.oneof(fc.double({ min: 0.0001, max: 10_000, noNaN: true }), fc.constantFrom(0.0001, 0.015, 1, 10_000)),
);

const LOWER = "abz019";

const instanceType = fc
    .tuple(drawnFrom("mrcz", 1, 1), drawnFrom(`${LOWER}-`, 0, 4), drawnFrom(`${LOWER}-`, 1, 8))
    .map(([first, family, size]) => `${first}${family}.${size}`);

const version = fc
    .tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.oneof(fc.constant(""), drawnFrom("rcM01.-", 1, 5)))
    .map(([major, minor, patch, label]) => `${major}.${minor}.${patch}${label && `-${label}`}`);

const account = drawnFrom("0123456789", 12, 12);

const keyId = drawnFrom("aZ09-", 1, 8);

const policyArn = fc
    .tuple(fc.oneof(fc.constant("aws"), account), drawnFrom("aZ09_+=,.@/-", 1, 20))
    .map(([owner, name]) => `arn:aws:iam::${owner}:policy/${name}`);

/** A role of the user's own. */
const roleName = drawnFrom("aZ09_+=,.@-", 1, 12);

const bucketName = fc
    .tuple(drawnFrom(LOWER, 1, 1), drawnFrom(`${LOWER}-`, 1, 4), drawnFrom(LOWER, 1, 1))
    .map((parts) => parts.join(""));

/** A folder's name: any character that an S3 URL may have here. */
const segment = drawnFrom("aZ09_.=!'()-", 1, 3).filter((name) => name !== "." && name !== "..");

const s3Url = fc
    .tuple(bucketName, fc.array(segment, { maxLength: 1 }), fc.boolean())
    .map(([bucket, path, slash]) => url(bucket, path, slash));

function url(bucket: string, path: readonly string[], slash: boolean): string {
    return `s3://${[bucket, ...path].join("/")}${slash ? "/" : ""}`;
}

const distinct = (item: fc.Arbitrary<string>, maxLength = 2) => fc.uniqueArray(item, { maxLength });

// What fields say of one another

const PRIVATE_RANGES = [
    { address: 10 * 2 ** 24, bits: 8 },
    { address: 172 * 2 ** 24 + 16 * 2 ** 16, bits: 12 },
    { address: 192 * 2 ** 24 + 168 * 2 ** 16, bits: 16 },
] as const;

const cidrBlock = fc
    .tuple(fc.constantFrom(...PRIVATE_RANGES), fc.integer({ min: 16, max: 24 }), fc.nat(2 ** 24 - 1))
    .map(([range, length, number]) => {
        const size = 2 ** (32 - length);
        const inRange = number % 2 ** (32 - range.bits);
        const address = range.address + inRange - (inRange % size);
        return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${length}`;
    });

/** Fewer days of renewal than of validity, by the defaults (365 and 60) where one is left out. */
const certificateDays: fc.Arbitrary<Config> = fc.oneof(
    { withCrossShrink: true },
    fc.constant({}),
    fc.integer({ min: 61, max: 1825 }).map((validityDays) => ({ validityDays })),
    fc.integer({ min: 1, max: 364 }).map((renewBeforeDays) => ({ renewBeforeDays })),
    fc.tuple(fc.integer({ min: 2, max: 1825 }), fc.nat()).map(([validityDays, number]) => ({
        validityDays,
        renewBeforeDays: 1 + (number % (validityDays - 1)),
    })),
);

/** A VPC of the user's own takes the place of ranges and zones. */
const existingNetwork = fc.record(
    {
        vpcId: drawnFrom("0123456789abcdef", 8, 17).map((id) => `vpc-${id}`),
        subnetIds: fc.uniqueArray(
            drawnFrom("0123456789abcdef", 8, 17).map((id) => `subnet-${id}`),
            { minLength: 1, maxLength: 3 },
        ),
        emrSecurityGroups: fc.constantFrom("use", "create"),
        allowHostnameMismatch: fc.constantFrom(true, true, false), // It takes others besides to matter.
        allowUnseenRoute: fc.boolean(),
    },
    { requiredKeys: ["vpcId", "subnetIds"], noNullPrototype: true },
);

const release = (major: number, minMinor = 0) =>
    fc
        .tuple(
            fc.oneof(fc.integer({ min: minMinor, max: 40 }), fc.integer({ min: minMinor, max: 999 })),
            fc.nat(3),
        )
        .map(([minor, patch]) => `${major}.${minor}.${patch}`);
const later = fc.integer({ min: 7, max: 999 }).chain((major) => release(major));

/** By what a stack asks of its release. */
interface Releases {
    readonly anything: string;
    readonly privateSubnets: string;
    readonly securityConfiguration: string;
    readonly imdsV2Only: string;
}

const releases: fc.Arbitrary<Releases> = fc.record({
    anything: fc.oneof(release(0), release(3), release(4), release(5), release(6), later),
    privateSubnets: fc.oneof(release(4, 2), release(5), release(6), later),
    securityConfiguration: fc.oneof(release(5), release(4, 8), release(6), later),
    imdsV2Only: fc.oneof(fc.constantFrom("5.23.1", "5.27.1"), release(5, 32), release(6, 2), later),
});

interface Switches {
    readonly atRestS3: boolean;
    readonly atRestLocalDisks: boolean;
    readonly inTransit: boolean;
    readonly requireImdsV2: boolean;
}

/** Where nothing is written, or where the default (5.29.0) cannot do what is asked of it, a release that can. */
function releaseFor(
    { anything, privateSubnets, securityConfiguration, imdsV2Only }: Releases,
    { atRestS3 = true, atRestLocalDisks = true, inTransit = true, requireImdsV2 = false }: Partial<Switches>,
    internetAccess: string | undefined,
    written: boolean,
): string | undefined {
    if (requireImdsV2) {
        return imdsV2Only;
    }
    if (!written) {
        return undefined;
    }
    if (atRestS3 || atRestLocalDisks || inTransit) {
        return securityConfiguration;
    }
    return internetAccess === "public" ? anything : privateSubnets;
}

// EmrEtlRunner's locations

/** Which there are in each mode (facts 4.2), and where a bucket's root will do. */
const LOCATIONS = [
    { path: "raw.in", batchOnly: true, root: true },
    { path: "raw.processing", batchOnly: true },
    { path: "raw.archive", batchOnly: true, root: true },
    { path: "enriched.stream", root: true },
    { path: "enriched.good" },
    { path: "enriched.bad", batchOnly: true, root: true },
    { path: "enriched.errors", batchOnly: true, root: true },
    { path: "enriched.archive", root: true },
    { path: "shredded.good" },
    { path: "shredded.bad", root: true },
    { path: "shredded.errors", root: true },
    { path: "shredded.archive", root: true },
    { path: "log", root: true },
] as const;

type LocationPath = (typeof LOCATIONS)[number]["path"];

/** An existing folder: in one of a few buckets that locations share, or a whole bucket. */
interface Place {
    readonly bucket: number;
    readonly whole: boolean;
    readonly slash: boolean;
}

type Choice = "managed" | Place | null | undefined;

const SHARED_BUCKETS = 2;
const WHOLE_BUCKETS = 2;
const MOST_IN = 2;

const place: fc.Arbitrary<Place> = fc.record({
    bucket: fc.nat(SHARED_BUCKETS - 1),
    whole: fc.boolean(),
    slash: fc.boolean(),
});

const choice: fc.Arbitrary<Choice> = fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant("managed" as const) },
    { weight: 4, arbitrary: place },
);

const PLACES = LOCATIONS.length + MOST_IN;

/**
 * No two folders begin with the same name in one bucket, and whole buckets are not shared: nothing nests. Few buckets,
 * short names, folders two deep: the policies stay below IAM's limits.
 */
const locations = fc.record({
    buckets: fc.uniqueArray(bucketName, {
        minLength: SHARED_BUCKETS + WHOLE_BUCKETS,
        maxLength: SHARED_BUCKETS + WHOLE_BUCKETS,
    }),
    above: fc.array(fc.array(segment, { maxLength: 1 }), {
        minLength: SHARED_BUCKETS,
        maxLength: SHARED_BUCKETS,
    }),
    names: fc.uniqueArray(segment, { minLength: PLACES, maxLength: PLACES }),
    rawIn: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: fc.array(place, { minLength: 1, maxLength: MOST_IN }) },
    ),
    choices: fc.record(
        Object.fromEntries(LOCATIONS.map(({ path }) => [path, choice])) as Record<
            LocationPath,
            fc.Arbitrary<Choice>
        >,
    ),
});

type Locations = typeof locations extends fc.Arbitrary<infer T> ? T : never;

/** The value of each location, all that the mode and the collector's format ask of them kept. */
function locationValues(
    drawn: Locations,
    {
        batch,
        clojure,
        errors,
    }: { readonly batch: boolean; readonly clojure: boolean; readonly errors: boolean },
): ReadonlyMap<LocationPath, string | readonly string[] | null | undefined> {
    let placed = 0;
    let wholes = 0;
    const written = ({ bucket, whole, slash }: Place, root: boolean) => {
        const index = placed++;
        const own = whole && root ? drawn.buckets[SHARED_BUCKETS + wholes++] : undefined;
        if (own !== undefined) {
            return url(own, [], slash);
        }
        const path = [...(drawn.above[bucket] ?? []), drawn.names[index] ?? ""];
        return url(drawn.buckets[bucket] ?? "", path, slash);
    };
    const value = (row: (typeof LOCATIONS)[number]) => {
        const { path } = row;
        if (batch ? path === "enriched.stream" : "batchOnly" in row) {
            return drawn.choices[path] === null ? null : undefined;
        }
        if (path === "raw.in") {
            const places = drawn.rawIn ?? (clojure ? [ANYWHERE] : drawn.rawIn);
            return places === null ? null : places?.map((one) => written(one, true));
        }
        const chosen = drawn.choices[path];
        if (typeof chosen === "object" && chosen !== null) {
            return written(chosen, "root" in row);
        }
        const needed = path === "enriched.stream" || (errors && path.endsWith(".errors"));
        return needed ? "managed" : chosen;
    };
    return new Map(LOCATIONS.map((row) => [row.path, value(row)]));
}

const ANYWHERE: Place = { bucket: 0, whole: false, slash: false };

function bucketsOf(values: Iterable<string | readonly string[] | null | undefined>): readonly string[] {
    const urls = [...values].flat().filter((value) => value?.startsWith("s3://"));
    return [...new Set(urls.map((value) => value?.split("/")[2] ?? ""))];
}

// EmrEtlRunner's other fields, as far as they say nothing of one another

/** Null, or what the stack renders there itself. */
const OWNED = nullable(fc.constant("rendered"));

const jobflow = some({
    job_name: nullable(text(4000)),
    master_instance_type: instanceType,
    core_instance_count: count(1),
    core_instance_type: instanceType,
    core_instance_bid: bid,
    core_instance_ebs: nullable(
        fc
            .record(
                {
                    volume_size: count(1),
                    volume_type: fc.constantFrom("standard", "gp2", "io1"),
                    volume_iops: nullable(count(1)),
                    ebs_optimized: nullable(fc.boolean()),
                },
                { requiredKeys: ["volume_size", "volume_type"], noNullPrototype: true },
            )
            .map((ebs) =>
                ebs.volume_type === "io1" ? { ...ebs, volume_iops: ebs.volume_iops ?? 100 } : ebs,
            ),
    ),
    task_instance_count: count(0),
    task_instance_type: instanceType,
    task_instance_bid: bid,
});

/** The stack's own may stand there as null. */
const nothing = fc.constant(null);

const emr = some({
    jobflow_role: nothing,
    service_role: nothing,
    placement: nothing,
    ec2_subnet_id: nothing,
    security_configuration: nothing,
    ec2_key_name: nullable(text(255)),
    bootstrap: nullable(distinct(s3Url.map((script) => script.replace(/\/?$/, "/boot.sh")))),
    bootstrap_failure_tries: count(1),
    configuration: nullable(dictionary(key(150), dictionary(key(150), orEmpty(4000)))),
    additional_info: nullable(jsonText),
});

const software = some({ hbase: nothing, lingual: nothing });

const monitoring = some({
    tags: nullable(
        fc.oneof(
            { weight: 4, arbitrary: dictionary(tagKey, orEmpty(256)) },
            dictionary(tagKey, orEmpty(20), 48),
        ),
    ),
    snowplow: nullable(
        fc.record(
            {
                method: fc.constantFrom("get", "post"),
                collector: text(4000),
                app_id: text(4000),
                protocol: nullable(fc.constantFrom("http", "https")),
                port: nullable(fc.integer({ min: 1, max: 65_535 })),
            },
            { requiredKeys: ["method", "collector", "app_id"], noNullPrototype: true },
        ),
    ),
});

const onOneLine = text(200).map((value) => value.replaceAll("\n", " "));

const format = fc.oneof(
    fc.constantFrom("thrift", "cloudfront", "clj-tomcat", "tsv/com.amazon.aws.cloudfront/wd_access_log"),
    fc
        .tuple(fc.constantFrom("json", "tsv", "ndjson"), onOneLine, onOneLine)
        .map(([kind, vendor, name]) => `${kind}/${vendor.replaceAll("/", "-")}/${name}`),
);

// The whole

const parts = fc.record({
    stack: fc.oneof(
        { withCrossShrink: true },
        fc.constantFrom(
            "dev",
            "prod",
            "0123",
            "1e3",
            "-",
            "..",
            "_",
            "null",
            "yes",
            "A_very-long.stack-name",
        ),
        drawnFrom("aZ09-_.", 1, 30),
        drawnFrom("aZ09-_.", 100, 100),
    ),
    region: fc.constantFrom(...REGIONS),
    defaultTags: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant(undefined) },
        fc.constantFrom(null, {}, { tags: null }),
        dictionary(tagKey, orEmpty(256), 10).map((tags) => ({ tags })),
    ),
    /** What becomes of an object that nothing is written in. */
    empty: fc.constantFrom("left out", "null", "{}"),
    network: some({ cidrBlock, internetAccess: fc.constantFrom("nat", "public") }),
    existingNetwork: fc.oneof(
        { withCrossShrink: true },
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: existingNetwork },
    ),
    otherDomain: fc.constantFrom("corp.example", "compute.internal", ""),
    zones: fc.option(fc.shuffledSubarray([..."abcdefghijklmn"]), { nil: undefined }),
    encryption: fc.oneof(
        { withCrossShrink: true },
        some({
            atRestS3: fc.boolean(),
            atRestLocalDisks: fc.boolean(),
            inTransit: fc.boolean(),
            requireImdsV2: fc.boolean(),
        }),
        fc.constant({ atRestS3: false, atRestLocalDisks: false, inTransit: false }),
    ),
    kmsKey: fc.option(
        nullable(
            fc.tuple(fc.oneof(fc.constant(ACCOUNT_ID), account), keyId).map((names) => names.join(":key/")),
        ),
        { nil: undefined },
    ),
    /** Whose certificates: the stack's, or in one of two ways the user's. */
    certificateSource: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constantFrom("own", "own, with nulls") },
        { weight: 2, arbitrary: fc.constantFrom("chain", "archive") },
    ),
    archive: fc
        .tuple(bucketName, fc.array(segment, { maxLength: 2 }), segment)
        // No location's bucket has a name of this end.
        .map(([bucket, path, name]) => `${url(`${bucket.slice(0, 20)}-zip`, path, true)}${name}.zip`),
    certificateDays,
    certificates: some({ generation: count(1) }),
    /** As an account and the topic's name. */
    topic: fc.option(nullable(fc.tuple(account, drawnFrom("aZ09_-", 1, 8))), { nil: undefined }),
    storage: some({
        protect: fc.boolean(),
        logRetentionDays: fc.integer({ min: 1, max: 36_500 }),
        reencryption: fc.boolean(),
    }),
    kmsKeys: fc.option(distinct(fc.tuple(account, keyId).map((names) => names.join(":key/"))), {
        nil: undefined,
    }),
    encryptExisting: fc.option(fc.array(fc.boolean(), { maxLength: PLACES }), { nil: undefined }),
    policiesOnExisting: fc.option(fc.array(fc.boolean(), { maxLength: PLACES }), { nil: undefined }),
    access: some({
        readLocations: distinct(s3Url),
        dynamodbTables: distinct(drawnFrom("aZ09_.-", 3, 12)),
        ssmParameters: distinct(
            fc
                .tuple(
                    fc.constantFrom("", "/"),
                    fc.array(drawnFrom("aZ09_.-", 1, 4), { minLength: 1, maxLength: 2 }),
                )
                .map(([start, path]) => start + path.join("/")),
        ),
        policyArns: distinct(policyArn, 10),
        permissionsBoundary: nullable(policyArn),
        path: fc.oneof(
            fc.constant("/"),
            fc
                .array(drawnFrom("aZ09_+=,.@-", 1, 4), { minLength: 1, maxLength: 3 })
                .map((names) => `/${names.join("/")}/`),
        ),
        serviceRole: nullable(fc.record({ existing: roleName }, { noNullPrototype: true })),
        jobflowRole: nullable(fc.record({ existing: roleName }, { noNullPrototype: true })),
    }),
    batch: fc.boolean(),
    locations,
    releases,
    owned: some({
        accessKey: OWNED,
        secretKey: OWNED,
        s3Region: OWNED,
        emrRegion: OWNED,
        encrypted: OWNED,
        elasticsearch: OWNED,
        stackTag: fc.constant("rendered"),
    }),
    buckets: some({ assets: s3Url, jsonpath_assets: nullable(s3Url) }),
    s3: some({ consolidate_shredded_output: nullable(fc.boolean()) }),
    writtenRelease: fc.boolean(),
    emr,
    software,
    jobflow,
    format,
    noFormat: fc.constantFrom(undefined, null),
    sparkEnrich: some({ spark_enrich: version }),
    enrich: some({ continue_on_unexpected_error: nullable(fc.boolean()) }),
    compression: fc.constantFrom(undefined, "GZIP", "NONE"),
    storageVersions: some({ rdb_loader: version, rdb_shredder: version }),
    monitoring,
    logging: some({ level: fc.constantFrom("DEBUG", "INFO") }),
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

/** Any stack that must be accepted: every setting there is, in any combination that the rules between them allow. */
export const anyStack: fc.Arbitrary<AnyStack> = parts.map((drawn) => ({
    stack: drawn.stack,
    region: drawn.region,
    defaultTags: drawn.defaultTags,
    config: config(drawn),
    privateKey: drawn.certificateSource === "chain" ? certificate().privateKey : undefined,
    domainName: mayHaveAnyDomain(drawn) ? drawn.otherDomain : undefined,
}));

function certificate(): OwnCertificate {
    if (ownCertificate === undefined) {
        throw new Error("await makeOwnCertificate() first");
    }
    return ownCertificate;
}

/** Where nobody compares the nodes' names with a certificate that the stack knows. */
function mayHaveAnyDomain(drawn: Parts): boolean {
    return (
        drawn.encryption.inTransit === false ||
        drawn.certificateSource === "archive" ||
        networkOf(drawn).existing?.allowHostnameMismatch === true
    );
}

function networkOf(drawn: Parts) {
    const { network, zones, existingNetwork: existing, region } = drawn;
    if (!existing) {
        return { ...network, availabilityZones: zones?.map((letter) => `${region}${letter}`), existing };
    }
    // It takes a core-site in config.yml, and EmrEtlRunner adds one for thrift.
    const noCoreSite = drawn.batch && drawn.format === "thrift" && drawn.encryption.inTransit !== false;
    return {
        internetAccess: network.internetAccess,
        existing: {
            ...existing,
            ...(noCoreSite && existing.allowHostnameMismatch && { allowHostnameMismatch: false }),
            // The way to an internet gateway can always be seen.
            ...(network.internetAccess === "public" &&
                existing.allowUnseenRoute && { allowUnseenRoute: false }),
        },
    };
}

/** Days and generations are those of the stack's own. */
function certificatesOf(drawn: Parts): Config {
    const { certificateSource, archive, certificateDays: days, region, topic } = drawn;
    const certificates = {
        ...drawn.certificates,
        remindTopicArn: topic && ["arn:aws:sns", region, ...topic].join(":"),
    };
    switch (certificateSource) {
        case "archive":
            return { archive };
        case "chain": {
            const { chainPem, trustedPem } = certificate();
            return { chainPem, trustedPem, remindTopicArn: certificates.remindTopicArn };
        }
        case "own, with nulls":
            return { ...days, ...certificates, archive: null, chainPem: null, trustedPem: null };
        case "own":
            return { ...days, ...certificates };
    }
}

function config(drawn: Parts): Config {
    const { region, batch, owned } = drawn;
    const object = (entries: Config) => {
        const written = Object.entries(entries).filter(([, value]) => value !== undefined);
        if (written.length > 0 || drawn.empty === "{}") {
            return Object.fromEntries(written);
        }
        return drawn.empty === "null" ? null : undefined;
    };
    const rendered = (name: keyof typeof owned, value: unknown) =>
        owned[name] === "rendered" ? value : owned[name];
    const values = locationValues(drawn.locations, {
        batch,
        clojure: drawn.format === "clj-tomcat",
        errors: drawn.enrich.continue_on_unexpected_error === true,
    });
    const at = (path: LocationPath) => values.get(path);
    // With a bid, a key of this account: Spot's role is let into no other.
    const { core_instance_bid: core, task_instance_bid: task } = drawn.jobflow;
    const kmsKey = (core ?? task) == null ? drawn.kmsKey : drawn.kmsKey?.replace(/^\d+/, ACCOUNT_ID);
    // Names and folders are part of many an ARN, and IAM's limits are tight: limits.test.ts is about them.
    const errors = at("enriched.errors") === "managed" && at("shredded.errors") === "managed";
    const most = 2 - Number(drawn.stack.length > 5) - Number(errors);
    const few = (list: readonly string[] | undefined) => list?.slice(0, most);
    const existing = bucketsOf(values.values());
    const tags =
        owned.stackTag === undefined
            ? {}
            : { tags: { ...drawn.monitoring.tags, "snowplow-emr-stack": drawn.stack, ...EMR_TAG } };

    return Object.fromEntries(
        Object.entries({
            network: object(networkOf(drawn)),
            encryption: object({
                ...drawn.encryption,
                kmsKeyArn: kmsKey && `arn:aws:kms:${region}:${kmsKey}`,
            }),
            certificates: object(certificatesOf(drawn)),
            storage: object({
                ...drawn.storage,
                existingKmsKeyArns: few(drawn.kmsKeys)?.map((id) => `arn:aws:kms:${region}:${id}`),
                encryptExistingBuckets: drawn.encryptExisting
                    ? existing.filter((_, index) => drawn.encryptExisting?.[index])
                    : undefined,
                policiesOnExistingBuckets: drawn.policiesOnExisting
                    ? existing.filter((_, index) => drawn.policiesOnExisting?.[index])
                    : undefined,
            }),
            access: object({
                ...drawn.access,
                ssmParameters: few(drawn.access.ssmParameters),
                readLocations: few(drawn.access.readLocations),
                dynamodbTables: few(drawn.access.dynamodbTables),
            }),
            emrEtlRunner: object({
                aws: object({
                    access_key_id: rendered("accessKey", "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>"),
                    secret_access_key: rendered("secretKey", "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>"),
                    s3: object({
                        ...drawn.s3,
                        region: rendered("s3Region", region),
                        buckets: object({
                            ...drawn.buckets,
                            encrypted: rendered("encrypted", true),
                            log: at("log"),
                            raw: object({
                                in: at("raw.in"),
                                processing: at("raw.processing"),
                                archive: at("raw.archive"),
                            }),
                            enriched: object({
                                good: at("enriched.good"),
                                bad: at("enriched.bad"),
                                errors: at("enriched.errors"),
                                archive: at("enriched.archive"),
                                stream: at("enriched.stream"),
                            }),
                            shredded: object({
                                good: at("shredded.good"),
                                bad: at("shredded.bad"),
                                errors: at("shredded.errors"),
                                archive: at("shredded.archive"),
                            }),
                        }),
                    }),
                    emr: object({
                        ...drawn.emr,
                        region: rendered("emrRegion", region),
                        ami_version: releaseFor(
                            drawn.releases,
                            drawn.encryption,
                            drawn.network.internetAccess,
                            drawn.writtenRelease,
                        ),
                        software: object(drawn.software),
                        jobflow: object(drawn.jobflow),
                    }),
                }),
                collectors: object({ format: batch ? drawn.format : drawn.noFormat }),
                enrich: object({
                    ...drawn.enrich,
                    versions: object(drawn.sparkEnrich),
                    output_compression: batch || drawn.compression === undefined ? drawn.compression : "GZIP",
                }),
                storage: object({
                    versions: object({
                        ...drawn.storageVersions,
                        hadoop_elasticsearch: rendered("elasticsearch", "0.1.0"),
                    }),
                }),
                monitoring: object({
                    ...drawn.monitoring,
                    ...tags,
                    logging: object(drawn.logging),
                }),
            }),
        }).filter(([, value]) => value !== undefined),
    );
}

const EMR_TAG = { "for-use-with-amazon-emr-managed-policies": "true" };

// What is almost such a stack

const CHANGES = ["replace", "move", "drop", "add", "spoil"] as const;

/** What no reader of YAML hands on, or not each. */
const UNREADABLE = ["\u0085", "\u0000", "\u007f", "\u009f", "\ud800", "\udfff", "\ufffe", "\ufdd0", "\r"];

interface Change {
    readonly kind: (typeof CHANGES)[number];
    readonly at: number;
    readonly from: number;
    readonly key: string;
    readonly unreadable: string;
    readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom(...CHANGES),
    at: fc.nat(1_000_000),
    from: fc.nat(1_000_000),
    key: fc.oneof(
        fc.constantFrom("<<", "__proto__", "constructor", "toString", "0", "", "aws:x", "in", "bad", "tags"),
        fc.string(),
        text(200),
    ),
    unreadable: fc.constantFrom(...UNREADABLE),
    value: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom(
            ...[null, true, false, "", 0, -1, 1, 0.5, 1e21, 1e-7, -0, "true", "2", "managed", "s3://abc"],
            ...["s3://abc/d", "s3://abc/d/", "s3://ABC/d", "s3://a.b.c/d", "s3://abc//d", "s3://abc/./d"],
            ...["thrift", "clj-tomcat", "6.1.0", "4.1.9", "5.32.0", "eu-west-1", "eu-west-1a", "io1"],
            ...["GZIP", "10.0.0.0/24", "010.0.0.0/24", "ADD HERE"],
        ),
        text(400),
        fc.string({ unit: "binary" }),
        s3Url,
        fc.array(s3Url, { maxLength: 2 }),
    ),
});

/** A stack config with a value or two replaced, moved, dropped, added or spoilt, anywhere. */
const changedStack: fc.Arbitrary<AnyStack> = fc
    .tuple(anyStack, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([stack, changes]) => ({
        ...stack,
        config: handedOver(changes.reduce(changed, stack.config)),
        domainName: undefined, // Whether another will do, the changes may have changed.
    }));

/** One with some settings of another: each is valid, and the rules between them may be broken. */
const mixedStack: fc.Arbitrary<AnyStack> = fc
    .tuple(parts, parts, fc.array(fc.nat(7), { minLength: 31, maxLength: 31 }))
    .map(([first, second, dice]) => {
        const { stack, region, defaultTags } = first;
        let leaf = 0;
        const others = () => dice[leaf++ % dice.length] === 1;
        return {
            stack,
            region,
            defaultTags,
            privateKey: first.certificateSource === "chain" ? certificate().privateKey : undefined,
            domainName: undefined,
            config: mixed(config(first), config({ ...second, stack, region }), others) as Config,
        };
    });

export const almostAnyStack = fc.oneof(changedStack, mixedStack);

/** Such a stack with anything at all in one of the other places. */
export const anyStackInput: fc.Arbitrary<StackInput> = fc
    .tuple(
        anyStack,
        fc.oneof<fc.Arbitrary<Partial<StackInput>>[]>(
            fc.record({ stack: fc.oneof(fc.string(), fc.string({ unit: "binary" })) }),
            fc.record({ region: fc.oneof(fc.constantFrom(undefined, "toString", "EU"), fc.string()) }),
            fc.record({ defaultTags: fc.oneof(fc.jsonValue(), fc.record({ tags: fc.jsonValue() })) }),
            fc.record({
                encryptedKeys: fc.array(fc.oneof(fc.string(), fc.constantFrom("access", "constructor"))),
            }),
            fc.record({
                otherKeys: fc.array(
                    fc.oneof(
                        fc.string(),
                        fc.string().map((key) => `snowplow-emr:${key}`),
                    ),
                ),
            }),
        ),
    )
    .map(([stack, other]) => ({ ...inputOf(stack), ...other }));

/** What Pulumi knows of it. */
export function inputOf({ privateKey, ...stack }: AnyStack): StackInput {
    return privateKey === undefined
        ? { ...stack, encryptedKeys: [] }
        : { ...stack, config: { ...stack.config, [PRIVATE_KEY]: privateKey }, encryptedKeys: [PRIVATE_KEY] };
}

type Path = readonly (string | number)[];

/** Texts are handed over as they are, all else as JSON; and texts are read as JSON where they are. */
function handedOver(config: Config): Config {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => {
            const text = typeof value === "string" ? value : JSON.stringify(value);
            try {
                return [key, JSON.parse(text)];
            } catch {
                return [key, text];
            }
        }),
    );
}

function changed(config: Config, { kind, at, from, key, unreadable, value }: Change): Config {
    const all = paths(config);
    const path = all[at % all.length];
    if (!path) {
        return { ...config, [key]: value };
    }
    switch (kind) {
        case "replace":
            return put(config, path, value) as Config;
        case "move":
            return put(config, path, valueAt(config, all[from % all.length] ?? [])) as Config;
        case "drop":
            return put(config, path, undefined) as Config;
        case "spoil": {
            const found = valueAt(config, path);
            return put(config, path, typeof found === "string" ? found + unreadable : value) as Config;
        }
        case "add":
            return put(config, [...path.slice(0, -1), key], value) as Config;
    }
}

function mixed(one: unknown, other: unknown, others: () => boolean): unknown {
    if (!isObject(one) || !isObject(other)) {
        return others() ? other : one;
    }
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return Object.fromEntries(
        keys
            .map((key) => [key, mixed(own(one, key), own(other, key), others)] as const)
            .filter(([, value]) => value !== undefined),
    );
}

function own(object: Config, key: string): unknown {
    return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: unknown): value is Config {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function paths(value: unknown): readonly Path[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, below]) => [
        [key],
        ...paths(below).map((path) => [key, ...path]),
    ]);
}

function valueAt(root: unknown, path: Path): unknown {
    return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
}

/** A copy with another value at a path; undefined: without it. `__proto__` is a key like any other. */
function put(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
    if (key === undefined) {
        return replacement;
    }
    const entries = Object.entries(Object(value)).filter(([name]) => name !== String(key));
    const before = Object.entries(Object(value)).find(([name]) => name === String(key));
    const below = put(before?.[1], rest, replacement);
    if (Array.isArray(value)) {
        return value
            .map((item, index) => (String(index) === String(key) ? below : item))
            .filter((item) => item !== undefined);
    }
    return Object.fromEntries(below === undefined ? entries : [...entries, [key, below]]);
}
