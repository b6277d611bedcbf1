import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { SettingsError } from "../../../components/config";
import { isAnswer, Unanswered } from "../../../components/existing/lookup";
import { checkTopic, lookUpTopic, topicWarnings } from "../../../components/existing/topic";
import { answer, existingAws, lookUp, refuse } from "../../support/existing-aws";
import { runStack } from "../../support/run";
import { batch, type Config, parse } from "../args/parse";

const ACCOUNT = "111122223333";
const OTHERS = "444455556666";

const arn = (account: string) => `arn:aws:sns:eu-west-1:${account}:operators`;
const settings = (certificates: Config) => parse({ ...batch(), certificates });
const OURS = settings({ remindTopicArn: arn(ACCOUNT) });
const THEIRS = settings({ remindTopicArn: arn(OTHERS) });
const NONE = settings({});

describe("the topic of the reminder", () => {
    it("is looked up by its name, in its own account alone", async () => {
        const { facts, calls } = await lookUp(() => lookUpTopic(OURS, ACCOUNT));
        expect(calls).to.deep.equal([["getTopic", { name: "operators" }]]);
        expect(facts && isAnswer(facts) && facts.name).to.equal("operators");
        for (const given of [THEIRS, NONE]) {
            expect(await lookUp(() => lookUpTopic(given, ACCOUNT))).to.deep.equal({
                facts: undefined,
                calls: [],
            });
        }
    });

    it("is fit where it is there", () => {
        expect(checkTopic(answer<aws.sns.GetTopicResult>({ arn: arn(ACCOUNT) }))).to.deep.equal([]);
    });

    it("is refused where nobody answers for it", async () => {
        const { facts } = await lookUp(() => lookUpTopic(OURS, ACCOUNT), {
            getTopic: () => refuse("no matching SNS Topic found"),
        });
        expect(facts && checkTopic(facts)).to.deep.equal([
            {
                path: ["certificates", "remindTopicArn"],
                found: "no answer on the topic: no matching SNS Topic found",
                remedy: "name what is there, and let these credentials look it up (sns:ListTopics, sns:ListTagsForResource)",
            },
        ]);
        expect(facts).to.be.instanceOf(Unanswered);
    });

    it("of another account comes with what that account must grant", () => {
        expect(topicWarnings(THEIRS, ACCOUNT)).to.deep.equal([
            "arn:aws:sns:eu-west-1:444455556666:operators is a topic of account 444455556666, and this is 111122223333: the reminder reaches it only if its policy allows arn:aws:iam::111122223333:root sns:Publish, and, where it is encrypted under a key of that account's own, that key's policy kms:GenerateDataKey and kms:Decrypt.",
        ]);
        expect([OURS, NONE].flatMap((given) => topicWarnings(given, ACCOUNT))).to.deep.equal([]);
    });

    it("stops the program before anything is made, where it is not there", async () => {
        const { provider, events } = existingAws({ getTopic: () => refuse("no matching SNS Topic found") });
        const config = { ...batch(), certificates: { remindTopicArn: arn("000000000000") } };
        const error = await runStack(config, { provider }).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(SettingsError);
        expect(error instanceof SettingsError && error.problems.map(({ path }) => path)).to.deep.equal([
            "snowplow-emr-encryption:certificates.remindTopicArn",
        ]);
        expect(events.sort()).to.deep.equal(["getCallerIdentity", "getTopic"]);
    });

    it("of another account is warned of by the program", async () => {
        const { outputs } = await runStack({
            ...batch(),
            certificates: { remindTopicArn: arn(OTHERS) },
        });
        expect(outputs.warnings).to.deep.include(topicWarnings(THEIRS, "000000000000")[0]);
    });
});
