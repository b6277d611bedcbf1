import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/** Clusters are named, and terminated by people only: a running job may be in the middle of moving data. */
export function clusterObstacles(
    { securityConfigurationName, forCommands: { stack, region } }: StackOutputs,
    clusters: readonly ActiveCluster[],
): readonly Obstacle[] {
    return clusters
        .filter(
            (cluster) =>
                cluster.stack === stack ||
                (cluster.securityConfiguration !== undefined &&
                    cluster.securityConfiguration === securityConfigurationName),
        )
        .map(({ id, name, state }) => ({
            kind: "cluster",
            name: id,
            why: `"${name}" is ${state}: it uses the network, the key, the roles and a security configuration`,
            remedy:
                state === "TERMINATING"
                    ? "wait until it has ended"
                    : `stop EmrEtlRunner, let the cluster end or: aws emr terminate-clusters --region ${region} --cluster-ids ${id}`,
        }));
}
