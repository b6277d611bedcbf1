import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import { daysBefore, formatDay } from "../../components/domain/time";
import { reportsIn } from "../../components/policies/reencryption";
import { awsClients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, type ExitCode, execute, type Streams } from "../cli";
import { jsonText } from "../escape";
import { readStackOutputs } from "../stack-outputs";
import { type CopyContext, copy, resume, uploadAll } from "./copy";
import { Jobs } from "./jobs";
import { isSafe, type Outcome } from "./outcome";
import { effectsText, exitCodeOf, foundText, outcomeText, Result, remainingText, requests } from "./output";
import { type Choice, checkNoneRuns, chooseLocations, liveAmong, placesOf, readFolder } from "./places";
import { Portions } from "./portions";
import { Records } from "./records";
import { SkippedObjects } from "./skipped";
import { CONSENTS, type Consent, type Surroundings, surroundingsOf } from "./surroundings";
import { Survey } from "./survey";
import { refuseEmptyAnswers } from "./transfer";

export interface EncryptExistingOptions extends CommonOptions, Choice {
    /** Copy. Without it, nothing is written anywhere. */
    readonly yes?: boolean;
    readonly allow?: readonly Consent[];
    /** A run whose losses a person has seen. */
    readonly acknowledge?: string;
    /** A file for all objects that are not copied. */
    readonly list?: string;
    /** Seconds between two looks at a job. */
    readonly poll: number;
}

/** Encrypts in place, by S3 Batch Operations, the objects that were written without encryption. */
export async function encryptExisting(
    options: EncryptExistingOptions,
    streams: Streams,
    signal: AbortSignal,
): Promise<ExitCode> {
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const { stack, stackTag, region, accountId, reencryptionRoleArn } = outputs.forCommands;
    if (reencryptionRoleArn === null) {
        throw new Error(
            `stack ${stack} has no role for S3 Batch Operations. Set storage.reencryption to true in its stack file, run \`npx pulumi up --stack ${stack}\`, and take the outputs anew.`,
        );
    }
    const chosen = chooseLocations(outputs, options);
    const live = liveAmong(outputs, chosen);
    const clients = awsClients(region);
    await checkAccount(clients, outputs);
    const checkBeforeConfirm = async () => {
        await checkNoneRuns(clients.emr, stackTag, live);
        signal.throwIfAborted();
    };
    await checkBeforeConfirm();

    [clients.s3, clients.s3Control].forEach(refuseEmptyAnswers);
    const reports = reportsIn(readFolder(String(outputs.buckets.log)));
    const records = new Records(clients.s3, reports, stackTag);
    const run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(2).toString("hex")}`;
    const result = new Result(stack, options.yes ? run : null);
    const print = (text: string) => options.json || streams.stdout.write(text);
    const context: CopyContext = {
        s3: clients.s3,
        jobs: new Jobs(clients.s3Control, { AccountId: accountId }, reports),
        records,
        streams,
        signal,
        pause: async () => {
            await sleep(options.poll * 1000, undefined, { signal }).catch(() => undefined);
            signal.throwIfAborted();
        },
        checkBeforeConfirm,
    };
    /**
     * Prints an outcome before it is recorded: it is known even if the record cannot be written. A job that was not about
     * to be confirmed has no record.
     */
    const conclude = async (outcome: Outcome) => {
        result.outcomes.push(outcome);
        print(outcomeText(outcome));
        if (records.history.pending.some(({ job }) => job === outcome.job)) {
            await records.write("outcome", { ...outcome });
        }
    };
    const portions = new Portions();
    try {
        await records.read();
        if (options.acknowledge !== undefined) {
            await records.acknowledge(options.acknowledge);
        }
        if (options.yes) {
            for (const job of records.history.pending) {
                await conclude(await resume(context, job));
            }
            if (records.history.blocking.length > 0) {
                throw new Error("earlier copies have lost metadata or tags: no job is confirmed");
            }
        }

        const buckets = await surroundingsOf(clients.s3, placesOf(outputs, chosen));
        result.effects = buckets.flatMap(({ effects }) => effects);
        print(effectsText(result));
        const skipped = new SkippedObjects(options.list);
        result.skipped = skipped.byReason;
        const survey = new Survey(clients.s3, portions, skipped);
        await survey.search(buckets, streams, signal);
        result.found = portions.all.map(({ access: { bucket }, storageClass, keys: { count: objects } }) => ({
            bucket,
            storageClass,
            objects,
        }));
        print(foundText(result));
        streams.stderr.write(requests(survey, result.found.length));

        if (options.yes) {
            checkConsents(result, options);
            const uploaded = await uploadAll(context, run, reencryptionRoleArn, portions.all);
            result.notStarted = uploaded.length;
            for (const portion of uploaded) {
                if (result.outcomes.every(isSafe)) {
                    result.notStarted -= 1;
                    await conclude(await copy(context, portion));
                }
            }
        }
        result.oldVersions = buckets.flatMap((bucket) => oldVersionsOf(bucket, survey, result));
    } catch (error) {
        result.error = error instanceof Error ? error.message : String(error);
        throw error;
    } finally {
        portions.dispose();
        print(remainingText(result, records.history));
        if (options.json) {
            streams.stdout.write(jsonText({ ...result, ...records.history }));
        }
    }
    return exitCodeOf(result, records.history);
}

/** @throws Error if an effect on a bucket with objects to copy is not allowed. */
function checkConsents({ effects, found }: Result, { allow = [] }: EncryptExistingOptions): void {
    const missing = effects.flatMap(({ bucket, consent }) =>
        consent && !allow.includes(consent) && found.some((job) => job.bucket === bucket) ? [consent] : [],
    );
    if (missing.length > 0) {
        const names = [...new Set(missing)].join(" ");
        throw new Error(`nothing was copied: add \`--allow ${names}\` if these effects may happen`);
    }
}

/** A bucket's unencrypted noncurrent versions: those that the survey found, and those that the copies have left. */
function oldVersionsOf(
    { bucket, versioning, noncurrentDays }: Surroundings,
    survey: Survey,
    { run, outcomes }: Result,
): Result["oldVersions"] {
    const copies = outcomes.filter((one) => one.run === run && one.bucket === bucket);
    const left = versioning === "Enabled" ? copies.reduce((sum, { copied }) => sum + copied, 0) : 0;
    const versions = (survey.oldVersions.get(bucket) ?? 0) + left;
    // Lifecycle rules act at the next midnight UTC.
    const removedBy = Number.isFinite(noncurrentDays)
        ? formatDay(daysBefore(new Date(), -(noncurrentDays + 1)))
        : null;
    return versions === 0 ? [] : [{ bucket, versions, removedBy }];
}

export function encryptExistingCommand() {
    return awsCommand(
        "encrypt-existing",
        "Encrypts with SSE-S3, in place, the objects in the stack's locations that were written without encryption: by S3 Batch Operations, a job for each bucket and storage class. Without --yes, it only lists and counts. It needs a role of the stack: storage.reencryption.",
    )
        .option("--yes", "create and confirm the jobs, follow them, and check every copy")
        .option(
            "--location <name...>",
            "only these locations, such as raw.archive (default: all whose objects no job moves)",
        )
        .option(
            "--paused",
            "EmrEtlRunner does not run until this is done: include the locations whose objects jobs move",
        )
        .addOption(
            new Option(
                "--allow <effect...>",
                "with --yes: effects of a copy that the plan lists and that reach beyond the objects",
            ).choices(CONSENTS),
        )
        .option("--acknowledge <run>", "a person has seen what the copies of this run have lost")
        .option("--list <file>", "write every unencrypted object that is not copied to a new CSV file")
        .addOption(new Option("--poll <seconds>").default(30).argParser(Number).hideHelp());
}

if (require.main === module) {
    const interrupted = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(signal, () =>
            interrupted.abort(
                new Error(
                    "interrupted. A confirmed job continues in S3: run this command again with --yes to follow it.",
                ),
            ),
        );
    }
    execute<EncryptExistingOptions>(encryptExistingCommand(), (options, streams) =>
        encryptExisting(options, streams, interrupted.signal),
    ).then((code) => {
        process.exitCode = code;
    });
}
