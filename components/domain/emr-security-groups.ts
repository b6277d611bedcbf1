import type { InternetAccess } from "./choices";

/**
 * The names of a VPC's default groups, by kind of subnet. AWS's documentation of 2023 says Master and Slave, today's
 * says Primary and Core. Which of them EMR looks up is not documented, and a group costs nothing.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
 */
export const NODE_GROUPS = {
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
} as const satisfies Record<InternetAccess, object>;

export const SERVICE_ACCESS = "ElasticMapReduce-ServiceAccess";

/** All names that EMR may look up. */
export const EMR_GROUP_NAMES = {
    nat: [...Object.values(NODE_GROUPS.nat), SERVICE_ACCESS],
    public: Object.values(NODE_GROUPS.public),
};

/** The port of the nodes that EMR's control plane connects to. */
export const SERVICE_TO_NODES = 8443;

/** The port of EMR's control plane that the master node connects to. */
export const MASTER_TO_SERVICE = 9443;
