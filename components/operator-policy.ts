import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { namePrefix } from "./domain/naming";
import { type OperatorDocumentArgs, operatorPolicy } from "./policies/operator";
import type { Inputs, SharedRoleArgs } from "./role";

export interface OperatorPolicyArgs
    extends Inputs<OperatorDocumentArgs>,
        Omit<SharedRoleArgs, "permissionsBoundary"> {}

/** The managed policy for the user that runs EmrEtlRunner. */
export class OperatorPolicy extends pulumi.ComponentResource {
    /** The policy's ARN. */
    public readonly arn: pulumi.Output<string>;

    constructor(name: string, args: OperatorPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:OperatorPolicy", name, {}, opts);
        const { path, tags, prefix, ...documentArgs } = args;

        const policy = new aws.iam.Policy(
            name,
            {
                namePrefix: namePrefix("policy", prefix, "operator"),
                path,
                description: "What EmrEtlRunner calls",
                policy: pulumi.jsonStringify(pulumi.output(documentArgs).apply(operatorPolicy)),
                tags,
            },
            { parent: this },
        );

        this.arn = policy.arn;
        this.registerOutputs({ arn: this.arn });
    }
}
