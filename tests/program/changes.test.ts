import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { NAMESPACE, PRIVATE_KEY } from "../../components/config";
import { internalDomain } from "../../components/domain/region";
import type { Provider, Registration, Run } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { certificateAuthority } from "../support/authority";
import { REGION, runStack } from "../support/run";

/** Dotted keys of the stack config with their values; undefined: omitted. */
type Keys = Readonly<Record<string, unknown>>;

/** The keys of the second run, and of the first where the key is not omitted there. */
type Change = readonly [after: Keys, before?: Keys];

const S3 = "emrEtlRunner.aws.s3.buckets";
const EMR = "emrEtlRunner.aws.emr";
const ROLE = { existing: "my-role" };
const POLICY = "arn:aws:iam::111122223333:policy/extra";
const ALL_OFF = { "encryption.atRestS3": false, "encryption.inTransit": false };
const NETWORK = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] };
const LOGS = { [`${S3}.raw.in`]: ["s3://my-logs/eu"] };
const zones = (...letters: readonly string[]) => ({
    "network.availabilityZones": letters.map((letter) => REGION + letter),
});

/** Each of the stack's settings, changed once; the title is its key, what follows a colon only tells rows apart. */
const CHANGES: Readonly<Record<string, Change>> = {
    "network.cidrBlock": [{ "network.cidrBlock": "10.65.0.0/20" }],
    "network.availabilityZones: one more": [zones("a", "b"), zones("a")],
    "network.availabilityZones: one less": [zones("a"), zones("a", "b")],
    "network.availabilityZones: another order": [zones("b", "a"), zones("a", "b")],
    "network.internetAccess": [{ "network.internetAccess": "public" }],
    "network.existing": [{ "network.existing": NETWORK }],
    "encryption.atRestS3": [{ "encryption.atRestS3": false }],
    "encryption.atRestLocalDisks": [{ "encryption.atRestLocalDisks": false }],
    "encryption.atRestLocalDisks: the last switch": [
        { ...ALL_OFF, "encryption.atRestLocalDisks": false },
        ALL_OFF,
    ],
    "encryption.inTransit": [{ "encryption.inTransit": false }],
    "encryption.requireImdsV2": [
        { "encryption.requireImdsV2": true, [`${EMR}.ami_version`]: "5.36.1" },
        { [`${EMR}.ami_version`]: "5.36.1" },
    ],
    "encryption.kmsKeyArn": [{ "encryption.kmsKeyArn": `arn:aws:kms:${REGION}:000000000000:key/1234abcd` }],
    "certificates.validityDays": [{ "certificates.validityDays": 180 }],
    "certificates.renewBeforeDays": [{ "certificates.renewBeforeDays": 30 }],
    "certificates.generation": [{ "certificates.generation": 2 }],
    "certificates.archive": [{ "certificates.archive": "s3://my-certificates/nodes.zip" }],
    "certificates.remindTopicArn": [
        { "certificates.remindTopicArn": `arn:aws:sns:${REGION}:000000000000:alarms` },
    ],
    "storage.protect": [{ "storage.protect": false }],
    "storage.encryptExistingBuckets": [LOGS, { ...LOGS, "storage.encryptExistingBuckets": ["my-logs"] }],
    "storage.policiesOnExistingBuckets": [
        LOGS,
        { ...LOGS, "storage.policiesOnExistingBuckets": ["my-logs"] },
    ],
    "storage.existingKmsKeyArns": [
        { "storage.existingKmsKeyArns": [`arn:aws:kms:${REGION}:111122223333:key/1234abcd`] },
    ],
    "storage.logRetentionDays": [{ "storage.logRetentionDays": 30 }],
    "storage.reencryption": [{ "storage.reencryption": true }],
    "access.readLocations": [{ "access.readLocations": ["s3://my-enrichments/maxmind"] }],
    "access.dynamodbTables": [{ "access.dynamodbTables": ["duplicates"] }],
    "access.ssmParameters": [{ "access.ssmParameters": ["/redshift/password"] }],
    "access.policyArns": [{ "access.policyArns": [POLICY] }],
    "access.permissionsBoundary": [{ "access.permissionsBoundary": POLICY }],
    "access.path": [{ "access.path": "/data/" }],
    "access.serviceRole": [{ "access.serviceRole": ROLE }],
    "access.jobflowRole": [{ "access.jobflowRole": ROLE }],
    [`${S3}.assets`]: [{ [`${S3}.assets`]: "s3://my-assets" }],
    [`${S3}.jsonpath_assets`]: [{ [`${S3}.jsonpath_assets`]: "s3://my-jsonpaths" }],
    [`${S3}.raw.in`]: [LOGS],
    ...Object.fromEntries(
        [
            "log",
            ...["raw.processing", "raw.archive"],
            ...["enriched.good", "enriched.bad", "enriched.archive", "enriched.errors"],
            ...["shredded.good", "shredded.bad", "shredded.archive", "shredded.errors"],
        ].map((location) => [`${S3}.${location}`, [{ [`${S3}.${location}`]: `s3://my-data/${location}` }]]),
    ),
    [`${S3}.enriched.stream`]: [
        { [`${S3}.enriched.stream`]: "managed", "emrEtlRunner.collectors.format": undefined },
    ],
    "emrEtlRunner.aws.s3.consolidate_shredded_output": [
        { "emrEtlRunner.aws.s3.consolidate_shredded_output": false },
    ],
    [`${EMR}.ami_version`]: [{ [`${EMR}.ami_version`]: "5.36.1" }],
    [`${EMR}.ami_version: with root volumes`]: [{}, { [`${EMR}.ami_version`]: "5.23.0" }],
    [`${EMR}.ec2_key_name`]: [{ [`${EMR}.ec2_key_name`]: "my-key" }],
    [`${EMR}.bootstrap`]: [{ [`${EMR}.bootstrap`]: ["s3://my-scripts/boot.sh"] }],
    [`${EMR}.jobflow.job_name`]: [{ [`${EMR}.jobflow.job_name`]: "ETL" }],
    [`${EMR}.jobflow.master_instance_type`]: [{ [`${EMR}.jobflow.master_instance_type`]: "m5.large" }],
    [`${EMR}.jobflow.core_instance_count`]: [{ [`${EMR}.jobflow.core_instance_count`]: 3 }],
    [`${EMR}.jobflow.core_instance_type`]: [{ [`${EMR}.jobflow.core_instance_type`]: "m5.large" }],
    [`${EMR}.jobflow.core_instance_bid`]: [{ [`${EMR}.jobflow.core_instance_bid`]: 0.05 }],
    [`${EMR}.jobflow.core_instance_ebs`]: [
        { [`${EMR}.jobflow.core_instance_ebs`]: { volume_size: 100, volume_type: "gp2" } },
    ],
    [`${EMR}.jobflow.task_instance_count`]: [{ [`${EMR}.jobflow.task_instance_count`]: 1 }],
    [`${EMR}.jobflow.task_instance_type`]: [{ [`${EMR}.jobflow.task_instance_type`]: "m5.large" }],
    [`${EMR}.jobflow.task_instance_bid`]: [{ [`${EMR}.jobflow.task_instance_bid`]: 0.05 }],
    [`${EMR}.bootstrap_failure_tries`]: [{ [`${EMR}.bootstrap_failure_tries`]: 1 }],
    [`${EMR}.configuration`]: [
        { [`${EMR}.configuration`]: { spark: { maximizeResourceAllocation: "true" } } },
    ],
    [`${EMR}.additional_info`]: [{ [`${EMR}.additional_info`]: "{}" }],
    "emrEtlRunner.collectors.format": [{ "emrEtlRunner.collectors.format": "cloudfront" }],
    "emrEtlRunner.enrich.versions.spark_enrich": [{ "emrEtlRunner.enrich.versions.spark_enrich": "1.19.0" }],
    "emrEtlRunner.enrich.continue_on_unexpected_error": [
        {
            "emrEtlRunner.enrich.continue_on_unexpected_error": true,
            [`${S3}.enriched.errors`]: "managed",
            [`${S3}.shredded.errors`]: "managed",
        },
        { [`${S3}.enriched.errors`]: "managed", [`${S3}.shredded.errors`]: "managed" },
    ],
    "emrEtlRunner.enrich.output_compression": [{ "emrEtlRunner.enrich.output_compression": "NONE" }],
    "emrEtlRunner.storage.versions": [
        {
            "emrEtlRunner.storage.versions.rdb_loader": "0.18.0",
            "emrEtlRunner.storage.versions.rdb_shredder": "0.17.0",
        },
    ],
    "emrEtlRunner.monitoring": [
        {
            "emrEtlRunner.monitoring.tags": { team: "data" },
            "emrEtlRunner.monitoring.logging.level": "INFO",
            "emrEtlRunner.monitoring.snowplow": {
                method: "get",
                collector: "collector.example.com",
                app_id: "emr-etl-runner",
            },
        },
    ],
};

/** Issues certificates that differ as their inputs do, as the tls provider does; a renewal differs by itself. */
function issuing(renewal = ""): Provider {
    const base = placeholderProvider(REGION);
    return {
        ...base,
        create(type, name, inputs) {
            const made = base.create(type, name, inputs);
            const certificate = `certificate ${JSON.stringify(inputs)}${renewal}`;
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
                            ...(renewal && { validityEndTime: renewal }),
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

/** Most changes start from the same stack: it runs once. */
function runOnce(keys: Keys): Promise<Run> {
    const id = JSON.stringify(keys, (_, value) => value ?? null);
    const started = runs.get(id) ?? runWith(keys);
    runs.set(id, started);
    return started;
}

/** What differs: `+ Type name`, `- Type name`, or `~ Type name: inputs`, with `protect` among the inputs. */
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

/** Of a resource that Pulumi leaves in place when the program drops or replaces it, this too. */
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

/** Every key that a stack file may set, from the schema that editors use; keys that the stack owns are omitted. */
function settableKeys(node: SchemaNode, parents: readonly string[] = []): readonly string[] {
    const properties = [node, ...(node.anyOf ?? [])].find((form) => form.properties)?.properties;
    if (node.description?.startsWith("The stack's own")) {
        return [];
    }
    return properties
        ? Object.entries(properties).flatMap(([key, below]) => settableKeys(below, [...parents, key]))
        : [parents.join(".").replace(`${NAMESPACE}:`, "")];
}

interface SchemaNode {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

const ARCHIVE = "BucketObjectv2 certificates-archive (retained)";
const CONFIGURATION = "SecurityConfiguration security-configuration (retained)";
const NEW_ARCHIVE = [`~ ${ARCHIVE}: contentBase64, key`, `~ ${CONFIGURATION}: configuration`];

describe("a change of one setting", () => {
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
    /** By title, what each change does to the resources that match. */
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
        const schema = JSON.parse(
            readFileSync(path.join(__dirname, "../../docs/stack.schema.json"), "utf8"),
        ) as SchemaNode;
        const tested = Object.keys(CHANGES).map((title) => title.split(":")[0]);
        const elsewhere = ["aws:", "certificates.chainPem", "certificates.trustedPem", PRIVATE_KEY];
        expect(
            settableKeys(schema.properties?.config ?? {})
                .filter((key) => !tested.some((known) => key === known || key.startsWith(`${known}.`)))
                .filter((key) => !elsewhere.some((known) => key.startsWith(known))),
        ).to.deep.equal([]);
    });

    it("replaces no data bucket, and drops one only for an existing location", () => {
        expect(touching(/^Bucket /)).to.deep.equal({
            "storage.protect": ["archive", "collector", "logs", "pipeline"].map(
                (bucket) => `~ Bucket storage-${bucket}: protect`,
            ),
            "certificates.archive": ["- Bucket certificates-bucket"],
            [`${S3}.raw.in`]: ["- Bucket storage-collector"],
            [`${S3}.log`]: ["- Bucket storage-logs"],
        });
    });

    it("replaces the key never, and drops it only for an existing one", () => {
        expect(touching(/^Key /)).to.deep.equal({
            "encryption.kmsKeyArn": ["- Key key"],
            "storage.protect": ["~ Key key: protect"],
            [`${EMR}.jobflow.core_instance_bid`]: ["~ Key key: policy"],
            [`${EMR}.jobflow.task_instance_bid`]: ["~ Key key: policy"],
        });
    });

    it("replaces the VPC only by another range, and drops it only for an existing one", () => {
        expect(touching(/^Vpc /)).to.deep.equal({
            "network.cidrBlock": ["~ Vpc network-vpc: cidrBlock"],
            "network.existing": ["- Vpc network-vpc"],
        });
    });

    it("replaces roles only by another path, and drops them only for existing ones", () => {
        expect(touching(/^(Role|InstanceProfile|Policy) roles-/, /^(?!emrEtlRunner)/)).to.deep.equal({
            "access.permissionsBoundary": [
                "~ Role roles-jobflow: permissionsBoundary",
                "~ Role roles-service: permissionsBoundary",
            ],
            "access.path": [
                "~ InstanceProfile roles-jobflow-profile: path",
                "~ Policy roles-operator: path, policy",
                "~ Role roles-jobflow: path",
                "~ Role roles-service: path",
            ],
            "access.serviceRole": ["- Role roles-service", "~ Policy roles-operator: policy"],
            "access.jobflowRole": [
                "- InstanceProfile roles-jobflow-profile",
                "- Role roles-jobflow",
                "~ Policy roles-operator: policy",
            ],
        });
    });

    it("retains every archive, security configuration and existing bucket's encryption that it replaces or drops", () => {
        const types =
            /^(BucketObjectv2|SecurityConfiguration|BucketServerSideEncryptionConfiguration storage-existing)/;
        expect([...new Set(Object.values(touching(types)).flat())].sort()).to.deep.equal([
            `- ${ARCHIVE}`,
            "- BucketServerSideEncryptionConfiguration storage-existing-my-logs (retained)",
            `- ${CONFIGURATION}`,
            // Never other contents under the same key: running clusters still read the old archive.
            `~ ${ARCHIVE}: contentBase64, key`,
            `~ ${ARCHIVE}: kmsKeyId`,
            `~ ${CONFIGURATION}: configuration`,
        ]);
    });

    it("of a switch changes the security configuration alone", () => {
        const configuration = [`~ ${CONFIGURATION}: configuration`];
        expect(touching(/^/, /^encryption\.(?!kmsKeyArn)/)).to.deep.equal({
            "encryption.atRestS3": configuration,
            "encryption.atRestLocalDisks": configuration,
            "encryption.atRestLocalDisks: the last switch": [`- ${CONFIGURATION}`],
            "encryption.inTransit": configuration,
            "encryption.requireImdsV2": configuration,
        });
    });

    it("of zones moves no other zone's subnet, and keeps the address that Redshift lets in", () => {
        const subnet = ["RouteTableAssociation network-nodes-b-routes", "Subnet network-nodes-b"];
        expect(touching(/^/, /^network\.availabilityZones/)).to.deep.equal({
            "network.availabilityZones: one more": subnet.map((name) => `+ ${name}`),
            "network.availabilityZones: one less": subnet.map((name) => `- ${name}`),
            // The NAT gateway, which follows its subnet, is in the zone of the clusters.
            "network.availabilityZones: another order": ["~ Subnet network-nat: availabilityZone"],
        });
    });

    it("from nat to public keeps the subnets of the nodes", () => {
        expect(of("network.internetAccess")).to.deep.equal([
            "- Eip network-nat-address",
            "- NatGateway network-nat",
            "- Route network-nat-internet",
            "- RouteTable network-nat-routes",
            "- RouteTableAssociation network-nat-routes",
            "- SecurityGroup emr-security-groups-service-access",
            "- Subnet network-nat",
            "~ Route network-nodes-internet: gatewayId, natGatewayId",
            ...["core", "master", "primary", "slave"].map(
                (group) => `~ SecurityGroup emr-security-groups-${group}: name`,
            ),
            "~ Subnet network-nodes: mapPublicIpOnLaunch",
        ]);
    });

    it("of the generation makes a new private key under the same authority", () => {
        expect(of("certificates.generation")).to.deep.equal([
            "+ PrivateKey certificates-node-key-2",
            "- PrivateKey certificates-node-key-1",
            NEW_ARCHIVE[0],
            "~ CertRequest certificates-node-request: privateKeyPem",
            "~ LocallySignedCert certificates-node: certRequestPem",
            NEW_ARCHIVE[1],
        ]);
    });

    it("of a grant changes the jobflow role's policy alone", () => {
        const policy = ["~ RolePolicy roles-jobflow-policy: policy"];
        const grants =
            /^access\.(readLocations|dynamodbTables|ssmParameters|policyArns)|existingKmsKeyArns|assets$|bootstrap$|errors$/;
        expect(touching(/^/, grants)).to.deep.equal({
            "storage.existingKmsKeyArns": policy,
            "access.readLocations": policy,
            "access.dynamodbTables": policy,
            "access.ssmParameters": policy,
            "access.policyArns": ["+ RolePolicyAttachment roles-jobflow-111122223333:policy/extra"],
            [`${S3}.assets`]: policy,
            [`${S3}.jsonpath_assets`]: policy,
            [`${S3}.enriched.errors`]: policy,
            [`${S3}.shredded.errors`]: policy,
            [`${EMR}.bootstrap`]: policy,
        });
    });

    it("of EmrEtlRunner's own settings changes no resource, but for these", () => {
        const spot = ["~ Key key: policy", "~ RolePolicy roles-service-policy: policy"];
        expect(touching(/^/, /^emrEtlRunner\.(?!aws\.s3\.buckets)/)).to.deep.equal({
            // Only where the new release, other than the old one, encrypts root volumes.
            [`${EMR}.ami_version: with root volumes`]: [`~ ${CONFIGURATION}: configuration`],
            [`${EMR}.ec2_key_name`]: ["- KeyPair ssh-key-pair", "- PrivateKey ssh-key-pair-key"],
            [`${EMR}.bootstrap`]: ["~ RolePolicy roles-jobflow-policy: policy"],
            [`${EMR}.jobflow.core_instance_bid`]: spot,
            [`${EMR}.jobflow.task_instance_bid`]: spot,
            "emrEtlRunner.collectors.format": ["~ BucketOwnershipControls storage-collector-ownership: rule"],
        });
    });

    it("from the stack's certificate to an existing one keeps the bucket of the archives", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue([`*.${internalDomain(REGION)}`]);
        const after = await runWith({
            "certificates.chainPem": chain,
            "certificates.trustedPem": authority.certificate,
            [PRIVATE_KEY]: privateKey,
        });
        expect(difference(await runOnce({}), after)).to.deep.equal([
            "- CertRequest certificates-node-request",
            "- LocallySignedCert certificates-node",
            "- PrivateKey certificates-ca-key",
            "- PrivateKey certificates-node-key-1",
            "- SelfSignedCert certificates-ca",
            ...NEW_ARCHIVE,
        ]);
    });
});

describe("a renewal of the nodes' certificate", () => {
    const { warn } = console;
    const renewing = issuing("2030-01-02T03:04:05Z");

    before(() => {
        console.warn = () => undefined;
    });

    after(() => {
        console.warn = warn;
    });

    it("makes a new archive and a new security configuration, and retains the old ones", async () => {
        expect(difference(await runOnce({}), await runWith({}, renewing))).to.deep.equal(NEW_ARCHIVE);
    });

    it("moves the reminder", async () => {
        const topic = { "certificates.remindTopicArn": `arn:aws:sns:${REGION}:000000000000:alarms` };
        expect(difference(await runOnce(topic), await runWith(topic, renewing))).to.deep.equal(
            [...NEW_ARCHIVE, "~ Schedule renewal-reminder: scheduleExpression, target"].sort(),
        );
    });
});
