import { expect } from "chai";
import { reminderRolePolicy, reminderRoleTrust } from "../../../components/policies/renewal-reminder";

describe("the reminder role", () => {
    it("is assumed by schedules of this account and region only", () => {
        expect(reminderRoleTrust("111122223333", "eu-west-1")).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "SchedulesOfThisAccountAndRegion",
                    Effect: "Allow",
                    Principal: { Service: "scheduler.amazonaws.com" },
                    Action: "sts:AssumeRole",
                    Condition: {
                        StringEquals: {
                            "aws:SourceAccount": "111122223333",
                            "aws:SourceArn":
                                "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/default",
                        },
                    },
                },
            ],
        });
    });

    it("publishes to one topic, and uses keys of the topic's account for that only", () => {
        const topic = "arn:aws:sns:eu-west-1:444455556666:pipeline-alarms";
        expect(reminderRolePolicy(topic, "eu-west-1")).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                { Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topic },
                {
                    Sid: "EncryptForTopic",
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: "arn:aws:kms:eu-west-1:444455556666:key/*",
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": "sns.eu-west-1.amazonaws.com",
                            "kms:EncryptionContext:aws:sns:topicArn": topic,
                        },
                    },
                },
            ],
        });
    });
});
