import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { arn, parseArn } from "../domain/arn";
import { at, FailedLookup, lookup, lookupFailed, type Outcome } from "./lookup";

const PATH = ["certificates", "remindTopicArn"];

/**
 * Checks whether the reminder's topic exists: EventBridge Scheduler accepts a schedule with a missing topic, and the
 * reminder would be lost months later. Another account's topic cannot be looked up.
 */
export async function checkTopic(
    { remindTopicArn }: ResolvedArgs,
    accountId: string,
    opts?: pulumi.InvokeOptions,
): Promise<Outcome> {
    if (remindTopicArn === null) {
        return { errors: [] };
    }
    const { account, resource: name } = parseArn(remindTopicArn);
    if (account !== accountId) {
        const thisAccount = arn("iam", "", accountId, "root");
        return {
            errors: [],
            warnings: [
                `${remindTopicArn} is a topic of account ${account}, and this is account ${accountId}: the reminder reaches it only if its policy allows sns:Publish to ${thisAccount}. If the topic is encrypted under a key of that account, the key's policy must allow kms:GenerateDataKey and kms:Decrypt too.`,
            ],
        };
    }
    const topic = await lookup(aws.sns.getTopic({ name }, opts));
    return topic instanceof FailedLookup
        ? { errors: at(PATH, lookupFailed("the topic", topic, "sns:ListTopics, sns:ListTagsForResource")) }
        : { errors: [] };
}
