import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./domain/naming";
import type { Region } from "./domain/region";
import { daysBefore } from "./domain/time";
import { type AttachedPolicies, documentDigest } from "./policies/document";
import { reminderRolePolicy, reminderRoleTrust } from "./policies/renewal-reminder";

export interface RenewalReminderArgs {
    readonly stack: string;
    readonly prefix: string;
    readonly region: Region;
    readonly accountId: pulumi.Input<string>;
    /** A standard SNS topic of the same region. */
    readonly topicArn: string;
    /** When the nodes' certificate ends, ISO 8601. */
    readonly expiresAt: pulumi.Input<string>;
    /** How long before: in days. */
    readonly renewBeforeDays: number;
    /** Whether an `up` renews it; else the user brings another one. */
    readonly issuedHere: boolean;
    /** The IAM path of the role. */
    readonly path: string;
    /** The ARN of the managed policy that bounds the role; null: none. */
    readonly permissionsBoundary: string | null;
    readonly tags: Tags;
}

/** The schedule, as AWS takes it: `verify` looks whether it still is so. */
export interface ReminderSchedule {
    readonly name: string;
    /** In UTC. */
    readonly expression: string;
    readonly topicArn: string;
    readonly roleArn: string;
}

/** A message to an SNS topic when it is time to renew the nodes' certificate; each renewal moves it. */
export class RenewalReminder extends pulumi.ComponentResource {
    public readonly schedule: pulumi.Output<ReminderSchedule>;
    /** What the schedule's role is allowed. */
    public readonly attachedPolicies: pulumi.Output<AttachedPolicies>;

    constructor(name: string, args: RenewalReminderArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:scheduler:RenewalReminder", name, {}, opts);
        const { stack, prefix, region, topicArn } = args;

        const role = new aws.iam.Role(
            `${name}-role`,
            {
                namePrefix: `${prefix}-reminder-`,
                path: args.path,
                description: "Reminds of the certificate's renewal",
                permissionsBoundary: args.permissionsBoundary ?? undefined,
                assumeRolePolicy: pulumi.jsonStringify(
                    pulumi.output(args.accountId).apply((id) => reminderRoleTrust(id, region)),
                ),
                tags: args.tags,
            },
            { parent: this },
        );
        const policyDocument = pulumi.jsonStringify(reminderRolePolicy(topicArn, region));
        const policy = new aws.iam.RolePolicy(
            `${name}-role-policy`,
            { role: role.name, policy: policyDocument },
            { parent: this },
        );
        const expiresAt = pulumi.output(args.expiresAt).apply((time) => new Date(time));
        const expression = expiresAt.apply((end) =>
            scheduleExpression(daysBefore(end, args.renewBeforeDays)),
        );
        const schedule = new aws.scheduler.Schedule(
            name,
            {
                namePrefix: `${prefix}-reminder-`,
                description: `When the nodes' certificate of stack ${stack} is to be renewed`,
                scheduleExpression: expression,
                scheduleExpressionTimezone: "UTC",
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: topicArn,
                    roleArn: role.arn,
                    input: expiresAt.apply((end) => message(args, end)),
                },
            },
            { parent: this, dependsOn: [policy] },
        );
        this.schedule = pulumi.output({ name: schedule.name, expression, topicArn, roleArn: role.arn });
        this.attachedPolicies = pulumi.output({
            managedPolicyArns: [],
            policyDigest: policyDocument.apply(documentDigest),
        });
        this.registerOutputs({ schedule: this.schedule, attachedPolicies: this.attachedPolicies });
    }
}

/** Once, to the second. */
function scheduleExpression(time: Date): string {
    return `at(${time.toISOString().slice(0, "yyyy-mm-ddThh:mm:ss".length)})`;
}

function message({ stack, region, issuedHere }: RenewalReminderArgs, expiresAt: Date): string {
    const first = issuedHere
        ? ""
        : " put a new one into certificates.chainPem of the stack file, its key into certificatePrivateKey; then";
    return `The certificate of the EMR nodes of stack ${stack} (${region}) ends at ${expiresAt.toISOString()}. To renew it:${first} run \`npx pulumi up --stack ${stack}\`, take the output emrEtlRunnerConfig for EmrEtlRunner's config.yml, and launch persistent jobflows anew.`;
}
