import { z } from "zod";
import { InternetAccess } from "./choices";
import { REGIONS } from "./region";

/** A statement of `storage.bucketPolicyStatements` and the folder of its location. */
export interface AdditionalStatement {
    /** The folder that the statement is for, in addition to the bucket: empty, or with a slash at the end. */
    readonly prefix: string;
    /** A statement of a bucket policy without its `Resource`. */
    readonly statement: {
        readonly Sid: string;
        readonly Effect: "Allow" | "Deny";
        readonly Principal:
            | "*"
            | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
        readonly Action: string | readonly string[];
        readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
    };
}

/** What the policy of a managed bucket accepts and allows. */
export interface BucketSpec {
    /** The only value of the `x-amz-server-side-encryption` header that the bucket accepts; uploads without the header pass. */
    readonly acceptedSse: "AES256" | "aws:kms";
    /** The statements of `storage.bucketPolicyStatements`; omitted if there are none. */
    readonly additionalStatements?: readonly AdditionalStatement[];
}

const oneOrMore = z.union([z.string(), z.array(z.string()).readonly()]);

const additionalStatement: z.ZodType<AdditionalStatement> = z.object({
    prefix: z.string(),
    statement: z.object({
        Sid: z.string(),
        Effect: z.enum(["Allow", "Deny"]),
        Principal: z.union([
            z.literal("*"),
            z.object({ AWS: oneOrMore.optional(), Service: oneOrMore.optional() }),
        ]),
        Action: oneOrMore,
        Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
    }),
});

const bucketSpec: z.ZodType<BucketSpec> = z.object({
    acceptedSse: z.enum(["AES256", "aws:kms"]),
    additionalStatements: z.array(additionalStatement).readonly().optional(),
});

const attachedPolicies = z.object({
    managedPolicyArns: z.array(z.string()),
    /** SHA-256 of the one inline policy, in hex: see `documentDigest`. */
    policyDigest: z.string(),
    /** The name of the inline policy. */
    policyName: z.string(),
});

const reminderSchedule = z.object({
    /** The schedule's name in the default schedule group. */
    name: z.string(),
    /** The SNS topic that the schedule publishes to. */
    topicArn: z.string(),
    /** The role that EventBridge Scheduler publishes with. */
    roleArn: z.string(),
});

/** Increase it whenever an older checkout's outputs no longer suffice, or are read in another way. */
export const FOR_COMMANDS_VERSION = 1;

/** The stack output `forCommands`: the input of `verify`, `teardown` and `encrypt-existing`. */
export const forCommands = z.object({
    version: z.literal(FOR_COMMANDS_VERSION),
    stack: z.string(),
    /** The value of the tag `snowplow-emr-stack`: `<project>/<stack>`. */
    stackTag: z.string(),
    region: z.enum(REGIONS),
    accountId: z.string(),
    /** The start of every physical name. */
    prefix: z.string(),
    /** The S3 URL of the archive that the security configuration names. */
    certificateArchive: z.string(),
    /** The buckets that the stack created, by name. */
    managedBuckets: z.record(z.string(), bucketSpec),
    /** The names of existing buckets whose default encryption the stack sets. */
    encryptedExistingBuckets: z.array(z.string()),
    /** The names of existing buckets whose policy the stack sets. */
    policiesOnExistingBuckets: z.array(z.string()),
    /** The keys that the nodes may decrypt with, in addition to the stack's key. */
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
    internetAccess: z.enum(InternetAccess),
    /** The domain of the nodes' host names that their certificate is for, such as `eu-west-1.compute.internal`. */
    nodeDomain: z.string(),
    /** Whether the stack created the VPC. */
    ownsNetwork: z.boolean(),
    /** Whether the stack created the KMS key. */
    ownsKey: z.boolean(),
    /** Whether Pulumi refuses to delete data buckets and the stack's key. */
    protect: z.boolean(),
});

export type ForCommands = z.output<typeof forCommands>;

/** The policies of a role that the stack created. */
export type AttachedPolicies = z.output<typeof attachedPolicies>;

export type ReminderSchedule = z.output<typeof reminderSchedule>;
