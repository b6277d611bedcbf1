import { expect } from "chai";
import { reminderRolePolicy, reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { RenewalReminder, type RenewalReminderArgs } from "../../components/renewal-reminder";
import { resourceInputs, resourceLines } from "../support/golden";
import { SHARED_ROLE_ARGS } from "../support/roles";
import { registration, run } from "../support/run";

const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
/** The role's name, and the schedule's. */
const NAME = "snowplow-dev-reminder-placeholder";

const reminder = (args: Partial<RenewalReminderArgs> = {}) =>
    run(() => {
        const { schedule } = new RenewalReminder("remind", {
            ...SHARED_ROLE_ARGS,
            stack: "dev",
            region: "eu-west-1",
            accountId: "111122223333",
            topicArn: TOPIC,
            expiresAt: "2027-03-01T12:30:45.123456789+02:00", // As the tls provider writes it.
            renewBeforeDays: 60,
            renewedByUp: true,
            ...args,
        });
        return { schedule };
    });

describe("RenewalReminder", () => {
    it("creates a schedule that runs once, and its role, which may publish to the topic only", async () => {
        const result = await reminder();
        expect(resourceLines(result)).to.have.members([
            "snowplow-emr-encryption:index:RenewalReminder remind < snowplow-emr-encryption-dev",
            "snowplow-emr-encryption:index:Role remind-role < remind",
            "aws:iam/role:Role remind-role < remind-role",
            "aws:iam/rolePolicy:RolePolicy remind-role-policy < remind-role",
            `${SCHEDULE} remind < remind`,
        ]);
        const roleArn = `arn:aws:iam::000000000000:role/${NAME}`;
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/role:Role remind-role": {
                path: "/",
                namePrefix: "snowplow-dev-reminder-",
                description: "EventBridge Scheduler: reminds of the certificate's renewal",
                assumeRolePolicy: JSON.stringify(reminderRoleTrust("111122223333", "eu-west-1")),
                tags: { stack: "tag" },
            },
            "aws:iam/rolePolicy:RolePolicy remind-role-policy": {
                role: NAME,
                policy: JSON.stringify(reminderRolePolicy(TOPIC, "eu-west-1")),
            },
            [`${SCHEDULE} remind`]: {
                namePrefix: "snowplow-dev-reminder-",
                description: "Renewal of the nodes' certificate of stack dev",
                scheduleExpression: "at(2026-12-31T10:30:45)",
                scheduleExpressionTimezone: "UTC",
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: TOPIC,
                    roleArn,
                    input: "The certificate of the EMR nodes of stack dev (eu-west-1) ends at 2027-03-01T10:30:45.123Z. To renew it: run `npx pulumi up --stack dev`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.",
                },
            },
        });
        expect(result.outputs).to.deep.equal({
            schedule: { name: NAME, topicArn: TOPIC, roleArn },
        });
    });

    it("creates the schedule after the role's policy: EventBridge Scheduler checks the role", async () => {
        const { dependencies } = registration(await reminder(), SCHEDULE, "remind");
        expect(dependencies).to.include("remind-role-policy");
    });

    it("asks for a new certificate first if `up` does not renew it", async () => {
        const { target } = registration(await reminder({ renewedByUp: false }), SCHEDULE, "remind").inputs;
        expect((target as { readonly input: string }).input).to.equal(
            "The certificate of the EMR nodes of stack dev (eu-west-1) ends at 2027-03-01T10:30:45.123Z. To renew it: set certificates.chainPem to a new one, and certificatePrivateKey to its key; then run `npx pulumi up --stack dev`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.",
        );
    });
});
