import { z } from "zod";
import { CredentialsFrom, EmrDefaultGroups, InternetAccess } from "../domain/choices";
import { isPrivateRange, PRIVATE_RANGES, parseCidr, VPC_PREFIX_LENGTHS } from "../domain/cidr";
import { LIMITS } from "../domain/limits";
import { LOCATIONS, S3_URL, S3_URL_PATTERN } from "../domain/locations";
import { emrEtlRunner } from "./emr-etl-runner";
import { distinct, field, flag, integer, matching, objectWith, optional, section } from "./field";

/** Half of the 10 years of the certificate authority, so that a leaf certificate always fits into the rest of them. */
const MAX_VALIDITY_DAYS = 1825;

function isVpcCidr(text: string): boolean {
    const cidr = parseCidr(text);
    const { shortest, longest } = VPC_PREFIX_LENGTHS;
    return (
        cidr !== undefined &&
        isPrivateRange(cidr) &&
        cidr.prefixLength >= shortest &&
        cidr.prefixLength <= longest
    );
}

const s3Url = matching(S3_URL_PATTERN);
const kmsKeyArn = matching(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,36}$/); // UUIDs, or mrk- and 32 digits.
const policyArn = matching(/^arn:aws:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/).max(LIMITS.iam.arn);
const roleName = matching(/^[\w+=,.@-]{1,64}$/);
const snsTopicArn = matching(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/); // FIFO topics end with `.fifo`.
const queueArn = matching(/^arn:aws:(sqs|sns):[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/).max(LIMITS.iam.arn);
const { parameterName, levels, nameCharacter } = LIMITS.ssm;
const ssmParameter = matching(new RegExp(`^/?${nameCharacter}+(/${nameCharacter}+){0,${levels - 1}}$`)).max(
    parameterName,
);
const bucketName = matching(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);

/** A rule checks the certificates themselves. */
const pem = matching(/-----BEGIN CERTIFICATE-----/);

const days = (from: number, to: number, byDefault: number, description: string, below = "") =>
    field(
        z.int().min(from).max(to).default(byDefault),
        description,
        `an integer of days, from ${from} to ${to}${below}`,
    );

const list = (item: z.ZodType<string>, description: string, items: string, format = "") =>
    field(distinct(item).default([]), description, `a list of ${items}, each once${format}`);

/** EC2's ids have 8 hexadecimal digits, or 17 since 2018. */
const ec2Id = (prefix: string) => matching(new RegExp(`^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`));

const EXISTING_NETWORK = {
    vpcId: field(ec2Id("vpc"), "The VPC's id.", "an id such as vpc-0123456789abcdef0, with 8 or 17 digits"),
    subnetIds: field(
        distinct(ec2Id("subnet")).min(1),
        "Its subnets for nodes; clusters run in the first.",
        "a list of at least one subnet id, such as [subnet-0123456789abcdef0], with 8 or 17 digits, each once",
    ),
    emrSecurityGroups: field(
        z.enum(EmrDefaultGroups).default("use"),
        "EMR's default security groups: use the existing ones, or those that EMR creates; or create the stack's own.",
        "use (existing groups, or those that EMR creates) or create (the stack creates them)",
    ),
    allowHostnameMismatch: flag(false, "Nodes may have host names that their certificate does not contain."),
    allowUnseenRoute: flag(
        false,
        "Subnets may have no visible route to the internet: a VPN or Direct Connect gateway propagates it.",
    ),
};

const network = section("The VPC that clusters run in.", {
    cidrBlock: field(
        z.string().refine(isVpcCidr).default("10.64.0.0/20"),
        "The VPC's range; it is always cut into 16 slots for subnets.",
        `a range from /16 to /24 inside ${PRIVATE_RANGES.join(", ")}, written with its first address, such as 10.64.0.0/20`,
    ),
    availabilityZones: list(
        z.string(),
        "One subnet for nodes in each zone; clusters run in the first. Omitted: one subnet, in a zone that AWS chooses.",
        "zones of the stack's region, such as [eu-west-1a]",
    ),
    internetAccess: field(
        z.enum(InternetAccess).default("nat"),
        "How nodes reach Maven Central and Iglu: nat (private subnets behind one NAT gateway) or public (cheaper: public addresses, no NAT).",
        "nat or public; without internet no cluster completes EmrEtlRunner's bootstrap",
    ),
    existing: optional(
        z.strictObject(EXISTING_NETWORK),
        "Your existing VPC: `vpcId`, `subnetIds` (clusters run in the first), `emrSecurityGroups` (`use`, the default: existing groups, or those that EMR creates; `create`: the stack's own), `allowHostnameMismatch` and `allowUnseenRoute` (false). `internetAccess` says which kind of subnets they are.",
        objectWith(EXISTING_NETWORK),
        "a managed VPC",
    ),
});

const encryption = section("The parts of the EMR security configuration, each on its own.", {
    atRestS3: flag(true, "SSE-S3 for what the cluster writes to S3 through EMRFS."),
    atRestLocalDisks: flag(
        true,
        "Encrypt local disks under the KMS key; since EMR 5.24.0 the root volume too.",
    ),
    inTransit: flag(true, "TLS between the nodes, with the stack's own certificate."),
    requireImdsV2: flag(
        false,
        "The nodes' metadata service answers IMDSv2 only. The release must support it; RDB Loader's AWS SDK is older.",
    ),
    kmsKeyArn: optional(
        kmsKeyArn,
        "Your existing KMS key: symmetric, enabled, in the stack's region.",
        "the ARN of a key (not of an alias) in the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID",
        "a managed one",
    ),
});

const certificates = section("The certificates that nodes present to each other.", {
    validityDays: days(2, MAX_VALIDITY_DAYS, 365, "Validity of the nodes' certificate, in days."),
    renewBeforeDays: days(
        1,
        MAX_VALIDITY_DAYS,
        60,
        "Renew the certificate when fewer than this many days remain; with `chainPem`, warn instead.",
        ", below validityDays",
    ),
    generation: integer(1, 1, "Increase it to replace private key, certificate and archive."),
    archive: optional(
        s3Url.regex(/\/[^/]+\.zip$/),
        "Your existing archive, as EMR reads it; the roles may read only this object.",
        "the S3 URL of a ZIP archive, such as s3://my-bucket/emr/certificates.zip",
        "a managed one",
    ),
    chainPem: optional(
        pem,
        "Your existing certificate, leaf first; its private key is the secret `certificatePrivateKey`.",
        "PEM certificates, the nodes' own first",
        "a managed one",
    ),
    trustedPem: optional(
        pem,
        "With `chainPem`: the certificate authorities that nodes trust.",
        "PEM certificates of authorities; only together with chainPem",
    ),
    remindTopicArn: optional(
        snsTopicArn,
        "SNS topic to notify when the renewal window opens.",
        "the ARN of a standard topic (not FIFO) in the stack's region, arn:aws:sns:REGION:ACCOUNT:NAME",
        "no reminder",
    ),
});

/** As in a policy document, one string may stand without a list. */
const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item).min(1)]);

/** IAM accepts no wildcard in a principal other than `*` alone. */
const awsPrincipal = matching(
    /^(\*|\d{12}|arn:aws:(iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+)|sts::\d{12}:assumed-role\/[\w+=,.@/-]+))$/,
);
const servicePrincipal = matching(/^[a-z0-9.-]+\.amazonaws\.com$/);
const conditionOperator = matching(
    /^(ForAnyValue:|ForAllValues:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)(IfExists)?$/,
);
const conditionKey = matching(/^(aws|s3):\S+$/i);

const notInStatements = (reason: string) =>
    field(z.never().optional(), `Not accepted: ${reason}.`, `no such key: ${reason}`);

const STATEMENT = {
    Sid: field(matching(/^[A-Za-z0-9]{1,100}$/), "The statement's name.", "letters and digits"),
    Effect: field(z.enum(["Allow", "Deny"]), "Whether the statement allows or denies.", "Allow or Deny"),
    Principal: field(
        z.union([
            z.strictObject({ AWS: oneOrMore(awsPrincipal), Service: oneOrMore(servicePrincipal).optional() }),
            z.strictObject({ Service: oneOrMore(servicePrincipal) }),
            z.literal("*"),
        ]),
        "Who the statement is for.",
        'an object with the key AWS (account ids, ARNs of accounts, roles or users) or Service (such as delivery.logs.amazonaws.com), or "*"',
    ),
    Action: field(
        oneOrMore(matching(/^s3:[A-Za-z*]+$/)),
        "What the statement allows or denies.",
        "an action of S3, such as s3:GetObject, or a list of them",
    ),
    Condition: field(
        z.record(conditionOperator, z.record(conditionKey, oneOrMore(z.string()))).optional(),
        "When the statement applies.",
        "an object of operators, such as StringEquals, each an object of condition keys, such as aws:SourceAccount, each a string or a list of strings",
    ),
    Resource: notInStatements("the stack sets it to the bucket and the location's folder"),
    NotResource: notInStatements("the stack sets Resource to the bucket and the location's folder"),
    NotPrincipal: notInStatements("name the principals in Principal"),
    NotAction: notInStatements("name the actions in Action"),
};

const STATEMENT_WORDS = "an object with the keys Sid, Effect, Principal, Action and, if needed, Condition";

const LOCATION_PATHS = LOCATIONS.map(({ path }) => path);

const bucketPolicyStatements = field(
    z
        .partialRecord(
            z.enum(LOCATION_PATHS),
            z
                .array(z.strictObject(STATEMENT).meta({ errorMessage: STATEMENT_WORDS }))
                .meta({ errorMessage: `a list of statements: ${STATEMENT_WORDS}` }),
        )
        .default({}),
    "Additional statements of managed buckets' policies, by location such as `raw.in`: as in IAM, without `Resource`, which is the bucket and the location's folder.",
    `an object of locations, each a list of statements: ${LOCATION_PATHS.join(", ")}`,
);

const storage = section("The buckets.", {
    protect: flag(true, "Pulumi refuses to delete data buckets and the KMS key."),
    encryptExistingBuckets: list(
        bucketName,
        "Buckets of existing locations whose default encryption is to be changed to SSE-S3.",
        "names of buckets of existing locations",
    ),
    policiesOnExistingBuckets: list(
        bucketName,
        "Buckets of existing locations, without a bucket policy, that are to refuse plain HTTP and other encryption headers.",
        "names of buckets of existing locations",
    ),
    bucketPolicyStatements,
    existingKmsKeyArns: list(
        kmsKeyArn,
        "KMS keys that encrypt existing buckets, objects, DynamoDB tables, SSM parameters or the archive. A parameter's key is not looked up.",
        "ARNs of keys (not aliases) in the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID",
    ),
    logRetentionDays: days(1, 36_500, 90, "The logs in the managed log bucket expire after this many days."),
    reencryption: flag(
        false,
        "Create a role for `encrypt-existing`: S3 Batch Operations may copy the objects in the locations in place.",
    ),
});

const existingRole = (role: string, assumed: string) =>
    optional(
        z.strictObject({
            existing: field(roleName, "The role's name.", "the name of an IAM role, without its path"),
        }),
        `\`{ existing: NAME }\`: your existing ${role} (${assumed}); the output \`requiredPolicies\` lists what it needs.`,
        "an object with the key existing, the name of a role",
        "a managed role",
    );

const access = section("What roles may do beyond EmrEtlRunner's own locations, and the roles themselves.", {
    readLocations: list(
        s3Url,
        "Additional locations that jobs read: enrichment data such as MaxMind's.",
        "S3 URLs",
        `; ${S3_URL}`,
    ),
    dynamodbTables: list(
        matching(/^[\w.-]{3,255}$/),
        "Tables of duplicate storage and of the processing manifest.",
        "table names, 3 to 255 of A-Z, a-z, 0-9, _ . and -",
    ),
    ssmParameters: list(
        ssmParameter,
        "Parameters that RDB Loader reads: the password of a target with `ec2ParameterStore`.",
        `parameter names of at most ${LIMITS.ssm.levels} levels and ${LIMITS.ssm.parameterName} characters, such as /snowplow/redshift-password`,
    ),
    queueArns: list(
        queueArn,
        "SQS queues and SNS topics that jobs send messages to, such as the queue between Snowplow's batch transformer and RDB Loader. A key of `storage.existingKmsKeyArns` may encrypt them.",
        "ARNs of queues and topics, such as arn:aws:sqs:REGION:ACCOUNT:NAME.fifo",
    ),
    policyArns: field(
        distinct(policyArn).max(LIMITS.iam.managedPoliciesPerRole).default([]),
        "Additional managed policies to attach.",
        `a list of at most ${LIMITS.iam.managedPoliciesPerRole} policy ARNs, arn:aws:iam::ACCOUNT:policy/NAME, each once`,
    ),
    permissionsBoundary: optional(
        policyArn,
        "The permissions boundary of every managed role.",
        "the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME",
        "none",
    ),
    path: field(
        matching(/^\/([\w+=,.@-]+\/)*$/)
            .max(LIMITS.iam.path)
            .default("/"),
        "The IAM path of every managed role, instance profile and policy.",
        "an IAM path that begins and ends with a slash, such as /data/snowplow/",
    ),
    serviceRole: existingRole("service role", "EMR assumes it"),
    jobflowRole: existingRole("jobflow role", "nodes assume it; its instance profile has the same name"),
});

const dataflowRunner = section(
    "What cluster.json, the cluster of Snowplow's Dataflow Runner, has in addition to the values of `emrEtlRunner`.",
    {
        applications: field(
            distinct(matching(/^[A-Za-z][\w-]{0,255}$/))
                .min(1)
                .default(["Hadoop", "Spark"]),
            "EMR's applications on the cluster.",
            "a list of at least one name of an EMR application, such as [Hadoop, Spark], each once",
        ),
        credentialsFrom: field(
            z.enum(CredentialsFrom).default("default"),
            "Where Dataflow Runner takes its AWS credentials from: `default` (AWS's default chain: environment, profile, container, instance), `env` (environment variables only) or `iam` (the instance's role only).",
            "default, env or iam",
        ),
    },
);

const OBJECTS = { network, encryption, certificates, storage, access, emrEtlRunner, dataflowRunner };

/** The objects of the stack config. Defaults and ranges stand here and nowhere else. */
export const environment = z.strictObject(OBJECTS).meta({ errorMessage: objectWith(OBJECTS) });

/** The plain values of `EnvironmentSettings`: every object, and every key with a default, may be omitted. */
export type PlainEnvironment = z.input<typeof environment>;

export type Environment = z.output<typeof environment>;

/** Rules compare with them, where only a value that differs from its default has a meaning. */
export const DEFAULTS: Environment = environment.parse({});
