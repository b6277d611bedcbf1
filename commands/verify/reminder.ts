import { ask, type Context, type Outcome, observe, okIf, restore } from "./control";

/** The message about the certificate's renewal: whether it is still to be sent, and where to. */
export async function reminder({ clients: { scheduler }, outputs, now }: Context): Promise<Outcome> {
    const { reminderSchedule } = outputs.forCommands;
    if (reminderSchedule === null) {
        return "the stack has no reminder";
    }
    const { name, topicArn, roleArn } = reminderSchedule;
    const line = (what: string, expected: string) => {
        return { subject: `reminder ${name}: ${what}`, expected, fix: restore(outputs) };
    };
    const state = line("state", "ENABLED");
    return ask(state, async () => {
        const { State, ScheduleExpression, Target } = await scheduler.getSchedule({ Name: name });
        // Once sent, it stays as it was until a renewal moves it.
        const isSent = new Date(`${ScheduleExpression?.slice("at(".length, -1)}Z`) <= now;
        return [
            observe(state, okIf(State === "ENABLED" || isSent, String(State))),
            observe(line("topic", topicArn), String(Target?.Arn)),
            observe(line("role", roleArn), String(Target?.RoleArn)),
        ];
    });
}
