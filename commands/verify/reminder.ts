import { type Context, type Outcome, okIf, restore } from "./control";

/** The message about the certificate's renewal: whether it is still to be sent, and where to. */
export function reminder({ clients: { scheduler }, outputs, now }: Context): Outcome {
    const { reminderSchedule } = outputs.forCommands;
    if (reminderSchedule === null) {
        return "the stack has no reminder";
    }
    const { name, topicArn, roleArn } = reminderSchedule;
    const line = (what: string, expected: string) => {
        return { subject: `reminder ${name}: ${what}`, expected, fix: restore(outputs) };
    };
    const found = async () => {
        const { State, ScheduleExpression, Target } = await scheduler.getSchedule({ Name: name });
        // Once sent, it stays as it was until a renewal moves it.
        const isSent = new Date(`${ScheduleExpression?.slice("at(".length, -1)}Z`) <= now;
        return [
            { ...line("state", "ENABLED"), found: okIf(State === "ENABLED" || isSent, String(State)) },
            { ...line("topic", topicArn), found: String(Target?.Arn) },
            { ...line("role", roleArn), found: String(Target?.RoleArn) },
        ];
    };
    return [{ ...line("state", "ENABLED"), found }];
}
