import { expect } from "chai";
import { NAMESPACE, PRIVATE_KEY } from "../../components/config";
import { internalDomain } from "../../components/domain/region";
import type { Provider, Registration, Run } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { certificateAuthority } from "../support/authority";
import { REGION, runStack } from "../support/run";
import { stackFileKeys } from "../support/stack-file-keys";

/** Dotted keys of the stack config with their values; undefined: omitted. */
type Keys = Readonly<Record<string, unknown>>;

/** The keys of the second run, and of the first. */
type Change = readonly [after: Keys, before?: Keys];

const S3 = "emrEtlRunner.aws.s3.buckets";
const EMR = "emrEtlRunner.aws.emr";
const POLICY = "arn:aws:iam::111122223333:policy/extra";
const TOPIC = { "certificates.remindTopicArn": `arn:aws:sns:${REGION}:000000000000:alarms` };
const kmsKey = (account: string) => `arn:aws:kms:${REGION}:${account}:key/1234abcd`;

/** Keys that change resources, each with a value that the minimal stack does not have. */
const ADDED: Keys = {
    "network.cidrBlock": "10.65.0.0/20",
    "network.internetAccess": "public",
    "network.existing": { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
    "encryption.atRestS3": false,
    "encryption.atRestLocalDisks": false,
    "encryption.inTransit": false,
    "encryption.kmsKeyArn": kmsKey("000000000000"),
    "certificates.validityDays": 180,
    "certificates.renewBeforeDays": 30,
    "certificates.generation": 2,
    "certificates.archive": "s3://my-certificates/nodes.zip",
    ...TOPIC,
    "storage.protect": false,
    "storage.existingKmsKeyArns": [kmsKey("111122223333")],
    "storage.bucketPolicyStatements": {
        "raw.in": [
            { Sid: "Producers", Effect: "Allow", Principal: { AWS: "444455556666" }, Action: "s3:PutObject" },
        ],
    },
    "storage.logRetentionDays": 30,
    "storage.reencryption": true,
    "access.readLocations": ["s3://my-enrichments/maxmind"],
    "access.dynamodbTables": ["duplicates"],
    "access.ssmParameters": ["/redshift/password"],
    "access.queueArns": ["arn:aws:sqs:eu-west-1:111122223333:loader.fifo"],
    "access.policyArns": [POLICY],
    "access.permissionsBoundary": POLICY,
    "access.path": "/data/",
    "access.serviceRole": { existing: "my-role" },
    "access.jobflowRole": { existing: "my-role" },
    [`${S3}.assets`]: "s3://my-assets",
    [`${S3}.jsonpath_assets`]: "s3://my-jsonpaths",
    [`${S3}.log`]: "s3://my-data/log",
    [`${S3}.raw.in`]: ["s3://my-data/in"],
    [`${S3}.raw.processing`]: "s3://my-data/processing",
    [`${S3}.raw.archive`]: "s3://my-data/raw",
    [`${S3}.enriched.good`]: "s3://my-data/good",
    [`${S3}.enriched.bad`]: "s3://my-data/bad",
    [`${S3}.enriched.errors`]: "s3://my-data/errors",
    [`${S3}.enriched.archive`]: "s3://my-data/enriched",
    [`${S3}.shredded.good`]: "s3://my-data/shredded-good",
    [`${S3}.shredded.bad`]: "s3://my-data/shredded-bad",
    [`${S3}.shredded.errors`]: "s3://my-data/shredded-errors",
    [`${S3}.shredded.archive`]: "s3://my-data/shredded",
    [`${EMR}.ec2_key_name`]: "my-key",
    [`${EMR}.bootstrap`]: ["s3://my-scripts/boot.sh"],
    [`${EMR}.jobflow.core_instance_bid`]: 0.05,
    [`${EMR}.jobflow.task_instance_bid`]: 0.05,
    "emrEtlRunner.collectors.format": "cloudfront",
};

/** Keys that change EmrEtlRunner's config.yml only. */
const CONFIG_YML_ONLY: Keys = {
    "emrEtlRunner.aws.s3.consolidate_shredded_output": false,
    [`${EMR}.ami_version`]: "5.36.1",
    [`${EMR}.bootstrap_failure_tries`]: 1,
    [`${EMR}.configuration`]: { spark: { maximizeResourceAllocation: "true" } },
    [`${EMR}.additional_info`]: "{}",
    [`${EMR}.jobflow.job_name`]: "ETL",
    [`${EMR}.jobflow.master_instance_type`]: "m5.large",
    [`${EMR}.jobflow.core_instance_count`]: 3,
    [`${EMR}.jobflow.core_instance_type`]: "m5.large",
    [`${EMR}.jobflow.core_instance_ebs`]: { volume_size: 100, volume_type: "gp2" },
    [`${EMR}.jobflow.task_instance_count`]: 1,
    [`${EMR}.jobflow.task_instance_type`]: "m5.large",
    "emrEtlRunner.enrich.versions.spark_enrich": "1.19.0",
    "emrEtlRunner.enrich.output_compression": "NONE",
    "emrEtlRunner.storage.versions.rdb_loader": "0.18.0",
    "emrEtlRunner.storage.versions.rdb_shredder": "0.17.0",
    "emrEtlRunner.monitoring.tags": { team: "data" },
    "emrEtlRunner.monitoring.logging.level": "INFO",
    "emrEtlRunner.monitoring.snowplow": { method: "get", collector: "example.com", app_id: "emr" },
    "dataflowRunner.applications": ["Spark"],
    "dataflowRunner.credentialsFrom": "env",
};

const zones = (...letters: readonly string[]) => ({
    "network.availabilityZones": letters.map((letter) => REGION + letter),
});
const LAST_SWITCH = { "encryption.atRestS3": false, "encryption.inTransit": false };
const IMDS_V2 = { [`${EMR}.ami_version`]: "5.36.1" };
const EXISTING = { [`${S3}.raw.in`]: ["s3://my-data/in"] };
const ERRORS = { [`${S3}.enriched.errors`]: "managed", [`${S3}.shredded.errors`]: "managed" };

/** One change of each key: `key` or, for several changes of one key, `key: how`. */
const CHANGES: Readonly<Record<string, Change>> = {
    "the keys of config.yml and cluster.json only": [CONFIG_YML_ONLY],
    ...Object.fromEntries(Object.entries(ADDED).map(([key, value]) => [key, [{ [key]: value }]])),
    "network.availabilityZones: one more": [zones("a", "b"), zones("a")],
    "network.availabilityZones: one less": [zones("a"), zones("a", "b")],
    "network.availabilityZones: another order": [zones("b", "a"), zones("a", "b")],
    "encryption.atRestLocalDisks: the last switch": [
        { ...LAST_SWITCH, "encryption.atRestLocalDisks": false },
        LAST_SWITCH,
    ],
    "encryption.requireImdsV2": [{ ...IMDS_V2, "encryption.requireImdsV2": true }, IMDS_V2],
    "storage.encryptExistingBuckets": [
        EXISTING,
        { ...EXISTING, "storage.encryptExistingBuckets": ["my-data"] },
    ],
    "storage.policiesOnExistingBuckets": [
        EXISTING,
        { ...EXISTING, "storage.policiesOnExistingBuckets": ["my-data"] },
    ],
    [`${S3}.enriched.stream`]: [
        { [`${S3}.enriched.stream`]: "managed", "emrEtlRunner.collectors.format": undefined },
    ],
    [`${EMR}.ami_version: with root volumes`]: [{}, { [`${EMR}.ami_version`]: "5.23.0" }],
    "emrEtlRunner.enrich.continue_on_unexpected_error": [
        { ...ERRORS, "emrEtlRunner.enrich.continue_on_unexpected_error": true },
        ERRORS,
    ],
};

/** Issues certificates that depend on their inputs, as the tls provider does, and on the end of a renewed one. */
function issuing(renewedUntil = ""): Provider {
    const base = placeholderProvider(REGION);
    return {
        ...base,
        create(type, name, inputs) {
            const made = base.create(type, name, inputs);
            const certificate = `certificate ${JSON.stringify(inputs)}${renewedUntil}`;
            switch (type) {
                case "tls:index/certRequest:CertRequest":
                    return {
                        ...made,
                        state: { ...made.state, certRequestPem: `request ${JSON.stringify(inputs)}` },
                    };
                case "tls:index/locallySignedCert:LocallySignedCert":
                    return {
                        ...made,
                        state: {
                            ...made.state,
                            certPem: certificate,
                            ...(renewedUntil && { validityEndTime: renewedUntil }),
                        },
                    };
                default:
                    return made;
            }
        },
    };
}

const runs = new Map<string, Promise<Run>>();

function runWith(keys: Keys, provider = issuing()): Promise<Run> {
    const config: Record<string, unknown> = {};
    for (const [key, value] of Object.entries({ "emrEtlRunner.collectors.format": "thrift", ...keys })) {
        const [last = "", ...parents] = key.split(".").reverse();
        let parent = config;
        for (const name of parents.reverse()) {
            parent[name] ??= {};
            parent = parent[name] as Record<string, unknown>;
        }
        parent[last] = value;
    }
    const secretKeys = PRIVATE_KEY in keys ? [`${NAMESPACE}:${PRIVATE_KEY}`] : [];
    return runStack(config, { provider, secretKeys });
}

/** Runs a stack once: most changes start from the same one. */
function runOnce(keys: Keys): Promise<Run> {
    const id = JSON.stringify(keys, (_, value) => value ?? null);
    const started = runs.get(id) ?? runWith(keys);
    runs.set(id, started);
    return started;
}

/** The differences: `+ Type name`, `- Type name`, or `~ Type name: inputs`, where `protect` counts as an input. */
function difference(before: Run, after: Run): readonly string[] {
    const resources = ({ registrations }: Run) =>
        new Map(registrations.filter(({ custom }) => custom).map((item) => [label(item), item]));
    const [old, present] = [resources(before), resources(after)];
    const changed = [...present].flatMap(([name, item]) => {
        const previous = old.get(name);
        const inputs = previous ? changedInputs(previous, item) : [];
        return inputs.length > 0 ? [`~ ${name}: ${inputs.join(", ")}`] : [];
    });
    return [
        ...[...present.keys()].filter((name) => !old.has(name)).map((name) => `+ ${name}`),
        ...[...old.keys()].filter((name) => !present.has(name)).map((name) => `- ${name}`),
        ...changed,
    ].sort();
}

/** Pulumi leaves a retained resource in place when the program drops or replaces it. */
function label({ type, name, retainOnDelete }: Registration): string {
    return `${type.split(":").at(-1)} ${name}${retainOnDelete ? " (retained)" : ""}`;
}

function changedInputs(before: Registration, after: Registration): readonly string[] {
    const compared = ({ inputs, protect }: Registration): Keys => ({ ...inputs, protect });
    const [old, present] = [compared(before), compared(after)];
    return Object.keys({ ...old, ...present })
        .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(present[key]))
        .sort();
}

const ARCHIVE = "BucketObjectv2 emr-certificates-archive (retained)";
const CONFIGURATION = "SecurityConfiguration emr-security-configuration (retained)";
const NEW_ARCHIVE = [`~ ${ARCHIVE}: contentBase64, key`, `~ ${CONFIGURATION}: configuration`];

describe("pulumi up after a change of one key", () => {
    const { warn } = console;
    const differences = new Map<string, readonly string[]>();

    before(async () => {
        console.warn = () => undefined;
        for (const [title, [after, before = {}]] of Object.entries(CHANGES)) {
            differences.set(title, difference(await runOnce(before), await runOnce(after)));
        }
    });

    after(() => {
        console.warn = warn;
    });

    const of = (title: string) => differences.get(title);
    /** The differences of matching resources, by the title of the change. */
    const touching = (resource: RegExp, titles = /^/) =>
        Object.fromEntries(
            [...differences]
                .filter(([title]) => titles.test(title))
                .map(
                    ([title, lines]) =>
                        [title, lines.filter((line) => resource.test(line.slice(2)))] as const,
                )
                .filter(([, lines]) => lines.length > 0),
        );

    it("is tested for every key of the stack file", () => {
        const tested = Object.keys({ ...CHANGES, ...CONFIG_YML_ONLY }).map((title) => title.split(":")[0]);
        const elsewhere = ["aws:", "certificates.chainPem", "certificates.trustedPem", PRIVATE_KEY];
        expect(
            stackFileKeys()
                .filter(({ owned }) => !owned)
                .map(({ way: path }) => path.join(".").replace(`${NAMESPACE}:`, ""))
                .filter((key) => !tested.some((known) => key === known || key.startsWith(`${known}.`)))
                .filter((key) => !elsewhere.some((known) => key.startsWith(known))),
        ).to.deep.equal([]);
    });

    it("replaces no data bucket, and drops one only for an existing location", () => {
        expect(touching(/^Bucket /)).to.deep.equal({
            "storage.protect": ["archive", "collector", "logs", "pipeline"].map(
                (bucket) => `~ Bucket emr-storage-${bucket}: protect`,
            ),
            "certificates.archive": ["- Bucket emr-certificates-bucket"],
            [`${S3}.raw.in`]: ["- Bucket emr-storage-collector"],
            [`${S3}.log`]: ["- Bucket emr-storage-logs"],
        });
    });

    it("never replaces the key, and drops it only for an existing key", () => {
        expect(touching(/^Key /)).to.deep.equal({
            "encryption.kmsKeyArn": ["- Key emr-key"],
            "storage.protect": ["~ Key emr-key: protect"],
            [`${EMR}.jobflow.core_instance_bid`]: ["~ Key emr-key: policy"],
            [`${EMR}.jobflow.task_instance_bid`]: ["~ Key emr-key: policy"],
        });
    });

    it("replaces the VPC only for another range, and drops it only for an existing VPC", () => {
        expect(touching(/^Vpc /)).to.deep.equal({
            "network.cidrBlock": ["~ Vpc emr-network-vpc: cidrBlock"],
            "network.existing": ["- Vpc emr-network-vpc"],
        });
    });

    it("replaces roles only for another path, and drops them only for existing roles", () => {
        expect(
            touching(/^(Role|InstanceProfile|Policy) emr-(service|jobflow|operator)/, /^(?!emrEtlRunner)/),
        ).to.deep.equal({
            "access.permissionsBoundary": [
                "~ Role emr-jobflow-role: permissionsBoundary",
                "~ Role emr-service-role: permissionsBoundary",
            ],
            "access.path": [
                "~ InstanceProfile emr-jobflow-profile: path",
                "~ Policy emr-operator: path, policy",
                "~ Role emr-jobflow-role: path",
                "~ Role emr-service-role: path",
            ],
            "access.serviceRole": ["- Role emr-service-role", "~ Policy emr-operator: policy"],
            "access.jobflowRole": [
                "- InstanceProfile emr-jobflow-profile",
                "- Role emr-jobflow-role",
                "~ Policy emr-operator: policy",
            ],
        });
    });

    it("retains every archive and security configuration that it replaces or drops, and the encryption of existing buckets", () => {
        const types =
            /^(BucketObjectv2|SecurityConfiguration|BucketServerSideEncryptionConfiguration emr-storage-existing)/;
        expect([...new Set(Object.values(touching(types)).flat())].sort()).to.deep.equal([
            `- ${ARCHIVE}`,
            "- BucketServerSideEncryptionConfiguration emr-storage-existing-my-data (retained)",
            `- ${CONFIGURATION}`,
            // Never other contents under the same key: running clusters still read the old archive.
            `~ ${ARCHIVE}: contentBase64, key`,
            `~ ${ARCHIVE}: kmsKeyId`,
            `~ ${CONFIGURATION}: configuration`,
        ]);
    });

    it("changes only the security configuration for a switch", () => {
        const configuration = [`~ ${CONFIGURATION}: configuration`];
        expect(touching(/^/, /^encryption\.(?!kmsKeyArn)/)).to.deep.equal({
            "encryption.atRestS3": configuration,
            "encryption.atRestLocalDisks": configuration,
            "encryption.atRestLocalDisks: the last switch": [`- ${CONFIGURATION}`],
            "encryption.inTransit": configuration,
            "encryption.requireImdsV2": configuration,
        });
    });

    it("moves no other zone's subnet when zones change, and keeps the NAT gateway's address", () => {
        const subnet = ["RouteTableAssociation emr-network-nodes-b-routes", "Subnet emr-network-nodes-b"];
        expect(touching(/^/, /^network\.availabilityZones/)).to.deep.equal({
            "network.availabilityZones: one more": subnet.map((name) => `+ ${name}`),
            "network.availabilityZones: one less": subnet.map((name) => `- ${name}`),
            // The NAT gateway, which follows its subnet, is in the zone of the clusters.
            "network.availabilityZones: another order": ["~ Subnet emr-network-nat: availabilityZone"],
        });
    });

    it("keeps the nodes' subnets when internetAccess changes from nat to public", () => {
        expect(of("network.internetAccess")).to.deep.equal([
            "- Eip emr-network-nat-address",
            "- NatGateway emr-network-nat",
            "- Route emr-network-nat-internet",
            "- RouteTable emr-network-nat-routes",
            "- RouteTableAssociation emr-network-nat-routes",
            "- SecurityGroup emr-network-security-groups-service-access",
            "- Subnet emr-network-nat",
            "~ Route emr-network-nodes-internet: gatewayId, natGatewayId",
            ...["core", "master", "primary", "slave"].map(
                (group) => `~ SecurityGroup emr-network-security-groups-${group}: name`,
            ),
            "~ Subnet emr-network-nodes: mapPublicIpOnLaunch",
        ]);
    });

    it("creates a new private key under the same authority for another generation", () => {
        expect(of("certificates.generation")).to.deep.equal([
            "+ PrivateKey emr-certificates-node-key-2",
            "- PrivateKey emr-certificates-node-key-1",
            NEW_ARCHIVE[0],
            "~ CertRequest emr-certificates-node-request: privateKeyPem",
            "~ LocallySignedCert emr-certificates-node: certRequestPem",
            NEW_ARCHIVE[1],
        ]);
    });

    it("changes only the jobflow role's policy for a grant", () => {
        const policy = ["~ RolePolicy emr-jobflow-role-policy: policy"];
        const grants =
            /^access\.(readLocations|dynamodbTables|ssmParameters|queueArns|policyArns)|existingKmsKeyArns|assets$|bootstrap$|errors$/;
        expect(touching(/^/, grants)).to.deep.equal({
            "storage.existingKmsKeyArns": policy,
            "access.readLocations": policy,
            "access.dynamodbTables": policy,
            "access.ssmParameters": policy,
            "access.queueArns": policy,
            "access.policyArns": ["+ RolePolicyAttachment emr-jobflow-role-111122223333:policy/extra"],
            [`${S3}.assets`]: policy,
            [`${S3}.jsonpath_assets`]: policy,
            [`${S3}.enriched.errors`]: policy,
            [`${S3}.shredded.errors`]: policy,
            [`${EMR}.bootstrap`]: policy,
        });
    });

    it("changes resources for few keys of config.yml", () => {
        expect(of("the keys of config.yml and cluster.json only")).to.deep.equal([]);
        const spot = ["~ Key emr-key: policy", "~ RolePolicy emr-service-role-policy: policy"];
        expect(touching(/^/, /^emrEtlRunner\.(?!aws\.s3\.buckets)/)).to.deep.equal({
            // Only where the new release, other than the old one, encrypts root volumes.
            [`${EMR}.ami_version: with root volumes`]: [`~ ${CONFIGURATION}: configuration`],
            [`${EMR}.ec2_key_name`]: ["- KeyPair emr-ssh-key-pair", "- PrivateKey emr-ssh-key-pair-key"],
            [`${EMR}.bootstrap`]: ["~ RolePolicy emr-jobflow-role-policy: policy"],
            [`${EMR}.jobflow.core_instance_bid`]: spot,
            [`${EMR}.jobflow.task_instance_bid`]: spot,
            "emrEtlRunner.collectors.format": [
                "~ BucketOwnershipControls emr-storage-collector-ownership: rule",
            ],
        });
    });

    it("keeps the bucket of the archives when an existing certificate takes over", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue([`*.${internalDomain(REGION)}`]);
        const after = await runWith({
            "certificates.chainPem": chain,
            "certificates.trustedPem": authority.certificate,
            [PRIVATE_KEY]: privateKey,
        });
        expect(difference(await runOnce({}), after)).to.deep.equal([
            "- CertRequest emr-certificates-node-request",
            "- LocallySignedCert emr-certificates-node",
            "- PrivateKey emr-certificates-node-ca-key",
            "- PrivateKey emr-certificates-node-key-1",
            "- SelfSignedCert emr-certificates-node-ca",
            ...NEW_ARCHIVE,
        ]);
    });
});

describe("pulumi up in the last days of the nodes' certificate", () => {
    const { warn } = console;
    const renewing = issuing("2030-01-02T03:04:05Z");

    before(() => {
        console.warn = () => undefined;
    });

    after(() => {
        console.warn = warn;
    });

    it("creates a new archive and a new security configuration, and retains the old ones", async () => {
        expect(difference(await runOnce({}), await runWith({}, renewing))).to.deep.equal(NEW_ARCHIVE);
    });

    it("moves the reminder", async () => {
        expect(difference(await runOnce(TOPIC), await runWith(TOPIC, renewing))).to.deep.equal(
            [
                ...NEW_ARCHIVE,
                "~ Schedule emr-certificates-renewal-reminder: scheduleExpression, target",
            ].sort(),
        );
    });
});
