import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClusters } from "../clusters";
import { readStackOutputs, type StackOutputs } from "../stack-outputs";
import { clusterObstacles } from "./clusters";
import { bucketObstacles, protectionObstacles } from "./data";
import type { Obstacle } from "./obstacle";
import { operatorPolicyObstacles } from "./operator-policy";
import { type Outcome, reportJson, reportText } from "./report";
import { securityConfigurationObstacles } from "./security-configurations";
import { securityGroupObstacles } from "./security-groups";

export interface TeardownOptions extends CommonOptions {
    /** Take away what may be: without it, nothing is changed. */
    readonly yes?: boolean;
    /** The current security configuration too. */
    readonly all?: boolean;
}

/**
 * Says what stands in the way of `pulumi destroy`, in the order to deal with it, and takes away, when told to, what
 * holds no data and does not run.
 */
export async function teardown(
    options: TeardownOptions,
    streams: Streams,
    makeClients: (region: string) => Clients = awsClients,
): Promise<ExitCode> {
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const clients = makeClients(outputs.forCommands.region);
    await checkAccount(clients, outputs);
    const obstacles = await survey(clients, outputs, options.all ?? false);
    const outcomes: Outcome[] = [];
    for (const obstacle of obstacles) {
        outcomes.push({ obstacle, ...(options.yes && obstacle.remove && (await attempt(obstacle.remove))) });
    }
    const { stack } = outputs.forCommands;
    streams.stdout.write(options.json ? reportJson(stack, outcomes) : reportText(stack, outcomes));
    if (outcomes.some(({ error }) => error !== undefined)) {
        return EXIT.failed;
    }
    return outcomes.every(({ removed }) => removed) ? EXIT.ok : EXIT.attention;
}

async function survey(clients: Clients, outputs: StackOutputs, all: boolean): Promise<readonly Obstacle[]> {
    const clusters = await activeClusters(clients.emr);
    const running = clusterObstacles(outputs, clusters);
    // In the order in which they are to be dealt with: what comes later is in use by what comes before.
    const found = await Promise.all([
        running,
        operatorPolicyObstacles(clients.iam, outputs),
        securityGroupObstacles(clients.ec2, outputs, running.length > 0),
        securityConfigurationObstacles(clients.emr, outputs, clusters, all),
        bucketObstacles(clients.s3, outputs),
        protectionObstacles(outputs),
    ]);
    return found.flat();
}

/** One that stays does not keep the others. */
async function attempt(remove: () => Promise<void>): Promise<Pick<Outcome, "removed" | "error">> {
    try {
        await remove();
        return { removed: true };
    } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
    }
}

export function teardownCommand() {
    return awsCommand(
        "teardown",
        "Says what stands in the way of `pulumi destroy`, or of a security configuration's replacement, and in which order to go on. It ends no cluster and deletes no data.",
    )
        .option(
            "--yes",
            "delete EMR's own security groups in the stack's VPC, while nothing is in any of them, and the stack's earlier security configurations that no cluster uses",
        )
        .option("--all", "with --yes: the current security configuration too, when you leave for good");
}

if (require.main === module) {
    execute<TeardownOptions>(teardownCommand(), teardown).then((code) => {
        process.exitCode = code;
    });
}
