import { parseStackOutputs, type StackOutputs } from "../../../commands/stack-outputs";
import {
    type Context,
    type Evidence,
    type Outcome,
    observe,
    type Settings,
} from "../../../commands/verify/control";
import { type Answers, type FakeAws, fakeAws } from "../../support/fake-aws";
import { runStack } from "../../support/run";

export const SETTINGS: Settings = { sample: 20, archive: true, warnDays: 30, failDays: 7, config: undefined };

/** The outputs of a stack with this config, as commands read them. */
export async function outputsOf(config?: Readonly<Record<string, unknown>>): Promise<StackOutputs> {
    return parseStackOutputs("here", JSON.stringify((await runStack(config)).outputs));
}

export function contextOf(
    outputs: StackOutputs,
    answers: Answers,
    settings: Partial<Settings> = {},
): Context & Pick<FakeAws, "sent"> {
    const now = new Date("2026-11-23T12:00:00Z");
    return { ...fakeAws(answers), outputs, now, settings: { ...SETTINGS, ...settings } };
}

/** Makes the observations of a control; none if the control does not apply. */
export async function evidenceOf(outcome: Outcome): Promise<readonly Evidence[]> {
    const observations = typeof outcome === "string" ? [] : [outcome].flat();
    return (await Promise.all(observations.map(observe))).flat();
}
