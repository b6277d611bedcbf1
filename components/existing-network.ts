import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./domain/naming";
import { EmrSecurityGroups } from "./emr-security-groups";

export interface ExistingNetworkArgs {
    readonly vpcId: string;
    /** The subnets for nodes, at least one; clusters run in the first. */
    readonly subnetIds: readonly string[];
    /** `use`: EMR's default security groups exist, or EMR creates them. `create`: they are created here. */
    readonly emrSecurityGroups: "use" | "create";
    /** The kind of the subnets. */
    readonly internetAccess: "nat" | "public";
    /** Tags of the security groups. */
    readonly tags: Tags;
}

/** An existing VPC for the clusters, with EMR's default security groups if they are to be created. */
export class ExistingNetwork extends pulumi.ComponentResource {
    public readonly vpcId: string;
    public readonly clusterSubnetId: string;
    public readonly subnetIds: readonly string[];
    public readonly egressIps: readonly string[] = [];

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

        this.vpcId = vpcId;
        this.subnetIds = subnetIds;
        this.clusterSubnetId = subnetIds[0] ?? "";
        this.registerOutputs({ vpcId, clusterSubnetId: this.clusterSubnetId, subnetIds });
    }
}
