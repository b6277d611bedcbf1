import {
    GetBucketAclCommand,
    GetBucketEncryptionCommand,
    GetBucketNotificationConfigurationCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetBucketReplicationCommand,
    GetPublicAccessBlockCommand,
    type InventoryConfiguration,
    ListBucketInventoryConfigurationsCommand,
    type PublicAccessBlockConfiguration,
    paginateListBuckets,
    type S3Client,
    type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand as GetAccountPublicAccessBlockCommand } from "@aws-sdk/client-s3-control";
import pMap from "p-map";
import { canonicalStatement } from "../../components/checks/document-differences";
import type { BucketSpec } from "../../components/domain/for-commands";
import { parseS3Url } from "../../components/domain/locations";
import { bucketPolicy } from "../../components/policies/bucket";
import { bucketArn } from "../../components/policies/s3-access";
import { call, callIfThere, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, observe, observeFaults, restore } from "./control";
import {
    describeStatement,
    isForEveryone,
    isForOthers,
    type LiveStatement,
    list,
    principalsOf,
    statementsOf,
} from "./statements";

const CONCURRENCY = 4;

/** A bucket of the pipeline. */
interface Bucket {
    readonly name: string;
    /** Undefined for an existing bucket. */
    readonly spec: BucketSpec | undefined;
    /** The SSE header that the policy from the stack accepts; undefined if the stack does not set the policy. */
    readonly acceptedSse: BucketSpec["acceptedSse"] | undefined;
}

/** The buckets of all locations and of the certificates, and existing ones that the stack encrypts. */
export function bucketsOf({ buckets, forCommands }: StackOutputs): readonly Bucket[] {
    const { managedBuckets, encryptedExistingBuckets, policiesOnExistingBuckets } = forCommands;
    const ofLocations = Object.values(buckets)
        .flat()
        .flatMap((url) => parseS3Url(url)?.bucket ?? []);
    const names = [...Object.keys(managedBuckets), ...ofLocations, ...encryptedExistingBuckets];
    return [...new Set(names)].map((name) => {
        const spec = managedBuckets[name];
        const isPolicySet = policiesOnExistingBuckets.includes(name);
        return { name, spec, acceptedSse: spec?.acceptedSse ?? (isPolicySet ? "AES256" : undefined) };
    });
}

async function forBuckets(
    { outputs }: Context,
    isChecked: (bucket: Bucket) => boolean,
    check: (bucket: Bucket) => Promise<readonly Evidence[]>,
): Promise<readonly Evidence[]> {
    const checked = bucketsOf(outputs).filter(isChecked);
    return (await pMap(checked, check, { concurrency: CONCURRENCY })).flat();
}

/** Objects without an encryption header get the bucket's default encryption: EMR's logs, RDB Loader's, Spark's bad rows. */
export function defaultEncryption(context: Context): Promise<readonly Evidence[]> {
    const { encryptedExistingBuckets, existingKmsKeyArns, stack } = context.outputs.forCommands;
    return forBuckets(
        context,
        () => true,
        ({ name, spec }) => {
            const isSet = spec !== undefined || encryptedExistingBuckets.includes(name);
            const line = {
                subject: `bucket ${name}: default encryption`,
                expected: isSet ? "AES256" : "AES256, or a key in storage.existingKmsKeyArns",
                fix: isSet
                    ? restore(context.outputs)
                    : `add the bucket to storage.encryptExistingBuckets in Pulumi.${stack}.yaml, then \`npx pulumi up --stack ${stack}\``,
            };
            return ask(line, async () => {
                const rule = await encryptionRule(context.clients.s3, name);
                const { SSEAlgorithm = "none", KMSMasterKeyID: key } =
                    rule?.ApplyServerSideEncryptionByDefault ?? {};
                const isOk = SSEAlgorithm === "AES256" || (!isSet && existingKmsKeyArns.includes(key ?? ""));
                return observe({
                    ...line,
                    found: key === undefined ? SSEAlgorithm : `${SSEAlgorithm} under ${key}`,
                    isOk,
                });
            });
        },
    );
}

/** Objects under a customer-provided key cannot be read without it: EMR and Redshift do not have it. */
export function blockedSseC(context: Context): Promise<readonly Evidence[]> {
    return forBuckets(
        context,
        ({ spec }) => spec !== undefined,
        ({ name }) => {
            const line = {
                subject: `bucket ${name}: blocked encryption`,
                expected: "SSE-C",
                fix: restore(context.outputs),
            };
            return ask(line, async () => {
                const { BlockedEncryptionTypes } = (await encryptionRule(context.clients.s3, name)) ?? {};
                return observe({
                    ...line,
                    found: BlockedEncryptionTypes?.EncryptionType?.join(", ") || "none",
                });
            });
        },
    );
}

async function encryptionRule(s3: S3Client, Bucket: string): Promise<ServerSideEncryptionRule | undefined> {
    const answer = await callIfThere(
        ["ServerSideEncryptionConfigurationNotFoundError"],
        "s3:GetEncryptionConfiguration",
        Bucket,
        () => s3.send(new GetBucketEncryptionCommand({ Bucket })),
    );
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0];
}

async function policyOf(s3: S3Client, Bucket: string): Promise<readonly LiveStatement[]> {
    const answer = await callIfThere(["NoSuchBucketPolicy"], "s3:GetBucketPolicy", Bucket, () =>
        s3.send(new GetBucketPolicyCommand({ Bucket })),
    );
    return answer?.Policy === undefined ? [] : statementsOf(answer.Policy);
}

function ownStatements({ name, spec, acceptedSse }: Bucket) {
    return acceptedSse === undefined
        ? []
        : bucketPolicy(bucketArn(name), acceptedSse, spec?.additionalStatements).Statement;
}

/** The statements of the stack's policy are in place: TLS only, no other encryption, no customer-provided key. */
export function policyDenies(context: Context): Promise<readonly Evidence[]> {
    return forBuckets(
        context,
        ({ acceptedSse }) => acceptedSse !== undefined,
        (bucket) => {
            const { name } = bucket;
            const denies = ownStatements(bucket).filter(({ Effect }) => Effect === "Deny");
            const subject = `bucket ${name}: policy`;
            const expected = denies.map(({ Sid }) => Sid).join(", ");
            const fix = restore(context.outputs);
            return ask({ subject, expected, fix }, async () => {
                const live = (await policyOf(context.clients.s3, name)).map(canonicalStatement);
                const missing = denies.filter((statement) => !live.includes(canonicalStatement(statement)));
                return observeFaults(
                    subject,
                    expected,
                    missing.map(({ Sid }) => `${Sid} is missing or changed`),
                    fix,
                );
            });
        },
    );
}

/** What anyone may learn of a bucket without learning anything of its data. */
const HARMLESS = [
    "s3:GetBucketAcl",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
];

/** Services that deliver logs. They write, and look at the bucket before. */
const LOG_DELIVERY =
    /^(delivery\.logs|logging\.s3|cloudtrail|config|logs\.[a-z0-9-]+|logdelivery\.elasticloadbalancing)\.amazonaws\.com$/;
const TO_DELIVER = [...HARMLESS, "s3:PutObject", "s3:PutObjectAcl", "s3:ListBucket"];

/** Whether an Allow in a bucket's policy gives no access to its data, except that log delivery may add to it. */
function isHarmless(statement: LiveStatement): boolean {
    const actions = list(statement.Action);
    const within = (allowed: readonly string[]) =>
        actions.length > 0 && actions.every((action) => allowed.includes(action));
    return (
        statement.Effect !== "Allow" ||
        within(HARMLESS) ||
        (principalsOf(statement).every((principal) => LOG_DELIVERY.test(principal)) && within(TO_DELIVER))
    );
}

/** Who may read or change the objects of the stack's buckets, and where copies of them go. */
export async function dataAccess(context: Context): Promise<readonly Evidence[]> {
    const decide = (bucket: Bucket) => {
        const own = ownStatements(bucket).map(canonicalStatement);
        return bucket.acceptedSse === undefined
            ? isForEveryone
            : (statement: LiveStatement) => !own.includes(canonicalStatement(statement));
    };
    const policies = forBuckets(
        context,
        () => true,
        (bucket) => addedStatements(context, bucket, decide(bucket)),
    );
    const copies = forBuckets(
        context,
        ({ spec }) => spec !== undefined,
        ({ name }) => copiesOf(context, name),
    );
    const grants = forBuckets(
        context,
        () => true,
        ({ name, spec }) =>
            aclGrants(context, name, (grantee) => spec !== undefined || grantee.includes("/groups/global/")),
    );
    return (await Promise.all([policies, grants, copies])).flat();
}

/** Which other accounts may read or change the objects of existing buckets, and where copies of them go. */
export async function existingDataAccess(context: Context): Promise<readonly Evidence[] | string> {
    const isExisting = ({ spec }: Bucket) => spec === undefined;
    if (!bucketsOf(context.outputs).some(isExisting)) {
        return "the stack has no existing bucket";
    }
    const { accountId } = context.outputs.forCommands;
    return forBuckets(context, isExisting, async (bucket) => [
        ...(await addedStatements(context, bucket, (statement) => isForOthers(statement, [accountId]))),
        ...(await aclGrants(context, bucket.name, () => true)),
        ...(await copiesOf(context, bucket.name)),
    ]);
}

function addedStatements(
    { clients: { s3 }, outputs }: Context,
    { name, acceptedSse }: Bucket,
    isAdded: (statement: LiveStatement) => boolean,
): Promise<readonly Evidence[]> {
    const subject = `bucket ${name}: statements that give access to data`;
    const expected = acceptedSse === undefined ? "none for other accounts" : "only those of the stack";
    const fix =
        acceptedSse === undefined
            ? "remove the statement, or keep it if you know the account"
            : `${restore(outputs)} removes it; storage.bucketPolicyStatements keeps it`;
    return ask({ subject, expected, fix }, async () => {
        const added = (await policyOf(s3, name)).filter((each) => !isHarmless(each) && isAdded(each));
        return observeFaults(subject, expected, added.map(describeStatement), fix);
    });
}

/** The canonical id of CloudFront's log delivery. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html */
const CLOUDFRONT = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";
const LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery";

function aclGrants(
    { clients: { s3 } }: Context,
    Bucket: string,
    isFault: (grantee: string) => boolean,
): Promise<readonly Evidence[]> {
    const subject = `bucket ${Bucket}: ACL`;
    const expected = "no grant but to the owner and to log delivery";
    const fix = `\`aws s3api put-bucket-acl --bucket ${Bucket} --acl private\``;
    return ask({ subject, expected, fix }, async () => {
        const controls = await callIfThere(
            ["OwnershipControlsNotFoundError"],
            "s3:GetBucketOwnershipControls",
            Bucket,
            () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
        );
        if (controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced") {
            return observe({ subject, expected, found: "ACLs are off", isOk: true, fix });
        }
        const { Owner, Grants = [] } = await call("s3:GetBucketAcl", Bucket, () =>
            s3.send(new GetBucketAclCommand({ Bucket })),
        );
        const faults = Grants.flatMap(({ Grantee, Permission }) => {
            const who = Grantee?.URI ?? Grantee?.ID ?? Grantee?.EmailAddress ?? "someone";
            return [Owner?.ID, CLOUDFRONT, LOG_GROUP].includes(who) || !isFault(who)
                ? []
                : [`${Permission} for ${who}`];
        });
        return observeFaults(subject, expected, faults, fix);
    });
}

/** Where S3 sends copies, lists and events of objects. */
async function copiesOf({ clients: { s3 }, outputs }: Context, Bucket: string): Promise<readonly Evidence[]> {
    const { accountId } = outputs.forCommands;
    /** A destination that is not the account's. S3 knows its owner only if the configuration names it. */
    const foreign = async (
        destinations: readonly { readonly bucket?: string; readonly account?: string }[],
    ) => {
        const own = destinations.some(({ account }) => !account) ? await ownBuckets(s3) : [];
        return destinations
            .map(({ bucket = "", account }) => ({ name: bucket.replace(/^.*:/, ""), account }))
            .filter(({ name, account }) => (account ? account !== accountId : !own.includes(name)))
            .map(({ name, account }) => `${name} (${account ?? "not a bucket of this account"})`);
    };
    const replication = async () => {
        const answer = await callIfThere(
            ["ReplicationConfigurationNotFoundError"],
            "s3:GetReplicationConfiguration",
            Bucket,
            () => s3.send(new GetBucketReplicationCommand({ Bucket })),
        );
        const rules = answer?.ReplicationConfiguration?.Rules ?? [];
        const enabled = rules.filter(({ Status }) => Status === "Enabled");
        return foreign(
            enabled.map(({ Destination }) => ({
                bucket: Destination?.Bucket,
                account: Destination?.Account,
            })),
        );
    };
    const inventories = async () => {
        const found: InventoryConfiguration[] = [];
        let ContinuationToken: string | undefined;
        do {
            const page = await call("s3:GetInventoryConfiguration", Bucket, () =>
                s3.send(new ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken })),
            );
            found.push(...(page.InventoryConfigurationList ?? []));
            ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        const enabled = found.filter(({ IsEnabled }) => IsEnabled);
        return foreign(
            enabled.map(({ Destination }) => ({
                bucket: Destination?.S3BucketDestination?.Bucket,
                account: Destination?.S3BucketDestination?.AccountId,
            })),
        );
    };
    const events = async () => {
        const answer = await call("s3:GetBucketNotification", Bucket, () =>
            s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
        );
        const targets = [
            ...(answer.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
            ...(answer.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
            ...(answer.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
        ];
        return targets.map(String).filter((target) => target.split(":")[4] !== accountId);
    };
    const each = Object.entries({ replication, inventories, "event targets": events }).map(([what, read]) => {
        const subject = `bucket ${Bucket}: ${what}`;
        const expected = `none in another account than ${accountId}`;
        const fix = `remove the bucket's ${what}, or keep them if you know the account`;
        return ask({ subject, expected, fix }, async () =>
            observeFaults(subject, expected, await read(), fix),
        );
    });
    return (await Promise.all(each)).flat();
}

function ownBuckets(s3: S3Client): Promise<readonly (string | undefined)[]> {
    const pages = paginateListBuckets({ client: s3 }, { MaxBuckets: 1000 });
    return collect("s3:ListAllMyBuckets", "this account", pages, ({ Buckets }) =>
        Buckets?.map(({ Name }) => Name),
    );
}

const PUBLIC_ACCESS = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
] as const;

/** The bucket blocks public access, or the account does so for all its buckets. */
export async function publicAccess(context: Context): Promise<readonly Evidence[]> {
    const { clients, outputs } = context;
    const settings = PUBLIC_ACCESS.map((name) => `${name}=true`).join(",");
    return forBuckets(
        context,
        () => true,
        ({ name, spec }) => {
            const subject = `bucket ${name}: public access`;
            const expected = "blocked";
            const fix = spec
                ? restore(outputs)
                : `\`aws s3api put-public-access-block --bucket ${name} --public-access-block-configuration ${settings}\``;
            return ask({ subject, expected, fix }, async () => {
                const own = await callIfThere([NO_BLOCK], "s3:GetBucketPublicAccessBlock", name, () =>
                    clients.s3.send(new GetPublicAccessBlockCommand({ Bucket: name })),
                );
                const off = notBlocked(own?.PublicAccessBlockConfiguration);
                const still =
                    off.length === 0
                        ? []
                        : notBlocked(own?.PublicAccessBlockConfiguration, await accountBlock(context));
                return observeFaults(
                    subject,
                    expected,
                    still.map((each) => `${each} is off`),
                    fix,
                );
            });
        },
    );
}

const NO_BLOCK = "NoSuchPublicAccessBlockConfiguration";

async function accountBlock({
    clients,
    outputs,
}: Context): Promise<PublicAccessBlockConfiguration | undefined> {
    const { accountId: AccountId } = outputs.forCommands;
    const answer = await callIfThere(
        [NO_BLOCK],
        "s3:GetAccountPublicAccessBlock",
        `account ${AccountId}`,
        () => clients.s3Control.send(new GetAccountPublicAccessBlockCommand({ AccountId })),
    );
    return answer?.PublicAccessBlockConfiguration;
}

/** What none of them turns on. */
function notBlocked(...blocks: readonly (PublicAccessBlockConfiguration | undefined)[]) {
    return PUBLIC_ACCESS.filter((name) => !blocks.some((block) => block?.[name]));
}
