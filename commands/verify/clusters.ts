import { baseName } from "../aws";
import { activeClusters } from "../clusters";
import { type Context, type Outcome, okIf } from "./control";

/**
 * What live clusters run with. RunJobFlow takes any security configuration, or none, and IAM has no condition for it: see
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html
 */
export function liveClusters({ clients: { emr }, outputs }: Context): Outcome {
    const { securityConfigurationName: expected, subnetIds, serviceRole, jobflowRole, forCommands } = outputs;
    if (expected === null) {
        return "the stack file switches all encryption of clusters off";
    }
    const { stackTag, rolePolicies } = forCommands;
    // Stacks may share existing roles and subnets: there, another stack's tag says whose cluster it is.
    const ownRoles = [rolePolicies.serviceRole && serviceRole, rolePolicies.jobflowRole && jobflowRole];
    const found = async () => {
        const clusters = (await activeClusters(emr)).filter((cluster) => {
            const roles = cluster.roles.map(baseName);
            const isShared =
                roles.some((role) => [serviceRole, jobflowRole].includes(role)) ||
                cluster.subnetIds.some((subnet) => subnetIds.includes(subnet));
            return (
                cluster.state !== "TERMINATING" &&
                (cluster.stackTag === stackTag ||
                    roles.some((role) => ownRoles.includes(role)) ||
                    (cluster.stackTag === undefined && isShared))
            );
        });
        return clusters.length === 0
            ? okIf(true, "no live cluster")
            : clusters.map(({ id, name, state, securityConfiguration = "none" }) => ({
                  subject: `cluster ${id} (${name}, ${state}): security configuration`,
                  found: securityConfiguration,
              }));
    };
    const fix = "terminate the cluster, and launch it with the stack's config.yml";
    return { subject: "live clusters", expected, fix, found };
}
