import { expect } from "chai";
import { awsCommand, type CommonOptions, EXIT, execute } from "../commands/cli";
import { streams } from "./support/streams";

describe("a command", () => {
    const look = () => awsCommand("look", "Looks.").option("--sample <n>", "how many");

    async function run(
        args: readonly string[],
        action: (options: CommonOptions) => Promise<0 | 1 | 2> = async () => EXIT.ok,
    ) {
        const io = streams();
        const exit = await execute(look(), action, args, io.streams);
        return { exit, ...(await io.written()) };
    }

    it("hands its options to the action, and the action's exit code to the scheduler", async () => {
        for (const code of [EXIT.ok, EXIT.attention, EXIT.failed]) {
            const seen: unknown[] = [];
            const { exit, stdout, stderr } = await run(
                ["--outputs", "o.json", "--json", "--sample", "3"],
                async (options) => {
                    seen.push(options);
                    return code;
                },
            );
            expect({ exit, stdout, stderr }).to.deep.equal({ exit: code, stdout: "", stderr: "" });
            expect(seen).to.deep.equal([{ outputs: "o.json", json: true, sample: "3" }]);
        }
    });

    it("has help, which says where outputs and credentials come from", async () => {
        const { exit, stdout, stderr } = await run(["--help"], async () => {
            throw new Error("must not run");
        });
        expect({ exit, stderr }).to.deep.equal({ exit: EXIT.ok, stderr: "" });
        expect(stdout).to.equal(`Usage: look [options]

Looks.

Options:
  --outputs <file>  the stack's outputs as JSON (default: standard input)
  --json            print JSON, for machines
  --sample <n>      how many
  -h, --help        display help for command

The stack's outputs come from Pulumi, the credentials from the usual places (environment, profile, role):
  npx pulumi stack output --json --stack prod | npm run -s look
Exit codes: 0 all is well; 1 something wants attention; 2 something is wrong, or could not be done.
`);
    });

    for (const [args, message] of [
        [["--smaple", "3"], "error: unknown option '--smaple'\n(Did you mean --sample?)\n"],
        [["--outputs"], "error: option '--outputs <file>' argument missing\n"],
        [["now"], "error: too many arguments. Expected 0 arguments but got 1.\n"],
    ] as const) {
        it(`refuses ${args.join(" ")}, and does nothing`, async () => {
            let acted = false;
            const { exit, stdout, stderr } = await run(args, async () => {
                acted = true;
                return EXIT.ok;
            });
            expect({ exit, stdout, stderr, acted }).to.deep.equal({
                exit: EXIT.failed,
                stdout: "",
                stderr: message,
                acted: false,
            });
        });
    }

    it("says an error in its own words, without a stack trace", async () => {
        const { exit, stdout, stderr } = await run([], async () => {
            throw new Error("no such stack");
        });
        expect({ exit, stdout, stderr }).to.deep.equal({
            exit: EXIT.failed,
            stdout: "",
            stderr: "no such stack\n",
        });
    });
});
