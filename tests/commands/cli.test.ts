import { spawn } from "node:child_process";
import { once } from "node:events";
import {
    closeSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    openSync,
    realpathSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { awsCommand, type CommonOptions, EXIT, execute } from "../../commands/cli";
import { MINIMAL, runStack } from "../support/run";
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
Errors are plain text on standard error, also with --json.
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
});

const root = path.resolve(__dirname, "../..");

/** What AWS's STS answers. */
const STS = {
    account:
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999988887777</Account><Arn>arn:aws:iam::999988887777:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
    expired:
        "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token has expired</Message></Error></ErrorResponse>",
    page: "<html><body><p>Log in to the network</body></html>",
    pageInXml: "<html><body><p>Log in to the network</p></body></html>",
    denied: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>An explicit deny.</Message></Error></ErrorResponse>",
};

interface Situation {
    /** The command's file in commands/. Default: `teardown`, which calls STS first, like all that call AWS. */
    readonly command?: string;
    readonly args?: readonly string[];
    /** Default: the outputs of a stack. */
    readonly stdin?: string | Buffer;
    readonly sts?: keyof typeof STS;
    /** Ends the command while it waits for STS. */
    readonly signal?: "SIGINT" | "SIGTERM";
    /** The working directory, in the folder of the tests. */
    readonly directory?: string;
    /** Variables to set, or to remove if undefined. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** What standard output is; default: a pipe that is read. */
    readonly stdout?: "closed" | "/dev/full";
    /** Null if the signal ended the command. */
    readonly code: number | null;
    readonly stderr: string;
}

const FIX =
    "Pass what `npx pulumi stack output --json --stack NAME` prints, after an `up` of this version: piped in, or as a file with --outputs FILE.\n";
const NO_CREDENTIALS =
    "sts:GetCallerIdentity: CredentialsProviderError: Could not load credentials from any providers. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this with a role.\n";
const FULL = "standard output is incomplete: ENOSPC: no space left on device, write\n";
const NOT_AWS =
    "sts:GetCallerIdentity: an answer that is not AWS's. Check the network's proxy and AWS_ENDPOINT_URL.\n";
const EXPIRED =
    "sts:GetCallerIdentity: ExpiredToken: The security token has expired. The credentials have expired: log in again.\n";
const OTHER_ACCOUNT =
    "the credentials belong to account 999988887777 (arn:aws:iam::999988887777:user/me); stack dev is in account 000000000000. Use credentials of the stack's account, or outputs of a stack in this account.\n";

describe("a command as a process", () => {
    let server: Server;
    let endpoint: string;
    let answer: keyof typeof STS;
    let interrupt: (() => void) | undefined;
    let outputs: Readonly<Record<string, unknown>>;
    let folder: string;

    before(async () => {
        ({ outputs } = await runStack({ ...MINIMAL, storage: { reencryption: true } }));
        folder = mkdtempSync(path.join(tmpdir(), "command-"));
        server = createServer((_, response) => {
            if (interrupt) {
                interrupt();
                return;
            }
            response.writeHead(/^(account|page)/.test(answer) ? 200 : 403, {
                "Content-Type": "text/xml",
            });
            response.end(STS[answer]);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        writeFileSync(
            path.join(folder, "config"),
            `[profile ops]\nregion = us-west-2\nendpoint_url = ${endpoint}\naws_access_key_id = testing\naws_secret_access_key = testing\n
[profile sso]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Admin\nregion = eu-west-1\n`,
        );
        copyFileSync(path.join(root, "Pulumi.dev.yaml"), path.join(folder, "Pulumi.dev.yaml"));
        mkdirSync(path.join(folder, "with-a-file"));
        copyFileSync(path.join(root, "Pulumi.dev.yaml"), path.join(folder, "with-a-file", "Pulumi.dev.yaml"));
        writeFileSync(path.join(folder, "with-a-file", "build"), "");
    });

    after(() => {
        server.closeAllConnections();
        server.close();
        rmSync(folder, { recursive: true });
    });

    async function run({
        command = "teardown/index",
        args = ["--json"],
        sts = "account",
        ...situation
    }: Situation) {
        answer = sts;
        const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
        const env = Object.fromEntries([
            ...inherited,
            ...Object.entries({
                AWS_ENDPOINT_URL: endpoint,
                AWS_ACCESS_KEY_ID: "testing",
                AWS_SECRET_ACCESS_KEY: "testing",
                AWS_CONFIG_FILE: path.join(folder, "config"),
                AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
                AWS_EC2_METADATA_DISABLED: "true",
                HOME: folder,
                // In another folder tsx would find no tsconfig.
                TSX_TSCONFIG_PATH: path.join(root, "tsconfig.json"),
                ...situation.env,
            }).filter(([, value]) => value !== undefined),
        ]);
        const full = situation.stdout === "/dev/full" ? openSync("/dev/full", "w") : undefined;
        const script = path.join(root, "commands", `${command}.ts`);
        const loader = pathToFileURL(require.resolve("tsx")).href;
        const child = spawn(process.execPath, ["--import", loader, script, ...args], {
            env,
            cwd: path.join(folder, situation.directory ?? ""),
            stdio: ["pipe", full ?? "pipe", "pipe"],
        });
        const { signal } = situation;
        interrupt = signal && (() => child.kill(signal));
        if (situation.stdout === "closed") {
            child.stdout?.destroy();
        }
        // A command that ends before it has read everything closes the pipe.
        child.stdin?.on("error", () => undefined).end(situation.stdin ?? JSON.stringify(outputs));
        const [stdout, stderr, [code]] = await Promise.all([
            child.stdout && situation.stdout === undefined ? text(child.stdout) : "",
            child.stderr ? text(child.stderr) : "",
            once(child, "close"),
        ]);
        if (full !== undefined) {
            closeSync(full);
        }
        return { code, stdout, stderr };
    }

    const refusedOutputs = (found: string) => `standard input: found ${found}`;
    const encoded = (encoding: "utf8" | "utf16le") => () =>
        Buffer.from(`\ufeff${JSON.stringify(outputs)}`, encoding);
    const situations: Readonly<Record<string, Situation | (() => Situation)>> = {
        "credentials of another account": { code: 2, stderr: OTHER_ACCOUNT },
        "a profile with its own endpoint and credentials": {
            env: {
                AWS_PROFILE: "ops",
                AWS_ENDPOINT_URL: undefined,
                AWS_ACCESS_KEY_ID: undefined,
                AWS_SECRET_ACCESS_KEY: undefined,
            },
            code: 2,
            stderr: OTHER_ACCOUNT,
        },
        "an unknown profile": {
            env: { AWS_PROFILE: "nobody", AWS_ACCESS_KEY_ID: undefined },
            code: 2,
            stderr: NO_CREDENTIALS.replace(
                /Set AWS_PROFILE.*/,
                "Check the profile of AWS_PROFILE, nobody: it does not exist, or has no credentials.",
            ),
        },
        "no credentials": {
            env: { AWS_ACCESS_KEY_ID: undefined },
            code: 2,
            stderr: NO_CREDENTIALS,
        },
        "expired credentials": {
            sts: "expired",
            code: 2,
            stderr: EXPIRED,
        },
        "expired credentials of verify": {
            command: "verify/index",
            sts: "expired",
            code: 2,
            stderr: EXPIRED,
        },
        "expired credentials of encrypt-existing": {
            command: "encrypt-existing/index",
            sts: "expired",
            code: 2,
            stderr: EXPIRED,
        },
        "an expired login": {
            env: { AWS_PROFILE: "sso", AWS_ACCESS_KEY_ID: undefined },
            code: 2,
            stderr: "sts:GetCallerIdentity: CredentialsProviderError: The SSO session associated with this profile is invalid. To refresh this SSO session run aws sso login with the corresponding profile. The login has expired: log in again.\n",
        },
        "Ctrl-C": { signal: "SIGINT", code: null, stderr: "" },
        "an end by the scheduler, of verify": {
            command: "verify/index",
            signal: "SIGTERM",
            code: null,
            stderr: "",
        },
        "the page of a proxy instead of AWS's answer": { sts: "page", code: 2, stderr: NOT_AWS },
        "the page of a proxy in XML": { sts: "pageInXml", code: 2, stderr: NOT_AWS },
        "a denied first call": {
            sts: "denied",
            code: 2,
            stderr: "sts:GetCallerIdentity: AccessDenied: An explicit deny. These credentials need sts:GetCallerIdentity.\n",
        },
        "outputs in UTF-8 with a byte order mark": () => ({
            stdin: encoded("utf8")(),
            code: 2,
            stderr: OTHER_ACCOUNT,
        }),
        "outputs in UTF-16, as Windows PowerShell writes": () => ({
            stdin: encoded("utf16le")(),
            code: 2,
            stderr: OTHER_ACCOUNT,
        }),
        "an empty standard input": {
            stdin: "",
            code: 2,
            stderr: `${refusedOutputs("an empty text")}, not the outputs of a stack of this program. ${FIX}`,
        },
        "a private key instead of outputs": {
            stdin: "-----BEGIN PRIVATE KEY-----\nMIIEvQ",
            code: 2,
            stderr: `${refusedOutputs("no JSON")}, not the outputs of a stack of this program. ${FIX}`,
        },
        "JSON that is not outputs": {
            stdin: '{"password":"hunter2"}',
            code: 2,
            stderr: `${refusedOutputs("other JSON")}, not the outputs of a stack of this program. ${FIX}`,
        },
        "a pipe that its reader has closed": { args: ["--help"], stdout: "closed", code: 0, stderr: "" },
        "a closed pipe and an error": { stdout: "closed", code: 2, stderr: OTHER_ACCOUNT },
        "a full disk": {
            args: ["--help"],
            stdout: "/dev/full",
            code: 2,
            stderr: FULL,
        },
        "a full disk, and all that render prints": {
            command: "render",
            args: [],
            stdout: "/dev/full",
            code: 2,
            stderr: FULL,
        },
        "a closed pipe, and all that render prints": {
            command: "render",
            args: [],
            stdout: "closed",
            code: 0,
            stderr: "",
        },
        "render in a directory where it cannot write": () => ({
            command: "render",
            args: [],
            directory: "with-a-file",
            code: 2,
            stderr: `ENOTDIR: not a directory, mkdir '${path.join(realpathSync(folder), "with-a-file/build/dev")}'\n`,
        }),
        "render with a name that a terminal would execute": {
            command: "render",
            args: ["a\u001b[2J\u202e\t"],
            code: 1,
            stderr: "a\\u{1b}[2J\\u{202e}\\u{9}: 1 error\n  the argument\n    found:    not a stack's name\n    expected: the name of a stack: dev\n",
        },
    };
    for (const [title, row] of Object.entries(situations)) {
        it(`prints one message and exits with the right code: ${title}`, async function () {
            const situation = typeof row === "function" ? row() : row;
            if (situation.stdout === "/dev/full" && !existsSync("/dev/full")) {
                this.skip();
            }
            const { code, stderr } = situation;
            expect(await run(situation)).to.deep.equal({ code, stdout: "", stderr });
        });
    }
});
