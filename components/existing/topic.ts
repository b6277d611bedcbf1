import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { arn, parseArn } from "../domain/arn";
import type { ArgumentError } from "../domain/errors";
import { type FailedLookup, lookup, lookupFailed, succeeded } from "./lookup";

export type TopicFacts = aws.sns.GetTopicResult | FailedLookup;

/** Looks up a topic of this account. Another account's topic cannot be looked up from here. */
export async function lookUpTopic(
    { remindTopicArn }: ResolvedArgs,
    accountId: string,
    opts?: pulumi.InvokeOptions,
): Promise<TopicFacts | undefined> {
    if (remindTopicArn === null) {
        return undefined;
    }
    const { account, resource } = parseArn(remindTopicArn);
    return account === accountId ? lookup(aws.sns.getTopic({ name: resource }, opts)) : undefined;
}

/** EventBridge Scheduler accepts a schedule with a missing topic: the reminder would be lost months later. */
export function checkTopic(topic: TopicFacts): readonly ArgumentError[] {
    return succeeded(topic)
        ? []
        : [
              lookupFailed(
                  ["certificates", "remindTopicArn"],
                  "the topic",
                  topic,
                  "sns:ListTopics, sns:ListTagsForResource",
              ),
          ];
}

/** What another account must grant. In this account the role's policy is enough, for an encrypted topic too. */
export function topicWarnings({ remindTopicArn }: ResolvedArgs, accountId: string): readonly string[] {
    const owner = remindTopicArn === null ? accountId : parseArn(remindTopicArn).account;
    if (owner === accountId) {
        return [];
    }
    const us = arn("iam", "", accountId, "root");
    return [
        `${remindTopicArn} is a topic of account ${owner}, and this is account ${accountId}: the reminder reaches it only if its policy allows sns:Publish to ${us}. If the topic is encrypted under a key of that account, the key's policy must allow kms:GenerateDataKey and kms:Decrypt too.`,
    ];
}
