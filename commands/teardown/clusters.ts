import { baseName } from "../aws";
import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";

/**
 * Clusters that use the stack. A person terminates them: a running job may be in the middle of moving data. An existing
 * role, or a subnet of an existing VPC, is not the stack's.
 * @param subnetIds The subnets in the stack's VPCs.
 * @param configurations The names of the stack's security configurations, earlier ones included.
 */
export function clusterFindings(
    outputs: StackOutputs,
    clusters: readonly ActiveCluster[],
    subnetIds: readonly string[],
    configurations: readonly string[],
): readonly Finding[] {
    const { stackTag, rolePolicies, region } = outputs.forCommands;
    return clusters.flatMap((cluster) => {
        const { id, name, state, securityConfiguration = "" } = cluster;
        const isIn = (role: string) => cluster.roles.some((each) => baseName(each) === baseName(role));
        const uses: readonly (readonly [string, boolean])[] = [
            ["tag", cluster.stackTag === stackTag],
            ["security configuration", configurations.includes(securityConfiguration)],
            ["subnet", cluster.subnetIds.some((subnet) => subnetIds.includes(subnet))],
            ["service role", rolePolicies.serviceRole !== undefined && isIn(outputs.serviceRole)],
            ["jobflow role", rolePolicies.jobflowRole !== undefined && isIn(outputs.jobflowRole)],
        ];
        const used = uses.flatMap(([what, isUsed]) => (isUsed ? what : []));
        return used.length === 0
            ? []
            : {
                  kind: "cluster",
                  name: id,
                  why: `"${name}" is ${state}, and uses the stack's ${used.join(", ")}`,
                  fix:
                      state === "TERMINATING"
                          ? "wait until it has ended"
                          : `stop what launched it, then let it end or \`aws emr terminate-clusters --region ${region} --cluster-ids ${id}\``,
              };
    });
}
