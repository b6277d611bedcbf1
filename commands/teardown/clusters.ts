import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/**
 * Clusters are named, and terminated by people only: a running job may be in the middle of moving data. Those that
 * others launched into the stack's own network stand in the way as well: it cannot be deleted below them, and they may
 * use what EMR left in it.
 */
export function clusterObstacles(
    outputs: StackOutputs,
    clusters: readonly ActiveCluster[],
): readonly Obstacle[] {
    const { region } = outputs.forCommands;
    return clusters.flatMap((cluster) => {
        const { id, name, state } = cluster;
        const whose = isStacks(outputs, cluster) ? OWN : others(outputs, cluster);
        return whose
            ? {
                  kind: "cluster" as const,
                  name: id,
                  why: `"${name}" is ${state}: it ${whose.uses}`,
                  remedy:
                      state === "TERMINATING"
                          ? "wait until it has ended"
                          : `${whose.first}, let the cluster end or: aws emr terminate-clusters --region ${region} --cluster-ids ${id}`,
              }
            : [];
    });
}

interface Whose {
    readonly uses: string;
    /** What to do before it ends. */
    readonly first: string;
}

const OWN: Whose = {
    uses: "uses the network, the key, the roles and a security configuration",
    first: "stop EmrEtlRunner",
};

function isStacks(
    { securityConfigurationName, forCommands: { stackTag } }: StackOutputs,
    cluster: ActiveCluster,
): boolean {
    return (
        cluster.stackTag === stackTag ||
        (cluster.securityConfiguration !== undefined &&
            cluster.securityConfiguration === securityConfigurationName)
    );
}

/** In a network of the user's own, others may run what they like. */
function others({ subnetIds, forCommands }: StackOutputs, cluster: ActiveCluster): Whose | undefined {
    const shared = cluster.subnetIds.filter((id) => subnetIds.includes(id));
    if (!forCommands.ownsNetwork || shared.length === 0) {
        return undefined;
    }
    const tag = cluster.stackTag === undefined ? "no stack's tag" : `the tag of stack ${cluster.stackTag}`;
    return {
        uses: `carries ${tag}, but runs in this stack's network (${shared.join(", ")})`,
        first: "ask whoever launched it",
    };
}
