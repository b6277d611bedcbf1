import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { decides, decidesFor, passedTo, via } from "./decides";
import { OLD_KEY, OTHER_ACCOUNT, principalsOf, REMINDER_ROLE, TOPIC } from "./stacks";

const reminder = decidesFor("the reminder");

describe("the reminder role's policy", () => {
    const encrypt = ["kms:GenerateDataKey", "kms:Decrypt"];
    const forTopic = { ...via("sns", REGION), "kms:EncryptionContext:aws:sns:topicArn": TOPIC };
    const forOther = { ...forTopic, "kms:EncryptionContext:aws:sns:topicArn": `${TOPIC}-2` };

    // biome-ignore format: a table
    reminder("batch", "publishes to its topic, encrypted or not, and does nothing else", ({ key, jobflowRole }) => [
        ["sns:Publish",   TOPIC,        {},                                   "allowed"],
        ["sns:Publish",   `${TOPIC}-2`, {},                                   "implicitDeny"],
        ["sns:Subscribe", TOPIC,        {},                                   "implicitDeny"],
        [encrypt,         OLD_KEY,      forTopic,                             "allowed", "any key of the topic's account: the topic's is unknown"],
        [encrypt,         OLD_KEY,      forOther,                             "implicitDeny"],
        [encrypt,         OLD_KEY,      via("sns", REGION),                   "implicitDeny"],
        [encrypt,         OLD_KEY,      { ...forTopic, ...via("s3", REGION) }, "implicitDeny"],
        ["kms:Encrypt",   OLD_KEY,      forTopic,                             "implicitDeny"],
        [encrypt,         key,          {},                                   "implicitDeny"],
        ["iam:PassRole",  jobflowRole,  passedTo("ec2"),                      "implicitDeny"],
    ]);

    const otherPrincipals = principalsOf("batch").filter((who) => who !== "the reminder");
    decides("batch", "the reminder's topic is closed to the other principals", [
        [otherPrincipals, "sns:Publish", TOPIC, {}, "implicitDeny"],
    ]);
});

describe("the reminder role's trust policy", () => {
    const assume = "sts:AssumeRole";
    const group = `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule-group/default`;
    const source = { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": group };

    // biome-ignore format: a table
    decides("batch", "the reminder role is assumed by Scheduler for this account's default group only", ({ jobflowRole }) => [
        ["Scheduler",        assume, REMINDER_ROLE, source,                                            "allowed"],
        ["Scheduler",        assume, REMINDER_ROLE, {},                                                "implicitDeny"],
        ["Scheduler",        assume, REMINDER_ROLE, { ...source, "aws:SourceAccount": OTHER_ACCOUNT }, "implicitDeny"],
        ["Scheduler",        assume, REMINDER_ROLE, { ...source, "aws:SourceArn": group.replace("default", "others") }, "implicitDeny"],
        ["Scheduler",        assume, jobflowRole,   source,                                            "implicitDeny"],
        ["EMR",              assume, REMINDER_ROLE, source,                                            "implicitDeny"],
        ["an administrator", assume, REMINDER_ROLE, {},                                                "implicitDeny"],
    ]);
});
