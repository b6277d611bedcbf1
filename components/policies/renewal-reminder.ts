import { arn, parseArn } from "../domain/arn";
import type { Region } from "../domain/region";
import { type PolicyDocument, policyDocument } from "./document";

/**
 * EventBridge Scheduler may assume the role for schedules of this account's default group only, which prevents the
 * confused deputy problem. A trust policy can name a schedule group, but not a single schedule.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export function reminderRoleTrust(accountId: string, region: Region): PolicyDocument {
    return policyDocument({
        Sid: "SchedulesOfThisAccountAndRegion",
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
            StringEquals: {
                "aws:SourceAccount": accountId,
                "aws:SourceArn": arn("scheduler", region, accountId, "schedule-group/default"),
            },
        },
    });
}

/**
 * Allows to publish to one topic, encrypted or not. The AWS provider cannot look up a topic's key, and the key may change:
 * the policy allows every key of the topic's account, and the condition limits their use to this topic.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function reminderRolePolicy(topicArn: string, region: Region): PolicyDocument {
    return policyDocument(
        { Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
        {
            Sid: "EncryptForTopic",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: arn("kms", region, parseArn(topicArn).account, "key/*"),
            Condition: {
                StringEquals: {
                    "kms:ViaService": `sns.${region}.amazonaws.com`,
                    "kms:EncryptionContext:aws:sns:topicArn": topicArn,
                },
            },
        },
    );
}
