import { type Context, type Outcome, okIf, restore } from "./control";

/** The message about the certificate's renewal: whether it is still to be sent, and where to. */
export function reminder({ clients: { scheduler }, outputs, now }: Context): Outcome {
    const { reminderSchedule } = outputs.forCommands;
    if (reminderSchedule === null) {
        return "the stack has no reminder";
    }
    const { name, topicArn, roleArn } = reminderSchedule;
    const found = async () => {
        const { State, ScheduleExpression, Target } = await scheduler.getSchedule({ Name: name });
        // Once sent, it stays as it was until a renewal moves it.
        const isSent = new Date(`${ScheduleExpression?.slice("at(".length, -1)}Z`) <= now;
        return [
            { found: okIf(State === "ENABLED" || isSent, String(State)) },
            { subject: `reminder ${name}: topic`, expected: topicArn, found: String(Target?.Arn) },
            { subject: `reminder ${name}: role`, expected: roleArn, found: String(Target?.RoleArn) },
        ];
    };
    return { subject: `reminder ${name}: state`, expected: "ENABLED", fix: restore(outputs), found };
}
