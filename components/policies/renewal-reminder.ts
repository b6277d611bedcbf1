import { arn, type Region } from "../domain/region";
import { type PolicyDocument, policyDocument } from "./document";

/**
 * EventBridge Scheduler, for schedules of this account's default group alone (no confused deputy): the group is as
 * near as a role may name what it is for.
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
 * Publishing to one topic, encrypted or not. Which key a topic is encrypted under cannot be looked up by the AWS
 * provider, and may change: the condition holds the right to what SNS does for this topic.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function reminderRolePolicy(topicArn: string, region: Region): PolicyDocument {
    return policyDocument(
        { Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
        {
            Sid: "EncryptForTopic",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: arn("kms", region, topicAccount(topicArn), "key/*"),
            Condition: {
                StringEquals: {
                    "kms:ViaService": `sns.${region}.amazonaws.com`,
                    "kms:EncryptionContext:aws:sns:topicArn": topicArn,
                },
            },
        },
    );
}

export function topicAccount(topicArn: string): string {
    return topicArn.split(":")[4] ?? "";
}
