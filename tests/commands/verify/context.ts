import { parseStackOutputs, type StackOutputs } from "../../../commands/stack-outputs";
import type { Check, Context } from "../../../commands/verify/check";
import { type Answers, type FakeAws, fakeAws } from "../../support/fake-aws";
import { runStack } from "../../support/run";

export const NOW = new Date("2026-11-23T12:00:00Z");

/** The outputs of a stack with this config, as commands read them. */
export async function outputsOf(config?: Readonly<Record<string, unknown>>): Promise<StackOutputs> {
    return parseStackOutputs("here", JSON.stringify((await runStack(config)).outputs));
}

export function contextOf(outputs: StackOutputs, answers: Answers): Context & Pick<FakeAws, "sent"> {
    return { ...fakeAws(answers), outputs, now: NOW };
}

export type Finding = readonly [status: Check["status"], on: string, found: string];

/** The findings of checks that are not ok, without expectation and remedy. */
export function findings(checks: readonly Check[]): readonly Finding[] {
    return checks
        .filter(({ status }) => status !== "ok")
        .map(({ status, on, found }) => [status, on, found] as const);
}
