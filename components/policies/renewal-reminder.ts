import { arn, type Region } from "../region";
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

export function reminderRolePolicy(topicArn: string): PolicyDocument {
    return policyDocument({
        Sid: "Publish",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: topicArn,
    });
}
