import { setTimeout as sleep } from "node:timers/promises";
import type { S3Folder } from "../../components/domain/locations";
import { reportsIn } from "../../components/policies/reencryption";
import { awsClients, type Clients, checkAccount } from "../aws";
import { awsCommand, type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { activeClustersOf } from "../clusters";
import { progressBar } from "../progress-bar";
import { readStackOutputs } from "../stack-outputs";
import { BatchCopy, type Portion } from "./batch-copy";
import { preparationFees } from "./fees";
import { LeftOutList } from "./left-out";
import { copyOneByOne, ONE_BY_ONE } from "./one-by-one";
import { type Choice, checkNoneRuns, chooseLocations, liveAmong, placesOf, readFolder } from "./places";
import { isSafe, type JobOutcome, type Result, reportJson, reportText } from "./report";
import { type Survey, survey, versionsOf } from "./survey";

export interface EncryptExistingOptions extends CommonOptions, Choice {
    /** Copy: without it, S3 counts what there is, and nothing is changed. */
    readonly yes?: boolean;
    /** What S3 Batch Operations cannot take, too. */
    readonly large?: boolean;
    /** A file for everything that a batch copy cannot take. */
    readonly list?: string;
}

interface Surroundings {
    readonly makeClients?: (region: string) => Clients;
    /** Seconds between two looks at a job. Default 30: S3 asks for no less. */
    readonly poll?: number;
    readonly signal?: AbortSignal;
}

/** Encrypts in place what was written without encryption: by S3 itself, as far as that can do it. */
export async function encryptExisting(
    options: EncryptExistingOptions,
    streams: Streams,
    { makeClients = awsClients, poll = 30, signal }: Surroundings = {},
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
    const live = liveAmong(outputs, chosen);
    if (live.length > 0) {
        checkNoneRuns(live, await activeClustersOf(clients.emr, outputs.forCommands.stackTag));
    }
    const list = await LeftOutList.open(options.list);
    const batch = new BatchCopy(clients, streams, {
        stack,
        terms: {
            accountId,
            roleArn: reencryptionRoleArn,
            reports: reportsIn(readFolder(String(outputs.buckets.log))),
            since: new Date(),
        },
        pause: async () => {
            await sleep(poll * 1000, undefined, signal && { signal }).catch(() => undefined);
            signal?.throwIfAborted();
        },
    });
    const earlier = options.yes ? await batch.resume() : await batch.pending();
    const places = earlier.every(isSafe) ? placesOf(outputs, chosen) : [];
    const surveys = await surveyAll(clients, streams, places, list, signal);
    const jobs = [...earlier, ...(await copyAll(batch, portions(surveys, earlier), options, streams))];
    const buckets = [...new Set(places.map(({ bucket }) => bucket))];
    const versions = await Promise.all(
        buckets.map(async (bucket) => ({ bucket, ...(await versionsOf(clients.s3, bucket)) })),
    );
    const result: Result = {
        stack,
        jobs,
        leftOut: await list.close(),
        oneByOne:
            options.yes && options.large && jobs.every(isSafe)
                ? await copyOneByOne(clients.s3, streams, places, signal)
                : undefined,
        oldVersions: versions.flatMap(({ bucket, versioned, noncurrentDays }) =>
            versioned ? [{ bucket, noncurrentDays }] : [],
        ),
    };
    streams.stdout.write(options.json ? reportJson(result) : reportText(result));
    return exitCode(result);
}

async function surveyAll(
    { s3 }: Clients,
    streams: Streams,
    places: readonly S3Folder[],
    list: LeftOutList,
    signal: AbortSignal | undefined,
): Promise<readonly Survey[]> {
    const bar = progressBar(streams, "listing: {listed} objects, folder {value} of {total}", places.length, {
        listed: 0,
    });
    let listed = 0;
    const surveys: Survey[] = [];
    try {
        for (const place of places) {
            const found = await survey(
                s3,
                place,
                (object) => list.add(object),
                () => {
                    signal?.throwIfAborted();
                    listed += 1;
                    bar?.update(surveys.length, { listed });
                },
            );
            surveys.push(found);
        }
        return surveys;
    } finally {
        bar?.stop();
    }
}

/** A job for each, but for what an earlier run's job is at. */
function portions(surveys: readonly Survey[], earlier: readonly JobOutcome[]): readonly Portion[] {
    const isTaken = ({ place, storageClass }: Portion) =>
        earlier.some(
            (job) =>
                (job.state === "running" || job.state === "ended") &&
                job.bucket === place.bucket &&
                job.prefix === place.prefix &&
                job.storageClass === storageClass,
        );
    return surveys
        .flatMap(({ place, tallies }) =>
            [...tallies].map(([storageClass, tally]) => ({ place, storageClass, tally })),
        )
        .filter((portion) => !isTaken(portion));
}

async function copyAll(
    batch: BatchCopy,
    all: readonly Portion[],
    { yes }: EncryptExistingOptions,
    { stderr }: Streams,
): Promise<readonly JobOutcome[]> {
    if (all.length > 0) {
        stderr.write(`${preparationFees(all.length, listedForManifests(all))}\n`);
    }
    const prepared = await batch.prepare(all);
    return yes ? batch.run(prepared) : batch.cancel(prepared);
}

/** For each job's manifest, S3 goes through the whole bucket, as far as it is known here. */
function listedForManifests(all: readonly Portion[]): number {
    const inBucket = (bucket: string) =>
        all.filter(({ place }) => place.bucket === bucket).reduce((sum, { tally }) => sum + tally.objects, 0);
    return all.reduce((sum, { place }) => sum + inBucket(place.bucket), 0);
}

/** Left alone on purpose (old versions) is well; left without encryption is not. */
function exitCode({ jobs, leftOut, oneByOne }: Result): ExitCode {
    if (jobs.some(({ state }) => state === "failed" || state === "stopped") || oneByOne?.failed) {
        return EXIT.failed;
    }
    const isLeft = leftOut.some(({ why }) => !oneByOne || !ONE_BY_ONE.includes(why));
    const isUnfinished = jobs.some(
        ({ state, changed }) =>
            state === "estimated" || state === "running" || state === "ended" || changed > 0,
    );
    return isLeft || isUnfinished ? EXIT.attention : EXIT.ok;
}

export function encryptExistingCommand() {
    return awsCommand(
        "encrypt-existing",
        "Encrypts with SSE-S3, in place, what is in the stack's locations without encryption: by S3 Batch Operations, a job for each folder and storage class. Without --yes, S3 counts what there is, and nothing is copied. It takes a role of the stack: storage.reencryption.",
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
        .option(
            "--large",
            "with --yes: copy from here, one by one, what S3 Batch Operations cannot: over 5 GB (in parts), restored from an archive, other storage classes",
        )
        .option("--list <file>", "write every object that a batch copy cannot take to a new CSV file");
}

if (require.main === module) {
    const interrupted = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () =>
            interrupted.abort(
                new Error(
                    "interrupted. Jobs that were confirmed go on in S3, an object that was being copied from here is as it was: run this again to go on.",
                ),
            ),
        );
    }
    execute<EncryptExistingOptions>(encryptExistingCommand(), (options, streams) =>
        encryptExisting(options, streams, { signal: interrupted.signal }),
    ).then((code) => {
        process.exitCode = code;
    });
}
