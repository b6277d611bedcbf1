import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { NAMESPACE } from "../../components/config";
import { certificateAuthority } from "../support/authority";
import { type Answers, refuse, SUBNET, SUBNET_2, VPC } from "../support/existing-aws";
import { REGION } from "../support/run";
import type { Stack } from "./record";

const ACCOUNT = "000000000000";
const OTHER_ACCOUNT = "444455556666";
const keyOf = (account: string) => `arn:aws:kms:${REGION}:${account}:key/5678abcd`;
const topicOf = (account: string) => `arn:aws:sns:${REGION}:${account}:ops`;
const policy = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
const ARCHIVE = "s3://acme-certificates/emr/nodes.zip";

type Config = Readonly<Record<string, unknown>>;

const emrEtlRunner = (aws: Config = {}, format = "thrift") => ({ collectors: { format }, aws });
const stream = (location: string) => ({ aws: { s3: { buckets: { enriched: { stream: location } } } } });
const buckets = (locations: Config) => emrEtlRunner({ s3: { buckets: locations } });
const spot = emrEtlRunner({ emr: { jobflow: { core_instance_bid: 0.05 } } });
const existingVpc = (existing: Config = {}, network: Config = {}) => ({
    emrEtlRunner: emrEtlRunner({}, "cloudfront"),
    network: { ...network, existing: { vpcId: VPC, subnetIds: [SUBNET, SUBNET_2], ...existing } },
});
const at = (folder: string) => `s3://acme-data/${folder}`;
const LOCATIONS = {
    log: at("emr"),
    raw: { in: [at("in")], processing: at("processing"), archive: at("raw") },
    enriched: { good: at("good"), bad: at("bad"), archive: at("enriched") },
    shredded: { good: at("shredded"), bad: at("shredded-bad"), archive: at("shredded-archive") },
};
const EXISTING_ROLES = { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } };

/** The keys of a stack config below our namespace. */
const CONFIGS: Readonly<Record<string, Config>> = {
    minimal: {},
    "public, zones": {
        network: {
            cidrBlock: "10.80.0.0/16",
            internetAccess: "public",
            availabilityZones: [`${REGION}b`, `${REGION}a`],
        },
    },
    "not atRestS3": { encryption: { atRestS3: false } },
    "not atRestLocalDisks": { encryption: { atRestLocalDisks: false } },
    "not inTransit": { encryption: { inTransit: false } },
    "all switches off": { encryption: { atRestS3: false, atRestLocalDisks: false, inTransit: false } },
    requireImdsV2: {
        encryption: { requireImdsV2: true },
        emrEtlRunner: emrEtlRunner({ emr: { ami_version: "5.36.0" } }),
    },
    spot: { emrEtlRunner: spot },
    cloudfront: { emrEtlRunner: emrEtlRunner({}, "cloudfront") },
    "clj-tomcat": {
        emrEtlRunner: emrEtlRunner(
            { s3: { buckets: { raw: { in: ["s3://acme-a/in", "s3://acme-b/in"] } } } },
            "clj-tomcat",
        ),
    },
    "certificate's days and generation": {
        certificates: { validityDays: 90, renewBeforeDays: 10, generation: 3 },
    },
    "protection, log retention, existing keys": {
        storage: { protect: false, logRetentionDays: 7, existingKmsKeyArns: [keyOf(OTHER_ACCOUNT)] },
    },
    "existing locations": { emrEtlRunner: buckets(LOCATIONS) },
    "existing buckets encrypted, with policies": {
        emrEtlRunner: buckets({ raw: { archive: "s3://acme-raw/raw" }, log: "s3://acme-logs/emr" }),
        storage: {
            encryptExistingBuckets: ["acme-raw", "acme-logs"],
            policiesOnExistingBuckets: ["acme-raw"],
        },
    },
    "existing bucket of another account": {
        emrEtlRunner: buckets({ raw: { archive: "s3://acme-raw/raw" } }),
    },
    "existing VPC": existingVpc(),
    "existing VPC, security groups created": existingVpc({ emrSecurityGroups: "create" }),
    "existing VPC, public": existingVpc({ emrSecurityGroups: "create" }, { internetAccess: "public" }),
    "existing VPC, other host names": existingVpc({ allowHostnameMismatch: true }),
    "existing VPC, unseen route": existingVpc({ allowUnseenRoute: true }),
    "existing key": { encryption: { kmsKeyArn: keyOf(ACCOUNT) } },
    "existing key, spot": { encryption: { kmsKeyArn: keyOf(ACCOUNT) }, emrEtlRunner: spot },
    "existing key of another account": { encryption: { kmsKeyArn: keyOf(OTHER_ACCOUNT) } },
    "existing archive": { certificates: { archive: ARCHIVE } },
    "existing service role": { access: { serviceRole: EXISTING_ROLES.serviceRole } },
    "existing jobflow role": { access: { jobflowRole: EXISTING_ROLES.jobflowRole } },
    "existing roles with a path": { access: EXISTING_ROLES },
    "existing key pair": { emrEtlRunner: emrEtlRunner({ emr: { ec2_key_name: "mine" } }) },
    "path, boundary, managed policies": {
        access: {
            path: "/data/snowplow/",
            permissionsBoundary: policy("boundary"),
            policyArns: [policy("extra"), policy("team/more")],
        },
        storage: { reencryption: true },
        certificates: { remindTopicArn: topicOf(ACCOUNT) },
    },
    "jobflow role's grants": {
        access: {
            readLocations: ["s3://acme-enrichments/maxmind"],
            dynamodbTables: ["duplicates"],
            ssmParameters: ["/snowplow/password"],
        },
    },
    reencryption: { storage: { reencryption: true } },
    reminder: { certificates: { remindTopicArn: topicOf(ACCOUNT) } },
    "reminder, topic of another account": { certificates: { remindTopicArn: topicOf(OTHER_ACCOUNT) } },
    "everything existing": {
        ...existingVpc(),
        encryption: { kmsKeyArn: keyOf(OTHER_ACCOUNT) },
        certificates: { archive: ARCHIVE },
        storage: { policiesOnExistingBuckets: ["acme-data"], encryptExistingBuckets: ["acme-data"] },
        access: { path: "/data/", policyArns: [policy("extra")], ...EXISTING_ROLES },
        emrEtlRunner: emrEtlRunner(
            { s3: { buckets: LOCATIONS }, emr: { ec2_key_name: "mine" } },
            "cloudfront",
        ),
    },
    "stream-enrich": { emrEtlRunner: stream("managed") },
    "stream-enrich, existing location": { emrEtlRunner: stream("s3://acme-stream/enriched") },
    "refused: key of another region": { encryption: { kmsKeyArn: `arn:aws:kms:us-west-2:${ACCOUNT}:key/1` } },
    "refused: existing key disabled": { encryption: { kmsKeyArn: keyOf(ACCOUNT) } },
};

/** AWS's answers for some of the configs, where they differ from what a stack needs. */
const ANSWERS: Readonly<Record<keyof typeof CONFIGS, Answers>> = {
    "existing bucket of another account": { getBucket: () => refuse("StatusCode: 403") },
    "existing VPC, other host names": { getVpcDhcpOptions: () => ({ domainName: "corp.example" }) },
    "existing VPC, unseen route": { getRouteTable: () => ({ routeTableId: "rtb-1", routes: [] }) },
    "existing roles with a path": {
        getRole: ({ name }) => ({ arn: `arn:aws:iam::${ACCOUNT}:role/team/${name}` }),
    },
    "refused: existing key disabled": { getKey: () => ({ enabled: false, keyState: "Disabled" }) },
};

/** Stack configs by title: the stack files in the folder, and one or more for each mode of each resource. */
export async function stacks(folder: string): Promise<Readonly<Record<string, Stack>>> {
    const authority = await certificateAuthority("acme");
    const { chain, privateKey } = await authority.issue([`*.${REGION}.compute.internal`]);
    const provided: Config = {
        certificates: {
            chainPem: chain,
            trustedPem: authority.certificate,
            remindTopicArn: topicOf(ACCOUNT),
        },
        certificatePrivateKey: privateKey,
    };
    return {
        "Pulumi.dev.yaml": ofFile(folder, "dev"),
        "Pulumi.prod.yaml": ofFile(folder, "prod"),
        ...Object.fromEntries(
            Object.entries(CONFIGS).map(([title, config]) => [
                title,
                { config: namespaced(config), answers: ANSWERS[title] },
            ]),
        ),
        "another region, default tags": {
            config: {
                ...namespaced({}),
                "aws:region": "us-east-1",
                "aws:defaultTags": { tags: { team: "data" } },
            },
        },
        "provided certificate": {
            config: namespaced(provided),
            secretKeys: [`${NAMESPACE}:certificatePrivateKey`],
        },
    };
}

function ofFile(folder: string, stack: string): Stack {
    const text = readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8");
    return { stack, config: (parse(text) as { readonly config: Config }).config };
}

function namespaced(config: Config): Config {
    const own = Object.entries({ emrEtlRunner: emrEtlRunner(), ...config });
    return {
        "aws:region": REGION,
        ...Object.fromEntries(own.map(([key, value]) => [`${NAMESPACE}:${key}`, value])),
    };
}
