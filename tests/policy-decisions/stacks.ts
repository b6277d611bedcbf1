import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Run } from "../../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER } from "../../testing/placeholder-provider";
import {
    type Caller,
    type Context,
    type Decision,
    decide,
    identityPolicy,
    type Policies,
    type Policy,
    resourcePolicy,
    trustPolicy,
} from "../support/iam";
import { MINIMAL, REGION, runStack } from "../support/run";

/*
 * Four stacks as IAM sees them: every document that the program registers or asks for in its outputs. Of
 * AmazonEMRServicePolicy_v2, attached to the service role, the statement for networks is evaluated.
 */

export type StackName = keyof typeof REGIONS;

const REGIONS = {
    batch: REGION,
    stream: "us-east-1",
    existing: REGION,
    "own-key": REGION,
    statements: REGION,
} as const;

export const OTHER_ACCOUNT = "999999999999";
const SNOWPLOW_ACCOUNT = "888888888888";

/** Keys: of objects written before the stack; unrelated to the stack; existing, in this account and in another. */
export const OLD_KEY = key("old-objects");
export const UNRELATED_KEY = key("unrelated");
export const OWN_KEY = key("existing");
export const FOREIGN_KEY = OWN_KEY.replace(ACCOUNT_ID, OTHER_ACCOUNT);

/** The VPC of the stacks `existing` and `own-key`. */
export const SHARED_VPC = "vpc-0123456789abcdef0";
const NETWORK = { existing: { vpcId: SHARED_VPC, subnetIds: ["subnet-0123456789abcdef0"] } };

/** Between the transformer and RDB Loader. */
export const QUEUE = `arn:aws:sqs:${REGION}:${OTHER_ACCOUNT}:loader.fifo`;
export const LOADER_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:loader.fifo`;

export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT_ID}:operators`;
export const CERTIFICATE_ARCHIVE = "s3://certs/emr/tls/0123456789ab.zip";
export const EXISTING_ARCHIVE = "s3://acme-certificates/emr/nodes.zip";

const STACKS: Readonly<Record<StackName, Readonly<Record<string, unknown>>>> = {
    /**
     * Batch mode: raw events in two existing folders, one of them a whole bucket; every kind of grant; Spot instances;
     * a reminder; the role for `encrypt-existing`.
     */
    batch: {
        certificates: { remindTopicArn: TOPIC },
        storage: { existingKmsKeyArns: [OLD_KEY], reencryption: true },
        access: {
            readLocations: ["s3://acme-enrichments/maxmind"],
            dynamodbTables: ["snowplow-duplicates"],
            ssmParameters: ["/snowplow/redshift-password"],
            queueArns: [QUEUE, LOADER_TOPIC],
        },
        emrEtlRunner: {
            aws: {
                s3: {
                    buckets: {
                        jsonpath_assets: "s3://acme-jsonpaths/v1",
                        raw: { in: ["s3://acme-collector/eu", "s3://acme-old-collector"] },
                        enriched: { bad: "s3://acme-bad/enriched", errors: "managed" },
                    },
                },
                emr: { bootstrap: ["s3://acme-scripts/emr/setup.sh"], jobflow: { core_instance_bid: 0.1 } },
            },
            collectors: { format: "thrift" },
        },
    },
    /** Stream-enrich mode: all managed, on demand, only existing assets granted; the region's bucket has a suffix. */
    stream: {
        emrEtlRunner: {
            aws: { s3: { buckets: { assets: "s3://acme-assets", enriched: { stream: "managed" } } } },
        },
    },
    /** Existing VPC, roles, archive and logs, another account's key, and the bucket policy added to an existing bucket. */
    existing: {
        network: NETWORK,
        encryption: { kmsKeyArn: FOREIGN_KEY },
        certificates: { archive: EXISTING_ARCHIVE },
        storage: { policiesOnExistingBuckets: ["acme-collector"], existingKmsKeyArns: [OLD_KEY] },
        access: { serviceRole: { existing: "acme-emr" }, jobflowRole: { existing: "acme-nodes" } },
        emrEtlRunner: {
            aws: {
                s3: {
                    buckets: {
                        raw: { in: ["s3://acme-collector/eu"] },
                        enriched: { bad: "s3://acme-bad/enriched" },
                        log: "s3://acme-logs/emr",
                    },
                },
            },
            collectors: { format: "thrift" },
        },
    },
    /** The stack's own roles, with this account's existing key, an existing VPC and archive, and a bid. */
    "own-key": {
        network: NETWORK,
        encryption: { kmsKeyArn: OWN_KEY },
        certificates: { archive: EXISTING_ARCHIVE },
        emrEtlRunner: {
            aws: { emr: { jobflow: { core_instance_bid: 0.1 } } },
            collectors: { format: "thrift" },
        },
    },
    /** The additional statements that docs/runbooks.md shows. */
    statements: { ...MINIMAL, storage: { bucketPolicyStatements: documentedStatements() } },
};

function documentedStatements(): unknown {
    const docs = readFileSync(path.join(__dirname, "../../docs/runbooks.md"), "utf8");
    const [, yaml = ""] =
        /```yaml\n(snowplow-emr-encryption:storage:\n +bucketPolicyStatements:[^`]*)```/.exec(docs) ?? [];
    return parse(yaml)["snowplow-emr-encryption:storage"].bucketPolicyStatements;
}

/** The two stacks that own all but their data, one in each mode. */
export const BOTH = ["batch", "stream"] as const;

export const REMINDER_ROLE = role(`snowplow-batch-reminder-${PLACEHOLDER}`);
export const REENCRYPTION_ROLE = role(`snowplow-batch-reencrypt-${PLACEHOLDER}`);
export const ADMIN_ROLE = role("admin");
/** The other account in docs/runbooks.md. */
export const PARTNER = "444455556666";
export const SPOT_ROLE = role("aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot");
const EMR_ROLES = "aws-service-role/elasticmapreduce.amazonaws.com";
export const CLEANUP_ROLE = role(`${EMR_ROLES}/AWSServiceRoleForEMRCleanup`);

type Resource = NonNullable<Policies["resource"]>;

const PUBLIC_BUCKET: Resource = {
    policy: resourcePolicy(
        document({ Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" }),
    ),
    account: SNOWPLOW_ACCOUNT,
};
/** The policy that AWS gives every key made without one. */
const DELEGATING_KEY: Resource = { policy: resourcePolicy(document(delegatingTo(ACCOUNT_ID))) };

/**
 * What AmazonEMRServicePolicy_v2 allows in tagged networks.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEMRServicePolicy_v2.html
 */
const EMR_SERVICE_POLICY = document({
    Action: ["ec2:CreateNetworkInterface", "ec2:RunInstances", "ec2:CreateFleet"],
    Resource: ["arn:aws:ec2:*:*:subnet/*", "arn:aws:ec2:*:*:security-group/*"],
    Condition: { StringEquals: { "aws:ResourceTag/for-use-with-amazon-emr-managed-policies": "true" } },
});

const ACME = "collector old-collector bad enrichments jsonpaths scripts payroll assets certificates logs";
const ASSETS = ["", "-us-east-1", "-us-west-2"].map((suffix) => `snowplow-hosted-assets${suffix}`);
const EMR_ASSETS = ["eu-west-1.elasticmapreduce", "us-east-1.elasticmapreduce", "elasticmapreduce"];

/** Resources outside of every stack. */
const OUTSIDE: Readonly<Record<string, Resource>> = {
    ...Object.fromEntries(ACME.split(" ").map((name) => [`arn:aws:s3:::acme-${name}`, {}])),
    ...Object.fromEntries([...ASSETS, ...EMR_ASSETS].map((name) => [`arn:aws:s3:::${name}`, PUBLIC_BUCKET])),
    [OLD_KEY]: DELEGATING_KEY,
    [UNRELATED_KEY]: DELEGATING_KEY,
};

export type Who = keyof ReturnType<typeof principals>;

/** The principals that every stack grants rights to. */
export const USUAL: readonly Who[] = ["the operator", "the jobflow role", "the service role"];

/** The principals that one stack grants rights to. */
export function principalsOf(stack: StackName): readonly Who[] {
    return stack === "batch" ? [...USUAL, "the reminder", "the re-encryption role"] : USUAL;
}

export type Names = ReturnType<typeof namesOf>;

/** The names in a stack that rows use. */
export function namesOf(stack: StackName) {
    const region = REGIONS[stack];
    const other = stack === "batch" ? "stream" : "batch";
    const jobflow = (name: string) => role(`snowplow-${name}-jobflow-${PLACEHOLDER}`);
    return {
        stack,
        /** The value of the tag `snowplow-emr-stack`. */
        tag: `snowplow-emr-encryption/${stack}`,
        region,
        otherRegion: region === "us-east-1" ? "eu-west-1" : "us-east-1",
        key: key(PLACEHOLDER, region),
        vpc: stack === "batch" || stack === "stream" ? `vpc-${PLACEHOLDER}` : SHARED_VPC,
        serviceRole: role(`snowplow-${stack}-service-${PLACEHOLDER}`),
        otherServiceRole: role(`snowplow-${other}-service-${PLACEHOLDER}`),
        jobflowRole: jobflow(stack),
        /** Of the other stack of `BOTH`. */
        otherTag: `snowplow-emr-encryption/${other}`,
        otherJobflowRole: jobflow(other),
    };
}

/** One deployed stack. */
export interface Deployment {
    readonly run: Run;
    readonly decision: (who: Who, action: string, resource: string, context: Context) => Decision;
}

const deployments = new Map<StackName, Promise<Deployment>>();

/** Deploys a stack once per process. */
export function deployed(stack: StackName): Promise<Deployment> {
    const deployment = deployments.get(stack) ?? deploy(stack);
    deployments.set(stack, deployment);
    return deployment;
}

interface Principal {
    readonly caller: Caller;
    readonly identity: readonly Policy[];
}

/** Runs the program and takes every policy from its registrations and outputs. */
async function deploy(stack: StackName): Promise<Deployment> {
    const run = await runStack(STACKS[stack], { stack, region: REGIONS[stack] });
    const { serviceRole, jobflowRole, kmsKeyArn, kmsKeyPolicyStatements, requiredPolicies } = run.outputs;
    const operator: Policy[] = [];
    const roles = new Map<string, Policy[]>();
    const resources: Record<string, Resource> = { ...OUTSIDE };
    const grant = (arn: string, policy: string) =>
        roles.set(arn, [...(roles.get(arn) ?? []), identityPolicy(policy)]);
    for (const { type, name, inputs } of run.registrations) {
        const input = (property: string) => String(inputs[property]);
        switch (type) {
            case "aws:iam/role:Role": {
                const arn = role(`${input("namePrefix")}${PLACEHOLDER}`);
                resources[arn] = { policy: trustPolicy(input("assumeRolePolicy")) };
                break;
            }
            case "aws:iam/rolePolicy:RolePolicy":
                grant(role(input("role")), input("policy"));
                break;
            case "aws:iam/policy:Policy":
                operator.push(identityPolicy(input("policy")));
                break;
            case "aws:s3/bucketPolicy:BucketPolicy":
                resources[`arn:aws:s3:::${input("bucket")}`] = { policy: resourcePolicy(input("policy")) };
                break;
            case "aws:kms/key:Key":
                resources[String(kmsKeyArn)] = { policy: resourcePolicy(input("policy")) };
                break;
            default:
                if ("policy" in inputs || "assumeRolePolicy" in inputs) {
                    throw new Error(`the policy of ${type} ${name} is not evaluated`);
                }
        }
    }
    // The owners of the existing key and roles have done what the outputs ask for.
    if (kmsKeyPolicyStatements) {
        const account = String(kmsKeyArn).split(":")[4] ?? "";
        const statements = [
            { Effect: "Allow", ...delegatingTo(account) },
            ...(kmsKeyPolicyStatements as readonly object[]),
        ];
        resources[String(kmsKeyArn)] = {
            account,
            policy: resourcePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })),
        };
    }
    grant(role(String(serviceRole)), EMR_SERVICE_POLICY);
    const required = Object(requiredPolicies) as Readonly<Record<string, { policyDocument: string }>>;
    for (const [which, { policyDocument }] of Object.entries(required)) {
        grant(role(String(run.outputs[which])), policyDocument);
    }
    const callers = principals((arn) => roles.get(arn) ?? [], operator, {
        jobflow: role(String(jobflowRole)),
        service: role(String(serviceRole)),
    });
    return {
        run,
        decision: (who, action, resource, context) =>
            evaluate(stack, resources, callers[who], action, resource, context),
    };
}

/** Everyone who calls, with their policies. */
function principals(
    policiesOf: (arn: string) => readonly Policy[],
    operator: readonly Policy[],
    emr: Readonly<Record<"jobflow" | "service", string>>,
) {
    const user = (name: string, account: string, identity: readonly Policy[]): Principal => ({
        caller: { AWS: `arn:aws:iam::${account}:user/${name}` },
        identity,
    });
    const assumed = (arn: string): Principal => ({ caller: { AWS: arn }, identity: policiesOf(arn) });
    const service = (name: string): Principal => ({
        caller: { Service: `${name}.amazonaws.com` },
        identity: [],
    });
    const all = identityPolicy(document({ Action: "*", Resource: "*" }));
    const allOfS3 = identityPolicy(document({ Action: "s3:*", Resource: "*" }));
    const writes = identityPolicy(
        document({ Action: "s3:PutObject", Resource: "arn:aws:s3:::*-pipeline-*" }),
    );
    return {
        "the operator": user("emr-etl-runner", ACCOUNT_ID, operator),
        "the jobflow role": assumed(emr.jobflow),
        "the service role": assumed(emr.service),
        "the reminder": assumed(REMINDER_ROLE),
        "the re-encryption role": assumed(REENCRYPTION_ROLE),
        Scheduler: service("scheduler"),
        "Batch Operations": service("batchoperations.s3"),
        "the Spot role": assumed(SPOT_ROLE),
        "another account's Spot role": {
            caller: { AWS: SPOT_ROLE.replace(ACCOUNT_ID, OTHER_ACCOUNT) },
            identity: [all],
        },
        EMR: service("elasticmapreduce"),
        EC2: service("ec2"),
        "log delivery": service("delivery.logs"),
        "a partner's producer": {
            caller: { AWS: `arn:aws:iam::${PARTNER}:role/collector` },
            identity: [all],
        },
        "a partner's Redshift": { caller: { AWS: `arn:aws:iam::${PARTNER}:role/redshift` }, identity: [all] },
        "a partner's administrator": user("administrator", PARTNER, [all]),
        "an administrator": user("administrator", ACCOUNT_ID, [all]),
        "a reader of all buckets": user("reader", ACCOUNT_ID, [allOfS3]),
        "a writer of the pipeline bucket": user("writer", ACCOUNT_ID, [writes]),
        "the jobflow role with all of S3": {
            ...assumed(emr.jobflow),
            identity: [...policiesOf(emr.jobflow), allOfS3],
        },
        "another account's administrator": user("administrator", OTHER_ACCOUNT, [all]),
    };
}

function evaluate(
    stack: StackName,
    resources: Readonly<Record<string, Resource>>,
    { caller, identity }: Principal,
    action: string,
    resource: string,
    context: Context,
): Decision {
    const arn = resource.startsWith("s3://") ? `arn:aws:s3:::${physical(stack, resource)}` : resource;
    const account = "AWS" in caller ? (caller.AWS.split(":")[4] ?? "") : "";
    const request = {
        caller,
        action,
        resource: arn,
        context: {
            "aws:SecureTransport": "true",
            ...(action.startsWith("kms:") ? { "kms:CallerAccount": account } : {}),
            ...context,
        },
    };
    // The resources of the other services called here have no policies.
    if (!/^(s3|kms|sts):/.test(action) || arn === "*") {
        return decide(request, { identity });
    }
    const owner = resources[action.startsWith("s3:") ? (arn.split("/")[0] ?? "") : arn];
    if (!owner) {
        throw new Error(`there is no ${arn}: a denial would prove nothing`);
    }
    return decide(request, { identity, resource: { account: ACCOUNT_ID, ...owner } });
}

/** `s3://pipeline/raw/` → the managed bucket's name, a slash, and the key; existing buckets keep their names. */
export function physical(stack: StackName, url: string): string {
    const [bucket = "", ...key] = url.replace("s3://", "").split("/");
    const managed = ["collector", "pipeline", "archive", "logs", "certs"].includes(bucket);
    return [managed ? `snowplow-${stack}-${bucket}-${PLACEHOLDER}` : bucket, ...key].join("/");
}

/** Delegates to the account's own IAM policies, as every key does by default. */
function delegatingTo(account: string) {
    return { Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" };
}

function document(statement: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } });
}

export function role(name: string): string {
    return `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
}

function key(id: string, region: string = REGION): string {
    return `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${id}`;
}
