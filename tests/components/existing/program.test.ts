import { expect } from "chai";
import { InvalidArguments } from "../../../components/domain/errors";
import { existingKeyStatements } from "../../../components/policies/key";
import { type Run, Secret } from "../../../testing/mock-engine";
import { certificateAuthority } from "../../support/authority";
import { type Answers, codes, existingAws, refuse, SUBNET, SUBNET_2, VPC } from "../../support/existing-aws";
import { expectGolden, resourceInputs, resourceLines } from "../../support/golden";
import { REGION, runStack, type StackOptions } from "../../support/run";
import { batch, parse } from "../args/parse";

type Config = Readonly<Record<string, unknown>>;
type Inputs = Readonly<Record<string, string>>;

const ACCOUNT = "000000000000";
const ANOTHER = "444455556666";
const keyOf = (account: string) => `arn:aws:kms:${REGION}:${account}:key/5678abcd`;
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const ARCHIVE = "s3://acme-certificates/emr/nodes.zip";
const EXTRA = `arn:aws:iam::${ACCOUNT}:policy/extra`;
const EMR_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
/** A warning of every stack. */
const DEFAULT_WARNINGS = parse(batch()).warnings;
const PUBLIC_WARNINGS = parse({ ...batch(), network: { internetAccess: "public" } }).warnings;

/** The CloudFront format, since EmrEtlRunner adds a core-site of its own for thrift. */
const emrEtlRunner = (aws: Config = {}) => ({ collectors: { format: "cloudfront" }, aws });
const network = (existing: Config = {}, other: Config = {}) => ({
    ...other,
    existing: { vpcId: VPC, subnetIds: [SUBNET, SUBNET_2], ...existing },
});
const archiveBucket = emrEtlRunner({ s3: { buckets: { raw: { archive: "s3://acme-archive/raw" } } } });

const inBucket = (folder: string) => `s3://acme-data/${folder}`;
const EXISTING_BUCKETS = {
    log: inBucket("emr"),
    raw: { in: [inBucket("in")], processing: inBucket("processing"), archive: inBucket("raw") },
    enriched: { good: inBucket("good"), bad: inBucket("bad"), archive: inBucket("enriched") },
    shredded: {
        good: inBucket("shredded"),
        bad: inBucket("shredded-bad"),
        archive: inBucket("shredded-archive"),
    },
};
const EVERYTHING = {
    network: network(),
    encryption: { kmsKeyArn: keyOf(ANOTHER) },
    certificates: { archive: ARCHIVE },
    storage: { policiesOnExistingBuckets: ["acme-data"], encryptExistingBuckets: ["acme-data"] },
    access: {
        path: "/data/",
        policyArns: [EXTRA],
        serviceRole: { existing: "my-service" },
        jobflowRole: { existing: "my-nodes" },
    },
    emrEtlRunner: emrEtlRunner({
        s3: { buckets: EXISTING_BUCKETS },
        emr: { ec2_key_name: "my-key" },
    }),
};

async function runWith(
    config: Config,
    answers?: Answers,
    options: Partial<StackOptions> = {},
): Promise<Run & { readonly events: readonly string[] }> {
    const { provider, events } = existingAws(answers);
    const run = await runStack({ emrEtlRunner: emrEtlRunner(), ...config }, { provider, ...options });
    return { ...run, events };
}

/** The consequences of an existing resource; `tests/program/modes.test.ts` lists the resources. */
interface Changes {
    /** Lines of config.yml: removed and added. */
    readonly configYml?: readonly [removed: readonly string[], added: readonly string[]];
    /** Outputs, including those in `forCommands`; undefined for an omitted one. */
    readonly outputs?: Config | ((before: Run) => Config);
    /** Strings in all inputs and outputs, and their replacements. */
    readonly replaced?: (before: Run) => readonly (readonly [before: string, after: string])[];
    /** Strings, and all inputs that contain one of them. */
    readonly places?: readonly [strings: readonly string[], places: readonly string[]];
}

interface Situation {
    readonly config: Config;
    readonly answers?: Answers;
    /** The situation to compare with. Default: no existing resource. */
    readonly base?: string;
    /** Undefined for a situation that serves as a base only. */
    readonly changes?: Changes;
}

const GROUPS = ["core", "master", "primary", "slave"].map(
    (group) => `aws:ec2/securityGroup:SecurityGroup emr-network-security-groups-${group}`,
);
const KEY_USERS = [
    "aws:emr/securityConfiguration:SecurityConfiguration emr-security-configuration configuration",
    "aws:iam/rolePolicy:RolePolicy emr-jobflow-role-policy policy",
    "aws:iam/rolePolicy:RolePolicy emr-service-role-policy policy",
];
const VPC_POLICY = "aws:iam/rolePolicy:RolePolicy emr-service-role-policy policy";
const EXISTING_POLICY = "aws:s3/bucketPolicy:BucketPolicy emr-storage-existing-acme-archive";
const policyOf = (run: Run, role: string) =>
    (resourceInputs(run)[`aws:iam/rolePolicy:RolePolicy emr-${role}-role-policy`] as Inputs).policy;
const keyChanges = (key: string, outputs: Config = {}): Changes => ({
    replaced: () => [[`arn:aws:kms:${REGION}:${ACCOUNT}:key/placeholder`, key]],
    outputs: { ownsKey: false, ...outputs },
    places: [[key], [...KEY_USERS, "aws:s3/bucketObjectv2:BucketObjectv2 emr-certificates-archive kmsKeyId"]],
});

const SITUATIONS: Readonly<Record<string, Situation>> = {
    "an existing VPC": {
        config: { network: network() },
        changes: {
            replaced: () => [["vpc/vpc-placeholder", `vpc/${VPC}`]],
            configYml: [
                ['ec2_subnet_id: "subnet-placeholder-emr-network-nodes"'],
                [`ec2_subnet_id: "${SUBNET}"`],
            ],
            outputs: {
                vpcId: VPC,
                subnetIds: [SUBNET, SUBNET_2],
                egressIps: [],
                ownsNetwork: false,
            },
            places: [[VPC, SUBNET, SUBNET_2], [VPC_POLICY]],
        },
    },
    "an existing public VPC without EMR's groups": {
        config: { network: network({ emrSecurityGroups: "create" }, { internetAccess: "public" }) },
        base: "an existing VPC",
        changes: {
            outputs: { internetAccess: "public", warnings: PUBLIC_WARNINGS },
            places: [
                [VPC, SUBNET, SUBNET_2],
                [...GROUPS.map((group) => `${group} vpcId`), VPC_POLICY],
            ],
        },
    },
    "EMR's groups that this stack has created": {
        config: { network: network({ emrSecurityGroups: "create" }, { internetAccess: "public" }) },
        answers: { getSecurityGroups: () => ({ ids: ["sg-1", "sg-2", "sg-3", "sg-4"] }) },
        base: "an existing public VPC without EMR's groups",
        changes: { places: [[VPC], [...GROUPS.map((group) => `${group} vpcId`), VPC_POLICY]] },
    },
    "an existing VPC with other names, as allowed": {
        config: { network: network({ allowHostnameMismatch: true }) },
        answers: { getVpcDhcpOptions: () => ({ domainName: "corp.example" }) },
        base: "an existing VPC",
        changes: {
            configYml: [[], ['"core-site":', '"hadoop.ssl.hostname.verifier": "ALLOW_ALL"']],
            outputs: {
                warnings: [
                    ...DEFAULT_WARNINGS,
                    "The nodes' names are not in their certificate: Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).",
                ],
            },
        },
    },
    "an existing key of this account": {
        config: { encryption: { kmsKeyArn: keyOf(ACCOUNT) } },
        changes: keyChanges(keyOf(ACCOUNT)),
    },
    "an existing key of another account": {
        config: { encryption: { kmsKeyArn: keyOf(ANOTHER) } },
        changes: keyChanges(keyOf(ANOTHER), {
            kmsKeyPolicyStatements: existingKeyStatements(keyOf(ANOTHER), ACCOUNT, false),
        }),
    },
    "an existing archive": {
        config: { certificates: { archive: ARCHIVE } },
        changes: {
            outputs: (before) => ({
                certificateExpiresAt: null,
                managedBuckets: Object.fromEntries(
                    Object.entries(forCommands(before).managedBuckets as Config).filter(
                        ([bucket]) => !bucket.includes("-certs-"),
                    ),
                ),
            }),
            replaced: (before) => [
                [String(forCommands(before).certificateArchive), ARCHIVE],
                ["arn:aws:s3:::snowplow-dev-certs-placeholder/*", ARCHIVE.replace("s3://", "arn:aws:s3:::")],
            ],
            places: [["acme-certificates"], KEY_USERS],
        },
    },
    "an existing service role": {
        config: { access: { serviceRole: { existing: "my-service" } } },
        changes: {
            replaced: () => [[roleArn("snowplow-dev-service-placeholder"), roleArn("my-service")]],
            configYml: [['service_role: "snowplow-dev-service-placeholder"'], ['service_role: "my-service"']],
            outputs: (before) => ({
                serviceRole: "my-service",
                requiredPolicies: {
                    serviceRole: {
                        managedPolicyArns: [EMR_POLICY],
                        policyDocument: policyOf(before, "service"),
                    },
                },
                rolePolicies: attachedTo(before, "jobflowRole"),
            }),
            places: [["my-service"], ["aws:iam/policy:Policy emr-operator policy"]],
        },
    },
    "an existing service role with a path, which EMR finds by its ARN": {
        config: { access: { serviceRole: { existing: "my-service" } } },
        answers: { getRole: () => ({ arn: roleArn("team/my-service") }) },
        base: "an existing service role",
        changes: {
            replaced: () => [[roleArn("my-service"), roleArn("team/my-service")]],
            configYml: [['service_role: "my-service"'], [`service_role: "${roleArn("team/my-service")}"`]],
        },
    },
    "an existing jobflow role with a path": {
        config: { access: { jobflowRole: { existing: "my-nodes" }, policyArns: [EXTRA] } },
        answers: { getRole: () => ({ arn: roleArn("team/my-nodes") }) },
        changes: {
            replaced: () => [[roleArn("snowplow-dev-jobflow-placeholder"), roleArn("team/my-nodes")]],
            configYml: [['jobflow_role: "snowplow-dev-jobflow-placeholder"'], ['jobflow_role: "my-nodes"']],
            outputs: (before) => ({
                jobflowRole: "my-nodes",
                requiredPolicies: {
                    jobflowRole: { managedPolicyArns: [EXTRA], policyDocument: policyOf(before, "jobflow") },
                },
                rolePolicies: attachedTo(before, "serviceRole"),
            }),
            places: [
                ["my-nodes"],
                [
                    "aws:iam/policy:Policy emr-operator policy",
                    "aws:iam/rolePolicy:RolePolicy emr-service-role-policy policy",
                ],
            ],
        },
    },
    "an existing bucket": {
        config: { emrEtlRunner: archiveBucket },
    },
    "an existing bucket with the stack's policy": {
        config: { storage: { policiesOnExistingBuckets: ["acme-archive"] }, emrEtlRunner: archiveBucket },
        base: "an existing bucket",
        changes: {
            outputs: { policiesOnExistingBuckets: ["acme-archive"] },
            places: [
                ["acme-archive"],
                [
                    "aws:iam/rolePolicy:RolePolicy emr-jobflow-role-policy policy",
                    `${EXISTING_POLICY} bucket`,
                    `${EXISTING_POLICY} policy`,
                ],
            ],
        },
    },
};

const runs = new Map<string, ReturnType<typeof runWith>>();

/** The run of a situation, once per file. Default: no existing resource. */
function runOf(name = ""): ReturnType<typeof runWith> {
    const { config, answers } = SITUATIONS[name] ?? { config: {} };
    const found = runs.get(name) ?? runWith(config, answers);
    runs.set(name, found);
    return found;
}

function forCommands({ outputs }: Run): Config {
    return outputs.forCommands as Config;
}

function attachedTo(run: Run, role: string): Config {
    return { [role]: (outputsOf(run).rolePolicies as Config)[role] };
}

/**
 * All outputs, those in `forCommands` included, but config.yml and cluster.json, which has the same values. Digests of
 * policies say no more than the policies.
 */
function outputsOf(run: Run): Config {
    const { emrEtlRunnerConfig, dataflowRunnerCluster, forCommands: below, ...outputs } = run.outputs;
    return JSON.parse(
        JSON.stringify({ ...outputs, ...(below as Config) }, (key, value) =>
            key === "policyDigest" ? undefined : value,
        ),
    );
}

function configLines({ outputs }: Run): readonly string[] {
    return String(outputs.emrEtlRunnerConfig)
        .split("\n")
        .map((line) => line.trim());
}

/** The lines of the first list only, and those of the second only. */
function difference(before: readonly string[], after: readonly string[]) {
    return [before.filter((line) => !after.includes(line)), after.filter((line) => !before.includes(line))];
}

/** The keys whose values differ, with the second value. */
function changed(before: Config, after: Config): Config {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.fromEntries(
        keys
            .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
            .map((key) => [key, after[key]]),
    );
}

/** The entries of the second record whose keys are in the first, too. */
function withKeysOf(keys: Config, record: Config): Config {
    return Object.fromEntries(Object.entries(record).filter(([key]) => key in keys));
}

function replaceIn(value: Config, pairs: readonly (readonly [before: string, after: string])[]): Config {
    const text = pairs.reduce((all, [before, after]) => all.replaceAll(before, after), JSON.stringify(value));
    return JSON.parse(text);
}

/** `type name path` of every input that contains one of these strings. */
function placesOf({ registrations }: Run, strings: readonly string[]): readonly string[] {
    return registrations
        .flatMap(({ type, name, inputs }) =>
            leaves(inputs).map(([path, value]) => [`${type} ${name} ${path}`, value] as const),
        )
        .filter(([, value]) => strings.some((string) => value.includes(string)))
        .map(([place]) => place)
        .sort();
}

function leaves(value: unknown, path = ""): readonly (readonly [path: string, value: string])[] {
    const inner = value instanceof Secret ? value.value : value;
    if (typeof inner !== "object" || inner === null) {
        return [[path, String(inner)]];
    }
    return Object.entries(inner).flatMap(([key, below]) => leaves(below, path ? `${path}.${key}` : key));
}

const isLookUp = (event: string) => /^get[A-Z]/.test(event);

describe("a stack with existing resources", () => {
    const { warn } = console;

    before(() => {
        console.warn = () => undefined;
    });

    after(() => {
        console.warn = warn;
    });

    for (const [name, { base, changes }] of Object.entries(SITUATIONS)) {
        if (!changes) {
            continue;
        }
        it(`changes only what follows from ${name}`, async () => {
            const [before, after] = [await runOf(base), await runOf(name)];
            const replaced = changes.replaced?.(before) ?? [];
            const [inputsBefore, inputsAfter] = [resourceInputs(before), resourceInputs(after)];
            expect({
                inputs: changed(
                    replaceIn(withKeysOf(inputsAfter, inputsBefore), replaced),
                    withKeysOf(inputsBefore, inputsAfter),
                ),
                configYml: difference(configLines(before), configLines(after)),
                outputs: changed(replaceIn(outputsOf(before), replaced), outputsOf(after)),
                places: changes.places && placesOf(after, changes.places[0]),
            }).to.deep.equal({
                inputs: {},
                configYml: changes.configYml ?? [[], []],
                outputs:
                    (typeof changes.outputs === "function" ? changes.outputs(before) : changes.outputs) ?? {},
                places: changes.places?.[1],
            });
        });
    }

    it("outputs the key's statements for Spot", async () => {
        const spot = emrEtlRunner({ emr: { jobflow: { core_instance_bid: 0.05 } } });
        const { outputs } = await runWith({ encryption: { kmsKeyArn: keyOf(ACCOUNT) }, emrEtlRunner: spot });
        expect(outputs.kmsKeyPolicyStatements).to.deep.equal(
            existingKeyStatements(keyOf(ACCOUNT), ACCOUNT, true),
        );
    });

    it("has nodes check the names of an existing certificate's domain, with thrift too", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue(["*.corp.example"]);
        const config = {
            certificates: { chainPem: chain, trustedPem: authority.certificate },
            certificatePrivateKey: privateKey,
            emrEtlRunner: { collectors: { format: "thrift" } },
            network: network(),
        };
        const secretKeys = ["snowplow-emr-encryption:certificatePrivateKey"];
        // Without an answer, as in `render`, the placeholder VPC has the certificate's domain.
        for (const answers of [{ getVpcDhcpOptions: () => ({ domainName: "corp.example" }) }, undefined]) {
            const run = await runWith(config, answers, { secretKeys });
            expect(configLines(run).filter((line) => line.includes("hadoop.ssl"))).to.deep.equal([]);
            expect([run.outputs.warnings, forCommands(run).nodeDomain]).to.deep.equal([
                DEFAULT_WARNINGS,
                "corp.example",
            ]);
        }
    });

    describe("where everything exists", () => {
        let run: Awaited<ReturnType<typeof runWith>>;

        before(async () => {
            run = await runWith(EVERYTHING);
        });

        it("makes all look-ups before it creates a resource", () => {
            const lookUps = run.events.filter(isLookUp);
            expect(run.events.slice(0, lookUps.length)).to.deep.equal(lookUps);
            expect(lookUps).to.include.members(["getVpc", "getKey", "getRole", "getBucket"]);
        });

        it("creates the operator's policy, the security configuration, and the bucket's encryption and policy", () => {
            expect(resourceLines(run)).to.deep.equal([
                "aws:emr/securityConfiguration:SecurityConfiguration emr-security-configuration < emr-security-configuration, retainOnDelete",
                "aws:iam/policy:Policy emr-operator < emr-operator",
                "aws:s3/bucketPolicy:BucketPolicy emr-storage-existing-acme-data < emr-storage",
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration emr-storage-existing-acme-data < emr-storage, retainOnDelete",
                "snowplow-emr-encryption:index:EmrEncryption emr < snowplow-emr-encryption-dev",
                "snowplow-emr-encryption:index:ExistingNetwork emr-network < emr",
                "snowplow-emr-encryption:index:OperatorPolicy emr-operator < emr",
                "snowplow-emr-encryption:index:PipelineStorage emr-storage < emr",
                "snowplow-emr-encryption:index:SecurityConfiguration emr-security-configuration < emr",
            ]);
        });

        it("has every output", () => {
            const {
                emrEtlRunnerConfig,
                dataflowRunnerCluster,
                securityConfiguration,
                buckets,
                requiredPolicies,
                ...outputs
            } = run.outputs;
            // As JSON: the engine drops undefined values.
            expect(JSON.parse(JSON.stringify(outputs))).to.deep.equal({
                securityConfigurationName: "snowplow-dev-placeholder",
                jobflowRole: "my-nodes",
                serviceRole: "my-service",
                operatorPolicyArn: `arn:aws:iam::${ACCOUNT}:policy/data/snowplow-dev-operator-placeholder`,
                vpcId: VPC,
                subnetIds: [SUBNET, SUBNET_2],
                egressIps: [],
                kmsKeyArn: keyOf(ANOTHER),
                kmsKeyPolicyStatements: existingKeyStatements(keyOf(ANOTHER), ACCOUNT, false),
                certificateExpiresAt: null,
                warnings: DEFAULT_WARNINGS,
                forCommands: {
                    version: 1,
                    stack: "dev",
                    stackTag: "snowplow-emr-encryption/dev",
                    region: REGION,
                    accountId: ACCOUNT,
                    prefix: "snowplow-dev",
                    certificateArchive: ARCHIVE,
                    managedBuckets: {},
                    encryptedExistingBuckets: ["acme-data"],
                    policiesOnExistingBuckets: ["acme-data"],
                    existingKmsKeyArns: [],
                    rolePolicies: {},
                    reencryptionRoleArn: null,
                    reminderSchedule: null,
                    internetAccess: "nat",
                    nodeDomain: "eu-west-1.compute.internal",
                    ownsNetwork: false,
                    ownsKey: false,
                    protect: true,
                },
            });
            expect(run.secretOutputs).to.deep.equal([]);
            expectGolden("config.existing.yml", String(emrEtlRunnerConfig));
            expectGolden("cluster.existing.json", String(dataflowRunnerCluster));
            expect(securityConfiguration).to.include(keyOf(ANOTHER)).and.to.include(ARCHIVE);
            const { serviceRole, jobflowRole } = requiredPolicies as Record<string, Inputs>;
            for (const role of [serviceRole, jobflowRole]) {
                expect(role?.policyDocument).to.include(`"Resource":"${keyOf(ANOTHER)}"`);
            }
            expect(serviceRole?.policyDocument).to.include(`"Resource":"${roleArn("my-nodes")}"`);
        });

        it("knows in a preview every output that does not depend on a new resource", async () => {
            const preview = await runWith(EVERYTHING, {}, { preview: true });
            expect(resourceLines(preview)).to.deep.equal(resourceLines(run));
            expect(Object.keys(changed(run.outputs, preview.outputs))).to.deep.equal([
                "emrEtlRunnerConfig",
                "dataflowRunnerCluster",
                "securityConfigurationName",
                "operatorPolicyArn",
            ]);
        });

        it("accepts at the second up the policy that the first one wrote", async () => {
            const { policy } = resourceInputs(run)[
                "aws:s3/bucketPolicy:BucketPolicy emr-storage-existing-acme-data"
            ] as { readonly policy: string };
            const again = await runWith(EVERYTHING, { getBucketPolicy: () => ({ policy }) });
            expect(resourceInputs(again)).to.deep.equal(resourceInputs(run));
        });
    });

    for (const preview of [false, true]) {
        it(`reports every error at once and creates nothing in ${preview ? "a preview" : "an up"}`, async () => {
            const { provider, events } = existingAws({
                getKey: () => ({ keyState: "PendingDeletion" }),
                getRole: ({ name }) => (name === "my-nodes" ? refuse("NoSuchEntity") : {}),
            });
            const options = { stack: "test", provider, preview };
            const error = await runStack(EVERYTHING, options).catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(InvalidArguments);
            const { errors, message } = error as InvalidArguments;
            expect(codes(errors)).to.deep.equal([
                ["key-not-enabled", "encryption.kmsKeyArn"],
                ["lookup-failed", "access.jobflowRole.existing"],
            ]);
            expect(message.split("\n").slice(0, 2)).to.deep.equal([
                "Pulumi.test.yaml: 2 errors",
                "  snowplow-emr-encryption:encryption.kmsKeyArn",
            ]);
            expect(events.filter((event) => !isLookUp(event))).to.deep.equal([]);
        });
    }

    it("makes no look-up if the stack config has an error", async () => {
        const { provider, calls } = existingAws();
        const error = await runStack({ network: network({ subnetIds: [] }) }, { provider }).catch(String);
        expect(error).to.include("network.existing.subnetIds");
        expect(calls).to.deep.equal([]);
    });

    it("fails with the error of a look-up that no argument asked for", async () => {
        const answers = { getCallerIdentity: () => refuse("no valid credential sources found") };
        const error = await runWith({}, answers).catch(String);
        expect(error).to.include("no valid credential sources found");
    });
});
