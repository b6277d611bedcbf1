import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { FailedLookup } from "../../../components/existing/lookup";
import { checkTopic, lookUpTopic, topicWarnings } from "../../../components/existing/topic";
import { answer, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const ACCOUNT = "111122223333";

const arn = (account: string) => `arn:aws:sns:eu-west-1:${account}:operators`;
const argsOf = (certificates: Config) => parse({ ...batch(), certificates });
const OWN = argsOf({ remindTopicArn: arn(ACCOUNT) });
const FOREIGN = argsOf({ remindTopicArn: arn("444455556666") });
const NONE = argsOf({});

describe("lookUpTopic", () => {
    it("looks up a topic of this account by its name", async () => {
        expect(await lookUp(() => lookUpTopic(OWN, ACCOUNT))).to.deep.equal({
            facts: { name: "operators", arn: arn("000000000000") },
            calls: [["getTopic", { name: "operators" }]],
        });
    });

    it("makes no look-up for a topic of another account, or without a topic", async () => {
        for (const args of [FOREIGN, NONE]) {
            const none = { facts: undefined, calls: [] };
            expect(await lookUp(() => lookUpTopic(args, ACCOUNT))).to.deep.equal(none);
        }
    });

    it("returns a failure", async () => {
        const answers = { getTopic: () => refuse("no matching SNS Topic found") };
        const { facts } = await lookUp(() => lookUpTopic(OWN, ACCOUNT), answers);
        expect(facts).to.deep.equal(new FailedLookup("no matching SNS Topic found"));
    });
});

describe("checkTopic", () => {
    it("accepts an existing topic, and reports one without answer", () => {
        expect(checkTopic(answer<aws.sns.GetTopicResult>({ arn: arn(ACCOUNT) }))).to.deep.equal([]);
        expect(codes(checkTopic(new FailedLookup("no")))).to.deep.equal([
            ["lookup-failed", "certificates.remindTopicArn"],
        ]);
    });
});

describe("topicWarnings", () => {
    it("says what another account must grant", () => {
        expect(topicWarnings(FOREIGN, ACCOUNT)).to.deep.equal([
            "arn:aws:sns:eu-west-1:444455556666:operators is a topic of account 444455556666, and this is account 111122223333: the reminder reaches it only if its policy allows sns:Publish to arn:aws:iam::111122223333:root. If the topic is encrypted under a key of that account, the key's policy must allow kms:GenerateDataKey and kms:Decrypt too.",
        ]);
        expect([OWN, NONE].flatMap((args) => topicWarnings(args, ACCOUNT))).to.deep.equal([]);
    });
});
