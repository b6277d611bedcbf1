import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { call } from "../aws";
import { ask, type Context, type Outcome, observe, restore } from "./control";

/** The message about the certificate's renewal: whether it is still to be sent, and where to. */
export async function reminder({ clients: { scheduler }, outputs, now }: Context): Promise<Outcome> {
    const { reminderSchedule } = outputs.forCommands;
    if (reminderSchedule === null) {
        return "the stack has no reminder";
    }
    const { name, topicArn, roleArn } = reminderSchedule;
    const subject = `reminder ${name}`;
    const fix = restore(outputs);
    return ask({ subject, expected: topicArn, fix }, async () => {
        const { State, ScheduleExpression, Target } = await call("scheduler:GetSchedule", name, () =>
            scheduler.send(new GetScheduleCommand({ Name: name })),
        );
        // Once sent, it stays as it was until a renewal moves it.
        const isSent = new Date(`${ScheduleExpression?.slice("at(".length, -1)}Z`) <= now;
        return [
            observe({
                subject: `${subject}: state`,
                expected: "ENABLED",
                found: String(State),
                isOk: State === "ENABLED" || isSent,
                fix,
            }),
            observe({ subject: `${subject}: topic`, expected: topicArn, found: String(Target?.Arn), fix }),
            observe({ subject: `${subject}: role`, expected: roleArn, found: String(Target?.RoleArn), fix }),
        ];
    });
}
