import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Streams } from "../../commands/cli";

/** What a command is given to read, and what it wrote once it has ended. */
export function streams(input = ""): {
    readonly streams: Streams;
    readonly written: () => Promise<{ readonly stdout: string; readonly stderr: string }>;
} {
    const stdin = new PassThrough();
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    stdin.end(input);
    return {
        streams: { stdin, stdout, stderr },
        written: async () => {
            stdout.end();
            stderr.end();
            return { stdout: await text(stdout), stderr: await text(stderr) };
        },
    };
}
