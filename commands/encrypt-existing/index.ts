import { setTimeout as sleep } from "node:timers/promises";
import { reportsIn } from "../../components/policies/reencryption";
import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClustersOf } from "../clusters";
import { readStackOutputs } from "../stack-outputs";
import { BatchCopy } from "./batch-copy";
import { preparationFees } from "./fees";
import { copyInParts } from "./large";
import { LeftOutList } from "./left-out";
import {
    type Choice,
    checkNoneRuns,
    chooseLocations,
    liveAmong,
    type Place,
    placesOf,
    readFolder,
} from "./places";
import { type LargeOutcome, type Result, reportJson, reportText } from "./report";
import { largeObjects, type Survey, survey } from "./survey";

export interface EncryptExistingOptions extends CommonOptions, Choice {
    /** Copy: without it, S3 counts what there is, and nothing is changed. */
    readonly yes?: boolean;
    /** Objects over 5 GB too. */
    readonly large?: boolean;
    /** A file for everything that a batch copy cannot take. */
    readonly list?: string;
}

interface Surroundings {
    readonly makeClients?: (region: string) => Clients;
    /** Seconds between two looks at a job. Default 10. */
    readonly poll?: number;
    readonly signal?: AbortSignal;
}

/** Encrypts in place what was written without encryption: by S3 itself, as far as that can do it. */
export async function encryptExisting(
    options: EncryptExistingOptions,
    streams: Streams,
    { makeClients = awsClients, poll = 10, signal }: Surroundings = {},
): Promise<ExitCode> {
    const outputs = await readStackOutputs(options.outputs, streams.stdin);
    const { stack, region, accountId, reencryptionRoleArn } = outputs.forCommands;
    if (reencryptionRoleArn === null) {
        throw new Error(
            `stack ${stack} has no role for S3 Batch Operations. Set storage.reencryption to true in its stack file, run \`npx pulumi up --stack ${stack}\`, and take the outputs anew.`,
        );
    }
    const chosen = chooseLocations(outputs, options);
    const clients = makeClients(region);
    await checkAccount(clients, outputs);
    const live = liveAmong(chosen);
    if (live.length > 0) {
        checkNoneRuns(live, await activeClustersOf(clients.emr, stack));
    }
    const since = new Date();
    const list = await LeftOutList.open(options.list);
    const surveys: Survey[] = [];
    for (const place of placesOf(outputs, chosen)) {
        surveys.push(await survey(clients.s3, place, (object) => list.add(object), signal));
    }
    const leftOut = await list.close();
    const batch = new BatchCopy(clients, streams, {
        stack,
        terms: {
            accountId,
            roleArn: reencryptionRoleArn,
            reports: reportsIn(readFolder(String(outputs.buckets.log))),
            since,
        },
        pause: async () => {
            await sleep(poll * 1000, undefined, signal && { signal }).catch(() => undefined);
            signal?.throwIfAborted();
        },
    });
    const jobs = surveys.flatMap(({ place, tallies }) =>
        [...tallies].map(([storageClass, tally]) => ({ place, storageClass, tally })),
    );
    const listed = jobs.reduce((sum, { tally }) => sum + tally.objects, 0);
    if (jobs.length > 0) {
        streams.stderr.write(`${preparationFees(jobs.length, listed)}\n`);
    }
    const prepared = await batch.prepare(jobs);
    const outcomes = options.yes ? await batch.run(prepared) : await batch.cancel(prepared);
    const lossless = outcomes.every(({ lost }) => lost.length === 0);
    const result: Result = {
        stack,
        jobs: outcomes,
        leftOut,
        large:
            options.yes && options.large && lossless
                ? await copyLarge(
                      clients,
                      surveys.map(({ place }) => place),
                      signal,
                  )
                : undefined,
        oldVersions: surveys.flatMap(({ place, versioned, noncurrentDays = null }) =>
            versioned ? [{ bucket: place.bucket, noncurrentDays }] : [],
        ),
    };
    streams.stdout.write(options.json ? reportJson(result) : reportText(result));
    return exitCode(result);
}

async function copyLarge(
    { s3 }: Clients,
    places: readonly Place[],
    signal: AbortSignal | undefined,
): Promise<LargeOutcome> {
    let copied = 0;
    const failures: string[] = [];
    for (const place of places) {
        for await (const object of largeObjects(s3, place)) {
            signal?.throwIfAborted();
            try {
                await copyInParts(s3, object, signal);
                copied += 1;
            } catch (error) {
                signal?.throwIfAborted();
                failures.push(error instanceof Error ? error.message : String(error));
            }
        }
    }
    return { copied, failures };
}

/** Left alone on purpose (old versions) is well; left without encryption is not. */
function exitCode({ jobs, leftOut, large }: Result): ExitCode {
    if (jobs.some(({ state }) => state === "failed" || state === "stopped") || large?.failures.length) {
        return EXIT.failed;
    }
    const left = leftOut.some(({ why }) => why !== "over 5 GB" || !large);
    const unfinished = jobs.some(
        ({ state, changed }) => state === "estimated" || state === "running" || changed > 0,
    );
    return left || unfinished ? EXIT.attention : EXIT.ok;
}

export function encryptExistingCommand() {
    return awsCommand(
        "encrypt-existing",
        "Encrypts with SSE-S3, in place, what is in the stack's locations without encryption: by S3 Batch Operations, a job for each bucket and storage class. Without --yes, S3 counts what there is, and nothing is copied. It takes a role of the stack: storage.reencryption.",
    )
        .option("--yes", "confirm the jobs, follow them, and read their reports")
        .option(
            "--location <name...>",
            "these locations only, such as raw.archive (default: all whose objects no job moves)",
        )
        .option(
            "--paused",
            "EmrEtlRunner does not run until this is done: the locations that jobs move objects out of, too",
        )
        .option("--large", "with --yes: copy objects over 5 GB in parts, from here")
        .option("--list <file>", "write every object that a batch copy cannot take to a new CSV file");
}

if (require.main === module) {
    const interrupted = new AbortController();
    process.once("SIGINT", () =>
        interrupted.abort(
            new Error(
                "interrupted. Jobs that were confirmed go on in S3, an object that was being copied in parts is as it was: run this again to go on.",
            ),
        ),
    );
    execute<EncryptExistingOptions>(encryptExistingCommand(), (options, streams) =>
        encryptExisting(options, streams, { signal: interrupted.signal }),
    ).then((code) => {
        process.exitCode = code;
    });
}
