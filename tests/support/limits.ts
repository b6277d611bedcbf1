import { stringify } from "yaml";
import { LIMITS } from "../../components/domain/limits";
import { GENERATED_SUFFIX_LENGTH } from "../../components/domain/naming";
import { type Registration, type Run, Secret } from "../../testing/mock-engine";
import { PLACEHOLDER } from "../../testing/placeholder-provider";
import { load } from "./emr-etl-runner-contract";
import { type ConfigYml, configYml } from "./emr-etl-runner-contract/schema";

/** What is wrong with a value, such as `300 characters, at most 256`; undefined if it is within its limit. */
type Check = (value: unknown) => string | undefined;

/** The checks of a resource's inputs, by their paths, and the number of tags that the resource takes. */
interface Row {
    readonly tags?: number;
    /** Whether keys that differ in case only are the same for this service. */
    readonly foldsCase?: true;
    readonly inputs?: Readonly<Record<string, Check>>;
}

const most =
    (limit: number): Check =>
    (value) => {
        const { length } = withRealSuffixes(String(value));
        return length > limit ? `${length} characters, at most ${limit}` : undefined;
    };
/** IAM counts documents without white space. */
const document =
    (limit: number): Check =>
    (value) =>
        most(limit)(JSON.stringify(JSON.parse(String(value))));
/** One of a few values, an id, or the name of another resource. */
const given: Check = () => undefined;

const { ec2, emr, iam, kms, s3, scheduler, tag, x509 } = LIMITS;
const IAM = { tags: ec2.tags, foldsCase: true } as const;
const SUBJECT = { inputs: { "subject.commonName": most(x509.commonName), dnsNames: given } };

/** Every type of resource that the program registers. */
const RESOURCES: Readonly<Record<string, Row>> = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { tags: ec2.tags },
    "aws:ec2/eip:Eip": { tags: ec2.tags },
    "aws:ec2/internetGateway:InternetGateway": { tags: ec2.tags },
    "aws:ec2/keyPair:KeyPair": { tags: ec2.tags, inputs: { keyNamePrefix: most(ec2.keyPairNamePrefix) } },
    "aws:ec2/natGateway:NatGateway": { tags: ec2.tags },
    "aws:ec2/route:Route": {},
    "aws:ec2/routeTable:RouteTable": { tags: ec2.tags },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {},
    "aws:ec2/securityGroup:SecurityGroup": {
        tags: ec2.tags,
        inputs: { name: most(ec2.securityGroupName), description: most(ec2.description) },
    },
    "aws:ec2/subnet:Subnet": { tags: ec2.tags },
    "aws:ec2/vpc:Vpc": { tags: ec2.tags },
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": {
        tags: ec2.tags,
        inputs: { domainName: given, domainNameServers: given },
    },
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {},
    "aws:ec2/vpcEndpoint:VpcEndpoint": { tags: ec2.tags, inputs: { serviceName: given } },
    "aws:emr/securityConfiguration:SecurityConfiguration": {
        inputs: {
            namePrefix: most(emr.securityConfigurationNamePrefix),
            configuration: most(emr.string),
        },
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        ...IAM,
        inputs: { name: most(iam.instanceProfileName), path: most(iam.path) },
    },
    "aws:iam/policy:Policy": {
        ...IAM,
        inputs: {
            namePrefix: most(iam.policyNamePrefix),
            path: most(iam.path),
            description: most(iam.description),
            policy: document(iam.managedPolicy),
        },
    },
    "aws:iam/role:Role": {
        ...IAM,
        inputs: {
            namePrefix: most(iam.roleNamePrefix),
            path: most(iam.path),
            description: most(iam.description),
            assumeRolePolicy: document(iam.trustPolicy),
        },
    },
    "aws:iam/rolePolicy:RolePolicy": { inputs: { policy: document(iam.roleInlinePolicies) } },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { inputs: { policyArn: most(iam.arn) } },
    "aws:kms/alias:Alias": { inputs: { namePrefix: most(kms.aliasNamePrefix), targetKeyId: given } },
    "aws:kms/key:Key": {
        tags: ec2.tags,
        inputs: { description: most(kms.description), policy: most(kms.keyPolicy) },
    },
    "aws:s3/bucket:Bucket": { tags: ec2.tags, inputs: { bucketPrefix: most(s3.bucketPrefix) } },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {},
    "aws:s3/bucketObjectv2:BucketObjectv2": { tags: s3.objectTags, inputs: { key: most(s3.objectKey) } },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {},
    "aws:s3/bucketPolicy:BucketPolicy": { inputs: { policy: most(s3.bucketPolicy) } },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {},
    "aws:s3/bucketVersioning:BucketVersioning": { inputs: { versioningConfiguration: given } },
    "aws:scheduler/schedule:Schedule": {
        inputs: {
            namePrefix: most(scheduler.namePrefix),
            description: most(scheduler.description),
            "target.input": most(scheduler.input),
        },
    },
    "tls:index/certRequest:CertRequest": SUBJECT,
    "tls:index/locallySignedCert:LocallySignedCert": {},
    "tls:index/privateKey:PrivateKey": {},
    "tls:index/selfSignedCert:SelfSignedCert": SUBJECT,
};

/** Inputs that AWS limits, going by their names. Each needs a check in its row. */
const LIMITED = /name|prefix|description|policy|^path$|^key$|configuration$|subject|^target$/i;

/**
 * Everything in a run that is over one of the limits: of AWS for each resource, and of EMR for what EmrEtlRunner sends.
 * A type of resource without a row is an error too. `defaultTags`: those of `aws:defaultTags`.
 */
export function limitErrors(run: Run, defaultTags: Readonly<Record<string, string>> = {}): readonly string[] {
    return [
        ...run.registrations
            .filter(({ custom }) => custom)
            .flatMap((registration) =>
                resourceErrors(registration, defaultTags).map(
                    (error) => `${registration.type} ${registration.name}: ${error}`,
                ),
            ),
        ...launchErrors(configYml.parse(load(String(run.outputs.emrEtlRunnerConfig)))),
        ...loaderErrors(load(withRealSuffixes(String(run.outputs.emrEtlRunnerConfig)))),
    ];
}

/** RDB Loader gets the whole config.yml in one argument. YAML is written here much as by Ruby, and not longer. */
function loaderErrors(config: unknown): readonly string[] {
    const text = stringify(config, { indentSeq: false, lineWidth: 0 });
    const { length } = Buffer.from(text).toString("base64");
    return length > emr.string ? [`RDB Loader's argument --config: ${length} characters`] : [];
}

function resourceErrors(
    { type, inputs }: Pick<Registration, "type" | "inputs">,
    defaultTags: Readonly<Record<string, string>>,
): readonly string[] {
    const row = RESOURCES[type];
    if (row === undefined) {
        return ["no row in tests/support/limits.ts"];
    }
    const { tags, foldsCase, inputs: checks = {} } = row;
    const checked = Object.keys(checks).map((path) => path.split(".")[0]);
    const all = { ...defaultTags, ...(inputs.tags as object | undefined) };
    return [
        ...Object.entries(inputs)
            .filter(
                ([key, value]) => LIMITED.test(key) && !checked.includes(key) && typeof value !== "boolean",
            )
            .map(([key]) => `no limit of ${key}`),
        ...failures(Object.entries(checks).map(([path, check]) => [path, check, valueAt(inputs, path)])),
        ...(tags === undefined ? [] : tagErrors(all, tags, foldsCase)),
        ...(tags === undefined && inputs.tags !== undefined ? ["tags without a limit"] : []),
    ];
}

function failures(
    rows: readonly (readonly [name: string, check: Check, value: unknown])[],
): readonly string[] {
    return rows.flatMap(([name, check, value]) => {
        const wrong = value === undefined || value === null ? undefined : check(value);
        return wrong === undefined ? [] : [`${name}: ${wrong}`];
    });
}

/** The alphabet is stated again, so that it does not come from the program. */
function tagErrors(tags: object, limit: number, foldsCase = false): readonly string[] {
    const keys = Object.keys(tags);
    const isText = (text: unknown) =>
        typeof text === "string" && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text) && !/^aws:/i.test(text);
    const wrong = Object.entries(tags).filter(
        ([key, value]) =>
            key === "" ||
            key.length > tag.key ||
            String(value).length > tag.value ||
            !isText(key) ||
            !isText(value),
    );
    return [
        ...wrong.map((entry) => `tag ${JSON.stringify(entry)}`),
        ...(keys.length > limit ? [`${keys.length} tags, at most ${limit}`] : []),
        ...(foldsCase && new Set(keys.map((key) => key.toLowerCase())).size < keys.length
            ? ["keys of tags that differ in case only"]
            : []),
    ];
}

/** What EMR refuses in EmrEtlRunner's RunJobFlow (emr_job.rb). */
function launchErrors({ aws, collectors, monitoring }: ConfigYml): readonly string[] {
    const { jobflow, bootstrap, ami_version, additional_info, ec2_key_name, ...names } = aws.emr;
    const { buckets } = aws.s3;
    const own = Number(ami_version.split(".")[0]) < 4 && collectors?.format === "thrift" ? 3 : 1;
    const actions = (bootstrap?.length ?? 0) + own;
    const stepNames = [
        ...(buckets.raw?.in ?? []).map((url) => `[staging] s3-dist-cp: Raw ${url} -> Raw Staging S3`),
        `[staging_stream_enrich] s3-dist-cp: Stream Enriched ${buckets.enriched.stream ?? ""} -> Enriched Staging S3`,
    ];
    const urls = JSON.stringify([buckets, bootstrap]).match(/(?<="s3:\/\/)[^"]*/g) ?? [];
    const texts = [additional_info, names.jobflow_role, names.service_role, names.security_configuration];
    const { job_name: jobName } = jobflow;
    return [
        ...failures([
            ["job_name", most(emr.name), jobName],
            ["ec2_key_name", most(ec2.keyName), ec2_key_name],
            ...texts.map((text) => ["a string", most(emr.string), text] as const),
            ...stepNames.map((name) => ["a step's name", most(emr.name), name] as const),
            ...urls.map((url) => ["an S3 key", most(s3.objectKey), url.slice(url.indexOf("/") + 1)] as const),
            ...[jobflow.master_instance_type, jobflow.core_instance_type, jobflow.task_instance_type].map(
                (type) => ["an instance type", most(emr.instanceType), type] as const,
            ),
        ]),
        ...(/[<>$|`]/.test(jobName) ? [`job_name: ${jobName}`] : []),
        ...(actions > emr.bootstrapActions ? [`${actions} bootstrap actions`] : []),
        ...tagErrors(monitoring.tags, ec2.tags),
        ...volumeErrors(jobflow.core_instance_ebs),
    ];
}

function volumeErrors(volume: ConfigYml["aws"]["emr"]["jobflow"]["core_instance_ebs"]): readonly string[] {
    if (volume === null) {
        return [];
    }
    const [smallest, largest] = LIMITS.ebs.size[volume.volume_type];
    const { from, to, perGb } = LIMITS.ebs.iops;
    const size = volume.volume_size;
    const iops = volume.volume_type === "io1" ? volume.volume_iops : from;
    const isIops = iops && iops >= from && iops <= Math.min(to, size * perGb);
    return [
        ...(size < smallest || size > largest ? [`a volume of ${size} GB`] : []),
        ...(volume.volume_type === "io1" && !isIops ? [`${iops} IOPS on ${size} GB`] : []),
    ];
}

/** The placeholders of generated names are shorter than what AWS and the AWS provider generate. */
function withRealSuffixes(text: string): string {
    return text
        .replaceAll(`key/${PLACEHOLDER}`, `key/${"x".repeat(36)}`)
        .replaceAll(PLACEHOLDER, "x".repeat(GENERATED_SUFFIX_LENGTH));
}

function valueAt(root: unknown, path: string): unknown {
    const found = path.split(".").reduce<unknown>((value, key) => Object(value)[key], root);
    return found instanceof Secret ? found.value : found;
}
