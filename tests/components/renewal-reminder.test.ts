import { expect } from "chai";
import { documentDigest } from "../../components/policies/document";
import { reminderRolePolicy, reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { RenewalReminder, type RenewalReminderArgs } from "../../components/renewal-reminder";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";
const TAGS = { stack: "tag" };
const SCHEDULE = "aws:scheduler/schedule:Schedule";
/** The role's name, and the schedule's. */
const ROLE = "snowplow-dev-reminder-placeholder";

function reminder(args: Partial<RenewalReminderArgs> = {}): Promise<Run> {
    return run(() => {
        const { schedule, attachedPolicies } = new RenewalReminder("remind", {
            stack: "dev",
            prefix: "snowplow-dev",
            region: "eu-west-1",
            accountId: "111122223333",
            topicArn: TOPIC,
            expiresAt: "2027-03-01T12:30:45.123456789+02:00", // As the tls provider writes it.
            renewBeforeDays: 60,
            issuedHere: true,
            path: "/",
            permissionsBoundary: null,
            tags: TAGS,
            ...args,
        });
        return { schedule, attachedPolicies };
    });
}

describe("RenewalReminder", () => {
    it("sends one message, when the last days begin, as a role that can do just that", async () => {
        const result = await reminder();
        expect(resourceLines(result)).to.deep.equal([
            "aws:iam/role:Role remind-role < remind",
            "aws:iam/rolePolicy:RolePolicy remind-role-policy < remind",
            "aws:scheduler/schedule:Schedule remind < remind",
            "snowplow-emr-encryption:scheduler:RenewalReminder remind < snowplow-emr-encryption-dev",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/role:Role remind-role": {
                namePrefix: "snowplow-dev-reminder-",
                path: "/",
                description: "Reminds of the certificate's renewal",
                assumeRolePolicy: JSON.stringify(reminderRoleTrust("111122223333", "eu-west-1")),
                tags: TAGS,
            },
            "aws:iam/rolePolicy:RolePolicy remind-role-policy": {
                role: ROLE,
                policy: JSON.stringify(reminderRolePolicy(TOPIC, "eu-west-1")),
            },
            "aws:scheduler/schedule:Schedule remind": {
                namePrefix: "snowplow-dev-reminder-",
                description: "When the nodes' certificate of stack dev is to be renewed",
                scheduleExpression: "at(2026-12-31T10:30:45)",
                scheduleExpressionTimezone: "UTC",
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: TOPIC,
                    roleArn: `arn:aws:iam::000000000000:role/${ROLE}`,
                    input: "The certificate of the EMR nodes of stack dev (eu-west-1) ends at 2027-03-01T10:30:45.123Z. To renew it: run `npx pulumi up --stack dev`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.",
                },
            },
        });
        expect(result.outputs).to.deep.equal({
            schedule: {
                name: ROLE,
                expression: "at(2026-12-31T10:30:45)",
                topicArn: TOPIC,
                roleArn: `arn:aws:iam::000000000000:role/${ROLE}`,
            },
            attachedPolicies: {
                managedPolicyArns: [],
                policyDigest: documentDigest(JSON.stringify(reminderRolePolicy(TOPIC, "eu-west-1"))),
            },
        });
        const component = "snowplow-emr-encryption:scheduler:RenewalReminder";
        expect(registration(result, component, "remind").outputs).to.deep.equal(result.outputs);
    });

    it("is made once its role may publish: EventBridge asks", async () => {
        const { dependencies } = registration(await reminder(), SCHEDULE, "remind");
        expect(dependencies).to.include("remind-role-policy");
    });

    it("is moved by a renewal, and replaced by nothing", async () => {
        const [one, other] = [await reminder(), await reminder({ expiresAt: "2028-03-01T00:00:00Z" })];
        const schedule = (result: Run) => registration(result, SCHEDULE, "remind").inputs;
        expect(schedule(other)).to.deep.equal({
            ...schedule(one),
            scheduleExpression: "at(2028-01-01T00:00:00)",
            target: {
                ...(schedule(one).target as object),
                input: String((schedule(one).target as { readonly input: string }).input).replace(
                    "2027-03-01T10:30:45.123Z",
                    "2028-03-01T00:00:00.000Z",
                ),
            },
        });
    });

    it("asks for another certificate where that is the user's own", async () => {
        const { target } = registration(await reminder({ issuedHere: false }), SCHEDULE, "remind").inputs;
        expect((target as { readonly input: string }).input).to.equal(
            "The certificate of the EMR nodes of stack dev (eu-west-1) ends at 2027-03-01T10:30:45.123Z. To renew it: put a new one into certificates.chainPem of the stack file, its key into certificatePrivateKey; then run `npx pulumi up --stack dev`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.",
        );
    });

    it("has its role where the others are, within the same boundary", async () => {
        const boundary = "arn:aws:iam::111122223333:policy/boundary";
        const result = await reminder({ path: "/data/", permissionsBoundary: boundary });
        const { path, permissionsBoundary } = registration(result, "aws:iam/role:Role", "remind-role").inputs;
        expect([path, permissionsBoundary]).to.deep.equal(["/data/", boundary]);
    });
});
