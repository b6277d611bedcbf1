import * as pulumi from "@pulumi/pulumi";
import type { EmrDefaultGroups, InternetAccess } from "./domain/choices";
import type { Tags } from "./domain/naming";
import { EmrSecurityGroups } from "./emr-security-groups";

export interface ExistingNetworkArgs {
    /** The id of the VPC. */
    readonly vpcId: pulumi.Input<string>;
    /** The subnets for nodes, at least one. EmrEtlRunner's clusters run in the first. */
    readonly subnetIds: pulumi.Input<readonly string[]>;
    /** `create`: create EMR's default security groups. `use`: they exist, or EMR creates them. */
    readonly emrSecurityGroups: EmrDefaultGroups;
    /** The kind of the subnets. */
    readonly internetAccess: InternetAccess;
    /** The tags of created security groups. */
    readonly tags: Tags;
}

/** An existing VPC for the clusters. It is not changed, except that EMR's default security groups may be created in it. */
export class ExistingNetwork extends pulumi.ComponentResource {
    public readonly vpcId: pulumi.Output<string>;
    public readonly clusterSubnetId: pulumi.Output<string>;
    public readonly subnetIds: pulumi.Output<readonly string[]>;
    /** Empty: the addresses of an existing VPC are not known. */
    public readonly egressIps: pulumi.Output<readonly string[]>;

    constructor(name: string, args: ExistingNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:ExistingNetwork", name, {}, opts);
        const { vpcId, subnetIds, internetAccess, tags } = args;

        if (args.emrSecurityGroups === "create") {
            new EmrSecurityGroups(
                `${name}-security-groups`,
                { vpcId, internetAccess, tags },
                { parent: this },
            );
        }

        this.vpcId = pulumi.output(vpcId);
        this.subnetIds = pulumi.output(subnetIds);
        this.clusterSubnetId = this.subnetIds.apply(([first = ""]) => first);
        this.egressIps = pulumi.output([]);
        this.registerOutputs({ vpcId, clusterSubnetId: this.clusterSubnetId, subnetIds });
    }
}
