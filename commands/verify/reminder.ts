import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { callIfThere } from "../aws";
import { attempt, type Check, type Context, compare } from "./check";

/**
 * Whether the message about the certificate's renewal is still to be sent: when, and to whom. Once it is sent, the
 * schedule stays as it was, until a renewal moves it; whether somebody turns it off till then makes no difference.
 */
export async function reminderChecks({
    clients: { scheduler },
    outputs,
    now,
}: Context): Promise<readonly Check[]> {
    const { reminderSchedule, stack } = outputs.forCommands;
    if (reminderSchedule === null) {
        return [];
    }
    const { name, expression, topicArn, roleArn } = reminderSchedule;
    const on = `reminder ${name}`;
    const remedy = `npx pulumi up --refresh --stack ${stack}`;
    return attempt(on, "there", async () => {
        const schedule = await callIfThere(["ResourceNotFoundException"], "scheduler:GetSchedule", name, () =>
            scheduler.send(new GetScheduleCommand({ Name: name })),
        );
        if (!schedule) {
            return compare({ on, expected: "there", found: "no such schedule", remedy });
        }
        const { State, ScheduleExpression, ScheduleExpressionTimezone, Target } = schedule;
        return [
            compare({
                on: `${on}: state`,
                expected: "ENABLED",
                found: String(State),
                isOk: State === "ENABLED" || timeOf(expression) <= now,
                remedy,
            }),
            compare({
                on: `${on}: time`,
                expected: `${expression} UTC`,
                found: `${ScheduleExpression} ${ScheduleExpressionTimezone}`,
                remedy,
            }),
            compare({ on: `${on}: topic`, expected: topicArn, found: String(Target?.Arn), remedy }),
            compare({ on: `${on}: role`, expected: roleArn, found: String(Target?.RoleArn), remedy }),
        ];
    });
}

/** Of `at(yyyy-mm-ddThh:mm:ss)`. */
function timeOf(expression: string): Date {
    return new Date(`${expression.slice("at(".length, -1)}Z`);
}
