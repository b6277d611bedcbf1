import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Streams } from "../../commands/cli";

/** The streams of a command with this input, and what the command wrote to them; call `written` when it has ended. */
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
