import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { loadProgram } from "../../commands/render";
import { readStackFile } from "../../commands/stack-file";
import { InvalidArguments } from "../../components/domain/errors";
import type { ResolvedLocation } from "../../components/domain/locations";
import { internalDomain, REGIONS, type Region } from "../../components/domain/region";
import { documentDigest } from "../../components/policies/document";
import { jobflowRolePolicy } from "../../components/policies/emr-roles";
import { type Provider, type Registration, type Run, Secret } from "../../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER, placeholderProvider } from "../../testing/placeholder-provider";
import { expectGolden, resourceLines } from "../support/golden";
import { MINIMAL, REGION, registration, run, runStack, type TestOptions } from "../support/run";
import { holdsPrivateKey } from "../support/secrets";

type ResolvedArgs = Readonly<Record<string, unknown>>;

const EMR_TAG = "for-use-with-amazon-emr-managed-policies";
const STACK_TAG = "snowplow-emr-stack";
const ALL_OFF = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
const KMS_KEY = "arn:aws:kms:eu-west-2:111122223333:key/1234abcd";

const batch = (emr: ResolvedArgs = {}, s3: ResolvedArgs = {}, format = "thrift") => ({
    emrEtlRunner: { collectors: { format }, aws: { emr, s3 } },
});
const streamEnrich = (stream: string) => ({
    emrEtlRunner: { aws: { s3: { buckets: { enriched: { stream } } } } },
});

/** Every location the user's own, and every right that a stack config can give. */
const EXISTING = {
    storage: { encryptExistingBuckets: ["my-logs", "my-data"], existingKmsKeyArns: [KMS_KEY] },
    access: {
        readLocations: ["s3://my-enrichments/maxmind"],
        dynamodbTables: ["duplicates", "manifest"],
        ssmParameters: ["/redshift/password"],
        policyArns: ["arn:aws:iam::111122223333:policy/extra", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
    },
    ...batch(
        { bootstrap: ["s3://my-scripts/boot.sh"] },
        {
            buckets: {
                assets: "s3://my-assets",
                jsonpath_assets: "s3://my-jsonpaths/redshift",
                log: "s3://my-logs/emr",
                raw: {
                    in: ["s3://my-collector/eu", "s3://my-collector-2"],
                    processing: "s3://my-data/raw/processing",
                    archive: "s3://my-archive/raw",
                },
                enriched: {
                    good: "s3://my-data/enriched/good",
                    bad: "s3://my-data/enriched/bad",
                    archive: "s3://my-archive/enriched",
                },
                shredded: {
                    good: "s3://my-data/shredded/good",
                    bad: "s3://my-data/shredded/bad",
                    archive: "s3://my-archive/shredded",
                },
            },
        },
    ),
};

interface Case {
    readonly region: Region;
    readonly settings: ResolvedArgs;
    /** Default: a name that is in no other word. */
    readonly stack?: string;
}

/** Between them, all of the regions. */
const CASES = {
    "minimal batch": { region: "ap-northeast-1", settings: MINIMAL },
    "stream-enrich managed": { region: "eu-central-1", settings: streamEnrich("managed") },
    "stream-enrich existing": { region: "sa-east-1", settings: streamEnrich("s3://my-stream/enriched") },
    "public network": {
        region: "us-east-1",
        settings: { ...MINIMAL, network: { internetAccess: "public" } },
    },
    "at rest in S3 alone": {
        region: "us-east-2",
        settings: { ...MINIMAL, encryption: { ...ALL_OFF, atRestS3: true } },
    },
    "at rest on local disks alone": {
        region: "us-west-1",
        settings: { ...MINIMAL, encryption: { ...ALL_OFF, atRestLocalDisks: true } },
    },
    "in transit alone": {
        region: "us-west-2",
        settings: { ...MINIMAL, encryption: { ...ALL_OFF, inTransit: true } },
    },
    "IMDSv2 alone": {
        region: "ca-central-1",
        settings: { ...batch({ ami_version: "5.36.0" }), encryption: { ...ALL_OFF, requireImdsV2: true } },
    },
    "all off": { region: "ap-northeast-1", settings: { ...MINIMAL, encryption: ALL_OFF } },
    "several zones": {
        region: "ap-northeast-2",
        settings: { ...MINIMAL, network: { availabilityZones: ["ap-northeast-2c", "ap-northeast-2a"] } },
    },
    "existing locations": { region: "eu-west-2", settings: EXISTING },
    "core bid": {
        region: "ap-south-1",
        settings: batch({ jobflow: { core_instance_bid: 0.05 } }),
    },
    "task bid": {
        region: "ap-south-1",
        settings: batch({ jobflow: { task_instance_bid: 0.05, task_instance_count: 1 } }),
    },
    "existing EC2 key pair": { region: "ap-southeast-1", settings: batch({ ec2_key_name: "my-key" }) },
    CloudFront: { region: "ap-southeast-2", settings: batch({}, {}, "cloudfront") },
    "old release": {
        region: "eu-west-1",
        settings: { ...batch({ ami_version: "5.8.0" }), storage: { protect: false } },
    },
    "other numbers": {
        region: "ap-northeast-1",
        settings: {
            ...MINIMAL,
            network: { cidrBlock: "172.16.0.0/16" },
            certificates: { validityDays: 30, renewBeforeDays: 10, generation: 3 },
            storage: { logRetentionDays: 7 },
        },
    },
    "long stack name": {
        region: "ap-northeast-1",
        settings: batch(
            {},
            { buckets: { enriched: { errors: "managed" }, shredded: { errors: "managed" } } },
        ),
        stack: "A_very-long.stack_name-that-goes-on",
    },
} as const satisfies Readonly<Record<string, Case>>;

/** A run, and what it was made for. */
interface Made extends Run {
    readonly title: string;
    readonly stack: string;
    readonly prefix: string;
    readonly region: Region;
}

const runs = new Map<string, Made>();

function made(title: keyof typeof CASES | "dev" | "prod"): Made {
    const found = runs.get(title);
    if (!found) {
        throw new Error(`no run for ${title}`);
    }
    return found;
}

/** For each run, what does not hold there: the message names the run. */
function expectInEach(wrong: (run: Made) => readonly unknown[]): void {
    const found = [...runs.values()].map((run) => [run.title, wrong(run)] as const);
    expect(found.filter(([, problems]) => problems.length > 0)).to.deep.equal([]);
}

function resources({ registrations }: Run, ...types: readonly string[]): readonly Registration[] {
    return registrations.filter(({ type, custom }) => custom && (types.length === 0 || types.includes(type)));
}

function names(registrations: readonly Registration[]): readonly string[] {
    return registrations.map(({ name }) => name).sort();
}

function tagsOf({ tags = {} }: ResolvedArgs): ResolvedArgs {
    return tags as ResolvedArgs;
}

/** Every text below a value, keys included; secrets apart. */
function plainTexts(value: unknown): readonly string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value !== "object" || value === null || value instanceof Secret
        ? []
        : Object.entries(value).flatMap(([key, below]) => [key, ...plainTexts(below)]);
}

function secretTexts(value: unknown): readonly string[] {
    if (value instanceof Secret) {
        return plainTexts([value.value]);
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

interface Statement {
    readonly Sid: string;
    readonly Effect: string;
    readonly Principal?: unknown;
    readonly Action?: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: unknown;
}

interface Policy {
    /** Type and name of the resource that has it. */
    readonly of: string;
    readonly text: string;
    readonly statements: readonly Statement[];
}

function policies(run: Run, ...types: readonly string[]): readonly Policy[] {
    return resources(run, ...types).flatMap(({ type, name, inputs }) =>
        [inputs.policy, inputs.assumeRolePolicy]
            .filter((text) => typeof text === "string")
            .map((text) => ({
                of: `${type} ${name}`,
                text,
                statements: (JSON.parse(text) as { readonly Statement: readonly Statement[] }).Statement,
            })),
    );
}

/** The length that a document will have: what a deployment fills in has at most 36 characters. */
function deployedLength(text: string): number {
    return text.replaceAll(PLACEHOLDER, "x".repeat(36)).length;
}

/** EmrEtlRunner's config.yml as Ruby reads it, ERB apart. */
interface Config {
    readonly aws: {
        readonly s3: { readonly region: string; readonly buckets: Readonly<Record<string, unknown>> };
        readonly emr: Readonly<Record<string, unknown>>;
    };
    readonly collectors: unknown;
    readonly monitoring: { readonly tags: Readonly<Record<string, string>> };
}

function config({ outputs }: Run): Config {
    return parse(String(outputs.emrEtlRunnerConfig), { version: "1.1" }) as Config;
}

/** Registrations come in the order in which their inputs became known, which means nothing. */
function sorted({ registrations }: Run): readonly unknown[] {
    const key = ({ type, name }: Registration) => `${type} ${name}`;
    return registrations
        .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
        .map((entry) => ({ ...entry, dependencies: entry.dependencies.toSorted() }));
}

describe("the whole program", () => {
    before(async () => {
        const shipped: readonly (readonly [string, Region])[] = [
            ["dev", "eu-west-1"],
            ["prod", "us-east-1"],
        ];
        for (const [stack, region] of shipped) {
            const { config } = readStackFile(path.join(__dirname, "..", ".."), stack);
            const result = await run(loadProgram, { stack, config });
            runs.set(stack, { ...result, title: stack, stack, prefix: `snowplow-${stack}`, region });
        }
        for (const [title, { region, settings, stack = "zebra" }] of Object.entries<Case>(CASES)) {
            const result = await runStack(settings, { region, stack });
            // At most 16 characters of the stack's name.
            const prefix = stack === "zebra" ? "snowplow-zebra" : "snowplow-a-very-long-stac";
            runs.set(title, { ...result, title, stack, prefix, region });
        }
    });

    describe("in every run", () => {
        it("covers all regions, and gives nodes the region's domain name", () => {
            expect([...new Set([...runs.values()].map(({ region }) => region))].sort()).to.deep.equal([
                ...REGIONS,
            ]);
            for (const run of runs.values()) {
                const domain = internalDomain(run.region);
                const inputsOf = (type: string, name: string) => registration(run, type, name).inputs;
                expect(
                    inputsOf("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "emr-network-dhcp-options").domainName,
                ).to.equal(domain);
                expect(
                    inputsOf("tls:index/certRequest:CertRequest", "emr-certificates-node-request").dnsNames,
                ).to.deep.equal([`*.${domain}`]);
                expect(inputsOf("aws:ec2/vpcEndpoint:VpcEndpoint", "emr-network-s3").serviceName).to.equal(
                    `com.amazonaws.${run.region}.s3`,
                );
                const { aws } = config(run);
                expect([aws.s3.region, aws.emr.region]).to.deep.equal([run.region, run.region]);
            }
        });

        it("gives each resource a parent, and a name that begins with its component's", () => {
            expectInEach(({ registrations, stack }) => {
                const root = `snowplow-emr-encryption-${stack}`;
                const components = registrations.filter(({ custom }) => !custom).map(({ name }) => name);
                return registrations
                    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
                    .filter(({ name, parent = "", custom }) =>
                        parent === root
                            ? custom
                            : !components.includes(parent) ||
                              !(name.startsWith(`${parent}-`) || (custom && name === parent)),
                    );
            });
        });

        it("gives no two resources of a type the same name, and no resource the stack's name", () => {
            expectInEach(({ registrations, stack }) => {
                const own = registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack");
                const urns = own.map(({ type, name }) => `${type} ${name}`);
                return [
                    ...urns.filter((urn, index) => urns.indexOf(urn) !== index),
                    ...own.filter(({ name }) => name.toLowerCase().includes(stack.toLowerCase())),
                ];
            });
        });

        it("encrypts and closes each bucket, and deletes the parts with it", () => {
            for (const run of runs.values()) {
                for (const { name, inputs } of resources(run, "aws:s3/bucket:Bucket")) {
                    const message = `${run.title}: ${name}`;
                    const bucket = `${inputs.bucketPrefix}${PLACEHOLDER}`;
                    const parts = new Map(
                        resources(run)
                            .filter(({ deletedWith }) => deletedWith === name)
                            .map((part) => [part.type.split(":")[2], part]),
                    );
                    expect([...parts.keys()], message).to.include.members([
                        "BucketLifecycleConfiguration",
                        "BucketOwnershipControls",
                        "BucketPolicy",
                    ]);
                    expect(
                        parts.get("BucketServerSideEncryptionConfiguration")?.inputs,
                        message,
                    ).to.deep.equal({
                        bucket,
                        rules: [
                            {
                                applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                                blockedEncryptionTypes: ["SSE-C"],
                            },
                        ],
                    });
                    expect(parts.get("BucketPublicAccessBlock")?.inputs, message).to.deep.equal({
                        bucket,
                        blockPublicAcls: true,
                        blockPublicPolicy: true,
                        ignorePublicAcls: true,
                        restrictPublicBuckets: true,
                    });
                    const policy = `aws:s3/bucketPolicy:BucketPolicy ${parts.get("BucketPolicy")?.name}`;
                    const statements = policies(run).find(({ of }) => of === policy)?.statements ?? [];
                    expect(
                        statements.map(({ Sid, Effect, Principal }) => [Sid, Effect, Principal]),
                    ).to.deep.equal([
                        ["DenyPlainHttp", "Deny", "*"],
                        ["DenyOtherEncryption", "Deny", "*"],
                        ["DenyCustomerProvidedKeys", "Deny", "*"],
                    ]);
                }
            }
        });

        it("accepts ACLs only in a bucket that CloudFront writes to", () => {
            const acls = [...runs.values()].flatMap((run) =>
                resources(run)
                    .filter(
                        ({ type, inputs }) =>
                            /acl/i.test(type) || JSON.stringify(inputs).includes("BucketOwnerPreferred"),
                    )
                    .map(({ name }) => [run.title, name]),
            );
            expect(acls).to.deep.equal([["CloudFront", "emr-storage-collector-ownership"]]);
        });

        it("opens no ingress to an address range", () => {
            const groups = [
                "aws:ec2/securityGroup:SecurityGroup",
                "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            ];
            expectInEach((run) => [
                ...resources(run).filter(({ inputs }) =>
                    /0\.0\.0\.0\/0|::\/0|cidr/i.test(JSON.stringify(inputs.ingress ?? [])),
                ),
                // Rules of their own would not be seen above.
                ...resources(run).filter(
                    ({ type }) => /security.?group/i.test(type) && !groups.includes(type),
                ),
            ]);
        });

        it("allows the resource `*` only in listed statements", () => {
            const allowed = {
                "aws:kms/key:Key emr-key DelegateToIam": "in a key's policy, * is this key",
                "aws:kms/key:Key emr-key SpotUsesKey": "in a key's policy, * is this key",
                "aws:kms/key:Key emr-key SpotGrantsKey": "in a key's policy, * is this key",
                "aws:iam/policy:Policy emr-operator LaunchClusters":
                    "there is no cluster yet; held by its tags",
                "aws:iam/policy:Policy emr-operator FindPersistentCluster": "ListClusters takes no resource",
            };
            const found = [...runs.values()].flatMap((run) =>
                policies(run).flatMap(({ of, statements }) =>
                    statements
                        .filter(({ Resource = [] }) => [Resource].flat().includes("*"))
                        .map(({ Sid }) => `${of} ${Sid}`),
                ),
            );
            expect([...new Set(found)].sort()).to.deep.equal(Object.keys(allowed).sort());
        });

        it("gives each statement a Sid and known keys only, and allows nothing to every principal without a condition", () => {
            const keys = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
            expectInEach((run) =>
                policies(run).flatMap(({ statements }) =>
                    statements.filter((statement) => {
                        const { Sid, Effect, Principal, Action = "*", Condition } = statement;
                        const open = Effect === "Allow" && Principal === "*" && Condition === undefined;
                        const unknown = Object.keys(statement).some((key) => !keys.includes(key));
                        return !Sid || open || unknown || [Action].flat().includes("*");
                    }),
                ),
            );
        });

        // Placeholders, by their words; real keys, in all forms, are in secrets.test.ts.
        it("keeps private keys in secrets, and puts no secret into an output", () => {
            expectInEach(({ registrations, outputs, secretOutputs }) => [
                ...registrations.filter((entry) =>
                    plainTexts([entry.inputs, entry.outputs]).some(holdsPrivateKey),
                ),
                ...plainTexts(outputs).filter(holdsPrivateKey),
                ...registrations.filter((entry) => secretTexts(entry.outputs).length > 0),
                ...secretOutputs,
            ]);
            // That the search finds what there is to be found: keys as such, and in the archive.
            const inSecrets = made("minimal batch").registrations.filter(({ inputs }) =>
                secretTexts(inputs).some(holdsPrivateKey),
            );
            expect(names(inSecrets)).to.deep.equal([
                "emr-certificates-archive",
                "emr-certificates-node",
                "emr-certificates-node-ca",
                "emr-certificates-node-request",
            ]);
        });

        it("puts EMR's tag on the VPC, the nodes' subnets, EMR's groups and the clusters, and on nothing else", () => {
            for (const run of runs.values()) {
                const tagged = resources(run).filter(({ inputs }) => EMR_TAG in tagsOf(inputs));
                const expected = resources(
                    run,
                    "aws:ec2/vpc:Vpc",
                    "aws:ec2/subnet:Subnet",
                    "aws:ec2/securityGroup:SecurityGroup",
                ).filter(({ name }) => name !== "emr-network-nat");
                expect(names(tagged), run.title).to.deep.equal(names(expected));
                expect(tagged.filter(({ inputs }) => tagsOf(inputs)[EMR_TAG] !== "true")).to.deep.equal([]);
                expect(config(run).monitoring.tags).to.deep.include({
                    [EMR_TAG]: "true",
                    [STACK_TAG]: `snowplow-emr-encryption/${run.stack}`,
                });
            }
        });

        it("puts the stack's tag on every taggable resource", () => {
            const taggable = [
                "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                "aws:ec2/eip:Eip",
                "aws:ec2/internetGateway:InternetGateway",
                "aws:ec2/keyPair:KeyPair",
                "aws:ec2/natGateway:NatGateway",
                "aws:ec2/routeTable:RouteTable",
                "aws:ec2/securityGroup:SecurityGroup",
                "aws:ec2/subnet:Subnet",
                "aws:ec2/vpc:Vpc",
                "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
                "aws:ec2/vpcEndpoint:VpcEndpoint",
                "aws:iam/instanceProfile:InstanceProfile",
                "aws:iam/policy:Policy",
                "aws:iam/role:Role",
                "aws:kms/key:Key",
                "aws:s3/bucket:Bucket",
            ];
            const others = [
                "aws:ec2/route:Route",
                "aws:ec2/routeTableAssociation:RouteTableAssociation",
                "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
                "aws:emr/securityConfiguration:SecurityConfiguration",
                "aws:iam/rolePolicy:RolePolicy",
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                "aws:kms/alias:Alias",
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                // Takes 10 tags, and aws:defaultTags may be as many.
                "aws:s3/bucketObjectv2:BucketObjectv2",
                "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
                "aws:s3/bucketPolicy:BucketPolicy",
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                "aws:s3/bucketVersioning:BucketVersioning",
                "tls:index/certRequest:CertRequest",
                "tls:index/locallySignedCert:LocallySignedCert",
                "tls:index/privateKey:PrivateKey",
                "tls:index/selfSignedCert:SelfSignedCert",
            ];
            const inUse = [...runs.values()].flatMap((run) => resources(run).map(({ type }) => type));
            expect([...new Set(inUse)].sort()).to.deep.equal([...taggable, ...others].sort());
            expectInEach((run) =>
                resources(run).filter(
                    ({ type, inputs }) =>
                        tagsOf(inputs)[STACK_TAG] !==
                        (taggable.includes(type) ? `snowplow-emr-encryption/${run.stack}` : undefined),
                ),
            );
        });

        it("keeps policies within AWS's length quotas", () => {
            expectInEach((run) => {
                const lengths = (...types: readonly string[]) =>
                    policies(run, ...types).map(({ of, text }) => [of, deployedLength(text)] as const);
                const inline = new Map<unknown, number>();
                for (const { inputs } of resources(run, "aws:iam/rolePolicy:RolePolicy")) {
                    const length = (inline.get(inputs.role) ?? 0) + deployedLength(String(inputs.policy));
                    inline.set(inputs.role, length);
                }
                return [
                    ...[...inline].filter(([, length]) => length > 10_240),
                    ...lengths("aws:iam/policy:Policy").filter(([, length]) => length > 6_144),
                    ...lengths("aws:iam/role:Role").filter(([, length]) => length > 2_048),
                    ...lengths("aws:kms/key:Key").filter(([, length]) => length > 32_768),
                    ...lengths("aws:s3/bucketPolicy:BucketPolicy").filter(([, length]) => length > 20_480),
                ];
            });
        });

        it("protects data buckets and the key only with storage.protect", () => {
            for (const run of runs.values()) {
                const unprotected = run.title === "dev" || run.title === "old release";
                const data = resources(run, "aws:s3/bucket:Bucket", "aws:kms/key:Key").filter(
                    ({ name }) => name !== "emr-certificates-bucket",
                );
                const found = run.registrations.filter(({ protect }) => protect);
                expect(names(found), run.title).to.deep.equal(unprotected ? [] : names(data));
                expect(data.filter(({ inputs }) => inputs.forceDestroy)).to.deep.equal([]);
            }
        });

        it("retains archives, security configurations and the encryption of existing buckets", () => {
            for (const run of runs.values()) {
                const retained = run.registrations.filter(({ retainOnDelete }) => retainOnDelete);
                expect(names(retained), run.title).to.deep.equal([
                    "emr-certificates-archive",
                    ...(run.title === "all off" ? [] : ["emr-security-configuration"]),
                    ...(run.title === "existing locations"
                        ? ["emr-storage-existing-my-data", "emr-storage-existing-my-logs"]
                        : []),
                ]);
            }
        });

        it("starts each physical name with the stack's prefix, short enough for the generated suffix", () => {
            const limits: Readonly<Record<string, number>> = {
                "aws:s3/bucket:Bucket bucketPrefix": 37,
                "aws:iam/role:Role namePrefix": 38,
                "aws:iam/policy:Policy namePrefix": 102,
                "aws:ec2/keyPair:KeyPair keyNamePrefix": 229,
                "aws:kms/alias:Alias namePrefix": 230,
                "aws:emr/securityConfiguration:SecurityConfiguration namePrefix": 10_254,
                "aws:iam/instanceProfile:InstanceProfile name": 128,
            };
            expectInEach(({ registrations, prefix }) =>
                registrations.flatMap(({ type, inputs }) =>
                    Object.entries(inputs)
                        .filter(([key]) => /^(name|bucketPrefix|namePrefix|keyNamePrefix)$/.test(key))
                        .map(
                            ([key, value]) =>
                                [`${type} ${key}`, String(value).replace(/^alias\//, "")] as const,
                        )
                        // EMR looks these up by its own names.
                        .filter(([, name]) => !name.startsWith("ElasticMapReduce-"))
                        .filter(
                            ([key, name]) =>
                                !name.startsWith(`${prefix}-`) || name.length > (limits[key] ?? 0),
                        ),
                ),
            );
        });

        it("outputs a config.yml of the mode, with the stack's subnet, roles and security configuration", () => {
            for (const run of runs.values()) {
                const { outputs, title } = run;
                const inBatch = !title.startsWith("stream-enrich");
                const location = (key: string) => (outputs.buckets as ResolvedArgs)[key] ?? null;
                const { aws, collectors } = config(run);
                expect(aws.emr, title).to.deep.include({
                    jobflow_role: outputs.jobflowRole,
                    service_role: outputs.serviceRole,
                    security_configuration: outputs.securityConfigurationName,
                    ec2_subnet_id: (outputs.subnetIds as readonly string[])[0],
                    placement: null,
                    software: { hbase: null, lingual: null },
                });
                expect(aws.s3.buckets, title).to.deep.include({
                    encrypted: true,
                    log: location("log"),
                    raw: inBatch
                        ? {
                              in: location("raw.in"),
                              processing: location("raw.processing"),
                              archive: location("raw.archive"),
                          }
                        : null,
                    enriched: {
                        good: location("enriched.good"),
                        bad: location("enriched.bad"),
                        errors: location("enriched.errors"),
                        archive: location("enriched.archive"),
                        stream: location("enriched.stream"),
                    },
                    shredded: {
                        good: location("shredded.good"),
                        bad: location("shredded.bad"),
                        errors: location("shredded.errors"),
                        archive: location("shredded.archive"),
                    },
                });
                const inStreamMode = [
                    aws.s3.buckets.raw === null,
                    location("enriched.bad") === null,
                    location("enriched.stream") !== null,
                    collectors === null,
                ];
                expect(new Set(inStreamMode), title).to.deep.equal(new Set([!inBatch]));
            }
        });

        it("has the same outputs in every stack, all known", () => {
            for (const { title, outputs } of runs.values()) {
                expect(Object.keys(outputs).sort(), title).to.deep.equal([
                    "buckets",
                    "certificateExpiresAt",
                    "egressIps",
                    "emrEtlRunnerConfig",
                    "forCommands",
                    "jobflowRole",
                    "kmsKeyArn",
                    "operatorPolicyArn",
                    "securityConfiguration",
                    "securityConfigurationName",
                    "serviceRole",
                    "subnetIds",
                    "vpcId",
                    "warnings",
                ]);
                expect(Object.values(outputs)).not.to.include(undefined);
            }
        });
    });

    for (const stack of ["dev", "prod"] as const) {
        it(`has the resources of tests/golden in the shipped stack ${stack}`, () => {
            expectGolden(`resources.${stack}.txt`, `${resourceLines(made(stack)).join("\n")}\n`);
        });
    }

    it("outputs what EmrEtlRunner, its operator and the commands need", () => {
        const { emrEtlRunnerConfig, securityConfiguration, forCommands, ...outputs } =
            made("minimal batch").outputs;
        expect(outputs).to.deep.equal({
            securityConfigurationName: "snowplow-zebra-placeholder",
            jobflowRole: "snowplow-zebra-jobflow-placeholder",
            serviceRole: "snowplow-zebra-service-placeholder",
            operatorPolicyArn: "arn:aws:iam::000000000000:policy/snowplow-zebra-operator-placeholder",
            vpcId: "vpc-placeholder",
            subnetIds: ["subnet-placeholder-emr-network-nodes"],
            egressIps: ["192.0.2.1"],
            kmsKeyArn: "arn:aws:kms:ap-northeast-1:000000000000:key/placeholder",
            buckets: {
                "raw.in": ["s3://snowplow-zebra-collector-placeholder/raw/"],
                "raw.processing": "s3://snowplow-zebra-pipeline-placeholder/raw/processing/",
                "raw.archive": "s3://snowplow-zebra-archive-placeholder/raw/",
                "enriched.good": "s3://snowplow-zebra-pipeline-placeholder/enriched/good/",
                "enriched.bad": "s3://snowplow-zebra-pipeline-placeholder/enriched/bad/",
                "enriched.archive": "s3://snowplow-zebra-archive-placeholder/enriched/",
                "shredded.good": "s3://snowplow-zebra-pipeline-placeholder/shredded/good/",
                "shredded.bad": "s3://snowplow-zebra-pipeline-placeholder/shredded/bad/",
                "shredded.archive": "s3://snowplow-zebra-archive-placeholder/shredded/",
                log: "s3://snowplow-zebra-logs-placeholder/emr/",
            },
            certificateExpiresAt: "9999-12-31T23:59:59Z",
            warnings: [
                "EMR 5.29.0: the nodes' metadata service answers IMDSv1 too; it can be turned off on 5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later.",
            ],
        });
        const { configuration } = registration(
            made("minimal batch"),
            "aws:emr/securityConfiguration:SecurityConfiguration",
            "emr-security-configuration",
        ).inputs;
        expect(securityConfiguration).to.equal(configuration);
        expectGolden("config.whole-program.yml", String(emrEtlRunnerConfig));
        const policyOf = (role: string) =>
            String(
                registration(
                    made("minimal batch"),
                    "aws:iam/rolePolicy:RolePolicy",
                    `emr-${role}-role-policy`,
                ).inputs.policy,
            );
        const { inputs: archive } = registration(
            made("minimal batch"),
            "aws:s3/bucketObjectv2:BucketObjectv2",
            "emr-certificates-archive",
        );
        const bucket = {
            acceptedSse: "AES256",
            objectOwnership: "BucketOwnerEnforced",
            versioned: false,
        };
        // The engine omits undefined values from outputs, as JSON does.
        expect(JSON.parse(JSON.stringify(forCommands))).to.deep.equal({
            stack: "zebra",
            stackTag: "snowplow-emr-encryption/zebra",
            region: "ap-northeast-1",
            accountId: ACCOUNT_ID,
            prefix: "snowplow-zebra",
            certificateArchive: `s3://snowplow-zebra-certs-placeholder/${archive.key}`,
            managedBuckets: {
                "snowplow-zebra-collector-placeholder": bucket,
                "snowplow-zebra-pipeline-placeholder": bucket,
                "snowplow-zebra-archive-placeholder": { ...bucket, versioned: true },
                "snowplow-zebra-logs-placeholder": bucket,
                "snowplow-zebra-certs-placeholder": { ...bucket, acceptedSse: "aws:kms" },
            },
            encryptedExistingBuckets: [],
            policiesOnExistingBuckets: [],
            existingKmsKeyArns: [],
            rolePolicies: {
                serviceRole: {
                    managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"],
                    policyDigest: documentDigest(policyOf("service")),
                },
                jobflowRole: { managedPolicyArns: [], policyDigest: documentDigest(policyOf("jobflow")) },
            },
            reencryptionRoleArn: null,
            reminderSchedule: null,
            internetAccess: "nat",
            nodeDomain: "ap-northeast-1.compute.internal",
            ownsNetwork: true,
            ownsSecurityGroups: true,
            ownsKey: true,
            protect: true,
        });
    });

    it("reads Stream Enrich's events from a managed or an existing location", () => {
        const others = (prefix: string) => ({
            "enriched.good": `s3://${prefix}-pipeline-placeholder/enriched/good/`,
            "enriched.archive": `s3://${prefix}-archive-placeholder/enriched/`,
            "shredded.good": `s3://${prefix}-pipeline-placeholder/shredded/good/`,
            "shredded.bad": `s3://${prefix}-pipeline-placeholder/shredded/bad/`,
            "shredded.archive": `s3://${prefix}-archive-placeholder/shredded/`,
            log: `s3://${prefix}-logs-placeholder/emr/`,
        });
        expect(made("stream-enrich managed").outputs.buckets).to.deep.equal({
            "enriched.stream": "s3://snowplow-zebra-collector-placeholder/enriched/stream/",
            ...others("snowplow-zebra"),
        });
        expect(made("stream-enrich existing").outputs.buckets).to.deep.equal({
            "enriched.stream": "s3://my-stream/enriched/",
            ...others("snowplow-zebra"),
        });
    });

    it("creates no bucket for existing locations, and grants the nodes what the stack config names", () => {
        const run = made("existing locations");
        expect(names(resources(run, "aws:s3/bucket:Bucket"))).to.deep.equal(["emr-certificates-bucket"]);
        const { locations } = registration(
            run,
            "snowplow-emr-encryption:index:PipelineStorage",
            "emr-storage",
        ).outputs as { readonly locations: readonly ResolvedLocation[] };
        expect(
            registration(run, "aws:iam/rolePolicy:RolePolicy", "emr-jobflow-role-policy").inputs.policy,
        ).to.equal(
            JSON.stringify(
                jobflowRolePolicy({
                    accountId: ACCOUNT_ID,
                    region: "eu-west-2",
                    locations,
                    keyArn: String(run.outputs.kmsKeyArn),
                    certificateArchives: `arn:aws:s3:::snowplow-zebra-certs-${PLACEHOLDER}/*`,
                    readFolders: [
                        { bucket: "my-enrichments", prefix: "maxmind/" },
                        { bucket: "my-assets", prefix: "" },
                        { bucket: "my-jsonpaths", prefix: "redshift/" },
                    ],
                    bootstrapScripts: [{ bucket: "my-scripts", prefix: "boot.sh/" }],
                    dynamodbTables: ["duplicates", "manifest"],
                    ssmParameters: ["/redshift/password"],
                    existingKmsKeyArns: [KMS_KEY],
                }),
            ),
        );
        expect(run.outputs.buckets).to.deep.include({
            "raw.in": ["s3://my-collector/eu/", "s3://my-collector-2/"],
            log: "s3://my-logs/emr/",
        });
    });

    it("omits only the security configuration when all switches are off", () => {
        const lost = "aws:emr/securityConfiguration:SecurityConfiguration";
        expect(resourceLines(made("all off"))).to.deep.equal(
            resourceLines(made("minimal batch")).filter((line) => !line.startsWith(lost)),
        );
        const { outputs } = made("all off");
        expect([outputs.securityConfiguration, outputs.securityConfigurationName]).to.deep.equal([
            null,
            null,
        ]);
        expect(config(made("all off")).aws.emr.security_configuration).to.equal(null);
    });

    it("writes only those parts of the security configuration that are switched on", () => {
        const said = (title: keyof typeof CASES) => {
            const document = JSON.parse(String(made(title).outputs.securityConfiguration));
            const encryption = document.EncryptionConfiguration;
            return [
                Object.keys(document),
                Object.keys(encryption.AtRestEncryptionConfiguration ?? {}),
                Object.keys(encryption.InTransitEncryptionConfiguration ?? {}),
            ];
        };
        expect(said("at rest in S3 alone")).to.deep.equal([
            ["EncryptionConfiguration"],
            ["S3EncryptionConfiguration"],
            [],
        ]);
        expect(said("at rest on local disks alone")).to.deep.equal([
            ["EncryptionConfiguration"],
            ["LocalDiskEncryptionConfiguration"],
            [],
        ]);
        expect(said("in transit alone")).to.deep.equal([
            ["EncryptionConfiguration"],
            [],
            ["TLSCertificateConfiguration"],
        ]);
        expect(said("IMDSv2 alone")).to.deep.equal([
            ["EncryptionConfiguration", "InstanceMetadataServiceConfiguration"],
            [],
            [],
        ]);
    });

    it("lets Spot use the key only with a bid", () => {
        const spot = [...runs.values()].filter(
            (run) => policies(run, "aws:kms/key:Key")[0]?.statements.length === 3,
        );
        const createsRole = [...runs.values()].filter((run) =>
            policies(run, "aws:iam/rolePolicy:RolePolicy").some(({ text }) =>
                text.includes("CreateSpotRole"),
            ),
        );
        expect(spot.map(({ title }) => title)).to.deep.equal(["core bid", "task bid"]);
        expect(createsRole).to.deep.equal(spot);
    });

    it("creates an EC2 key pair only if the stack config names none", () => {
        const pairs = ({ registrations }: Run) =>
            names(registrations).filter((name) => name.startsWith("emr-ssh-key-pair"));
        expect(pairs(made("existing EC2 key pair"))).to.deep.equal([]);
        expect(config(made("existing EC2 key pair")).aws.emr.ec2_key_name).to.equal("my-key");
        expect(pairs(made("minimal batch"))).to.deep.equal([
            "emr-ssh-key-pair",
            "emr-ssh-key-pair",
            "emr-ssh-key-pair-key",
        ]);
        expect(config(made("minimal batch")).aws.emr.ec2_key_name).to.equal("snowplow-zebra-placeholder");
    });

    it("uses the numbers of the stack config", () => {
        const inputs = (type: string, name: string) => registration(made("other numbers"), type, name).inputs;
        expect(inputs("aws:ec2/vpc:Vpc", "emr-network-vpc").cidrBlock).to.equal("172.16.0.0/16");
        expect(inputs("aws:ec2/subnet:Subnet", "emr-network-nodes").cidrBlock).to.equal("172.16.240.0/20");
        expect(
            inputs("tls:index/locallySignedCert:LocallySignedCert", "emr-certificates-node"),
        ).to.deep.include({
            validityPeriodHours: 720,
            earlyRenewalHours: 240,
        });
        expect(inputs("tls:index/privateKey:PrivateKey", "emr-certificates-node-key-3").rsaBits).to.equal(
            2048,
        );
        expect(
            inputs(
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                "emr-storage-logs-lifecycle",
            ).rules,
        ).to.deep.include({ id: "expire", status: "Enabled", filter: {}, expiration: { days: 7 } });
    });

    it("refuses an encrypted value, and a region without hosted assets, before it creates a resource", async () => {
        const created: string[] = [];
        const provider: Provider = {
            ...placeholderProvider(REGION),
            create: (_, name) => {
                created.push(name);
                return { id: name, state: {} };
            },
        };
        const errors = async (options: Parameters<typeof runStack>[1]) => {
            try {
                await runStack(MINIMAL, { provider, ...options });
            } catch (error) {
                return error instanceof InvalidArguments
                    ? error.errors.map(({ code, path }) => ({ code, path }))
                    : error;
            }
            return "accepted";
        };
        expect(await errors({ secretKeys: ["snowplow-emr-encryption:emrEtlRunner"] })).to.deep.equal([
            { code: "encrypted-value", path: ["emrEtlRunner"] },
        ]);
        expect(await errors({ region: "eu-north-1" })).to.deep.equal([
            { code: "unsupported-region", path: ["aws:region"] },
        ]);
        expect(created).to.deep.equal([]);
    });

    it("has no egress address in a public network, and runs clusters in the first zone of the list", () => {
        expect(made("public network").outputs.egressIps).to.deep.equal([]);
        expect(made("several zones").outputs.subnetIds).to.deep.equal([
            "subnet-placeholder-emr-network-nodes-c",
            "subnet-placeholder-emr-network-nodes-a",
        ]);
    });

    it("warns in its outputs and in the log of what an old release protects less", async () => {
        const { warn } = console;
        const logged: unknown[] = [];
        console.warn = (text: unknown) => logged.push(text);
        const { region, settings } = CASES["old release"];
        const { outputs } = await runStack(settings, { region }).finally(() => {
            console.warn = warn;
        });
        const warnings = [
            "EMR 5.8.0: Spark's RPC is protected by SASL with DIGEST-MD5; it is encrypted with AES-256 from 5.9.0 on.",
            "EMR 5.8.0: the nodes' root volumes stay unencrypted; EBS encryption covers them from 5.24.0 on, and EmrEtlRunner cannot pass a custom AMI.",
            "EMR 5.8.0: the nodes' metadata service answers IMDSv1 too; it can be turned off on 5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later.",
        ];
        expect(outputs.warnings).to.deep.equal(warnings);
        expect(logged).to.deep.equal(warnings.map((text) => `warning: [runtime] ${text}`));
        expect(made("IMDSv2 alone").outputs.warnings).to.deep.equal([]);
        // The root volume: not asked for where the release would refuse the key.
        expect(made("old release").outputs.securityConfiguration).not.to.include("EnableEbsEncryption");
        expect(made("minimal batch").outputs.securityConfiguration).to.include('"EnableEbsEncryption":true');
    });

    it("gives the same result when it runs again", async () => {
        for (const title of ["minimal batch", "existing locations"] as const) {
            const first = made(title);
            const again = await runStack(CASES[title].settings, { region: first.region, stack: first.stack });
            expect(sorted(again)).to.deep.equal(sorted(first));
            expect(again.outputs).to.deep.equal(first.outputs);
        }
    });

    it("previews every resource, with only the warnings known among its outputs", async () => {
        for (const title of ["minimal batch", "stream-enrich existing"] as const) {
            const update = made(title);
            const options: TestOptions & { readonly region: Region } = {
                region: update.region,
                stack: update.stack,
                preview: true,
            };
            const preview = await runStack(CASES[title].settings, options);
            expect(resourceLines(preview)).to.deep.equal(resourceLines(update));
            const { warnings, ...others } = preview.outputs;
            expect(warnings).to.deep.equal(update.outputs.warnings);
            expect(Object.keys(preview.outputs)).to.have.members(Object.keys(update.outputs));
            expect(Object.values(others).filter((value) => value !== undefined)).to.deep.equal([]);
            expect(preview.secretOutputs).to.deep.equal([]);
        }
    });
});
