import * as aws from "@pulumi/aws";
import type { ResolvedArgs } from "../args";
import { arn } from "../domain/region";
import { topicAccount } from "../policies/renewal-reminder";
import { ask, type Finding, isAnswer, noAnswer, type Unanswered } from "./lookup";

export type TopicFacts = aws.sns.GetTopicResult | Unanswered;

const PATH = ["certificates", "remindTopicArn"];

/** Whether another account's topic is there, nobody can look up from here. */
export async function lookUpTopic(
    { remindTopicArn }: ResolvedArgs,
    accountId: string,
): Promise<TopicFacts | undefined> {
    const name = remindTopicArn?.split(":").at(-1);
    return remindTopicArn === null || name === undefined || topicAccount(remindTopicArn) !== accountId
        ? undefined
        : ask(aws.sns.getTopic({ name }));
}

/** A schedule is taken with any topic; that it reaches none would show months later, to nobody. */
export function checkTopic(topic: TopicFacts): readonly Finding[] {
    return isAnswer(topic)
        ? []
        : [noAnswer(PATH, "the topic", topic, "sns:ListTopics, sns:ListTagsForResource")];
}

/** What another account must grant. In the stack's own, the role's policy is enough, for an encrypted topic too. */
export function topicWarnings({ remindTopicArn }: ResolvedArgs, accountId: string): readonly string[] {
    if (remindTopicArn === null || topicAccount(remindTopicArn) === accountId) {
        return [];
    }
    const us = arn("iam", "", accountId, "root");
    return [
        `${remindTopicArn} is a topic of account ${topicAccount(remindTopicArn)}, and this is ${accountId}: the reminder reaches it only if its policy allows ${us} sns:Publish, and, where it is encrypted under a key of that account's own, that key's policy kms:GenerateDataKey and kms:Decrypt.`,
    ];
}
