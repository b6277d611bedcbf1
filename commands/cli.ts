import { Command, CommanderError } from "commander";

/** What a scheduler sees: all is well; something wants attention; something is wrong, or could not be done. */
export const EXIT = { ok: 0, attention: 1, failed: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command reads and writes. */
export interface Streams {
    readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
    /** What was asked for. */
    readonly stdout: NodeJS.WritableStream & { readonly columns?: number };
    /** Everything else: progress, errors. */
    readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** What every command that asks AWS takes. */
export interface CommonOptions {
    readonly outputs?: string;
    readonly json?: boolean;
}

/** A command with the options that all have in common; its action is `execute`'s to call. */
export function awsCommand(name: string, description: string): Command {
    return new Command(name)
        .description(description)
        .option("--outputs <file>", "the stack's outputs as JSON (default: standard input)")
        .option("--json", "print JSON, for machines")
        .allowExcessArguments(false)
        .addHelpText(
            "after",
            `
The stack's outputs come from Pulumi, the credentials from the usual places (environment, profile, role):
  npx pulumi stack output --json --stack prod | npm run -s ${name}
Exit codes: 0 all is well; 1 something wants attention; 2 something is wrong, or could not be done.
What could not be done is said in plain text on standard error, with --json too; standard output is empty then.`,
        );
}

/** Parses the arguments and runs the action; every error becomes one message and the exit code for it. */
export async function execute<Options extends CommonOptions>(
    command: Command,
    action: (options: Options, streams: Streams) => Promise<ExitCode>,
    args: readonly string[] = process.argv.slice(2),
    streams: Streams = process,
): Promise<ExitCode> {
    // Node 20 is enough here, and versions are pinned: a notice of which Node the SDK's next versions want, at each run
    // of a scheduler that mails what comes on standard error, would be nothing but noise.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    command.exitOverride().configureOutput({
        writeOut: (text) => streams.stdout.write(text),
        writeErr: (text) => streams.stderr.write(text),
    });
    try {
        command.parse(args, { from: "user" });
        return await action(command.opts<Options>(), streams);
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
        }
        streams.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return EXIT.failed;
    }
}
