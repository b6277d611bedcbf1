import { createReadStream, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { stackFileReport } from "../../components/config";
import { InvalidArguments } from "../../components/domain/errors";
import { type CommonOptions, EXIT, type ExitCode, execute, type Streams } from "../cli";
import { escaped } from "../escape";
import { formatError } from "../terminal";
import { decodeUtf8, errorOf, STANDARD_INPUT } from "../yaml-error";
import { adopt } from "./adopt";
import type { Entry } from "./verdicts";

interface AdoptOptions extends CommonOptions {
    readonly stack: string;
    readonly to?: string;
}

/** EmrEtlRunner's largest files have some 10 KB. */
const LARGEST = 1024 * 1024;

function adoptCommand(): Command {
    return new Command("npm run -s adopt --")
        .description(
            "Prints a stack file for an EmrEtlRunner that runs already, from its config.yml (0.17 or later). Nothing in the file is run: what a template tool computes becomes an open value, which `render` refuses until you fill it in.",
        )
        .argument("<file>", "EmrEtlRunner's config.yml; - for standard input")
        .option("--stack <name>", "the stack's name", stackName, "dev")
        .option("--to <file>", "write the stack file, in UTF-8, to a new file")
        .allowExcessArguments(false)
        .showHelpAfterError("(`npm run adopt -- --help` prints the usage)")
        .addHelpText(
            "after",
            `
With tags that Ruby can evaluate on this machine:
  erb config.yml | npm run -s adopt -- - --stack prod --to Pulumi.prod.yaml
Exit codes: 0 \`render\` accepts the stack file; 1 it has open values or errors; 2 there is no stack file.
The top of the stack file lists open values, and what was omitted, changed, or set by default.`,
        );
}

function stackName(name: string): string {
    if (!/^[\w.-]{1,100}$/.test(name)) {
        throw new InvalidArgumentError("Expected: 1 to 100 of A-Z, a-z, 0-9, _ . and -.");
    }
    return name;
}

async function run(
    file: string,
    { stack, to }: AdoptOptions,
    { stdin, stdout, stderr }: Streams,
): Promise<ExitCode> {
    try {
        const name = file === "-" ? STANDARD_INPUT : escaped(file);
        const bytes = await readAll(name, file === "-" ? stdin : createReadStream(file));
        const text = withoutNpmLines(decodeUtf8(name, bytes));
        const { stackFile, entries, errors } = adopt(text, name, stack);
        if (to === undefined) {
            stdout.write(stackFile);
        } else {
            writeNew(to, stackFile);
        }
        if (errors.length > 0) {
            const report = stackFileReport(stack, () => stackFile);
            stderr.write(`${formatError(new InvalidArguments(errors, report).message, stderr)}\n`);
        }
        const count = (name: Entry["list"]) => entries.filter(({ list }) => list === name).length;
        const counts = `${count("open")} open, ${count("omitted")} omitted, ${count("changed")} changed, ${count("defaults")} set by default`;
        stderr.write(
            `${to === undefined ? "The stack file" : escaped(to)}: ${counts}; its first lines list them.\n`,
        );
        return errors.length === 0 ? EXIT.ok : EXIT.attention;
    } catch (error) {
        stderr.write(`${formatError(error instanceof Error ? error.message : String(error), stderr)}\n`);
        return EXIT.failed;
    }
}

/** What `npm run` prints without -s, before the output of a script that writes the file. */
function withoutNpmLines(text: string): string {
    // Blank, so that lines keep their numbers.
    return text.replace(/^(?:\r?\n|> [^\n]*\n)+/, (lines) => lines.replace(/[^\n]/g, ""));
}

/** @throws InvalidArguments */
async function readAll(file: string, stream: NodeJS.ReadableStream): Promise<Buffer> {
    const refuse = (found: string) =>
        errorOf(file, { code: "not-a-config-yml", found, expected: "EmrEtlRunner's config.yml" });
    let bytes = Buffer.alloc(0);
    try {
        for await (const chunk of stream) {
            bytes = Buffer.concat([bytes, Buffer.from(chunk as Buffer | string)]);
            if (bytes.length > LARGEST) {
                break;
            }
        }
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw refuse({ ENOENT: "no such file", EISDIR: "a folder" }[`${code}`] ?? `an error (${code})`);
    }
    if (bytes.length > LARGEST) {
        throw refuse("more than 1 MB");
    }
    return bytes;
}

/** An existing stack file may be an operator's work. */
function writeNew(file: string, text: string): void {
    try {
        writeFileSync(file, text, { flag: "wx" });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const lines =
            code === "EEXIST"
                ? [
                      "found:    an existing file",
                      "fix:      name another file, or delete this one first: adopt overwrites none",
                  ]
                : [`found:    an error (${code})`, "expected: a new file"];
        throw new Error([`--to ${escaped(file)}`, ...lines].join("\n    "), { cause: error });
    }
}

/** The command: parses its arguments, and adopts. */
export function adoptMain(args?: readonly string[], streams?: Streams): Promise<ExitCode> {
    const command = adoptCommand();
    return execute(
        command,
        (options: AdoptOptions, used) => run(command.args[0] ?? "", options, used),
        args,
        streams,
    );
}

if (require.main === module) {
    adoptMain().then((code) => {
        process.exitCode = code;
    });
}
