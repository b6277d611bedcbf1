import { awsClients, type Clients, checkAccount, collect } from "../aws";
import { AwsError } from "../aws-error";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClusters } from "../clusters";
import { readStackOutputs, type StackOutputs } from "../stack-outputs";
import { clusterFindings } from "./clusters";
import type { Ask, Finding } from "./finding";
import { unnamed } from "./generated-names";
import { iamChecks } from "./iam";
import { type Outcome, reportJson, reportText } from "./report";
import { configurationFindings, stackConfigurations } from "./security-configurations";
import { groupFindings } from "./security-groups";
import { batchJobs, bucketChecks, protection } from "./storage";
import { resourcesIn, stackVpcs, VPC_KINDS, vpcFindings } from "./vpc";

export interface TeardownOptions extends CommonOptions {
    /** Delete what may be deleted. Default: nothing is changed. */
    readonly yes?: boolean;
}

/** Reports what blocks `pulumi destroy`, in the order to deal with it, and what the destroy leaves behind. */
export async function teardown(
    options: TeardownOptions,
    streams: Streams,
    makeClients: (region: string) => Clients = awsClients,
): Promise<ExitCode> {
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const clients = makeClients(outputs.forCommands.region);
    await checkAccount(clients, outputs);
    const unknown = new Set<string>();
    const findings = await survey(clients, outputs, async (answer) => {
        try {
            return await answer;
        } catch (error) {
            if (error instanceof AwsError && !error.isGeneral) {
                unknown.add(error.message);
                return undefined;
            }
            throw error;
        }
    });
    const outcomes: Outcome[] = [];
    for (const finding of findings) {
        const outcome = options.yes && finding.remove ? await attempt(finding.remove) : {};
        if (outcome.removed) {
            // At once: an interruption must not hide what was deleted.
            (options.json ? streams.stderr : streams.stdout).write(
                `deleted: ${finding.kind} ${finding.name}\n`,
            );
        }
        outcomes.push({ ...finding, ...outcome });
    }
    const report = { stack: outputs.forCommands.stack, outcomes, unknown: [...unknown].toSorted() };
    streams.stdout.write(options.json ? reportJson(report) : reportText(report));
    if (unknown.size > 0 || outcomes.some(({ error }) => error !== undefined)) {
        return EXIT.failed;
    }
    return outcomes.every(({ removed, isLeftBehind }) => removed || isLeftBehind) ? EXIT.ok : EXIT.attention;
}

/**
 * Makes all checks, and changes nothing. The result is in the order to deal with it: what comes later may be in use by
 * what comes before.
 */
async function survey(clients: Clients, outputs: StackOutputs, ask: Ask): Promise<readonly Finding[]> {
    const { ec2, emr } = clients;
    const [clusters, vpcs = [], groups = [], interfaces, configurations = [], roles, buckets] =
        await Promise.all([
            ask(activeClusters(emr)),
            ask(collect(ec2.paginateDescribeVpcs({}), ({ Vpcs }) => Vpcs)),
            ask(collect(ec2.paginateDescribeSecurityGroups({}), ({ SecurityGroups }) => SecurityGroups)),
            ask(collect(ec2.paginateDescribeNetworkInterfaces({}), (page) => page.NetworkInterfaces)),
            ask(stackConfigurations(emr, outputs)),
            ask(unnamed("role", clients, outputs)),
            ask(unnamed("bucket", clients, outputs)),
        ]);
    const vpcIds = stackVpcs(outputs, vpcs);
    const resources = await Promise.all(
        vpcIds.flatMap((vpcId) => VPC_KINDS.map((kind) => ask(resourcesIn(ec2, kind, vpcId)))),
    );
    const inside = resources.flatMap((found) => found ?? []);
    const subnets = inside.filter(({ kind }) => kind.type === "Subnet").map(({ id }) => id);
    const subnetIds = [...(outputs.forCommands.ownsNetwork ? outputs.subnetIds : []), ...subnets];
    const own = configurations.filter(({ isStacks }) => isStacks).map(({ name }) => name);
    const running = clusters && clusterFindings(outputs, clusters, subnetIds, own);
    const clusterIds = (running ?? []).map(({ name }) => name);
    const findings = await Promise.all([
        running,
        ...[batchJobs(clients, outputs), ...iamChecks(clients, outputs, roles ?? [])].map(ask),
        vpcFindings(outputs, vpcIds, inside, interfaces ?? [], clusterIds),
        groupFindings(ec2, outputs, vpcIds, groups, interfaces, running?.length !== 0),
        configurationFindings(emr, outputs, configurations, clusters),
        ...bucketChecks(clients, outputs, buckets ?? []).map(ask),
        protection(outputs),
    ]);
    return findings.flatMap((found) => found ?? []);
}

/** One that stays does not keep the others. */
async function attempt(remove: () => Promise<unknown>): Promise<Pick<Outcome, "removed" | "error">> {
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
        "Reports what blocks `pulumi destroy`, in the order to deal with it, and what the destroy leaves behind. It terminates no cluster and deletes no data.",
    ).option(
        "--yes",
        "delete EMR's default security groups in the stack's VPC that nothing uses, and the stack's earlier security configurations that no cluster uses",
    );
}

if (require.main === module) {
    execute<TeardownOptions>(teardownCommand(), teardown).then((code) => {
        process.exitCode = code;
    });
}
