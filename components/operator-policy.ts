import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedLocation } from "./domain/locations";
import type { Tags } from "./domain/naming";
import type { Region } from "./domain/region";
import { operatorPolicy } from "./policies/operator";

export interface OperatorPolicyArgs {
    readonly prefix: string;
    readonly region: Region;
    readonly accountId: pulumi.Input<string>;
    /** The value of the tag that the stack's clusters carry. */
    readonly stackTag: string;
    readonly locations: pulumi.Input<readonly ResolvedLocation[]>;
    readonly serviceRoleArn: pulumi.Input<string>;
    readonly jobflowRoleArn: pulumi.Input<string>;
    /** The IAM path of the policy. */
    readonly path: string;
    readonly tags: Tags;
}

/** The managed policy for the user that runs EmrEtlRunner. */
export class OperatorPolicy extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;

    constructor(name: string, args: OperatorPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:OperatorPolicy", name, {}, opts);
        const { region, stackTag, accountId, locations, serviceRoleArn, jobflowRoleArn } = args;

        const policy = new aws.iam.Policy(
            name,
            {
                namePrefix: `${args.prefix}-operator-`,
                path: args.path,
                description: "What EmrEtlRunner calls",
                policy: pulumi.jsonStringify(
                    pulumi
                        .output({ accountId, locations, serviceRoleArn, jobflowRoleArn })
                        .apply((known) => operatorPolicy({ ...known, region, stackTag })),
                ),
                tags: args.tags,
            },
            { parent: this },
        );

        this.arn = policy.arn;
        this.registerOutputs({ arn: this.arn });
    }
}
