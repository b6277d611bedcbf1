import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { awsCommand, type CommonOptions, EXIT, execute } from "../../commands/cli";
import { runStack } from "../support/run";
import { streams } from "../support/streams";

describe("a command that calls AWS", () => {
    const look = () => awsCommand("look", "Looks.").option("--sample <n>", "how many");

    async function run(
        args: readonly string[],
        action: (options: CommonOptions) => Promise<0 | 1 | 2> = async () => EXIT.ok,
    ) {
        const io = streams();
        const exit = await execute(look(), action, args, io.streams);
        return { exit, ...(await io.written()) };
    }

    it("passes its options to the action, and exits with the action's code", async () => {
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

    it("prints help that says where outputs and credentials come from", async () => {
        const { exit, stdout, stderr } = await run(["--help"], async () => {
            throw new Error("must not run");
        });
        expect({ exit, stderr }).to.deep.equal({ exit: EXIT.ok, stderr: "" });
        expect(stdout).to.equal(`Usage: look [options]

Looks.

Options:
  --outputs <file>  the stack's outputs as JSON (default: standard input)
  --json            print JSON
  --sample <n>      how many
  -h, --help        display help for command

Pass the stack's outputs from Pulumi; credentials come from the environment, a profile or a role:
  npx pulumi stack output --json --stack prod | npm run -s look
Exit codes: 0 success; 1 something needs attention; 2 a check or an action failed.
Errors are plain text on standard error, also with --json; standard output is then empty.
`);
    });

    for (const [args, message] of [
        [["--smaple", "3"], "error: unknown option '--smaple'\n(Did you mean --sample?)\n"],
        [["--outputs"], "error: option '--outputs <file>' argument missing\n"],
        [["now"], "error: too many arguments. Expected 0 arguments but got 1.\n"],
    ] as const) {
        it(`refuses ${args.join(" ")} without running the action`, async () => {
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

    it("prints the message of an error without a stack trace", async () => {
        const { exit, stdout, stderr } = await run([], async () => {
            throw new Error("no such stack");
        });
        expect({ exit, stdout, stderr }).to.deep.equal({
            exit: EXIT.failed,
            stdout: "",
            stderr: "no such stack\n",
        });
    });

    it("prints only its errors when it runs as a process", async () => {
        const { outputs } = await runStack();
        const { code, stdout, stderr } = await ofAnotherAccount("teardown", JSON.stringify(outputs));
        expect({ code, stdout, stderr }).to.deep.equal({
            code: EXIT.failed,
            stdout: "",
            stderr: "the credentials belong to account 999988887777 (arn:aws:iam::999988887777:user/me); stack dev is in account 000000000000. Use credentials of the stack's account, or outputs of a stack in this account.\n",
        });
    });
});

/** Runs a command with `--json` and the credentials of another account. */
async function ofAnotherAccount(command: string, input: string) {
    const sts = createServer((_, response) => {
        response.writeHead(200, { "Content-Type": "text/xml" });
        response.end(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999988887777</Account><Arn>arn:aws:iam::999988887777:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
        );
    });
    await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
    const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...others } = process.env;
    const env = {
        ...others,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
    };
    try {
        return await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
            const script = path.resolve(__dirname, `../../commands/${command}/index.ts`);
            const run = execFile(
                process.execPath,
                ["--import", "tsx", script, "--json"],
                { env },
                (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
            );
            run.stdin?.end(input);
        });
    } finally {
        sts.closeAllConnections();
        sts.close();
    }
}
