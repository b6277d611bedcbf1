import type { GetPublicAccessBlockCommandOutput, InventoryConfiguration } from "@aws-sdk/client-s3";
import { collect, ifThere } from "../aws";
import { type Bucket, bucketsOf } from "./buckets";
import { type Context, type Observation, okIf, restore } from "./control";
import {
    accountOf,
    describeStatement,
    givesAccess,
    isForEveryone,
    isForOthers,
    type LiveStatement,
    notAmong,
    principalsOf,
    statementsOf,
} from "./statements";

/**
 * Objects without an encryption header get the bucket's default encryption: EMR's logs, RDB Loader's, Spark's bad rows.
 * Objects under a customer-provided key cannot be read without it: EMR and Redshift do not have it.
 */
export function defaultEncryption({ clients: { s3 }, outputs }: Context): readonly Observation[] {
    const { encryptedExistingBuckets, existingKmsKeyArns, stack } = outputs.forCommands;
    const holdData = bucketsOf(outputs).filter(({ isArchive }) => !isArchive);
    return holdData.map(({ name, isManaged }) => {
        const isSet = isManaged || encryptedExistingBuckets.includes(name);
        return {
            subject: `bucket ${name}: default encryption`,
            expected: isSet ? "AES256" : "AES256, or a key in storage.existingKmsKeyArns",
            fix: isSet
                ? restore(outputs)
                : `add the bucket to storage.encryptExistingBuckets in Pulumi.${stack}.yaml, then \`npx pulumi up --stack ${stack}\``,
            found: async () => {
                const NONE = "ServerSideEncryptionConfigurationNotFoundError";
                const answer = await ifThere(s3.getBucketEncryption({ Bucket: name }), NONE);
                const [rule] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
                const { SSEAlgorithm = "none", KMSMasterKeyID: key } =
                    rule?.ApplyServerSideEncryptionByDefault ?? {};
                // S3 returns the key's ARN or its id, as it was set.
                const isKnown = existingKmsKeyArns.some(
                    (known) => known === key || known.endsWith(`/${key}`),
                );
                const isOk = SSEAlgorithm === "AES256" || (!isSet && isKnown);
                const shown = key === undefined ? SSEAlgorithm : `${SSEAlgorithm} under ${key}`;
                const types = rule?.BlockedEncryptionTypes?.EncryptionType?.join(", ") || "none";
                const blocked = {
                    subject: `bucket ${name}: blocked encryption`,
                    expected: "SSE-C",
                    found: types,
                };
                return [{ found: okIf(isOk, shown) }, ...(isManaged ? [blocked] : [])];
            },
        };
    });
}

async function policyOf({ clients: { s3 } }: Context, { name }: Bucket): Promise<readonly LiveStatement[]> {
    const answer = await ifThere(s3.getBucketPolicy({ Bucket: name }), "NoSuchBucketPolicy");
    return statementsOf(answer?.Policy);
}

/** The statements of the stack's policy are in place: TLS only, no other encryption, no customer-provided key. */
export function policyDenies(context: Context): readonly Observation[] {
    return bucketsOf(context.outputs).flatMap((bucket) => {
        const denies = bucket.own.filter(({ Effect }) => Effect === "Deny");
        const found = async () => {
            const isMissing = notAmong(await policyOf(context, bucket));
            return denies.filter(isMissing).map(({ Sid }) => `${Sid} is missing or changed`);
        };
        const subject = `bucket ${bucket.name}: policy`;
        const expected = denies.map(({ Sid }) => Sid).join(", ");
        return denies.length === 0 ? [] : [{ subject, expected, fix: restore(context.outputs), found }];
    });
}

/** Who may read or change the objects of the stack's buckets, and where copies of them go. */
export function dataAccess(context: Context): readonly Observation[] {
    return bucketsOf(context.outputs).flatMap((bucket) => {
        const isAdded = bucket.own.length > 0 ? notAmong(bucket.own) : isForEveryone;
        const statements = addedStatements(context, bucket, isAdded);
        return bucket.isManaged
            ? [statements, aclGrants(context, bucket), ...copiesOf(context, bucket)]
            : [statements, aclGrants(context, bucket, "/groups/global/")];
    });
}

/** Which other accounts may read or change the objects of existing buckets, and where copies of them go. */
export function existingBucketAccess(context: Context): readonly Observation[] {
    const { accountId } = context.outputs.forCommands;
    const existing = bucketsOf(context.outputs).filter(({ isManaged }) => !isManaged);
    return existing.flatMap((bucket) => [
        addedStatements(context, bucket, (live) => isForOthers(live, [accountId])),
        aclGrants(context, bucket),
        ...copiesOf(context, bucket),
    ]);
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

function addedStatements(
    context: Context,
    bucket: Bucket,
    isAdded: (statement: LiveStatement) => boolean,
): Observation {
    const isOwn = bucket.own.length > 0;
    return {
        subject: `bucket ${bucket.name}: statements that give access to data`,
        expected: isOwn ? "only those of the stack" : "none for other accounts",
        fix: isOwn
            ? `${restore(context.outputs)} removes it; storage.bucketPolicyStatements keeps it`
            : "remove the statement, or keep it if you know the account",
        found: async () =>
            (await policyOf(context, bucket))
                .filter((each) => isAccess(each) && isAdded(each))
                .map(describeStatement),
    };
}

/** The canonical id of CloudFront's log delivery. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html */
const CLOUDFRONT = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";
const LOG_GROUP = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/** @param kind A part of the grantees' names that count. Default: all count. */
function aclGrants({ clients: { s3 } }: Context, { name: Bucket }: Bucket, kind = ""): Observation {
    return {
        subject: `bucket ${Bucket}: ACL`,
        expected: "no grant but to the owner and to log delivery",
        fix: `\`aws s3api put-bucket-acl --bucket ${Bucket} --acl private\``,
        found: async () => {
            const NONE = "OwnershipControlsNotFoundError";
            const controls = await ifThere(s3.getBucketOwnershipControls({ Bucket }), NONE);
            if (controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced") {
                return okIf(true, "ACLs are off");
            }
            const { Owner, Grants = [] } = await s3.getBucketAcl({ Bucket });
            return Grants.map(({ Grantee: { URI, ID = "" } = {}, Permission }) => ({
                who: URI ?? ID,
                Permission,
            }))
                .filter(({ who }) => ![Owner?.ID, CLOUDFRONT, LOG_GROUP].includes(who) && who.includes(kind))
                .map(({ who, Permission }) => `${Permission} for ${who}`);
        },
    };
}

/** Where S3 sends copies, lists and events of objects. */
function copiesOf({ clients: { s3 }, outputs }: Context, { name: Bucket }: Bucket): readonly Observation[] {
    const { accountId } = outputs.forCommands;
    /** Without an account in the configuration, S3 delivers whoever the bucket's owner is. */
    const foreign = async (
        destinations: readonly { readonly Bucket?: string; readonly Account?: string }[],
    ) => {
        const own = destinations.every(({ Account }) => Account)
            ? []
            : await collect(s3.paginateListBuckets({ MaxBuckets: 1000 }), ({ Buckets }) => Buckets);
        return destinations
            .map(({ Bucket: target = "", Account }) => ({ name: target.replace(/^.*:/, ""), Account }))
            .filter(({ name, Account }) =>
                Account ? Account !== accountId : !own.some((bucket) => bucket.Name === name),
            )
            .map(({ name, Account }) => `${name} (${Account ?? "not a bucket of this account"})`);
    };
    const replication = async () => {
        const NONE = "ReplicationConfigurationNotFoundError";
        const answer = await ifThere(s3.getBucketReplication({ Bucket }), NONE);
        const rules = answer?.ReplicationConfiguration?.Rules ?? [];
        const enabled = rules.filter(({ Status }) => Status === "Enabled");
        return foreign(enabled.flatMap(({ Destination: to }) => to ?? []));
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
        return foreign(to.map((each) => ({ Bucket: each?.Bucket, Account: each?.AccountId })));
    };
    const events = async () => {
        const answer = await s3.getBucketNotificationConfiguration({ Bucket });
        const targets = [
            ...(answer.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
            ...(answer.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
            ...(answer.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
        ];
        return targets.map(String).filter((target) => accountOf(target) !== accountId);
    };
    return Object.entries({ replication, inventories, "event targets": events }).map(([what, found]) => ({
        subject: `bucket ${Bucket}: ${what}`,
        expected: `none in another account than ${accountId}`,
        fix: `remove the bucket's ${what}, or keep them if you know the account`,
        found,
    }));
}

const BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

/** The bucket blocks public access, or the account does so for all its buckets. */
export function publicAccess({ clients: { s3, s3Control }, outputs }: Context): readonly Observation[] {
    const { accountId: AccountId } = outputs.forCommands;
    const settings = BLOCKS.map((name) => `${name}=true`).join(",");
    const offOf = async (answer: Promise<GetPublicAccessBlockCommandOutput>) => {
        const block = await ifThere(answer, "NoSuchPublicAccessBlockConfiguration");
        return BLOCKS.filter((name) => !block?.PublicAccessBlockConfiguration?.[name]);
    };
    return bucketsOf(outputs).map(({ name, isManaged }) => ({
        subject: `bucket ${name}: public access`,
        expected: "blocked",
        fix: isManaged
            ? restore(outputs)
            : `\`aws s3api put-public-access-block --bucket ${name} --public-access-block-configuration ${settings}\``,
        found: async () => {
            const off = await offOf(s3.getPublicAccessBlock({ Bucket: name }));
            const still = off.length > 0 ? await offOf(s3Control.getPublicAccessBlock({ AccountId })) : [];
            return off.filter((each) => still.includes(each)).map((each) => `${each} is off`);
        },
    }));
}
