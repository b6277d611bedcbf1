import type { GetPublicAccessBlockCommandOutput, InventoryConfiguration, S3 } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { canonicalStatement } from "../../components/checks/document-differences";
import type { BucketSpec } from "../../components/domain/for-commands";
import { parseS3Url } from "../../components/domain/locations";
import { bucketPolicy } from "../../components/policies/bucket";
import { bucketArn } from "../../components/policies/s3-access";
import { collect, ifThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, observe, okIf, restore } from "./control";
import {
    describeStatement,
    givesAccess,
    isForEveryone,
    isForOthers,
    type LiveStatement,
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
    /** Whether it has nothing of the stack but an existing certificate archive. */
    readonly isArchive: boolean;
}

/** The buckets of all locations and of the certificate archive, and existing ones that the stack encrypts. */
export function bucketsOf({ buckets, forCommands }: StackOutputs): readonly Bucket[] {
    const { managedBuckets, encryptedExistingBuckets, policiesOnExistingBuckets } = forCommands;
    const bucketOf = (url: string) => parseS3Url(url)?.bucket ?? [];
    const ofLocations = Object.values(buckets).flat().flatMap(bucketOf);
    const used = [...Object.keys(managedBuckets), ...ofLocations, ...encryptedExistingBuckets];
    const names = new Set(used.concat(bucketOf(forCommands.certificateArchive)));
    return [...names].map((name) => {
        const spec = managedBuckets[name];
        const isPolicySet = policiesOnExistingBuckets.includes(name);
        const acceptedSse = spec?.acceptedSse ?? (isPolicySet ? "AES256" : undefined);
        return { name, spec, acceptedSse, isArchive: !used.includes(name) };
    });
}

const isAny = () => true;
const holdsData = ({ isArchive }: Bucket) => !isArchive;
const isManaged = ({ spec }: Bucket) => spec !== undefined;
const isExisting = ({ spec }: Bucket) => spec === undefined;

async function forBuckets(
    { outputs }: Context,
    isChecked: (bucket: Bucket) => boolean,
    check: (bucket: Bucket) => Promise<readonly Evidence[]>,
): Promise<readonly Evidence[]> {
    const checked = bucketsOf(outputs).filter(isChecked);
    return (await pMap(checked, check, { concurrency: CONCURRENCY })).flat();
}

/**
 * Objects without an encryption header get the bucket's default encryption: EMR's logs, RDB Loader's, Spark's bad rows.
 * Objects under a customer-provided key cannot be read without it: EMR and Redshift do not have it.
 */
export function defaultEncryption(context: Context): Promise<readonly Evidence[]> {
    const { encryptedExistingBuckets, existingKmsKeyArns, stack } = context.outputs.forCommands;
    return forBuckets(context, holdsData, ({ name, spec }) => {
        const isSet = spec !== undefined || encryptedExistingBuckets.includes(name);
        const line = {
            subject: `bucket ${name}: default encryption`,
            expected: isSet ? "AES256" : "AES256, or a key in storage.existingKmsKeyArns",
            fix: isSet
                ? restore(context.outputs)
                : `add the bucket to storage.encryptExistingBuckets in Pulumi.${stack}.yaml, then \`npx pulumi up --stack ${stack}\``,
        };
        const blocked = { ...line, subject: `bucket ${name}: blocked encryption`, expected: "SSE-C" };
        return ask(line, async () => {
            const NONE = "ServerSideEncryptionConfigurationNotFoundError";
            const answer = await ifThere(context.clients.s3.getBucketEncryption({ Bucket: name }), NONE);
            const [rule] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
            const { SSEAlgorithm = "none", KMSMasterKeyID: key } =
                rule?.ApplyServerSideEncryptionByDefault ?? {};
            // S3 returns the key's ARN or its id, as it was set.
            const isKnown = existingKmsKeyArns.some((known) => known === key || known.endsWith(`/${key}`));
            const isOk = SSEAlgorithm === "AES256" || (!isSet && isKnown);
            const found = key === undefined ? SSEAlgorithm : `${SSEAlgorithm} under ${key}`;
            const types = rule?.BlockedEncryptionTypes?.EncryptionType?.join(", ") || "none";
            return [observe(line, okIf(isOk, found)), ...(spec ? [observe(blocked, types)] : [])];
        });
    });
}

async function policyOf(s3: S3, Bucket: string): Promise<readonly LiveStatement[]> {
    const answer = await ifThere(s3.getBucketPolicy({ Bucket }), "NoSuchBucketPolicy");
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
            const denies = ownStatements(bucket).filter(({ Effect }) => Effect === "Deny");
            const line = {
                subject: `bucket ${bucket.name}: policy`,
                expected: denies.map(({ Sid }) => Sid).join(", "),
                fix: restore(context.outputs),
            };
            return ask(line, async () => {
                const live = (await policyOf(context.clients.s3, bucket.name)).map(canonicalStatement);
                return denies
                    .filter((statement) => !live.includes(canonicalStatement(statement)))
                    .map(({ Sid }) => `${Sid} is missing or changed`);
            });
        },
    );
}

/** Services that deliver logs. They write, and look at the bucket before. */
const LOG_DELIVERY =
    /^(delivery\.logs|logging\.s3|cloudtrail|config|logs\.[a-z0-9-]+|logdelivery\.elasticloadbalancing)\.amazonaws\.com$/;
const TO_DELIVER = /^s3:(GetBucket\w*|PutObject|PutObjectAcl|ListBucket)$/i;

/** Whether a bucket's policy gives access to its data, except that log delivery may add to it. */
function isAccess(statement: LiveStatement): boolean {
    const isDelivery = principalsOf(statement).every((principal) => LOG_DELIVERY.test(principal));
    return givesAccess(statement, ["s3:*"], isDelivery ? TO_DELIVER : undefined);
}

/** Who may read or change the objects of the stack's buckets, and where copies of them go. */
export async function dataAccess(context: Context): Promise<readonly Evidence[]> {
    const policies = forBuckets(context, isAny, (bucket) => {
        const own = ownStatements(bucket).map(canonicalStatement);
        return bucket.acceptedSse === undefined
            ? addedStatements(context, bucket, isForEveryone)
            : addedStatements(context, bucket, (each) => !own.includes(canonicalStatement(each)));
    });
    const grants = forBuckets(context, isAny, (bucket) =>
        aclGrants(context, bucket.name, (who) => isManaged(bucket) || who.includes("/groups/global/")),
    );
    const copies = forBuckets(context, isManaged, ({ name }) => copiesOf(context, name));
    return (await Promise.all([policies, grants, copies])).flat();
}

/** Which other accounts may read or change the objects of existing buckets, and where copies of them go. */
export function existingBucketAccess(context: Context): Promise<readonly Evidence[]> {
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
    const isOwn = acceptedSse !== undefined;
    const line = {
        subject: `bucket ${name}: statements that give access to data`,
        expected: isOwn ? "only those of the stack" : "none for other accounts",
        fix: isOwn
            ? `${restore(outputs)} removes it; storage.bucketPolicyStatements keeps it`
            : "remove the statement, or keep it if you know the account",
    };
    return ask(line, async () =>
        (await policyOf(s3, name)).filter((each) => isAccess(each) && isAdded(each)).map(describeStatement),
    );
}

/** The canonical id of CloudFront's log delivery. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html */
const CLOUDFRONT = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";
const LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery";

function aclGrants(
    { clients: { s3 } }: Context,
    Bucket: string,
    isFault: (grantee: string) => boolean,
): Promise<readonly Evidence[]> {
    const line = {
        subject: `bucket ${Bucket}: ACL`,
        expected: "no grant but to the owner and to log delivery",
        fix: `\`aws s3api put-bucket-acl --bucket ${Bucket} --acl private\``,
    };
    return ask(line, async () => {
        const NONE = "OwnershipControlsNotFoundError";
        const controls = await ifThere(s3.getBucketOwnershipControls({ Bucket }), NONE);
        if (controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced") {
            return okIf(true, "ACLs are off");
        }
        const { Owner, Grants = [] } = await s3.getBucketAcl({ Bucket });
        return Grants.map(({ Grantee, Permission }) => ({
            who: Grantee?.URI ?? Grantee?.ID ?? Grantee?.EmailAddress ?? "someone",
            Permission,
        }))
            .filter(({ who }) => ![Owner?.ID, CLOUDFRONT, LOG_GROUP].includes(who) && isFault(who))
            .map(({ who, Permission }) => `${Permission} for ${who}`);
    });
}

interface Destination {
    /** The ARN of a bucket. */
    readonly bucket: string | undefined;
    /** Undefined unless the configuration names it: S3 then delivers whoever the owner is. */
    readonly account: string | undefined;
}

/** Where S3 sends copies, lists and events of objects. */
async function copiesOf({ clients: { s3 }, outputs }: Context, Bucket: string): Promise<readonly Evidence[]> {
    const { accountId } = outputs.forCommands;
    const foreign = async (destinations: readonly Destination[]) => {
        const own = destinations.some(({ account }) => !account) ? await ownBuckets(s3) : [];
        return destinations
            .map(({ bucket = "", account }) => ({ name: bucket.replace(/^.*:/, ""), account }))
            .filter(({ name, account }) => (account ? account !== accountId : !own.includes(name)))
            .map(({ name, account }) => `${name} (${account ?? "not a bucket of this account"})`);
    };
    const replication = async () => {
        const NONE = "ReplicationConfigurationNotFoundError";
        const answer = await ifThere(s3.getBucketReplication({ Bucket }), NONE);
        const rules = answer?.ReplicationConfiguration?.Rules ?? [];
        const enabled = rules.filter(({ Status }) => Status === "Enabled");
        return foreign(enabled.map(({ Destination: to }) => ({ bucket: to?.Bucket, account: to?.Account })));
    };
    const inventories = async () => {
        const found: InventoryConfiguration[] = [];
        let ContinuationToken: string | undefined;
        do {
            const page = await s3.listBucketInventoryConfigurations({ Bucket, ContinuationToken });
            found.push(...(page.InventoryConfigurationList ?? []));
            ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        const enabled = found.filter(({ IsEnabled }) => IsEnabled);
        const to = enabled.map(({ Destination }) => Destination?.S3BucketDestination);
        return foreign(to.map((each) => ({ bucket: each?.Bucket, account: each?.AccountId })));
    };
    const events = async () => {
        const answer = await s3.getBucketNotificationConfiguration({ Bucket });
        const targets = [
            ...(answer.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
            ...(answer.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
            ...(answer.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
        ];
        return targets.map(String).filter((target) => target.split(":")[4] !== accountId);
    };
    const each = Object.entries({ replication, inventories, "event targets": events }).map(([what, read]) => {
        const subject = `bucket ${Bucket}: ${what}`;
        const fix = `remove the bucket's ${what}, or keep them if you know the account`;
        return ask({ subject, expected: `none in another account than ${accountId}`, fix }, read);
    });
    return (await Promise.all(each)).flat();
}

function ownBuckets(s3: S3): Promise<readonly (string | undefined)[]> {
    const pages = s3.paginateListBuckets({ MaxBuckets: 1000 });
    return collect(pages, ({ Buckets }) => Buckets?.map(({ Name }) => Name));
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
    return forBuckets(context, isAny, ({ name, spec }) => {
        const line = {
            subject: `bucket ${name}: public access`,
            expected: "blocked",
            fix: spec
                ? restore(outputs)
                : `\`aws s3api put-public-access-block --bucket ${name} --public-access-block-configuration ${settings}\``,
        };
        return ask(line, async () => {
            const own = await ifThere(clients.s3.getPublicAccessBlock({ Bucket: name }), NO_BLOCK);
            const off = notBlocked(PUBLIC_ACCESS, own);
            const still = off.length === 0 ? [] : notBlocked(off, await accountBlock(context));
            return still.map((each) => `${each} is off`);
        });
    });
}

const NO_BLOCK = "NoSuchPublicAccessBlockConfiguration";

function accountBlock({ clients: { s3Control }, outputs }: Context): Promise<PublicAccessBlock | undefined> {
    const { accountId: AccountId } = outputs.forCommands;
    return ifThere(s3Control.getPublicAccessBlock({ AccountId }), NO_BLOCK);
}

type PublicAccessBlock = Pick<GetPublicAccessBlockCommandOutput, "PublicAccessBlockConfiguration">;

function notBlocked(names: readonly (typeof PUBLIC_ACCESS)[number][], block: PublicAccessBlock | undefined) {
    return names.filter((name) => !block?.PublicAccessBlockConfiguration?.[name]);
}
