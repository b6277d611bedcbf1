import path from "node:path";
import { expect } from "chai";
import { loadProgram } from "../../commands/render";
import { readStackFile } from "../../commands/stack-file";
import type { Registration, Run } from "../../testing/mock-engine";
import { PLACEHOLDER } from "../../testing/placeholder-provider";
import { existingAws, SUBNET, VPC } from "../support/existing-aws";
import { findings, type JudgeOptions } from "../support/policy-pack";
import { MINIMAL, REGION, registration, run as runProgram, runStack } from "../support/run";

const BUCKET = "aws:s3/bucket:Bucket";
const ACCOUNT = "000000000000";

const emrEtlRunner = (aws: object = {}, format = "thrift") => ({ aws, collectors: { format } });
const buckets = (locations: object) => ({ s3: { buckets: locations } });

/** The stack creates little but the policies and the encryption of existing buckets. */
const EXISTING_EVERYTHING = {
    network: { existing: { vpcId: VPC, subnetIds: [SUBNET] } },
    encryption: { kmsKeyArn: `arn:aws:kms:${REGION}:444455556666:key/5678abcd` },
    certificates: { archive: "s3://acme-certificates/emr/nodes.zip" },
    storage: {
        policiesOnExistingBuckets: ["acme"],
        encryptExistingBuckets: ["acme"],
        existingKmsKeyArns: [`arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd`],
    },
    access: {
        readLocations: ["s3://acme-enrichments"],
        dynamodbTables: ["duplicates"],
        ssmParameters: ["/redshift/password"],
        policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        serviceRole: { existing: "my-service" },
        jobflowRole: { existing: "my-nodes" },
    },
    emrEtlRunner: emrEtlRunner({
        ...buckets({
            assets: "s3://acme-assets",
            log: "s3://acme/emr",
            raw: { in: ["s3://acme/in"], processing: "s3://acme/processing", archive: "s3://acme/raw" },
            enriched: { good: "s3://acme/good", bad: "s3://acme/bad", archive: "s3://acme/enriched" },
            shredded: { good: "s3://acme/shredded", bad: "s3://acme/bad-too", archive: "s3://acme/old" },
        }),
        emr: { ec2_key_name: "my-key", bootstrap: ["s3://acme-scripts/boot.sh"] },
    }),
};
const OFF = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
const MODES = {
    batch: MINIMAL,
    "a CloudFront collector, whose bucket takes ACLs": { emrEtlRunner: emrEtlRunner({}, "cloudfront") },
    "stream-enrich": { emrEtlRunner: { aws: buckets({ enriched: { stream: "managed" } }) } },
    "a public network": { ...MINIMAL, network: { internetAccess: "public" } },
    "several zones": { ...MINIMAL, network: { availabilityZones: [`${REGION}a`, `${REGION}c`] } },
    "Spot instances": { emrEtlRunner: emrEtlRunner({ emr: { jobflow: { core_instance_bid: 0.05 } } }) },
    "a reminder": {
        ...MINIMAL,
        certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:operators` },
    },
    "all switches off": { ...MINIMAL, encryption: OFF },
    "all access": {
        ...MINIMAL,
        access: { ...EXISTING_EVERYTHING.access, serviceRole: undefined, jobflowRole: undefined },
    },
    "existing everything": EXISTING_EVERYTHING,
} as const;

function runOf(settings: Readonly<Record<string, unknown>>, options: JudgeOptions = {}): Promise<Run> {
    return runStack(settings, { provider: existingAws().provider, ...options });
}

type Registrations = readonly Registration[];

interface Edit {
    readonly edit: (made: Registrations) => Registrations;
    readonly found: string;
}

/** Replaces one registration. */
const at =
    (type: string, name: string, edit: (made: Registration) => Registrations) =>
    (all: Registrations): Registrations => {
        const made = registration({ registrations: all }, type, name);
        return all.flatMap((other) => (other === made ? edit(other) : [other]));
    };
const without = () => [];
const withInputs = (inputs: object) => (made: Registration) => [
    { ...made, inputs: { ...made.inputs, ...inputs } },
];
const editPolicy = (edit: (statements: readonly object[]) => readonly object[]) => (made: Registration) => {
    const document = JSON.parse(String(made.inputs.policy)) as { readonly Statement: readonly object[] };
    const policy = JSON.stringify({ ...document, Statement: edit(document.Statement) });
    return [{ ...made, inputs: { ...made.inputs, policy } }];
};

/** Adds a copy of one bucket with all of its parts except those of one type. */
const copied = (name: string, omitted: string) => (all: Registrations) => {
    const renamed = (text: string) => text.replace(name, "copy");
    const copies = all
        .filter((made) => made.name === name || (made.name.startsWith(`${name}-`) && made.type !== omitted))
        .map((made) => ({
            ...made,
            name: renamed(made.name),
            inputs: { ...made.inputs, bucketPrefix: "copy-", bucket: `copy-${PLACEHOLDER}` },
            dependencies: made.dependencies.map(renamed),
        }));
    return [...all, ...copies];
};

const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const POLICY = "aws:iam/policy:Policy";
const NO_TLS =
    'denies s3:* to all principals on the bucket and its objects where aws:SecureTransport is "false"';

const EDITS: Readonly<Record<string, Edit>> = {
    "a bucket added without encryption": {
        edit: copied("emr-storage-archive", ENCRYPTION),
        found: `s3-buckets-encrypted on ${BUCKET} copy: found no BucketServerSideEncryptionConfiguration: add one that blocks SSE-C`,
    },
    "a bucket without its encryption": {
        edit: at(ENCRYPTION, "emr-storage-archive-encryption", without),
        found: `s3-buckets-encrypted on ${BUCKET} emr-storage-archive: found no BucketServerSideEncryptionConfiguration: add one that blocks SSE-C`,
    },
    "a bucket without its public access block": {
        edit: at(PUBLIC_ACCESS, "emr-storage-archive-public-access", without),
        found: `s3-buckets-closed on ${BUCKET} emr-storage-archive: found no BucketPublicAccessBlock: add one with all four switches true`,
    },
    "a public access block with one switch off": {
        edit: at(
            PUBLIC_ACCESS,
            "emr-certificates-bucket-public-access",
            withInputs({ blockPublicPolicy: false }),
        ),
        found: `s3-buckets-closed on ${PUBLIC_ACCESS} emr-certificates-bucket-public-access: found blockPublicPolicy false: set it to true`,
    },
    "a bucket without its policy": {
        edit: at(BUCKET_POLICY, "emr-storage-logs-policy", without),
        found: `s3-buckets-tls-only on ${BUCKET} emr-storage-logs: found no BucketPolicy: add one that ${NO_TLS}`,
    },
    "a bucket policy that accepts plain HTTP": {
        edit: at(
            BUCKET_POLICY,
            "emr-storage-logs-policy",
            editPolicy(([, ...others]) => others),
        ),
        found: `s3-buckets-tls-only on ${BUCKET_POLICY} emr-storage-logs-policy: found statement "DenyOtherEncryption", statement "DenyCustomerProvidedKeys": add one that ${NO_TLS}`,
    },
    "a bucket policy that allows every principal": {
        edit: at(
            BUCKET_POLICY,
            "emr-storage-logs-policy",
            editPolicy((statements) => [
                ...statements,
                { Sid: "Share", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
            ]),
        ),
        found: `no-public-grants on ${BUCKET_POLICY} emr-storage-logs-policy: found statement "Share", which allows all principals: name the principals`,
    },
    "SSH from every address": {
        edit: at(
            "aws:ec2/securityGroup:SecurityGroup",
            "emr-network-security-groups-master",
            withInputs({
                ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
            }),
        ),
        found: "ec2-no-world-open-ingress on aws:ec2/securityGroup:SecurityGroup emr-network-security-groups-master: found 0.0.0.0/0 in ingress[0].cidrBlocks: allow security groups, or the ranges of known networks",
    },
    "a key without rotation": {
        edit: at("aws:kms/key:Key", "emr-key", withInputs({ enableKeyRotation: false })),
        found: "kms-keys-rotate on aws:kms/key:Key emr-key: found enableKeyRotation false: set it to true",
    },
    "the nodes allowed to read every bucket": {
        edit: at(
            "aws:iam/rolePolicy:RolePolicy",
            "emr-jobflow-role-policy",
            editPolicy((statements) => [
                ...statements,
                { Sid: "More", Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
            ]),
        ),
        found: 'iam-no-wildcard-resources on aws:iam/rolePolicy:RolePolicy emr-jobflow-role-policy: found statement "More", which allows s3:GetObject on *: name the resources, or limit them by a condition on their tags',
    },
    "the key shared with every account": {
        edit: at(
            "aws:kms/key:Key",
            "emr-key",
            editPolicy((statements) => [
                ...statements,
                { Sid: "Share", Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:*", Resource: "*" },
            ]),
        ),
        found: 'no-public-grants on aws:kms/key:Key emr-key: found statement "Share", which allows all principals: name the principals',
    },
    "the operator not limited to the stack's clusters": {
        edit: at(
            POLICY,
            "emr-operator",
            editPolicy((statements) =>
                statements.map((statement) => ({ ...statement, Condition: undefined })),
            ),
        ),
        found: `iam-no-wildcard-resources on ${POLICY} emr-operator: found statement "LaunchClusters", which allows elasticmapreduce:RunJobFlow on *: name the resources, or limit them by a condition on their tags`,
    },
};

describe("the policy pack", () => {
    for (const [mode, settings] of Object.entries(MODES)) {
        it(`finds nothing in a stack with ${mode}, in a preview and in an update`, async () => {
            for (const preview of [true, false]) {
                const options = { stack: "prod", preview };
                expect(findings(await runOf(settings, options), options)).to.deep.equal([]);
            }
        });
    }

    for (const stack of ["dev", "prod"]) {
        it(`finds nothing in the ${stack} stack from the repository`, async () => {
            const { config, errors } = readStackFile(path.join(__dirname, "..", ".."), stack);
            expect(errors).to.deep.equal([]);
            expect(findings(await runProgram(loadProgram, { stack, config }), { stack })).to.deep.equal([]);
        });
    }

    it("finds unprotected data in a production stack", async () => {
        const settings = { ...MINIMAL, storage: { protect: false } };
        const unprotected = (resource: string) =>
            `production-data-protected on ${resource}: found no protection in stack prod-eu: set the resource option protect to true`;
        const options = { stack: "prod-eu" };
        expect(findings(await runOf(settings, options), options)).to.deep.equal([
            unprotected("aws:kms/key:Key emr-key"),
            ...["archive", "collector", "logs", "pipeline"].map((bucket) =>
                unprotected(`${BUCKET} emr-storage-${bucket}`),
            ),
        ]);
        expect(findings(await runOf(settings))).to.deep.equal([]);
    });

    it("finds a broad managed policy in access.policyArns", async () => {
        const policyArns = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"];
        const [found, ...others] = findings(await runOf({ ...MINIMAL, access: { policyArns } }));
        expect(others).to.deep.equal([]);
        expect(found).to.match(
            /^iam-no-wildcard-resources on aws:iam\/rolePolicyAttachment:RolePolicyAttachment \S+: found arn:aws:iam::aws:policy\/AmazonS3FullAccess, which allows whole services on everything: write a narrower policy$/,
        );
    });

    describe("finds one mistake in the program, and nothing else", () => {
        let registrations: Registrations;
        before(async () => {
            ({ registrations } = await runOf(MINIMAL));
        });
        for (const [title, { edit, found }] of Object.entries(EDITS)) {
            it(title, () => {
                expect(findings({ registrations: edit(registrations) })).to.deep.equal([found]);
            });
        }
    });
});
