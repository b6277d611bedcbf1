import type { LifecycleRule, S3, Transition } from "@aws-sdk/client-s3";
import { overlap, type S3Folder } from "../../components/domain/locations";
import { formatDay } from "../../components/domain/time";
import { ifThere } from "../aws";
import { escaped } from "../escape";
import type { Access } from "./objects";

/** What a person must allow with `--allow`. */
export const CONSENTS = ["events", "replication", "object-lock", "acls"] as const;

export type Consent = (typeof CONSENTS)[number];

const NEVER = Number.POSITIVE_INFINITY;

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
    /** Days after which lifecycle rules delete all noncurrent versions in all chosen folders; infinite: they do not. */
    readonly noncurrentDays: number;
}

/** Reads all that acts on the buckets of these folders when an object in a folder is copied in place. */
export async function surroundingsOf(s3: S3, places: readonly S3Folder[]): Promise<readonly Surroundings[]> {
    const found: Surroundings[] = [];
    for (const name of new Set(places.map(({ bucket }) => bucket))) {
        const folders = places.filter(({ bucket }) => bucket === name);
        found.push(await readBucket(s3, name, folders));
    }
    return found;
}

async function readBucket(s3: S3, bucket: string, folders: readonly S3Folder[]): Promise<Surroundings> {
    const Bucket = bucket;
    const effects: Effect[] = [];
    const note = (effect: string, consent?: Consent) =>
        effects.push({ bucket, effect: escaped(effect), consent });
    const applies = (prefix = "") => folders.some((folder) => overlap(folder, { bucket, prefix }));
    const active = <Rule extends PrefixRule>(rules: readonly Rule[] = []) =>
        rules.filter((rule) => rule.Status === "Enabled" && applies(prefixOf(rule)));

    const { Status: versioning } = await s3.getBucketVersioning({ Bucket });
    if (versioning === "Enabled") {
        note("versioning: the unencrypted object stays as a noncurrent version");
    }

    const { Payer } = await s3.getBucketRequestPayment({ Bucket });
    if (Payer === "Requester") {
        note("Requester Pays: the requester, which is this account, pays for the requests");
    }

    const {
        TopicConfigurations = [],
        QueueConfigurations = [],
        LambdaFunctionConfigurations = [],
        EventBridgeConfiguration,
    } = await s3.getBucketNotificationConfiguration({ Bucket });
    for (const { Events = [], Filter, ...target } of [
        ...TopicConfigurations,
        ...QueueConfigurations,
        ...LambdaFunctionConfigurations,
    ]) {
        const { TopicArn, QueueArn, LambdaFunctionArn }: Partial<Record<string, string>> = target;
        const prefix = Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === "prefix")?.Value;
        if (Events.some((event) => /^s3:ObjectCreated:(\*|Copy)$/.test(event)) && applies(prefix)) {
            const arn = TopicArn ?? QueueArn ?? LambdaFunctionArn;
            note(`notifications: each copy sends s3:ObjectCreated:Copy to ${arn}`, "events");
        }
    }
    if (EventBridgeConfiguration) {
        note("EventBridge: each copy sends an event Object Created, which rules may act on", "events");
    }

    const noReplication = "ReplicationConfigurationNotFoundError";
    const replication = await ifThere(s3.getBucketReplication({ Bucket }), noReplication);
    for (const { Destination } of active(replication?.ReplicationConfiguration?.Rules)) {
        note(`replication: each copy is replicated to ${Destination?.Bucket}`, "replication");
    }

    const noLock = "ObjectLockConfigurationNotFoundError";
    const lock = await ifThere(s3.getObjectLockConfiguration({ Bucket }), noLock);
    const isLocked = lock?.ObjectLockConfiguration?.ObjectLockEnabled !== undefined;
    if (isLocked) {
        const lost = "no legal hold and no retention of its own";
        note(`Object Lock: a copy has the bucket's default retention, but ${lost}`, "object-lock");
    }

    const noOwnership = "OwnershipControlsNotFoundError";
    const ownership = await ifThere(s3.getBucketOwnershipControls({ Bucket }), noOwnership);
    if (ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership !== "BucketOwnerEnforced") {
        note("ACLs: a copy has only the bucket owner's grant; an object's other grants are lost", "acls");
    }

    const tiering = await s3.listBucketIntelligentTieringConfigurations({ Bucket });
    for (const { Id } of active(tiering.IntelligentTieringConfigurationList)) {
        const then =
            "a copy starts in the Frequent Access tier, and the days to the archive tiers start again";
        note(`Intelligent-Tiering ${Id}: ${then}`);
    }

    const noLifecycle = "NoSuchLifecycleConfiguration";
    const lifecycle = await ifThere(s3.getBucketLifecycleConfiguration({ Bucket }), noLifecycle);
    const rules = active(lifecycle?.Rules);
    for (const rule of rules) {
        const actions = describe(rule);
        if (actions !== "") {
            note(`lifecycle rule ${rule.ID}: its days start again with the copy: ${actions}`);
        }
    }
    const removedAfter = folders.map(({ prefix }) =>
        Math.min(...rules.map((rule) => daysOfNoncurrent(rule, prefix))),
    );
    return {
        bucket,
        folders,
        versioning,
        requesterPays: Payer === "Requester",
        effects,
        // A lifecycle rule does not delete a locked version.
        noncurrentDays: isLocked ? NEVER : Math.max(...removedAfter),
    };
}

/** A rule of lifecycle, replication or Intelligent-Tiering. */
interface PrefixRule {
    readonly Status?: string | undefined;
    readonly Prefix?: string;
    readonly Filter?: { readonly Prefix?: string; readonly And?: { readonly Prefix?: string } };
}

function prefixOf({ Filter, Prefix = "" }: PrefixRule): string {
    return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix;
}

function describe({ Expiration, Transitions = [] }: LifecycleRule): string {
    const after = (one: Pick<Transition, "Date" | "Days">) =>
        one.Date ? `on ${formatDay(one.Date)}` : `after ${one.Days} days`;
    return [
        ...Transitions.map((to) => `transition to ${to.StorageClass} ${after(to)}`),
        ...(Expiration?.Days || Expiration?.Date ? [`expiration ${after(Expiration)}`] : []),
    ].join(", ");
}

/** Days after which a rule deletes every noncurrent version in a folder. */
function daysOfNoncurrent(rule: LifecycleRule, folder: string): number {
    const { And, ...filter } = rule.Filter ?? {};
    const { Prefix: _, ...more } = { ...filter, ...And };
    const { NoncurrentDays = NEVER, NewerNoncurrentVersions } = rule.NoncurrentVersionExpiration ?? {};
    const coversAll =
        folder.startsWith(prefixOf(rule)) &&
        [...Object.values(more), NewerNoncurrentVersions].every((limit) => limit === undefined);
    return coversAll ? NoncurrentDays : NEVER;
}
