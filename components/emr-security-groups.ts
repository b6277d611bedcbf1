import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EMR_TAG, type Tags } from "./domain/naming";

/**
 * EMR's own names for the default groups of a VPC. AWS's text of 2023 says Master and Slave, that of today Primary
 * and Core; which of them the service looks up cannot be told from outside, and a group costs nothing.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 */
const NODE_GROUPS = {
    nat: {
        master: "ElasticMapReduce-Master-Private",
        slave: "ElasticMapReduce-Slave-Private",
        primary: "ElasticMapReduce-Primary-Private",
        core: "ElasticMapReduce-Core-Private",
    },
    public: {
        master: "ElasticMapReduce-master",
        slave: "ElasticMapReduce-slave",
        primary: "ElasticMapReduce-primary",
        core: "ElasticMapReduce-core",
    },
} as const;

export const SERVICE_ACCESS = "ElasticMapReduce-ServiceAccess";

/** All names that EMR may look up. */
export const EMR_GROUP_NAMES = {
    nat: [...Object.values(NODE_GROUPS.nat), SERVICE_ACCESS],
    public: Object.values(NODE_GROUPS.public),
};

/** The ports of EMR's control plane: from the service to the nodes, and from the master to the service. */
export const SERVICE_TO_NODES = 8443;
export const MASTER_TO_SERVICE = 9443;

export interface EmrSecurityGroupsArgs {
    readonly vpcId: pulumi.Input<string>;
    readonly internetAccess: "nat" | "public";
    readonly tags: Tags;
}

/**
 * EMR's default security groups. EmrEtlRunner cannot name others, so EMR takes those of these names, or makes them:
 * then no stack would know them, and they would keep the VPC from being deleted.
 */
export class EmrSecurityGroups extends pulumi.ComponentResource {
    constructor(name: string, args: EmrSecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:network:EmrSecurityGroups", name, {}, opts);
        const tags = { ...args.tags, ...EMR_TAG };
        const shared = { vpcId: args.vpcId, revokeRulesOnDelete: true, tags };

        // The provider's own choice for a fixed name would be true. But a group is replaced only by one of another name
        // or in another VPC, and deleted first, a node group would still stand in the old ServiceAccess group's rules.
        const deleteBeforeReplace = false;

        const nodeGroups = Object.entries(NODE_GROUPS[args.internetAccess]).map(
            ([key, emrName]) =>
                new aws.ec2.SecurityGroup(
                    `${name}-${key}`,
                    {
                        ...shared,
                        name: emrName, // EMR looks it up by this name.
                        description: `EMR ${key} nodes`,
                        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
                    },
                    // EMR adds the ingress rules that it needs, whenever a cluster starts: they are its own.
                    { parent: this, ignoreChanges: ["ingress"], deleteBeforeReplace },
                ),
        );
        if (args.internetAccess === "nat") {
            const nodes = nodeGroups.map(({ id }) => id);
            new aws.ec2.SecurityGroup(
                `${name}-service-access`,
                {
                    ...shared,
                    name: SERVICE_ACCESS, // EMR looks it up by this name.
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
