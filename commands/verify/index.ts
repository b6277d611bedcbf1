import { InvalidArgumentError, Option } from "commander";
import pMap from "p-map";
import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, type ExitCode, execute, type Streams } from "../cli";
import { readStackOutputs } from "../stack-outputs";
import { assetChecks } from "./assets";
import { bucketChecks } from "./buckets";
import { certificateChecks } from "./certificates";
import type { Check, Context } from "./check";
import { configChecks, readConfigFile } from "./config-yml";
import { keyChecks } from "./key";
import { networkChecks } from "./network";
import { folderCount, objectChecks } from "./objects";
import { Progress } from "./progress";
import { reminderChecks } from "./reminder";
import { exitCode, reportJson, reportText } from "./report";
import { roleChecks } from "./roles";
import { securityConfigurationChecks } from "./security-configuration";
import { securityGroupChecks } from "./security-groups";

export interface VerifyOptions extends CommonOptions {
    /** How many objects of each location are looked at; 0: none. Default 20. */
    readonly sample?: number;
    /** The operator's config.yml. Default: it is not looked at. */
    readonly config?: string;
    /** Whether the certificates' archive is read. Default: it is. */
    readonly archive?: boolean;
    /** Days until a certificate's end that are a warning. Default 30. */
    readonly warnDays?: number;
    /** Days until a certificate's end that are a failure. Default 7. */
    readonly failDays?: number;
}

/**
 * An `up` renews the certificate in its last 60 days, and is run once a month: with 30 left, it was not. A week is
 * what is left to act.
 */
const DEFAULTS = { sample: 20, archive: true, warnDays: 30, failDays: 7 } as const;

const CHECKS_AT_ONCE = 4;

/** Looks whether what was asked for is still so. It changes nothing. */
export async function verify(
    options: VerifyOptions,
    streams: Streams,
    makeClients: (region: string) => Clients = awsClients,
    now = new Date(),
): Promise<ExitCode> {
    const { sample, archive, warnDays, failDays } = { ...DEFAULTS, ...options };
    if (failDays > warnDays) {
        throw new Error(
            `--fail-days: found ${failDays}; allowed: at most the ${warnDays} days of --warn-days`,
        );
    }
    const config = options.config === undefined ? undefined : readConfigFile(options.config);
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const clients = makeClients(outputs.forCommands.region);
    await checkAccount(clients, outputs);
    const progress = new Progress(streams, sample === 0 ? 0 : folderCount(outputs));
    const parts: readonly ((context: Context) => Promise<readonly Check[]>)[] = [
        bucketChecks,
        (context) => objectChecks(context, sample, (tally) => progress.update(tally)),
        (context) => certificateChecks(context, { archive, warnDays, failDays }),
        reminderChecks,
        assetChecks,
        securityConfigurationChecks,
        keyChecks,
        roleChecks,
        networkChecks,
        securityGroupChecks,
        async (context) => (config ? configChecks(context, config) : []),
    ];
    const context = { clients, outputs, now };
    let checks: readonly Check[];
    try {
        checks = (await pMap(parts, (part) => part(context), { concurrency: CHECKS_AT_ONCE })).flat();
    } finally {
        progress.stop();
    }
    const report = options.json ? reportJson : reportText;
    streams.stdout.write(report(outputs.forCommands.stack, checks));
    return exitCode(checks);
}

export function verifyCommand() {
    return awsCommand("verify", "Looks whether what the stack asked for is still so. It changes nothing.")
        .addOption(count("--sample <n>", "how many objects of each location to look at", 10_000, "sample"))
        .option("--config <file>", "the operator's config.yml, to be compared with the stack's")
        .option("--no-archive", "do not read the certificates' archive, which holds the nodes' private key")
        .addOption(count("--warn-days <n>", "days until a certificate ends: a warning", 3650, "warnDays"))
        .addOption(count("--fail-days <n>", "days until a certificate ends: a failure", 3650, "failDays"));
}

function count(flags: string, what: string, most: number, name: "sample" | "warnDays" | "failDays"): Option {
    return new Option(flags, what).default(DEFAULTS[name]).argParser((text) => {
        if (!/^\d{1,5}$/.test(text) || Number(text) > most) {
            throw new InvalidArgumentError(`Allowed: a whole number from 0 to ${most}.`);
        }
        return Number(text);
    });
}

if (require.main === module) {
    execute<VerifyOptions>(verifyCommand(), verify).then((code) => {
        process.exitCode = code;
    });
}
