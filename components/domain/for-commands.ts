import { z } from "zod";
import { REGIONS } from "./region";

const bucketSpec = z.object({
    /** The only value of the `x-amz-server-side-encryption` header that the bucket accepts; uploads without the header pass. */
    acceptedSse: z.enum(["AES256", "aws:kms"]),
    objectOwnership: z.enum(["BucketOwnerEnforced", "BucketOwnerPreferred"]),
    versioned: z.boolean(),
});

const attachedPolicies = z.object({
    managedPolicyArns: z.array(z.string()),
    /** SHA-256 of the one inline policy, in hex: see `documentDigest`. */
    policyDigest: z.string(),
});

const reminderSchedule = z.object({
    name: z.string(),
    /** An expression of EventBridge Scheduler, such as `at(2027-01-31T00:00:00)`, in UTC. */
    expression: z.string(),
    topicArn: z.string(),
    roleArn: z.string(),
});

/** The stack output `forCommands`: what `verify`, `teardown` and `encrypt-existing` need beyond the outputs for people. */
export const forCommands = z.object({
    stack: z.string(),
    /** The value of the tag `snowplow-emr-stack`: `<project>/<stack>`. */
    stackTag: z.string(),
    region: z.enum(REGIONS),
    accountId: z.string(),
    /** The start of every physical name. */
    prefix: z.string(),
    /** An S3 URL. */
    certificateArchive: z.string(),
    /** By the bucket's name. */
    managedBuckets: z.record(z.string(), bucketSpec),
    encryptedExistingBuckets: z.array(z.string()),
    policiesOnExistingBuckets: z.array(z.string()),
    /** The keys, beside the stack's, that the nodes may decrypt with. */
    existingKmsKeyArns: z.array(z.string()),
    /** The policies of the roles that the stack created. */
    rolePolicies: z.object({
        serviceRole: attachedPolicies.optional(),
        jobflowRole: attachedPolicies.optional(),
        reencryptionRole: attachedPolicies.optional(),
        reminderRole: attachedPolicies.optional(),
    }),
    /** Null without `storage.reencryption`. */
    reencryptionRoleArn: z.string().nullable(),
    /** Null without `certificates.remindTopicArn`. */
    reminderSchedule: reminderSchedule.nullable(),
    internetAccess: z.enum(["nat", "public"]),
    /** The domain of the nodes' names, as their certificate has it. */
    nodeDomain: z.string(),
    ownsNetwork: z.boolean(),
    /** Whether the stack created EMR's default security groups. */
    ownsSecurityGroups: z.boolean(),
    ownsKey: z.boolean(),
    /** Whether Pulumi refuses to delete data buckets and the stack's key. */
    protect: z.boolean(),
});

export type ForCommands = z.output<typeof forCommands>;

/** The settings of a managed bucket. */
export type BucketSpec = z.output<typeof bucketSpec>;

/** The policies of a role that the stack created. */
export type AttachedPolicies = z.output<typeof attachedPolicies>;

export type ReminderSchedule = z.output<typeof reminderSchedule>;
