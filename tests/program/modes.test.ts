import { expect } from "chai";
import type { Run } from "../../testing/mock-engine";
import { resourceLines } from "../support/golden";
import { MINIMAL, REGION, runStack } from "../support/run";

/** What a mode adds to and takes from the minimal stack: `Type name`, and the options that are not the default. */
interface Difference {
    readonly gone?: readonly string[];
    readonly new?: readonly string[];
}

type Mode = readonly [settings: Readonly<Record<string, unknown>>, Difference];

const ACCOUNT = "000000000000";
const EXISTING = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] };

const emrEtlRunner = (buckets: Readonly<Record<string, unknown>>, format?: string) => ({
    emrEtlRunner: { ...(format && { collectors: { format } }), aws: { s3: { buckets } } },
});

const group = (key: string) => `SecurityGroup emr-security-groups-${key}, ignoreChanges ingress`;
const PUBLIC_GROUPS = [
    "EmrSecurityGroups emr-security-groups",
    ...["core", "master", "primary", "slave"].map(group),
];
const GROUPS = [...PUBLIC_GROUPS, "SecurityGroup emr-security-groups-service-access"];

const NAT = [
    "Eip network-nat-address",
    "NatGateway network-nat, deleteBeforeReplace",
    "Route network-nat-internet",
    "RouteTable network-nat-routes",
    "RouteTableAssociation network-nat-routes",
    "Subnet network-nat, deleteBeforeReplace",
];
const nodes = (key: string) => [`RouteTableAssociation network-${key}-routes`, `Subnet network-${key}`];
const VPC = [
    "Network network",
    "DefaultSecurityGroup network-default-security-group",
    "InternetGateway network-internet-gateway, replaceOnChanges vpcId",
    "Route network-nodes-internet",
    "RouteTable network-nodes-routes",
    ...nodes("nodes"),
    "Vpc network-vpc",
    "VpcDhcpOptions network-dhcp-options",
    "VpcDhcpOptionsAssociation network-dhcp-options",
    "VpcEndpoint network-dynamodb",
    "VpcEndpoint network-s3",
    ...NAT,
];

const KEY = ["Alias key-alias", "EncryptionKey key", "Key key, protect"];

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
const ARCHIVES = "BucketVersioning storage-archive-versioning, deletedWith storage-archive";

const ISSUED = [
    "CertRequest certificates-node-request",
    "LocallySignedCert certificates-node",
    "PrivateKey certificates-ca-key",
    "PrivateKey certificates-node-key-1",
    "SelfSignedCert certificates-ca",
];
const CERTIFICATES = [
    "NodeCertificates certificates",
    "BucketObjectv2 certificates-archive, retainOnDelete",
    ...bucket("certificates-bucket", ""),
    ...ISSUED,
];

const SERVICE_ROLE = [
    "Role roles-service",
    "RolePolicy roles-service-policy",
    "RolePolicyAttachment roles-service-managed-policy",
];
const JOBFLOW_ROLE = [
    "InstanceProfile roles-jobflow-profile",
    "Role roles-jobflow",
    "RolePolicy roles-jobflow-policy",
];

const SSH = ["SshKeyPair ssh-key-pair", "KeyPair ssh-key-pair", "PrivateKey ssh-key-pair-key"];

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
        { gone: bucket("storage-collector") },
    ],
    "a collector that writes through CloudFront": [emrEtlRunner({}, "cloudfront"), {}],
    "public subnets": [
        { network: { internetAccess: "public" } },
        { gone: [...NAT, "SecurityGroup emr-security-groups-service-access"] },
    ],
    "two zones": [
        { network: { availabilityZones: [`${REGION}c`, `${REGION}a`] } },
        { gone: nodes("nodes"), new: [...nodes("nodes-a"), ...nodes("nodes-c")] },
    ],
    "no encryption": [
        { encryption: { atRestS3: false, atRestLocalDisks: false, inTransit: false } },
        { gone: ["SecurityConfiguration security-configuration, retainOnDelete"] },
    ],
    "existing VPC": [{ network: { existing: EXISTING } }, { gone: [...VPC, ...GROUPS] }],
    "existing VPC, with security groups": [
        { network: { existing: { ...EXISTING, emrSecurityGroups: "create" } } },
        { gone: VPC },
    ],
    "existing VPC, public, with security groups": [
        { network: { internetAccess: "public", existing: { ...EXISTING, emrSecurityGroups: "create" } } },
        { gone: [...VPC, "SecurityGroup emr-security-groups-service-access"] },
    ],
    "existing key": [
        { encryption: { kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd` } },
        { gone: KEY },
    ],
    "existing archive": [{ certificates: { archive: "s3://my-data/nodes.zip" } }, { gone: CERTIFICATES }],
    "existing service role": [{ access: { serviceRole: { existing: "my-role" } } }, { gone: SERVICE_ROLE }],
    "existing jobflow role": [
        {
            access: {
                jobflowRole: { existing: "my-role" },
                policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`],
            },
        },
        { gone: JOBFLOW_ROLE },
    ],
    "existing EC2 key pair": [
        { emrEtlRunner: { ...MINIMAL.emrEtlRunner, aws: { emr: { ec2_key_name: "my-key" } } } },
        { gone: SSH },
    ],
    "a path and a permissions boundary": [
        { access: { path: "/data/", permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary` } },
        {},
    ],
    "more managed policies": [
        { access: { policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`] } },
        { new: [`RolePolicyAttachment roles-jobflow-${ACCOUNT}:policy/extra`] },
    ],
    "one existing location": [emrEtlRunner({ raw: { archive: "s3://my-data/raw" } }, "thrift"), {}],
    "existing locations": [
        emrEtlRunner(ALL_EXISTING, "thrift"),
        {
            gone: [
                ...["archive", "collector", "logs", "pipeline"].flatMap((name) => bucket(`storage-${name}`)),
                ARCHIVES,
            ],
        },
    ],
    "an existing bucket that is to be encrypted and closed": [
        {
            ...emrEtlRunner({ log: "s3://my-data/log" }, "thrift"),
            storage: { encryptExistingBuckets: ["my-data"], policiesOnExistingBuckets: ["my-data"] },
        },
        {
            gone: bucket("storage-logs"),
            new: [
                "BucketPolicy storage-existing-my-data",
                "BucketServerSideEncryptionConfiguration storage-existing-my-data, retainOnDelete",
            ],
        },
    ],
    "a reminder": [
        { certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alarms` } },
        {
            new: [
                "RenewalReminder renewal-reminder",
                "Role renewal-reminder-role",
                "RolePolicy renewal-reminder-role-policy",
                "Schedule renewal-reminder",
            ],
        },
    ],
    "a role for encrypt-existing": [
        { storage: { reencryption: true } },
        { new: ["ReencryptionRole reencryption", "Role reencryption", "RolePolicy reencryption-policy"] },
    ],
};

/** Without the type's package and without the parent, which every run's names repeat. */
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

    for (const [mode, [settings, { gone = [], new: added = [] }]] of Object.entries(MODES)) {
        it(`with ${mode}: ${gone.length} fewer than the minimal stack, ${added.length} more`, async () => {
            const found = lines(await runStack({ ...MINIMAL, ...settings }));
            expect({
                gone: minimal.filter((line) => !found.includes(line)),
                new: found.filter((line) => !minimal.includes(line)),
            }).to.deep.equal({ gone: gone.toSorted(), new: added.toSorted() });
        });
    }
});
