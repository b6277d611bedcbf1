import { InvalidArgumentError, Option } from "commander";
import pMap from "p-map";
import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, type ExitCode, execute, type Streams } from "../cli";
import { jsonText } from "../escape";
import { progressBar } from "../progress-bar";
import { readStackOutputs } from "../stack-outputs";
import { readConfigFile } from "./config-yml";
import { type Context, observe, type Settings, worst } from "./control";
import { CONTROLS, type Control } from "./controls";
import { exitCode, type Report, reportText } from "./report";

export interface VerifyOptions extends CommonOptions, Partial<Omit<Settings, "config">> {
    /** The path of the operator's config.yml. */
    readonly config?: string;
    /** The ids of the controls to check. Default: all. */
    readonly control?: readonly string[];
}

/**
 * An `up` renews the certificate in its last 60 days, and should run once a month: with 30 days left, it did not. A week
 * is left to act.
 */
const DEFAULTS = { sample: 20, archive: true, warnDays: 30, failDays: 7 } as const;

/** The number of controls to check at the same time, and of a control's observations. */
const AT_ONCE = 4;

/** Checks the controls on the live account. It changes nothing. */
export async function verify(
    options: VerifyOptions,
    streams: Streams,
    makeClients: (region: string) => Clients = awsClients,
    now = new Date(),
): Promise<ExitCode> {
    const { warnDays, failDays } = { ...DEFAULTS, ...options };
    if (failDays > warnDays) {
        throw new Error(
            `--fail-days: found ${failDays}; expected: at most the ${warnDays} days of --warn-days`,
        );
    }
    const controls = CONTROLS.filter(({ id }) => options.control?.includes(id) ?? true);
    const config = options.config === undefined ? undefined : readConfigFile(options.config);
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const { accountId, region, stack } = outputs.forCommands;
    const clients = makeClients(region);
    await checkAccount(clients, outputs);
    const context: Context = { clients, outputs, now, settings: { ...DEFAULTS, ...options, config } };
    const progress = progressBar(streams, "verify {bar} {value} of {total} controls", controls.length);
    try {
        const check = (control: Control) =>
            checkControl(control, context).finally(() => progress?.increment());
        const checked = await pMap(controls, check, { concurrency: AT_ONCE });
        const results = checked.flatMap(({ result }) => (result === "skipped" ? [] : [result]));
        const whole: Report = {
            schemaVersion: 1,
            time: now.toISOString(),
            account: accountId,
            region,
            stack,
            result: worst(results),
            controls: checked,
        };
        progress?.stop();
        streams.stdout.write(options.json ? jsonText(whole) : reportText(whole));
        return exitCode(whole);
    } finally {
        progress?.stop();
    }
}

async function checkControl(
    { id, title, severity = "high", catalogues, check }: Control,
    context: Context,
): Promise<Report["controls"][number]> {
    const control = { id, title, severity, catalogues: catalogues?.split(", ") ?? [] };
    const outcome = check(context);
    const observations = typeof outcome === "string" ? [] : [outcome].flat();
    if (observations.length === 0) {
        const reason = typeof outcome === "string" ? outcome : "the stack has nothing to check";
        return { ...control, result: "skipped", reason, evidence: [] };
    }
    const evidence = (await pMap(observations, observe, { concurrency: AT_ONCE })).flat();
    return { ...control, result: worst(evidence.map(({ result }) => result)), evidence };
}

export function verifyCommand() {
    return awsCommand("verify", "Checks in AWS whether the stack's encryption and access controls hold.")
        .addOption(count("--sample <n>", "objects of each location to check, and as many old ones", 10_000))
        .option("--config <file>", "the operator's config.yml, to compare with the stack's")
        .addOption(
            new Option("--control <id...>", "check these controls only (docs/controls.md)").choices(
                CONTROLS.map(({ id }) => id),
            ),
        )
        .option("--no-archive", "do not read the certificate archive, which holds the nodes' private key")
        .addOption(count("--warn-days <n>", "days before a certificate's end: renewal due", 3650))
        .addOption(count("--fail-days <n>", "days before a certificate's end: failed", 3650));
}

function count(flags: string, what: string, most: number): Option {
    const option = new Option(flags, what);
    return option.default(DEFAULTS[option.attributeName() as keyof typeof DEFAULTS]).argParser((text) => {
        if (!/^\d{1,5}$/.test(text) || Number(text) > most) {
            throw new InvalidArgumentError(`Expected: an integer from 0 to ${most}.`);
        }
        return Number(text);
    });
}

if (require.main === module) {
    execute<VerifyOptions>(verifyCommand(), verify).then((code) => {
        process.exitCode = code;
    });
}
