import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { reminderChecks } from "../../../commands/verify/reminder";
import { type Answers, refusal } from "../../support/fake-aws";
import { MINIMAL } from "../../support/run";
import { contextOf, NOW, outputsOf } from "./context";

const TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms";
const ROLE = "arn:aws:iam::000000000000:role/snowplow-dev-reminder-placeholder";
const NAME = "snowplow-dev-reminder-placeholder";
const ON = `reminder ${NAME}`;
const REMEDY = "npx pulumi up --refresh --stack dev";

describe("verify, reminder:", () => {
    let outputs: StackOutputs;

    before(async () => {
        outputs = await outputsOf({ ...MINIMAL, certificates: { remindTopicArn: TOPIC } });
    });

    /** The stack's schedule at another time than the placeholder's. */
    const at = (time: string): StackOutputs => {
        const { forCommands } = outputs;
        const { reminderSchedule } = forCommands;
        const schedule = reminderSchedule && { ...reminderSchedule, expression: `at(${time})` };
        return { ...outputs, forCommands: { ...forCommands, reminderSchedule: schedule } };
    };
    const AHEAD = "2026-11-23T12:00:01";
    const PAST = "2026-11-23T12:00:00";
    const schedule = (change: object = {}): Answers => ({
        GetSchedule: () => ({
            State: "ENABLED",
            ScheduleExpression: `at(${AHEAD})`,
            ScheduleExpressionTimezone: "UTC",
            Target: { Arn: TOPIC, RoleArn: ROLE },
            ...change,
        }),
    });
    const check = (answers: Answers, time = AHEAD) => reminderChecks(contextOf(at(time), answers));
    const wrong = async (answers: Answers, time?: string) =>
        (await check(answers, time)).filter(({ status }) => status !== "ok");

    it("passes the schedule as the stack created it, before and after its time", async () => {
        const context = contextOf(at(AHEAD), schedule());
        const line = (of: string, found: string) => ({
            status: "ok",
            on: `${ON}: ${of}`,
            expected: found,
            found,
        });
        expect(await reminderChecks(context)).to.deep.equal([
            line("state", "ENABLED"),
            line("time", `at(${AHEAD}) UTC`),
            line("topic", TOPIC),
            line("role", ROLE),
        ]);
        expect(context.sent).to.deep.equal([["GetSchedule", { Name: NAME }]]);
        expect(await wrong(schedule({ ScheduleExpression: `at(${PAST})` }), PAST)).to.deep.equal([]);
    });

    it("checks nothing without a reminder", async () => {
        const context = contextOf(await outputsOf(), {});
        expect(await reminderChecks(context)).to.deep.equal([]);
        expect(context.sent).to.deep.equal([]);
    });

    it("fails for a missing schedule", async () => {
        const gone = () => {
            throw refusal("ResourceNotFoundException");
        };
        expect(await wrong({ GetSchedule: gone })).to.deep.equal([
            { status: "failed", on: ON, expected: "there", found: "no such schedule", remedy: REMEDY },
        ]);
    });

    it("fails for another topic, time or role, or a disabled schedule", async () => {
        const other = {
            State: "DISABLED",
            ScheduleExpression: "rate(1 day)",
            ScheduleExpressionTimezone: "Europe/Paris",
            Target: { Arn: `${TOPIC}-2`, RoleArn: `${ROLE}-2` },
        };
        const line = (of: string, expected: string, found: string) => ({
            status: "failed",
            on: `${ON}: ${of}`,
            expected,
            found,
            remedy: REMEDY,
        });
        expect(await wrong(schedule(other))).to.deep.equal([
            line("state", "ENABLED", "DISABLED"),
            line("time", `at(${AHEAD}) UTC`, "rate(1 day) Europe/Paris"),
            line("topic", TOPIC, `${TOPIC}-2`),
            line("role", ROLE, `${ROLE}-2`),
        ]);
    });

    it("accepts a disabled schedule after its time", async () => {
        const off = { State: "DISABLED", ScheduleExpression: `at(${PAST})` };
        expect(NOW.toISOString()).to.equal(`${PAST}.000Z`);
        expect(await wrong(schedule(off), PAST)).to.deep.equal([]);
    });

    it("names the missing permission", async () => {
        const denied = () => {
            throw refusal("AccessDeniedException");
        };
        expect(
            (await wrong({ GetSchedule: denied })).map(({ found, remedy }) => [found, remedy]),
        ).to.deep.equal([
            [
                `no answer: scheduler:GetSchedule on ${NAME}: AccessDeniedException. These credentials need scheduler:GetSchedule on it.`,
                "run this with credentials that have scheduler:GetSchedule",
            ],
        ]);
    });
});
