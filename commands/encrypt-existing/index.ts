import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import { reportsIn } from "../../components/policies/reencryption";
import { awsClients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClustersOf } from "../clusters";
import { jsonText } from "../escape";
import { progressBar } from "../progress-bar";
import { readStackOutputs } from "../stack-outputs";
import { type CopyContext, copy, isSafe, resume, uploadPortion } from "./copy";
import { Jobs } from "./jobs";
import {
    effectsText,
    foundText,
    hasFailed,
    needsAttention,
    outcomeText,
    Result,
    remainingText,
    requests,
} from "./output";
import { type Choice, checkNoneRuns, chooseLocations, liveAmong, placesOf, readFolder } from "./places";
import { Portions } from "./portions";
import { Records, type UploadedPortion } from "./records";
import { SkippedObjects } from "./skipped";
import { CONSENTS, type Consent, type Surroundings, surroundingsOf } from "./surroundings";
import { type Counts, survey } from "./survey";
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
        if (live.length > 0) {
            checkNoneRuns(live, await activeClustersOf(clients.emr, stackTag));
        }
        signal.throwIfAborted();
    };
    await checkBeforeConfirm();

    [clients.s3, clients.s3Control].forEach(refuseEmptyAnswers);
    const reports = reportsIn(readFolder(String(outputs.buckets.log)));
    const records = new Records(clients.s3, reports, stackTag);
    if (options.acknowledge !== undefined) {
        await records.acknowledge(options.acknowledge);
    }
    const run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(2).toString("hex")}`;
    const result = new Result(stack, options.yes ? run : null);
    const print = (text: string) => options.json || streams.stdout.write(text);
    const context: CopyContext = {
        s3: clients.s3,
        jobs: new Jobs(clients.s3Control, accountId, reports),
        records,
        streams,
        signal,
        pause: async () => {
            await sleep(options.poll * 1000, undefined, { signal }).catch(() => undefined);
            signal.throwIfAborted();
        },
        checkBeforeConfirm,
        onConfirm: (job) => {
            result.pending = [...result.pending, job];
        },
        onOutcome: (outcome) => {
            result.pending = result.pending.filter(({ job }) => job !== outcome.job);
            if (outcome.lost.objects > 0) {
                result.blocking = [...new Set([...result.blocking, outcome.run])];
            }
            result.outcomes.push(outcome);
            print(outcomeText(outcome));
        },
    };
    const portions = new Portions();
    try {
        Object.assign(result, await records.read());
        if (options.yes) {
            for (const job of result.pending) {
                await resume(context, job);
            }
            if (result.blocking.length > 0) {
                throw new Error("earlier copies have lost metadata or tags: no job is confirmed");
            }
        }
        const places = placesOf(outputs, chosen);
        const surroundings: Surroundings[] = [];
        for (const bucket of new Set(places.map((place) => place.bucket))) {
            const folders = places.filter((place) => place.bucket === bucket);
            surroundings.push(await surroundingsOf(clients.s3, bucket, folders));
        }
        result.effects = surroundings.flatMap(({ effects }) => effects);
        print(effectsText(result));
        const { counts, oldVersions } = await surveyAll(
            context,
            surroundings,
            portions,
            result,
            options.list,
        );
        print(foundText(result));
        streams.stderr.write(requests(counts, result.found.length));
        if (options.yes) {
            checkConsents(result, options);
            await copyAll(context, { run, roleArn: reencryptionRoleArn }, surroundings, portions, result);
        }
        result.oldVersions = surroundings.flatMap(({ bucket, versioning, noncurrentDays }) => {
            const copies = result.outcomes.filter((one) => one.run === run && one.bucket === bucket);
            const copied = copies.reduce((sum, one) => sum + one.copied, 0);
            const versions = (oldVersions.get(bucket) ?? 0) + (versioning === "Enabled" ? copied : 0);
            return versions === 0 ? [] : [{ bucket, versions, removedBy: dayAfter(noncurrentDays) }];
        });
    } catch (error) {
        result.error = error instanceof Error ? error.message : String(error);
        throw error;
    } finally {
        portions.dispose();
        print(remainingText(result));
        if (options.json) {
            streams.stdout.write(jsonText(result));
        }
    }
    return hasFailed(result) ? EXIT.failed : needsAttention(result) ? EXIT.attention : EXIT.ok;
}

/** Lists all objects: those to copy into `portions`, their numbers and what is skipped into `result`. */
async function surveyAll(
    { s3, streams, signal }: CopyContext,
    surroundings: readonly Surroundings[],
    portions: Portions,
    result: Result,
    list: string | undefined,
): Promise<{ readonly counts: Counts; readonly oldVersions: ReadonlyMap<string, number> }> {
    const counts: Counts = { listed: 0, heads: 0, taggings: 0 };
    const oldVersions = new Map<string, number>();
    const bar = progressBar(streams, "{listed} objects listed, {heads} checked", 1, counts);
    const skipped = new SkippedObjects(list);
    const onListed = () => {
        signal.throwIfAborted();
        bar?.update(0, counts);
    };
    try {
        for (const access of surroundings) {
            for await (const finding of survey(s3, access, counts, onListed)) {
                if (finding.kind === "copy") {
                    portions.add(access.bucket, finding.storageClass, finding.before);
                } else if (finding.kind === "skip") {
                    skipped.add(access, finding.why, finding.object);
                } else {
                    oldVersions.set(access.bucket, (oldVersions.get(access.bucket) ?? 0) + 1);
                }
            }
        }
    } finally {
        bar?.stop();
        result.skipped = skipped.summary;
    }
    result.found = portions.all.map(({ bucket, storageClass, keys }) => ({
        bucket,
        storageClass,
        objects: keys.count,
    }));
    return { counts, oldVersions };
}

/** Uploads all portions before the first job is confirmed, then copies them, as long as nothing is lost. */
async function copyAll(
    context: CopyContext,
    terms: Pick<UploadedPortion, "run" | "roleArn">,
    surroundings: readonly Surroundings[],
    portions: Portions,
    result: Result,
): Promise<void> {
    const uploaded: UploadedPortion[] = [];
    for (const [index, portion] of portions.all.entries()) {
        const { requesterPays = false } = surroundings.find(({ bucket }) => bucket === portion.bucket) ?? {};
        uploaded.push(await uploadPortion(context, { ...terms, requesterPays }, portion, index));
    }
    result.notStarted = uploaded.length;
    for (const portion of uploaded) {
        if (result.outcomes.every(isSafe)) {
            result.notStarted -= 1;
            await copy(context, portion);
        }
    }
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

/** The day by which versions are removed that are noncurrent today: lifecycle rules act at the next midnight UTC. */
function dayAfter(days: number | undefined): string | null {
    return days === undefined
        ? null
        : new Date(Date.now() + (days + 1) * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
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
