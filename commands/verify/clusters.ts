import { activeClusters } from "../clusters";
import { ask, type Context, type Outcome, observe } from "./control";

/**
 * What live clusters run with. RunJobFlow takes any security configuration, or none, and IAM has no condition for it: see
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html
 */
export async function liveClusters({ clients: { emr }, outputs }: Context): Promise<Outcome> {
    const { securityConfigurationName: expected, subnetIds, serviceRole, jobflowRole, forCommands } = outputs;
    if (expected === null) {
        return "the stack file switches all encryption of clusters off";
    }
    const fix = "terminate the cluster, and launch it with the stack's config.yml";
    return ask({ subject: "live clusters", expected, fix }, async () => {
        const clusters = (await activeClusters(emr)).filter(
            ({ state, stackTag, subnetIds: subnets, roles }) =>
                state !== "TERMINATING" &&
                (stackTag === forCommands.stackTag ||
                    roles.some((role) => [serviceRole, jobflowRole].includes(role.replace(/^.*\//, ""))) ||
                    // Stacks may share an existing subnet.
                    (stackTag === undefined && subnets.some((subnet) => subnetIds.includes(subnet)))),
        );
        return clusters.length === 0
            ? observe({ subject: "live clusters", expected, found: "no live cluster", isOk: true, fix })
            : clusters.map(({ id, name, state, securityConfiguration }) =>
                  observe({
                      subject: `cluster ${id} (${name}, ${state}): security configuration`,
                      expected,
                      found: securityConfiguration ?? "none",
                      fix,
                  }),
              );
    });
}
