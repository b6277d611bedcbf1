import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";

/** Clusters that use the stack. A person terminates them: a running job may be in the middle of moving data. */
export function clusterFindings(
    outputs: StackOutputs,
    clusters: readonly ActiveCluster[],
): readonly Finding[] {
    return clusters.flatMap((cluster) => {
        const uses = usedBy(outputs, cluster);
        const { id, name, state } = cluster;
        return uses.length === 0
            ? []
            : {
                  kind: "cluster",
                  name: id,
                  why: `"${name}" is ${state}, and uses the stack's ${uses.join(", ")}`,
                  fix:
                      state === "TERMINATING"
                          ? "wait until it has ended"
                          : `stop what launched it, then let it end or \`aws emr terminate-clusters --region ${outputs.forCommands.region} --cluster-ids ${id}\``,
              };
    });
}

/** What a cluster uses of the stack. An existing role, or a subnet of an existing VPC, is not the stack's. */
function usedBy(outputs: StackOutputs, cluster: ActiveCluster): readonly string[] {
    const { stackTag, ownsNetwork, rolePolicies } = outputs.forCommands;
    const { securityConfiguration, subnetIds, roles } = cluster;
    const isIn = (name: string) => roles.some((role) => baseName(role) === baseName(name));
    const uses: readonly (readonly [string, boolean])[] = [
        ["tag", cluster.stackTag === stackTag],
        [
            "security configuration",
            securityConfiguration !== undefined &&
                securityConfiguration === outputs.securityConfigurationName,
        ],
        ["subnet", ownsNetwork && subnetIds.some((id) => outputs.subnetIds.includes(id))],
        ["service role", rolePolicies.serviceRole !== undefined && isIn(outputs.serviceRole)],
        ["jobflow role", rolePolicies.jobflowRole !== undefined && isIn(outputs.jobflowRole)],
    ];
    return uses.flatMap(([name, used]) => (used ? name : []));
}

/** The name in a name or an ARN. */
export function baseName(nameOrArn = ""): string {
    return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}
