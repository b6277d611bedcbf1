import { text } from "node:stream/consumers";
import { awsClients } from "../../../commands/aws";
import { parseStackOutputs } from "../../../commands/stack-outputs";
import { type Evidence, observe } from "../../../commands/verify/control";
import { sampledObjects } from "../../../commands/verify/objects";

/** The output of this process, whose memory holds nothing else. */
export interface Sampled {
    readonly evidence: readonly Evidence[];
    /** Peak memory in MB, before the sampling and after it. */
    readonly memory: { readonly before: number; readonly after: number };
}

/** Samples the locations of the stack whose outputs are on standard input; the argument is the sample's size. */
async function main(): Promise<void> {
    const outputs = parseStackOutputs("standard input", await text(process.stdin));
    const clients = awsClients(outputs.forCommands.region);
    const before = megabytes();
    const settings = {
        sample: Number(process.argv[2]),
        archive: true,
        warnDays: 30,
        failDays: 7,
        config: undefined,
    };
    const outcome = sampledObjects({ clients, outputs, now: new Date(), settings });
    if (typeof outcome === "string") {
        throw new Error(outcome);
    }
    const evidence = (await Promise.all([outcome].flat().map(observe))).flat();
    const sampled: Sampled = { evidence, memory: { before, after: megabytes() } };
    console.log(JSON.stringify(sampled));
}

function megabytes(): number {
    return process.resourceUsage().maxRSS / 1024;
}

main();
