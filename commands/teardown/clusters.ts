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
    { serviceRole, jobflowRole, forCommands: { stackTag, rolePolicies, region } }: StackOutputs,
    clusters: readonly ActiveCluster[],
    subnetIds: readonly string[],
    configurations: readonly string[],
): readonly Finding[] {
    return clusters.flatMap(({ id, name, state, roles, ...cluster }) => {
        const has = (role: string) => roles.some((each) => baseName(each) === baseName(role));
        const uses = [
            cluster.stackTag === stackTag && "tag",
            configurations.includes(cluster.securityConfiguration ?? "") && "security configuration",
            cluster.subnetIds.some((subnet) => subnetIds.includes(subnet)) && "subnet",
            rolePolicies.serviceRole && has(serviceRole) && "service role",
            rolePolicies.jobflowRole && has(jobflowRole) && "jobflow role",
        ].filter(Boolean);
        const finding = {
            kind: "cluster",
            name: id,
            why: `"${name}" is ${state}, and uses the stack's ${uses.join(", ")}`,
            fix:
                state === "TERMINATING"
                    ? "wait until it has ended"
                    : `stop what launched it, then let it end or \`aws emr terminate-clusters --region ${region} --cluster-ids ${id}\``,
        };
        return uses.length > 0 ? finding : [];
    });
}
