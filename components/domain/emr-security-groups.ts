/**
 * EMR's own names for the default groups of a VPC. AWS's text of 2023 says Master and Slave, that of today Primary
 * and Core. Which of them EMR looks up cannot be observed, and a group costs nothing.
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
