import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClusters } from "../clusters";
import { readStackOutputs, type StackOutputs } from "../stack-outputs";
import { clusterFindings } from "./clusters";
import { type Checked, checked, type Finding, known, stackOf } from "./finding";
import { iamChecks } from "./iam";
import { type Outcome, reportJson, reportText } from "./report";
import { securityConfigurations } from "./security-configurations";
import { groupFindings, securityGroups } from "./security-groups";
import { batchJobs, bucketChecks, protection } from "./storage";
import { interfacesOf, stackVpcs, vpcChecks } from "./vpc";

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
    const checks = await survey(clients, outputs);
    const unknown = [...new Set(checks.filter((check) => typeof check === "string"))];
    const outcomes: Outcome[] = [];
    for (const finding of checks.flatMap((check) => (typeof check === "string" ? [] : check))) {
        const outcome = options.yes && finding.remove ? await attempt(finding.remove) : {};
        if (outcome.removed) {
            // At once: an interruption must not hide what was deleted.
            (options.json ? streams.stderr : streams.stdout).write(
                `deleted: ${finding.kind} ${finding.name}\n`,
            );
        }
        outcomes.push({ ...finding, ...outcome });
    }
    const report = { stack: outputs.forCommands.stack, outcomes, unknown };
    streams.stdout.write(options.json ? reportJson(report) : reportText(report));
    if (unknown.length > 0 || outcomes.some(({ error }) => error !== undefined)) {
        return EXIT.failed;
    }
    return outcomes.every(({ removed, isLeftBehind }) => removed || isLeftBehind) ? EXIT.ok : EXIT.attention;
}

/**
 * Makes all checks, and changes nothing. The result is in the order to deal with it: what comes later may be in use by
 * what comes before.
 */
async function survey(
    clients: Clients,
    outputs: StackOutputs,
): Promise<readonly Checked<readonly Finding[]>[]> {
    const { ec2, emr, iam } = clients;
    const { forCommands } = outputs;
    const [clusters, vpcs, groups] = await Promise.all([
        checked(activeClusters(emr)),
        checked(stackVpcs(ec2, outputs)),
        checked(securityGroups(ec2)),
    ]);
    const vpcIds = known(vpcs) ?? [];
    const elsewhere = (known(groups) ?? []).filter(
        (group) => stackOf(group) === forCommands.stackTag && !vpcIds.includes(group.VpcId ?? ""),
    );
    const [interfaces, configurations] = await Promise.all([
        checked(interfacesOf(ec2, vpcIds, elsewhere)),
        checked(securityConfigurations(emr, outputs, known(clusters))),
    ]);
    const running = known(clusters) && clusterFindings(outputs, known(clusters) ?? []);
    const found = known(interfaces);
    return Promise.all([
        ...[clusters, vpcs, groups, interfaces].filter((check) => typeof check === "string"),
        running ?? [],
        ...[
            batchJobs(clients, outputs),
            ...iamChecks(iam, outputs),
            ...vpcIds.flatMap((vpcId) =>
                vpcChecks(
                    ec2,
                    vpcId,
                    forCommands,
                    (running ?? []).map(({ name }) => name),
                    found ?? [],
                ),
            ),
        ].map(checked),
        found ? groupFindings(ec2, outputs, vpcIds, known(groups) ?? [], found, running?.length !== 0) : [],
        configurations,
        ...bucketChecks(clients, outputs).map(checked),
        protection(outputs),
    ]);
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
