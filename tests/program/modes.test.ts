import { expect } from "chai";
import type { Run } from "../../testing/mock-engine";
import { resourceLines } from "../support/golden";
import { MINIMAL, REGION, runStack } from "../support/run";

/** A mode's resources compared with the minimal stack's: `Type name`, and the options that differ from the default. */
interface Difference {
    readonly missing?: readonly string[];
    readonly added?: readonly string[];
}

type Mode = readonly [config: Readonly<Record<string, unknown>>, Difference];

const ACCOUNT = "000000000000";
const EXISTING = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] };

const emrEtlRunner = (buckets: Readonly<Record<string, unknown>>, format?: string) => ({
    emrEtlRunner: { ...(format && { collectors: { format } }), aws: { s3: { buckets } } },
});

const group = (key: string) => `SecurityGroup emr-network-security-groups-${key}, ignoreChanges ingress`;
const PUBLIC_GROUPS = [
    "EmrSecurityGroups emr-network-security-groups",
    ...["core", "master", "primary", "slave"].map(group),
];
const GROUPS = [...PUBLIC_GROUPS, "SecurityGroup emr-network-security-groups-service-access"];

const NAT = [
    "Eip emr-network-nat-address",
    "NatGateway emr-network-nat",
    "NatGateway emr-network-nat, deleteBeforeReplace",
    "Route emr-network-nat-internet",
    "RouteTable emr-network-nat-routes",
    "RouteTableAssociation emr-network-nat-routes",
    "Subnet emr-network-nat, deleteBeforeReplace",
];
const nodes = (key: string) => [
    `RouteTableAssociation emr-network-${key}-routes`,
    `Subnet emr-network-${key}`,
];
const VPC = [
    "Network emr-network",
    "DefaultSecurityGroup emr-network-default-security-group",
    "InternetGateway emr-network-internet-gateway, replaceOnChanges vpcId",
    "Route emr-network-nodes-internet",
    "RouteTable emr-network-nodes-routes",
    ...nodes("nodes"),
    "Vpc emr-network-vpc",
    "VpcDhcpOptions emr-network-dhcp-options",
    "VpcDhcpOptionsAssociation emr-network-dhcp-options",
    "VpcEndpoint emr-network-dynamodb",
    "VpcEndpoint emr-network-s3",
    ...NAT,
];

const EXISTING_NETWORK = "ExistingNetwork emr-network";

const KEY = ["Alias emr-key-alias", "EncryptionKey emr-key", "Key emr-key, protect"];

const bucket = (name: string, options = ", protect") => [
    `EncryptedBucket ${name}`,
    `Bucket ${name}${options}, ignoreChanges bucketPrefix`,
    ...[
        `BucketLifecycleConfiguration ${name}-lifecycle`,
        `BucketOwnershipControls ${name}-ownership`,
        `BucketPolicy ${name}-policy`,
        `BucketPublicAccessBlock ${name}-public-access`,
        `BucketServerSideEncryptionConfiguration ${name}-encryption`,
    ].map((part) => `${part}, deletedWith ${name}`),
];
const ARCHIVES = "BucketVersioning emr-storage-archive-versioning, deletedWith emr-storage-archive";

const ISSUED = [
    "CertRequest emr-certificates-node-request",
    "IssuedCertificate emr-certificates-node",
    "LocallySignedCert emr-certificates-node",
    "PrivateKey emr-certificates-node-ca-key",
    "PrivateKey emr-certificates-node-key-1",
    "SelfSignedCert emr-certificates-node-ca",
];
const CERTIFICATES = [
    "NodeCertificates emr-certificates",
    "BucketObjectv2 emr-certificates-archive, retainOnDelete",
    ...bucket("emr-certificates-bucket", ""),
    ...ISSUED,
];

/** The component Role, IAM's role of the same name, and the role's policy. */
const role = (name: string) => [`Role ${name}`, `Role ${name}`, `RolePolicy ${name}-policy`];
const SERVICE_ROLE = [
    "ServiceRole emr-service",
    ...role("emr-service-role"),
    "RolePolicyAttachment emr-service-role-aws:policy/service-role/AmazonEMRServicePolicy_v2",
];
const JOBFLOW_ROLE = [
    "JobflowRole emr-jobflow",
    "InstanceProfile emr-jobflow-profile",
    ...role("emr-jobflow-role"),
];

const SSH = ["SshKeyPair emr-ssh-key-pair", "KeyPair emr-ssh-key-pair", "PrivateKey emr-ssh-key-pair-key"];

const ALL_EXISTING = {
    log: "s3://my-data/log",
    raw: { in: ["s3://my-data/in"], processing: "s3://my-data/processing", archive: "s3://my-data/raw" },
    enriched: { good: "s3://my-data/good", bad: "s3://my-data/bad", archive: "s3://my-data/enriched" },
    shredded: { good: "s3://my-data/sh", bad: "s3://my-data/sh-bad", archive: "s3://my-data/shredded" },
};

const MODES: Readonly<Record<string, Mode>> = {
    "stream-enrich, managed": [emrEtlRunner({ enriched: { stream: "managed" } }), {}],
    "stream-enrich, existing": [
        emrEtlRunner({ enriched: { stream: "s3://my-stream/enriched" } }),
        { missing: bucket("emr-storage-collector") },
    ],
    "a collector that writes through CloudFront": [emrEtlRunner({}, "cloudfront"), {}],
    "public subnets": [
        { network: { internetAccess: "public" } },
        { missing: [...NAT, "SecurityGroup emr-network-security-groups-service-access"] },
    ],
    "two zones": [
        { network: { availabilityZones: [`${REGION}c`, `${REGION}a`] } },
        { missing: nodes("nodes"), added: [...nodes("nodes-a"), ...nodes("nodes-c")] },
    ],
    "no encryption": [
        { encryption: { atRestS3: false, atRestLocalDisks: false, inTransit: false } },
        { missing: ["SecurityConfiguration emr-security-configuration, retainOnDelete"] },
    ],
    "existing VPC": [
        { network: { existing: EXISTING } },
        { missing: [...VPC, ...GROUPS], added: [EXISTING_NETWORK] },
    ],
    "existing VPC, with security groups": [
        { network: { existing: { ...EXISTING, emrSecurityGroups: "create" } } },
        { missing: VPC, added: [EXISTING_NETWORK] },
    ],
    "existing VPC, public, with security groups": [
        { network: { internetAccess: "public", existing: { ...EXISTING, emrSecurityGroups: "create" } } },
        {
            missing: [...VPC, "SecurityGroup emr-network-security-groups-service-access"],
            added: [EXISTING_NETWORK],
        },
    ],
    "existing key": [
        { encryption: { kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd` } },
        { missing: KEY },
    ],
    "existing archive": [{ certificates: { archive: "s3://my-data/nodes.zip" } }, { missing: CERTIFICATES }],
    "existing service role": [
        { access: { serviceRole: { existing: "my-role" } } },
        { missing: SERVICE_ROLE },
    ],
    "existing jobflow role": [
        {
            access: {
                jobflowRole: { existing: "my-role" },
                policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`],
            },
        },
        { missing: JOBFLOW_ROLE },
    ],
    "existing EC2 key pair": [
        { emrEtlRunner: { ...MINIMAL.emrEtlRunner, aws: { emr: { ec2_key_name: "my-key" } } } },
        { missing: SSH },
    ],
    "a path and a permissions boundary": [
        { access: { path: "/data/", permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary` } },
        {},
    ],
    "an additional managed policy": [
        { access: { policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`] } },
        { added: [`RolePolicyAttachment emr-jobflow-role-${ACCOUNT}:policy/extra`] },
    ],
    "one existing location": [emrEtlRunner({ raw: { archive: "s3://my-data/raw" } }, "thrift"), {}],
    "existing locations": [
        emrEtlRunner(ALL_EXISTING, "thrift"),
        {
            missing: [
                ...["archive", "collector", "logs", "pipeline"].flatMap((name) =>
                    bucket(`emr-storage-${name}`),
                ),
                ARCHIVES,
            ],
        },
    ],
    "an existing bucket with encryption and a policy": [
        {
            ...emrEtlRunner({ log: "s3://my-data/log" }, "thrift"),
            storage: { encryptExistingBuckets: ["my-data"], policiesOnExistingBuckets: ["my-data"] },
        },
        {
            missing: bucket("emr-storage-logs"),
            added: [
                "BucketPolicy emr-storage-existing-my-data",
                "BucketServerSideEncryptionConfiguration emr-storage-existing-my-data, retainOnDelete",
            ],
        },
    ],
    "a reminder": [
        { certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alarms` } },
        {
            added: [
                "RenewalReminder emr-certificates-renewal-reminder",
                ...role("emr-certificates-renewal-reminder-role"),
                "Schedule emr-certificates-renewal-reminder",
            ],
        },
    ],
    "a role for encrypt-existing": [
        { storage: { reencryption: true } },
        {
            added: ["ReencryptionRole emr-storage-reencryption", ...role("emr-storage-reencryption-role")],
        },
    ],
};

/** Without the package of the type, and without the parent: names start with the parent's. */
function lines(run: Run): readonly string[] {
    return resourceLines(run)
        .map((line) => line.replace(/^\S*:(\S+ \S+) < [^,]+/, "$1"))
        .sort();
}

describe("the resources of a stack", () => {
    const { warn } = console;
    let minimal: readonly string[];

    before(async () => {
        console.warn = () => undefined;
        minimal = lines(await runStack());
    });

    after(() => {
        console.warn = warn;
    });

    for (const [mode, [config, { missing = [], added = [] }]] of Object.entries(MODES)) {
        it(`with ${mode}: ${missing.length} fewer than the minimal stack, ${added.length} more`, async () => {
            const found = lines(await runStack({ ...MINIMAL, ...config }));
            expect({
                missing: minimal.filter((line) => !found.includes(line)),
                added: found.filter((line) => !minimal.includes(line)),
            }).to.deep.equal({ missing: missing.toSorted(), added: added.toSorted() });
        });
    }
});
