import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AttachedPolicies, ReminderSchedule } from "./domain/for-commands";
import { namePrefix } from "./domain/naming";
import type { Region } from "./domain/region";
import { daysBefore } from "./domain/time";
import { reminderRolePolicy, reminderRoleTrust } from "./policies/renewal-reminder";
import { Role, type SharedRoleArgs } from "./role";

export interface RenewalReminderArgs extends SharedRoleArgs {
    /** The stack's name, for the message. */
    readonly stack: string;
    /** The region of the schedule. */
    readonly region: Region;
    /** The account's 12-digit number. */
    readonly accountId: pulumi.Input<string>;
    /** The ARN of a standard (not FIFO) SNS topic in `region`. */
    readonly topicArn: pulumi.Input<string>;
    /** The time at which the nodes' certificate expires, in ISO 8601. */
    readonly expiresAt: pulumi.Input<string>;
    /** The number of days between the reminder and `expiresAt`. */
    readonly renewBeforeDays: number;
    /** Whether `pulumi up` renews the certificate. If false, the message asks for a new certificate first. */
    readonly renewedByUp: boolean;
}

/** A schedule that publishes one message to an SNS topic when it is time to renew the nodes' certificate. */
export class RenewalReminder extends pulumi.ComponentResource {
    /** The schedule; `verify` compares it with AWS's answer. */
    public readonly schedule: pulumi.Output<ReminderSchedule>;
    /** The policies of the schedule's role; `verify` compares them with AWS's answer. */
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: RenewalReminderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:RenewalReminder", name, {}, opts);
        const { stack, prefix, region, topicArn } = args;

        const role = new Role(
            `${name}-role`,
            {
                ...args,
                kind: "reminder",
                description: "EventBridge Scheduler: reminds of the certificate's renewal",
                trustPolicy: pulumi
                    .output(args.accountId)
                    .apply((accountId) => reminderRoleTrust(accountId, region)),
                policies: {
                    inlinePolicy: pulumi.output(topicArn).apply((topic) => reminderRolePolicy(topic, region)),
                },
            },
            { parent: this },
        );
        const expiresAt = pulumi.output(args.expiresAt).apply((time) => new Date(time));
        const expression = expiresAt.apply((end) =>
            scheduleExpression(daysBefore(end, args.renewBeforeDays)),
        );
        const schedule = new aws.scheduler.Schedule(
            name,
            {
                namePrefix: namePrefix("schedule", prefix, "reminder"),
                description: `Renewal of the nodes' certificate of stack ${stack}`,
                scheduleExpression: expression,
                scheduleExpressionTimezone: "UTC",
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: topicArn,
                    roleArn: role.arn,
                    input: expiresAt.apply((end) => message(args, end)),
                },
            },
            { parent: this, dependsOn: [role] },
        );

        this.schedule = pulumi.output({ name: schedule.name, topicArn, roleArn: role.arn });
        this.attachedPolicies = role.attachedPolicies;
        this.registerOutputs({ schedule: this.schedule, attachedPolicies: this.attachedPolicies });
    }
}

/** An expression that runs a schedule once, at a time without fractions of a second. */
function scheduleExpression(time: Date): string {
    return `at(${time.toISOString().slice(0, "yyyy-mm-ddThh:mm:ss".length)})`;
}

function message({ stack, region, renewedByUp }: RenewalReminderArgs, expiresAt: Date): string {
    const firstStep = renewedByUp
        ? ""
        : " set certificates.chainPem to a new one, and certificatePrivateKey to its key; then";
    return `The certificate of the EMR nodes of stack ${stack} (${region}) ends at ${expiresAt.toISOString()}. To renew it:${firstStep} run \`npx pulumi up --stack ${stack}\`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.`;
}
