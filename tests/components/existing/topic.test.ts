import { expect } from "chai";
import { checkTopic } from "../../../components/existing/topic";
import { codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, parse } from "../args/parse";

const ACCOUNT = "111122223333";
const argsOf = (account: string) => {
    const remindTopicArn = `arn:aws:sns:eu-west-1:${account}:operators`;
    return parse({ ...batch(), certificates: { remindTopicArn } });
};

describe("checkTopic", () => {
    it("looks up a topic of this account by its name", async () => {
        expect(await lookUp(() => checkTopic(argsOf(ACCOUNT), ACCOUNT))).to.deep.equal({
            facts: { errors: [] },
            calls: [["getTopic", { name: "operators" }]],
        });
    });

    it("reports a topic without an answer", async () => {
        const answers = { getTopic: () => refuse("no matching SNS Topic found") };
        const { facts } = await lookUp(() => checkTopic(argsOf(ACCOUNT), ACCOUNT), answers);
        expect(codes(facts.errors)).to.deep.equal([["lookup-failed", "certificates.remindTopicArn"]]);
    });

    it("makes no look-up without a topic", async () => {
        const none = { facts: { errors: [] }, calls: [] };
        expect(await lookUp(() => checkTopic(parse(batch()), ACCOUNT))).to.deep.equal(none);
    });

    it("warns what another account must grant, without a look-up", async () => {
        expect(await lookUp(() => checkTopic(argsOf("444455556666"), ACCOUNT))).to.deep.equal({
            facts: {
                errors: [],
                warnings: [
                    "arn:aws:sns:eu-west-1:444455556666:operators is a topic of account 444455556666, and this is account 111122223333: the reminder reaches it only if its policy allows sns:Publish to arn:aws:iam::111122223333:root. If the topic is encrypted under a key of that account, the key's policy must allow kms:GenerateDataKey and kms:Decrypt too.",
                ],
            },
            calls: [],
        });
    });
});
