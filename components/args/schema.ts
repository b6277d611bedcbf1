import { z } from "zod";
import { isPrivateRange, PRIVATE_RANGES, parseCidr } from "../domain/cidr";
import { S3_URL, S3_URL_PATTERN } from "../domain/locations";
import { emrEtlRunner } from "./emr-etl-runner";
import { distinct, field, section } from "./field";

/** AWS's default quota of managed policies on one role. */
const MANAGED_POLICIES_PER_ROLE = 10;

/** A certificate authority lives 10 years and is renewed while a leaf still fits into them: half of them at most. */
const MAX_VALIDITY_DAYS = 1825;

function isVpcCidr(text: string): boolean {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidr.prefixLength >= 16 && cidr.prefixLength <= 24 && isPrivateRange(cidr);
}

const kmsKeyArn = z.string().regex(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/);
const policyArn = z.string().regex(/^arn:aws:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/);
const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/);
const snsTopicArn = z.string().regex(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/); // FIFO topics end with `.fifo`.
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);

/** What is in it is judged where its private key is at hand too. */
const pem = z.string().regex(/-----BEGIN CERTIFICATE-----/);

const network = section(
    {
        cidrBlock: field(
            z.string().refine(isVpcCidr).default("10.64.0.0/20"),
            "The VPC's range; it is always cut into 16 slots for subnets.",
            `a range from /16 to /24 inside ${PRIVATE_RANGES.join(", ")}, written with its first address, such as 10.64.0.0/20`,
        ),
        availabilityZones: field(
            distinct(z.string()).default([]),
            "One subnet for nodes in each; clusters run in the first. Left out: one subnet, in a zone of AWS's choice.",
            "a list of the region's zones, such as [eu-west-1a], each once",
        ),
        internetAccess: field(
            z.enum(["nat", "public"]).default("nat"),
            "How nodes reach Maven Central and Iglu: nat (private subnets behind one NAT gateway) or public (cheaper: public addresses, no NAT).",
            "nat or public; without internet no cluster gets past EmrEtlRunner's bootstrap",
        ),
        existing: field(
            z
                .strictObject({
                    vpcId: field(
                        z.string().regex(/^vpc-[0-9a-f]{8,17}$/),
                        "Its id.",
                        "the id of a VPC, such as vpc-0123456789abcdef0",
                    ),
                    subnetIds: field(
                        distinct(z.string().regex(/^subnet-[0-9a-f]{8,17}$/)).min(1),
                        "Its subnets for nodes; clusters run in the first.",
                        "a list of at least one subnet id, such as [subnet-0123456789abcdef0], each once",
                    ),
                    emrSecurityGroups: field(
                        z.enum(["use", "create"]).default("use"),
                        "EMR's default security groups: those that are there, or that EMR makes; or the stack's own.",
                        "use (those that are there, or that EMR makes) or create (the stack makes them)",
                    ),
                    allowHostnameMismatch: field(
                        z.boolean().default(false),
                        "Nodes may have names that their certificate does not carry.",
                        "true or false",
                    ),
                    allowUnseenRoute: field(
                        z.boolean().default(false),
                        "Subnets may have no way to the internet that can be seen at an `up`: a VPN or Direct Connect gateway propagates it.",
                        "true or false",
                    ),
                })
                .nullable()
                .default(null),
            "A VPC of yours instead: `vpcId`, `subnetIds` (clusters run in the first), `emrSecurityGroups` (`use`, the default: those that are there, or that EMR makes; `create`: the stack's own), `allowHostnameMismatch` and `allowUnseenRoute` (false). `internetAccess` says which kind of subnets they are.",
            "an object with vpcId, subnetIds, emrSecurityGroups, allowHostnameMismatch and allowUnseenRoute; or no such line, for a VPC that the stack makes",
        ),
    },
    "The VPC that clusters run in.",
);

const encryption = section(
    {
        atRestS3: field(
            z.boolean().default(true),
            "SSE-S3 for what the cluster writes to S3 through EMRFS.",
            "true or false",
        ),
        atRestLocalDisks: field(
            z.boolean().default(true),
            "Local disks encrypted under the stack's KMS key; from EMR 5.24.0 on the root volume too.",
            "true or false",
        ),
        inTransit: field(
            z.boolean().default(true),
            "TLS between the nodes, with the stack's own certificate.",
            "true or false",
        ),
        requireImdsV2: field(
            z.boolean().default(false),
            "The nodes' metadata service answers version 2 only, where the release can.",
            "true or false",
        ),
        kmsKeyArn: field(
            kmsKeyArn.nullable().default(null),
            "A KMS key of yours instead of the stack's: symmetric, enabled, in the stack's region.",
            "the ARN of a key (not of an alias) in the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID; or no such line, for a key that the stack makes",
        ),
    },
    "What the EMR security configuration turns on, each on its own.",
);

const certificates = section(
    {
        validityDays: field(
            z.int().min(2).max(MAX_VALIDITY_DAYS).default(365),
            "How long the nodes' certificate is valid, in days.",
            `a whole number of days from 2 to ${MAX_VALIDITY_DAYS}`,
        ),
        renewBeforeDays: field(
            z.int().min(1).max(MAX_VALIDITY_DAYS).default(60),
            "An `up` in the last days of the certificate, this many, renews it; with `chainPem`, it warns.",
            `a whole number of days from 1 to ${MAX_VALIDITY_DAYS}, below validityDays`,
        ),
        generation: field(
            z.int().min(1).default(1),
            "Raise it to replace private key, certificate and archive.",
            "a whole number from 1 on",
        ),
        archive: field(
            z
                .string()
                .regex(S3_URL_PATTERN)
                .regex(/\/[^/]+\.zip$/)
                .nullable()
                .default(null),
            "An archive of yours instead, as EMR reads it; the roles may read just this object.",
            "the S3 URL of a ZIP archive, such as s3://my-bucket/emr/certificates.zip; or no such line, for one that the stack makes",
        ),
        chainPem: field(
            pem.nullable().default(null),
            "A certificate of yours instead, leaf first; its private key is the secret `certificatePrivateKey`.",
            "PEM certificates, the nodes' own first; or no such line, for one that the stack makes",
        ),
        trustedPem: field(
            pem.nullable().default(null),
            "With `chainPem`: the authorities that nodes trust.",
            "PEM certificates of authorities; only together with chainPem",
        ),
        remindTopicArn: field(
            snsTopicArn.nullable().default(null),
            "An SNS topic of yours that is told when these last days begin.",
            "the ARN of a standard topic (not FIFO) in the stack's region, arn:aws:sns:REGION:ACCOUNT:NAME; or no such line, for no reminder",
        ),
    },
    "The certificates that nodes show one another.",
);

const storage = section(
    {
        protect: field(
            z.boolean().default(true),
            "Pulumi refuses to delete data buckets and the KMS key.",
            "true or false",
        ),
        encryptExistingBuckets: field(
            distinct(bucketName).default([]),
            "Buckets of existing locations whose default encryption is something else, to be set to SSE-S3.",
            "a list of bucket names, each once, each the bucket of an existing location",
        ),
        policiesOnExistingBuckets: field(
            distinct(bucketName).default([]),
            "Buckets of existing locations, without a bucket policy of their own, that are to refuse plain HTTP and other encryption headers.",
            "a list of bucket names, each once, each the bucket of an existing location",
        ),
        existingKmsKeyArns: field(
            distinct(kmsKeyArn).default([]),
            "KMS keys that existing objects are encrypted under: the cluster may decrypt with them, through S3.",
            "a list of key ARNs (not aliases) of the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID, each once",
        ),
        logRetentionDays: field(
            z.int().min(1).max(36_500).default(90),
            "Objects in the managed log bucket expire after this many days.",
            "a whole number of days from 1 to 36500",
        ),
        reencryption: field(
            z.boolean().default(false),
            "A role for `encrypt-existing`: S3 Batch Operations may copy what is in the locations in place.",
            "true or false",
        ),
    },
    "The buckets.",
);

const access = section(
    {
        readLocations: field(
            distinct(z.string().regex(S3_URL_PATTERN)).default([]),
            "What jobs read besides EmrEtlRunner's locations: enrichment data such as MaxMind's.",
            `a list of S3 URLs, each once; ${S3_URL}`,
        ),
        dynamodbTables: field(
            distinct(z.string().regex(/^[\w.-]{3,255}$/)).default([]),
            "Tables of duplicate storage and of the processing manifest.",
            "a list of table names, 3 to 255 of A-Z, a-z, 0-9, _ . and -, each once",
        ),
        ssmParameters: field(
            distinct(z.string().regex(/^\/?[\w.-]+(\/[\w.-]+)*$/)).default([]),
            "Parameters that RDB Loader reads: the password of a target with `ec2ParameterStore`.",
            "a list of parameter names, such as /snowplow/redshift-password, each once",
        ),
        policyArns: field(
            distinct(policyArn).max(MANAGED_POLICIES_PER_ROLE).default([]),
            "Managed policies to attach besides.",
            `a list of at most ${MANAGED_POLICIES_PER_ROLE} policy ARNs, arn:aws:iam::ACCOUNT:policy/NAME, each once`,
        ),
        permissionsBoundary: field(
            policyArn.nullable().default(null),
            "The permissions boundary of every role that the stack makes.",
            "the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME; or no such line, for none",
        ),
        path: field(
            z
                .string()
                .max(512)
                .regex(/^\/([\w+=,.@-]+\/)*$/)
                .default("/"),
            "The IAM path of every role, instance profile and policy that the stack makes.",
            "an IAM path that begins and ends with a slash, such as /data/snowplow/",
        ),
        serviceRole: existingRole("service role", "EMR takes it"),
        jobflowRole: existingRole(
            "jobflow role",
            "the nodes take it; its instance profile has the same name",
        ),
    },
    "What the jobflow role may do beyond EmrEtlRunner's own locations, and the roles themselves.",
);

function existingRole(role: string, how: string) {
    return field(
        z
            .strictObject({
                existing: field(roleName, "Its name.", "the name of an IAM role, without its path"),
            })
            .nullable()
            .default(null),
        `\`{ existing: NAME }\`: a ${role} of yours instead (${how}); what it needs is in the output \`requiredPolicies\`.`,
        `an object with the key existing, the name of a role; or no such line, for a role that the stack makes`,
    );
}

/** The stack config: six objects. Defaults and ranges are here and nowhere else. */
export const stackConfig = z.strictObject({
    network,
    encryption,
    certificates,
    storage,
    access,
    emrEtlRunner,
});

export type StackConfig = z.output<typeof stackConfig>;
