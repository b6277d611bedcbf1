import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULTS } from "./args";
import type { InternetAccess } from "./domain/choices";
import {
    MASTER_TO_SERVICE,
    NODE_GROUPS,
    SERVICE_ACCESS,
    SERVICE_TO_NODES,
} from "./domain/emr-security-groups";
import { EMR_TAG, type Tags } from "./domain/naming";

export interface EmrSecurityGroupsArgs {
    /** The id of the VPC. */
    readonly vpcId: pulumi.Input<string>;
    /** The kind of the nodes' subnets, which decides which groups EMR uses. @default `nat` */
    readonly internetAccess?: InternetAccess;
    /** The tags of every group, in addition to the tag that EMR requires. @default none */
    readonly tags?: Tags;
}

/**
 * EMR's default security groups of a VPC. EmrEtlRunner cannot name other groups, so EMR uses the groups of these names,
 * and creates them if they are missing. A group that EMR created is not in the stack's state, and AWS refuses to delete
 * a VPC that contains it.
 */
export class EmrSecurityGroups extends pulumi.ComponentResource {
    constructor(name: string, args: EmrSecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:EmrSecurityGroups", name, {}, opts);
        const { internetAccess = DEFAULTS.network.internetAccess } = args;
        const tags = { ...args.tags, ...EMR_TAG };
        const shared = { vpcId: args.vpcId, revokeRulesOnDelete: true, tags };

        // Pulumi's default for a fixed name is true. But a group is replaced only by a group of another name or in another
        // VPC, and AWS refuses to delete a node group while the rules of the old ServiceAccess group refer to it.
        const deleteBeforeReplace = false;

        const nodeGroups = Object.entries(NODE_GROUPS[internetAccess]).map(
            ([key, emrName]) =>
                new aws.ec2.SecurityGroup(
                    `${name}-${key}`,
                    {
                        ...shared,
                        name: emrName, // EMR looks the group up by this name.
                        description: `EMR ${key} nodes`,
                        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
                    },
                    // EMR adds the ingress rules that it needs whenever a cluster starts.
                    { parent: this, ignoreChanges: ["ingress"], deleteBeforeReplace },
                ),
        );
        if (internetAccess === "nat") {
            const nodes = nodeGroups.map(({ id }) => id);
            new aws.ec2.SecurityGroup(
                `${name}-service-access`,
                {
                    ...shared,
                    name: SERVICE_ACCESS, // EMR looks the group up by this name.
                    description: "EMR service access to private nodes",
                    ingress: [tcp(MASTER_TO_SERVICE, nodes)],
                    egress: [tcp(SERVICE_TO_NODES, nodes)],
                },
                { parent: this, deleteBeforeReplace },
            );
        }
        this.registerOutputs({});
    }
}

function tcp(port: number, securityGroups: pulumi.Input<string>[]) {
    return { protocol: "tcp", fromPort: port, toPort: port, securityGroups };
}
