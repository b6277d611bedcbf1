import type { Sampled } from "../aws/load/sample";
import { LargeS3 } from "../support/fake-s3/large";
import { MINIMAL, runStack } from "../support/run";
import { measure, scriptArgs, succeeded } from "./peak-memory";

/** Objects of an estimate and of a sampling. */
const OBJECTS = 1_000_000;

/** Objects of a run, which makes four requests for each, twice those of an estimate. */
const CANDIDATES = 50_000;

const BUCKET = "snowplow-dev-archive-placeholder";

/** The peak memory of the commands on many objects, as rows of a table. */
export async function commandRows(): Promise<readonly string[]> {
    const { outputs } = await runStack({ ...MINIMAL, storage: { reencryption: true } });
    const estimate = await encryptExisting(outputs, OBJECTS, 10, []);
    const run = await encryptExisting(outputs, CANDIDATES, 1, ["--yes", "--poll", "0"]);
    const archive = { bucket: BUCKET, prefixes: ["raw/"], objects: OBJECTS, oldOnes: 1 };
    const sampled = await sample(
        new LargeS3({ ...archive, unencryptedOnes: Number.POSITIVE_INFINITY }),
        { ...outputs, buckets: { "raw.archive": `s3://${BUCKET}/raw/` } },
        1000,
    );
    const help = await succeeded(0, measure([...scriptArgs("encrypt-existing"), "--help"]));
    return [
        `\`encrypt-existing --help\` | ${Math.round(help.megabytes)} MB`,
        `\`encrypt-existing\`, estimate of ${OBJECTS} objects, of which a tenth is checked and a hundredth unencrypted: ${requests(estimate)} | ${estimate.megabytes} MB`,
        `\`encrypt-existing --yes\` of ${CANDIDATES} unencrypted objects: ${requests(run)} | ${run.megabytes} MB`,
        `\`verify --sample 1000\` in a location of ${OBJECTS} objects, of which it lists 100,000 | ${Math.round(sampled.memory.after)} MB`,
    ];
}

/** Samples the locations in `outputs`, in a process with the flags of `verify`. */
export async function sample(s3: LargeS3, outputs: object, size: number): Promise<Sampled> {
    const args = [...scriptArgs("verify").slice(0, -1), "tests/aws/load/sample.ts", String(size)];
    const { stdout } = await succeeded(0, measure(args, JSON.stringify(outputs), await s3.start()));
    await s3.stop();
    return JSON.parse(stdout) as Sampled;
}

interface Run {
    readonly megabytes: number;
    readonly asked: LargeS3["asked"];
}

async function encryptExisting(
    outputs: object,
    objects: number,
    oldOnes: number,
    options: readonly string[],
): Promise<Run> {
    const unencryptedOnes = oldOnes * oldOnes;
    const s3 = new LargeS3({ bucket: BUCKET, prefixes: ["raw/"], objects, oldOnes, unencryptedOnes });
    const args = [...scriptArgs("encrypt-existing"), "--location", "raw.archive", ...options];
    const running = measure(args, JSON.stringify(outputs), await s3.start());
    const { megabytes } = await succeeded(options.length === 0 ? 1 : 0, running);
    await s3.stop();
    return { megabytes: Math.round(megabytes), asked: s3.asked };
}

function requests({ asked: { list, head, others } }: Run): string {
    return `${list} LIST, ${head} HEAD, ${others} other requests`;
}
