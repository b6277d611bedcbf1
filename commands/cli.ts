import { Command, CommanderError } from "commander";
import { escapedLines } from "./escape";

/** The exit codes that a scheduler reads: success; something needs attention; a check or an action failed. */
export const EXIT = { ok: 0, attention: 1, failed: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command reads and writes. */
export interface Streams {
    readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
    /** Results. */
    readonly stdout: NodeJS.WritableStream & { readonly columns?: number };
    /** Everything else: progress, errors. */
    readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** The options of every command that calls AWS. */
export interface CommonOptions {
    readonly outputs?: string;
    readonly json?: boolean;
}

/** A command with the options of every command that calls AWS; `execute` calls its action. */
export function awsCommand(name: string, description: string): Command {
    return new Command(name)
        .description(description)
        .option("--outputs <file>", "the stack's outputs as JSON (default: standard input)")
        .option("--json", "print JSON")
        .allowExcessArguments(false)
        .addHelpText(
            "after",
            `
Pass the stack's outputs from Pulumi; credentials come from the environment, a profile or a role:
  npx pulumi stack output --json --stack prod | npm run -s ${name}
Exit codes: 0 success; 1 something needs attention; 2 a check or an action failed.
Errors are plain text on standard error, also with --json.`,
        );
}

/**
 * Parses the arguments and runs the action; prints an error as one message, and returns the exit code. A reader that
 * closes the pipe, such as `head`, ends neither the action nor changes its exit code: the reader has what it wanted. Any
 * other error of standard output, such as a full disk, is a failure: the results are lost.
 */
export async function execute<Options extends CommonOptions>(
    command: Command,
    action: (options: Options, streams: Streams) => Promise<ExitCode>,
    args: readonly string[] = process.argv.slice(2),
    streams: Streams = process,
): Promise<ExitCode> {
    // Versions are pinned and run on Node 20. The SDK's notice about its next versions would reach a scheduler's mails.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    let lost: NodeJS.ErrnoException | undefined;
    streams.stdout.on("error", (error) => {
        lost ??= error;
    });
    streams.stderr.on("error", () => undefined); // There is nowhere to report it.
    if (streams === process) {
        // A defect, perhaps of a library: a stack trace would help no user.
        process.once("uncaughtException", ({ message }) => {
            streams.stderr.write(`${escapedLines(message)}\n`);
            process.exit(EXIT.failed);
        });
    }
    const code = await run(command, action, args, streams);
    // An error of the last write arrives after the write.
    await new Promise((resolve) => streams.stdout.write("", resolve));
    if (lost === undefined || lost.code === "EPIPE") {
        return code;
    }
    streams.stderr.write(`standard output is incomplete: ${lost.message}\n`);
    return EXIT.failed;
}

async function run<Options extends CommonOptions>(
    command: Command,
    action: (options: Options, streams: Streams) => Promise<ExitCode>,
    args: readonly string[],
    streams: Streams,
): Promise<ExitCode> {
    command.exitOverride().configureOutput({
        writeOut: (text) => streams.stdout.write(text),
        writeErr: (text) => streams.stderr.write(escapedLines(text)),
    });
    try {
        command.parse(args, { from: "user" });
        return await action(command.opts<Options>(), streams);
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
        }
        const message = error instanceof Error ? error.message : String(error);
        streams.stderr.write(`${escapedLines(message)}\n`);
        return EXIT.failed;
    }
}
