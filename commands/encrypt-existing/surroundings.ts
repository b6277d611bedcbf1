import {
    GetBucketLifecycleConfigurationCommand,
    GetBucketNotificationConfigurationCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketReplicationCommand,
    GetBucketRequestPaymentCommand,
    GetBucketVersioningCommand,
    GetObjectLockConfigurationCommand,
    type LifecycleRule,
    ListBucketIntelligentTieringConfigurationsCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import type { S3Folder } from "../../components/domain/locations";
import { call, callIfThere } from "../aws";
import { escaped } from "../escape";
import type { Access } from "./objects";

/** What a person must allow with `--allow`. */
export const CONSENTS = ["events", "replication", "object-lock", "acls"] as const;

export type Consent = (typeof CONSENTS)[number];

/** What a copy in a bucket causes, in addition to the copy. */
export interface Effect {
    readonly bucket: string;
    readonly effect: string;
    /** Undefined: no consent is needed. */
    readonly consent: Consent | undefined;
}

export interface Surroundings extends Access {
    /** The chosen folders in the bucket. */
    readonly folders: readonly S3Folder[];
    readonly effects: readonly Effect[];
    /** Days after which lifecycle rules delete noncurrent versions in all chosen folders; undefined: they do not. */
    readonly noncurrentDays: number | undefined;
}

/** Reads all that acts on a bucket when an object in these folders is copied in place. */
export async function surroundingsOf(
    s3: S3Client,
    bucket: string,
    folders: readonly S3Folder[],
): Promise<Surroundings> {
    const Bucket = bucket;
    const on = `bucket ${bucket}`;
    const effects: Effect[] = [];
    const note = (effect: string, consent?: Consent) =>
        effects.push({ bucket, effect: escaped(effect), consent });
    const applies = (prefix = "") =>
        folders.some((folder) => folder.prefix.startsWith(prefix) || prefix.startsWith(folder.prefix));

    const { Status: versioning } = await call("s3:GetBucketVersioning", on, () =>
        s3.send(new GetBucketVersioningCommand({ Bucket })),
    );
    if (versioning === "Enabled") {
        note("versioning: the unencrypted object stays as a noncurrent version");
    }

    const { Payer } = await call("s3:GetBucketRequestPayment", on, () =>
        s3.send(new GetBucketRequestPaymentCommand({ Bucket })),
    );
    const requesterPays = Payer === "Requester";
    if (requesterPays) {
        note("Requester Pays: the requester, which is this account, pays for the requests");
    }

    const notification = await call("s3:GetBucketNotification", on, () =>
        s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
    );
    const targets = [
        ...(notification.TopicConfigurations ?? []).map((one) => ({ ...one, arn: one.TopicArn })),
        ...(notification.QueueConfigurations ?? []).map((one) => ({ ...one, arn: one.QueueArn })),
        ...(notification.LambdaFunctionConfigurations ?? []).map((one) => ({
            ...one,
            arn: one.LambdaFunctionArn,
        })),
    ];
    for (const { arn, Events = [], Filter } of targets) {
        const prefix = Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === "prefix")?.Value;
        if (Events.some((event) => /^s3:ObjectCreated:(\*|Copy)$/.test(event)) && applies(prefix)) {
            note(`notifications: each copy sends s3:ObjectCreated:Copy to ${arn}`, "events");
        }
    }
    if (notification.EventBridgeConfiguration) {
        note("EventBridge: each copy sends an event Object Created, which rules may act on", "events");
    }

    const replication = await callIfThere(
        ["ReplicationConfigurationNotFoundError"],
        "s3:GetReplicationConfiguration",
        on,
        () => s3.send(new GetBucketReplicationCommand({ Bucket })),
    );
    for (const rule of replication?.ReplicationConfiguration?.Rules ?? []) {
        if (
            rule.Status === "Enabled" &&
            applies(rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix)
        ) {
            note(`replication: each copy is replicated to ${rule.Destination?.Bucket}`, "replication");
        }
    }

    const lock = await callIfThere(
        ["ObjectLockConfigurationNotFoundError"],
        "s3:GetBucketObjectLockConfiguration",
        on,
        () => s3.send(new GetObjectLockConfigurationCommand({ Bucket })),
    );
    if (lock?.ObjectLockConfiguration?.ObjectLockEnabled) {
        note(
            "Object Lock: a copy has the bucket's default retention, but no legal hold and no retention of its own",
            "object-lock",
        );
    }

    const ownership = await callIfThere(
        ["OwnershipControlsNotFoundError"],
        "s3:GetBucketOwnershipControls",
        on,
        () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
    );
    if (ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership !== "BucketOwnerEnforced") {
        note("ACLs: a copy has only the bucket owner's grant; an object's other grants are lost", "acls");
    }

    const tiering = await call("s3:GetIntelligentTieringConfiguration", on, () =>
        s3.send(new ListBucketIntelligentTieringConfigurationsCommand({ Bucket })),
    );
    for (const { Id, Status, Filter } of tiering.IntelligentTieringConfigurationList ?? []) {
        if (Status === "Enabled" && applies(Filter?.Prefix ?? Filter?.And?.Prefix)) {
            note(
                `Intelligent-Tiering ${Id}: a copy starts in the Frequent Access tier, and the days to the archive tiers start again`,
            );
        }
    }

    const lifecycle = await callIfThere(
        ["NoSuchLifecycleConfiguration"],
        "s3:GetLifecycleConfiguration",
        on,
        () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    );
    const rules = (lifecycle?.Rules ?? []).filter(
        (rule) => rule.Status === "Enabled" && applies(prefixOf(rule)),
    );
    for (const rule of rules) {
        const actions = describe(rule);
        if (actions !== "") {
            note(`lifecycle rule ${rule.ID}: its days start again with the copy: ${actions}`);
        }
    }
    const removing = folders.map((folder) =>
        rules.flatMap((rule) =>
            coversAll(rule, folder) ? (rule.NoncurrentVersionExpiration?.NoncurrentDays ?? []) : [],
        ),
    );
    return {
        bucket,
        folders,
        versioning,
        requesterPays,
        effects,
        noncurrentDays: removing.some((days) => days.length === 0)
            ? undefined
            : Math.max(...removing.map((days) => Math.min(...days))),
    };
}

function prefixOf({ Filter, Prefix }: LifecycleRule): string {
    return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";
}

function describe({ Expiration, Transitions = [] }: LifecycleRule): string {
    const after = ({
        Days,
        Date: date,
    }: {
        readonly Days?: number | undefined;
        readonly Date?: Date | undefined;
    }) => (date ? `on ${date.toISOString().slice(0, 10)}` : `after ${Days} days`);
    return [
        ...Transitions.map((to) => `transition to ${to.StorageClass} ${after(to)}`),
        ...(Expiration?.Days || Expiration?.Date ? [`expiration ${after(Expiration)}`] : []),
    ].join(", ");
}

/** Whether a rule deletes every noncurrent version in a folder. */
function coversAll(rule: LifecycleRule, { prefix }: S3Folder): boolean {
    const { Tag, ObjectSizeGreaterThan, ObjectSizeLessThan, And } = rule.Filter ?? {};
    return (
        prefix.startsWith(prefixOf(rule)) &&
        [Tag, ObjectSizeGreaterThan, ObjectSizeLessThan].every((filter) => filter === undefined) &&
        (And === undefined ||
            Object.entries(And).every(([name, value]) => name === "Prefix" || value === undefined)) &&
        rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions === undefined
    );
}
